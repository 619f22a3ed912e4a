//! Two verdicts on one snapshot compared: what people would see differently.

use super::plain;
use super::terminal::{BOLD, DIM, GREEN, RED, paint};
use crate::model::{Conclusion, Fault, Finding, Fingerprint, Severity, Verdict};
use crate::plan::spoken;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What differs between a verdict of then and one of now. Findings of rules in shadow are seen by nobody.
pub(super) struct Difference<'a> {
    conclusions: (Conclusion, Conclusion),
    /// Said now and not then; of a finding that changed, its new form.
    pub(super) new: Vec<&'a Finding>,
    /// Said then and not now; of a finding that changed, its old form.
    pub(super) gone: Vec<&'a Finding>,
    new_faults: Vec<&'a Fault>,
    gone_faults: Vec<&'a Fault>,
}

/// Compares; findings are the same by fingerprint, and unchanged when they also read the same.
pub(super) fn compare<'a>(then: &'a Verdict, now: &'a Verdict) -> Difference<'a> {
    let by_fingerprint = |verdict: &'a Verdict| -> BTreeMap<&'a Fingerprint, &'a Finding> {
        spoken(verdict).map(|finding| (&finding.fingerprint, finding)).collect()
    };
    let (old, new) = (by_fingerprint(then), by_fingerprint(now));
    let beyond = |verdict: &'a Verdict, known: &BTreeMap<&Fingerprint, &Finding>| {
        spoken(verdict).filter(|finding| known.get(&finding.fingerprint) != Some(finding)).collect()
    };
    let faults_beyond =
        |verdict: &'a Verdict, known: &Verdict| verdict.faults.iter().filter(|it| !known.faults.contains(it)).collect();
    Difference {
        conclusions: (then.conclusion, now.conclusion),
        new: beyond(now, &old),
        gone: beyond(then, &new),
        new_faults: faults_beyond(now, then),
        gone_faults: faults_beyond(then, now),
    }
}

impl Difference<'_> {
    /// Whether nobody would notice.
    pub(super) fn is_empty(&self) -> bool {
        !self.is_concluded_differently()
            && self.new.is_empty()
            && self.gone.is_empty()
            && self.new_faults.is_empty()
            && self.gone_faults.is_empty()
    }

    /// Whether the check says something else.
    pub(super) fn is_concluded_differently(&self) -> bool {
        self.conclusions.0 != self.conclusions.1
    }

    /// Whether what passed would be blocked.
    pub(super) fn blocks_now(&self) -> bool {
        self.conclusions.0 != Conclusion::Failure && self.conclusions.1 == Conclusion::Failure
    }

    /// Whether what was blocked would pass.
    pub(super) fn frees_now(&self) -> bool {
        self.conclusions.0 == Conclusion::Failure && self.conclusions.1 != Conclusion::Failure
    }

    /// `success -> failure`, or the one word when it stays.
    pub(super) fn render_conclusion(&self) -> String {
        let (then, now) = self.conclusions;
        if then == now {
            return paint(DIM, then.as_str());
        }
        let style = if now == Conclusion::Failure { RED } else { GREEN };
        paint(style, &format!("{} -> {}", then.as_str(), now.as_str()))
    }

    /// A line for each finding and fault that differs: `+` for what is new, `-` for what is gone.
    pub(super) fn render_lines(&self, out: &mut String) {
        let findings = self.gone.iter().map(|it| ('-', *it)).chain(self.new.iter().map(|it| ('+', *it)));
        for (sign, finding) in findings {
            let place = finding.place.as_ref().map_or_else(String::new, |place| match place.line {
                Some(line) => format!("{}:{line} ", place.path),
                None => format!("{} ", place.path),
            });
            let advisory = if finding.severity == Severity::Fail && !finding.blocking { " (advisory)" } else { "" };
            let severity = finding.severity.as_str();
            line(out, sign, &format!("{place}{severity} {}{advisory}: {}", finding.rule, first_line(&finding.message)));
        }
        let faults = self.gone_faults.iter().map(|it| ('-', *it)).chain(self.new_faults.iter().map(|it| ('+', *it)));
        for (sign, fault) in faults {
            line(out, sign, &format!("fault {}: {}", fault.rule, first_line(&fault.message)));
        }
    }

    /// The members `then`, `now`, `new` and `gone`; findings as in the public JSON.
    pub(super) fn render_json(&self, then: &Value, now: &Value) -> Value {
        let pick = |list: &[&Finding], report: &Value| -> Vec<Value> {
            let findings = report["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
            let wanted = |value: &&Value| list.iter().any(|it| value["fingerprint"] == it.fingerprint.0.as_str());
            findings.iter().filter(wanted).cloned().collect()
        };
        let faults = |list: &[&Fault]| -> Vec<Value> {
            list.iter().map(|fault| json!({ "rule": fault.rule, "message": fault.message })).collect()
        };
        json!({
            "then": self.conclusions.0.as_str(), "now": self.conclusions.1.as_str(),
            "new": pick(&self.new, now), "gone": pick(&self.gone, then),
            "new_faults": faults(&self.new_faults), "gone_faults": faults(&self.gone_faults),
        })
    }
}

fn first_line(message: &str) -> &str {
    message.trim().lines().next().unwrap_or_default()
}

fn line(out: &mut String, sign: char, text: &str) {
    let style = if sign == '+' { BOLD } else { DIM };
    let _ = writeln!(out, "  {}", paint(style, &format!("{sign} {}", plain::line(text))));
}
