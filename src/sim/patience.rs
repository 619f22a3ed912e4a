//! Who was told to wait, and whether he did: "Continuing to make requests while you are rate limited may result in the
//! banning of your integration" (docs.github.com, REST API, rate limits).

use super::quota::Account;
use super::reply::{Body, Reply};
use std::collections::HashMap;

/// "Otherwise, wait for at least one minute before retrying."
const MINUTE: i64 = 60;

/// The limits of which installations were told, and the calls that came nevertheless.
#[derive(Clone, Debug, Default)]
pub(super) struct Patience {
    /// Since when, until when.
    told: HashMap<Account, (i64, i64)>,
    pub(super) early: Vec<String>,
}

impl Patience {
    /// A call. What comes in the same second may have been under way when the limit was told.
    pub(super) fn note_call(&mut self, account: Account, now: i64, call: impl FnOnce() -> String) {
        if let Some((since, until)) = self.told.get(&account)
            && *since < now
            && now < *until
        {
            self.early.push(format!("{} came {} s too early", call(), until - now));
        }
    }

    /// Its answer.
    pub(super) fn note_answer(&mut self, account: Account, now: i64, reply: &Reply) {
        let text = match &reply.body {
            Body::Json(value) => value.to_string().to_lowercase(),
            Body::Empty | Body::Bytes(..) => return,
        };
        let refused = matches!(reply.status, 403 | 429) || (account.1 && text.contains("\"errors\""));
        let words = ["rate limit", "rate_limit", "submitted too quickly"];
        if !refused || !words.iter().any(|word| text.contains(word)) {
            return;
        }
        let number = |name: &str| reply.headers.iter().find(|(it, _)| it == name)?.1.parse::<i64>().ok();
        let spent = number("x-ratelimit-remaining") == Some(0);
        let (until, accounts) = match (number("retry-after"), number("x-ratelimit-reset").filter(|_| spent)) {
            (Some(seconds), _) => (now + seconds, vec![(account.0, false), (account.0, true)]),
            (None, Some(reset)) => (reset, vec![account]),
            (None, None) => (now + MINUTE, vec![(account.0, false), (account.0, true)]),
        };
        for account in accounts {
            let known = self.told.entry(account).or_insert((now, until));
            if known.1 < until {
                *known = (now, until);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn f25_f26_who_comes_too_early_is_noticed() {
        let refusal = |status, message: &str| Reply::json(status, json!({ "message": message }));
        let secondary = "You have exceeded a secondary rate limit";
        let rows = [
            (refusal(403, secondary), 60, true),
            (refusal(429, secondary).with("retry-after", "20"), 20, true),
            (
                refusal(403, "API rate limit exceeded")
                    .with("x-ratelimit-remaining", "0")
                    .with("x-ratelimit-reset", "600"),
                600,
                false,
            ),
            (refusal(403, "Resource not accessible by integration"), 0, false),
        ];
        for (reply, until, both) in rows {
            let mut patience = Patience::default();
            patience.note_answer((1, false), 0, &reply);
            let mut early = |account: Account, now: i64| {
                patience.early.clear();
                patience.note_call(account, now, String::new);
                !patience.early.is_empty()
            };
            let told = [(1, false), (1, true), (2, false)].map(|account| early(account, until - 1));
            assert_eq!(told, [until > 0, both, false], "{reply:?}");
            assert!(!early((1, false), until) && !early((1, false), 0), "{reply:?}");
        }
    }
}
