//! Whether a rule runs at all, from the options that every rule has.

use crate::lua::RuleOptions;
use crate::model::{Fact, FactKey, PullRequest, Snapshot, Unavailable};
use std::collections::BTreeSet;

/// The answer.
pub(super) enum Applies {
    /// It runs.
    Yes,
    /// It does not, for this reason.
    No(String),
    /// These facts decide, and the snapshot lacks them.
    Unknown(BTreeSet<FactKey>),
    /// A fact that decides cannot be had.
    Unavailable(Unavailable),
}

/// Decides for a pull request or a merge group.
pub(super) fn applies(options: &RuleOptions, snapshot: &Snapshot) -> Applies {
    let (event, many) = match snapshot.group {
        None => ("pull_request", "pull requests"),
        Some(_) => ("merge_group", "merge groups"),
    };
    if !options.on.iter().any(|on| on == event) {
        return Applies::No(format!("does not run on {many}"));
    }
    let mut missing = BTreeSet::new();
    if !options.labels.is_empty() || options.skip_label.is_some() {
        match &snapshot.pull {
            None => {
                missing.insert(FactKey::Pull);
            }
            Some(Fact::Unavailable(reason)) => return Applies::Unavailable(reason.clone()),
            Some(Fact::Known(pull)) => {
                let skip = options.skip_label.as_ref().filter(|label| carries(pull, label));
                match skip.map(|label| (label, may_skip(options, pull, label, snapshot))) {
                    Some((label, Some(true))) => return Applies::No(format!("the label `{label}` skips it")),
                    Some((_, None)) => {
                        missing.insert(FactKey::Labelings);
                    }
                    Some((_, Some(false))) | None => {}
                }
                if !options.labels.is_empty() && !options.labels.iter().any(|label| carries(pull, label)) {
                    return Applies::No(format!("needs the label {}", in_words(&options.labels)));
                }
            }
        }
    }
    if let Some(paths) = &options.paths {
        match &snapshot.changes {
            None => {
                missing.insert(FactKey::Changes);
            }
            Some(Fact::Unavailable(reason)) => return Applies::Unavailable(reason.clone()),
            Some(Fact::Known(changes)) => {
                let touched = changes
                    .iter()
                    .any(|change| paths.matches(change.path.as_str()) || paths.matches(change.old_path().as_str()));
                if !touched {
                    return Applies::No("no changed file matches its paths".to_owned());
                }
            }
        }
    }
    if missing.is_empty() { Applies::Yes } else { Applies::Unknown(missing) }
}

fn carries(pull: &PullRequest, name: &str) -> bool {
    pull.labels.iter().any(|label| label.name.eq_ignore_ascii_case(name))
}

/// Whether the label skips the rule. On a blocking rule it counts only when somebody set it who may write and is not
/// the author; `None` when that is not known yet. What cannot be known does not count.
fn may_skip(options: &RuleOptions, pull: &PullRequest, name: &str, snapshot: &Snapshot) -> Option<bool> {
    if !options.blocking {
        return Some(true);
    }
    match &snapshot.labelings {
        None => None,
        Some(Fact::Unavailable(_)) => Some(false),
        Some(Fact::Known(labelings)) => Some(labelings.iter().any(|labeling| {
            labeling.label.eq_ignore_ascii_case(name)
                && labeling.can_write
                && !labeling.actor.eq_ignore_ascii_case(&pull.user.login)
        })),
    }
}

fn in_words(labels: &[String]) -> String {
    labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(" or ")
}
