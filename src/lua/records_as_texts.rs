//! Records that a script takes for texts: `label == "bug"` and `table.find(labels, "bug")` are never true, and say nothing.
//! It only complains where it is sure: what is compared is a record of ours, and the other side is a text.

use super::api::RecordType;
use super::chains::{Chain, Known, follow};
use super::danger_names::{FIND_RECORD, name_key};
use super::tokens::{Kind, Token};
use std::collections::BTreeMap;

/// The names that stand for values of ours.
pub(super) type Values<'a> = BTreeMap<&'a str, Known>;

/// A comparison of a record with a text behind the chain that begins at `at` and stands for `value`: what to say.
pub(super) fn find_comparison(tokens: &[Token<'_>], at: usize, value: Known, known: &Values<'_>) -> Option<String> {
    let Chain::End(end, Some(value)) = follow(tokens, at, value) else { return None };
    let key = value.record().and_then(RecordType::key)?;
    let compares = matches!(tokens.get(end)?.kind, Kind::Comparison);
    let owner = name(&value);
    (compares && is_text(tokens, end + 1, known))
        .then(|| format!("{owner} is a record, which never equals a text; compare its `{key}`"))
}

/// `table.find(list, "text")` over a list of records, where the name `table` is at `at`: what to say.
pub(super) fn find_search(tokens: &[Token<'_>], at: usize, known: &Values<'_>) -> Option<String> {
    let [
        Token { kind: Kind::Name("table"), .. },
        Token { kind: Kind::Sign('.'), .. },
        Token { kind: Kind::Name("find"), .. },
        Token { kind: Kind::Sign('('), .. },
        Token { kind: Kind::Name(root), .. },
        ..,
    ] = tokens.get(at..)?
    else {
        return None;
    };
    let Chain::End(end, Some(list)) = follow(tokens, at + 4, known.get(root)?.clone()) else { return None };
    let key = list.record_of_items().and_then(RecordType::key)?;
    let has_text = tokens.get(end)?.kind == Kind::Sign(',') && is_text(tokens, end + 1, known);
    has_text.then(|| format!("`table.find` never finds a text in {}: {}", name(&list), name_key(FIND_RECORD, key)))
}

fn name(value: &Known) -> String {
    let path = value.path();
    if path.contains([' ', '(']) { path.to_owned() } else { format!("`{path}`") }
}

/// Whether the value at `at` is a text. A text of the script's own was taken out, so that what cannot begin a value
/// stands there.
fn is_text(tokens: &[Token<'_>], at: usize, known: &Values<'_>) -> bool {
    match tokens.get(at).map(|token| token.kind) {
        None | Some(Kind::Sign(')' | ']' | '}' | ',' | ';')) => true,
        Some(Kind::Word(word)) => !["nil", "true", "false", "not", "function", "if"].contains(&word),
        Some(Kind::Name(root)) => match known.get(root).map(|value| follow(tokens, at, value.clone())) {
            Some(Chain::End(_, Some(value))) => value.is_text(),
            _ => false,
        },
        Some(Kind::Sign(_) | Kind::Comparison | Kind::Other) => false,
    }
}
