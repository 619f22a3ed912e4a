//! Finds the migrations of a pull request, and asks for everything that is needed to judge them in few rounds.

use super::super::super::session::Session;
use super::super::{git::changes, record};
use super::opened::{is_merged, need, open};
use super::said::judge;
use super::{earlier, neighbours, uses};
use crate::analysis::globs::Globs;
use crate::analysis::migrations::{Before, Framework, Step, directory_of, is_migration_path};
use crate::model::{ChangeStatus, FactKey, FileChange, FileKey, Side};
use mlua::{Lua, Table, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The type of the list, as the table of names says it.
const SIGNATURE: &str = "{ Migration }";

/// `danger.migrations`.
pub(in super::super) fn field(lua: &Lua, session: &Rc<Session>, name: &str) -> mlua::Result<Option<Value>> {
    if name != "migrations" {
        return Ok(None);
    }
    let found = find(lua, session, &Wanted { style: true, ..Wanted::default() })?;
    record::to_record(lua, session, "danger.migrations", SIGNATURE, &found).map(Some)
}

/// `{ paths, also, ignore, framework?, in_transaction?, code? }` into the list that `danger.migrations` is. With `code`,
/// patterns of code, each change that takes something away also has `uses`: where that code still uses it.
pub(in super::super) fn migrations(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
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
        code: arguments.get("code")?,
    };
    find(lua, session, &wanted)
}

#[derive(Default)]
pub(super) struct Wanted {
    paths: Option<Globs>,
    also: Option<Globs>,
    ignore: Option<Globs>,
    pub(super) framework: Option<Framework>,
    pub(super) in_transaction: Option<bool>,
    pub(super) style: bool,
    /// Code that is searched for what migrations take away.
    code: Option<Vec<String>>,
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
    need(session, keys.map(FactKey::File))?;
    let mut opened = Vec::new();
    for change in files {
        opened.extend(open(lua, session, change, wanted)?);
    }
    let search = wanted.code.as_ref().and_then(|code| uses::search_for(&opened, code));
    // Everything that the rule will read is asked for in two rounds, so that it costs few requests.
    let folders = earlier::folders(&opened);
    let beside = opened.iter().filter(|migration| wanted.code.is_some() && !is_merged(migration.change));
    let beside = beside.flat_map(|migration| neighbours::folders(migration.path()));
    let listed = folders.iter().cloned().chain(beside).map(FactKey::Folder);
    let parents = if wanted.code.is_some() { neighbours::parents_of(&opened) } else { Vec::new() };
    let followed = parents.iter().map(|name| FactKey::Uses((*name).clone()));
    need(session, listed.chain(search.clone().map(FactKey::Search)).chain(followed))?;
    let own: Vec<&str> = all.iter().flat_map(|change| [change.path.as_str(), change.old_path().as_str()]).collect();
    let older = earlier::files(session, &folders, &own);
    let texts = older.iter().map(|path| FactKey::File(FileKey { side: Side::Right, path: (*path).into() }));
    let holding = search.iter().flat_map(|search| uses::texts(session, search));
    let beside = neighbours::texts(session, &parents).into_iter();
    let companions = opened.iter().filter(|_| wanted.code.is_some()).flat_map(|it| neighbours::companions(session, it));
    need(session, texts.chain(holding).chain(beside).chain(companions))?;
    let earlier = earlier::steps(lua, session, older, wanted)?;
    let mut list = Vec::new();
    // Another directory is another database as far as anybody can see.
    let mut new: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    for migration in opened {
        let directory = directory_of(migration.path());
        let older = earlier.get(directory).into_iter().flatten();
        let older = older.filter(|(path, _)| *path < migration.path());
        let merged = older.flat_map(|(_, steps)| steps.iter().cloned()).collect();
        let together = new.remove(directory).unwrap_or_default();
        let before = Before { merged, together };
        list.push(judge(lua, session, &migration, wanted, search.as_ref(), &before)?);
        let together = new.entry(directory.to_owned()).or_insert(before.together);
        if !is_merged(migration.change) {
            together.extend(migration.steps);
        }
    }
    Ok(Json::Array(list))
}
