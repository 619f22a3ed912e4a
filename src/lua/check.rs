//! Every mistake of a dangerfile at once: the code outside rules runs and wrong calls are noted instead of raised;
//! the bodies of rules, which do not run, are read as text.

use super::clock::Clock;
use super::error::ScriptError;
use super::names::find_mistakes;
use super::registry::Registered;
use super::script::{NIL_ADVICE, Script, Stop};
use crate::model::{FactKey, RepoPath, Snapshot};
use mlua::Value;
use mlua::chunk::ChunkMode;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What a check of one dangerfile found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Mistakes by file and line, each once. Those of files that it requires are among them.
    pub mistakes: Vec<ScriptError>,
    /// Facts that the code outside rules asked for and that the snapshot lacks: add them and check again. While there
    /// are any, the mistakes are not complete.
    pub missing: BTreeSet<FactKey>,
    /// The rules that registered: name, and whether its `fail` fails the check.
    pub rules: Vec<(String, bool)>,
    /// The file patterns that they were given: the rule's name and the pattern.
    pub patterns: Vec<(String, String)>,
}

/// Checks the `layer`th dangerfile of the snapshot's ruleset. No rule runs.
///
/// # Panics
/// When the ruleset has no such layer, or the host's own Lua code is broken.
pub fn check(snapshot: Rc<Snapshot>, layer: usize, clock: &Clock) -> Checked {
    let script = Script::load_to_check(snapshot, layer, clock);
    let stop = script.run_top_level().stop;
    let mut mistakes = script.session.take_mistakes();
    let mut fault = None;
    if let Some(Stop::Fault(mut error)) = stop {
        // Nothing exists in an empty pull request: a `nil` may be its doing.
        if !error.mistake && error.message.contains("nil") && !error.message.starts_with("attempt to call") {
            let said = error.message.trim_end_matches(NIL_ADVICE);
            let hint = "this came up with an empty pull request, against which the code outside rules is checked";
            error.message = format!("{said}; {hint}");
        }
        fault = Some(error);
    }
    for (path, source) in script.session.sources() {
        // What does not parse is not read further: every name after the slip would be a guess.
        if script.lua.load(&*source).set_mode(ChunkMode::Text).into_function().is_ok() {
            mistakes.extend(mistakes_in(&script, &RepoPath::new(&path), &source));
        }
    }
    // What reading says of the line is the reason.
    let is_read = |error: &ScriptError| mistakes.iter().any(|it| (&it.path, it.line) == (&error.path, error.line));
    fault = fault.filter(|error| error.mistake || !is_read(error));
    mistakes.extend(fault);
    mistakes.sort_by(|a, b| (&a.path, a.line, &a.message).cmp(&(&b.path, b.line, &b.message)));
    mistakes.dedup_by(|a, b| (&a.path, a.line, &a.message) == (&b.path, b.line, &b.message));
    let registered = script.rules();
    let of_rule = |rule: &Registered| -> Vec<_> {
        rule.patterns.iter().map(|pattern| (rule.name.clone(), pattern.clone())).collect()
    };
    let patterns = registered.iter().flat_map(of_rule).collect();
    let rules = registered.into_iter().map(|rule| (rule.name, rule.options.blocking)).collect();
    Checked { mistakes, missing: script.missing(), rules, patterns }
}

fn mistakes_in(script: &Script, path: &RepoPath, source: &str) -> Vec<ScriptError> {
    let globals = script.lua.globals();
    let exists = |name: &str| globals.get::<Value>(name).is_ok_and(|value| !value.is_nil());
    let at = |(line, message)| ScriptError { message, path: Some(path.clone()), line: Some(line), mistake: true };
    find_mistakes(source, &exists).into_iter().map(at).collect()
}
