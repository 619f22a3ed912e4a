//! Puts every namespace into a new machine.

use super::super::danger_names::find_danger_name;
use super::super::error::without_own_place;
use super::super::names::unknown_global;
use super::super::options::{describe, text_of};
use super::super::script::{PRELUDE_NAME, explain};
use super::super::session::Session;
use super::super::words::did_you_mean;
use super::{
    changelog, coverage, git, github, github_utils, lint, migrations, namespace, record, report, require, robot, rules,
    settings, utils,
};
use mlua::{IntoLua, Lua, Table, Value};
use std::rc::Rc;

/// Makes the value of a name, when it is one that it knows.
type Field = fn(&Lua, &Rc<Session>, &str) -> mlua::Result<Option<Value>>;

/// Registers the API. `host` is what the prelude sees: functions that scripts reach only through it.
pub(in super::super) fn register(lua: &Lua, session: &Rc<Session>, host: &Table) -> mlua::Result<()> {
    let globals = lua.globals();
    record::register_lists(lua, session)?;
    report::register(lua, session, &globals, host)?;
    rules::register(lua, session, &globals)?;
    settings::register(lua, session, &globals)?;
    require::register(lua, session, &globals)?;
    robot::register(lua, session, &globals)?;
    let git = git::register(lua, session, host)?;
    let github = github::register(lua, session)?;
    github.raw_set("utils", github_utils::register(lua, session)?)?;
    let danger = namespace::empty(lua)?;
    danger.raw_set("utils", utils::register(lua, session)?)?;
    danger.raw_set("git", namespace::close(lua, session, "danger.git", git.clone(), git::field)?)?;
    danger.raw_set("github", namespace::close(lua, session, "danger.github", github, github::field)?)?;
    let analyses = |lua: &Lua, session: &Rc<Session>, name: &str| {
        for field in [coverage::field as Field, lint::field, migrations::field, changelog::field] {
            if let Some(value) = field(lua, session, name)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    };
    globals.set("danger", namespace::close(lua, session, "danger", danger, analyses)?)?;
    answer_unknown_globals(lua, session)?;
    answer_unknown_library_names(lua, session, host)?;
    tell_what_is_caught(lua, session, host)?;
    host.set("git", git.clone())?;
    host.set("line_meta", record::metatable(lua, session, "a line", "Line")?)?;
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

/// What `pcall` and its like give to scripts: an error of the host is its text, with the place, and one of the host's own Lua
/// code has no place there. What ends a rule cannot be caught: it is raised again.
fn tell_what_is_caught(lua: &Lua, session: &Rc<Session>, host: &Table) -> mlua::Result<()> {
    let session = Rc::clone(session);
    let tell = move |lua: &Lua, (caught, is_running): (Value, Option<bool>)| match caught {
        _ if session.is_stopped() => Err(session.raise_again()),
        Value::Error(error) => {
            let told = explain(&error).to_string();
            session.charge_bytes(lua, told.len())?;
            told.into_lua(lua)
        }
        Value::String(text) if text.as_bytes().starts_with(PRELUDE_NAME.as_bytes()) => {
            session.charge_bytes(lua, text.as_bytes().len())?;
            let told = text_of(&text);
            match without_own_place(&told) {
                same if same.len() == told.len() => Ok(Value::String(text)),
                // Where the error was raised is still on the stack.
                plain if is_running == Some(true) => session.error(lua, plain).to_string().into_lua(lua),
                plain => plain.into_lua(lua),
            }
        }
        other => Ok(other),
    };
    host.set("tell", lua.create_function(tell)?)
}

/// `title.length` and `table.contains`: what other languages have on texts and lists.
fn answer_unknown_library_names(lua: &Lua, session: &Rc<Session>, host: &Table) -> mlua::Result<()> {
    let session = Rc::clone(session);
    let unknown = move |lua: &Lua, (library, key): (String, Value)| -> mlua::Result<()> {
        let name = key.as_string().map_or_else(|| describe(&key), text_of);
        let hint = match find_danger_name(&library, &name) {
            Some(advice) => format!("; {advice}"),
            None => {
                let table: Table = lua.globals().get(library.as_str())?;
                let names: Vec<String> =
                    table.pairs::<String, Value>().filter_map(|pair| pair.ok().map(|(name, _)| name)).collect();
                did_you_mean(&name, names.iter().map(String::as_str))
            }
        };
        let owner = if library == "string" { "a text".to_owned() } else { format!("`{library}`") };
        Err(session.mistake(lua, format!("{owner} has no `{name}`{hint}")).into())
    };
    host.set("unknown", lua.create_function(unknown)?)
}
