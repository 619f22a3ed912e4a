//! What the names of a migration stand for while it is read.

use super::super::super::code::{Call, Item, Value, walk};
use super::super::read::{assignments, named};
use std::cell::{Cell, Ref, RefCell};
use std::collections::HashSet;

/// Names with their values, the innermost last. Those of the whole file come first, so that a name is known wherever it is
/// assigned; what is assigned on the way counts from there on.
pub(super) struct Scope {
    names: RefCell<Vec<(String, Value)>>,
    /// Where the names of the function that is being read begin.
    base: Cell<usize>,
    /// Names that grow with `+=`: their whole value is known, not how far it has come.
    extended: HashSet<String>,
    /// Names that are imported, with where they come from.
    imports: Vec<(String, String)>,
    /// Values that may still be looked up.
    left: Cell<usize>,
}

impl Scope {
    pub(super) fn of(items: &[Item]) -> Self {
        let (mut extended, mut imports) = (HashSet::new(), Vec::new());
        walk(items, &mut |item| {
            match item {
                Item::Extend { name, .. } => {
                    extended.insert(name.clone());
                }
                Item::Import { module, names, .. } => imports.extend(names.iter().map(|name| import(module, name))),
                _ => {}
            }
            true
        });
        let mut names = assignments(items);
        let operations = imports.iter().filter_map(|(local, from): &(String, String)| {
            let operation = from.strip_prefix("alembic.").filter(|rest| *rest == "op" || rest.starts_with("op."))?;
            (local != "op" && !local.contains('.')).then(|| (local.clone(), Value::Name(operation.to_owned())))
        });
        names.extend(operations);
        let (base, left) = (Cell::new(0), Cell::new(MAX_LOOKUPS));
        Scope { names: RefCell::new(names), base, extended, imports, left }
    }

    pub(super) fn names(&self) -> Ref<'_, Vec<(String, Value)>> {
        self.names.borrow()
    }

    /// Gives a name another value from here on.
    pub(super) fn assign(&self, name: &str, value: Value) {
        if self.extended.contains(name) || name.is_empty() || value == Value::Name(name.to_owned()) {
            return;
        }
        let mut names = self.names.borrow_mut();
        match names.iter().rposition(|(known, _)| known == name).filter(|at| *at >= self.base.get()) {
            Some(at) => names[at].1 = value,
            None if names.len() < MAX_KEPT => names.push((name.to_owned(), value)),
            None => {}
        }
    }

    /// Reads a function whose parameters have these values.
    pub(super) fn within(&self, given: Vec<(String, Value)>, read: impl FnOnce()) {
        let before = self.names.borrow().len();
        let base = self.base.replace(before);
        for (name, value) in given {
            self.assign(&name, value);
        }
        read();
        self.names.borrow_mut().truncate(before);
        self.base.set(base);
    }

    /// What a name was given last.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        self.looked_up().then(|| named(name, &self.names.borrow()).cloned()).flatten()
    }

    /// Whether more names had to be looked up than there was time for.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// Whether a name may be looked up, which takes as long as there are names.
    fn looked_up(&self) -> bool {
        self.left.set(self.left.get().saturating_sub(1));
        self.left.get() > 0
    }

    /// The call under the name that Alembic knows it by: `o.drop_table` and `drop` are `op.drop_table` where `o` is `op`, and
    /// `drop` that function.
    pub(super) fn full_name(&self, call: &Call) -> String {
        let mut name = match call.links.first().filter(|link| call.name == "getattr" && link.name == "getattr") {
            Some(link) => match link.arguments.as_slice() {
                [Value::Name(object), Value::Text(method), ..] => format!("{object}.{}", method.text),
                [Value::Name(object), ..] => format!("{object}.getattr"),
                _ => call.name.clone(),
            },
            None => call.name.clone(),
        };
        for _ in 0..MAX_ALIASES {
            let (head, rest) = name.split_at(name.find('.').unwrap_or(name.len()));
            match self.value(head) {
                Some(Value::Name(other)) if other != head => name = format!("{other}{rest}"),
                _ => break,
            }
        }
        name.strip_prefix("alembic.").filter(|rest| rest.starts_with("op.")).map(str::to_owned).unwrap_or(name)
    }

    /// The call that one of a `functools.partial` is; `None` for other calls.
    pub(super) fn completed(&self, call: &Call) -> Option<Call> {
        let Value::Call(partial) = self.value(&call.name).filter(|_| call.links.is_empty())? else { return None };
        let (Value::Name(name), given) = partial.arguments.split_first().filter(|_| partial.short() == "partial")?
        else {
            return None;
        };
        let arguments = given.iter().chain(call.arguments.iter()).cloned().collect::<Vec<_>>();
        let named = call.named.iter().chain(partial.named.iter()).cloned().collect::<Vec<_>>();
        let name = name.clone();
        (name != call.name).then(|| Call { name, arguments: arguments.into(), named: named.into(), ..call.clone() })
    }

    /// A call whose arguments are what their names stand for, where that is short and known.
    pub(super) fn settle(&self, call: &Call) -> Call {
        self.settle_call(call, MAX_ALIASES)
    }

    fn settle_call(&self, call: &Call, depth: usize) -> Call {
        let mut settled = call.clone();
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in call.arguments.iter() {
            match self.settle_value(argument, depth) {
                Value::Spread(inner) if matches!(*inner, Value::List(_)) => {
                    arguments.extend(inner.list().iter().cloned())
                }
                value => arguments.push(value),
            }
        }
        settled.arguments = arguments.into();
        let named = call.named.iter().map(|(name, value)| (name.clone(), self.settle_value(value, depth)));
        settled.named = named.collect::<Vec<_>>().into();
        settled
    }

    /// What a value is, where it is a name.
    pub(super) fn settle_value(&self, value: &Value, depth: usize) -> Value {
        let Some(depth) = depth.checked_sub(1) else { return value.clone() };
        match value {
            Value::Name(name) if !name.contains('.') => match self.value(name) {
                Some(Value::Text(text)) if text.text.len() > MAX_SETTLED => value.clone(),
                Some(known @ (Value::Text(_) | Value::Flag(_) | Value::Number(_) | Value::Nothing)) => known,
                Some(Value::Name(other)) if other != *name => self.settle_value(&Value::Name(other), depth),
                Some(Value::Call(call)) => Value::Call(Box::new(self.settle_call(&call, depth))),
                _ => value.clone(),
            },
            Value::Call(call) if self.looked_up() => Value::Call(Box::new(self.settle_call(call, depth))),
            Value::Spread(inner) => match &**inner {
                Value::Name(name) => {
                    let list = self.value(name).filter(|list| list.list().len() <= MAX_SETTLED);
                    Value::Spread(Box::new(list.unwrap_or_else(|| Value::Name(name.clone()))))
                }
                _ => value.clone(),
            },
            _ => value.clone(),
        }
    }

    /// The table of a batch: `batch` of `with op.batch_alter_table("users") as batch`.
    pub(super) fn batch(&self, name: &str) -> Option<String> {
        match self.value(name)? {
            Value::Call(call) if call.short() == "batch_alter_table" => {
                Some(table_at(&self.settle(&call), 0, "table_name"))
            }
            _ => None,
        }
    }

    /// Where a name is imported from, unless what comes from there is known to change no database.
    pub(super) fn comes_from_elsewhere(&self, name: &str) -> bool {
        let head = name.split('.').next().unwrap_or_default();
        let from = self.imports.iter().find(|(local, _)| local.split('.').next() == Some(head)).map(|(_, from)| from);
        from.is_some_and(|from| !HARMLESS.contains(&from.split('.').next().unwrap_or_default()))
    }
}

/// The local name of an import, and the whole name.
fn import(module: &str, name: &str) -> (String, String) {
    let (name, local) = name.split_once(" as ").unwrap_or((name, name));
    let whole = if module.is_empty() { name.trim().to_owned() } else { format!("{module}.{}", name.trim()) };
    (local.trim().to_owned(), whole)
}

/// The table that a call names, with the schema that it names beside it.
pub(super) fn table_at(call: &Call, place: usize, name: &str) -> String {
    in_schema(call.word(place, name), call, "schema")
}

/// A table in the schema that an argument names.
pub(super) fn in_schema(table: String, call: &Call, argument: &str) -> String {
    match call.by_name(argument).and_then(Value::word) {
        Some(schema) if !schema.is_empty() && !table.contains('.') => format!("{schema}.{table}"),
        _ => table,
    }
}

/// How often one name stands for another, and how deep arguments are looked at.
pub(super) const MAX_ALIASES: usize = 6;
/// Names that are kept at once.
const MAX_KEPT: usize = 2000;
/// Values that are looked up in one file.
const MAX_LOOKUPS: usize = 400_000;
/// A longer text is no name, and a longer list no list of columns.
const MAX_SETTLED: usize = 1000;

/// Packages of which a call changes no database by itself, or is read as what it is.
const HARMLESS: [&str; 48] = [
    "alembic",
    "base64",
    "click",
    "collections",
    "contextlib",
    "copy",
    "csv",
    "datetime",
    "dateutil",
    "decimal",
    "dotenv",
    "enum",
    "functools",
    "gc",
    "geoalchemy2",
    "glob",
    "hashlib",
    "importlib",
    "inspect",
    "io",
    "itertools",
    "json",
    "logging",
    "loguru",
    "math",
    "operator",
    "os",
    "pathlib",
    "pgvector",
    "pprint",
    "random",
    "re",
    "rich",
    "secrets",
    "shutil",
    "sqlalchemy",
    "sqlalchemy_utils",
    "sqlmodel",
    "string",
    "structlog",
    "sys",
    "textwrap",
    "time",
    "tqdm",
    "traceback",
    "typing",
    "uuid",
    "warnings",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_have_a_name_here_and_one_there() {
        assert_eq!(import("alembic", "op as o"), ("o".to_owned(), "alembic.op".to_owned()));
        assert_eq!(import("", "alembic.op"), ("alembic.op".to_owned(), "alembic.op".to_owned()));
    }
}
