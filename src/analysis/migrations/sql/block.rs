//! `DO` blocks and the bodies of functions that are called: the statements in them run, also those in texts that
//! `EXECUTE` is given.

use super::super::step::Operation;
use super::computed::Assigned;
use super::guard::{Depth, measure};
use super::names::name_of;
use super::read::{Positions, Reader};
use super::statement::read_statement;
use super::write::write;
use squawk_syntax::SourceFile;
use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode, Stmt};
use squawk_syntax::plpgsql::Plpgsql;

/// Texts inside texts inside texts.
const MAX_DEPTH: u32 = 6;

/// Whether a text inside the one that is being read may be read as well.
pub(super) fn may_read(reader: &Reader<'_>, text: &str) -> bool {
    reader.depth < MAX_DEPTH && measure(text) == Depth::Calm
}

/// Reads the body of a `DO` block.
pub(super) fn read_block(reader: &mut Reader<'_>, block: &ast::Do) {
    let Some(text) = block.body().and_then(|body| body.string_value()) else { return };
    if !may_read(reader, &text) {
        let what = "a `DO` block that nests deeper than can be read".to_owned();
        reader.push(block.syntax(), Operation::Unclear { what });
        return;
    }
    let Some(body) = block.plpgsql() else {
        // Another language.
        reader.push(block.syntax(), Operation::Unseen);
        return;
    };
    if ends_transaction(&body) {
        reader.push(block.syntax(), Operation::OutsideTransaction { statement: "COMMIT" });
    }
    let fixed = match reader.positions {
        Positions::Here => None,
        _ => Some(reader.push(block.syntax(), Operation::Other).span),
    };
    let positions = fixed.map_or(Positions::Body(&body), Positions::Fixed);
    reader.within(positions, |inner| read_body(inner, &body));
}

/// Whether a body commits or rolls back, which it must not do inside a transaction.
pub(super) fn ends_transaction(body: &Plpgsql) -> bool {
    body.syntax()
        .descendants()
        .any(|node| ast::PlpgsqlCommitStmt::can_cast(node.kind()) || ast::PlpgsqlRollbackStmt::can_cast(node.kind()))
}

/// Reads every statement of a body.
pub(super) fn read_body(reader: &mut Reader<'_>, body: &Plpgsql) {
    let root = body.syntax().clone();
    let (assigned, commits) = (Assigned::of(&root), ends_transaction(body));
    reader.variables.extend(variables_of(&root));
    // What the parser does not understand runs all the same: `WITH .. SELECT .. INTO` is such a statement.
    if !body.errors().is_empty() {
        reader.push(&root, Operation::Unseen);
        read_stray_writes(reader, &root);
    }
    for node in root.descendants() {
        let before = reader.steps.len();
        if let Some(statement) = statement_of(&node) {
            read_statement(reader, &statement);
        } else if let Some(text) = text_of(&node) {
            read_execute(reader, &node, &text, &assigned);
        }
        // Small steps in a loop without a commit are one large one.
        if !commits && reader.steps.len() > before && node.ancestors().skip(1).any(|outer| is_loop(&outer)) {
            for step in &mut reader.steps[before..] {
                if let Operation::Write { bounded, .. } = &mut step.operation {
                    *bounded = false;
                }
            }
        }
    }
}

/// Reads changes of rows in what the parser did not take for a statement.
fn read_stray_writes(reader: &mut Reader<'_>, root: &SyntaxNode) {
    for node in root.descendants() {
        let inner = ast::Update::cast(node.clone())
            .map(Stmt::Update)
            .or_else(|| ast::Delete::cast(node.clone()).map(Stmt::Delete));
        let is_stray = || !node.ancestors().any(|outer| statement_of(&outer).is_some());
        if let Some(inner) = inner.filter(|_| is_stray()) {
            write(reader, &inner);
        }
    }
}

fn variables_of(body: &SyntaxNode) -> impl Iterator<Item = String> {
    let declares = |node: &SyntaxNode| {
        ast::PlpgsqlVarName::can_cast(node.kind()) || ast::PlpgsqlForVariable::can_cast(node.kind())
    };
    body.descendants().filter(declares).map(|node| name_of(&node))
}

/// The statement of SQL that a part of a body runs.
fn statement_of(node: &SyntaxNode) -> Option<Stmt> {
    let node = || node.clone();
    let first = |node: SyntaxNode| node.children().find_map(Stmt::cast);
    None.or_else(|| ast::PlpgsqlExecSqlStmt::cast(node())?.stmt())
        .or_else(|| ast::PlpgsqlForQueryStmt::cast(node())?.query())
        .or_else(|| ast::PlpgsqlReturnQueryStmt::cast(node())?.query())
        .or_else(|| ast::PlpgsqlOpenQuery::cast(node())?.query())
        .or_else(|| ast::PlpgsqlCursorDecl::cast(node())?.query())
        .or_else(|| first(ast::PlpgsqlPerformStmt::cast(node())?.syntax().clone()))
        .or_else(|| first(ast::PlpgsqlCallStmt::cast(node())?.syntax().clone()))
        .or_else(|| first(ast::PlpgsqlDoStmt::cast(node())?.syntax().clone()))
}

/// The text that a part of a body runs.
fn text_of(node: &SyntaxNode) -> Option<Option<ast::PlpgsqlExpr>> {
    let node = || node.clone();
    None.or_else(|| ast::PlpgsqlDynExecuteStmt::cast(node()).map(|run| run.query()))
        .or_else(|| ast::PlpgsqlForDynStmt::cast(node()).map(|run| run.query()))
        .or_else(|| ast::PlpgsqlReturnQueryExecuteStmt::cast(node()).map(|run| run.query()))
        .or_else(|| ast::PlpgsqlOpenExecute::cast(node()).map(|run| run.query()))
}

fn is_loop(node: &SyntaxNode) -> bool {
    let kind = node.kind();
    ast::PlpgsqlLoopStmt::can_cast(kind)
        || ast::PlpgsqlWhileStmt::can_cast(kind)
        || ast::PlpgsqlForIStmt::can_cast(kind)
        || ast::PlpgsqlForQueryStmt::can_cast(kind)
        || ast::PlpgsqlForCursorStmt::can_cast(kind)
        || ast::PlpgsqlForDynStmt::can_cast(kind)
        || ast::PlpgsqlForEachStmt::can_cast(kind)
}

/// Reads the text that `EXECUTE` is given, in each form that it may have. What cannot be put together is said.
fn read_execute(reader: &mut Reader<'_>, run: &SyntaxNode, text: &Option<ast::PlpgsqlExpr>, assigned: &Assigned) {
    let texts = text.as_ref().and_then(|text| assigned.texts_of(text));
    let Some(texts) = texts.filter(|texts| texts.iter().all(|text| may_read(reader, text))) else {
        reader.push(run, Operation::Unseen);
        return;
    };
    let span = reader.push(run, Operation::Other).span;
    let mut understood = true;
    reader.within(Positions::Fixed(span), |inner| {
        for text in &texts {
            let parse = SourceFile::parse(text);
            understood &= parse.errors().is_empty();
            inner.read_file(&parse);
        }
    });
    if !understood {
        reader.push(run, Operation::Unseen);
    }
}
