//! `danger.coverage`: what the tests ran of the lines that the pull request adds.

use super::super::convert::to_lua;
use super::super::script::Stop;
use super::super::session::Session;
use super::git::{changes, incomplete, read_globs};
use super::{record, table};
use crate::analysis::coverage::{DiffCoverage, Share, State, measure, remarks};
use crate::model::{CoverageFacts, Fact, FactKey, FileChange, ProjectFacts, Unavailable};
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

/// The same for a built-in rule: only of files that `paths` matches. It waits so many minutes for a report; then `late`
/// says that none came.
pub(super) fn for_rule(
    lua: &Lua,
    session: &Rc<Session>,
    paths: &Value,
    partial_is_missing: bool,
    wait: u32,
) -> mlua::Result<Value> {
    let globs = read_globs(lua, session, std::slice::from_ref(paths))?;
    let key = key(session);
    let changes = changes(lua, session)?;
    let counts = |path: &str| globs.matches(path);
    if let Some(Fact::Unavailable(Unavailable::Awaited(awaited))) = find(session, &key) {
        let facts = CoverageFacts::default();
        let measured = measured(lua, session, &facts, changes, &counts, partial_is_missing)?;
        let waiting = session.waiting(awaited, &key, wait);
        // Where nothing is added there is nothing to wait for.
        if let (Some(waiting), State::NoReport) = (waiting, measured.state) {
            return Err(session.stop(Stop::Waiting(waiting)));
        }
        let mut json = render(&facts, &measured);
        json["late"] = json!(session.say_late(awaited, wait));
        return to_lua(lua, &json);
    }
    let facts = facts(lua, session)?;
    let measured = measured(lua, session, facts, changes, &counts, partial_is_missing)?;
    if let Some(cut) = measured.files.iter().find(|file| file.truncated) {
        return Err(session.fault(lua, incomplete(&cut.path)));
    }
    to_lua(lua, &render(facts, &measured))
}

fn facts<'a>(lua: &Lua, session: &'a Session) -> mlua::Result<&'a CoverageFacts> {
    let key = key(session);
    session.need(lua, find(session, &key), key)
}

fn find<'a>(session: &'a Session, key: &FactKey) -> Option<&'a Fact<CoverageFacts>> {
    let FactKey::Coverage(patterns) = key else { return None };
    session.snapshot.coverage.get(patterns)
}

fn key(session: &Session) -> FactKey {
    FactKey::Coverage(session.listed("coverage_reports"))
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
    let measured = measure(facts, changes, counts, partial_is_missing);
    session.unreported.set(measured.state == State::NoReport);
    Ok(measured)
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
        json["doubtful"] = json!(file.doubtful);
        json["stale"] = json!(file.stale);
        json
    });
    let mut all = json!({
        "state": measured.state.as_str(),
        "reason": measured.state.explain(),
        "total": share(measured.total()),
        "files": files.collect::<Vec<_>>(),
        "notes": remarks(facts, measured),
        "reports": facts.reports.iter().map(|report| &report.name).collect::<Vec<_>>(),
    });
    if let Some(project) = &facts.project {
        all["project"] = render_project(project);
    }
    all
}

fn render_project(project: &ProjectFacts) -> Json {
    let lost = project.lost.iter().map(|(path, lines)| json!({ "path": path, "lines": lines }));
    json!({
        "commit": project.base,
        "base": share(Share { covered: project.base_covered, lines: project.base_lines }),
        "head": share(Share { covered: project.covered, lines: project.lines }),
        "lost": lost.collect::<Vec<_>>(),
    })
}

fn share(share: Share) -> Json {
    json!({ "covered": share.covered, "lines": share.lines, "percent": share.percent(), "text": share.render_percent() })
}
