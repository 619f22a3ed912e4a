//! Runs on disk: compressed, readable in both forms, and forgotten in time.

use crate::engines::{NOON, Room, on_every_engine, url};
use crate::server_bench::{Bench, Request, config, pull_request, start};
use deckhand::model::{CommitId, PullNumber, RepoName, RepositoryId, Timestamp};
use deckhand::store::{Retention, RunId, RunRecord};
use sqlx::{Connection, SqliteConnection};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
const ALL: Retention = Retention { age: Duration::from_secs(30 * 24 * 3600), runs: 1000 };

/// Those of these runs that are still there.
async fn left(room: &Room, digits: std::ops::RangeInclusive<u8>) -> Vec<u8> {
    let mut left = Vec::new();
    for digit in digits {
        if room.store.load_run(&RunId::from_random([digit; 16])).await.unwrap().is_some() {
            left.push(digit);
        }
    }
    left
}

on_every_engine! {
    old_runs_are_forgotten_but_not_the_last_judgement_of_a_pull_request,
    the_newest_runs_are_kept_and_the_surplus_is_forgotten,
}

/// A run `days` before noon.
pub(crate) fn run(digit: u8, number: u64, days: u32) -> RunRecord {
    RunRecord {
        id: RunId::from_random([digit; 16]),
        repository: RepositoryId(5),
        name: RepoName::new("octo", "hello").unwrap(),
        number: PullNumber(number),
        base: "main".to_owned(),
        head: CommitId::new(&"a".repeat(40)).unwrap(),
        verdict: "{\"conclusion\":\"success\"}".to_owned(),
        snapshot: "{\"texts\":\"a line of code;\"}".repeat(2000),
        created_at: Timestamp(NOON.0 - i64::try_from((DAY * days).as_millis()).unwrap()),
        wakes: Vec::new(),
    }
}

async fn old_runs_are_forgotten_but_not_the_last_judgement_of_a_pull_request(room: Room) {
    // Of pull request 7: two old ones and a new one; of 8: only an old one, which `heads` still needs.
    for (digit, number, days) in [(1, 7, 50), (2, 7, 31), (3, 7, 29), (4, 8, 90), (5, 7, 0)] {
        room.store.save_run(&run(digit, number, days), Timestamp(0)).await.unwrap();
    }
    let forgotten = room.store.forget_old(&ALL, NOON).await.unwrap();
    assert_eq!((forgotten.runs, forgotten.deliveries), (2, 0));
    assert_eq!(left(&room, 1..=5).await, [3, 4, 5]);
    let head = CommitId::new(&"a".repeat(40)).unwrap();
    assert_eq!(room.store.find_judgements(RepositoryId(5), PullNumber(8), &head).await.unwrap().len(), 2);
    room.store.forget_judgement(RepositoryId(5), PullNumber(8), &[], NOON).await.unwrap();
    assert_eq!(room.store.forget_old(&ALL, NOON).await.unwrap().runs, 1, "it is closed now");
    assert_eq!(left(&room, 1..=5).await, [3, 5]);
}

async fn the_newest_runs_are_kept_and_the_surplus_is_forgotten(room: Room) {
    // More than one transaction's worth, and two of one moment.
    for digit in 0..250 {
        room.store.save_run(&run(digit, 7, 1), Timestamp(0)).await.unwrap();
    }
    room.store.save_run(&run(255, 8, 2), Timestamp(0)).await.unwrap();
    let few = Retention { runs: 3, ..ALL };
    assert_eq!(room.store.forget_old(&few, NOON).await.unwrap().runs, 247);
    assert_eq!(left(&room, 0..=255).await, [247, 248, 249, 255], "three, and the last judgement of 8");
    assert_eq!(room.store.forget_old(&few, NOON).await.unwrap().runs, 0);
}

#[tokio::test]
async fn a_server_forgets_deliveries_that_cannot_come_again() {
    let bench = Bench::start_with(&[("DECKHAND_RETENTION_DAYS", "1")]).await;
    bench.send(Request::delivery("old", "pull_request", &pull_request("opened", 7))).await;
    bench.server.idle().await.unwrap();
    let Bench { dir, clock, handler, server } = bench;
    server.shutdown().await;
    let left = async || {
        let mut raw = SqliteConnection::connect(&url(&dir)).await.unwrap();
        sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM deliveries").fetch_one(&mut raw).await.unwrap()
    };
    clock.advance(DAY * 6);
    let server = start(config(&dir, &[("DECKHAND_RETENTION_DAYS", "1")]), &clock, &handler).await;
    let retention = Retention { age: DAY, ..ALL };
    let forgotten = server.store().forget_old(&retention, clock.wall()()).await.unwrap();
    assert_eq!((forgotten.deliveries, left().await), (0, 1), "GitHub may still send it again");
    server.shutdown().await;
    clock.advance(DAY * 2);
    let server = start(config(&dir, &[("DECKHAND_RETENTION_DAYS", "1")]), &clock, &handler).await;
    while left().await > 0 {
        tokio::task::yield_now().await;
    }
    server.shutdown().await;
}
