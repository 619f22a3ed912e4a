//! Accounts, apps and installations.

use serde_json::{Map, Value, json};

use super::node_id;
use crate::sim::state::{App, Installation, Permissions, State};

/// `simple-user`; a login that nobody registered is shown as a ghost.
pub(in crate::sim) fn user(state: &State, login: &str) -> Value {
    let (id, kind) = state.users.get(login).map_or((10_137, "User"), |user| (user.id, user.kind));
    let api = format!("{}/users/{}", state.env.api, login.replace('[', "%5B").replace(']', "%5D"));
    let page = login.strip_suffix("[bot]").map_or_else(|| login.to_owned(), |slug| format!("apps/{slug}"));
    json!({
        "login": login, "id": id, "node_id": node_id("User", id),
        "avatar_url": format!("{}/avatars/{id}", state.env.web), "gravatar_id": "",
        "url": api, "html_url": format!("{}/{page}", state.env.web),
        "followers_url": format!("{api}/followers"), "following_url": format!("{api}/following{{/other_user}}"),
        "gists_url": format!("{api}/gists{{/gist_id}}"), "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{api}/subscriptions"), "organizations_url": format!("{api}/orgs"),
        "repos_url": format!("{api}/repos"), "events_url": format!("{api}/events{{/privacy}}"),
        "received_events_url": format!("{api}/received_events"),
        "type": kind, "user_view_type": "public", "site_admin": false,
    })
}

/// The other name of an app.
pub(in crate::sim) fn client_id(app: u64) -> String {
    format!("Iv1.{app:016x}")
}

/// `integration`.
pub(in crate::sim) fn app(state: &State, app: &App) -> Value {
    let installed = state.installations.iter().filter(|inst| inst.app_id == app.id).count();
    json!({
        "id": app.id, "slug": app.slug, "client_id": client_id(app.id), "node_id": node_id("App", app.id),
        "owner": user(state, &app.owner), "name": app.name, "description": null,
        "external_url": "https://example.com/", "html_url": format!("{}/apps/{}", state.env.web, app.slug),
        "created_at": app.created_at, "updated_at": app.created_at,
        "permissions": permissions(&app.permissions), "events": app.events, "installations_count": installed,
    })
}

/// `webhook-config`; of a secret GitHub shows only that there is one.
pub(in crate::sim) fn hook(app: &App) -> Value {
    let mut config = json!({ "content_type": "json", "insecure_ssl": "0" });
    if let Some(url) = &app.webhook_url {
        config["url"] = url.as_str().into();
    }
    if !app.secret.is_empty() {
        config["secret"] = "********".into();
    }
    config
}

/// `installation`.
pub(in crate::sim) fn installation(state: &State, inst: &Installation) -> Value {
    let app = state.apps.iter().find(|app| app.id == inst.app_id).expect("an installation has its app");
    let account = user(state, &inst.account);
    json!({
        "id": inst.id, "client_id": client_id(app.id), "account": account,
        "repository_selection": if inst.repositories.is_some() { "selected" } else { "all" },
        "access_tokens_url": format!("{}/app/installations/{}/access_tokens", state.env.api, inst.id),
        "repositories_url": format!("{}/installation/repositories", state.env.api),
        "html_url": format!("{}/settings/installations/{}", state.env.web, inst.id),
        "app_id": app.id, "app_slug": app.slug, "target_id": account["id"], "target_type": account["type"],
        "permissions": permissions(&inst.permissions), "events": app.events,
        "created_at": inst.created_at, "updated_at": inst.created_at, "single_file_name": null,
        "has_multiple_single_files": false, "single_file_paths": [],
        "suspended_by": null, "suspended_at": inst.suspended_at,
    })
}

pub(in crate::sim) fn permissions(permissions: &Permissions) -> Value {
    Value::Object(permissions.iter().map(|(name, access)| (name.clone(), access.name().into())).collect::<Map<_, _>>())
}
