//! `danger.lint`: what linters' reports say, and the same with suggestions for the built-in rule.

use super::super::session::Session;
use super::git::changes;
use super::{record, table};
use crate::analysis::lint::{LineFilter, Reach, apply_edits};
use crate::model::{Fact, FactKey, FileKey, FileText, LintFacts, LintResult, Side};
use mlua::{Lua, Table, Value};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Fields of `danger` itself that are computed: the results of linters.
pub(super) fn field(lua: &Lua, session: &Rc<Session>, name: &str) -> mlua::Result<Option<Value>> {
    if name != "lint" {
        return Ok(None);
    }
    let facts = facts(lua, session)?;
    let changes = changes(lua, session)?;
    session.charge_changes(lua, changes.len() + facts.results.len())?;
    let filter = LineFilter::new(changes);
    let results =
        facts.results.iter().map(|it| result(it, filter.reach(&it.path, it.range.as_ref()))).collect::<Json>();
    let all = json!({ "results": results, "notes": notes(facts), "reports": names(facts) });
    record::to_record(lua, session, "danger.lint", table::signature_of("danger", name), &all).map(Some)
}

/// `{ filter, paths }`, a reach and the changed files that count, into `{ results, notes, reports }`: the results as
/// `danger.lint` has them, within that reach, each with `suggestion` and its lines when the linter says how to mend it and the diff shows the lines.
pub(super) fn lint(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let word: String = arguments.get("filter")?;
    let most = Reach::parse(&word).unwrap_or(Reach::Added);
    let counted: Option<Vec<String>> = arguments.get("paths")?;
    let counted: Option<BTreeSet<String>> = counted.map(|paths| paths.into_iter().collect());
    let facts = facts(lua, session)?;
    let changes = changes(lua, session)?;
    session.charge_changes(lua, changes.len() + facts.results.len())?;
    let filter = LineFilter::new(changes);
    let kept: Vec<(&LintResult, Reach)> = facts
        .results
        .iter()
        .filter(|it| counted.as_ref().is_none_or(|paths| paths.contains(it.path.as_str())))
        .map(|it| (it, filter.reach(&it.path, it.range.as_ref())))
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
            let mended = apply_edits(text, &it.edits).filter(|new| filter.shows(&it.path, new.line, new.end_line));
            if let Some(new) = mended {
                json["suggestion"] = json!(new.text);
                json["line"] = json!(new.line);
                json["end_line"] = json!(new.end_line);
            }
        }
        results.push(json);
    }
    Ok(json!({ "results": results, "notes": notes(facts), "reports": names(facts) }))
}

/// Reports are looked for where the dangerfile's own settings say.
fn facts<'a>(lua: &Lua, session: &'a Session) -> mlua::Result<&'a LintFacts> {
    let settings = session.settings.borrow();
    let patterns = settings.get("lint_reports").and_then(Json::as_array);
    let patterns: Vec<String> =
        patterns.into_iter().flatten().filter_map(|pattern| pattern.as_str().map(str::to_owned)).collect();
    drop(settings);
    session.need(lua, session.snapshot.lint.get(&patterns), FactKey::Lint(patterns))
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

fn names(facts: &LintFacts) -> Vec<&String> {
    facts.reports.iter().map(|report| &report.name).collect()
}

fn notes(facts: &LintFacts) -> Vec<String> {
    let mut notes = facts.notes.clone();
    if facts.foreign > 0 && facts.results.is_empty() {
        notes.push(format!(
            "No path in the linters' reports is a file of this repository ({} results): they were made elsewhere, or for another project.",
            facts.foreign
        ));
    }
    notes
}
