//! Things that go wrong when told to.

use super::log::Kind;
use super::reply::Reply;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Something that shall go wrong with a call of the API.
#[derive(Clone, Debug)]
pub struct Fault {
    /// `GET`, ...; empty for any.
    pub method: String,
    /// What the path with its query contains, or a GraphQL call's document or variables (as JSON); empty for any.
    pub path: String,
    /// What the body of the request contains, as JSON; empty for any.
    pub body: String,
    /// So many matching calls pass first.
    pub after: u32,
    /// So many calls fail.
    pub times: u32,
    /// What happens then.
    pub effect: Effect,
}

/// How a call goes wrong.
#[derive(Clone, Debug)]
pub enum Effect {
    /// This answer, and nothing happens.
    Answer {
        /// HTTP status.
        status: u16,
        /// The JSON body.
        body: Value,
        /// Additional headers.
        headers: Vec<(String, String)>,
    },
    /// The connection ends before anything happens; not even a status line comes back.
    DropBefore,
    /// It happens, but the connection ends before the answer; not even a status line comes back.
    DropAfter,
    /// Only this call waits; then it is done and answered.
    Delay(Duration),
    /// Something else happens before it; then it is done and answered.
    First(Meanwhile),
    /// It is done, and this becomes of the answer's body.
    Alter(fn(&mut Value)),
    /// It is done, and this becomes of the bytes of the answer's body.
    Garble(fn(&mut Vec<u8>)),
    /// A read is answered from how things were before the last push, whose commits nobody has heard of; writes pass.
    Stale,
    /// The same, before the last so many pushes (at most eight are remembered).
    StaleBy(usize),
}

/// What happens while a call is under way.
#[derive(Clone)]
pub struct Meanwhile(pub Arc<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meanwhile")
    }
}

impl Effect {
    /// This happens before the call is done.
    pub fn first(act: impl Fn() + Send + Sync + 'static) -> Effect {
        Effect::First(Meanwhile(Arc::new(act)))
    }
}

impl Fault {
    /// The next call with that method whose path contains `path`.
    #[must_use]
    pub fn next(method: &str, path: &str, effect: Effect) -> Fault {
        Fault { method: method.to_owned(), path: path.to_owned(), body: String::new(), after: 0, times: 1, effect }
    }

    /// The same for so many calls in a row.
    #[must_use]
    pub fn times(self, times: u32) -> Fault {
        Fault { times, ..self }
    }

    /// The same for calls whose body contains this.
    #[must_use]
    pub fn containing(self, body: &str) -> Fault {
        Fault { body: body.to_owned(), ..self }
    }

    /// The same once so many matching calls have passed.
    #[must_use]
    pub fn after(self, after: u32) -> Fault {
        Fault { after, ..self }
    }

    /// GitHub's answer when the hour's requests are spent; `reset` in seconds since 1970.
    #[must_use]
    pub fn primary_limit(reset: i64) -> Effect {
        Effect::Answer {
            status: 403,
            body: json!({ "message": "API rate limit exceeded for installation ID 1." }),
            headers: vec![
                ("x-ratelimit-remaining".to_owned(), "0".to_owned()),
                ("x-ratelimit-reset".to_owned(), reset.to_string()),
            ],
        }
    }

    /// GitHub's answer when too much was asked at once, with or without seconds to wait.
    #[must_use]
    pub fn secondary_limit(retry_after: impl Into<Option<u32>>) -> Effect {
        let header = |seconds: u32| ("retry-after".to_owned(), seconds.to_string());
        Effect::Answer {
            status: 403,
            body: json!({ "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again." }),
            headers: retry_after.into().map(header).into_iter().collect(),
        }
    }

    /// GraphQL's answer when its hour is spent: 200 with an error; `reset` in seconds since 1970.
    #[must_use]
    pub fn graphql_limit(reset: i64) -> Effect {
        Effect::Answer {
            status: 200,
            body: rate_limited("API rate limit exceeded for installation ID 1."),
            headers: vec![
                ("x-ratelimit-remaining".to_owned(), "0".to_owned()),
                ("x-ratelimit-reset".to_owned(), reset.to_string()),
            ],
        }
    }

    fn hits(&mut self, call: &Call<'_>) -> bool {
        let stale = matches!(self.effect, Effect::Stale | Effect::StaleBy(_));
        if self.times == 0
            || !(self.method.is_empty() || self.method == call.method)
            || !call.contains(&self.path)
            || !(self.body.is_empty() || call.body.to_string().contains(&self.body))
            || (stale && call.kind != Kind::Read)
        {
            return false;
        }
        if self.after > 0 {
            self.after -= 1;
            return false;
        }
        self.times -= 1;
        true
    }
}

/// A call as faults see it.
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    /// With the query.
    pub(super) target: &'a str,
    pub(super) body: &'a Value,
    pub(super) kind: Kind,
}

impl Call<'_> {
    fn contains(&self, part: &str) -> bool {
        self.target.contains(part)
            || self.target == "/graphql"
                && (self.body["query"].as_str().is_some_and(|document| document.contains(part))
                    || self.body["variables"].to_string().contains(part))
    }
}

/// The effect on this call, if any.
pub(super) fn strike(faults: &mut Vec<Fault>, call: &Call<'_>) -> Option<Effect> {
    let hit = faults.iter_mut().find_map(|fault| fault.hits(call).then(|| fault.effect.clone()));
    faults.retain(|fault| fault.times > 0);
    hit
}

/// The answer that a fault puts in the place of the real one.
pub(super) fn answer(status: u16, body: Value, headers: Vec<(String, String)>) -> Reply {
    Reply { headers, ..Reply::json(status, body) }
}

/// GraphQL's way to say that the hour is spent; the documentation's `RATE_LIMITED` is not what comes.
pub(super) fn rate_limited(message: &str) -> Value {
    json!({ "errors": [{ "type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": message }] })
}

/// GraphQL's way to say that too much was written.
pub(super) fn too_quickly() -> Value {
    json!({ "errors": [{ "type": "UNPROCESSABLE", "message": "was submitted too quickly" }] })
}
