//! Where the head still uses what migrations take away.

use super::super::super::session::Session;
use super::opened::{Opened, head_text};
use crate::analysis::migrations::{SchemaChange, lines_that_use, names_in_code, names_of_table};
use crate::model::{Fact, FactKey, FileKey, RepoPath, Search, Searched, Side};
use mlua::Lua;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Names that one review searches for.
const MAX_NAMES: usize = 30;

/// The search for everything that the migrations drop or rename, in code that these patterns name; `None` when nothing
/// goes away.
pub(super) fn search_for(opened: &[Opened<'_>], among: &[String]) -> Option<Search> {
    let gone: Vec<(&str, &SchemaChange)> =
        opened.iter().flat_map(|migration| migration.gone().map(|change| (migration.path(), change))).collect();
    let (mut words, mut names, mut beside) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for (path, change) in gone.into_iter().take(MAX_NAMES) {
        words.extend(names_in_code(change));
        names.extend(names_of_table(&change.table));
        beside.extend(surroundings(path).map(RepoPath::new));
    }
    words.sort();
    words.dedup();
    (!words.is_empty()).then(|| Search {
        words,
        among: among.to_vec(),
        names: names.into_iter().collect(),
        beside: beside.into_iter().collect(),
    })
}

/// `shop` of `shop/migrations/0002_x.py`.
fn surroundings(path: &str) -> Option<&str> {
    let (directory, _) = path.rsplit_once('/')?;
    Some(directory.rsplit_once('/')?.0)
}

/// The texts in which the lines are looked for.
pub(super) fn texts(session: &Session, search: &Search) -> Vec<FactKey> {
    let key = |path: &RepoPath| FactKey::File(FileKey { side: Side::Right, path: path.clone() });
    match session.snapshot.searches.get(search) {
        Some(Fact::Known(found)) => found.files.iter().map(key).collect(),
        _ => Vec::new(),
    }
}

/// What a search says of one name: `{ places = { { file, line } }, read?, of?, trouble? }`.
pub(super) fn uses_of(
    lua: &Lua,
    session: &Session,
    search: &Search,
    migration: &str,
    change: &SchemaChange,
) -> mlua::Result<Json> {
    let words = names_in_code(change);
    let found = match session.snapshot.searches.get(search) {
        Some(Fact::Known(found)) => found,
        Some(Fact::Unavailable(reason)) => return Ok(json!({ "places": [], "trouble": reason.to_string() })),
        None => return Err(session.miss([FactKey::Search(search.clone())])),
    };
    if !words.iter().all(|word| search.words.contains(word)) {
        return Ok(json!({ "places": [], "trouble": format!("only the first {MAX_NAMES} names are searched for") }));
    }
    let Searched { files, read, of } = found;
    let mut places = Vec::new();
    for path in files {
        let Some(text) = head_text(session, path.as_str()) else { continue };
        session.charge_bytes(lua, text.len() * (1 + words.len()))?;
        let lines = lines_that_use(migration, path.as_str(), text, change);
        places.extend(lines.into_iter().map(|line| json!({ "file": path.as_str(), "line": line })));
    }
    Ok(json!({ "places": places, "read": read, "of": of }))
}
