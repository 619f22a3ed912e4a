//! The buttons on a check that offer to commit fixes.

use super::choose::{FixChoice, Wish, rules_of, wishes};
use super::message::one_line;
use super::path::{is_committable, is_workflow};
use super::words::Hands;
use crate::model::{RepoPath, Verdict};
use crate::plan::CheckAction;
use crate::plan::marker::digest;
use crate::plan::render::cut_short;
use crate::webhook::FIX_BUTTON;
use std::collections::BTreeSet;

/// GitHub's limits in characters ("Create a check run", `actions`); held in bytes.
const LABEL: usize = 20;
const DESCRIPTION: usize = 40;
const MAX_BUTTONS: usize = 3;
/// Digits by which a button names a rule, whose name may be longer than GitHub lets an identifier be.
const DIGITS: usize = 12;

/// One for everything, and one for each rule when those are few; none for what could not be committed.
pub(in crate::plan) fn buttons(verdict: &Verdict, hands: Option<Hands>) -> Vec<CheckAction> {
    let Some(hands) = hands else { return Vec::new() };
    let all = wishes(verdict, &FixChoice::All);
    let refused = |wish: &Wish<'_>| !is_committable(wish.path) || (is_workflow(wish.path) && !hands.workflows);
    let rules = rules_of(&all);
    let good: Vec<&str> =
        rules.iter().copied().filter(|rule| !all.iter().any(|wish| wish.rule == *rule && refused(wish))).collect();
    let mut buttons = Vec::new();
    if good.len() == rules.len() && rules.len() > 1 {
        buttons.push(button("Fix all", FIX_BUTTON.to_owned(), &all));
    }
    if good.len() + buttons.len() <= MAX_BUTTONS || buttons.is_empty() {
        for rule in good.into_iter().take(MAX_BUTTONS) {
            let own: Vec<Wish<'_>> = all.iter().copied().filter(|wish| wish.rule == rule).collect();
            buttons.push(button(&format!("Fix {rule}"), identifier(rule), &own));
        }
    }
    buttons
}

/// What a button of this identifier asks for; `None` when no rule of the verdict has such a button.
pub fn parse_button(button: &str, verdict: &Verdict) -> Option<FixChoice> {
    if button == FIX_BUTTON {
        return Some(FixChoice::All);
    }
    let rules = rules_of(&wishes(verdict, &FixChoice::All)).into_iter().map(str::to_owned);
    rules.filter(|rule| identifier(rule) == button).map(|rule| FixChoice::Rules(BTreeSet::from([rule]))).next()
}

fn identifier(rule: &str) -> String {
    format!("{FIX_BUTTON}:{}", &digest(rule)[..DIGITS])
}

fn button(label: &str, identifier: String, wishes: &[Wish<'_>]) -> CheckAction {
    let paths: BTreeSet<&RepoPath> = wishes.iter().map(|wish| wish.path).collect();
    let description = match paths.first() {
        Some(only) if paths.len() == 1 => {
            let said = format!("Commits a change of {only}");
            if said.len() <= DESCRIPTION { said } else { "Commits a change of one file".to_owned() }
        }
        _ => format!("Commits changes of {} files", paths.len()),
    };
    CheckAction { label: cut_short(&one_line(label), LABEL), description: one_line(&description), identifier }
}
