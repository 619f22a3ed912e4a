//! What lies beside a new migration: its number, its parents, the file that takes it back.

use super::super::super::session::Session;
use super::super::git::changes;
use super::opened::{Opened, is_merged, need};
use crate::analysis::migrations::{
    Framework, directory_of, is_migration_path, neighbours, parents, reverse_of, settings_of,
};
use crate::model::{Fact, FactKey, FileKey, FileText, RepoPath, Side};
use mlua::{Lua, Table};
use serde_json::{Map, Value as Json, json};

/// The folders that tell of a migration's neighbours: at the tip of the base branch and at the head.
pub(super) fn folders(file: &str) -> [FileKey; 2] {
    [Side::Left, Side::Right].map(|side| FileKey { side, path: directory_of(file).into() })
}

/// The migrations that the new ones say they follow, as many as the rule looks for.
pub(super) fn parents_of(opened: &[Opened<'_>]) -> Vec<String> {
    let new = opened.iter().filter(|migration| !is_merged(migration.change));
    let mut names: Vec<String> = Vec::new();
    for name in new.flat_map(|migration| parents(migration.path(), migration.framework, migration.text)) {
        if !names.contains(&name) && names.len() < MAX_PARENTS {
            names.push(name);
        }
    }
    names
}

/// So many parents are looked for in one review.
const MAX_PARENTS: usize = 20;

/// The texts of other migrations that name a parent.
pub(super) fn texts(session: &Session, parents: &[String]) -> Vec<FactKey> {
    let known = parents.iter().filter_map(|name| session.snapshot.uses.get(name));
    let paths = known.flat_map(|fact| match fact {
        Fact::Known(paths) => paths.as_slice(),
        Fact::Unavailable(_) => &[],
    });
    let migrations = paths.filter(|path| is_migration_path(path.as_str()));
    migrations.map(|path| FactKey::File(FileKey { side: Side::Right, path: path.clone() })).take(MAX_TEXTS).collect()
}

/// Migrations that name a parent and are read at once.
const MAX_TEXTS: usize = 50;

/// The texts that say more about a new migration, where they are there: the file that takes it back, its settings.
pub(super) fn companions(session: &Session, migration: &Opened<'_>) -> Vec<FactKey> {
    let [_, folder] = folders(migration.path());
    let Some(Fact::Known(paths)) = session.snapshot.folders.get(&folder) else { return Vec::new() };
    let wanted = [reverse_of(migration.path()), settings_of(migration.path(), migration.framework)];
    let wanted = wanted.into_iter().flatten().filter(|_| !is_merged(migration.change));
    let there = wanted.filter_map(|name| paths.iter().find(|path| path.as_str() == name));
    there.map(|path| FactKey::File(FileKey { side: Side::Right, path: path.clone() })).collect()
}

/// `{ file, framework }` of a new migration into `{ same_number?, newer?, new_on_base?, reverse? }`: other migrations of
/// its directory, at the tip of the base branch and at the head, that get in its way, and the file that should take it
/// back and is missing or empty.
pub(in super::super) fn neighbours_of(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let file: String = arguments.get("file")?;
    let word: String = arguments.get("framework")?;
    let Some(framework) = Framework::ALL.into_iter().find(|known| known.as_str() == word) else {
        return Ok(Json::Object(Map::new()));
    };
    let all = changes(lua, session)?;
    let [old, new] = folders(&file);
    need(session, [&old, &new].map(|folder| FactKey::Folder(folder.clone())))?;
    let listed = |folder| match session.snapshot.folders.get(folder) {
        Some(Fact::Known(paths)) => Some(paths.iter().map(RepoPath::as_str).collect::<Vec<&str>>()),
        _ => None,
    };
    let (Some(base), Some(head)) = (listed(&old), listed(&new)) else {
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
