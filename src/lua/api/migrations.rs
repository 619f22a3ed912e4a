//! `danger.migrations`, and the same with options for the built-in rule.

use super::super::globs::Globs;
use super::super::session::Session;
use super::git::{changes, patch_text};
use super::record;
use crate::analysis::migrations::{
    CheckOptions, Finding, Framework, Migration, check, find_migration, is_migration_path, is_rewritten, parents,
    read_steps, schema_changes, speaks_of_table,
};
use crate::diff::{LineKind, parse_hunks};
use crate::model::{ChangeStatus, Fact, FactKey, FileChange, FileKey, FileText, Side};
use mlua::{Lua, Table, Value};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Reading a byte of SQL costs as much as so many bytes of plain text.
const COST: usize = 16;

/// The type of the list, as the table of names says it.
pub(super) const SIGNATURE: &str = "{ Migration }";

/// `danger.migrations`.
pub(super) fn field(lua: &Lua, session: &Rc<Session>, name: &str) -> mlua::Result<Option<Value>> {
    if name != "migrations" {
        return Ok(None);
    }
    let found = find(lua, session, &Wanted { style: true, ..Wanted::default() })?;
    record::to_record(lua, session, "danger.migrations", SIGNATURE, &found).map(Some)
}

/// `{ paths, also, ignore, framework?, in_transaction? }` into the list that `danger.migrations` is.
pub(super) fn migrations(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let globs = |name: &str| -> mlua::Result<Globs> {
        Globs::parse_kept(arguments.get::<Vec<String>>(name)?).map_err(mlua::Error::external)
    };
    let word: Option<String> = arguments.get("framework")?;
    let wanted = Wanted {
        paths: Some(globs("paths")?),
        also: Some(globs("also")?),
        ignore: Some(globs("ignore")?),
        framework: word.and_then(|word| Framework::ALL.into_iter().find(|known| known.as_str() == word)),
        in_transaction: arguments.get("in_transaction")?,
        style: true,
    };
    find(lua, session, &wanted)
}

#[derive(Default)]
struct Wanted {
    paths: Option<Globs>,
    also: Option<Globs>,
    ignore: Option<Globs>,
    framework: Option<Framework>,
    in_transaction: Option<bool>,
    style: bool,
}

impl Wanted {
    fn takes(&self, path: &str) -> bool {
        let among = |globs: &Option<Globs>, otherwise| globs.as_ref().map_or(otherwise, |globs| globs.matches(path));
        (is_migration_path(path) || among(&self.also, false)) && among(&self.paths, true) && !among(&self.ignore, false)
    }
}

fn find(lua: &Lua, session: &Session, wanted: &Wanted) -> mlua::Result<Json> {
    let all = changes(lua, session)?;
    session.charge_changes(lua, all.len())?;
    let taken = |change: &&FileChange| change.status != ChangeStatus::Removed && wanted.takes(change.path.as_str());
    let files: Vec<&FileChange> = all.iter().filter(taken).collect();
    let keys = files.iter().flat_map(|change| {
        let old = is_merged(change).then(|| FileKey { side: Side::Left, path: change.old_path().clone() });
        std::iter::once(FileKey { side: Side::Right, path: change.path.clone() }).chain(old)
    });
    let missing: Vec<FactKey> =
        keys.filter(|key| !session.snapshot.files.contains_key(key)).map(FactKey::File).collect();
    if !missing.is_empty() {
        return Err(session.miss(missing));
    }
    let mut list = Vec::new();
    for change in files {
        list.extend(read(lua, session, change, wanted)?);
    }
    Ok(Json::Array(list))
}

/// Whether the base has the file, so that databases may have run it.
fn is_merged(change: &FileChange) -> bool {
    !matches!(change.status, ChangeStatus::Added | ChangeStatus::Copied)
}

fn read(lua: &Lua, session: &Session, change: &FileChange, wanted: &Wanted) -> mlua::Result<Option<Json>> {
    let text =
        |side, path: &crate::model::RepoPath| match session.snapshot.files.get(&FileKey { side, path: path.clone() }) {
            Some(Fact::Known(FileText::Text(text))) => Some(text.as_str()),
            _ => None,
        };
    let path = change.path.as_str();
    let Some(new) = text(Side::Right, &change.path) else { return Ok(None) };
    session.charge_bytes(lua, new.len().saturating_mul(COST))?;
    let Some(Migration { framework, .. }) = find_migration(path, new) else { return Ok(None) };
    let framework = wanted.framework.unwrap_or(framework);
    let options = CheckOptions {
        style: wanted.style,
        framework: wanted.framework,
        in_transaction: wanted.in_transaction,
        ..CheckOptions::default()
    };
    let old = if is_merged(change) { text(Side::Left, change.old_path()) } else { None };
    let moved = change.status == ChangeStatus::Renamed;
    let rewritten = old.is_some_and(|old| moved || is_rewritten(path, framework, old, new));
    let added: Option<BTreeSet<u32>> = match (is_merged(change), patch_text(lua, session, change)?) {
        (true, Some(patch)) => {
            let hunks = parse_hunks(patch);
            let lines = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == LineKind::Added);
            Some(lines.filter_map(|line| line.new).collect())
        }
        (true, None) => Some(BTreeSet::new()),
        (false, _) => None,
    };
    let is_new = |first: u32, last: u32| {
        added.as_ref().is_none_or(|added| added.range(first..=last.max(first)).next().is_some())
    };
    let findings = check(path, new, &options).unwrap_or_default();
    let findings = findings.iter().filter(|finding| is_new(finding.span.line, finding.span.end_line));
    let changed = schema_changes(&read_steps(path, new).unwrap_or_default());
    let changed = changed.iter().filter(|change| is_new(change.span.line, change.span.end_line)).map(|change| {
        let mut members = Map::new();
        members.insert("line".to_owned(), json!(change.span.line));
        members.insert("kind".to_owned(), json!(change.kind));
        members.insert("table".to_owned(), json!(change.table));
        if let Some(column) = &change.column {
            members.insert("column".to_owned(), json!(column));
        }
        Json::Object(members)
    });
    let edited = added.as_ref().and_then(|added| added.first().copied());
    let mut members = Map::new();
    members.insert("file".to_owned(), json!(path));
    members.insert("framework".to_owned(), json!(framework.as_str()));
    members.insert("merged".to_owned(), json!(is_merged(change)));
    members.insert("rewritten".to_owned(), json!(rewritten));
    if let Some(line) = edited {
        members.insert("edited_line".to_owned(), json!(line));
    }
    members.insert("parents".to_owned(), json!(parents(path, framework, new)));
    members.insert("changes".to_owned(), changed.collect());
    members.insert("findings".to_owned(), findings.map(finding_to_json).collect());
    Ok(Some(Json::Object(members)))
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

/// `{ file, table }`: whether a file of the head speaks of a table, by its name or by what a model of it is called:
/// `users`, `user`, `User`; of `shop_order_items` also `OrderItem`.
pub(super) fn mentions_table(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let file: String = arguments.get("file")?;
    let table: String = arguments.get("table")?;
    let key = FileKey { side: Side::Right, path: file.as_str().into() };
    let text = match session.snapshot.files.get(&key) {
        Some(Fact::Known(FileText::Text(text))) => text,
        Some(_) => return Ok(json!(false)),
        None => return Err(session.miss([FactKey::File(key)])),
    };
    session.charge_bytes(lua, text.len())?;
    Ok(json!(speaks_of_table(text, &table)))
}
