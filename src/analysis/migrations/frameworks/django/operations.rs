//! The list `operations` of a Django migration.

use super::super::super::code::{Call, Item, Value, walk};
use super::super::super::step::{Constraint, Operation, Span, TableChange};
use super::super::read::{Steps, assignments, named};
use super::field::{add_field, alter_field, column_of, foreign_table, type_of};
use super::run_python::Scripts;
use std::cell::Cell;

pub(in super::super) fn read(path: &str, items: &[Item], steps: &mut Steps) {
    let names = assignments(items);
    let app = app_of(path);
    let scripts = Scripts::of(items, app, &names);
    let reader = Reader { app, scripts, names: &names, lists: Cell::new(MAX_LISTS) };
    walk(items, &mut |item| {
        match item {
            Item::Assign { name, value, span } | Item::Extend { name, value, span } if name == "operations" => {
                reader.operations(value, *span, steps);
            }
            Item::Call(call) if matches!(call.name.as_str(), "operations.append" | "operations.insert") => {
                let last = call.arguments.last().cloned();
                reader.operations(&Value::List(last.into_iter().collect()), call.span, steps);
            }
            Item::Call(call) if call.name == "operations.extend" => {
                let list = call.arguments.first().unwrap_or(&Value::Unknown);
                reader.operations(list, call.span, steps);
            }
            _ => {}
        }
        true
    });
}

/// Lists that operations name, or that others are put together from: one can name another, and so on. Those that are written
/// where they stand are no more than the file holds.
const MAX_LISTS: u32 = 50;

/// `shop` of `shop/migrations/0002_x.py`.
fn app_of(path: &str) -> &str {
    let mut directories = path.rsplit('/').skip(1);
    match directories.next() {
        Some("migrations") => directories.next().unwrap_or_default(),
        _ => "",
    }
}

struct Reader<'a> {
    app: &'a str,
    scripts: Scripts<'a>,
    names: &'a [(String, Value)],
    /// Lists that may still be looked into.
    lists: Cell<u32>,
}

impl Reader<'_> {
    fn table(&self, model: &str) -> String {
        let model = model.rsplit('.').next().unwrap_or(model).to_lowercase();
        if self.app.is_empty() { model } else { format!("{}_{model}", self.app) }
    }

    /// The operations of a list, of what its names stand for and of what it is put together from. What is not there to
    /// read is told to be unseen.
    fn operations(&self, list: &Value, span: Span, steps: &mut Steps) {
        match list {
            Value::List(list) => {
                for item in list {
                    match item {
                        Value::Call(call) => self.operation(call, steps),
                        Value::Spread(inner) => self.elsewhere(inner, span, steps),
                        Value::Name(name) => match named(name, self.names) {
                            Some(Value::Call(call)) => self.operation(call, steps),
                            _ => steps.push(span, Operation::Unseen),
                        },
                        Value::Nothing => {}
                        _ => steps.push(span, Operation::Unseen),
                    }
                }
            }
            Value::Name(name) => match named(name, self.names) {
                Some(value @ (Value::List(_) | Value::Name(_))) => self.elsewhere(value, span, steps),
                _ => steps.push(span, Operation::Unseen),
            },
            Value::Nothing => {}
            _ => steps.push(span, Operation::Unseen),
        }
    }

    /// The same of a list that stands somewhere else, as long as there are not too many.
    fn elsewhere(&self, list: &Value, span: Span, steps: &mut Steps) {
        let Some(left) = self.lists.get().checked_sub(1) else { return steps.push(span, Operation::Unseen) };
        self.lists.set(left);
        self.operations(list, span, steps);
    }

    fn operation(&self, call: &Call, steps: &mut Steps) {
        let span = call.span;
        steps.model = match call.short() {
            "DeleteModel" | "AlterModelTable" => Some(call.word(0, "name")),
            "RenameModel" => Some(call.word(0, "old_name")),
            "RemoveField" | "RenameField" => Some(call.word(0, "model_name")),
            _ => None,
        };
        let model_table = || self.table(&call.word(0, "model_name"));
        match call.short() {
            // From django-migration-linter: everything that follows is meant.
            "IgnoreMigration" => steps.assured = true,
            "CreateModel" => self.create_model(call, steps),
            "DeleteModel" => {
                let tables = vec![self.table(&call.word(0, "name"))];
                steps.push(span, Operation::DropTable { tables, cascade: true });
            }
            "RenameModel" => {
                let to = self.table(&call.word(1, "new_name"));
                steps.alter(span, &self.table(&call.word(0, "old_name")), TableChange::RenameTable { to });
            }
            "AlterModelTable" => {
                let to = call.word(1, "table");
                steps.alter(span, &self.table(&call.word(0, "name")), TableChange::RenameTable { to });
            }
            "AddField" => {
                if let Some(field) = call.argument(2, "field").and_then(Value::call) {
                    let target = |model: &str| self.table(model);
                    add_field(span, &model_table(), &call.word(1, "name"), field, &target, steps);
                }
            }
            "RemoveField" => {
                let column = call.word(1, "name");
                steps.alter(span, &model_table(), TableChange::DropColumn { column, cascade: true });
            }
            "AlterField" => {
                if let Some(field) = call.argument(2, "field").and_then(Value::call) {
                    alter_field(span, &model_table(), &call.word(1, "name"), field, steps);
                }
            }
            "RenameField" => {
                let (from, to) = (call.word(1, "old_name"), call.word(2, "new_name"));
                steps.alter(span, &model_table(), TableChange::RenameColumn { from, to });
            }
            "AddIndex" | "AddIndexConcurrently" => {
                let index = call.argument(1, "index").and_then(Value::call).map(name_in);
                steps.index(
                    span,
                    &model_table(),
                    index.filter(|name| !name.is_empty()),
                    call.short().ends_with("Concurrently"),
                );
            }
            "RemoveIndex" | "RemoveIndexConcurrently" => {
                let concurrently = call.short().ends_with("Concurrently");
                steps.drop_index(span, &model_table(), call.word(1, "name"), concurrently);
            }
            "AddConstraint" | "AddConstraintNotValid" => self.add_constraint(call, &model_table(), steps),
            "ValidateConstraint" => {
                steps.alter(span, &model_table(), TableChange::Validate { name: call.word(1, "name") });
            }
            "RemoveConstraint" => {
                steps.alter(span, &model_table(), TableChange::DropConstraint { name: call.word(1, "name") });
            }
            "AlterUniqueTogether" | "AlterIndexTogether" => self.together(call, steps),
            "RunSQL" => {
                if let Some(sql) = call.argument(0, "sql") {
                    steps.sql_value(sql, span, self.names);
                }
                self.reversible(call, "reverse_sql", steps);
            }
            "RunPython" => {
                if let Some(name) = call.argument(0, "code").and_then(Value::word) {
                    self.scripts.read(name, steps);
                }
                self.reversible(call, "reverse_code", steps);
            }
            "SeparateDatabaseAndState" => {
                if let Some(list) = call.argument(0, "database_operations") {
                    self.operations(list, span, steps);
                }
            }
            _ => {}
        }
    }

    fn reversible(&self, call: &Call, name: &str, steps: &mut Steps) {
        if matches!(call.argument(1, name), None | Some(Value::Nothing)) && !steps.assured {
            steps.push(call.span, Operation::Irreversible { what: call.short().to_owned() });
        }
    }

    fn create_model(&self, call: &Call, steps: &mut Steps) {
        let options = call.argument(2, "options");
        if options.and_then(|options| options.key("managed")) == Some(&Value::Flag(false)) {
            return;
        }
        let table = options.and_then(|options| options.key("db_table")).and_then(Value::word).map(str::to_owned);
        let table = table.unwrap_or_else(|| self.table(&call.word(0, "name")));
        let fields = call.argument(1, "fields").map(Value::list).unwrap_or_default();
        let fields: Vec<(&str, &Call)> = fields
            .iter()
            .filter_map(|field| Some((field.list().first()?.word()?, field.list().get(1)?.call()?)))
            .collect();
        let references =
            fields.iter().filter_map(|(_, field)| foreign_table(field, &|model| self.table(model))).collect();
        let columns = fields.iter().map(|(name, field)| (column_of(name, field), type_of(field))).collect();
        let optional = fields.iter().filter(|(_, field)| field.is_true("null"));
        let optional = optional.map(|(name, field)| column_of(name, field)).collect();
        let operation =
            Operation::CreateTable { table, references, partition_of: None, columns, optional, force: false };
        steps.push(call.span, operation);
    }

    fn add_constraint(&self, call: &Call, table: &str, steps: &mut Steps) {
        let Some(constraint) = call.argument(1, "constraint").and_then(Value::call) else { return };
        // Django makes an index of what a constraint cannot express.
        let is_index = !constraint.arguments.is_empty()
            || ["condition", "include", "opclasses"].iter().any(|option| constraint.by_name(option).is_some());
        if constraint.short() == "UniqueConstraint" && is_index {
            return steps.index(call.span, table, Some(name_in(constraint)), false);
        }
        let not_valid = call.short() == "AddConstraintNotValid";
        let kind = match constraint.short() {
            "CheckConstraint" => Constraint::Check { not_null: not_null_of(constraint) },
            "UniqueConstraint" => Constraint::Unique { using_index: false },
            _ => Constraint::Exclude,
        };
        let name = Some(name_in(constraint)).filter(|name| !name.is_empty());
        steps.alter(call.span, table, TableChange::AddConstraint { name, constraint: kind, not_valid });
    }

    fn together(&self, call: &Call, steps: &mut Steps) {
        let table = self.table(&call.word(0, "name"));
        let unique = call.short() == "AlterUniqueTogether";
        let fields = call.argument(1, if unique { "unique_together" } else { "index_together" });
        let some = fields.is_some_and(|fields| !fields.list().is_empty());
        let change = match (unique, some) {
            (true, true) => TableChange::AddConstraint {
                name: None,
                constraint: Constraint::Unique { using_index: false },
                not_valid: false,
            },
            (true, false) => TableChange::DropConstraint { name: String::new() },
            (false, true) => return steps.index(call.span, &table, None, false),
            (false, false) => return steps.drop_index(call.span, &table, String::new(), false),
        };
        steps.alter(call.span, &table, change);
    }
}

fn name_in(call: &Call) -> String {
    call.by_name("name").and_then(Value::word).unwrap_or_default().to_owned()
}

/// The column of `models.Q(column__isnull=False)`.
fn not_null_of(constraint: &Call) -> Option<String> {
    let condition = constraint.by_name("condition").or_else(|| constraint.by_name("check"))?.call()?;
    let [(key, Value::Flag(false))] = condition.named.as_slice() else { return None };
    key.strip_suffix("__isnull").map(str::to_owned)
}
