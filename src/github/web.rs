//! Requests to others than GitHub's API: keys of an issuer, tokens of a workflow, archives, another deckhand. Sent once;
//! no redirect is followed, so that credentials go nowhere but where the caller sends them.

use super::error::header;
use super::http::{over, tls};
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper_util::client::legacy::connect::HttpConnector;
use octocrab::{OctoBody, Octocrab};
use std::sync::OnceLock;
use std::time::Duration;

/// Sends requests to any host; connections are kept.
pub struct Web {
    plain: Octocrab,
    /// Only when it is needed: a host without certificates can still speak with its own machine.
    secure: OnceLock<Result<Octocrab, String>>,
    user_agent: HeaderValue,
}

/// A request.
#[derive(Clone, Debug)]
pub struct WebRequest {
    /// `GET` or `POST`.
    pub method: Method,
    /// `https://..`, or `http://..`.
    pub url: String,
    /// Besides the user agent; what is secret is marked as sensitive.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Option<Vec<u8>>,
    /// A larger answer is not read.
    pub max_bytes: usize,
    /// The whole exchange takes no longer.
    pub timeout: Duration,
}

/// A whole answer of any status.
#[derive(Clone, Debug)]
pub struct WebReply {
    /// The status.
    pub status: u16,
    /// The header `location`.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer. Names no header and no body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    /// The address, the user agent or a certificate store.
    #[error("{0}")]
    Setup(String),
    /// The connection.
    #[error("the connection failed: {0}")]
    Network(String),
    /// No whole answer in time.
    #[error("there was no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The answer.
    #[error("the answer is larger than {} MB", .0 >> 20)]
    TooLarge(usize),
}

impl Web {
    /// Call it inside a tokio runtime; the connections belong to that runtime.
    ///
    /// # Errors
    /// When the user agent cannot be sent.
    pub fn new(user_agent: &str) -> Result<Self, WebError> {
        let user_agent = HeaderValue::from_str(user_agent)
            .map_err(|_| WebError::Setup("the user agent cannot be sent in an HTTP header".to_owned()))?;
        Ok(Web::with_agent(user_agent))
    }

    pub(super) fn with_agent(user_agent: HeaderValue) -> Self {
        Web { plain: over(HttpConnector::new()), secure: OnceLock::new(), user_agent }
    }

    /// One exchange.
    ///
    /// # Errors
    /// When there is no whole answer; any status is one.
    pub async fn send(&self, request: WebRequest) -> Result<WebReply, WebError> {
        let pool = if request.url.starts_with("https://") {
            let made = self.secure.get_or_init(|| tls().map_err(|error| error.to_string()));
            made.as_ref().map_err(|error| WebError::Setup(error.clone()))?
        } else if request.url.starts_with("http://") {
            &self.plain
        } else {
            return Err(WebError::Setup("the address begins with neither https:// nor http://".to_owned()));
        };
        let (max_bytes, timeout) = (request.max_bytes, request.timeout);
        let outgoing = self.build(request)?;
        let exchange = async {
            let response = pool.send(outgoing).await.map_err(|error| network(&error))?;
            let (parts, body) = response.into_parts();
            let collected = Limited::new(body, max_bytes).collect().await;
            let body = collected.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
                Some(_) => WebError::TooLarge(max_bytes),
                None => network(error.as_ref()),
            })?;
            let location = header(&parts.headers, "location").map(str::to_owned);
            Ok(WebReply { status: parts.status.as_u16(), location, body: Vec::from(body.to_bytes()) })
        };
        tokio::time::timeout(timeout, exchange).await.map_err(|_| WebError::Timeout(timeout))?
    }

    fn build(&self, request: WebRequest) -> Result<Request<OctoBody>, WebError> {
        let mut built = Request::new(request.body.map_or_else(OctoBody::empty, OctoBody::from));
        *built.method_mut() = request.method;
        *built.uri_mut() =
            request.url.parse().map_err(|_| WebError::Setup("the request's address is not a URL".to_owned()))?;
        *built.headers_mut() = request.headers;
        built.headers_mut().insert("user-agent", self.user_agent.clone());
        Ok(built)
    }
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Web").finish_non_exhaustive()
    }
}

fn network(error: &(dyn std::error::Error + 'static)) -> WebError {
    WebError::Network(super::http::innermost(error))
}
