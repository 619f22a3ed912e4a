//! Runs on disk: compressed, readable in both forms, and forgotten in time.

use crate::server_bench::{Bench, Request, config, pull_request, start};
use deckhand::model::{CommitId, PullNumber, RepoName, RepositoryId, Timestamp};
use deckhand::store::{Archive, Retention, RunId, RunRecord, Store, StoreError};
use sqlx::{Connection, Row, SqliteConnection};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
const NOON: Timestamp = Timestamp(1_795_262_400_000);
const ALL: Retention = Retention { age: Duration::from_secs(30 * 24 * 3600), runs: 1000 };

struct Room {
    dir: tempfile::TempDir,
    store: Store,
}

impl Room {
    async fn new() -> Room {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&url(&dir)).await.unwrap();
        Room { dir, store }
    }

    async fn raw(&self) -> SqliteConnection {
        SqliteConnection::connect(&url(&self.dir)).await.unwrap()
    }

    async fn left(&self) -> Vec<u8> {
        let archive = Archive::open(&url(&self.dir)).await.unwrap();
        let ids = archive.find_newest(None, 1000).await.unwrap();
        archive.close().await;
        ids.iter().map(|id| u8::from_str_radix(&id.as_str()[..2], 16).unwrap()).collect()
    }
}

fn url(dir: &tempfile::TempDir) -> String {
    format!("sqlite:{}", dir.path().join("deckhand.db").display())
}

/// A run `days` before noon.
fn run(digit: u8, number: u64, days: u32) -> RunRecord {
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

#[tokio::test]
async fn snapshots_are_compressed_and_come_back() {
    let room = Room::new().await;
    let saved = run(1, 7, 0);
    room.store.save_run(&saved).await.unwrap();
    let row = sqlx::query("SELECT length(packed) AS packed, snapshot FROM runs").fetch_one(&mut room.raw().await).await;
    let row = row.unwrap();
    assert!(row.get::<i64, _>("packed") < 1000 && row.get::<&str, _>("snapshot").is_empty());
    assert_eq!(room.store.load_run(&saved.id).await.unwrap(), Some(saved.clone()));
    let archive = Archive::open(&url(&room.dir)).await.unwrap();
    assert_eq!(archive.load_run(&saved.id).await.unwrap(), Some(saved.clone()));
    assert_eq!(archive.find_version(&saved.id).await.unwrap().as_deref(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(archive.find_newest(Some(&RepoName::new("Octo", "Hello").unwrap()), 9).await.unwrap().len(), 1);
    assert!(archive.find_newest(Some(&RepoName::new("octo", "other").unwrap()), 9).await.unwrap().is_empty());

    sqlx::query("UPDATE runs SET packed = substr(packed, 1, 40)").execute(&mut room.raw().await).await.unwrap();
    let damaged = room.store.load_run(&saved.id).await;
    assert!(matches!(damaged, Err(StoreError::Corrupt(_))), "{damaged:?}");
}

#[tokio::test]
async fn f21_rows_of_an_older_binary_are_read_and_ours_by_it() {
    let room = Room::new().await;
    let older = run(2, 8, 0);
    // The statements of the version before this one.
    sqlx::query(
        "INSERT INTO runs (id, repository, name, number, base, head, verdict, snapshot, created_at)
         VALUES (?1, 5, 'octo/hello', 8, 'main', ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING",
    )
    .bind(older.id.as_str())
    .bind(older.head.as_str())
    .bind(&older.verdict)
    .bind(&older.snapshot)
    .bind(older.created_at.0)
    .execute(&mut room.raw().await)
    .await
    .unwrap();
    assert_eq!(room.store.load_run(&older.id).await.unwrap(), Some(older.clone()));
    let archive = Archive::open(&url(&room.dir)).await.unwrap();
    assert_eq!(archive.find_version(&older.id).await.unwrap(), None);

    let ours = run(1, 7, 0);
    room.store.save_run(&ours).await.unwrap();
    let row = sqlx::query(
        "SELECT id, repository, name, number, base, head, verdict, snapshot, created_at FROM runs WHERE id = ?1",
    )
    .bind(ours.id.as_str())
    .fetch_one(&mut room.raw().await)
    .await
    .unwrap();
    assert_eq!(row.get::<String, _>("verdict"), ours.verdict, "what its pages and shared heads need");
    assert_eq!(row.get::<String, _>("snapshot"), "", "which it never reads");
}

#[tokio::test]
async fn old_runs_are_forgotten_but_not_the_last_judgement_of_a_pull_request() {
    let room = Room::new().await;
    // Of pull request 7: two old ones and a new one; of 8: only an old one, which `heads` still needs.
    for (digit, number, days) in [(1, 7, 50), (2, 7, 31), (3, 7, 29), (4, 8, 90), (5, 7, 0)] {
        room.store.save_run(&run(digit, number, days)).await.unwrap();
    }
    let forgotten = room.store.forget_old(&ALL, NOON).await.unwrap();
    assert_eq!((forgotten.runs, forgotten.deliveries), (2, 0));
    assert_eq!(room.left().await, [5, 3, 4]);
    let head = CommitId::new(&"a".repeat(40)).unwrap();
    assert_eq!(room.store.find_judgements(RepositoryId(5), PullNumber(8), &head).await.unwrap().len(), 2);
    room.store.forget_judgement(RepositoryId(5), PullNumber(8), &[], NOON).await.unwrap();
    assert_eq!(room.store.forget_old(&ALL, NOON).await.unwrap().runs, 1, "it is closed now");
    assert_eq!(room.left().await, [5, 3]);
}

#[tokio::test]
async fn the_newest_runs_are_kept_and_the_surplus_is_forgotten() {
    let room = Room::new().await;
    // More than one transaction's worth, and two of one moment.
    for digit in 0..250 {
        room.store.save_run(&run(digit, 7, 1)).await.unwrap();
    }
    room.store.save_run(&run(255, 8, 2)).await.unwrap();
    let few = Retention { runs: 3, ..ALL };
    assert_eq!(room.store.forget_old(&few, NOON).await.unwrap().runs, 247);
    assert_eq!(room.left().await, [249, 248, 247, 255], "three, and the last judgement of 8");
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

#[tokio::test]
async fn only_a_database_of_this_version_is_looked_into() {
    let dir = tempfile::tempdir().unwrap();
    let said = async || Archive::open(&url(&dir)).await.map(|_| ()).unwrap_err().to_string();
    assert!(said().await.contains("there is no such file"));
    std::fs::write(
        dir.path().join("deckhand.db"),
        "not a database, but long enough to look like a page of one\n".repeat(99),
    )
    .unwrap();
    assert!(said().await.contains("damaged"), "{}", said().await);
    std::fs::remove_file(dir.path().join("deckhand.db")).unwrap();
    let mut other = SqliteConnection::connect(&format!("{}?mode=rwc", url(&dir))).await.unwrap();
    sqlx::query("CREATE TABLE runs (id TEXT)").execute(&mut other).await.unwrap();
    assert!(said().await.contains("no database of this version"), "{}", said().await);
    let in_memory = Archive::open("sqlite::memory:").await.map(|_| ()).unwrap_err();
    assert!(in_memory.to_string().contains("memory"), "{in_memory}");
}
