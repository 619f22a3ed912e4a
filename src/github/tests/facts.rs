//! Facts: the overview, changed files, commits, texts.

use crate::github::tests::fake::*;
use crate::github::{CallError, ChangeSize, FetchedFact, FoundDangerfile, OrganisationLook, apply_facts};
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
async fn f33_behind_a_name_that_another_repository_took_ours_is_looked_for() {
    for present in [Some("o/renamed"), None] {
        let fake = Fake::start(with_tokens(move |seen, _| {
            if seen.line.starts_with("GET /installation/repositories") {
                let ours = present.map(|name| json!({ "id": 7, "full_name": name }));
                return ok(json!({ "total_count": 1, "repositories": Vec::from_iter(ours) }));
            }
            let mut found = overview();
            for list in ["comments", "reviewThreads"] {
                found["data"]["repository"]["pullRequest"][list]["pageInfo"]["hasNextPage"] = false.into();
            }
            if seen.body["variables"]["name"] != "renamed" {
                found["data"]["repository"]["databaseId"] = json!(8);
            }
            ok(found)
        }))
        .await;
        let told = fake.client().fetch_overview(PullNumber(3)).await;
        match present {
            Some(_) => assert!(told.is_ok(), "{told:?}"),
            None => assert!(matches!(told, Err(CallError::NotFound(_))), "{told:?}"),
        }
    }
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
    assert_eq!(files[0].patch, Patch::Text("@@ -1 +1,2 @@\n a\n+b".into()));
    assert_eq!(files[100].patch, Patch::Truncated);
    assert!(matches!(of(102).await.unwrap(), Fact::Unavailable(Unavailable::Truncated(_))));
    // The list belongs to the pull request, not to the commit: with another head it is another commit's.
    let moved = client.fetch_changes(PullNumber(3), (&head, &base), Some(101)).await;
    assert!(matches!(moved, Err(CallError::HeadMoved)), "{moved:?}");
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
async fn a_small_change_needs_no_diff_unless_the_comparison_leaves_something_open() {
    let text = json!({ "filename": "a", "status": "modified", "additions": 1, "deletions": 1, "sha": "1", "patch": "@@ -1 +1 @@\n-1\n+2" });
    let moved = json!({ "filename": "b", "previous_filename": "c", "status": "renamed", "additions": 0, "deletions": 0, "sha": "2" });
    let with = |field: &str, value: Value| {
        let mut file = text.clone();
        file[field] = value;
        file
    };
    let diff = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n\
                diff --git a/c b/b\nsimilarity index 100%\nrename from c\nrename to b\n";
    let (base, head) = (CommitId::new(B).unwrap(), CommitId::new(A).unwrap());
    let small = ChangeSize { files: 2, lines: 2 };
    let read = async |files: Value, size: ChangeSize| {
        let fake = Fake::start(with_tokens(move |seen, _| match seen.line.as_str() {
            line if line.contains('?') => {
                ok(json!({ "merge_base_commit": { "sha": B }, "total_commits": 0, "commits": [], "files": files }))
            }
            _ => Reply(200, vec![], diff.to_owned()),
        }))
        .await;
        let (comparison, changes) = fake.client().fetch_difference(PullNumber(3), (&base, &head), size).await.unwrap();
        assert_eq!(comparison.merge_base, base);
        let Fact::Known(changes) = changes else { panic!("known") };
        assert_eq!(changes[0].patch, Patch::Text("@@ -1 +1 @@\n-1\n+2".to_owned()));
        assert_eq!((changes[1].status, &changes[1].patch, changes.len()), (ChangeStatus::Renamed, &Patch::Empty, 2));
        fake.lines().len()
    };
    assert_eq!(read(json!([text, moved]), small).await, 1);
    for (field, value) in [
        ("patch", Value::Null),
        ("patch", json!("@@ -1,2 +1,2 @@\n-1\n+2")),
        ("additions", json!(2)),
        ("status", json!("changed")),
        ("filename", json!("caf\u{fffd}")),
    ] {
        assert_eq!(read(json!([with(field, value), moved]), small).await, 2, "{field}");
    }
    assert_eq!(read(json!([text]), small).await, 2, "a file is missing");
    assert_eq!(read(json!([text, text]), small).await, 2, "a file stands twice");
}

#[tokio::test]
async fn folders_of_one_side_come_in_one_request() {
    let fake = Fake::start(with_tokens(|seen, _| {
        let entry = |path: &str, kind: &str| json!({ "path": path, "type": kind });
        let cut = seen.line.contains(B);
        let tree = json!([
            entry("db", "tree"),
            entry("db/V2__b.sql", "blob"),
            entry("db/V1__a.sql", "blob"),
            entry("x", "blob")
        ]);
        ok(json!({ "sha": A, "tree": tree, "truncated": cut }))
    }))
    .await;
    let commit = |text: &str| CommitId::new(text).unwrap();
    let subject = Subject { repository: None, base: commit(B), head: commit(A), started_at: NOW };
    let mut snapshot = Snapshot::new(subject, Ruleset::default());
    let key = |side, path: &str| FileKey { side, path: path.into() };
    let (db, root, base) = (key(Side::Right, "db"), key(Side::Right, ""), key(Side::Left, "db"));
    let wanted: BTreeSet<FactKey> = [&db, &root, &base].map(|folder| FactKey::Folder(folder.clone())).into();
    let facts = fake.client().fetch_facts(&snapshot, &wanted).await.unwrap();
    let asked = |commit: &str| format!("GET /repos/o/r/git/trees/{commit}?recursive=1");
    assert_eq!(fake.lines(), [asked(B), asked(A)]);
    apply_facts(&mut snapshot, facts);
    let paths = |paths: &[&str]| Fact::Known(paths.iter().map(|path| RepoPath::new(path)).collect::<Vec<_>>());
    assert_eq!(snapshot.folders[&db], paths(&["db/V1__a.sql", "db/V2__b.sql"]));
    assert_eq!(snapshot.folders[&root], paths(&["db/V1__a.sql", "db/V2__b.sql", "x"]));
    assert!(matches!(snapshot.folders[&base], Fact::Unavailable(Unavailable::Truncated(_))));
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
            "c0": { "__typename": "Commit" },
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
        ok(json!({
            "merge_base_commit": { "sha": B }, "total_commits": 150, "commits": range.map(commit).collect::<Vec<_>>(), "files": [],
        }))
    }))
    .await;
    let (base, head) = (CommitId::new(B).unwrap(), CommitId::new(A).unwrap());
    let comparison = fake.client().fetch_comparison(&base, &head).await.unwrap();
    let Fact::Known(commits) = comparison.commits else { panic!("known") };
    assert_eq!((commits.len(), comparison.merge_base), (150, base));
    assert_eq!(fake.lines().len(), 2);
}

#[tokio::test]
async fn f37_a_list_of_commits_that_is_not_whole_is_none() {
    // GitHub leaves some out; there are more than anybody reads.
    for (total, sent, requests) in [(150, 40, 2), (2_001, 100, 1)] {
        let commit = |n: usize| json!({ "sha": format!("{n:040x}"), "commit": { "message": "m" }, "parents": [] });
        let fake = Fake::start(with_tokens(move |seen, _| {
            let range = if seen.line.ends_with("page=1") { 0..100 } else { 100..100 + sent };
            ok(json!({
                "merge_base_commit": { "sha": B }, "total_commits": total, "commits": range.map(commit).collect::<Vec<_>>(),
                "files": [],
            }))
        }))
        .await;
        let (base, head) = (CommitId::new(B).unwrap(), CommitId::new(A).unwrap());
        let comparison = fake.client().fetch_comparison(&base, &head).await.unwrap();
        let Fact::Unavailable(Unavailable::Truncated(what)) = comparison.commits else { panic!("not whole") };
        assert!(what.contains(&format!("of {total}")), "{what}");
        assert_eq!((comparison.merge_base, fake.lines().len()), (base, requests));
    }
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

#[tokio::test]
async fn only_who_set_a_label_last_vouches_for_it() {
    let event = |event: &str, actor: Value| json!({ "event": event, "actor": actor, "label": { "name": "bug" } });
    let by = |login: &str| json!({ "login": login });
    let before = [event("labeled", by("writer")), event("unlabeled", by("writer"))];
    let cases: [(Option<Value>, &[&str]); 4] = [
        (Some(event("labeled", by("other"))), &["other"]),
        (Some(event("labeled", Value::Null)), &[]),
        (Some(event("renamed", by("other"))), &[]),
        // The list is behind the label.
        (None, &[]),
    ];
    for (last, expected) in cases {
        let events: Vec<Value> = before.iter().cloned().chain(last.clone()).collect();
        let fake = Fake::start(with_overview(move |seen| match seen.line.contains("/permission") {
            true => ok(json!({ "permission": "write" })),
            false => ok(json!(events)),
        }))
        .await;
        let client = fake.client();
        let mut pull = client.fetch_overview(PullNumber(3)).await.unwrap().pull;
        pull.labels = vec![Label::named("bug")];
        let labelings = client.fetch_labelings(&pull).await.unwrap();
        assert_eq!(labelings.iter().map(|it| it.actor.as_str()).collect::<Vec<_>>(), expected, "{last:?}");
    }
}

/// A snapshot with a pull request, and one fact asked for.
async fn ask(fake: &Fake, key: FactKey) -> Result<Snapshot, CallError> {
    let client = fake.client();
    let commit = |text: &str| CommitId::new(text).unwrap();
    let subject = Subject { repository: None, base: commit(B), head: commit(A), started_at: NOW };
    let mut snapshot = Snapshot::new(subject, Ruleset::default());
    snapshot.pull = Some(Fact::Known(client.fetch_overview(PullNumber(3)).await.unwrap().pull));
    let facts = client.fetch_facts(&snapshot, &BTreeSet::from([key.clone()])).await?;
    apply_facts(&mut snapshot, facts);
    assert!(snapshot.has(&key));
    Ok(snapshot)
}

fn run(id: usize, app: u64) -> Value {
    json!({ "id": id, "name": format!("run {id}"), "status": "completed", "conclusion": "success", "output": { "title": null },
        "app": { "id": app, "slug": "ci" }, "details_url": null, "html_url": null, "started_at": "2026-11-21T07:45:00Z", "completed_at": null })
}

/// Answers the overview whole, and everything else by `other`.
fn with_overview(
    other: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static {
    with_tokens(move |seen, _| match seen.body["query"].as_str() {
        Some(query) if query.contains("query Overview") => {
            let mut overview = overview();
            for list in ["comments", "reviewThreads"] {
                overview["data"]["repository"]["pullRequest"][list]["pageInfo"]["hasNextPage"] = false.into();
            }
            ok(overview)
        }
        _ => other(seen),
    })
}

#[tokio::test]
async fn reports_are_whole_or_not_known() {
    // A list that grows between its pages is read again; one that never agrees with itself is not a list.
    for (settles, known) in [(true, Some(150)), (false, None)] {
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let fake = Fake::start(with_overview(move |seen| {
            let first = seen.line.ends_with("page=1");
            let round = asked.fetch_add(usize::from(first), std::sync::atomic::Ordering::SeqCst);
            let moved = (!settles || round == 0) && first;
            let range = if first { 0..100 } else { 100..150 };
            let total = if moved { 151 } else { 150 };
            ok(json!({ "total_count": total, "check_runs": range.map(|id| run(id, 9)).collect::<Vec<_>>() }))
        }))
        .await;
        let snapshot = ask(&fake, FactKey::CheckRuns).await.unwrap();
        match (snapshot.check_runs.unwrap(), known) {
            (Fact::Known(runs), Some(expected)) => assert_eq!(runs.len(), expected),
            (Fact::Unavailable(Unavailable::Truncated(what)), None) => {
                assert_eq!(what, "the list of check runs (150 of 151)")
            }
            (other, _) => panic!("{settles}: {other:?}"),
        }
    }
    let fake = Fake::start(with_overview(|_| ok(json!({ "total_count": 1001, "check_runs": [] })))).await;
    let runs = ask(&fake, FactKey::CheckRuns).await.unwrap().check_runs;
    assert!(matches!(runs, Some(Fact::Unavailable(Unavailable::Truncated(_)))), "{runs:?}");
}

#[tokio::test]
async fn own_check_runs_are_left_out_and_refusals_are_named() {
    let own = run(1, 42);
    let fake =
        Fake::start(with_overview(move |_| ok(json!({ "total_count": 2, "check_runs": [own, run(2, 9)] })))).await;
    let Some(Fact::Known(runs)) = ask(&fake, FactKey::CheckRuns).await.unwrap().check_runs else { panic!("known") };
    assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [2]);

    let fake = Fake::start(with_overview(|_| status(403, "Resource not accessible by integration"))).await;
    let statuses = ask(&fake, FactKey::Statuses).await.unwrap().statuses;
    assert_eq!(statuses, Some(Fact::Unavailable(Unavailable::NoPermission("statuses: read".to_owned()))));
    let fake = Fake::start(with_overview(|_| ok(json!({ "total_count": 1, "statuses": [{ "id": 1 }] })))).await;
    assert!(matches!(ask(&fake, FactKey::Statuses).await, Err(CallError::Malformed(_))));
}

#[tokio::test]
async fn reviews_come_page_by_page_without_the_apps_own() {
    let review = |id: u64, own: bool, state: &str| {
        json!({
            "fullDatabaseId": id.to_string(), "author": { "__typename": "User", "login": "ada" }, "authorAssociation": "MEMBER",
            "state": state, "body": "", "commit": { "oid": A }, "submittedAt": "2026-11-21T07:45:00Z",
            "createdAt": "2026-11-21T07:45:00Z", "url": "https://x/1#r", "viewerDidAuthor": own,
        })
    };
    for (endless, known) in [(false, true), (true, false)] {
        let fake = Fake::start(with_overview(move |seen| {
            let more = endless || seen.body["variables"]["after"].is_null();
            let nodes = if seen.body["variables"]["after"].is_null() {
                vec![review(1, false, "APPROVED"), review(2, true, "COMMENTED")]
            } else {
                vec![review(3, false, "PENDING"), review(4, false, "DISMISSED")]
            };
            ok(json!({ "data": { "repository": { "pullRequest": { "reviews": {
                "pageInfo": { "hasNextPage": more, "endCursor": if more { json!("c") } else { Value::Null } }, "nodes": nodes,
            } } } } }))
        }))
        .await;
        match ask(&fake, FactKey::Reviews).await.unwrap().reviews.unwrap() {
            Fact::Known(reviews) => {
                assert!(known);
                assert_eq!(reviews.iter().map(|review| review.id).collect::<Vec<_>>(), [1, 4]);
            }
            Fact::Unavailable(reason) => {
                assert_eq!((known, reason), (false, Unavailable::Truncated("the list of reviews".into())))
            }
        }
    }
}

#[tokio::test]
async fn the_organisations_dangerfile_has_a_token_of_its_own_and_its_absence_is_an_answer() {
    let branch = |entry: Value| json!({ "data": { "repository": { "defaultBranchRef": { "target": { "oid": B, "root": entry } } } } });
    let found = json!({ "object": { "text": "warn('x')", "isBinary": false, "isTruncated": false } });
    for (entry, expected) in [(found, "found"), (Value::Null, "absent"), (json!({ "object": {} }), "unreadable")] {
        let fake = Fake::start(with_tokens(move |_, _| ok(branch(entry.clone())))).await;
        let said = match fake.client().look_for_organisation_dangerfile().await.unwrap().dangerfile {
            FoundDangerfile::Found(it) => {
                assert_eq!((it.origin, it.commit), (Origin::Organisation, CommitId::new(B).ok()));
                "found"
            }
            FoundDangerfile::Absent => "absent",
            FoundDangerfile::Unreadable { .. } => "unreadable",
        };
        assert_eq!(said, expected);
        let seen = fake.seen.lock().unwrap().clone();
        assert_eq!(seen[0].body, json!({ "repositories": [".github"] }));
        assert_eq!(seen[1].body["variables"], json!({ "owner": "o", "name": ".github" }));
    }
    let refuse = |code: u16| Fake::start(move |_, _| status(code, "no"));
    let absent = |contradicts| Ok(OrganisationLook { dangerfile: FoundDangerfile::Absent, contradicts });
    let none = refuse(422).await.client().look_for_organisation_dangerfile().await;
    assert_eq!(none, absent(false));
    let broken = refuse(403).await.client().look_for_organisation_dangerfile().await;
    assert!(matches!(broken, Err(CallError::Forbidden(_))), "{broken:?}");
    let nothing = json!({ "data": { "repository": null }, "errors": [{ "type": "NOT_FOUND", "message": "no" }] });
    let fake = Fake::start(with_tokens(move |_, _| ok(nothing.clone()))).await;
    let client = fake.client();
    for _ in 0..2 {
        assert_eq!(client.look_for_organisation_dangerfile().await, absent(true));
    }
    let seen = fake.seen.lock().unwrap().clone();
    let mints = seen.iter().filter(|seen| seen.line.ends_with("access_tokens")).count();
    assert_eq!(mints, 2, "a repository that comes later is not the one that the token was for");
}

#[tokio::test]
async fn f09_what_lies_at_a_commit_that_github_does_not_know_yet_is_not_known() {
    let fake = Fake::start(with_tokens(|seen, before| {
        assert_eq!(seen.body["variables"]["c0"], A);
        let commit = if before % 2 == 0 { Value::Null } else { json!({ "__typename": "Commit" }) };
        ok(json!({ "data": { "repository": { "f0": null, "c0": commit } } }))
    }))
    .await;
    let client = fake.client();
    let place = [(CommitId::new(A).unwrap(), RepoPath::new("a"))];
    let behind = || CallError::Behind("the commit aaaaaaa".to_owned());
    assert!(behind().is_temporary());
    assert_eq!(client.fetch_sizes(&place).await, Err(behind()));
    assert_eq!(client.fetch_sizes(&place).await, Ok(vec![Fact::Known(None)]));
    assert_eq!(client.fetch_files(&place).await, Err(behind()));
    assert_eq!(client.fetch_files(&place).await, Ok(vec![FileText::Absent]));
    assert_eq!(client.fetch_files(&place).await, Ok(vec![FileText::Absent]));
    assert_eq!(fake.lines().len(), 4, "what is certain is kept");
}
