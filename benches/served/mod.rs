//! `deckhand serve` as a process of its own beside a simulated GitHub, for benches that measure it from outside.

use deckhand::sim::{AppConfig, Sim, SimClock, SimConfig, SimHandle};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PRIVATE_KEY: &str = include_str!("../../tests/data/github/app-key.pem");
const PUBLIC_KEY: &str = include_str!("../../tests/data/github/app-key.pub.pem");

/// Both; the server ends with this value.
pub(crate) struct Served {
    pub(crate) github: SimHandle,
    pub(crate) server: Child,
    /// Where the server's database lies.
    _folder: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Starts both, with repositories (`owner/name`) that have this dangerfile and in which ada may write.
pub(crate) async fn start(repositories: &[&str], dangerfile: &str) -> Served {
    let github = Sim::start(SimConfig { port: 0, clock: SimClock::real() }).await.expect("a port");
    let folder = tempfile::tempdir().expect("a folder");
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
    let server = Command::new(env!("CARGO_BIN_EXE_deckhand"))
        .arg("serve")
        .current_dir(folder.path())
        .env("DECKHAND_APP_ID", "1")
        .env("DECKHAND_PRIVATE_KEY", PRIVATE_KEY)
        .env("DECKHAND_WEBHOOK_SECRET", "bench")
        .env("DECKHAND_GITHUB_API_URL", github.api_url())
        .env("DECKHAND_LISTEN", format!("127.0.0.1:{port}"))
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    github.register_app(AppConfig {
        app_id: 1,
        slug: "deckhand".to_owned(),
        public_key_pem: PUBLIC_KEY.to_owned(),
        webhook_url: Some(format!("http://127.0.0.1:{port}/webhooks/github")),
        secret: "bench".to_owned(),
        permissions: [("checks", "write"), ("contents", "write"), ("metadata", "read"), ("pull_requests", "write")]
            .map(|(name, access)| (name.to_owned(), access.to_owned()))
            .into(),
        events: AppConfig::events(),
    });
    for repository in repositories {
        let (owner, name) = repository.split_once('/').expect("an owner");
        github.create_repository(owner, name, &[("dangerfile.lua", dangerfile), ("README.md", "# Bench\n")], false);
        github.add_user(repository, "ada", "write");
        github.install(repository);
    }
    github.settle().await;
    Served { github, server, _folder: folder }
}
