//! `danger.git`: what the commits change.

use super::super::convert::{commit_to_json, texts_to_lua};
use super::super::options::{describe, text_of};
use super::super::session::Session;
use super::json_diff::json_diff_for_file;
use super::sizes::file_size;
use super::{namespace, record};
use crate::analysis::globs::Globs;
use crate::diff::{LineKind, is_whole, parse_hunks};
use crate::model::{ChangeStatus, Fact, FactKey, FileChange, FileKey, FileText, Patch, RepoPath, Side};
use mlua::{IntoLua, Lua, Table, Value, Variadic};
use serde_json::json;
use std::collections::HashSet;
use std::rc::Rc;

/// At most so many texts come with the first one that a rule asks for.
const MAX_PREFETCHED_FILES: usize = 200;

pub(super) fn register(lua: &Lua, session: &Rc<Session>, host: &Table) -> mlua::Result<Table> {
    let git = namespace::empty(lua)?;
    let matching = Rc::clone(session);
    git.set("match", lua.create_function(move |lua, globs: Variadic<Value>| match_files(lua, &matching, &globs))?)?;
    let texts = Rc::clone(session);
    git.set("file", lua.create_function(move |lua, args: (Value, Value)| file(lua, &texts, &args.0, &args.1))?)?;
    let sizes = Rc::clone(session);
    let size = move |lua: &Lua, (path, side): (Value, Value)| file_size(lua, &sizes, &path, &side);
    git.set("file_size", lua.create_function(size)?)?;
    let diffs = Rc::clone(session);
    git.set("diff_for_file", lua.create_function(move |lua, path: Value| diff_for_file(lua, &diffs, &path))?)?;
    let json = Rc::clone(session);
    git.set("json_diff_for_file", lua.create_function(move |lua, path: Value| json_diff_for_file(lua, &json, &path))?)?;

    let listed = Rc::clone(session);
    host.set(
        "matching",
        lua.create_function(move |lua, glob: Value| {
            let globs = match &glob {
                Value::Nil => None,
                other => Some(read_selection(lua, &listed, std::slice::from_ref(other))?),
            };
            listed.charge_changes(lua, changes(lua, &listed)?.len())?;
            let indexes = changes(lua, &listed)?.iter().enumerate().filter_map(|(index, change)| {
                globs.as_ref().is_none_or(|globs| globs.takes(&change.path)).then_some(index)
            });
            lua.create_sequence_from(indexes)
        })?,
    )?;
    let by_index = Rc::clone(session);
    host.set(
        "hunks_at",
        lua.create_function(move |lua, (index, kind): (usize, u32)| {
            let Some(change) = changes(lua, &by_index)?.get(index) else { return Ok((None, None, None)) };
            let path = if kind == 2 { change.old_path() } else { &change.path };
            let path = Some(path.as_str().into_lua(lua)?);
            let Some(text) = patch_text(lua, &by_index, change)? else { return Ok((path, None, None)) };
            Ok((path, Some(text.into_lua(lua)?), Some(pack(lua, &by_index, text)?)))
        })?,
    )?;
    let by_path = Rc::clone(session);
    host.set(
        "hunks",
        lua.create_function(move |lua, path: Value| {
            let path = read_path(lua, &by_path, "danger.git.structured_diff_for_file", &path)?;
            let Some(change) = find_change(lua, &by_path, &path)? else { return Ok((None, None)) };
            let Some(text) = patch_text(lua, &by_path, change)? else { return Ok((None, None)) };
            Ok((Some(text.into_lua(lua)?), Some(pack(lua, &by_path, text)?)))
        })?,
    )?;
    Ok(git)
}

/// Computed fields of `danger.git`.
pub(super) fn field(lua: &Lua, session: &Rc<Session>, name: &str) -> mlua::Result<Option<Value>> {
    let of = |wanted: fn(&FileChange) -> bool| -> mlua::Result<Option<Value>> {
        let paths = changes(lua, session)?.iter().filter(|change| wanted(change)).map(|change| change.path.as_str());
        texts_to_lua(lua, unique(paths)).map(Some)
    };
    let sum = |count: fn(&FileChange) -> u32, without: &[ChangeStatus]| -> mlua::Result<Option<Value>> {
        let changes = changes(lua, session)?;
        // A file that was cut without its numbers counts nothing, and nobody may take that for a small change.
        let unknown = changes.iter().find(|change| is_uncounted(change) && !without.contains(&change.status));
        if let Some(change) = unknown {
            return Err(session.fault(lua, incomplete(&change.path)));
        }
        let total: u64 = changes.iter().map(|change| u64::from(count(change))).sum();
        Ok(Some(Value::Number(total as f64)))
    };
    match name {
        "modified_files" => of(is_modified),
        "created_files" => of(is_created),
        "deleted_files" => of(|change| change.status == ChangeStatus::Removed),
        "changed_files" => of(|_| true),
        "renamed_files" => {
            let renamed = changes(lua, session)?.iter().filter(|change| change.status == ChangeStatus::Renamed);
            let pairs = renamed.map(|change| json!({ "before": change.old_path(), "after": change.path }));
            record::to_record(lua, session, "danger.git.renamed_files", "{ Renamed }", &pairs.collect()).map(Some)
        }
        "insertions" => sum(|change| change.additions, &[ChangeStatus::Removed]),
        "deletions" => sum(|change| change.deletions, &[ChangeStatus::Added]),
        "lines_of_code" => sum(|change| change.additions + change.deletions, &[]),
        "base" => Ok(Some(session.snapshot.subject.base.as_str().into_lua(lua)?)),
        "head" => Ok(Some(session.snapshot.subject.head.as_str().into_lua(lua)?)),
        "commits" => {
            let commits = session.need(lua, session.snapshot.commits.as_ref(), FactKey::Commits)?;
            record::to_record(
                lua,
                session,
                "danger.git.commits",
                "{ Commit }",
                &commits.iter().map(commit_to_json).collect(),
            )
            .map(Some)
        }
        _ => Ok(None),
    }
}

fn is_created(change: &FileChange) -> bool {
    matches!(change.status, ChangeStatus::Added | ChangeStatus::Copied)
}

/// As danger-js has it: neither new nor gone, also when only the name or the mode is another.
fn is_modified(change: &FileChange) -> bool {
    matches!(change.status, ChangeStatus::Modified | ChangeStatus::Renamed)
}

/// A type change has two entries for one path; lists name it once.
fn unique<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    paths.filter(|path| seen.insert(*path)).collect()
}

pub(super) fn changes<'a>(lua: &Lua, session: &'a Session) -> mlua::Result<&'a Vec<FileChange>> {
    session.need(lua, session.snapshot.changes.as_ref(), FactKey::Changes)
}

pub(super) fn find_change<'a>(
    lua: &Lua,
    session: &'a Session,
    path: &RepoPath,
) -> mlua::Result<Option<&'a FileChange>> {
    let changes = changes(lua, session)?;
    // Of the two entries of a type change, the new side's speaks.
    Ok(changes.iter().rev().find(|change| change.path == *path))
}

fn match_files(lua: &Lua, session: &Rc<Session>, globs: &[Value]) -> mlua::Result<Table> {
    let globs = read_selection(lua, session, globs)?;
    session.charge_changes(lua, changes(lua, session)?.len())?;
    let matched: Vec<&FileChange> = changes(lua, session)?.iter().filter(|change| globs.takes(&change.path)).collect();
    let result = lua.create_table()?;
    let put = |name: &str, wanted: &dyn Fn(&FileChange) -> bool| {
        let paths = matched.iter().filter(|change| wanted(change)).map(|change| change.path.as_str());
        result.raw_set(name, texts_to_lua(lua, unique(paths))?)
    };
    put("modified", &is_modified)?;
    put("created", &is_created)?;
    put("deleted", &|change| change.status == ChangeStatus::Removed)?;
    put("edited", &|change| is_modified(change) || is_created(change))?;
    put("any", &|_| true)?;
    result.set_metatable(Some(record::metatable(lua, session, "danger.git.match(...)", "Matches")?))?;
    result.set_readonly(true);
    Ok(result)
}

fn file(lua: &Lua, session: &Session, path: &Value, side: &Value) -> mlua::Result<Option<Value>> {
    let path = read_path(lua, session, "danger.git.file", path)?;
    let side = read_side(lua, session, "file", side)?;
    match text_at(lua, session, FileKey { side, path })? {
        Some(text) => text.into_lua(lua).map(Some),
        None => Ok(None),
    }
}

fn diff_for_file(lua: &Lua, session: &Rc<Session>, path: &Value) -> mlua::Result<Option<Table>> {
    let path = read_path(lua, session, "danger.git.diff_for_file", path)?;
    let Some(change) = find_change(lua, session, &path)? else { return Ok(None) };
    let Some(text) = patch_text(lua, session, change)? else { return Ok(None) };
    let [before, after] = both_texts(lua, session, change)?;
    if text.is_empty() && before.is_none() && after.is_none() {
        // Another name or mode of a file that is no text.
        return Ok(None);
    }
    let hunks = parse_hunks(text);
    let of = |kind: LineKind| -> String {
        let lines = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == kind);
        lines.map(|line| line.text).collect::<Vec<_>>().join("\n")
    };
    let result = lua.create_table()?;
    result.raw_set("before", before.unwrap_or(""))?;
    result.raw_set("after", after.unwrap_or(""))?;
    result.raw_set("diff", text)?;
    result.raw_set("added", of(LineKind::Added))?;
    result.raw_set("removed", of(LineKind::Removed))?;
    result.set_metatable(Some(record::metatable(lua, session, "danger.git.diff_for_file(...)", "FileDiff")?))?;
    result.set_readonly(true);
    Ok(Some(result))
}

/// Both whole texts of a changed file, old and new; `None` where there is none. Both are asked for together.
pub(super) fn both_texts<'a>(
    lua: &Lua,
    session: &'a Session,
    change: &FileChange,
) -> mlua::Result<[Option<&'a str>; 2]> {
    let before = FileKey { side: Side::Left, path: change.old_path().clone() };
    let after = FileKey { side: Side::Right, path: change.path.clone() };
    let known = |key: &&FileKey| session.snapshot.files.contains_key(key) || is_absent(session, key);
    let lacking = [&before, &after].into_iter().filter(|key| !known(key));
    let lacking: Vec<FactKey> = lacking.flat_map(|key| with_companions(session, key)).collect();
    if !lacking.is_empty() {
        return Err(session.miss(lacking));
    }
    Ok([text_at(lua, session, before)?, text_at(lua, session, after)?])
}

/// The text of a file on one side; `None` when there is no such file or it is not text.
pub(super) fn text_at<'a>(lua: &Lua, session: &'a Session, key: FileKey) -> mlua::Result<Option<&'a str>> {
    match session.snapshot.files.get(&key) {
        None if is_absent(session, &key) => Ok(None),
        None => Err(session.miss(with_companions(session, &key))),
        Some(Fact::Known(FileText::Absent | FileText::NotText(_) | FileText::Folder(_))) => Ok(None),
        Some(Fact::Known(FileText::Cut(reason))) => {
            let message = format!("`{}` cannot be read whole ({reason}), so this rule cannot judge it", key.path);
            Err(session.fault(lua, message))
        }
        Some(Fact::Known(FileText::Text(text))) => {
            session.charge_bytes(lua, text.len())?;
            Ok(Some(text))
        }
        Some(unavailable) => {
            session.need(lua, Some(unavailable), FactKey::File(key))?;
            Ok(None)
        }
    }
}

/// Whether the list of changes already says that there is no such file: a created one at the base, a removed one at
/// the head.
fn is_absent(session: &Session, key: &FileKey) -> bool {
    let Some(Fact::Known(changes)) = &session.snapshot.changes else { return false };
    let gone = if key.side == Side::Left { ChangeStatus::Added } else { ChangeStatus::Removed };
    let mut entries = changes.iter().filter(|change| change.path == key.path).peekable();
    // A type change has two entries, and then the file is there on both sides.
    entries.peek().is_some() && entries.all(|change| change.status == gone)
}

/// The file asked for and, when it is a changed one, the other changed files that the rule's paths match:
/// a loop over files then costs one pass instead of one a file.
fn with_companions(session: &Session, key: &FileKey) -> Vec<FactKey> {
    let mut keys = vec![FactKey::File(key.clone())];
    let Some(Fact::Known(changes)) = &session.snapshot.changes else { return keys };
    let on_side = |change: &FileChange| match key.side {
        Side::Left => (!is_created(change)).then(|| change.old_path().clone()),
        Side::Right => (change.status != ChangeStatus::Removed).then(|| change.path.clone()),
    };
    if !changes.iter().any(|change| on_side(change).as_ref() == Some(&key.path)) {
        return keys;
    }
    let paths = session.current_paths.borrow();
    let companions = changes
        .iter()
        .filter(|change| !matches!(change.patch, Patch::Binary))
        .filter(|change| paths.as_ref().is_none_or(|globs| globs.matches(change.path.as_str())))
        .filter_map(on_side)
        .map(|path| FileKey { side: key.side, path })
        .filter(|other| other != key && !session.snapshot.files.contains_key(other))
        .take(MAX_PREFETCHED_FILES - 1);
    keys.extend(companions.map(FactKey::File));
    keys
}

/// The hunks of a change, empty where no line changes; `None` for what is no text; a cut patch ends the rule.
pub(super) fn patch_text<'a>(lua: &Lua, session: &Session, change: &'a FileChange) -> mlua::Result<Option<&'a str>> {
    match &change.patch {
        Patch::Text(text) if is_whole(text) => {
            session.charge_bytes(lua, text.len())?;
            Ok(Some(text))
        }
        Patch::Empty => Ok(Some("")),
        Patch::Binary => Ok(None),
        Patch::Text(_) | Patch::Truncated => Err(session.fault(lua, incomplete(&change.path))),
    }
}

/// Whether the diff was cut without saying how many lines it has.
pub(super) fn is_uncounted(change: &FileChange) -> bool {
    change.patch == Patch::Truncated && change.additions + change.deletions == 0
}

/// Why a rule ends at a file whose diff was cut.
pub(super) fn incomplete(path: &RepoPath) -> String {
    format!("the diff of `{path}` is incomplete, so this rule cannot judge it")
}

/// Hunks as 32-bit numbers for the prelude: their count; for each, its four numbers and its count of lines; for each
/// line its kind (0 context, 1 added, 2 removed), old and new number (0 for none), offset and length in the text.
fn pack(lua: &Lua, session: &Session, text: &str) -> mlua::Result<mlua::Buffer> {
    session.charge_bytes(lua, text.len())?;
    let hunks = parse_hunks(text);
    let lines: usize = hunks.iter().map(|hunk| hunk.lines.len()).sum();
    let mut packed: Vec<u8> = Vec::with_capacity(4 + hunks.len() * 20 + lines * 20);
    let mut put = |numbers: &[u32]| numbers.iter().for_each(|number| packed.extend(number.to_le_bytes()));
    put(&[narrow(hunks.len())]);
    for hunk in &hunks {
        put(&[hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines, narrow(hunk.lines.len())]);
        for line in &hunk.lines {
            let kind = match line.kind {
                LineKind::Context => 0,
                LineKind::Added => 1,
                LineKind::Removed => 2,
            };
            let offset = line.text.as_ptr() as usize - text.as_ptr() as usize;
            put(&[kind, line.old.unwrap_or(0), line.new.unwrap_or(0), narrow(offset), narrow(line.text.len())]);
        }
    }
    lua.create_buffer(packed)
}

/// Patches are smaller than 4 GiB by the limit of the parser.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(super) fn read_path(lua: &Lua, session: &Session, function: &str, value: &Value) -> mlua::Result<RepoPath> {
    match value {
        Value::String(path) => Ok(RepoPath::from_written(&path.as_bytes())),
        other => {
            let got = describe(other);
            let dot =
                if other.is_table() { format!("; call it with a dot: `{function}(path)`") } else { String::new() };
            Err(session.error(lua, format!("{function} takes a path, got {got}{dot}")).into())
        }
    }
}

pub(super) fn read_side(lua: &Lua, session: &Session, function: &str, value: &Value) -> mlua::Result<Side> {
    match value {
        Value::Nil => Ok(Side::Right),
        Value::String(word) if text_of(word) == "head" => Ok(Side::Right),
        Value::String(word) if text_of(word) == "base" => Ok(Side::Left),
        other => {
            let got = describe(other);
            let message = format!("danger.git.{function} takes \"base\" or \"head\" second, got {got}");
            Err(session.error(lua, message).into())
        }
    }
}

/// Patterns, and changed files that were named by their whole paths: `app/[id]/page.tsx` is a path as well as a pattern. Such
/// a name adds its file to what the patterns match and takes nothing away, so that a file with the name of a pattern hides
/// no other from a rule.
struct Selection {
    globs: Globs,
    named: HashSet<String>,
}

impl Selection {
    fn takes(&self, path: &RepoPath) -> bool {
        let path = path.as_str();
        self.globs.matches(path) || (self.named.contains(path) && !self.globs.excludes(path))
    }
}

fn read_selection(lua: &Lua, session: &Session, values: &[Value]) -> mlua::Result<Selection> {
    let mut patterns = read_patterns(lua, session, values)?;
    session.charge_changes(lua, patterns.len())?;
    // As paths are read everywhere, but that `/` before one is the root.
    let as_path = |pattern: &str| RepoPath::from_written(pattern.strip_prefix('/').unwrap_or(pattern).as_bytes());
    let written: HashSet<RepoPath> = patterns.iter().map(|pattern| as_path(pattern)).collect();
    let paths = changes(lua, session)?.iter().map(|change| &change.path);
    let named: HashSet<String> = paths.filter(|path| written.contains(path)).map(|path| path.to_string()).collect();
    if let Ok(globs) = Globs::parse_kept(patterns.clone()) {
        return Ok(Selection { globs, named });
    }
    // The path of a file need not be a pattern.
    let is_named = |pattern: &str| named.contains(as_path(pattern).as_str());
    patterns.retain(|pattern| !is_named(pattern) || Globs::parse(&[pattern]).is_ok());
    Ok(Selection { globs: parse_globs(lua, session, patterns)?, named })
}

/// Patterns as single texts or lists of them.
pub(super) fn read_globs(lua: &Lua, session: &Session, values: &[Value]) -> mlua::Result<Globs> {
    parse_globs(lua, session, read_patterns(lua, session, values)?)
}

fn parse_globs(lua: &Lua, session: &Session, patterns: Vec<String>) -> mlua::Result<Globs> {
    Globs::parse_kept(patterns).map_err(|error| session.error(lua, error.to_string()).into())
}

fn read_patterns(lua: &Lua, session: &Session, values: &[Value]) -> mlua::Result<Vec<String>> {
    let mut patterns = Vec::new();
    for value in values {
        match value {
            Value::String(pattern) => patterns.push(text_of(pattern)),
            Value::Table(list) => {
                let before = patterns.len();
                for item in list.sequence_values::<mlua::LuaString>() {
                    patterns.push(text_of(&item?));
                }
                // `danger.git:match("*.py")` hands over `danger.git`, which would be a list of no patterns.
                if list.pairs::<Value, Value>().count() != patterns.len() - before {
                    let message = "file patterns are texts or a list of them, got a table with names; \
                                   call the functions of `danger.git` with a dot, not a colon";
                    return Err(session.error(lua, message).into());
                }
            }
            other => {
                let got = describe(other);
                return Err(session.error(lua, format!("a file pattern is a text, got {got}")).into());
            }
        }
    }
    Ok(patterns)
}
