//! Knex: `knex.raw`, `knex.schema` and queries.

use super::super::super::code::{COMPUTED, Call, Gaps, Item, Text, Value};
use super::super::super::step::{Operation, TableChange};
use super::super::parameters::without_parameters;
use super::super::read::Steps;
use super::chain::{Chains, is_key};
use super::scope::Scope;
use super::table::Tables;

pub(in super::super) fn read(items: &[Item], steps: &mut Steps) {
    let scope = Scope::of(items);
    let read = |chain: &Call, steps: &mut Steps| chain_of(&scope, chain, steps);
    let chains = Chains { scope: &scope, read: &read, begins: false };
    scope.read_up(items, true, steps, |up, steps| chains.each(up, steps));
    steps.adopt_transactions();
}

/// Whether the chain was one of Knex'.
fn chain_of(scope: &Scope<'_>, chain: &Call, steps: &mut Steps) -> bool {
    if let Some(query) = query_of(scope, chain) {
        write_of(&query, steps);
        return true;
    }
    let mut known = false;
    for link in chain.links.iter() {
        known |= is_method(link.short()) && link_of(scope, chain, &scope.settled_call(link), steps);
    }
    known
}

fn is_method(name: &str) -> bool {
    let starts = ["create", "drop", "alter", "rename", "refresh"].iter().any(|start| name.starts_with(start));
    starts || matches!(name, "raw" | "table")
}

fn link_of(scope: &Scope<'_>, chain: &Call, link: &Call, steps: &mut Steps) -> bool {
    let table = || link.word(0, "");
    let span = link.span;
    let tables = Tables { scope };
    match link.short() {
        "raw" => match link.arguments.first() {
            Some(Value::Text(text)) if link.arguments.len() > 1 => {
                let given = link.arguments.get(1).unwrap_or(&Value::Unknown);
                steps.sql_value(&Value::Text(bound(text, given)), chain.span, &scope.names);
            }
            // What a function of the file returns is not read.
            Some(Value::Call(call)) if scope.functions.find(call.short()).is_some() => {
                steps.push(chain.span, Operation::Unseen);
            }
            Some(sql) => steps.sql_value(sql, chain.span, &scope.names),
            None => {}
        },
        "createTable" | "createTableIfNotExists" => tables.create(span, &table(), link, steps),
        "createTableLike" => tables.create_like(span, &table(), steps),
        // `knex.table("users")` begins a query.
        "alterTable" | "table" if link.arguments.len() > 1 => tables.alter(&table(), link, steps),
        "dropTable" | "dropTableIfExists" => {
            steps.push(span, Operation::DropTable { tables: vec![table()], cascade: false });
        }
        "renameTable" => steps.alter(span, &table(), TableChange::RenameTable { to: link.word(1, "") }),
        "dropSchema"
        | "dropSchemaIfExists"
        | "dropView"
        | "dropViewIfExists"
        | "dropMaterializedView"
        | "dropMaterializedViewIfExists"
        | "refreshMaterializedView" => {
            if let Some(operation) = object_of(link) {
                steps.push(span, operation);
            }
        }
        _ => return false,
    }
    true
}

/// A text whose bindings are filled: `??` and `:name:` with names, `?` and `:name` with values.
fn bound(text: &Text, given: &Value) -> Text {
    let filled = match given {
        Value::Map(pairs) => {
            let names = pairs.iter().take(MAX_BINDINGS);
            let with_names = names.fold(text.text.clone(), |text, (name, value)| {
                let name = Value::Text(Text { text: format!(":{name}:"), ..Text::default() });
                let whole = Value::Text(Text { text, ..Text::default() }).replaced(&[name, value.clone()]);
                whole.word().unwrap_or_default().to_owned()
            });
            without_parameters(&with_names)
        }
        list => {
            let names = Value::Text(text.clone()).filled(Gaps::QuestionMarks, &list.given());
            names.word().unwrap_or_default().replace('?', COMPUTED)
        }
    };
    Text { text: filled, as_written: false, ..text.clone() }
}

/// Bindings of one text that are filled by their names.
const MAX_BINDINGS: usize = 50;

fn object_of(link: &Call) -> Option<Operation> {
    use super::super::super::step::ObjectKind;
    let name = link.word(0, "");
    let drop = |kind| Some(Operation::DropObject { kind, names: vec![name.clone()], cascade: false });
    match link.short() {
        "dropSchema" | "dropSchemaIfExists" => drop(ObjectKind::Schema),
        "dropView" | "dropViewIfExists" => drop(ObjectKind::View),
        "refreshMaterializedView" => Some(Operation::Refresh {
            view: name.clone(),
            concurrently: link.arguments.get(1) == Some(&Value::Flag(true)),
            empties: false,
        }),
        _ => drop(ObjectKind::MaterializedView),
    }
}

/// The whole chain of a query, from the connection on: `knex("users").where(..)`, `trx.from("users")`; `None` for other
/// chains.
fn query_of(scope: &Scope<'_>, chain: &Call) -> Option<Call> {
    // `const users = knex("users"); await users.update(..)`
    let writes = chain.links.iter().any(|link| WRITES.contains(&link.short()));
    let whole = if writes { scope.joined(chain) } else { chain.clone() };
    let first = whole.links.first()?;
    let root = whole.name.split('.').next().unwrap_or_default();
    let from = |link: &Call| matches!(link.short(), "from" | "table" | "into") && link.arguments.len() == 1;
    // `knex("users")`, and `context.db("users")`; what is given a callback is no query.
    let by_name =
        root == first.name && scope.is_connection(root) || matches!(first.name.as_str(), "db" | "knex" | "trx");
    let called = by_name && first.block.is_empty() && scope.functions.find(&first.name).is_none();
    (called || scope.is_connection(root) && whole.links.iter().any(from)).then_some(whole)
}

/// The links that change rows.
const WRITES: [&str; 6] = ["update", "del", "delete", "increment", "decrement", "truncate"];

/// `knex("users").where(..).update(..)`.
fn write_of(chain: &Call, steps: &mut Steps) {
    let by = |names: &[&str]| chain.links.iter().find(|link| names.contains(&link.short()));
    let Some(last) = by(&WRITES) else { return };
    let table = by(&["from", "table", "into"]).or(chain.links.first()).map(|link| link.word(0, "")).unwrap_or_default();
    if last.short() == "truncate" {
        steps.push(last.span, Operation::Truncate { tables: vec![table], cascade: false });
        return;
    }
    let bounded = chain.links.iter().any(is_bound);
    let statement = if matches!(last.short(), "del" | "delete") { "DELETE" } else { "UPDATE" };
    steps.push(chain.span, Operation::Write { statement, table, bounded });
}

/// Whether a link keeps the number of rows small.
fn is_bound(link: &Call) -> bool {
    match link.short() {
        "limit" => true,
        "where" | "andWhere" | "whereIn" | "whereBetween" => match link.arguments.first() {
            Some(Value::Map(pairs)) => pairs.iter().any(|(name, _)| is_key(name)),
            // `where("id", 5)`, `where("id", "=", 5)`; not `where("id", ">", 5)`
            Some(name) => {
                let compared = link.arguments.get(1).and_then(Value::word);
                name.word().is_some_and(is_key)
                    && (link.arguments.len() < 3 || compared == Some("="))
                    && !link.arguments.last().is_some_and(is_unbounded_query)
            }
            None => false,
        },
        _ => false,
    }
}

/// Whether a value is a query, which may return as many rows as there are: `knex("orders").select("user_id")`.
fn is_unbounded_query(value: &Value) -> bool {
    match value {
        Value::Call(call) => {
            let has = |names: &[&str]| call.links.iter().any(|link| names.contains(&link.short()));
            has(&["select", "distinct", "from", "pluck"]) && !call.links.iter().any(is_bound)
        }
        _ => false,
    }
}
