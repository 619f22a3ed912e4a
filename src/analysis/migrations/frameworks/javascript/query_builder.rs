//! TypeORM's ways to change rows: query builders, managers and repositories.

use super::super::super::code::{Call, Value};
use super::super::super::sql::is_bounded_condition;
use super::super::super::step::Operation;
use super::super::parameters::without_parameters;
use super::super::read::Steps;
use super::chain::is_by_key;
use super::scope::Scope;

/// Reads a chain that changes rows; whether it was one.
pub(super) fn write_of(scope: &Scope<'_>, chain: &Call, steps: &mut Steps) -> bool {
    let verbs = ["update", "delete", "softDelete", "clear", "save", "remove"];
    if !chain.links.iter().any(|link| verbs.contains(&link.short())) {
        return false;
    }
    let chain = &scope.joined(chain);
    let by = |names: &[&str]| chain.links.iter().find(|link| names.contains(&link.short()));
    let builder = by(&["createQueryBuilder"]);
    let of_manager = chain.name.contains("manager.") || by(&["getRepository"]).is_some();
    let Some(verb) = by(&verbs) else { return false };
    let statement = if matches!(verb.short(), "update" | "softDelete" | "save") { "UPDATE" } else { "DELETE" };
    let name_of = |link: Option<&Call>| link.map(|link| link.word(0, "")).filter(|name| !name.is_empty());
    if let Some(builder) = builder {
        let table = name_of(Some(verb)).or_else(|| name_of(by(&["from"]))).or_else(|| name_of(Some(builder)));
        let table = table.or_else(|| name_of(by(&["getRepository"]))).unwrap_or_default();
        let bounded = chain.links.iter().any(|link| match link.short() {
            "limit" | "whereInIds" => true,
            "where" | "andWhere" => match link.arguments.first() {
                Some(Value::Text(condition)) => is_bounded_condition(&without_parameters(&condition.text)),
                criteria @ Some(Value::Map(_)) => is_by_key(criteria),
                _ => false,
            },
            _ => false,
        });
        steps.push(chain.span, Operation::Write { statement, table, bounded });
        return true;
    }
    if !of_manager {
        return false;
    }
    // A repository knows its table; a manager is told first.
    let repository = by(&["getRepository"]);
    let (table, criteria) = match repository {
        Some(repository) => (repository.word(0, ""), verb.arguments.first()),
        None => (verb.word(0, ""), verb.arguments.get(1)),
    };
    match verb.short() {
        "clear" => steps.push(chain.span, Operation::Truncate { tables: vec![table], cascade: false }),
        // One row, or those of a list.
        "save" | "remove" => {
            steps.push(chain.span, Operation::Write { statement, table: String::new(), bounded: true })
        }
        _ => steps.push(chain.span, Operation::Write { statement, table, bounded: is_by_key(criteria) }),
    }
    true
}
