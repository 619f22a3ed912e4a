//! Artifacts of workflow runs.

use super::call::Call;
use super::page::linked;
use crate::sim::json;
use crate::sim::reply::{Answer, Reply};
use serde_json::{Value, json};

/// "This URL expires after 1 minute."
const READABLE_SECONDS: i64 = 60;

pub(super) fn artifacts(call: &mut Call<'_>) -> Answer {
    let run = call.number(0)?;
    let repo = call.repo();
    let name = call.query.get("name");
    let of_run = repo.artifacts.iter().filter(|it| it.run == run && name.is_none_or(|name| it.name == name));
    // "If multiple artifacts have the same name", the newest come first.
    let all: Vec<Value> = of_run.rev().map(|it| json::artifact(call.state, repo, it)).collect();
    let (first, end, link) = call.page(all.len());
    let body = json!({ "total_count": all.len(), "artifacts": &all[first..end] });
    Ok(linked(Reply::json(200, body), link))
}

/// A redirect to a host that knows nothing of tokens.
pub(super) fn download(call: &mut Call<'_>) -> Answer {
    let id = call.number(0)?;
    if call.param(1) != "zip" {
        return Err(Reply::not_found());
    }
    let (now, web) = (call.state.clock().now(), call.state.env.web.clone());
    let artifacts = &mut call.state.repos[call.repo].artifacts;
    let artifact = artifacts.iter_mut().find(|it| it.id == id).ok_or_else(Reply::not_found)?;
    if artifact.expired {
        return Err(Reply::refusal(410, "Artifact has expired"));
    }
    artifact.readable_until = now + READABLE_SECONDS;
    Ok(Reply::empty(302).with("location", &format!("{web}/_artifacts/{id}?se={}&sig=canary", artifact.readable_until)))
}
