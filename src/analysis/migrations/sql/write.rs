//! Statements that change rows, and whether they change few.

use super::super::lines::Lines;
use super::super::lock::Lock;
use super::super::step::Operation;
use super::bounds::{Sources, is_query};
use super::names::name_of;
use super::read::{Reader, read_sql};
use super::routine::is_analyzed;
use super::table::{named, table_of};
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
            let operation = Operation::Write { statement: "MERGE", table, bounded: is_small(reader, merge) };
            reader.push(statement.syntax(), operation);
            return;
        }
        _ => return,
    };
    let table = named(relation.and_then(|relation| relation.relation_name_ref()));
    let alias = statement.syntax().children().find_map(ast::OptionalAsAlias::cast);
    let alias = alias.and_then(|alias| alias.syntax().children().last()).map(|name| name_of(&name));
    let last = table.rsplit('.').next().unwrap_or(&table).to_owned();
    // With an alias the table has no other name.
    let targets = alias.map_or_else(|| vec![table.clone(), last], |alias| vec![alias]);
    let by_condition = match condition {
        Some(ast::WhereClauseOrCurrentOf::WhereCurrentOf(_)) => true,
        Some(ast::WhereClauseOrCurrentOf::WhereClause(clause)) => {
            let sources = Sources::of(statement.syntax(), from.as_ref(), reader).on(&targets);
            clause.expr().is_some_and(|condition| sources.bounds(&condition))
        }
        None => false,
    };
    reader.push(statement.syntax(), Operation::Write { statement: words, table, bounded: by_condition });
}

/// Whether a condition in SQL, as query builders take it, keeps the number of rows small.
pub(in super::super) fn is_bounded_condition(condition: &str) -> bool {
    let text = format!("UPDATE t SET a = 1 WHERE {condition}");
    let steps = read_sql(&text, &Lines::new(&text), false, false).steps;
    matches!(steps.as_slice(), [step] if matches!(step.operation, Operation::Write { bounded: true, .. }))
}

/// Changes of rows inside another statement: they happen whatever that statement does.
pub(super) fn writes_within(reader: &mut Reader<'_>, statement: &Stmt) {
    match statement {
        // These only say what is to be done later.
        Stmt::CreateRule(_) | Stmt::CreateFunction(_) | Stmt::CreateProcedure(_) | Stmt::Prepare(_) => return,
        Stmt::Explain(explain) if !is_analyzed(explain) => return,
        _ => {}
    }
    for node in statement.syntax().descendants().skip(1) {
        let inner = ast::Update::cast(node.clone())
            .map(Stmt::Update)
            .or_else(|| ast::Delete::cast(node.clone()).map(Stmt::Delete))
            .or_else(|| ast::Merge::cast(node.clone()).map(Stmt::Merge));
        if let Some(inner) = inner {
            write(reader, &inner);
        } else if let Some(insert) = ast::Insert::cast(node) {
            upsert(reader, &insert);
        }
    }
}

/// `INSERT`: with `ON CONFLICT DO UPDATE` it changes rows that are there, as many as its query yields.
pub(super) fn upsert(reader: &mut Reader<'_>, insert: &ast::Insert) {
    let table = named(insert.relation_name_ref());
    let action = insert.on_conflict_clause().and_then(|clause| clause.conflict_action());
    let query = insert.syntax().children().find(is_query);
    let query = query.or_else(|| insert.insert_source()?.syntax().descendants().find(is_query));
    let many = query.is_some_and(|query| {
        let sources = Sources::of(insert.syntax(), None, reader);
        !sources.is_few(&query)
    });
    let operation = if many && matches!(action, Some(ast::ConflictAction::ConflictDoUpdateSet(_))) {
        Operation::Write { statement: "INSERT .. ON CONFLICT DO UPDATE", table, bounded: false }
    } else {
        Operation::Light { table, lock: Lock::RowExclusive }
    };
    reader.push(insert.syntax(), operation);
}

/// Whether a `MERGE` changes few rows that are there: its source is limited, it joins on given keys, or it only inserts.
fn is_small(reader: &Reader<'_>, merge: &ast::Merge) -> bool {
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
    let sources = Sources::of(merge.syntax(), using.as_ref().map(AstNode::syntax), reader);
    !changes || joined.is_some_and(|condition| sources.bounds(&condition))
}
