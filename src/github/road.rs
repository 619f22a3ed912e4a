//! Connects to a GitHub over TLS: straight, or through the proxy that the environment names as it does for curl
//! (`HTTPS_PROXY`, `ALL_PROXY`, and `NO_PROXY` for what is reached without).

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::net::TcpStream;
use tower_service::Service;

/// The way there, without the TLS above it.
#[derive(Clone)]
pub(super) struct Road {
    direct: HttpConnector,
    proxies: Arc<Matcher>,
}

impl Road {
    /// As the environment says now.
    pub(super) fn from_env() -> Road {
        Road::by(Matcher::from_env())
    }

    fn by(proxies: Matcher) -> Road {
        let mut direct = HttpConnector::new();
        // What is asked for is https; TLS comes above.
        direct.enforce_http(false);
        Road { direct, proxies: Arc::new(proxies) }
    }
}

impl Service<Uri> for Road {
    type Response = TokioIo<TcpStream>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.direct.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let mut direct = self.direct.clone();
        match self.proxies.intercept(&to) {
            None => Box::pin(async move { Ok(direct.call(to).await?) }),
            Some(proxy) => Box::pin(async move { tunnel(&proxy, direct, to).await.map_err(Into::into) }),
        }
    }
}

/// What stands in the way, without the password that the proxy's address may have.
async fn tunnel(proxy: &Intercept, direct: HttpConnector, to: Uri) -> Result<TokioIo<TcpStream>, String> {
    let place = proxy.uri();
    let host = place.authority().map_or("", |authority| authority.as_str().rsplit('@').next().unwrap_or_default());
    if place.scheme_str() != Some("http") {
        let kind = place.scheme_str().unwrap_or_default();
        return Err(format!("the proxy {host} is reached by {kind}://, which is not supported; name one with http://"));
    }
    let mut tunnel = Tunnel::new(place.clone(), direct);
    if let Some(credentials) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(credentials.clone());
    }
    tunnel.call(to).await.map_err(|error| {
        let cause = super::http::innermost(&error);
        format!("the proxy {host} does not let us through ({cause}); see HTTPS_PROXY and NO_PROXY")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Listens, takes one request, answers it, and echoes what comes after it; gives the request, and the address in front.
    async fn answer_once(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
        let address = listener.local_addr().expect("an address").to_string();
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut text = Vec::new();
            while !text.ends_with(b"\r\n\r\n") {
                text.push(stream.read_u8().await.expect("a request"));
            }
            stream.write_all(answer.as_bytes()).await.expect("answered");
            let (mut from, mut to) = stream.split();
            // Whoever was refused says nothing more.
            _ = tokio::io::copy(&mut from, &mut to).await;
            String::from_utf8(text).expect("a text")
        });
        (address, asked)
    }

    #[tokio::test]
    async fn what_is_asked_for_goes_through_the_proxy() {
        let (proxy, asked) = answer_once("HTTP/1.1 200 OK\r\n\r\n").await;
        let matcher = Matcher::builder().https(format!("http://mona:canary@{proxy}")).build();
        let stream = Road::by(matcher).call(Uri::from_static("https://api.github.invalid")).await.expect("a way");
        let (mut stream, mut heard) = (stream.into_inner(), String::new());
        stream.write_all(b"hello").await.expect("said");
        stream.shutdown().await.expect("said to the end");
        stream.read_to_string(&mut heard).await.expect("what lies behind");
        assert_eq!(heard, "hello");
        let asked = asked.await.expect("asked");
        assert!(asked.starts_with("CONNECT api.github.invalid:443 HTTP/1.1\r\n"), "{asked}");
        assert!(asked.to_ascii_lowercase().contains("proxy-authorization: basic "), "{asked}");
    }

    #[tokio::test]
    async fn what_needs_no_proxy_is_reached_straight() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
        let to = format!("https://{}", listener.local_addr().expect("an address"));
        let matcher = Matcher::builder().https("http://127.0.0.1:1").no("127.0.0.1").build();
        Road::by(matcher).call(to.parse().expect("a URL")).await.expect("a way");
    }

    #[tokio::test]
    async fn a_proxy_that_refuses_is_named_without_its_password() {
        let (proxy, _asked) = answer_once("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
        let refused = |url: String| async move {
            let matcher = Matcher::builder().https(url).build();
            let way = Road::by(matcher).call(Uri::from_static("https://api.github.invalid")).await;
            way.expect_err("refused").to_string()
        };
        let said = refused(format!("http://mona:canary@{proxy}")).await;
        assert!(said.starts_with(&format!("the proxy {proxy} does not let us through (")), "{said}");
        assert!(!said.contains("canary"), "{said}");
        let said = refused("socks5://127.0.0.1:1".to_owned()).await;
        assert!(said.contains("socks5://, which is not supported"), "{said}");
    }
}
