//! The stage of the demo: both servers, the repository, and how a scene is played on it.

use super::key::AppKey;
use super::scenes::{FILES, Scene};
use crate::cli::failure::Failure;
use crate::github::{Web, WebRequest};
use crate::server::{Server, ServerConfig, ServerHandle, system_clock};
use crate::sim::{AppConfig, Sim, SimClock, SimConfig, SimHandle};
use http::{HeaderMap, HeaderValue, Method};
use std::fmt::Display;
use std::time::Duration;
use tempfile::TempDir;

/// The repository of the story.
pub(super) const REPOSITORY: &str = "harbour/lighthouse";
const APP_ID: u64 = 1;
pub(super) const BASE: &str = "main";
/// People of the story and what they may do.
const PEOPLE: [(&str, &str); 3] = [("ada", "write"), ("grace", "write"), ("linus", "write")];
const PERMISSIONS: [(&str, &str); 5] =
    [("checks", "write"), ("contents", "write"), ("metadata", "read"), ("pull_requests", "write"), ("issues", "read")];

/// A running simulation with a server beside it. What they keep lies in a temporary folder that goes with them.
pub(super) struct Stage {
    github: SimHandle,
    server: ServerHandle,
    /// Opens the server's own pages in the printed links.
    token: String,
    _folder: TempDir,
}

impl Stage {
    /// Starts both, makes the repository, and installs the app on it.
    pub(super) async fn build(port: u16) -> Result<Self, Failure> {
        let config = SimConfig { port, clock: SimClock::real() };
        let github = Sim::start(config).await.map_err(|error| {
            Failure::usage(format!("the simulated GitHub cannot listen on port {port}: {error}; choose another --port"))
        })?;
        let folder = tempfile::tempdir().map_err(failed)?;
        let key = AppKey::generate().map_err(|_| Failure::failed("the system gives no randomness for a key"))?;
        let secret = random_text()?;
        let token = random_text()?;
        let settings = settings(&github, &folder, &key, &secret, &token)?;
        let server = Server::start(settings, system_clock()).await.map_err(failed)?;
        let (owner, name) = REPOSITORY.split_once('/').expect("the repository of the story has an owner");
        github.register_app(AppConfig {
            app_id: APP_ID,
            slug: "deckhand".to_owned(),
            public_key_pem: key.public_pem,
            webhook_url: Some(format!("{}/webhooks/github", server.public_url())),
            secret,
            permissions: PERMISSIONS.map(|(name, access)| (name.to_owned(), access.to_owned())).into(),
            events: AppConfig::events(),
        });
        github.create_repository(owner, name, FILES, false);
        for (login, permission) in PEOPLE {
            github.add_user(REPOSITORY, login, permission);
        }
        github.install(REPOSITORY);
        github.sign_in(server.public_url(), &format!("token={token}"));
        let stage = Stage { github, server, token, _folder: folder };
        stage.settle().await?;
        Ok(stage)
    }

    /// Plays a scene to its end and gives the pull request's number.
    pub(super) async fn play(&self, scene: &Scene) -> Result<u64, Failure> {
        let mut number = None;
        for (message, edits) in &scene.pushes {
            let edits: Vec<(&str, Option<&str>)> = edits.iter().map(|(path, text)| (*path, text.as_deref())).collect();
            self.github.push(REPOSITORY, scene.branch, scene.author, message, &edits, BASE);
            if number.is_none() {
                let Scene { title, body, branch, author, .. } = scene;
                number = Some(self.github.open_pull(REPOSITORY, title, body, branch, BASE, author, false));
            }
            self.settle().await?;
        }
        let number = number.expect("every scene has a push");
        if let Some((name, report)) = scene.report {
            self.send_report(number, name, report).await?;
        }
        Ok(number)
    }

    /// What a job of the build does after a linter: `deckhand coverage upload ruff.sarif`.
    async fn send_report(&self, number: u64, name: &str, report: &str) -> Result<(), Failure> {
        let web = Web::new(concat!("deckhand/", env!("CARGO_PKG_VERSION"))).map_err(failed)?;
        let server = self.server.public_url();
        let commit = self.github.head(REPOSITORY, number).ok_or_else(|| failed("a pull request has no head"))?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.token)).map_err(failed)?;
        let request = WebRequest {
            method: Method::POST,
            url: format!("{server}/api/v1/repos/{REPOSITORY}/commits/{commit}/coverage?name={name}"),
            headers: HeaderMap::from_iter([(http::header::AUTHORIZATION, bearer)]),
            body: Some(report.as_bytes().to_vec()),
            max_bytes: 64 << 10,
            timeout: Duration::from_secs(60),
        };
        let reply = web.send(request).await.map_err(failed)?;
        if reply.status != 202 {
            let words = String::from_utf8_lossy(&reply.body).into_owned();
            return Err(failed(format!("its server does not take {name}: {words}")));
        }
        self.settle().await
    }

    /// Address of a page of the repository.
    pub(super) fn page(&self, path: &str) -> String {
        format!("{}/{REPOSITORY}{path}", self.github.web_url())
    }

    /// Address of the page behind the newest check's *Details* of a pull request, with the token that opens it.
    pub(super) fn details(&self, number: u64) -> Option<String> {
        let head = self.github.head(REPOSITORY, number)?;
        let checks = self.github.checks(REPOSITORY, &head);
        let address = checks.first()?["details_url"].as_str()?;
        let is_ours = address.starts_with(self.server.public_url());
        is_ours.then(|| format!("{address}?token={}", self.token))
    }

    /// What a person sees on the pull request's page.
    pub(super) fn render_text(&self, number: u64) -> String {
        self.github.render_pull_text(REPOSITORY, number)
    }

    /// Stops the server; the simulation ends with its handle.
    pub(super) async fn end(self) {
        self.server.shutdown().await;
    }

    /// Until every webhook was delivered and every job is done.
    async fn settle(&self) -> Result<(), Failure> {
        self.github.settle().await;
        self.server.idle().await.map_err(failed)
    }
}

fn settings(
    github: &SimHandle,
    folder: &TempDir,
    key: &AppKey,
    secret: &str,
    token: &str,
) -> Result<ServerConfig, Failure> {
    let value = |name: &str| match name {
        "DECKHAND_APP_ID" => Some(APP_ID.to_string()),
        "DECKHAND_PRIVATE_KEY" => Some(key.private_pem.clone()),
        "DECKHAND_WEBHOOK_SECRET" => Some(secret.to_owned()),
        "DECKHAND_GITHUB_API_URL" => Some(github.api_url().to_owned()),
        "DECKHAND_LISTEN" => Some("127.0.0.1:0".to_owned()),
        "DECKHAND_DATABASE_URL" => Some(format!("sqlite:{}", folder.path().join("deckhand.db").display())),
        "DECKHAND_ADMIN_TOKEN" => Some(token.to_owned()),
        _ => None,
    };
    ServerConfig::load(value, None).map_err(failed)
}

fn random_text() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn failed(error: impl Display) -> Failure {
    Failure::failed(format!("the demo cannot start: {error}"))
}
