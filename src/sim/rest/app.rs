//! What an app does as itself, and what its installation may list.

use super::call::Call;
use super::page::linked;
use crate::sim::auth::{Caller, mint as mint_token};
use crate::sim::json;
use crate::sim::quota::LIMIT;
use crate::sim::reply::{Answer, Reply};
use crate::sim::state::{App, Delivery};
use serde_json::{Value, json};

pub(super) fn rate_limit(call: &mut Call<'_>) -> Answer {
    let now = call.state.clock().now();
    let id = if let Caller::Installation { id, .. } = call.caller { id } else { 0 };
    let one = |graphql: bool| {
        let left = call.state.quota.of((id, graphql), now);
        let used = LIMIT - left.remaining.min(LIMIT);
        json!({ "limit": LIMIT, "used": used, "remaining": left.remaining, "reset": left.reset })
    };
    let resources = json!({ "core": one(false), "search": one(false), "graphql": one(true) });
    Reply::ok(json!({ "resources": resources, "rate": one(false) }))
}

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    Reply::ok(json::app(call.state, own(call)?))
}

/// "Get a webhook configuration for an app": the secret is never shown, only that there is one.
/// An app whose webhook is not active has none to show.
pub(super) fn hook(call: &mut Call<'_>) -> Answer {
    let app = own(call)?;
    if app.webhook_url.is_none() {
        return Err(Reply::not_found());
    }
    Reply::ok(json::hook(app))
}

pub(super) fn installations(call: &mut Call<'_>) -> Answer {
    let id = own(call)?.id;
    let all = call.state.installations.iter().filter(|it| it.app_id == id);
    let all: Vec<Value> = all.map(|it| json::installation(call.state, it)).collect();
    call.list(&all)
}

pub(super) fn mint(call: &mut Call<'_>) -> Answer {
    let (id, app) = (call.number(0)?, own(call)?.id);
    let index = call.state.installations.iter().position(|it| it.id == id && it.app_id == app);
    let index = index.ok_or_else(Reply::not_found)?;
    if call.state.installations[index].suspended_at.is_some() {
        return Err(Reply::refusal(403, "This installation has been suspended"));
    }
    let body = call.body.clone();
    let (mut answer, chosen) = mint_token(call.state, index, &body)?;
    if let Some(chosen) = chosen {
        let repos = call.state.repos.iter().filter(|repo| chosen.contains(&repo.id));
        answer["repositories"] = repos.map(|repo| json::repo(call.state, repo)).collect();
    }
    Reply::created(answer)
}

/// The newest first, those that were tried; a page begins at the delivery that its cursor names.
pub(super) fn deliveries(call: &mut Call<'_>) -> Answer {
    let app = own(call)?.id;
    let cursor = match call.query.get("cursor") {
        None => u64::MAX,
        Some(text) => {
            let id = text.strip_prefix("v1_").and_then(|id| id.parse().ok());
            id.ok_or_else(|| Reply::malformed("\"cursor\" is not a cursor."))?
        }
    };
    let success = call.query.get("status").map(|word| word == "success");
    let fits = |it: &&Delivery| {
        it.app == app
            && it.was_tried()
            && it.id <= cursor
            && success.is_none_or(|wanted| wanted == (200..400).contains(&it.status_code))
    };
    let mut found = call.state.deliveries.iter().rev().filter(fits);
    let page: Vec<Value> = found.by_ref().take(call.per_page()).map(json::delivery_item).collect();
    let next = found.next().map(|it| {
        let kept = call.query.without("cursor");
        format!("<{}?{kept}cursor=v1_{}>; rel=\"next\"", call.url, it.id)
    });
    Ok(linked(Reply::json(200, page.into()), next))
}

pub(super) fn delivery(call: &mut Call<'_>) -> Answer {
    let (id, app) = (call.number(0)?, own(call)?.id);
    let found = call.state.deliveries.iter().find(|it| it.id == id && it.app == app);
    Reply::ok(json::delivery(call.state, found.ok_or_else(Reply::not_found)?))
}

pub(super) fn redeliver(call: &mut Call<'_>) -> Answer {
    let (id, app) = (call.number(0)?, own(call)?.id);
    let found = call.state.deliveries.iter().find(|it| it.id == id && it.app == app).cloned();
    call.state.redeliver(&found.ok_or_else(Reply::not_found)?);
    Ok(Reply::json(202, json!({})))
}

pub(super) fn repositories(call: &mut Call<'_>) -> Answer {
    let seen = call.state.repos.iter().filter(|repo| call.caller.covers(call.state, repo));
    let all: Vec<Value> = seen.map(|repo| json::repo(call.state, repo)).collect();
    let mut reply = call.wrapped("repositories", &all)?;
    if let crate::sim::reply::Body::Json(value) = &mut reply.body {
        value["repository_selection"] = json!("selected");
    }
    Ok(reply)
}

pub(super) fn installation_of(call: &mut Call<'_>) -> Answer {
    let app = own(call)?.id;
    let found = call.state.installation_of(app, call.repo()).ok_or_else(Reply::not_found)?;
    Reply::ok(json::installation(call.state, found))
}

fn own<'a>(call: &'a Call<'_>) -> Result<&'a App, Reply> {
    let Caller::App(id) = call.caller else { return Err(Reply::forbidden()) };
    call.state.apps.iter().find(|app| app.id == id).ok_or_else(Reply::not_found)
}
