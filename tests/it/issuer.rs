//! Who signs tokens of workflows, on this machine: keys that can be changed, and a place where a workflow asks for one.

use crate::server_bench::KEY;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use deckhand::model::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

pub(crate) const SECOND_KEY: &str = include_str!("../data/oidc/second-key.pem");
/// What a job has to show when it asks for a token.
pub(crate) const REQUEST_TOKEN: &str = "canary-request-token";

#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) url: String,
    state: Arc<Mutex<Inner>>,
}

struct Inner {
    /// Name and PEM; the first one signs.
    keys: Vec<(&'static str, &'static str)>,
    /// Whether it answers.
    there: bool,
    asked: usize,
    /// What the next token says, but for its audience.
    claims: Value,
}

impl Issuer {
    pub(crate) async fn start() -> Issuer {
        let inner = Inner { keys: vec![("first", KEY)], there: true, asked: 0, claims: Value::Null };
        let state = Arc::new(Mutex::new(inner));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Issuer { url, state };
        let router =
            Router::new().route("/.well-known/jwks", get(keys)).route("/token", get(token)).with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    /// From now on these keys are listed, and the first one signs.
    pub(crate) fn set_keys(&self, keys: &[(&'static str, &'static str)]) {
        self.state.lock().unwrap().keys = keys.to_vec();
    }

    pub(crate) fn set_there(&self, there: bool) {
        self.state.lock().unwrap().there = there;
    }

    /// How often somebody read the keys.
    pub(crate) fn asked(&self) -> usize {
        self.state.lock().unwrap().asked
    }

    /// What a job's next token says.
    pub(crate) fn set_claims(&self, claims: Value) {
        self.state.lock().unwrap().claims = claims;
    }

    /// As GitHub's reference has them.
    pub(crate) fn claims(&self, audience: &str, sha: &str, now: Timestamp) -> Value {
        let now = now.unix_seconds();
        json!({
            "jti": "6f4a2b", "sub": "repo:octo/hello:pull_request", "aud": audience, "iss": self.url,
            "ref": "refs/pull/1/merge", "sha": sha, "repository": "octo/hello", "repository_owner": "octo",
            "repository_id": "5", "repository_owner_id": "2", "run_id": "30", "run_number": "7", "run_attempt": "1",
            "actor": "mona", "workflow": "Tests", "event_name": "pull_request", "ref_type": "branch",
            "nbf": now - 300, "exp": now + 600, "iat": now,
        })
    }

    /// A token that says this, signed with the first key.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let (kid, pem) = self.state.lock().unwrap().keys[0];
        sign_as(kid, pem, claims)
    }
}

pub(crate) fn sign_as(kid: &str, pem: &str, claims: &Value) -> String {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::RS256) };
    encode(&header, claims, &EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()).unwrap()
}

async fn keys(State(issuer): State<Issuer>) -> Response {
    let mut state = issuer.state.lock().unwrap();
    state.asked += 1;
    if !state.there {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let list = state.keys.iter().map(|(kid, pem)| {
        let key = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::RS256).unwrap();
        jwk.common.key_id = Some((*kid).to_owned());
        serde_json::to_value(jwk).unwrap()
    });
    // A key of a kind that nobody here knows stands in nobody's way.
    let strange = json!({ "kty": "LATTICE", "kid": "strange", "x": "AAAA" });
    let list: Vec<Value> = [strange].into_iter().chain(list).collect();
    axum::Json(json!({ "keys": list })).into_response()
}

/// `ACTIONS_ID_TOKEN_REQUEST_URL`, with the audience added.
async fn token(
    State(issuer): State<Issuer>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let shown = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !shown.eq_ignore_ascii_case(&format!("bearer {REQUEST_TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut claims = issuer.state.lock().unwrap().claims.clone();
    claims["aud"] = json!(query.get("audience"));
    axum::Json(json!({ "value": issuer.sign(&claims) })).into_response()
}
