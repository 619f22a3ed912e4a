//! Who may see the pages: the bearer of the admin token, or of the cookie that it buys. Nothing else is authority.

use axum::http::{HeaderMap, header};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Name of the cookie.
const COOKIE: &str = "deckhand_session";

/// The lock on pages, API and metrics.
#[derive(Clone)]
pub(super) struct Access {
    /// Hash of the token and the cookie's value; `None` when no token is configured.
    keys: Option<([u8; 32], String)>,
    secure: bool,
    /// The path below which people reach the server; empty at the top of its host.
    base: String,
}

/// The answer of the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Come in.
    Granted,
    /// Show a token first.
    Denied,
    /// There is nothing here.
    Closed,
}

impl Access {
    /// `public_url` is how people reach the server, without a slash at the end: over TLS the cookie travels only there.
    pub(super) fn new(token: Option<&SecretString>, public_url: &str) -> Access {
        let keys = token.filter(|token| !token.expose_secret().trim().is_empty()).map(|token| {
            let session =
                Sha256::new().chain_update("deckhand session, version 1\0").chain_update(token.expose_secret());
            let cookie = session.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            (Sha256::digest(token.expose_secret()).into(), cookie)
        });
        let host = public_url.split_once("://").map_or("", |(_, host)| host);
        let base = host.find('/').map_or("", |at| &host[at..]).to_owned();
        Access { keys, secure: public_url.starts_with("https://"), base }
    }

    /// The address of a page of this server for a browser: what a proxy takes away in front of it comes first.
    pub(super) fn locate(&self, page: &str) -> String {
        format!("{}{page}", self.base)
    }

    /// Judges a request by its headers.
    pub(super) fn check(&self, headers: &HeaderMap) -> Entry {
        let Some((_, cookie)) = &self.keys else { return Entry::Closed };
        let by_cookie = cookies(headers).any(|value| bool::from(value.as_bytes().ct_eq(cookie.as_bytes())));
        if by_cookie { Entry::Granted } else { self.check_bearer(headers) }
    }

    /// The same without the cookie.
    pub(super) fn check_bearer(&self, headers: &HeaderMap) -> Entry {
        if self.keys.is_none() {
            return Entry::Closed;
        }
        if bearer(headers).is_some_and(|token| self.is_token(token)) { Entry::Granted } else { Entry::Denied }
    }

    /// Whether this is the token. Hashes are compared, in constant time: neither content nor length leaks.
    pub(super) fn is_token(&self, candidate: &str) -> bool {
        let Some((hash, _)) = &self.keys else { return false };
        bool::from(Sha256::digest(candidate)[..].ct_eq(hash))
    }

    /// The `Set-Cookie` value for whoever showed the token. The cookie does not contain it.
    pub(super) fn set_cookie(&self) -> Option<String> {
        let (_, cookie) = self.keys.as_ref()?;
        let secure = if self.secure { "; Secure" } else { "" };
        Some(format!("{COOKIE}={cookie}; Path={}/; HttpOnly; SameSite=Lax{secure}", self.base))
    }
}

/// The token that a request shows.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(|(name, value)| (name == COOKIE).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().expect("a header value"))])
    }

    #[test]
    fn an_empty_token_opens_nothing() {
        for empty in ["", " "] {
            let access = Access::new(Some(&SecretString::from(empty)), "http://127.0.0.1:3000");
            assert_eq!(access.check(&headers(header::AUTHORIZATION, "Bearer ")), Entry::Closed);
            assert!(access.set_cookie().is_none() && !access.is_token(empty));
        }
    }

    #[test]
    fn a_server_below_a_path_keeps_to_it() {
        let token = SecretString::from("canary-token");
        for (url, page, end) in [
            ("http://127.0.0.1:3000", "/runs/1", "; Path=/; HttpOnly; SameSite=Lax"),
            ("https://example.org", "/runs/1", "; Path=/; HttpOnly; SameSite=Lax; Secure"),
            (
                "https://example.org/robots/deckhand",
                "/robots/deckhand/runs/1",
                "; Path=/robots/deckhand/; HttpOnly; SameSite=Lax; Secure",
            ),
        ] {
            let access = Access::new(Some(&token), url);
            assert_eq!(access.locate("/runs/1"), page);
            let cookie = access.set_cookie().expect("a cookie");
            assert!(cookie.ends_with(end), "{cookie}");
        }
    }

    #[test]
    fn the_token_or_its_cookie_and_nothing_else() {
        let token = SecretString::from("canary-token");
        let access = Access::new(Some(&token), "http://127.0.0.1:3000");
        let entry = |name, value: &str| access.check(&headers(name, value));
        assert_eq!(entry(header::AUTHORIZATION, "Bearer canary-token"), Entry::Granted);
        assert_eq!(entry(header::AUTHORIZATION, "bearer  canary-token "), Entry::Granted);
        let cookie = access.set_cookie().expect("a cookie");
        assert!(!cookie.contains("canary"));
        let pair = cookie.split(';').next().expect("a pair");
        assert_eq!(entry(header::COOKIE, &format!("a=b; {pair}")), Entry::Granted);
        let bearer = |name, value: &str| access.check_bearer(&headers(name, value));
        assert_eq!(bearer(header::AUTHORIZATION, "Bearer canary-token"), Entry::Granted);
        assert_eq!(bearer(header::COOKIE, pair), Entry::Denied, "a change needs the header");
        for bad in ["Bearer canary-toke", "Bearer ", "canary-token", "Basic canary-token", "Bearer canary-token x"] {
            assert_eq!(entry(header::AUTHORIZATION, bad), Entry::Denied, "{bad}");
        }
        assert_eq!(entry(header::COOKIE, "deckhand_session=canary-token"), Entry::Denied);
        assert_eq!(entry(header::FORWARDED, "for=127.0.0.1"), Entry::Denied);
        let closed = Access::new(None, "http://127.0.0.1:3000");
        assert_eq!(closed.check(&headers(header::AUTHORIZATION, "Bearer ")), Entry::Closed);
        assert!(!closed.is_token(""));
    }
}
