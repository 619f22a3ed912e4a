//! What is asked as the app itself, for no installation: its deliveries, its installations.

use super::CallError;
use super::call::{APP_ITSELF, Auth, BACKOFF, Call, Effect, Shared, around, parse};
use super::client::Github;
use super::error::header;
use super::http::Reply;
use super::list::TRIES;
use super::pace::Asking;
use crate::model::{InstallationId, Timestamp};
use http::Method;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Pages of 100 that are read of the deliveries, and as many again of those that failed.
const DELIVERY_PAGES: usize = 30;
/// Pages of 100 installations.
const INSTALLATION_PAGES: usize = 100;

/// One attempt to deliver an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryAttempt {
    /// GitHub's id of the attempt.
    pub id: u64,
    /// The delivery: the same for all attempts.
    pub guid: String,
    /// When.
    pub at: Timestamp,
    /// What the receiver answered; 0 when nobody did.
    pub status: u16,
}

impl DeliveryAttempt {
    /// Whether the receiver took it.
    pub fn arrived(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The app's presence on an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Its id.
    pub id: InstallationId,
    /// The account's name; empty when GitHub does not tell.
    pub account: String,
    /// Where its owner looks at it.
    pub html_url: String,
    /// Whether its owner stopped it.
    pub suspended: bool,
    /// Permission name to access.
    pub permissions: BTreeMap<String, String>,
}

impl Github {
    /// The attempts since then, the newest first. Where there are too many to read, only those that failed.
    ///
    /// # Errors
    /// As every call.
    pub async fn list_deliveries(&self, since: Timestamp) -> Result<Vec<DeliveryAttempt>, CallError> {
        let mut found = Vec::new();
        let mut next = Some("/app/hook/deliveries?per_page=100".to_owned());
        if self.read_deliveries(&mut next, since, &mut found).await? {
            return Ok(found);
        }
        next = Some("/app/hook/deliveries?per_page=100&status=failure".to_owned());
        if !self.read_deliveries(&mut next, since, &mut found).await? {
            tracing::warn!("there are too many deliveries to look through; the oldest are left to the reconcile");
        }
        found.sort_by_key(|it| std::cmp::Reverse(it.id));
        found.dedup_by_key(|it| it.id);
        Ok(found)
    }

    /// Asks GitHub to send a delivery once more.
    ///
    /// # Errors
    /// As every call.
    pub async fn redeliver(&self, attempt: u64) -> Result<(), CallError> {
        let path = format!("/app/hook/deliveries/{attempt}/attempts");
        self.shared.call_as_app(self.shared.rest(Method::POST, &path, "delivery")).await.map(|_| ())
    }

    /// The app's installations, suspended ones too.
    ///
    /// # Errors
    /// As every call.
    pub async fn list_installations(&self) -> Result<Vec<Presence>, CallError> {
        // Whoever is not in this list loses its jobs, and one that leaves between two pages moves another one from the
        // next page onto the one that was read.
        let mut found = BTreeMap::new();
        for _ in 0..TRIES {
            let before = found.len();
            let pages = self.read_installations(&mut found).await?;
            if pages == 1 || found.len() == before {
                break;
            }
        }
        Ok(found.into_values().collect())
    }

    /// Adds the installations of all pages, and says how many pages there were.
    async fn read_installations(&self, found: &mut BTreeMap<InstallationId, Presence>) -> Result<usize, CallError> {
        for page in 1..=INSTALLATION_PAGES {
            let asked = "list of installations";
            let path = format!("/app/installations?per_page=100&page={page}");
            let reply = self.shared.call_as_app(self.shared.rest(Method::GET, &path, asked)).await?;
            let fetched: Vec<WirePresence> = parse(&reply.body, asked)?;
            found.extend(fetched.into_iter().map(|it| {
                let account = it.account.and_then(|account| account.login.or(account.slug)).unwrap_or_default();
                let (suspended, permissions) = (it.suspended_at.is_some(), it.permissions);
                (it.id, Presence { id: it.id, account, html_url: it.html_url, suspended, permissions })
            }));
            if next_page(&reply).is_none() {
                return Ok(page);
            }
        }
        Ok(INSTALLATION_PAGES)
    }

    /// Reads pages until one reaches back to `since`; whether one did.
    async fn read_deliveries(
        &self,
        next: &mut Option<String>,
        since: Timestamp,
        found: &mut Vec<DeliveryAttempt>,
    ) -> Result<bool, CallError> {
        for _ in 0..DELIVERY_PAGES {
            let Some(path) = next.take() else { return Ok(true) };
            let asked = "list of deliveries";
            let reply = self.shared.call_as_app(self.shared.rest(Method::GET, &path, asked)).await?;
            for attempt in parse_deliveries(&reply.body, asked)? {
                if attempt.at < since {
                    return Ok(true);
                }
                found.push(attempt);
            }
            // The link names a whole address: its cursor is all that is taken from it.
            let cursor = next_page(&reply).and_then(cursor_of);
            let base = path.split("&cursor=").next().unwrap_or(&path);
            *next = cursor.map(|cursor| format!("{base}&cursor={cursor}"));
        }
        Ok(next.is_none())
    }
}

impl Shared {
    /// Sends a call as the app. A write whose answer is unclear is not sent again.
    pub(super) async fn call_as_app(&self, call: Call) -> Result<Reply, CallError> {
        Box::pin(self.try_call_as_app(call)).await.map_err(|error| self.in_host_time(error))
    }

    async fn try_call_as_app(&self, call: Call) -> Result<Reply, CallError> {
        let Auth::App { app, .. } = &self.auth else {
            return Err(CallError::Unauthorized("only an app may ask for that".to_owned()));
        };
        let nobody = APP_ITSELF;
        let mut waits = BACKOFF.iter();
        loop {
            let asking =
                Asking { quota: call.quota, write: false, gate: true, reserved: true, concludes: true, begins: false };
            self.pace.admit(nobody, asking, self.http.github_now()).inspect_err(|_| self.meter.wait(nobody))?;
            self.meter.request(nobody, call.kind());
            let sent = self.send(&call, app.authorization(self.http.github_now()), nobody).await;
            let now = self.http.github_now();
            let error = match sent {
                Ok(reply) => {
                    self.pace.note_success(nobody, now);
                    return Ok(reply);
                }
                Err(error) => self.pace.note_error(nobody, call.quota, error, now),
            };
            let again = match &error {
                // The refusal's own date has corrected our clock by now.
                CallError::Unauthorized(_) => true,
                error => call.effect == Effect::Read && error.is_unclear() && !matches!(error, CallError::Malformed(_)),
            };
            let Some(wait) = waits.next().filter(|_| again) else { return Err(error) };
            self.meter.retry(nobody);
            self.http.timing.pause(around(*wait)).await;
        }
    }
}

/// One page of the list.
pub(super) fn parse_deliveries(body: &[u8], asked: &str) -> Result<Vec<DeliveryAttempt>, CallError> {
    let fetched: Vec<WireDelivery> = parse(body, asked)?;
    let attempts = fetched.into_iter().map(|it| {
        let at = Timestamp::parse_rfc3339(&it.delivered_at);
        let at = at.ok_or_else(|| CallError::Malformed(format!("{asked}, a time")))?;
        Ok(DeliveryAttempt { id: it.id, guid: it.guid, at, status: it.status_code })
    });
    attempts.collect()
}

/// The address of the next page.
fn next_page(reply: &Reply) -> Option<&str> {
    let next = header(&reply.headers, "link")?.split(',').find(|link| link.contains("rel=\"next\""))?;
    next.split_once('<')?.1.split_once('>').map(|(address, _)| address)
}

/// Its cursor; nothing that could lead the request elsewhere.
fn cursor_of(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let cursor = query.split('&').find_map(|pair| pair.strip_prefix("cursor="))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%=+/".contains(c);
    (cursor.len() <= 500 && cursor.chars().all(plain)).then(|| cursor.to_owned())
}

#[derive(Deserialize)]
struct WireDelivery {
    id: u64,
    guid: String,
    delivered_at: String,
    status_code: u16,
}

#[derive(Deserialize)]
struct WirePresence {
    id: InstallationId,
    account: Option<WireAccount>,
    #[serde(default)]
    html_url: String,
    #[serde(default)]
    suspended_at: Option<String>,
    #[serde(default)]
    permissions: BTreeMap<String, String>,
}

/// A person and an organisation have a login, an enterprise has a slug.
#[derive(Deserialize)]
struct WireAccount {
    login: Option<String>,
    slug: Option<String>,
}
