//! Option tables as scripts write them, read against a closed list: a misspelt option fails where it was written.

use super::words::{did_you_mean, name_all, nearest};
use crate::analysis::globs::Globs;
use mlua::{Table, Value};
use serde_json::{Map, Value as Json};

/// What kind of value an option takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// Text.
    String,
    /// A whole number, zero or more.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A list of texts; a single text stands for a list of one.
    Strings,
    /// A list of file patterns; a single one stands for a list of one.
    Globs,
    /// A list of patterns of branches; a single one stands for a list of one.
    Branches,
    /// One of these words.
    Choice(Vec<String>),
    /// Paths with texts.
    Texts,
    /// A number from 0 to 100.
    Percent,
    /// File patterns, each with a number from 0 to 100.
    Percents,
}

impl OptionKind {
    /// The kind as a noun phrase, for messages and pages.
    pub fn describe(&self) -> String {
        match self {
            OptionKind::String => "a string".to_owned(),
            OptionKind::Integer => "a whole number, zero or more".to_owned(),
            OptionKind::Boolean => "true or false".to_owned(),
            OptionKind::Strings => "a list of strings".to_owned(),
            OptionKind::Globs => "a list of file patterns".to_owned(),
            OptionKind::Branches => "a list of branch patterns".to_owned(),
            OptionKind::Choice(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                match quoted.split_last() {
                    Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                    _ => quoted.concat(),
                }
            }
            OptionKind::Texts => "a table from paths to texts".to_owned(),
            OptionKind::Percent => "a number from 0 to 100".to_owned(),
            OptionKind::Percents => "a table from file patterns to numbers from 0 to 100".to_owned(),
        }
    }

    /// The kind as a type in Luau's notation.
    pub fn luau(&self) -> String {
        match self {
            OptionKind::String => "string".to_owned(),
            OptionKind::Integer | OptionKind::Percent => "number".to_owned(),
            OptionKind::Boolean => "boolean".to_owned(),
            OptionKind::Strings | OptionKind::Globs | OptionKind::Branches => "string | { string }".to_owned(),
            OptionKind::Choice(words) => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | "),
            OptionKind::Texts => "{ [string]: string }".to_owned(),
            OptionKind::Percents => "{ [string]: number }".to_owned(),
        }
    }

    /// The nearest of the words that it could be.
    fn hint(&self, value: &Value) -> String {
        match (self, value) {
            (OptionKind::Choice(words), Value::String(text)) => {
                let near = nearest(&text_of(text), words.iter().map(String::as_str));
                near.map(|word| format!("; did you mean \"{word}\"?")).unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    fn read(&self, value: &Value) -> Option<Json> {
        match (self, value) {
            (OptionKind::String, Value::String(text)) => Some(text_of(text).into()),
            (OptionKind::Integer, Value::Integer(number)) => u64::try_from(*number).ok().map(Json::from),
            (OptionKind::Integer, Value::Number(number))
                if number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(number) =>
            {
                // In range and whole: the conversion is exact.
                Some(Json::from(*number as u64))
            }
            (OptionKind::Boolean, Value::Boolean(on)) => Some((*on).into()),
            (OptionKind::Strings | OptionKind::Globs | OptionKind::Branches, Value::String(text)) => {
                Some(Json::Array(vec![text_of(text).into()]))
            }
            (OptionKind::Strings | OptionKind::Globs | OptionKind::Branches, Value::Table(list)) => {
                let texts: Vec<Json> = list
                    .sequence_values::<Value>()
                    .map(|item| match item {
                        Ok(Value::String(text)) => Some(text_of(&text).into()),
                        _ => None,
                    })
                    .collect::<Option<_>>()?;
                let entries = list.pairs::<Value, Value>().count();
                (entries == texts.len()).then_some(Json::Array(texts))
            }
            (OptionKind::Choice(words), Value::String(text)) => {
                let word = text_of(text);
                words.contains(&word).then(|| word.into())
            }
            (OptionKind::Texts, Value::Table(map)) => map
                .pairs::<Value, Value>()
                .map(|pair| match pair {
                    Ok((Value::String(path), Value::String(text))) => Some((text_of(&path), text_of(&text).into())),
                    _ => None,
                })
                .collect::<Option<Map<String, Json>>>()
                .map(Json::Object),
            (OptionKind::Percent, value) => read_percent(value),
            (OptionKind::Percents, Value::Table(map)) => map
                .pairs::<Value, Value>()
                .map(|pair| match pair {
                    Ok((Value::String(pattern), percent)) => Some((text_of(&pattern), read_percent(&percent)?)),
                    _ => None,
                })
                .collect::<Option<Map<String, Json>>>()
                .map(Json::Object),
            _ => None,
        }
    }
}

fn read_percent(value: &Value) -> Option<Json> {
    let percent = match value {
        Value::Integer(number) => *number as f64,
        Value::Number(number) => *number,
        _ => return None,
    };
    (0.0..=100.0).contains(&percent).then(|| percent.into())
}

/// One option of a rule, of `rule`, of `settings` or of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionSpec {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub kind: OptionKind,
    /// What holds when it is not given.
    pub default: Option<Json>,
    /// One sentence.
    pub doc: String,
    /// Named in the contract and not built yet.
    pub later: bool,
}

impl OptionSpec {
    pub(super) fn new(name: &str, kind: OptionKind, doc: &str) -> Self {
        OptionSpec { name: name.to_owned(), kind, default: None, doc: doc.to_owned(), later: false }
    }

    pub(super) fn later(name: &str, doc: &str) -> Self {
        OptionSpec { later: true, ..OptionSpec::new(name, OptionKind::String, doc) }
    }
}

/// A mistake in an option table; the key says where to look for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OptionError {
    pub(super) key: String,
    pub(super) message: String,
}

/// So many options are named to somebody whose word is near to none of them.
const MAX_NAMED_OPTIONS: usize = 10;

/// What to say of an option that is near to none: all of them, or where they are listed.
fn what_there_is(owner: &str, specs: &[OptionSpec]) -> String {
    if let Some(rule) = owner.strip_prefix("use(\"").and_then(|rest| rest.strip_suffix("\")")) {
        return format!("; `deckhand rules {rule}` lists its options");
    }
    let built: Vec<&str> = specs.iter().filter(|spec| !spec.later).map(|spec| spec.name.as_str()).collect();
    if (1..=MAX_NAMED_OPTIONS).contains(&built.len()) {
        format!("; it takes {}", name_all(built))
    } else {
        String::new()
    }
}

/// Reads a table against the list. `owner` names the call in messages, such as `rule` or `use("changelog")`.
/// Options that were not given get their defaults; those without one are absent.
pub(super) fn read_options(
    owner: &str,
    table: Option<&Table>,
    specs: &[OptionSpec],
) -> Result<Map<String, Json>, OptionError> {
    let mut values = Map::new();
    for pair in table.iter().flat_map(|table| table.pairs::<Value, Value>()) {
        let (key, value) = match pair {
            Ok((Value::String(key), value)) => (text_of(&key), value),
            _ => {
                let message = format!("{owner} takes options by name, as in `{{ name = value }}`");
                return Err(OptionError { key: String::new(), message });
            }
        };
        let wrong = |message: String| OptionError { key: key.clone(), message };
        let Some(spec) = specs.iter().find(|spec| spec.name == key) else {
            let hint = match did_you_mean(&key, specs.iter().map(|spec| spec.name.as_str())) {
                // What the place of a finding is called everywhere else.
                none if none.is_empty() && key == "path" => {
                    did_you_mean("file", specs.iter().map(|spec| spec.name.as_str()))
                }
                none if none.is_empty() => what_there_is(owner, specs),
                hint => hint,
            };
            return Err(wrong(format!("{owner} has no option `{key}`{hint}")));
        };
        if spec.later {
            return Err(wrong(format!("the option `{key}` of {owner} is not built yet in this version")));
        }
        let Some(read) = spec.kind.read(&value) else {
            let got = describe(&value);
            let hint = spec.kind.hint(&value);
            let kind = spec.kind.describe();
            return Err(wrong(format!("the option `{key}` of {owner} must be {kind}, got {got}{hint}")));
        };
        let patterns = match spec.kind {
            OptionKind::Globs => Globs::parse_kept(strings(&read)).map(drop),
            OptionKind::Percents => {
                Globs::parse_kept(read.as_object().into_iter().flat_map(Map::keys).cloned().collect()).map(drop)
            }
            OptionKind::Branches => Globs::parse_branches(&strings(&read)).map(drop),
            _ => Ok(()),
        };
        if let Err(error) = patterns {
            return Err(wrong(format!("the option `{key}` of {owner}: {error}")));
        }
        values.insert(key, read);
    }
    for spec in specs {
        if let (Some(default), false) = (&spec.default, values.contains_key(&spec.name)) {
            values.insert(spec.name.clone(), default.clone());
        }
    }
    Ok(values)
}

fn strings(list: &Json) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// A value in a few words, for messages.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::String(text) => describe_text(&text_of(text)),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(on) => on.to_string(),
        Value::Nil => "nil".to_owned(),
        other => format!("a {}", other.type_name()),
    }
}

/// A text in quotes, cut where it is long.
pub(super) fn describe_text(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    format!("\"{cut}{}\"", if cut.len() < text.len() { "..." } else { "" })
}

/// Lua text as Rust text; bytes that are not UTF-8 are replaced.
pub(super) fn text_of(text: &mlua::LuaString) -> String {
    String::from_utf8_lossy(&text.as_bytes()).into_owned()
}

/// So many lines of a call are looked through for an option, and so many bytes of each line.
const MAX_CALL_LINES: usize = 200;
const MAX_LINE_BYTES: usize = 1_000;

/// The line on which `key` is written as an option, looking from the line of the call to the end of its brackets.
pub(super) fn find_option_line(source: &str, call_line: u32, key: &str) -> u32 {
    let mut depth = 0i32;
    let call = source.lines().enumerate().skip(call_line.saturating_sub(1) as usize).take(MAX_CALL_LINES);
    for (index, line) in call {
        let line = &line[..line.floor_char_boundary(MAX_LINE_BYTES)];
        let written = line.match_indices(key).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + key.len()..].trim_start();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
                && (after.starts_with('=') || after.starts_with("\"]") || after.starts_with("']"))
        });
        if written && !key.is_empty() {
            return u32::try_from(index + 1).unwrap_or(call_line);
        }
        for c in line.chars() {
            match c {
                '(' | '{' => depth += 1,
                ')' | '}' => depth -= 1,
                _ => {}
            }
        }
        if depth <= 0 {
            break;
        }
    }
    call_line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_found_on_its_own_line() {
        let source = "local a = 1\nuse(\"changelog\", {\n  path = \"C\",\n  skip_lable = \"x\",\n})\nskip_lable = 1\n";
        assert_eq!(find_option_line(source, 2, "skip_lable"), 4);
        assert_eq!(find_option_line(source, 2, "absent"), 2);
    }
}
