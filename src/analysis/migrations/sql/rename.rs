//! Things other than tables and columns that get another name or schema, and changes of types and domains.

use super::super::step::{ObjectKind, Operation};
use super::names::name_of;
use super::table::{beside, moved, named};
use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode, Stmt};

/// What the statement does, and the name that the thing has from then on.
pub(super) fn rename_of(statement: &Stmt) -> Option<(Operation, Option<String>)> {
    let (kind, name) = match statement {
        Stmt::AlterType(alter) => return alter_type(alter),
        Stmt::AlterView(alter) => (ObjectKind::View, named(alter.view_ref())),
        Stmt::AlterMaterializedView(alter) => (ObjectKind::MaterializedView, named(alter.view_ref())),
        Stmt::AlterSchema(alter) => (ObjectKind::Schema, named(alter.schema_ref())),
        Stmt::AlterSequence(alter) => (ObjectKind::Sequence, named(alter.sequence_ref())),
        Stmt::AlterDomain(alter) => {
            let domain = named(alter.domain_ref());
            if let Some(operation) = alter.action().and_then(|action| constraint_of(&domain, &action)) {
                return Some((operation, None));
            }
            (ObjectKind::Domain, domain)
        }
        Stmt::AlterFunction(alter) => {
            (ObjectKind::Function, named(alter.function_sig().and_then(|signature| signature.function_name_ref())))
        }
        Stmt::AlterProcedure(alter) => {
            (ObjectKind::Function, named(alter.procedure_sig().and_then(|signature| signature.procedure_name_ref())))
        }
        Stmt::AlterRoutine(alter) => {
            (ObjectKind::Function, named(alter.routine_sig().and_then(|signature| signature.routine_name_ref())))
        }
        Stmt::AlterAggregate(alter) => {
            (ObjectKind::Function, named(alter.aggregate().and_then(|aggregate| aggregate.path_ref())))
        }
        _ => return None,
    };
    let children = || statement.syntax().children();
    if let Some(set) = children().find_map(ast::SetSchema::cast) {
        let becomes = moved(&name, &named(set.schema_ref()));
        return Some((Operation::RenameObject { kind, name, schema: true }, Some(becomes)));
    }
    if children().any(|child| ast::RenameColumn::can_cast(child.kind())) {
        return Some((Operation::RenameObject { kind, name, schema: false }, None));
    }
    let becomes = beside(&name, &children().find_map(|child| new_name(&child))?);
    Some((Operation::RenameObject { kind, name, schema: false }, Some(becomes)))
}

/// The name behind `RENAME TO`.
fn new_name(action: &SyntaxNode) -> Option<String> {
    let kind = action.kind();
    let renames = ast::ViewRenameTo::can_cast(kind)
        || ast::SchemaRenameTo::can_cast(kind)
        || ast::SequenceRenameTo::can_cast(kind)
        || ast::DomainRenameTo::can_cast(kind)
        || ast::FunctionRenameTo::can_cast(kind)
        || ast::ProcedureRenameTo::can_cast(kind)
        || ast::RoutineRenameTo::can_cast(kind)
        || ast::AggregateRenameTo::can_cast(kind)
        || ast::TypeRenameTo::can_cast(kind);
    if !renames {
        return None;
    }
    Some(action.children().last().map(|name| name_of(&name)).unwrap_or_default())
}

fn constraint_of(domain: &str, action: &ast::AlterDomainAction) -> Option<Operation> {
    let not_valid = match action {
        ast::AlterDomainAction::AddConstraint(add) => {
            add.constraint().is_some_and(|constraint| constraint.is_not_valid())
                || add.syntax().text().to_string().to_lowercase().contains("not valid")
        }
        // Both read every table that uses the domain.
        ast::AlterDomainAction::SetNotNull(_) | ast::AlterDomainAction::ValidateConstraint(_) => false,
        _ => return None,
    };
    Some(Operation::DomainConstraint { domain: domain.to_owned(), not_valid })
}

fn alter_type(alter: &ast::AlterType) -> Option<(Operation, Option<String>)> {
    let name = named(alter.type_name_ref());
    let renamed = |kind, schema, becomes| Some((Operation::RenameObject { kind, name: name.clone(), schema }, becomes));
    match alter.action()? {
        ast::AlterTypeAction::AddValue(add) => {
            let value = add.literal().and_then(|literal| literal.string_value()).unwrap_or_default();
            Some((Operation::AddEnumValue { type_name: name, value }, None))
        }
        ast::AlterTypeAction::TypeRenameTo(rename) => {
            renamed(ObjectKind::Type, false, Some(beside(&name, &named(rename.type_name()))))
        }
        ast::AlterTypeAction::SetSchema(set) => {
            renamed(ObjectKind::Type, true, Some(moved(&name, &named(set.schema_ref()))))
        }
        ast::AlterTypeAction::RenameValue(_) => renamed(ObjectKind::EnumValue, false, None),
        ast::AlterTypeAction::RenameAttribute(_) => renamed(ObjectKind::Attribute, false, None),
        ast::AlterTypeAction::AlterTypeAttributeActionList(list) => {
            let loses = |action| !matches!(action, ast::AlterTypeAttributeAction::AddAttribute(_));
            list.actions().any(loses).then(|| {
                let names = vec![name.clone()];
                (Operation::DropObject { kind: ObjectKind::Attribute, names, cascade: false }, None)
            })
        }
        _ => None,
    }
}
