//! A migration of the pull request that was read, and the facts that it was read from.

use super::super::super::session::Session;
use super::super::git::{patch_text, text_at};
use super::find::Wanted;
use crate::analysis::migrations::{Framework, SchemaChange, Step, find_migration, read_steps_as, schema_changes};
use crate::diff::{LineKind, parse_hunks};
use crate::model::{ChangeStatus, Fact, FactKey, FileChange, FileKey, FileText, Side};
use mlua::Lua;
use std::collections::BTreeSet;

/// Reading a byte of SQL costs as much as so many bytes of plain text.
pub(super) const COST: usize = 16;

/// A migration of the pull request that was read.
pub(super) struct Opened<'a> {
    pub(super) change: &'a FileChange,
    pub(super) text: &'a str,
    pub(super) framework: Framework,
    pub(super) steps: Vec<Step>,
    pub(super) changes: Vec<SchemaChange>,
    /// The added lines of a merged one; of a new one all are.
    pub(super) added: Option<BTreeSet<u32>>,
}

impl Opened<'_> {
    pub(super) fn path(&self) -> &str {
        self.change.path.as_str()
    }

    pub(super) fn is_new(&self, first: u32, last: u32) -> bool {
        self.added.as_ref().is_none_or(|added| added.range(first..=last.max(first)).next().is_some())
    }

    /// What it takes away, on new lines.
    pub(super) fn gone(&self) -> impl Iterator<Item = &SchemaChange> {
        self.changes.iter().filter(|change| change.takes_away() && self.is_new(change.span.line, change.span.end_line))
    }
}

/// Reads a file; `None` when it is no migration. What nobody can read ends the rule.
pub(super) fn open<'a>(
    lua: &Lua,
    session: &'a Session,
    change: &'a FileChange,
    wanted: &Wanted,
) -> mlua::Result<Option<Opened<'a>>> {
    let path = change.path.as_str();
    let key = FileKey { side: Side::Right, path: change.path.clone() };
    if let (Some(Fact::Known(FileText::NotText(reason))), true) = (session.snapshot.files.get(&key), is_code(path)) {
        let message = format!(
            "the migration `{path}` is no text ({reason}: a NUL byte, or UTF-16), so this rule cannot judge it; save it as UTF-8"
        );
        return Err(session.fault(lua, message));
    }
    let Some(text) = text_at(lua, session, key)? else { return Ok(None) };
    session.charge_bytes(lua, text.len().saturating_mul(COST))?;
    let found = find_migration(path, text).map(|migration| migration.framework);
    let Some(framework) = wanted.framework.or(found) else { return Ok(None) };
    let added: Option<BTreeSet<u32>> = match (is_merged(change), patch_text(lua, session, change)?) {
        (true, Some(patch)) => {
            let hunks = parse_hunks(patch);
            let lines = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == LineKind::Added);
            Some(lines.filter_map(|line| line.new).collect())
        }
        (true, None) => Some(BTreeSet::new()),
        (false, _) => None,
    };
    let steps = read_steps_as(path, text, wanted.framework).unwrap_or_default();
    Ok(Some(Opened { change, text, framework, changes: schema_changes(&steps), steps, added }))
}

/// Whether a file of that name is text, however it is written: what else lies beside migrations is none.
fn is_code(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["sql", "py", "rb", "ex", "exs", "js", "ts", "mjs", "cjs", "mts", "cts"].contains(&extension)
}

/// Ends the pass when one of the facts was not asked for yet.
pub(super) fn need(session: &Session, keys: impl IntoIterator<Item = FactKey>) -> mlua::Result<()> {
    let missing: Vec<FactKey> = keys.into_iter().filter(|key| !session.snapshot.has(key)).collect();
    if missing.is_empty() { Ok(()) } else { Err(session.miss(missing)) }
}

pub(super) fn text_of<'a>(session: &'a Session, side: Side, path: &str) -> Option<&'a str> {
    match session.snapshot.files.get(&FileKey { side, path: path.into() }) {
        Some(Fact::Known(FileText::Text(text))) => Some(text),
        _ => None,
    }
}

pub(super) fn head_text<'a>(session: &'a Session, path: &str) -> Option<&'a str> {
    text_of(session, Side::Right, path)
}

/// Whether the base has the file, so that databases may have run it.
pub(super) fn is_merged(change: &FileChange) -> bool {
    !matches!(change.status, ChangeStatus::Added | ChangeStatus::Copied)
}
