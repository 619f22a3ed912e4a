//! Chooses the rules: each in its strictest form that the history bears, or none.

use super::candidates::{Form, candidates};
use super::look::Look;
use super::trial::Trial;
use crate::cli::failure::Failure;
use crate::model::{Severity, Verdict};

/// A rule that speaks on more than one commit in so many is noise here.
const TOLERATED_IN: usize = 4;

/// What became of the candidates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// In the order of the file.
    pub(super) taken: Vec<Taken>,
    /// Rule and reason.
    pub(super) left_out: Vec<(&'static str, String)>,
}

/// A rule that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// The rule.
    pub(super) name: &'static str,
    /// Its options; empty for none.
    pub(super) form: Form,
    /// Why it is not the strictest form.
    pub(super) relaxed: Option<String>,
}

/// A candidate on its way down its forms.
struct Open {
    name: &'static str,
    forms: Vec<Form>,
    at: usize,
    /// What the history said to the strictest form.
    first_objection: Option<String>,
    is_taken: bool,
}

/// Tries all candidates that suit, together, until each has settled.
pub(super) fn choose(look: &Look, trial: &mut Trial<'_>) -> Result<Choice, Failure> {
    let mut open: Vec<Open> = Vec::new();
    let mut left_out = Vec::new();
    for candidate in candidates() {
        match (candidate.forms)(look) {
            Ok(forms) => {
                open.push(Open { name: candidate.name, forms, at: 0, first_objection: None, is_taken: false });
            }
            Err(reason) => left_out.push((candidate.name, reason)),
        }
    }
    while open.iter().any(|it| !it.is_taken && it.at < it.forms.len()) {
        let tried: Vec<&mut Open> = open.iter_mut().filter(|it| !it.is_taken && it.at < it.forms.len()).collect();
        let text: String = tried.iter().map(|it| render_use(it.name, &it.forms[it.at])).collect();
        let verdicts = trial.judge(&text)?;
        for candidate in tried {
            match object(candidate.name, &verdicts) {
                None => candidate.is_taken = true,
                Some(objection) => {
                    candidate.first_objection.get_or_insert(objection);
                    candidate.at += 1;
                }
            }
        }
    }
    let mut taken = Vec::new();
    for candidate in open {
        let objection = candidate.first_objection;
        match candidate.is_taken {
            true => taken.push(Taken {
                name: candidate.name,
                form: candidate.forms[candidate.at].clone(),
                relaxed: objection,
            }),
            false => left_out.push((candidate.name, objection.unwrap_or_default())),
        }
    }
    Ok(Choice { taken, left_out })
}

/// The call that switches a rule on, on a line of its own.
pub(super) fn render_use(name: &str, form: &str) -> String {
    if form.is_empty() { format!("use(\"{name}\")\n") } else { format!("use(\"{name}\", {{ {form} }})\n") }
}

/// Why the history does not bear the rule: it blocks a commit, cannot judge one, or speaks too often.
fn object(rule: &str, verdicts: &[Verdict]) -> Option<String> {
    let blocks = |verdict: &&Verdict| verdict.findings.iter().any(|finding| finding.rule == rule && finding.blocking);
    let speaks = |verdict: &&Verdict| {
        let spoken = [Severity::Fail, Severity::Warn];
        verdict.findings.iter().any(|finding| finding.rule == rule && spoken.contains(&finding.severity))
    };
    let faults = |verdict: &&Verdict| verdict.faults.iter().any(|fault| fault.rule == rule);
    let (blocked, spoken) = (verdicts.iter().filter(blocks).count(), verdicts.iter().filter(speaks).count());
    let faulted = verdicts.iter().filter(faults).count();
    let of = verdicts.len();
    if blocked > 0 {
        return Some(format!("it would have stopped {blocked} of the last {of} commits"));
    }
    if faulted > 0 {
        return Some(format!("it could not judge {faulted} of the last {of} commits"));
    }
    let tolerated = (of / TOLERATED_IN).max(1);
    (spoken > tolerated).then(|| format!("it would have spoken on {spoken} of the last {of} commits"))
}
