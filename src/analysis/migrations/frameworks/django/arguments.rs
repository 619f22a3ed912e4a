//! What the arguments of operations say.

use super::super::super::code::{Call, Value};
use super::super::super::models::brief;
use super::super::super::step::FieldName;
use std::collections::BTreeSet;

/// The field that an operation is about.
pub(super) fn field_name(call: &Call) -> Option<FieldName> {
    let place = match call.short() {
        "AddField" | "AlterField" | "RemoveField" => "name",
        "RenameField" => "old_name",
        _ => return None,
    };
    let class = call.argument(2, "field").and_then(Value::call).map(|field| brief(field.short()).to_owned());
    Some(FieldName { name: brief(&call.word(1, place)).to_owned(), class })
}

/// Django makes an index of what a unique constraint cannot express.
pub(super) fn is_index(constraint: &Call) -> bool {
    let options = ["condition", "include", "opclasses"];
    let special = !constraint.arguments.is_empty() || options.iter().any(|it| constraint.by_name(it).is_some());
    constraint.short() == "UniqueConstraint" && special
}

/// Sets of fields: `{("a", "b")}`, `[("a", "b")]`, `("a", "b")`, `set([..])`, `None`; `None` when they cannot be read.
pub(super) fn sets_of(value: &Value) -> Option<BTreeSet<Vec<String>>> {
    let words =
        |list: &[Value]| list.iter().map(|word| word.word().map(str::to_owned)).collect::<Option<Vec<String>>>();
    match value {
        Value::Nothing => Some(BTreeSet::new()),
        Value::List(list) if matches!(list.first(), Some(Value::Text(_))) => Some([words(list)?].into()),
        Value::List(list) => list.iter().map(|set| words(set.list())).collect(),
        Value::Call(call) if matches!(call.name.as_str(), "set" | "frozenset" | "list" | "tuple") => {
            call.arguments.first().map_or(Some(BTreeSet::new()), sets_of)
        }
        Value::Map(pairs) if pairs.is_empty() => Some(BTreeSet::new()),
        _ => None,
    }
}

pub(super) fn name_in(call: &Call) -> String {
    brief(call.by_name("name").and_then(Value::word).unwrap_or_default()).to_owned()
}

/// The column of `models.Q(column__isnull=False)`.
pub(super) fn not_null_of(constraint: &Call) -> Option<String> {
    let condition = constraint.by_name("condition").or_else(|| constraint.by_name("check"))?.call()?;
    let [(key, Value::Flag(false))] = condition.named.as_slice() else { return None };
    key.strip_suffix("__isnull").map(|column| brief(column).to_owned())
}
