//! One dangerfile in a machine of its own: load it, run its top level, run its rules.

use super::api;
use super::budget::{MAX_MACHINE_BYTES, MAX_MEMORY_BYTES};
use super::bytecode::{compiler, load_own};
use super::chains::TEXT_FUNCTIONS;
use super::clock::Clock;
use super::danger_names::BOTH_LISTS;
use super::error::ScriptError;
use super::foreign_syntax;
use super::registry::Registered;
use super::session::{RawFinding, Session};
use crate::model::{Effect, FactKey, RepoPath, Snapshot, Unavailable, Waiting};
use mlua::{Function, Lua, LuaOptions, StdLib, VmState};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The chunk name of the host's own Lua code; its lines are never shown to anyone.
pub(super) const PRELUDE_NAME: &str = "deckhand";

/// After a rule that left more than this behind, garbage is collected.
const COLLECT_ABOVE_BYTES: usize = 16 * 1024 * 1024;

/// While a rule runs, garbage is collected whenever so much was added: it must not count against the budget, and Luau's own
/// collector does not keep up with large texts.
const COLLECT_EVERY_BYTES: usize = 24 * 1024 * 1024;

/// So often for one rule: then it makes garbage and nothing else. Steps are not charged for it, because when Luau collects
/// depends on what ran before, and steps are what two runs agree on.
const MAX_COLLECTIONS: u32 = 200;

/// Steps between looks at the memory and the clock.
const STEPS_BETWEEN_LOOKS: u64 = 16;

const PRELUDE: &str = include_str!("prelude.luau");

/// Why a rule ended before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A fact is missing; see [`Script::missing`].
    Missing,
    /// This kind of run does not have what it asked for; see [`Unavailable::is_beyond_this_run`].
    Beyond(Unavailable),
    /// It reads facts of a pull request, and a merge group is judged.
    OfQueuedPulls,
    /// A fact is not there yet.
    Waiting(Waiting),
    /// It could not do its work.
    Fault(ScriptError),
}

/// What one rule did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Why it ended early; `None` when it ran to its end.
    pub stop: Option<Stop>,
    /// What it reported until then.
    pub findings: Vec<RawFinding>,
    /// What it asks the robot to do; nothing when it ended early. The rule's name is still empty.
    pub effects: Vec<Effect>,
    /// Interrupt steps spent.
    pub steps: u64,
    /// Whether it looked for reports of which there is none.
    pub unreported: bool,
}

/// One dangerfile of a snapshot's ruleset, loaded into a sandboxed machine.
pub struct Script {
    pub(super) lua: Lua,
    pub(super) session: Rc<Session>,
    main: Result<Function, ScriptError>,
}

impl Script {
    /// Prepares a machine for the `layer`th dangerfile of the snapshot's ruleset and compiles it.
    ///
    /// # Panics
    /// When the ruleset has no such layer, or the host's own Lua code is broken.
    pub fn load(snapshot: Rc<Snapshot>, layer: usize, clock: &Clock) -> Self {
        Script::prepare(Session::new(Rc::clone(&snapshot), layer, clock.clone()), &snapshot, layer)
    }

    /// The same for a check: mistakes of the code outside rules are noted, and it goes on.
    pub(super) fn load_to_check(snapshot: Rc<Snapshot>, layer: usize, clock: &Clock) -> Self {
        Script::prepare(Session::to_check(Rc::clone(&snapshot), layer, clock.clone()), &snapshot, layer)
    }

    fn prepare(session: Session, snapshot: &Snapshot, layer: usize) -> Self {
        let dangerfile = &snapshot.ruleset.layers[layer];
        let text = dangerfile.text.clone();
        let path = dangerfile.path.clone();
        let session = Rc::new(session);
        let lua = new_machine(&session).expect("the host's own Lua code loads");
        let _ = lua.set_memory_limit(lua.used_memory() + MAX_MEMORY_BYTES);
        let main = compile(&lua, &session, &path, &text);
        Script { lua, session, main }
    }

    /// Runs the code outside any rule; rules register themselves meanwhile.
    pub fn run_top_level(&self) -> Execution {
        self.session.registering.set(true);
        let execution = match &self.main {
            Ok(main) => self.execute(main, None),
            Err(error) => Execution {
                stop: Some(Stop::Fault(error.clone())),
                findings: Vec::new(),
                effects: Vec::new(),
                steps: 0,
                unreported: false,
            },
        };
        self.session.registering.set(false);
        execution
    }

    /// The rules that registered so far, in order.
    pub fn rules(&self) -> Vec<Registered> {
        self.session.rules.borrow().clone()
    }

    /// Runs one of them.
    pub fn run_rule(&self, rule: &Registered) -> Execution {
        self.execute(&rule.body, rule.options.paths.clone())
    }

    /// Facts that were asked for and are not in the snapshot.
    pub fn missing(&self) -> BTreeSet<FactKey> {
        self.session.missing.borrow().clone()
    }

    /// What `settings` was called with, checked.
    pub fn settings(&self) -> Map<String, Json> {
        self.session.settings.borrow().clone()
    }

    /// What was printed.
    pub fn log(&self) -> Vec<String> {
        self.session.log.borrow().clone()
    }

    fn execute(&self, body: &Function, paths: Option<super::Globs>) -> Execution {
        self.session.begin(paths);
        self.session.collections.set(0);
        self.session.collect_above.set(self.lua.used_memory() + COLLECT_EVERY_BYTES);
        self.session.note_above.set(self.lua.used_memory() + MAX_MEMORY_BYTES / 2);
        let _ = self.lua.set_memory_limit((self.lua.used_memory() + MAX_MEMORY_BYTES).min(MAX_MACHINE_BYTES));
        let result = body.call::<()>(());
        let explained = |error: &mlua::Error| self.placed(explain(error));
        let stop = self.session.take_stop().or_else(|| result.err().map(|error| Stop::Fault(explained(&error))));
        if self.lua.used_memory() > COLLECT_ABOVE_BYTES {
            // The next rule's allowance comes on top of what is used now, so garbage must not pile up.
            let _ = self.lua.gc_collect();
        }
        let effects = self.session.take_effects();
        Execution {
            // A rule that did not come to its end may have been about to change its mind.
            effects: if stop.is_none() { effects } else { Vec::new() },
            stop,
            findings: self.session.take_findings(),
            steps: self.session.steps.spent(),
            unreported: self.session.unreported.get(),
        }
    }

    /// Luau does not say where memory ended: then it is where the rule was seen last with a lot of it.
    fn placed(&self, error: ScriptError) -> ScriptError {
        match self.session.noted_place() {
            Some((path, line)) if error.line.is_none() && error.message == OUT_OF_MEMORY => {
                ScriptError { path: Some(RepoPath::new(&path)), line: Some(line), ..error }
            }
            _ => error,
        }
    }
}

const OUT_OF_MEMORY: &str = "the rule used up its budget of 64 MiB of memory; look for a table or text that grows";

/// What happened and what to do, for the author.
pub(super) fn explain(error: &mlua::Error) -> ScriptError {
    let mut error = ScriptError::from_lua(error);
    if error.message.contains("not enough memory") {
        error.message = OUT_OF_MEMORY.to_owned();
    } else if error.message.contains("stack overflow") {
        error.message = "the rule called itself too deeply (stack overflow)".to_owned();
    } else if JOINS_LISTS.iter().any(|start| error.message.starts_with(start)) {
        error.message.push_str("; ");
        error.message.push_str(BOTH_LISTS);
    } else if let Some((_, advice)) = ADVICE.iter().find(|(start, _)| error.message.starts_with(start)) {
        error.message.push_str(advice);
    } else if let Some(function) = called_without_its_text(&error.message) {
        error
            .message
            .push_str(&format!("; the text comes first: `text:{function}(...)`, or `string.{function}(text, ...)`"));
    }
    error
}

/// `title.match("x")` gives the pattern where the text should be: the function that missed one.
fn called_without_its_text(message: &str) -> Option<&str> {
    // The host's own `find` hands on all that it is given, so that the pattern is nil and not missing.
    if message == "invalid argument #2 to 'find' (string expected, got nil)" {
        return Some("find");
    }
    let (_, rest) = message.strip_prefix("missing argument #")?.split_once(" to '")?;
    let (function, _) = rest.split_once('\'')?;
    TEXT_FUNCTIONS.contains(&function).then_some(function)
}

/// What the machine says of a value that cannot do what is asked of it, and what its author wants to know then.
const ADVICE: [(&str, &str); 11] = [
    ("attempt to index number with", LOOP_ADVICE),
    ("attempt to index nil", NIL_ADVICE),
    ("attempt to perform arithmetic (add) on string", "; texts are joined with `..`"),
    ("attempt to perform arithmetic (add) on number and string", "; texts are joined with `..`"),
    ("attempt to concatenate string with table", TEXT_ADVICE),
    ("attempt to concatenate table with", TEXT_ADVICE),
    ("attempt to modify a readonly table", "; everything under `danger` is read-only: copy it with `table.clone`"),
    ("attempt to call a nil value", "; there is no such function here"),
    ("attempt to call a number value", VALUE_ADVICE),
    ("attempt to call a string value", VALUE_ADVICE),
    ("attempt to call a table value", VALUE_ADVICE),
];

const LOOP_ADVICE: &str =
    "; where this is a loop's first name, write `for _, item in list do`: a list gives places first";

/// What the machine says of two lists that are joined as if they were numbers or texts.
const JOINS_LISTS: [&str; 2] =
    ["attempt to perform arithmetic (add) on table", "attempt to concatenate table with table"];

const TEXT_ADVICE: &str = "; a list becomes a text with `table.concat(list, \", \")`";

const VALUE_ADVICE: &str = "; it is a value and no function: leave out the `()`";

/// A check, where nothing exists, says something else.
pub(super) const NIL_ADVICE: &str = "; what it is read from is `nil` here: ask `if value then` first";

/// Compiles a file of the repository.
pub(super) fn compile(lua: &Lua, session: &Session, path: &RepoPath, text: &str) -> Result<Function, ScriptError> {
    // The mark that some editors put before UTF-8.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    session.keep_source(path.as_str(), text.into());
    // A check finds all of them, and other mistakes too.
    if let (false, Some((line, name))) = (session.notes_mistakes(), api::find_unbuilt(text)) {
        return Err(ScriptError {
            message: format!("`{name}` is not built yet in this version"),
            path: Some(path.clone()),
            line: Some(line),
            mistake: true,
        });
    }
    lua.load(text)
        .set_name(format!("={path}"))
        .set_mode(mlua::chunk::ChunkMode::Text)
        .into_function()
        .map_err(|error| explain_syntax(ScriptError::from_lua(&error), text))
}

/// Says what to write instead, at a line that the file has.
fn explain_syntax(mut error: ScriptError, text: &str) -> ScriptError {
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX).max(1);
    error.line = error.line.map(|line| foreign_syntax::line_to_mend(&error.message, line, text));
    let line = error.line.and_then(|line| text.lines().nth(line.saturating_sub(1) as usize));
    error.message = foreign_syntax::explain_syntax(&error.message, line);
    error.line = error.line.map(|line| line.min(lines));
    error
}

fn new_machine(session: &Rc<Session>) -> mlua::Result<Lua> {
    let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().catch_rust_panics(false))?;
    let prelude = load_own(&lua, PRELUDE, &format!("={PRELUDE_NAME}"))?;
    let host = lua.create_table()?;
    api::register(&lua, session, &host)?;
    prelude.call::<()>(host)?;
    lua.set_compiler(compiler());
    lua.sandbox(true)?;
    let watcher = Rc::clone(session);
    lua.set_interrupt(move |lua| {
        if watcher.steps.charge(1) && !watcher.is_stopped() {
            // The host charges more than one step at once.
            if watcher.steps.spent() >= watcher.next_look.get() {
                watcher.next_look.set(watcher.steps.spent() + STEPS_BETWEEN_LOOKS);
                let used = lua.used_memory();
                if used > watcher.collect_above.get() {
                    collect(lua, &watcher)?;
                }
                watcher.note_place(lua, used);
                if watcher.is_out_of_time() {
                    return Err(watcher.out_of_time(lua));
                }
            }
            return Ok(VmState::Continue);
        }
        // Raised again at every step, so that no protected call outlives it.
        Err(watcher.out_of_steps(lua))
    });
    Ok(lua)
}

fn collect(lua: &Lua, session: &Session) -> mlua::Result<()> {
    session.collections.set(session.collections.get() + 1);
    if session.collections.get() > MAX_COLLECTIONS {
        return Err(session.out_of_steps(lua));
    }
    lua.gc_collect()?;
    session.collect_above.set(lua.used_memory() + COLLECT_EVERY_BYTES);
    Ok(())
}
