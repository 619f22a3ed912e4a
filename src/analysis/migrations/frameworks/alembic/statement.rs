//! Statements of SQLAlchemy: `users.update().values(..)`, `sa.delete(users)`, also where a name stands for one.

use super::super::super::code::{Call, Value};

/// A statement that changes rows.
pub(super) struct Write {
    pub(super) statement: &'static str,
    pub(super) table: String,
    pub(super) bounded: bool,
}

/// The statement that a value is, where it changes rows.
pub(super) fn write_of(value: &Value, names: &[(String, Value)]) -> Option<Write> {
    write_within(value, names, MAX_STEPS)
}

/// A statement that is made in more steps is not followed.
const MAX_STEPS: u32 = 10;

/// `names` are those before the value: `statement = statement.where(..)` goes on with an earlier one.
fn write_within(value: &Value, names: &[(String, Value)], steps: u32) -> Option<Write> {
    let steps = steps.checked_sub(1)?;
    let before = |name: &str| {
        let at = names.iter().rposition(|(known, _)| known == name)?;
        write_within(&names[at].1, &names[..at], steps)
    };
    let call = match value {
        Value::Name(name) => return before(name),
        Value::Call(call) => call,
        _ => return None,
    };
    let parts: Vec<&str> = call.name.split('.').collect();
    let statement = match parts.iter().find(|part| matches!(**part, "update" | "delete")) {
        Some(&"update") => "UPDATE",
        Some(_) => "DELETE",
        None => {
            let earlier = parts.first().filter(|_| parts.len() > 1).and_then(|name| before(name))?;
            return Some(Write { bounded: earlier.bounded || call.limited, ..earlier });
        }
    };
    let table = match parts.first() {
        Some(&("sa" | "sqlalchemy" | "sql" | "update" | "delete")) | None => {
            let made = call.links.iter().chain([&**call]).find(|link| matches!(link.short(), "update" | "delete"));
            made.map(|made| made.word(0, "table")).unwrap_or_default()
        }
        Some(table) => (*table).to_owned(),
    };
    // `users.update`, also where the name of a table is a call: `sa.table("users").update()`.
    let made = call.links.iter().find(|link| matches!(link.short(), "table" | "Table"));
    let table = match made {
        Some(made) => made.word(0, "name"),
        None => name_of_table(table.strip_suffix(".__table__").unwrap_or(&table), names),
    };
    Some(Write { statement, table, bounded: call.limited })
}

/// `users` of `users_table = sa.table("users", ..)`.
fn name_of_table(name: &str, names: &[(String, Value)]) -> String {
    let made = names.iter().rfind(|(known, _)| known == name).and_then(|(_, value)| value.call());
    let made = made.filter(|made| matches!(made.short(), "table" | "Table" | "create_table"));
    let table = made.map(|made| made.argument(0, "name").or_else(|| made.by_name("table_name")));
    let table = table.flatten().and_then(Value::word).filter(|table| !table.is_empty());
    table.unwrap_or(name).to_owned()
}

/// What `session.query(User)` or `select(User)` asks for.
pub(super) fn table_of_query(query: &Call) -> String {
    let of = query.links.iter().chain([query]).find(|link| matches!(link.short(), "query" | "select"));
    let model = of.and_then(|link| link.arguments.first()).and_then(Value::word).unwrap_or_default();
    model.split('.').next().unwrap_or_default().to_owned()
}

/// The defaults that a column gets, among them those of a table's columns.
pub(super) fn defaults_of(call: &Call) -> Vec<String> {
    let columns = call.arguments.iter().chain(call.named.iter().map(|(_, value)| value)).filter_map(Value::call);
    let default = |call: &Call| call.by_name("server_default").cloned();
    let defaults = columns.filter_map(default).collect();
    texts_of(&Call { arguments: std::rc::Rc::new(defaults), ..Call::default() })
}

/// The texts among the arguments of a call and of those inside it: values that it writes.
pub(super) fn texts_of(call: &Call) -> Vec<String> {
    let mut found = Vec::new();
    let given = |call: &Call| -> Vec<Value> {
        call.arguments.iter().chain(call.named.iter().map(|(_, value)| value)).cloned().collect()
    };
    let mut pending = given(call);
    pending.extend(call.links.iter().flat_map(given));
    while let Some(value) = pending.pop().filter(|_| found.len() < MAX_TEXTS) {
        match value {
            Value::Text(text) => found.push(text.text.trim_matches('\'').to_owned()),
            Value::Call(call) => {
                pending.extend(given(&call));
                pending.extend(call.links.iter().flat_map(given));
            }
            Value::List(list) => pending.extend(list),
            Value::Map(pairs) => pending.extend(pairs.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    found
}

/// A statement with more of them is data.
const MAX_TEXTS: usize = 1000;
