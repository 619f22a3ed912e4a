//! Which fixes there are: those of findings that people see and nobody let pass.

use crate::model::{RepoPath, Verdict};
use crate::plan::render::spoken;
use std::collections::BTreeSet;

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FixChoice {
    /// Everything.
    All,
    /// What these rules bring.
    Rules(BTreeSet<String>),
}

impl FixChoice {
    fn covers(&self, rule: &str) -> bool {
        match self {
            FixChoice::All => true,
            FixChoice::Rules(rules) => rules.contains(rule),
        }
    }
}

/// A rule wants a file to have this text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish<'a> {
    pub(super) rule: &'a str,
    pub(super) path: &'a RepoPath,
    pub(super) text: &'a str,
}

/// Whether a rule has a fix.
pub fn has_fixes(verdict: &Verdict, rule: &str) -> bool {
    wishes(verdict, &FixChoice::All).iter().any(|wish| wish.rule == rule)
}

/// All that is wished, in the order of the verdict.
pub(super) fn wishes<'a>(verdict: &'a Verdict, choice: &FixChoice) -> Vec<Wish<'a>> {
    let open = spoken(verdict).filter(|finding| finding.overridden.is_none() && choice.covers(&finding.rule));
    open.flat_map(|finding| finding.fix.iter().map(|(path, text)| Wish { rule: &finding.rule, path, text })).collect()
}

/// The rules that wish, each once, in their order.
pub(super) fn rules_of<'a>(wishes: &[Wish<'a>]) -> Vec<&'a str> {
    let mut rules: Vec<&str> = Vec::new();
    for wish in wishes {
        if !rules.contains(&wish.rule) {
            rules.push(wish.rule);
        }
    }
    rules
}
