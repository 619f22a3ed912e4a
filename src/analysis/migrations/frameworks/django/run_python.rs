//! Functions that `RunPython` runs: what they import, and whether they change many rows in one transaction.

use super::super::super::code::{Call, Item, KEYS, SLICE, Value, walk};
use super::super::super::step::{Operation, Span};
use super::super::functions::Functions;
use super::super::parameters::with_parameters;
use super::super::read::{MAX_NAMES, Steps, assignments, is_long, named};
use std::cell::Cell;

/// What the functions of a migration have in common.
pub(super) struct Scripts<'a> {
    functions: Functions<'a>,
    /// Models that are imported at the top of the file; told with the first function that is read.
    on_top: Cell<Vec<(String, Span)>>,
    app: &'a str,
    names: &'a [(String, Value)],
    /// Values that may still be followed to the query that they are.
    looks: Cell<u32>,
}

/// Far more than people write; names can stand for queries over each other.
const MAX_LOOKS: u32 = 100_000;

impl<'a> Scripts<'a> {
    pub(super) fn of(items: &'a [Item], app: &'a str, names: &'a [(String, Value)]) -> Self {
        Scripts {
            functions: Functions::of(items),
            on_top: Cell::new(live_models_on_top(items)),
            app,
            names,
            looks: Cell::new(MAX_LOOKS),
        }
    }

    /// Reads the function of that name; what is defined elsewhere is told to be unseen.
    pub(super) fn read(&self, name: &str, span: Span, steps: &mut Steps) {
        let name = name.rsplit('.').next().unwrap_or(name);
        let functions = self.functions.anew();
        let Some(body) = functions.find(name) else {
            if name != "noop" {
                steps.push(span, Operation::Unseen);
            }
            return;
        };
        for (module, at) in live_models(body).into_iter().chain(self.on_top.take()) {
            steps.push(at, Operation::LiveModel { module });
        }
        let mut names = self.names.to_vec();
        names.extend(assignments(body));
        let looks = &self.looks;
        let mut function = Function { functions: &functions, app: self.app, names, read_rows: None, looks };
        function.statements(body, &[], steps);
        if looks.get() == 0 {
            steps.push(span, Operation::Unseen);
        }
    }
}

/// Names that stand for one row of a query, with the table.
type Rows = [(String, String)];

struct Function<'f, 'a> {
    functions: &'f Functions<'a>,
    app: &'a str,
    names: Vec<(String, Value)>,
    /// The table whose rows a loop goes through, for a `bulk_update` of them.
    read_rows: Option<String>,
    looks: &'f Cell<u32>,
}

impl Function<'_, '_> {
    fn statements(&mut self, body: &[Item], rows: &Rows, steps: &mut Steps) {
        steps.deeper(|steps| {
            for item in body {
                self.item(item, rows, steps);
            }
        });
    }

    fn item(&mut self, item: &Item, rows: &Rows, steps: &mut Steps) {
        match item {
            Item::Call(call) => {
                let (functions, length) = (self.functions, self.names.len());
                let followed = functions.follow(&call.name, steps, |inner, steps| {
                    let given = self.hand_over(call, inner, rows);
                    if self.names.len() < MAX_NAMES {
                        self.names.extend(assignments(inner));
                    }
                    self.statements(inner, &given, steps);
                    // What a function calls its own ends with it.
                    self.names.truncate(length);
                });
                if !followed {
                    self.call(call, rows, steps);
                }
            }
            Item::Loop { over, name, body } => {
                let table = over.as_ref().and_then(|over| self.all_rows(over, self.names.len(), MAX_STEPS));
                let long = table.is_some() || is_long(over.as_ref(), &self.names);
                let mut inner = rows.to_vec();
                if let Some(table) = table {
                    self.read_rows = Some(table.clone());
                    let each = name.split(',').map(|name| name.trim_matches(['(', ')', ' ']).to_owned());
                    inner.extend(each.map(|name| (name, table.clone())));
                }
                steps.in_loop(long, |steps| self.statements(body, &inner, steps));
            }
            Item::Block { head: Some(head), body, .. } if head.short() == "atomic" && !steps.is_in_loop() => {
                let before = std::mem::replace(&mut steps.together, true);
                self.statements(body, rows, steps);
                steps.together = before;
            }
            Item::Block { body, .. } => self.statements(body, rows, steps),
            _ => {}
        }
    }

    /// Gives the parameters of a function what it is called with. The rows that are known inside it are those that it is
    /// given, under its own names, and those around it.
    fn hand_over(&mut self, call: &Call, body: &[Item], rows: &Rows) -> Vec<(String, String)> {
        let mut inner = rows.to_vec();
        let Some(Item::Parameters(parameters)) = body.first() else { return inner };
        for (at, (name, default)) in parameters.iter().enumerate() {
            if self.names.len() >= MAX_NAMES {
                break;
            }
            let value = call.argument(at, name).unwrap_or(default);
            let value = match value {
                Value::Name(given) => {
                    let row = rows.iter().rfind(|(row, _)| row == given).map(|(_, table)| table.clone());
                    inner.extend(row.map(|table| (name.clone(), table)));
                    handed(given, named(given, &self.names))
                }
                other => other.clone(),
            };
            self.names.push((name.clone(), value));
        }
        inner
    }

    fn call(&mut self, call: &Call, rows: &Rows, steps: &mut Steps) {
        let short = call.short();
        let statement = if matches!(short, "delete" | "_raw_delete") { "DELETE" } else { "UPDATE" };
        let row = |name: &str| call.name.strip_suffix(short) == Some(&format!("{name}."));
        let of_row = rows.iter().rfind(|(name, _)| row(name)).map(|(_, table)| table.clone());
        let beside_row = |name: &str| call.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        let all = self.names.len();
        match (short, of_row) {
            ("save" | "delete", Some(table)) => steps.push(call.span, Operation::Batches { statement, table }),
            // `order.customer.save()`: a row of a table that is not named here.
            ("save", None) if rows.iter().any(|(name, _)| beside_row(name)) => {
                steps.push(call.span, Operation::Batches { statement, table: String::new() });
            }
            // It runs in a transaction of its own, however small its batches are.
            ("bulk_update", _) => {
                let rows = call.arguments.first().and_then(|rows| self.all_rows(rows, all, MAX_STEPS));
                if let Some(table) = rows.or_else(|| self.read_rows.clone()).filter(|_| !steps.is_in_loop()) {
                    steps.push(call.span, Operation::Batches { statement, table });
                }
            }
            ("update" | "delete" | "_raw_delete", _) => {
                if let Some(query) = self.query(call, all, MAX_STEPS).filter(|query| !query.small) {
                    let bounded = query.limited || self.is_bounded(call, all, MAX_STEPS);
                    steps.push(call.span, Operation::Write { statement, table: query.table, bounded });
                }
            }
            ("update_or_create", _) if steps.is_in_loop() => {
                if let Some(query) = self.query(call, all, MAX_STEPS).filter(|query| !query.small) {
                    steps.push(call.span, Operation::Batches { statement, table: query.table });
                }
            }
            ("execute" | "executemany", _) => {
                if let Some(sql) = call.argument(0, "sql") {
                    let has_values = call.argument(1, "params").is_some_and(|it| *it != Value::Nothing);
                    let sql = if has_values { with_parameters(sql, &self.names) } else { sql.clone() };
                    steps.sql_value(&sql, call.span, &self.names);
                }
            }
            ("raw", _) if self.query(call, all, MAX_STEPS).is_some() => {
                if let Some(sql) = call.argument(0, "raw_query") {
                    steps.sql_value(sql, call.span, &self.names);
                }
            }
            _ if SCHEMA_EDITOR.contains(&short) && call.name.contains('.') && !call.name.starts_with("self.") => {
                steps.push(call.span, Operation::Unseen);
            }
            _ => {}
        }
    }

    /// The table of a value that yields all rows of a query, also through `list(..)` and the like. Names stand for what they
    /// were given among the first `among` of them.
    fn all_rows(&self, value: &Value, among: usize, depth: u32) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        self.looks.set(self.looks.get().checked_sub(1)?);
        match value {
            Value::Name(name) => {
                let (at, value) = self.assigned(name, among)?;
                self.all_rows(value, at, depth)
            }
            Value::Call(call) => {
                let one =
                    ["get", "first", "last", "count", "exists", "create", "get_or_create", "aggregate", "in_bulk"];
                if one.contains(&call.short()) {
                    return None;
                }
                match self.query(call, among, depth) {
                    Some(query) => {
                        let few = query.limited || query.small || self.is_bounded(call, among, depth);
                        (!few).then_some(query.table)
                    }
                    None => call.arguments.first().and_then(|inner| self.all_rows(inner, among, depth)),
                }
            }
            _ => None,
        }
    }

    /// The value that a name was given last among the first names, and where; what it is made of stands before.
    fn assigned(&self, name: &str, among: usize) -> Option<(usize, &Value)> {
        let names = self.names.get(..among).unwrap_or(&self.names);
        let at = names.iter().rposition(|(known, _)| known == name)?;
        names.get(at).map(|(_, value)| (at, value))
    }

    /// The query that a chain of calls is: `Order.objects.filter(..)`, or `orders.filter(..)` of a query `orders`.
    fn query(&self, call: &Call, among: usize, depth: u32) -> Option<Query> {
        let depth = depth.checked_sub(1)?;
        let (model, rest) = call.name.split_once('.')?;
        if rest.split('.').any(is_manager) {
            return Some(self.query_of(model));
        }
        match self.assigned(model, among)? {
            (at, Value::Call(inner)) => {
                let query = self.query(inner, at, depth)?;
                Some(Query { limited: query.limited || self.is_bounded(inner, at, depth), ..query })
            }
            (_, Value::Name(name)) => {
                let (model, manager) = name.rsplit_once('.')?;
                is_manager(manager).then(|| self.query_of(model))
            }
            _ => None,
        }
    }

    /// Whether a chain of calls asks for a slice, or for rows by their key.
    fn is_bounded(&self, call: &Call, among: usize, depth: u32) -> bool {
        call.links.iter().chain([call]).any(|link| match link.short() {
            SLICE => true,
            "filter" | "get" => self.is_by_key(link, among, depth),
            _ => false,
        })
    }

    /// Whether a filter gives values of a key, and not all that a query over the whole table has.
    fn is_by_key(&self, filter: &Call, among: usize, depth: u32) -> bool {
        let by_key = |(name, value): &(String, Value)| {
            let (column, lookup) = name.split_once("__").unwrap_or((name, "exact"));
            let given = match (lookup, value) {
                ("exact" | "iexact", Value::Nothing) => false,
                ("exact" | "iexact", Value::Text(text)) => !text.text.is_empty(),
                ("exact" | "iexact" | "range", _) => true,
                ("in", value) => self.all_rows(value, among, depth).is_none(),
                _ => false,
            };
            KEYS.contains(&column) && given
        };
        let all_of =
            |value: &Value| value.call().is_some_and(|inner| inner.short() == "Q" && inner.named.iter().any(by_key));
        filter.named.iter().any(by_key) || filter.arguments.iter().any(all_of)
    }

    fn query_of(&self, model: &str) -> Query {
        let lower = model.rsplit('.').next().unwrap_or(model).to_lowercase();
        // `orders = apps.get_model("shop", "Order").objects`
        let written: Vec<&str> = model.split(['"', '\'']).skip(1).step_by(2).collect();
        let (app, model) = match self.assigned(model, self.names.len()).map(|(_, value)| value) {
            _ if model.contains("get_model(") => match written[..] {
                [app, model, ..] => (app.to_owned(), model.to_lowercase()),
                _ => (self.app.to_owned(), String::new()),
            },
            Some(Value::Call(call)) if call.short() == "get_model" => {
                let (first, second) = (call.word(0, "app_label"), call.word(1, "model_name"));
                match first.split_once('.') {
                    Some((app, model)) => (app.to_owned(), model.to_lowercase()),
                    None => (first, second.to_lowercase()),
                }
            }
            // `for model in models: model.objects.update(..)`
            _ if model.starts_with(|first: char| first.is_ascii_lowercase()) => (String::new(), String::new()),
            _ => (self.app.to_owned(), lower),
        };
        let small = SMALL.contains(&(app.as_str(), model.as_str()));
        Query { table: if app.is_empty() { model } else { format!("{app}_{model}") }, limited: false, small }
    }
}

/// What a parameter stands for: a large value under the name that it has already.
fn handed(name: &str, value: Option<&Value>) -> Value {
    match value {
        Some(Value::Text(text)) if text.text.len() > MAX_HANDED => Value::Name(name.to_owned()),
        Some(Value::List(_) | Value::Map(_)) => Value::Name(name.to_owned()),
        Some(value) => value.clone(),
        None => Value::Unknown,
    }
}

/// Bytes of a text that is copied.
const MAX_HANDED: usize = 10_000;

/// Names and calls that are followed from a value to the query that it is.
const MAX_STEPS: u32 = 30;

/// What Django's schema editor does besides SQL: it is not read.
const SCHEMA_EDITOR: [&str; 11] = [
    "add_field",
    "alter_field",
    "remove_field",
    "add_index",
    "remove_index",
    "add_constraint",
    "remove_constraint",
    "delete_model",
    "alter_db_table",
    "alter_unique_together",
    "alter_index_together",
];

struct Query {
    table: String,
    /// Whether it asks for few rows.
    limited: bool,
    /// Whether the whole table is small.
    small: bool,
}

fn is_manager(part: &str) -> bool {
    matches!(part, "objects" | "_default_manager" | "_base_manager") || part.ends_with("_objects")
}

/// Models whose tables hold some hundred rows at most, whoever uses them.
const SMALL: [(&str, &str); 8] = [
    ("contenttypes", "contenttype"),
    ("auth", "permission"),
    ("auth", "group"),
    ("sites", "site"),
    ("flatpages", "flatpage"),
    ("django_celery_beat", "periodictask"),
    ("socialaccount", "socialapp"),
    ("waffle", "flag"),
];

fn live_models(body: &[Item]) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    walk(body, &mut |item| {
        if let Item::Import { module, names, span } = item
            && is_models(module, names)
        {
            found.push((module.clone(), *span));
        }
        true
    });
    found
}

/// Imports at the top of the file, apart from Django's own.
fn live_models_on_top(items: &[Item]) -> Vec<(String, Span)> {
    let top = items.iter().filter(|item| matches!(item, Item::Import { .. })).cloned().collect::<Vec<_>>();
    live_models(&top)
}

fn is_models(module: &str, names: &[String]) -> bool {
    let own = !module.starts_with("django");
    let ends = module == "models" || module.ends_with(".models") || module.contains(".models.");
    own && (ends || (module.starts_with('.') && names.iter().any(|name| name == "models")))
}
