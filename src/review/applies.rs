//! Whether a rule runs at all, from the options that every rule has.

use crate::lua::RuleOptions;
use crate::model::{Fact, FactKey, Snapshot, Unavailable};
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

/// Decides for a pull request. A skip label counts only where the rule cannot block: whether the right person set
/// it on a blocking rule is a fact that this version does not fetch, and so the rule runs.
pub(super) fn applies(options: &RuleOptions, snapshot: &Snapshot) -> Applies {
    if !options.on.iter().any(|event| event == "pull_request") {
        return Applies::No("does not run on pull requests".to_owned());
    }
    let mut missing = BTreeSet::new();
    let skip_label = options.skip_label.as_ref().filter(|_| !options.blocking);
    if !options.labels.is_empty() || skip_label.is_some() {
        match &snapshot.pull {
            None => {
                missing.insert(FactKey::Pull);
            }
            Some(Fact::Unavailable(reason)) => return Applies::Unavailable(reason.clone()),
            Some(Fact::Known(pull)) => {
                let has = |name: &String| pull.labels.iter().any(|label| label.name.eq_ignore_ascii_case(name));
                if let Some(label) = skip_label.filter(|label| has(label)) {
                    return Applies::No(format!("the label `{label}` skips it"));
                }
                if !options.labels.is_empty() && !options.labels.iter().any(has) {
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

fn in_words(labels: &[String]) -> String {
    labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(" or ")
}
