//! Names that a script uses and that do not exist, found by reading it: the bodies of rules are covered without being
//! run. It only complains where it is sure: a name that is called or indexed and that nothing in the file declares.

use super::api::{API, ApiState, blank_out_texts, hint, hint_among, names_in};
use std::collections::BTreeSet;

/// So many tokens a list of names may have: a script of nothing but `function` must not make us read it all again for
/// each.
const MAX_LIST_TOKENS: usize = 1_000;

/// Words of the language, which are no names.
const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not", "or",
    "repeat", "return", "then", "true", "until", "while", "continue",
];

/// The names of Luau's own library that people misspell.
const STANDARD: [&str; 14] = [
    "assert", "error", "ipairs", "math", "next", "os", "pairs", "pcall", "string", "table", "tonumber", "tostring",
    "type", "utf8",
];

/// What is said to a global that does not exist.
pub(super) fn unknown_global(name: &str) -> String {
    format!("there is no `{name}` here{}", hint_among("", name, &STANDARD))
}

/// What is said to a field that a namespace has not.
pub(super) fn unknown_field(namespace: &str, name: &str) -> String {
    format!("`{namespace}` has no `{name}`{}", hint(namespace, name))
}

/// Names that do not exist, with their lines and what to say. `exists` tells whether there is such a global.
pub(super) fn find_wrong_names(source: &str, exists: &dyn Fn(&str) -> bool) -> Vec<(u32, String)> {
    let code = blank_out_texts(source);
    let tokens = tokenize(&code);
    let declared = find_declared(&tokens);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Name(name) = token.kind else { continue };
        let before = at.checked_sub(1).map(|before| tokens[before].kind);
        let is_free = !matches!(before, Some(Kind::Sign('.' | ':')) | Some(Kind::Word("function" | "local" | "for")));
        let after = tokens.get(at + 1).map(|after| after.kind);
        let is_used = matches!(after, Some(Kind::Sign('(' | '.' | '[' | '{')));
        if !is_free || !is_used || declared.contains(name) {
            continue;
        }
        if state_of("", name) == Some(ApiState::Later) {
            found.push((token.line, unbuilt(name)));
        } else if !exists(name) {
            found.push((token.line, unknown_global(name)));
        } else {
            found.extend(wrong_field(&tokens, at));
        }
    }
    found
}

/// Follows `danger.git.x` from its first name to the first that its namespace has not.
fn wrong_field(tokens: &[Token<'_>], mut at: usize) -> Option<(u32, String)> {
    let Kind::Name(root) = tokens[at].kind else { return None };
    let mut namespace = root.to_owned();
    while names_in(&namespace).next().is_some() {
        let [_, Token { kind: Kind::Sign('.'), .. }, field, ..] = tokens.get(at..)? else { return None };
        let Kind::Name(name) = field.kind else { return None };
        match state_of(&namespace, name) {
            None => return Some((field.line, unknown_field(&namespace, name))),
            Some(ApiState::Later) => return Some((field.line, unbuilt(&format!("{namespace}.{name}")))),
            Some(ApiState::Built) => namespace = format!("{namespace}.{name}"),
        }
        at += 2;
    }
    None
}

fn state_of(namespace: &str, name: &str) -> Option<ApiState> {
    let item = API.iter().find(|item| item.namespace == namespace && item.name == name);
    // What the table of namespaces does not have is a function of the robot, and all of those are there.
    item.map(|item| item.state).or_else(|| names_in(namespace).any(|it| it == name).then_some(ApiState::Built))
}

fn unbuilt(name: &str) -> String {
    format!("`{name}` is not built yet in this version")
}

/// Every name that the file gives to something, wherever: scopes are not told apart.
fn find_declared<'a>(tokens: &[Token<'a>]) -> BTreeSet<&'a str> {
    // What `function object:method()` declares unsaid.
    let mut declared = BTreeSet::from(["self"]);
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Word("local" | "for") => declare_list(&tokens[at + 1..], &mut declared),
            Kind::Word("function") => {
                if let Some(Token { kind: Kind::Name(name), .. }) = tokens.get(at + 1) {
                    declared.insert(name);
                }
                if let Some(open) =
                    tokens[at..].iter().take(MAX_LIST_TOKENS).position(|token| token.kind == Kind::Sign('('))
                {
                    declare_list(&tokens[at + open + 1..], &mut declared);
                }
            }
            // `a, b = 1, 2` makes globals of the script's own.
            Kind::Sign('=') => {
                let mut back = at;
                while let Some(Token { kind: Kind::Name(name), .. }) = back.checked_sub(1).map(|before| &tokens[before])
                {
                    declared.insert(name);
                    match back.checked_sub(2).map(|before| tokens[before].kind) {
                        Some(Kind::Sign(',')) => back -= 2,
                        _ => break,
                    }
                }
            }
            _ => {}
        }
    }
    declared
}

/// `a, b: Type, c` up to what cannot belong to a list of names.
fn declare_list<'a>(tokens: &[Token<'a>], declared: &mut BTreeSet<&'a str>) {
    let mut depth = 0i32;
    let mut is_name = true;
    for token in tokens.iter().take(MAX_LIST_TOKENS) {
        match token.kind {
            Kind::Name(name) if is_name && depth == 0 => {
                declared.insert(name);
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

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    line: u32,
    kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'a> {
    Name(&'a str),
    Word(&'a str),
    Sign(char),
    /// Numbers, and signs of two characters, which mean nothing here.
    Other,
}

fn tokenize(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (length, kind) = if first.is_ascii_digit() {
            (rest.find(|c| !is_word(c) && c != '.').unwrap_or(rest.len()), Some(Kind::Other))
        } else if is_word(first) {
            let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
            (word.len(), Some(if KEYWORDS.contains(&word) { Kind::Word(word) } else { Kind::Name(word) }))
        } else if let Some(sign) =
            ["...", "..", "::", "==", "~=", "<=", ">=", "->"].iter().find(|it| rest.starts_with(**it))
        {
            (sign.len(), Some(Kind::Other))
        } else if first.is_whitespace() {
            line += u32::from(first == '\n');
            (first.len_utf8(), None)
        } else {
            (first.len_utf8(), Some(Kind::Sign(first)))
        };
        tokens.extend(kind.map(|kind| Token { line, kind }));
        rest = &rest[length..];
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(source: &str) -> Vec<(u32, String)> {
        let known = ["danger", "fail", "warn", "rule", "string", "table", "pairs", "settings", "use"];
        find_wrong_names(source, &|name| known.contains(&name))
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
        assert_eq!(wrong("dagner.git.base"), [(1, "there is no `dagner` here".to_owned())]);
        assert_eq!(wrong("x = danger.gti"), [(1, "`danger` has no `gti`; did you mean `git`?".to_owned())]);
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
