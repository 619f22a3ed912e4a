//! A verdict as JSON, version 1 (contract, section 6). Optional members are absent, never null.

use crate::model::{Conclusion, Effect, Finding, RepoPath, RuleState, Severity, Side, Verdict};
use serde::Serialize;

/// Raised only when a member changes its meaning or goes away.
const VERSION: u32 = 1;

/// The verdict as indented JSON with a final newline.
pub(super) fn render(verdict: &Verdict) -> String {
    let report = Report {
        version: VERSION,
        conclusion: verdict.conclusion,
        head: verdict.head.as_str(),
        base: verdict.base.as_str(),
        findings: verdict.findings.iter().map(FindingJson::from).collect(),
        faults: verdict
            .faults
            .iter()
            .map(|fault| FaultJson {
                rule: &fault.rule,
                message: &fault.message,
                path: fault.path.as_ref(),
                line: fault.line,
            })
            .collect(),
        effects: &verdict.effects,
        rules: verdict
            .rules
            .iter()
            .map(|rule| RuleJson {
                name: &rule.name,
                state: rule.state,
                reason: rule.reason.as_deref(),
                steps: rule.steps,
                millis: rule.millis,
            })
            .collect(),
    };
    serde_json::to_string_pretty(&report).expect("all keys are strings") + "\n"
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    conclusion: Conclusion,
    head: &'a str,
    base: &'a str,
    findings: Vec<FindingJson<'a>>,
    faults: Vec<FaultJson<'a>>,
    effects: &'a [Effect],
    rules: Vec<RuleJson<'a>>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    rule: &'a str,
    severity: Severity,
    blocking: bool,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a RepoPath>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<Side>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'a str>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct FaultJson<'a> {
    rule: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a RepoPath>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize)]
struct RuleJson<'a> {
    name: &'a str,
    state: RuleState,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    steps: u64,
    millis: u64,
}

impl<'a> From<&'a Finding> for FindingJson<'a> {
    fn from(finding: &'a Finding) -> Self {
        let place = finding.place.as_ref();
        FindingJson {
            rule: &finding.rule,
            severity: finding.severity,
            blocking: finding.blocking,
            message: &finding.message,
            path: place.map(|place| &place.path),
            line: place.and_then(|place| place.line),
            end_line: place.and_then(|place| place.end_line),
            side: place.map(|place| place.side),
            suggestion: finding.suggestion.as_deref(),
            fingerprint: &finding.fingerprint.0,
        }
    }
}
