//! What `db_default` gives the rows that are there: one value for all of them, or one for each.

use super::super::super::code::{Call, Value};
use super::super::super::sql::is_known_steady;
use super::super::super::step::ColumnDefault;

/// The default that an expression of Django's stands for.
pub(super) fn default_of(value: &Value) -> ColumnDefault {
    volatile_in(value, MAX_NESTED).map_or(ColumnDefault::Constant, ColumnDefault::Volatile)
}

/// How deep expressions may stand in each other; what is deeper is taken for volatile.
const MAX_NESTED: u32 = 20;

/// The first volatile function in an expression.
fn volatile_in(value: &Value, depth: u32) -> Option<String> {
    let call = match value {
        Value::Call(call) => call,
        Value::List(list) => return list.iter().find_map(|inner| volatile_in(inner, depth)),
        _ => return None,
    };
    let Some(depth) = depth.checked_sub(1) else { return Some(call.short().to_owned()) };
    let own = match call.short() {
        "RandomUUID" => Some("gen_random_uuid".to_owned()),
        "Random" => Some("random".to_owned()),
        "Func" => function_of(call),
        "RawSQL" => volatile_in_sql(call),
        // A function of Python is called once, when the migration runs.
        short if !short.starts_with(|first: char| first.is_ascii_uppercase()) => None,
        short if is_steady(short) => None,
        short => Some(short.to_lowercase()),
    };
    let named = call.named.iter().map(|(_, inner)| inner);
    own.or_else(|| call.arguments.iter().chain(named).find_map(|inner| volatile_in(inner, depth)))
}

/// The function that `Func(function="..")` calls, unless it is known not to be volatile.
fn function_of(call: &Call) -> Option<String> {
    let name = call.by_name("function").and_then(Value::word).unwrap_or("its function").to_lowercase();
    (!is_known_steady(&name)).then_some(name)
}

/// The first function in a text of SQL that is not known not to be volatile.
fn volatile_in_sql(call: &Call) -> Option<String> {
    let Some(Value::Text(text)) = call.argument(0, "sql") else { return Some("its SQL".to_owned()) };
    let before_brackets = text.text.split('(').collect::<Vec<_>>();
    let (_, before_brackets) = before_brackets.split_last()?;
    before_brackets.iter().find_map(|before| {
        let word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
        let name = before.rsplit(|letter| !word(letter)).next().unwrap_or_default().to_lowercase();
        (!name.is_empty() && !is_known_steady(&name)).then_some(name)
    })
}

/// Whether a class is one of Django's expressions that is not volatile by itself, or a plain value.
fn is_steady(class: &str) -> bool {
    class.starts_with("Extract")
        || class.starts_with("Trunc")
        || class.ends_with("Field")
        || class.ends_with("Range")
        || STEADY.binary_search(&class).is_ok()
}

const STEADY: [&str; 75] = [
    "ACos",
    "ASin",
    "ATan",
    "ATan2",
    "Abs",
    "Case",
    "Cast",
    "Ceil",
    "Chr",
    "Coalesce",
    "Collate",
    "CombinedExpression",
    "Concat",
    "ConcatPair",
    "Cos",
    "Cot",
    "Decimal",
    "Degrees",
    "Exp",
    "ExpressionWrapper",
    "F",
    "Floor",
    "Greatest",
    "IPv4Address",
    "IPv6Address",
    "JSONArray",
    "JSONObject",
    "Json",
    "LPad",
    "LTrim",
    "Least",
    "Left",
    "Length",
    "LineString",
    "Ln",
    "Log",
    "Lower",
    "MD5",
    "Mod",
    "Money",
    "MultiPolygon",
    "Now",
    "NullIf",
    "Ord",
    "Pi",
    "Point",
    "Polygon",
    "Power",
    "Q",
    "RPad",
    "RTrim",
    "Radians",
    "Repeat",
    "Replace",
    "Reverse",
    "Right",
    "Round",
    "SHA1",
    "SHA224",
    "SHA256",
    "SHA384",
    "SHA512",
    "SearchVector",
    "Sign",
    "Sin",
    "Sqrt",
    "StrIndex",
    "Substr",
    "Tan",
    "TransactionNow",
    "Trim",
    "UUID",
    "Upper",
    "Value",
    "When",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(STEADY.is_sorted());
    }
}
