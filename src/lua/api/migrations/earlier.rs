//! Older migrations of the same directory, where a step cannot be judged without them.

use super::super::super::session::Session;
use super::find::Wanted;
use super::opened::{COST, Opened, head_text, need};
use crate::analysis::migrations::{Operation, Step, TableChange, directory_of, is_migration_path, read_steps_as};
use crate::model::{Fact, FactKey, FileKey, RepoPath, Side};
use mlua::Lua;
use std::collections::{BTreeMap, BTreeSet};

/// Migrations of one directory that are read for what they say about older tables: the newest ones.
const MAX_EARLIER: usize = 100;
/// Bytes of them.
const MAX_EARLIER_BYTES: usize = 512 << 10;

/// Older migrations with what they do, in order, by directory.
pub(super) type Earlier<'a> = BTreeMap<&'a str, Vec<(&'a str, Vec<Step>)>>;

/// The directories whose older migrations change a verdict.
pub(super) fn folders(opened: &[Opened<'_>]) -> BTreeSet<FileKey> {
    let asking = opened.iter().filter(|migration| migration.steps.iter().any(builds_on_older));
    asking.map(|migration| FileKey { side: Side::Right, path: directory_of(migration.path()).into() }).collect()
}

/// The older migrations to read in folders that are listed. `own` are the files that the pull request changes or deletes.
pub(super) fn files<'a>(session: &'a Session, folders: &BTreeSet<FileKey>, own: &[&str]) -> Vec<&'a str> {
    let mut files = Vec::new();
    for folder in folders {
        let Some(Fact::Known(paths)) = session.snapshot.folders.get(folder) else { continue };
        let directory = folder.path.as_str();
        let earlier = paths.iter().map(RepoPath::as_str);
        let is_earlier =
            |path: &&str| directory_of(path) == directory && is_migration_path(path) && !own.contains(path);
        let mut earlier: Vec<&str> = earlier.filter(is_earlier).collect();
        earlier.drain(..earlier.len().saturating_sub(MAX_EARLIER));
        files.extend(earlier);
    }
    files
}

/// What they did. Their texts are there, or the pass ends.
pub(super) fn steps<'a>(
    lua: &Lua,
    session: &'a Session,
    files: Vec<&'a str>,
    wanted: &Wanted,
) -> mlua::Result<Earlier<'a>> {
    need(session, files.iter().map(|path| FactKey::File(FileKey { side: Side::Right, path: (*path).into() })))?;
    let mut earlier: Earlier<'a> = BTreeMap::new();
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    // The newest first, as long as the budget of their directory lasts.
    for path in files.into_iter().rev() {
        let directory = directory_of(path);
        let left = left.entry(directory).or_insert(MAX_EARLIER_BYTES);
        let Some(text) = head_text(session, path) else { continue };
        let Some(rest) = left.checked_sub(text.len()) else {
            *left = 0;
            continue;
        };
        *left = rest;
        session.charge_bytes(lua, text.len().saturating_mul(COST))?;
        earlier
            .entry(directory)
            .or_default()
            .push((path, read_steps_as(path, text, wanted.framework).unwrap_or_default()));
    }
    earlier.values_mut().for_each(|files| files.reverse());
    Ok(earlier)
}

/// Whether older migrations change the verdict: a new type depends on the old one, `NOT NULL` on a check and on what the
/// column was, and what Django does on the old form of its models.
fn builds_on_older(step: &Step) -> bool {
    match &step.operation {
        Operation::Model(change) => change.builds_on_older(),
        Operation::Alter { change, .. } => matches!(
            change,
            TableChange::SetType { from: None, .. } | TableChange::SetNotNull { .. } | TableChange::KeepNotNull { .. }
        ),
        _ => false,
    }
}
