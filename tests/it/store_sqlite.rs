//! What only the engine on SQLite promises: its file, its schema beside older and newer versions.

use crate::engines::{Kind, LEASE, NOON, Room, pull, url};
use crate::store_runs::run;
use deckhand::model::RepoName;
use deckhand::store::{Archive, ByHand, JobState, Store, StoreError, Touched};
use deckhand::webhook::{Cause, JobSpec};
use sqlx::{Connection, Row, SqliteConnection};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn raw(room: &Room) -> SqliteConnection {
    SqliteConnection::connect(&room.url()).await.unwrap()
}

/// As a newer version would have stored it.
async fn store_newer_work(room: &Room, key: &str) {
    let mut other = SqliteConnection::connect(&room.url()).await.expect("a connection");
    let spec = r#"{"installation":1,"repository":100,"name":"octo/hello","work":{"kind":"from_the_future"}}"#;
    let changed = sqlx::query("UPDATE jobs SET spec = ?1, priority = 99 WHERE key = ?2").bind(spec).bind(key);
    assert_eq!(changed.execute(&mut other).await.expect("changed").rows_affected(), 1);
}

#[tokio::test]
async fn snapshots_are_compressed_and_come_back() {
    let room = Room::new(Kind::Sqlite).await;
    let saved = run(1, 7, 0);
    room.store.save_run(&saved, saved.created_at).await.unwrap();
    let row = sqlx::query("SELECT length(packed) AS packed, snapshot FROM runs").fetch_one(&mut raw(&room).await).await;
    let row = row.unwrap();
    assert!(row.get::<i64, _>("packed") < 1000 && row.get::<&str, _>("snapshot").is_empty());
    assert_eq!(room.store.load_run(&saved.id).await.unwrap(), Some(saved.clone()));
    let archive = Archive::open(&room.url()).await.unwrap();
    assert_eq!(archive.load_run(&saved.id).await.unwrap(), Some(saved.clone()));
    assert_eq!(archive.find_version(&saved.id).await.unwrap().as_deref(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(archive.find_newest(Some(&RepoName::new("Octo", "Hello").unwrap()), 9).await.unwrap().len(), 1);
    assert!(archive.find_newest(Some(&RepoName::new("octo", "other").unwrap()), 9).await.unwrap().is_empty());

    sqlx::query("UPDATE runs SET packed = substr(packed, 1, 40)").execute(&mut raw(&room).await).await.unwrap();
    let damaged = room.store.load_run(&saved.id).await;
    assert!(matches!(damaged, Err(StoreError::Corrupt(_))), "{damaged:?}");
}

#[tokio::test]
async fn f21_rows_of_an_older_binary_are_read_and_ours_by_it() {
    let room = Room::new(Kind::Sqlite).await;
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
    .execute(&mut raw(&room).await)
    .await
    .unwrap();
    assert_eq!(room.store.load_run(&older.id).await.unwrap(), Some(older.clone()));
    let archive = Archive::open(&room.url()).await.unwrap();
    assert_eq!(archive.find_version(&older.id).await.unwrap(), None);

    let ours = run(1, 7, 0);
    room.store.save_run(&ours, ours.created_at).await.unwrap();
    let row = sqlx::query(
        "SELECT id, repository, name, number, base, head, verdict, snapshot, created_at FROM runs WHERE id = ?1",
    )
    .bind(ours.id.as_str())
    .fetch_one(&mut raw(&room).await)
    .await
    .unwrap();
    assert_eq!(row.get::<String, _>("verdict"), ours.verdict, "what its pages and shared heads need");
    assert_eq!(row.get::<String, _>("snapshot"), "", "which it never reads");
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

#[tokio::test]
async fn f21_work_of_a_newer_version_is_left_for_it_and_others_go_on() {
    let room = Room::new(Kind::Sqlite).await;
    for number in [7, 8] {
        room.store.enqueue(&pull(1, number, Cause::Opened), NOON).await.expect("enqueued");
    }
    store_newer_work(&room, "100/pull/7").await;
    let job = room.store.claim(NOON, LEASE).await.expect("it costs the others nothing").expect("a job");
    assert_eq!(job.spec, pull(1, 8, Cause::Opened));
    room.store.finish(&job, NOON).await.expect("finished");
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None);
    let listed = room.store.list_jobs(JobState::Waiting, 9).await.expect("listed");
    assert_eq!((listed.len(), &listed[0].spec, listed[0].attempts), (1, &None, 0));
    assert!(listed[0].reason.as_deref().expect("a reason").contains("newer version"));
    assert_eq!(room.store.take_job("100/pull/7", NOON, LEASE).await.expect("no error"), None);

    // Nobody came for it in a day: it is a person's.
    for after in [DAY / 2, DAY, DAY * 2] {
        assert_eq!(room.store.claim(NOON.after(after), LEASE).await.expect("no error"), None);
    }
    let parked = room.store.list_jobs(JobState::Parked, 9).await.expect("listed");
    assert!(parked[0].reason.as_deref().expect("a reason").contains("try the job again"));
    let (id, later) = (parked[0].id.unsigned_abs(), NOON.after(DAY * 3));
    let touched = room.store.decide_by_hand(id, ByHand::Retry, later).await.expect("decided");
    assert_eq!(touched, Touched::Done("100/pull/7".to_owned()));
    // New work that reads takes its place.
    room.store.enqueue(&pull(1, 7, Cause::Synchronize), later).await.expect("enqueued");
    let job = room.store.claim(later, LEASE).await.expect("no error").expect("a job");
    assert_eq!((job.spec, job.attempt), (pull(1, 7, Cause::Synchronize), 1));
}

#[tokio::test]
async fn f21_a_hundred_jobs_of_a_newer_version_are_passed_by() {
    let room = Room::new(Kind::Sqlite).await;
    let work: Vec<JobSpec> = (1..=250).map(|number| pull(1, number, Cause::Opened)).collect();
    room.store.enqueue_all(&work, NOON).await.expect("enqueued");
    for number in 1..250 {
        store_newer_work(&room, &format!("100/pull/{number}")).await;
    }
    let mut found = None;
    for _ in 0..3 {
        found = found.or(room.store.claim(NOON, LEASE).await.expect("no error"));
    }
    assert_eq!(found.expect("the one that reads").spec, pull(1, 250, Cause::Opened));
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let refused = async |url: &str| Store::open(url).await.expect_err("refused").to_string();
    assert!(refused("postgres://me:canary@host/db").await.contains("sqlite:FILE"));
    assert!(!refused("postgres://me:canary@host/db").await.contains("canary"));
    assert!(refused("sqlite::memory:").await.contains("name a file"));
    assert!(refused("sqlite:/no/such/directory/deckhand.db").await.contains("/no/such/directory"));
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("deckhand.db"), "not a database ".repeat(1000)).expect("written");
    assert!(refused(&url(&dir)).await.contains("damaged"));
}

#[tokio::test]
async fn f21_an_older_binary_starts_on_a_newer_schema() {
    let room = Room::new(Kind::Sqlite).await;
    let mut other = sqlx::SqliteConnection::connect(&room.url()).await.expect("a connection");
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .execute(&mut other)
    .await
    .expect("inserted");
    room.reopen().await.ping().await.expect("it answers");
}

#[tokio::test]
async fn f21_those_that_start_at_once_on_a_new_database_all_start() {
    for _ in 0..5 {
        let dir = tempfile::tempdir().expect("a directory");
        let url = url(&dir);
        let all = futures_util::future::join_all((0..4).map(|_| Store::open(&url))).await;
        for one in all {
            one.expect("it starts").ping().await.expect("it answers");
        }
    }
}
