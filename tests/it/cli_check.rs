//! `deckhand check`: every mistake at its line, and nothing where there is none.

use crate::cli::Place;
use serde_json::Value;

const WRONG: &str = r#"use("changlog")
use("changelog", {
  skip_lable = "x",
  path = 3,
})
settings { max_inline_coments = 3 }
rule("Bad Name", function() end)
rule("ok", { blokcing = false, shadow = true }, function()
  for _, file in danger.git.modifed_files do
    wran(file)
  end
end)
require("./rules/more")
"#;

/// The places and messages of the faults in JSON.
fn faults(out: &str) -> Vec<(String, u64, String)> {
    let json: Value = serde_json::from_str(out).unwrap();
    assert_eq!(json["version"], 1);
    // Nothing was compared.
    assert!(json.get("head").is_none() && json.get("base").is_none(), "{out}");
    let one = |fault: &Value| {
        let text = |name: &str| fault[name].as_str().unwrap().to_owned();
        (text("path"), fault["line"].as_u64().unwrap(), text("message"))
    };
    json["faults"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn every_mistake_is_said_at_its_line_with_the_nearest_right_name() {
    let place = Place::repository();
    place.write("dangerfile.lua", WRONG);
    place.write(
        "rules/more.lua",
        "local function deep()\n  return dagner.git.base, danger.github.pr, danger.gihtub\nend\n",
    );
    let said = place.deckhand(&["check", "--format", "json"]);
    assert_eq!((said.status, said.err.as_str()), (2, ""));
    let expected = [
        ("dangerfile.lua", 1, "there is no built-in rule `changlog`; did you mean `changelog`?"),
        ("dangerfile.lua", 3, "use(\"changelog\") has no option `skip_lable`; did you mean `skip_label`?"),
        ("dangerfile.lua", 4, "the option `path` of use(\"changelog\") must be a string, got 3"),
        ("dangerfile.lua", 6, "settings has no option `max_inline_coments`; did you mean `max_inline_comments`?"),
        ("dangerfile.lua", 7, "a rule's name is at most 60 of a-z, 0-9, `-` and `_`; \"Bad Name\" is not"),
        ("dangerfile.lua", 8, "rule(\"ok\") has no option `blokcing`; did you mean `blocking`?"),
        ("dangerfile.lua", 8, "the option `shadow` of rule(\"ok\") is not built yet in this version"),
        ("dangerfile.lua", 9, "`danger.git` has no `modifed_files`; did you mean `modified_files`?"),
        ("dangerfile.lua", 10, "there is no `wran` here; did you mean `warn`?"),
        ("rules/more.lua", 2, "`danger` has no `gihtub`; did you mean `github`?"),
        ("rules/more.lua", 2, "there is no `dagner` here; did you mean `danger`?"),
    ];
    let expected: Vec<_> = expected.iter().map(|(path, line, text)| ((*path).into(), *line, (*text).into())).collect();
    assert_eq!(faults(&said.out), expected);
}

#[test]
fn people_see_the_line_and_where_on_it() {
    let place = Place::repository();
    place.write("dangerfile.lua", "use(\"pr_size\")\nuse(\"changlog\")\n");
    let said = place.deckhand(&["check"]);
    let expected = "\
fault dangerfile dangerfile.lua:2
    there is no built-in rule `changlog`; did you mean `changelog`?
    2 | use(\"changlog\")
      |      ^^^^^^^^

dangerfile.lua: 1 mistake
";
    assert_eq!((said.status, said.out.as_str(), said.err.as_str()), (2, expected, ""));
    let said = place.deckhand(&["check", "--format", "github"]);
    assert_eq!(said.status, 2);
    assert!(said.out.starts_with("::error "), "{}", said.out);
    assert!(said.out.contains("file=dangerfile.lua,line=2"), "{}", said.out);
}

#[test]
fn a_dangerfile_without_mistakes_is_status_0_and_runs_no_rule() {
    let place = Place::repository();
    place.write(".github/dangerfile.lua", "use(\"pr_size\")\nrule(\"loud\", function() error(\"it ran\") end)\n");
    for arguments in [&["check"][..], &["check", "."], &["check", ".github/dangerfile.lua"]] {
        let said = place.deckhand(arguments);
        let expected = ".github/dangerfile.lua: no mistakes, 2 rules\n";
        assert_eq!((said.status, said.out.as_str(), said.err.as_str()), (0, expected, ""), "{arguments:?}");
    }
    assert_eq!(place.deckhand(&["check", "-q"]).out, "");
    // Some editors put a mark before UTF-8, and end lines as Windows does.
    place.write(".github/dangerfile.lua", "\u{feff}use(\"pr_size\")\r\nuse(\"changlog\")\r\n");
    let said = place.deckhand(&["check", "--format", "json"]);
    let expected = "there is no built-in rule `changlog`; did you mean `changelog`?";
    assert_eq!(faults(&said.out), [(".github/dangerfile.lua".to_owned(), 2, expected.to_owned())]);
    // Also where there is no repository, and with everything that the code outside rules may ask for.
    let place = Place::empty();
    place.write(
        "rules.lua",
        "if #danger.git.changed_files > 0 then fail(danger.github.pr.title) end\nrequire('./other')\n\
         print(danger.github.pr.base.repo.full_name, danger.github.pr.head.label)\n",
    );
    place.write(
        "other.lua",
        "for _, commit in danger.github.commits do print(commit.sha) end\nreturn danger.git.file('x')\n",
    );
    let said = place.deckhand(&["check", "rules.lua"]);
    assert_eq!((said.status, said.out.as_str()), (0, "rules.lua: no mistakes, 0 rules\n"), "{}", said.err);
}

#[test]
fn the_example_and_our_own_dangerfile_have_no_mistakes() {
    let place = Place::empty();
    for file in ["dangerfile.lua", "dangerfile.example.lua"] {
        let file = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
        let said = place.deckhand(&["check", &file]);
        assert_eq!(said.status, 0, "{}", said.out);
    }
}

#[test]
fn a_script_that_does_not_parse_or_fails_is_status_2() {
    let place = Place::repository();
    for (text, line, part) in [
        ("local x = = 3\n", 1, "'='"),
        ("\nrequire('./broken')\n", 1, "end"),
        ("local first = danger.git.changed_files[1]\nprint(first:upper())\n", 2, "empty pull request"),
        ("fail(3)\n", 1, "fail takes a text first"),
        (
            "rule('x', function() if table.find(danger.github.pr.labels, 'bug') then fail('x') end end)\n",
            1,
            "item.name == value",
        ),
        ("rule('x', function() if os.getenv('CI') then fail('x') end end)\n", 1, "rules have no environment"),
        ("robot.mrege()\n", 1, "did you mean `merge`?"),
        ("rule('x', function() robot.mrege() end)\n", 1, "did you mean `merge`?"),
        ("require('./absent')\n", 1, "there is no file `absent.lua`"),
        ("while true do end\n", 1, "budget"),
        ("if true then\nelse if false then\nend\n", 3, "write `elseif`"),
    ] {
        place.write("broken.lua", "if x then\n");
        place.write("dangerfile.lua", text);
        let said = place.deckhand(&["check", "--format", "json"]);
        assert_eq!(said.status, 2, "{text}: {}", said.out);
        let found = faults(&said.out);
        assert!(found.iter().any(|(_, at, message)| *at >= line && message.contains(part)), "{text}: {found:?}");
        // A line that the file has, for whoever shows it.
        let last = text.lines().count() as u64;
        assert!(found.iter().all(|(path, at, _)| path != "dangerfile.lua" || *at <= last), "{text}: {found:?}");
    }
    // One mistake is one, although it is seen when the code runs and when it is read; and an empty pull request is
    // mentioned only where it can be the reason.
    for (text, message) in [
        (
            "local x = danger.github.pr.labels.includes\n",
            "a list has no `includes`; its items are records: write `for _, item in list do if item.name == value then \
             ... end end`",
        ),
        (
            "local x = os.getenv('CI')\n",
            "`os` has no `getenv`; rules have no environment; what they may read is under `danger`",
        ),
        ("local x = danger.event\n", "`danger.event` is not built yet in this version"),
        ("on(\"push\", {}, function() end)\n", "`on` is not built yet in this version"),
        (
            "fail(3)\n",
            "fail takes a text first, got 3; write `tostring(number)`, or `for _, item in list do` where this is a \
             loop's first name",
        ),
    ] {
        place.write("dangerfile.lua", text);
        let found = faults(&place.deckhand(&["check", "--format", "json"]).out);
        assert_eq!(found, [("dangerfile.lua".to_owned(), 1, message.to_owned())]);
    }
}

/// What people who port a Dangerfile leave behind, and what would be silently green.
#[test]
fn what_danger_leaves_behind_is_said_without_running_a_rule() {
    let place = Place::repository();
    place.write(
        "dangerfile.lua",
        r#"rule("ported", function()
  for line in danger.git.added_lines("*.py") do
    if string.find(line, "print(", 1, true) then fail("x") end
  end
  if not string.find(danger.github.pr.title, "^(feat|fix): #\d+") then fail("x") end
  for _, review in danger.github.reviews do
    if review.state == "changes_requested" then fail("x") end
  end
  local kind = danger.github.pr.title.split(":")[1]
  for _, file in yarn.files() do fail(file) end
end)
"#,
    );
    let said = place.deckhand(&["check", "--format", "json"]);
    let found = faults(&said.out);
    let expected = [
        (2, "write `for _, line in ... do`"),
        (5, "patterns know no alternatives"),
        (5, "texts know no `\\d`; Luau's patterns write `%d`"),
        (7, "did you mean `CHANGES_REQUESTED`?"),
        (9, "`string.split(text, ...)`"),
        (10, "there is no `yarn` here; `use(\"lockfile\")` does this here"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((_, line, message), (at, part)) in found.iter().zip(expected) {
        assert!(*line == at && message.contains(part), "{line}: {message}");
    }
}

/// A line is explained once, although the code runs before it is read.
#[test]
fn a_fault_that_reading_explains_is_said_once() {
    let place = Place::repository();
    place.write("dangerfile.lua", "local found = danger.github.pr.title.match(\"WIP\")\n");
    let found = faults(&place.deckhand(&["check", "--format", "json"]).out);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].2.contains("`text:match(...)`"), "{found:?}");
    // A number that is taken for an item is explained when it is met, too.
    place.write(
        "dangerfile.lua",
        "local list = {}\ntable.insert(list, { a = 1 })\nfor item in list do print(item.a) end\n",
    );
    let found = faults(&place.deckhand(&["check", "--format", "json"]).out);
    assert!(found.len() == 1 && found[0].2.contains("for _, item in list do"), "{found:?}");
}

#[test]
fn wrong_usage_is_said() {
    let place = Place::repository();
    let said = place.deckhand(&["check"]);
    assert_eq!(said.status, 2);
    for part in ["dangerfile.lua", ".github/dangerfile.lua", "deckhand init"] {
        assert!(said.err.contains(part), "{}", said.err);
    }
    assert!(place.deckhand(&["check", "none.lua"]).err.starts_with("error: none.lua: no such file"));
    assert!(place.deckhand(&["check", "a.lua", "--dangerfile", "b.lua"]).err.contains("name one file"));
}

#[test]
fn whatever_code_outside_rules_reads_is_not_there_and_no_error() {
    let place = Place::repository();
    place.write(
        "dangerfile.lua",
        "local owners = danger.github.code_owners('src/a.py')
         local state, notes = danger.coverage.state, danger.lint.notes
         local size, mergeable = danger.git.file_size('a'), danger.github.pr.mergeable
         use('secrets')",
    );
    let said = place.deckhand(&["check"]);
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
}

#[test]
fn a_pattern_that_is_only_a_directorys_name_is_noted() {
    let place = Place::repository();
    place.write("src/a.py", "a = 1\n");
    let rules = "rule('owned', { paths = { 'src', 'docs' } }, function() end)\n\
                 rule('held', { paths = { 'src', 'src/' } }, function() end)\n\
                 use('pr_size', { ignore = { './src' } })\n";
    place.write("dangerfile.lua", rules);
    let said = place.deckhand(&["check"]);
    assert_eq!((said.status, said.out.as_str()), (0, "dangerfile.lua: no mistakes, 3 rules\n"));
    let expected = "note: `src` is a directory, and the pattern (of the rule `owned`) matches no file in it: write `src/`.\n\
                    note: `./src` is a directory, and the pattern (of the rule `pr_size`) matches no file in it: write \
                    `./src/`.\n";
    assert!(said.err.ends_with(expected), "{}", said.err);
    assert_eq!(place.deckhand(&["check", "-q"]).err, "");

    place.commit("Add a rule");
    let said = place.deckhand(&["local", "--base", "HEAD"]);
    assert_eq!(said.out, "no findings - the check would pass\n", "nothing changes in it");
    place.write("src/b.py", "b = 1\n");
    let said = place.deckhand(&["local"]);
    assert!(said.out.contains(expected.lines().next().unwrap()), "{}", said.out);
    assert!(said.out.ends_with("\n\nno findings - the check would pass\n"), "{}", said.out);
    let said = place.deckhand(&["local", "--format", "markdown"]);
    assert!(said.out.contains("ℹ️ `./src` is a directory"), "{}", said.out);
}
