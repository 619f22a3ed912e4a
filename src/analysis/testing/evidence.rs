//! How much a change of one place shows that code does something new: a branch that was not there, or the same in other
//! words.

use super::accessors::are_accessors;
use super::inert::is_log;
use super::lines::{CodeLine, Inside, Piece};
use crate::analysis::code::{Language, TokenKind};
use std::collections::{BTreeMap, BTreeSet};

/// What speaks for new behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// Nothing that a test would look at: how many threads, how long to wait, what is locked and closed.
    None,
    /// The same branches as before, with other words in them or with more statements.
    Slight,
    /// A branch, a condition or a definition that was not there.
    Strong,
}

impl Evidence {
    /// Its name in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Evidence::None => "none",
            Evidence::Slight => "slight",
            Evidence::Strong => "strong",
        }
    }
}

/// Words that decide where the code goes on, in any language.
const BRANCHES: [&str; 20] = [
    "if", "elif", "elsif", "unless", "case", "when", "match", "switch", "guard", "for", "while", "until", "loop",
    "foreach", "catch", "except", "rescue", "raise", "throw", "yield",
];

/// Words that define what can be called.
pub(super) const DEFINES: [&str; 9] = ["def", "defp", "fn", "func", "fun", "function", "class", "impl", "lambda"];

/// How often each kind of thing stands in changed lines that decides what code does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Skeleton {
    /// Branches, loops, and what raises or catches errors.
    branches: usize,
    /// `not`, `!`, `&&`, `or` and their like.
    conditions: usize,
    /// Definitions of functions and classes.
    definitions: usize,
}

impl Skeleton {
    /// What the lines hold.
    pub(super) fn of<'l>(lines: impl Iterator<Item = CodeLine<'l, 'l>>, language: Language) -> Self {
        let mut skeleton = Skeleton::default();
        for line in lines {
            let tokens = line.tokens;
            for (at, token) in tokens.iter().enumerate() {
                let next = |text: &str| tokens.get(at + 1).is_some_and(|next| next.is(text));
                match (token.kind, token.text) {
                    (TokenKind::Word, "not" | "and" | "or") => skeleton.conditions += 1,
                    (TokenKind::Word, word) if BRANCHES.contains(&word) => skeleton.branches += 1,
                    (TokenKind::Word, word) if DEFINES.contains(&word) => skeleton.definitions += 1,
                    (TokenKind::Mark, "&") if next("&") => skeleton.conditions += 1,
                    (TokenKind::Mark, "|") if next("|") => skeleton.conditions += 1,
                    // What Rust hands on with `?` is no branch, nor is an optional member.
                    (TokenKind::Mark, "?")
                        if language != Language::Rust && ![".", ":", ";", ")"].iter().any(|it| next(it)) =>
                    {
                        skeleton.branches += 1;
                    }
                    // `println!(` is a name.
                    (TokenKind::Mark, "!")
                        if language != Language::Rust
                            || !["(", "[", "{"].iter().any(|it| next(it))
                            || at == 0
                            || !tokens[at - 1].is_word() =>
                    {
                        skeleton.conditions += 1;
                    }
                    _ => {}
                }
            }
        }
        skeleton
    }

    /// Of lines in no known language: there is something.
    pub(super) fn unknown() -> Self {
        Skeleton { branches: 1, ..Skeleton::default() }
    }

    /// Whether this has more of something than the other.
    pub(super) fn exceeds(&self, other: &Skeleton) -> bool {
        self.branches + self.conditions > other.branches + other.conditions || self.definitions > other.definitions
    }

    pub(super) fn add(&mut self, other: &Skeleton) {
        self.branches += other.branches;
        self.conditions += other.conditions;
        self.definitions += other.definitions;
    }
}

/// Parts of names of what can be turned up and down: how much, how long, how many at once.
const DIALS: [&str; 15] = [
    "timeout", "delay", "limit", "threads", "workers", "latency", "interval", "buffer", "capacity", "retries", "retry",
    "chunk", "batch", "size", "ttl",
];

/// What the change of one place shows: the lines that are new there and the ones that are gone. `branches`: whether code
/// decides more than before. `imports` are words of changed imports.
pub(super) fn weigh(
    added: &[CodeLine<'_, '_>],
    removed: &[CodeLine<'_, '_>],
    branches: bool,
    imports: &BTreeSet<String>,
    language: Language,
) -> Evidence {
    if added.iter().all(|line| keeps_house(line.tokens, language)) {
        return Evidence::None;
    }
    if added.iter().all(|line| begins_empty(line.tokens)) || tells_only(added) {
        return Evidence::None;
    }
    if removed.is_empty() && (are_rows(added) || are_accessors(added)) {
        return Evidence::None;
    }
    if turns_dial(added, removed) || adds_items(added, removed) || adds_calls(added, removed) {
        return Evidence::None;
    }
    let words = if removed.is_empty() { None } else { Words::of(added, removed) };
    if words
        .as_ref()
        .is_some_and(|words| words.only_name(added, removed) || words.only_qualify(imports) || words.only_rename())
    {
        return Evidence::None;
    }
    if branches { Evidence::Strong } else { Evidence::Slight }
}

/// Whether lines decide more than those in whose place they are. What is asked of versions and of what is there at all keeps
/// the code going elsewhere.
pub(super) fn decides_more<'l>(
    added: impl Iterator<Item = CodeLine<'l, 'l>>,
    removed: impl Iterator<Item = CodeLine<'l, 'l>>,
    language: Language,
) -> bool {
    let added = added.filter(|line| !probes(line.tokens));
    Skeleton::of(added, language).exceeds(&Skeleton::of(removed, language))
}

/// A branch of more lines does more than log.
const MAX_LOGGED: usize = 20;

/// The lines without those that open a branch in which nothing happens but that it is logged: there the code goes on in the
/// same way.
pub(super) fn without_idle<'l, 'a>(lines: &[(u32, CodeLine<'l, 'a>)]) -> Vec<(u32, CodeLine<'l, 'a>)> {
    let others = lines.iter().enumerate().filter(|(at, (_, line))| !only_logs(*line, &lines[at + 1..]));
    others.map(|(_, numbered)| *numbered).collect()
}

fn only_logs(header: CodeLine<'_, '_>, after: &[(u32, CodeLine<'_, '_>)]) -> bool {
    let opens = |line: CodeLine<'_, '_>| {
        line.tokens.last().is_some_and(|it| it.is("{")) && line.tokens.iter().any(|it| BRANCHES.contains(&it.text))
    };
    let goes_on =
        |line: CodeLine<'_, '_>| line.tokens.iter().all(|it| ["}", "else", "{"].iter().any(|word| it.is(word)));
    if !opens(header) {
        return false;
    }
    // How deep the last log began; what is deeper belongs to it.
    let mut log: Option<usize> = None;
    for (at, (_, line)) in after.iter().take_while(|(_, line)| line.depth > header.depth).enumerate() {
        if is_log(line.tokens) {
            log = Some(line.depth);
        } else if at > MAX_LOGGED || log.is_none_or(|depth| line.depth <= depth) && !opens(*line) && !goes_on(*line) {
            return false;
        }
    }
    log.is_some()
}

/// Whether the lines are rows of a list that call by one name: `alias("cursor", "Cursor"),`.
fn are_rows(added: &[CodeLine<'_, '_>]) -> bool {
    let plain = |tokens: &[Piece<'_>]| {
        tokens.iter().enumerate().all(|(at, token)| match token.kind {
            TokenKind::Text | TokenKind::Number => true,
            TokenKind::Mark => ["(", ")", "[", "]", ",", "{", "}"].contains(&token.text),
            TokenKind::Word => at == 0 && tokens.get(1).is_some_and(|next| next.is("(")),
            TokenKind::Comment => true,
        })
    };
    added.first().is_some_and(|line| line.inside == Inside::List)
        && added.iter().all(|line| plain(line.tokens))
        && added.iter().flat_map(|line| line.tokens).any(|token| token.kind == TokenKind::Text)
}

/// Names that ask which version something has, or whether it is there.
const PROBES: [&str; 10] = [
    "defined",
    "respond_to",
    "hasattr",
    "version_info",
    "RUBY_VERSION",
    "method_exists",
    "function_exists",
    "PHP_VERSION",
    "class_exists",
    "RUBY_ENGINE",
];

fn probes(tokens: &[Piece<'_>]) -> bool {
    tokens.iter().any(|token| token.is_word() && PROBES.contains(&token.text))
}

/// Words and marks that one side of a change has more of than the other, with how many; layout and manners left out.
struct Words<'t> {
    novel: BTreeMap<&'t str, usize>,
    lost: BTreeMap<&'t str, usize>,
}

impl<'t> Words<'t> {
    /// `None` where there is too much of them to tell.
    fn of(added: &[CodeLine<'_, 't>], removed: &[CodeLine<'_, 't>]) -> Option<Self> {
        const MANNERS: [&str; 6] = ["let", "const", "var", "val", "mut", "local"];
        const MANY: usize = 40;
        if added.len() + removed.len() > MANY {
            return None;
        }
        let mut counts: BTreeMap<&str, isize> = BTreeMap::new();
        for (lines, step) in [(added, 1), (removed, -1)] {
            for token in lines.iter().flat_map(|line| line.tokens) {
                if !MANNERS.contains(&token.text) && ![",", ";", "(", ")", "{", "}", ":"].contains(&token.text) {
                    *counts.entry(token.text).or_default() += step;
                }
            }
        }
        let side = |sign: isize| {
            let of_side = counts.iter().filter(move |(_, count)| count.signum() == sign);
            of_side.map(|(word, count)| (*word, count.unsigned_abs())).collect()
        };
        Some(Words { novel: side(1), lost: side(-1) })
    }

    /// Whether a value only got a name, or lost it: `return f(a)` as `b = f(a)`, `return b`.
    fn only_name(&self, added: &[CodeLine<'_, '_>], removed: &[CodeLine<'_, '_>]) -> bool {
        let (names, named) = match (self.novel.is_empty(), self.lost.is_empty()) {
            (false, true) => (&self.novel, added),
            (true, false) => (&self.lost, removed),
            _ => return false,
        };
        let assigned = |word: &str| {
            named.iter().any(|line| {
                let at = line.tokens.iter().position(|token| token.is(word));
                let next = at.and_then(|at| line.tokens[at + 1..].iter().find(|token| !token.is(":")));
                next.is_some_and(|next| next.is("="))
            })
        };
        // Each name stands where its value is and where it is used; nothing else is new.
        names.iter().all(|(word, count)| *word == "=" || *count >= 2 && assigned(word))
    }

    /// Whether the same things are named by longer or shorter paths, or constants have other names.
    fn only_qualify(&self, imports: &BTreeSet<String>) -> bool {
        let shouts = |word: &str| {
            word.len() > 1
                && word.starts_with(|c: char| c.is_ascii_uppercase())
                && !word.chars().any(char::is_lowercase)
        };
        let literal = |word: &str| word.starts_with(|c: char| c.is_ascii_digit() || c == '"' || c == '\'');
        let path = |word: &str| {
            word == "." || imports.contains(word) || word.starts_with(|c: char| c.is_ascii_uppercase()) && !shouts(word)
        };
        let literals: usize = self.lost.iter().filter(|(word, _)| literal(word)).map(|(_, count)| count).sum();
        let constants: usize = self.novel.iter().filter(|(word, _)| shouts(word)).map(|(_, count)| count).sum();
        let renamed = |word: &str| self.lost.keys().any(|before| shouts(before) && word.ends_with(before));
        let known = self.novel.keys().all(|word| imports.contains(*word) || *word == "." || shouts(word));
        let named = if literals > 0 {
            literals == constants
        } else {
            self.novel.keys().filter(|word| shouts(word)).all(|word| renamed(word))
        };
        let said = !self.novel.is_empty() && self.novel.keys().any(|word| *word != ".");
        said && known && named && self.lost.keys().all(|word| path(word) || literal(word) || shouts(word))
    }

    /// Whether names took the place of others, each several times.
    fn only_rename(&self) -> bool {
        let is_name = |word: &&str| word.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let sorted = |side: &BTreeMap<&str, usize>| {
            let mut counts: Vec<usize> = side.values().copied().collect();
            counts.sort_unstable();
            counts
        };
        let counts = sorted(&self.novel);
        !counts.is_empty()
            && counts[0] >= 2
            && counts == sorted(&self.lost)
            && self.novel.keys().chain(self.lost.keys()).all(is_name)
    }
}

/// Whether the line sets something to nothing at all: `self.a = None`.
fn begins_empty(tokens: &[Piece<'_>]) -> bool {
    const EMPTY: [&str; 8] = ["None", "nil", "null", "undefined", "false", "False", "0", "\"\""];
    let end = tokens.iter().rposition(|token| !token.is(",") && !token.is(";")).unwrap_or(0);
    let value = tokens.get(end).is_some_and(|token| EMPTY.contains(&token.text));
    let sets = end >= 2 && tokens[end - 1].is("=");
    let name = |token: &Piece<'_>| token.is_word() || [".", "@", "$", ":", "-", ">"].iter().any(|mark| token.is(mark));
    value && sets && tokens[..end - 1].iter().all(name)
}

/// Whether branches only choose what is logged.
fn tells_only(added: &[CodeLine<'_, '_>]) -> bool {
    let branches = |tokens: &[Piece<'_>]| {
        tokens
            .iter()
            .find(|token| !token.is("}"))
            .is_none_or(|first| ["if", "else", "elif", "elsif", "unless", "end"].contains(&first.text))
    };
    added.iter().any(|line| is_log(line.tokens))
        && added.iter().all(|line| is_log(line.tokens) || branches(line.tokens))
}

/// Whether one of several rows that call by one name changes or comes: `ErrGone = NewHTTPError(http.StatusGone)`.
fn adds_calls(added: &[CodeLine<'_, '_>], removed: &[CodeLine<'_, '_>]) -> bool {
    const FEW: usize = 3;
    let callee = |line: &CodeLine<'_, '_>| {
        let at = line.tokens.iter().position(|token| token.is("(")).filter(|at| *at >= 3)?;
        let row = line.tokens.first()?.is_word() && line.tokens[1].is("=") && line.tokens.last()?.is(")");
        row.then(|| line.tokens[at - 1].text.to_owned())
    };
    let rows: BTreeSet<Option<String>> = added.iter().chain(removed).map(callee).collect();
    removed.len() >= FEW
        && !rows.contains(&None)
        && rows.len() <= 2
        && !removed.is_empty()
        && added.iter().map(callee).all(|name| removed.iter().any(|line| callee(line) == name))
}

/// Calls that hold, free and drain what other calls use.
const HOUSEKEEPING: [&str; 14] = [
    "Lock", "Unlock", "RLock", "RUnlock", "lock", "unlock", "Close", "close", "dispose", "Dispose", "flush", "Flush",
    "Stop", "Release",
];

/// Whether the line only locks, closes or flushes something: `defer f.Close()`, `c.mu.RLock()`.
fn keeps_house(tokens: &[Piece<'_>], language: Language) -> bool {
    let words: Vec<&str> = tokens.iter().filter(|token| token.is_word()).map(|token| token.text).collect();
    let plain = |token: &Piece<'_>| match token.kind {
        TokenKind::Word => true,
        TokenKind::Mark => [".", "(", ")", ";", "!", "?"].contains(&token.text),
        TokenKind::Number | TokenKind::Text | TokenKind::Comment => false,
    };
    let called = tokens
        .iter()
        .rposition(|token| token.is("("))
        .is_some_and(|at| tokens.get(at + 1).is_some_and(|next| next.is(")")) && at >= 2 && tokens[at - 2].is("."));
    let ends = called || language == Language::Ruby && tokens.len() == 3 && tokens[1].is(".");
    ends && tokens.iter().all(plain) && words.last().is_some_and(|word| HOUSEKEEPING.contains(word))
}

/// Whether only numbers differ, and names beside them say that they are dials.
fn turns_dial(added: &[CodeLine<'_, '_>], removed: &[CodeLine<'_, '_>]) -> bool {
    added.len() == removed.len()
        && added.iter().zip(removed).all(|(new, old)| {
            let same = |(new, old): (&Piece<'_>, &Piece<'_>)| {
                new.text == old.text || new.kind == TokenKind::Number && old.kind == TokenKind::Number
            };
            let named = new.tokens.iter().filter(|token| token.is_word()).any(|token| {
                let lower = token.text.to_ascii_lowercase();
                DIALS.iter().any(|dial| lower.contains(dial))
            });
            new.tokens.len() == old.tokens.len() && named && new.tokens.iter().zip(old.tokens).all(same)
        })
}

/// Whether a list of texts that is given a name, as a row of a table is, gets more of them: `names: ["a", "b"],`.
fn adds_items(added: &[CodeLine<'_, '_>], removed: &[CodeLine<'_, '_>]) -> bool {
    added.len() == removed.len()
        && added.iter().zip(removed).all(|(new, old)| {
            let row = |line: &CodeLine<'_, '_>| {
                let named = line.tokens.iter().position(|token| token.is(":") || token.is("="));
                let listed = line.tokens.iter().position(|token| token.is("[") || token.is("{"));
                let called = line.tokens.iter().any(|token| token.is("("));
                !called
                    && matches!((named, listed), (Some(named), Some(listed)) if named < listed)
                    && line.inside != Inside::Call
            };
            let is_data = |token: &&Piece<'_>| token.kind == TokenKind::Text || token.is(",");
            let rest = |line: &CodeLine<'_, '_>| {
                line.tokens
                    .iter()
                    .filter(|token| !is_data(token))
                    .map(|token| token.text.to_owned())
                    .collect::<Vec<_>>()
            };
            row(new) && row(old) && rest(new) == rest(old)
        })
}

#[cfg(test)]
mod tests {
    use super::super::lines::code_lines;
    use super::*;

    fn evidence(old: &str, new: &str, language: Language) -> Evidence {
        let (old, new) = (code_lines(old, language, 1), code_lines(new, language, 1));
        let removed: Vec<CodeLine<'_, '_>> = old.iter().map(|(_, line)| line).collect();
        let added: Vec<CodeLine<'_, '_>> = new.iter().map(|(_, line)| line).collect();
        let branches = decides_more(added.iter().copied(), removed.iter().copied(), language);
        weigh(&added, &removed, branches, &BTreeSet::from(["safe".to_owned()]), language)
    }

    #[test]
    fn branches_that_only_log_are_known() {
        for (language, text, expected) in [
            (Language::Rust, "if let Err(error) = a() {\n  log::debug!(\n    \"{}\",\n    error\n  );\n}\nb()", true),
            (
                Language::Rust,
                "if let Err(e) = a() {\n  if b {\n    warn!(\"b\");\n  } else {\n    warn!(\"c\");\n  }\n}",
                true,
            ),
            (Language::Go, "if err := a(); err != nil {\n  log.Printf(\"%v\", err)\n}", true),
            (Language::Go, "if err := a(); err != nil {\n  log.Printf(\"%v\", err)\n  return err\n}", false),
            (Language::JavaScript, "if (a) {\n  console.warn(b)\n  c()\n}", false),
            (Language::JavaScript, "if (a) {\n}\nconsole.warn(b)", false),
            (Language::JavaScript, "a(() => {\n  console.warn(b)\n})", false),
        ] {
            let lines = code_lines(text, language, 1);
            let lines: Vec<(u32, CodeLine<'_, '_>)> = lines.iter().collect();
            assert_eq!(without_idle(&lines).len() < lines.len(), expected, "{text}");
        }
    }

    #[test]
    fn branches_and_definitions_are_strong() {
        for (language, old, new) in [
            (Language::Python, "return a", "return a if b else c"),
            (Language::Python, "if a:", "if a and b:"),
            (Language::JavaScript, "return a", "return a || b"),
            (Language::Rust, "a();", "if !b() { a(); }"),
            (Language::Ruby, "a", "def a = b"),
        ] {
            assert_eq!(evidence(old, new, language), Evidence::Strong, "{old} {new}");
        }
    }

    #[test]
    fn the_same_branches_are_slight() {
        for (language, old, new) in [
            (Language::Python, "", "x = f()"),
            (Language::Python, "if a.b():", "if a.c():"),
            (Language::Rust, "match a { B => c, D => e }", "if a == B { c } else { e }"),
            (Language::Go, "x := f(1)", "x := f(2)"),
            (Language::Python, "return BAD", "return GONE"),
            (Language::Python, "return f(a)", "return self.f(a)"),
            (Language::Ruby, "a = B.c", "a = B.respond_to?(:d) ? B.d : B.c"),
            (Language::Python, "b = f(a)\nif c and b:", "if f(a) and d:"),
        ] {
            assert_eq!(evidence(old, new, language), Evidence::Slight, "{old} {new}");
        }
    }

    #[test]
    fn dials_rows_and_housekeeping_are_none() {
        for (language, old, new) in [
            (Language::Ruby, "def ping(timeout = 30)", "def ping(timeout = 10)"),
            (Language::Go, "const maxLatency = 20 * time.Second", "const maxLatency = 35 * time.Second"),
            (Language::Go, "Matches: []string{\"a\", \"b\"},", "Matches: []string{\"c\", \"a\", \"b\"},"),
            (Language::Rust, "return f(a);", "let b = f(a);\nreturn b;"),
            (Language::Python, "b = f(a)\nif c and b:", "if c and f(a):"),
            (Language::Python, "a = escape(b)", "a = safe.escape(b)"),
            (Language::Ruby, "if a == B::C::WAKE", "if a == PIPE_WAKE"),
            (Language::Python, "f(4096)", "f(CHUNK)"),
            (Language::Go, "_, err = f()\ng <- err", "_, copyErr := f()\ng <- copyErr"),
            (Language::Ruby, "log \"a\"", "if b\nlog \"a\"\nelse\nlog \"b\""),
            (Language::Ruby, "", "@a = nil"),
            (Language::Go, "", "defer f.Close()"),
            (Language::Go, "", "c.mu.RLock()"),
            (Language::Rust, "", "pub fn a(&self) -> &A {\n  &self.a"),
        ] {
            assert_eq!(evidence(old, new, language), Evidence::None, "{old} {new}");
        }
    }
}
