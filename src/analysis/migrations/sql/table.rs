//! `CREATE TABLE` and the actions of `ALTER TABLE`.

use super::super::lock::Lock;
use super::super::step::{ColumnDefault, Constraint, NewColumn, Operation, SqlType, TableChange};
use super::expression::{not_null_columns, volatile_function};
use super::light::{light_action, light_column};
use super::names::name_of;
use super::read::{Reader, range_of};
use super::types::type_of;
use squawk_syntax::SyntaxKind;
use squawk_syntax::ast::{self, AstNode};

/// The name of an optional node; empty when it is not there.
pub(super) fn named<N: AstNode>(node: Option<N>) -> String {
    node.map(|node| name_of(node.syntax())).unwrap_or_default()
}

/// The relation behind `ONLY (name) *`.
pub(super) fn table_of(relation: Option<ast::TableRelationName>) -> String {
    named(relation.and_then(|relation| relation.table_name_ref()))
}

/// `CREATE TABLE`.
pub(super) fn create_table(reader: &mut Reader<'_>, create: &ast::CreateTable, if_not_exists: bool) {
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
    let partitioned = create.partition_by().map(|_| Operation::Partitioned { table: table.clone() });
    let operation =
        Operation::CreateTable { table, references, partition_of, columns, optional: Vec::new(), force: false };
    reader.push(create.syntax(), operation).if_not_exists = if_not_exists;
    if let Some(partitioned) = partitioned {
        reader.push(create.syntax(), partitioned).same_statement = true;
    }
}

/// Every action of `ALTER TABLE`.
pub(super) fn alter_table(reader: &mut Reader<'_>, alter: &ast::AlterTable) {
    if alter.all_in_tablespace().is_some() {
        let change = TableChange::Rewrite { statement: "SET TABLESPACE" };
        reader.push(alter.syntax(), Operation::Alter { table: String::new(), change });
        return;
    }
    actions(reader, &table_of(alter.table_relation_name()), alter.actions());
}

/// The same for a foreign table.
pub(super) fn alter_foreign_table(reader: &mut Reader<'_>, alter: &ast::AlterForeignTable) {
    actions(reader, &table_of(alter.table_relation_name()), alter.actions());
}

pub(super) fn actions(reader: &mut Reader<'_>, table: &str, actions: impl Iterator<Item = ast::AlterTableAction>) {
    for (at, action) in actions.enumerate() {
        let found = change_of(&action, table);
        let operation = Operation::Alter { table: table.to_owned(), change: found.change };
        let edit = found.edit.as_ref().map(|(start, end, text)| (*start, *end, text.as_str()));
        let step = reader.push_with_edit(action.syntax(), operation, edit);
        step.same_statement = at > 0;
        step.becomes = found.becomes;
        step.also_not_null = found.also_not_null;
    }
}

type TextEdit = Option<(usize, usize, String)>;

/// One action, and what its step says beside it.
struct Action {
    change: TableChange,
    edit: TextEdit,
    becomes: Option<String>,
    also_not_null: Vec<String>,
}

impl Action {
    fn plain(change: TableChange) -> Self {
        Action { change, edit: None, becomes: None, also_not_null: Vec::new() }
    }

    fn edited(change: TableChange, edit: TextEdit) -> Self {
        Action { edit, ..Action::plain(change) }
    }

    fn renamed(change: TableChange, becomes: String) -> Self {
        Action { becomes: Some(becomes), ..Action::plain(change) }
    }
}

/// A name in the schema of another one: renaming leaves a thing where it is.
pub(super) fn beside(name: &str, new: &str) -> String {
    name.rsplit_once('.').map_or_else(|| new.to_owned(), |(schema, _)| format!("{schema}.{new}"))
}

/// The name that a thing has in another schema.
pub(super) fn moved(name: &str, schema: &str) -> String {
    format!("{schema}.{}", name.rsplit('.').next().unwrap_or(name))
}

fn change_of(action: &ast::AlterTableAction, table: &str) -> Action {
    let plain = Action::plain;
    match action {
        ast::AlterTableAction::AddColumn(add) => {
            let column = new_column(add);
            let edit = add.ty().filter(|_| column.kind.name == "json").map(|ty| {
                let (start, end) = range_of(ty.syntax());
                (start, end, "jsonb".to_owned())
            });
            let edit = edit.or_else(|| without_null_default(add, &column));
            Action::edited(TableChange::AddColumn(column), edit)
        }
        ast::AlterTableAction::DropColumn(drop) => plain(TableChange::DropColumn {
            column: named(drop.column_name_ref()),
            cascade: matches!(drop.drop_behavior(), Some(ast::DropBehavior::Cascade(_))),
        }),
        ast::AlterTableAction::RenameColumn(rename) => {
            plain(TableChange::RenameColumn { from: named(rename.column_name_ref()), to: named(rename.column_name()) })
        }
        ast::AlterTableAction::TableRenameTo(rename) => {
            let to = named(rename.table_name());
            let becomes = beside(table, &to);
            Action::renamed(TableChange::RenameTable { to }, becomes)
        }
        ast::AlterTableAction::SetSchema(set) => {
            Action::renamed(TableChange::SetSchema, moved(table, &named(set.schema_ref())))
        }
        ast::AlterTableAction::AlterColumn(alter) => plain(alter_column(alter, table)),
        ast::AlterTableAction::AddConstraint(add) => add_constraint(add),
        ast::AlterTableAction::ValidateConstraint(validate) => {
            plain(TableChange::Validate { name: named(validate.constraint_name_ref()) })
        }
        ast::AlterTableAction::RenameConstraint(rename) => plain(TableChange::RenameConstraint {
            from: named(rename.constraint_name_ref()),
            to: named(rename.constraint_name()),
        }),
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
        ast::AlterTableAction::DetachPartition(detach) => detach_partition(detach),
        ast::AlterTableAction::DisableTrigger(_) => plain(TableChange::DisableTrigger),
        other => plain(light_action(other)),
    }
}

fn detach_partition(detach: &ast::DetachPartition) -> Action {
    let (_, end) = range_of(detach.syntax());
    let concurrently = match detach.detach_partition_option() {
        // The end of a concurrent one that was interrupted.
        Some(ast::DetachPartitionOption::DetachFinalize(_)) => {
            return Action::plain(TableChange::Light(Lock::ShareUpdateExclusive));
        }
        option => option.is_some(),
    };
    let partition = named(detach.table_name_ref());
    let edit = (!concurrently).then(|| (end, end, " CONCURRENTLY".to_owned()));
    Action::edited(TableChange::DetachPartition { partition, concurrently }, edit)
}

fn alter_column(alter: &ast::AlterColumn, table: &str) -> TableChange {
    let column = named(alter.column_name_ref());
    match alter.option() {
        Some(ast::AlterColumnOption::SetType(set)) => {
            let mut to = set.ty().map(|ty| type_of(&ty)).unwrap_or_default();
            to.collated = set.collate().is_some();
            let value = set.using_expr().map(|using| using.syntax().children().find_map(ast::Expr::cast));
            let using =
                value.is_some_and(|value| !value.is_some_and(|value| is_plain_cast(&value, table, &column, &to)));
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

/// `USING column` and `USING column::type` compute nothing that PostgreSQL would not do by itself, nor does a cast on
/// the way that keeps each value as it is.
fn is_plain_cast(value: &ast::Expr, table: &str, column: &str, to: &SqlType) -> bool {
    let (mut value, mut next) = (value.clone(), to.clone());
    for _ in 0..MAX_CASTS {
        value = match value {
            ast::Expr::ParenExpr(inner) => match inner.expr() {
                Some(inner) => inner,
                None => return false,
            },
            ast::Expr::CastExpr(cast) => {
                let (Some(inner), Some(kind)) = (cast.expr(), cast.ty().map(|ty| type_of(&ty))) else { return false };
                let same = (&kind.name, &kind.arguments, kind.array) == (&next.name, &next.arguments, next.array);
                let keeps = kind.arguments.is_empty() && kind.keeps_table(None) && next.keeps_table(Some(&kind));
                if !same && !keeps {
                    return false;
                }
                next = kind;
                inner
            }
            ast::Expr::NameRef(name) => return name_of(name.syntax()) == column,
            ast::Expr::FieldExpr(field) => {
                let name = name_of(field.syntax());
                let last = table.rsplit('.').next().unwrap_or(table);
                return name.rsplit_once('.').is_some_and(|(of, field)| field == column && (of == table || of == last));
            }
            _ => return false,
        };
    }
    false
}

/// Casts and brackets around a column that are looked into.
const MAX_CASTS: u32 = 16;

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

pub(super) fn default_of(expr: &ast::Expr) -> ColumnDefault {
    if is_null(expr) {
        return ColumnDefault::None;
    }
    volatile_function(expr).map_or(ColumnDefault::Constant, ColumnDefault::Volatile)
}

fn is_null(expr: &ast::Expr) -> bool {
    let mut value = Some(expr.clone());
    for _ in 0..MAX_CASTS {
        value = match value {
            Some(ast::Expr::ParenExpr(inner)) => inner.expr(),
            Some(ast::Expr::CastExpr(cast)) => cast.expr(),
            Some(ast::Expr::Literal(literal)) => {
                return literal.syntax().text().to_string().eq_ignore_ascii_case("null");
            }
            _ => return false,
        };
    }
    false
}

fn add_constraint(add: &ast::AddConstraint) -> Action {
    let nothing = || Action::plain(TableChange::Light(Lock::AccessExclusive));
    let Some(constraint) = add.constraint() else { return nothing() };
    let not_valid = constraint.is_not_valid();
    let name = constraint.constraint_name().map(|name| name_of(name.syntax()));
    let mut also_not_null = Vec::new();
    let kind = match &constraint {
        ast::Constraint::CheckConstraint(check) => {
            // One that children do not inherit proves nothing of their rows.
            let inherited =
                !check.constraint_options().any(|option| matches!(option, ast::ConstraintOption::NoInherit(_)));
            let mut columns =
                check.expr().filter(|_| inherited).map(|expr| not_null_columns(&expr)).unwrap_or_default();
            also_not_null = columns.split_off(columns.len().min(1));
            Constraint::Check { not_null: columns.pop() }
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
        _ => return nothing(),
    };
    let can_wait =
        matches!(kind, Constraint::Check { .. } | Constraint::ForeignKey { .. } | Constraint::NotNull { .. });
    let (_, end) = range_of(constraint.syntax());
    let edit = (can_wait && !not_valid).then(|| (end, end, " NOT VALID".to_owned()));
    Action { also_not_null, ..Action::edited(TableChange::AddConstraint { name, constraint: kind, not_valid }, edit) }
}

/// Columns of a query's target table are not known.
pub(super) fn no_columns() -> Vec<(String, SqlType)> {
    Vec::new()
}
