//! What a built-in rule says about itself: the table at the head of its file.

use super::builtin::{BuiltinRule, find_builtin};
use super::file_kinds;
pub use super::options::OptionSpec;
use super::options::{OptionKind, text_of};
use crate::model::Severity;
use mlua::{Lua, Table, Value};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A built-in rule's description of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleMetadata {
    /// Its name: the file's stem.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// How loud it speaks unless told otherwise.
    pub severity: Severity,
    /// Its own options, by name. Those that every built-in rule takes come from [`RuleMetadata::all_options`].
    pub options: Vec<OptionSpec>,
}

impl RuleMetadata {
    /// Its own options and those that every built-in rule takes.
    pub fn all_options(&self) -> Vec<OptionSpec> {
        let mut all = self.options.clone();
        all.extend(super::registry::common_specs(self.severity));
        all
    }
}

/// The metadata of a built-in rule; `None` for an unknown name.
pub fn rule_metadata(name: &str) -> Option<RuleMetadata> {
    let rule = find_builtin(name)?;
    let lua = Lua::new();
    let head = lua.load(rule.source).set_name(chunk_name(rule)).into_function();
    let table = head.and_then(|head| head.call::<Table>(file_kinds::table(&lua)?));
    table.and_then(|table| read_metadata(rule.name, &table)).ok()
}

/// The chunk's name, by which errors call it.
pub(super) fn chunk_name(rule: &BuiltinRule) -> String {
    format!("=deckhand:rules/{}.lua", rule.name)
}

thread_local! {
    /// What the built-in rules take, by name: a judge loads the same few rules for ever.
    static OPTIONS: RefCell<HashMap<&'static str, Rc<[OptionSpec]>>> = RefCell::default();
}

/// The options that a built-in rule takes, read from the table at its head at the first time.
pub(super) fn options_of(rule: &BuiltinRule, table: &Table) -> mlua::Result<Rc<[OptionSpec]>> {
    if let Some(known) = OPTIONS.with_borrow(|known| known.get(rule.name).cloned()) {
        return Ok(known);
    }
    let options: Rc<[OptionSpec]> = read_metadata(rule.name, table)?.all_options().into();
    OPTIONS.with_borrow_mut(|known| known.insert(rule.name, Rc::clone(&options)));
    Ok(options)
}

fn read_metadata(name: &str, table: &Table) -> mlua::Result<RuleMetadata> {
    let severity = match table.get::<String>("severity")?.as_str() {
        "fail" => Severity::Fail,
        "warn" => Severity::Warn,
        "message" => Severity::Message,
        other => return Err(mlua::Error::runtime(format!("severity `{other}` is not one"))),
    };
    let mut options = Vec::new();
    for pair in table.get::<Table>("options")?.pairs::<String, Table>() {
        let (name, option) = pair?;
        let kind = read_kind(&option.get::<Value>("type")?)?;
        let mut spec = OptionSpec::new(&name, kind, &option.get::<String>("doc")?);
        spec.default = read_default(&option.get::<Value>("default")?);
        spec.later = option.get::<Option<bool>>("later")?.unwrap_or(false);
        options.push(spec);
    }
    options.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(RuleMetadata { name: name.to_owned(), summary: table.get("summary")?, severity, options })
}

fn read_kind(value: &Value) -> mlua::Result<OptionKind> {
    let wrong = || mlua::Error::runtime("an option's type is a word or a list of words");
    match value {
        Value::String(word) => match text_of(word).as_str() {
            "string" => Ok(OptionKind::String),
            "integer" => Ok(OptionKind::Integer),
            "boolean" => Ok(OptionKind::Boolean),
            "strings" => Ok(OptionKind::Strings),
            "globs" => Ok(OptionKind::Globs),
            "percent" => Ok(OptionKind::Percent),
            "percents" => Ok(OptionKind::Percents),
            _ => Err(wrong()),
        },
        Value::Table(words) => words.sequence_values::<String>().collect::<mlua::Result<_>>().map(OptionKind::Choice),
        _ => Err(wrong()),
    }
}

fn read_default(value: &Value) -> Option<Json> {
    match value {
        Value::Boolean(on) => Some((*on).into()),
        Value::Integer(number) => Some((*number).into()),
        Value::Number(number) => Some((*number as i64).into()),
        Value::String(text) => Some(text_of(text).into()),
        Value::Table(list) => Some(texts_of(list).into_iter().map(Json::from).collect()),
        _ => None,
    }
}

/// The texts of a list, and of the lists in it: a default names kinds of files beside patterns of its own.
fn texts_of(list: &Table) -> Vec<String> {
    let items = list.sequence_values::<Value>().filter_map(Result::ok);
    items.fold(Vec::new(), |mut texts, item| {
        match item {
            Value::String(text) => texts.push(text_of(&text)),
            Value::Table(inner) => texts.extend(texts_of(&inner)),
            _ => {}
        }
        texts
    })
}
