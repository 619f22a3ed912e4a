//! Rules that did not speak: what one said before that waits, lacks the report that it repeats, or could not run is not
//! settled by that, and stays.

use super::marker::without_marker;
use super::render::code_span;
use crate::model::{DANGERFILE_RULE, RuleOutcome, RuleState, Verdict};

/// The rules of a verdict that say nothing of what they found before.
pub(super) struct Unheard<'a> {
    /// Those that are known.
    silent: Vec<&'a str>,
    /// Those that spoke, or that have nothing to say of this change.
    heard: Vec<&'a str>,
    /// Whether there can be more of the silent: a dangerfile did not run, and nobody knows its rules.
    unknown: bool,
}

impl<'a> Unheard<'a> {
    pub(super) fn of(verdict: &'a Verdict) -> Unheard<'a> {
        let is_silent = |name: &str| verdict.faults.iter().any(|fault| fault.rule == name);
        let (silent, heard): (Vec<_>, Vec<_>) = verdict.rules.iter().partition(|rule| {
            rule.waits.is_some() || rule.unreported || rule.state == RuleState::Faulted || is_silent(&rule.name)
        });
        let names = |rules: Vec<&'a RuleOutcome>| rules.into_iter().map(|it| it.name.as_str()).collect();
        Unheard { silent: names(silent), heard: names(heard), unknown: is_silent(DANGERFILE_RULE) }
    }

    /// Whether a review comment is one of theirs, by the small print at its end.
    pub(super) fn wrote(&self, body: &str) -> bool {
        without_marker(body).rsplit_once("\n<sub>").is_some_and(|(_, small)| self.signed(small))
    }

    /// Whether a summary says something of theirs.
    pub(super) fn has_words_in(&self, body: &str) -> bool {
        without_marker(body).split("<sub>").skip(1).any(|small| self.signed(small))
    }

    fn signed(&self, small: &str) -> bool {
        let by =
            |rule: &&str| small.strip_prefix(code_span(rule).as_str()).is_some_and(|rest| rest.starts_with(['<', ' ']));
        self.silent.iter().any(by) || self.unknown && !self.heard.iter().any(by)
    }
}
