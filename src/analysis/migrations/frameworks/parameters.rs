//! What fills the gaps of a text of SQL: parameters of a driver, and names that are written in the file.

use super::super::code::{COMPUTED, Gaps, Given, Text, Value, fill_gaps};
use super::read::named;
use std::borrow::Cow;

/// A text whose gaps are filled with what the names in them stand for, where they stand for one text only.
pub(super) fn known_text<'t>(text: &'t Text, names: &[(String, Value)]) -> Cow<'t, Text> {
    let known = |word: &str| {
        let mut values = names.iter().filter(|(name, _)| name == word).map(|(_, value)| value);
        let Some(Value::Text(first)) = values.next() else { return None };
        let same = values.all(|other| matches!(other, Value::Text(other) if other.text == first.text));
        (same && first.text.len() <= MAX_KNOWN && !first.text.contains('\n')).then(|| first.text.clone())
    };
    match fill_gaps(&text.text, &known) {
        Some(filled) => Cow::Owned(Text { text: filled, ..text.clone() }),
        None => Cow::Borrowed(text),
    }
}

/// A longer text is no name, in bytes.
const MAX_KNOWN: usize = 200;

/// Whether a text is nothing but something computed.
pub(super) fn is_gap(text: &str) -> bool {
    let rest = text.strip_prefix(COMPUTED);
    rest.is_some_and(|rest| {
        rest.is_empty() || rest.starts_with('$') && rest.ends_with('$') && rest.matches('$').count() == 2
    })
}

/// A text of SQL, also one that a name stands for, whose `:id` are filled by what is given beside it.
pub(super) fn with_named_parameters(sql: &Value, names: &[(String, Value)]) -> Value {
    let text = match sql {
        Value::Name(name) => named(name, names),
        other => Some(other),
    };
    match text {
        Some(Value::Text(text)) => Value::Text(Text { text: without_parameters(&text.text), ..text.clone() }),
        _ => sql.clone(),
    }
}

/// A text of SQL whose `%s` are filled by what is given beside it.
pub(super) fn with_parameters(sql: &Value, names: &[(String, Value)]) -> Value {
    let text = match sql {
        Value::Name(name) => named(name, names),
        other => Some(other),
    };
    match text {
        Some(text @ Value::Text(_)) => text.clone().filled(Gaps::Values, &Given::default()),
        _ => sql.clone(),
    }
}

/// `id = :id` and `id IN (:...ids)` with numbers for the parameters.
pub(super) fn without_parameters(condition: &str) -> String {
    let mut out = String::with_capacity(condition.len());
    let mut letters = condition.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let starts = letters.peek().is_some_and(|next| next.is_alphabetic() || matches!(next, '_' | '.'));
        if letter == ':' && before != ':' && starts {
            while letters.next_if(|next| next.is_alphanumeric() || matches!(next, '_' | '.')).is_some() {}
            out.push('1');
        } else {
            out.push(letter);
        }
        before = letter;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_numbers_and_casts_stay() {
        assert_eq!(without_parameters("id IN (:...ids) AND a::int = :b"), "id IN (1) AND a::int = 1");
    }
}
