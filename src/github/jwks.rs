//! The public keys of an issuer, as it lists them below `/.well-known/jwks`: kept for an hour, and read again at once when
//! a token names a key that is not among them.

use super::web::{Web, WebRequest};
use crate::model::Timestamp;
use http::{HeaderMap, Method};
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::Mutex;

/// Keys that were read are good for so long.
const FRESH: Duration = Duration::from_secs(3600);
/// While the issuer cannot be reached, they are good for so long.
const USABLE: Duration = Duration::from_secs(24 * 3600);
/// Anybody can send a token with an unknown key: the issuer is asked no more often than this.
const PAUSE: Duration = Duration::from_secs(10);
/// A list of keys has a few thousand bytes.
const MAX_BYTES: usize = 1 << 20;
/// Keys that are read from one list.
const MAX_KEYS: usize = 100;
const TIMEOUT: Duration = Duration::from_secs(10);

/// The keys of one issuer. Whoever reads them holds the lock; the others wait and find them there.
#[derive(Debug)]
pub(super) struct Keys {
    url: String,
    web: Web,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    read_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
}

/// Why there is no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyError {
    /// The issuer does not list it.
    Unknown,
    /// The list cannot be read.
    Unreadable(String),
}

#[derive(Deserialize)]
struct WireKeys {
    keys: Vec<serde_json::Value>,
}

/// An RSA key (RFC 7517, RFC 7518 section 6.3); others are passed over.
#[derive(Deserialize)]
struct WireKey {
    kty: String,
    kid: String,
    #[serde(rename = "use", default)]
    purpose: Option<String>,
    n: String,
    e: String,
}

impl Keys {
    pub(super) fn new(issuer: &str, web: Web) -> Self {
        Keys { url: format!("{issuer}/.well-known/jwks"), web, known: Mutex::default() }
    }

    pub(super) async fn find(&self, kid: &str, now: Timestamp) -> Result<DecodingKey, KeyError> {
        let mut known = self.known.lock().await;
        let is_younger = |at: Option<Timestamp>, age: Duration| at.is_some_and(|at| now.since(at) < age);
        let found = known.keys.get(kid).cloned();
        if let Some(key) = &found
            && is_younger(known.read_at, FRESH)
        {
            return Ok(key.clone());
        }
        if is_younger(known.asked_at, PAUSE) {
            return found.ok_or(KeyError::Unknown);
        }
        match self.read().await {
            Ok(keys) => {
                *known = Known { keys, read_at: Some(now), asked_at: Some(now) };
                known.keys.get(kid).cloned().ok_or(KeyError::Unknown)
            }
            Err(reason) => {
                tracing::warn!(url = self.url, reason, "the keys of workflow tokens cannot be read: {reason}");
                let usable = is_younger(known.read_at, USABLE);
                found.filter(|_| usable).ok_or(KeyError::Unreadable(reason))
            }
        }
    }

    async fn read(&self) -> Result<HashMap<String, DecodingKey>, String> {
        let request = WebRequest {
            method: Method::GET,
            url: self.url.clone(),
            headers: HeaderMap::new(),
            body: None,
            max_bytes: MAX_BYTES,
            timeout: TIMEOUT,
        };
        let reply = self.web.send(request).await.map_err(|error| error.to_string())?;
        if reply.status != 200 {
            return Err(format!("status {}", reply.status));
        }
        read_keys(&reply.body).ok_or_else(|| "the answer is no list of keys".to_owned())
    }
}

fn read_keys(body: &[u8]) -> Option<HashMap<String, DecodingKey>> {
    let list: WireKeys = serde_json::from_slice(body).ok()?;
    let keys = list.keys.into_iter().take(MAX_KEYS).filter_map(|key| serde_json::from_value::<WireKey>(key).ok());
    let for_signatures = keys.filter(|key| key.kty == "RSA" && key.purpose.as_deref().is_none_or(|it| it == "sig"));
    Some(
        for_signatures
            .filter_map(|key| Some((key.kid, DecodingKey::from_rsa_components(&key.n, &key.e).ok()?)))
            .collect(),
    )
}
