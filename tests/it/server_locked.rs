//! Another process holds the write lock of the database, for far longer than anybody waits.

use crate::server_bench::{BINARY, Obedient, Order, Request, TestClock, config, pull_request, start};
use sqlx::Connection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// In the place of five seconds: the lock below is held for dozens of such times.
const BUSY: Duration = Duration::from_millis(20);
/// Deliveries refused while the lock is held.
const REFUSED: u64 = 30;

#[tokio::test]
async fn f15_f16_a_lock_that_lasts_costs_no_delivery_and_no_job() {
    let dir = tempfile::tempdir().unwrap();
    let (clock, handler) = (TestClock::new(), Arc::new(Obedient::default()));
    let mut config = config(&dir, &[]);
    config.busy_timeout = BUSY;
    assert_eq!(config.judges.program.as_deref(), Some(BINARY.as_ref()));
    let server = start(config, &clock, &handler).await;
    let send = |guid: String, number| {
        Request::delivery(&guid, "pull_request", &pull_request("opened", number)).send(server.addr())
    };
    // A job is in hand, and another waits.
    let gate = Arc::new(Semaphore::new(0));
    handler.orders.lock().unwrap().push(Order::Hang(gate.clone()));
    assert_eq!(send("g-1".to_owned(), 1).await.status, 202);
    while handler.done.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }

    let file = dir.path().join("deckhand.db");
    let mut other = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    gate.add_permits(1);
    for at in 0..REFUSED {
        server.wake();
        let answer = send(format!("r-{at}"), 100 + at).await;
        assert_eq!(answer.status, 503);
        assert!(answer.head.contains("retry-after: 60"), "{}", answer.head);
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(Request::get(path).send(server.addr()).await.status, 200, "reading goes on: {path}");
    }
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();

    // GitHub's operator, or our sweep, asks for them again.
    for at in 0..REFUSED {
        assert_eq!(send(format!("r-{at}"), 100 + at).await.status, 202, "without a restart");
    }
    // The job whose end could not be stored is done again when its lease is over.
    clock.advance(Duration::from_secs(61));
    server.wake();
    server.idle().await.unwrap();
    let done = handler.done.lock().unwrap().clone();
    for number in (100..100 + REFUSED).chain([1]) {
        let times = done.iter().filter(|(key, _)| *key == format!("5/pull/{number}")).count();
        assert!((1..=2).contains(&times), "{number}: {done:?}");
    }
    let counts = server.store().count_jobs(deckhand::model::Timestamp(i64::MAX)).await.unwrap();
    assert_eq!((counts.due, counts.running, counts.parked, counts.deliveries), (0, 0, 0, 0));
    assert!(handler.given_up.lock().unwrap().is_empty());
    server.shutdown().await;
}
