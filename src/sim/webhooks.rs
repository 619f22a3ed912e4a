//! How apps hear of changes: deliveries are signed, sent over HTTP and recorded.

use super::json;
use super::state::{Access, App, Delivery, Installation, State};
use base64::Engine;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// GitHub waits so long for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);

impl State {
    /// Tells every app that is installed on the repository.
    pub(super) fn tell(&mut self, index: usize, event: &str, actor: &str, body: Value) {
        let apps: Vec<u64> = self.apps.iter().map(|app| app.id).collect();
        for app in apps {
            self.tell_app(index, app, event, actor, body.clone());
        }
    }

    /// Tells one app, when it is installed there.
    pub(super) fn tell_app(&mut self, index: usize, app: u64, event: &str, actor: &str, mut body: Value) {
        let repo = &self.repos[index];
        let Some(installation) = self.installation_of(app, repo).filter(|it| it.suspended_at.is_none()) else { return };
        if !self.apps.iter().any(|it| it.id == app && hears(it, installation, event)) {
            return;
        }
        let installation = installation.id;
        body["repository"] = json::repo(self, repo);
        if event == "push" {
            // As GitHub does it in this one event.
            body["repository"]["created_at"] = 0.into();
            body["repository"]["pushed_at"] = self.clock().now().into();
        }
        body["sender"] = json::user(self, actor);
        body["installation"] =
            serde_json::json!({ "id": installation, "node_id": json::node_id("Installation", installation) });
        if json::user(self, &repo.owner)["type"] == "Organization" {
            body["organization"] = organization(self, &repo.owner);
        }
        let id = repo.id;
        self.deliver(app, event, Some(installation), Some(id), body);
    }

    /// Queues a delivery; an app without an address hears nothing.
    pub(super) fn deliver(
        &mut self,
        app: u64,
        event: &str,
        installation: Option<u64>,
        repository: Option<u64>,
        body: Value,
    ) {
        let listens = self.apps.iter().any(|it| it.id == app && it.webhook_url.is_some());
        if !listens {
            return;
        }
        let id = self.fresh_id();
        let delivery = Delivery {
            id,
            guid: guid(id),
            app,
            event: event.to_owned(),
            action: body["action"].as_str().map(str::to_owned),
            installation,
            repository,
            body: body.to_string(),
            redelivery: false,
            delivered_at: self.now(),
            status_code: 0,
            status: "pending".to_owned(),
            duration: 0.0,
        };
        self.queue(delivery);
    }

    /// Sends a delivery once more, under its old GUID.
    pub(super) fn redeliver(&mut self, known: &Delivery) -> u64 {
        let id = self.fresh_id();
        let delivered_at = self.now();
        let again = Delivery {
            id,
            redelivery: true,
            delivered_at,
            status_code: 0,
            status: "pending".to_owned(),
            ..known.clone()
        };
        self.queue(again);
        id
    }

    fn queue(&mut self, delivery: Delivery) {
        let id = delivery.id;
        self.deliveries.push(delivery);
        if self.env.deliver.load(Ordering::SeqCst) {
            self.env.pending.send_modify(|count| *count += 1);
            // The sender's task ends only with the simulation.
            _ = self.env.sender.send(id);
        }
    }
}

/// Whether an app is told: it subscribed, and may read what the event is about. Checks are told unasked to whoever may
/// write them. Source: "Webhook events and payloads" in GitHub's documentation.
fn hears(app: &App, installation: &Installation, event: &str) -> bool {
    let granted = |name: &str| installation.permissions.get(name).copied();
    match event {
        "check_run" | "check_suite" if granted("checks") == Some(Access::Write) => true,
        _ if !app.events.iter().any(|known| known == event) => false,
        "check_run" | "check_suite" => granted("checks").is_some(),
        "issue_comment" => granted("issues").is_some(),
        "pull_request" | "pull_request_review" | "pull_request_review_comment" => granted("pull_requests").is_some(),
        "merge_group" => granted("merge_queues").is_some(),
        "push" => granted("contents").is_some(),
        "status" => granted("statuses").is_some(),
        "workflow_run" => granted("actions").is_some(),
        _ => true,
    }
}

fn organization(state: &State, login: &str) -> Value {
    let id = state.users.get(login).map_or(0, |user| user.id);
    let api = format!("{}/orgs/{login}", state.env.api);
    serde_json::json!({
        "login": login, "id": id, "node_id": json::node_id("Organization", id), "url": api,
        "repos_url": format!("{api}/repos"), "events_url": format!("{api}/events"), "hooks_url": format!("{api}/hooks"),
        "issues_url": format!("{api}/issues"), "members_url": format!("{api}/members{{/member}}"),
        "public_members_url": format!("{api}/public_members{{/member}}"),
        "avatar_url": format!("{}/avatars/{id}", state.env.web), "description": null,
    })
}

/// Looks like a GUID, and is the same in every run.
fn guid(id: u64) -> String {
    let hash = Sha256::digest(id.to_be_bytes());
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

type Sender = Client<HttpConnector, Full<axum::body::Bytes>>;

/// Sends what is queued until the simulation ends. As at GitHub no delivery waits for the answer to the one before, and
/// what follows closely can arrive in another order.
pub(super) async fn run(state: Arc<Mutex<State>>, mut queue: mpsc::UnboundedReceiver<u64>) {
    let client: Sender = Client::builder(TokioExecutor::new()).build_http();
    let mut sent = JoinSet::new();
    while let Some(id) = queue.recv().await {
        sent.spawn(send(state.clone(), client.clone(), id));
        while sent.try_join_next().is_some() {}
    }
}

async fn send(state: Arc<Mutex<State>>, client: Sender, id: u64) {
    let (request, begun) = (build_request(&lock(&state), id), Instant::now());
    let (status_code, status) = match request {
        None => (0, "no address".to_owned()),
        Some(request) => match tokio::time::timeout(TIMEOUT, client.request(request)).await {
            Ok(Ok(reply)) => {
                let status = reply.status();
                // Read to the end, so that the connection can serve the next one.
                _ = reply.into_body().collect().await;
                (status.as_u16(), status.canonical_reason().unwrap_or("unknown").to_owned())
            }
            Ok(Err(_)) => (0, "failed to connect to host".to_owned()),
            Err(_) => (0, "timed out".to_owned()),
        },
    };
    let mut state = lock(&state);
    if let Some(delivery) = state.deliveries.iter_mut().find(|it| it.id == id) {
        (delivery.status_code, delivery.status) = (status_code, status);
        delivery.duration = (begun.elapsed().as_secs_f64() * 100.0).round() / 100.0;
    }
    state.env.pending.send_modify(|count| *count -= 1);
}

/// The state; a holder that panicked has broken a test already.
pub(super) fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn build_request(state: &State, id: u64) -> Option<Request<Full<axum::body::Bytes>>> {
    let delivery = state.deliveries.iter().find(|it| it.id == id)?;
    let app = state.apps.iter().find(|it| it.id == delivery.app)?;
    let token = base64::engine::general_purpose::STANDARD_NO_PAD.encode(Sha256::digest(&app.slug));
    let mut request = Request::post(app.webhook_url.as_deref()?)
        .header("content-type", "application/json")
        .header("accept", "*/*")
        .header("user-agent", format!("GitHub-Hookshot/{}", &token[..7].replace(['/', '+'], "0")))
        .header("x-github-delivery", &delivery.guid)
        .header("x-github-event", &delivery.event)
        .header("x-github-hook-id", app.hook_id)
        .header("x-github-hook-installation-target-id", app.id)
        .header("x-github-hook-installation-target-type", "integration");
    if !app.secret.is_empty() {
        request = request
            .header("x-hub-signature", format!("sha1={}", sign::<Hmac<Sha1>>(&app.secret, &delivery.body)))
            .header("x-hub-signature-256", format!("sha256={}", sign::<Hmac<Sha256>>(&app.secret, &delivery.body)));
    }
    request.body(Full::from(delivery.body.clone())).ok()
}

fn sign<M: Mac + KeyInit>(secret: &str, body: &str) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
