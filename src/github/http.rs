//! Sends one request and reads one whole answer. Decides nothing but the limits of time and size.

use super::CallError;
use super::config::{ConfigError, Roots};
use super::error::header;
use super::road::Road;
use super::timing::Timing;
use crate::model::Timestamp;
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Longer than GitHub's own limit of ten seconds for a request, shorter than a worker's lease.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer that is read: more than a batch of 100 file texts.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;
/// The version of the REST API that this code was written for.
const API_VERSION: &str = "2022-11-28";
/// A difference of the clocks that is noise.
const NOISE: Duration = Duration::from_secs(5);
/// No answer has told GitHub's time yet.
const UNTOLD: i64 = i64::MIN;

/// The connection pool to one GitHub.
pub(super) struct Http {
    crab: Octocrab,
    pub(super) user_agent: HeaderValue,
    pub(super) roots: Roots,
    pub(super) timing: Timing,
    /// Milliseconds by which GitHub's clock is ahead of ours.
    skew: AtomicI64,
    /// The same, exact to a second or the time of a request, and rather too many; [`UNTOLD`] before an answer has said it.
    ahead: AtomicI64,
}

/// A request without its credentials.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) accept: &'static str,
    pub(super) body: Option<Vec<u8>>,
}

/// A whole answer of any status.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Http {
    /// Must be called inside a tokio runtime, which the pool then belongs to.
    pub(super) fn new(api_url: &str, user_agent: &str, timing: Timing) -> Result<Self, ConfigError> {
        let roots = Roots::parse(api_url)?;
        let user_agent =
            HeaderValue::from_str(user_agent).map_err(|_| ConfigError::UserAgent(user_agent.to_owned()))?;
        let crab = if roots.rest.starts_with("http://") {
            // Loopback: the host needs no certificates for it.
            over(HttpConnector::new())
        } else {
            tls()?
        };
        Ok(Http { crab, user_agent, roots, timing, skew: AtomicI64::new(0), ahead: AtomicI64::new(UNTOLD) })
    }

    /// GitHub's present, as far as we know it.
    pub(super) fn github_now(&self) -> Timestamp {
        Timestamp(self.timing.now().0.saturating_add(self.skew.load(Ordering::Relaxed)))
    }

    /// A time of GitHub's as the host's clock will show it.
    pub(super) fn host_time(&self, at: Timestamp) -> Timestamp {
        Timestamp(at.0.saturating_sub(self.skew.load(Ordering::Relaxed)))
    }

    /// A time of the host's clock as GitHub's showed it, or a moment later; `None` while nobody knows.
    pub(super) fn github_time(&self, at: Timestamp) -> Option<Timestamp> {
        let ahead = self.ahead.load(Ordering::Relaxed);
        (ahead != UNTOLD).then(|| Timestamp(at.0.saturating_add(ahead)))
    }

    pub(super) async fn send(&self, outgoing: Outgoing, authorization: HeaderValue) -> Result<Reply, CallError> {
        let request = self.request(outgoing, authorization)?;
        let sent_at = self.timing.now();
        let exchange = async {
            let response = self.crab.send(request).await.map_err(|error| network(&error))?;
            let (parts, body) = response.into_parts();
            let collected = Limited::new(body, MAX_BODY_BYTES).collect().await;
            let body = collected.map_err(|error| match error.downcast_ref::<http_body_util::LengthLimitError>() {
                Some(_) => CallError::TooLarge(format!("more than {MAX_BODY_BYTES} bytes")),
                None => network(error.as_ref()),
            })?;
            Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, body: Vec::from(body.to_bytes()) })
        };
        let reply = tokio::time::timeout(TIMEOUT, exchange).await.map_err(|_| CallError::Timeout(TIMEOUT))??;
        self.learn_clock(&reply.headers, sent_at);
        Ok(reply)
    }

    fn request(&self, outgoing: Outgoing, authorization: HeaderValue) -> Result<Request<OctoBody>, CallError> {
        let mut request = Request::builder()
            .method(outgoing.method)
            .uri(&outgoing.url)
            .header("user-agent", self.user_agent.clone())
            .header("accept", outgoing.accept)
            .header("x-github-api-version", API_VERSION)
            .header("authorization", authorization);
        if outgoing.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = outgoing.body.map_or_else(OctoBody::empty, OctoBody::from);
        request.body(body).map_err(|_| CallError::Invalid("the request's address is not a URL".to_owned()))
    }

    fn learn_clock(&self, headers: &HeaderMap, sent_at: Timestamp) {
        let Some(date) = header(headers, "date").and_then(|text| chrono::DateTime::parse_from_rfc2822(text).ok())
        else {
            return;
        };
        let date = date.timestamp_millis();
        let ahead = date.saturating_sub(self.timing.now().0);
        let noise = i64::try_from(NOISE.as_millis()).unwrap_or(i64::MAX);
        self.skew.store(if ahead.abs() > noise { ahead } else { 0 }, Ordering::Relaxed);
        // It was written between the request and now, in some part of its second. What an answer that came faster has told
        // stays, as long as it is possible.
        let most = date.saturating_add(999).saturating_sub(sent_at.0);
        if !(ahead..=most).contains(&self.ahead.load(Ordering::Relaxed)) {
            self.ahead.store(most, Ordering::Relaxed);
        }
    }
}

/// Octocrab over a pool of our own: its default stack names itself in every request beside us. It has no layer that
/// retries or follows redirects: a write is sent once.
pub(super) fn over<C: Connect + Clone + Send + Sync + 'static>(connector: C) -> Octocrab {
    let pool: Client<C, OctoBody> = Client::builder(TokioExecutor::new()).build(connector);
    let builder = OctocrabBuilder::new_empty().with_service(pool).with_auth(AuthState::None);
    builder.build().unwrap_or_else(|never| match never {})
}

/// The same for `https` alone, with the certificates that the system trusts, and through its proxy.
pub(super) fn tls() -> Result<Octocrab, ConfigError> {
    let tls = HttpsConnectorBuilder::new().with_native_roots();
    let tls = tls.map_err(|_| ConfigError::Certificates)?.https_only().enable_http1();
    Ok(over(tls.wrap_connector(Road::from_env())))
}

fn network(error: &(dyn std::error::Error + 'static)) -> CallError {
    CallError::Network(innermost(error))
}

/// The innermost cause: "connection refused" says more than "client error". It names no header and no body.
pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text: String = cause.to_string().chars().take(200).collect();
    explain_certificate(&text).unwrap_or(text)
}

/// What is wrong with a certificate, in words for whoever runs the machine; `None` where it is about something else.
fn explain_certificate(text: &str) -> Option<String> {
    let reason = text.strip_prefix("invalid peer certificate: ")?;
    let has = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    Some(if has(&["UnknownIssuer", "CaUsedAsEndEntity", "BadSignature"]) {
        "its certificate is signed by nobody whom this machine trusts; add the authority's certificate to those of the \
         system, or name a file that has it in SSL_CERT_FILE"
            .to_owned()
    } else if has(&["expired", "Expired", "not valid yet", "NotValidYet"]) {
        format!("its certificate is not valid at this machine's time ({reason}); look at the clock first")
    } else {
        format!("its certificate is not accepted: {reason}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_explained() {
        let said = |text: &str| explain_certificate(text).unwrap_or_default();
        for unknown in ["UnknownIssuer", "Other(OtherError(CaUsedAsEndEntity))"] {
            let said = said(&format!("invalid peer certificate: {unknown}"));
            assert!(said.contains("SSL_CERT_FILE") && !said.contains("Other"), "{said}");
        }
        assert!(said("invalid peer certificate: certificate expired: verification time 1 (UNIX)").contains("clock"));
        assert_eq!(explain_certificate("connection refused"), None);
    }
}
