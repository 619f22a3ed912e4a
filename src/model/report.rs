//! A verdict as the public JSON, version 1: what `--format json` prints and `GET /api/v1/runs/{id}` answers.

use super::{Effect, Fault, Finding, Overridden, RuleOutcome, RuleState, Verdict, Waiting};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// The version of the format. Members may be added; a change of meaning is a new version.
const VERSION: u32 = 1;

/// Renders a verdict as the contract's JSON (section 6). Optional members are absent, never null;
/// findings of a rule in shadow carry `"shadow": true`. The order is the verdict's own.
pub fn render_report(verdict: &Verdict) -> Value {
    let shadow: HashSet<&str> =
        verdict.rules.iter().filter(|rule| rule.state == RuleState::Shadow).map(|rule| rule.name.as_str()).collect();
    json!({
        "version": VERSION,
        "conclusion": verdict.conclusion.as_str(),
        "head": verdict.head.as_str(),
        "base": verdict.base.as_str(),
        "findings": verdict.findings.iter()
            .map(|finding| render_finding(finding, shadow.contains(finding.rule.as_str())))
            .collect::<Vec<_>>(),
        "faults": verdict.faults.iter().map(render_fault).collect::<Vec<_>>(),
        "effects": verdict.effects.iter().map(render_effect).collect::<Vec<_>>(),
        "rules": verdict.rules.iter().map(render_rule).collect::<Vec<_>>(),
    })
}

fn render_finding(finding: &Finding, shadow: bool) -> Value {
    let mut out = Map::new();
    out.insert("rule".into(), json!(finding.rule));
    out.insert("severity".into(), json!(finding.severity.as_str()));
    out.insert("blocking".into(), json!(finding.blocking));
    out.insert("message".into(), json!(finding.message));
    if let Some(place) = &finding.place {
        out.insert("path".into(), json!(place.path));
        put(&mut out, "line", place.line);
        put(&mut out, "end_line", place.end_line);
        if place.line.is_some() {
            out.insert("side".into(), json!(place.side.as_str()));
        }
    }
    put(&mut out, "suggestion", finding.suggestion.as_deref());
    out.insert("fingerprint".into(), json!(finding.fingerprint));
    if shadow {
        out.insert("shadow".into(), json!(true));
    }
    put(&mut out, "overridden", finding.overridden.as_ref().map(render_overridden));
    Value::Object(out)
}

fn render_fault(fault: &Fault) -> Value {
    let mut out = Map::new();
    out.insert("rule".into(), json!(fault.rule));
    out.insert("message".into(), json!(fault.message));
    put(&mut out, "path", fault.path.as_ref());
    put(&mut out, "line", fault.line);
    put(&mut out, "overridden", fault.overridden.as_ref().map(render_overridden));
    Value::Object(out)
}

/// `{ "by": login, "at": RFC 3339, "reason" }`
fn render_overridden(decision: &Overridden) -> Value {
    json!({ "by": decision.by, "at": decision.at.to_rfc3339(), "reason": decision.reason })
}

fn render_effect(effect: &Effect) -> Value {
    let mut out: Map<String, Value> =
        effect.arguments.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    out.insert("kind".into(), json!(effect.kind));
    put(&mut out, "rule", Some(effect.rule.as_str()).filter(|rule| !rule.is_empty()));
    Value::Object(out)
}

fn render_rule(rule: &RuleOutcome) -> Value {
    let mut out = Map::new();
    out.insert("name".into(), json!(rule.name));
    out.insert("state".into(), json!(rule.state));
    put(&mut out, "reason", rule.reason.as_deref());
    let waits = |it: &Waiting| json!({ "for": it.what, "until": it.until.to_rfc3339() });
    put(&mut out, "waits", rule.waits.as_ref().map(waits));
    out.insert("steps".into(), json!(rule.steps));
    out.insert("millis".into(), json!(rule.millis));
    Value::Object(out)
}

fn put<T: serde::Serialize>(out: &mut Map<String, Value>, name: &str, value: Option<T>) {
    if let Some(value) = value {
        out.insert(name.into(), json!(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CommitId, Conclusion, Fingerprint, Place, Settings, Severity, Side};

    fn finding(rule: &str, place: Option<Place>) -> Finding {
        Finding {
            rule: rule.to_owned(),
            severity: Severity::Warn,
            blocking: false,
            message: "Leftover print".to_owned(),
            place,
            suggestion: None,
            fix: Default::default(),
            hide_source: false,
            overridden: None,
            fingerprint: Fingerprint("0011223344556677".to_owned()),
        }
    }

    #[test]
    fn optional_members_are_absent_and_shadow_is_said() {
        let place = Place { path: "src/a.py".into(), line: Some(3), end_line: None, side: Side::Right };
        let outcome = |name: &str, state| RuleOutcome {
            name: name.to_owned(),
            blocking: true,
            state,
            reason: None,
            statuses: None,
            waits: None,
            unreported: false,
            steps: 5,
            millis: 0,
        };
        let verdict = Verdict {
            conclusion: Conclusion::Failure,
            head: CommitId::new(&"a".repeat(40)).expect("a commit id"),
            base: CommitId::new(&"b".repeat(40)).expect("a commit id"),
            findings: vec![finding("quiet", None), finding("no-print", Some(place))],
            faults: vec![Fault {
                mistake: false,
                of_organisation: false,
                rule: "broken".to_owned(),
                blocking: true,
                message: "no".to_owned(),
                path: None,
                line: None,
                overridden: None,
            }],
            effects: vec![Effect {
                kind: "add_labels".to_owned(),
                rule: "triage".to_owned(),
                arguments: [("labels".to_owned(), json!(["a"]))].into(),
            }],
            rules: vec![outcome("no-print", RuleState::Ran), outcome("quiet", RuleState::Shadow)],
            settings: Settings::default(),
            log: Vec::new(),
            preview: None,
            preview_waits: false,
            notes: Vec::new(),
        };
        let expected = json!({
            "version": 1, "conclusion": "failure", "head": "a".repeat(40), "base": "b".repeat(40),
            "findings": [
                { "rule": "quiet", "severity": "warn", "blocking": false, "message": "Leftover print",
                  "fingerprint": "0011223344556677", "shadow": true },
                { "rule": "no-print", "severity": "warn", "blocking": false, "message": "Leftover print",
                  "path": "src/a.py", "line": 3, "side": "RIGHT", "fingerprint": "0011223344556677" },
            ],
            "faults": [{ "rule": "broken", "message": "no" }],
            "effects": [{ "kind": "add_labels", "rule": "triage", "labels": ["a"] }],
            "rules": [
                { "name": "no-print", "state": "ran", "steps": 5, "millis": 0 },
                { "name": "quiet", "state": "shadow", "steps": 5, "millis": 0 },
            ],
        });
        assert_eq!(render_report(&verdict), expected);
    }
}
