//! Who calls: an app by its signed token, an installation or a person by a bearer token.

use super::clock::render_time;
use super::reply::Reply;
use super::state::{Access, Installation, Permissions, Repo, State, Token, TokenOwner};
use axum::http::HeaderMap;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};

/// Longest life of an app's own token, in seconds.
const APP_TOKEN_LIFE: i64 = 600;
/// GitHub forgives clocks that differ by so many seconds.
const LEEWAY: i64 = 60;
/// Life of an installation token, in seconds.
const INSTALLATION_TOKEN_LIFE: i64 = 3600;

/// Who calls.
#[derive(Clone, Debug)]
pub(super) enum Caller {
    App(u64),
    Installation {
        id: u64,
        app: u64,
        repositories: Option<Vec<u64>>,
        permissions: Permissions,
    },
    /// A person, and what their fine-grained token may; nothing means everything that they may.
    User {
        login: String,
        granted: Option<Permissions>,
    },
}

impl Caller {
    /// The login under which it writes, and the app.
    pub(super) fn author(&self, state: &State) -> (String, Option<u64>) {
        match self {
            Caller::User { login, .. } => (login.clone(), None),
            Caller::App(app) | Caller::Installation { app, .. } => {
                let login = state.apps.iter().find(|it| it.id == *app).map(super::state::App::login);
                (login.unwrap_or_default(), Some(*app))
            }
        }
    }

    /// The app that checks belong to.
    pub(super) fn app(&self) -> Option<u64> {
        match self {
            Caller::Installation { app, .. } | Caller::App(app) => Some(*app),
            Caller::User { .. } => None,
        }
    }

    /// Whether the repository exists for it.
    pub(super) fn sees(&self, state: &State, repo: &Repo) -> bool {
        match self {
            Caller::App(_) => false,
            Caller::User { login, .. } => !repo.private || *login == repo.owner || repo.members.contains_key(login),
            // What everybody sees an installation sees too, wherever it is.
            Caller::Installation { .. } => !repo.private || self.covers(state, repo),
        }
    }

    /// Whether an installation's token is for this repository.
    pub(super) fn covers(&self, state: &State, repo: &Repo) -> bool {
        let Caller::Installation { id, repositories, .. } = self else { return false };
        let installation = state.installations.iter().find(|it| it.id == *id);
        installation.is_some_and(|it| it.covers(repo))
            && repositories.as_ref().is_none_or(|chosen| chosen.contains(&repo.id))
    }

    /// Whether it has one of these permissions now.
    pub(super) fn may(&self, state: &State, repo: &Repo, needed: &[(&str, Access)]) -> bool {
        match self {
            Caller::App(_) => false,
            Caller::User { login, granted } => {
                let writes = writes(repo, login);
                let may = |(name, access): &(&str, Access)| {
                    let granted =
                        granted.as_ref().is_none_or(|granted| granted.get(*name).is_some_and(|it| it >= access));
                    granted && (*access == Access::Read || writes)
                };
                needed.is_empty() || needed.iter().any(may)
            }
            Caller::Installation { .. } if !self.covers(state, repo) => {
                !repo.private && (needed.is_empty() || needed.iter().any(|(_, access)| *access == Access::Read))
            }
            Caller::Installation { id, permissions, .. } => {
                let now = state.installations.iter().find(|it| it.id == *id).map(|it| &it.permissions);
                let has = |granted: &Permissions, (name, access): &(&str, Access)| {
                    granted.get(*name).is_some_and(|granted| granted >= access)
                };
                needed.is_empty()
                    || needed.iter().any(|need| has(permissions, need) && now.is_some_and(|now| has(now, need)))
            }
        }
    }
}

impl Caller {
    /// Whether it may take part in a conversation: on GitHub everybody who sees a repository may comment and review.
    /// (docs.github.com, "Permission levels for a personal account repository")
    pub(super) fn may_talk(&self, state: &State, repo: &Repo, needed: &[(&str, Access)]) -> bool {
        let granted = |granted: &Permissions, (name, access): &(&str, Access)| {
            granted.get(*name).is_some_and(|granted| granted >= access)
        };
        match self {
            Caller::User { granted: Some(all), .. } => needed.iter().any(|need| granted(all, need)),
            Caller::User { granted: None, .. } => true,
            Caller::App(_) | Caller::Installation { .. } => self.may(state, repo, needed),
        }
    }

    /// Whether it may change or delete what somebody wrote: apps only their own, people also where they may write.
    pub(super) fn may_change(&self, repo: &Repo, author: &str, app: Option<u64>) -> bool {
        match self {
            Caller::User { login, .. } => login == author || writes(repo, login),
            Caller::App(_) | Caller::Installation { .. } => self.app() == app,
        }
    }

    /// GitHub's words for what it may not do.
    pub(super) fn refusal(&self) -> Reply {
        match self {
            Caller::User { granted: Some(_), .. } => {
                Reply::refusal(403, "Resource not accessible by personal access token")
            }
            Caller::User { granted: None, .. } => Reply::refusal(403, "Must have admin rights to Repository."),
            Caller::App(_) | Caller::Installation { .. } => Reply::forbidden(),
        }
    }
}

/// Whether a person may push.
fn writes(repo: &Repo, login: &str) -> bool {
    let word = repo.members.get(login).map_or("", String::as_str);
    login == repo.owner || matches!(word, "admin" | "maintain" | "write")
}

/// The installation whose token a request carries; 0 for everybody else.
pub(super) fn installation_of(state: &State, headers: &HeaderMap) -> u64 {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| header.split_once(' ')).map(|(_, token)| token);
    match token.and_then(|token| state.tokens.get(token)).map(|token| &token.owner) {
        Some(TokenOwner::Installation { id, .. }) => *id,
        _ => 0,
    }
}

/// Reads the `Authorization` header.
pub(super) fn identify(state: &mut State, headers: &HeaderMap) -> Result<Caller, Reply> {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok());
    let header = header.ok_or_else(|| Reply::refusal(401, "Requires authentication"))?;
    let (scheme, token) = header.split_once(' ').unwrap_or(("", header));
    if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
        return Err(Reply::refusal(401, "Bad credentials"));
    }
    if token.split('.').count() == 3 {
        return identify_app(state, token);
    }
    let now = state.clock().now();
    let known = state.tokens.get_mut(token).ok_or_else(|| Reply::refusal(401, "Bad credentials"))?;
    if known.expires_at.is_some_and(|end| end <= now) {
        return Err(Reply::refusal(401, "Bad credentials"));
    }
    if known.refused_calls > 0 {
        known.refused_calls -= 1;
        return Err(Reply::refusal(401, "Bad credentials"));
    }
    match known.owner.clone() {
        TokenOwner::User { login, granted } => Ok(Caller::User { login, granted }),
        TokenOwner::Installation { id, repositories, permissions } => {
            let installation = state.installations.iter().find(|it| it.id == id);
            let installation = installation.ok_or_else(|| Reply::refusal(401, "Bad credentials"))?;
            if installation.suspended_at.is_some() {
                return Err(Reply::refusal(403, "This installation has been suspended"));
            }
            Ok(Caller::Installation { id, app: installation.app_id, repositories, permissions })
        }
    }
}

fn identify_app(state: &State, token: &str) -> Result<Caller, Reply> {
    let undecodable = || Reply::refusal(401, "A JSON web token could not be decoded");
    // The times are checked by the simulation's own clock, below.
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let claims = state.apps.iter().find_map(|app| {
        let key = DecodingKey::from_rsa_pem(app.public_key.as_bytes()).ok()?;
        Some((app.id, decode::<Value>(token, &key, &validation).ok()?.claims))
    });
    let (id, claims) = claims.ok_or_else(undecodable)?;
    let issuer = claims["iss"].as_u64().or_else(|| claims["iss"].as_str()?.parse().ok());
    if issuer != Some(id) && claims["iss"].as_str() != Some(&super::json::client_id(id)) {
        return Err(Reply::refusal(401, "'Issuer' claim ('iss') must be an Integer"));
    }
    let now = state.clock().now();
    let (Some(issued), Some(end)) = (claims["iat"].as_i64(), claims["exp"].as_i64()) else { return Err(undecodable()) };
    if issued > now + LEEWAY {
        return Err(Reply::refusal(
            401,
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        ));
    }
    if end <= now {
        return Err(Reply::refusal(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        ));
    }
    if end > now + APP_TOKEN_LIFE + LEEWAY || end - issued > APP_TOKEN_LIFE + LEEWAY {
        return Err(Reply::refusal(401, "'Expiration time' claim ('exp') is too far in the future"));
    }
    Ok(Caller::App(id))
}

/// Makes an installation token; answers GitHub's JSON without its repositories, and the chosen ids.
pub(super) fn mint(state: &mut State, installation: usize, body: &Value) -> Result<(Value, Option<Vec<u64>>), Reply> {
    let it = state.installations[installation].clone();
    let chosen = choose(state, &it, body)?;
    let mut permissions = it.permissions.clone();
    if let Some(wanted) = body["permissions"].as_object() {
        let mut narrowed = Permissions::new();
        for (name, word) in wanted {
            let access = word.as_str().and_then(Access::parse);
            match (access, it.permissions.get(name)) {
                (Some(access), Some(granted)) if *granted >= access => narrowed.insert(name.clone(), access),
                _ => {
                    return Err(Reply::refusal(422, "The permissions requested are not granted to this installation."));
                }
            };
        }
        permissions = narrowed;
    }
    let serial = state.fresh_id();
    let token = format!("ghs_{serial:036}");
    let end = state.clock().now() + INSTALLATION_TOKEN_LIFE;
    let answer = json!({
        "token": token, "expires_at": render_time(end), "permissions": super::json::permissions(&permissions),
        "repository_selection": if chosen.is_some() || it.repositories.is_some() { "selected" } else { "all" },
    });
    let owner = TokenOwner::Installation { id: it.id, repositories: chosen.clone(), permissions };
    let refused_calls = state.refuse_new_tokens;
    state.tokens.insert(token, Token { owner, expires_at: Some(end), refused_calls });
    Ok((answer, chosen))
}

/// The repositories that a token is for, by number and by name; nothing means all of the installation's.
fn choose(state: &State, installation: &Installation, body: &Value) -> Result<Option<Vec<u64>>, Reply> {
    let (ids, names) = (body["repository_ids"].as_array(), body["repositories"].as_array());
    if ids.is_none() && names.is_none() {
        return Ok(None);
    }
    let by_id = ids.into_iter().flatten().map(|id| state.repo_by_id(id.as_u64()?));
    let by_name = names.into_iter().flatten().map(|name| state.find_repo(&installation.account, name.as_str()?));
    let found: Option<Vec<usize>> = by_id.chain(by_name).collect();
    let covered = |index: &usize| installation.covers(&state.repos[*index]);
    match found {
        Some(found) if !found.is_empty() && found.iter().all(covered) => {
            Ok(Some(found.into_iter().map(|index| state.repos[index].id).collect()))
        }
        _ => Err(Reply::refusal(
            422,
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        )),
    }
}
