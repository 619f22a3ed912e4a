//! What people let pass: findings and faults that would block, and do not.

use crate::model::{Conclusion, DANGERFILE_RULE, Fault, Finding, Fingerprint, Overridden, Override, Verdict};
use sha2::{Digest, Sha256};

/// A fault's identity across pushes: the rule and what went wrong. The line of a script may move.
pub fn fault_fingerprint(fault: &Fault) -> Fingerprint {
    let mut hash = Sha256::new();
    for part in ["fault", fault.rule.as_str(), fault.message.as_str()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    Fingerprint(hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What an override of `rule` would cover now: its findings that block, and for `dangerfile` every fault that blocks.
pub fn find_coverable(verdict: &Verdict, rule: &str) -> Vec<Fingerprint> {
    let findings = verdict.findings.iter().filter(|finding| finding.blocking && finding.rule == rule);
    let faults = verdict.faults.iter().filter(|fault| fault.blocking && rule == DANGERFILE_RULE);
    findings.map(|finding| finding.fingerprint.clone()).chain(faults.map(fault_fingerprint)).collect()
}

/// Applies decisions to a verdict that no run of rules made: one with faults and without findings.
pub fn apply_overrides(verdict: &mut Verdict, overrides: &[Override]) {
    mark(&mut verdict.findings, verdict.faults.iter_mut(), overrides);
    let blocks = verdict.findings.iter().any(|it| it.blocking) || verdict.faults.iter().any(|it| it.blocking);
    if verdict.conclusion == Conclusion::Failure && !blocks {
        verdict.conclusion = Conclusion::Success;
    }
}

/// Marks what a decision covers; from then on it does not block.
pub(super) fn mark<'a>(findings: &mut [Finding], faults: impl Iterator<Item = &'a mut Fault>, overrides: &[Override]) {
    for finding in findings.iter_mut().filter(|finding| finding.blocking) {
        if let Some(decision) = decision(overrides, &finding.rule, &finding.fingerprint) {
            finding.blocking = false;
            finding.overridden = Some(decision);
        }
    }
    for fault in faults.filter(|fault| fault.blocking) {
        if let Some(decision) = decision(overrides, DANGERFILE_RULE, &fault_fingerprint(fault)) {
            fault.blocking = false;
            fault.overridden = Some(decision);
        }
    }
}

/// The first decision counts: whoever wrote it is shown.
fn decision(overrides: &[Override], rule: &str, fingerprint: &Fingerprint) -> Option<Overridden> {
    let covering = overrides.iter().find(|it| it.rule == rule && it.covers.contains(fingerprint));
    covering.map(|it| it.decision.clone())
}
