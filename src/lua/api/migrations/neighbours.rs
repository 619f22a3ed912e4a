//! What lies beside a new migration: its number, its parents, the file that takes it back.

use super::super::super::session::Session;
use super::super::git::changes;
use super::opened::need;
use crate::analysis::migrations::{Framework, directory_of, neighbours, reverse_of};
use crate::model::{Fact, FactKey, FileKey, FileText, RepoPath, Side};
use mlua::{Lua, Table};
use serde_json::{Map, Value as Json, json};

/// The folders that tell of a migration's neighbours: at the tip of the base branch and at the head.
pub(super) fn folders(file: &str) -> [FileKey; 2] {
    [Side::Left, Side::Right].map(|side| FileKey { side, path: directory_of(file).into() })
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
