//! Runs tree-sitter with limits, and what the languages share.

use super::super::lines::Lines;
use super::item::{Item, Text};
use super::{elixir, javascript, python, ruby};
use std::borrow::Cow;
use std::cell::Cell;
use std::ops::ControlFlow;
use tree_sitter::{Node, ParseOptions, Parser};

/// The languages of migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Language {
    Python,
    Ruby,
    Elixir,
    /// Also JavaScript, of which it is a superset apart from JSX.
    TypeScript,
}

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Unread {
    /// It is larger than a migration is.
    TooLarge,
    /// It nests deeper than a person would write, or takes too long.
    TooDeep,
}

/// The largest text that is read, in bytes: code that people write, or that a tool generates for a whole schema.
const MAX_BYTES: usize = 1 << 20;
/// Reports of progress by the parser before it is stopped; it reports after each hundred operations or so.
const MAX_REPORTS: usize = 200_000;
/// How deep the tree may be for what is read of it.
pub(super) const MAX_DEPTH: u32 = 200;
/// Nodes that are read, each as often as it is: what stands in a value and in a statement is read for both. A file of the
/// largest size in ordinary code has a quarter of them.
const MAX_READ: usize = 2_000_000;
/// How deep it may be at all: trees are released recursively.
const MAX_TREE_DEPTH: usize = 2000;

/// The statements of a text.
pub(in super::super) fn read_code(language: Language, text: &str) -> Result<Vec<Item>, Unread> {
    if text.len() > MAX_BYTES {
        return Err(Unread::TooLarge);
    }
    if nests_deeper_than(text, MAX_TREE_DEPTH) {
        return Err(Unread::TooDeep);
    }
    let mut parser = Parser::new();
    let grammar = match language {
        Language::Python => tree_sitter_python::LANGUAGE,
        Language::Ruby => tree_sitter_ruby::LANGUAGE,
        Language::Elixir => tree_sitter_elixir::LANGUAGE,
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
    };
    parser.set_language(&grammar.into()).map_err(|_| Unread::TooDeep)?;
    let mut reports = 0;
    let mut progress = |_: &tree_sitter::ParseState| {
        reports += 1;
        if reports > MAX_REPORTS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let parsed = match language {
        Language::TypeScript => javascript::without_types(text),
        _ => Cow::Borrowed(text),
    };
    let bytes = parsed.as_bytes();
    let mut chunk = |at: usize, _| bytes.get(at..).unwrap_or_default();
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut chunk, None, Some(options)).ok_or(Unread::TooDeep)?;
    let source = Source { text, lines: Lines::new(text), left: Cell::new(MAX_READ) };
    let items = match language {
        Language::Python => python::read(&source, tree.root_node()),
        Language::Ruby => ruby::read(&source, tree.root_node()),
        Language::Elixir => elixir::read(&source, tree.root_node()),
        Language::TypeScript => javascript::read(&source, tree.root_node()),
    };
    if source.left.get() == 0 { Err(Unread::TooDeep) } else { Ok(items) }
}

/// Brackets that are open at once. Texts and comments are not told apart, which only makes the count larger.
fn nests_deeper_than(text: &str, limit: usize) -> bool {
    let mut depth = 0usize;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

/// The operands of `a + b + c`, from left to right. Descends in a loop, because sums may be long; of one that is too long it is
/// said that it was not read.
pub(super) fn operands<'t>(source: &Source<'_>, sum: Node<'t>, operators: &[&str]) -> Vec<Node<'t>> {
    let (mut found, mut pending) = (Vec::new(), vec![sum]);
    while let Some(part) = pending.pop() {
        if found.len() == MAX_OPERANDS {
            source.give_up();
            break;
        }
        if part.kind() == sum.kind() && operators.contains(&source.of_field(part, "operator")) {
            let sides = [part.child_by_field_name("right"), part.child_by_field_name("left")];
            pending.extend(sides.into_iter().flatten());
        } else {
            found.push(part);
        }
    }
    found
}

/// Operands of one sum.
const MAX_OPERANDS: usize = 1000;

/// The text that nodes point into.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) lines: Lines<'a>,
    /// Nodes that may still be read; none are once it is empty.
    left: Cell<usize>,
}

impl<'a> Source<'a> {
    /// The levels that are left below a node whose children are about to be read; `None` when there are none, or when too
    /// much was read already: then the text counts as not read.
    pub(super) fn deeper(&self, node: Node<'_>, depth: u32) -> Option<u32> {
        self.left.set(self.left.get().saturating_sub(1 + node.named_child_count()));
        if depth == 0 {
            self.give_up();
        }
        depth.checked_sub(1).filter(|_| self.left.get() > 0)
    }

    /// Counts a node that is read without going deeper.
    pub(super) fn spend(&self) {
        self.left.set(self.left.get().saturating_sub(1));
    }

    /// Says that a part of the text was not read.
    pub(super) fn give_up(&self) {
        self.left.set(0);
    }

    pub(super) fn of(&self, node: Node<'_>) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text of a part of a node; empty when it has none.
    pub(super) fn of_field(&self, node: Node<'_>, field: &str) -> &'a str {
        node.child_by_field_name(field).map(|part| self.of(part)).unwrap_or_default()
    }

    pub(super) fn span(&self, node: Node<'_>) -> super::super::step::Span {
        let range = node.byte_range();
        self.lines.span(range.start, range.end)
    }

    /// A text whose content lies between two byte offsets.
    pub(super) fn text_at(&self, start: usize, end: usize, text: String, raw: bool) -> Text {
        let span = self.lines.span(start, end.max(start + 1));
        // A text that spans several lines of the file has its line breaks there, apart from those it escapes.
        Text {
            as_written: raw || span.end_line > span.line || !text.contains('\n'),
            text,
            line: span.line,
            column: span.column,
        }
    }
}

/// The named children of a node.
pub(super) fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect()
}

/// What stands for something that is computed when the migration runs.
pub(in super::super) const COMPUTED: &str = "computed_name";

/// What stands for the value of an expression: the same for the same expression, and another for another one, so that a
/// table that is made and a table that is changed are not taken for one.
pub(in super::super) fn gap_of(expression: &str) -> String {
    let in_a_word = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let word: String = expression.trim().chars().take(MAX_GAP).map(in_a_word).collect();
    if word.is_empty() { COMPUTED.to_owned() } else { format!("{COMPUTED}${word}$") }
}

/// The expression in `{..}`, `#{..}`, `${..}`; in Python without what says how it is shown.
pub(super) fn inside(interpolation: &str) -> &str {
    let inner = interpolation.trim_start_matches(['#', '$']).trim_start_matches('{').trim_end_matches('}');
    inner.strip_suffix("!r").or_else(|| inner.strip_suffix("!s")).unwrap_or(inner).trim()
}

/// Letters of an expression that tell it from others.
const MAX_GAP: usize = 60;

/// The gaps of a text filled with what is known of their expressions; the others in small letters, as PostgreSQL has names
/// that are not in quotes. `None` when there is none.
pub(in super::super) fn fill_gaps(text: &str, known: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mark = format!("{COMPUTED}$");
    let mut rest = text;
    let mut out = String::new();
    for _ in 0..MAX_GAPS {
        let Some((before, after)) = rest.split_once(mark.as_str()) else { break };
        let Some((word, after)) = after.split_once('$') else { break };
        out.push_str(before);
        match known(word) {
            Some(value) => out.push_str(&value),
            None => {
                out.push_str(&mark);
                out.push_str(&word.to_lowercase());
                out.push('$');
            }
        }
        rest = after;
    }
    (rest.len() < text.len()).then(|| out + rest)
}

/// Gaps of one text that are filled.
const MAX_GAPS: usize = 500;

/// Takes the usual escapes out of a text.
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('\n') | None => {}
            Some(other) => out.push(other),
        }
    }
    out
}
