//! `danger.coverage`: what the tests ran of the lines that the pull request adds.

use super::super::convert::to_lua;
use super::super::session::Session;
use super::git::{changes, read_globs};
use super::{record, table};
use crate::analysis::coverage::{DiffCoverage, Share, measure, remarks};
use crate::model::{CoverageFacts, FactKey, FileChange};
use mlua::{Lua, Value};
use serde_json::{Value as Json, json};
use std::rc::Rc;

/// Fields of `danger` itself that are computed: the coverage.
pub(super) fn field(lua: &Lua, session: &Rc<Session>, name: &str) -> mlua::Result<Option<Value>> {
    if name != "coverage" {
        return Ok(None);
    }
    let facts = facts(lua, session)?;
    let measured = measured(lua, session, facts, changes(lua, session)?, &|_| true, false)?;
    let signature = table::signature_of("danger", name);
    record::to_record(lua, session, "danger.coverage", signature, &render(facts, &measured)).map(Some)
}

/// The same for a built-in rule: without files that `ignored` matches, and only of those that `paths` does.
pub(super) fn for_rule(
    lua: &Lua,
    session: &Rc<Session>,
    paths: &Value,
    partial_is_missing: bool,
) -> mlua::Result<Value> {
    let globs = read_globs(lua, session, std::slice::from_ref(paths))?;
    let facts = facts(lua, session)?;
    let changes = changes(lua, session)?;
    let measured = measured(lua, session, facts, changes, &|path| globs.matches(path), partial_is_missing)?;
    to_lua(lua, &render(facts, &measured))
}

/// Reports are looked for where the dangerfile's own settings say.
fn facts<'a>(lua: &Lua, session: &'a Session) -> mlua::Result<&'a CoverageFacts> {
    let settings = session.settings.borrow();
    let patterns = settings.get("coverage_reports").and_then(Json::as_array);
    let patterns: Vec<String> =
        patterns.into_iter().flatten().filter_map(|pattern| pattern.as_str().map(str::to_owned)).collect();
    drop(settings);
    session.need(lua, session.snapshot.coverage.get(&patterns), FactKey::Coverage(patterns))
}

fn measured(
    lua: &Lua,
    session: &Session,
    facts: &CoverageFacts,
    changes: &[FileChange],
    counts: &dyn Fn(&str) -> bool,
    partial_is_missing: bool,
) -> mlua::Result<DiffCoverage> {
    session.charge_changes(lua, changes.len())?;
    let added: usize = changes.iter().map(|change| change.additions as usize).sum();
    session.charge_bytes(lua, added * 64)?;
    Ok(measure(facts, changes, counts, partial_is_missing))
}

fn render(facts: &CoverageFacts, measured: &DiffCoverage) -> Json {
    let files = measured.files.iter().map(|file| {
        let ranges = file.ranges.iter();
        let ranges = ranges.map(|range| json!({ "first": range.first, "last": range.last, "count": range.count }));
        let mut json = share(file.share());
        json["path"] = json!(file.path);
        json["added"] = json!(file.added);
        json["covered_lines"] = json!(file.covered);
        json["missing_lines"] = json!(file.missing);
        json["partial_lines"] = json!(file.partial);
        json["missing_ranges"] = ranges.collect();
        json["unknown"] = json!(file.unknown);
        json["stale"] = json!(file.stale);
        json
    });
    json!({
        "state": measured.state.as_str(),
        "reason": measured.state.explain(),
        "total": share(measured.total()),
        "files": files.collect::<Vec<_>>(),
        "notes": remarks(facts, measured),
        "reports": facts.reports.iter().map(|report| &report.name).collect::<Vec<_>>(),
    })
}

fn share(share: Share) -> Json {
    json!({ "covered": share.covered, "lines": share.lines, "percent": share.percent(), "text": share.render_percent() })
}
