//! Comparisons that are never true and say nothing: records that a script takes for texts (`label == "bug"`,
//! `table.find(labels, "bug")`), and words that a field never is (`line.kind == "add"`). It only complains where it is
//! sure: one side is a value of ours, and the other one a text.

use super::api::RecordType;
use super::chains::{Chain, Known, follow};
use super::danger_names::{FIND_RECORD, name_key};
use super::tokens::{Kind, Token, plain_text};
use super::words::{name_all, nearest};
use std::collections::BTreeMap;

/// The names that stand for values of ours.
pub(super) type Values<'a> = BTreeMap<&'a str, Known>;

/// A comparison with a text of the chain that begins at `at` and stands for `value`: what to say.
pub(super) fn find_comparison(tokens: &[Token<'_>], at: usize, value: Known, known: &Values<'_>) -> Option<String> {
    let Chain::End(end, Some(value)) = follow(tokens, at, value) else { return None };
    let other = other_side(tokens, at, end)?;
    if let Some(key) = value.record().and_then(RecordType::key) {
        let owner = name(&value);
        return is_text(tokens, other, known)
            .then(|| format!("{owner} is a record, which never equals a text; compare its `{key}`"));
    }
    let Kind::Text(text) = tokens.get(other)?.kind else { return None };
    unknown_word(&value, plain_text(text)?)
}

/// Where the other side of a comparison is, of which one is the chain between `at` and `end`.
fn other_side(tokens: &[Token<'_>], at: usize, end: usize) -> Option<usize> {
    let kind = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(|token| token.kind);
    let is_joined = |at| matches!(kind(at), Some(Kind::Long("..") | Kind::Sign('#')));
    if is_joined(at.checked_sub(1)) || is_joined(Some(end)) {
        return None;
    }
    if kind(Some(end)) == Some(Kind::Comparison) {
        return (!is_joined(Some(end + 2))).then_some(end + 1);
    }
    let is_behind = kind(at.checked_sub(1)) == Some(Kind::Comparison)
        && matches!(kind(at.checked_sub(2)), Some(Kind::Text(_)))
        && !is_joined(at.checked_sub(3));
    is_behind.then(|| at - 2)
}

/// What to say when a text that can only be some words is compared with another one.
fn unknown_word(value: &Known, written: &str) -> Option<String> {
    let words = value.words();
    if words.is_empty() || words.contains(&written) {
        return None;
    }
    let owner = name(value);
    if let Some((field, _)) = value.siblings().find(|(_, words)| words.contains(&written)) {
        return Some(format!("{owner} is never `{written}`; that is a word of its `{field}`"));
    }
    let lower = written.to_ascii_lowercase();
    let has_beginning = |word: &&str| {
        let word = word.to_ascii_lowercase();
        lower.len() > 2 && (word.starts_with(&lower) || lower.starts_with(&word))
    };
    let near = words.iter().copied().find(has_beginning).or_else(|| nearest(&lower, words.iter().copied()));
    let hint = near.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default();
    Some(format!("{owner} is never `{written}`; it is one of {}{hint}", name_all(words)))
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

/// Whether the value at `at` is a text.
fn is_text(tokens: &[Token<'_>], at: usize, known: &Values<'_>) -> bool {
    match tokens.get(at).map(|token| token.kind) {
        Some(Kind::Text(_)) => true,
        Some(Kind::Name(root)) => match known.get(root).map(|value| follow(tokens, at, value.clone())) {
            Some(Chain::End(_, Some(value))) => value.is_text(),
            _ => false,
        },
        _ => false,
    }
}
