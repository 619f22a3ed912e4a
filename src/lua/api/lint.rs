//! `danger.lint`: what linters' reports say, and the same with suggestions for the built-in rule.

use super::super::script::Stop;
use super::super::session::Session;
use super::git::{changes, incomplete};
use super::{record, table};
use crate::analysis::globs::Globs;
use crate::analysis::lint::{LineFilter, Reach, mend};
use crate::model::{
    ChangeStatus, Fact, FactKey, FileChange, FileKey, FileText, LintDoubt, LintFacts, LintResult, LintSeverity,
    LintSource, Patch, Side, Unavailable, Wait, suggested_lines,
};
use mlua::{Lua, Table, Value};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// So many of the reports that came are named beside one that did not.
const MAX_NAMED: usize = 10;

/// So many paths that fit several files are told one by one to a rule of one's own.
const MAX_DOUBTS: usize = 20;

/// Fields of `danger` itself that are computed: the results of linters.
pub(super) fn field(lua: &Lua, session: &Rc<Session>, name: &str) -> mlua::Result<Option<Value>> {
    if name != "lint" {
        return Ok(None);
    }
    let facts = facts(lua, session)?;
    session.unreported.set(facts.reports.is_empty());
    let changes = changes(lua, session)?;
    session.charge_changes(lua, changes.len() + facts.results.len())?;
    let filter = LineFilter::new(changes);
    refuse_cut(lua, session, &filter, &facts.results)?;
    let results = facts.results.iter().map(|it| result(it, filter.reach_of(it))).collect::<Json>();
    let doubts: BTreeMap<&String, usize> = facts.doubts.iter().map(|it| (&it.path, it.fits)).collect();
    let doubts = doubts
        .into_iter()
        .take(MAX_DOUBTS)
        .map(|(path, fits)| format!("`{path}` in a linter's report fits {fits} files."));
    let notes: Vec<String> = facts.failures.iter().cloned().chain(doubts).chain(notes(facts)).collect();
    let all = json!({ "results": results, "notes": notes, "reports": names(facts) });
    record::to_record(lua, session, "danger.lint", table::signature_of("danger", name), &all).map(Some)
}

/// `{ filter, patterns, except, minimum, ignore_rules, expect, wait }`: a reach, the files that count and those that do not,
/// the least serious results that count and the linters' rules that do not, the reports that must be there, and how many minutes they are waited for, into `{ results, notes, failures, doubts, reports, late, absent }`: the results as
/// `danger.lint` has them, within that reach, each with `suggestion` and its lines when the linter says how to mend it and the diff shows
/// the lines. `late` says that reports were waited for in vain; `absent` is, in a run that cannot wait, the name of one that
/// is expected and not there, empty when there is none at all. `failures` say what kept linters from judging everything, and
/// `doubts` which paths fit several files of which one has a result within that reach.
pub(super) fn lint(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let word: String = arguments.get("filter")?;
    let most = Reach::parse(&word).unwrap_or(Reach::Added);
    let globs = |name: &str| Globs::parse_kept(arguments.get(name)?).map_err(mlua::Error::external);
    let (patterns, except) = (globs("patterns")?, globs("except")?);
    let counts = |path: &str| patterns.matches(path) && !except.matches(path);
    let (least, ignored) = (arguments.get::<String>("minimum")?, arguments.get::<Vec<String>>("ignore_rules")?);
    let least = LintSeverity::parse(&least).unwrap_or(LintSeverity::Info);
    let speaks = |it: &&LintResult| it.severity <= least && !ignored.contains(&it.rule) && counts(it.path.as_str());
    let expected: Vec<String> = arguments.get("expect")?;
    let wait: Option<u32> = arguments.get("wait")?;
    let changes = changes(lua, session)?;
    let key = key(session);
    let none = LintFacts::default();
    let (facts, awaited) = match find(session, &key) {
        Some(Fact::Unavailable(Unavailable::Awaited(awaited))) => (&none, Some(awaited.clone())),
        _ => (facts(lua, session)?, None),
    };
    session.charge_changes(lua, changes.len() + facts.results.len())?;
    let is_there = |name: &&String| facts.reports.iter().any(|report| report.is_called(name));
    let missing: Vec<&String> = expected.iter().filter(|name| !is_there(name)).collect();
    let lacking = missing.first().map(|name| Wait::for_lint(Some(name))).or(awaited);
    let lacking = lacking.or_else(|| facts.reports.is_empty().then(|| Wait::for_lint(None)));
    let (mut late, mut absent) = (None, None);
    let judges = can_find(most, changes, &counts);
    session.unreported.set(judges && (facts.reports.is_empty() || !missing.is_empty()));
    if let (Some(lacking), Some(minutes), true) = (lacking, wait, judges) {
        if let Some(waiting) = session.waiting(&lacking, &key, minutes) {
            return Err(session.stop(Stop::Waiting(waiting)));
        }
        // A run that nobody follows up cannot wait; there whoever runs it gives the reports.
        match session.snapshot.waits {
            Some(_) => late = Some(session.say_late(&lacking, minutes)),
            None => absent = Some(missing.first().map_or("", |name| name.as_str())),
        }
    }
    let filter = LineFilter::new(changes);
    if most <= Reach::Context {
        let doubtful = facts.doubts.iter().map(|it| &it.result);
        refuse_cut(lua, session, &filter, facts.results.iter().chain(doubtful).filter(speaks))?;
    }
    let kept: Vec<(&LintResult, Reach)> = facts
        .results
        .iter()
        .filter(speaks)
        .map(|it| (it, filter.reach_of(it)))
        .filter(|(_, reach)| *reach <= most)
        .collect();
    let key = |it: &LintResult| FileKey { side: Side::Right, path: it.path.clone() };
    let mendable = kept.iter().filter(|(it, reach)| !it.edits.is_empty() && *reach <= Reach::Context);
    let missing: BTreeSet<FactKey> = mendable
        .map(|(it, _)| key(it))
        .filter(|key| !session.snapshot.files.contains_key(key))
        .map(FactKey::File)
        .collect();
    if !missing.is_empty() {
        return Err(session.miss(missing));
    }
    let mut results = Vec::with_capacity(kept.len());
    for (it, reach) in kept {
        let mut json = result(it, reach);
        if let Some(Fact::Known(FileText::Text(text))) = session.snapshot.files.get(&key(it))
            && reach <= Reach::Context
            && !it.edits.is_empty()
        {
            session.charge_bytes(lua, text.len())?;
            if let Some(new) = mend(text, it, &filter) {
                // Whole lines, as whoever reports them gives them: a blank line at their end is one of them.
                json["suggestion"] = json!(suggested_lines(&new.text));
                json["line"] = json!(new.line);
                json["end_line"] = json!(new.end_line);
            }
        }
        results.push(json);
    }
    let mut all = json!({ "results": results, "notes": notes(facts), "failures": [], "doubts": [] });
    all["reports"] = facts.reports.iter().take(MAX_NAMED).map(|it| Json::from(described(it))).collect();
    if judges {
        all["failures"] = json!(facts.failures);
        let near = facts.doubts.iter().filter(|it| speaks(&&it.result) && filter.reach_of(&it.result) <= most);
        all["doubts"] = gather(near);
    }
    if let Some(late) = late {
        all["late"] = json!(late);
    }
    if let Some(absent) = absent {
        all["absent"] = json!(absent);
    }
    Ok(all)
}

/// Doubts into `{ { path, fits, severity, file } }`, one for each path: the most serious of its results.
fn gather<'a>(doubts: impl Iterator<Item = &'a LintDoubt>) -> Json {
    let mut paths: BTreeMap<&str, &LintDoubt> = BTreeMap::new();
    for doubt in doubts {
        let kept = paths.entry(&doubt.path).or_insert(doubt);
        if doubt.result.severity < kept.result.severity {
            *kept = doubt;
        }
    }
    let said = |it: &LintDoubt| json!({ "path": it.path, "fits": it.fits, "severity": it.result.severity.as_str(), "file": it.result.path });
    paths.into_values().map(said).collect()
}

/// A result in a file whose diff was cut may lie on an added line or not: nobody can tell.
fn refuse_cut<'a>(
    lua: &Lua,
    session: &Session,
    filter: &LineFilter<'_>,
    results: impl IntoIterator<Item = &'a LintResult>,
) -> mlua::Result<()> {
    let mut placed = results.into_iter().filter(|it| it.range.is_some() || it.fatal);
    match placed.find(|it| filter.is_cut(&it.path)) {
        Some(it) => Err(session.fault(lua, incomplete(&it.path))),
        None => Ok(()),
    }
}

/// Whether a result can lie within this reach at all: where nothing is added there is nothing to wait for.
fn can_find(most: Reach, changes: &[FileChange], counts: &dyn Fn(&str) -> bool) -> bool {
    let mut present = changes.iter().filter(|it| it.status != ChangeStatus::Removed && counts(it.path.as_str()));
    match most {
        Reach::Added => present.any(|it| it.additions > 0 || it.patch == Patch::Truncated),
        Reach::Context => present.any(|it| it.additions + it.deletions > 0 || it.patch == Patch::Truncated),
        Reach::File => present.next().is_some(),
        Reach::All => true,
    }
}

fn key(session: &Session) -> FactKey {
    FactKey::Lint(session.listed("lint_reports"))
}

fn facts<'a>(lua: &Lua, session: &'a Session) -> mlua::Result<&'a LintFacts> {
    let key = key(session);
    session.need(lua, find(session, &key), key)
}

fn find<'a>(session: &'a Session, key: &FactKey) -> Option<&'a Fact<LintFacts>> {
    let FactKey::Lint(patterns) = key else { return None };
    session.snapshot.lint.get(patterns)
}

fn result(it: &LintResult, reach: Reach) -> Json {
    let mut json = json!({
        "file": it.path,
        "tool": it.tool,
        "rule": it.rule,
        "severity": it.severity.as_str(),
        "message": it.message,
        "reach": reach.as_str(),
        "has_fix": !it.edits.is_empty(),
    });
    if let Some(range) = &it.range {
        json["line"] = json!(range.line);
        json["end_line"] = json!(range.end_line);
        if let Some(column) = range.column {
            json["column"] = json!(column);
        }
    }
    if let Some(url) = &it.url {
        json["url"] = json!(url);
    }
    json
}

/// A report as whoever expects another one has to know it: `eslint.xml` (checkstyle XML, names no linter).
fn described(report: &LintSource) -> String {
    let tools = if report.tools.is_empty() { "names no linter".to_owned() } else { report.tools.join(", ") };
    format!("`{}` ({}, {tools})", report.name, report.format)
}

fn names(facts: &LintFacts) -> Vec<&String> {
    facts.reports.iter().map(|report| &report.name).collect()
}

fn notes(facts: &LintFacts) -> Vec<String> {
    let mut notes = facts.notes.clone();
    if facts.foreign > 0 && facts.results.is_empty() && facts.doubts.is_empty() {
        notes.push(format!(
            "No path in the linters' reports is a file of this repository ({} results): they were made elsewhere, or for another project.",
            facts.foreign
        ));
    }
    notes
}
