//! What is said when a fix cannot be committed: why, what to do, and where it helps the patch.

use super::choose::Wish;
use crate::diff::write_patch;
use crate::model::{RepoPath, Verdict};
use crate::plan::render::{code_span, longest_run, neutralise, unknown_rule};
use std::collections::BTreeMap;

/// Bytes of a patch in an answer; a longer one is not shown.
const MAX_PATCH: usize = 16_000;

/// What the app may commit to the branch of a pull request's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hands {
    /// Whether also workflows.
    pub workflows: bool,
}

/// Why the app may commit nothing there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The repository of the branch is gone, or the branch.
    Gone,
    /// The branch lives in a fork whose author does not let maintainers push.
    Fork,
    /// The permission is missing.
    Permission,
}

/// A file as it is at the head, and as it shall be.
pub(super) type Change<'a> = (Option<&'a str>, &'a str);

pub(super) fn render_obstacle_with(obstacle: Obstacle, changes: &BTreeMap<&RepoPath, Change<'_>>) -> String {
    match obstacle {
        Obstacle::Gone => render_obstacle(obstacle),
        Obstacle::Fork | Obstacle::Permission => with_patch(&render_obstacle(obstacle), changes),
    }
}

/// The obstacle in words.
pub fn render_obstacle(obstacle: Obstacle) -> String {
    match obstacle {
        Obstacle::Gone => "The branch of this pull request is gone, so there is nothing to commit to.",
        Obstacle::Fork => {
            "The branch lives in a fork whose author does not let maintainers push to it. \
             The author can tick *Allow edits by maintainers*, or apply the patch."
        }
        Obstacle::Permission => {
            "This app may not commit here. Whoever owns the repository can grant it *Contents: read and write* \
             (`contents: write`)."
        }
    }
    .to_owned()
}

/// A rule that brings no fix, or that is none.
pub fn nothing_to_fix(verdict: &Verdict, rule: &str) -> String {
    if !verdict.rules.iter().any(|outcome| outcome.name == rule) {
        return unknown_rule(rule, Some(verdict));
    }
    nothing_of(&format!("{} has", code_span(rule)))
}

pub(super) fn nothing_of(whose: &str) -> String {
    format!(
        "{whose} nothing here that the robot could commit. \
         A suggestion in a review comment is committed with GitHub's own button."
    )
}

/// GitHub's own reason why it did not take a commit.
pub fn render_refused_commit(reason: &str) -> String {
    let reason = neutralise(reason.trim().trim_end_matches('.'));
    format!("GitHub did not take the commit: {reason}. Nothing was changed.")
}

/// Said beside a commit that does not hold everything.
pub fn render_left_out(left_out: &[(String, RepoPath)]) -> Option<String> {
    let (rule, path) = left_out.first()?;
    let more = match left_out.len() {
        1 => String::new(),
        more => format!(" (and {} more)", more - 1),
    };
    Some(format!(
        "Committed, but for what {} wants of {}{more}: another fix changes the same lines. \
         Write the command again after the next review.",
        code_span(rule),
        code_span(path.as_str())
    ))
}

/// Nobody can commit that for the author; the patch is all that helps.
pub(super) fn with_patch(text: &str, changes: &BTreeMap<&RepoPath, Change<'_>>) -> String {
    let patches: Option<String> =
        changes.iter().map(|(path, (old, new))| write_patch(path.as_str(), *old, new)).collect();
    match patches.filter(|patch| !patch.is_empty() && patch.len() <= MAX_PATCH) {
        Some(patch) => {
            let fence = "`".repeat(longest_run(&patch, '`').max(2) + 1);
            let end = if patch.ends_with('\n') { "" } else { "\n" };
            format!("{text}\n\nThe patch, for `git apply`:\n\n{fence}diff\n{patch}{end}{fence}")
        }
        None => text.to_owned(),
    }
}

pub(super) fn odd_path(wish: &Wish<'_>) -> String {
    format!(
        "The fix of {} names the path {}, which no repository can have. Nothing was changed.",
        code_span(wish.rule),
        code_span(wish.path.as_str())
    )
}

/// Without the permission for workflows.
pub(super) fn may_not_touch(workflow: &RepoPath) -> String {
    format!(
        "{} is a workflow, and this app may not change those. Whoever owns the repository can grant it \
         *Workflows: read and write* (`workflows: write`).",
        code_span(workflow.as_str())
    )
}

/// What lies in the way, in a phrase: `is a symbolic link`.
pub(super) fn in_the_way(path: &RepoPath, what: &str) -> String {
    format!("{} {what}, so the robot leaves it alone. Nothing was changed; mend it by hand.", code_span(path.as_str()))
}
