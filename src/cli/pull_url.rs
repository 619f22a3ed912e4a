//! The address of a pull request, as people copy it from the browser.

use crate::model::{PullNumber, RepoName};

/// Longer texts are no address of a pull request.
const MAX_BYTES: usize = 2_048;

/// A pull request by its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullUrl {
    /// `https` or `http`.
    scheme: &'static str,
    /// Host and port of the web pages, in lower case.
    pub host: String,
    /// The repository that it was opened in.
    pub repository: RepoName,
    /// Its number there.
    pub number: PullNumber,
}

/// Reads `https://HOST/OWNER/REPO/pull/NUMBER`; what follows (`/files`, `?w=1`, `#discussion_r1`) plays no part.
///
/// # Errors
/// What an address looks like, in words for the person who typed it.
pub fn parse_pull_url(text: &str) -> Result<PullUrl, String> {
    let shown: String = text.chars().take(200).collect();
    let wrong = || {
        format!("{shown:?} is not the address of a pull request; it looks like https://github.com/OWNER/REPO/pull/123")
    };
    let text = text.trim();
    if text.len() > MAX_BYTES {
        return Err(wrong());
    }
    let (scheme, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => ("https", rest),
        (_, Some(rest)) => ("http", rest),
        (None, None) => return Err(wrong()),
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.split('/');
    let mut next = || parts.next().filter(|part| !part.is_empty()).ok_or_else(wrong);
    let (host, owner, name, word, number) = (next()?, next()?, next()?, next()?, next()?);
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok().filter(|number| digits && *number > 0).ok_or_else(wrong)?;
    if word != "pull" || !host.chars().all(fine) {
        return Err(wrong());
    }
    let repository = RepoName::new(owner, name).map_err(|_| wrong())?;
    Ok(PullUrl { scheme, host: host.to_ascii_lowercase(), repository, number: PullNumber(number) })
}

impl PullUrl {
    /// Whether an API root is that of the host of this address. A root that is neither GitHub's own form
    /// (`https://api.HOST`) nor Enterprise Server's (`https://HOST/api/v3`) says nothing about the host of its pages.
    pub(super) fn is_served_by(&self, api_url: &str) -> bool {
        let root = api_url.trim().trim_end_matches('/').to_ascii_lowercase();
        let Some(root) = root.strip_prefix("https://") else { return true };
        let host = self.host.strip_prefix("www.").unwrap_or(&self.host);
        match (root.strip_prefix("api."), root.strip_suffix("/api/v3")) {
            (Some(of), None) if !of.contains('/') => of == host,
            (_, Some(of)) => of == host,
            _ => true,
        }
    }

    /// The API root that belongs to this address: GitHub's own, or that of an Enterprise Server.
    pub(super) fn api_root(&self) -> String {
        let host = self.host.strip_prefix("www.").unwrap_or(&self.host);
        if host == "github.com" || host.ends_with(".ghe.com") {
            format!("https://api.{host}")
        } else {
            format!("{}://{host}/api/v3", self.scheme)
        }
    }
}

impl std::fmt::Display for PullUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}/{}/pull/{}", self.scheme, self.host, self.repository, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> PullUrl {
        parse_pull_url(text).expect("an address")
    }

    #[test]
    fn what_the_browser_shows_is_understood() {
        for text in [
            "https://github.com/octo/hello/pull/7",
            " https://GitHub.com/octo/hello/pull/7/ ",
            "https://github.com/octo/hello/pull/7/files?w=1#diff-0",
            "https://github.com/octo/hello/pull/7#discussion_r12",
        ] {
            assert_eq!(parsed(text).to_string(), "https://github.com/octo/hello/pull/7", "{text}");
        }
        assert_eq!(parsed("http://127.0.0.1:4000/octo/hello/pull/7").host, "127.0.0.1:4000");
    }

    #[test]
    fn anything_else_is_answered_with_the_form() {
        for text in [
            "",
            "7",
            "github.com/octo/hello/pull/7",
            "https://github.com/octo/hello/issues/7",
            "https://github.com/octo/hello/pull/",
            "https://github.com/octo/hello/pull/+7",
            "https://github.com/octo/hello/pull/0",
            "https://github.com/octo/hello/pull/99999999999999999999999",
            "https://github.com/octo/../pull/7",
            "https://token@github.com/octo/hello/pull/7",
            "ftp://github.com/octo/hello/pull/7",
        ] {
            let said = parse_pull_url(text).expect_err(text);
            assert!(said.contains("https://github.com/OWNER/REPO/pull/123"), "{said}");
        }
    }

    #[test]
    fn a_token_is_not_taken_to_another_host() {
        let public = parsed("https://github.com/octo/hello/pull/7");
        let own = parsed("https://git.example.com/octo/hello/pull/7");
        assert!(public.is_served_by("https://api.github.com/"));
        assert!(!own.is_served_by("https://api.github.com"));
        assert!(own.is_served_by("https://git.example.com/api/v3"));
        assert!(!public.is_served_by("https://git.example.com/api/v3"));
        assert!(parsed("https://octo.ghe.com/octo/hello/pull/7").is_served_by("https://api.octo.ghe.com"));
        assert!(public.is_served_by("http://127.0.0.1:4000/api"));
        assert_eq!(own.api_root(), "https://git.example.com/api/v3");
        assert_eq!(public.api_root(), "https://api.github.com");
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_an_end(text in "(https?://)?[a-z0-9./:#?@-]{0,60}|\\PC{0,60}") {
            if let Ok(url) = parse_pull_url(&text) {
                prop_assert_eq!(parse_pull_url(&url.to_string()), Ok(url));
            }
        }
    }
}
