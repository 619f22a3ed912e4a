//! What the host functions of one script share: the snapshot, the running rule, and what it said so far.

use super::budget::{
    HOST_STEPS, MAX_EFFECTS, MAX_FINDINGS, MAX_LOG_LINES, MAX_SAID_BYTES, MAX_SAID_BYTES_IN_ALL, MAX_TEXT_BYTES, Steps,
};
use super::clock::Clock;
use super::error::ScriptError;
use super::options::{OptionError, OptionSpec, find_option_line, read_options};
use super::place::At;
use super::registry::Registered;
use super::script::Stop;
use crate::analysis::code_owners::CodeOwners;
use crate::model::{Effect, Fact, FactKey, Place, RepoPath, Severity, Snapshot, Unavailable, Wait, Waiting};
use mlua::{Lua, Table, Value};
use serde_json::{Map, Value as Json};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

/// A finding as the script reported it; `review` gives it its identity and decides whether it blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawFinding {
    /// How serious.
    pub severity: Severity,
    /// Markdown.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// Replacement text.
    pub suggestion: Option<String>,
    /// Files with new texts.
    pub fix: BTreeMap<RepoPath, String>,
    /// Whether the source lines of the place must not be shown.
    pub hide_source: bool,
}

/// Of one option table a check notes at most so many mistakes.
const MAX_NOTED_OPTIONS: usize = 20;

/// State of one script. Lives in one thread, and only for one pass.
pub(super) struct Session {
    pub(super) snapshot: Rc<Snapshot>,
    pub(super) layer: usize,
    pub(super) steps: Steps,
    pub(super) rules: RefCell<Vec<Registered>>,
    pub(super) settings: RefCell<Map<String, Json>>,
    pub(super) missing: RefCell<BTreeSet<FactKey>>,
    pub(super) log: RefCell<Vec<String>>,
    /// Patterns of the running rule: a missing file text brings those of all changed files that match them.
    pub(super) current_paths: RefCell<Option<super::Globs>>,
    pub(super) registering: Cell<bool>,
    /// The base branch's code owners, once they were read.
    pub(super) code_owners: RefCell<Option<Rc<CodeOwners>>>,
    /// More memory than this makes a collection worth while.
    pub(super) collect_above: Cell<usize>,
    /// At so many steps the memory and the clock are looked at next.
    pub(super) next_look: Cell<u64>,
    /// From so much memory on, it is noted where the running rule is.
    pub(super) note_above: Cell<usize>,
    noted: RefCell<Option<(String, u32)>>,
    /// Collections for the running rule.
    pub(super) collections: Cell<u32>,
    /// Whether the running rule looked for reports of which there is none.
    pub(super) unreported: Cell<bool>,
    clock: Clock,
    /// When the running rule has to end, by the clock.
    ends_at: Cell<Option<Duration>>,
    findings: RefCell<Vec<RawFinding>>,
    effects: RefCell<Vec<Effect>>,
    said: Cell<usize>,
    said_in_all: Cell<usize>,
    stop: RefCell<Option<Stop>>,
    sources: RefCell<BTreeMap<String, Rc<str>>>,
    /// In a check, the mistakes so far; in a run there is no such list, and a mistake is raised.
    mistakes: Option<RefCell<Vec<ScriptError>>>,
}

impl Session {
    pub(super) fn new(snapshot: Rc<Snapshot>, layer: usize, clock: Clock) -> Self {
        Session {
            clock,
            ends_at: Cell::default(),
            snapshot,
            layer,
            steps: Steps::default(),
            rules: RefCell::default(),
            settings: RefCell::default(),
            missing: RefCell::default(),
            log: RefCell::default(),
            current_paths: RefCell::default(),
            registering: Cell::new(true),
            code_owners: RefCell::default(),
            collect_above: Cell::new(usize::MAX),
            next_look: Cell::default(),
            note_above: Cell::new(usize::MAX),
            noted: RefCell::default(),
            unreported: Cell::default(),
            collections: Cell::default(),
            findings: RefCell::default(),
            effects: RefCell::default(),
            said: Cell::default(),
            said_in_all: Cell::default(),
            stop: RefCell::default(),
            sources: RefCell::default(),
            mistakes: None,
        }
    }

    /// For a check of the dangerfile: mistakes are noted.
    pub(super) fn to_check(snapshot: Rc<Snapshot>, layer: usize, clock: Clock) -> Self {
        Session { mistakes: Some(RefCell::default()), ..Session::new(snapshot, layer, clock) }
    }

    pub(super) fn notes_mistakes(&self) -> bool {
        self.mistakes.is_some()
    }

    pub(super) fn take_mistakes(&self) -> Vec<ScriptError> {
        self.mistakes.as_ref().map(RefCell::take).unwrap_or_default()
    }

    /// The scripts that were compiled so far: path and text.
    pub(super) fn sources(&self) -> Vec<(String, Rc<str>)> {
        self.sources.borrow().iter().map(|(path, text)| (path.clone(), Rc::clone(text))).collect()
    }

    /// Raises a mistake that no script can catch, so that no rule is lost in silence; or in a check notes it: then the call
    /// does nothing and the script goes on.
    pub(super) fn refuse(&self, mistake: ScriptError) -> mlua::Result<()> {
        match &self.mistakes {
            Some(noted) => {
                noted.borrow_mut().push(mistake);
                Ok(())
            }
            None => Err(self.stop(Stop::Fault(mistake))),
        }
    }

    /// Reads an option table against its list. In a check every wrong option is noted and left out.
    pub(super) fn read_options(
        &self,
        lua: &Lua,
        owner: &str,
        table: Option<&Table>,
        specs: &[OptionSpec],
    ) -> mlua::Result<Map<String, Json>> {
        let mut rest = table.cloned();
        for _ in 0..MAX_NOTED_OPTIONS {
            let mistake = match read_options(owner, rest.as_ref(), specs) {
                Ok(values) => return Ok(values),
                Err(mistake) => mistake,
            };
            let key = mistake.key.clone();
            self.refuse(self.option_error(lua, mistake))?;
            rest = Some(without(lua, rest.as_ref(), &key)?);
        }
        Ok(Map::new())
    }

    /// Begins a rule: nothing of the one before is left.
    pub(super) fn begin(&self, paths: Option<super::Globs>) {
        self.steps.reset();
        self.ends_at.set(self.clock.end_of_rule());
        self.next_look.set(0);
        *self.noted.borrow_mut() = None;
        self.findings.borrow_mut().clear();
        self.effects.borrow_mut().clear();
        self.said.set(0);
        self.unreported.set(false);
        *self.stop.borrow_mut() = None;
        *self.current_paths.borrow_mut() = paths;
    }

    pub(super) fn take_findings(&self) -> Vec<RawFinding> {
        std::mem::take(&mut self.findings.borrow_mut())
    }

    pub(super) fn take_effects(&self) -> Vec<Effect> {
        std::mem::take(&mut self.effects.borrow_mut())
    }

    pub(super) fn take_stop(&self) -> Option<Stop> {
        self.stop.borrow_mut().take()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.borrow().is_some()
    }

    /// Latches the reason why the running rule ends here, and gives the error to raise. The first reason stays.
    pub(super) fn stop(&self, reason: Stop) -> mlua::Error {
        self.stop.borrow_mut().get_or_insert(reason);
        self.raise_again()
    }

    /// The error that goes on raising what was latched.
    pub(super) fn raise_again(&self) -> mlua::Error {
        ScriptError::new("the rule was stopped").into()
    }

    /// Latches a fault at the script's current line.
    pub(super) fn fault(&self, lua: &Lua, message: impl Into<String>) -> mlua::Error {
        let error = self.error(lua, message);
        self.stop(Stop::Fault(error))
    }

    /// An ordinary, catchable error at the script's current line.
    pub(super) fn error(&self, lua: &Lua, message: impl Into<String>) -> ScriptError {
        // A script may catch it and go on for ever; the next interrupt sees a spent budget.
        self.steps.charge(HOST_STEPS);
        let mut error = ScriptError::new(message);
        if let Some((path, line)) = current_place(lua) {
            error.path = Some(RepoPath::new(&path));
            error.line = Some(line);
        }
        error
    }

    /// The error for a call that no dangerfile may make, at the script's current line.
    pub(super) fn mistake(&self, lua: &Lua, message: impl Into<String>) -> ScriptError {
        ScriptError { mistake: true, ..self.error(lua, message) }
    }

    /// The error for a mistake in an option table, at the line where the option is written.
    pub(super) fn option_error(&self, lua: &Lua, mistake: OptionError) -> ScriptError {
        let mut error = self.mistake(lua, mistake.message);
        let source = error.path.as_ref().and_then(|path| self.sources.borrow().get(path.as_str()).cloned());
        if let (Some(source), Some(line)) = (source, error.line) {
            // The line of the call is counted from the beginning of the script.
            self.steps.charge(source.len() as u64 / 64);
            error.line = Some(find_option_line(&source, line, &mistake.key));
        }
        error
    }

    pub(super) fn keep_source(&self, path: &str, text: Rc<str>) {
        self.sources.borrow_mut().insert(path.to_owned(), text);
    }

    /// The fact, or the error that ends the pass: the fact is missing, or cannot be had.
    pub(super) fn need<'a, T>(&self, lua: &Lua, fact: Option<&'a Fact<T>>, key: FactKey) -> mlua::Result<&'a T> {
        match fact {
            Some(Fact::Known(value)) => Ok(value),
            Some(Fact::Unavailable(Unavailable::OfQueuedPulls)) => Err(self.stop(Stop::OfQueuedPulls)),
            Some(Fact::Unavailable(reason)) if reason.is_beyond_this_run() => {
                Err(self.stop(Stop::Beyond(reason.clone())))
            }
            Some(Fact::Unavailable(Unavailable::Awaited(wait))) => Err(match self.waiting(wait, &key, wait.minutes) {
                Some(waiting) => self.stop(Stop::Waiting(waiting)),
                None => self.fault(lua, format!("{}, so this rule cannot judge", self.say_late(wait, wait.minutes))),
            }),
            Some(Fact::Unavailable(reason)) => Err(self.fault(lua, format!("{reason}, so this rule cannot judge"))),
            None => Err(self.miss([key])),
        }
    }

    /// How long a rule that gives a fact so many minutes still waits for it; `None` when that time is over, and in a run
    /// that cannot wait.
    pub(super) fn waiting(&self, wait: &Wait, key: &FactKey, minutes: u32) -> Option<Waiting> {
        let now = self.snapshot.subject.started_at;
        let since = self.snapshot.waits.as_ref()?.since.get(key).copied().unwrap_or(now);
        let until = since.after(Duration::from_secs(u64::from(minutes) * 60));
        (now < until).then(|| Waiting { what: wait.what.clone(), until })
    }

    /// Why a rule does without a fact that was awaited.
    pub(super) fn say_late(&self, wait: &Wait, minutes: u32) -> String {
        match self.snapshot.waits {
            Some(_) if minutes == 1 => format!("a minute of waiting for {} was not enough", wait.what),
            Some(_) if minutes > 0 => format!("{minutes} minutes of waiting for {} were not enough", wait.what),
            Some(_) | None => format!("this run does not wait for {}; run it again later", wait.what),
        }
    }

    /// The list that a setting holds so far: reports are looked for where the dangerfile itself says.
    pub(super) fn listed(&self, setting: &str) -> Vec<String> {
        let settings = self.settings.borrow();
        let list = settings.get(setting).and_then(Json::as_array).into_iter().flatten();
        list.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    }

    /// Latches missing facts.
    pub(super) fn miss(&self, keys: impl IntoIterator<Item = FactKey>) -> mlua::Error {
        self.missing.borrow_mut().extend(keys);
        self.stop(Stop::Missing)
    }

    /// Charges host work that the interrupt does not see: one step per 64 bytes.
    pub(super) fn charge_bytes(&self, lua: &Lua, bytes: usize) -> mlua::Result<()> {
        if self.steps.charge(bytes as u64 / 64) { Ok(()) } else { Err(self.out_of_steps(lua)) }
    }

    /// Charges a comparison of so many changes with patterns.
    pub(super) fn charge_changes(&self, lua: &Lua, changes: usize) -> mlua::Result<()> {
        if self.steps.charge(changes as u64 * HOST_STEPS) { Ok(()) } else { Err(self.out_of_steps(lua)) }
    }

    pub(super) fn out_of_steps(&self, lua: &Lua) -> mlua::Error {
        self.fault(lua, "the rule used up its budget of about 2 s of CPU; look for a loop that does not end")
    }

    /// Notes where the running rule is while it has so much memory that more may end it.
    pub(super) fn note_place(&self, lua: &Lua, used: usize) {
        if used > self.note_above.get() {
            *self.noted.borrow_mut() = current_place(lua);
        } else if self.noted.borrow().is_some() {
            *self.noted.borrow_mut() = None;
        }
    }

    /// Where it was noted last.
    pub(super) fn noted_place(&self) -> Option<(String, u32)> {
        self.noted.borrow().clone()
    }

    /// Whether the running rule has taken as long as it may.
    pub(super) fn is_out_of_time(&self) -> bool {
        self.ends_at.get().is_some_and(|ends_at| self.clock.elapsed() > ends_at)
    }

    pub(super) fn out_of_time(&self, lua: &Lua) -> mlua::Error {
        self.fault(
            lua,
            "the rule was stopped, because it took too long on this machine; look for work on large texts or tables",
        )
    }

    pub(super) fn report(&self, lua: &Lua, severity: Severity, mut message: String, at: At) -> mlua::Result<()> {
        let built_in = || current_place(lua).is_some_and(|(script, _)| script.starts_with("deckhand:"));
        if message.len() > MAX_TEXT_BYTES && built_in() {
            // Whoever uses a rule of ours cannot make it say less of a long name.
            message.truncate(message.floor_char_boundary(MAX_TEXT_BYTES - CUT.len()));
            message.push_str(CUT);
        }
        if message.len() > MAX_TEXT_BYTES || at.suggestion.as_ref().is_some_and(|text| text.len() > MAX_TEXT_BYTES) {
            return Err(self.error(lua, format!("a finding's text is at most {MAX_TEXT_BYTES} bytes long")).into());
        }
        if self.findings.borrow().len() >= MAX_FINDINGS {
            let way_out =
                if built_in() { "its option `paths` can leave files out" } else { "report one per file, or a sum" };
            let message = format!("the rule reported more than {MAX_FINDINGS} findings; {way_out}");
            return Err(self.fault(lua, message));
        }
        let bytes = message.len()
            + at.suggestion.as_ref().map_or(0, String::len)
            + at.fix.iter().map(|(path, text)| path.as_str().len() + text.len()).sum::<usize>();
        self.charge_said(lua, bytes)?;
        let At { place, suggestion, fix, hide_source } = at;
        self.findings.borrow_mut().push(RawFinding { severity, message, place, suggestion, fix, hide_source });
        Ok(())
    }

    /// Keeps an effect that the running rule asks for; the same one is kept once.
    pub(super) fn ask(&self, lua: &Lua, effect: Effect) -> mlua::Result<()> {
        let bytes: usize = effect.arguments.iter().map(|(name, value)| name.len() + value.to_string().len()).sum();
        self.charge_bytes(lua, bytes)?;
        self.charge_said(lua, bytes)?;
        let mut effects = self.effects.borrow_mut();
        if effects.contains(&effect) {
            return Ok(());
        }
        if effects.len() >= MAX_EFFECTS {
            return Err(self.fault(lua, format!("the rule asked the robot for more than {MAX_EFFECTS} things")));
        }
        effects.push(effect);
        Ok(())
    }

    fn charge_said(&self, lua: &Lua, bytes: usize) -> mlua::Result<()> {
        self.said.set(self.said.get() + bytes);
        self.said_in_all.set(self.said_in_all.get() + bytes);
        if self.said.get() > MAX_SAID_BYTES || self.said_in_all.get() > MAX_SAID_BYTES_IN_ALL {
            let limit = MAX_SAID_BYTES >> 20;
            return Err(self.fault(lua, format!("the findings hold more than {limit} MiB of text; say less")));
        }
        Ok(())
    }

    pub(super) fn print(&self, mut text: String) {
        let mut log = self.log.borrow_mut();
        if log.len() < MAX_LOG_LINES {
            if text.len() > 4096 {
                let cut = (0..=4096).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                text.truncate(cut);
                text.push_str("...");
            }
            log.push(text);
        } else if log.len() == MAX_LOG_LINES {
            log.push(format!("(more than {MAX_LOG_LINES} lines: the rest is dropped)"));
        }
    }
}

/// A copy of an option table without one option; an empty key stands for all that have no name.
fn without(lua: &Lua, table: Option<&Table>, key: &str) -> mlua::Result<Table> {
    let rest = lua.create_table()?;
    for pair in table.into_iter().flat_map(|table| table.pairs::<Value, Value>()) {
        let (name, value) = pair?;
        let is_out = match &name {
            Value::String(name) => super::options::text_of(name) == key,
            _ => key.is_empty(),
        };
        if !is_out {
            rest.raw_set(name, value)?;
        }
    }
    Ok(rest)
}

/// What ends a text that was cut.
const CUT: &str = "…";

/// The innermost script line that is running: file and line. Host chunks (`=deckhand`) are passed over.
fn current_place(lua: &Lua) -> Option<(String, u32)> {
    (0..40).find_map(|level| {
        lua.inspect_stack(level, |frame| {
            let name = frame.source().short_src.map(|name| name.into_owned())?;
            let line = u32::try_from(frame.current_line()?).ok()?;
            (name != super::script::PRELUDE_NAME && name != "[C]").then_some((name, line))
        })
        .flatten()
    })
}
