//! Repositories, their branches, and who may do what there.

use super::call::Call;
use crate::sim::json;
use crate::sim::reply::{Answer, Reply};
use crate::sim::state::Required;
use serde_json::{Value, json};

/// From the least to the most.
const ROLES: [&str; 6] = ["none", "read", "triage", "write", "maintain", "admin"];

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    Reply::ok(json::full_repo(call.state, call.repo()))
}

pub(super) fn branches(call: &mut Call<'_>) -> Answer {
    let api = format!("{}/repos/{}", call.state.env.api, call.repo().full_name());
    let one = |(name, sha): (&String, &String)| json!({ "name": name, "commit": { "sha": sha, "url": format!("{api}/commits/{sha}") }, "protected": false });
    let all: Vec<Value> = call.repo().branches.iter().map(one).collect();
    call.list(&all)
}

pub(super) fn branch(call: &mut Call<'_>) -> Answer {
    let repo = call.repo();
    let name = call.param(0);
    let sha = repo.branches.get(name).ok_or_else(|| Reply::refusal(404, "Branch not found"))?;
    let commit = repo.git.load_commit(sha).ok_or_else(Reply::not_found)?;
    let url = format!("{}/repos/{}/branches/{name}", call.state.env.api, repo.full_name());
    let html = format!("{}/{}/tree/{name}", call.state.env.web, repo.full_name());
    let contexts: Vec<&str> = repo.required_on(name, true).map(|it| it.context.as_str()).collect();
    let each = |it: &Required| json!({ "context": it.context, "app_id": it.app });
    let each: Vec<Value> = repo.required_on(name, true).map(each).collect();
    let protected = !contexts.is_empty();
    let level = if protected { "non_admins" } else { "off" };
    let checks = json!({ "enforcement_level": level, "contexts": contexts, "checks": each });
    Reply::ok(json!({
        "name": name, "commit": json::commit(call.state, repo, &commit), "_links": { "self": url, "html": html },
        "protected": protected, "protection": { "enabled": protected, "required_status_checks": checks },
        "protection_url": format!("{url}/protection"),
    }))
}

/// The active rules of a branch, which need not exist; rules of other kinds are not simulated.
pub(super) fn rules(call: &mut Call<'_>) -> Answer {
    let repo = call.repo();
    // A rule for anybody has no `integration_id`.
    let each = |it: &Required| match it.app {
        Some(app) => json!({ "context": it.context, "integration_id": app }),
        None => json!({ "context": it.context }),
    };
    let checks: Vec<Value> = repo.required_on(call.param(0), false).map(each).collect();
    let rule = json!({
        "type": "required_status_checks", "ruleset_source_type": "Repository", "ruleset_source": repo.full_name(),
        "ruleset_id": repo.id,
        "parameters": { "required_status_checks": checks, "strict_required_status_checks_policy": false },
    });
    let all = if checks.is_empty() { Vec::new() } else { vec![rule] };
    call.list(&all)
}

pub(super) fn permission(call: &mut Call<'_>) -> Answer {
    let repo = call.repo();
    let login = call.param(0);
    if !call.state.users.contains_key(login) {
        return Err(Reply::refusal(404, &format!("{login} is not a user")));
    }
    let word = match repo.members.get(login).map(String::as_str) {
        _ if login == repo.owner => "admin",
        Some(word) => word,
        None if repo.private => "none",
        None => "read",
    };
    let rank = ROLES.iter().position(|role| *role == word).unwrap_or(0);
    let at_least = |role: &str| ROLES.iter().position(|it| *it == role).is_some_and(|needed| rank >= needed);
    let mut user = json::user(call.state, login);
    user["role_name"] = word.into();
    user["permissions"] = json!({
        "pull": at_least("read"), "triage": at_least("triage"), "push": at_least("write"),
        "maintain": at_least("maintain"), "admin": at_least("admin"),
    });
    // "Get repository permissions for a user": the older word knows neither maintain nor triage.
    let permission = match word {
        "maintain" => "write",
        "triage" => "read",
        other => other,
    };
    Reply::ok(json!({ "permission": permission, "role_name": word, "user": user }))
}
