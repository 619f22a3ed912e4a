//! The engines of the store. One suite holds for all of them: each of its tests is told what to work on.

use crate::memory::Memory;
use crate::server_bench::sign;
use deckhand::model::{CommitId, InstallationId, PullNumber, RepoName, RepositoryId, Timestamp};
use deckhand::store::{RunId, RunRecord, Store};
use deckhand::webhook::{Cause, Delivery, DeliveryHeaders, JobSpec, Secrets, Work, verify};
use std::time::Duration;

pub(crate) const LEASE: Duration = Duration::from_secs(60);
pub(crate) const NOON: Timestamp = Timestamp(1_795_262_400_000);

/// The engines. A new one is a line here, one in [`Room`], and one in [`on_every_engine`].
pub(crate) enum Kind {
    Sqlite,
    Memory,
}

/// A store, and the place where its engine keeps what it was told.
pub(crate) struct Room {
    kept: Kept,
    pub(crate) store: Store,
}

enum Kept {
    File(tempfile::TempDir),
    Memory(Memory),
}

impl Room {
    pub(crate) async fn new(kind: Kind) -> Room {
        let kept = match kind {
            Kind::Sqlite => Kept::File(tempfile::tempdir().expect("a directory")),
            Kind::Memory => Kept::Memory(Memory::default()),
        };
        Room { store: kept.open().await, kept }
    }

    /// As after a kill: nothing is finished, nothing is closed in order.
    pub(crate) async fn reopen(&self) -> Store {
        self.kept.open().await
    }

    /// For tests of one engine: how others open the same database.
    pub(crate) fn url(&self) -> String {
        match &self.kept {
            Kept::File(dir) => url(dir),
            Kept::Memory(_) => panic!("nobody else opens it"),
        }
    }
}

impl Kept {
    async fn open(&self) -> Store {
        match self {
            Kept::File(dir) => Store::open(&url(dir)).await.expect("a store"),
            Kept::Memory(memory) => Store::from(memory.reopen()),
        }
    }
}

pub(crate) fn url(dir: &tempfile::TempDir) -> String {
    format!("sqlite:{}", dir.path().join("deckhand.db").display())
}

/// Makes of each of these functions one test for each engine.
macro_rules! on_every_engine {
    ($($test:ident),+ $(,)?) => {
        $(
            mod $test {
                use crate::engines::{Kind, Room};

                #[tokio::test]
                async fn on_sqlite() {
                    super::$test(Room::new(Kind::Sqlite).await).await;
                }

                #[tokio::test]
                async fn on_memory() {
                    super::$test(Room::new(Kind::Memory).await).await;
                }
            }
        )+
    };
}

pub(crate) use on_every_engine;

pub(crate) fn pull(installation: u64, number: u64, cause: Cause) -> JobSpec {
    JobSpec {
        installation: InstallationId(installation),
        repository: RepositoryId(installation * 100),
        name: RepoName::new("octo", "hello").expect("a name"),
        work: Work::ReviewPull { number: PullNumber(number), cause, changed_at: None },
    }
}

pub(crate) fn delivery(hook: &str, guid: &str, body: &str) -> Delivery {
    let signature = sign("secret", body.as_bytes());
    let headers = DeliveryHeaders {
        signature: Some(&signature),
        event: Some("pull_request"),
        guid: Some(guid),
        hook_id: Some(hook),
    };
    let secrets = Secrets::parse("secret").expect("a secret");
    verify(&secrets, &headers, body.as_bytes().to_vec()).expect("signed").delivery
}

pub(crate) fn run(id: RunId) -> RunRecord {
    RunRecord {
        id,
        repository: RepositoryId(5),
        name: RepoName::new("octo", "hello").expect("a name"),
        number: PullNumber(7),
        base: "main".to_owned(),
        head: CommitId::new(&"a".repeat(40)).expect("an id"),
        verdict: "{}".to_owned(),
        snapshot: "{}".to_owned(),
        created_at: NOON,
        wakes: Vec::new(),
    }
}
