//! The analyses of changed source code, as built-in rules call them.

use super::super::convert::to_lua;
use super::super::options::text_of;
use super::super::session::Session;
use super::git::{changes, is_uncounted, patch_text};
use crate::analysis::attributes::Attributes;
use crate::analysis::flags::{declared_flags, declares_name, find_uses, measure_added_code, removed_flags};
use crate::analysis::focus::render_focus;
use crate::analysis::globs::Globs;
use crate::analysis::leftovers::{LeftoverFile, LeftoverKind, LeftoverOptions, find_leftovers, may_have_leftovers};
use crate::analysis::secrets::{SecretOptions, SecretScope, SourceLine, find_secrets};
use crate::diff::{Hunk, LineKind, parse_hunks};
use crate::model::{ChangeStatus, Fact, FactKey, FileChange, FileKey, FileText, Patch, RepoPath, Side};
use memchr::memmem::Finder;
use mlua::{Lua, Table, Value};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Files that speak about a flag without asking for it.
const PROSE: [&str; 2] = ["*.{md,mdx,rst,adoc,txt}", "{CHANGELOG,CHANGES,HISTORY,NEWS}*"];

/// Files that are read for the uses of one flag.
const MAX_READ: usize = 20;

/// Adds them to the table of analyses.
pub(super) fn add_to(table: &Table, lua: &Lua, session: &Rc<Session>) -> mlua::Result<()> {
    let add = |name: &str, analysis: fn(&Lua, &Session, &Table) -> mlua::Result<Json>| {
        let session = Rc::clone(session);
        let call = move |lua: &Lua, arguments: Table| -> mlua::Result<Value> {
            to_lua(lua, &analysis(lua, &session, &arguments)?)
        };
        table.raw_set(name, lua.create_function(call)?)
    };
    add("changed_lines", changed_lines)?;
    add("uncounted_files", uncounted_files)?;
    add("moved_files", moved_files)?;
    add("files_adding", files_adding)?;
    add("given_to_lfs", given_to_lfs)?;
    add("leftovers", leftovers)?;
    add("secrets", secrets)?;
    add("features", features)?;
    add("changelog", super::changelog::for_rule)?;
    add("migrations", super::migrations::migrations)?;
    add("migration_neighbours", super::migrations::neighbours_of)?;
    add("missing_tests", super::testing::missing_tests)?;
    add("lint", super::lint::lint)?;
    add("removed_flags", removed)?;
    add("uses", uses)
}

/// `{ paths }` into `{ { file, lines } }`: how many lines each adds and removes, without reading a diff.
fn changed_lines(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let paths: Vec<String> = arguments.get("paths")?;
    let mut lines: HashMap<&str, u64> = HashMap::new();
    for change in changes(lua, session)? {
        // Of a file that became another type, both entries count.
        *lines.entry(change.path.as_str()).or_default() += u64::from(change.additions) + u64::from(change.deletions);
    }
    let counted = paths.iter().filter_map(|path| Some(json!({ "file": path, "lines": lines.get(path.as_str())? })));
    Ok(counted.collect())
}

/// The files whose diff was cut without saying how many lines it has.
fn uncounted_files(lua: &Lua, session: &Session, _arguments: &Table) -> mlua::Result<Json> {
    Ok(changes(lua, session)?.iter().filter(|it| is_uncounted(it)).map(|it| Json::from(it.path.as_str())).collect())
}

/// The files that have another name and the same content.
fn moved_files(lua: &Lua, session: &Session, _arguments: &Table) -> mlua::Result<Json> {
    let moved = |it: &&FileChange| it.status == ChangeStatus::Renamed && it.patch == Patch::Empty;
    Ok(changes(lua, session)?.iter().filter(moved).map(|it| Json::from(it.path.as_str())).collect())
}

/// `{ text, paths }` into `{ [path] = pattern }`: what a text of `.gitattributes` gives to Git LFS.
fn given_to_lfs(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let text: mlua::LuaString = arguments.get("text")?;
    let paths: Vec<String> = arguments.get("paths")?;
    session.charge_bytes(lua, text.as_bytes().len() * 4)?;
    let text = text_of(&text);
    let read = Attributes::parse(&text);
    let of_paths: usize = paths.iter().map(String::len).sum();
    session.charge_bytes(lua, read.size().saturating_mul(of_paths))?;
    let given = paths.iter().filter_map(|path| Some((path.clone(), Json::from(read.gives_to_lfs(path)?))));
    Ok(Json::Object(given.collect()))
}

/// `{ paths, beginnings }` into a list of files: those where an added line begins with one of the texts.
fn files_adding(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let beginnings: Vec<String> = arguments.get("beginnings")?;
    let sought: Vec<Finder<'_>> = beginnings.iter().map(Finder::new).collect();
    let paths: Vec<String> = arguments.get("paths")?;
    let begins = |text: &str, at: usize| text[..at].ends_with("\n+");
    let adds = |text: &str| sought.iter().any(|it| it.find_iter(text.as_bytes()).any(|at| begins(text, at)));
    let mut found = Vec::new();
    for (change, text) in changed_texts(lua, session, &paths)? {
        session.charge_bytes(lua, text.len())?;
        if adds(text) {
            found.push(Json::from(change.path.as_str()));
        }
    }
    Ok(Json::Array(found))
}

/// `{ paths, tests, programs, allow, also, comments }`, lists of texts, into
/// `{ { file, line, end_line, kind, name, text?, suggestion? } }`; what `text` says is said in these words by other rules too.
fn leftovers(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let options = LeftoverOptions {
        allow: arguments.get("allow")?,
        also: arguments.get("also")?,
        comments: arguments.get("comments")?,
    };
    let tests: HashSet<String> = arguments.get::<Vec<String>>("tests")?.into_iter().collect();
    let programs: HashSet<String> = arguments.get::<Vec<String>>("programs")?.into_iter().collect();
    let paths: Vec<String> = arguments.get("paths")?;
    let files = changed_files(lua, session, &paths)?;
    let suspects: Vec<&ChangedFile<'_>> =
        files.iter().filter(|file| may_have_leftovers(file.path(), &file.hunks, &options)).collect();
    // Whether a line lies inside a string or a comment that began above its hunk, only the whole file tells.
    let wanted = suspects.iter().filter(|file| !file.is_whole()).map(|file| file.key());
    let missing: Vec<FactKey> =
        wanted.filter(|key| !session.snapshot.files.contains_key(key)).map(FactKey::File).collect();
    if !missing.is_empty() {
        return Err(session.miss(missing));
    }
    let mut found = Vec::new();
    for file in suspects {
        let text = match session.snapshot.files.get(&file.key()) {
            Some(Fact::Known(FileText::Text(text))) if !file.is_whole() => {
                session.charge_bytes(lua, text.len())?;
                Some(text.as_str())
            }
            _ => None,
        };
        let judged = LeftoverFile {
            path: file.path(),
            hunks: &file.hunks,
            text,
            is_test: tests.contains(file.path()),
            is_program: programs.contains(file.path()),
        };
        for leftover in find_leftovers(&judged, &options) {
            found.push(json!({
                "file": file.path(),
                "line": leftover.line,
                "end_line": leftover.end_line,
                "kind": leftover.kind.as_str(),
                "name": leftover.name,
                "text": (leftover.kind == LeftoverKind::Focus).then(|| render_focus(&leftover.name)),
                "suggestion": leftover.suggestion,
            }));
        }
    }
    Ok(Json::Array(found))
}

/// `{ paths, fixtures, documents, entropy, allow }` into `{ { file, line, end_line, what, shown, revoke, proof } }`.
fn secrets(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let options = SecretOptions { allow: arguments.get("allow")? };
    let entropy: bool = arguments.get("entropy")?;
    let fixtures: HashSet<String> = arguments.get::<Vec<String>>("fixtures")?.into_iter().collect();
    let documents: HashSet<String> = arguments.get::<Vec<String>>("documents")?.into_iter().collect();
    let paths: Vec<String> = arguments.get("paths")?;
    let mut found = Vec::new();
    for file in changed_files(lua, session, &paths)? {
        let scope = if fixtures.contains(file.path()) {
            SecretScope::Proofs
        } else if !entropy || documents.contains(file.path()) {
            SecretScope::Shapes
        } else {
            SecretScope::All
        };
        let lines = file.hunks.iter().flat_map(|hunk| &hunk.lines).filter_map(|line| {
            Some(SourceLine { number: line.new?, text: line.text, added: line.kind == LineKind::Added })
        });
        let lines: Vec<SourceLine<'_>> = lines.collect();
        for secret in find_secrets(file.path(), &lines, scope, &options) {
            found.push(json!({
                "file": file.path(),
                "line": secret.line,
                "end_line": secret.end_line,
                "what": secret.what,
                "shown": secret.shown,
                "revoke": secret.revoke,
                "proof": secret.proof.as_str(),
            }));
        }
    }
    Ok(Json::Array(found))
}

/// `{ paths, checks }` into `{ files = { { file, lines } }, asks }`: lines of code that each file adds, and whether any
/// of them asks for a flag.
fn features(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let checks: Vec<String> = arguments.get("checks")?;
    let files = changed_files(lua, session, &arguments.get::<Vec<String>>("paths")?)?;
    let mut asks = false;
    let mut counted = Vec::with_capacity(files.len());
    for file in &files {
        let added = measure_added_code(file.path(), &file.hunks, &checks);
        asks |= added.asks;
        counted.push(json!({ "file": file.path(), "lines": added.lines }));
    }
    Ok(json!({ "files": counted, "asks": asks }))
}

/// `{ paths, flags }` into `{ { file, name, is_name_of_code } }`: the flags that files of `paths` declare no longer, and
/// none of `flags`, the changed files that declare flags.
fn removed(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let files = changed_files(lua, session, &arguments.get::<Vec<String>>("flags")?)?;
    let paths: HashSet<String> = arguments.get::<Vec<String>>("paths")?.into_iter().collect();
    let gone = |file: &&ChangedFile<'_>| file.change.status == ChangeStatus::Removed;
    let loses = |file: &&&ChangedFile<'_>| {
        paths.contains(file.path()) && !removed_flags(file.path(), &file.hunks, None).is_empty()
    };
    let files: Vec<&ChangedFile<'_>> = files.iter().collect();
    let suspects: Vec<&ChangedFile<'_>> = files.iter().filter(loses).copied().collect();
    if suspects.is_empty() {
        return Ok(Json::Array(Vec::new()));
    }
    let there = files.iter().filter(|file| !gone(file) && !file.is_whole()).map(|file| file.key());
    let missing: Vec<FactKey> =
        there.filter(|key| !session.snapshot.files.contains_key(key)).map(FactKey::File).collect();
    if !missing.is_empty() {
        return Err(session.miss(missing));
    }
    let mut heads = Vec::with_capacity(files.len());
    for file in files.iter().filter(|file| !gone(file)) {
        let head = match session.snapshot.files.get(&file.key()) {
            Some(Fact::Known(FileText::Text(text))) => text.clone(),
            // What is known of the head is what the hunks show.
            _ => file.new_side(),
        };
        session.charge_bytes(lua, head.len())?;
        heads.push((file.path(), head));
    }
    let declared: HashSet<&str> = heads.iter().flat_map(|(path, head)| declared_flags(path, head)).collect();
    let mut found = Vec::new();
    for file in suspects {
        for flag in removed_flags(file.path(), &file.hunks, None) {
            if !declared.contains(flag.name) {
                found.push(json!({ "file": file.path(), "name": flag.name, "is_name_of_code": flag.is_name_of_code }));
            }
        }
    }
    Ok(Json::Array(found))
}

/// `{ names, names_of_code?, flags, ignore }` into `{ known, places = { { name, file, line } }, cut }`: where the head uses the
/// names, outside files that match the patterns `flags` and `ignore`. A name that a file of flags at the head declares is
/// left out, and so is one of `names_of_code` that other code declares. `known` is false when the files of the head cannot
/// be searched; `cut` names those of which not all files were read.
fn uses(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let names: Vec<String> = arguments.get("names")?;
    let names_of_code: Option<Vec<String>> = arguments.get("names_of_code")?;
    let names_of_code: HashSet<String> = names_of_code.into_iter().flatten().collect();
    let unsearched = names.iter().filter(|name| !session.snapshot.uses.contains_key(*name));
    let missing: Vec<FactKey> = unsearched.map(|name| FactKey::Uses(name.clone())).collect();
    if !missing.is_empty() {
        return Err(session.miss(missing));
    }
    let globs = |patterns| Globs::parse_kept(patterns).map_err(mlua::Error::external);
    let flags = globs(arguments.get("flags")?)?;
    let mut patterns: Vec<String> = arguments.get("ignore")?;
    patterns.extend(PROSE.map(str::to_owned));
    let passed_over = globs(patterns)?;
    let (mut wanted, mut cut) = (Vec::new(), Vec::new());
    for name in &names {
        let Some(Fact::Known(paths)) = session.snapshot.uses.get(name) else {
            return Ok(json!({ "known": false, "places": [], "cut": [] }));
        };
        let counts = |path: &&RepoPath| !passed_over.matches(path.as_str());
        let (of_flags, of_others): (Vec<&RepoPath>, Vec<&RepoPath>) =
            paths.iter().filter(counts).partition(|path| flags.matches(path.as_str()));
        cut.extend((of_others.len() > MAX_READ).then_some(name));
        let read = of_flags.into_iter().take(MAX_READ).chain(of_others.into_iter().take(MAX_READ));
        wanted.extend(read.map(|path| (name, path)));
    }
    let key = |path: &RepoPath| FileKey { side: Side::Right, path: path.clone() };
    let unread = wanted.iter().map(|(_, path)| key(path)).filter(|key| !session.snapshot.files.contains_key(key));
    let missing: Vec<FactKey> = unread.map(FactKey::File).collect();
    if !missing.is_empty() {
        return Err(session.miss(missing));
    }
    let mut places = Vec::new();
    let mut declared = HashSet::new();
    for (name, path) in wanted {
        let Some(Fact::Known(FileText::Text(text))) = session.snapshot.files.get(&key(path)) else { continue };
        session.charge_bytes(lua, text.len())?;
        let path = path.as_str();
        if flags.matches(path) {
            declared.extend(declared_flags(path, text).contains(name.as_str()).then_some(name));
            continue;
        }
        declared.extend((names_of_code.contains(name) && declares_name(path, text, name)).then_some(name));
        places.extend(find_uses(path, text, name).into_iter().map(|line| (name, path, line)));
    }
    let places = places.into_iter().filter(|(name, ..)| !declared.contains(name));
    let places: Vec<Json> =
        places.map(|(name, file, line)| json!({ "name": name, "file": file, "line": line })).collect();
    Ok(json!({ "known": true, "places": places, "cut": cut }))
}

/// A changed file with its hunks.
pub(super) struct ChangedFile<'a> {
    pub(super) change: &'a FileChange,
    pub(super) hunks: Vec<Hunk<'a>>,
}

impl ChangedFile<'_> {
    fn path(&self) -> &str {
        self.change.path.as_str()
    }

    pub(super) fn key(&self) -> FileKey {
        FileKey { side: Side::Right, path: self.change.path.clone() }
    }

    /// What the hunks show of the new side.
    fn new_side(&self) -> String {
        let lines = self.hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind != LineKind::Removed);
        lines.flat_map(|line| [line.text, "\n"]).collect()
    }

    /// Whether the hunks hold the whole file.
    pub(super) fn is_whole(&self) -> bool {
        self.change.status == ChangeStatus::Added
    }
}

/// The files among `paths` that have a text diff. One that was cut ends the rule.
pub(super) fn changed_files<'a>(
    lua: &Lua,
    session: &'a Session,
    paths: &[String],
) -> mlua::Result<Vec<ChangedFile<'a>>> {
    let mut files = Vec::new();
    for (change, text) in changed_texts(lua, session, paths)? {
        session.charge_bytes(lua, text.len())?;
        files.push(ChangedFile { change, hunks: parse_hunks(text) });
    }
    Ok(files)
}

/// The same with the text of each diff.
fn changed_texts<'a>(
    lua: &Lua,
    session: &'a Session,
    paths: &[String],
) -> mlua::Result<Vec<(&'a FileChange, &'a str)>> {
    // Of the two entries of a type change, the new side's speaks: the later one.
    let by_path: HashMap<&str, &FileChange> =
        changes(lua, session)?.iter().map(|change| (change.path.as_str(), change)).collect();
    let mut texts = Vec::new();
    for path in paths {
        let Some(change) = by_path.get(path.as_str()).copied() else { continue };
        texts.extend(patch_text(lua, session, change)?.filter(|text| !text.is_empty()).map(|text| (change, text)));
    }
    Ok(texts)
}
