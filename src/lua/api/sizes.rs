//! `danger.git.file_size`: how many bytes a file has, without reading it.

use super::super::session::Session;
use super::git::{changes, read_path, read_side};
use crate::model::{ChangeStatus, FactKey, FileChange, FileKey, Side};
use mlua::{Lua, Value};

/// At most so many sizes come with the first one that a rule asks for: as many files as GitHub lists of a pull request.
const MAX_PREFETCHED_SIZES: usize = 3_000;

pub(super) fn file_size(lua: &Lua, session: &Session, path: &Value, side: &Value) -> mlua::Result<Option<f64>> {
    let path = read_path(lua, session, "danger.git.file_size", path)?;
    let key = FileKey { side: read_side(lua, session, "file_size", side)?, path };
    match session.snapshot.sizes.get(&key) {
        None => Err(session.miss(with_companions(lua, session, &key)?)),
        // Sizes stay far below 2^53.
        known => Ok(session.need(lua, known, FactKey::Size(key))?.map(|bytes| bytes as f64)),
    }
}

/// The size asked for and, at the head, those of the other files that are new or changed: a loop over files then costs
/// one pass.
fn with_companions(lua: &Lua, session: &Session, key: &FileKey) -> mlua::Result<Vec<FactKey>> {
    let mut keys = vec![FactKey::Size(key.clone())];
    let changes = changes(lua, session)?;
    let is_there = |change: &&FileChange| key.side == Side::Right && change.status != ChangeStatus::Removed;
    let paths = session.current_paths.borrow();
    let companions = changes
        .iter()
        .filter(is_there)
        .filter(|change| paths.as_ref().is_none_or(|globs| globs.matches(change.path.as_str())))
        .map(|change| FileKey { side: key.side, path: change.path.clone() })
        .filter(|other| other != key && !session.snapshot.sizes.contains_key(other));
    keys.extend(companions.take(MAX_PREFETCHED_SIZES - 1).map(FactKey::Size));
    Ok(keys)
}
