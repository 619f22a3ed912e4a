//! Digests by which a look at a pull request tells whether it is still what was judged.

use crate::model::{Fact, PullRequest, RepoPath, Ruleset, Snapshot};
use crate::server::passes::Sources;
use crate::server::review_job::digest;
use crate::store::{COMMIT_LETTERS, Grounds, Judged, RequiredScript};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// More commits of a pull request are not remembered: as many as are read.
const MAX_COMMITS: usize = 2_000;

/// Digests of scripts, by the layer of the ruleset that requires them.
pub(in crate::server) type Scripts = BTreeMap<(usize, RepoPath), String>;

/// What is remembered of a judgement.
pub(in crate::server) fn judged(pull: &PullRequest, ruleset: &Result<Option<Ruleset>, String>) -> Judged {
    let labels = pull.labels.iter().map(|label| label.name.as_str());
    Judged {
        head: pull.head.sha.clone(),
        facts: facts_digest(&pull.title, &pull.body, pull.draft, &pull.base.name, labels),
        ruleset: ruleset_digest(ruleset),
        grounds: None,
    }
}

/// What a judgement of the snapshot stands on, by rules that required these scripts.
pub(in crate::server) fn grounds(pull: &PullRequest, snapshot: &Snapshot, required: &Sources) -> Grounds {
    let commits = match &snapshot.commits {
        Some(Fact::Known(commits)) if commits.len() <= MAX_COMMITS => {
            Some(commits.iter().map(|commit| commit.sha.as_str()[..COMMIT_LETTERS].to_owned()).collect())
        }
        _ => None,
    };
    let scripts = script_digests(required).into_iter();
    Grounds {
        head: pull.head.sha.clone(),
        base: pull.base.name.clone(),
        commits,
        scripts: scripts.map(|((layer, path), digest)| RequiredScript { layer, path, digest }).collect(),
    }
}

/// Names the text of each required script; empty where there is none.
pub(super) fn script_digests(required: &Sources) -> Scripts {
    let digest = |text: &Option<String>| text.as_ref().map(|it| hex(Sha256::new_with_prefix(it))).unwrap_or_default();
    required.iter().map(|(place, text)| (place.clone(), digest(text))).collect()
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
