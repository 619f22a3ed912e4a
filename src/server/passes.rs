//! Runs the rules until they miss no fact: judge, fetch what is missing in one batch, judge again.

use super::judges::{JudgeError, Judges};
use crate::github::{CallError, RepoClient, apply_facts};
use crate::model::{
    Conclusion, CoverageFacts, DANGERFILE_RULE, Fact, FactKey, Fault, FileText, Home, LintFacts, RepoPath, RuleOutcome,
    RuleState, Snapshot, Unavailable, Verdict,
};
use crate::review::{MAX_PASSES, Outcome, apply_overrides};
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of texts of one run.
const MAX_TEXT: usize = 20 << 20;

/// The end of a run.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What the rules say.
    pub verdict: Verdict,
    /// Everything that the rules had to ask for.
    pub asked: BTreeSet<FactKey>,
    /// The scripts that the rules as they are now required, where earlier ones judged in their place.
    pub present: Option<Sources>,
}

/// Required files by the layer of the ruleset, as a snapshot has them.
pub(super) type Sources = BTreeMap<(usize, RepoPath), Option<String>>;

/// Why the rules did not come to their end. Never their own fault: those are in the verdict.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JudgingError {
    /// A fact could not be fetched.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The child process in which they run.
    #[error(transparent)]
    Judge(#[from] JudgeError),
    /// A fact that is kept here could not be read.
    #[error("what is kept here of this commit cannot be read: {0}")]
    Kept(String),
    /// They ask in a circle.
    #[error("the rules ask again for facts that they have")]
    Circle,
}

/// Where facts are found that GitHub does not have.
pub trait Surroundings: Sync {
    /// A file that a dangerfile without a commit requires; one with a commit has them there.
    fn load_source(&self, path: &RepoPath) -> Option<String>;

    /// What coverage reports say of the snapshot's head; `None` where nobody can send any.
    fn load_coverage<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        patterns: &'a [String],
    ) -> BoxFuture<'a, Result<Option<Fact<CoverageFacts>>, JudgingError>>;

    /// What linters' reports say of the snapshot's head; `None` where there is none.
    fn load_lint<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        patterns: &'a [String],
    ) -> BoxFuture<'a, Result<Option<Fact<LintFacts>>, JudgingError>>;
}

/// Runs the rules to their end. A run that exceeds a limit ends with a fault, and so with a failed check.
///
/// # Errors
/// When a fact cannot be fetched, or the judge fails twice.
pub async fn judge(
    judges: &Judges,
    client: &RepoClient,
    snapshot: &mut Snapshot,
    surroundings: &dyn Surroundings,
) -> Result<Judged, JudgingError> {
    let mut asked = BTreeSet::new();
    for pass in 1..=MAX_PASSES {
        let missing = match judges.judge(snapshot).await? {
            Outcome::Done(verdict) => return Ok(Judged { verdict: *verdict, asked, present: None }),
            Outcome::Missing(missing) => missing,
        };
        tracing::debug!(pass, missing = missing.len(), "the rules ask for facts");
        if missing.iter().all(|key| snapshot.has(key)) {
            return Err(JudgingError::Circle);
        }
        let loaded = match load_beside(snapshot, &missing, surroundings).await {
            Ok(()) => client.fetch_facts(snapshot, &missing).await,
            Err(JudgingError::Call(error)) => Err(error),
            Err(other) => return Err(other),
        };
        match loaded {
            Ok(facts) => apply_facts(snapshot, facts),
            Err(CallError::Budget(limit)) => {
                let message = format!(
                    "This run needs more than {limit} requests to GitHub. Let the rules read fewer files: narrow their `paths`."
                );
                return Ok(Judged { verdict: faulted(snapshot, message), asked, present: None });
            }
            Err(error) => return Err(error.into()),
        }
        asked.extend(missing);
        if let Some(message) = read_too_much(snapshot) {
            return Ok(Judged { verdict: faulted(snapshot, message), asked, present: None });
        }
    }
    let message = format!(
        "The rules asked for more facts {MAX_PASSES} times in a row. \
         Let them read fewer files that the pull request does not change."
    );
    Ok(Judged { verdict: faulted(snapshot, message), asked, present: None })
}

async fn load_beside(
    snapshot: &mut Snapshot,
    missing: &BTreeSet<FactKey>,
    surroundings: &dyn Surroundings,
) -> Result<(), JudgingError> {
    for key in missing {
        if snapshot.group.is_some() && key.home().is_of_a_pull() {
            // What was said of the pull requests in it counts.
            snapshot.refuse(key, Unavailable::OfQueuedPulls);
            continue;
        }
        match key.home() {
            Home::Script { layer, path } => {
                if snapshot.ruleset.layers.get(layer).is_some_and(|dangerfile| dangerfile.commit.is_none()) {
                    snapshot.sources.insert((layer, path.clone()), surroundings.load_source(path));
                }
            }
            Home::Coverage(patterns) => {
                if let Some(fact) = surroundings.load_coverage(snapshot, patterns).await? {
                    if let Fact::Known(facts) = &fact {
                        snapshot.notes.extend(facts.carried.iter().cloned());
                    }
                    snapshot.coverage.insert(patterns.to_vec(), fact);
                }
            }
            Home::Lint(patterns) => {
                if let Some(fact) = surroundings.load_lint(snapshot, patterns).await? {
                    snapshot.lint.insert(patterns.to_vec(), fact);
                }
            }
            Home::Pull | Home::Head | Home::Tree => {}
        }
    }
    Ok(())
}

/// A verdict without findings that fails the check with a reason, unless somebody let that reason pass.
pub fn faulted(snapshot: &Snapshot, message: String) -> Verdict {
    let mut verdict = Verdict {
        conclusion: Conclusion::Failure,
        faults: vec![Fault::of_dangerfile(message.clone())],
        rules: vec![RuleOutcome {
            name: DANGERFILE_RULE.to_owned(),
            blocking: true,
            state: RuleState::Faulted,
            reason: Some(message),
            statuses: None,
            waits: None,
            unreported: false,
            steps: 0,
            millis: 0,
        }],
        ..Verdict::empty(snapshot.subject.head.clone(), snapshot.subject.base.clone())
    };
    apply_overrides(&mut verdict, &snapshot.overrides);
    verdict
}

/// Why the rules get no further, when they read more than a run may.
pub(super) fn read_too_much(snapshot: &Snapshot) -> Option<String> {
    let read = text_bytes(snapshot);
    (read > MAX_TEXT).then(|| {
        let (read, limit) = (read >> 20, MAX_TEXT >> 20);
        format!("The rules read {read} MB of files; the limit is {limit} MB. Narrow their `paths`.")
    })
}

fn text_bytes(snapshot: &Snapshot) -> usize {
    let files = snapshot.files.values().map(|fact| match fact {
        Fact::Known(FileText::Text(text)) => text.len(),
        Fact::Known(FileText::Folder(names)) => names.iter().map(String::len).sum(),
        Fact::Known(FileText::Absent | FileText::NotText(_) | FileText::Cut(_)) | Fact::Unavailable(_) => 0,
    });
    let reviews = snapshot.reviews.iter().flat_map(|fact| match fact {
        Fact::Known(reviews) => reviews.as_slice(),
        Fact::Unavailable(_) => &[],
    });
    let said = reviews.map(|review| review.body.len()).sum::<usize>();
    said + files.sum::<usize>() + snapshot.sources.values().flatten().map(String::len).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CommitId, FileKey, Ruleset, Side, Subject, Timestamp};

    #[test]
    fn f61_who_reads_more_than_a_run_may_gets_no_further() {
        let commit = CommitId::new(&"a".repeat(40)).expect("an id");
        let subject = Subject { repository: None, base: commit.clone(), head: commit, started_at: Timestamp(0) };
        let mut snapshot = Snapshot::new(subject, Ruleset::default());
        let text = |bytes: usize| Fact::Known(FileText::Text("x".repeat(bytes)));
        let key = |path: &str| FileKey { side: Side::Right, path: RepoPath::new(path) };
        snapshot.files.insert(key("a"), text(MAX_TEXT));
        assert_eq!(read_too_much(&snapshot), None);
        snapshot.files.insert(key("b"), text(1));
        let why = read_too_much(&snapshot).expect("a byte too much");
        assert!(why.contains("the limit is 20 MB"), "{why}");
    }
}
