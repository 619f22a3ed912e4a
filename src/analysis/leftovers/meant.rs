//! Whether a print or a dump is meant: by its arguments, its place, or what stands around it.

use super::LeftoverKind;
use super::calls::Call;
use super::find::{MAX_BACK, Source};
use super::removal::closing;
use super::talkative::{is_dumping_name, is_talkative_name};
use crate::analysis::code::{Language, Token, TokenKind};

impl Source<'_> {
    /// Whether a print says by its arguments or its place that it is meant.
    pub(super) fn is_meant(&self, index: usize, call: &Call, function: &str) -> bool {
        let speaks = match call.kind {
            LeftoverKind::Output => is_talkative_name(function),
            // Who writes a function `dumpHeaders` dumps on purpose.
            LeftoverKind::Dump => is_dumping_name(function),
            _ => false,
        };
        if speaks {
            return true;
        }
        let open = index + call.tokens.len() - 1;
        let end = match self.code[open].is("(") {
            true => closing(self.code, open),
            // Ruby's arguments need no brackets.
            false => (open + 1..self.code.len()).find(|at| self.code[*at].line > self.code[open].line),
        };
        let arguments = end.map_or(&[][..], |end| &self.code[open..end]);
        let prints = matches!(call.kind, LeftoverKind::Output | LeftoverKind::Dump);
        if prints
            && (is_message(arguments) || self.is_guarded(index) || self.is_logger(index) || self.is_in_handler(index))
        {
            return true;
        }
        // Python's `print(..., file=out)` and Swift's `print(..., to: &out)` write elsewhere.
        let elsewhere = |name: &str, mark: &str| arguments.windows(2).any(|pair| pair[0].is(name) && pair[1].is(mark));
        match self.language {
            Language::Python => elsewhere("file", "="),
            Language::Swift => elsewhere("to", ":"),
            // `print_r(value, true)` gives the text back.
            Language::Php => arguments.last().is_some_and(|last| last.is("true")),
            // A macro's argument: the macro prints, whoever calls it decides.
            Language::Rust => arguments.iter().any(|token| token.is("$")),
            _ => false,
        }
    }

    /// Whether what stands around a print says that it is wanted.
    pub(super) fn is_wanted(&self, index: usize, call: &Call) -> bool {
        call.kind == LeftoverKind::Output && (self.is_asked_for(index) || self.is_explained(index))
    }

    /// `console && console.log(...)`: written for browsers without a console, so meant to stay.
    pub(super) fn is_guarded(&self, index: usize) -> bool {
        index >= 2 && self.code[index - 1].is("&") && self.code[index - 2].is("&")
    }

    /// `logger = (kind, data) => console.log(kind, data)`: the value is given to a name that says that it prints.
    fn is_logger(&self, index: usize) -> bool {
        let line = self.code[index].line;
        let begin = index - self.code[..index].iter().rev().take(MAX_BACK).take_while(|it| it.line == line).count();
        self.code[begin..index].windows(2).any(|pair| {
            pair[0].kind == TokenKind::Word && (pair[1].is("=") || pair[1].is(":")) && is_talkative_name(pair[0].text)
        })
    }

    /// The first thing in the handler of an exception: it shows what went wrong before that is raised again.
    fn is_in_handler(&self, index: usize) -> bool {
        let opens = index > 0 && (self.code[index - 1].is("{") || self.code[index - 1].is(":"));
        let before = &self.code[index.saturating_sub(7)..index];
        opens && before.iter().any(|token| ["catch", "except", "rescue"].iter().any(|word| token.is(word)))
    }

    /// The first thing under a condition about how much to say: `if !options.silent { println!(..) }`.
    fn is_asked_for(&self, index: usize) -> bool {
        const WISHES: [&str; 9] =
            ["verbose", "silent", "quiet", "dry_run", "dryrun", "interactive", "loglevel", "debug", "trace"];
        let opens = index > 0 && ["{", ":", ")"].iter().any(|mark| self.code[index - 1].is(mark));
        let before = &self.code[index.saturating_sub(MAX_BACK)..index.saturating_sub(1)];
        let ends = |token: &&Token<'_>| !["if", "{", "}", ";"].iter().any(|text| token.is(text));
        let condition = || before.iter().rev().take_while(ends);
        let begins = before.len().checked_sub(condition().count() + 1).map(|at| before[at]);
        let asks = |token: &Token<'_>| {
            let word = token.text.to_ascii_lowercase();
            token.kind == TokenKind::Word && WISHES.iter().any(|wish| word.contains(wish))
        };
        opens && begins.is_some_and(|token| token.is("if")) && condition().any(asks)
    }

    /// A comment right above says where it goes: `// Write the config to stdout`.
    fn is_explained(&self, index: usize) -> bool {
        let line = self.code[index].line;
        let above = self.comments.partition_point(|comment| comment.line < line);
        let comment =
            above.checked_sub(1).map(|at| self.comments[at]).filter(|comment| comment.last_line() + 1 == line);
        comment.is_some_and(|comment| comment.text.to_ascii_lowercase().contains("stdout"))
    }

    /// Rust's `dbg!` in a test, right before an assertion or inside one: the runner shows it when the assertion fails.
    pub(super) fn is_checked_next(&self, index: usize, call: &Call) -> bool {
        if self.language != Language::Rust || call.kind != LeftoverKind::Dump {
            return false;
        }
        let asserts = |token: &Token<'_>| token.kind == TokenKind::Word && token.text.starts_with("assert");
        let back = self.code[..index].iter().rev().take(MAX_BACK);
        let inside = back.take_while(|token| ![";", "{", "}"].iter().any(|mark| token.is(mark))).any(asserts);
        let end = closing(self.code, index + call.tokens.len() - 1);
        let next = end
            .filter(|end| self.code.get(end + 1).is_some_and(|it| it.is(";")))
            .and_then(|end| self.code.get(end + 2));
        inside || next.is_some_and(asserts)
    }
}

/// A print that says so many words, or a heredoc, speaks to people; a debugging print names a value.
const MESSAGE_WORDS: usize = 3;

fn is_message(arguments: &[Token<'_>]) -> bool {
    let texts = || arguments.iter().filter(|token| token.kind == TokenKind::Text);
    let words = |token: &Token<'_>| {
        token.text.split_whitespace().filter(|word| word.bytes().filter(u8::is_ascii_alphabetic).count() >= 2).count()
    };
    // Each piece after the first follows a value inside the sentence.
    let said = texts().map(words).sum::<usize>() + texts().count().saturating_sub(1);
    texts().any(|token| token.text.starts_with("<<") || is_coloured(token.text)) || said >= MESSAGE_WORDS
}

/// Whether a text sets the colour of a terminal: made to be looked at.
fn is_coloured(text: &str) -> bool {
    ["\\x1b[", "\\u001b[", "\\033[", "\\e["].iter().any(|sign| text.contains(sign))
}
