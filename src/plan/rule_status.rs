//! A commit status for each blocking rule, so that branch protection can require a single one: `<check_name>/<rule>`.
//!
//! A name that stands on the head or that the branch requires, and that no rule speaks for, fails: what was green for
//! rules that are gone must not stay so.

use super::render::{RuleLine, cut_status_line, render_rule_line};
use super::{CommitStatus, Operation, PlanInput, Published, StatusState};
use crate::model::{
    CommitId, Conclusion, DANGERFILE_RULE, Fault, PullNumber, RuleOutcome, RuleState, StatusMode, Verdict, Waiting,
};
use std::collections::BTreeSet;

/// The status of a person's own review (`deckhand pr --post`), which is no rule's.
pub const TOKEN_STATUS: &str = "deckhand/local";

/// Whether rules of this ruleset have statuses of their own.
pub fn has_rule_statuses(verdict: &Verdict) -> bool {
    verdict.rules.iter().any(|rule| has_status(verdict, rule))
}

/// Whether the code outside rules did not come to its end: then rules and settings may be missing.
pub fn lacks_rules(verdict: &Verdict) -> bool {
    verdict.faults.iter().any(|fault| fault.rule == DANGERFILE_RULE) || find_waiting(verdict).is_some()
}

/// What the code outside rules waits for.
fn find_waiting(verdict: &Verdict) -> Option<&Waiting> {
    verdict.waits().find(|(rule, _)| rule.name == DANGERFILE_RULE).map(|(_, waiting)| waiting)
}

/// The writes that bring the statuses to the verdicts of all who share the head; none where nobody asked for statuses.
pub(super) fn plan_rule_statuses(verdict: &Verdict, published: &Published, input: &PlanInput) -> Vec<Operation> {
    let Some(required) = &input.required_statuses else { return Vec::new() };
    let prefix = format!("{}/", input.check_name);
    let mut parts: Vec<(PullNumber, Option<&Verdict>)> =
        input.siblings.iter().map(|sibling| (sibling.number, sibling.verdict.as_ref())).collect();
    parts.push((input.number.unwrap_or(PullNumber(0)), Some(verdict)));
    parts.sort_by_key(|(number, _)| *number);
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for verdict in parts.iter().filter_map(|(_, verdict)| *verdict) {
        names.extend(verdict.rules.iter().filter(|rule| has_status(verdict, rule)).map(|rule| rule.name.as_str()));
    }
    let standing = published.statuses.iter().map(|status| status.context.as_str());
    let required = required.iter().map(String::as_str).filter(|context| *context != TOKEN_STATUS);
    let demanded = standing.chain(required).filter_map(|context| context.strip_prefix(&prefix));
    names.extend(demanded.filter(|name| !name.is_empty() && !name.contains('/')));
    let wanted = names.into_iter().map(|name| {
        let Said { state, line } = of_all(name, &parts);
        let context = format!("{prefix}{name}");
        let target_url = input.details_url.clone();
        CommitStatus { head: verdict.head.clone(), context, state, description: line, target_url }
    });
    // Links differ from run to run and change nothing for the reader.
    let is_there = |wanted: &CommitStatus| {
        published
            .statuses
            .iter()
            .any(|now| CommitStatus { target_url: wanted.target_url.clone(), ..now.clone() } == *wanted)
    };
    wanted.filter(|status| !is_there(status)).map(Operation::SetStatus).collect()
}

/// The statuses that were set on a head when this was said there, back to pending: they would stand for a pull request
/// that nobody judged yet.
pub(super) fn plan_reopened(said: &Verdict, head: &CommitId, input: &PlanInput) -> Vec<Operation> {
    let names: BTreeSet<&str> =
        said.rules.iter().filter(|rule| has_status(said, rule)).map(|rule| rule.name.as_str()).collect();
    let pending = |name: &str| CommitStatus {
        head: head.clone(),
        context: format!("{}/{name}", input.check_name),
        state: StatusState::Pending,
        description: render_rule_line(RuleLine::NotJudged),
        target_url: input.details_url.clone(),
    };
    names.into_iter().map(pending).map(Operation::SetStatus).collect()
}

/// What a status says.
#[derive(Clone, PartialEq, Eq)]
struct Said {
    state: StatusState,
    line: String,
}

/// The worst of what is said of the pull requests that share the head.
fn of_all(name: &str, parts: &[(PullNumber, Option<&Verdict>)]) -> Said {
    let said: Vec<(PullNumber, Said)> =
        parts.iter().filter_map(|(number, verdict)| Some((*number, of_one(name, *verdict)?))).collect();
    let Some((_, worst)) = said.iter().max_by_key(|(_, said)| badness(said.state)) else {
        let line = render_rule_line(RuleLine::Gone { rule: name, why: why_gone(name, parts) });
        return Said { state: StatusState::Failure, line };
    };
    let line = match said.as_slice() {
        [(_, only)] => only.line.clone(),
        all if all.iter().all(|(_, said)| said == worst) => worst.line.clone(),
        all => all.iter().map(|(number, said)| format!("#{number}: {}", said.line)).collect::<Vec<_>>().join("; "),
    };
    Said { state: worst.state, line: cut_status_line(&line) }
}

/// What one verdict says of a rule; `None` when it has no such rule with a status.
fn of_one(name: &str, verdict: Option<&Verdict>) -> Option<Said> {
    let said = |state, line| Some(Said { state, line: render_rule_line(line) });
    let Some(verdict) = verdict else { return said(StatusState::Pending, RuleLine::NotJudged) };
    // Two dangerfiles can have rules of one name.
    let rules = verdict.rules.iter().filter(|rule| rule.name == name && has_status(verdict, rule));
    let of_rules = rules.map(|rule| of_rule(verdict, rule)).max_by_key(|(state, _)| badness(*state));
    match of_rules {
        Some((state, line)) => said(state, line),
        None if lacks_rules(verdict) => match (standing_fault(verdict, DANGERFILE_RULE), find_waiting(verdict)) {
            (None, Some(waiting)) => said(StatusState::Pending, RuleLine::Waiting { waiting }),
            (Some(_), _) => {
                said(StatusState::Failure, RuleLine::Gone { rule: name, why: Some("the dangerfile could not run") })
            }
            (None, None) => said(StatusState::Success, RuleLine::Passed),
        },
        None => None,
    }
}

fn of_rule<'a>(verdict: &'a Verdict, rule: &'a RuleOutcome) -> (StatusState, RuleLine<'a>) {
    let passed = verdict.faults.iter().any(|fault| fault.rule == rule.name && fault.overridden.is_some());
    let fault = standing_fault(verdict, &rule.name);
    if fault.is_some() || (rule.state == RuleState::Faulted && !passed) {
        let message = fault.map(|fault| fault.message.as_str()).or(rule.reason.as_deref());
        return (StatusState::Failure, RuleLine::Fault { message: message.unwrap_or_default() });
    }
    if let Some(waiting) = &rule.waits {
        let state = match verdict.conclusion {
            Conclusion::Neutral => StatusState::Success,
            _ => StatusState::Pending,
        };
        return (state, RuleLine::Waiting { waiting });
    }
    match rule.state {
        RuleState::Skipped => (StatusState::Success, RuleLine::DoesNotApply),
        RuleState::Shadow => (StatusState::Success, RuleLine::Shadow),
        RuleState::Ran | RuleState::Faulted => {
            let blocked = verdict.findings.iter().any(|finding| finding.rule == rule.name && finding.blocking);
            let line = RuleLine::Findings { verdict, rule: &rule.name };
            match verdict.conclusion {
                // A status knows no `neutral`: an advisory ruleset blocks nothing.
                Conclusion::Neutral => (StatusState::Success, line),
                _ if blocked => (StatusState::Failure, line),
                Conclusion::Success | Conclusion::Failure | Conclusion::Pending if passed => {
                    (StatusState::Success, RuleLine::Passed)
                }
                Conclusion::Success | Conclusion::Failure | Conclusion::Pending => (StatusState::Success, line),
            }
        }
    }
}

/// What keeps a rule from its work and was not let pass by a person.
fn standing_fault<'a>(verdict: &'a Verdict, rule: &str) -> Option<&'a Fault> {
    verdict.faults.iter().find(|fault| fault.rule == rule && fault.overridden.is_none())
}

/// Why a rule that exists has no status.
fn why_gone(name: &str, parts: &[(PullNumber, Option<&Verdict>)]) -> Option<&'static str> {
    let mut rules = parts.iter().filter_map(|(_, verdict)| *verdict).flat_map(|verdict| &verdict.rules);
    rules.any(|rule| rule.name == name).then_some("the one there has no status")
}

fn has_status(verdict: &Verdict, rule: &RuleOutcome) -> bool {
    match rule.statuses {
        Some(own) => own == StatusMode::PerRule,
        None => rule.blocking && verdict.settings.statuses == StatusMode::PerRule,
    }
}

/// Nobody may merge on the word of the other pull request.
fn badness(state: StatusState) -> u8 {
    match state {
        StatusState::Success => 0,
        StatusState::Pending => 1,
        StatusState::Failure | StatusState::Error => 2,
    }
}
