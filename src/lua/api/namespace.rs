//! A namespace of `danger`: functions, fields that are computed when first read, and an answer to every wrong name.

use super::super::names::unknown_field;
use super::super::session::Session;
use mlua::{Lua, Table, Value};
use std::rc::Rc;

/// Computes a field; `None` when the namespace has no such field.
pub(super) type Field = fn(&Lua, &Rc<Session>, &str) -> mlua::Result<Option<Value>>;

/// A namespace to put functions into.
pub(super) fn empty(lua: &Lua) -> mlua::Result<Table> {
    lua.create_table()
}

/// For a namespace that has no computed fields.
pub(super) fn no_field(_: &Lua, _: &Rc<Session>, _: &str) -> mlua::Result<Option<Value>> {
    Ok(None)
}

/// Makes the namespace answer reads of fields and refuse wrong names and writes.
pub(super) fn close(
    lua: &Lua,
    session: &Rc<Session>,
    name: &'static str,
    namespace: Table,
    field: Field,
) -> mlua::Result<Table> {
    let meta = lua.create_table()?;
    let cache = lua.create_table()?;
    let reader = Rc::clone(session);
    meta.raw_set(
        "__index",
        lua.create_function(move |lua, (_, key): (Table, Value)| {
            if let cached @ (Value::Table(_) | Value::String(_) | Value::Number(_) | Value::Integer(_)) =
                cache.raw_get::<Value>(&key)?
            {
                return Ok(cached);
            }
            let key = match &key {
                Value::String(text) => super::super::options::text_of(text),
                other => super::super::options::describe(other),
            };
            match field(lua, &reader, &key)? {
                Some(value) => {
                    cache.raw_set(key, &value)?;
                    Ok(value)
                }
                None => Err(reader.mistake(lua, unknown_field(name, &key)).into()),
            }
        })?,
    )?;
    let writer = Rc::clone(session);
    meta.raw_set(
        "__newindex",
        lua.create_function(move |lua, _: (Table, Value, Value)| -> mlua::Result<()> {
            Err(writer.mistake(lua, format!("`{name}` is read-only")).into())
        })?,
    )?;
    meta.raw_set("__metatable", "locked")?;
    namespace.set_metatable(Some(meta))?;
    if name != "danger.git" {
        namespace.set_readonly(true);
    }
    Ok(namespace)
}
