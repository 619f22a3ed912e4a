//! The one way through which every request goes: identity, pacing, counting, classification, retries of reads.

use super::CallError;
use super::app::App;
use super::error::classify;
use super::http::{Http, Outgoing, Reply};
use super::kept::Kept;
use super::meter::{Meter, RequestKind};
use super::own_checks::OwnChecks;
use super::pace::{Asking, Pace, Quota};
use super::token::{Audience, Minted, Scope, Tokens, minting_body};
use super::web::Web;
use crate::model::{InstallationId, Timestamp};
use http::{HeaderValue, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Waits between the tries of a read or a minting, give or take a quarter: those who failed together do not come back together.
pub(super) const BACKOFF: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];
/// A token that was just minted is not known everywhere at once; a refusal in that time is waited out.
const NEW_TOKEN: Duration = Duration::from_secs(30);
/// The app's own requests are counted apart from those of its installations.
pub(super) const APP_ITSELF: InstallationId = InstallationId(0);
/// The media type of ordinary answers.
pub(super) const JSON: &str = "application/vnd.github+json";
/// The media type of a diff.
pub(super) const DIFF: &str = "application/vnd.github.diff";

/// Counts the requests of one run and stops it at its limit. Clones share the count.
#[derive(Clone, Debug)]
pub struct RequestCounter {
    used: Arc<AtomicU32>,
    limit: u32,
    concludes: bool,
    /// Whether it is a part of a run that has begun.
    begun: bool,
}

impl RequestCounter {
    /// For one run with so many requests. Minting a token is not counted.
    pub fn new(limit: u32) -> Self {
        RequestCounter { used: Arc::default(), limit, concludes: false, begun: false }
    }

    /// The same for a run that concludes a check and does nothing else: it may use what is kept for that of the hour's
    /// requests.
    pub fn concluding(limit: u32) -> Self {
        RequestCounter { concludes: true, ..RequestCounter::new(limit) }
    }

    /// A budget of its own for a part of this run: what has begun goes on.
    pub fn apart(&self, limit: u32) -> Self {
        RequestCounter { begun: self.is_reserved(), ..RequestCounter::new(limit) }
    }

    /// Counts only.
    pub fn unlimited() -> Self {
        RequestCounter::new(u32::MAX)
    }

    /// Requests sent so far, each try counted.
    pub fn used(&self) -> u32 {
        self.used.load(Ordering::Relaxed).min(self.limit)
    }

    /// Whether its run may use the reserve: one that has begun shall come to its end.
    fn is_reserved(&self) -> bool {
        self.concludes || self.begun || (self.limit < u32::MAX && self.used() > 0)
    }

    /// Whether its run has not asked anything yet.
    fn begins(&self) -> bool {
        !self.is_reserved() && self.limit < u32::MAX
    }

    fn take(&self) -> Result<(), CallError> {
        let before = self.used.fetch_add(1, Ordering::Relaxed);
        if before < self.limit { Ok(()) } else { Err(CallError::Budget(self.limit)) }
    }
}

/// What all clients of one GitHub share.
pub(super) struct Shared {
    pub(super) http: Http,
    pub(super) auth: Auth,
    pub(super) pace: Pace,
    pub(super) meter: Meter,
    pub(super) kept: Kept,
    pub(super) own_checks: OwnChecks,
    /// For what lies elsewhere.
    pub(super) web: Web,
}

/// Who we are.
pub(super) enum Auth {
    App { app: App, tokens: Tokens },
    Token(HeaderValue),
}

/// Whether a request may be sent again when its answer is unclear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Read,
    Write,
}

/// One request, said in the words of this room.
pub(super) struct Call {
    pub(super) outgoing: Outgoing,
    pub(super) effect: Effect,
    pub(super) quota: Quota,
    /// Whether it writes or reads what gates a commit: a check or a status.
    pub(super) gate: bool,
    /// Whether the answer is the address of what is asked for (302), which nobody follows here.
    pub(super) wants_address: bool,
    /// What is asked for, in words, for errors and logs.
    pub(super) asked: &'static str,
}

impl Call {
    pub(super) fn kind(&self) -> RequestKind {
        match (self.quota, self.effect) {
            (Quota::Rest, Effect::Read) => RequestKind::RestRead,
            (Quota::Rest, Effect::Write) => RequestKind::RestWrite,
            (Quota::Graphql, Effect::Read) => RequestKind::GraphqlRead,
            (Quota::Graphql, Effect::Write) => RequestKind::GraphqlWrite,
            (Quota::Minting, _) => RequestKind::Mint,
        }
    }
}

impl Shared {
    /// A call of the REST API; `path` begins with a slash.
    pub(super) fn rest(&self, method: Method, path: &str, asked: &'static str) -> Call {
        let effect = if method == Method::GET { Effect::Read } else { Effect::Write };
        let url = format!("{}{path}", self.http.roots.rest);
        let gate = path.contains("/check-runs") || path.contains("/statuses/");
        Call {
            outgoing: Outgoing { method, url, accept: JSON, body: None },
            effect,
            quota: Quota::Rest,
            gate,
            wants_address: false,
            asked,
        }
    }

    /// The app's id, when we are an app.
    pub(super) fn app_id(&self) -> Option<u64> {
        match &self.auth {
            Auth::App { app, .. } => Some(app.id),
            Auth::Token(_) => None,
        }
    }

    /// Sends a call as `audience` and gives the successful reply.
    pub(super) async fn call(
        &self,
        call: Call,
        audience: Audience,
        counter: &RequestCounter,
    ) -> Result<Reply, CallError> {
        // Boxed: it is a part of every future of a review, and would be the largest.
        Box::pin(self.try_call(call, audience, counter)).await.map_err(|error| self.in_host_time(error))
    }

    /// Whoever waits until a time looks at the host's clock, which may differ from GitHub's.
    pub(super) fn in_host_time(&self, error: CallError) -> CallError {
        match error {
            CallError::RateLimited { until } => CallError::RateLimited { until: self.http.host_time(until) },
            other => other,
        }
    }

    async fn try_call(&self, call: Call, audience: Audience, counter: &RequestCounter) -> Result<Reply, CallError> {
        let (installation, quota) = (audience.0, call.quota);
        let mut waits = BACKOFF.iter();
        loop {
            let for_app = self.app_id().is_some();
            let asking = Asking {
                quota,
                write: call.effect == Effect::Write,
                gate: call.gate,
                // People who bring their own token decide for themselves what they spend it on.
                reserved: call.gate || counter.is_reserved() || !for_app,
                concludes: call.gate || counter.concludes || !for_app,
                begins: for_app && !call.gate && counter.begins(),
            };
            let waits_for = |_: &CallError| self.meter.wait(installation);
            self.pace.look(installation, asking, self.http.github_now()).inspect_err(waits_for)?;
            let (header, minted_at) = self.authorization(&audience).await?;
            // Until there was a token, another call may have met a limit.
            self.pace.admit(installation, asking, self.http.github_now()).inspect_err(waits_for)?;
            counter.take()?;
            self.meter.request(installation, call.kind());
            let reply = self.send(&call, header.clone(), installation).await;
            let now = self.http.github_now();
            let error = match reply {
                Ok(reply) => {
                    // GraphQL says in its answer whether it did anything.
                    if quota == Quota::Rest {
                        self.pace.note_success(installation, now);
                    }
                    return Ok(reply);
                }
                Err(error) => self.pace.note_error(installation, quota, error, now),
            };
            let again = match &error {
                // Refused before anything happened: also a write may be sent again, with another token or a little later.
                CallError::Unauthorized(_) => self.outdated(&audience, &header, minted_at, now).await,
                error => call.effect == Effect::Read && error.is_unclear() && !matches!(error, CallError::Malformed(_)),
            };
            let Some(wait) = waits.next().filter(|_| again) else { return Err(error) };
            self.meter.retry(installation);
            tracing::debug!(asked = call.asked, %error, "A call failed and is tried again.");
            self.http.timing.pause(around(*wait)).await;
        }
    }

    /// Sends once; `whose` limits the answer tells of is 0 for the app's own.
    pub(super) async fn send(
        &self,
        call: &Call,
        header: HeaderValue,
        whose: InstallationId,
    ) -> Result<Reply, CallError> {
        let reply = self.http.send(call.outgoing.clone(), header).await?;
        let now = self.http.github_now();
        self.meter.budget(whose, call.quota, &reply.headers);
        self.pace.note_headers(whose, call.quota, &reply.headers, now);
        // A promise: there is no answer yet.
        if reply.status == 202 && call.effect == Effect::Read {
            return Err(CallError::Server(202));
        }
        if (200..300).contains(&reply.status) || (call.wants_address && reply.status == 302) {
            return Ok(reply);
        }
        Err(classify(reply.status, &reply.headers, &reply.body, call.asked, now))
    }

    async fn authorization(&self, audience: &Audience) -> Result<(HeaderValue, Timestamp), CallError> {
        let (app, tokens) = match &self.auth {
            Auth::App { app, tokens } => (app, tokens),
            Auth::Token(header) => return Ok((header.clone(), Timestamp(0))),
        };
        let slot = tokens.slot(audience, self.http.github_now());
        let mut slot = slot.lock().await;
        let now = self.http.github_now();
        if let Some(token) = slot.as_ref().filter(|token| token.is_fresh(now)) {
            return Ok((token.header.clone(), token.minted_at));
        }
        let token = self.mint(app, audience).await?.into_token(self.http.github_now());
        let token = token.ok_or_else(|| CallError::Malformed("an installation token".to_owned()))?;
        let answer = (token.header.clone(), token.minted_at);
        *slot = Some(token);
        Ok(answer)
    }

    /// A second token does no harm, so that minting is tried again like a read.
    async fn mint(&self, app: &App, (installation, scope): &Audience) -> Result<Minted, CallError> {
        let path = format!("/app/installations/{installation}/access_tokens");
        let mut call = Call { quota: Quota::Minting, ..self.rest(Method::POST, &path, "installation of the app") };
        call.outgoing.body = Some(minting_body(scope));
        let asking =
            Asking { quota: call.quota, write: false, gate: true, reserved: true, concludes: true, begins: false };
        let mut waits = BACKOFF.iter();
        loop {
            // Who asks is the app: what limits it keeps all installations from new tokens.
            let admitted = self.pace.admit(APP_ITSELF, asking, self.http.github_now());
            admitted.inspect_err(|_| self.meter.wait(*installation))?;
            self.meter.request(*installation, call.kind());
            let sent = self.send(&call, app.authorization(self.http.github_now()), APP_ITSELF).await;
            let now = self.http.github_now();
            let error = match sent {
                Ok(reply) => {
                    self.pace.note_success(APP_ITSELF, now);
                    return parse(&reply.body, call.asked);
                }
                Err(error) => self.pace.note_error(APP_ITSELF, call.quota, error, now),
            };
            // GitHub's words for a repository that is not there, or not of this installation.
            match (&error, scope) {
                (CallError::Invalid(_), Scope::Named(name)) => {
                    return Err(CallError::NotFound(format!("repository `{name}` in the installation")));
                }
                (CallError::Invalid(_), Scope::Repository(id)) => {
                    return Err(CallError::NotFound(format!("repository with the id {id} in the installation")));
                }
                _ => {}
            }
            // The refusal's own date has corrected our clock by now.
            let again = error.is_unclear() || matches!(error, CallError::Unauthorized(_));
            let Some(wait) = waits.next().filter(|_| again) else { return Err(error) };
            self.meter.retry(*installation);
            self.http.timing.pause(around(*wait)).await;
        }
    }

    /// Whether the token of an audience that is in use may write what this permission is for; `None` when nobody knows.
    pub(super) async fn grants_write(&self, audience: &Audience, permission: &str) -> Option<bool> {
        let Auth::App { tokens, .. } = &self.auth else { return None };
        tokens.slot(audience, self.http.github_now()).lock().await.as_ref()?.grants_write(permission)
    }

    /// Whether there is a token of an audience that is in use.
    pub(super) async fn has_token(&self, audience: &Audience) -> bool {
        let Auth::App { tokens, .. } = &self.auth else { return true };
        let now = self.http.github_now();
        tokens.slot(audience, now).lock().await.as_ref().is_some_and(|token| token.is_fresh(now))
    }

    /// Forgets the token of an audience.
    pub(super) async fn forget_token(&self, audience: &Audience) {
        if let Auth::App { tokens, .. } = &self.auth {
            *tokens.slot(audience, self.http.github_now()).lock().await = None;
        }
    }

    /// Forgets a token that is no longer accepted; whether another try makes sense.
    async fn outdated(&self, audience: &Audience, header: &HeaderValue, minted_at: Timestamp, now: Timestamp) -> bool {
        let Auth::App { tokens, .. } = &self.auth else { return false };
        if now.since(minted_at) < NEW_TOKEN {
            return true;
        }
        let slot = tokens.slot(audience, now);
        let mut slot = slot.lock().await;
        if slot.as_ref().is_some_and(|token| token.header == *header) {
            *slot = None;
        }
        true
    }
}

/// A quarter less to a quarter more.
pub(super) fn around(wait: Duration) -> Duration {
    let mut byte = [128];
    // Without randomness everybody waits the same, which is no reason to fail.
    _ = getrandom::fill(&mut byte);
    wait.mul_f64(0.75 + f64::from(byte[0]) / 510.0)
}

/// Plain data as a request's body.
pub(super) fn body(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("requests are plain data")
}

/// A body as a value; the error names what was asked for and not what came.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8], asked: &str) -> Result<T, CallError> {
    serde_json::from_slice(bytes)
        .map_err(|error| CallError::Malformed(format!("{asked}, line {} column {}", error.line(), error.column())))
}
