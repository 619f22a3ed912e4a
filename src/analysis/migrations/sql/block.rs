//! `DO` blocks: the statements in their body run, also those in constant texts that `EXECUTE` is given.

use super::super::step::{Operation, Step};
use super::guard::{Depth, measure};
use super::read::{Positions, Reader, range_of};
use super::statement::read_statement;
use squawk_syntax::SourceFile;
use squawk_syntax::SyntaxNode;
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
    let root = body.syntax().clone();
    let commits = body.syntax().descendants().any(|node| ast::PlpgsqlCommitStmt::can_cast(node.kind()));
    for node in body.syntax().descendants() {
        if let Some(run) = ast::PlpgsqlExecSqlStmt::cast(node.clone()) {
            if let Some(statement) = run.stmt() {
                let before = inner.steps.len();
                read_statement(&mut inner, &statement);
                // Small steps in a loop without a commit are one large one.
                if !commits && run.syntax().ancestors().any(|outer| is_loop(&outer)) {
                    for step in &mut inner.steps[before..] {
                        if let Operation::Write { bounded, .. } = &mut step.operation {
                            *bounded = false;
                        }
                    }
                }
            }
        } else if let Some(run) = ast::PlpgsqlDynExecuteStmt::cast(node) {
            read_execute(&mut inner, &run, &root);
        }
    }
    let steps = inner.steps;
    reader.steps.extend(steps);
}

fn is_loop(node: &SyntaxNode) -> bool {
    let kind = node.kind();
    ast::PlpgsqlLoopStmt::can_cast(kind)
        || ast::PlpgsqlWhileStmt::can_cast(kind)
        || ast::PlpgsqlForIStmt::can_cast(kind)
        || ast::PlpgsqlForQueryStmt::can_cast(kind)
}

/// Reads the text that `EXECUTE` is given, as far as it is written there: a constant, `format` of one, texts joined by
/// `||`, or a variable that was given one of these.
fn read_execute(reader: &mut Reader<'_>, run: &ast::PlpgsqlDynExecuteStmt, body: &SyntaxNode) {
    let Some(text) = run.query().and_then(|query| text_of(query.syntax(), body)) else {
        reader.push(run.syntax(), Operation::Unseen);
        return;
    };
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

/// What a text expression is, with something of the right shape for each computed part; `None` when all of it is computed.
fn text_of(expression: &SyntaxNode, body: &SyntaxNode) -> Option<String> {
    let literals: Vec<ast::Literal> = expression.descendants().filter_map(ast::Literal::cast).collect();
    if literals.is_empty() {
        return assigned(expression.text().to_string().trim(), body);
    }
    let whole = expression.text().to_string();
    let whole = whole.trim();
    if !whole.contains("||") || whole.to_ascii_lowercase().starts_with("format") {
        return literals.first().and_then(ast::Literal::string_value).map(|text| fill_format(&text));
    }
    // Between two texts, and beside them, something is computed.
    let mut out = String::new();
    let (first, last) = range_of(expression);
    let mut end = first;
    for literal in literals {
        let (start, after) = range_of(literal.syntax());
        if start < end {
            continue;
        }
        if has_operand(expression, end, start) {
            out.push_str("computed_name");
        }
        out.push_str(&literal.string_value().unwrap_or_default());
        end = after;
    }
    if has_operand(expression, end, last) {
        out.push_str("computed_name");
    }
    Some(fill_format(&out))
}

/// Whether a name stands between two offsets of an expression.
fn has_operand(expression: &SyntaxNode, start: usize, end: usize) -> bool {
    let tokens = expression.descendants_with_tokens().filter_map(|element| element.into_token());
    tokens
        .filter(|token| {
            usize::from(token.text_range().start()) >= start && usize::from(token.text_range().end()) <= end
        })
        .any(|token| token.text().starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"')))
}

/// The text that a variable is given in the block: `q := 'DROP TABLE t';`.
fn assigned(name: &str, body: &SyntaxNode) -> Option<String> {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let statements = body.descendants().filter(|node| ast::PlpgsqlAssignStmt::can_cast(node.kind()));
    let declared = body.descendants().filter(|node| ast::PlpgsqlVarDecl::can_cast(node.kind()));
    statements.chain(declared).filter(|_| is_name).find_map(|node| {
        let text = node.text().to_string();
        let rest = text.trim().strip_prefix(name)?;
        let is_value = rest.trim_start().starts_with([':', '=']) || ast::PlpgsqlVarDecl::can_cast(node.kind());
        let literal = node.descendants().find_map(ast::Literal::cast).filter(|_| is_value)?;
        literal.string_value().map(|text| fill_format(&text))
    })
}

/// Puts something of the right shape for each placeholder of `format`.
fn fill_format(text: &str) -> String {
    let filled = text.replace("%I", "computed_name").replace("%L", "'computed value'").replace("%s", "computed_name");
    filled.replace("%%", "%")
}
