//! `robot.*`: what a rule asks for, checked and kept as data. Nothing is done here.

use super::super::options::{OptionError, describe, read_options};
use super::super::session::Session;
use super::robot_table::{ROBOT, RobotCall, Takes};
use super::{namespace, table};
use crate::model::Effect;
use mlua::{Lua, Table, Value, Variadic};
use serde_json::{Map, Value as Json};
use std::rc::Rc;

pub(super) fn register(lua: &Lua, session: &Rc<Session>, globals: &Table) -> mlua::Result<()> {
    let robot = namespace::empty(lua)?;
    for call in ROBOT {
        let session = Rc::clone(session);
        robot.raw_set(
            call.name,
            lua.create_function(move |lua, args: Variadic<Value>| ask(lua, &session, call, &args))?,
        )?;
    }
    globals.set(table::ROBOT, namespace::close(lua, session, table::ROBOT, robot, namespace::no_field)?)
}

fn ask(lua: &Lua, session: &Session, call: &RobotCall, args: &[Value]) -> mlua::Result<()> {
    let owner = format!("robot.{}", call.name);
    let options = match args {
        [] | [Value::Nil] if call.takes_nothing() => None,
        [Value::Table(table)] => Some(spread(lua, session, call, table)?),
        [Value::String(text)] if call.main.is_some() => {
            let table = lua.create_table()?;
            table.raw_set(call.main, text)?;
            Some(table)
        }
        _ => {
            let got = match args {
                [] => "nothing".to_owned(),
                [one] => describe(one),
                more => format!("{} of them", more.len()),
            };
            let message = format!("{owner} takes one argument, as in `{}`; got {got}", call.example());
            return Err(session.mistake(lua, message).into());
        }
    };
    let wrong = |mistake: OptionError| mlua::Error::from(session.option_error(lua, mistake));
    let values = read_options(&owner, options.as_ref(), &call.specs()).map_err(wrong)?;
    check(call, &owner, &values).map_err(wrong)?;
    session
        .ask(lua, Effect { kind: call.name.to_owned(), rule: String::new(), arguments: values.into_iter().collect() })
}

/// The table with its list part, when it has one, as the main argument: `{ "a", "b" }` is `{ labels = { "a", "b" } }`.
fn spread(lua: &Lua, session: &Session, call: &RobotCall, table: &Table) -> mlua::Result<Table> {
    let length = table.raw_len();
    let Some(main) = call.list().filter(|_| length > 0) else { return Ok(table.clone()) };
    session.charge_bytes(lua, length * 64)?;
    let (named, list) = (lua.create_table()?, lua.create_table()?);
    for pair in table.pairs::<Value, Value>() {
        match pair? {
            (key @ (Value::Integer(_) | Value::Number(_)), value) => list.raw_set(key, value)?,
            (key, value) => named.raw_set(key, value)?,
        }
    }
    if named.contains_key(main.name)? {
        let message = format!("robot.{} gets its `{}` twice: in the list and by name", call.name, main.name);
        return Err(session.option_error(lua, OptionError { key: main.name.to_owned(), message }).into());
    }
    named.raw_set(main.name, list)?;
    Ok(named)
}

fn check(call: &RobotCall, owner: &str, values: &Map<String, Json>) -> Result<(), OptionError> {
    let wrong = |key: &str, message: String| Err(OptionError { key: key.to_owned(), message });
    for argument in call.arguments {
        match values.get(argument.name) {
            Some(value) => {
                if let Err(problem) = within(argument.takes, value) {
                    return wrong(argument.name, format!("the option `{}` of {owner} {problem}", argument.name));
                }
            }
            None if argument.required => {
                return wrong("", format!("{owner} needs `{}`, as in `{}`", argument.name, call.example()));
            }
            None => {}
        }
    }
    if !call.one_of.is_empty() && !call.one_of.iter().any(|name| values.contains_key(*name)) {
        return wrong("", format!("{owner} needs `{}`, as in `{}`", call.one_of.join("` or `"), call.example()));
    }
    Ok(())
}

/// Whether a value of the right kind keeps the argument's limits; else what it must be.
fn within(takes: Takes, value: &Json) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    match takes {
        Takes::Word(most) => word(text, most),
        Takes::Text(most) if text.trim().is_empty() || text.len() > most => {
            Err(format!("is a text of 1 to {most} bytes"))
        }
        Takes::Words(most, long) => {
            let items = list(value, most)?;
            items.iter().try_for_each(|item| word(item.as_str().unwrap_or_default(), long))
        }
        Takes::Ref if !is_ref(text) => Err(format!("is the name of a branch or tag; \"{}\" is none", shown(text))),
        Takes::Repository if crate::model::RepoName::parse(text).is_err() => {
            Err(format!("is a repository's `owner/name`; \"{}\" is none", shown(text)))
        }
        Takes::Paths(most) => list(value, most)?.iter().try_for_each(|item| path(item.as_str().unwrap_or_default())),
        Takes::Files(most) => {
            let files = value.as_object().into_iter().flat_map(Map::keys);
            files.clone().try_for_each(|file| path(file))?;
            bounded(files.count(), most)
        }
        Takes::Inputs(most) => bounded(value.as_object().map_or(0, Map::len), most),
        Takes::Text(_) | Takes::Ref | Takes::Repository | Takes::Choice(_) | Takes::Flag => Ok(()),
    }
}

fn list(value: &Json, most: usize) -> Result<&[Json], String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    bounded(items.len(), most).map(|()| items)
}

fn bounded(count: usize, most: usize) -> Result<(), String> {
    if (1..=most).contains(&count) { Ok(()) } else { Err(format!("holds 1 to {most} entries, got {count}")) }
}

fn word(text: &str, most: usize) -> Result<(), String> {
    let fits = !text.trim().is_empty() && text.chars().count() <= most && !text.contains(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(format!("takes texts of 1 to {most} characters on one line, not \"{}\"", shown(text)))
    }
}

fn path(text: &str) -> Result<(), String> {
    let part = |part: &str| !matches!(part, "" | "." | "..") && !part.eq_ignore_ascii_case(".git");
    let fits = text.len() <= 4_096 && !text.contains(char::is_control) && text.split('/').all(part);
    if fits { Ok(()) } else { Err(format!("takes paths inside the repository, not \"{}\"", shown(text))) }
}

/// What `git check-ref-format --branch` lets pass.
fn is_ref(text: &str) -> bool {
    let bad = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    !text.is_empty()
        && text.len() <= 255
        && text != "@"
        && !text.starts_with('-')
        && !text.ends_with('.')
        && !text.contains(bad)
        && !text.contains("..")
        && !text.contains("@{")
        && text.split('/').all(part)
}

fn shown(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}
