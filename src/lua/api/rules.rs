//! `rule` and `use`: registration of a team's own rules and of built-in ones.

use super::super::budget::MAX_RULES;
use super::super::builtin::{LATER, builtin_rules, find_builtin};
use super::super::bytecode::load_own;
use super::super::convert::to_lua;
use super::super::file_kinds;
use super::super::metadata::{chunk_name, options_of};
use super::super::options::{OptionError, OptionKind, OptionSpec, text_of};
use super::super::registry::{Registered, RuleOptions, rule_specs};
use super::super::session::Session;
use super::super::words::did_you_mean;

use super::report::report_finding;
use crate::model::{DANGERFILE_RULE, Severity};
use mlua::{Function, Lua, Table, Value, Variadic};
use serde_json::{Map, Value as Json};
use std::rc::Rc;

pub(super) fn register(lua: &Lua, session: &Rc<Session>, globals: &Table) -> mlua::Result<()> {
    let own = Rc::clone(session);
    globals.set("rule", lua.create_function(move |lua, args: Variadic<Value>| register_own(lua, &own, &args))?)?;
    let built_in = Rc::clone(session);
    let use_rule = move |lua: &Lua, (name, options): (Value, Value)| use_builtin(lua, &built_in, &name, &options);
    globals.set("use", lua.create_function(use_rule)?)
}

fn register_own(lua: &Lua, session: &Rc<Session>, args: &[Value]) -> mlua::Result<()> {
    let (name, options, body) = match args {
        [Value::String(name), Value::Function(body)] => (text_of(name), None, body),
        [Value::String(name), Value::Nil, Value::Function(body)] => (text_of(name), None, body),
        [Value::String(name), Value::Table(options), Value::Function(body)] => (text_of(name), Some(options), body),
        _ => {
            let message = "rule takes a name, options and a function: `rule(\"no-print\", { blocking = false }, function() ... end)`";
            return session.refuse(session.mistake(lua, message));
        }
    };
    let right = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > 60 || !name.chars().all(right) {
        let message = format!("a rule's name is at most 60 of a-z, 0-9, `-` and `_`; \"{name}\" is not");
        return session.refuse(session.mistake(lua, message));
    }
    let owner = format!("rule(\"{name}\")");
    let specs = rule_specs();
    let values = session.read_options(lua, &owner, options, &specs)?;
    let patterns = written_patterns(options, &specs, &values);
    add(lua, session, &values, Added { name, patterns, body: body.clone(), built_in: false })
}

fn use_builtin(lua: &Lua, session: &Rc<Session>, name: &Value, options: &Value) -> mlua::Result<()> {
    let (Value::String(name), Value::Nil | Value::Table(_)) = (name, options) else {
        let message =
            "use takes the name of a built-in rule and its options: `use(\"changelog\", { path = \"CHANGELOG.md\" })`";
        return session.refuse(session.mistake(lua, message));
    };
    let name = text_of(name);
    let Some(rule) = find_builtin(&name) else {
        if LATER.contains(&name.as_str()) {
            let message = format!("the built-in rule `{name}` is not built yet in this version");
            return session.refuse(session.mistake(lua, message));
        }
        let names = builtin_rules().iter().map(|rule| rule.name).chain(LATER.iter().copied());
        let hint = match did_you_mean(&name, names) {
            none if none.is_empty() => "; `deckhand rules` lists them".to_owned(),
            hint => hint,
        };
        let message = format!("there is no built-in rule `{name}`{hint}");
        return session.refuse(session.mistake(lua, message));
    };
    let (table, body): (Table, Function) =
        load_own(lua, rule.source, &chunk_name(rule))?.call(file_kinds::table(lua)?)?;
    let owner = format!("use(\"{name}\")");
    let specs = options_of(rule, &table)?;
    let values = session.read_options(lua, &owner, options.as_table(), &specs)?;
    let patterns = written_patterns(options.as_table(), &specs, &values);
    let severity = match values.get("severity").and_then(Json::as_str) {
        Some("fail") => Severity::Fail,
        Some("message") => Severity::Message,
        _ => Severity::Warn,
    };
    let options = to_lua(lua, &Json::Object(values.clone()))?;
    let reporter = Rc::clone(session);
    let report = lua.create_function(move |lua, (text, at): (Value, Value)| {
        report_finding(lua, &reporter, "report", severity, &text, &at)
    })?;
    let analyses = super::analysis::table(lua, session)?;
    let bound = lua.create_function(move |_, ()| body.call::<()>((&options, &report, &analyses)))?;
    add(lua, session, &values, Added { name, patterns, body: bound, built_in: true })
}

/// The file patterns among the options that were written, without those that stand for what was not.
fn written_patterns(written: Option<&Table>, specs: &[OptionSpec], values: &Map<String, Json>) -> Vec<String> {
    let Some(written) = written else { return Vec::new() };
    let of_files = specs.iter().filter(|spec| spec.kind == OptionKind::Globs);
    let given = of_files.filter(|spec| written.contains_key(spec.name.as_str()).unwrap_or_default());
    let lists = given.filter_map(|spec| values.get(&spec.name)?.as_array());
    lists.flatten().filter_map(|pattern| pattern.as_str().map(str::to_owned)).collect()
}

/// A rule that a dangerfile registers, beside the values of its options.
struct Added {
    name: String,
    patterns: Vec<String>,
    body: Function,
    built_in: bool,
}

fn add(lua: &Lua, session: &Rc<Session>, values: &Map<String, Json>, added: Added) -> mlua::Result<()> {
    let Added { name, patterns, body, built_in } = added;
    if !session.registering.get() {
        return Err(session
            .error(lua, format!("the rule `{name}` is registered inside another rule; move it out"))
            .into());
    }
    if name == DANGERFILE_RULE || session.rules.borrow().iter().any(|rule| rule.name == name) {
        let way_out = if find_builtin(&name).is_some() { "keep one" } else { "give this one another name" };
        return session.refuse(session.mistake(lua, format!("there is already a rule `{name}`; {way_out}")));
    }
    if session.rules.borrow().len() >= MAX_RULES {
        return Err(session.fault(lua, format!("a dangerfile has at most {MAX_RULES} rules")));
    }
    let options = match RuleOptions::build(values) {
        Ok(options) => options,
        Err((key, message)) => return session.refuse(session.option_error(lua, OptionError { key, message })),
    };
    session.rules.borrow_mut().push(Registered { name, options, patterns, built_in, body });
    Ok(())
}
