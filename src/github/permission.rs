//! What a person may do on a repository, and when our first check of a commit began.

use super::CallError;
use super::repo::RepoClient;
use crate::model::{CommitId, PullNumber, Timestamp};
use crate::plan::covers;
use serde::Deserialize;

const PAGE: usize = 100;
/// GitHub keeps the newest 1,000 check runs of a name in a suite.
const MAX_PAGES: usize = 10;

/// A person's role on a repository, from the least to the most. A custom role counts as the one that it is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Sees nothing.
    None,
    /// Reads; on a public repository everybody does.
    Read,
    /// Sorts issues and pull requests.
    Triage,
    /// Pushes.
    Write,
    /// Manages, without what is destructive.
    Maintain,
    /// Everything.
    Admin,
}

impl RepoClient {
    /// What this person may do at this moment; nothing for a login that nobody has any more.
    ///
    /// # Errors
    /// As every call.
    pub async fn fetch_permission(&self, login: &str) -> Result<Permission, CallError> {
        // A bot's login ends with `[bot]`; logins have no other character that a path must not hold.
        let login = login.replace('[', "%5B").replace(']', "%5D");
        let path = format!("/collaborators/{login}/permission");
        match self.get::<WirePermission>(&path, "permission of a person").await {
            Ok(answer) => Ok(answer.into()),
            Err(CallError::NotFound(_)) => Ok(Permission::None),
            Err(error) => Err(error),
        }
    }

    /// When our checks on this commit that speak of this pull request began.
    ///
    /// # Errors
    /// As every call.
    pub async fn fetch_beginnings(&self, head: &CommitId, number: PullNumber) -> Result<Vec<Timestamp>, CallError> {
        let app = self.shared.app_id().map(|id| format!("&app_id={id}")).unwrap_or_default();
        let mut all = Vec::new();
        for page in 1..=MAX_PAGES {
            let path = format!("/commits/{head}/check-runs?filter=all&per_page={PAGE}&page={page}{app}");
            let list: WireChecks = self.get(&path, "check runs").await?;
            let last = list.check_runs.len() < PAGE;
            let ours = list.check_runs.iter().filter(|run| covers(run.external_id.as_deref().unwrap_or(""), number));
            all.extend(ours.filter_map(|run| Timestamp::parse_rfc3339(run.started_at.as_deref()?)));
            if last {
                break;
            }
        }
        Ok(all)
    }
}

/// "Get repository permissions for a user": `permission` knows four words, where maintain is `write` and triage is
/// `read`; the base role of a custom one stands in `user.permissions`.
#[derive(Deserialize)]
struct WirePermission {
    permission: String,
    #[serde(default)]
    role_name: String,
    #[serde(default)]
    user: Option<WireUser>,
}

#[derive(Deserialize)]
struct WireUser {
    #[serde(default)]
    permissions: WireFlags,
}

#[derive(Default, Deserialize)]
struct WireFlags {
    #[serde(default)]
    triage: bool,
    #[serde(default)]
    maintain: bool,
}

impl From<WirePermission> for Permission {
    fn from(wire: WirePermission) -> Self {
        let flags = wire.user.map(|user| user.permissions).unwrap_or_default();
        match wire.permission.as_str() {
            "admin" => Permission::Admin,
            "write" if flags.maintain || wire.role_name == "maintain" => Permission::Maintain,
            "write" => Permission::Write,
            "read" if flags.triage || wire.role_name == "triage" => Permission::Triage,
            "read" => Permission::Read,
            _ => Permission::None,
        }
    }
}

#[derive(Deserialize)]
struct WireChecks {
    check_runs: Vec<WireCheck>,
}

#[derive(Deserialize)]
struct WireCheck {
    external_id: Option<String>,
    started_at: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_custom_role_counts_as_the_one_that_it_is_made_from() {
        let of = |value: serde_json::Value| {
            Permission::from(serde_json::from_value::<WirePermission>(value).expect("a good sample"))
        };
        let flags = |maintain: bool, triage: bool| json!({ "permissions": { "maintain": maintain, "triage": triage } });
        let write = json!({ "permission": "write", "role_name": "security", "user": flags(false, true) });
        assert_eq!(of(write), Permission::Write);
        let maintain = json!({ "permission": "write", "role_name": "lead", "user": flags(true, true) });
        assert_eq!(of(maintain), Permission::Maintain);
        assert_eq!(of(json!({ "permission": "write", "role_name": "maintain", "user": null })), Permission::Maintain);
        assert_eq!(of(json!({ "permission": "read", "role_name": "triage" })), Permission::Triage);
        assert_eq!(of(json!({ "permission": "read" })), Permission::Read);
        assert_eq!(of(json!({ "permission": "unheard-of" })), Permission::None);
        assert!(Permission::Admin > Permission::Maintain && Permission::Maintain > Permission::Write);
    }
}
