//! `danger.github`: what GitHub knows of the pull request.

use super::super::convert::texts_to_lua;
use super::super::github_shapes as shapes;
use super::super::options::describe;
use super::super::script::Stop;
use super::super::session::Session;
use super::{namespace, record, table};
use crate::analysis::code_owners::CodeOwners;
use crate::model::{CodeOwnersFile, FactKey, FileText, PullRequest, RepoPath, Unavailable};
use mlua::{Lua, Table, Value};
use std::rc::Rc;

pub(super) fn register(lua: &Lua, session: &Rc<Session>) -> mlua::Result<Table> {
    let github = namespace::empty(lua)?;
    let owners = Rc::clone(session);
    let code_owners = move |lua: &Lua, path: Value| {
        let Value::String(path) = &path else {
            let got = describe(&path);
            return Err(owners.error(lua, format!("danger.github.code_owners takes a path, got {got}")).into());
        };
        let path = RepoPath::from_written(&path.as_bytes());
        let read = parsed_code_owners(lua, &owners)?;
        let found = read.as_ref().map_or(&[][..], |(_, read)| read.owners_of(path.as_str()));
        texts_to_lua(lua, found.iter().map(String::as_str))
    };
    github.set("code_owners", lua.create_function(code_owners)?)?;
    Ok(github)
}

/// The base branch's file and what it says; `None` without one, or when GitHub does not load it.
/// The file is read once a script: all of its rules see the same.
pub(super) fn parsed_code_owners<'a>(
    lua: &Lua,
    session: &'a Session,
) -> mlua::Result<Option<(&'a CodeOwnersFile, Rc<CodeOwners>)>> {
    let file = session.need(lua, session.snapshot.code_owners.as_ref(), FactKey::CodeOwners)?;
    let Some(file) = file else { return Ok(None) };
    let text = match &file.text {
        FileText::Text(text) => text,
        FileText::Absent | FileText::NotText(_) | FileText::Folder(_) => return Ok(None),
        FileText::Cut(reason) => {
            let message = format!("`{}` cannot be read whole ({reason}), so this rule cannot judge it", file.path);
            return Err(session.fault(lua, message));
        }
    };
    let kept = session.code_owners.borrow().clone();
    let read = match kept {
        Some(read) => read,
        None => {
            session.charge_bytes(lua, text.len() * 4)?;
            let read = Rc::new(CodeOwners::parse(text));
            *session.code_owners.borrow_mut() = Some(Rc::clone(&read));
            read
        }
    };
    // A question compares a path with every pattern, at worst: one step each.
    session.charge_bytes(lua, read.len() * 64)?;
    Ok(Some((file, read)))
}

/// Fields of `danger.github`.
pub(super) fn field(lua: &Lua, session: &Rc<Session>, name: &str) -> mlua::Result<Option<Value>> {
    let known = &session.snapshot;
    let value = match name {
        "pr" => shapes::pull_to_json(session.need(lua, known.pull.as_ref(), FactKey::Pull)?),
        "issue" => shapes::issue_to_json(real_pull(lua, session)?),
        "this_pr" => {
            let repository = known.subject.repository.as_ref();
            let repository = repository.ok_or_else(|| session.stop(Stop::Beyond(Unavailable::NeedsPullRequest)))?;
            shapes::this_pull_to_json(repository, real_pull(lua, session)?)
        }
        "commits" => {
            let commits = session.need(lua, known.commits.as_ref(), FactKey::Commits)?;
            commits.iter().map(shapes::github_commit_to_json).collect()
        }
        "reviews" => {
            let reviews = session.need(lua, known.reviews.as_ref(), FactKey::Reviews)?;
            reviews.iter().map(shapes::review_to_json).collect()
        }
        "requested_reviewers" => {
            let requested = known.requested_reviewers.as_ref();
            shapes::requested_to_json(session.need(lua, requested, FactKey::RequestedReviewers)?)
        }
        "statuses" => {
            let statuses = session.need(lua, known.statuses.as_ref(), FactKey::Statuses)?;
            statuses.iter().map(shapes::status_to_json).collect()
        }
        "check_runs" => {
            let runs = session.need(lua, known.check_runs.as_ref(), FactKey::CheckRuns)?;
            runs.iter().map(shapes::check_run_to_json).collect()
        }
        _ => return Ok(None),
    };
    // A fact's record type is the one that the table of names gives it.
    let signature = table::signature_of("danger.github", name);
    record::to_record(lua, session, &format!("danger.github.{name}"), signature, &value).map(Some)
}

/// Fields of a record that are facts of their own: fetched only for who reads them. A record asks for those that it has
/// no value for.
pub(super) fn later_field(lua: &Lua, session: &Session, record: &str, name: &str) -> Option<mlua::Result<Value>> {
    match (record, name) {
        ("PullRequest", "mergeable") => {
            let mergeable = session.need(lua, session.snapshot.mergeable.as_ref(), FactKey::Mergeable);
            Some(mergeable.map(|yes| Value::Boolean(*yes)))
        }
        // Nil when the fork was deleted; which repository it is, only GitHub knows.
        ("Ref", "repo" | "user" | "label") => Some(real_pull(lua, session).map(|_| Value::Nil)),
        _ => None,
    }
}

/// The pull request, when there is one: a local run has only what stands in for it.
fn real_pull<'a>(lua: &Lua, session: &'a Session) -> mlua::Result<&'a PullRequest> {
    let pull = session.need(lua, session.snapshot.pull.as_ref(), FactKey::Pull)?;
    if pull.number.0 == 0 { Err(session.stop(Stop::Beyond(Unavailable::NeedsPullRequest))) } else { Ok(pull) }
}
