//! A pull request with a bit of everything, for tests of what a dangerfile can say.

use deckhand::diff::parse_patch_set;
use deckhand::lua::Clock;
use deckhand::model::*;
use deckhand::review::{Outcome, run};

const PATCH: &str = "\
diff --git a/src/a.py b/src/a.py
--- a/src/a.py
+++ b/src/a.py
@@ -1,2 +1,3 @@
 x = 1
-y = 2
+y = 3
+print(y)
diff --git a/package.json b/package.json
--- a/package.json
+++ b/package.json
@@ -1 +1 @@
-{}
+{ }
diff --git a/docs/new page.md b/docs/new page.md
new file mode 100644
--- /dev/null
+++ b/docs/new page.md
@@ -0,0 +1 @@
+Hello
diff --git a/old.txt b/old.txt
deleted file mode 100644
--- a/old.txt
+++ /dev/null
@@ -1 +0,0 @@
-Bye
diff --git a/lib/b.rb b/lib/c.rb
similarity index 100%
rename from lib/b.rb
rename to lib/c.rb
";

const OLD_PACKAGE: &str = r#"{
  "name": "beacon", "version": "1.0.0", "files": ["a", "b"],
  "dependencies": { "left-pad": "1.0.0", "lodash": "4.0.0" },
  "jest": { "roots": { "src": true } },
}"#;

const NEW_PACKAGE: &str = r#"{
  "name": "beacon", "version": "1.1.0", "files": ["b", "c"], // what is published
  "dependencies": { "lodash": "4.1.0", "zod": "3.0.0" },
  "jest": { "roots": { "src": false } },
}"#;

/// The pull request, judged by `lua`.
pub(crate) fn snapshot(lua: &str) -> Snapshot {
    let id = |digit: &str| CommitId::new(&digit.repeat(40)).unwrap();
    let (base, head) = (id("b"), id("a"));
    let subject = Subject {
        repository: RepoName::parse("acme/beacon").ok(),
        base: base.clone(),
        head: head.clone(),
        started_at: Timestamp(1_700_000_000_000),
    };
    let path = RepoPath::new("dangerfile.lua");
    let layer = Dangerfile { origin: Origin::Repository, path, commit: None, text: lua.to_owned() };
    let mut snapshot = Snapshot::new(subject, Ruleset { layers: vec![layer] });
    snapshot.changes = Some(Fact::Known(parse_patch_set(PATCH.as_bytes()).files));
    let ada = Author {
        name: "Ada".to_owned(),
        email: "ada@example.com".to_owned(),
        login: Some("ada".to_owned()),
        date: Timestamp(1_690_000_000_000),
    };
    let commit = |sha: &CommitId, message: &str, parent: CommitId| Commit {
        sha: sha.clone(),
        message: message.to_owned(),
        author: ada.clone(),
        committer: Some(ada.clone()),
        parents: vec![parent],
        verification: Some(Verification { verified: true, reason: "valid".to_owned() }),
    };
    let middle = id("c");
    snapshot.commits = Some(Fact::Known(vec![
        commit(&middle, "Merge branch 'main'", base.clone()),
        commit(&head, "Add search", middle.clone()),
    ]));
    let side = |name: &str, sha: &CommitId, repo: &str| Ref {
        name: name.to_owned(),
        sha: sha.clone(),
        repo: RepoName::parse(repo).ok(),
    };
    snapshot.pull = Some(Fact::Known(PullRequest {
        number: PullNumber(7),
        title: "WIP: Add search".to_owned(),
        body: "It finds things.".to_owned(),
        draft: false,
        state: PullState::Open,
        merged: false,
        user: User { login: "ada".to_owned(), kind: "User".to_owned() },
        author_association: "MEMBER".to_owned(),
        labels: vec![Label::named("bug")],
        milestone: Some(Milestone {
            number: 3,
            title: "1.1".to_owned(),
            description: String::new(),
            state: "open".to_owned(),
            due_on: Some(Timestamp(1_690_000_000_000)),
        }),
        details: PullDetails {
            assignees: vec![User { login: "ada".to_owned(), kind: "User".to_owned() }],
            ..PullDetails::default()
        },
        base: side("main", &base, "acme/beacon"),
        head: side("search", &head, "ada/beacon"),
        html_url: "https://github.com/acme/beacon/pull/7".to_owned(),
        created_at: Timestamp(1_690_000_000_000),
        updated_at: Timestamp(1_690_000_000_000),
    }));
    let ada = User { login: "ada".to_owned(), kind: "User".to_owned() };
    let eve = User { login: "eve".to_owned(), kind: "User".to_owned() };
    let then = Timestamp(1_690_000_000_000);
    snapshot.reviews = Some(Fact::Known(vec![Review {
        id: 5,
        user: eve.clone(),
        author_association: "MEMBER".to_owned(),
        state: "APPROVED".to_owned(),
        body: String::new(),
        commit: Some(head.clone()),
        submitted_at: then,
        html_url: "https://github.com/acme/beacon/pull/7#pullrequestreview-5".to_owned(),
    }]));
    let core = Team { name: "Core".to_owned(), slug: "core".to_owned() };
    snapshot.requested_reviewers = Some(Fact::Known(RequestedReviewers { users: vec![ada], teams: vec![core] }));
    snapshot.mergeable = Some(Fact::Known(true));
    snapshot.statuses = Some(Fact::Known(vec![HeadStatus {
        context: "ci/build".to_owned(),
        state: "success".to_owned(),
        description: "built".to_owned(),
        target_url: Some("https://ci.example/1".to_owned()),
        created_at: then,
        updated_at: then,
    }]));
    snapshot.check_runs = Some(Fact::Known(vec![HeadCheckRun {
        id: 9,
        name: "lint".to_owned(),
        status: "completed".to_owned(),
        conclusion: Some("success".to_owned()),
        app: "actions".to_owned(),
        title: String::new(),
        details_url: Some("https://ci.example/1".to_owned()),
        html_url: Some("https://ci.example/1".to_owned()),
        started_at: Some(then),
        completed_at: Some(then),
    }]));
    snapshot.code_owners = Some(Fact::Known(Some(CodeOwnersFile {
        path: RepoPath::new("CODEOWNERS"),
        text: FileText::Text("*.py @ada\n".to_owned()),
    })));
    snapshot.labelings = Some(Fact::Known(Vec::new()));
    let report = ReportFacts { name: "lcov.info".to_owned(), format: "lcov".to_owned(), files: 1, lines: 3 };
    let lines = vec![LineHits::new(1, 1), (2, 4, 1, 2).into(), LineHits::new(3, 0)];
    let coverage = CoverageFacts {
        reports: vec![report],
        files: [(RepoPath::new("src/a.py"), lines)].into(),
        matched_files: 1,
        notes: vec!["lcov.info is old.".to_owned()],
        ..CoverageFacts::default()
    };
    snapshot.coverage.insert(Vec::new(), Fact::Known(coverage));
    let range = LintRange { line: 2, column: Some(1), end_line: 2, end_column: None, columns: ColumnKind::Bytes };
    let result = LintResult {
        path: "src/a.py".into(),
        range: Some(range),
        tool: "ruff".to_owned(),
        rule: "F401".to_owned(),
        url: Some("https://docs.astral.sh/ruff".to_owned()),
        severity: LintSeverity::Error,
        message: "unused".to_owned(),
        edits: Vec::new(),
        fatal: false,
    };
    let lint = LintFacts { results: vec![result], ..LintFacts::default() };
    snapshot.lint.insert(Vec::new(), Fact::Known(lint));
    let texts = [
        (Side::Left, "src/a.py", "x = 1\ny = 2\n"),
        (Side::Right, "src/a.py", "x = 1\ny = 3\nprint(y)\n"),
        (Side::Left, "package.json", OLD_PACKAGE),
        (Side::Right, "package.json", NEW_PACKAGE),
        (Side::Right, "docs/new page.md", "Hello\n"),
        (Side::Left, "old.txt", "Bye\n"),
        (Side::Left, "lib/b.rb", "b\n"),
        (Side::Right, "lib/c.rb", "b\n"),
        (Side::Right, "README.md", "Beacon\n"),
    ];
    for (side, path, text) in texts {
        let key = FileKey { side, path: RepoPath::new(path) };
        snapshot.files.insert(key, Fact::Known(FileText::Text(text.to_owned())));
    }
    let sources = ["rules/house.lua"];
    for path in sources {
        snapshot.sources.insert((0, RepoPath::new(path)), Some("return { limit = 10 }".to_owned()));
    }
    snapshot
}

/// The verdict over the pull request; files that it does not hold do not exist.
#[track_caller]
pub(crate) fn judge(lua: &str) -> Verdict {
    judge_snapshot(snapshot(lua))
}

/// The verdict over a snapshot of one's own.
#[track_caller]
pub(crate) fn judge_snapshot(mut snapshot: Snapshot) -> Verdict {
    for _ in 0..6 {
        match run(&snapshot, &Clock::frozen()) {
            Outcome::Done(verdict) => return *verdict,
            Outcome::Missing(facts) => {
                for fact in facts {
                    match fact {
                        FactKey::File(key) => {
                            snapshot.files.insert(key, Fact::Known(FileText::Absent));
                        }
                        FactKey::Source { layer, path } => {
                            snapshot.sources.insert((layer, path), None);
                        }
                        other => panic!("the sample lacks {other:?}"),
                    }
                }
            }
        }
    }
    panic!("the rules ask for ever more facts");
}
