//! The checks and statuses that a branch requires before anything is merged into it.

use super::CallError;
use super::list::encode;
use super::repo::RepoClient;
use serde::Deserialize;

/// GitHub's largest page.
const PAGE: usize = 100;
/// No branch has more than 1,000 active rules.
const MAX_PAGES: usize = 10;

impl RepoClient {
    /// Names of the checks and commit statuses that the active rules of rulesets (permission `metadata: read`) and the
    /// branch's own protection (`contents: read`) require of this app or of anybody, as far as GitHub shows them:
    /// two requests, side by side. What is required of another app is left out. Sorted, each once.
    ///
    /// # Errors
    /// As every call; what may not be seen is no error.
    pub async fn fetch_required_contexts(&self, branch: &str) -> Result<Vec<String>, CallError> {
        let branch = encode(branch).replace('/', "%2F");
        let (rules, protection) = futures_util::try_join!(self.of_rulesets(&branch), self.of_protection(&branch))?;
        let mut contexts: Vec<String> = rules.into_iter().chain(protection).collect();
        contexts.sort();
        contexts.dedup();
        Ok(contexts)
    }

    async fn of_rulesets(&self, branch: &str) -> Result<Vec<String>, CallError> {
        let mut found = Vec::new();
        for page in 1..=MAX_PAGES {
            let path = format!("/rules/branches/{branch}?per_page={PAGE}&page={page}");
            let rules: Vec<WireRule> = match self.get(&path, "rules of the branch").await {
                Err(CallError::NotFound(_) | CallError::Forbidden(_)) => break,
                rules => rules?,
            };
            let last = rules.len() < PAGE;
            let checks = rules.into_iter().filter_map(|rule| rule.parameters).flat_map(|it| it.required_status_checks);
            found.extend(checks.filter(|it| self.is_ours(it.integration_id)).map(|it| it.context));
            if last {
                break;
            }
        }
        Ok(found)
    }

    async fn of_protection(&self, branch: &str) -> Result<Vec<String>, CallError> {
        let found: WireBranch = match self.get(&format!("/branches/{branch}"), "branch").await {
            Err(CallError::NotFound(_) | CallError::Forbidden(_)) => return Ok(Vec::new()),
            found => found?,
        };
        let required = found.protection.filter(|it| it.enabled).and_then(|it| it.required_status_checks);
        let Some(WireRequired { contexts, checks }) = required else { return Ok(Vec::new()) };
        let of_others: Vec<String> =
            checks.into_iter().filter(|it| !self.is_ours(it.app_id)).map(|it| it.context).collect();
        Ok(contexts.into_iter().filter(|context| !of_others.contains(context)).collect())
    }

    /// Whether this app can fulfil what is required of an app; some of GitHub's answers say -1 for anybody.
    fn is_ours(&self, app: Option<i64>) -> bool {
        app.is_none_or(|id| id <= 0 || u64::try_from(id).ok() == self.shared.app_id())
    }
}

#[derive(Deserialize)]
struct WireRule {
    parameters: Option<WireParameters>,
}

/// Rules of other kinds have other parameters.
#[derive(Deserialize)]
struct WireParameters {
    #[serde(default)]
    required_status_checks: Vec<WireCheck>,
}

#[derive(Deserialize)]
struct WireCheck {
    context: String,
    integration_id: Option<i64>,
}

#[derive(Deserialize)]
struct WireBranch {
    protection: Option<WireProtection>,
}

#[derive(Deserialize)]
struct WireProtection {
    #[serde(default)]
    enabled: bool,
    required_status_checks: Option<WireRequired>,
}

#[derive(Deserialize)]
struct WireRequired {
    #[serde(default)]
    contexts: Vec<String>,
    #[serde(default)]
    checks: Vec<WireProtectedCheck>,
}

#[derive(Deserialize)]
struct WireProtectedCheck {
    context: String,
    app_id: Option<i64>,
}
