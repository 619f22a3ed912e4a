//! Installation tokens: minted for one repository, kept until shortly before they expire, minted once for all who wait.

use super::app::bearer;
use crate::model::{InstallationId, RepositoryId, Timestamp};
use http::HeaderValue;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A token is not used when so little of its hour is left.
const RESERVE: Duration = Duration::from_secs(5 * 60);

/// Whose token: an installation's, for some of what it may see.
pub(super) type Audience = (InstallationId, Scope);

/// What a token is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// All repositories of the installation.
    Whole,
    /// One repository.
    Repository(RepositoryId),
    /// One repository whose id is not known: its name below the installation's account, in lower case.
    Named(String),
}

/// A token as a header, which debug output does not show.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    pub(super) minted_at: Timestamp,
    expires_at: Timestamp,
    permissions: Option<HashMap<String, String>>,
}

impl Token {
    /// Whether it may write what this permission is for; `None` when GitHub did not say.
    pub(super) fn grants_write(&self, permission: &str) -> Option<bool> {
        let word = self.permissions.as_ref()?.get(permission);
        Some(word.is_some_and(|word| matches!(word.as_str(), "write" | "admin")))
    }

    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        now.after(RESERVE) < self.expires_at
    }
}

/// One place per audience; whoever holds it mints, the others wait and find the token there.
pub(super) type Slot = Arc<tokio::sync::Mutex<Option<Token>>>;

/// With so few places nobody looks for some to give up.
const FEW: usize = 64;

/// The tokens of all audiences.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Slots>);

#[derive(Default)]
struct Slots {
    by_audience: HashMap<Audience, Slot>,
    /// How many were needed when somebody looked the last time.
    needed: usize,
}

impl Tokens {
    /// The place of an audience. When the places are twice as many as were needed the last time, those are given up whose
    /// token is over and that nobody holds.
    pub(super) fn slot(&self, audience: &Audience, now: Timestamp) -> Slot {
        let mut slots = self.lock();
        if slots.by_audience.len() >= FEW.max(2 * slots.needed) {
            let is_fresh = |slot: &Slot| match slot.try_lock() {
                Ok(token) => token.as_ref().is_some_and(|token| token.is_fresh(now)),
                Err(_) => true,
            };
            slots.by_audience.retain(|_, slot| Arc::strong_count(slot) > 1 || is_fresh(slot));
            slots.needed = slots.by_audience.len();
        }
        slots.by_audience.entry(audience.clone()).or_default().clone()
    }

    /// Forgets the tokens of an installation; whoever has one in hand goes on with it.
    pub(super) fn forget(&self, installation: InstallationId) {
        self.lock().by_audience.retain(|(of, _), _| *of != installation);
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// GitHub's answer to a minting. Deliberately without `Debug`.
#[derive(Deserialize)]
pub(super) struct Minted {
    token: String,
    expires_at: String,
    #[serde(default)]
    permissions: Option<HashMap<String, String>>,
}

impl Minted {
    pub(super) fn into_token(self, now: Timestamp) -> Option<Token> {
        let expires_at = Timestamp::parse_rfc3339(&self.expires_at)?;
        Some(Token { header: bearer(&self.token)?, minted_at: now, expires_at, permissions: self.permissions })
    }
}

/// What is asked for.
pub(super) fn minting_body(scope: &Scope) -> Vec<u8> {
    let body = match scope {
        Scope::Repository(id) => serde_json::json!({ "repository_ids": [id] }),
        Scope::Named(name) => serde_json::json!({ "repositories": [name] }),
        Scope::Whole => serde_json::json!({}),
    };
    body.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn places_of_tokens_that_are_over_are_given_up() {
        let tokens = Tokens::default();
        let (one, now) = (InstallationId(1), Timestamp(0));
        let of = |id: usize| (one, Scope::Repository(RepositoryId(id as u64)));
        let token =
            |expires_at| Token { header: HeaderValue::from_static("x"), minted_at: now, expires_at, permissions: None };
        let held = tokens.slot(&of(0), now);
        for id in 1..=10 * FEW {
            // The first hundred last for an hour, the others are over at once.
            let hours = u32::from(id <= 100);
            *tokens.slot(&of(id), now).lock().await = Some(token(now.after(Duration::from_secs(3600) * hours)));
        }
        let kept = || tokens.lock().by_audience.len();
        assert!((101..=202).contains(&kept()), "{}", kept());
        assert!(Arc::ptr_eq(&held, &tokens.slot(&of(0), now)), "whoever mints is not overtaken");
        assert!(tokens.slot(&of(1), now).lock().await.is_some());
        tokens.slot(&(InstallationId(2), Scope::Whole), now);
        tokens.forget(one);
        assert_eq!(kept(), 1);
    }
}
