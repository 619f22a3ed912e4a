//! The statements of `upgrade` and of what it calls.

use super::super::super::code::{Call, Item, Value, walk};
use super::super::super::step::{ObjectKind, Operation, Span};
use super::super::functions::Functions;
use super::super::parameters::with_parameters;
use super::super::read::{Steps, calls, is_long};
use super::operations::operation;
use super::scope::{MAX_ALIASES, Scope};
use super::statement::{defaults_of, table_of_query, texts_of, write_of};

pub(in super::super) fn read(items: &[Item], steps: &mut Steps) {
    let functions = Functions::of(items);
    let scope = Scope::of(items);
    let reader = Reader { functions: &functions, scope: &scope };
    let Some(body) = functions.find("upgrade") else { return };
    reader.statements(body, steps);
    if scope.is_exhausted() {
        steps.leave_unread();
    }
    let first = calls(body).into_iter().find(|call| scope.full_name(call).starts_with("op."));
    let does_something = |body: &[Item]| body.iter().any(|item| !matches!(item, Item::Parameters(_)));
    let goes_back = functions.find("downgrade").is_some_and(does_something);
    if let Some(first) = first.filter(|_| !goes_back) {
        steps.push(first.span, Operation::Irreversible { what: "upgrade".to_owned() });
    }
}

struct Reader<'a> {
    functions: &'a Functions<'a>,
    scope: &'a Scope,
}

impl Reader<'_> {
    fn statements(&self, body: &[Item], steps: &mut Steps) {
        steps.deeper(|steps| {
            for item in body {
                self.item(item, steps);
            }
        });
    }

    fn item(&self, item: &Item, steps: &mut Steps) {
        match item {
            Item::Call(call) => self.call(call, steps),
            Item::Assign { name, value, .. } => self.scope.assign(name, value.clone()),
            Item::Block { head: Some(head), alias, body } => self.block(head, alias, body, steps),
            Item::Block { body, .. } => self.statements(body, steps),
            Item::Loop { over, name, body } => {
                let long = is_long(over.as_ref(), &self.scope.names());
                if long {
                    self.changed_rows(name, over.as_ref(), body, steps);
                }
                steps.in_loop(long, |steps| self.statements(body, steps));
            }
            _ => {}
        }
    }

    fn block(&self, head: &Call, alias: &str, body: &[Item], steps: &mut Steps) {
        let name = self.scope.full_name(head);
        let before = steps.outside;
        match name.rsplit('.').next().unwrap_or_default() {
            "batch_alter_table" => {
                let batch = Call { name: name.clone(), ..head.clone() };
                self.scope.assign(alias, Value::Call(Box::new(batch)));
            }
            "autocommit_block" => steps.outside = true,
            _ => self.call(head, steps),
        }
        self.statements(body, steps);
        steps.outside = before;
    }

    /// `for user in session.query(User): user.name = ..`
    fn changed_rows(&self, name: &str, over: Option<&Value>, body: &[Item], steps: &mut Steps) {
        let Some(query) = over.and_then(Value::call).filter(|query| query.name.contains("quer") && !query.limited)
        else {
            return;
        };
        let mut changed = None;
        walk(body, &mut |item| {
            if let Item::Assign { name: left, span, .. } = item
                && left.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
            {
                changed.get_or_insert(*span);
            }
            true
        });
        if let Some(span) = changed {
            steps.push(span, Operation::Batches { statement: "UPDATE", table: table_of_query(query) });
        }
    }

    fn call(&self, call: &Call, steps: &mut Steps) {
        // `add = partial(op.add_column, "users")`
        if let Some(whole) = self.scope.completed(call) {
            return self.call(&whole, steps);
        }
        let name = self.scope.full_name(call);
        if self.follow(call, &name, steps) {
            return;
        }
        let object = name.split('.').next().unwrap_or_default();
        let batch = self.scope.batch(object);
        if object != "op" && batch.is_none() {
            return self.other_call(call, &name, steps);
        }
        // `op.get_bind().execute(..).fetchall()`
        if let Some(executed) = executed(call) {
            return self.execute(executed, call.span, steps);
        }
        match name.rsplit('.').next().unwrap_or_default() {
            "execute" | "exec_driver_sql" => self.execute(call, call.span, steps),
            "run_async" => self.run_async(call, steps),
            "bulk_insert" => steps.quoting(call.span, || texts_of(call)),
            _ => {
                let settled = Call { name, ..self.scope.settle(call) };
                steps.quoting(call.span, || defaults_of(&settled));
                if !operation(&settled, batch, steps) {
                    steps.unseen(call.span);
                }
            }
        }
    }

    /// Reads the function of the file that is called, with what it is given.
    fn follow(&self, call: &Call, name: &str, steps: &mut Steps) -> bool {
        let (object, method) = name.rsplit_once('.').unwrap_or(("", name));
        // The template for several databases: `globals()["upgrade_%s" % engine]()`.
        if call.links.first().is_some_and(|link| matches!(link.name.as_str(), "globals" | "locals")) {
            let names = self.functions.beginning_with("upgrade_");
            names.iter().for_each(|name| self.follow_function(call, name, false, steps));
            if names.is_empty() {
                steps.unseen(call.span);
            }
            return true;
        }
        let is_method = !object.is_empty();
        if (is_method && !self.is_own(object)) || self.functions.find(method).is_none() {
            return false;
        }
        self.follow_function(call, method, is_method, steps);
        true
    }

    /// Whether the methods of an object are those of the file: of `self`, of a class, or of what a class made.
    fn is_own(&self, object: &str) -> bool {
        let is_class = |name: &str| name.starts_with(|first: char| first.is_uppercase());
        let made = || matches!(self.scope.value(object), Some(Value::Call(call)) if is_class(&call.name));
        matches!(object, "self" | "cls") || is_class(object) || made()
    }

    fn follow_function(&self, call: &Call, name: &str, is_method: bool, steps: &mut Steps) {
        self.functions.follow(name, steps, |body, steps| {
            let parameters = match body.first() {
                Some(Item::Parameters(parameters)) => parameters.as_slice(),
                _ => &[],
            };
            let own = parameters.first().is_some_and(|(name, _)| is_method && matches!(name.as_str(), "self" | "cls"));
            let given = parameters[usize::from(own)..].iter().enumerate().map(|(at, (name, default))| {
                let value = call.argument(at, name).unwrap_or(default);
                (name.clone(), self.scope.settle_value(value, MAX_ALIASES))
            });
            let given = given.collect();
            self.scope.within(given, || self.statements(body, steps));
        });
    }

    /// `op.run_async(migrate)` calls a function with the connection; a lambda is read where it stands.
    fn run_async(&self, call: &Call, steps: &mut Steps) {
        if let Some(Value::Name(name)) = call.arguments.first() {
            let inner = Call { name: name.clone(), span: call.span, range: call.range, ..Call::default() };
            if !self.follow(&inner, &self.scope.full_name(&inner), steps) {
                steps.unseen(call.span);
            }
        }
    }

    /// What is called on something else than `op`: a connection, a session, a table, an enum.
    fn other_call(&self, call: &Call, name: &str, steps: &mut Steps) {
        let object = name.split('.').next().unwrap_or_default();
        if let Some(executed) = executed(call) {
            return self.execute(executed, call.span, steps);
        }
        match name.rsplit('.').next().unwrap_or_default() {
            "execute" | "exec_driver_sql" => self.execute(call, call.span, steps),
            "drop" => self.drop(call, object, steps),
            // `metadata.drop_all(bind)`
            "drop_all" => steps.unseen(call.span),
            // `sa.Index(..).create(op.get_bind())`
            "create" if self.made_by(call, object).is_some_and(|made| made.short() == "Index") => {
                steps.unseen(call.span)
            }
            // `session.query(User).filter(..).update(..)`
            "update" | "delete" => {
                let earlier = self.scope.value(object);
                let query = if call.name.contains(".query.") {
                    Some(call)
                } else {
                    earlier.as_ref().and_then(Value::call).filter(|query| query.name.contains(".query"))
                };
                if let Some(query) = query {
                    let statement = if call.short() == "update" { "UPDATE" } else { "DELETE" };
                    let (table, bounded) = (table_of_query(query), query.limited || call.limited);
                    steps.push(call.span, Operation::Write { statement, table, bounded });
                }
            }
            short if call.alone && !is_log(short) && self.scope.comes_from_elsewhere(&call.name) => {
                steps.unseen(call.span);
            }
            _ => {}
        }
    }

    /// `sa.Enum(name="mood").drop(op.get_bind())`, and the same of a table.
    fn drop(&self, call: &Call, object: &str, steps: &mut Steps) {
        let Some(made) = self.made_by(call, object) else { return };
        let short = made.short();
        if short.eq_ignore_ascii_case("enum") {
            let operation = Operation::DropObject { kind: ObjectKind::Type, names: Vec::new(), cascade: false };
            steps.push(call.span, operation);
        } else if short.eq_ignore_ascii_case("table") {
            steps.push(call.span, Operation::DropTable { tables: vec![made.word(0, "name")], cascade: false });
        }
    }

    /// The call that made what another is called on: `Enum` of `sa.Enum(..).drop(..)`, also by a name.
    fn made_by(&self, call: &Call, object: &str) -> Option<Call> {
        match call.links.first() {
            Some(made) => Some(made.clone()),
            None => self.scope.value(object)?.call().cloned(),
        }
    }

    /// SQL, or a statement of SQLAlchemy.
    fn execute(&self, call: &Call, span: Span, steps: &mut Steps) {
        let value = call.by_name("sqltext").or_else(|| call.by_name("statement")).or_else(|| call.arguments.first());
        let Some(value) = value else { return };
        let names = self.scope.names();
        match write_of(value, &names) {
            Some(write) => {
                let (statement, table, bounded) = (write.statement, write.table, write.bounded);
                steps.push(span, Operation::Write { statement, table, bounded });
                steps.quoting(span, || value.call().map(texts_of).unwrap_or_default());
            }
            // `exec_driver_sql("..WHERE id = %s", (5,))`
            None if call.short() == "exec_driver_sql" && call.arguments.len() > 1 => {
                steps.sql_value(&with_parameters(value, &names), span, &names);
            }
            None => steps.sql_value(value, span, &names),
        }
    }
}

/// The call of a chain that executes something.
fn executed(call: &Call) -> Option<&Call> {
    let executes = |call: &&Call| matches!(call.short(), "execute" | "exec_driver_sql" | "executemany");
    call.links.iter().chain([call]).find(executes)
}

/// Whether a call only says something.
fn is_log(short: &str) -> bool {
    ["debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "echo"].contains(&short)
}
