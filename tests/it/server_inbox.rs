//! Deliveries over real HTTP: signatures, sizes, repetitions, unknown events, a store that cannot.

use crate::server_bench::{
    Bench, Obedient, Order, Request, SECRET, TestClock, config, pull_request, read_answer, sign, start,
};
use sqlx::Connection;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_delivery_becomes_a_job() {
    let bench = Bench::start().await;
    let answer = bench.send(Request::delivery("g-1", "pull_request", &pull_request("opened", 7))).await;
    assert_eq!((answer.status, answer.body.as_str()), (202, "accepted\n"));
    bench.server.idle().await.unwrap();
    assert_eq!(*bench.handler.done.lock().unwrap(), [("5/pull/7".to_owned(), 1)]);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f05_f07_repetitions_are_202_and_evaluated_once_more() {
    let bench = Bench::start().await;
    let body = pull_request("opened", 7);
    assert_eq!(bench.send(Request::delivery("g-1", "pull_request", &body)).await.status, 202);
    bench.server.idle().await.unwrap();
    let other = pull_request("opened", 8);
    assert_eq!(bench.send(Request::delivery("g-1", "pull_request", &other)).await.status, 202, "first kept");
    bench.server.idle().await.unwrap();
    assert_eq!(bench.handler.done.lock().unwrap().len(), 1);
    assert_eq!(bench.send(Request::delivery("g-1", "pull_request", &body)).await.status, 202);
    bench.server.idle().await.unwrap();
    assert_eq!(bench.handler.done.lock().unwrap().len(), 2);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f05_five_times_the_same_at_once_is_one_job() {
    let bench = Bench::start().await;
    let gate = Arc::new(Semaphore::new(0));
    bench.handler.orders.lock().unwrap().push(Order::Hang(gate.clone()));
    let (opened, pushed) = (pull_request("opened", 7), pull_request("synchronize", 7));
    let send_five = async |guid: &str, body: &[u8]| {
        let request = || Request::delivery(guid, "pull_request", body);
        let all: Vec<_> = (0..5).map(|_| bench.send(request())).collect();
        let answers = futures_util::future::join_all(all).await;
        assert!(answers.iter().all(|answer| answer.status == 202));
    };
    send_five("a", &opened).await;
    // Another one that arrives while the job runs makes it run once more, however often it arrives.
    send_five("b", &pushed).await;
    send_five("a", &opened).await;
    gate.add_permits(1);
    bench.server.idle().await.unwrap();
    let key = "5/pull/7".to_owned();
    assert_eq!(*bench.handler.done.lock().unwrap(), [(key.clone(), 1), (key, 1)], "one for each delivery");
    let metrics = bench.send(Request::get("/metrics").with_token()).await.body;
    assert!(metrics.contains("deckhand_deliveries_accepted_total 2\n"), "{metrics}");
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f05_five_times_the_same_at_once_on_three_replicas_is_one_job() {
    let dir = tempfile::tempdir().unwrap();
    let (clock, handler) = (TestClock::new(), Arc::new(Obedient::default()));
    let gate = Arc::new(Semaphore::new(0));
    handler.orders.lock().unwrap().push(Order::Hang(gate.clone()));
    let mut replicas = Vec::new();
    for _ in 0..3 {
        replicas.push(start(config(&dir, &[]), &clock, &handler).await);
    }
    let body = pull_request("opened", 7);
    let send = |at: usize| Request::delivery("a", "pull_request", &body).send(replicas[at % 3].addr());
    // While nobody has begun, and while somebody is at it.
    for _ in 0..2 {
        let answers = futures_util::future::join_all((0..5).map(send)).await;
        assert_eq!(answers.iter().map(|it| it.status).collect::<Vec<_>>(), [202; 5]);
    }
    gate.add_permits(1);
    // Whoever has the job sees when the database that they share is at rest.
    let rest = async || {
        let all = replicas.iter().map(|it| Box::pin(it.idle()));
        futures_util::future::select_ok(all).await.unwrap();
    };
    rest().await;
    let key = "5/pull/7".to_owned();
    assert_eq!(*handler.done.lock().unwrap(), [(key.clone(), 1)]);
    assert_eq!(send(1).await.status, 202);
    rest().await;
    assert_eq!(
        *handler.done.lock().unwrap(),
        [(key.clone(), 1), (key, 1)],
        "redelivered by an operator, done once more"
    );
    for replica in replicas {
        replica.shutdown().await;
    }
}

#[tokio::test]
async fn f11_what_is_not_signed_is_refused() {
    let bench = Bench::start().await;
    let body = pull_request("opened", 7);
    let unsigned = || {
        Request::post("/webhooks/github", &body)
            .with("x-github-event", "pull_request")
            .with("x-github-delivery", "g")
            .with("x-github-hook-id", "1")
    };
    let right = sign(SECRET, &body);
    let flipped = format!("{}{}", &right[..70], if right.ends_with('0') { "1" } else { "0" });
    let wrong = [flipped.as_str(), &right[7..], &right[..70], "sha256=", "sha1=00", &sign("other", &body)];
    assert_eq!(bench.send(unsigned()).await.status, 401);
    assert_eq!(bench.send(unsigned().with("x-hub-signature", &right)).await.status, 401);
    for signature in wrong {
        let answer = bench.send(unsigned().with("x-hub-signature-256", signature)).await;
        assert_eq!(answer.status, 401, "{signature}");
        assert!(!answer.body.contains("octo"), "{}", answer.body);
    }
    let unnamed = Request::post("/webhooks/github", &body).with("x-hub-signature-256", &right);
    assert_eq!(bench.send(unnamed).await.status, 400);
    bench.server.idle().await.unwrap();
    assert!(bench.handler.done.lock().unwrap().is_empty());
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f12_both_secrets_are_valid_while_they_rotate() {
    let bench = Bench::start_with(&[("DECKHAND_WEBHOOK_SECRET", "new, canary-secret")]).await;
    let body = pull_request("opened", 7);
    assert_eq!(bench.send(Request::delivery("g-1", "pull_request", &body)).await.status, 202);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f10_the_limit_is_25_mib() {
    let bench = Bench::start().await;
    let body = vec![b' '; 25 * MIB];
    assert_eq!(bench.send(Request::delivery("g-1", "ping", &body)).await.status, 202);

    // Announced: refused before a byte of the body is sent.
    let mut stream = TcpStream::connect(bench.server.addr()).await.unwrap();
    let head = format!("POST /webhooks/github HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n", 25 * MIB + 1);
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = read_answer(&mut stream).await;
    assert_eq!(answer.status, 413);
    assert!(answer.head.contains("connection: close"));

    // Not announced: refused at the limit, while the sender still sends.
    let mut stream = TcpStream::connect(bench.server.addr()).await.unwrap();
    let head = "POST /webhooks/github HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\
                x-hub-signature-256: sha256=0000000000000000000000000000000000000000000000000000000000000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let sending = tokio::spawn(async move {
        let chunk = [format!("{MIB:x}\r\n").into_bytes(), vec![b' '; MIB], b"\r\n".to_vec()].concat();
        let mut sent = 0;
        while sent < 200 && writer.write_all(&chunk).await.is_ok() {
            sent += 1;
        }
        sent
    });
    let mut first = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut reader, &mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 413");
    drop(reader);
    assert!(sending.await.unwrap() < 200, "the rest is not read");
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f13_unknown_and_broken_events_harm_nobody() {
    let bench = Bench::start().await;
    let odd: [(&str, &[u8]); 5] = [
        ("something_new", b"{\"action\":\"x\"}"),
        ("pull_request", b"{\"action\":\"invented\"}"),
        ("pull_request", b"{\"action\":\"opened\",\"pull_request\":null}"),
        ("pull_request", b"not JSON \xff"),
        ("push", b"[]"),
    ];
    for (index, (event, body)) in odd.into_iter().enumerate() {
        assert_eq!(bench.send(Request::delivery(&format!("g-{index}"), event, body)).await.status, 202, "{event}");
    }
    assert_eq!(bench.send(Request::delivery("g", "pull_request", &pull_request("opened", 7))).await.status, 202);
    bench.server.idle().await.unwrap();
    assert_eq!(bench.handler.done.lock().unwrap().len(), 1);
    let metrics = bench.send(Request::get("/metrics").with_token()).await.body;
    assert!(metrics.contains("deckhand_deliveries_accepted_total 6\n"), "{metrics}");
    assert!(metrics.contains("deckhand_deliveries_unprocessed 0\n"), "{metrics}");
    assert!(metrics.contains("deckhand_events_unknown_total 2\n"), "{metrics}");
    assert!(metrics.contains("deckhand_events_unreadable_total 3\n"), "{metrics}");
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f05_f15_what_a_locked_store_refuses_with_503_is_accepted_later() {
    let (short, long) = (Duration::from_millis(50), Duration::from_secs(3600));
    let dir = tempfile::tempdir().unwrap();
    let (clock, handler) = (TestClock::new(), Arc::new(Obedient::default()));
    let mut config = config(&dir, &[]);
    // The senders' eight seconds, with a second for the way; a lock is waited for in less, so that its reason is logged.
    assert!(config.store_timeout <= Duration::from_secs(7) && config.busy_timeout < config.store_timeout);
    // Whatever SQLite does: the answer comes when the time of the sender is over.
    (config.store_timeout, config.busy_timeout) = (short, long);
    let server = start(config, &clock, &handler).await;
    let body = pull_request("opened", 7);
    let send = || Request::delivery("g-1", "pull_request", &body).send(server.addr());
    let file = dir.path().join("deckhand.db");
    let mut other = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let answer = send().await;
    assert_eq!((answer.status, answer.body.as_str()), (503, "cannot store the delivery now\n"));
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    // The short time can be over before the disk is done; GitHub would ask again, too.
    while send().await.status != 202 {}
    server.idle().await.unwrap();
    let done = handler.done.lock().unwrap().clone();
    assert!(matches!(done.len(), 1 | 2) && done.iter().all(|(key, _)| key == "5/pull/7"), "{done:?}");
    server.shutdown().await;
}
