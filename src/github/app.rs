//! The app's own identity: a JSON web token signed with its private key.

use super::config::ConfigError;
use crate::model::Timestamp;
use http::HeaderValue;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::sync::Mutex;

/// GitHub allows ten minutes; the issue time lies a little in the past for clocks that differ.
const LIFE_SECONDS: i64 = 9 * 60;
const BACKDATE_SECONDS: i64 = 30;
/// A token is signed anew when so little of its life is left.
const RESERVE_SECONDS: i64 = 60;

/// Signs as the app.
pub(super) struct App {
    pub(super) id: u64,
    key: EncodingKey,
    current: Mutex<Option<(i64, HeaderValue)>>,
}

#[derive(Serialize)]
struct Claims {
    iat: i64,
    exp: i64,
    iss: String,
}

impl App {
    pub(super) fn new(id: u64, private_key: &SecretString) -> Result<Self, ConfigError> {
        let key =
            EncodingKey::from_rsa_pem(private_key.expose_secret().as_bytes()).map_err(|_| ConfigError::PrivateKey)?;
        let app = App { id, key, current: Mutex::new(None) };
        // A text that only looks like a key is found out now and not with the first delivery.
        app.sign(0)?;
        Ok(app)
    }

    /// The `Authorization` header at GitHub's `now`.
    pub(super) fn authorization(&self, now: Timestamp) -> HeaderValue {
        let now = now.unix_seconds();
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((issued, header)) = current.as_ref()
            && (*issued..issued + LIFE_SECONDS - RESERVE_SECONDS).contains(&now)
        {
            return header.clone();
        }
        let header = self.sign(now).expect("the key signed when it was loaded");
        *current = Some((now, header.clone()));
        header
    }

    fn sign(&self, now: i64) -> Result<HeaderValue, ConfigError> {
        let claims = Claims { iat: now - BACKDATE_SECONDS, exp: now + LIFE_SECONDS, iss: self.id.to_string() };
        let token = encode(&Header::new(Algorithm::RS256), &claims, &self.key).map_err(|_| ConfigError::PrivateKey)?;
        bearer(&token).ok_or(ConfigError::PrivateKey)
    }
}

/// Whether a text is a private key with which an app can sign.
///
/// # Errors
/// [`ConfigError::PrivateKey`], which says what to do.
pub fn check_private_key(private_key: &SecretString) -> Result<(), ConfigError> {
    App::new(0, private_key).map(|_| ())
}

/// A header that is not shown in debug output.
pub(super) fn bearer(token: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    header.set_sensitive(true);
    Some(header)
}
