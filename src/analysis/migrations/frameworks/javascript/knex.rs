//! Knex: `knex.raw`, `knex.schema` and queries.

use super::super::super::code::{Call, Gaps, Item, Value};
use super::super::super::step::{Operation, TableChange};
use super::super::read::{Functions, Steps, assignments, calls, each_call};
use super::chain::is_key;
use super::table::{alter_table, create_table};

pub(in super::super) fn read(items: &[Item], steps: &mut Steps) {
    let names = assignments(items);
    let functions = Functions::of(items);
    let Some(body) = functions.find("up") else { return };
    let reader = Reader { functions: &functions, names: &names };
    reader.statements(body, steps);
    if functions.find("down").is_none()
        && let Some(first) = calls(body).first()
    {
        steps.push(first.span, Operation::Irreversible { what: "up".to_owned() });
    }
}

struct Reader<'a> {
    functions: &'a Functions<'a>,
    names: &'a [(String, Value)],
}

impl Reader<'_> {
    fn statements(&self, body: &[Item], steps: &mut Steps) {
        each_call(body, self.names, steps, &|call, steps| self.chain(call, steps));
    }

    fn chain(&self, chain: &Call, steps: &mut Steps) {
        if write_of(chain, steps) {
            return;
        }
        // `await Promise.all([knex.schema.., knex.raw(..)])`
        for inner in chain.links.iter().flat_map(|link| link.arguments.iter()).flat_map(Value::list) {
            if let Value::Call(call) = inner {
                steps.deeper(|steps| self.chain(call, steps));
            }
        }
        for link in chain.links.iter() {
            self.link(chain, link, steps);
        }
    }

    fn link(&self, chain: &Call, link: &Call, steps: &mut Steps) {
        let table = || link.word(0, "");
        let span = link.span;
        match link.short() {
            "raw" => match link.arguments.first() {
                Some(Value::Text(text)) if text.text.contains("??") => {
                    let filled = Value::Text(text.clone()).filled(Gaps::QuestionMarks);
                    steps.sql_value(&filled, chain.span, self.names);
                }
                Some(sql) => steps.sql_value(sql, chain.span, self.names),
                None => {}
            },
            "createTable" | "createTableIfNotExists" => create_table(span, &table(), &link.block, steps),
            "createTableLike" => create_table(span, &table(), &[], steps),
            "alterTable" | "table" => alter_table(&table(), &link.block, steps),
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
            _ if !link.block.is_empty() => self.statements(&link.block, steps),
            name => {
                self.functions.follow(name, steps, |body, steps| self.statements(body, steps));
            }
        }
    }
}

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
        }),
        _ => drop(ObjectKind::MaterializedView),
    }
}

/// `knex("users").where(..).update(..)`.
fn write_of(chain: &Call, steps: &mut Steps) -> bool {
    let by = |names: &[&str]| chain.links.iter().find(|link| names.contains(&link.short()));
    let Some(last) = by(&["update", "del", "delete", "increment", "decrement", "truncate"]) else { return false };
    let table = by(&["from", "table", "into"]).or(chain.links.first()).map(|link| link.word(0, "")).unwrap_or_default();
    if last.short() == "truncate" {
        steps.push(last.span, Operation::Truncate { tables: vec![table], cascade: false });
        return true;
    }
    let bounded = chain.links.iter().any(|link| match link.short() {
        "limit" => true,
        "where" | "andWhere" | "whereIn" | "whereBetween" => match link.arguments.first() {
            Some(Value::Map(pairs)) => pairs.iter().any(|(name, _)| is_key(name)),
            // `where("id", 5)`, `where("id", "=", 5)`; not `where("id", ">", 5)`
            Some(name) => {
                let compared = link.arguments.get(1).and_then(Value::word);
                name.word().is_some_and(is_key) && (link.arguments.len() < 3 || compared == Some("="))
            }
            None => false,
        },
        _ => false,
    });
    let statement = if matches!(last.short(), "del" | "delete") { "DELETE" } else { "UPDATE" };
    steps.push(chain.span, Operation::Write { statement, table, bounded });
    true
}
