//! `SET search_path` and its other forms: the schemas in which names without one are looked for from then on.

use super::super::step::Operation;
use super::names::name_of;
use squawk_syntax::ast::{self, AstNode, Stmt};

/// What a statement makes of the search path.
pub(super) fn search_path_of(statement: &Stmt) -> Option<Operation> {
    let searched = |schemas, local| Some(Operation::SearchPath { schemas, local });
    match statement {
        Stmt::Set(set) => {
            let local = matches!(set.set_scope(), Some(ast::SetScope::LocalScope(_)));
            match set.set_target()? {
                ast::SetTarget::SetConfig(config) => {
                    is_search_path(config.config_parameter_ref()).then_some(())?;
                    match config.config_assignment()? {
                        ast::ConfigAssignment::ToConfigValue(to) => {
                            searched(to.config_values().flat_map(|value| written(&value)).collect(), local)
                        }
                        ast::ConfigAssignment::FromCurrent(_) => None,
                    }
                }
                ast::SetTarget::SetSchemaValue(schema) => searched(
                    schema
                        .literal()
                        .and_then(|name| name.string_value())
                        .into_iter()
                        .filter(|name| counts(name))
                        .collect(),
                    local,
                ),
                _ => None,
            }
        }
        Stmt::Reset(reset) => match reset.reset_target()? {
            ast::ResetTarget::All(_) => searched(Vec::new(), false),
            ast::ResetTarget::ConfigParameterRef(name) => {
                is_search_path(Some(name)).then_some(())?;
                searched(Vec::new(), false)
            }
            _ => None,
        },
        Stmt::Select(select) => {
            select.syntax().descendants().filter_map(ast::CallExpr::cast).find_map(|call| set_by(&call))
        }
        _ => None,
    }
}

fn is_search_path(name: Option<ast::ConfigParameterRef>) -> bool {
    name.is_some_and(|name| name_of(name.syntax()) == "search_path")
}

/// A text holds one name, whatever is in it.
fn written(value: &ast::ConfigValue) -> Option<String> {
    let name = match value {
        ast::ConfigValue::Literal(literal) => literal.string_value()?,
        other => name_of(other.syntax()),
    };
    counts(&name).then_some(name)
}

/// PostgreSQL itself fills in who asks; its own schema holds no table of anybody's.
fn counts(schema: &str) -> bool {
    !matches!(schema, "" | "$user" | "pg_catalog")
}

/// `set_config('search_path', 'app, public', true)`
fn set_by(call: &ast::CallExpr) -> Option<Operation> {
    let name = name_of(call.expr()?.syntax());
    if !matches!(name.as_str(), "set_config" | "pg_catalog.set_config") {
        return None;
    }
    let arguments: Vec<ast::Expr> = call.arg_list()?.args().take(3).filter_map(|argument| argument.expr()).collect();
    let [what, to, local] = arguments.as_slice() else { return None };
    if text_of(what)? != "search_path" {
        return None;
    }
    let schemas = match text_of(to) {
        Some(list) => list.split(',').map(plain).filter(|name| counts(name)).collect(),
        // Put together elsewhere: some schema that is no other one.
        None => vec![format!("({})", name_of(to.syntax()))],
    };
    let local = local.syntax().text().to_string().eq_ignore_ascii_case("true");
    Some(Operation::SearchPath { schemas, local })
}

fn text_of(value: &ast::Expr) -> Option<String> {
    match value {
        ast::Expr::Literal(literal) => literal.string_value(),
        _ => None,
    }
}

/// A name out of a list in a text.
fn plain(name: &str) -> String {
    let name = name.trim();
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name.to_lowercase(),
    }
}
