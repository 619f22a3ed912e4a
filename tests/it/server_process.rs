//! `deckhand serve` as a process: refusals in words, readiness, signals, silence about secrets.

use crate::server_bench::{BINARY, KEY, Request, SECRET, pull_request, sign};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

fn serve(dir: &tempfile::TempDir, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("serve").current_dir(dir.path()).env_clear().envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn refused(dir: &tempfile::TempDir, variables: &[(&str, &str)]) -> String {
    let Output { status, stderr, .. } = serve(dir, variables).output().unwrap();
    assert_eq!(status.code(), Some(2));
    String::from_utf8(stderr).unwrap()
}

#[test]
fn what_is_missing_is_said_all_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let said = refused(&dir, &[]);
    for name in ["DECKHAND_APP_ID", "DECKHAND_PRIVATE_KEY_FILE", "DECKHAND_WEBHOOK_SECRET"] {
        assert!(said.contains(name), "{said}");
    }
    assert!(!dir.path().join("deckhand.db").exists(), "nothing was begun");
}

#[test]
fn what_is_wrong_is_said_without_repeating_it() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("deckhand.toml"), "app_id = 1\nwebhook_secrt = \"canary\"\n").unwrap();
    let variables = [
        ("DECKHAND_PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----"),
        ("DECKHAND_WEBHOOK_SECRET", "canary,,canary"),
        ("DECKHAND_LISTEN", "everywhere"),
        ("DECKHAND_GITHUB_API_URL", "ftp://canary"),
    ];
    let said = refused(&dir, &variables);
    for expected in
        ["DECKHAND_PRIVATE_KEY", "DECKHAND_WEBHOOK_SECRET", "DECKHAND_LISTEN", "`webhook_secret`", "API_URL"]
    {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(!said.contains("canary"), "{said}");
    std::fs::write(dir.path().join("deckhand.toml"), "app_id = 1\nwebhook_secret = canary\n").unwrap();
    let said = refused(&dir, &[]);
    assert!(said.contains("line 2") && !said.contains("canary"), "{said}");
}

#[test]
fn an_address_in_use_and_a_database_that_cannot_be_are_said() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let fine = [("DECKHAND_APP_ID", "1"), ("DECKHAND_PRIVATE_KEY", KEY), ("DECKHAND_WEBHOOK_SECRET", SECRET)];
    let said = refused(&dir, &[&fine[..], &[("DECKHAND_LISTEN", &listen)]].concat());
    assert!(said.contains(&listen) && said.contains("DECKHAND_LISTEN"), "{said}");
    let said = refused(&dir, &[&fine[..], &[("DECKHAND_DATABASE_URL", "sqlite:/no/such/directory/x.db")]].concat());
    assert!(said.contains("/no/such/directory"), "{said}");
}

/// A server with these secrets that logs everything; where it listens, and how to stop it and read what it logged.
fn start_logging(dir: &tempfile::TempDir, secrets: &str) -> (std::net::SocketAddr, impl FnOnce() -> String + use<>) {
    std::fs::write(dir.path().join("key.pem"), KEY).unwrap();
    std::fs::write(dir.path().join("deckhand.toml"), "app_id = 1\nprivate_key_file = \"key.pem\"\n").unwrap();
    let variables = [
        ("DECKHAND_WEBHOOK_SECRET", secrets),
        ("DECKHAND_LISTEN", "127.0.0.1:0"),
        ("DECKHAND_GITHUB_API_URL", "http://127.0.0.1:9"),
        ("DECKHAND_LOG", "trace"),
    ];
    let mut child: Child = serve(dir, &variables).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut all = String::new();
    let addr = loop {
        let begins = all.len();
        assert_ne!(log.read_line(&mut all).unwrap(), 0, "it ended early: {all}");
        if let Some(addr) = all[begins..].trim().strip_prefix("deckhand listens on http://") {
            break addr.parse().unwrap();
        }
    };
    let rest = std::thread::spawn(move || {
        log.read_to_string(&mut all).unwrap();
        all
    });
    let stop = move || {
        assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0));
        rest.join().unwrap()
    };
    (addr, stop)
}

#[tokio::test]
async fn f07_f11_f12_what_is_odd_is_logged_and_nothing_of_what_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (addr, stop) = start_logging(&dir, &format!("the-new-one, {SECRET}"));
    let body = pull_request("opened", 7);
    assert_eq!(Request::delivery("g-old", "pull_request", &body).send(addr).await.status, 202);
    assert_eq!(Request::delivery("g-old", "pull_request", &pull_request("opened", 8)).send(addr).await.status, 202);
    let signed = |body: &[u8], signature: &str| {
        Request::post("/webhooks/github", body)
            .with("x-github-event", "lure_event")
            .with("x-github-delivery", "lure-guid")
            .with("x-github-hook-id", "4711")
            .with("x-hub-signature-256", signature)
    };
    let lure = b"{\"lure\":\"body\"}";
    for wrong in [sign("lure-secret", lure), sign(SECRET, b"other"), "sha256=lure".to_owned(), "sha1=lure".to_owned()] {
        assert_eq!(signed(lure, &wrong).send(addr).await.status, 401);
    }
    let log = stop();
    assert!(log.contains("signed with an older webhook secret: finish the rotation"), "{log}");
    assert!(log.contains("delivery g-old came again with another payload; the first is kept"), "{log}");
    assert_eq!(log.matches("a request to the webhook was refused").count(), 4, "{log}");
    assert!(!log.contains("lure"), "{log}");
}

#[tokio::test]
async fn f64_it_serves_drains_on_a_signal_and_logs_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("key.pem"), KEY).unwrap();
    std::fs::write(dir.path().join("deckhand.toml"), "app_id = 1\nprivate_key_file = \"key.pem\"\n").unwrap();
    let variables = [
        ("DECKHAND_WEBHOOK_SECRET", SECRET),
        ("DECKHAND_ADMIN_TOKEN", "canary-token"),
        ("DECKHAND_LISTEN", "127.0.0.1:0"),
        ("DECKHAND_GITHUB_API_URL", "http://127.0.0.1:9"),
        ("DECKHAND_LOG", "debug"),
        ("DECKHAND_SLACK_TOKEN", "canary-slack"),
    ];
    let mut child: Child = serve(&dir, &variables).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut all = String::new();
    let addr = loop {
        let mut line = String::new();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended early: {all}");
        all.push_str(&line);
        if let Some(addr) = line.trim().strip_prefix("deckhand listens on http://") {
            break addr.parse().unwrap();
        }
    };
    let rest = std::thread::spawn(move || {
        let mut rest = String::new();
        log.read_to_string(&mut rest).unwrap();
        rest
    });
    assert_eq!(Request::get("/readyz").send(addr).await.status, 200);
    let body = String::from_utf8(pull_request("opened", 7)).unwrap().replace("mona", "canary-body");
    assert_eq!(Request::delivery("g-1", "pull_request", body.as_bytes()).send(addr).await.status, 202);
    assert_eq!(Request::post("/webhooks/github", b"canary-refused").send(addr).await.status, 401);
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    all.push_str(&rest.join().unwrap());
    assert!(all.contains("g-1") && all.contains("DECKHAND_SLACK_TOKEN"), "{all}");
    assert!(!all.contains("canary"), "{all}");
}
