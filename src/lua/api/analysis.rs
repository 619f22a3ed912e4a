//! What only the built-in rules see, as their third argument: the analyses of texts that they judge by.

use super::super::convert::to_lua;
use super::super::options::text_of;
use super::super::session::Session;
use super::git::{changes, find_change, read_globs};
use super::github::parsed_code_owners;
use crate::analysis::actions::find_uses;
use crate::analysis::changelog::{FolderSource, Names};
use crate::analysis::code_owners::CodeOwners;
use crate::analysis::commit_message::parse_message;
use crate::analysis::lockfile::{FileSource, Text, find_problems};
use crate::model::{ChangeStatus, Fact, FactKey, FileKey, FileText, Patch, RepoPath, Side};
use mlua::{Lua, Table, Value};
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Where a machine keeps the table.
const KEPT: &str = "analyses";

/// The table, which nobody can write to: the rules of a machine share it.
pub(super) fn table(lua: &Lua, session: &Rc<Session>) -> mlua::Result<Table> {
    if let Some(table) = lua.named_registry_value(KEPT)? {
        return Ok(table);
    }
    let table = lua.create_table()?;
    let lockfiles = Rc::clone(session);
    table.raw_set(
        "lockfile_problems",
        lua.create_function(move |lua, globs: Value| lockfile_problems(lua, &lockfiles, &globs))?,
    )?;
    let covered = Rc::clone(session);
    table.raw_set(
        "coverage",
        lua.create_function(move |lua, (paths, partial_is_missing, wait): (Value, bool, u32)| {
            super::coverage::for_rule(lua, &covered, &paths, partial_is_missing, wait)
        })?,
    )?;
    let uses = Rc::clone(session);
    table.raw_set(
        "action_uses",
        lua.create_function(move |lua, text: mlua::LuaString| {
            uses.charge_bytes(lua, text.as_bytes().len() * 4)?;
            to_lua(lua, &action_uses(&text_of(&text)))
        })?,
    )?;
    let messages = Rc::clone(session);
    table.raw_set(
        "commit_message",
        lua.create_function(move |lua, text: mlua::LuaString| {
            messages.charge_bytes(lua, text.as_bytes().len())?;
            to_lua(lua, &commit_message(&text_of(&text)))
        })?,
    )?;
    let texts = Rc::clone(session);
    table.raw_set(
        "code_owners_problems",
        lua.create_function(move |lua, text: mlua::LuaString| {
            texts.charge_bytes(lua, text.as_bytes().len() * 4)?;
            let problems = CodeOwners::parse(&text_of(&text)).problems;
            let problems = problems.iter().map(|problem| json!({ "line": problem.line, "reason": problem.reason }));
            to_lua(lua, &problems.collect())
        })?,
    )?;
    let owners = Rc::clone(session);
    table.raw_set(
        "code_owners",
        lua.create_function(move |lua, path: mlua::LuaString| {
            let Some((file, read)) = parsed_code_owners(lua, &owners)? else { return Ok(Value::Nil) };
            let path = RepoPath::from_git_quoted(&path.as_bytes());
            to_lua(lua, &owners_of(&file.path, &read, path.as_str()))
        })?,
    )?;
    let later = Rc::clone(session);
    table.raw_set(
        "code_owners_in",
        lua.create_function(move |lua, arguments: Table| to_lua(lua, &code_owners_in(lua, &later, &arguments)?))?,
    )?;
    let binary = Rc::clone(session);
    table.raw_set(
        "is_binary",
        lua.create_function(move |lua, path: mlua::LuaString| {
            let path = RepoPath::from_git_quoted(&path.as_bytes());
            binary.charge_bytes(lua, changes(lua, &binary)?.len() * 8)?;
            Ok(find_change(lua, &binary, &path)?.is_some_and(|change| change.patch == Patch::Binary))
        })?,
    )?;
    let moved = Rc::clone(session);
    table.raw_set(
        "old_path",
        lua.create_function(move |lua, path: mlua::LuaString| {
            let path = RepoPath::from_git_quoted(&path.as_bytes());
            moved.charge_bytes(lua, changes(lua, &moved)?.len() * 8)?;
            let change = find_change(lua, &moved, &path)?;
            let there = change.filter(|change| !matches!(change.status, ChangeStatus::Added | ChangeStatus::Copied));
            Ok(there.map(|change| change.old_path().as_str().to_owned()))
        })?,
    )?;
    super::code_analyses::add_to(&table, lua, session)?;
    table.set_readonly(true);
    lua.set_named_registry_value(KEPT, &table)?;
    Ok(table)
}

/// `{ file, text, paths }` into a list of the same length: who owns each path by the text of a file of owners.
fn code_owners_in(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let text: mlua::LuaString = arguments.get("text")?;
    let file = RepoPath::from_git_quoted(&arguments.get::<mlua::LuaString>("file")?.as_bytes());
    let paths: Vec<String> = arguments.get("paths")?;
    session.charge_bytes(lua, text.as_bytes().len() * 4)?;
    let read = CodeOwners::parse(&text_of(&text));
    session.charge_bytes(lua, read.len() * 64 * paths.len())?;
    Ok(paths.iter().map(|path| owners_of(&file, &read, path)).collect())
}

fn owners_of(file: &RepoPath, read: &CodeOwners, path: &str) -> Json {
    let entry = read.entry_for(path);
    json!({
        "file": file,
        "owners": entry.map(|entry| entry.owners.clone()).unwrap_or_default(),
        "pattern": entry.map(|entry| entry.pattern.clone()),
        "line": entry.map(|entry| entry.line),
    })
}

fn action_uses(text: &str) -> Json {
    find_uses(text)
        .iter()
        .map(|found| {
            json!({
                "line": found.line,
                "uses": found.uses,
                "name": found.name,
                "version": found.version,
                "pinning": found.pinning.as_str(),
                "comment": found.comment,
            })
        })
        .collect()
}

fn commit_message(text: &str) -> Json {
    let read = parse_message(text);
    let parts = read.conventional.as_ref().ok();
    json!({
        "subject": read.subject,
        "length": read.subject.chars().count(),
        "kind": read.kind.as_str(),
        "runs_on": read.runs_on,
        "type": parts.map(|parts| parts.kind.clone()),
        "scope": parts.and_then(|parts| parts.scope.clone()),
        "breaking": parts.is_some_and(|parts| parts.breaking),
        "problem": read.conventional.as_ref().err(),
    })
}

fn lockfile_problems(lua: &Lua, session: &Session, globs: &Value) -> mlua::Result<Value> {
    let globs = read_globs(lua, session, std::slice::from_ref(globs))?;
    let changes = changes(lua, session)?;
    session.charge_changes(lua, changes.len())?;
    let texts = Texts::new(session);
    let problems = find_problems(changes, &|path| globs.matches(path), &texts);
    let missing = texts.missing.take();
    if !missing.is_empty() {
        return Err(session.miss(missing.into_iter().map(FactKey::File)));
    }
    session.charge_bytes(lua, texts.read.take() * 8)?;
    let problems = problems.iter().map(|problem| {
        json!({
            "kind": problem.kind.as_str(),
            "manifest": problem.manifest,
            "lockfile": problem.lockfile,
            "dependencies": problem.dependencies,
            "requirement": problem.requirement,
            "held": problem.held,
            "command": problem.command,
            "line": problem.line,
        })
    });
    to_lua(lua, &problems.collect())
}

/// Texts of the snapshot; what it lacks is noted.
pub(super) struct Texts<'a> {
    session: &'a Session,
    pub(super) missing: RefCell<BTreeSet<FileKey>>,
    /// Bytes that were given.
    pub(super) read: RefCell<usize>,
    /// What was asked for and is there, but too large to be had whole.
    pub(super) cut: RefCell<BTreeSet<FileKey>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Texts { session, missing: RefCell::default(), read: RefCell::default(), cut: RefCell::default() }
    }
}

impl FolderSource for Texts<'_> {
    fn names(&self, folder: &str) -> Names<'_> {
        let key = FileKey { side: Side::Right, path: RepoPath::from_git_quoted(folder.as_bytes()) };
        match self.session.snapshot.files.get(&key) {
            None => {
                self.missing.borrow_mut().insert(key);
                Names::Pending
            }
            Some(Fact::Known(FileText::Folder(names))) => {
                *self.read.borrow_mut() += names.len();
                Names::Known(names)
            }
            Some(_) => Names::None,
        }
    }
}

impl FileSource for Texts<'_> {
    fn text(&self, side: Side, path: &str) -> Text<'_> {
        let key = FileKey { side, path: RepoPath::from_git_quoted(path.as_bytes()) };
        match self.session.snapshot.files.get(&key) {
            None => {
                self.missing.borrow_mut().insert(key);
                Text::Pending
            }
            Some(Fact::Known(FileText::Text(text))) => {
                *self.read.borrow_mut() += text.len();
                Text::Known(text)
            }
            Some(Fact::Known(FileText::Absent)) => Text::Absent,
            Some(Fact::Known(FileText::Cut(_))) => {
                self.cut.borrow_mut().insert(key);
                Text::Unreadable
            }
            Some(Fact::Known(FileText::NotText(_) | FileText::Folder(_)) | Fact::Unavailable(_)) => Text::Unreadable,
        }
    }
}
