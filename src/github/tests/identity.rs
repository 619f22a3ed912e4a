//! Who we are: signatures, tokens, clocks, secrets.

use crate::github::tests::fake::*;
use crate::github::{ConfigError, Github, GithubConfig};
use crate::model::*;
use serde_json::json;

const PUBLIC_KEY: &str = include_str!("../../../tests/data/github/app-key.pub.pem");

fn pulls() -> Reply {
    ok(json!([]))
}

#[tokio::test]
async fn one_token_is_minted_for_all_who_wait() {
    let fake = Fake::start(with_tokens(|_, _| pulls())).await;
    let client = fake.client();
    let calls = (0..20).map(|_| client.list_open_pulls(None));
    for result in futures_util::future::join_all(calls).await {
        result.unwrap();
    }
    let seen = fake.seen.lock().unwrap().clone();
    let mintings: Vec<_> = seen.iter().filter(|seen| seen.line.contains("access_tokens")).collect();
    assert_eq!(mintings.len(), 1);
    assert_eq!(mintings[0].line, "POST /app/installations/5/access_tokens");
    assert_eq!(mintings[0].body, json!({ "repository_ids": [7] }));
    let call = seen.iter().find(|seen| seen.line.starts_with("GET")).unwrap();
    assert_eq!(call.headers["authorization"], "Bearer ghs_secret");
    assert_eq!(call.headers["user-agent"], "deckhand/test");
    assert_eq!(call.headers["x-github-api-version"], "2022-11-28");
    assert_eq!(call.headers.get_all("user-agent").iter().count(), 1);
    assert_eq!(client.counter().used(), 20);
}

#[tokio::test]
async fn the_apps_token_is_signed_for_githubs_clock() {
    // Our clock is 90 s ahead: GitHub refuses a token from the future, and its answer tells the time.
    let fake = Fake::start(|seen, before| match (seen.line.contains("access_tokens"), before) {
        (true, 0) => status(401, "'Issued at' claim is in the future"),
        (true, _) => minted(),
        (false, _) => pulls(),
    })
    .await;
    let client = fake.github(90_000).repository(InstallationId(5), RepositoryId(7), RepoName::new("o", "r").unwrap());
    client.list_open_pulls(None).await.unwrap();
    let seen = fake.seen.lock().unwrap().clone();
    let header = seen[1].headers["authorization"].to_str().unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_rsa_pem(PUBLIC_KEY.as_bytes()).unwrap();
    let token = header.strip_prefix("Bearer ").unwrap();
    let claims = jsonwebtoken::decode::<serde_json::Value>(token, &key, &validation).unwrap().claims;
    let now = NOW.unix_seconds();
    assert_eq!(claims, json!({ "iat": now - 30, "exp": now + 540, "iss": "42" }));
}

#[tokio::test]
async fn an_outdated_token_is_replaced_once() {
    let fake =
        Fake::start(with_tokens(|_, before| if before == 0 { status(401, "Bad credentials") } else { pulls() })).await;
    fake.client().list_open_pulls(None).await.unwrap();
    assert_eq!(fake.lines().len(), 2);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_and_never_shown() {
    for wrong in
        ["", "secret-text", PUBLIC_KEY, "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"]
    {
        let config = GithubConfig {
            api_url: "http://127.0.0.1:1".into(),
            app_id: 1,
            private_key: wrong.into(),
            user_agent: "x".into(),
        };
        assert!(!format!("{config:?}").contains("secret-text"));
        assert_eq!(Github::new(config).map(|_| ()), Err(ConfigError::PrivateKey));
    }
}

#[tokio::test]
async fn a_secure_root_finds_its_cryptography() {
    let config = GithubConfig {
        api_url: "https://git.example.com/api/v3".into(),
        app_id: 1,
        private_key: KEY.into(),
        user_agent: "x".into(),
    };
    // A host without certificates is told so; nothing panics.
    assert!(matches!(Github::new(config), Ok(_) | Err(ConfigError::Certificates)));
}
