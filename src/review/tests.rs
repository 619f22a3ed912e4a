//! Rulesets over small snapshots.

mod budgets;
mod cut;
mod directories;
mod language;
mod settled;
mod suggestions;
mod waits;

use super::{Outcome, fault_fingerprint, find_coverable, run};
use crate::diff::parse_patch_set;
use crate::lua::Clock;
use crate::model::*;

const PATCH: &str = "diff --git a/src/a.py b/src/a.py\n--- a/src/a.py\n+++ b/src/a.py\n@@ -1,2 +1,3 @@\n x = 1\n-y = 2\n+y = 3\n+print(y)\n";

fn snapshot(lua: &str) -> Snapshot {
    let subject = Subject {
        repository: None,
        base: CommitId::new(&"b".repeat(40)).expect("an id"),
        head: CommitId::new(&"a".repeat(40)).expect("an id"),
        started_at: Timestamp(1_700_000_000_000),
    };
    let dangerfile = Dangerfile {
        origin: Origin::Repository,
        path: RepoPath::new("dangerfile.lua"),
        commit: None,
        text: lua.to_owned(),
    };
    let mut snapshot = Snapshot::new(subject, Ruleset { layers: vec![dangerfile] });
    snapshot.changes = Some(Fact::Known(parse_patch_set(PATCH.as_bytes()).files));
    let side = |name: &str, digit: &str| Ref {
        name: name.to_owned(),
        sha: CommitId::new(&digit.repeat(40)).expect("an id"),
        repo: None,
    };
    snapshot.pull = Some(Fact::Known(PullRequest {
        number: PullNumber(7),
        title: "Print y".to_owned(),
        body: String::new(),
        draft: false,
        state: PullState::Open,
        merged: false,
        user: User { login: "ada".to_owned(), kind: "User".to_owned() },
        author_association: "MEMBER".to_owned(),
        labels: vec![Label::named("skip-it")],
        milestone: None,
        base: side("main", "b"),
        head: side("print", "a"),
        html_url: String::new(),
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        details: PullDetails::default(),
    }));
    snapshot
}

#[track_caller]
fn judge(snapshot: &Snapshot) -> Verdict {
    match run(snapshot, &Clock::frozen()) {
        Outcome::Done(verdict) => *verdict,
        Outcome::Missing(facts) => panic!("missing {facts:?}"),
    }
}

#[track_caller]
fn done(lua: &str) -> Verdict {
    judge(&snapshot(lua))
}

#[track_caller]
fn fault(lua: &str) -> (String, Option<u32>) {
    let verdict = done(lua);
    assert_eq!(verdict.conclusion, Conclusion::Failure, "{verdict:?}");
    let fault = verdict.faults.first().unwrap_or_else(|| panic!("no fault in {verdict:?}"));
    (fault.message.clone(), fault.line)
}

#[test]
fn rules_that_are_only_loaded_do_not_run() {
    let mut snapshot = snapshot("print('loads')\nrule('x', function() while true do end end)\nuse('no_such_rule')");
    snapshot.only_loads = true;
    let verdict = judge(&snapshot);
    assert_eq!(verdict.rules.len(), 1, "{:?}", verdict.rules);
    assert_eq!((verdict.log.len(), verdict.faults.len(), verdict.faults[0].mistake), (1, 1, true));
}

#[test]
fn the_contracts_example_runs() {
    let verdict = done(
        r#"
        rule("no-print", { blocking = false, paths = { "src/**/*.py" } }, function()
          for _, line in danger.git.added_lines("src/**/*.py") do
            if line.text:find("print(", 1, true) then
              warn("Leftover print", { file = line.file, line = line.number })
            end
          end
        end)
        if #danger.github.pr.body < 10 then fail("Please describe the change.") end
        "#,
    );
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    let shown: Vec<_> = verdict
        .findings
        .iter()
        .map(|f| (f.rule.as_str(), f.severity, f.blocking, f.place.as_ref().and_then(|p| p.line)))
        .collect();
    assert_eq!(shown, [("dangerfile", Severity::Fail, true, None), ("no-print", Severity::Warn, false, Some(3))]);
}

#[test]
fn the_same_snapshot_gives_the_same_bytes() {
    let lua = r#"
        print(tostring({}), math.random(), os.time(), os.date("%Y"))
        for _, line in danger.git.added_lines() do message(line.text, { file = line.file, line = line.number }) end
    "#;
    let bytes = |v: &Verdict| serde_json::to_vec(v).expect("a verdict is JSON");
    let first = done(lua);
    assert_eq!(bytes(&first), bytes(&done(lua)));
    assert!(first.log[0].starts_with("table\t0.") && first.log[0].ends_with("\t1700000000\t2023"), "{:?}", first.log);
}

#[test]
fn missing_facts_of_all_rules_come_together_and_pcall_does_not_hide_them() {
    let lua = r#"
        rule("a", function() pcall(function() danger.git.file("src/a.py") end) end)
        rule("b", function() local c = danger.git.commits end)
    "#;
    let Outcome::Missing(facts) = run(&snapshot(lua), &Clock::frozen()) else { panic!("nothing was missing") };
    let file = FactKey::File(FileKey { side: Side::Right, path: RepoPath::new("src/a.py") });
    assert_eq!(facts.into_iter().collect::<Vec<_>>(), [FactKey::Commits, file]);
}

#[test]
fn mistakes_are_answered_at_their_line() {
    let cases = [
        ("local x = = 2", "expected identifier", 1),
        ("\nuse(\"changlog\")", "did you mean `changelog`?", 2),
        ("use(\"changelog\", {\n  path = \"C\",\n  skip_lable = \"x\",\n})", "did you mean `skip_label`?", 3),
        ("use(\"pr_size\", { max_lines = \"many\" })", "must be a whole number, zero or more, got \"many\"", 1),
        ("local f = danger.git.modifed_files", "did you mean `modified_files`?", 1),
        ("warn(\"x\", { file = \"a\", lin = 3 })", "did you mean `line`?", 1),
        ("fail(12)", "fail takes a text first, got 12", 1),
        ("settings { check_nam = \"x\" }", "did you mean `check_name`?", 1),
        ("\n\ndanger.event.entries()", "`danger.event` is not built yet", 3),
        ("rule(\"x\", { shadow = true }, function() end)", "`shadow` of rule(\"x\") is not built yet", 1),
        ("use(\"deploy_gate\")", "`deploy_gate` is not built yet", 1),
        ("rule(\"x\", function() end)\nrule(\"x\", function() end)", "already a rule `x`", 2),
        ("local t = nil\nprint(t.x)", "attempt to index nil", 2),
        ("danger.git.base = 1", "`danger.git` is read-only", 1),
        ("mesage(\"x\")", "there is no `mesage` here; did you mean `message`?", 1),
        ("settings \"x\"", "settings takes a table", 1),
        ("\nuse(\"pr_size\", {\n  ignore = { \"a[\" },\n})", "`a[` is not a file pattern", 3),
        ("rule(\"x\", { paths = {} }, function() end)", "`paths` is an empty list", 1),
        ("error(\"my own words\")", "my own words", 1),
    ];
    for (lua, expected, line) in cases {
        let (message, at) = fault(lua);
        assert!(message.to_lowercase().contains(&expected.to_lowercase()), "{lua}\n  said: {message}");
        assert_eq!(at, Some(line), "{lua}\n  said: {message}");
    }
}

#[test]
fn nothing_of_the_outside_world_is_there() {
    for name in [
        "io",
        "package",
        "loadstring",
        "load",
        "dofile",
        "loadfile",
        "getfenv",
        "setfenv",
        "newproxy",
        "gcinfo",
        "os.getenv",
        "os.execute",
        "os.exit",
        "os.remove",
        "os.rename",
        "os.tmpname",
    ] {
        let (what, said) =
            (format!("local x = {name}\nassert(x == nil) error('nothing')"), format!("no `{name}` here"));
        let (message, _) = fault(&what);
        // What people look for under `os` is answered in its own words.
        let of_os = name.strip_prefix("os.").map(|member| format!("`os` has no `{member}`"));
        let answered = of_os.is_some_and(|answer| message.contains(&answer));
        assert!(message == "nothing" || message.contains(&said) || answered, "{name}: {message}");
    }
    assert!(fault("string.format = nil").0.contains("readonly"));
    assert!(fault("getmetatable(\"\").__index = {}").0.contains("attempt"));
    assert!(fault("require(\"../etc/passwd\")").0.contains("out of the repository"));
}

#[test]
fn the_list_of_globals_is_the_one_we_mean() {
    let verdict = done(
        r#"
        local names = {}
        for name in _G do table.insert(names, name) end
        table.sort(names)
        print(table.concat(names, " "))
        "#,
    );
    assert_eq!(
        verdict.log.join("\n"),
        "_G _VERSION assert bit32 buffer collectgarbage coroutine danger debug error fail getmetatable integer ipairs \
         markdown math message next os pairs pcall print rawequal rawget rawlen rawset require robot rule select \
         setmetatable settings string table tonumber tostring type typeof unpack use utf8 vector warn xpcall"
    );
}

#[test]
fn required_files_are_facts_and_their_errors_name_them() {
    let lua = "local x = require(\"./rules/x\")\nx.go()";
    let key = FactKey::Source { layer: 0, path: RepoPath::new("rules/x.lua") };
    assert_eq!(run(&snapshot(lua), &Clock::frozen()), Outcome::Missing([key].into()));
    let with = |text: Option<&str>| {
        let mut snapshot = snapshot(lua);
        snapshot.sources.insert((0, RepoPath::new("rules/x.lua")), text.map(str::to_owned));
        let Outcome::Done(verdict) = run(&snapshot, &Clock::frozen()) else { panic!("missing") };
        *verdict
    };
    assert_eq!(with(Some("return { go = function() warn('gone') end }")).findings[0].message, "gone");
    let broken = with(Some("\nlocal = 3"));
    assert_eq!(broken.faults[0].path, Some(RepoPath::new("rules/x.lua")));
    assert_eq!(broken.faults[0].line, Some(2));
    assert!(with(None).faults[0].message.contains("no file `rules/x.lua`"));
}

#[test]
fn structured_diffs_have_the_contracts_shape() {
    let verdict = done(
        r#"
        local diff = danger.git.structured_diff_for_file("src/a.py")
        local hunk = diff.hunks[1]
        print(hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines, #hunk.lines)
        for _, l in hunk.lines do print(l.kind, l.old, l.new, l.text) end
        print(danger.git.structured_diff_for_file("absent"))
        print(danger.git.lines_of_code, danger.git.insertions, danger.git.deletions, table.concat(danger.git.modified_files, ","))
        for _, l in danger.git.removed_lines() do print(l.file, l.number, l.text) end
        "#,
    );
    assert_eq!(
        verdict.log,
        [
            "1\t2\t1\t3\t4",
            "context\t1\t1\tx = 1",
            "removed\t2\tnil\ty = 2",
            "added\tnil\t2\ty = 3",
            "added\tnil\t3\tprint(y)",
            "nil",
            "3\t2\t1\tsrc/a.py",
            "src/a.py\t2\ty = 2",
        ]
    );
}

#[test]
fn a_file_that_only_moved_is_modified_as_danger_js_has_it() {
    let mut snapshot = snapshot(
        r#"
        local list = function(paths) return table.concat(paths, " ") end
        print(list(danger.git.modified_files), list(danger.git.created_files), list(danger.git.deleted_files))
        local matched = danger.git.match("*.py", "run.sh")
        print(list(matched.modified), list(matched.edited), list(matched.created))
        "#,
    );
    let patch = "diff --git a/a.py b/b.py\nsimilarity index 100%\nrename from a.py\nrename to b.py\n\
                 diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n\
                 diff --git a/n.py b/n.py\nnew file mode 100644\n\
                 diff --git a/g.py b/g.py\ndeleted file mode 100644\n";
    snapshot.changes = Some(Fact::Known(parse_patch_set(patch.as_bytes()).files));
    assert_eq!(judge(&snapshot).log, ["b.py run.sh\tn.py\tg.py", "b.py run.sh\tb.py run.sh n.py\tn.py"]);
}

#[test]
fn a_cut_patch_fails_closed() {
    let mut snapshot = snapshot("rule(\"x\", function() pcall(danger.git.added_lines) end)");
    if let Some(Fact::Known(changes)) = &mut snapshot.changes {
        changes[0].patch = Patch::Truncated;
    }
    let Outcome::Done(verdict) = run(&snapshot, &Clock::frozen()) else { panic!("missing") };
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    assert!(verdict.faults[0].message.contains("the diff of `src/a.py` is incomplete"), "{:?}", verdict.faults);
}

#[test]
fn a_text_that_was_cut_fails_closed() {
    let mut snapshot =
        snapshot("rule(\"x\", function() pcall(function() return danger.git.file(\"src/a.py\") end) end)");
    let file = FileKey { side: Side::Right, path: RepoPath::new("src/a.py") };
    snapshot.files.insert(file, Fact::Known(FileText::Cut("9 bytes too many".to_owned())));
    let Outcome::Done(verdict) = run(&snapshot, &Clock::frozen()) else { panic!("missing") };
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    assert!(verdict.faults[0].message.contains("`src/a.py` cannot be read whole"), "{:?}", verdict.faults);
}

#[test]
fn rules_that_do_not_apply_say_why() {
    let verdict = done(
        r#"
        rule("go", { paths = "**/*.go" }, function() fail("no") end)
        rule("labelled", { labels = { "risky" } }, function() fail("no") end)
        rule("skipped", { blocking = false, skip_label = "skip-it" }, function() fail("no") end)
        "#,
    );
    let reasons: Vec<_> = verdict.rules.iter().filter_map(|rule| rule.reason.as_deref()).collect();
    assert_eq!(
        reasons,
        ["no changed file matches its paths", "needs the label `risky`", "the label `skip-it` skips it"]
    );
    assert_eq!(verdict.conclusion, Conclusion::Success);
}

#[test]
fn a_label_on_a_blocking_rule_counts_only_from_another_writer() {
    let lua = "rule(\"x\", { skip_label = \"skip-it\" }, function() fail(\"no\") end)";
    assert_eq!(run(&snapshot(lua), &Clock::frozen()), Outcome::Missing([FactKey::Labelings].into()));
    let with = |actor: &str, can_write| {
        let mut snapshot = snapshot(lua);
        let labeling = Labeling { label: "skip-it".to_owned(), actor: actor.to_owned(), can_write };
        snapshot.labelings = Some(Fact::Known(vec![labeling]));
        let Outcome::Done(verdict) = run(&snapshot, &Clock::frozen()) else { panic!("missing") };
        verdict.conclusion
    };
    assert_eq!(with("grace", true), Conclusion::Success);
    assert_eq!(with("grace", false), Conclusion::Failure);
    assert_eq!(with("Ada", true), Conclusion::Failure);
}

#[test]
fn ignored_authors_pass_and_the_check_says_so() {
    let verdict =
        done("settings { ignore_authors = { \"ADA\" } } rule(\"x\", function() fail(\"no\") end) fail(\"no\")");
    assert_eq!(verdict.conclusion, Conclusion::Success);
    let reasons: Vec<_> = verdict.rules.iter().map(|rule| (rule.state, rule.reason.as_deref())).collect();
    assert_eq!(reasons, [(RuleState::Skipped, Some("pull requests of ada are not judged")); 2]);
}

#[test]
fn moved_lines_keep_their_fingerprint_and_equal_lines_differ() {
    let lua = "for _, l in danger.git.added_lines() do warn(\"x\", { file = l.file, line = l.number }) end";
    let with = |patch: &str| {
        let mut snapshot = snapshot(lua);
        snapshot.changes = Some(Fact::Known(parse_patch_set(patch.as_bytes()).files));
        let Outcome::Done(verdict) = run(&snapshot, &Clock::frozen()) else { panic!("missing") };
        verdict.findings.into_iter().map(|finding| finding.fingerprint.0).collect::<Vec<_>>()
    };
    let head = "diff --git a/a b/a\n--- a/a\n+++ b/a\n";
    let first = with(&format!("{head}@@ -1,1 +1,3 @@\n c\n+same\n+same\n"));
    let moved = with(&format!("{head}@@ -9,1 +9,3 @@\n c\n+same\n+same\n"));
    assert_eq!(first, moved);
    assert_ne!(first[0], first[1]);
}

#[test]
fn an_error_that_is_no_text_shows_no_address() {
    for value in ["{}", "print", "coroutine.create(print)", "buffer.create(1)"] {
        for raise in ["error(VALUE)", "assert(false, VALUE)", "coroutine.wrap(function() error(VALUE) end)()"] {
            let (message, _) = fault(&raise.replace("VALUE", value));
            assert!(!message.contains("0x"), "{raise} {value}: {message}");
        }
    }
}

/// An organisation's dangerfile over a repository's.
fn layered(organisation: &str, own: &str) -> Verdict {
    let mut snapshot = snapshot(own);
    snapshot.subject.repository = RepoName::new("octo", "hello").ok();
    let shared = Dangerfile {
        origin: Origin::Organisation,
        text: organisation.to_owned(),
        ..snapshot.ruleset.layers[0].clone()
    };
    snapshot.ruleset.layers.insert(0, shared);
    match run(&snapshot, &Clock::frozen()) {
        Outcome::Done(verdict) => *verdict,
        Outcome::Missing(facts) => panic!("missing {facts:?}"),
    }
}

#[test]
fn each_layer_answers_to_its_own_settings_and_those_before_it() {
    const BAD: &str = "fail('bad')";
    let said = |verdict: &Verdict| verdict.findings.iter().map(|it| it.message.clone()).collect::<Vec<_>>();
    let cases: [(&str, &str, Conclusion, &[&str]); 8] = [
        (BAD, "settings { conclusion = 'advisory' }", Conclusion::Failure, &["bad"]),
        (BAD, "settings { ignore_authors = { 'ada' } } fail('own')", Conclusion::Failure, &["bad"]),
        ("", "settings { conclusion = 'advisory' } fail('own')", Conclusion::Neutral, &["own"]),
        (
            "settings { conclusion = 'enforced' }",
            "settings { conclusion = 'advisory' } fail('own')",
            Conclusion::Failure,
            &["own"],
        ),
        ("settings { conclusion = 'advisory' } fail('bad')", "fail('own')", Conclusion::Neutral, &["bad", "own"]),
        ("settings { ignore_authors = { 'Ada' } } fail('bad')", "fail('own')", Conclusion::Success, &[]),
        (
            "settings { ignore_authors = { 'bob' } } fail('bad')",
            "settings { ignore_authors = { 'ada' } }",
            Conclusion::Failure,
            &["bad"],
        ),
        ("message('hello')", "settings { ignore_authors = { 'ada' } } fail('own')", Conclusion::Success, &["hello"]),
    ];
    for (organisation, own, conclusion, findings) in cases {
        let verdict = layered(organisation, own);
        assert_eq!(
            (verdict.conclusion, said(&verdict).as_slice()),
            (conclusion, &findings.iter().map(ToString::to_string).collect::<Vec<_>>()[..]),
            "{organisation} / {own}"
        );
    }
    let verdict =
        layered("settings { check_name = 'all' }", "settings { check_name = 'own', max_inline_comments = 3 }");
    assert_eq!((verdict.settings.check_name.as_str(), verdict.settings.max_inline_comments), ("all", 3));
}

#[test]
fn a_fault_of_the_organisations_file_is_named_with_its_repository() {
    let verdict = layered("\nuse('chnagelog')", "settings { ignore_authors = { 'ada' }, conclusion = 'advisory' }");
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    let places = |verdict: &Verdict| -> Vec<String> {
        verdict
            .faults
            .iter()
            .map(|it| format!("{} {}", it.path.clone().unwrap_or_else(|| "-".into()), it.line.unwrap_or(0)))
            .collect()
    };
    assert_eq!(places(&verdict), ["octo/.github/dangerfile.lua 2"]);
    let verdict = layered("", "\nuse('chnagelog')");
    assert_eq!(places(&verdict), ["dangerfile.lua 2"]);
}

#[test]
fn a_dropped_column_is_told_also_where_the_tree_cannot_be_listed() {
    let mut snapshot = snapshot("use(\"migration_safety\")");
    let sql = "ALTER TABLE users DROP COLUMN nick_name;\n";
    let patch = format!(
        "diff --git a/migrations/2.sql b/migrations/2.sql\nnew file mode 100644\n--- /dev/null\n+++ b/migrations/2.sql\n@@ -0,0 +1 @@\n+{sql}"
    );
    snapshot.changes = Some(Fact::Known(parse_patch_set(patch.as_bytes()).files));
    let file = FileKey { side: Side::Right, path: RepoPath::new("migrations/2.sql") };
    snapshot.files.insert(file, Fact::Known(FileText::Text(sql.to_owned())));
    let Outcome::Missing(missing) = run(&snapshot, &Clock::frozen()) else { panic!("nothing is asked for") };
    let searches = missing.iter().filter(|key| matches!(key, FactKey::Search(_))).count();
    assert_eq!((searches, missing.len()), (1, 3), "with both folders, in one round: {missing:?}");
    for key in missing {
        match key {
            FactKey::Folder(folder) => {
                snapshot.folders.insert(folder, Fact::Known(Vec::new()));
            }
            other => snapshot.refuse(&other, Unavailable::Truncated("the list of files".to_owned())),
        }
    }
    let Outcome::Done(verdict) = run(&snapshot, &Clock::frozen()) else { panic!("missing") };
    assert_eq!(verdict.faults, []);
    let said: Vec<_> = verdict.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        said[1..],
        [
            "`nick_name` of `users` is dropped here, and whether the code still uses it could not be looked up: GitHub gave \
          only a part of the list of files. `git grep -w nick_name` or `deckhand local` looks everywhere."
        ]
    );
}

#[test]
fn a_removed_flag_is_told_also_where_the_tree_cannot_be_searched() {
    let mut snapshot = snapshot("use(\"feature_flag\")");
    let patch = "diff --git a/flags.yml b/flags.yml\n--- a/flags.yml\n+++ b/flags.yml\n@@ -1,2 +1 @@\n-new_checkout: true\n dark_mode: true\n";
    snapshot.changes = Some(Fact::Known(parse_patch_set(patch.as_bytes()).files));
    let file = FileKey { side: Side::Right, path: RepoPath::new("flags.yml") };
    assert_eq!(run(&snapshot, &Clock::frozen()), Outcome::Missing([FactKey::File(file.clone())].into()));
    snapshot.files.insert(file, Fact::Known(FileText::Text("dark_mode: true\n".to_owned())));
    let word = "new_checkout".to_owned();
    assert_eq!(run(&snapshot, &Clock::frozen()), Outcome::Missing([FactKey::Uses(word.clone())].into()));
    snapshot.uses.insert(word, Fact::Unavailable(Unavailable::NeedsCheckout));
    let Outcome::Done(verdict) = run(&snapshot, &Clock::frozen()) else { panic!("missing") };
    assert_eq!(verdict.faults, []);
    let said: Vec<_> = verdict.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        said,
        ["The flag `new_checkout` is no longer declared here, and the rest of the repository could not be searched. \
          Look for what still asks for it: `git grep -w new_checkout`."]
    );
}

#[test]
fn overrides_let_pass_what_they_cover_and_nothing_else() {
    const LUA: &str = "rule('a', function() fail('one') end)\nrule('b', function() fail('two') error('no') end)";
    let with = |overrides: Vec<Override>| {
        let snapshot = Snapshot { overrides, ..snapshot(LUA) };
        match run(&snapshot, &Clock::frozen()) {
            Outcome::Done(verdict) => *verdict,
            Outcome::Missing(facts) => panic!("missing {facts:?}"),
        }
    };
    let decide = |rule: &str, covers: Vec<Fingerprint>| Override {
        rule: rule.to_owned(),
        covers,
        decision: Overridden { by: "maya".to_owned(), at: Timestamp(0), reason: "fine".to_owned() },
    };
    let before = with(vec![]);
    let everything = before.findings.iter().map(|it| it.fingerprint.clone());
    let everything: Vec<Fingerprint> = everything.chain(before.faults.iter().map(fault_fingerprint)).collect();
    let a = decide("a", everything.clone());
    let verdict = with(vec![a.clone()]);
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    assert_eq!(
        verdict.findings.iter().map(|it| it.blocking).collect::<Vec<_>>(),
        [false, true],
        "each rule for itself"
    );
    assert!(verdict.faults[0].blocking, "a rule's override is not one of its faults");
    let b = decide("b", find_coverable(&verdict, "b"));
    let still = with(vec![a.clone(), b.clone()]);
    assert_eq!((still.conclusion, still.faults[0].blocking), (Conclusion::Failure, true));
    let passed = with(vec![a, b, decide(DANGERFILE_RULE, find_coverable(&still, DANGERFILE_RULE))]);
    assert_eq!(passed.conclusion, Conclusion::Success);
    assert_eq!(passed.faults[0].overridden.as_ref().map(|it| it.by.as_str()), Some("maya"));
    assert!(find_coverable(&passed, DANGERFILE_RULE).is_empty());
    let elsewhere = decide("a", vec![Fingerprint("0".repeat(16))]);
    assert_eq!(with(vec![elsewhere]), before);
}
