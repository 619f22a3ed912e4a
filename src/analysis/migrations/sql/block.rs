//! `DO` blocks: the statements in their body run, also those in constant texts that `EXECUTE` is given.

use super::super::step::{Operation, Step};
use super::guard::{Depth, measure};
use super::read::{Positions, Reader};
use super::statement::read_statement;
use squawk_syntax::SourceFile;
use squawk_syntax::ast::{self, AstNode};

/// Texts inside texts inside texts.
const MAX_DEPTH: u32 = 6;

/// Reads the body of a `DO` block.
pub(super) fn read_block(reader: &mut Reader<'_>, block: &ast::Do) {
    let Some(text) = block.body().and_then(|body| body.string_value()) else { return };
    if reader.depth >= MAX_DEPTH || measure(&text) != Depth::Calm {
        let what = "a `DO` block that nests deeper than can be read".to_owned();
        reader.push(block.syntax(), Operation::Unclear { what });
        return;
    }
    let Some(body) = block.plpgsql() else { return };
    let fixed = match reader.positions {
        Positions::Here => None,
        _ => Some(reader.push(block.syntax(), Operation::Other).span),
    };
    let mut inner = Reader {
        lines: reader.lines,
        steps: Vec::new(),
        quotes_matter: reader.quotes_matter,
        positions: fixed.map_or(Positions::Body(&body), Positions::Fixed),
        in_block: true,
        depth: reader.depth + 1,
    };
    for node in body.syntax().descendants() {
        if let Some(run) = ast::PlpgsqlExecSqlStmt::cast(node.clone()) {
            if let Some(statement) = run.stmt() {
                read_statement(&mut inner, &statement);
            }
        } else if let Some(run) = ast::PlpgsqlDynExecuteStmt::cast(node) {
            read_execute(&mut inner, &run);
        }
    }
    let steps = inner.steps;
    reader.steps.extend(steps);
}

/// Reads the text that `EXECUTE` is given, when it is a constant or `format` of one.
fn read_execute(reader: &mut Reader<'_>, run: &ast::PlpgsqlDynExecuteStmt) {
    let first = run.syntax().descendants().find_map(ast::Literal::cast);
    let Some(text) = first.and_then(|literal| literal.string_value()) else { return };
    let text = fill_format(&text);
    if reader.depth >= MAX_DEPTH || measure(&text) != Depth::Calm {
        return;
    }
    let span = {
        let step: &mut Step = reader.push(run.syntax(), Operation::Other);
        step.span
    };
    let mut inner = Reader {
        lines: reader.lines,
        steps: Vec::new(),
        quotes_matter: reader.quotes_matter,
        positions: Positions::Fixed(span),
        in_block: true,
        depth: reader.depth + 1,
    };
    inner.read_file(&SourceFile::parse(&text));
    let steps = inner.steps;
    reader.steps.extend(steps);
}

/// Puts something of the right shape for each placeholder of `format`.
fn fill_format(text: &str) -> String {
    let filled = text.replace("%I", "computed_name").replace("%L", "'computed value'").replace("%s", "computed_name");
    filled.replace("%%", "%")
}
