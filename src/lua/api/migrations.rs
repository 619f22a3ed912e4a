//! `danger.migrations`, and the same with options for the built-in rule.

use super::super::globs::Globs;
use super::super::session::Session;
use super::git::{changes, patch_text};
use super::record;
use crate::analysis::migrations::{
    Before, CheckOptions, Finding, Framework, Operation, Step, TableChange, check, directory_of, find_migration,
    is_migration_path, is_rewritten, neighbours, parents, read_steps_as, reverse_of, schema_changes, speaks_of_table,
};
use crate::diff::{LineKind, parse_hunks};
use crate::model::{ChangeStatus, Fact, FactKey, FileChange, FileKey, FileText, RepoPath, Side};
use mlua::{Lua, Table, Value};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
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
    let own: Vec<&str> = all.iter().flat_map(|change| [change.path.as_str(), change.old_path().as_str()]).collect();
    let earlier = earlier_steps(lua, session, &files, &own, wanted)?;
    let (mut list, mut together) = (Vec::new(), Vec::new());
    for change in files {
        let older = earlier.get(directory_of(change.path.as_str())).into_iter().flatten();
        let older = older.filter(|(path, _)| *path < change.path.as_str());
        let merged = older.flat_map(|(_, steps)| steps.iter().cloned()).collect();
        let mut before = Before { merged, together: std::mem::take(&mut together) };
        list.extend(read(lua, session, change, wanted, &mut before)?);
        together = before.together;
    }
    Ok(Json::Array(list))
}

/// Migrations of one directory that are read for what they say about older tables: the newest ones.
const MAX_EARLIER: usize = 100;
/// Bytes of them.
const MAX_EARLIER_BYTES: usize = 512 << 10;

/// Older migrations with what they do.
type Earlier<'a> = Vec<(&'a str, Vec<Step>)>;

/// What older migrations did, by directory, in order; only where a step cannot be judged without them.
fn earlier_steps<'a>(
    lua: &Lua,
    session: &'a Session,
    files: &[&FileChange],
    own: &[&str],
    wanted: &Wanted,
) -> mlua::Result<BTreeMap<String, Earlier<'a>>> {
    let mut directories = BTreeSet::new();
    for change in files {
        let path = change.path.as_str();
        let Some(text) = head_text(session, path) else { continue };
        session.charge_bytes(lua, text.len())?;
        if speaks_of_older(text)
            && read_steps_as(path, text, wanted.framework).is_some_and(|steps| steps.iter().any(builds_on_older))
        {
            directories.insert(directory_of(path).to_owned());
        }
    }
    let folder = |directory: &String| FileKey { side: Side::Right, path: directory.as_str().into() };
    need_folders(session, directories.iter().map(folder))?;
    let mut listed: BTreeMap<String, Vec<&'a str>> = BTreeMap::new();
    for directory in directories {
        let Some(Fact::Known(paths)) = session.snapshot.folders.get(&folder(&directory)) else { continue };
        let earlier = paths
            .iter()
            .map(RepoPath::as_str)
            .filter(|path| directory_of(path) == directory && is_migration_path(path) && !own.contains(path));
        let mut earlier: Vec<&str> = earlier.collect();
        earlier.drain(..earlier.len().saturating_sub(MAX_EARLIER));
        listed.insert(directory, earlier);
    }
    let key = |path: &str| FileKey { side: Side::Right, path: path.into() };
    let missing: Vec<FactKey> = listed
        .values()
        .flatten()
        .map(|path| key(path))
        .filter(|key| !session.snapshot.files.contains_key(key))
        .map(FactKey::File)
        .collect();
    if !missing.is_empty() {
        return Err(session.miss(missing));
    }
    let mut earlier = BTreeMap::new();
    for (directory, paths) in listed {
        let mut left = MAX_EARLIER_BYTES;
        let mut kept: Earlier<'a> = Vec::new();
        for path in paths.into_iter().rev() {
            let Some(text) = head_text(session, path) else { continue };
            let Some(rest) = left.checked_sub(text.len()) else { break };
            left = rest;
            kept.push((path, read_steps_as(path, text, wanted.framework).unwrap_or_default()));
        }
        session.charge_bytes(lua, (MAX_EARLIER_BYTES - left).saturating_mul(COST))?;
        kept.reverse();
        earlier.insert(directory, kept);
    }
    Ok(earlier)
}

/// Cheap words without which no step builds on older ones.
fn speaks_of_older(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["type", "null", "alterfield", "change_column", "t.change", "modify"].iter().any(|word| lower.contains(word))
}

/// Whether older migrations change the verdict: a new type depends on the old one, `NOT NULL` on a check.
fn builds_on_older(step: &Step) -> bool {
    matches!(
        &step.operation,
        Operation::Alter { change: TableChange::SetType { from: None, .. } | TableChange::SetNotNull { .. }, .. }
    )
}

fn need_folders(session: &Session, folders: impl Iterator<Item = FileKey>) -> mlua::Result<()> {
    let missing: Vec<FactKey> =
        folders.filter(|key| !session.snapshot.folders.contains_key(key)).map(FactKey::Folder).collect();
    if missing.is_empty() { Ok(()) } else { Err(session.miss(missing)) }
}

fn head_text<'a>(session: &'a Session, path: &str) -> Option<&'a str> {
    match session.snapshot.files.get(&FileKey { side: Side::Right, path: path.into() }) {
        Some(Fact::Known(FileText::Text(text))) => Some(text),
        _ => None,
    }
}

/// `{ file, framework }` of a new migration into `{ same_number?, newer?, new_on_base?, reverse? }`: other migrations of
/// its directory, at the tip of the base branch and at the head, that get in its way, and the file that should take it
/// back and is missing or empty.
pub(super) fn neighbours_of(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let file: String = arguments.get("file")?;
    let word: String = arguments.get("framework")?;
    let Some(framework) = Framework::ALL.into_iter().find(|known| known.as_str() == word) else {
        return Ok(Json::Object(Map::new()));
    };
    let all = changes(lua, session)?;
    let folder = |side| FileKey { side, path: directory_of(&file).into() };
    need_folders(session, [folder(Side::Left), folder(Side::Right)].into_iter())?;
    let listed = |side| match session.snapshot.folders.get(&folder(side)) {
        Some(Fact::Known(paths)) => Some(paths.iter().map(RepoPath::as_str).collect::<Vec<&str>>()),
        _ => None,
    };
    let (Some(base), Some(head)) = (listed(Side::Left), listed(Side::Right)) else {
        return Ok(Json::Object(Map::new()));
    };
    session.charge_changes(lua, base.len() + head.len())?;
    let own: Vec<&str> = all.iter().flat_map(|change| [change.path.as_str(), change.old_path().as_str()]).collect();
    let found = neighbours(&file, framework, &own, &base, &head);
    let mut members = Map::new();
    let named = [("same_number", found.same_number), ("newer", found.newer), ("new_on_base", found.new_on_base)];
    members.extend(named.into_iter().filter_map(|(name, path)| Some((name.to_owned(), json!(path?)))));
    if let Some(reverse) = reverse_of(&file)
        && lacks_statements(session, &reverse, &head)?
    {
        members.insert("reverse".to_owned(), json!(reverse));
    }
    Ok(Json::Object(members))
}

/// Whether a file of SQL is not there, or says nothing.
fn lacks_statements(session: &Session, path: &str, head: &[&str]) -> mlua::Result<bool> {
    if !head.contains(&path) {
        return Ok(true);
    }
    let key = FileKey { side: Side::Right, path: path.into() };
    match session.snapshot.files.get(&key) {
        None => Err(session.miss([FactKey::File(key)])),
        Some(Fact::Known(FileText::Text(text))) => {
            Ok(text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with("--")))
        }
        Some(_) => Ok(false),
    }
}

/// Whether the base has the file, so that databases may have run it.
fn is_merged(change: &FileChange) -> bool {
    !matches!(change.status, ChangeStatus::Added | ChangeStatus::Copied)
}

/// Reads one migration. What a new one does is added to what comes together with the later ones.
fn read(
    lua: &Lua,
    session: &Session,
    change: &FileChange,
    wanted: &Wanted,
    before: &mut Before,
) -> mlua::Result<Option<Json>> {
    let text =
        |side, path: &crate::model::RepoPath| match session.snapshot.files.get(&FileKey { side, path: path.clone() }) {
            Some(Fact::Known(FileText::Text(text))) => Some(text.as_str()),
            _ => None,
        };
    let path = change.path.as_str();
    let Some(new) = text(Side::Right, &change.path) else { return Ok(None) };
    session.charge_bytes(lua, new.len().saturating_mul(COST))?;
    let found = find_migration(path, new).map(|migration| migration.framework);
    let Some(framework) = wanted.framework.or(found) else { return Ok(None) };
    let options = CheckOptions {
        style: wanted.style,
        framework: wanted.framework,
        in_transaction: wanted.in_transaction,
        before: std::mem::take(before),
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
    let said = check(path, new, &options).unwrap_or_default();
    let findings = said.iter().filter(|finding| is_new(finding.span.line, finding.span.end_line));
    *before = options.before;
    let steps = read_steps_as(path, new, wanted.framework).unwrap_or_default();
    let changed = schema_changes(&steps);
    if !is_merged(change) {
        before.together.extend(steps);
    }
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
