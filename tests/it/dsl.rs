//! What a dangerfile can say: facts, helpers, effects; and what it answers to mistakes.

use crate::sample::{judge, judge_snapshot, snapshot};
use deckhand::lua::{API, ApiState, ROBOT, Takes, find_builtin, render_definitions, type_definitions};
use deckhand::model::{Conclusion, Fact, FileKey, FileText, RepoPath, RuleState, Side, StatusMode, render_report};
use serde_json::{Value, json};

/// What a script prints, line by line.
#[track_caller]
fn printed(lua: &str) -> Vec<String> {
    let verdict = judge(lua);
    assert_eq!(verdict.faults, [], "{lua}");
    verdict.log
}

#[track_caller]
fn effects(lua: &str) -> Value {
    let verdict = judge(lua);
    assert_eq!(verdict.faults, [], "{lua}");
    render_report(&verdict)["effects"].clone()
}

/// The fault's message and line.
#[track_caller]
fn mistake(lua: &str) -> (String, Option<u32>) {
    let verdict = judge(lua);
    assert_eq!(verdict.conclusion, Conclusion::Failure, "{lua}");
    let fault = verdict.faults.first().unwrap_or_else(|| panic!("no fault: {lua}"));
    (fault.message.clone(), fault.line)
}

// ---- danger.git.json_diff_for_file ----

#[test]
fn a_json_diff_has_dangers_shape() {
    let lua = r#"
        local diff = danger.git.json_diff_for_file("package.json")
        print(diff.version.before, diff.version.after, diff.version.added, diff.name)
        local deps = diff.dependencies
        print(deps.before["left-pad"], deps.after.lodash)
        print(table.concat(deps.added, ","), table.concat(deps.removed, ","))
        print(table.concat(diff.files.added, ","), table.concat(diff.files.removed, ","))
        print(diff.jest.roots.before.src, diff.jest.roots.after.src, #diff.jest.roots.added)
        local keys = {}
        for key in diff do table.insert(keys, key) end
        table.sort(keys)
        print(table.concat(keys, ","))
    "#;
    assert_eq!(
        printed(lua),
        [
            "1.0.0\t1.1.0\tnil\tnil",
            "1.0.0\t4.1.0",
            "zod\tleft-pad",
            "c\ta",
            "true\tfalse\t0",
            "dependencies,files,jest,version"
        ]
    );
}

#[test]
fn a_json_diff_of_an_unchanged_file_is_empty() {
    assert_eq!(printed("print(next(danger.git.json_diff_for_file('tsconfig.json')))"), ["nil"]);
}

#[test]
fn a_json_diff_of_what_is_not_json_says_where() {
    let (message, line) = mistake("\nlocal diff = danger.git.json_diff_for_file('src/a.py')");
    assert!(message.starts_with("`src/a.py` at the base is not JSON: "), "{message}");
    assert_eq!(line, Some(2));
}

#[test]
fn a_json_diff_is_bounded() {
    let mut snapshot = snapshot("danger.git.json_diff_for_file('package.json')");
    let key = FileKey { side: Side::Right, path: RepoPath::new("package.json") };
    snapshot.files.insert(key.clone(), Fact::Known(FileText::Text("[".repeat(5_000_000))));
    let verdict = judge_snapshot(snapshot.clone());
    assert!(verdict.faults[0].message.contains("longer than 4 MiB"), "{:?}", verdict.faults);
    snapshot.files.insert(key, Fact::Known(FileText::Text("[".repeat(100_000))));
    let verdict = judge_snapshot(snapshot);
    assert!(verdict.faults[0].message.contains("not JSON"), "{:?}", verdict.faults);
}

#[test]
fn a_leading_dot_in_paths_and_patterns_is_the_repositorys_root() {
    let lua = r#"
        print(danger.git.file("./src/a.py") == danger.git.file("src/a.py"), danger.git.file("./src/a.py") ~= nil)
        print(table.concat(danger.git.match("./src/*.py").any, ","))
        print(danger.git.diff_for_file("./src/a.py") ~= nil, #danger.git.added_lines("./src/**"))
        rule("rooted", { paths = "./src/**" }, function()
            warn("here", { file = "./src/a.py", line = 2 })
        end)
    "#;
    let verdict = judge(lua);
    assert_eq!(verdict.faults, []);
    assert_eq!(verdict.log, ["true\ttrue", "src/a.py", "true\t2"]);
    let places: Vec<_> = verdict.findings.iter().filter_map(|it| it.place.as_ref()).collect();
    assert_eq!(places.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["src/a.py"]);
}

// ---- Helpers ----

#[test]
fn links_and_sentences_are_dangers() {
    let lua = r#"
        print(danger.utils.href("https://example.com", "here"))
        print(danger.utils.sentence({ "a", "b", "c" }))
        print(danger.github.utils.file_links({ "src/a.py", "docs/new page.md" }))
        print(danger.github.utils.file_links({ "src/a.py" }, false, "acme/beacon", "main"))
        print(danger.github.utils.file_contents("README.md") == "Beacon\n")
        print(danger.github.utils.file_contents("absent") == "")
        print(danger.github.utils.file_contents("src/a.py", "acme/beacon", "main") == "x = 1\ny = 2\n")
        print(danger.github.utils.file_contents("src/a.py", nil, danger.github.pr.head.sha) == "x = 1\ny = 3\nprint(y)\n")
    "#;
    assert_eq!(
        printed(lua),
        [
            "<a href=\"https://example.com\">here</a>",
            "a, b and c",
            "<a href=\"https://github.com/ada/beacon/blob/search/src/a.py\">a.py</a> and \
             <a href=\"https://github.com/ada/beacon/blob/search/docs/new%20page.md\">new page.md</a>",
            "<a href=\"https://github.com/acme/beacon/blob/main/src/a.py\">src/a.py</a>",
            "true",
            "true",
            "true",
            "true",
        ]
    );
    let (message, _) = mistake("danger.github.utils.file_contents('a', 'other/repo')");
    assert!(message.contains("no other commit or repository"), "{message}");
    let (message, _) = mistake("danger.utils.sentence('a')");
    assert!(message.contains("danger.utils.sentence takes a list of texts, got \"a\""), "{message}");
}

#[test]
fn lists_can_be_copied_sorted_and_walked() {
    let lua = r#"
        local files = table.clone(danger.git.changed_files)
        table.sort(files, function(a, b) return a > b end)
        print(files[1], files[#files + 1], #files)
        for index, file in ipairs(danger.git.created_files) do print(index, file) end
        for _, label in danger.github.pr.labels do print(label.name) end
        print(danger.github.pr.milestone.title, table.find(danger.git.modified_files, "src/a.py"))
        print(danger.git.added_lines("*.py")[1].text)
    "#;
    assert_eq!(printed(lua), ["src/a.py\tnil\t5", "1\tdocs/new page.md", "bug", "1.1\t1", "y = 3"]);
}

// ---- robot ----

#[test]
fn effects_are_data() {
    let lua = r#"
        robot.add_labels { "a", "b" }
        robot.add_labels { labels = { "c" } }
        robot.add_labels("d")
        robot.add_labels { "a", "b" }
        rule("reviews", { blocking = false }, function()
          robot.request_reviewers { "grace", teams = { "core" } }
          robot.merge()
          robot.merge { method = "squash", title = "Add search (#7)" }
          robot.comment("Thanks.")
          robot.set_status { context = "release", state = "pending" }
        end)
    "#;
    assert_eq!(
        effects(lua),
        json!([
            { "kind": "add_labels", "rule": "dangerfile", "labels": ["a", "b"] },
            { "kind": "add_labels", "rule": "dangerfile", "labels": ["c"] },
            { "kind": "add_labels", "rule": "dangerfile", "labels": ["d"] },
            { "kind": "request_reviewers", "rule": "reviews", "reviewers": ["grace"], "teams": ["core"] },
            { "kind": "merge", "rule": "reviews" },
            { "kind": "merge", "rule": "reviews", "method": "squash", "title": "Add search (#7)" },
            { "kind": "comment", "rule": "reviews", "body": "Thanks." },
            { "kind": "set_status", "rule": "reviews", "context": "release", "state": "pending" },
        ])
    );
}

/// A value that an argument takes.
fn fitting(takes: Takes) -> (String, Value) {
    let text = |text: &str| (format!("\"{text}\""), json!(text));
    match takes {
        Takes::Word(_) | Takes::Text(_) | Takes::Ref => text("main"),
        Takes::Repository => text("acme/beacon"),
        Takes::Words(..) | Takes::Paths(_) => ("{ \"a\" }".to_owned(), json!(["a"])),
        Takes::Files(_) | Takes::Inputs(_) => ("{ a = \"b\" }".to_owned(), json!({ "a": "b" })),
        Takes::Choice(words) => text(words[0]),
        Takes::Flag => ("true".to_owned(), json!(true)),
    }
}

#[test]
fn every_function_of_the_robot_takes_what_its_table_says() {
    let contract = [
        "add_labels",
        "assign",
        "comment",
        "commit",
        "deploy",
        "dispatch_workflow",
        "enable_auto_merge",
        "merge",
        "notify",
        "open_pull_request",
        "remove_labels",
        "request_reviewers",
        "rerun_failed",
        "set_status",
    ];
    assert_eq!(ROBOT.iter().map(|call| call.name).collect::<Vec<_>>(), contract);
    for call in ROBOT {
        let name = call.name;
        let mut expected = json!({ "kind": name, "rule": "dangerfile" });
        let mut written = Vec::new();
        for argument in call.arguments {
            let (lua, value) = fitting(argument.takes);
            written.push(format!("{} = {lua}", argument.name));
            expected[argument.name] = value;
        }
        assert_eq!(effects(&format!("robot.{name} {{ {} }}", written.join(", "))), json!([expected]));

        let (message, line) = mistake(&format!("robot.{name} {{\n  {},\n  nonsence = 1,\n}}", written.join(", ")));
        assert!(message.contains(&format!("robot.{name} has no option `nonsence`")), "{message}");
        assert_eq!(line, Some(3), "{name}");
        let (message, _) = mistake(&format!("robot.{name}(12)"));
        assert!(message.contains(&format!("robot.{name} takes one argument, as in `robot.{name}")), "{message}");
        if !call.takes_nothing() {
            let (message, _) = mistake(&format!("robot.{name} {{}}"));
            assert!(message.contains(&format!("robot.{name} needs `")), "{message}");
        }
        for argument in call.arguments {
            let others: Vec<&String> =
                written.iter().filter(|text| !text.starts_with(&format!("{} =", argument.name))).collect();
            let bad = match argument.takes {
                Takes::Word(most) => format!("string.rep(\"x\", {})", most + 1),
                Takes::Text(most) => format!("string.rep(\"x\", {})", most + 1),
                Takes::Words(most, _) => format!("table.create({}, \"x\")", most + 1),
                Takes::Ref => "\"a..b\"".to_owned(),
                Takes::Repository => "\"beacon\"".to_owned(),
                Takes::Files(_) => "{ [\"../x\"] = \"y\" }".to_owned(),
                Takes::Paths(_) => "{ \".git/config\" }".to_owned(),
                Takes::Inputs(_) => "{}".to_owned(),
                Takes::Choice(_) => "\"sideways\"".to_owned(),
                Takes::Flag => "\"yes\"".to_owned(),
            };
            let others: String = others.iter().map(|text| format!("{text}, ")).collect();
            let (message, line) = mistake(&format!("\nrobot.{name} {{ {others}\n {} = {bad} }}", argument.name));
            assert!(message.contains(&format!("the option `{}` of robot.{name} ", argument.name)), "{message}");
            assert_eq!(line, Some(3), "{name} {}: {message}", argument.name);
        }
    }
}

#[test]
fn a_rule_that_did_not_end_asks_for_nothing() {
    let verdict = judge(
        "rule('a', function() robot.merge() error('no') end)\nrule('b', { blocking = false }, function() robot.merge() end)",
    );
    assert_eq!(verdict.effects.iter().map(|effect| effect.rule.as_str()).collect::<Vec<_>>(), ["b"]);
    let ignored = judge("settings { ignore_authors = { 'ada' } } robot.merge()");
    assert_eq!(ignored.effects, []);
    let (message, _) = mistake("for i = 1, 200 do robot.comment('n' .. i) end");
    assert!(message.contains("more than 100 things"), "{message}");
}

// ---- rule and settings ----

#[test]
fn a_rule_takes_every_option_that_is_built() {
    let verdict = judge(
        "rule('all', { blocking = false, paths = { 'src/**' }, labels = { 'bug' }, skip_label = 'no', on = { 'pull_request' } }, \
         function() warn('ran') end)\nrule('group', { on = { 'merge_group' } }, function() fail('no') end)",
    );
    assert_eq!(verdict.findings.len(), 1);
    assert_eq!(verdict.rules[2].state, RuleState::Skipped);
    for later in ["rollout = 10", "shadow = true"] {
        let (message, line) = mistake(&format!("\nrule('x', {{\n  {later},\n}}, function() end)"));
        assert!(message.contains("is not built yet in this version"), "{message}");
        assert_eq!(line, Some(3), "{message}");
    }
}

#[test]
fn statuses_of_rules_are_asked_for_in_the_settings_or_by_a_rule() {
    let verdict = judge(
        "settings { statuses = 'per_rule' }\nrule('a', function() end)\nrule('b', { statuses = 'none' }, function() end)
         rule('c', { statuses = 'per_rule', paths = { 'none/*' } }, function() end)",
    );
    assert_eq!(verdict.settings.statuses, StatusMode::PerRule);
    let own: Vec<_> = verdict.rules.iter().map(|rule| rule.statuses).collect();
    assert_eq!(own, [None, None, Some(StatusMode::None), Some(StatusMode::PerRule)]);
    let (message, _) = mistake("settings { statuses = 'per_rul' }");
    assert!(message.contains("did you mean \"per_rule\"?"), "{message}");
}

// ---- Mistakes ----

#[test]
fn every_kind_of_mistake_is_answered_at_its_line_with_the_right_name() {
    let cases = [
        // Slips of the fingers, namespace by namespace.
        ("danger.gti", "`danger` has no `gti`; did you mean `git`?"),
        ("danger.git.modifed_files", "`danger.git` has no `modifed_files`; did you mean `modified_files`?"),
        ("danger.github.pr.titel", "`danger.github.pr` has no `titel`; did you mean `title`?"),
        ("danger.github.pr.user.longin", "`danger.github.pr.user` has no `longin`; did you mean `login`?"),
        ("danger.github.pr.labels[1].nmae", "an item of danger.github.pr.labels has no `nmae`; did you mean `name`?"),
        ("danger.github.pr.head.reff", "`danger.github.pr.head` has no `reff`; did you mean `ref`?"),
        ("danger.github.commits[1].commit.mesage", "has no `mesage`; did you mean `message`?"),
        ("danger.git.commits[1].authr", "an item of danger.git.commits has no `authr`; did you mean `author`?"),
        ("danger.git.match('*').modifed", "danger.git.match(...) has no `modifed`; did you mean `modified`?"),
        ("danger.git.added_lines()[1].txt", "a line has no `txt`; did you mean `text`?"),
        ("danger.utils.sentense", "`danger.utils` has no `sentense`; did you mean `sentence`?"),
        ("danger.github.utils.file_link", "`danger.github.utils` has no `file_link`; did you mean `file_links`?"),
        ("robot.add_lables", "`robot` has no `add_lables`; did you mean `add_labels`?"),
        ("seting", "there is no `seting` here; did you mean `settings`?"),
        // Danger's names in camelCase.
        ("danger.git.modifiedFiles", "did you mean `modified_files`?"),
        ("danger.git.JSONDiffForFile", "did you mean `json_diff_for_file`?"),
        ("danger.git.structuredDiffForFile", "did you mean `structured_diff_for_file`?"),
        ("danger.git.linesOfCode", "did you mean `lines_of_code`?"),
        ("danger.github.utils.fileLinks", "did you mean `file_links`?"),
        ("danger.github.pr.authorAssociation", "did you mean `author_association`?"),
        ("robot.addLabels", "did you mean `add_labels`?"),
        ("danger.github.thisPR", "`this_pr`"),
        ("danger.github.requestedReviewers", "`requested_reviewers`"),
        // Danger's names for what is called otherwise here.
        ("danger.git.fileMatch", "`danger.git` has no `fileMatch`; write `danger.git.match`"),
        ("danger.git.JSONPatchForFile", "write `danger.git.json_diff_for_file`"),
        ("danger.git.added_files", "write `danger.git.created_files`"),
        ("danger.github.api", "rules have no network"),
        ("danger.github.pr_title", "write `danger.github.pr.title`"),
        ("danger.github.branch_for_base", "write `danger.github.pr.base.ref`"),
        ("danger.github.setSummaryMarkdown", "write `markdown(text)`"),
        ("danger.github.pr.addition", "did you mean `additions`?"),
        ("danger.github.utils.createOrAddLabel", "write `robot.add_labels`"),
        ("danger.gitlab", "only GitHub is there"),
        ("schedule", "nothing waits here"),
        ("github", "write `danger.github`"),
        ("null", "write `nil`"),
        ("danger.git.modified_files.length", "a list has no `length`; write `#list`"),
        ("danger.git.modified_files.includes", "write `table.find(list, value)`"),
        ("danger.github.pr.labels.map", "write a loop"),
        (
            "danger.github.pr.title.length",
            "a text has no `length`; write `utf8.len(text)` for its letters, or `#text` for its bytes",
        ),
        ("danger.github.pr.title:includes('x')", "write `string.find(text, part, 1, true)`"),
        ("string.uper('x')", "a text has no `uper`; did you mean `upper`?"),
        ("danger.github.issue.labels.includes('bug')", "for _, item in list do if item.name == value then ... end end"),
        ("danger.github.requested_reviewers.users:include('ada')", "if item.login == value then"),
        ("danger.github.pr.labels.join(', ')", "put `item.name` of each into a list of your own"),
        ("os.getenv('CI')", "`os` has no `getenv`; rules have no environment; what they may read is under `danger`"),
        (
            "git.modified_files",
            "Ruby's `git.modified_files`, which has new and deleted files too, is `danger.git.changed_files`",
        ),
        ("table.contains({}, 1)", "`table` has no `contains`; write `table.find(list, value)`"),
        ("danger.git.match('*').edited.size", "write `#list`"),
        ("status_report.errors", "findings cannot be read back"),
        ("File.read('README.md')", "read files with `danger.git.file(path)`"),
        ("math.flor(1)", "`math` has no `flor`; did you mean `floor`?"),
        ("danger.git.modified_files:grep('x')", "a list has no `grep`; write a loop"),
        ("danger.git.modified_files:empty()", "write `#list == 0`"),
        ("danger.github.pr.title:downcase()", "write `string.lower(text)`"),
        ("danger.github.pr.title:starts_with('x')", "write `string.sub(text, 1, #start) == start`"),
        ("danger.github.pr.user.name", "`danger.github.pr.user` has no `name`; it has `login` and `type`"),
        ("danger.git.added_lines()[1].content", "a line has no `content`; it has `file`, `number` and `text`"),
        ("dagner.git", "there is no `dagner` here; did you mean `danger`?"),
        ("pr_title", "write `danger.github.pr.title`"),
        ("files_modified", "write `danger.git.modified_files`"),
        ("Object.keys({})", "`for key, value in pairs(object) do`"),
        ("parseInt('1')", "write `tonumber(text)`"),
        ("use(changelog)", "a built-in rule is named in quotes: `use(\"changelog\")`"),
    ];
    for (expression, expected) in cases {
        let (message, line) = mistake(&format!("-- one\n\nlocal x = {expression}\n"));
        assert!(message.contains(expected), "{expression}: {message}");
        assert_eq!(line, Some(3), "{expression}: {message}");
    }
}

#[test]
fn options_are_answered_at_their_own_line() {
    let cases = [
        (
            "rule(\"x\", {\n  blokcing = true,\n}, function() end)",
            "rule(\"x\") has no option `blokcing`; did you mean `blocking`?",
        ),
        ("rule(\"x\", {\n  skipLabel = \"a\",\n}, function() end)", "did you mean `skip_label`?"),
        ("rule(\"x\", {\n  on = { \"push_request\" },\n}, function() end)", "did you mean `pull_request`?"),
        ("rule(\"x\", {\n  labels = 3,\n}, function() end)", "must be a list of strings, got 3"),
        (
            "settings {\n  maxInlineComments = 3,\n}",
            "settings has no option `maxInlineComments`; did you mean `max_inline_comments`?",
        ),
        (
            "settings {\n  summary_comment = \"allways\",\n}",
            "must be \"always\", \"findings\" or \"never\", got \"allways\"; did you mean \"always\"?",
        ),
        ("use(\"pr_size\", {\n  maxLines = 3,\n})", "did you mean `max_lines`?"),
        ("use(\"pr_size\", {\n  severity = \"wran\",\n})", "did you mean \"warn\"?"),
        ("warn(\"x\", {\n  lien = 3,\n})", "did you mean `line`?"),
        ("warn(\"x\", {\n  path = \"a.py\",\n})", "did you mean `file`?"),
        ("robot.merge {\n  method = \"squahs\",\n}", "did you mean \"squash\"?"),
        ("rule(\"x\", {\n  severity = \"fail\",\n}, function() end)", "it takes `blocking`, `paths`, `labels`, `on`, "),
        ("use(\"pr_size\", {\n  threshold = 3,\n})", "`deckhand rules pr_size` lists its options"),
        ("settings {\n  bases = { \"release/*\", \"[\" },\n}", "`bases` of settings: `[` is not a branch pattern"),
        ("rule(\"x\", {\n  paths = \"../src/**\",\n}, function() end)", "`..` leads out of it"),
        (
            "warn(\"x\", {\n  file = \"\",\n})",
            "must be a path from the repository's root, as in \"src/a.py\", got \"\"",
        ),
        ("warn(\"x\", {\n  file = \"/etc/passwd\",\n})", "from the repository's root, as in \"src/a.py\", got \"/etc/"),
        (
            "warn(\"x\", {\n  file = \"src/../../x\",\n})",
            "from the repository's root, as in \"src/a.py\", got \"src/..",
        ),
    ];
    for (lua, expected) in cases {
        let (message, line) = mistake(lua);
        assert!(message.contains(expected), "{lua}: {message}");
        assert_eq!(line, Some(2), "{lua}: {message}");
    }
    let (message, line) = mistake("\nuse(\"changeLog\")");
    assert!(message.contains("did you mean `changelog`?"), "{message}");
    assert_eq!(line, Some(2));
}

#[test]
fn other_languages_are_answered_in_words() {
    let cases = [
        ("let x = 1", "write `local` instead of `let`"),
        ("import { danger } from 'danger'", "delete the line"),
        ("if a && b then end", "write `and` instead of `&&`"),
        ("if a != b then end", "write `~=` instead of `!=`"),
        ("warn('x') unless true", "unless"),
        ("if !a or a || b then end", "write `not` instead of `!`"),
        ("// a comment", "comments begin with `--` here"),
        ("# a comment", "comments begin with `--` here"),
        ("local sensitive = [", "lists are written `{ ... }`"),
        ("list.each do |file|", "write `for _, item in list do ... end`"),
        ("for (const file of list) {", "write `for _, item in list do ... end`"),
        ("warn('x', file: 'a.py', line: 1)", "a place is a table"),
        ("if (a) {\n  fail('x')\n}", "`if ... then ... end`"),
        ("if a\n  fail('x')\nend", "`if ... then ... end`"),
        ("warn('x') if a", "`if ... then ... end`"),
        ("if a === b then end", "write `==` instead of `===`"),
        ("local x = a ? b : c", "`if a then b else c`"),
        ("local x = a?.b", "a nil is asked for first"),
        ("local x = a ?? b", "write `or` instead of `??`"),
        ("local x = list.empty?", "write `#list == 0`"),
        ("local x = list.include? 'a'", "write `table.find(list, value)`"),
        ("function go() { return 1 }", "a function is written `function name() ... end`"),
        ("local x = { 'a': 1 }", "a table is written `{ name = value }`"),
        ("check(key: 'x')", "a table is written `{ name = value }`"),
        ("x++", "write `count += 1`"),
        ("throw new Error('x')", "write `error(\"text\")`"),
        ("markdown <<~TEXT", "stands between `[[` and `]]`"),
        ("'use strict';", "delete the line"),
        ("if a then fail('x') }", "blocks end with `end`"),
        ("schedule(async () => { })", "nothing waits here"),
        ("warn `New: {y}`", "a text in backticks takes parentheses around it: warn(`...`)"),
        ("message   `a` -- done", "message(`...`)"),
    ];
    for (code, expected) in cases {
        let (message, line) = mistake(&format!("local y = 1\n{code}\n"));
        assert!(message.contains(expected), "{code}: {message}");
        assert_eq!(line, Some(2), "{code}: {message}");
    }
}

#[test]
fn what_goes_wrong_at_work_is_at_its_line_with_a_way_out() {
    let cases = [
        ("local x = danger.git.base + 'x'", "texts are joined with `..`"),
        ("local x = danger.github.pr.milestone.title.x.y", "ask `if value then` first"),
        ("table.insert(danger.git.changed_files, 'x')", "copy it with `table.clone`"),
        ("bit32.nothing(1)", "there is no such function here"),
        ("local x = danger.git.lines_of_code()", "leave out the `()`"),
        ("local x = danger.github.pr.title.match('x')", "`text:match(...)`, or `string.match(text, ...)`"),
        ("for name in danger.git.changed_files do warn(name) end", "`for _, item in list do`"),
        ("fail(danger.git.changed_files)", "`table.concat(list, \", \")`"),
        ("local x = danger.git:file('README.md')", "call it with a dot: `danger.git.file(path)`"),
        ("local x = danger.git:added_lines('*.py')", "with a dot, not a colon"),
        ("local x = danger.git:match('*.py')", "with a dot, not a colon"),
        ("rule('a', function() settings { check_name = 'b' } end)", "`settings` stands inside a rule; move it out"),
    ];
    for (code, expected) in cases {
        let mut snapshot = snapshot(&format!("-- one\n{code}\n"));
        if let Some(Fact::Known(pull)) = &mut snapshot.pull {
            pull.milestone = None;
        }
        let verdict = judge_snapshot(snapshot);
        let [fault] = verdict.faults.as_slice() else { panic!("{code}: {:?}", verdict.faults) };
        assert!(fault.message.contains(expected), "{code}: {}", fault.message);
        assert_eq!(fault.line, Some(2), "{code}: {}", fault.message);
    }
}

#[test]
fn a_name_that_github_left_empty_is_nil_and_no_mistake() {
    let mut snapshot = snapshot("print(danger.github.pr.milestone, danger.github.pr.head.repo)");
    if let Some(Fact::Known(pull)) = &mut snapshot.pull {
        pull.milestone = None;
        pull.head.repo = None;
    }
    let verdict = judge_snapshot(snapshot);
    assert_eq!((verdict.log, verdict.faults), (vec!["nil\tnil".to_owned()], vec![]));
}

// ---- The lists and the machine ----

#[test]
fn every_name_of_the_api_is_there() {
    for item in API.iter().filter(|item| item.state == ApiState::Built) {
        let name =
            if item.namespace.is_empty() { item.name.to_owned() } else { format!("{}.{}", item.namespace, item.name) };
        assert_eq!(printed(&format!("print({name} ~= nil)")), ["true"], "{name}");
    }
    for call in ROBOT {
        assert_eq!(printed(&format!("print(type(robot.{}))", call.name)), ["function"]);
    }
    for item in API.iter().filter(|item| item.state == ApiState::Later && !item.namespace.is_empty()) {
        let (message, _) = mistake(&format!("local x = {}.{}", item.namespace, item.name));
        assert!(message.contains("is not built yet in this version"), "{message}");
        // Also where the text does not show it.
        let (message, _) = mistake(&format!("local space = {}\nlocal x = space.{}", item.namespace, item.name));
        assert!(message.contains("is not built yet in this version"), "{message}");
    }
}

/// The names under the types of a value, compared with the declared ones.
#[test]
fn records_have_the_fields_that_their_types_say() {
    let values = [
        ("PullRequest", "danger.github.pr"),
        ("User", "danger.github.pr.user"),
        ("Label", "danger.github.pr.labels[1]"),
        ("Milestone", "danger.github.pr.milestone"),
        ("Ref", "danger.github.pr.head"),
        ("Repository", "danger.github.pr.head.repo"),
        ("Commit", "danger.git.commits[1]"),
        ("CommitAuthor", "danger.git.commits[1].author"),
        ("GitHubCommit", "danger.github.commits[1]"),
        ("CommitText", "danger.github.commits[1].commit"),
        ("Verification", "danger.github.commits[1].commit.verification"),
        ("CommitParent", "danger.github.commits[1].parents[1]"),
        ("Account", "danger.github.commits[1].author"),
        ("Issue", "danger.github.issue"),
        ("Review", "danger.github.reviews[1]"),
        ("RequestedReviewers", "danger.github.requested_reviewers"),
        ("Team", "danger.github.requested_reviewers.teams[1]"),
        ("User", "danger.github.requested_reviewers.users[1]"),
        ("Status", "danger.github.statuses[1]"),
        ("CheckRun", "danger.github.check_runs[1]"),
        ("App", "danger.github.check_runs[1].app"),
        ("CheckOutput", "danger.github.check_runs[1].output"),
        ("ThisPullRequest", "danger.github.this_pr"),
        ("Ref", "danger.github.pr.head"),
        ("Repository", "danger.github.pr.head.repo"),
        ("Label", "danger.github.pr.labels[1]"),
        ("Milestone", "danger.github.pr.milestone"),
        ("Renamed", "danger.git.renamed_files[1]"),
        ("Matches", "danger.git.match('**')"),
        ("Line", "danger.git.added_lines()[1]"),
        ("Diff", "danger.git.structured_diff_for_file('src/a.py')"),
        ("Hunk", "danger.git.structured_diff_for_file('src/a.py').hunks[1]"),
        ("FileDiff", "danger.git.diff_for_file('src/a.py')"),
        ("CoveredShare", "danger.coverage.total"),
        ("CoveredFile", "danger.coverage.files[1]"),
        ("MissingRange", "danger.coverage.files[1].missing_ranges[1]"),
    ];
    for (name, expression) in values {
        let mut shown = printed(&format!("for key in {expression} do print(key) end"));
        if name == "PullRequest" {
            // A fact of its own, which is fetched only for who reads it.
            shown.extend(printed("if danger.github.pr.mergeable ~= nil then print('mergeable') end"));
        }
        shown.sort();
        let definition = type_definitions().into_iter().find(|definition| definition.name == name).unwrap();
        let mut declared: Vec<String> = definition.fields.into_iter().map(|(field, _, _)| field).collect();
        declared.sort();
        assert_eq!(shown, declared, "{name}");
    }
}

#[test]
fn the_definitions_are_luau_and_name_everything() {
    let definitions = render_definitions();
    for call in ROBOT {
        assert!(definitions.contains(&format!("\t{}: {},", call.name, call.signature())), "{}", call.name);
    }
    // Luau's own definitions have these two.
    let own = ["print", "require"];
    for item in API.iter().filter(|item| item.state == ApiState::Built && !own.contains(&item.name)) {
        let written = if item.namespace.is_empty() { "\ndeclare " } else { "\t" };
        assert!(definitions.contains(&format!("{written}{}: {}", item.name, item.signature)), "{}", item.name);
    }
    // A dangerfile cannot declare values; as types, the rest of the file is what the machine's own parser reads.
    let body: String = definitions
        .lines()
        .map(|line| match line.strip_prefix("declare ").and_then(|rest| rest.split_once(": ")) {
            Some((name, signature)) => format!("type declared_{name} = {signature}\n"),
            None => format!("{line}\n"),
        })
        .collect();
    let verdict = judge(&body);
    assert_eq!(verdict.faults, [], "{body}");
    // Every type that is named is defined, or Luau's own.
    let defined: Vec<&str> = definitions
        .lines()
        .filter_map(|line| line.strip_prefix("export type ")?.split_once(" ="))
        .map(|(name, _)| name)
        .collect();
    let mut once = defined.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), defined.len(), "a type is defined twice");
    let code = definitions.lines().filter(|line| !line.trim_start().starts_with("--"));
    let code = code.flat_map(|line| line.split('"').step_by(2));
    for word in code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')) {
        if word.starts_with(|c: char| c.is_ascii_uppercase()) {
            assert!(defined.contains(&word), "{word} is not defined");
        }
    }
    assert!(find_builtin("changelog").is_some() && definitions.contains("export type BuiltinRule = \"changelog\" | "));
}
