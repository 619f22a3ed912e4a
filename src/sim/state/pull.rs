//! A pull request.

/// A pull request as it is now.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Pull {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) number: u64,
    pub(in crate::sim) title: String,
    pub(in crate::sim) body: Option<String>,
    pub(in crate::sim) author: String,
    pub(in crate::sim) draft: bool,
    pub(in crate::sim) open: bool,
    pub(in crate::sim) merged_at: Option<String>,
    pub(in crate::sim) closed_at: Option<String>,
    pub(in crate::sim) merge_commit: Option<String>,
    pub(in crate::sim) base_ref: String,
    /// The base's commit when the pull request was last pushed to or retargeted; GitHub keeps it too.
    pub(in crate::sim) base_sha: String,
    /// The repository that the head lives in; nothing once it was deleted.
    pub(in crate::sim) head_repo: Option<u64>,
    /// Owner of the head, kept when its repository is gone.
    pub(in crate::sim) head_owner: String,
    pub(in crate::sim) head_ref: String,
    pub(in crate::sim) head_sha: String,
    /// Names of labels, in the order of their addition.
    pub(in crate::sim) labels: Vec<String>,
    pub(in crate::sim) locked: bool,
    /// Whether the author of a fork lets those who may push to the base repository push to the head's branch too.
    pub(in crate::sim) allows_edits: bool,
    /// Whether it merges without a conflict; nothing while that is being computed.
    pub(in crate::sim) mergeable: Option<bool>,
    /// Logins, in the order in which they were assigned.
    pub(in crate::sim) assignees: Vec<String>,
    /// Logins whose review is asked for and not given yet.
    pub(in crate::sim) requested: Vec<String>,
    /// The same for teams, by their slugs.
    pub(in crate::sim) requested_teams: Vec<String>,
    pub(in crate::sim) created_at: String,
    pub(in crate::sim) updated_at: String,
}
