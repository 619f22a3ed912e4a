//! Functions, procedures and prepared statements that a file makes and calls: what they do, they do where they are
//! called.

use super::super::step::Operation;
use super::block::{ends_transaction, may_read, read_body};
use super::names::name_of;
use super::read::{Positions, Reader};
use super::statement::read_statement;
use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode, Stmt};

/// What a later statement may run.
#[derive(Clone)]
pub(super) enum Routine {
    Function(ast::CreateFunction),
    Procedure(ast::CreateProcedure),
    Prepared(Stmt),
}

/// Keeps what a statement makes for the statement that calls it.
pub(super) fn keep_routine(reader: &mut Reader<'_>, statement: &Stmt) {
    let (name, routine) = match statement {
        Stmt::CreateFunction(create) => {
            (create.name().map(|name| name_of(name.syntax())), Routine::Function(create.clone()))
        }
        Stmt::CreateProcedure(create) => {
            (create.name().map(|name| name_of(name.syntax())), Routine::Procedure(create.clone()))
        }
        Stmt::Prepare(prepare) => {
            let inner = prepare.stmt().and_then(|inner| Stmt::cast(inner.syntax().clone()));
            let Some(inner) = inner else { return };
            (prepare.name().map(|name| format!("execute {}", name_of(name.syntax()))), Routine::Prepared(inner))
        }
        _ => return,
    };
    if let Some(name) = name {
        reader.routines.insert(short(&name), routine);
    }
}

/// Reads what a statement calls, at its first call.
pub(super) fn calls_within(reader: &mut Reader<'_>, statement: &Stmt) {
    if reader.routines.is_empty() {
        return;
    }
    match statement {
        Stmt::Execute(execute) => {
            if let Some(name) = execute.prepared_statement_ref() {
                run(reader, &format!("execute {}", name_of(name.syntax())), statement.syntax());
            }
        }
        Stmt::Call(call) => {
            if let Some(name) = call.procedure_name_ref() {
                run(reader, &name_of(name.syntax()), statement.syntax());
            }
        }
        Stmt::Explain(explain) if !is_analyzed(explain) => {}
        Stmt::Select(_)
        | Stmt::SelectInto(_)
        | Stmt::CompoundSelect(_)
        | Stmt::ParenSelect(_)
        | Stmt::Values(_)
        | Stmt::Insert(_)
        | Stmt::Update(_)
        | Stmt::Delete(_)
        | Stmt::Merge(_)
        | Stmt::CreateTableAs(_)
        | Stmt::Explain(_)
        | Stmt::Copy(_) => {
            for call in statement.syntax().descendants().filter_map(ast::CallExpr::cast) {
                if let Some(name) = call.expr() {
                    run(reader, &name_of(name.syntax()), statement.syntax());
                }
            }
        }
        _ => {}
    }
}

/// Whether `EXPLAIN` runs what it explains.
pub(super) fn is_analyzed(explain: &ast::Explain) -> bool {
    let Some(mode) = explain.explain_mode() else { return false };
    let words = mode.syntax().text().to_string().to_ascii_lowercase();
    let mut words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.any(|word| matches!(word, "analyze" | "analyse")) && !matches!(words.next(), Some("false" | "off" | "0"))
}

/// Functions are found on the search path, so that their schema says little.
fn short(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_owned()
}

fn run(reader: &mut Reader<'_>, name: &str, at: &SyntaxNode) {
    // Once: a function that calls itself would have no end, and a second call does what the first one did.
    let Some(routine) = reader.routines.remove(&short(name)) else { return };
    let (options, parameters, whole) = match &routine {
        Routine::Prepared(statement) => {
            let span = reader.push(at, Operation::Other).span;
            let in_block = reader.in_block;
            reader.within(Positions::Fixed(span), |inner| {
                inner.in_block = in_block;
                read_statement(inner, statement);
            });
            return;
        }
        Routine::Function(create) => (create.option_list(), create.param_list(), create.syntax()),
        Routine::Procedure(create) => (create.option_list(), create.param_list(), create.syntax()),
    };
    let definition = options.and_then(|options| options.syntax().descendants().find_map(ast::AsDefinition::cast));
    let text = definition.and_then(|definition| definition.literal()).and_then(|text| text.string_value());
    if text.is_some_and(|text| !may_read(reader, &text)) {
        reader.push(at, Operation::Unseen);
        return;
    }
    let (block, queries) = match &routine {
        Routine::Function(create) => (create.plpgsql(), create.sql_body()),
        Routine::Procedure(create) => (create.plpgsql(), create.sql_body()),
        Routine::Prepared(_) => return,
    };
    if block.as_ref().is_some_and(ends_transaction) {
        reader.push(at, Operation::OutsideTransaction { statement: "COMMIT" });
    }
    let span = reader.push(at, Operation::Other).span;
    let parameters = parameters.into_iter().flat_map(|list| list.params()).filter_map(|parameter| parameter.name());
    let parameters: Vec<String> = parameters.map(|name| name_of(name.syntax())).collect();
    let is_native = || whole.text().to_string().to_ascii_lowercase().contains("language c");
    let mut seen = true;
    reader.within(Positions::Fixed(span), |inner| {
        inner.variables.extend(parameters);
        let atomic = || whole.descendants().find_map(ast::RoutineBody::cast);
        if let Some(block) = &block {
            read_body(inner, block);
        } else if let Some(queries) = &queries {
            inner.read_file(&queries.to_parse());
        } else if let Some(body) = atomic() {
            body.syntax().children().filter_map(Stmt::cast).for_each(|statement| read_statement(inner, &statement));
        } else {
            seen = is_native();
        }
    });
    if !seen {
        reader.push(at, Operation::Unseen);
    }
}
