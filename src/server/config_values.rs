//! Where the values of the configuration come from: `DECKHAND_NAME` in the environment, else `name` in the file.

use crate::lua::nearest;
use std::collections::BTreeMap;

/// Every setting, without its prefix.
const KNOWN: [&str; 18] = [
    "APP_ID",
    "PRIVATE_KEY",
    "PRIVATE_KEY_FILE",
    "WEBHOOK_SECRET",
    "GITHUB_API_URL",
    "LISTEN",
    "PUBLIC_URL",
    "DATABASE_URL",
    "ADMIN_TOKEN",
    "OIDC_ISSUER",
    "LOG",
    "LOG_FORMAT",
    "LEASE_SECONDS",
    "MAX_ATTEMPTS",
    "RETENTION_DAYS",
    "RETENTION_RUNS",
    "SWEEP_SECONDS",
    "RECONCILE_SECONDS",
];
/// Accepted and not used yet; a warning says so.
const NOT_BUILT_YET: [&str; 6] =
    ["OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "SLACK_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "SENTRY_DSN"];

/// What is wrong so far.
#[derive(Default)]
pub(super) struct Problems(Vec<String>);

impl Problems {
    pub(super) fn say(&mut self, problem: impl Into<String>) {
        self.0.push(problem.into());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_list(self) -> Vec<String> {
        self.0
    }
}

/// The settings by name.
pub(super) struct Values(BTreeMap<&'static str, String>);

impl Values {
    pub(super) fn new(env: &dyn Fn(&str) -> Option<String>, toml: Option<&str>, problems: &mut Problems) -> Values {
        let mut values = toml.map(|text| read_file(text, problems)).unwrap_or_default();
        for name in KNOWN.into_iter().chain(NOT_BUILT_YET) {
            if let Some(text) = env(&format!("DECKHAND_{name}")).filter(|text| !text.trim().is_empty()) {
                values.insert(name, text);
            }
        }
        Values(values)
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|text| text.trim().to_owned())
    }

    pub(super) fn number(&self, name: &str, problems: &mut Problems) -> Option<u64> {
        let text = self.text(name)?;
        let number = text.parse().ok();
        if number.is_none() {
            problems.say(format!("DECKHAND_{name} must be a whole number"));
        }
        number
    }

    pub(super) fn url(&self, name: &str, problems: &mut Problems) -> Option<String> {
        let text = self.text(name)?;
        let right = text.parse::<http::Uri>().is_ok_and(|uri| {
            uri.authority().is_some_and(|host| !host.as_str().contains('@'))
                && matches!(uri.scheme_str(), Some("http" | "https"))
        });
        if !right {
            problems.say(format!("DECKHAND_{name} must be a URL that begins with https:// or http://"));
        }
        Some(text.trim_end_matches('/').to_owned())
    }

    pub(super) fn unused(&self) -> Vec<&'static str> {
        NOT_BUILT_YET.into_iter().filter(|name| self.is_set(name)).collect()
    }
}

/// What to write in the place of a name that is none: in the file the prefix of the variables is left out.
fn advise(key: &str) -> String {
    let known: Vec<String> = KNOWN.iter().map(|name| name.to_ascii_lowercase()).collect();
    let lower = key.to_ascii_lowercase();
    let bare = lower.strip_prefix("deckhand_").unwrap_or(&lower);
    match nearest(bare, known.iter().map(String::as_str)) {
        Some(name) if name == bare => format!("in this file it is called `{name}`"),
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}

fn read_file(text: &str, problems: &mut Problems) -> BTreeMap<&'static str, String> {
    let mut values = BTreeMap::new();
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            // Only the place: the parser's own text quotes the line, which may hold a secret.
            let at = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            problems.say(format!("deckhand.toml: line {at} is not TOML; write `name = \"value\"`"));
            return values;
        }
    };
    for (key, value) in table {
        let Some(name) = KNOWN.into_iter().chain(NOT_BUILT_YET).find(|name| name.eq_ignore_ascii_case(&key)) else {
            problems.say(format!("deckhand.toml: there is no setting `{key}`; {}", advise(&key)));
            continue;
        };
        match value {
            // As in the environment, empty is not set.
            toml::Value::String(text) if text.trim().is_empty() => {}
            toml::Value::String(text) => _ = values.insert(name, text),
            toml::Value::Integer(number) => _ = values.insert(name, number.to_string()),
            _ => problems.say(format!("deckhand.toml: `{key}` must be a text or a whole number")),
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_none_is_answered_with_the_right_one() {
        let said = |key: &str| {
            let mut problems = Problems::default();
            Values::new(&|_| None, Some(&format!("{key} = \"x\"")), &mut problems);
            problems.into_list().concat()
        };
        assert!(said("DECKHAND_LOG").ends_with("no setting `DECKHAND_LOG`; in this file it is called `log`"));
        assert!(said("webhook_secrets").ends_with("did you mean `webhook_secret`?"));
        assert!(said("colour").contains("there are app_id, private_key, "), "{}", said("colour"));
        assert_eq!(said("LOG"), "");
    }
}
