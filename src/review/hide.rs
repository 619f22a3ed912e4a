//! Lines that hold a secret are hidden from what every rule says, not only from the rule that knows.

use super::source::SourceLines;
use super::unspoken::{Unspoken, quoted_values};
use crate::model::{Fact, Finding, Place, Snapshot};
use serde_json::Value as Json;

/// So many hidden places are looked at for one finding on them.
const MAX_SHARED: usize = 10;

/// The lines that findings hide, and what stands on them.
pub(super) struct HiddenLines {
    places: Vec<Hidden>,
    unspoken: Unspoken,
}

struct Hidden {
    place: Place,
    /// What its lines have in quotes: where somebody speaks of these lines, also a plain word there can be the secret.
    quoted: Vec<String>,
}

impl HiddenLines {
    /// Collects what the findings hide.
    pub(super) fn read(findings: &[Finding], snapshot: &Snapshot) -> Self {
        let mut lines = SourceLines::default();
        let mut texts = Vec::new();
        let mut places = Vec::new();
        for place in findings.iter().filter(|finding| finding.hide_source).filter_map(|finding| finding.place.as_ref())
        {
            let known = lines.texts(snapshot, place);
            let quoted = known.iter().flat_map(|line| quoted_values(line)).map(str::to_owned).collect();
            places.push(Hidden { place: place.clone(), quoted });
            texts.extend(known);
        }
        let changes = match &snapshot.changes {
            Some(Fact::Known(changes)) => changes.as_slice(),
            _ => &[],
        };
        let paths = changes.iter().flat_map(|change| [change.path.as_str(), change.old_path().as_str()]);
        HiddenLines { places, unspoken: Unspoken::new(&texts, paths) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Makes every finding on a line that another finding hides hide its source too, and takes away what could carry the
    /// line along: words of messages, suggestions on it or with a part of it, and fixes of its file. A finding that hides
    /// its line itself knows what it may say.
    pub(super) fn hide_in(&self, findings: &mut [Finding]) {
        for finding in findings {
            finding.fix.retain(|path, text| {
                self.places.iter().all(|hidden| hidden.place.path != *path) && !self.unspoken.stands_in(text)
            });
            finding.suggestion = finding.suggestion.take().filter(|text| !self.unspoken.stands_in(text));
            if finding.hide_source {
                continue;
            }
            if let Some(place) = &finding.place {
                for hidden in self.places.iter().filter(|hidden| overlaps(place, &hidden.place)).take(MAX_SHARED) {
                    finding.hide_source = true;
                    finding.suggestion = None;
                    for value in &hidden.quoted {
                        finding.message = finding.message.replace(value, "...");
                    }
                }
            }
            self.take_out_of(&mut finding.message);
        }
    }

    /// Takes the words of hidden lines out of a text.
    pub(super) fn take_out_of(&self, text: &mut String) {
        if let Some(without) = self.unspoken.taken_out_of(text) {
            *text = without;
        }
    }

    /// The same for every text in a value.
    pub(super) fn take_out_of_json(&self, value: &mut Json) {
        match value {
            Json::String(text) => self.take_out_of(text),
            Json::Array(items) => items.iter_mut().for_each(|item| self.take_out_of_json(item)),
            Json::Object(members) => members.values_mut().for_each(|member| self.take_out_of_json(member)),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
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

    fn hide(findings: &mut [Finding], line: &str) {
        let hidden = findings.iter().filter(|finding| finding.hide_source).filter_map(|finding| finding.place.clone());
        let quoted = || quoted_values(line).into_iter().map(str::to_owned).collect();
        let places = hidden.map(|place| Hidden { place, quoted: quoted() }).collect();
        HiddenLines { places, unspoken: Unspoken::new(&[line.to_owned()], std::iter::empty()) }.hide_in(findings);
    }

    #[test]
    fn findings_of_other_rules_on_a_hidden_line_are_hidden_too() {
        let mut findings = [finding((3, 3), true), finding((1, 3), false), finding((4, 5), false)];
        hide(&mut findings, "");
        assert_eq!(findings.each_ref().map(|finding| finding.hide_source), [true, true, false]);
        assert_eq!(findings.each_ref().map(|finding| finding.suggestion.is_some()), [false, false, true]);
        assert!(findings.iter().all(|finding| finding.fix.is_empty()), "the whole text holds the line");
    }

    #[test]
    fn messages_speak_without_the_words_of_a_hidden_line() {
        let says = |lines, message: &str| Finding { message: message.to_owned(), ..finding(lines, false) };
        let mut findings = [
            finding((3, 3), true),
            says((3, 3), "Possible hardcoded password: 'correct horse'"),
            says((3, 3), "Leftover print: `print(\"correct horse\", 'kV7-q9Zt2wXX')`"),
            says((9, 9), "As above: 'kV7-q9Zt2wXX' of a correct horse"),
        ];
        hide(&mut findings, "print(\"correct horse\", 'kV7-q9Zt2wXX')");
        let messages: Vec<&str> = findings[1..].iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "Possible hardcoded password: '...'",
                "Leftover print: `print(\"...\", '...')`",
                "As above: '...' of a correct horse"
            ]
        );
    }

    #[test]
    fn a_suggestion_elsewhere_does_not_carry_the_secret() {
        let mut findings = [finding((3, 3), true), finding((9, 9), false)];
        findings[1].suggestion = Some("use('kV7-q9Zt2wXX')".to_owned());
        hide(&mut findings, "password = 'kV7-q9Zt2wXX'");
        assert_eq!(findings[1].suggestion, None);
    }

    #[test]
    fn nothing_changes_without_a_hidden_line() {
        let mut findings = [finding((1, 3), false), finding((4, 5), false)];
        let before = findings.clone();
        hide(&mut findings, "Text.");
        assert_eq!(findings, before);
    }
}
