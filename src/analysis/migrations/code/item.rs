//! The shapes of code.

use super::super::step::Span;

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Item {
    /// A call whose result is not kept.
    Call(Call),
    /// `name = value`
    Assign { name: String, value: Value, span: Span },
    /// A function or method.
    Define { name: String, body: Vec<Item> },
    /// A class or module.
    Class { body: Vec<Item> },
    /// Statements that run again and again: over what, where that is said, and the name of each piece.
    Loop { over: Option<Value>, name: String, body: Vec<Item> },
    /// Statements under a condition or a context; with the call of a `with` and the name that it gets.
    Block { head: Option<Call>, alias: String, body: Vec<Item> },
    /// An import of names from a module.
    Import { module: String, names: Vec<String>, span: Span },
}

/// A call: `name(arguments, key: value) { block }`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Call {
    /// With dots as written; the calls of a chain keep their names: `Model.objects.all().update` is
    /// `Model.objects.all.update`.
    pub(in super::super) name: String,
    pub(in super::super) arguments: Vec<Value>,
    pub(in super::super) named: Vec<(String, Value)>,
    pub(in super::super) block: Vec<Item>,
    pub(in super::super) span: Span,
    /// Bytes of the whole call in the file.
    pub(in super::super) range: (usize, usize),
    /// The calls of the chain one by one, the first first, in JavaScript; in Python those before the last.
    pub(in super::super) links: Vec<Call>,
    /// Whether a part of the chain was sliced or limited.
    pub(in super::super) limited: bool,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Value {
    /// A text in quotes.
    Text(Text),
    /// `:symbol`, or a bare name.
    Name(String),
    /// `true` or `false`.
    Flag(bool),
    /// Digits.
    Number(String),
    /// `None`, `nil`.
    Nothing,
    /// A list, tuple or set.
    List(Vec<Value>),
    /// Keys with values.
    Map(Vec<(String, Value)>),
    /// A call.
    Call(Box<Call>),
    /// Code as a value: a lambda.
    Code(Vec<Item>),
    /// Anything else.
    Unknown,
}

/// A text in quotes, and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Text {
    pub(in super::super) text: String,
    /// Of the first character of the text.
    pub(in super::super) line: u32,
    pub(in super::super) column: u32,
    /// Whether line breaks in it are those of the file.
    pub(in super::super) as_written: bool,
}

impl Call {
    /// The last part of the name: `AddField` of `migrations.AddField`.
    pub(in super::super) fn short(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }

    /// An argument by its name, or by its place.
    pub(in super::super) fn argument(&self, place: usize, name: &str) -> Option<&Value> {
        self.by_name(name).or_else(|| self.arguments.get(place))
    }

    pub(in super::super) fn by_name(&self, name: &str) -> Option<&Value> {
        self.named.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The words of an argument; empty when it is not there or not literal.
    pub(in super::super) fn word(&self, place: usize, name: &str) -> String {
        self.argument(place, name).and_then(Value::word).unwrap_or_default().to_owned()
    }

    pub(in super::super) fn flag(&self, name: &str) -> Option<bool> {
        match self.by_name(name)? {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(in super::super) fn is_true(&self, name: &str) -> bool {
        self.flag(name) == Some(true)
    }
}

impl Value {
    /// A text or a name.
    pub(in super::super) fn word(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(&text.text),
            Value::Name(name) => Some(name),
            // Alembic's `op.f("ix_users_name")`
            Value::Call(call) if call.short() == "f" => match call.arguments.as_slice() {
                [Value::Text(text)] => Some(&text.text),
                _ => None,
            },
            _ => None,
        }
    }

    pub(in super::super) fn call(&self) -> Option<&Call> {
        match self {
            Value::Call(call) => Some(call),
            _ => None,
        }
    }

    pub(in super::super) fn number(&self) -> Option<u32> {
        match self {
            Value::Number(digits) => digits.replace('_', "").parse().ok(),
            _ => None,
        }
    }

    pub(in super::super) fn list(&self) -> &[Value] {
        match self {
            Value::List(list) => list,
            _ => &[],
        }
    }

    /// The value of a key.
    pub(in super::super) fn key(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Map(pairs) => pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }
}

/// Visits every statement, also those inside others; `false` stops going deeper.
pub(in super::super) fn walk<'a>(items: &'a [Item], visit: &mut dyn FnMut(&'a Item) -> bool) {
    for item in items {
        if !visit(item) {
            continue;
        }
        match item {
            Item::Call(call) => walk(&call.block, visit),
            Item::Define { body, .. } | Item::Class { body } | Item::Block { body, .. } | Item::Loop { body, .. } => {
                walk(body, visit)
            }
            Item::Assign { .. } | Item::Import { .. } => {}
        }
    }
}
