//! `deckhand doctor` as a process: a simulated GitHub, a database, and each thing that can be wrong.

use crate::cli::Said;
use crate::server_bench::{KEY, SECRET};
use crate::sim_bench::{APP_ID, PUBLIC_KEY, REPO, check_sim};
use deckhand::sim::{AppConfig, Sim, SimClock, SimConfig, SimHandle};
use deckhand::store::Store;
use std::process::Stdio;
use tokio::process::Command;

const HOOK: &str = "https://deckhand.example.com/webhooks/github";
const EVENTS: [&str; 9] = [
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review",
    "push",
    "status",
    "workflow_run",
];
const PERMISSIONS: [(&str, &str); 7] = [
    ("actions", "read"),
    ("checks", "write"),
    ("issues", "read"),
    ("contents", "write"),
    ("metadata", "read"),
    ("pull_requests", "write"),
    ("statuses", "write"),
];

/// A GitHub on which everything is as it should be, and a directory with settings and a database of this version.
struct Practice {
    sim: SimHandle,
    dir: tempfile::TempDir,
    /// Lines of `deckhand.toml` besides those about the app.
    settings: Vec<String>,
    app_id: u64,
    api: String,
}

impl Practice {
    async fn open() -> Practice {
        Practice::open_with(&PERMISSIONS).await
    }

    async fn open_with(permissions: &[(&str, &str)]) -> Practice {
        // The binary goes by the host's clock.
        let sim = Sim::start(SimConfig { clock: SimClock::real(), ..SimConfig::default() }).await.unwrap();
        sim.set_deliver(false);
        sim.register_app(AppConfig {
            app_id: APP_ID,
            slug: "deckhand".to_owned(),
            public_key_pem: PUBLIC_KEY.to_owned(),
            webhook_url: Some(HOOK.to_owned()),
            secret: SECRET.to_owned(),
            permissions: permissions.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect(),
            events: EVENTS.map(str::to_owned).to_vec(),
        });
        sim.create_repository("octo", "hello", &[("a.txt", "a\n")], false);
        sim.install(REPO);
        sim.require_by_rule_of(REPO, "main", "deckhand", APP_ID);
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("key.pem"), KEY).unwrap();
        Store::open(&format!("sqlite:{}", dir.path().join("deckhand.db").display())).await.unwrap().close().await;
        let settings = ["public_url = 'https://deckhand.example.com'", "admin_token = 'canary-token'"];
        let api = sim.api_url().to_owned();
        Practice { sim, dir, settings: settings.map(str::to_owned).to_vec(), app_id: APP_ID, api }
    }

    async fn ask(&self, arguments: &[&str]) -> Said {
        let app = format!(
            "app_id = {}\nprivate_key_file = 'key.pem'\nwebhook_secret = '{SECRET}'\ngithub_api_url = '{}'\n",
            self.app_id, self.api
        );
        std::fs::write(self.dir.path().join("deckhand.toml"), app + &self.settings.join("\n")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_deckhand"));
        command.current_dir(self.dir.path()).env_clear().arg("doctor").args(arguments).stdin(Stdio::null());
        let output = command.output().await.unwrap();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains("canary"), "{text}");
            text.replace(self.sim.api_url(), "API").replace(self.sim.web_url(), "GITHUB")
        };
        let said = Said { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
        check_sim(&self.sim);
        said
    }

    /// Something is wrong: exactly these lines say so, and the exit status.
    async fn complains(&self, arguments: &[&str], expected: &[&str]) {
        let said = self.ask(arguments).await;
        assert_eq!((said.status, said.err.as_str()), (1, ""), "{}", said.out);
        let found: Vec<&str> = said
            .out
            .lines()
            .filter_map(|line| line.strip_prefix("  problem  ").or(line.strip_prefix("  warning  ")))
            .collect();
        assert_eq!(found.len(), expected.len(), "{}", said.out);
        for (line, part) in found.iter().zip(expected) {
            assert!(line.contains(part), "{part} is not in {line}");
        }
        // Nothing is said to be wrong without what to do.
        for (line, next) in said.out.lines().zip(said.out.lines().skip(1)) {
            if line.starts_with("  problem  ") || line.starts_with("  warning  ") {
                assert!(
                    next.starts_with("           ")
                        || [";", " must be ", ": write ", "knows only"].iter().any(|part| line.contains(part)),
                    "{line}"
                );
            }
        }
    }
}

#[tokio::test]
async fn nothing_has_to_be_mended() {
    let practice = Practice::open().await;
    let said = practice.ask(&[]).await;
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{}", said.out);
    insta::assert_snapshot!("doctor_fine", said.out);
    let said = practice.ask(&["--repository", "Octo/Hello"]).await;
    assert_eq!(said.status, 0, "{}", said.out);
    assert!(said.out.contains("octo/hello (main) requires `deckhand` of this app and nobody else"), "{}", said.out);
    assert_eq!(practice.ask(&["--repository", "octo"]).await.status, 2);
}

#[tokio::test]
async fn settings_that_are_missing_or_wrong_are_named_all_at_once() {
    let mut practice = Practice::open().await;
    practice.settings.push("listen = 'everywhere'\nretention_days = 0".to_owned());
    practice.complains(&[], &["DECKHAND_LISTEN is `everywhere`", "must be at least 1"]).await;
}

#[tokio::test]
async fn a_key_of_another_app_is_told_and_nothing_else_is_asked() {
    let mut practice = Practice::open().await;
    practice.app_id = 77;
    practice.complains(&[], &["GitHub does not accept this key for app 77"]).await;
    practice.app_id = APP_ID;
    std::fs::write(practice.dir.path().join("key.pem"), "no key").unwrap();
    practice.complains(&[], &["DECKHAND_PRIVATE_KEY_FILE (key.pem): the app's private key is not a PEM text"]).await;
}

#[tokio::test]
async fn permissions_that_are_missing_are_told_with_who_has_to_grant_them() {
    let practice = Practice::open().await;
    practice.sim.withdraw_permission("checks");
    practice.sim.withdraw_permission("pull_requests");
    let said = practice.ask(&[]).await;
    assert_eq!(said.status, 1);
    insta::assert_snapshot!("doctor_permissions", said.out);
    let practice =
        Practice::open_with(&[("metadata", "read"), ("contents", "read"), ("administration", "write")]).await;
    practice.complains(&[], &["does not ask for `checks: write`", "asks for `administration`"]).await;
}

#[tokio::test]
async fn events_and_the_webhook_are_compared_with_what_the_server_needs() {
    let practice = Practice::open().await;
    practice.sim.subscribe(APP_ID, &EVENTS[1..]);
    practice.complains(&[], &["the app does not subscribe to `check_run`"]).await;
    practice.sim.subscribe(APP_ID, &EVENTS);
    practice.sim.set_webhook_url(APP_ID, Some("https://old.example.com/webhooks/github"));
    practice.sim.set_webhook_secret(APP_ID, "");
    practice.complains(&[], &["deliveries go to https://old.example.com/webhooks/github", "has no secret"]).await;
    practice.sim.set_webhook_url(APP_ID, None);
    practice.sim.set_webhook_secret(APP_ID, "else");
    practice.complains(&[], &["the app has no webhook"]).await;
}

#[tokio::test]
async fn deliveries_that_nobody_took_are_found() {
    let mut practice = Practice::open().await;
    // Nothing listens at this port of the host.
    practice.sim.set_webhook_url(APP_ID, Some("http://127.0.0.1:9/webhooks/github"));
    practice.settings[0] = "public_url = 'http://127.0.0.1:9'".to_owned();
    practice.sim.set_deliver(true);
    practice.sim.ping(APP_ID);
    practice.sim.settle().await;
    practice.complains(&[], &["1 of the last 1: nobody answered"]).await;
}

#[tokio::test]
async fn a_database_on_which_a_server_cannot_start_is_told() {
    let mut practice = Practice::open().await;
    let with = |url: &str| [&practice.settings[..], &[format!("database_url = '{url}'")]].concat();
    let (absent, folder) = (with("sqlite:new.db"), with("sqlite:none/deckhand.db"));
    let (readonly, text, postgres) =
        (with("sqlite:deckhand.db?mode=ro"), with("sqlite:key.pem"), with("mysql://me:canary@host/db"));
    practice.settings = absent;
    let said = practice.ask(&[]).await;
    assert_eq!(said.status, 0, "{}", said.out);
    assert!(said.out.contains("sqlite:new.db is not there yet"), "{}", said.out);
    assert!(!practice.dir.path().join("new.db").exists(), "it looks and makes nothing");
    for (settings, part) in [
        (folder, "its folder none cannot be written"),
        (readonly, "sqlite:deckhand.db?mode=ro: the database cannot be written"),
        (text, "sqlite:key.pem: the database is damaged"),
        (postgres, "cannot open the database mysql://…@host/db"),
    ] {
        practice.settings = settings;
        practice.complains(&[], &[part]).await;
    }
}

#[tokio::test]
async fn a_newer_schema_and_another_journal_are_noted_and_stop_nobody() {
    let practice = Practice::open().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(practice.dir.path().join("deckhand.db"));
    let mut raw = sqlx::ConnectOptions::connect(&options).await.unwrap();
    for change in [
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'x', 1, x'00', 0)",
        "PRAGMA journal_mode = delete",
    ] {
        sqlx::query(change).execute(&mut raw).await.unwrap();
    }
    sqlx::Connection::close(raw).await.unwrap();
    let said = practice.ask(&[]).await;
    assert_eq!(said.status, 0, "{}", said.out);
    for part in ["a newer version of deckhand has used it (1 migrations", "its journal mode is `delete` and not `wal`"]
    {
        assert!(said.out.contains(part), "{}", said.out);
    }
}

#[tokio::test]
async fn f50_a_requirement_that_is_not_pinned_to_the_app_is_warned_of() {
    let practice = Practice::open().await;
    practice.sim.require_by_protection(REPO, "main", "deckhand");
    practice.sim.require_by_rule_of(REPO, "main", "deckhand/changelog", 15368);
    practice.sim.create_repository("octo", "free", &[("a.txt", "a\n")], false);
    practice.sim.install("octo/free");
    let said = practice.ask(&[]).await;
    assert_eq!(said.status, 1, "{}", said.out);
    let from = said.out.find("Required checks").unwrap();
    insta::assert_snapshot!("doctor_requirements", &said.out[from..]);
    practice.complains(&["--repository", "octo/none"], &["the app does not see octo/none"]).await;
}

#[tokio::test]
async fn an_address_at_which_nobody_answers_is_told() {
    let mut practice = Practice::open().await;
    practice.api = "http://127.0.0.1:9".to_owned();
    practice.complains(&[], &["no connection to GitHub at http://127.0.0.1:9: Connection refused"]).await;
}
