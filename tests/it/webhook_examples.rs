//! Every payload of npm's `@octokit/webhooks-examples` is read, and the ones that matter become jobs.

use deckhand::webhook::{Event, build_jobs, parse};
use serde_json::{Value, json};

/// Version directory, event, payload.
fn examples() -> Vec<(String, String, Value)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/target/npm/node_modules/@octokit/webhooks-examples");
    let missing = |error| panic!("{root}: {error}. Run scripts/test once: it installs the npm packages.");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).unwrap_or_else(missing) {
        let directory = entry.unwrap().path();
        let Ok(text) = std::fs::read(directory.join("index.json")) else { continue };
        let events: Vec<Value> = serde_json::from_slice(&text).unwrap();
        for event in events {
            for example in event["examples"].as_array().unwrap() {
                let version = directory.file_name().unwrap().to_string_lossy().into_owned();
                found.push((version, event["name"].as_str().unwrap().to_owned(), example.clone()));
            }
        }
    }
    assert!(found.len() > 200, "only {} examples in {root}", found.len());
    found
}

fn read(name: &str, payload: &Value) -> Event {
    parse(name, payload.to_string().as_bytes())
}

#[test]
fn no_example_of_an_app_is_unreadable() {
    for (version, name, mut payload) in examples() {
        // Many examples were recorded by a repository's own webhook, which has no installation.
        if payload["installation"].is_null() {
            payload["installation"] = json!({ "id": 1 });
        }
        if let Event::Unreadable { reason } = read(&name, &payload) {
            panic!("{version} {name} {}: {reason}", payload["action"]);
        }
    }
}

#[test]
fn every_pull_request_of_a_known_action_becomes_a_job() {
    const ACTIONS: [&str; 17] = [
        "opened",
        "synchronize",
        "reopened",
        "edited",
        "labeled",
        "unlabeled",
        "ready_for_review",
        "converted_to_draft",
        "closed",
        "assigned",
        "unassigned",
        "review_requested",
        "review_request_removed",
        "milestoned",
        "demilestoned",
        "locked",
        "unlocked",
    ];
    let mut jobs = 0;
    for (version, name, mut payload) in examples() {
        let action = payload["action"].as_str().unwrap_or_default().to_owned();
        if name != "pull_request" {
            continue;
        }
        if payload["installation"].is_null() {
            assert!(build_jobs(&read(&name, &payload)).is_empty(), "{version} {action}: no installation, no token");
            payload["installation"] = json!({ "id": 1 });
        }
        let built = build_jobs(&read(&name, &payload));
        let key = format!("{}/pull/{}", payload["repository"]["id"], payload["number"]);
        let expected = if ACTIONS.contains(&action.as_str()) { vec![key] } else { Vec::new() };
        assert_eq!(built.iter().map(|job| job.key()).collect::<Vec<_>>(), expected, "{version} {action}");
        jobs += built.len();
    }
    assert!(jobs > 10, "only {jobs} jobs");
}
