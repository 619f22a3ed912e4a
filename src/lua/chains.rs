//! What `danger.git.commits[1].message` stands for, found by reading it: the type of its value, or the first name that
//! does not exist. Names of the script's own that stand for such a value are followed as well.

use super::api::{ApiState, RecordType, find_record, names_in, signature_of, unknown_member};
use super::danger_names::{find_danger_name, find_list_name};
use super::names::{state_of, unknown_field};
use super::tokens::{Kind, Token, close};
use std::collections::BTreeMap;

/// A value: what messages call it, and its type. The path of a namespace is its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    path: String,
    signature: &'static str,
    /// The record type that it is a field of; empty for anything else.
    owner: &'static str,
}

/// The library of texts, which has no type of ours.
const STRING: &str = "string";

/// What functions on texts give, where that is a text or a list.
const TEXT_RESULTS: [(&str, &str); 8] = [
    ("format", "(...) -> string"),
    ("gsub", "(...) -> string"),
    ("lower", "(...) -> string"),
    ("rep", "(...) -> string"),
    ("reverse", "(...) -> string"),
    ("split", "(...) -> { string }"),
    ("sub", "(...) -> string"),
    ("upper", "(...) -> string"),
];

/// The functions that take a text first.
pub(super) const TEXT_FUNCTIONS: [&str; 13] =
    ["byte", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "split", "sub", "upper"];

impl Known {
    /// `danger`, `robot` or `string`.
    pub(super) fn root(name: &str) -> Self {
        Known::new(name.to_owned(), "")
    }

    fn new(path: String, signature: &'static str) -> Self {
        Known { path, signature, owner: "" }
    }

    fn is_namespace(&self) -> bool {
        names_in(&self.path).next().is_some()
    }

    /// What messages call it.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Whether it is a text.
    pub(super) fn is_text(&self) -> bool {
        self.signature.trim_end_matches('?') == "string" || !self.words().is_empty()
    }

    /// The words that a text can only be; nothing when it can be any.
    pub(super) fn words(&self) -> Vec<&'static str> {
        words_of(self.signature)
    }

    /// The other fields of its record that can only be some words.
    pub(super) fn siblings(&self) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
        let fields = find_record(self.owner).map_or(&[][..], |record| record.fields);
        fields.iter().map(|field| (field.name, words_of(field.signature)))
    }

    /// Whether it is a list.
    pub(super) fn is_list(&self) -> bool {
        item_of(self.signature).is_some()
    }

    /// The type of a record; nothing for anything else.
    pub(super) fn record(&self) -> Option<&'static RecordType> {
        find_record(self.signature.trim_end_matches('?'))
    }

    /// The type of the records that a list holds.
    pub(super) fn record_of_items(&self) -> Option<&'static RecordType> {
        find_record(item_of(self.signature)?)
    }

    /// What a list of these holds, or nothing when this is no list.
    fn item(&self) -> Option<Known> {
        let signature = item_of(self.signature)?;
        let path = match signature {
            "Line" => "a line".to_owned(),
            "HunkLine" => "a line of a hunk".to_owned(),
            _ => format!("an item of {}", self.path),
        };
        Some(Known::new(path, signature))
    }

    /// What a call of it gives.
    fn result(&self) -> Option<Known> {
        let (_, signature) = self.signature.strip_prefix('(')?.rsplit_once(" -> ")?;
        Some(Known::new(format!("{}(...)", self.path), signature))
    }
}

/// `a` and `b` of `("a" | "b")?`.
fn words_of(signature: &'static str) -> Vec<&'static str> {
    let union = signature.trim_end_matches('?').trim_matches(['(', ')']);
    let word = |part: &'static str| part.trim().strip_prefix('"')?.strip_suffix('"');
    union.split('|').map(word).collect::<Option<_>>().unwrap_or_default()
}

/// How far a chain can be followed.
pub(super) enum Chain {
    /// To its end: where the next token is, and what the value is, if that is known.
    End(usize, Option<Known>),
    /// To a name that does not exist: its line, and what to say.
    Wrong(u32, String),
}

/// Follows a chain from its first name, at `at`, which stands for `known`.
pub(super) fn follow(tokens: &[Token<'_>], at: usize, known: Known) -> Chain {
    let (begin, mut at, mut known) = (at, at + 1, known);
    loop {
        let next = match tokens.get(at..).unwrap_or_default() {
            [Token { kind: Kind::Sign(sign @ ('.' | ':')), .. }, Token { kind: Kind::Name(name), line }, ..] => {
                if *sign == '.' && known.is_text() && leaves_text_out(tokens, begin, at) {
                    return Chain::Wrong(*line, without_its_text(&known.path, name));
                }
                match member(&known, *sign, name) {
                    Ok(next) => next.map(|next| (at + 2, next)),
                    Err(message) => return Chain::Wrong(*line, message),
                }
            }
            [Token { kind: Kind::Sign('['), .. }, ..] => {
                known.item().zip(close(tokens, at)).map(|(item, end)| (end, item))
            }
            [Token { kind: Kind::Sign('(' | '{'), .. }, ..] => {
                known.result().zip(close(tokens, at)).map(|(result, end)| (end, result))
            }
            [Token { kind: Kind::Text(_), .. }, ..] => known.result().map(|result| (at + 1, result)),
            _ => return Chain::End(at, Some(known)),
        };
        match next {
            Some(next) => (at, known) = next,
            None => return Chain::End(at, None),
        }
    }
}

/// Whether `title.split(":")`, with the dot at `dot`, calls a function on texts without the text itself, which begins at
/// `begin`.
fn leaves_text_out(tokens: &[Token<'_>], begin: usize, dot: usize) -> bool {
    let Some(Token { kind: Kind::Name(name), .. }) = tokens.get(dot + 1) else { return false };
    let is_call = match tokens.get(dot + 2).map(|token| token.kind) {
        Some(Kind::Text(_)) => return TEXT_FUNCTIONS.contains(name),
        after => after == Some(Kind::Sign('(')),
    };
    let text = tokens[begin..dot].iter().map(|token| token.kind);
    let given = tokens[dot..].iter().skip(3).take(dot - begin).map(|token| token.kind);
    is_call && TEXT_FUNCTIONS.contains(name) && !text.eq(given)
}

/// What is said of `title.split(":")`.
fn without_its_text(path: &str, name: &str) -> String {
    let rest = if matches!(name, "byte" | "len" | "lower" | "reverse" | "upper") { "" } else { "..." };
    let comma = if rest.is_empty() { "" } else { ", " };
    format!(
        "`{path}.{name}` with a dot is not given the text; write `text:{name}({rest})`, or \
         `string.{name}(text{comma}{rest})`"
    )
}

/// One step: what the member is, nothing when that is not known, or what to say when there is none.
fn member(known: &Known, sign: char, name: &str) -> Result<Option<Known>, String> {
    let signature = known.signature.trim_end_matches('?');
    if known.is_namespace() {
        if sign == ':' {
            return Ok(None);
        }
        return match state_of(&known.path, name) {
            None | Some(ApiState::Later) => Err(unknown_field(&known.path, name)),
            Some(ApiState::Built) => {
                let path = format!("{}.{name}", known.path);
                Ok(Some(Known::new(path, signature_of(&known.path, name))))
            }
        };
    }
    let is_library = known.path == STRING && signature.is_empty();
    if is_library || known.is_text() {
        if let Some(advice) = find_danger_name("string", name) {
            return Err(format!("a text has no `{name}`; {advice}"));
        }
        let result = TEXT_RESULTS.iter().find(|(function, _)| *function == name && is_library == (sign == '.'));
        return Ok(result.map(|(_, signature)| Known::new(format!("{}{sign}{name}", known.path), signature)));
    }
    if let Some(item) = item_of(signature) {
        return match find_list_name(name, find_record(item).and_then(RecordType::key)) {
            Some(advice) => Err(format!("a list has no `{name}`; {advice}")),
            None => Ok(None),
        };
    }
    let Some(record) = find_record(signature).filter(|_| sign == '.') else { return Ok(None) };
    match record.fields.iter().find(|field| field.name == name) {
        Some(field) => {
            let path = format!("{}.{name}", known.path);
            Ok(Some(Known { path, signature: field.signature, owner: record.name }))
        }
        // Some records have more than their type can say.
        None if record.fields.iter().any(|field| field.name.starts_with('[')) => Ok(None),
        None => Err(unknown_member(&known.path, name, Some(record))),
    }
}

/// `User` of `{ User }`; nothing for a table with keys.
fn item_of(signature: &'static str) -> Option<&'static str> {
    let inside = signature.trim_end_matches('?').strip_prefix("{ ")?.strip_suffix(" }")?;
    (!inside.contains(':')).then_some(inside)
}

/// The names of the script that always stand for a value of ours: `local pr = danger.github.pr`, and the item in
/// `for _, commit in danger.git.commits do`. `declared` says how often each name is given to something; one that is
/// ever given to anything else is not among them.
pub(super) fn find_known<'a>(tokens: &[Token<'a>], declared: &BTreeMap<&'a str, usize>) -> BTreeMap<&'a str, Known> {
    let mut seen: BTreeMap<&str, (usize, Known)> = BTreeMap::new();
    let mut known: BTreeMap<&str, Known> = BTreeMap::new();
    if declared.contains_key("danger") {
        return known;
    }
    for at in 0..tokens.len() {
        let Some((name, value)) = declared_value(tokens, at, declared, &known) else { continue };
        let times = match seen.get(name) {
            Some((times, other)) if *other == value => times + 1,
            Some(_) => continue,
            None => 1,
        };
        if declared.get(name) == Some(&times) {
            known.insert(name, value.clone());
        }
        seen.insert(name, (times, value));
    }
    known
}

/// The name that a statement at `at` gives to a value of ours, and that value.
fn declared_value<'a>(
    tokens: &[Token<'a>],
    at: usize,
    declared: &BTreeMap<&'a str, usize>,
    known: &BTreeMap<&'a str, Known>,
) -> Option<(&'a str, Known)> {
    let value_of = |at: usize| {
        let Kind::Name(root) = tokens.get(at)?.kind else { return None };
        let known = match root {
            "danger" => Known::root(root),
            STRING if !declared.contains_key(STRING) => Known::root(root),
            _ => known.get(root)?.clone(),
        };
        match follow(tokens, at, known) {
            Chain::End(end, value) => Some((end, value?)),
            Chain::Wrong(..) => None,
        }
    };
    match tokens.get(at..)? {
        [
            Token { kind: Kind::Word("local"), .. },
            Token { kind: Kind::Name(name), .. },
            Token { kind: Kind::Sign('='), .. },
            ..,
        ] => {
            let (end, value) = value_of(at + 3)?;
            let line = tokens[end - 1].line;
            let ends = tokens.get(end).is_none_or(|next| match next.kind {
                Kind::Sign(';') => true,
                Kind::Name(_) => next.line > line,
                Kind::Word(word) => word != "and" && word != "or",
                _ => false,
            });
            ends.then_some((*name, value))
        }
        [
            Token { kind: Kind::Word("for"), .. },
            Token { kind: Kind::Name(_), .. },
            Token { kind: Kind::Sign(','), .. },
            Token { kind: Kind::Name(name), .. },
            Token { kind: Kind::Word("in"), .. },
            ..,
        ] => {
            let wrapped = matches!(
                tokens.get(at + 5..)?,
                [Token { kind: Kind::Name("ipairs" | "pairs"), .. }, Token { kind: Kind::Sign('('), .. }, ..]
            );
            let (end, list) = value_of(at + 5 + if wrapped { 2 } else { 0 })?;
            let end = if wrapped { end + 1 } else { end };
            let ends = matches!(tokens.get(end)?.kind, Kind::Word("do"));
            Some((*name, list.item()?)).filter(|_| ends)
        }
        _ => None,
    }
}
