//! The app as its settings page has it: who it is, what it asks for, where its deliveries go, and how they fared.

use super::CallError;
use super::app_calls::DeliveryAttempt;
use super::call::parse;
use super::client::Github;
use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The app of our key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AppSettings {
    /// Its name for people.
    pub name: String,
    /// Its page on GitHub.
    pub html_url: String,
    /// Permission name to access that it asks for.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    /// Events that it subscribes to.
    #[serde(default)]
    pub events: Vec<String>,
}

/// The app's webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookSettings {
    /// Where deliveries go; empty when nowhere.
    pub url: String,
    /// `json` or `form`.
    pub content_type: String,
    /// Whether GitHub looks at the receiver's certificate.
    pub checks_certificate: bool,
    /// Whether deliveries are signed.
    pub has_secret: bool,
}

impl Github {
    /// The app itself.
    ///
    /// # Errors
    /// As every call; [`CallError::Unauthorized`] when the key is not one of the app's.
    pub async fn fetch_app(&self) -> Result<AppSettings, CallError> {
        self.get_as_app("/app", "app of this id").await
    }

    /// Its webhook. Of the secret GitHub says only whether there is one.
    ///
    /// # Errors
    /// As every call; [`CallError::NotFound`] when the app has no webhook.
    pub async fn fetch_hook(&self) -> Result<HookSettings, CallError> {
        let wire: WireHook = self.get_as_app("/app/hook/config", "webhook of the app").await?;
        // "The default is form": "Update a webhook configuration for an app".
        let content_type = wire.content_type.unwrap_or_else(|| "form".to_owned());
        Ok(HookSettings {
            url: wire.url.unwrap_or_default(),
            content_type,
            checks_certificate: !matches!(&wire.insecure_ssl, Some(serde_json::Value::String(text)) if text == "1")
                && wire.insecure_ssl != Some(serde_json::json!(1)),
            has_secret: wire.secret.is_some_and(|secret| !secret.is_empty()),
        })
    }

    /// The newest attempts to deliver, at most 100, the newest first.
    ///
    /// # Errors
    /// As every call.
    pub async fn list_newest_deliveries(&self) -> Result<Vec<DeliveryAttempt>, CallError> {
        let asked = "list of deliveries";
        let path = "/app/hook/deliveries?per_page=100";
        let reply = self.shared.call_as_app(self.shared.rest(Method::GET, path, asked)).await?;
        super::app_calls::parse_deliveries(&reply.body, asked)
    }

    async fn get_as_app<T: DeserializeOwned>(&self, path: &str, asked: &'static str) -> Result<T, CallError> {
        let reply = self.shared.call_as_app(self.shared.rest(Method::GET, path, asked)).await?;
        parse(&reply.body, asked)
    }
}

/// `webhook-config`; no member is required, and `insecure_ssl` is a text or a number.
#[derive(Deserialize)]
struct WireHook {
    url: Option<String>,
    content_type: Option<String>,
    secret: Option<String>,
    insecure_ssl: Option<serde_json::Value>,
}
