//! Puts every namespace into a new machine.

use super::super::names::unknown_global;
use super::super::options::text_of;
use super::super::session::Session;
use super::{git, github, namespace, report, require, rules, settings};
use mlua::{Lua, Table, Value};
use std::rc::Rc;

/// Registers the API. `host` is what the prelude sees: functions that scripts reach only through it.
pub(in super::super) fn register(lua: &Lua, session: &Rc<Session>, host: &Table) -> mlua::Result<()> {
    let globals = lua.globals();
    report::register(lua, session, &globals, host)?;
    rules::register(lua, session, &globals)?;
    settings::register(lua, session, &globals)?;
    require::register(lua, session, &globals)?;
    let git = git::register(lua, session, host)?;
    let github = github::register(lua, session)?;
    let danger = namespace::empty(lua)?;
    danger.raw_set("git", namespace::close(lua, session, "danger.git", git.clone(), git::field)?)?;
    danger.raw_set("github", namespace::close(lua, session, "danger.github", github, github::field)?)?;
    globals.set("danger", namespace::close(lua, session, "danger", danger, namespace::no_field)?)?;
    answer_unknown_globals(lua, session)?;
    host.set("git", git.clone())?;
    host.set("now", session.snapshot.subject.started_at.unix_seconds())?;
    let seed = u32::from_str_radix(session.snapshot.subject.head.short(), 16).unwrap_or(0);
    host.set("seed", seed)?;
    host.set(
        "freeze_all",
        lua.create_function(move |_, ()| {
            git.set_readonly(true);
            Ok(())
        })?,
    )
}

/// A global that does not exist is a slip of the fingers far more often than a question.
fn answer_unknown_globals(lua: &Lua, session: &Rc<Session>) -> mlua::Result<()> {
    let session = Rc::clone(session);
    let meta = lua.create_table()?;
    meta.raw_set(
        "__index",
        lua.create_function(move |lua, (_, name): (Table, Value)| -> mlua::Result<Value> {
            let name = name.as_string().map(text_of).unwrap_or_default();
            Err(session.mistake(lua, unknown_global(&name)).into())
        })?,
    )?;
    meta.raw_set("__metatable", "locked")?;
    lua.globals().set_metatable(Some(meta))
}
