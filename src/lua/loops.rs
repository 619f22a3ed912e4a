//! Loops that take an item's place for the item: `for file in danger.git.changed_files do`. Luau hands out the place
//! first, and functions on texts take a number for a text, so that such a rule finds nothing and says nothing.
//!
//! A loop is left alone where the place may be meant: where it only counts, computes or looks up with it, and where its
//! name says that it is a number.

use super::chains::{Chain, TEXT_FUNCTIONS, follow};
use super::comparisons::Values;
use super::names::find_declared;
use super::tokens::{Kind, Token, close, inside, items, tokenize};
use std::collections::{BTreeMap, BTreeSet};

/// So many tokens the body of a loop may have: loops within loops must not make us read it all again for each.
const MAX_BODY_TOKENS: usize = 2_000;

/// Names for places.
const NUMBERS: [&str; 18] = [
    "at",
    "count",
    "i",
    "id",
    "idx",
    "index",
    "j",
    "k",
    "key",
    "line_number",
    "n",
    "nr",
    "nth",
    "num",
    "number",
    "place",
    "pos",
    "position",
];

/// Functions that say something.
const REPORTS: [&str; 4] = ["fail", "markdown", "message", "warn"];

/// Functions under `danger` that take a path or a pattern first.
const TAKE_PATHS: [&str; 10] = [
    "added_lines",
    "code_owners",
    "diff_for_file",
    "file",
    "file_contents",
    "file_size",
    "json_diff_for_file",
    "match",
    "removed_lines",
    "structured_diff_for_file",
];

/// The loops that take a place for an item: their lines and what to say.
pub(super) fn find_places_for_items(
    tokens: &[Token<'_>],
    declared: &BTreeMap<&str, usize>,
    known: &Values<'_>,
) -> Vec<(u32, String)> {
    let own = find_own_lists(tokens, declared);
    let ends = find_ends(tokens);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let [
            Token { kind: Kind::Word("for"), .. },
            Token { kind: Kind::Name(name), .. },
            Token { kind: Kind::Word("in"), .. },
            ..,
        ] = &tokens[at..]
        else {
            continue;
        };
        let Some(begin) = behind_list(tokens, at + 3, &own, known) else { continue };
        if !matches!(tokens.get(begin), Some(Token { kind: Kind::Word("do"), .. })) {
            continue;
        }
        let Some(body) = ends.get(&begin).map(|end| &tokens[begin + 1..*end]) else { continue };
        if body.len() <= MAX_BODY_TOKENS && takes_for_item(body, name) {
            found.push((
                token.line,
                format!(
                    "a list gives an item's place first, so that `{name}` is a number here; write \
                     `for _, {name} in ... do`"
                ),
            ));
        }
    }
    found
}

/// Behind the list that is looped over from `at`, when it is one for sure.
fn behind_list(tokens: &[Token<'_>], at: usize, own: &BTreeSet<&str>, known: &Values<'_>) -> Option<usize> {
    match tokens.get(at..)? {
        [
            Token { kind: Kind::Name("ipairs" | "pairs"), .. },
            Token { kind: Kind::Sign('('), .. },
            Token { kind: Kind::Name(_) | Kind::Sign('{'), .. },
            ..,
        ] => {
            let end = behind_list(tokens, at + 2, own, known)?;
            (tokens.get(end)?.kind == Kind::Sign(')')).then_some(end + 1)
        }
        [Token { kind: Kind::Sign('{'), .. }, ..] if is_positional(tokens, at) => close(tokens, at),
        [Token { kind: Kind::Name(name), .. }, ..] if own.contains(name) => Some(at + 1),
        [Token { kind: Kind::Name(root), .. }, ..] => match follow(tokens, at, known.get(root)?.clone()) {
            Chain::End(end, Some(list)) if list.is_list() => Some(end),
            _ => None,
        },
        _ => None,
    }
}

/// The names that only ever stand for a list that the script writes out.
fn find_own_lists<'a>(tokens: &[Token<'a>], declared: &BTreeMap<&'a str, usize>) -> BTreeSet<&'a str> {
    let mut own = BTreeSet::new();
    for at in 0..tokens.len() {
        if let [
            Token { kind: Kind::Word("local"), .. },
            Token { kind: Kind::Name(name), .. },
            Token { kind: Kind::Sign('='), .. },
            Token { kind: Kind::Sign('{'), .. },
            ..,
        ] = &tokens[at..]
            && declared.get(name) == Some(&1)
            && is_positional(tokens, at + 3)
        {
            own.insert(*name);
        }
    }
    own
}

/// Whether the table that is written at `at` has items and no keys.
fn is_positional(tokens: &[Token<'_>], at: usize) -> bool {
    let keyed = |item: &[Token<'_>]| item.iter().any(|token| token.kind == Kind::Sign('='));
    items(tokens, at).is_some_and(|items| !items.is_empty() && !items.into_iter().any(keyed))
}

/// Where each `do` ends.
fn find_ends(tokens: &[Token<'_>]) -> BTreeMap<usize, usize> {
    /// What is open: a block, or a choice between values, which has no `end`.
    enum Open {
        Block(usize),
        Choice,
    }
    let mut open: Vec<Open> = Vec::new();
    let mut ends = BTreeMap::new();
    // Whether the choice that the last `then` or `else` belongs to is one between values.
    let mut of_values = false;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Word("do" | "function" | "repeat") => open.push(Open::Block(at)),
            Kind::Word("if") => {
                let before = at.checked_sub(1).map(|before| tokens[before].kind);
                open.push(if begins_value(before, of_values) { Open::Choice } else { Open::Block(at) });
            }
            Kind::Word("then") => of_values = matches!(open.last(), Some(Open::Choice)),
            Kind::Word("else") => {
                of_values = matches!(open.last(), Some(Open::Choice));
                if of_values {
                    open.pop();
                }
            }
            Kind::Word("end" | "until") => {
                if let Some(Open::Block(begin)) = open.pop() {
                    ends.insert(begin, at);
                }
            }
            _ => {}
        }
    }
    ends
}

/// Whether an `if` behind that token begins a value, and no statement.
fn begins_value(before: Option<Kind<'_>>, of_values: bool) -> bool {
    match before {
        Some(Kind::Sign(sign)) => !matches!(sign, ')' | ']' | '}' | ';' | '>'),
        Some(Kind::Comparison) => true,
        Some(Kind::Long(sign)) => sign != "..." && sign != "::",
        Some(Kind::Word("then" | "else")) => of_values,
        Some(Kind::Word(word)) => {
            ["and", "or", "not", "return", "in", "if", "elseif", "while", "until"].contains(&word)
        }
        Some(Kind::Name(_) | Kind::Text(_) | Kind::Number) | None => false,
    }
}

/// What is done with a name.
enum Use {
    /// What only the item can be meant for.
    Item,
    /// What only the place can be meant for.
    Place,
    /// Either.
    Unknown,
}

/// Whether a loop whose body that is takes its only name for the item.
fn takes_for_item(body: &[Token<'_>], name: &str) -> bool {
    if find_declared(body).get(name).is_some_and(|times| *times > 0) {
        return false;
    }
    let uses = find_uses(body, name);
    let has_item = uses.iter().any(|it| matches!(it, Use::Item));
    let has_place = uses.iter().any(|it| matches!(it, Use::Place));
    let is_number = NUMBERS.contains(&name) || name.starts_with('_') || name.ends_with("_index");
    has_item || (!has_place && !uses.is_empty() && !is_number)
}

fn find_uses(tokens: &[Token<'_>], name: &str) -> Vec<Use> {
    let mut uses = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Name(other) if other == name => uses.extend(use_at(tokens, at)),
            Kind::Text(text) if text.starts_with('`') => {
                for code in computed(text) {
                    uses.extend(find_uses(&tokenize(code), name));
                }
            }
            _ => {}
        }
    }
    uses
}

/// What is computed in a text in backticks.
fn computed(text: &str) -> impl Iterator<Item = &str> {
    // A piece behind an escaped brace is no code, and does no harm: at worst a word in it is taken for a use.
    inside(text).split('{').skip(1).map(|piece| piece.split('}').next().unwrap_or_default())
}

/// What is done with the name at `at`; nothing when it is another thing of that name.
fn use_at(tokens: &[Token<'_>], at: usize) -> Option<Use> {
    let before = |back: usize| at.checked_sub(back).map(|at| tokens[at].kind);
    let after = |by: usize| tokens.get(at + by).map(|token| token.kind);
    match (before(1), after(1)) {
        (Some(Kind::Sign('.' | ':')), _) => return None,
        // A key of a table.
        (Some(Kind::Sign('{' | ',' | ';')), Some(Kind::Sign('='))) => return None,
        (_, Some(Kind::Sign('.' | ':'))) => return Some(Use::Item),
        (Some(Kind::Sign('[')), Some(Kind::Sign(']'))) => return Some(Use::Place),
        _ => {}
    }
    let is_text = |kind| matches!(kind, Some(Kind::Text(_)));
    let is_compared = |kind| kind == Some(Kind::Comparison);
    if is_compared(after(1)) || is_compared(before(1)) {
        let with_text = is_compared(after(1)) && is_text(after(2)) || is_compared(before(1)) && is_text(before(2));
        return Some(if with_text { Use::Item } else { Use::Place });
    }
    let computes = |kind| {
        matches!(kind, Some(Kind::Sign('+' | '-' | '*' | '/' | '%' | '^' | '<' | '>') | Kind::Long("<=" | ">=")))
    };
    let adds = before(1) == Some(Kind::Sign('=')) && computes(before(2));
    let is_line = matches!((before(2), before(1)), (Some(Kind::Name("line" | "end_line")), Some(Kind::Sign('='))));
    if computes(after(1)) || computes(before(1)) || adds || is_line {
        return Some(Use::Place);
    }
    let is_argument = before(1) == Some(Kind::Sign('(')) && matches!(after(1), Some(Kind::Sign(',' | ')')));
    let function = match before(2) {
        Some(Kind::Name(function)) if is_argument => function,
        _ => return Some(Use::Unknown),
    };
    let library = match (before(4), before(3)) {
        (library, Some(Kind::Sign('.'))) => library,
        _ => return Some(if REPORTS.contains(&function) { Use::Item } else { Use::Unknown }),
    };
    Some(match library {
        Some(Kind::Name("string")) if TEXT_FUNCTIONS.contains(&function) => Use::Item,
        Some(Kind::Name("math" | "string")) => Use::Place,
        _ if TAKE_PATHS.contains(&function) => Use::Item,
        _ => Use::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::super::chains::{Known, find_known};
    use super::*;

    fn found(source: &str) -> Vec<(u32, String)> {
        let tokens = tokenize(source);
        let declared = find_declared(&tokens);
        let mut known = find_known(&tokens, &declared);
        known.insert("danger", Known::root("danger"));
        known.insert("string", Known::root("string"));
        find_places_for_items(&tokens, &declared, &known)
    }

    #[test]
    fn a_place_is_not_the_item() {
        for source in [
            "for line in danger.git.added_lines('*.py') do if string.find(line, 'print(', 1, true) then fail('x') end end",
            "for line in danger.git.added_lines() do if string.find(line.text, 'x') then fail('x') end end",
            "for file in danger.git.changed_files do fail('Do not change ' .. file) end",
            "for file in danger.git.changed_files do fail(`Do not change {file}`) end",
            "for file in danger.git.match('src/**').edited do local diff = danger.git.diff_for_file(file) end",
            "for file in ipairs(danger.git.changed_files) do check(file) end",
            "for file in pairs(danger.git.changed_files) do check(file) end",
            "for f in danger.git.changed_files do if f == 'a.lock' then seen = true end end",
            "for x in danger.git.commits do warn(x.anything) end",
            "for i in danger.git.commits do warn(i.message) end",
            "local pr = danger.github.pr\nfor label in pr.labels do if 'bug' == label then fail('x') end end",
            "for word in { 'WIP', 'draft' } do if string.find(danger.github.pr.title, word) then fail('x') end end",
            "local words = { 'a', 'b' } for word in words do if has(word) then fail('x') end end",
            "for part in string.split(danger.github.pr.body, '\\n') do if part:find('x') then fail('x') end end",
            "for part in danger.github.pr.body:lower():split(' ') do check(part) end",
            "local lines = string.split(danger.github.pr.body, '\\n') for line in lines do check(line) end",
            "for file in danger.git.changed_files do local x = if a then b else c if y then z() end check(file) end",
        ] {
            let said = found(source);
            assert_eq!(said.len(), 1, "{source}: {said:?}");
        }
        let said = found("\nfor file in danger.git.changed_files do fail(file) end");
        let expected =
            "a list gives an item's place first, so that `file` is a number here; write `for _, file in ... do`";
        assert_eq!(said, [(2, expected.to_owned())]);
    }

    #[test]
    fn a_place_may_be_meant() {
        for source in [
            "for i in danger.git.commits do print(danger.git.commits[i].message) end",
            "for at in danger.git.changed_files do print(at, danger.git.changed_files[at]) end",
            "for line in danger.git.changed_files do warn('x', { file = 'a', line = line }) end",
            "for _ in danger.git.commits do count += 1 end",
            "for commit in danger.git.commits do count += 1 end",
            "for nth in danger.git.commits do total += nth end",
            "for nth in danger.git.commits do print(nth) end",
            "for commit in danger.git.commits do if commit > 3 then fail('many') end end",
            "for commit in danger.git.commits do print(`{commit + 1}`) end",
            "for file in danger.git.changed_files do local file = danger.git.changed_files[file] print(file) end",
            "for _, file in danger.git.changed_files do fail(file) end",
            "local seen = {} for file in seen do fail(file) end",
            "local seen = { ['a'] = true } for file in seen do fail(file) end",
            "for name in { a = 1 } do print(name) end",
            "for word in string.gmatch(danger.github.pr.body, '%a+') do print(word) end",
            "for key in danger.git.json_diff_for_file('package.json') do print(key) end",
            "for file in files() do fail(file) end",
            "for file in danger.git.changed_files do end local file = 'x' fail(file)",
            "for size in danger.git.commits do print({ size = 3 }, other.size) end",
        ] {
            assert_eq!(found(source), [], "{source}");
        }
    }
}
