//! Facts: the overview, changed files, commits, texts.

use crate::github::tests::fake::*;
use crate::github::{CallError, FetchedFact, FoundDangerfile, apply_facts};
use crate::model::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn overview() -> Value {
    serde_json::from_str(include_str!("../../../tests/data/github/overview.json")).unwrap()
}

#[tokio::test]
async fn the_overview_knows_what_is_ours() {
    let fake = Fake::start(with_tokens(|_, before| {
        ok(if before == 0 {
            overview()
        } else {
            json!({ "data": { "repository": { "pullRequest": { "comments": {
                "pageInfo": { "hasNextPage": false, "endCursor": null },
                "nodes": [{ "fullDatabaseId": 5, "body": "<!-- deckhand:v1 summary op=a body=b -->", "viewerDidAuthor": true }]
            } } } } })
        })
    }))
    .await;
    let overview = fake.client().fetch_overview(PullNumber(3)).await.unwrap();
    assert_eq!(overview.pull.user.login, "renovate[bot]");
    assert_eq!(overview.pull.base.sha.as_str(), B);
    assert_eq!(overview.name, RepoName::new("o", "renamed").unwrap());
    assert!(matches!(&overview.base_dangerfile, FoundDangerfile::Found(found) if found.text == "warn('x')"));
    assert_eq!(overview.default_dangerfile, FoundDangerfile::Absent);
    let published = &overview.published;
    assert_eq!(published.summaries.iter().map(|comment| comment.id).collect::<Vec<_>>(), [5, 9]);
    assert_eq!(
        (published.comments.len(), published.comments[0].answered, published.comments[0].resolved),
        (1, true, true)
    );
    assert_eq!(
        (published.checks.len(), published.checks[0].id, published.checks[0].conclusion),
        (1, 60_000_000_000, None)
    );
    let seen = fake.seen.lock().unwrap().clone();
    let more = &seen.last().unwrap().body["variables"];
    assert_eq!((&more["comments"], &more["wantThreads"]), (&json!("c1"), &json!(false)));
}

#[tokio::test]
async fn a_name_that_another_repository_took_is_not_ours() {
    let fake = Fake::start(with_tokens(|_, _| {
        let mut other = overview();
        other["data"]["repository"]["databaseId"] = json!(8);
        ok(other)
    }))
    .await;
    assert!(matches!(fake.client().fetch_overview(PullNumber(3)).await, Err(CallError::NotFound(_))));
}

#[tokio::test]
async fn a_diff_that_is_too_large_is_read_from_the_list() {
    let file = |name: &str, patch: Value| json!({ "filename": name, "status": "modified", "additions": 1, "deletions": 0, "sha": "1", "patch": patch });
    let first: Vec<Value> = (0..100).map(|n| file(&format!("f{n:03}"), json!("@@ -1 +1,2 @@\n a\n+b"))).collect();
    let second = vec![file("g", Value::Null)];
    let fake = Fake::start(with_tokens(move |seen, _| match seen.line.as_str() {
        "GET /repos/o/r/pulls/3" => ok(json!({ "head": { "sha": A } })),
        line if line.contains("/compare/") => status(406, "too large"),
        line if line.ends_with("page=1") => ok(json!(first)),
        _ => ok(json!(second)),
    }))
    .await;
    let client = fake.client();
    let (base, head) = (CommitId::new(B).unwrap(), CommitId::new(A).unwrap());
    let of = |expected| client.fetch_changes(PullNumber(3), (&base, &head), Some(expected));
    let Fact::Known(files) = of(101).await.unwrap() else { panic!("known") };
    assert_eq!(files[0].patch, Patch::Text("@@ -1 +1,2 @@\n a\n+b\n".into()));
    assert_eq!(files[100].patch, Patch::Truncated);
    assert!(matches!(of(102).await.unwrap(), Fact::Unavailable(Unavailable::Truncated(_))));
    // The list belongs to the pull request, not to the commit: with another head it is another commit's.
    let moved = client.fetch_changes(PullNumber(3), (&head, &base), Some(101)).await;
    assert!(matches!(moved, Err(CallError::Moved)), "{moved:?}");
}

#[tokio::test]
async fn the_diff_is_that_of_the_judged_commit() {
    let patch = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n";
    let fake = Fake::start(with_tokens(move |seen, _| match seen.line.as_str() {
        line if line == format!("GET /repos/o/r/compare/{B}...{A}") => Reply(200, vec![], patch.to_owned()),
        // The pull request's own diff is that of whatever head it has by now.
        _ => Reply(200, vec![], String::new()),
    }))
    .await;
    let ends = (&CommitId::new(B).unwrap(), &CommitId::new(A).unwrap());
    let changes = fake.client().fetch_changes(PullNumber(3), ends, None).await.unwrap();
    assert!(matches!(changes, Fact::Known(files) if files.len() == 1));
}

#[tokio::test]
async fn texts_come_in_one_request_and_fill_the_snapshot() {
    let fake = Fake::start(with_tokens(|seen, _| {
        let path = |n: &str| seen.body["variables"][n].as_str().unwrap_or_default().to_owned();
        assert!(path("e0").contains(':'));
        ok(json!({ "data": { "repository": {
            "f0": { "__typename": "Blob", "text": path("e0"), "isBinary": false, "isTruncated": false, "byteSize": 3 },
            "f1": null,
            "f2": { "__typename": "Blob", "text": null, "isBinary": true, "isTruncated": false, "byteSize": 3 },
        } } }))
    }))
    .await;
    let commit = |text: &str| CommitId::new(text).unwrap();
    let subject = Subject { repository: None, base: commit(B), head: commit(A), started_at: NOW };
    let mut snapshot = Snapshot::new(subject, Ruleset::default());
    let key = |path: RepoPath| FactKey::File(FileKey { side: Side::Right, path });
    let odd = RepoPath::from_bytes(b"caf\xe9");
    let wanted: BTreeSet<FactKey> =
        [key("a b".into()), key("b".into()), key("c".into()), key(odd.clone()), FactKey::Changes].into();
    let facts = fake.client().fetch_facts(&snapshot, &wanted).await.unwrap();
    assert_eq!(fake.lines(), ["POST /graphql"]);
    assert!(
        facts.contains(&(FactKey::Changes, FetchedFact::Changes(Fact::Unavailable(Unavailable::NeedsPullRequest))))
    );
    apply_facts(&mut snapshot, facts);
    assert!(wanted.iter().all(|key| snapshot.has(key)));
    let text = |path: RepoPath| snapshot.files[&FileKey { side: Side::Right, path }].clone();
    assert!(matches!(text(odd), Fact::Known(FileText::Cut(_))));
    assert_eq!(text("b".into()), Fact::Known(FileText::Absent));
}

#[tokio::test]
async fn commits_come_completely_or_not_at_all() {
    let commit = |n: usize| json!({ "sha": format!("{n:040x}"), "commit": { "message": "m", "author": { "name": "n", "email": "e", "date": "2026-11-21T07:45:00Z" } }, "author": null, "parents": [] });
    let fake = Fake::start(with_tokens(move |seen, _| {
        let range = if seen.line.ends_with("page=1") { 0..100 } else { 100..150 };
        ok(json!({ "merge_base_commit": { "sha": B }, "total_commits": 150, "commits": range.map(commit).collect::<Vec<_>>() }))
    }))
    .await;
    let (base, head) = (CommitId::new(B).unwrap(), CommitId::new(A).unwrap());
    let comparison = fake.client().fetch_comparison(&base, &head).await.unwrap();
    assert_eq!((comparison.commits.len(), comparison.merge_base), (150, base));
    assert_eq!(fake.lines().len(), 2);
}

#[tokio::test]
async fn labels_count_only_when_all_events_were_read() {
    let event = json!({ "event": "labeled", "actor": { "login": "writer" }, "label": { "name": "bug" } });
    let page = |line: &str| line.rsplit('=').next().unwrap().parse::<usize>().unwrap();
    for (last, known) in [(3, 1), (usize::MAX, 0)] {
        let event = event.clone();
        let fake = Fake::start(with_tokens(move |seen, before| {
            if seen.line.contains("/permission") {
                return ok(json!({ "permission": "write" }));
            }
            if seen.line.contains("graphql") {
                let empty = json!({ "pageInfo": { "hasNextPage": false, "endCursor": null }, "nodes": [] });
                let rest = json!({ "data": { "repository": { "pullRequest": { "comments": empty } } } });
                return ok(if before == 0 { overview() } else { rest });
            }
            ok(json!(vec![event.clone(); if page(&seen.line) < last { 100 } else { 1 }]))
        }))
        .await;
        let client = fake.client();
        let mut pull = client.fetch_overview(PullNumber(3)).await.unwrap().pull;
        pull.labels = vec![Label::named("bug")];
        assert_eq!(client.fetch_labelings(&pull).await.unwrap().len(), known);
    }
}
