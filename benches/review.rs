//! What one pass of the rules costs: a small pull request with the built-in rules, and a large one whose every
//! structured diff is read by Lua.

use criterion::{Criterion, criterion_group, criterion_main};
use deckhand::diff::parse_patch_set;
use deckhand::lua::Clock;
use deckhand::model::{
    CommitId, CoverageFacts, Dangerfile, Fact, FactKey, FileText, LintFacts, Origin, PullDetails, PullNumber,
    PullRequest, PullState, Ref, RepoPath, Ruleset, Snapshot, Subject, Timestamp, User,
};
use deckhand::review::{Outcome, run};
use std::fmt::Write as _;
use std::hint::black_box;

const SMALL: &str = r#"
use("changelog")
use("missing_tests")
use("pr_size")
use("pr_description")
use("conflict_markers")
"#;

const LARGE: &str = r#"
rule("read-everything", function()
  local lines = 0
  for _, path in danger.git.changed_files do
    for _, hunk in danger.git.structured_diff_for_file(path).hunks do
      for _, line in hunk.lines do
        if line.kind == "added" and #line.text > 200 then warn("Long line", { file = path, line = line.new }) end
        lines += 1
      end
    end
  end
  print(lines)
end)
"#;

fn patch(files: usize, lines: usize) -> String {
    let mut text = String::new();
    for file in 0..files {
        let path = format!("src/part_{}/file_{file}.py", file % 10);
        let _ = write!(text, "diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n");
        let per_file = lines / files;
        let _ = writeln!(text, "@@ -1,6 +1,{} @@", 6 + per_file);
        for line in 0..6 {
            let _ = writeln!(text, " context_{line} = {line}");
        }
        for line in 0..per_file {
            let _ = writeln!(text, "+    value_{line} = compute(file_{file}, {line})  # a line of ordinary length");
        }
    }
    text
}

fn snapshot(lua: &str, patch: &str) -> Snapshot {
    let id = |digit: &str| CommitId::new(&digit.repeat(40)).expect("an id");
    let subject = Subject { repository: None, base: id("b"), head: id("a"), started_at: Timestamp(0) };
    let path = RepoPath::new("dangerfile.lua");
    let layer = Dangerfile { origin: Origin::Repository, path, commit: None, text: lua.to_owned() };
    let mut snapshot = Snapshot::new(subject, Ruleset { layers: vec![layer] });
    snapshot.changes = Some(Fact::Known(parse_patch_set(patch.as_bytes()).files));
    snapshot.commits = Some(Fact::Known(Vec::new()));
    let side = |name: &str, digit: &str| Ref { name: name.to_owned(), sha: id(digit), repo: None };
    snapshot.pull = Some(Fact::Known(PullRequest {
        number: PullNumber(1),
        title: "Add things".to_owned(),
        body: "A description that is long enough.".to_owned(),
        draft: false,
        state: PullState::Open,
        merged: false,
        user: User { login: "ada".to_owned(), kind: "User".to_owned() },
        author_association: "MEMBER".to_owned(),
        labels: Vec::new(),
        milestone: None,
        base: side("main", "b"),
        head: side("topic", "a"),
        html_url: String::new(),
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        details: PullDetails::default(),
    }));
    snapshot
}

fn check(snapshot: &Snapshot) -> Outcome {
    let outcome = run(snapshot, &Clock::frozen());
    assert!(matches!(&outcome, Outcome::Done(verdict) if verdict.faults.is_empty()), "{outcome:?}");
    outcome
}

/// The snapshot with whatever the rules ask for: a repository without other files.
fn settled(lua: &str, patch: &str) -> Snapshot {
    let mut snapshot = snapshot(lua, patch);
    while let Outcome::Missing(missing) = run(&snapshot, &Clock::frozen()) {
        for key in missing {
            match key {
                FactKey::File(file) => drop(snapshot.files.insert(file, Fact::Known(FileText::Absent))),
                FactKey::Size(file) => drop(snapshot.sizes.insert(file, Fact::Known(None))),
                FactKey::Paths(patterns) => drop(snapshot.paths.insert(patterns, Fact::Known(Vec::new()))),
                FactKey::Folder(folder) => drop(snapshot.folders.insert(folder, Fact::Known(Vec::new()))),
                FactKey::CodeOwners => snapshot.code_owners = Some(Fact::Known(None)),
                FactKey::Coverage(patterns) => {
                    let none = Fact::Known(CoverageFacts::default());
                    drop(snapshot.coverage.insert(patterns, none));
                }
                FactKey::Lint(patterns) => drop(snapshot.lint.insert(patterns, Fact::Known(LintFacts::default()))),
                FactKey::Reviews => snapshot.reviews = Some(Fact::Known(Vec::new())),
                FactKey::Mergeable => snapshot.mergeable = Some(Fact::Known(true)),
                other => panic!("no rule asks for {other:?} here"),
            }
        }
    }
    snapshot
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("review");
    let small = settled(SMALL, &patch(6, 200));
    group.bench_function("small: 6 files, 200 lines, 5 built-in rules", |bencher| {
        bencher.iter(|| check(black_box(&small)));
    });
    let empty = snapshot("", &patch(6, 200));
    group.bench_function("a machine: an empty dangerfile", |bencher| bencher.iter(|| check(black_box(&empty))));
    for rule in deckhand::lua::builtin_rules() {
        let one = settled(&format!("use(\"{}\")", rule.name), &patch(6, 200));
        group.bench_function(format!("small, only {}", rule.name), |bencher| bencher.iter(|| check(black_box(&one))));
    }
    let ruled = settled(SMALL, &patch(300, 20_000));
    group.bench_function("large: 300 files, 20,000 lines, 5 built-in rules", |bencher| {
        bencher.iter(|| check(black_box(&ruled)));
    });
    let large = snapshot(LARGE, &patch(300, 20_000));
    group.bench_function("large: 300 files, 20,000 lines, every structured diff", |bencher| {
        bencher.iter(|| check(black_box(&large)));
    });
    let endless = snapshot("rule(\"x\", function() while true do end end)", &patch(1, 1));
    group.sample_size(10).bench_function("an endless loop until its budget ends", |bencher| {
        bencher.iter(|| run(black_box(&endless), &Clock::frozen()));
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
