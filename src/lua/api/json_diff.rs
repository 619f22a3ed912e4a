//! `danger.git.json_diff_for_file`: which keys of a JSON document changed, as Danger tells it.

use super::super::convert::{frozen, frozen_list, to_lua};
use super::super::session::Session;
use super::git::{both_texts, find_change, read_path};
use crate::diff::{JsonChanges, JsonItems, MAX_JSON_BYTES, diff_json, parse_json};
use crate::model::RepoPath;
use mlua::{Lua, Value};
use serde_json::Value as Json;

/// Reading and comparing costs more than copying: so many times the bytes are charged.
const COST: usize = 8;

pub(super) fn json_diff_for_file(lua: &Lua, session: &Session, path: &Value) -> mlua::Result<Value> {
    let path = read_path(lua, session, "danger.git.json_diff_for_file", path)?;
    let Some(change) = find_change(lua, session, &path)? else { return frozen(lua.create_table()?) };
    let [before, after] = both_texts(lua, session, change)?;
    let before = read(lua, session, &path, "at the base", before)?;
    let after = read(lua, session, &path, "at the head", after)?;
    to_table(lua, &diff_json(&before, &after))
}

fn read(lua: &Lua, session: &Session, path: &RepoPath, side: &str, text: Option<&str>) -> mlua::Result<Json> {
    let Some(text) = text else { return Ok(Json::Null) };
    session.charge_bytes(lua, text.len().min(MAX_JSON_BYTES) * COST)?;
    parse_json(text).map_err(|error| session.error(lua, format!("`{path}` {side} is not JSON: {error}")).into())
}

fn to_table(lua: &Lua, changes: &JsonChanges<'_>) -> mlua::Result<Value> {
    let table = lua.create_table()?;
    for (key, below) in &changes.members {
        table.raw_set(*key, to_table(lua, below)?)?;
    }
    if let Some(change) = &changes.change {
        let value = |side: Option<&Json>| side.map_or(Ok(Value::Nil), |value| to_lua(lua, value));
        table.raw_set("before", value(change.before)?)?;
        table.raw_set("after", value(change.after)?)?;
        match &change.items {
            Some(JsonItems::Keys { added, removed }) => {
                table.raw_set("added", keys(lua, added)?)?;
                table.raw_set("removed", keys(lua, removed)?)?;
            }
            Some(JsonItems::Values { added, removed }) => {
                table.raw_set("added", values(lua, added)?)?;
                table.raw_set("removed", values(lua, removed)?)?;
            }
            None => {}
        }
    }
    frozen(table)
}

fn keys(lua: &Lua, keys: &[&str]) -> mlua::Result<Value> {
    frozen_list(lua, lua.create_sequence_from(keys.iter().copied())?)
}

fn values(lua: &Lua, values: &[&Json]) -> mlua::Result<Value> {
    let list = lua.create_table()?;
    for value in values.iter().filter(|value| !value.is_null()) {
        list.raw_push(to_lua(lua, value)?)?;
    }
    frozen_list(lua, list)
}
