//! `danger.github`: what GitHub knows of the pull request.

use super::super::github_shapes as shapes;
use super::super::script::Stop;
use super::super::session::Session;
use super::{namespace, record, table};
use crate::model::{FactKey, PullRequest};
use mlua::{Lua, Table, Value};
use std::rc::Rc;

pub(super) fn register(lua: &Lua, _session: &Rc<Session>) -> mlua::Result<Table> {
    namespace::empty(lua)
}

/// Fields of `danger.github`.
pub(super) fn field(lua: &Lua, session: &Rc<Session>, name: &str) -> mlua::Result<Option<Value>> {
    let known = &session.snapshot;
    let value = match name {
        "pr" => shapes::pull_to_json(session.need(lua, known.pull.as_ref(), FactKey::Pull)?),
        "issue" => shapes::issue_to_json(real_pull(lua, session)?),
        "this_pr" => {
            let repository = known.subject.repository.as_ref();
            let repository = repository.ok_or_else(|| session.stop(Stop::NeedsPullRequest))?;
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

/// The pull request, when there is one: a local run has only what stands in for it.
fn real_pull<'a>(lua: &Lua, session: &'a Session) -> mlua::Result<&'a PullRequest> {
    let pull = session.need(lua, session.snapshot.pull.as_ref(), FactKey::Pull)?;
    if pull.number.0 == 0 { Err(session.stop(Stop::NeedsPullRequest)) } else { Ok(pull) }
}
