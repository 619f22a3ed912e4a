//! What two rules say of one line in the same words is said once.

use crate::model::{Finding, RepoPath, Severity, Side};
use std::collections::HashMap;

/// Drops a finding whose words another rule says of the same line, and `layers` with it, which has the layer of each. The
/// gravest stays, of equals the one that offers a change. One that blocks always stays: a branch may require its rule alone.
pub(super) fn drop_repeated(layers: &mut Vec<usize>, findings: &mut Vec<Finding>) {
    let mut best: HashMap<Words<'_>, usize> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        let Some(words) = Words::of(finding) else { continue };
        let kept = best.entry(words).or_insert(at);
        if weight(finding) > weight(&findings[*kept]) {
            *kept = at;
        }
    }
    let stays = |(at, finding): (usize, &Finding)| {
        let kept = Words::of(finding).and_then(|words| best.get(&words)).copied().unwrap_or(at);
        finding.blocking || findings[kept].rule == finding.rule
    };
    let stays: Vec<bool> = findings.iter().enumerate().map(stays).collect();
    let (mut of_layers, mut of_findings) = (stays.iter(), stays.iter());
    layers.retain(|_| of_layers.next() == Some(&true));
    findings.retain(|_| of_findings.next() == Some(&true));
}

/// What makes two findings the same to a reader.
#[derive(PartialEq, Eq, Hash)]
struct Words<'a> {
    path: &'a RepoPath,
    line: u32,
    side: Side,
    message: &'a str,
}

impl<'a> Words<'a> {
    /// Of a finding at a line; the others are not compared.
    fn of(finding: &'a Finding) -> Option<Self> {
        let place = finding.place.as_ref()?;
        Some(Words { path: &place.path, line: place.line?, side: place.side, message: &finding.message })
    }
}

fn weight(finding: &Finding) -> (bool, Severity, bool) {
    let offers = finding.suggestion.is_some() || !finding.fix.is_empty();
    (finding.blocking, finding.severity, offers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fingerprint, Place};

    fn finding(rule: &str, line: Option<u32>, message: &str) -> Finding {
        Finding {
            rule: rule.to_owned(),
            severity: Severity::Warn,
            blocking: false,
            message: message.to_owned(),
            place: Some(Place { path: "a.py".into(), line, end_line: None, side: Side::Right }),
            suggestion: None,
            fix: Default::default(),
            hide_source: false,
            overridden: None,
            fingerprint: Fingerprint("00".to_owned()),
        }
    }

    fn rules(mut findings: Vec<Finding>) -> Vec<String> {
        let mut layers = (0..findings.len()).collect();
        let whole = findings.clone();
        drop_repeated(&mut layers, &mut findings);
        assert!(layers.iter().map(|at| &whole[*at]).eq(&findings), "each finding keeps its layer");
        findings.into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn the_finding_that_offers_a_change_stays() {
        let offers = Finding { suggestion: Some("x".to_owned()), ..finding("b", Some(1), "Same.") };
        assert_eq!(rules(vec![finding("a", Some(1), "Same."), offers, finding("c", Some(1), "Same.")]), ["b"]);
        assert_eq!(rules(vec![finding("a", Some(1), "Same."), finding("b", Some(1), "Same.")]), ["a"]);
    }

    #[test]
    fn what_blocks_stays_beside_what_blocks_too() {
        let blocks = |rule| Finding { blocking: true, severity: Severity::Fail, ..finding(rule, Some(1), "Same.") };
        assert_eq!(rules(vec![finding("a", Some(1), "Same."), blocks("b"), blocks("c")]), ["b", "c"]);
    }

    #[test]
    fn other_words_and_other_places_stay() {
        let all = vec![
            finding("a", Some(1), "Same."),
            finding("a", Some(1), "Same."),
            finding("b", Some(1), "Other."),
            finding("b", Some(2), "Same."),
            finding("b", None, "Same."),
            finding("c", None, "Same."),
        ];
        assert_eq!(rules(all), ["a", "a", "b", "b", "b", "c"]);
    }
}
