//! Finds leftovers on the added lines of one file.

use super::calls::{Call, When, calls_of};
use super::removal::{line_around, may_go, statement_end};
use super::talkative::{Switch, is_node_script, is_program, silences, switched_by};
use super::{Leftover, LeftoverKind};
use crate::analysis::code::{Language, Token, TokenKind, tokenize};
use crate::analysis::focus::{Focus, focus_at, focuses_of};
use crate::diff::{Hunk, LineKind};
use aho_corasick::{AhoCorasick, Match};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

/// A new file that prints more often than this does so on purpose.
const MAX_PRINTS: usize = 3;

/// A changed file.
#[derive(Clone, Copy, Debug)]
pub struct LeftoverFile<'a> {
    /// Its path on the new side.
    pub path: &'a str,
    /// What changes.
    pub hunks: &'a [Hunk<'a>],
    /// Its whole text at the head; without it the hunks are read alone, and a string or comment that began above
    /// a hunk is taken for code.
    pub text: Option<&'a str>,
    /// Whether it is a test.
    pub is_test: bool,
    /// Whether it prints on purpose.
    pub is_program: bool,
}

/// So many tokens before a print are looked at.
pub(super) const MAX_BACK: usize = 40;

/// What a repository wants.
#[derive(Clone, Debug, Default)]
pub struct LeftoverOptions {
    /// Names that are no leftovers here, such as `console.log`.
    pub allow: Vec<String>,
    /// More calls that are leftovers here, such as `Rails.logger.debug`.
    pub also: Vec<String>,
    /// What a comment says that must not be merged, such as `NOCOMMIT`.
    pub comments: Vec<String>,
}

/// Whether some added line has a word with which a leftover begins: if not, the whole text need not be fetched.
pub fn may_have_leftovers(path: &str, hunks: &[Hunk<'_>], options: &LeftoverOptions) -> bool {
    let Some(language) = Language::of(path) else { return false };
    let calls = calls_of(language).iter().map(|call| call.tokens[0]);
    let listed = options.also.iter().chain(&options.comments).filter_map(|name| first_word(name));
    let focuses = focuses_of(language).iter().map(|focus| focus.telling_word());
    let words: BTreeSet<&str> = calls.chain(focuses).chain(listed).collect();
    // Many lines and few words: all words are looked for at once, and only what is found is looked at.
    let Ok(any_word) = AhoCorasick::new(&words) else { return true };
    let stands_alone = |text: &str, found: Match| {
        !text[..found.start()].ends_with(is_word) && !text[found.end()..].starts_with(is_word)
    };
    let added = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == LineKind::Added);
    added.map(|line| line.text).any(|text| any_word.find_overlapping_iter(text).any(|found| stands_alone(text, found)))
}

/// The leftovers on added lines, by line; at most one a line.
pub fn find_leftovers(file: &LeftoverFile<'_>, options: &LeftoverOptions) -> Vec<Leftover> {
    let Some(language) = Language::of(file.path) else { return Vec::new() };
    let whole = file.text.filter(|text| matches_hunks(text, file.hunks));
    let pieces: Vec<(String, u32)> = match whole {
        Some(_) => Vec::new(),
        None => file.hunks.iter().map(new_side).collect(),
    };
    let sources: Vec<(&str, u32)> = match whole {
        Some(text) => vec![(text, 1)],
        None => pieces.iter().map(|(text, line)| (text.as_str(), *line)).collect(),
    };
    if sources.first().is_some_and(|(text, line)| *line == 1 && is_generated(text)) {
        return Vec::new();
    }
    let added = added_lines(file.hunks);
    let listed: Vec<Vec<&str>> = options.also.iter().map(|name| split(name)).collect();
    let mut found = Found::default();
    let mut is_program_text = file.is_program;
    for (text, first_line) in sources {
        is_program_text |= is_program(text) || (language == Language::JavaScript && is_node_script(text));
        let tokens = tokenize(text, language, first_line);
        let (comments, code): (Vec<Token<'_>>, Vec<Token<'_>>) =
            tokens.into_iter().partition(|token| token.kind == TokenKind::Comment);
        let in_use = OnceCell::new();
        let source = Source { text, language, file, added: &added, code: &code, comments: &comments, in_use };
        source.find_calls(&listed, options, &mut found);
        source.find_notes(options, &mut found);
    }
    found.settle(is_program_text, file)
}

#[derive(Default)]
struct Found {
    by_line: BTreeMap<u32, Leftover>,
    /// Prints on lines that do not change.
    old_prints: usize,
}

impl Found {
    fn add(&mut self, leftover: Leftover) {
        match self.by_line.entry(leftover.line) {
            std::collections::btree_map::Entry::Occupied(mut there) if leftover.kind < there.get().kind => {
                there.insert(leftover);
            }
            std::collections::btree_map::Entry::Occupied(_) => {}
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(leftover);
            }
        }
    }

    /// Prints are leftovers only where printing is not what the file does; dumps, where the repository does not say so.
    fn settle(self, is_program: bool, file: &LeftoverFile<'_>) -> Vec<Leftover> {
        let prints = self.by_line.values().filter(|leftover| leftover.kind == LeftoverKind::Output).count();
        let is_new = file.hunks.iter().all(|hunk| hunk.old_lines == 0);
        let on_purpose = is_program || self.old_prints > 0 || (is_new && prints > MAX_PRINTS);
        self.by_line
            .into_values()
            .filter(|leftover| match leftover.kind {
                LeftoverKind::Output => !on_purpose,
                LeftoverKind::Dump => !file.is_program,
                _ => true,
            })
            .collect()
    }
}

/// A text whose calls are looked at.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) language: Language,
    pub(super) file: &'a LeftoverFile<'a>,
    pub(super) added: &'a HashSet<u32>,
    pub(super) code: &'a [Token<'a>],
    pub(super) comments: &'a [Token<'a>],
    /// What a Go file uses of its packages, once it is asked.
    in_use: OnceCell<HashSet<&'a str>>,
}

impl<'a> Source<'a> {
    fn find_calls(&self, listed: &[Vec<&str>], options: &LeftoverOptions, found: &mut Found) {
        let silenced = self.silenced_lines();
        let disabled = self.disabled_kinds();
        let is_disabled = |of: LeftoverKind, line: u32| {
            let ranges = disabled.get(&of).map_or(&[][..], Vec::as_slice);
            ranges.get(ranges.partition_point(|lines| lines.end <= line)).is_some_and(|lines| lines.contains(&line))
        };
        let mut function = "";
        let mut in_tests = self.file.is_test;
        for (index, token) in self.code.iter().enumerate() {
            if in_tests
                && let Some(focus) = self.focus_at(index)
                && self.added.contains(&token.line)
                && !silenced.contains(&token.line)
                && !is_disabled(LeftoverKind::Focus, token.line)
                && !options.allow.iter().any(|name| name == focus.name)
            {
                found.add(self.leftover(index, index + focus.tokens.len() - 1, LeftoverKind::Focus, focus.name));
            }
            if token.kind != TokenKind::Word {
                continue;
            }
            if matches!(token.text, "def" | "fn" | "func" | "function" | "fun" | "defp") {
                // A function without a name is a part of the one around it.
                let name = self.code.get(index + 1).filter(|name| name.kind == TokenKind::Word);
                function = name.map_or(function, |name| name.text);
            }
            // Rust keeps its tests at the end of the file that they test.
            in_tests |= self.language == Language::Rust && self.stands_at(index, &["cfg", "(", "test", ")"]);
            let call = calls_of(self.language).iter().find(|call| self.stands_at(index, call.tokens));
            let is_added = self.added.contains(&token.line);
            if let Some(call) = call {
                let disabled = is_disabled(call.kind, token.line);
                let quiet = !self.counts(call, index, in_tests)
                    || self.is_between_tags(index, index + call.tokens.len() - 1)
                    || options.allow.iter().any(|name| name == call.name)
                    || (silenced.contains(&token.line) && !disabled)
                    || (in_tests && self.is_checked_next(index, call));
                if quiet || self.is_meant(index, call, function) {
                    continue;
                }
                if !is_added && call.kind == LeftoverKind::Output {
                    // Whether it is wanted or not, the file prints.
                    found.old_prints += 1;
                } else if is_added && !disabled && !self.is_wanted(index, call) {
                    found.add(self.leftover(index, index + call.tokens.len() - 1, call.kind, call.name));
                }
            } else if is_added
                && !silenced.contains(&token.line)
                && let Some(at) = listed.iter().position(|row| self.stands_at(index, row))
                && let last = index + listed[at].len() - 1
                && !self.is_between_tags(index, last)
            {
                found.add(self.leftover(index, last, LeftoverKind::Listed, &options.also[at]));
            }
        }
    }

    /// Whether this row of words and marks begins at the token, as a name of its own and not as a part of another.
    fn stands_at(&self, index: usize, row: &[&str]) -> bool {
        let code = &self.code[index..];
        !row.is_empty()
            && code.len() >= row.len()
            && row.iter().zip(code).all(|(text, token)| token.is(text))
            && !self.is_qualified(index)
            && line_around(self.text, self.code[index].start).is_some()
    }

    fn focus_at(&self, index: usize) -> Option<&'static Focus> {
        let is = |offset: isize, text: &str| {
            index.checked_add_signed(offset).and_then(|at| self.code.get(at)).is_some_and(|token| token.is(text))
        };
        let is_apart = |offset: isize| {
            let at = index.checked_add_signed(offset).filter(|at| (1..self.code.len()).contains(at));
            at.is_some_and(|at| self.code[at - 1].end() < self.code[at].start)
        };
        let focus = focus_at(self.language, &is, &is_apart, self.is_first_on_line(index))?;
        line_around(self.text, self.code[index].start).map(|_| focus)
    }

    /// Whether something before makes it another thing: a member, a definition, a key.
    fn is_qualified(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1).map(|at| self.code[at]) else { return false };
        let earlier = index.checked_sub(2).map(|at| self.code[at]);
        match before.kind {
            TokenKind::Mark => match before.text {
                "." | "@" => true,
                ":" => earlier.is_some_and(|it| it.is(":")) && self.language != Language::Rust,
                ">" => earlier.is_some_and(|it| it.is("-")) && self.language == Language::Php,
                _ => false,
            },
            TokenKind::Word => matches!(
                before.text,
                "def"
                    | "fn"
                    | "func"
                    | "function"
                    | "fun"
                    | "class"
                    | "new"
                    | "defp"
                    | "defmacro"
                    | "macro_rules"
                    | "alias"
            ),
            TokenKind::Number | TokenKind::Text | TokenKind::Comment => false,
        }
    }

    fn counts(&self, call: &Call, index: usize, in_tests: bool) -> bool {
        // Most test runners keep what a test prints to themselves; these show it to everybody.
        let shown = matches!(self.language, Language::JavaScript | Language::Go);
        if call.kind == LeftoverKind::Output && in_tests && !shown {
            return false;
        }
        match call.when {
            When::Always => true,
            When::NoTests => !in_tests,
            When::Statement => self.is_statement(index, call),
            When::StatementWithName => {
                let next = self.code.get(index + 1);
                let named = next.is_some_and(|next| {
                    next.line == self.code[index].line
                        && (next.kind == TokenKind::Word || next.is("@"))
                        && !matches!(
                            next.text,
                            "if" | "unless" | "do" | "and" | "or" | "in" | "rescue" | "end" | "then"
                        )
                });
                // `p x = 1` and `p.x` are something else.
                named && self.is_first_on_line(index)
            }
        }
    }

    /// Whether a call begins a statement and is not a value, a declaration or a name.
    fn is_statement(&self, index: usize, call: &Call) -> bool {
        let last = index + call.tokens.len() - 1;
        let next = self.code.get(last + 1).filter(|next| next.line == self.code[last].last_line());
        let bare = !call.tokens[call.tokens.len() - 1].ends_with('(');
        if bare {
            let ends = |next: &&Token<'_>| match next.kind {
                TokenKind::Mark => matches!(next.text, "(" | ";" | "}" | "@" | "[" | ":" | "\"" | "-"),
                TokenKind::Word => true,
                TokenKind::Number | TokenKind::Text | TokenKind::Comment => true,
            };
            // `debugger = 1`, `debugger: true`, `byebug,` name something.
            let named = next.is_some_and(|next| !ends(&next) || (next.is(":") && !self.is_symbol(last + 1)));
            if named {
                return false;
            }
        }
        if self.is_first_on_line(index) {
            return true;
        }
        let before = self.code[index - 1];
        if self.language == Language::Ruby && call.kind == LeftoverKind::Breakpoint && self.follows_in_ruby(index, call)
        {
            return true;
        }
        match before.kind {
            TokenKind::Mark => {
                matches!(before.text, ";" | "{" | "}" | ")" | ":")
                    || (before.is(">") && !bare && self.language != Language::Php)
            }
            TokenKind::Word => matches!(before.text, "else" | "then" | "do" | "begin"),
            TokenKind::Number | TokenKind::Text | TokenKind::Comment => false,
        }
    }

    /// Ruby's `{ |item| binding.pry }`, and `found and binding.pry`, where nothing else can be meant.
    fn follows_in_ruby(&self, index: usize, call: &Call) -> bool {
        let before = self.code[index - 1];
        if before.is("|") {
            let (line, parameters) = (self.code[index].line, &self.code[..index - 1]);
            let back = parameters.iter().rev().take(MAX_BACK).take_while(|it| it.line == line);
            let count = back.take_while(|it| !it.is("|")).count();
            let opening = (index - 1).checked_sub(count + 2).map(|at| (self.code[at], self.code[at + 1]));
            return opening.is_some_and(|(block, bar)| bar.is("|") && (block.is("{") || block.is("do")));
        }
        let joins = before.is("and") || before.is("or") || (before.is("&") && self.is_guarded(index));
        joins && call.tokens[0] == "binding"
    }

    /// Ruby's `:name`: a colon with the name right behind it and a space before.
    fn is_symbol(&self, colon: usize) -> bool {
        let spaced = colon.checked_sub(1).is_some_and(|at| self.code[at].end() < self.code[colon].start);
        spaced && self.code.get(colon + 1).is_some_and(|name| name.start == self.code[colon].end())
    }

    fn is_first_on_line(&self, index: usize) -> bool {
        index == 0 || self.code[index - 1].last_line() < self.code[index].line
    }

    /// The packages of a Go file that it uses elsewhere than in prints that it adds, which may go: a compiler does not let an
    /// import pass that nothing uses.
    fn packages_in_use(&self) -> HashSet<&'a str> {
        let prints: Vec<&Call> =
            calls_of(self.language).iter().filter(|call| call.tokens.get(1) == Some(&".")).collect();
        let goes = |at: usize| {
            self.added.contains(&self.code[at].line) && prints.iter().any(|call| self.stands_at(at, call.tokens))
        };
        let members = self.code.windows(2).enumerate().filter(|(_, pair)| pair[1].is("."));
        members.filter(|(at, _)| !self.is_qualified(*at) && !goes(*at)).map(|(_, pair)| pair[0].text).collect()
    }

    /// Whether the call is the last use of what it imports.
    fn is_last_use(&self, first: usize) -> bool {
        let member = self.code.get(first + 1).is_some_and(|dot| dot.is("."));
        let in_use = || self.in_use.get_or_init(|| self.packages_in_use()).contains(self.code[first].text);
        self.language == Language::Go && member && !in_use()
    }

    fn leftover(&self, first: usize, last: usize, kind: LeftoverKind, name: &str) -> Leftover {
        let line = self.code[first].line;
        let alone = Leftover { kind, name: name.to_owned(), line, end_line: line, suggestion: None };
        if kind == LeftoverKind::Focus {
            return Leftover { suggestion: self.without_focus(first, last), ..alone };
        }
        if matches!(kind, LeftoverKind::Unwritten) {
            return alone;
        }
        // A pipe's step goes with its sign: Elixir's `|> IO.inspect()`.
        let piped = first >= 2 && self.code[first - 1].is(">") && self.code[first - 2].is("|");
        let begin = if piped && self.is_first_on_line(first - 2) { first - 2 } else { first };
        let Some(end) = statement_end(self.code, last) else { return alone };
        let end_line = self.code[end].last_line();
        let removable = if begin == first {
            may_go(self.code, self.text, self.language, first, end)
        } else {
            self.code.get(end + 1).is_none_or(|next| next.line > end_line)
        };
        if removable && !self.is_last_use(first) && (line..=end_line).all(|line| self.added.contains(&line)) {
            return Leftover { end_line, suggestion: Some(String::new()), ..alone };
        }
        alone
    }

    /// The line without `.only`, or with the name that does not focus.
    fn without_focus(&self, first: usize, last: usize) -> Option<String> {
        let line = line_around(self.text, self.code[first].start)?;
        let begin = line.as_ptr() as usize - self.text.as_ptr() as usize;
        let (from, to) = if self.code[last].is("only") {
            (self.code[last - 1].start, self.code[last].end())
        } else if matches!(self.code[first].text, "fit" | "fdescribe" | "fcontext") {
            (self.code[first].start, self.code[first].start + 1)
        } else {
            return None;
        };
        let (from, to) = (from.checked_sub(begin)?, to.checked_sub(begin)?);
        Some(format!("{}{}", line.get(..from)?, line.get(to..)?.trim_end_matches('\r')))
    }

    /// Lines on which a comment silences a linter, and the lines after them.
    fn silenced_lines(&self) -> HashSet<u32> {
        let comments = self.comments.iter().filter(|comment| silences(comment.text));
        comments.flat_map(|comment| comment.line..=comment.last_line().saturating_add(1)).collect()
    }

    /// What a comment switches off for the rest of the file, or until another one switches it on again:
    /// `/* eslint-disable no-console */`.
    /// The lines of each kind come in their order.
    fn disabled_kinds(&self) -> BTreeMap<LeftoverKind, Vec<Range<u32>>> {
        let mut off: BTreeMap<LeftoverKind, Vec<Range<u32>>> = BTreeMap::new();
        for comment in self.comments {
            let Some((switch, kinds)) = switched_by(comment.text) else { continue };
            for kind in kinds {
                let all = off.entry(kind).or_default();
                let open = all.last_mut().filter(|lines| lines.end == u32::MAX);
                match (switch, open) {
                    (Switch::On, Some(lines)) => lines.end = comment.line,
                    (Switch::Off, None) => all.push(comment.line..u32::MAX),
                    _ => {}
                }
            }
        }
        off
    }

    fn find_notes(&self, options: &LeftoverOptions, found: &mut Found) {
        for comment in self.comments {
            for (offset, text) in comment.text.split('\n').enumerate() {
                let line = comment.line.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
                if !self.added.contains(&line) {
                    continue;
                }
                if let Some(note) = options.comments.iter().find(|note| has_phrase(text, note)) {
                    found.add(Leftover {
                        kind: LeftoverKind::Note,
                        name: note.clone(),
                        line,
                        end_line: line,
                        suggestion: None,
                    });
                }
            }
        }
    }
}

/// Whether the phrase stands in the text as whole words, in this case. In quotes it is only spoken of.
fn has_phrase(text: &str, phrase: &str) -> bool {
    let says = |(at, _)| {
        let (before, after) = (&text[..at], &text[at + phrase.len()..]);
        let quoted = ['`', '"', '\''].iter().any(|quote| before.ends_with(*quote) && after.starts_with(*quote));
        !quoted && !before.ends_with(is_word) && !after.starts_with(is_word)
    };
    !phrase.is_empty() && text.match_indices(phrase).any(says)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn first_word(name: &str) -> Option<&str> {
    name.split(|c: char| !is_word(c)).find(|word| !word.is_empty())
}

/// A name as a row of words and marks.
fn split(name: &str) -> Vec<&str> {
    let mut row = Vec::new();
    let mut rest = name.trim();
    while let Some(first) = rest.chars().next() {
        let length = match rest.find(|c: char| !is_word(c)) {
            Some(0) => first.len_utf8(),
            Some(length) => length,
            None => rest.len(),
        };
        row.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    row
}

fn added_lines(hunks: &[Hunk<'_>]) -> HashSet<u32> {
    let lines = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == LineKind::Added);
    lines.filter_map(|line| line.new).collect()
}

/// A hunk's new side as text, and the number of its first line.
fn new_side(hunk: &Hunk<'_>) -> (String, u32) {
    let mut text = String::new();
    for line in hunk.lines.iter().filter(|line| line.kind != LineKind::Removed) {
        text.push_str(line.text);
        text.push('\n');
    }
    (text, hunk.new_start)
}

/// Whether the text is the one that the hunks lead to, judged by its first added line.
fn matches_hunks(text: &str, hunks: &[Hunk<'_>]) -> bool {
    let first = hunks.iter().flat_map(|hunk| &hunk.lines).find(|line| line.kind == LineKind::Added);
    first.is_none_or(|line| {
        let number = line.new.unwrap_or(1).saturating_sub(1) as usize;
        text.split('\n').nth(number).map(|there| there.trim_end_matches('\r')) == Some(line.text.trim_end_matches('\r'))
    })
}

/// Whether the head of the file says that a machine wrote it.
fn is_generated(text: &str) -> bool {
    text.lines().take(10).any(|line| {
        let line = line.get(..line.len().min(300)).unwrap_or(line);
        line.contains("@generated") || line.contains("DO NOT EDIT") || line.contains("Code generated")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_hunks;

    /// Quadratic work on this would take minutes.
    #[test]
    fn what_a_comment_switches_is_looked_up() {
        let switched =
            "+/* eslint-disable no-debugger */\n+\n+debugger\n+/* eslint-enable no-debugger */\n+\n+debugger\n";
        let patch = format!("@@ -0,0 +1,60000 @@\n{}", switched.repeat(10_000));
        let hunks = parse_hunks(&patch);
        let file = LeftoverFile { path: "a.js", hunks: &hunks, text: None, is_test: false, is_program: false };
        let found = find_leftovers(&file, &LeftoverOptions::default());
        assert_eq!(found.len(), 10_000);
        assert!(found.iter().all(|leftover| leftover.line % 6 == 0));
    }
}
