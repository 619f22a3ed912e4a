//! Records that answer wrong names, and lists that answer names of other languages' lists.

use super::super::convert::{LIST_META, frozen, to_lua};
use super::super::danger_names::{find_danger_name, find_list_name};
use super::super::options::{describe, text_of};
use super::super::session::Session;
use super::super::words::{did_you_mean, name_all};
use super::types::{RecordType, find_record, record_in};
use mlua::{Lua, Table, Value};
use serde_json::Value as Json;
use std::rc::Rc;

/// Plain data as a read-only record of the type that `signature` names; without such a type, as an open table.
/// `path` is what messages call it.
pub(super) fn to_record(
    lua: &Lua,
    session: &Rc<Session>,
    path: &str,
    signature: &str,
    json: &Json,
) -> mlua::Result<Value> {
    let Some(record) = record_in(signature) else { return to_lua(lua, json) };
    match json {
        Json::Array(items) => {
            let list = lua.create_table_with_capacity(items.len(), 0)?;
            let one = format!("an item of {path}");
            for item in items {
                list.raw_push(to_record(lua, session, &one, signature, item)?)?;
            }
            list.set_metatable(Some(list_metatable(lua, session, Some(record))?))?;
            frozen(list)
        }
        Json::Object(members) => {
            let table = lua.create_table_with_capacity(0, members.len())?;
            for (key, value) in members {
                let signature =
                    record.fields.iter().find(|field| field.name == key).map_or("", |field| field.signature);
                table.raw_set(key.as_str(), to_record(lua, session, &format!("{path}.{key}"), signature, value)?)?;
            }
            table.set_metatable(Some(metatable(lua, session, path, record.name)?))?;
            frozen(table)
        }
        plain => to_lua(lua, plain),
    }
}

/// The metatable of a record: a field that the type has is nil, any other name is a mistake.
pub(super) fn metatable(lua: &Lua, session: &Rc<Session>, path: &str, record: &'static str) -> mlua::Result<Table> {
    let kept = format!("deckhand.record {path}");
    if let Some(meta) = lua.named_registry_value::<Option<Table>>(&kept)? {
        return Ok(meta);
    }
    let known = find_record(record);
    let fields = known.map(|record| record.fields).unwrap_or_default();
    let (session, path) = (Rc::clone(session), path.to_owned());
    let index = move |lua: &Lua, (_, key): (Table, Value)| -> mlua::Result<Value> {
        let key = name_of(&key);
        if fields.iter().any(|field| field.name == key) {
            return super::github::later_field(lua, &session, record, &key).unwrap_or(Ok(Value::Nil));
        }
        Err(session.mistake(lua, unknown_member(&path, &key, known)).into())
    };
    let meta = lua.create_table()?;
    meta.raw_set("__index", lua.create_function(index)?)?;
    meta.set_readonly(true);
    lua.set_named_registry_value(&kept, &meta)?;
    Ok(meta)
}

/// What is said to a field that a record has not.
pub(in super::super) fn unknown_member(path: &str, key: &str, record: Option<&RecordType>) -> String {
    let fields = record.map_or(&[][..], |record| record.fields);
    let of_type = || find_danger_name(record?.name, key);
    let hint = match find_danger_name(path, key).or_else(of_type) {
        Some(advice) => format!("; {advice}"),
        None => match did_you_mean(key, fields.iter().map(|field| field.name)) {
            nothing if nothing.is_empty() && (1..=MAX_NAMED_FIELDS).contains(&fields.len()) => {
                format!("; it has {}", name_all(fields.iter().map(|field| field.name)))
            }
            hint => hint,
        },
    };
    let quote = if path.contains(' ') || path.contains('(') { "" } else { "`" };
    format!("{quote}{path}{quote} has no `{key}`{hint}")
}

/// So many fields are named to somebody whose name is near to none of them.
const MAX_NAMED_FIELDS: usize = 8;

/// Makes the metatable of lists. It is not hidden, so that `table.clone` takes a list.
pub(super) fn register_lists(lua: &Lua, session: &Rc<Session>) -> mlua::Result<()> {
    let meta = list_metatable(lua, session, None)?;
    lua.set_named_registry_value(LIST_META, meta)
}

/// The metatable of lists whose items are `record`s, or no records.
fn list_metatable(lua: &Lua, session: &Rc<Session>, record: Option<&'static RecordType>) -> mlua::Result<Table> {
    let kept = format!("{LIST_META} {}", record.map_or("", |record| record.name));
    if let Some(meta) = lua.named_registry_value::<Option<Table>>(&kept)? {
        return Ok(meta);
    }
    let session = Rc::clone(session);
    let index = move |lua: &Lua, (_, key): (Table, Value)| -> mlua::Result<Value> {
        if matches!(key, Value::Integer(_) | Value::Number(_)) {
            return Ok(Value::Nil);
        }
        let key = name_of(&key);
        let advice = find_list_name(&key, record.and_then(RecordType::key));
        let advice = advice.as_deref().unwrap_or("its items are `list[1]` to `list[#list]`");
        Err(session.mistake(lua, format!("a list has no `{key}`; {advice}")).into())
    };
    let meta = lua.create_table()?;
    meta.raw_set("__index", lua.create_function(index)?)?;
    meta.set_readonly(true);
    lua.set_named_registry_value(&kept, &meta)?;
    Ok(meta)
}

fn name_of(key: &Value) -> String {
    match key {
        Value::String(text) => text_of(text),
        other => describe(other),
    }
}
