//! The checks and statuses that a branch requires before anything is merged into it.

use super::CallError;
use super::list::encode;
use super::repo::RepoClient;
use serde::Deserialize;

/// GitHub's largest page.
const PAGE: usize = 100;
/// No branch has more than 1,000 active rules.
const MAX_PAGES: usize = 10;

/// A check or commit status that a branch requires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// Its name.
    pub context: String,
    /// Who has to report it.
    pub of: RequiredOf,
    /// What requires it.
    pub by: RequiredBy,
}

/// Whose report a branch accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequiredOf {
    /// Anybody's who may report checks or statuses at all.
    Anybody,
    /// This app's.
    ThisApp,
    /// Another app's.
    App(u64),
}

/// Where a requirement is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequiredBy {
    /// An active ruleset, of the repository or of its organisation.
    Ruleset,
    /// The branch's own protection.
    Protection,
}

impl RepoClient {
    /// Names of the checks and commit statuses that the active rules of rulesets (permission `metadata: read`) and the
    /// branch's own protection (`contents: read`) require of this app or of anybody, as far as GitHub shows them:
    /// two requests, side by side. What is required of another app is left out. Sorted, each once.
    ///
    /// # Errors
    /// As every call; what may not be seen is no error.
    pub async fn fetch_required_contexts(&self, branch: &str) -> Result<Vec<String>, CallError> {
        let mut found = self.fetch_requirements(branch).await?;
        found.retain(|it| !matches!(it.of, RequiredOf::App(_)));
        let mut contexts: Vec<String> = found.into_iter().map(|it| it.context).collect();
        contexts.dedup();
        Ok(contexts)
    }

    /// The same with what is required of others, and who asks for it. Sorted by name.
    ///
    /// # Errors
    /// As every call; what may not be seen is no error.
    pub async fn fetch_requirements(&self, branch: &str) -> Result<Vec<Requirement>, CallError> {
        let branch = encode(branch).replace('/', "%2F");
        let (rules, protection) = futures_util::try_join!(self.of_rulesets(&branch), self.of_protection(&branch))?;
        let mut found: Vec<Requirement> = rules.into_iter().chain(protection).collect();
        found.sort();
        found.dedup();
        Ok(found)
    }

    async fn of_rulesets(&self, branch: &str) -> Result<Vec<Requirement>, CallError> {
        let mut found = Vec::new();
        for page in 1..=MAX_PAGES {
            let path = format!("/rules/branches/{branch}?per_page={PAGE}&page={page}");
            let rules: Vec<WireRule> = match self.get(&path, "rules of the branch").await {
                Err(CallError::NotFound(_) | CallError::Forbidden(_)) => break,
                rules => rules?,
            };
            let last = rules.len() < PAGE;
            let checks = rules.into_iter().filter_map(|rule| rule.parameters).flat_map(|it| it.required_status_checks);
            found.extend(checks.map(|it| Requirement {
                of: self.whose(it.integration_id),
                context: it.context,
                by: RequiredBy::Ruleset,
            }));
            if last {
                break;
            }
        }
        Ok(found)
    }

    async fn of_protection(&self, branch: &str) -> Result<Vec<Requirement>, CallError> {
        let found: WireBranch = match self.get(&format!("/branches/{branch}"), "branch").await {
            Err(CallError::NotFound(_) | CallError::Forbidden(_)) => return Ok(Vec::new()),
            found => found?,
        };
        let required = found.protection.filter(|it| it.enabled).and_then(|it| it.required_status_checks);
        let Some(WireRequired { contexts, checks }) = required else { return Ok(Vec::new()) };
        // An older GitHub lists names only, and those may be anybody's.
        let unlisted = contexts.into_iter().filter(|context| checks.iter().all(|it| it.context != *context));
        let mut found: Vec<Requirement> = unlisted
            .map(|context| Requirement { context, of: RequiredOf::Anybody, by: RequiredBy::Protection })
            .collect();
        found.extend(checks.iter().map(|it| Requirement {
            context: it.context.clone(),
            of: self.whose(it.app_id),
            by: RequiredBy::Protection,
        }));
        Ok(found)
    }

    /// Some of GitHub's answers say -1 for anybody.
    fn whose(&self, app: Option<i64>) -> RequiredOf {
        match app.and_then(|id| u64::try_from(id).ok()).filter(|id| *id > 0) {
            None => RequiredOf::Anybody,
            Some(id) if Some(id) == self.shared.app_id() => RequiredOf::ThisApp,
            Some(id) => RequiredOf::App(id),
        }
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
