//! A text into steps: guarded, parsed, and read statement by statement.

use super::super::lines::Lines;
use super::super::step::{Edit, Operation, Span, Step};
use super::guard::{Depth, MAX_BYTES, measure};
use super::routine::Routine;
use super::statement::read_statement;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{Parse, SourceFile, SyntaxKind, SyntaxNode};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a text, or a part of it, was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Problem {
    /// Where.
    pub(in super::super) span: Span,
    /// In words; a sentence without its end.
    pub(in super::super) message: String,
    /// Whether the parser understood the text and found it wrong, rather than refusing it.
    pub(in super::super) syntax: bool,
}

/// What a text does, and the first thing in it that is not SQL.
#[derive(Debug, Default)]
pub(in super::super) struct Read {
    pub(in super::super) steps: Vec<Step>,
    /// How many statements there are, also those that make no step.
    pub(in super::super) statements: usize,
    pub(in super::super) problem: Option<Problem>,
    pub(in super::super) style: Vec<super::style::StyleFinding>,
}

/// Stack of a thread that parses what nests deeply, in bytes; the guard's limits need less than half of it.
const DEEP_STACK: usize = 32 << 20;

/// Reads SQL; `lines` says where the text stands in its file. With `style` also what squawk says about style. With
/// `quotes` the texts in quotes are kept also where nothing in this text makes them matter.
pub(in super::super) fn read_sql(text: &str, lines: &Lines<'_>, style: bool, quotes: bool) -> Read {
    let refused = |message: &str| Read {
        problem: Some(Problem { span: lines.span(0, 1), message: message.to_owned(), syntax: false }),
        ..Read::default()
    };
    if text.len() > MAX_BYTES {
        return refused("this file is larger than 4 MiB, so it was not read; split it");
    }
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        let message = "a NUL byte stands here, which PostgreSQL refuses; remove it".to_owned();
        return Read {
            problem: Some(Problem { span: lines.span(at, at + 1), message, syntax: false }),
            ..Read::default()
        };
    }
    let parsed = match measure(text) {
        Depth::Calm => catch_unwind(AssertUnwindSafe(|| parse_and_read(text, lines, style, quotes))).ok(),
        Depth::Deep => std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().stack_size(DEEP_STACK);
            let reader = builder.spawn_scoped(scope, || parse_and_read(text, lines, style, quotes)).ok()?;
            reader.join().ok()
        }),
        Depth::TooDeep => {
            return refused(
                "this SQL nests deeper than a person would write, so it was not read; split its expressions",
            );
        }
    };
    parsed.unwrap_or_else(|| refused("the SQL parser gave up on this file, so it was not read; please report it"))
}

fn parse_and_read(text: &str, lines: &Lines<'_>, style: bool, quotes: bool) -> Read {
    let parse = SourceFile::parse(text);
    let problem = parse.errors().first().map(|error| Problem {
        span: lines.span(error.range().start().into(), error.range().end().into()),
        message: format!("PostgreSQL would not understand this: {}", error.message()),
        syntax: true,
    });
    let mut reader = Reader {
        lines,
        steps: Vec::new(),
        quotes_matter: quotes || contains_word(text, "add value"),
        positions: Positions::Here,
        in_block: false,
        depth: 0,
        routines: BTreeMap::new(),
        variables: BTreeSet::new(),
    };
    reader.read_file(&parse);
    // The linter's own panics leave what was read alone.
    let run = || super::style::run_style(&parse, text, lines);
    let style = if style { catch_unwind(AssertUnwindSafe(run)).unwrap_or_default() } else { Vec::new() };
    Read { steps: reader.steps, statements: parse.tree().stmts().count(), problem, style }
}

fn contains_word(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// Where the nodes that are being read stand in the text.
#[derive(Clone, Copy)]
pub(super) enum Positions<'a> {
    /// Their offsets are the text's.
    Here,
    /// In the body of a function or block.
    Body(&'a squawk_syntax::plpgsql::Plpgsql),
    /// In a text that is made when it runs: everything stands at one place.
    Fixed(Span),
}

/// Collects the steps of one text.
pub(super) struct Reader<'a> {
    pub(super) lines: &'a Lines<'a>,
    pub(super) steps: Vec<Step>,
    /// Whether the texts in quotes are worth keeping.
    pub(super) quotes_matter: bool,
    pub(super) positions: Positions<'a>,
    pub(super) in_block: bool,
    /// How many texts inside texts.
    pub(super) depth: u32,
    /// What later statements may call, by name.
    pub(super) routines: BTreeMap<String, Routine>,
    /// Names that stand for values in the body that is being read.
    pub(super) variables: BTreeSet<String>,
}

impl Reader<'_> {
    /// Reads every statement.
    pub(super) fn read_file(&mut self, parse: &Parse<SourceFile>) {
        for statement in parse.tree().stmts() {
            read_statement(self, &statement);
        }
    }

    /// Reads a text inside this one, which shares one transaction.
    pub(super) fn within(&mut self, positions: Positions<'_>, read: impl FnOnce(&mut Reader<'_>)) {
        let mut inner = Reader {
            lines: self.lines,
            steps: Vec::new(),
            quotes_matter: self.quotes_matter,
            positions,
            in_block: true,
            depth: self.depth + 1,
            routines: std::mem::take(&mut self.routines),
            variables: self.variables.clone(),
        };
        read(&mut inner);
        self.routines = inner.routines;
        self.steps.append(&mut inner.steps);
    }

    /// Adds a step at a node.
    pub(super) fn push(&mut self, node: &SyntaxNode, operation: Operation) -> &mut Step {
        let mut step = Step::new(self.span(node), operation);
        step.in_block = self.in_block;
        self.steps.push(step);
        let at = self.steps.len() - 1;
        &mut self.steps[at]
    }

    /// Adds a step with an edit that mends it.
    pub(super) fn push_with_edit(
        &mut self,
        node: &SyntaxNode,
        operation: Operation,
        edit: Option<(usize, usize, &str)>,
    ) -> &mut Step {
        let here = matches!(self.positions, Positions::Here);
        let step = self.push(node, operation);
        step.edit = edit.filter(|_| here).map(|(start, end, text)| Edit { start, end, text: text.to_owned() });
        step
    }

    /// Keeps the texts in quotes of a statement with the last step.
    pub(super) fn keep_literals(&mut self, statement: &ast::Stmt) {
        if let Some(step) = self.steps.last_mut().filter(|_| self.quotes_matter) {
            let literals = statement.syntax().descendants().filter_map(ast::Literal::cast);
            step.literals = literals.filter_map(|literal| literal.string_value()).take(MAX_LITERALS).collect();
        }
    }

    fn span(&self, node: &SyntaxNode) -> Span {
        let (mut start, end) = range_of(node);
        let first = node.descendants_with_tokens().find(|element| {
            element
                .as_token()
                .is_some_and(|token| !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT))
        });
        if let Some(first) = first {
            start = first.text_range().start().into();
        }
        match self.positions {
            Positions::Here => self.lines.span(start, end),
            Positions::Fixed(span) => span,
            Positions::Body(body) => {
                let range = body.source_range(node.text_range());
                let skipped = start - usize::from(node.text_range().start());
                self.lines.span(usize::from(range.start()) + skipped, range.end().into())
            }
        }
    }
}

/// Byte offsets of a node.
pub(super) fn range_of(node: &SyntaxNode) -> (usize, usize) {
    let range = node.text_range();
    (range.start().into(), range.end().into())
}

/// A statement that quotes more values than this is data, not a use of a new enum value.
const MAX_LITERALS: usize = 1000;
