//! `CREATE TABLE` and the actions of `ALTER TABLE`.

use super::super::lock::Lock;
use super::super::step::{ColumnDefault, Constraint, NewColumn, Operation, SqlType, TableChange};
use super::expression::{not_null_column, volatile_function};
use super::light::{light_action, light_column};
use super::names::name_of;
use super::read::{Reader, range_of};
use super::types::type_of;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

/// The name of an optional node; empty when it is not there.
pub(super) fn named<N: AstNode>(node: Option<N>) -> String {
    node.map(|node| name_of(node.syntax())).unwrap_or_default()
}

/// The relation behind `ONLY (name) *`.
pub(super) fn table_of(relation: Option<ast::TableRelationName>) -> String {
    named(relation.and_then(|relation| relation.table_name_ref()))
}

/// `CREATE TABLE`.
pub(super) fn create_table(reader: &mut Reader<'_>, create: &ast::CreateTable) {
    let (mut references, mut columns) = (Vec::new(), Vec::new());
    for argument in create.table_arg_list().into_iter().flat_map(|list| list.args()) {
        match argument {
            ast::TableArg::Column(column) => {
                columns.push((named(column.name()), column.ty().map(|ty| type_of(&ty)).unwrap_or_default()));
                let pointers = column.syntax().descendants().filter_map(ast::ReferencesConstraint::cast);
                references.extend(pointers.map(|pointer| named(pointer.table())));
            }
            ast::TableArg::TableConstraint(ast::TableConstraint::ForeignKeyConstraint(key)) => {
                references.push(named(key.table_name_ref()));
            }
            _ => {}
        }
    }
    let partition_of = create.partition_of().map(|partition| named(partition.table_name_ref()));
    let table = named(create.table_name());
    let operation =
        Operation::CreateTable { table, references, partition_of, columns, optional: Vec::new(), force: false };
    reader.push(create.syntax(), operation);
}

/// Every action of `ALTER TABLE`.
pub(super) fn alter_table(reader: &mut Reader<'_>, alter: &ast::AlterTable) {
    if alter.all_in_tablespace().is_some() {
        let change = TableChange::Rewrite { statement: "SET TABLESPACE" };
        reader.push(alter.syntax(), Operation::Alter { table: String::new(), change });
        return;
    }
    let table = table_of(alter.table_relation_name());
    for (at, action) in alter.actions().enumerate() {
        let (change, edit) = change_of(&action);
        let operation = Operation::Alter { table: table.clone(), change };
        let edit = edit.as_ref().map(|(start, end, text)| (*start, *end, text.as_str()));
        reader.push_with_edit(action.syntax(), operation, edit).same_statement = at > 0;
    }
}

type TextEdit = Option<(usize, usize, String)>;

fn change_of(action: &ast::AlterTableAction) -> (TableChange, TextEdit) {
    let plain = |change| (change, None);
    match action {
        ast::AlterTableAction::AddColumn(add) => {
            let column = new_column(add);
            let edit = add.ty().filter(|_| column.kind.name == "json").map(|ty| {
                let (start, end) = range_of(ty.syntax());
                (start, end, "jsonb".to_owned())
            });
            let edit = edit.or_else(|| without_null_default(add, &column));
            (TableChange::AddColumn(column), edit)
        }
        ast::AlterTableAction::DropColumn(drop) => plain(TableChange::DropColumn {
            column: named(drop.column_name_ref()),
            cascade: matches!(drop.drop_behavior(), Some(ast::DropBehavior::Cascade(_))),
        }),
        ast::AlterTableAction::RenameColumn(rename) => {
            plain(TableChange::RenameColumn { from: named(rename.column_name_ref()), to: named(rename.column_name()) })
        }
        ast::AlterTableAction::TableRenameTo(rename) => {
            plain(TableChange::RenameTable { to: named(rename.table_name()) })
        }
        ast::AlterTableAction::SetSchema(_) => plain(TableChange::SetSchema),
        ast::AlterTableAction::AlterColumn(alter) => plain(alter_column(alter)),
        ast::AlterTableAction::AddConstraint(add) => add_constraint(add),
        ast::AlterTableAction::ValidateConstraint(validate) => {
            plain(TableChange::Validate { name: named(validate.constraint_name_ref()) })
        }
        ast::AlterTableAction::DropConstraint(drop) => {
            plain(TableChange::DropConstraint { name: named(drop.constraint_name_ref()) })
        }
        ast::AlterTableAction::SetLogged(_) => plain(TableChange::Rewrite { statement: "SET LOGGED" }),
        ast::AlterTableAction::SetUnlogged(_) => plain(TableChange::Rewrite { statement: "SET UNLOGGED" }),
        ast::AlterTableAction::SetTablespace(_) => plain(TableChange::Rewrite { statement: "SET TABLESPACE" }),
        ast::AlterTableAction::SetAccessMethod(_) => plain(TableChange::Rewrite { statement: "SET ACCESS METHOD" }),
        ast::AlterTableAction::MergePartitions(_) => plain(TableChange::Rewrite { statement: "MERGE PARTITIONS" }),
        ast::AlterTableAction::SplitPartition(_) => plain(TableChange::Rewrite { statement: "SPLIT PARTITION" }),
        ast::AlterTableAction::AttachPartition(attach) => {
            plain(TableChange::AttachPartition { partition: named(attach.table_name_ref()) })
        }
        ast::AlterTableAction::DetachPartition(detach) => {
            let (_, end) = range_of(detach.syntax());
            let concurrently = detach.detach_partition_option().is_some();
            let partition = named(detach.table_name_ref());
            let edit = (!concurrently).then(|| (end, end, " CONCURRENTLY".to_owned()));
            (TableChange::DetachPartition { partition, concurrently }, edit)
        }
        ast::AlterTableAction::DisableTrigger(_) => plain(TableChange::DisableTrigger),
        other => plain(light_action(other)),
    }
}

fn alter_column(alter: &ast::AlterColumn) -> TableChange {
    let column = named(alter.column_name_ref());
    match alter.option() {
        Some(ast::AlterColumnOption::SetType(set)) => {
            let to = set.ty().map(|ty| type_of(&ty)).unwrap_or_default();
            let using = set.using_expr().is_some_and(|using| !is_plain_cast(using.syntax(), &column));
            TableChange::SetType { column, to, from: None, using }
        }
        Some(ast::AlterColumnOption::SetNotNull(_)) => TableChange::SetNotNull { column },
        Some(ast::AlterColumnOption::DropNotNull(_)) => TableChange::DropNotNull { column },
        Some(ast::AlterColumnOption::SetDefault(_)) => TableChange::SetDefault,
        Some(ast::AlterColumnOption::DropDefault(_)) => TableChange::DropDefault { column },
        Some(ast::AlterColumnOption::SetExpression(_)) => TableChange::SetExpression { column },
        other => light_column(other.as_ref()),
    }
}

/// `USING column` and `USING column::type` compute nothing that PostgreSQL would not do by itself.
fn is_plain_cast(using: &SyntaxNode, column: &str) -> bool {
    let text = using.text().to_string();
    let expression = text.trim_start().get("using".len()..).unwrap_or_default();
    let value = expression.split("::").next().unwrap_or_default();
    value.trim_matches(['(', ' ', '"', '\n']).eq_ignore_ascii_case(column) && expression.matches("::").count() <= 1
}

fn new_column(add: &ast::AddColumn) -> NewColumn {
    let kind = add.ty().map(|ty| type_of(&ty)).unwrap_or_default();
    let mut column =
        NewColumn { name: named(add.column_name()), numbered: kind.is_serial(), kind, ..NewColumn::default() };
    for constraint in add.constraints() {
        match constraint {
            ast::Constraint::NotNullConstraint(_) => column.not_null = true,
            ast::Constraint::DefaultConstraint(default) => {
                column.default = default.expr().map_or(ColumnDefault::None, |expr| default_of(&expr));
                column.default_is_written = true;
            }
            ast::Constraint::GeneratedConstraint(generated) => match generated.generated_as() {
                Some(ast::GeneratedAs::GeneratedIdentity(_)) => column.numbered = true,
                Some(ast::GeneratedAs::GeneratedStored(stored)) => {
                    let kind = stored.generated_kind().map(|kind| kind.syntax().text().to_string());
                    column.stored = !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("virtual"));
                }
                None => {}
            },
            ast::Constraint::ReferencesConstraint(key) => column.references = Some(named(key.table())),
            ast::Constraint::UniqueConstraint(_) => column.unique = true,
            ast::Constraint::PrimaryKeyConstraint(_) => column.primary_key = true,
            ast::Constraint::CheckConstraint(_) => column.check = true,
            _ => {}
        }
    }
    column
}

/// `DEFAULT NULL` before a foreign key says nothing and costs a look at every row: it can go.
fn without_null_default(add: &ast::AddColumn, column: &NewColumn) -> TextEdit {
    if column.references.is_none() || !column.has_null_default() {
        return None;
    }
    let default = add.constraints().find_map(|constraint| match constraint {
        ast::Constraint::DefaultConstraint(default) => Some(default),
        _ => None,
    })?;
    let (start, end) = range_of(default.syntax());
    let before = default.syntax().prev_sibling_or_token().filter(|token| token.kind() == SyntaxKind::WHITESPACE);
    let start = before.map_or(start, |space| usize::from(space.text_range().start()));
    Some((start, end, String::new()))
}

fn default_of(expr: &ast::Expr) -> ColumnDefault {
    let text = expr.syntax().text().to_string();
    if text.split("::").next().is_some_and(|value| value.trim().eq_ignore_ascii_case("null")) {
        return ColumnDefault::None;
    }
    volatile_function(expr).map_or(ColumnDefault::Constant, ColumnDefault::Volatile)
}

fn add_constraint(add: &ast::AddConstraint) -> (TableChange, TextEdit) {
    let Some(constraint) = add.constraint() else { return (TableChange::Light(Lock::AccessExclusive), None) };
    let not_valid = constraint.is_not_valid();
    let name = constraint.constraint_name().map(|name| name_of(name.syntax()));
    let kind = match &constraint {
        ast::Constraint::CheckConstraint(check) => {
            Constraint::Check { not_null: check.expr().and_then(|expr| not_null_column(&expr)) }
        }
        ast::Constraint::ForeignKeyConstraint(key) => Constraint::ForeignKey { to: named(key.table_name_ref()) },
        ast::Constraint::UniqueConstraint(unique) => Constraint::Unique { using_index: unique.using_index().is_some() },
        ast::Constraint::PrimaryKeyConstraint(key) => {
            Constraint::PrimaryKey { using_index: key.using_index().is_some() }
        }
        ast::Constraint::ExcludeConstraint(_) => Constraint::Exclude,
        ast::Constraint::NotNullConstraint(not_null) => {
            Constraint::NotNull { column: named(not_null.column_name_ref()) }
        }
        _ => return (TableChange::Light(Lock::AccessExclusive), None),
    };
    let can_wait =
        matches!(kind, Constraint::Check { .. } | Constraint::ForeignKey { .. } | Constraint::NotNull { .. });
    let (_, end) = range_of(constraint.syntax());
    let edit = (can_wait && !not_valid).then(|| (end, end, " NOT VALID".to_owned()));
    (TableChange::AddConstraint { name, constraint: kind, not_valid }, edit)
}

/// Columns of a query's target table are not known.
pub(super) fn no_columns() -> Vec<(String, SqlType)> {
    Vec::new()
}
