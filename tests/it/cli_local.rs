//! `deckhand local` in generated repositories.

use crate::cli::Place;
use serde_json::Value;
use std::process::Stdio;

const RULES: &str = r#"
rule("no-print", { blocking = true, paths = { "**/*.py" } }, function()
  for _, line in danger.git.added_lines("**/*.py") do
    if line.text:find("print(", 1, true) then
      fail("Leftover print", { file = line.file, line = line.number, suggestion = "    log(1)" })
    end
  end
end)
rule("greeting", { blocking = false }, function()
  message("By " .. danger.github.pr.user.login .. ": " .. danger.github.pr.title)
end)
"#;

fn with_rules(rules: &str) -> Place {
    let place = Place::repository();
    place.write("dangerfile.lua", rules);
    place.commit("Add rules\n\nWith a body.");
    place
}

#[test]
fn findings_are_printed_for_people_and_the_status_says_that_something_blocks() {
    let place = with_rules(RULES);
    place.write("app.py", "def greet():\n    print(1)\n    return 1\n");
    let said = place.deckhand(&["local"]);
    let expected = "\
message greeting
    By ada: Add rules

app.py
  app.py:2 fail no-print
    Leftover print
    2 | -     print(1)
      | +     log(1)

1 problem, 1 note - the check would fail
";
    assert_eq!(said.out, expected, "{}", said.err);
    assert_eq!((said.status, said.err.as_str()), (1, ""));
    let named = place.deckhand(&["local", "--dangerfile", "."]);
    assert!(named.status == 2 && named.err.contains(". is a directory: name the file in it, such as ./dangerfile.lua"));
    assert!(place.deckhand(&["local", "--color", "always"]).out.contains("\u{1b}["));
    assert!(!place.deckhand(&["local", "-q"]).out.contains("the check would"));

    // What is not committed is not part of HEAD.
    let said = place.deckhand(&["local", "--head", "HEAD"]);
    assert_eq!(said.status, 0, "{}", said.out);
    assert!(said.out.ends_with("1 note - the check would pass\n"), "{}", said.out);
}

#[test]
fn json_is_the_contracts() {
    let place = with_rules(RULES);
    place.write("new/ünï.py", "print(1)\n");
    let said = place.deckhand(&["local", "--format", "json"]);
    assert_eq!(said.status, 1, "{}", said.err);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["conclusion"], "failure");
    assert_eq!(json["base"], place.git(&["rev-parse", "main"]));
    assert_eq!(json["head"], place.git(&["rev-parse", "HEAD"]));
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2);
    assert_eq!(findings[0].get("path"), None, "optional members are absent");
    let placed = &findings[1];
    assert_eq!(
        (placed["path"].as_str(), placed["line"].as_u64(), placed["side"].as_str(), placed["blocking"].as_bool()),
        (Some("new/ünï.py"), Some(1), Some("RIGHT"), Some(true))
    );
    assert!(!said.out.contains("null"), "{}", said.out);
}

#[test]
fn a_missing_or_broken_dangerfile_is_status_2() {
    let place = Place::repository();
    let said = place.deckhand(&["local"]);
    assert_eq!(said.status, 2);
    for part in ["dangerfile.lua", ".github/dangerfile.lua", "deckhand init"] {
        assert!(said.err.contains(part), "{}", said.err);
    }
    place.write("bad.lua", "local x = = 3\n");
    let said = place.deckhand(&["local", "--dangerfile", "bad.lua"]);
    assert_eq!(said.status, 2, "{}", said.out);
    assert!(said.out.contains("bad.lua:1"), "{}", said.out);
    place.write("bad.lua", "\nuse(\"pr_size\", { wran = 3 })\n");
    let said = place.deckhand(&["local", "--dangerfile", "bad.lua"]);
    assert_eq!(said.status, 2, "{}", said.out);
    assert!(said.out.contains("bad.lua:2") && said.out.contains("wran"), "{}", said.out);
}

#[test]
fn a_fault_in_a_blocking_rule_is_status_1_and_in_an_advisory_one_0() {
    let broken = "rule('broken', { blocking = BLOCKING }, function() local x = nil; return x.y end)\n";
    for (blocking, status) in [("true", 1), ("false", 0)] {
        let place = with_rules(&broken.replace("BLOCKING", blocking));
        let said = place.deckhand(&["local"]);
        assert_eq!(said.status, status, "{}", said.out);
        assert!(said.out.contains("fault broken dangerfile.lua:1"), "{}", said.out);
    }
}

#[test]
fn rules_from_github_and_required_files_work_from_a_subdirectory() {
    let place = Place::repository();
    place.write(".github/dangerfile.lua", "require('../rules/x')\n");
    place.write("rules/x.lua", "rule('x', {}, function() warn('from x') end)\n");
    place.write("deep/down/file.txt", "t\n");
    let said = place.deckhand(&["local"]);
    assert!(said.out.contains("from x"), "{} {}", said.out, said.err);
    let mut command = place.command(env!("CARGO_BIN_EXE_deckhand"));
    let output = command.arg("local").current_dir(place.path.join("deep/down")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), said.out);
}

#[test]
fn a_required_file_outside_the_repository_is_not_read_through_a_link() {
    let place = with_rules("require('./link')\n");
    let outside = place.path.with_file_name("outside.lua");
    std::fs::write(&outside, "warn('escaped')\n").unwrap();
    std::os::unix::fs::symlink(&outside, place.path.join("link.lua")).unwrap();
    let said = place.deckhand(&["local"]);
    assert_eq!(said.status, 2, "{}", said.out);
    assert!(!said.out.contains("escaped"), "{}", said.out);
}

#[test]
fn texts_of_many_files_take_few_passes() {
    let place = with_rules(
        "rule('read', {}, function()\n  local n = 0\n  for _, file in danger.git.changed_files do\n    \
         if danger.git.file(file) then n += 1 end\n  end\n  message(n .. ' files')\nend)\n",
    );
    for number in 0..40 {
        place.write(&format!("many/{number}.txt"), &format!("{number}\n"));
    }
    let said = place.deckhand(&["local"]);
    assert!(said.out.contains("41 files"), "{} {}", said.out, said.err);
}

#[test]
fn an_equal_head_says_how_to_name_a_base() {
    let place = with_rules("");
    let said = place.deckhand(&["local", "--base", "HEAD"]);
    assert_eq!(said.status, 0);
    assert_eq!(said.out, "no findings - the check would pass\n");
    assert_eq!(place.deckhand(&["local", "--base", "HEAD", "-q"]).out, "");
}

#[test]
fn a_branch_that_was_pushed_says_how_to_judge_all_of_it() {
    let place = with_rules(RULES);
    place.git(&["init", "-q", "--bare", "../remote.git"]);
    place.git(&["remote", "add", "origin", "../remote.git"]);
    place.git(&["push", "-q", "-u", "origin", "topic", "main"]);
    let said = place.deckhand(&["local"]);
    for part in ["origin/topic is what was pushed of this branch", "--base BRANCH"] {
        assert!(said.err.contains(part), "{}", said.err);
    }
    // Who names the base knows, and the default branch goes nowhere else.
    assert_eq!(place.deckhand(&["local", "--base", "main"]).err, "");
    place.git(&["switch", "-q", "main"]);
    place.write("dangerfile.lua", RULES);
    let said = place.deckhand(&["local"]);
    assert!(!said.err.contains("--base BRANCH"), "{}", said.err);
}

#[test]
fn a_reader_who_leaves_is_no_error() {
    let place = with_rules("for i = 1, 900 do warn('finding ' .. i .. (' and more text'):rep(30)) end\n");
    let mut child = place
        .command(env!("CARGO_BIN_EXE_deckhand"))
        .arg("local")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_fact_that_a_rule_does_not_come_to_is_not_read() {
    let place = with_rules(
        "local far = require('./far')\nrule('near', { blocking = false }, function() far() warn('here') end)\n",
    );
    let reads = "return function() if #danger.git.changed_files > 1000 then return danger.github.reviews end end\n";
    place.write("far.lua", reads);
    place.commit("Add a helper");
    let said = place.deckhand(&["local", "--base", "HEAD"]);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("warn near"), "{}{}", said.out, said.err);
}

#[test]
fn every_built_in_rule_runs_without_options_and_without_github() {
    let listed = Place::empty().deckhand(&["rules", "-q"]).out;
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 14, "{listed}");
    let place = with_rules(&names.iter().map(|name| format!("use('{name}')\n")).collect::<String>());
    place.write("app.py", "print(1)\n");
    let said = place.deckhand(&["local", "--base", "HEAD", "--format", "json"]);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let ran: Vec<&str> = report["rules"].as_array().unwrap().iter().filter_map(|rule| rule["name"].as_str()).collect();
    assert_eq!(ran[1..], names, "{}", said.out);
    assert_eq!((&report["rules"][0]["state"], report["faults"].as_array().unwrap().len()), (&Value::from("ran"), 0));
}

#[test]
fn rules_that_need_github_are_skipped_and_the_others_run() {
    let place = with_rules(
        r#"
for _, name in { "issue", "reviews", "requested_reviewers", "statuses", "check_runs", "this_pr" } do
  rule(name, function() pcall(function() return danger.github[name] end) fail("read " .. name) end)
end
rule("repo", function() fail(danger.github.pr.base.repo.full_name) end)
rule("label", function() fail(danger.github.pr.head.label) end)
rule("counts", { blocking = false }, function()
  local pr = danger.github.pr
  message(("%d+ %d- in %d files, %d commits"):format(pr.additions, pr.deletions, pr.changed_files, pr.commits))
end)
"#,
    );
    place.write("app.py", "print(1)\nprint(2)\n");
    let said = place.deckhand(&["local", "--format", "json", "--base", "HEAD"]);
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let skipped: Vec<String> = report["rules"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|rule| rule["state"] == "skipped")
        .map(|rule| format!("{}: {}", rule["name"].as_str().unwrap(), rule["reason"].as_str().unwrap()))
        .collect();
    let names = ["issue", "reviews", "requested_reviewers", "statuses", "check_runs", "this_pr", "repo", "label"];
    assert_eq!(skipped, names.map(|name| format!("{name}: needs a pull request")));
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{}", said.out);
    assert_eq!(findings[0]["message"], "2+ 2- in 1 files, 0 commits");
    let note = "not run, because they need a pull request: issue, reviews, requested_reviewers, statuses, check_runs, \
                this_pr, repo, label";
    assert!(said.err.contains(note), "{}", said.err);
}

#[test]
fn code_outside_rules_that_needs_github_hides_no_rule_in_silence() {
    let place = with_rules("if #danger.github.reviews == 0 then warn('Nobody looked.') end\nuse('secrets')\n");
    let said = place.deckhand(&["local"]);
    let verdict = "no findings - the check would pass, as far as it can be told without a pull request\n";
    assert_eq!((said.status, said.out.as_str()), (0, verdict));
    assert!(said.err.contains("rules further down were not run"), "{}", said.err);
}

#[test]
fn rules_may_read_a_dozen_files_one_after_the_other() {
    let place = with_rules(
        "local there = 0
         for number = 1, 12 do if danger.git.file('file' .. number) then there += 1 end end
         message(there .. ' of 12')",
    );
    place.write("file7", "x");
    let said = place.deckhand(&["local"]);
    assert!(said.status == 0 && said.out.contains("1 of 12"), "{}{}", said.out, said.err);
    let said = place.deckhand(&["check"]);
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
}

#[test]
fn a_second_pattern_beside_the_first_is_a_mistake() {
    let place = with_rules("danger.git.added_lines('*.js', '*.py')\n");
    let said = place.deckhand(&["local"]);
    assert!(said.out.contains("added_lines takes one pattern, or a list of them"), "{}{}", said.out, said.err);
    assert!(said.status != 0 && said.out.contains("dangerfile.lua:1"), "{}", said.out);
}

#[test]
fn effects_are_listed_and_not_carried_out() {
    let place = with_rules("rule('triage', { blocking = false }, function() robot.add_labels { 'bug' } end)\n");
    let said = place.deckhand(&["local"]);
    let expected = "asked of the robot (this version lists it and carries nothing out)\n  \
                    robot.add_labels labels = \"bug\" (triage)\n\nno findings - the check would pass\n";
    assert_eq!((said.status, said.out.as_str()), (0, expected), "{}", said.err);
    let said = place.deckhand(&["local", "--format", "json"]);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(json["effects"], serde_json::json!([{ "kind": "add_labels", "rule": "triage", "labels": ["bug"] }]));

    let place = with_rules("\nrobot.add_lables { 'bug' }\n");
    let said = place.deckhand(&["local"]);
    assert_eq!(said.status, 2, "{}", said.out);
    assert!(said.out.contains("dangerfile.lua:2") && said.out.contains("did you mean `add_labels`?"), "{}", said.out);
}

#[test]
fn no_output_shows_a_secret() {
    let place = with_rules(
        r#"
use("secrets")
rule("quoting", { blocking = false }, function()
  for _, line in danger.git.added_lines("*.py") do
    warn("Say it in capitals.", {
      file = line.file, line = line.number, suggestion = line.text:upper(), fix = { [line.file] = line.text },
    })
  end
end)
"#,
    );
    place.write("app.py", "USER = 'ada'\nAPI_KEY = '9f86d081884c7d659a2feaa0c55ad015'\nDONE = True\n");
    for arguments in [&["local"][..], &["local", "-v"], &["local", "--format", "json"]] {
        let said = place.deckhand(arguments);
        assert_eq!(said.status, 1, "{arguments:?} {}", said.err);
        assert!(said.out.contains("`API_KEY` is set to what looks like a real secret"), "{arguments:?} {}", said.out);
        let all = format!("{}{}", said.out, said.err).to_lowercase();
        assert!(!all.contains("9f86d081"), "{arguments:?} {all}");
    }
    let text = place.deckhand(&["local"]).out;
    assert_eq!(text.matches("(the line is not shown: it holds a secret)").count(), 2, "{text}");
    assert!(text.contains("1 | - USER = 'ada'"), "other lines are shown: {text}");
}

#[test]
fn a_flag_that_goes_is_searched_in_the_whole_tree() {
    let place = with_rules("use(\"feature_flag\")");
    place.write("config/flags.yml", "new_checkout: true\ndark_mode: true\n");
    place.write("src/cart.py", "# new_checkout\nif is_enabled('new_checkout'):\n    go()\n");
    place.commit("Add flags");
    place.write("config/flags.yml", "dark_mode: true\n");
    let said = place.deckhand(&["local", "--base", "HEAD"]);
    assert_eq!(said.status, 0, "{}", said.err);
    let found =
        "  src/cart.py:2 warn feature_flag\n    The flag `new_checkout` is no longer declared in `config/flags.yml`";
    assert!(said.out.contains(found), "{}", said.out);
    place.write("src/cart.py", "go()\n");
    let said = place.deckhand(&["local", "--base", "HEAD"]);
    assert_eq!(said.out, "no findings - the check would pass\n", "{}", said.err);
}

#[test]
fn a_report_that_nobody_can_read_is_told_whether_a_rule_reads_it_or_not() {
    let sarif = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "ruff"}}, "results": [{"message": "#;
    for rules in [RULES, "use(\"lint_report\", { severity = \"fail\" })"] {
        let place = with_rules(rules);
        place.write("out/cut.sarif", sarif);
        place.write("out/ruff.json", "[{\"code\": \"F401\"}]");
        place.write("out/page.json", "{\"hello\": 1}");
        place.write("out/empty.info", "");
        for (file, part) in [
            ("out/none.sarif", "there is no report out/none.sarif; let the tests or the linter write it first"),
            ("out/cut.sarif", "out/cut.sarif is cut off at line 1"),
            ("out/ruff.json", "out/ruff.json is text and neither a coverage report nor a linter's"),
            ("out/page.json", "known are lcov, "),
            ("out/page.json", " of coverage, and SARIF, checkstyle XML, JUnit XML, rdjson, rdjsonl of linters"),
            ("out/empty.info", "out/empty.info is empty; let the tests or the linter write it"),
            ("out", "out is a directory"),
        ] {
            let said = place.deckhand(&["local", "--base", "main", "--report", file]);
            assert_eq!((said.status, said.out.as_str()), (2, ""), "{file}: {}", said.err);
            assert!(said.err.contains(part), "{file}: {}", said.err);
        }
    }
}

#[test]
fn a_linter_without_a_word_writes_an_empty_rdjsonl() {
    let rules = "settings { lint_reports = { \"out/*.rdjsonl\" } }\nuse(\"lint_report\", { severity = \"fail\" })";
    let place = with_rules(rules);
    place.write("out/ruff.rdjsonl", "");
    place.write("app.py", "print(1)\n");
    for more in [&[][..], &["--report", "out/ruff.rdjsonl"]] {
        let said = place.deckhand(&[&["local", "--base", "main"], more].concat());
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{}", said.out);
        assert!(!said.out.contains("There is no"), "{}", said.out);
    }
}

#[test]
fn who_is_ignored_is_said() {
    let place = with_rules(&format!("settings {{ ignore_authors = {{ \"Ada\" }} }}\n{RULES}"));
    place.write("app.py", "print(1)\n");
    for format in ["text", "github", "json"] {
        let said = place.deckhand(&["local", "--format", format]);
        assert_eq!(said.status, 0, "{}", said.err);
        assert!(!said.out.contains("Leftover print"), "{}", said.out);
        assert_eq!(
            said.err, "note: not judged, because the setting ignore_authors names the author: ada\n",
            "{format}"
        );
    }
}

/// Whoever uses a built-in rule cannot make it say less.
#[test]
fn a_built_in_rule_that_has_much_to_say_of_one_name_says_what_fits() {
    let place = Place::repository();
    let project =
        |wanted: &str| format!("[project]\nname = \"a-b\"\nversion = \"0.1.0\"\ndependencies = [\"p0{wanted}\"]\n");
    place.write("dangerfile.lua", "use('lockfile')\n");
    place.write("pyproject.toml", &project(">=1"));
    let lock = "version = 1\nrequires-python = \">=3.8\"\n\n[[package]]\nname = \"a-b\"\nversion = \"0.1.0\"\nsource = { virtual = \".\" }\n\
                [package.metadata]\nrequires-dist = [{ name = \"p0\", specifier = \">=1\" }]\n\n[[package]]\nname = \"p0\"\nversion = \"1.5\"\n\
                source = { registry = \"https://pypi.org/simple\" }\n";
    place.write("uv.lock", lock);
    place.commit("Require p0");
    let long: Vec<String> = (0..12_000).map(|n| format!(">{n}")).collect();
    place.write("pyproject.toml", &project(&long.join(",")));
    let said = place.deckhand(&["local", "--base", "HEAD", "--format", "json"]);
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.status, told["faults"].as_array().unwrap().len()), (1, 0), "{}", said.out);
    let message = told["findings"][0]["message"].as_str().unwrap();
    assert!(message.len() <= 65_536 && message.ends_with('…'), "{} bytes", message.len());
}
