//! One statement into steps.

use super::super::lock::Lock;
use super::super::step::{ColumnDefault, ObjectKind, Operation, TableChange};
use super::block::read_block;
use super::light::light_of;
use super::names::name_of;
use super::path::search_path_of;
use super::read::Reader;
use super::rename::rename_of;
use super::routine::{calls_within, keep_routine};
use super::table::{
    actions, alter_foreign_table, alter_table, beside, create_table, default_of, named, no_columns, table_of,
};
use super::types::type_of;
use super::write::{upsert, write, writes_within};
use squawk_syntax::ast::{self, AstNode, Stmt};
use squawk_syntax::{SyntaxNode, SyntaxToken};

/// Adds what the statement does.
pub(super) fn read_statement(reader: &mut Reader<'_>, statement: &Stmt) {
    let before = reader.steps.len();
    writes_within(reader, statement);
    match statement {
        Stmt::AlterTable(alter) => alter_table(reader, alter),
        Stmt::AlterForeignTable(alter) => alter_foreign_table(reader, alter),
        Stmt::CreateTable(create) => create_table(reader, create, may_be_there(statement)),
        Stmt::Do(block) => read_block(reader, block),
        Stmt::Begin(_)
        | Stmt::Commit(_)
        | Stmt::Rollback(_)
        | Stmt::PrepareTransaction(_)
        | Stmt::SavepointCreate(_) => transaction(reader, statement),
        Stmt::Update(_) | Stmt::Delete(_) | Stmt::Merge(_) => write(reader, statement),
        Stmt::CreateIndex(_) | Stmt::DropIndex(_) | Stmt::Reindex(_) | Stmt::AlterIndex(_) => index(reader, statement),
        Stmt::Insert(insert) => upsert(reader, insert),
        Stmt::AlterMaterializedView(alter) if alter.all_in_tablespace().is_some() => {
            let change = TableChange::Rewrite { statement: "SET TABLESPACE" };
            reader.push(alter.syntax(), Operation::Alter { table: String::new(), change });
        }
        _ => {
            if let Some((operation, becomes)) = rename_of(statement) {
                reader.push(statement.syntax(), operation).becomes = becomes;
            } else if let Some(operation) =
                drop_of(statement).or_else(|| other_of(statement)).or_else(|| light_of(statement))
            {
                let (steady, if_not_exists) = (says_steady(statement), may_be_there(statement));
                let step = reader.push(statement.syntax(), operation);
                (step.steady, step.if_not_exists) = (steady, if_not_exists);
            }
            if let Stmt::AlterMaterializedView(alter) = statement {
                alter_view_storage(reader, alter);
            }
        }
    }
    keep_routine(reader, statement);
    calls_within(reader, statement);
    // What names a value of an enum there does not use it.
    let names_only = matches!(statement, Stmt::Do(_) | Stmt::AlterType(_) | Stmt::CommentOn(_));
    if reader.quotes_matter && !names_only {
        if reader.steps.len() == before {
            reader.push(statement.syntax(), Operation::Other);
        }
        reader.keep_literals(statement);
    }
}

fn transaction(reader: &mut Reader<'_>, statement: &Stmt) {
    if let Stmt::Rollback(rollback) = statement {
        let to = match rollback {
            ast::Rollback::RollbackTransaction(_) => Some(None),
            ast::Rollback::RollbackToSavepoint(back) => Some(Some(named(back.savepoint_ref()))),
            _ => None,
        };
        if let Some(to) = to {
            reader.push(statement.syntax(), Operation::RollBack { to });
        }
    }
    let operation = match statement {
        Stmt::Begin(_) => Operation::Begin,
        Stmt::Commit(ast::Commit::CommitTransaction(end)) if end.chain_clause().is_none() => Operation::End,
        Stmt::Rollback(ast::Rollback::RollbackTransaction(end)) if end.chain_clause().is_none() => Operation::End,
        Stmt::Commit(ast::Commit::CommitTransaction(_)) | Stmt::Rollback(ast::Rollback::RollbackTransaction(_)) => {
            Operation::NextTransaction
        }
        Stmt::PrepareTransaction(_) => Operation::End,
        Stmt::SavepointCreate(savepoint) => Operation::Savepoint { name: named(savepoint.savepoint()) },
        _ => return,
    };
    reader.push(statement.syntax(), operation);
}

fn index(reader: &mut Reader<'_>, statement: &Stmt) {
    let after = |token: Option<SyntaxToken>| {
        token.map(|token| usize::from(token.text_range().end())).map(|end| (end, end, " CONCURRENTLY"))
    };
    match statement {
        Stmt::CreateIndex(create) => {
            let relation = create.table_relation_name();
            let only = relation.as_ref().is_some_and(|relation| relation.only_token().is_some());
            let concurrently = create.concurrently_token().is_some();
            let operation = Operation::CreateIndex {
                table: table_of(relation),
                index: create.index().map(|index| name_of(index.syntax())),
                concurrently,
                only,
                unique: create.unique_token().is_some(),
            };
            let edit = after(create.index_token()).filter(|_| !concurrently && create.index().is_some());
            reader.push_with_edit(create.syntax(), operation, edit);
        }
        Stmt::DropIndex(drop) => {
            let concurrently = drop.concurrently_token().is_some();
            let indexes: Vec<String> = drop.index_refs().map(|index| name_of(index.syntax())).collect();
            // CONCURRENTLY takes one index and no CASCADE.
            let simple = !concurrently && indexes.len() == 1 && drop.drop_behavior().is_none();
            let edit = after(drop.index_token()).filter(|_| simple);
            let several = indexes.len() > 1;
            reader.push_with_edit(drop.syntax(), Operation::DropIndex { indexes, table: None, concurrently }, edit);
            if concurrently && several {
                refused(reader, drop.syntax(), "to drop several indexes at once with `CONCURRENTLY`");
            } else if concurrently && is_cascade(drop.drop_behavior()) {
                refused(reader, drop.syntax(), "`CASCADE` together with `DROP INDEX CONCURRENTLY`");
            }
        }
        Stmt::Reindex(reindex) => {
            let concurrently = reindex.is_concurrently();
            let (kind, name) = match reindex.reindex_target() {
                Some(ast::ReindexTarget::ReindexTargetTable(table)) => ("table", named(table.table_name_ref())),
                Some(ast::ReindexTarget::ReindexTargetIndex(index)) => ("index", named(index.index_ref())),
                Some(ast::ReindexTarget::ReindexTargetSchema(schema)) => ("schema", named(schema.schema_ref())),
                Some(ast::ReindexTarget::ReindexTargetDatabase(database)) => {
                    ("database", named(database.database_ref()))
                }
                Some(ast::ReindexTarget::ReindexTargetSystem(_)) => ("system", String::new()),
                None => return,
            };
            let word = match reindex.reindex_target() {
                Some(ast::ReindexTarget::ReindexTargetTable(table)) => table.table_token(),
                Some(ast::ReindexTarget::ReindexTargetIndex(index)) => index.index_token(),
                _ => None,
            };
            let edit = after(word).filter(|_| !concurrently);
            reader.push_with_edit(reindex.syntax(), Operation::Reindex { kind, name, concurrently }, edit);
            if kind == "system" && concurrently {
                refused(reader, reindex.syntax(), "to rebuild its own catalogues with `CONCURRENTLY`");
            }
        }
        Stmt::AlterIndex(alter) => {
            let index = named(alter.index_ref());
            let rewrite =
                |table| Operation::Alter { table, change: TableChange::Rewrite { statement: "SET TABLESPACE" } };
            match alter.action() {
                _ if alter.all_in_tablespace().is_some() => {
                    reader.push(alter.syntax(), rewrite(String::new()));
                }
                Some(ast::AlterIndexAction::SetTablespace(_)) => {
                    reader.push(alter.syntax(), rewrite(index));
                }
                Some(ast::AlterIndexAction::IndexRenameTo(rename)) => {
                    let becomes = beside(&index, &named(rename.index()));
                    reader.push(alter.syntax(), Operation::RenameIndex { index }).becomes = Some(becomes);
                }
                Some(ast::AlterIndexAction::AttachIndexPartition(_)) => {
                    reader.push(alter.syntax(), Operation::AttachIndex { index });
                }
                _ => {}
            }
        }
        _ => {}
    }
}

/// Says that PostgreSQL does not take the statement in this form, whatever else is said of it.
fn refused(reader: &mut Reader<'_>, node: &SyntaxNode, what: &'static str) {
    reader.push(node, Operation::Refused { what }).same_statement = true;
}

fn is_cascade(behavior: Option<ast::DropBehavior>) -> bool {
    matches!(behavior, Some(ast::DropBehavior::Cascade(_)))
}

/// The names that stand before a list of parameters.
fn routine_names(node: &SyntaxNode) -> Vec<String> {
    let names = node.descendants().filter_map(ast::PathRef::cast);
    let outermost =
        names.filter(|path| path.syntax().parent().is_none_or(|parent| !ast::PathRef::can_cast(parent.kind())));
    outermost.map(|path| name_of(path.syntax())).take(1).collect()
}

fn drop_of(statement: &Stmt) -> Option<Operation> {
    let object =
        |kind, names: Vec<String>, behavior| Some(Operation::DropObject { kind, names, cascade: is_cascade(behavior) });
    match statement {
        Stmt::DropTable(drop) => {
            let tables = drop.table_name_refs().map(|table| name_of(table.syntax())).collect();
            Some(Operation::DropTable { tables, cascade: is_cascade(drop.drop_behavior()) })
        }
        Stmt::DropForeignTable(drop) => {
            let tables = drop.table_name_refs().map(|table| name_of(table.syntax())).collect();
            Some(Operation::DropTable { tables, cascade: is_cascade(drop.drop_behavior()) })
        }
        // Without CASCADE it goes only when no foreign table uses it.
        Stmt::DropServer(drop) if is_cascade(drop.drop_behavior()) => {
            let names = drop.server_refs().map(|server| name_of(server.syntax())).collect();
            object(ObjectKind::Server, names, drop.drop_behavior())
        }
        Stmt::DropView(drop) => {
            let names = drop.view_refs().map(|view| name_of(view.syntax())).collect();
            object(ObjectKind::View, names, drop.drop_behavior())
        }
        Stmt::DropMaterializedView(drop) => {
            let names = drop.view_refs().map(|view| name_of(view.syntax())).collect();
            object(ObjectKind::MaterializedView, names, drop.drop_behavior())
        }
        Stmt::DropSchema(drop) => {
            let names = drop.schema_refs().map(|schema| name_of(schema.syntax())).collect();
            object(ObjectKind::Schema, names, drop.drop_behavior())
        }
        Stmt::DropExtension(drop) => {
            let names = drop.extension_refs().map(|extension| name_of(extension.syntax())).collect();
            object(ObjectKind::Extension, names, drop.drop_behavior())
        }
        Stmt::DropType(drop) => {
            let names = drop.type_name_refs().map(|name| name_of(name.syntax())).collect();
            object(ObjectKind::Type, names, drop.drop_behavior())
        }
        Stmt::DropSequence(drop) => {
            let names = drop.sequence_refs().map(|sequence| name_of(sequence.syntax())).collect();
            object(ObjectKind::Sequence, names, drop.drop_behavior())
        }
        Stmt::DropDomain(drop) => {
            let names = drop.domain_refs().map(|domain| name_of(domain.syntax())).collect();
            object(ObjectKind::Domain, names, drop.drop_behavior())
        }
        Stmt::DropFunction(drop) => object(ObjectKind::Function, routine_names(drop.syntax()), drop.drop_behavior()),
        Stmt::DropProcedure(drop) => object(ObjectKind::Function, routine_names(drop.syntax()), drop.drop_behavior()),
        Stmt::DropRoutine(drop) => object(ObjectKind::Function, routine_names(drop.syntax()), drop.drop_behavior()),
        Stmt::DropAggregate(drop) => object(ObjectKind::Function, routine_names(drop.syntax()), drop.drop_behavior()),
        Stmt::DropDatabase(drop) => object(ObjectKind::Database, vec![named(drop.database_ref())], None),
        Stmt::DropOwned(drop) => object(ObjectKind::Owned, routine_names(drop.syntax()), None),
        _ => None,
    }
}

fn other_of(statement: &Stmt) -> Option<Operation> {
    let created = |kind, name| Some(Operation::CreateObject { kind, name });
    let table = |table, references| {
        Some(Operation::CreateTable {
            table,
            references,
            partition_of: None,
            columns: no_columns(),
            optional: Vec::new(),
            force: false,
        })
    };
    match statement {
        Stmt::CreateTableAs(create) => table(named(create.table_name()), Vec::new()),
        Stmt::SelectInto(select) => table(named(select.into_clause().and_then(|into| into.table_name())), Vec::new()),
        Stmt::CreateForeignTable(create) => table(routine_path(create.syntax()), Vec::new()),
        Stmt::CreateMaterializedView(create) => created(ObjectKind::MaterializedView, named(create.view())),
        Stmt::CreateView(create) => created(ObjectKind::View, named(create.view())),
        Stmt::CreateFunction(create) => created(ObjectKind::Function, named(create.name())),
        Stmt::CreateProcedure(create) => created(ObjectKind::Function, routine_path(create.syntax())),
        Stmt::CreateType(create) => created(ObjectKind::Type, named(create.type_name())),
        Stmt::CreateDomain(create) => Some(new_domain(create)),
        Stmt::CreateExtension(create) => created(ObjectKind::Extension, named(create.extension())),
        Stmt::CreateSequence(create) => created(ObjectKind::Sequence, routine_path(create.syntax())),
        Stmt::CreateSchema(create) => {
            created(ObjectKind::Schema, create.schema_name().map(|name| name_of(&name)).unwrap_or_default())
        }
        Stmt::Truncate(truncate) => {
            let list = truncate.table_list().into_iter().flat_map(|list| list.table_relation_names());
            let tables = list.map(|relation| table_of(Some(relation))).collect();
            Some(Operation::Truncate { tables, cascade: is_cascade(truncate.drop_behavior()) })
        }
        Stmt::Vacuum(vacuum) => {
            let list = vacuum.table_and_columns_list().into_iter().flat_map(|list| list.table_and_columnss());
            let tables: Vec<String> = list.map(|table| table_of(table.table_relation_name())).collect();
            Some(if vacuum.is_full() {
                Operation::Rewrite { statement: "VACUUM FULL", table: tables.join(", ") }
            } else {
                Operation::OutsideTransaction { statement: "VACUUM" }
            })
        }
        Stmt::Cluster(cluster) => {
            let name = match (cluster.table_name_ref(), cluster.cluster_legacy()) {
                (Some(table), _) => name_of(table.syntax()),
                (None, Some(legacy)) => named(legacy.on_path().and_then(|on| on.table_name_ref())),
                (None, None) => String::new(),
            };
            Some(Operation::Rewrite { statement: "CLUSTER", table: name })
        }
        Stmt::Refresh(refresh) => Some(Operation::Refresh {
            view: named(refresh.view_ref()),
            concurrently: refresh.concurrently_token().is_some(),
            empties: matches!(refresh.data_option(), Some(ast::DataOption::WithNoData(_))),
        }),
        Stmt::Lock(lock) => {
            let list = lock.relation_list().into_iter().flat_map(|list| list.relation_names());
            let tables = list.map(|relation| named(relation.relation_name_ref())).collect();
            Some(Operation::LockTable { tables, lock: lock_mode(lock) })
        }
        Stmt::CreateTrigger(create) => Some(Operation::Trigger {
            table: named(create.on_relation().and_then(|on| on.relation_name_ref())),
            dropped: false,
        }),
        Stmt::DropTrigger(drop) => Some(Operation::Trigger {
            table: named(drop.on_relation().and_then(|on| on.relation_name_ref())),
            dropped: true,
        }),
        Stmt::CreateTablespace(_) => Some(Operation::OutsideTransaction { statement: "CREATE TABLESPACE" }),
        Stmt::DropTablespace(_) => Some(Operation::OutsideTransaction { statement: "DROP TABLESPACE" }),
        Stmt::Discard(discard) if matches!(discard.discard_target(), Some(ast::DiscardTarget::DiscardAll(_))) => {
            Some(Operation::OutsideTransaction { statement: "DISCARD ALL" })
        }
        // Only with a slot on the other side.
        Stmt::CreateSubscription(create) if create.with_params().is_none() => {
            Some(Operation::OutsideTransaction { statement: "CREATE SUBSCRIPTION" })
        }
        Stmt::AlterDatabase(alter) if matches!(alter.action(), Some(ast::AlterDatabaseAction::SetTablespace(_))) => {
            Some(Operation::OutsideTransaction { statement: "ALTER DATABASE .. SET TABLESPACE" })
        }
        Stmt::CreateDatabase(_) => Some(Operation::OutsideTransaction { statement: "CREATE DATABASE" }),
        Stmt::Set(_) | Stmt::Reset(_) | Stmt::Select(_) => search_path_of(statement),
        Stmt::AlterSystem(_) => Some(Operation::OutsideTransaction { statement: "ALTER SYSTEM" }),
        _ => None,
    }
}

/// Whether what is made may be there already. A temporary table is this session's own.
pub(super) fn may_be_there(statement: &Stmt) -> bool {
    let node = statement.syntax();
    let temporary = || {
        node.children().find_map(ast::Persistence::cast).is_some_and(|kind| matches!(kind, ast::Persistence::Temp(_)))
    };
    node.children().any(|child| ast::IfNotExists::can_cast(child.kind())) && !temporary()
}

/// Whether a new function says that it is not volatile.
fn says_steady(statement: &Stmt) -> bool {
    let Stmt::CreateFunction(create) = statement else { return false };
    let options = create.option_list();
    let says = |node: SyntaxNode| ast::VolatilityFuncOption::cast(node);
    options.and_then(|options| options.syntax().descendants().find_map(says)).is_some_and(|option| {
        matches!(option, ast::VolatilityFuncOption::Immutable(_) | ast::VolatilityFuncOption::Stable(_))
    })
}

fn new_domain(create: &ast::CreateDomain) -> Operation {
    let (mut checked, mut not_null, mut default) = (false, false, ColumnDefault::None);
    for qualifier in create.domain_qualifiers() {
        match qualifier {
            ast::DomainQualifier::Constraint(ast::Constraint::CheckConstraint(_)) => checked = true,
            ast::DomainQualifier::Constraint(ast::Constraint::NotNullConstraint(_)) => not_null = true,
            ast::DomainQualifier::Constraint(ast::Constraint::DefaultConstraint(written)) => {
                default = written.expr().map_or(ColumnDefault::None, |expr| default_of(&expr));
            }
            _ => {}
        }
    }
    let base = create.ty().map(|ty| type_of(&ty)).unwrap_or_default();
    Operation::CreateDomain { domain: named(create.domain()), base, checked, not_null, default }
}

fn alter_view_storage(reader: &mut Reader<'_>, alter: &ast::AlterMaterializedView) {
    let storage = alter.action().filter_map(|action| match action {
        ast::AlterMaterializedViewAction::AlterTableAction(action) => Some(action),
        _ => None,
    });
    actions(reader, &named(alter.view_ref()), storage);
}

fn routine_path(node: &SyntaxNode) -> String {
    node.descendants().find_map(ast::Path::cast).map(|path| name_of(path.syntax())).unwrap_or_default()
}

fn lock_mode(lock: &ast::Lock) -> Lock {
    match lock.lock_mode_clause().and_then(|clause| clause.lock_mode()) {
        None | Some(ast::LockMode::AccessExclusive(_)) => Lock::AccessExclusive,
        Some(ast::LockMode::AccessShare(_)) => Lock::AccessShare,
        Some(ast::LockMode::Exclusive(_)) => Lock::Exclusive,
        Some(ast::LockMode::RowExclusive(_)) => Lock::RowExclusive,
        Some(ast::LockMode::RowShare(_)) => Lock::RowShare,
        Some(ast::LockMode::Share(_)) => Lock::Share,
        Some(ast::LockMode::ShareRowExclusive(_)) => Lock::ShareRowExclusive,
        Some(ast::LockMode::ShareUpdateExclusive(_)) => Lock::ShareUpdateExclusive,
    }
}
