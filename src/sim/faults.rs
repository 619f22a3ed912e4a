//! Things that go wrong when told to.

use super::reply::Reply;
use serde_json::Value;

/// Something that shall go wrong with a call of the API.
#[derive(Clone, Debug)]
pub struct Fault {
    /// `GET`, ...; empty for any.
    pub method: String,
    /// What the path contains; empty for any.
    pub path: String,
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
    /// It happens, but the connection ends before the answer.
    DropAfter,
    /// It is answered from how things were before the last push.
    Stale,
}

impl Fault {
    /// The next call with that method whose path contains `path`.
    #[must_use]
    pub fn next(method: &str, path: &str, effect: Effect) -> Fault {
        Fault { method: method.to_owned(), path: path.to_owned(), after: 0, times: 1, effect }
    }

    /// GitHub's answer when the hour's requests are spent.
    #[must_use]
    pub fn primary_limit(reset: i64) -> Effect {
        Effect::Answer {
            status: 403,
            body: serde_json::json!({ "message": "API rate limit exceeded for installation ID 1." }),
            headers: vec![
                ("x-ratelimit-remaining".to_owned(), "0".to_owned()),
                ("x-ratelimit-reset".to_owned(), reset.to_string()),
            ],
        }
    }

    /// GitHub's answer when too much was asked at once.
    #[must_use]
    pub fn secondary_limit(retry_after: u32) -> Effect {
        Effect::Answer {
            status: 403,
            body: serde_json::json!({ "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again." }),
            headers: vec![("retry-after".to_owned(), retry_after.to_string())],
        }
    }

    fn hits(&mut self, method: &str, path: &str) -> bool {
        if self.times == 0 || !(self.method.is_empty() || self.method == method) || !path.contains(&self.path) {
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

/// The effect on this call, if any.
pub(super) fn strike(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<Effect> {
    let hit = faults.iter_mut().find_map(|fault| fault.hits(method, path).then(|| fault.effect.clone()));
    faults.retain(|fault| fault.times > 0);
    hit
}

/// The answer that a fault puts in the place of the real one.
pub(super) fn answer(status: u16, body: Value, headers: Vec<(String, String)>) -> Reply {
    Reply { headers, ..Reply::json(status, body) }
}
