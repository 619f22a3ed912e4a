//! Digests by which a look at a pull request tells whether it is still what was judged.

use crate::model::{PullRequest, Ruleset};
use crate::server::review_job::digest;
use crate::store::Judged;
use sha2::{Digest, Sha256};

/// What is remembered of a judgement.
pub(in crate::server) fn judged(pull: &PullRequest, ruleset: &Result<Option<Ruleset>, String>) -> Judged {
    let labels = pull.labels.iter().map(|label| label.name.as_str());
    Judged {
        head: pull.head.sha.clone(),
        facts: facts_digest(&pull.title, &pull.body, pull.draft, &pull.base.name, labels),
        ruleset: ruleset_digest(ruleset),
    }
}

/// Names a ruleset, or the reason why it cannot be read; empty when there is none.
pub(in crate::server) fn ruleset_digest(ruleset: &Result<Option<Ruleset>, String>) -> String {
    match ruleset {
        Ok(None) => String::new(),
        Ok(Some(ruleset)) => digest(ruleset),
        Err(reason) => hex(Sha256::new_with_prefix(reason)),
    }
}

/// What a person can change of a pull request without a push.
pub(super) fn facts_digest<'a>(
    title: &str,
    body: &str,
    draft: bool,
    base: &str,
    labels: impl Iterator<Item = &'a str>,
) -> String {
    let mut labels: Vec<&str> = labels.collect();
    labels.sort_unstable();
    let mut hash = Sha256::new();
    for part in [title, body, if draft { "draft" } else { "" }, base].into_iter().chain(labels) {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hex(hash)
}

fn hex(hash: Sha256) -> String {
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
