//! Names that a script uses and that do not exist, found by reading it: the bodies of rules are covered without being
//! run. It only complains where it is sure: a name that is called or indexed and that nothing in the file declares.
//! What else is found by reading, [`find_mistakes`] puts beside them.

use super::api::{API, ApiState, hint, hint_among, names_in};
use super::builtin::find_builtin;
use super::chains::{Chain, Known, find_known, follow};
use super::comparisons::{find_comparison, find_search};
use super::danger_names::find_danger_name;
use super::loops::find_places_for_items;
use super::patterns::find_leftovers;
use super::tokens::{Kind, Token, tokenize};
use std::collections::BTreeMap;

/// So many tokens a list of names may have: a script of nothing but `function` must not make us read it all again for
/// each.
const MAX_LIST_TOKENS: usize = 1_000;

/// The names of Luau's own library that people misspell, and the one of everything.
const STANDARD: [&str; 15] = [
    "assert", "danger", "error", "ipairs", "math", "next", "os", "pairs", "pcall", "string", "table", "tonumber",
    "tostring", "type", "utf8",
];

/// What is said to a global that does not exist.
pub(super) fn unknown_global(name: &str) -> String {
    if state_of("", name) == Some(ApiState::Later) {
        return unbuilt(name);
    }
    if find_builtin(name).is_some() {
        return format!("there is no `{name}` here; a built-in rule is named in quotes: `use(\"{name}\")`");
    }
    format!("there is no `{name}` here{}", hint_among("", name, &STANDARD))
}

/// What is said to a field that a namespace has not.
pub(super) fn unknown_field(namespace: &str, name: &str) -> String {
    if state_of(namespace, name) == Some(ApiState::Later) {
        return unbuilt(&format!("{namespace}.{name}"));
    }
    format!("`{namespace}` has no `{name}`{}", hint(namespace, name))
}

/// What is wrong in a script that parses, with its lines and what to say. `exists` tells whether there is such a global.
pub(super) fn find_mistakes(source: &str, exists: &dyn Fn(&str) -> bool) -> Vec<(u32, String)> {
    let tokens = tokenize(source);
    let declared = find_declared(&tokens);
    let mut known = find_known(&tokens, &declared);
    for root in ["danger", "string"] {
        if !declared.contains_key(root) && exists(root) {
            known.insert(root, Known::root(root));
        }
    }
    let mut found = find_wrong_names(&tokens, &declared, &known, exists);
    found.extend(find_places_for_items(&tokens, &declared, &known));
    found.extend(find_leftovers(&tokens, &declared));
    found
}

/// Names that do not exist, and comparisons of values of ours that are never true.
fn find_wrong_names<'a>(
    tokens: &[Token<'a>],
    declared: &BTreeMap<&'a str, usize>,
    known: &BTreeMap<&'a str, Known>,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Name(name) = token.kind else { continue };
        let before = at.checked_sub(1).map(|before| tokens[before].kind);
        let is_free = !matches!(before, Some(Kind::Sign('.' | ':')) | Some(Kind::Word("function" | "local" | "for")));
        let after = tokens.get(at + 1).map(|after| after.kind);
        let is_used = matches!(after, Some(Kind::Sign('(' | '.' | '[' | '{') | Kind::Text(_)));
        if is_free && !declared.contains_key("table") {
            found.extend(find_search(tokens, at, known).map(|message| (token.line, message)));
        }
        let value = match known.get(name) {
            Some(value) if is_free => value.clone(),
            None if is_free && is_used && !declared.contains_key(name) => {
                if state_of("", name) == Some(ApiState::Later) || !exists(name) {
                    found.push((token.line, unknown_global(name)));
                    continue;
                }
                if let Some(message) = missing_of_library(tokens, at) {
                    found.push((token.line, message));
                    continue;
                }
                Known::root(name)
            }
            _ => continue,
        };
        if let Chain::Wrong(line, message) = follow(tokens, at, value.clone()) {
            found.push((line, message));
        }
        found.extend(find_comparison(tokens, at, value, known).map(|message| (token.line, message)));
    }
    found
}

/// `os.getenv` and `table.contains`: what other languages have in libraries of that name.
fn missing_of_library(tokens: &[Token<'_>], at: usize) -> Option<String> {
    let [
        Token { kind: Kind::Name(library @ ("math" | "os" | "string" | "table")), .. },
        Token { kind: Kind::Sign('.'), .. },
        Token { kind: Kind::Name(name), .. },
        ..,
    ] = tokens.get(at..)?
    else {
        return None;
    };
    let owner = if *library == "string" { "a text".to_owned() } else { format!("`{library}`") };
    find_danger_name(library, name).map(|advice| format!("{owner} has no `{name}`; {advice}"))
}

/// Whether a namespace has that name.
pub(super) fn state_of(namespace: &str, name: &str) -> Option<ApiState> {
    let item = API.iter().find(|item| item.namespace == namespace && item.name == name);
    // What the table of namespaces does not have is a function of the robot, and all of those are there.
    item.map(|item| item.state).or_else(|| names_in(namespace).any(|it| it == name).then_some(ApiState::Built))
}

fn unbuilt(name: &str) -> String {
    format!("`{name}` is not built yet in this version")
}

/// Every name that the file gives to something, wherever, and how often; scopes are not told apart. A key of a table is
/// among them, and counts as nothing.
pub(super) fn find_declared<'a>(tokens: &[Token<'a>]) -> BTreeMap<&'a str, usize> {
    // What `function object:method()` declares unsaid.
    let mut declared = BTreeMap::from([("self", 1)]);
    // Brackets and functions that are open: in a table, `name =` is a key.
    let mut open: Vec<char> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Word("local" | "for") => declare_list(&tokens[at + 1..], &mut declared),
            Kind::Word("function") => {
                open.push('f');
                if let Some(Token { kind: Kind::Name(name), .. }) = tokens.get(at + 1) {
                    *declared.entry(name).or_default() += 1;
                }
                if let Some(bracket) =
                    tokens[at..].iter().take(MAX_LIST_TOKENS).position(|token| token.kind == Kind::Sign('('))
                {
                    declare_list(&tokens[at + bracket + 1..], &mut declared);
                }
            }
            // `a, b = 1, 2` makes globals of the script's own, or gives them another value.
            Kind::Sign('=') => {
                let is_key = open.last() == Some(&'{');
                let mut back = at;
                let mut names = Vec::new();
                while let Some(Token { kind: Kind::Name(name), .. }) = back.checked_sub(1).map(|before| &tokens[before])
                {
                    names.push(*name);
                    back -= 1;
                    match back.checked_sub(1).map(|before| tokens[before].kind) {
                        Some(Kind::Sign(',')) => back -= 1,
                        _ => break,
                    }
                }
                // What `local` and `for` give was counted with them.
                let before = back.checked_sub(1).map(|before| tokens[before].kind);
                let counts = !is_key && !matches!(before, Some(Kind::Word("local" | "for")));
                for name in names {
                    *declared.entry(name).or_default() += usize::from(counts);
                }
            }
            Kind::Sign(sign @ ('(' | '[' | '{')) => open.push(sign),
            Kind::Sign(sign @ (')' | ']' | '}')) => {
                let opened = match sign {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                // Functions end with the bracket around them, at the latest.
                open.truncate(open.iter().rposition(|it| *it == opened).unwrap_or(open.len()));
            }
            _ => {}
        }
    }
    declared
}

/// `a, b: Type, c` up to what cannot belong to a list of names.
fn declare_list<'a>(tokens: &[Token<'a>], declared: &mut BTreeMap<&'a str, usize>) {
    let mut depth = 0i32;
    let mut is_name = true;
    for token in tokens.iter().take(MAX_LIST_TOKENS) {
        match token.kind {
            Kind::Name(name) if is_name && depth == 0 => {
                *declared.entry(name).or_default() += 1;
                is_name = false;
            }
            Kind::Sign(',') if depth == 0 => is_name = true,
            Kind::Sign('(' | '{' | '<' | '[') => depth += 1,
            Kind::Sign(')' | '}' | '>' | ']') if depth > 0 => depth -= 1,
            Kind::Sign(')' | '=') | Kind::Word(_) if depth == 0 => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(source: &str) -> Vec<(u32, String)> {
        let known = ["danger", "fail", "warn", "rule", "string", "table", "pairs", "ipairs", "settings", "use"];
        find_mistakes(source, &|name| known.contains(&name))
    }

    #[test]
    fn misspelt_names_are_found_with_the_nearest_right_one() {
        let source =
            "rule('x', function()\n  for _, f in pairs(danger.git.modifed_files) do\n    wran(f)\n  end\nend)\n";
        assert_eq!(
            wrong(source),
            [
                (2, "`danger.git` has no `modifed_files`; did you mean `modified_files`?".to_owned()),
                (3, "there is no `wran` here; did you mean `warn`?".to_owned())
            ]
        );
        assert_eq!(
            wrong("setings { a = 1 }"),
            [(1, "there is no `setings` here; did you mean `settings`?".to_owned())]
        );
        assert_eq!(wrong("dagner.git.base"), [(1, "there is no `dagner` here; did you mean `danger`?".to_owned())]);
        assert_eq!(wrong("x = danger.gti"), [(1, "`danger` has no `gti`; did you mean `git`?".to_owned())]);
    }

    #[test]
    fn fields_of_what_is_there_are_read_as_well() {
        let source = "rule('x', function()\n  warn(danger.github.pr.titel)\n  warn(danger.github.pr.user.lgoin)\nend)\n\
                      if danger.github.pr.body.length > 0 or danger.git.commits.length > 0 then fail('x') end";
        assert_eq!(
            wrong(source),
            [
                (2, "`danger.github.pr` has no `titel`; did you mean `title`?".to_owned()),
                (3, "`danger.github.pr.user` has no `lgoin`; did you mean `login`?".to_owned()),
                (
                    5,
                    "a text has no `length`; write `utf8.len(text)` for its letters, or `#text` for its bytes"
                        .to_owned()
                ),
                (5, "a list has no `length`; write `#list`".to_owned()),
            ]
        );
        for right in [
            "warn(danger.github.pr.milestone.title .. danger.github.pr.head.repo.full_name)",
            "warn(danger.git.match('x').edited[1], danger.git.commits[1].message, danger.github.pr.title:upper())",
            "warn(danger.github.requested_reviewers.users[1].login, #danger.github.pr.labels)",
        ] {
            assert_eq!(wrong(right), [], "{right}");
        }
    }

    #[test]
    fn names_that_stand_for_our_values_are_followed() {
        let source = "local pr = danger.github.pr\nlocal git = danger.git\n\
                      if pr.titel then fail(git.modified_file) end\n\
                      for _, commit in git.commits do\n  warn(commit.massage, { commit = commit.author.nmae })\nend\n\
                      for _, line in ipairs(git.added_lines('*.py')) do warn('x', { file = line.path, line = line.number }) end\n\
                      for _, line in danger.git.added_lines() do warn(line.content) end\n\
                      warn(danger.git.commits[1].mesage .. git.match('x').edted[1])\n\
                      local title = pr.title\nif title:includes('x') then fail(title.length) end";
        let found: Vec<String> = wrong(source).into_iter().map(|(line, said)| format!("{line}: {said}")).collect();
        assert_eq!(
            found,
            [
                "3: `danger.github.pr` has no `titel`; did you mean `title`?",
                "3: `danger.git` has no `modified_file`; did you mean `modified_files`?",
                "5: an item of danger.git.commits has no `massage`; did you mean `message`?",
                "5: an item of danger.git.commits.author has no `nmae`; did you mean `name`?",
                "7: a line has no `path`; it has `file`, `number` and `text`",
                "8: a line has no `content`; it has `file`, `number` and `text`",
                "9: an item of danger.git.commits has no `mesage`; did you mean `message`?",
                "9: danger.git.match(...) has no `edted`; did you mean `edited`?",
                "11: a text has no `includes`; write `string.find(text, part, 1, true)`",
                "11: a text has no `length`; write `utf8.len(text)` for its letters, or `#text` for its bytes",
            ]
        );
    }

    #[test]
    fn records_are_not_compared_with_texts() {
        let search = |list: &str, key: &str| {
            format!(
                "`table.find` never finds a text in `{list}`: its items are records: write \
                 `for _, item in list do if item.{key} == value then ... end end`"
            )
        };
        let record =
            |owner: &str, key: &str| format!("{owner} is a record, which never equals a text; compare its `{key}`");
        for (source, expected) in [
            ("x = table.find(danger.github.pr.labels, 'bug')", search("danger.github.pr.labels", "name")),
            (
                "local l = danger.github.issue.labels\nrule('x', function() if table.find(l, danger.github.pr.title) then fail('x') end end)",
                search("danger.github.issue.labels", "name"),
            ),
            (
                "if not table.find(danger.github.requested_reviewers.users, \"ada\") then fail('x') end",
                search("danger.github.requested_reviewers.users", "login"),
            ),
            (
                "for _, label in danger.github.pr.labels do if label == 'bug' then fail('x') end end",
                record("an item of danger.github.pr.labels", "name"),
            ),
            ("x = danger.github.pr.user ~= 'ada'", record("`danger.github.pr.user`", "login")),
            ("x = (danger.github.pr.labels[1] == `bug`)", record("an item of danger.github.pr.labels", "name")),
        ] {
            let found: Vec<String> = wrong(source).into_iter().map(|(_, message)| message).collect();
            assert_eq!(found, [expected], "{source}");
        }
        for right in [
            "for _, label in danger.github.pr.labels do if label.name == 'bug' then fail('x') end end",
            "for _, review in danger.github.reviews do x = table.find(danger.github.reviews, review) end",
            "x = table.find(danger.git.changed_files, 'a')",
            "x = danger.github.pr.milestone == nil or danger.github.pr.user == other",
            "local ada = 'ada'\nx = table.find(danger.github.pr.labels, ada)",
            "x = danger.github.pr.labels[1] == (if y then 'a' else z)",
            "local table = {} x = table.find(danger.github.pr.labels, 'bug')",
            "x = danger.github.pr.user.login == 'ada'",
            "x = #danger.github.pr.labels == 1",
        ] {
            assert_eq!(wrong(right), [], "{right}");
        }
    }

    #[test]
    fn words_are_compared_with_those_that_there_are() {
        let lines = "for _, h in danger.git.structured_diff_for_file('a').hunks do for _, line in h.lines do";
        for (source, parts) in [
            (
                format!("{lines} if line.kind == 'add' then fail('x') end end end"),
                [
                    "a line of a hunk.kind is never `add`",
                    "it is one of `added`, `removed` and `context`; did you mean `added`?",
                ],
            ),
            (
                "for _, run in danger.github.check_runs do if run.status == 'failure' then fail('x') end end"
                    .to_owned(),
                ["is never `failure`", "that is a word of its `conclusion`"],
            ),
            (
                "for _, r in danger.github.reviews do if 'changes_requested' == r.state then fail('x') end end"
                    .to_owned(),
                ["is never `changes_requested`; it is one of `APPROVED`", "; did you mean `CHANGES_REQUESTED`?"],
            ),
            (
                "local state = danger.github.pr.state if state ~= 'OPEN' then fail('x') end".to_owned(),
                ["`danger.github.pr.state` is never `OPEN`", "`open` and `closed`; did you mean `open`?"],
            ),
            (
                "for _, run in danger.github.check_runs do if run.state == 'failure' then fail('x') end end".to_owned(),
                ["has no `state`; its result is `conclusion`", "`status`"],
            ),
            (
                "x = danger.github.pr.milestone == '1.0'".to_owned(),
                ["compare its `title`", "`danger.github.pr.milestone`"],
            ),
            ("x = danger.github.pr.author".to_owned(), ["has no `author`", "write `user.login`"]),
            ("x = danger.github.pr.mergeable_state".to_owned(), ["has no `mergeable_state`", "write `mergeable`"]),
            (format!("{lines} x = line.type end end"), ["has no `type`", "write `kind`"]),
        ] {
            let found = wrong(&source);
            let [(1, said)] = &found[..] else { panic!("{source}: {found:?}") };
            assert!(parts.iter().all(|part| said.contains(part)), "{source}: {said}");
        }
        for right in [
            format!("{lines} if line.kind == 'added' or line.kind ~= `context` then fail(line.text) end end end"),
            "for _, r in danger.github.reviews do if r.state == 'APPROVED' or r.body == 'approved' then x = 1 end end"
                .to_owned(),
            "for _, run in danger.github.check_runs do x = run.conclusion == nil or run.conclusion == 'failure' end"
                .to_owned(),
            "for _, run in danger.github.check_runs do x = run.name .. run.conclusion == 'build failure' end"
                .to_owned(),
            "x = danger.github.pr.state == wanted or danger.github.pr.state == 'op' .. 'en'".to_owned(),
            "x = danger.github.pr.state == `{x}`".to_owned(),
            "x = 'a' .. 'OPEN' == danger.github.pr.state".to_owned(),
        ] {
            assert_eq!(wrong(&right), [], "{right}");
        }
    }

    #[test]
    fn a_function_on_a_text_is_given_the_text() {
        let said = |name: &str, rest: &str, all: &str| {
            format!(
                "`danger.github.pr.title.{name}` with a dot is not given the text; write `text:{name}({rest})`, or \
                 `string.{name}({all})`"
            )
        };
        for (call, expected) in [
            ("split(':')", said("split", "...", "text, ...")),
            ("sub(1, 4)", said("sub", "...", "text, ...")),
            ("find 'x'", said("find", "...", "text, ...")),
            ("lower()", said("lower", "", "text")),
        ] {
            for source in [
                format!("x = danger.github.pr.title.{call}"),
                format!("local title = danger.github.pr.title; x = title.{call}"),
            ] {
                assert_eq!(wrong(&source), [(1, expected.clone())], "{source}");
            }
        }
        for right in [
            "x = danger.github.pr.title:split(':')",
            "local title = danger.github.pr.title; x = title.split(title, ':')",
            "x = string.split(danger.github.pr.title, ':')",
            "x = danger.github.pr.title.find",
            "local s = other or 'a'\ny = s.split(':')",
        ] {
            assert_eq!(wrong(right), [], "{right}");
        }
        // What such functions give is followed.
        let said = wrong("local lower = string.lower(danger.github.pr.title); x = lower:includes('wip')");
        assert_eq!(said.len(), 1, "{said:?}");
    }

    #[test]
    fn loops_and_patterns_are_read_in_the_bodies_of_rules() {
        let source = "rule('x', function()\n  for file in danger.git.changed_files do\n    fail(file)\n  end\n\
                      if string.find(danger.github.pr.title, '^(feat|fix): \\d') then fail('x') end\nend)";
        let lines: Vec<u32> = wrong(source).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [2, 5, 5]);
    }

    #[test]
    fn what_a_library_lacks_is_found_in_the_bodies_of_rules() {
        let source = "rule('x', function()\n  if table.contains({}, 'a') then fail('x') end\nend)";
        assert_eq!(wrong(source), [(2, "`table` has no `contains`; write `table.find(list, value)`".to_owned())]);
    }

    #[test]
    fn names_that_stand_for_more_than_one_thing_are_left_alone() {
        for source in [
            "local pr = danger.github.pr or {}\nwarn(pr.anything)",
            "local pr = danger.github.pr\npr = {}\nwarn(pr.anything)",
            "local pr = danger.github.pr\nlocal function go(pr) warn(pr.anything) end",
            "local pr = danger.github.pr == nil\nlocal danger = 1",
            "for _, x in danger.git.commits do end for _, x in danger.github.commits do warn(x.anything) end",
            "local function map(l) return l end for _, x in map(danger.git.commits) do warn(x.anything) end",
            "for _, x in danger.git.commits, nil do warn(x.anything) end",
            "local json = danger.git.json_diff_for_file('a') warn(json.version.after, json.anything.at.all)",
            "local file = danger.git.file 'a'\nwarn(file:upper(), file:split('x'))",
            "local at = danger.git.match('x').edited[1]\nwarn(at:sub(1))",
            "local diff = danger.git.json_diff_for_file('a').x\nwarn(diff.added.anything)",
        ] {
            assert_eq!(wrong(source), [], "{source}");
        }
    }

    #[test]
    fn what_the_file_declares_is_its_own_affair() {
        for source in [
            "local helper: (number) -> string = nil helper(1)",
            "local a: { [string]: number }, b = 1, 2 b.c()",
            "local function walk<T>(list: { T }, visit) visit(list[1]) walk(list, visit) end",
            "for name, entry in pairs({}) do entry.go(name) end",
            "count, total = 1, 2 total.x()",
            "function shared(...) end shared()",
            "local danger = {} danger.whatever()",
            "local t = { fial = function() end } t.fial() t:fial()",
            "local x = danger.git.base .. 'dagner.git' -- wran()\nlocal y = `{wran(1)}`",
            "local s = string.rep('x', 3) return if s then (s) else (x)",
            "local object = {} function object:go() self.step() end",
            "type Point = { x: number } local p: Point.Inner = nil",
        ] {
            assert_eq!(wrong(source), [], "{source}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(local|function|danger|[.,(){}<>=:\\n]|[a-zé]|\"|--|\\PC){0,80}") {
            for (line, _) in wrong(&text) {
                assert!((line as usize) <= text.lines().count().max(1));
            }
        }
    }
}
