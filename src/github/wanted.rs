//! What the app should be allowed and told: the permissions and events of its settings, each with what it is for.

/// A permission of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedPermission {
    /// GitHub's name: `pull_requests`.
    pub name: &'static str,
    /// `read` or `write`; the latter includes the former.
    pub access: &'static str,
    /// Whether nothing works without it.
    pub needed: bool,
    /// What it is for, and what is lost without it.
    pub purpose: &'static str,
}

impl WantedPermission {
    /// Whether what GitHub says is granted (`None`: nothing) is enough.
    pub fn is_met_by(&self, granted: Option<&str>) -> bool {
        matches!((self.access, granted), ("read", Some("read")) | (_, Some("write" | "admin")))
    }
}

/// An event to which an app subscribes. What GitHub sends to every app (`ping`, `installation`,
/// `installation_repositories`) is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedEvent {
    /// GitHub's name: `pull_request`.
    pub name: &'static str,
    /// Whether pull requests go unnoticed, or people unheard, without it.
    pub needed: bool,
    /// The permission with which GitHub offers it; reading is enough.
    pub permission: &'static str,
    /// What it is for.
    pub purpose: &'static str,
}

const fn permission(name: &'static str, access: &'static str, purpose: &'static str) -> WantedPermission {
    WantedPermission { name, access, needed: false, purpose }
}

const fn needed(name: &'static str, access: &'static str, purpose: &'static str) -> WantedPermission {
    WantedPermission { name, access, needed: true, purpose }
}

/// All permissions that anything of deckhand uses. Never `administration`.
pub const WANTED_PERMISSIONS: &[WantedPermission] = &[
    needed("checks", "write", "the check"),
    needed("contents", "read", "the dangerfile, diffs and files"),
    needed("metadata", "read", "which repositories there are, and what their branches require"),
    permission("pull_requests", "write", "comments; without it only the check speaks"),
    permission("contents", "write", "resolving threads; without it a fixed comment is edited to say so"),
    permission("issues", "read", "the event `issue_comment`, and so `/deckhand` commands"),
    permission("statuses", "write", "`statuses = \"per_rule\"`; `read` is enough for rules that read statuses"),
    permission("actions", "read", "reports that workflows of forks keep as artifacts"),
    permission("merge_queues", "read", "merge queues"),
    permission("actions", "write", "re-runs of workflows; not used yet"),
    permission("workflows", "write", "commits that touch workflows; not used yet"),
    permission("deployments", "write", "the deploy gate; not used yet"),
    permission("members", "read", "rules for teams; not used yet"),
];

const fn event(name: &'static str, needed: bool, permission: &'static str, purpose: &'static str) -> WantedEvent {
    WantedEvent { name, needed, permission, purpose }
}

/// All events that name work for deckhand and that an app subscribes to. Source of the permissions: "Webhook events and
/// payloads" in GitHub's documentation.
pub const WANTED_EVENTS: &[WantedEvent] = &[
    event("pull_request", true, "pull_requests", "pull requests are judged when they change"),
    event(
        "push",
        true,
        "contents",
        "open pull requests are judged again when the rules change, or what was merged is a part of them",
    ),
    event("check_run", true, "checks", "*Re-run* works, and rules see the checks of others"),
    event("issue_comment", true, "issues", "`/deckhand` commands are heard"),
    event("check_suite", false, "checks", "*Re-run all checks*"),
    event("merge_group", false, "merge_queues", "merge queues"),
    event("pull_request_review", false, "pull_requests", "rules that read reviews"),
    event("status", false, "statuses", "rules that read commit statuses"),
    event("workflow_run", false, "actions", "reports that workflows keep as artifacts"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::EVENT_NAMES;

    #[test]
    fn every_event_that_is_understood_is_wanted_or_comes_by_itself() {
        let mut listed: Vec<&str> = WANTED_EVENTS.iter().map(|event| event.name).collect();
        listed.extend(["ping", "installation", "installation_repositories"]);
        listed.sort_unstable();
        assert_eq!(listed, EVENT_NAMES);
    }

    #[test]
    fn the_page_about_the_server_lists_all_of_them() {
        let page = include_str!("../../docs/server.md");
        let words = |needed: bool| if needed { "needed: " } else { "" };
        for WantedPermission { name, access, needed, purpose } in WANTED_PERMISSIONS {
            let row = format!("\n| `{name}` | {access} | {}{purpose} |\n", words(*needed));
            assert!(page.contains(&row), "docs/server.md lacks {row}");
        }
        for WantedEvent { name, needed, purpose, .. } in WANTED_EVENTS {
            let row = format!("\n| `{name}` | {}{purpose} |\n", words(*needed));
            assert!(page.contains(&row), "docs/server.md lacks {row}");
        }
    }

    #[test]
    fn every_event_is_offered_with_a_permission_that_is_wanted() {
        for event in WANTED_EVENTS {
            assert!(WANTED_PERMISSIONS.iter().any(|it| it.name == event.permission), "{}", event.name);
        }
    }

    #[test]
    fn writing_includes_reading_and_nothing_else_does() {
        let [read, write] = ["read", "write"].map(|access| permission("contents", access, ""));
        assert!(read.is_met_by(Some("read")) && read.is_met_by(Some("write")) && write.is_met_by(Some("admin")));
        assert!(!read.is_met_by(None) && !write.is_met_by(Some("read")) && !write.is_met_by(None));
    }
}
