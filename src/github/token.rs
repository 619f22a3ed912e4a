//! Installation tokens: minted for one repository, kept until shortly before they expire, minted once for all who wait.

use super::app::bearer;
use crate::model::{InstallationId, RepositoryId, Timestamp};
use http::HeaderValue;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
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

/// The tokens of all audiences.
#[derive(Default)]
pub(super) struct Tokens {
    slots: Mutex<HashMap<Audience, Slot>>,
}

impl Tokens {
    pub(super) fn slot(&self, audience: &Audience) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        slots.entry(audience.clone()).or_default().clone()
    }

    /// Forgets the tokens of an installation; whoever has one in hand goes on with it.
    pub(super) fn forget(&self, installation: InstallationId) {
        let mut slots = self.slots.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        slots.retain(|(of, _), _| *of != installation);
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
