//! What is said of one migration, as scripts see it.

use super::super::super::session::Session;
use super::find::Wanted;
use super::opened::{Opened, is_merged, text_of};
use super::uses;
use crate::analysis::migrations::{
    Before, CheckOptions, Finding, check, is_rewritten, parents, settings_of, transaction_in_settings,
};
use crate::model::{ChangeStatus, Search, Side};
use mlua::Lua;
use serde_json::{Map, Value as Json, json};

/// What is said of a migration.
pub(super) fn judge(
    lua: &Lua,
    session: &Session,
    migration: &Opened<'_>,
    wanted: &Wanted,
    search: Option<&Search>,
    before: &Before,
) -> mlua::Result<Json> {
    let Opened { change, text, framework, .. } = migration;
    let path = migration.path();
    let settings = settings_of(path, *framework).and_then(|file| text_of(session, Side::Right, &file));
    let options = CheckOptions {
        style: wanted.style,
        framework: wanted.framework,
        in_transaction: wanted.in_transaction.or_else(|| transaction_in_settings(settings?)),
        before: before.clone(),
    };
    let old = if is_merged(change) { text_of(session, Side::Left, change.old_path().as_str()) } else { None };
    let moved = change.status == ChangeStatus::Renamed;
    let rewritten = old.is_some_and(|old| moved || is_rewritten(path, *framework, old, text));
    let said = check(path, text, &options).unwrap_or_default();
    let findings = said.iter().filter(|finding| migration.is_new(finding.span.line, finding.span.end_line));
    let mut changed = Vec::new();
    for change in migration.changes.iter().filter(|it| migration.is_new(it.span.line, it.span.end_line)) {
        let mut members = Map::new();
        members.insert("line".to_owned(), json!(change.span.line));
        members.insert("kind".to_owned(), json!(change.kind));
        members.insert("table".to_owned(), json!(change.table));
        if let Some(column) = &change.column {
            members.insert("column".to_owned(), json!(column));
        }
        if let Some(model) = &change.model {
            members.insert("model".to_owned(), json!(model));
        }
        if let Some(search) = search.filter(|_| change.takes_away()) {
            members.insert("uses".to_owned(), uses::uses_of(lua, session, search, path, change)?);
        }
        changed.push(Json::Object(members));
    }
    let edited = migration.added.as_ref().and_then(|added| added.first().copied());
    let mut members = Map::new();
    members.insert("file".to_owned(), json!(path));
    members.insert("framework".to_owned(), json!(framework.as_str()));
    members.insert("merged".to_owned(), json!(is_merged(change)));
    members.insert("rewritten".to_owned(), json!(rewritten));
    if let Some(line) = edited {
        members.insert("edited_line".to_owned(), json!(line));
    }
    members.insert("parents".to_owned(), json!(parents(path, *framework, text)));
    members.insert("changes".to_owned(), Json::Array(changed));
    members.insert("findings".to_owned(), findings.map(finding_to_json).collect());
    Ok(Json::Object(members))
}

fn finding_to_json(finding: &Finding) -> Json {
    let mut members = Map::new();
    members.insert("line".to_owned(), json!(finding.span.line));
    members.insert("end_line".to_owned(), json!(finding.span.end_line));
    members.insert("rule".to_owned(), json!(finding.rule.as_str()));
    members.insert("level".to_owned(), json!(finding.rule.level().as_str()));
    members.insert("message".to_owned(), json!(finding.message));
    if let Some(help) = &finding.help {
        members.insert("help".to_owned(), json!(help));
    }
    if let Some(suggestion) = &finding.suggestion {
        members.insert("suggestion".to_owned(), json!(suggestion));
    }
    Json::Object(members)
}
