//! The list `operations` of a Django migration.

use super::super::super::check::Before;
use super::super::super::code::{Call, Item, Value, walk};
use super::super::super::models::{Field, Model, ModelChange, Models, brief, usual_table};
use super::super::super::step::{Constraint, Operation, Span, TableChange};
use super::super::super::words::USER_MODEL;
use super::super::read::{Steps, assignments, named};
use super::alter::{Altered, added, alter_field, changed};
use super::arguments::{field_name, is_index, name_in, not_null_of, sets_of};
use super::field::{add_field, read_field};
use super::guess;
use super::run_python::Scripts;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

pub(in super::super) fn read(path: &str, items: &[Item], before: &Before, steps: &mut Steps) {
    let names = assignments(items);
    let app = app_of(path);
    let scripts = Scripts::of(items, app, &names);
    let models = RefCell::new(Models::before(before));
    let aliases = aliases_of(items);
    let reader =
        Reader { app, scripts, names: &names, aliases, lists: Cell::new(MAX_LISTS), models, forgets: Cell::new(false) };
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

/// `AI` of `from django.db.migrations import AddIndex as AI`.
fn aliases_of(items: &[Item]) -> Vec<(&str, &str)> {
    let imports = items.iter().filter_map(|item| match item {
        Item::Import { names, .. } => Some(names),
        _ => None,
    });
    let aliases = imports.flatten().filter_map(|name| name.split_once(" as "));
    aliases.map(|(name, alias)| (alias.trim(), name.trim())).take(MAX_ALIASES).collect()
}

/// Every operation is looked for among them.
const MAX_ALIASES: usize = 100;

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
    /// Imported names, each with what it is called where it comes from.
    aliases: Vec<(&'a str, &'a str)>,
    /// Lists that may still be looked into.
    lists: Cell<u32>,
    /// The models as they are before the operation in hand.
    models: RefCell<Models>,
    /// Whether what is read is for the database only, so that Django does not remember it.
    forgets: Cell<bool>,
}

impl Reader<'_> {
    /// The name of a model of this app: `shop.order` of `Order` and of `shop.Order`.
    fn model(&self, word: &str) -> String {
        let short = brief(word.rsplit('.').next().unwrap_or(word)).to_lowercase();
        format!("{}.{short}", self.app)
    }

    /// The model that a relation names in a field of `own`.
    fn target(&self, word: &str, own: &str) -> String {
        match word.split_once('.') {
            _ if word.ends_with("AUTH_USER_MODEL") => USER_MODEL.to_owned(),
            _ if word.eq_ignore_ascii_case("self") => own.to_owned(),
            Some((app, model)) if app != "settings" => format!("{}.{}", brief(app), brief(model).to_lowercase()),
            _ => self.model(word),
        }
    }

    fn table(&self, model: &str) -> String {
        self.models.borrow().table(model)
    }

    /// Whether a model is known to have no table that Django looks after.
    fn is_virtual(&self, model: &str) -> bool {
        self.models.borrow().get(model).is_some_and(|model| model.is_virtual)
    }

    fn field_named(&self, model: &str, name: &str) -> Option<Field> {
        self.models.borrow().field(model, name).cloned()
    }

    /// Remembers a change as Django does.
    fn remember(&self, span: Span, change: ModelChange, steps: &mut Steps) {
        self.models.borrow_mut().note(&change);
        if !self.forgets.get() {
            steps.push(span, Operation::Model(change));
        }
    }

    /// A call with what its names stand for: `models.CharField(max_length=LENGTH)`.
    fn resolved(&self, call: &Call) -> Call {
        let stands_for = |value: &Value| match value {
            Value::Name(name) => match named(name, self.names) {
                Some(Value::Text(text)) if text.text.len() > MAX_WORD => None,
                Some(Value::Call(call)) if call.name.len() > MAX_WORD => None,
                Some(
                    found @ (Value::Call(_) | Value::Text(_) | Value::Flag(_) | Value::Number(_) | Value::Nothing),
                ) => Some(found.clone()),
                _ => None,
            },
            _ => None,
        };
        let mut call = call.clone();
        if let Some((_, name)) = self.aliases.iter().find(|(alias, _)| *alias == call.name) {
            call.name = (*name).to_owned();
        }
        for argument in Rc::make_mut(&mut call.arguments) {
            if let Some(value) = stands_for(argument) {
                *argument = value;
            }
        }
        for (_, value) in Rc::make_mut(&mut call.named) {
            if let Some(found) = stands_for(value) {
                *value = found;
            }
        }
        call
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
        let call = &self.resolved(call);
        steps.model = match call.short() {
            "DeleteModel" | "AlterModelTable" => Some(call.word(0, "name")),
            "RenameModel" => Some(call.word(0, "old_name")),
            "RemoveField" | "RenameField" => Some(call.word(0, "model_name")),
            _ => None,
        };
        steps.field = field_name(call);
        match call.short() {
            // From django-migration-linter: everything that follows is meant.
            "IgnoreMigration" => steps.assured = true,
            "RunSQL" => {
                if let Some(sql) = call.argument(0, "sql") {
                    steps.sql_value(sql, span, self.names);
                }
                self.reversible(call, "reverse_sql", steps);
            }
            "RunPython" => {
                match call.argument(0, "code") {
                    Some(Value::Name(name)) => self.scripts.read(name, span, steps),
                    Some(Value::Call(partial)) if partial.short() == "partial" => match partial.arguments.first() {
                        Some(Value::Name(name)) => self.scripts.read(name, span, steps),
                        _ => steps.push(span, Operation::Unseen),
                    },
                    _ => steps.push(span, Operation::Unseen),
                }
                self.reversible(call, "reverse_code", steps);
            }
            "SeparateDatabaseAndState" => self.separately(call, steps),
            _ => self.model_operation(call, steps),
        }
    }

    /// Operations for the database that Django does not remember, and others that it only remembers.
    fn separately(&self, call: &Call, steps: &mut Steps) {
        if let Some(list) = call.argument(0, "database_operations") {
            let Some(copy) = self.models.borrow_mut().copied() else {
                return steps.push(call.span, Operation::Unseen);
            };
            let forgot = self.forgets.replace(true);
            self.operations(list, call.span, steps);
            self.forgets.set(forgot);
            self.models.replace(copy);
        }
        if let Some(list) = call.argument(1, "state_operations") {
            let mut silent = Steps::default();
            self.operations(list, call.span, &mut silent);
            for change in silent.into_model_changes() {
                steps.push(call.span, Operation::Model(change));
            }
        }
    }

    fn model_operation(&self, call: &Call, steps: &mut Steps) {
        let (span, short) = (call.span, call.short());
        if short == "CreateModel" {
            return self.create_model(call, steps);
        }
        let place = if short == "RenameModel" { "old_name" } else { "model_name" };
        let word = call.by_name("name").filter(|_| OF_MODELS.contains(&short)).and_then(Value::word);
        let model = self.model(word.unwrap_or(&call.word(0, place)));
        if self.is_virtual(&model) {
            let mut silent = Steps::default();
            self.change_of(&model, call, &mut silent);
            for change in silent.into_model_changes() {
                steps.push(span, Operation::Model(change));
            }
            return;
        }
        if call.arguments.contains(&Value::Unknown) && KNOWN.contains(&short) {
            steps.push(span, Operation::Unseen);
        }
        self.change_of(&model, call, steps);
    }

    fn change_of(&self, model: &str, call: &Call, steps: &mut Steps) {
        let (span, table) = (call.span, self.table(model));
        match call.short() {
            "DeleteModel" => {
                steps.push(span, Operation::DropTable { tables: vec![table], cascade: true });
                self.remember(span, ModelChange::Delete { name: model.to_owned() }, steps);
            }
            "RenameModel" => self.rename_model(model, call, steps),
            "AlterModelTable" => {
                let to = call.argument(1, "table").and_then(Value::word).map(|table| brief(table).to_owned());
                let name = to.clone().unwrap_or_else(|| usual_table(model));
                // What nobody knows of may have any name before.
                if table != name || self.models.borrow().get(model).is_none() {
                    steps.alter(span, &table, TableChange::RenameTable { to: name });
                }
                self.remember(span, ModelChange::Table { name: model.to_owned(), table: to }, steps);
            }
            "AddField" | "AlterField" => match call.argument(2, "field") {
                Some(Value::Call(field)) => self.set_field(model, call, field, steps),
                _ => steps.push(span, Operation::Unseen),
            },
            "RemoveField" => self.remove_field(model, call, steps),
            "RenameField" => self.rename_field(model, call, steps),
            "AddIndex" | "AddIndexConcurrently" => {
                let index = call.argument(1, "index").and_then(Value::call).map(name_in);
                let index = index.filter(|name| !name.is_empty());
                steps.index(span, &table, index, call.short().ends_with("Concurrently"));
            }
            "RemoveIndex" | "RemoveIndexConcurrently" => {
                let concurrently = call.short().ends_with("Concurrently");
                steps.drop_index(span, &table, call.word(1, "name"), concurrently);
            }
            "AddConstraint" | "AddConstraintNotValid" => self.add_constraint(model, call, &table, steps),
            "ValidateConstraint" => {
                steps.alter(span, &table, TableChange::Validate { name: call.word(1, "name") });
            }
            "RemoveConstraint" => {
                let name = call.word(1, "name");
                let is_index = self.models.borrow().get(model).is_some_and(|model| model.partial.contains(&name));
                if is_index {
                    steps.drop_index(span, &table, name.clone(), false);
                } else {
                    steps.alter(span, &table, TableChange::DropConstraint { name: name.clone() });
                }
                self.remember(span, ModelChange::RemoveConstraint { model: model.to_owned(), name }, steps);
            }
            "AlterUniqueTogether" => self.unique_together(model, call, steps),
            "AlterIndexTogether" => self.indexed_together(model, call, steps),
            "RenameIndex" => self.rename_index(model, call, steps),
            "AlterOrderWithRespectTo" => self.order_by(model, call, steps),
            short if HARMLESS.contains(&short) || short.ends_with("Extension") || short.ends_with("Collation") => {}
            _ => steps.push(span, Operation::Unseen),
        }
    }

    fn reversible(&self, call: &Call, name: &str, steps: &mut Steps) {
        if matches!(call.argument(1, name), None | Some(Value::Nothing)) && !steps.assured {
            steps.push(call.span, Operation::Irreversible { what: call.short().to_owned() });
        }
    }

    /// A field of a model; the names in it are looked up.
    fn field_of(&self, model: &str, call: &Call) -> Field {
        read_field(call, &self.models.borrow(), &|word| self.target(word, model))
    }

    fn set_field(&self, model: &str, call: &Call, field: &Call, steps: &mut Steps) {
        let (span, name) = (call.span, call.word(1, "name"));
        let altered = call.short() == "AlterField";
        let field = &self.resolved(field);
        // `models.IntegerField(**options)`
        if field.arguments.contains(&Value::Unknown) {
            steps.push(span, Operation::Unseen);
            return self.remember(span, ModelChange::RemoveField { model: model.to_owned(), name }, steps);
        }
        let new = self.field_of(model, field);
        let table = self.table(model);
        match self.field_named(model, &name) {
            Some(old) if altered => {
                let what = Altered { span, model, name: &name, old: &old, new: &new };
                alter_field(&what, &mut self.models.borrow_mut(), steps);
            }
            _ if altered => guess::alter_field(span, &table, &name, field, &new, steps),
            _ => add_field(span, &table, &name, field, &new, &self.models.borrow(), steps),
        }
        // A default for this once is forgotten again.
        let kept = call.flag("preserve_default") != Some(false);
        let field = Field { filled: new.filled && kept, has_default: new.has_default && kept, ..new };
        let (model, field) = (model.to_owned(), Box::new(field));
        self.remember(span, ModelChange::Field { model, name, field, altered }, steps);
    }

    /// `order_with_respect_to` has a column of its own.
    fn order_by(&self, model: &str, call: &Call, steps: &mut Steps) {
        let (span, table, name) = (call.span, self.table(model), ORDER.to_owned());
        let model = model.to_owned();
        if call.argument(1, "order_with_respect_to") == Some(&Value::Nothing) {
            if self.field_named(&model, ORDER).is_some() {
                steps.alter(span, &table, TableChange::DropColumn { column: name.clone(), cascade: true });
                self.remember(span, ModelChange::RemoveField { model, name }, steps);
            }
            return;
        }
        let field = Field { filled: true, ..Field::default() };
        let made = Call { name: "OrderWrt".to_owned(), ..Call::default() };
        add_field(span, &table, ORDER, &made, &field, &self.models.borrow(), steps);
        self.remember(span, ModelChange::Field { model, name, field: Box::new(field), altered: false }, steps);
    }

    fn remove_field(&self, model: &str, call: &Call, steps: &mut Steps) {
        let (span, name) = (call.span, call.word(1, "name"));
        match self.field_named(model, &name) {
            Some(Field { many: Some(many), .. }) => {
                if !many.through {
                    let table = self.models.borrow().table_between(model, &name, &many);
                    steps.push(span, Operation::DropTable { tables: vec![table], cascade: true });
                }
            }
            known => {
                let column = known.map_or_else(|| name.clone(), |field| field.column(&name));
                steps.alter(span, &self.table(model), TableChange::DropColumn { column, cascade: true });
            }
        }
        self.remember(span, ModelChange::RemoveField { model: model.to_owned(), name }, steps);
    }

    fn rename_field(&self, model: &str, call: &Call, steps: &mut Steps) {
        let (span, name, to) = (call.span, call.word(1, "old_name"), call.word(2, "new_name"));
        let table = self.table(model);
        match self.field_named(model, &name) {
            Some(Field { many: Some(many), .. }) => {
                let models = self.models.borrow();
                let between = |name: &str| models.table_between(model, name, &many);
                if !many.through {
                    self.renamed(span, &between(&name), between(&to), steps);
                }
            }
            Some(field) if field.column(&name) == field.column(&to) => {}
            Some(field) => {
                let change = TableChange::RenameColumn { from: field.column(&name), to: field.column(&to) };
                steps.alter(span, &table, change);
                if let Some(other) = field.to.filter(|_| field.constraint) {
                    steps.alter(span, &table, added(Constraint::ForeignKey { to: self.table(&other) }));
                }
            }
            None => steps.alter(span, &table, TableChange::RenameColumn { from: name.clone(), to: to.clone() }),
        }
        self.remember(span, ModelChange::RenameField { model: model.to_owned(), name, to }, steps);
    }

    /// Django takes the keys that point to the model away and makes them again.
    fn rename_model(&self, model: &str, call: &Call, steps: &mut Steps) {
        let (span, to) = (call.span, self.model(&call.word(1, "new_name")));
        let table = self.table(model);
        let pointing = self.models.borrow_mut().pointing_to(model);
        self.remember(span, ModelChange::Rename { name: model.to_owned(), to: to.clone() }, steps);
        let new_table = self.table(&to);
        // A table with a name of its own stays as it is, and so does all that points to it.
        if table == new_table {
            return;
        }
        self.renamed(span, &table, new_table.clone(), steps);
        let Some(pointing) = pointing else { return steps.push(span, Operation::Unseen) };
        for key in pointing.into_iter().filter(|key| key.constraint) {
            steps.alter(span, &key.table, added(Constraint::ForeignKey { to: new_table.clone() }));
        }
    }

    fn renamed(&self, span: Span, from: &str, to: String, steps: &mut Steps) {
        if from != to {
            steps.alter(span, from, TableChange::RenameTable { to });
        }
    }

    fn create_model(&self, call: &Call, steps: &mut Steps) {
        let name = self.model(&call.word(0, "name"));
        let options = self.looked_up(call.argument(2, "options"), call.span, steps);
        let option = |key: &str| options.and_then(|options| options.key(key));
        let is_virtual = option("managed") == Some(&Value::Flag(false)) || option("proxy") == Some(&Value::Flag(true));
        let mut model = Model {
            table: option("db_table").and_then(Value::word).map(|table| brief(table).to_owned()),
            is_virtual,
            together: option("unique_together").and_then(sets_of).unwrap_or_default(),
            indexed: option("index_together").and_then(sets_of).unwrap_or_default(),
            ..Model::default()
        };
        let constraints = option("constraints").map(Value::list).unwrap_or_default();
        model.partial = constraints.iter().filter_map(Value::call).filter(|call| is_index(call)).map(name_in).collect();
        let fields = self.looked_up(call.argument(1, "fields"), call.span, steps).map(Value::list).unwrap_or_default();
        for field in fields {
            let (Some(Value::Text(word)), Some(value)) = (field.list().first(), field.list().get(1)) else { continue };
            let value = if let Value::Name(name) = value { named(name, self.names) } else { Some(value) };
            let Some(Value::Call(field)) = value else { continue };
            model.fields.insert(brief(&word.text).to_owned(), self.field_of(&name, &self.resolved(field)));
        }
        if option("order_with_respect_to").is_some_and(|field| *field != Value::Nothing) {
            model.fields.insert(ORDER.to_owned(), Field::default());
        }
        self.remember(call.span, ModelChange::Create { name: name.clone(), model: Box::new(model.clone()) }, steps);
        if !is_virtual {
            self.create_table(call.span, &name, &model, steps);
        }
    }

    fn create_table(&self, span: Span, name: &str, model: &Model, steps: &mut Steps) {
        let of_columns = || model.fields.iter().filter(|(_, field)| field.many.is_none());
        let keys = of_columns().filter(|(_, field)| field.constraint).filter_map(|(_, field)| field.to.as_ref());
        let references = keys.map(|to| self.table(to)).collect();
        let columns = of_columns().map(|(name, field)| (field.column(name), field.kind.clone())).collect();
        let optional = of_columns().filter(|(_, field)| field.null).map(|(name, field)| field.column(name)).collect();
        let table = self.table(name);
        let operation =
            Operation::CreateTable { table, references, partition_of: None, columns, optional, force: false };
        steps.push(span, operation);
    }

    /// What a name stands for, or the value itself; as many names as there may be lists.
    fn looked_up<'v>(&'v self, value: Option<&'v Value>, span: Span, steps: &mut Steps) -> Option<&'v Value> {
        let Value::Name(name) = value? else { return value };
        let left = self.lists.get().checked_sub(1);
        self.lists.set(left.unwrap_or_default());
        let found = left.and_then(|_| named(name, self.names));
        if found.is_none() {
            steps.push(span, Operation::Unseen);
        }
        found
    }

    fn add_constraint(&self, model: &str, call: &Call, table: &str, steps: &mut Steps) {
        let Some(constraint) = call.argument(1, "constraint").and_then(Value::call) else {
            return steps.push(call.span, Operation::Unseen);
        };
        if is_index(constraint) {
            let name = name_in(constraint);
            steps.index(call.span, table, Some(name.clone()), false);
            return self.remember(call.span, ModelChange::Partial { model: model.to_owned(), name }, steps);
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

    fn unique_together(&self, model: &str, call: &Call, steps: &mut Steps) {
        let (span, table) = (call.span, self.table(model));
        let Some(sets) = call.argument(1, "unique_together").map_or(Some(BTreeSet::new()), sets_of) else {
            return steps.push(span, Operation::Unseen);
        };
        let old = self.models.borrow().get(model).map(|model| model.together.clone());
        let (gone, new) = changed(old.as_ref(), &sets);
        if gone {
            steps.alter(span, &table, TableChange::DropConstraint { name: String::new() });
        }
        if new {
            steps.alter(span, &table, added(Constraint::Unique { using_index: false }));
        }
        self.remember(span, ModelChange::Together { model: model.to_owned(), sets }, steps);
    }

    fn indexed_together(&self, model: &str, call: &Call, steps: &mut Steps) {
        let (span, table) = (call.span, self.table(model));
        let Some(sets) = call.argument(1, "index_together").map_or(Some(BTreeSet::new()), sets_of) else {
            return steps.push(span, Operation::Unseen);
        };
        let old = self.models.borrow().get(model).map(|model| model.indexed.clone());
        let (gone, new) = changed(old.as_ref(), &sets);
        if gone {
            steps.drop_index(span, &table, String::new(), false);
        }
        if new {
            steps.index(span, &table, None, false);
        }
        self.remember(span, ModelChange::Indexed { model: model.to_owned(), sets }, steps);
    }

    /// An index of `index_together` that is renamed is one of its own from then on.
    fn rename_index(&self, model: &str, call: &Call, steps: &mut Steps) {
        let Some(fields) = call.by_name("old_fields").and_then(sets_of) else { return };
        let Some(mut sets) = self.models.borrow().get(model).map(|model| model.indexed.clone()) else { return };
        sets.retain(|set| !fields.contains(set));
        self.remember(call.span, ModelChange::Indexed { model: model.to_owned(), sets }, steps);
    }
}

/// The column of `order_with_respect_to`.
const ORDER: &str = "_order";

/// A longer text is no name or number that a field is given.
const MAX_WORD: usize = 200;

/// Operations that call their model `name`.
const OF_MODELS: [&str; 8] = [
    "DeleteModel",
    "AlterModelTable",
    "AlterModelTableComment",
    "AlterUniqueTogether",
    "AlterIndexTogether",
    "AlterOrderWithRespectTo",
    "AlterModelOptions",
    "AlterModelManagers",
];

/// Operations of which every argument counts.
const KNOWN: [&str; 12] = [
    "AddField",
    "AlterField",
    "RemoveField",
    "RenameField",
    "AddIndex",
    "AddIndexConcurrently",
    "AddConstraint",
    "AddConstraintNotValid",
    "RemoveConstraint",
    "RemoveIndex",
    "RenameModel",
    "DeleteModel",
];

/// Operations that no query waits for.
const HARMLESS: [&str; 4] = ["AlterModelOptions", "AlterModelManagers", "AlterModelTableComment", "AlterConstraint"];
