//! `danger.changelog`, and the same with options for the built-in rule.

use super::super::session::Session;
use super::analysis::Texts;
use super::git::{changes, patch_text, text_at};
use super::{record, table};
use crate::analysis::changelog::{Author, Missing, NewEntry, Problem, Question, needs_no_entry, review, role_of};
use crate::analysis::globs::Globs;
use crate::diff::{LineKind, parse_hunks};
use crate::model::{ChangeStatus, FactKey, FileChange, Patch, Side};
use chrono::{DateTime, NaiveDate};
use mlua::{Lua, Table, Value};
use serde_json::{Map, Value as Json, json};
use std::rc::Rc;

/// Reading a byte of a changelog costs as much as so many bytes of plain text.
const COST: usize = 16;

/// `danger.changelog`.
pub(super) fn field(lua: &Lua, session: &Rc<Session>, name: &str) -> mlua::Result<Option<Value>> {
    if name != "changelog" {
        return Ok(None);
    }
    let ignored = Globs::parse_kept(needs_no_entry().into_iter().map(str::to_owned).collect());
    let ignored = ignored.map_err(mlua::Error::external)?;
    let found = find(lua, session, None, &|path| !ignored.matches(path))?;
    record::to_record(lua, session, "danger.changelog", table::signature_of("danger", name), &found).map(Some)
}

/// `{ path?, paths, ignore }` into what `danger.changelog` is.
pub(super) fn for_rule(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let globs = |name: &str| -> mlua::Result<Globs> {
        Globs::parse_kept(arguments.get::<Vec<String>>(name)?).map_err(mlua::Error::external)
    };
    let (paths, ignored) = (globs("paths")?, globs("ignore")?);
    let path: Option<String> = arguments.get("path")?;
    find(lua, session, path.as_deref(), &|file| paths.matches(file) && !ignored.matches(file))
}

fn find(lua: &Lua, session: &Session, path: Option<&str>, may_need: &dyn Fn(&str) -> bool) -> mlua::Result<Json> {
    let lacking: Vec<FactKey> =
        [FactKey::Changes, FactKey::Pull].into_iter().filter(|key| !session.snapshot.has(key)).collect();
    if !lacking.is_empty() {
        return Err(session.miss(lacking));
    }
    let all = changes(lua, session)?;
    let pull = session.need(lua, session.snapshot.pull.as_ref(), FactKey::Pull)?;
    session.charge_changes(lua, all.len() * 2)?;
    let named = path.map(|path| Globs::parse_kept(vec![path.to_owned()]).map_err(mlua::Error::external)).transpose()?;
    let is_path = |file: &str| named.as_ref().is_some_and(|named| named.matches(file));
    let is_changelog = |file: &str| if path.is_some() { is_path(file) } else { role_of(file, None).is_some() };
    let mut patched = 0;
    for change in all {
        // Of a changelog that came only in part nobody knows what it says.
        let stays = change.status != ChangeStatus::Removed;
        if change.patch == Patch::Truncated && stays && is_changelog(change.path.as_str()) {
            patch_text(lua, session, change)?;
        }
        patched += match &change.patch {
            Patch::Text(text) => text.len(),
            Patch::Empty | Patch::Binary | Patch::Truncated => 0,
        };
    }
    session.charge_bytes(lua, patched.saturating_mul(2))?;
    let texts = Texts::new(session);
    let repository = session.snapshot.subject.repository.as_ref().map(ToString::to_string);
    let number = Some(pull.number.0).filter(|number| *number > 0).and_then(|number| u32::try_from(number).ok());
    let question = Question {
        changes: all,
        title: &pull.title,
        body: &pull.body,
        author: Author { number, login: &pull.user.login, repository: repository.as_deref() },
        today: today(session),
        path,
        is_path: &is_path,
        may_need,
    };
    let answer = review(&question, &texts);
    let missing = texts.missing.take();
    if !missing.is_empty() {
        return Err(session.miss(missing.into_iter().map(FactKey::File)));
    }
    for key in texts.cut.take() {
        let hides =
            |change: &&FileChange| is_changelog(key.path.as_str()) && change.path == key.path && begins_inside(change);
        if key.side == Side::Right && all.iter().any(|change| hides(&change)) {
            text_at(lua, session, key)?;
        }
    }
    session.charge_bytes(lua, texts.read.take().saturating_mul(COST))?;
    let Some(answer) = answer else { return Err(session.fault(lua, "the changelog's texts did not come")) };
    Ok(json!({
        "style": answer.style,
        "files": answer.files,
        "entries": answer.entries.iter().map(entry).collect::<Vec<_>>(),
        "problems": answer.problems.iter().map(problem).collect::<Vec<_>>(),
        "missing": answer.missing.iter().map(lacking_entry).collect::<Vec<_>>(),
        "release": answer.release,
        "breaking": answer.breaking,
        "internal": answer.internal,
    }))
}

/// Whether the diff does not show what stands above the new lines: which release they belong to only the whole file tells.
fn begins_inside(change: &FileChange) -> bool {
    let Patch::Text(patch) = &change.patch else { return false };
    parse_hunks(patch)
        .iter()
        .any(|hunk| hunk.new_start > 1 && hunk.lines.iter().any(|line| line.kind == LineKind::Added))
}

fn today(session: &Session) -> NaiveDate {
    let seconds = session.snapshot.subject.started_at.unix_seconds();
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().date_naive()
}

/// Members whose value is known.
fn members(all: impl IntoIterator<Item = (&'static str, Option<Json>)>) -> Json {
    let known = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Json::Object(known.collect::<Map<_, _>>())
}

fn entry(entry: &NewEntry) -> Json {
    members([
        ("file", Some(json!(entry.file))),
        ("line", Some(json!(entry.line))),
        ("text", Some(json!(entry.text))),
        ("release", entry.release.as_ref().map(|name| json!(name))),
        ("section", entry.section.as_ref().map(|name| json!(name))),
        ("released", Some(json!(entry.released))),
        ("numbers", Some(json!(entry.numbers))),
    ])
}

fn problem(problem: &Problem) -> Json {
    members([
        ("file", Some(json!(problem.file))),
        ("line", Some(json!(problem.line))),
        ("end_line", Some(json!(problem.end_line))),
        ("kind", Some(json!(problem.kind.as_str()))),
        ("grave", Some(json!(problem.kind.is_grave()))),
        ("message", Some(json!(problem.message))),
        ("suggestion", problem.suggestion.as_ref().map(|text| json!(text))),
        ("fix", problem.fix.as_ref().map(|text| json!(text))),
    ])
}

fn lacking_entry(missing: &Missing) -> Json {
    let draft = missing.draft.as_ref().map(|draft| {
        let line = draft.after.filter(|_| missing.in_diff);
        members([
            ("file", Some(json!(draft.file))),
            ("under", draft.under.as_ref().map(|name| json!(name))),
            ("entry", Some(json!(draft.entry))),
            ("line", line.map(|line| json!(line))),
            ("suggestion", line.map(|_| json!(format!("{}\n{}", draft.line, draft.inserted)))),
            ("text", Some(json!(draft.text))),
        ])
    });
    members([
        ("file", Some(json!(missing.file))),
        ("more", Some(json!(missing.more))),
        ("changelog", missing.changelog.as_ref().map(|path| json!(path))),
        ("draft", draft),
    ])
}
