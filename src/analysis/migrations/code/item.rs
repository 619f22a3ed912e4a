//! The shapes of code.

use super::super::step::Span;
use super::tree::{COMPUTED, gap_of};
use std::rc::Rc;

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Item {
    /// A call whose result is not kept.
    Call(Call),
    /// `name = value`
    Assign { name: String, value: Value, span: Span },
    /// `name += value`
    Extend { name: String, value: Value, span: Span },
    /// A function or method.
    Define { name: String, body: Vec<Item> },
    /// A class or module; in Ruby with its name and the name of the class that it comes from.
    Class { name: String, base: String, body: Vec<Item> },
    /// Statements that run again and again: over what, where that is said, and the name of each piece.
    Loop { over: Option<Value>, name: String, body: Vec<Item> },
    /// Statements under a condition or a context; with the call of a `with` and the name that it gets.
    Block { head: Option<Call>, alias: String, body: Vec<Item> },
    /// What a function or a block is given, first among its statements: names, with the values that stand for what is not
    /// given.
    Parameters(Vec<(String, Value)>),
    /// An import of names from a module.
    Import { module: String, names: Vec<String>, span: Span },
}

/// A call: `name(arguments, key: value) { block }`. What it holds is shared by its copies: a call is kept as a statement and
/// as a value, and the last of a chain as a link too, so that nested ones would double at each level.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Call {
    /// With dots as written; the calls of a chain keep their names: `Model.objects.all().update` is
    /// `Model.objects.all.update`.
    pub(in super::super) name: String,
    pub(in super::super) arguments: Rc<Vec<Value>>,
    pub(in super::super) named: Rc<Vec<(String, Value)>>,
    pub(in super::super) block: Rc<Vec<Item>>,
    pub(in super::super) span: Span,
    /// Bytes of the whole call in the file.
    pub(in super::super) range: (usize, usize),
    /// The calls of the chain one by one, the first first, in JavaScript; in Python those before the last.
    pub(in super::super) links: Rc<Vec<Call>>,
    /// Whether it is a statement by itself, in Python and Ruby: what it returns is not looked at.
    pub(in super::super) alone: bool,
    /// Whether a part of the chain was sliced or limited.
    pub(in super::super) limited: bool,
    /// What a chain of Ruby begins with, where that is no name: a list, keys with values, code.
    pub(in super::super) receiver: Option<Rc<Value>>,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Value {
    /// A text in quotes.
    Text(Text),
    /// A bare name; in Elixir also `:symbol`.
    Name(String),
    /// `:symbol` of Ruby.
    Symbol(String),
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
    /// The pieces of another value, in a list: `*extra`, `...extra`.
    Spread(Box<Value>),
    /// Code as a value: a lambda.
    Code(Vec<Item>),
    /// Anything else.
    Unknown,
}

/// How a text marks the gaps that are filled when it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Gaps {
    /// `%s`, `%(name)s`, `%{name}`; `%%` is a percent sign.
    Percent,
    /// `{}`, `{name}`; doubled ones are braces.
    Braces,
    /// `??`, the names that Knex quotes.
    QuestionMarks,
    /// `%s` and `%(name)s` that stand for values, as a driver fills them in.
    Values,
}

impl Gaps {
    fn fill(self, text: &str, given: &Given<'_>) -> String {
        let mut out = String::with_capacity(text.len());
        let (mut rest, mut place) = (text, 0);
        while let Some(at) = rest.find(['%', '{', '}', '?']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let length = self.length(rest);
            match length {
                0 => {
                    out.push_str(&rest[..1]);
                    rest = rest.get(if self.is_doubled(rest) { 2 } else { 1 }..).unwrap_or_default();
                }
                _ => {
                    let gap = if place < MAX_FILLED {
                        given.to(rest.get(..length).unwrap_or_default(), place)
                    } else {
                        COMPUTED.to_owned()
                    };
                    // A tuple is one value to the driver, and a list to PostgreSQL.
                    let is_list = self == Gaps::Values && out.trim_end().to_ascii_lowercase().ends_with(" in");
                    out.push_str(&if is_list { format!("({gap})") } else { gap });
                    rest = rest.get(length..).unwrap_or_default();
                    place += 1;
                }
            }
            if out.len() > MAX_JOINED {
                break;
            }
        }
        out + rest
    }

    /// Bytes of the gap at the beginning of a text; none when there is no gap.
    fn length(self, text: &str) -> usize {
        let close = |closes: char| text.get(..MAX_GAP.min(text.len())).and_then(|near| near.find(closes));
        match self {
            Gaps::Percent | Gaps::Values if text.starts_with("%(") => close(')').map_or(0, |at| at + 2),
            Gaps::Percent | Gaps::Values if text.starts_with("%{") || text.starts_with("%<") => {
                // `%<name>s` has a letter behind it that says how the value is shown.
                let (closes, behind) = if text.starts_with("%{") { ('}', 1) } else { ('>', 2) };
                close(closes).map_or(0, |at| at + behind)
            }
            Gaps::Percent | Gaps::Values
                if text.starts_with("%s") || text.starts_with("%d") || text.starts_with("%r") =>
            {
                2
            }
            Gaps::Braces if text.starts_with('{') && !text.starts_with("{{") => close('}').map_or(0, |at| at + 1),
            Gaps::QuestionMarks if text.starts_with("??") => 2,
            _ => 0,
        }
    }

    fn is_doubled(self, text: &str) -> bool {
        match self {
            Gaps::Percent | Gaps::Values => text.starts_with("%%"),
            Gaps::Braces => text.starts_with("{{") || text.starts_with("}}"),
            Gaps::QuestionMarks => false,
        }
    }
}

/// What gaps are filled with, by their places and by their names.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Given<'a> {
    pub(in super::super) list: &'a [Value],
    pub(in super::super) named: &'a [(String, Value)],
}

impl Given<'_> {
    /// What stands in the place of a gap such as `%s`, `{0}` or `%(table)s`.
    fn to(&self, gap: &str, place: usize) -> String {
        let name = gap.trim_start_matches(['%', '{', '(', '<']).trim_end_matches(['s', '}', '>']).trim_end_matches(')');
        let name = name.split([':', '!']).next().unwrap_or_default();
        let by_name = self.named.iter().take(MAX_GIVEN).find(|(key, _)| key == name).map(|(_, value)| value);
        match by_name.or_else(|| self.list.get(name.parse().unwrap_or(place))) {
            Some(value) => value.in_a_text(),
            None if name.starts_with(|first: char| first.is_alphabetic()) => gap_of(name),
            None => COMPUTED.to_owned(),
        }
    }
}

/// Gaps of one text that are filled.
const MAX_FILLED: usize = 500;
/// Names that each gap is looked for among.
const MAX_GIVEN: usize = 200;
/// The longest name of a gap, in bytes.
const MAX_GAP: usize = 80;

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

impl Item {
    /// A class whose name nobody asks for.
    pub(super) fn class(body: Vec<Item>) -> Self {
        Item::Class { name: String::new(), base: String::new(), body }
    }
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

/// A longer text is not put together: a separator stands as often as a list is long.
const MAX_JOINED: usize = 1 << 20;

impl Value {
    /// Values put together with `+` and the like: texts with gaps, lists with things in them that are not known.
    pub(in super::super) fn joined(parts: Vec<Value>) -> Value {
        if parts.iter().any(|part| matches!(part, Value::List(_))) {
            let items = parts.into_iter().flat_map(|part| match part {
                Value::List(list) => list,
                other => vec![Value::Spread(Box::new(other))],
            });
            return Value::List(items.collect());
        }
        let Some(first) = parts.iter().find_map(Value::text) else { return Value::Unknown };
        let length: usize = parts.iter().filter_map(Value::text).map(|text| text.text.len()).sum();
        if length > MAX_JOINED {
            return Value::Unknown;
        }
        let mut whole = Text { as_written: false, ..first.clone() };
        whole.text = parts.iter().map(Value::in_a_text).collect();
        Value::Text(whole)
    }

    /// What stands for a value in a text that it is a part of.
    fn in_a_text(&self) -> String {
        match self {
            Value::Text(text) if text.text.len() <= MAX_JOINED => text.text.clone(),
            Value::Symbol(word) => word.clone(),
            Value::Name(name) => gap_of(name),
            Value::Call(call) => {
                let first = call.arguments.first().and_then(Value::word).unwrap_or_default();
                gap_of(&format!("{}({first})", call.name))
            }
            _ => COMPUTED.to_owned(),
        }
    }

    /// A text whose gaps were filled when it ran: `"DROP TABLE %s" % name`.
    pub(in super::super) fn filled(self, gaps: Gaps, given: &Given<'_>) -> Value {
        match self {
            // Values leave every line where it is.
            Value::Text(text) => {
                let as_written = text.as_written && gaps == Gaps::Values;
                Value::Text(Text { text: gaps.fill(&text.text, given), as_written, ..text })
            }
            _ => Value::Unknown,
        }
    }

    /// What fills the gaps of a text that it stands behind: `"..%s" % (a, b)`, `"..%(a)s" % {"a": b}`.
    pub(in super::super) fn given(&self) -> Given<'_> {
        match self {
            Value::List(list) => Given { list, named: &[] },
            Value::Map(named) => Given { list: &[], named },
            one => Given { list: std::slice::from_ref(one), named: &[] },
        }
    }

    /// A text in which one piece stands for another; what is not known leaves a gap.
    pub(in super::super) fn replaced(self, old_and_new: &[Value]) -> Value {
        match (self, old_and_new) {
            (Value::Text(text), [Value::Text(old), new, ..]) if !old.text.is_empty() => {
                let new = new.in_a_text();
                let places = text.text.matches(old.text.as_str()).count();
                if places.saturating_mul(new.len()) > MAX_JOINED {
                    return Value::Unknown;
                }
                Value::Text(Text { text: text.text.replace(&old.text, &new), as_written: false, ..text })
            }
            (text, _) => text,
        }
    }

    /// The pieces of a list with this text between them.
    pub(in super::super) fn between(&self, list: &[Value]) -> Value {
        let separators = self.text().map_or(0, |text| text.text.len()).saturating_mul(list.len());
        if separators > MAX_JOINED {
            return Value::Unknown;
        }
        let separated = list.iter().enumerate().flat_map(|(at, item)| {
            let before = Some(self.clone()).filter(|_| at > 0);
            before.into_iter().chain([if item.text().is_some() { item.clone() } else { Value::Unknown }])
        });
        Value::joined(separated.collect())
    }

    fn text(&self) -> Option<&Text> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text or a name.
    pub(in super::super) fn word(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(&text.text),
            Value::Name(name) | Value::Symbol(name) => Some(name),
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
            Item::Define { body, .. }
            | Item::Class { body, .. }
            | Item::Block { body, .. }
            | Item::Loop { body, .. } => walk(body, visit),
            Item::Assign { .. } | Item::Extend { .. } | Item::Parameters(_) | Item::Import { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_doubled_marks_are_not() {
        assert_eq!(Gaps::Percent.fill("DROP TABLE %s -- 5%% of %(all)s, %{x}", &Given::default()), {
            "DROP TABLE computed_name -- 5% of computed_name$all$, computed_name$x$"
        });
        assert_eq!(
            Gaps::Braces.fill("a {} {t!r} {{b}} {ä", &Given::default()),
            "a computed_name computed_name$t$ {b} {ä"
        );
        assert_eq!(Gaps::Values.fill("id IN %s OR name LIKE 'a%%' OR id = %(id)s", &Given::default()), {
            "id IN (computed_name) OR name LIKE 'a%' OR id = computed_name$id$"
        });
        assert_eq!(
            Gaps::QuestionMarks.fill("DROP TABLE ?? WHERE a = ?", &Given::default()),
            "DROP TABLE computed_name WHERE a = ?"
        );
        let given = Given { list: &[], named: &[("t".to_owned(), Value::Symbol("users".to_owned()))] };
        assert_eq!(Gaps::Percent.fill("DROP TABLE %<t>s", &given), "DROP TABLE users");
    }
}
