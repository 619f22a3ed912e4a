//! Runs the rules until they miss no fact: judge, fetch what is missing in one batch, judge again.

use super::failed_call::after_call;
use super::judges::Judges;
use super::work::JobError;
use crate::github::{CallError, RepoClient, apply_facts};
use crate::model::{Conclusion, Fact, FactKey, Fault, FileText, RuleOutcome, RuleState, Settings, Snapshot, Verdict};
use crate::review::Outcome;
use std::collections::BTreeSet;

/// Passes of one run. Rules that need more ask for facts in a chain.
const MAX_PASSES: usize = 6;
/// Bytes of texts of one run.
const MAX_TEXT: usize = 20 << 20;
/// The rule that speaks for the ruleset as a whole.
pub(super) const WHOLE: &str = "dangerfile";

/// The end of a run.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    /// Everything that the rules had to ask for.
    pub(super) asked: BTreeSet<FactKey>,
}

/// Runs the rules to their end. A run that exceeds a limit ends with a fault, and so with a failed check.
pub(super) async fn judge(judges: &Judges, client: &RepoClient, snapshot: &mut Snapshot) -> Result<Judged, JobError> {
    let mut asked = BTreeSet::new();
    for pass in 1..=MAX_PASSES {
        let missing = match judges.judge(snapshot).await? {
            Outcome::Done(verdict) => return Ok(Judged { verdict: *verdict, asked }),
            Outcome::Missing(missing) => missing,
        };
        tracing::debug!(pass, missing = missing.len(), "the rules ask for facts");
        if missing.iter().all(|key| snapshot.has(key)) {
            return Err(JobError::Fatal { reason: "the rules ask again for facts that they have".to_owned() });
        }
        match client.fetch_facts(snapshot, &missing).await {
            Ok(facts) => apply_facts(snapshot, facts),
            Err(CallError::Budget(limit)) => {
                let message = format!(
                    "This run needs more than {limit} requests to GitHub. Let the rules read fewer files: narrow their `paths`."
                );
                return Ok(Judged { verdict: faulted(snapshot, message), asked });
            }
            Err(error) => return Err(after_call(error)),
        }
        asked.extend(missing);
        let read = text_bytes(snapshot);
        if read > MAX_TEXT {
            let message = format!(
                "The rules read {} MB of files; the limit is {} MB. Narrow their `paths`.",
                read >> 20,
                MAX_TEXT >> 20
            );
            return Ok(Judged { verdict: faulted(snapshot, message), asked });
        }
    }
    let message = format!(
        "The rules asked for more facts {MAX_PASSES} times in a row. \
         Do not let the path of one file depend on the content of another more often than that."
    );
    Ok(Judged { verdict: faulted(snapshot, message), asked })
}

/// A verdict without findings that fails the check with a reason.
pub(super) fn faulted(snapshot: &Snapshot, message: String) -> Verdict {
    Verdict {
        conclusion: Conclusion::Failure,
        head: snapshot.subject.head.clone(),
        base: snapshot.subject.base.clone(),
        findings: Vec::new(),
        faults: vec![Fault {
            mistake: false,
            rule: WHOLE.to_owned(),
            blocking: true,
            message: message.clone(),
            path: None,
            line: None,
        }],
        effects: Vec::new(),
        rules: vec![RuleOutcome {
            name: WHOLE.to_owned(),
            blocking: true,
            state: RuleState::Faulted,
            reason: Some(message),
            steps: 0,
            millis: 0,
        }],
        settings: Settings::default(),
        log: Vec::new(),
    }
}

fn text_bytes(snapshot: &Snapshot) -> usize {
    let files = snapshot.files.values().map(|fact| match fact {
        Fact::Known(FileText::Text(text)) => text.len(),
        Fact::Known(FileText::Absent | FileText::NotText(_) | FileText::Cut(_)) | Fact::Unavailable(_) => 0,
    });
    let reviews = snapshot.reviews.iter().flat_map(|fact| match fact {
        Fact::Known(reviews) => reviews.as_slice(),
        Fact::Unavailable(_) => &[],
    });
    let said = reviews.map(|review| review.body.len()).sum::<usize>();
    said + files.sum::<usize>() + snapshot.sources.values().flatten().map(String::len).sum::<usize>()
}
