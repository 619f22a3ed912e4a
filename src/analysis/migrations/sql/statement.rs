//! One statement into steps.

use super::super::lock::Lock;
use super::super::step::{ObjectKind, Operation, TableChange};
use super::block::read_block;
use super::light::light_of;
use super::names::name_of;
use super::read::Reader;
use super::table::{alter_table, create_table, named, no_columns, table_of};
use super::write::{write, writes_within};
use squawk_syntax::SyntaxToken;
use squawk_syntax::ast::{self, AstNode, Stmt};

/// Adds what the statement does.
pub(super) fn read_statement(reader: &mut Reader<'_>, statement: &Stmt) {
    let before = reader.steps.len();
    writes_within(reader, statement);
    match statement {
        Stmt::AlterTable(alter) => alter_table(reader, alter),
        Stmt::CreateTable(create) => create_table(reader, create),
        Stmt::Do(block) => read_block(reader, block),
        Stmt::Begin(_) | Stmt::Commit(_) | Stmt::Rollback(_) => transaction(reader, statement),
        Stmt::Update(_) | Stmt::Delete(_) | Stmt::Merge(_) => write(reader, statement),
        Stmt::CreateIndex(_) | Stmt::DropIndex(_) | Stmt::Reindex(_) | Stmt::AlterIndex(_) => index(reader, statement),
        _ => {
            if let Some(operation) = drop_of(statement)
                .or_else(|| rename_of(statement))
                .or_else(|| other_of(statement))
                .or_else(|| light_of(statement))
            {
                reader.push(statement.syntax(), operation);
            }
        }
    }
    if reader.quotes_matter && !matches!(statement, Stmt::Do(_)) {
        if reader.steps.len() == before {
            reader.push(statement.syntax(), Operation::Other);
        }
        reader.keep_literals(statement);
    }
}

fn transaction(reader: &mut Reader<'_>, statement: &Stmt) {
    let operation = match statement {
        Stmt::Begin(_) => Operation::Begin,
        Stmt::Commit(ast::Commit::CommitTransaction(end)) if end.chain_clause().is_none() => Operation::End,
        Stmt::Rollback(ast::Rollback::RollbackTransaction(_)) => Operation::End,
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
            reader.push_with_edit(drop.syntax(), Operation::DropIndex { indexes, table: None, concurrently }, edit);
        }
        Stmt::Reindex(reindex) => {
            let concurrently = reindex.is_concurrently();
            let (kind, name) = match reindex.reindex_target() {
                Some(ast::ReindexTarget::ReindexTargetTable(table)) => ("table", named(table.table_name_ref())),
                Some(ast::ReindexTarget::ReindexTargetIndex(index)) => ("index", named(index.index_ref())),
                Some(ast::ReindexTarget::ReindexTargetSchema(_)) => ("schema", String::new()),
                Some(ast::ReindexTarget::ReindexTargetDatabase(_)) => ("database", String::new()),
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
        }
        Stmt::AlterIndex(alter) => {
            if let Some(ast::AlterIndexAction::SetTablespace(_)) = alter.action() {
                let change = TableChange::Rewrite { statement: "SET TABLESPACE" };
                reader.push(alter.syntax(), Operation::Alter { table: named(alter.index_ref()), change });
            }
        }
        _ => {}
    }
}

fn is_cascade(behavior: Option<ast::DropBehavior>) -> bool {
    matches!(behavior, Some(ast::DropBehavior::Cascade(_)))
}

/// The names that stand before a list of parameters.
fn routine_names(node: &squawk_syntax::SyntaxNode) -> Vec<String> {
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

fn rename_of(statement: &Stmt) -> Option<Operation> {
    let rename = |kind, name, schema| Some(Operation::RenameObject { kind, name, schema });
    match statement {
        Stmt::AlterView(alter) => match alter.action()? {
            ast::AlterViewAction::ViewRenameTo(_) | ast::AlterViewAction::RenameColumn(_) => {
                rename(ObjectKind::View, named(alter.view_ref()), false)
            }
            ast::AlterViewAction::SetSchema(_) => rename(ObjectKind::View, named(alter.view_ref()), true),
            _ => None,
        },
        Stmt::AlterMaterializedView(alter) => {
            let name = named(alter.view_ref());
            alter.action().find_map(|action| match action {
                ast::AlterMaterializedViewAction::ViewRenameTo(_)
                | ast::AlterMaterializedViewAction::RenameColumn(_) => {
                    rename(ObjectKind::MaterializedView, name.clone(), false)
                }
                ast::AlterMaterializedViewAction::SetSchema(_) => {
                    rename(ObjectKind::MaterializedView, name.clone(), true)
                }
                _ => None,
            })
        }
        Stmt::AlterSchema(alter) => match alter.action()? {
            ast::AlterSchemaAction::SchemaRenameTo(_) => rename(ObjectKind::Schema, named(alter.schema_ref()), false),
            ast::AlterSchemaAction::OwnerTo(_) => None,
        },
        Stmt::AlterSequence(alter) => alter.actions().find_map(|action| match action {
            ast::AlterSequenceAction::SequenceRenameTo(_) => {
                rename(ObjectKind::Sequence, named(alter.sequence_ref()), false)
            }
            ast::AlterSequenceAction::SetSchema(_) => rename(ObjectKind::Sequence, named(alter.sequence_ref()), true),
            _ => None,
        }),
        Stmt::AlterFunction(alter) => {
            let name = named(alter.function_sig().and_then(|signature| signature.function_name_ref()));
            match alter.action()? {
                ast::AlterFunctionAction::FunctionRenameTo(_) => rename(ObjectKind::Function, name, false),
                ast::AlterFunctionAction::SetSchema(_) => rename(ObjectKind::Function, name, true),
                _ => None,
            }
        }
        Stmt::AlterType(alter) => alter_type(alter),
        Stmt::AlterDomain(alter) => {
            let domain = named(alter.domain_ref());
            match alter.action()? {
                ast::AlterDomainAction::AddConstraint(add) => {
                    let not_valid = add.constraint().is_some_and(|constraint| constraint.is_not_valid())
                        || add.syntax().text().to_string().to_lowercase().contains("not valid");
                    Some(Operation::DomainConstraint { domain, not_valid })
                }
                ast::AlterDomainAction::SetNotNull(_) => Some(Operation::DomainConstraint { domain, not_valid: false }),
                ast::AlterDomainAction::DomainRenameTo(_) => rename(ObjectKind::Domain, domain, false),
                ast::AlterDomainAction::SetSchema(_) => rename(ObjectKind::Domain, domain, true),
                _ => None,
            }
        }
        _ => None,
    }
}

fn alter_type(alter: &ast::AlterType) -> Option<Operation> {
    let name = named(alter.type_name_ref());
    match alter.action()? {
        ast::AlterTypeAction::AddValue(add) => {
            let value = add.literal().and_then(|literal| literal.string_value()).unwrap_or_default();
            Some(Operation::AddEnumValue { type_name: name, value })
        }
        ast::AlterTypeAction::TypeRenameTo(_) => {
            Some(Operation::RenameObject { kind: ObjectKind::Type, name, schema: false })
        }
        ast::AlterTypeAction::SetSchema(_) => {
            Some(Operation::RenameObject { kind: ObjectKind::Type, name, schema: true })
        }
        ast::AlterTypeAction::RenameValue(_) => {
            Some(Operation::RenameObject { kind: ObjectKind::EnumValue, name, schema: false })
        }
        ast::AlterTypeAction::RenameAttribute(_) => {
            Some(Operation::RenameObject { kind: ObjectKind::Attribute, name, schema: false })
        }
        ast::AlterTypeAction::AlterTypeAttributeActionList(list) => {
            let loses = |action| !matches!(action, ast::AlterTypeAttributeAction::AddAttribute(_));
            list.actions().any(loses).then(|| Operation::DropObject {
                kind: ObjectKind::Attribute,
                names: vec![name],
                cascade: false,
            })
        }
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
        Stmt::CreateDomain(create) => created(ObjectKind::Domain, named(create.domain())),
        Stmt::CreateSequence(create) => created(ObjectKind::Sequence, routine_path(create.syntax())),
        Stmt::CreateSchema(create) => created(ObjectKind::Schema, routine_path(create.syntax())),
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
        Stmt::CreateDatabase(_) => Some(Operation::OutsideTransaction { statement: "CREATE DATABASE" }),
        Stmt::AlterSystem(_) => Some(Operation::OutsideTransaction { statement: "ALTER SYSTEM" }),
        _ => None,
    }
}

fn routine_path(node: &squawk_syntax::SyntaxNode) -> String {
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
