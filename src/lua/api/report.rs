//! `message`, `warn`, `fail`, `markdown` and `print`.

use super::super::options::{OptionError, describe, text_of};
use super::super::place::{At, read_at};
use super::super::session::Session;
use crate::model::Severity;
use mlua::{Lua, Table, Value};
use std::rc::Rc;

pub(super) fn register(lua: &Lua, session: &Rc<Session>, globals: &Table, host: &Table) -> mlua::Result<()> {
    for severity in [Severity::Message, Severity::Warn, Severity::Fail, Severity::Markdown] {
        let session = Rc::clone(session);
        let report = move |lua: &Lua, (text, at): (Value, Value)| {
            report_finding(lua, &session, severity.as_str(), severity, &text, &at)
        };
        globals.set(severity.as_str(), lua.create_function(report)?)?;
    }
    let log = Rc::clone(session);
    host.set(
        "print",
        lua.create_function(move |_, text: mlua::LuaString| {
            log.print(text_of(&text));
            Ok(())
        })?,
    )?;
    let finder = Rc::clone(session);
    host.set(
        "find",
        lua.create_function(move |lua, (text, pattern, init): (mlua::LuaString, mlua::LuaString, i64)| {
            find_plain(lua, &finder, &text.as_bytes(), &pattern.as_bytes(), init)
        })?,
    )
}

/// What every reporting function does. `owner` is its name in messages.
pub(super) fn report_finding(
    lua: &Lua,
    session: &Session,
    owner: &str,
    severity: Severity,
    text: &Value,
    at: &Value,
) -> mlua::Result<()> {
    let Value::String(text) = text else {
        let advice = match text {
            Value::Integer(_) | Value::Number(_) => {
                "; write `tostring(number)`, or `for _, item in list do` where this is a loop's first name"
            }
            Value::Table(_) => "; a list becomes a text with `table.concat(list, \", \")`",
            _ => "",
        };
        let got = describe(text);
        return Err(session.error(lua, format!("{owner} takes a text first, got {got}{advice}")).into());
    };
    let at = match at {
        Value::Nil => At::default(),
        Value::Table(at) => {
            read_at(owner, at).map_err(|(key, message)| session.option_error(lua, OptionError { key, message }))?
        }
        other => {
            let got = describe(other);
            let message = format!("{owner} takes a place second, as in `{{ file = ..., line = ... }}`, got {got}");
            return Err(session.error(lua, message).into());
        }
    };
    session.report(lua, severity, text_of(text), at)
}

/// `string.find` for plain text in linear time; positions count from 1.
fn find_plain(
    lua: &Lua,
    session: &Session,
    text: &[u8],
    pattern: &[u8],
    init: i64,
) -> mlua::Result<(Option<usize>, Option<usize>)> {
    session.charge_bytes(lua, text.len())?;
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let from = if init < 0 { (length + init).max(0) } else { (init - 1).max(0) };
    let Some(rest) = usize::try_from(from).ok().and_then(|from| text.get(from..)) else {
        return Ok((None, None));
    };
    Ok(match memchr::memmem::find(rest, pattern) {
        Some(at) => {
            let first = text.len() - rest.len() + at + 1;
            (Some(first), Some(first + pattern.len() - 1))
        }
        None => (None, None),
    })
}
