//! What scripts meet: paths as patterns, errors that they catch, and files without changed lines.

use super::*;

/// A change of one line in each of the files.
fn changing(paths: &[&str]) -> String {
    let one = |path: &&str| {
        format!("diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1 +1,2 @@\n x\n+in {path}\n")
    };
    paths.iter().map(one).collect()
}

#[track_caller]
fn over(patch: &str, lua: &str) -> Verdict {
    let mut snapshot = snapshot(lua);
    snapshot.changes = Some(Fact::Known(parse_patch_set(patch.as_bytes()).files));
    judge(&snapshot)
}

#[test]
fn the_path_of_a_changed_file_means_that_file() {
    let patch = changing(&["app/[id]/page.tsx", "app/i/page.tsx", "docs/[a.md", "docs/{x}.md", "docs/x.md", "odd!.py"]);
    let lua = r#"
        for _, file in danger.git.changed_files do
            local found = {}
            for _, line in danger.git.added_lines(file) do table.insert(found, line.file) end
            print(file, table.concat(found, " "), #danger.git.match(file).any, #danger.git.added_lines("/" .. file))
        end
        print(#danger.git.match("docs/*", "!docs/{x}.md").any)
    "#;
    let expected = [
        "app/[id]/page.tsx\tapp/[id]/page.tsx app/i/page.tsx\t2\t2",
        "app/i/page.tsx\tapp/i/page.tsx\t1\t1",
        "docs/[a.md\tdocs/[a.md\t1\t1",
        "docs/{x}.md\tdocs/{x}.md docs/x.md\t2\t2",
        "docs/x.md\tdocs/x.md\t1\t1",
        "odd!.py\todd!.py\t1\t1",
        "2",
    ];
    assert_eq!(over(&patch, lua).log, expected);
}

#[test]
fn a_file_with_the_name_of_a_pattern_hides_no_other() {
    let patch = changing(&["src/*.py", "src/a.py"]);
    let lua = "print(#danger.git.match(\"src/*.py\").any, #danger.git.match({ \"**\", \"!src/*.py\" }).any)";
    assert_eq!(over(&patch, lua).log, ["2\t0"]);
}

#[test]
fn a_name_without_a_slash_is_one_at_any_depth() {
    let patch = changing(&["README.md", "docs/README.md"]);
    let lua = "print(#danger.git.added_lines(\"README.md\"), #danger.git.added_lines(\"/README.md\"))";
    assert_eq!(over(&patch, lua).log, ["2\t1"]);
}

#[test]
fn mistakes_in_the_librarys_functions_are_at_their_callers_line() {
    let cases = [
        ("danger.github.pr.title:find(\"(\")", "unfinished capture"),
        ("danger.github.pr.title.find(\"WIP\")", "the text comes first: `text:find(...)`"),
        ("string.format(\"%d\", \"x\")", "'format'"),
        ("os.time({ year = \"x\" })", "field"),
        ("os.date(\"%Ez\")", "'date'"),
        ("xpcall(print)", "xpcall takes a function second, got nil"),
        ("error({})", "`error` was called with a table"),
        ("require(nil)", "expected a string"),
        ("danger.github.utils.file_contents(nil)", "danger.github.utils.file_contents takes a path, got nil"),
        ("danger.utils:sentence({ \"a\" })", "call it with a dot: `danger.utils.sentence(list)`"),
        ("local x = danger.git.modified_files + danger.git.created_files", "`table.clone(list)`"),
        ("local x = \"a\" .. danger.git.modified_files", "`table.concat(list, \", \")`"),
        ("local x = danger.github.pr.requested_reviewers", "`danger.github.requested_reviewers.users`"),
        ("debug.info(1, \"f\")", "debug.info hands out no functions"),
    ];
    for (lua, expected) in cases {
        let (message, line) = fault(&format!("-- one\n{lua}"));
        assert!(message.starts_with(expected) || message.contains(expected), "{lua}: {message}");
        assert!(!message.contains("deckhand:"), "{lua}: {message}");
        assert_eq!(line, Some(2), "{lua}: {message}");
    }
}

#[test]
fn what_is_caught_is_a_text() {
    let lua = r##"
        local function all(_, caught) return type(caught) .. " " .. caught end
        local wrong = function() return danger.git.match(3) end
        print(all(pcall(danger.git.match, 3)))
        print(all(xpcall(wrong, function(caught) return "told: " .. caught end)))
        print(all(coroutine.resume(coroutine.create(wrong))))
        print(all(pcall(string.find, "x", "(")))
        print(all(xpcall(string.find, function(caught) return caught end, "x", "(")))
        print(all(pcall(error, "mine", 0)))
        local _, kept = pcall(error, { code = 7 })
        print(kept.code, select("#", pcall(function() return 1, nil, nil end)))
        print((string.find(select(2, xpcall(wrong, debug.traceback)), "deckhand:")))
    "##;
    let expected = [
        "string dangerfile.lua:4: a file pattern is a text, got 3",
        "string told: dangerfile.lua:3: a file pattern is a text, got 3",
        "string dangerfile.lua:3: a file pattern is a text, got 3",
        "string unfinished capture",
        "string dangerfile.lua:8: unfinished capture",
        "string mine",
        "7\t4",
        "nil",
    ];
    let verdict = done(lua);
    assert_eq!((verdict.log, verdict.faults), (expected.map(str::to_owned).to_vec(), vec![]));
}

#[test]
fn what_ends_a_rule_is_not_caught() {
    let read = "return danger.git.file(\"README.md\")";
    for caught in [
        format!("pcall(function() {read} end)"),
        format!("xpcall(function() {read} end, function() fail(\"heard\") end)"),
        format!("coroutine.resume(coroutine.create(function() {read} end))"),
    ] {
        let outcome = run(&snapshot(&format!("{caught}\nfail(\"went on\")")), &Clock::frozen());
        assert!(matches!(outcome, Outcome::Missing(_)), "{caught}: {outcome:?}");
    }
}

#[test]
fn no_function_of_the_host_is_handed_out() {
    let lua = r#"
        local raw
        local value = setmetatable({}, { __tostring = function()
            for level = 1, 8 do
                local ok, found = pcall(debug.info, level, "f")
                raw = raw or (ok and found)
            end
            return ""
        end })
        tostring(value)
        xpcall(os.time, function()
            for level = 1, 8 do
                local ok, found = pcall(debug.info, level, "sf")
                raw = raw or (ok and found)
            end
        end, { year = "x" })
        print(raw, debug.info(1, "sl"))
    "#;
    assert_eq!(done(lua).log, ["false\tdangerfile.lua\t17"]);
}

#[test]
fn a_file_without_changed_lines_has_an_empty_diff() {
    let patch = "diff --git a/empty.py b/empty.py\nnew file mode 100644\nindex 0000000..e69de29\n\
                 diff --git a/old.py b/new.py\nsimilarity index 100%\nrename from old.py\nrename to new.py\n\
                 diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n\
                 diff --git a/a.png b/a.png\nindex 1111111..2222222 100644\nBinary files a/a.png and b/a.png differ\n";
    let lua = r#"
        for _, file in danger.git.changed_files do
            local diff, hunks = danger.git.diff_for_file(file), danger.git.structured_diff_for_file(file)
            print(file, if diff then diff.before .. diff.after .. diff.added .. diff.removed else "none", hunks and #hunks.hunks)
        end
    "#;
    let mut snapshot = snapshot(lua);
    snapshot.changes = Some(Fact::Known(parse_patch_set(patch.as_bytes()).files));
    for (side, path) in [(Side::Right, "empty.py"), (Side::Left, "old.py"), (Side::Right, "new.py")] {
        snapshot.files.insert(FileKey { side, path: path.into() }, Fact::Known(FileText::Text(String::new())));
    }
    for side in [Side::Left, Side::Right] {
        snapshot.files.insert(FileKey { side, path: "run.sh".into() }, Fact::Known(FileText::Text("x".to_owned())));
    }
    let verdict = judge(&snapshot);
    let expected = ["empty.py\t\t0", "new.py\t\t0", "run.sh\txx\t0", "a.png\tnone\tnil"];
    assert_eq!((verdict.log, verdict.faults), (expected.map(str::to_owned).to_vec(), vec![]));
}

#[test]
fn what_a_rule_says_of_one_place_is_in_one_order() {
    let lua = r#"
        local at = { file = "src/a.py", line = 2 }
        warn("c", at) warn("b", at) fail("d", at) message("second") message("first")
    "#;
    let said: Vec<String> = done(lua).findings.into_iter().map(|finding| finding.message).collect();
    assert_eq!(said, ["second", "first", "d", "b", "c"]);
}

#[test]
fn mistakes_that_are_caught_cost_what_they_are_looked_for() {
    let lua = format!(
        "for _ = 1, 400 do pcall(function() warn(\"((((((((\", {{ lien = 1 }}) end) end\n{}",
        "-- a line of a long script\n".repeat(40_000)
    );
    let verdict = done(&lua);
    assert!(verdict.rules[0].steps > 400 * lua.len() as u64 / 64, "{}", verdict.rules[0].steps);
}
