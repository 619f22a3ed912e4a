//! Lines that hold a secret are hidden from the findings of every rule, not only of the one that knows.

use crate::model::{Finding, Place};

/// Makes every finding on a line that another finding hides hide its source too, and takes away what could carry the
/// line along: suggestions on it, and fixes of its file.
pub(super) fn hide_shared_lines(findings: &mut [Finding]) {
    let hidden: Vec<Place> =
        findings.iter().filter(|finding| finding.hide_source).filter_map(|finding| finding.place.clone()).collect();
    if hidden.is_empty() {
        return;
    }
    for finding in findings {
        if finding.place.as_ref().is_some_and(|place| hidden.iter().any(|secret| overlaps(place, secret))) {
            finding.hide_source = true;
            finding.suggestion = None;
        }
        finding.fix.retain(|path, _| hidden.iter().all(|secret| secret.path != *path));
    }
}

/// Whether they share a line. A place without a line is the whole file.
fn overlaps(place: &Place, secret: &Place) -> bool {
    let lines = |place: &Place| (place.line.unwrap_or(1), place.last_line().unwrap_or(u32::MAX));
    let ((first, last), (begin, end)) = (lines(place), lines(secret));
    place.path == secret.path && place.side == secret.side && first <= end && begin <= last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fingerprint, Severity, Side};

    fn finding(lines: (u32, u32), hide_source: bool) -> Finding {
        let place = Place { path: "a.py".into(), line: Some(lines.0), end_line: Some(lines.1), side: Side::Right };
        Finding {
            rule: "some-rule".to_owned(),
            severity: Severity::Warn,
            blocking: false,
            message: "Text.".to_owned(),
            place: Some(place),
            suggestion: (!hide_source).then(|| "password = hunter2".to_owned()),
            fix: if hide_source { Default::default() } else { [("a.py".into(), "whole text".to_owned())].into() },
            hide_source,
            overridden: None,
            fingerprint: Fingerprint("00".to_owned()),
        }
    }

    #[test]
    fn findings_of_other_rules_on_a_hidden_line_are_hidden_too() {
        let mut findings = [finding((3, 3), true), finding((1, 3), false), finding((4, 5), false)];
        hide_shared_lines(&mut findings);
        assert_eq!(findings.each_ref().map(|finding| finding.hide_source), [true, true, false]);
        assert_eq!(findings.each_ref().map(|finding| finding.suggestion.is_some()), [false, false, true]);
        assert!(findings.iter().all(|finding| finding.fix.is_empty()), "the whole text holds the line");
    }

    #[test]
    fn nothing_changes_without_a_hidden_line() {
        let mut findings = [finding((1, 3), false), finding((4, 5), false)];
        let before = findings.clone();
        hide_shared_lines(&mut findings);
        assert_eq!(findings, before);
    }
}
