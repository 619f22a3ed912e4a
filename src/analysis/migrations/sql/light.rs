//! Statements without danger that lock a table for a moment, each with its lock. Measured on PostgreSQL 15.

use super::super::lock::Lock;
use super::super::step::{Operation, TableChange};
use super::names::name_of;
use super::table::{named, table_of};
use squawk_syntax::ast::{self, AstNode, Stmt};

/// The table that a harmless statement locks.
pub(super) fn light_of(statement: &Stmt) -> Option<Operation> {
    let on_table = |on: Option<ast::OnTable>| named(on.and_then(|on| on.table_name_ref()));
    let on_relation = |on: Option<ast::OnRelation>| named(on.and_then(|on| on.relation_name_ref()));
    let (table, lock) = match statement {
        Stmt::CreatePolicy(create) => (on_table(create.on_table()), Lock::AccessExclusive),
        Stmt::AlterPolicy(alter) => (on_table(alter.on_table()), Lock::AccessExclusive),
        Stmt::DropPolicy(drop) => (on_table(drop.on_table()), Lock::AccessExclusive),
        Stmt::CreateRule(create) => {
            (named(create.rule_on().and_then(|on| on.relation_name_ref())), Lock::AccessExclusive)
        }
        Stmt::DropRule(drop) => (on_relation(drop.on_relation()), Lock::AccessExclusive),
        Stmt::AlterTrigger(alter) => (on_relation(alter.on_relation()), Lock::AccessExclusive),
        Stmt::CreateStatistics(create) => {
            (named(create.from_table().and_then(|from| from.table_name_ref())), Lock::ShareUpdateExclusive)
        }
        Stmt::Analyze(analyze) => {
            let first = analyze.table_and_columns_list().and_then(|list| list.table_and_columnss().next());
            (first.map(|first| table_of(first.table_relation_name())).unwrap_or_default(), Lock::ShareUpdateExclusive)
        }
        Stmt::CommentOn(comment) => (commented(comment)?, Lock::ShareUpdateExclusive),
        _ => return None,
    };
    (!table.is_empty()).then_some(Operation::Light { table, lock })
}

/// `COMMENT ON TABLE t`, `COMMENT ON COLUMN t.c`.
fn commented(comment: &ast::CommentOn) -> Option<String> {
    let name = |node: &squawk_syntax::SyntaxNode| {
        let path = node.descendants().find_map(ast::PathRef::cast);
        path.map(|path| name_of(path.syntax()))
    };
    match comment.comment_object()? {
        ast::CommentObject::ObjectTable(table) => name(table.syntax()),
        ast::CommentObject::ObjectColumn(column) => {
            name(column.syntax()).and_then(|full| full.rsplit_once('.').map(|(table, _)| table.to_owned()))
        }
        _ => None,
    }
}

/// What a harmless action of `ALTER TABLE` takes.
pub(super) fn light_action(action: &ast::AlterTableAction) -> TableChange {
    use ast::AlterTableAction as Action;
    TableChange::Light(match action {
        Action::ClusterOn(_)
        | Action::SetWithoutCluster(_)
        | Action::SetOptions(_)
        | Action::ResetOptions(_)
        | Action::OptionItemList(_) => Lock::ShareUpdateExclusive,
        Action::EnableTrigger(_) | Action::EnableAlwaysTrigger(_) | Action::EnableReplicaTrigger(_) => {
            Lock::ShareRowExclusive
        }
        _ => Lock::AccessExclusive,
    })
}

/// What a harmless change of a column takes.
pub(super) fn light_column(option: Option<&ast::AlterColumnOption>) -> TableChange {
    use ast::AlterColumnOption as Option;
    TableChange::Light(match option {
        Some(
            Option::SetStatistics(_) | Option::SetOptions(_) | Option::SetOptionsList(_) | Option::ResetOptions(_),
        ) => Lock::ShareUpdateExclusive,
        _ => Lock::AccessExclusive,
    })
}
