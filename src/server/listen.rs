//! Serves connections: so many at once, each with a time to say what it wants, and all of them ended in order.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Connections at once; more wait at the door. Each takes one of the files that a process may have open, of which there
/// are often no more than 1,024.
const CONNECTIONS: usize = 512;
/// The headers of a request must be there by then, also of the next one on the same connection. Longer than most proxies
/// keep a connection open that nobody uses (one to two minutes), so that it is they who close it.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(150);
/// What a connection reads before somebody takes it; longer headers are refused.
const BUFFER_BYTES: usize = 64 << 10;
/// After a connection could not be taken, because the machine has no room for it.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves until `stopped`; then takes no more connections and returns when the requests in hand are answered.
pub(super) async fn serve(listener: TcpListener, router: Router, stopped: impl Future<Output = ()>) {
    serve_within((CONNECTIONS, HEADERS_TIMEOUT), listener, router, stopped).await;
}

async fn serve_within(
    (connections, headers_timeout): (usize, Duration),
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(headers_timeout).max_buf_size(BUFFER_BYTES);
    let room = Arc::new(Semaphore::new(connections));
    let open = GracefulShutdown::new();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let next = async {
            let place = room.clone().acquire_owned().await;
            (accept(&listener).await, place)
        };
        let (stream, place) = tokio::select! {
            () = &mut stopped => break,
            next = next => next,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A connection that breaks is the sender's affair: what it sent whole is stored or answered.
            _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// The next connection. One that ends before it is taken is passed over.
async fn accept(listener: &TcpListener) -> TcpStream {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) => {}
            Err(error) => {
                tracing::error!(error = %error, "A connection cannot be taken; the next try is in a second: {error}.");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";
    const LAST: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";

    /// Short for a test that waits for its end, and long for one that must not see it.
    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(600);

    async fn start(connections: usize, headers_timeout: Duration) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
        let addr = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let router = Router::new().route("/", get(async || "here\n"));
        let served = tokio::spawn(serve_within((connections, headers_timeout), listener, router, async move {
            _ = stopped.await;
        }));
        (addr, stop, served)
    }

    async fn say(addr: SocketAddr, text: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(addr).await.expect("a connection");
        stream.write_all(text).await.expect("written");
        stream
    }

    async fn hear(mut stream: TcpStream) -> String {
        let mut text = String::new();
        _ = stream.read_to_string(&mut text).await;
        text
    }

    #[tokio::test]
    async fn who_never_ends_a_header_is_hung_up_on() {
        let (addr, _stop, _served) = start(8, SHORT).await;
        assert_eq!(hear(say(addr, b"GET / HTTP/1.1\r\nHost: he").await).await, "");
        let answered = hear(say(addr, REQUEST).await).await;
        assert!(answered.ends_with("here\n"), "answered, and closed when nothing more comes: {answered}");
    }

    #[tokio::test]
    async fn who_finds_no_room_waits_for_it() {
        let (addr, _stop, _served) = start(2, SHORT).await;
        let silent = [say(addr, b"").await, say(addr, b"GET").await];
        let answered = hear(say(addr, LAST).await).await;
        assert!(answered.starts_with("HTTP/1.1 200"), "{answered}");
        drop(silent);
    }

    #[tokio::test]
    async fn a_header_without_end_is_refused() {
        let (addr, _stop, _served) = start(8, LONG).await;
        let mut stream = say(addr, b"GET / HTTP/1.1\r\nHost: ").await;
        _ = stream.write_all(&[b'a'; 2 * BUFFER_BYTES]).await;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.expect("an answer");
        assert_eq!(&head, b"HTTP/1.1 431");
    }

    #[tokio::test]
    async fn stopping_ends_connections_that_nobody_uses() {
        let (addr, stop, served) = start(8, LONG).await;
        let mut stream = say(addr, REQUEST).await;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.expect("an answer");
        stop.send(()).expect("somebody listens");
        served.await.expect("ended");
        assert!(hear(stream).await.ends_with("here\n"));
        assert!(TcpStream::connect(addr).await.is_err(), "nobody listens any more");
    }
}
