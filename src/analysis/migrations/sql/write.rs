//! Statements that change rows, and whether they change few.

use super::super::lines::Lines;
use super::super::step::Operation;
use super::bounds::Sources;
use super::read::{Reader, read_sql};
use super::table::{named, table_of};
use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode, Stmt};

/// `UPDATE`, `DELETE` and `MERGE`.
pub(super) fn write(reader: &mut Reader<'_>, statement: &Stmt) {
    let (words, relation, condition, from) = match statement {
        Stmt::Update(update) => (
            "UPDATE",
            update.relation_name(),
            update.where_clause_or_current_of(),
            update.from_clause().map(|clause| clause.syntax().clone()),
        ),
        Stmt::Delete(delete) => (
            "DELETE",
            delete.relation_name(),
            delete.where_clause_or_current_of(),
            delete.using_clause().map(|clause| clause.syntax().clone()),
        ),
        Stmt::Merge(merge) => {
            let table = table_of(merge.table_relation_name());
            let operation = Operation::Write { statement: "MERGE", table, bounded: is_small(merge) };
            reader.push(statement.syntax(), operation);
            return;
        }
        _ => return,
    };
    let by_condition = match condition {
        Some(ast::WhereClauseOrCurrentOf::WhereCurrentOf(_)) => true,
        Some(ast::WhereClauseOrCurrentOf::WhereClause(clause)) => {
            let sources = Sources::of(statement.syntax(), from.as_ref());
            clause.expr().is_some_and(|condition| sources.bounds(&condition))
        }
        None => false,
    };
    let table = named(relation.and_then(|relation| relation.relation_name_ref()));
    reader.push(statement.syntax(), Operation::Write { statement: words, table, bounded: by_condition });
}

/// Whether a condition in SQL, as query builders take it, keeps the number of rows small.
pub(in super::super) fn is_bounded_condition(condition: &str) -> bool {
    let text = format!("UPDATE t SET a = 1 WHERE {condition}");
    let steps = read_sql(&text, &Lines::new(&text), false, false).steps;
    matches!(steps.as_slice(), [step] if matches!(step.operation, Operation::Write { bounded: true, .. }))
}

/// Changes of rows inside `WITH`: they happen whatever the main statement does.
pub(super) fn writes_within(reader: &mut Reader<'_>, statement: &Stmt) {
    let has_with = |node: &SyntaxNode| ast::WithClause::can_cast(node.kind());
    for with in statement.syntax().children().filter(has_with) {
        for node in with.descendants() {
            let inner =
                ast::Update::cast(node.clone()).map(Stmt::Update).or_else(|| ast::Delete::cast(node).map(Stmt::Delete));
            if let Some(inner) = inner {
                write(reader, &inner);
            }
        }
    }
}

/// Whether a `MERGE` changes few rows that are there: its source is limited, it joins on given keys, or it only inserts.
fn is_small(merge: &ast::Merge) -> bool {
    let unmatched =
        |clause: &ast::MergeWhenClause| matches!(clause, ast::MergeWhenClause::MergeWhenNotMatchedSource(_));
    // Rows of the target that the source lacks are as many as the target has.
    if merge.merge_when_clauses().any(|clause| unmatched(&clause)) {
        return false;
    }
    let using = merge.using_on_clause();
    let joined = using.as_ref().and_then(|using| using.on_clause()).and_then(|on| on.expr());
    let changes = merge.merge_when_clauses().any(|clause| match clause {
        ast::MergeWhenClause::MergeWhenMatched(matched) => {
            !matches!(matched.merge_action(), Some(ast::MergeAction::MergeDoNothing(_)))
        }
        _ => false,
    });
    let sources = Sources::of(merge.syntax(), using.as_ref().map(AstNode::syntax));
    !changes || joined.is_some_and(|condition| sources.bounds(&condition))
}
