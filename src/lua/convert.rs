//! Plain data into read-only Lua tables.

use crate::model::{Author, Commit};
use mlua::{IntoLua, Lua, Table, Value};
use serde_json::{Value as Json, json};

/// JSON as Lua data; tables are read-only and null is nil. A null in a list is left out: lists have no holes.
pub(super) fn to_lua(lua: &Lua, json: &Json) -> mlua::Result<Value> {
    Ok(match json {
        Json::Null => Value::Nil,
        Json::Bool(on) => Value::Boolean(*on),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or_default()),
        Json::String(text) => text.as_str().into_lua(lua)?,
        Json::Array(items) => {
            let table = lua.create_table_with_capacity(items.len(), 0)?;
            for item in items.iter().filter(|item| !item.is_null()) {
                table.raw_push(to_lua(lua, item)?)?;
            }
            frozen_list(lua, table)?
        }
        Json::Object(members) => {
            let table = lua.create_table_with_capacity(0, members.len())?;
            for (key, value) in members {
                table.raw_set(key.as_str(), to_lua(lua, value)?)?;
            }
            frozen(table)?
        }
    })
}

/// A list of texts as a read-only array.
pub(super) fn texts_to_lua<'a>(lua: &Lua, texts: impl IntoIterator<Item = &'a str>) -> mlua::Result<Value> {
    frozen_list(lua, lua.create_sequence_from(texts)?)
}

/// The registry's name for the metatable of lists.
pub(super) const LIST_META: &str = "deckhand.list";

/// A list that scripts cannot change; it answers names that lists of other languages have.
pub(super) fn frozen_list(lua: &Lua, list: Table) -> mlua::Result<Value> {
    list.set_metatable(lua.named_registry_value::<Option<Table>>(LIST_META)?)?;
    frozen(list)
}

/// A table that scripts cannot change.
pub(super) fn frozen(table: Table) -> mlua::Result<Value> {
    table.set_readonly(true);
    Ok(Value::Table(table))
}

/// A commit as `danger.git.commits` shows it.
pub(super) fn commit_to_json(commit: &Commit) -> Json {
    json!({
        "sha": commit.sha,
        "message": commit.message,
        "author": author_to_json(&commit.author),
        "committer": commit.committer.as_ref().map(author_to_json),
        "parents": commit.parents,
    })
}

pub(super) fn author_to_json(author: &Author) -> Json {
    json!({ "name": author.name, "email": author.email, "date": author.date.to_rfc3339() })
}
