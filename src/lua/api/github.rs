//! `danger.github`: what GitHub knows of the pull request.

use super::super::convert::{github_commit_to_json, pull_to_json};
use super::super::session::Session;
use super::{namespace, record, table};
use crate::model::FactKey;
use mlua::{Lua, Table, Value};
use serde_json::Value as Json;
use std::rc::Rc;

pub(super) fn register(lua: &Lua, _session: &Rc<Session>) -> mlua::Result<Table> {
    namespace::empty(lua)
}

/// Fields of `danger.github`.
pub(super) fn field(lua: &Lua, session: &Rc<Session>, name: &str) -> mlua::Result<Option<Value>> {
    let value = match name {
        "pr" => pull_to_json(session.need(lua, session.snapshot.pull.as_ref(), FactKey::Pull)?),
        "commits" => {
            let commits = session.need(lua, session.snapshot.commits.as_ref(), FactKey::Commits)?;
            Json::Array(commits.iter().map(github_commit_to_json).collect())
        }
        _ => return Ok(None),
    };
    // A fact's record type is the one that the table of names gives it.
    let signature = table::signature_of("danger.github", name);
    record::to_record(lua, session, &format!("danger.github.{name}"), signature, &value).map(Some)
}
