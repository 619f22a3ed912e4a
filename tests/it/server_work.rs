//! Jobs: retries, parking, panics, coalescing, shutdown, and what a restart takes up.

use crate::engines::{LEASE, pull, url};
use crate::server_bench::{Bench, Obedient, Order, Request, TestClock, config, pull_request, start};
use deckhand::model::Timestamp;
use deckhand::server::{JobError, Server};
use deckhand::store::Store;
use deckhand::webhook::Cause;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

fn fails(times: usize) -> Vec<Order> {
    let error = || JobError::Retry { reason: "GitHub failed with status 502".to_owned(), after: None };
    (0..times).map(|_| Order::Fail(error())).collect()
}

#[tokio::test]
async fn a_failed_job_is_tried_again_later_and_then_parked() {
    let bench = Bench::start().await;
    *bench.handler.orders.lock().unwrap() = fails(8);
    bench.send(Request::delivery("g-1", "pull_request", &pull_request("opened", 7))).await;
    for attempt in 1..=8 {
        bench.server.idle().await.unwrap();
        assert_eq!(bench.handler.done.lock().unwrap().len(), attempt, "nothing before its time");
        bench.clock.advance(Duration::from_secs(1801));
        bench.server.wake();
    }
    bench.server.idle().await.unwrap();
    assert_eq!(bench.handler.done.lock().unwrap().len(), 8);
    let given_up = bench.handler.given_up.lock().unwrap().clone();
    assert_eq!(given_up, [("5/pull/7".to_owned(), "GitHub failed with status 502 (attempt 8)".to_owned())]);
    bench.send(Request::delivery("g-2", "pull_request", &pull_request("synchronize", 7))).await;
    bench.server.idle().await.unwrap();
    assert_eq!(bench.handler.done.lock().unwrap().last(), Some(&("5/pull/7".to_owned(), 1)), "new work wakes it");
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f17_a_panic_is_a_failed_attempt_and_others_go_on() {
    let bench = Bench::start().await;
    bench.handler.orders.lock().unwrap().push(Order::Panic);
    bench.send(Request::delivery("g-1", "pull_request", &pull_request("opened", 7))).await;
    bench.server.idle().await.unwrap();
    bench.send(Request::delivery("g-2", "pull_request", &pull_request("opened", 8))).await;
    bench.server.idle().await.unwrap();
    bench.clock.advance(Duration::from_secs(60));
    bench.server.wake();
    bench.server.idle().await.unwrap();
    let done = bench.handler.done.lock().unwrap().clone();
    assert_eq!(done, [("5/pull/7".to_owned(), 1), ("5/pull/8".to_owned(), 1), ("5/pull/7".to_owned(), 2)]);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f17_a_job_that_always_panics_is_given_up_with_the_reason_and_others_go_on() {
    let bench = Bench::start().await;
    bench.handler.orders.lock().unwrap().extend((0..8).map(|_| Order::Panic));
    bench.send(Request::delivery("g-1", "pull_request", &pull_request("opened", 7))).await;
    for _ in 0..8 {
        bench.server.idle().await.unwrap();
        bench.clock.advance(Duration::from_secs(1801));
        bench.server.wake();
    }
    bench.server.idle().await.unwrap();
    // Whoever is told of it writes the reason on the check.
    let given_up = bench.handler.given_up.lock().unwrap().clone();
    assert_eq!(given_up, [("5/pull/7".to_owned(), "the review panicked (attempt 8)".to_owned())]);
    assert_eq!(bench.server.store().count_jobs(Timestamp(i64::MAX)).await.unwrap().parked, 1);
    bench.send(Request::delivery("g-2", "pull_request", &pull_request("opened", 8))).await;
    bench.server.idle().await.unwrap();
    assert_eq!(bench.handler.done.lock().unwrap().last(), Some(&("5/pull/8".to_owned(), 1)));
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f17_a_job_that_ends_its_server_again_and_again_is_given_up_and_others_go_on() {
    let bench = Bench::start().await;
    let Bench { dir, clock, handler, server } = bench;
    server.shutdown().await;
    let deaths = async |times: usize| {
        let store = Store::open(&url(&dir)).await.unwrap();
        store.enqueue(&pull(1, 7, Cause::Opened), clock.wall()()).await.unwrap();
        for _ in 0..times {
            store.claim(clock.wall()(), LEASE).await.unwrap().unwrap();
            clock.advance(LEASE);
        }
        store.close().await;
    };
    deaths(20).await;
    let server = start(config(&dir, &[]), &clock, &handler).await;
    server.idle().await.unwrap();
    assert_eq!(handler.done.lock().unwrap().as_slice(), [("100/pull/7".to_owned(), 21)], "servers are restarted");
    server.shutdown().await;
    deaths(32).await;
    let server = start(config(&dir, &[]), &clock, &handler).await;
    server.idle().await.unwrap();
    let given_up = handler.given_up.lock().unwrap().clone();
    let reason = "32 attempts ended together with the server; look at its memory";
    assert_eq!(given_up, [("100/pull/7".to_owned(), reason.to_owned())]);
    server.store().enqueue(&pull(1, 8, Cause::Opened), clock.wall()()).await.unwrap();
    server.wake();
    server.idle().await.unwrap();
    assert_eq!(handler.done.lock().unwrap().last(), Some(&("100/pull/8".to_owned(), 1)));
    server.shutdown().await;
}

#[tokio::test]
async fn f02_deliveries_are_accepted_while_every_worker_hangs() {
    let bench = Bench::start().await;
    let gate = Arc::new(Semaphore::new(0));
    bench.handler.orders.lock().unwrap().extend((0..4).map(|_| Order::Hang(gate.clone())));
    for number in 1..=4 {
        let request = Request::delivery(&format!("a-{number}"), "pull_request", &pull_request("opened", number));
        assert_eq!(bench.send(request).await.status, 202);
    }
    for push in 1..=10 {
        let request = Request::delivery(&format!("b-{push}"), "pull_request", &pull_request("synchronize", 9));
        assert_eq!(bench.send(request).await.status, 202);
    }
    gate.add_permits(4);
    bench.server.idle().await.unwrap();
    let done = bench.handler.done.lock().unwrap().clone();
    assert!(done.iter().filter(|(key, _)| key == "5/pull/9").count() <= 2, "ten pushes are one review: {done:?}");
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f02_deliveries_are_acknowledged_in_time_while_every_call_hangs() {
    // Connections to it are made, and nothing ever answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let config = config(&dir, &[("DECKHAND_GITHUB_API_URL", &url)]);
    let clock = TestClock::new();
    let server = Server::start(config, clock.wall()).await.unwrap();
    let mut waits = Vec::new();
    for number in 1..=40 {
        let request = Request::delivery(&format!("g-{number}"), "pull_request", &pull_request("opened", number));
        let begun = Instant::now();
        assert_eq!(request.send(server.addr()).await.status, 202);
        waits.push(begun.elapsed());
    }
    let counts = server.store().count_jobs(Timestamp(i64::MAX)).await.unwrap();
    assert_eq!((counts.running, counts.due), (3, 37), "all that a repository may have at once are in work and hang");
    // The machine of the tests may be slow now and then, not every time.
    waits.sort_unstable();
    assert!(waits[waits.len() / 2] < Duration::from_millis(500), "{waits:?}");
}

#[tokio::test]
async fn a_restart_takes_up_what_was_left() {
    let bench = Bench::start().await;
    *bench.handler.orders.lock().unwrap() = fails(1);
    bench.send(Request::delivery("g-1", "pull_request", &pull_request("opened", 7))).await;
    bench.server.idle().await.unwrap();
    let Bench { dir, clock, handler, server } = bench;
    server.shutdown().await;
    clock.advance(Duration::from_secs(60));
    let server = start(config(&dir, &[]), &clock, &handler).await;
    server.idle().await.unwrap();
    assert_eq!(handler.done.lock().unwrap().last(), Some(&("5/pull/7".to_owned(), 2)));
    server.shutdown().await;
}

#[tokio::test]
async fn f22_shutdown_waits_for_the_job_in_hand() {
    let bench = Bench::start().await;
    let gate = Arc::new(Semaphore::new(0));
    bench.handler.orders.lock().unwrap().push(Order::Hang(gate.clone()));
    bench.send(Request::delivery("g-1", "pull_request", &pull_request("opened", 7))).await;
    let (dir, clock, handler, addr) = (bench.dir, bench.clock, bench.handler, bench.server.addr());
    while handler.done.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let stopping = tokio::spawn(bench.server.shutdown());
    // The listener closes first.
    while tokio::net::TcpStream::connect(addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!stopping.is_finished(), "the job is still in hand");
    gate.add_permits(1);
    stopping.await.unwrap();
    let server = start(config(&dir, &[]), &clock, &handler).await;
    server.idle().await.unwrap();
    assert_eq!(handler.done.lock().unwrap().len(), 1, "it was finished, so it is not done again");
    server.shutdown().await;
}

#[tokio::test]
async fn f22_jobs_that_hang_hold_the_end_no_longer_than_its_limit_and_go_back() {
    let dir = tempfile::tempdir().unwrap();
    let (clock, handler) = (TestClock::new(), Arc::new(Obedient::default()));
    let last_attempt = || config(&dir, &[("DECKHAND_MAX_ATTEMPTS", "1")]);
    let mut config = last_attempt();
    assert!(config.drain <= Duration::from_secs(30));
    config.drain = Duration::from_millis(30);
    let never = Arc::new(Semaphore::new(0));
    handler.orders.lock().unwrap().extend((0..3).map(|_| Order::Hang(never.clone())));
    let server = start(config, &clock, &handler).await;
    for number in 1..=5 {
        let request = Request::delivery(&format!("g-{number}"), "pull_request", &pull_request("opened", number));
        assert_eq!(request.send(server.addr()).await.status, 202);
    }
    while handler.done.lock().unwrap().len() < 3 {
        tokio::task::yield_now().await;
    }
    server.shutdown().await;
    assert!(handler.given_up.lock().unwrap().is_empty(), "that the server stopped says nothing about a job");
    handler.done.lock().unwrap().clear();
    let server = start(last_attempt(), &clock, &handler).await;
    server.idle().await.unwrap();
    let mut done = handler.done.lock().unwrap().clone();
    done.sort();
    let all: Vec<(String, u32)> = (1..=5).map(|number| (format!("5/pull/{number}"), 1)).collect();
    assert_eq!(done, all, "at once, without waiting for a lease, and as if nobody had tried");
    assert_eq!(server.store().count_jobs(Timestamp(0)).await.unwrap().parked, 0);
    server.shutdown().await;
}

#[tokio::test]
async fn f23_a_clock_that_jumps_ahead_ends_a_lease_and_its_holder_ends_nothing() {
    let bench = Bench::start().await;
    let gate = Arc::new(Semaphore::new(0));
    bench.handler.orders.lock().unwrap().push(Order::Hang(gate.clone()));
    bench.send(Request::delivery("g-1", "pull_request", &pull_request("opened", 7))).await;
    while bench.handler.done.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    bench.clock.advance(Duration::from_secs(600));
    bench.server.wake();
    while bench.handler.done.lock().unwrap().len() < 2 {
        tokio::task::yield_now().await;
    }
    gate.add_permits(1);
    bench.server.idle().await.unwrap();
    let done = bench.handler.done.lock().unwrap().clone();
    assert_eq!(done, [("5/pull/7".to_owned(), 1), ("5/pull/7".to_owned(), 2)], "taken over, and then done");
    let counts = bench.server.store().count_jobs(Timestamp(i64::MAX)).await.unwrap();
    assert_eq!((counts.due, counts.running, counts.parked), (0, 0, 0));
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f06_what_arrives_while_it_waits_is_one_evaluation() {
    let bench = Bench::start().await;
    let gate = Arc::new(Semaphore::new(0));
    bench.handler.orders.lock().unwrap().extend((0..3).map(|_| Order::Hang(gate.clone())));
    let send = async |hook: &str, guid: &str, action: &str, number| {
        let request = Request::delivery_of(hook, guid, "pull_request", &pull_request(action, number));
        assert_eq!(bench.send(request).await.status, 202);
    };
    for number in 1..=3 {
        send("1", &format!("g-{number}"), "opened", number).await;
    }
    send("1", "a", "opened", 9).await;
    send("1", "b", "synchronize", 9).await;
    // The repository has a hook of its own, whose deliveries have the same GUIDs.
    send("2", "a", "opened", 9).await;
    send("2", "b", "synchronize", 9).await;
    gate.add_permits(3);
    bench.server.idle().await.unwrap();
    let done = bench.handler.done.lock().unwrap().clone();
    assert_eq!(done.iter().filter(|(key, _)| key == "5/pull/9").count(), 1, "{done:?}");
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f20_a_repository_that_hangs_keeps_nobody_else_waiting() {
    let bench = Bench::start().await;
    let gate = Arc::new(Semaphore::new(0));
    bench.handler.orders.lock().unwrap().extend((0..3).map(|_| Order::Hang(gate.clone())));
    for number in 1..=9 {
        let request = Request::delivery(&format!("a-{number}"), "pull_request", &pull_request("opened", number));
        assert_eq!(bench.send(request).await.status, 202);
    }
    while bench.handler.done.lock().unwrap().len() < 3 {
        tokio::task::yield_now().await;
    }
    let other = String::from_utf8(pull_request("opened", 1)).unwrap().replace(r#""id":5"#, r#""id":6"#);
    assert_eq!(bench.send(Request::delivery("b-1", "pull_request", other.as_bytes())).await.status, 202);
    while !bench.handler.done.lock().unwrap().iter().any(|(key, _)| key == "6/pull/1") {
        tokio::task::yield_now().await;
    }
    let done = bench.handler.done.lock().unwrap().clone();
    assert_eq!(done.len(), 4, "the others of that repository wait: {done:?}");
    gate.add_permits(3);
    bench.server.idle().await.unwrap();
    assert_eq!(bench.handler.done.lock().unwrap().len(), 10, "in their turn");
    bench.server.shutdown().await;
}
