//! From a verdict and what is published to the operations between them.

use super::marker::with_finding_marker;
use super::operation::operation_id;
use super::place::{Diff, Spot};
use super::render::spoken;
use super::review::{self, Change};
use super::unheard::Unheard;
use super::{Hands, Operation, Plan, Published, Sibling, check, rule_status, status, summary};
use crate::model::{CommitId, PullNumber, Snapshot, Timestamp, Verdict};
use std::time::Duration;

/// Facts older than this are not fresh: the head is read again before comments are written.
const FRESH: Duration = Duration::from_secs(5);

/// What a plan needs to know besides the verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanInput {
    /// The id of this run: part of markers and links, unique, not guessable; letters, digits and `-`.
    pub run: String,
    /// Name of the check, from [`super::check_name`].
    pub check_name: String,
    /// The pull request; `None` where only a check can be written.
    pub number: Option<PullNumber>,
    /// The page behind *Details*.
    pub details_url: Option<String>,
    /// When the review began.
    pub started_at: Timestamp,
    /// When the review ended.
    pub completed_at: Timestamp,
    /// Write the check and no comments.
    pub quiet: bool,
    /// Whether so much time went by since the facts were read that the head is read again before comments are written.
    pub recheck_head: bool,
    /// Other open pull requests that share the check.
    pub siblings: Vec<Sibling>,
    /// Lines of this head on which GitHub took no comment: they are treated as outside the diff.
    pub refused: Vec<Spot>,
    /// Contexts of commit statuses that the base branch requires, when statuses of rules are to be written and those
    /// that stand on the head are in [`Published::statuses`]; `None` where nobody asked for them.
    pub required_statuses: Option<Vec<String>>,
    /// Whether threads may be resolved, which takes permission to write contents; `None` when nobody knows before trying.
    pub may_resolve: Option<bool>,
    /// What the app may commit to the head's branch; `None` where that is nothing: then the check offers no fixes.
    pub hands: Option<Hands>,
}

impl PlanInput {
    /// What every plan of a run has, between its beginning and now; the check has no name yet, nothing is linked, and nobody
    /// shares the head.
    pub fn new(run: String, number: Option<PullNumber>, started_at: Timestamp, now: Timestamp) -> PlanInput {
        PlanInput {
            run,
            check_name: String::new(),
            number,
            details_url: None,
            started_at,
            completed_at: now,
            quiet: false,
            recheck_head: now.since(started_at) > FRESH,
            siblings: Vec::new(),
            refused: Vec::new(),
            required_statuses: None,
            may_resolve: None,
            hands: None,
        }
    }
}

/// The writes that bring what is published to the verdict. Empty when nothing changed.
pub fn build(verdict: &Verdict, snapshot: &Snapshot, published: &Published, input: &PlanInput) -> Plan {
    let check = check::plan_check(verdict, published, input, &operation_id(&input.run, 0));
    let gates = check.into_iter().chain(rule_status::plan_rule_statuses(verdict, published, input)).collect();
    build_beside(gates, verdict, snapshot, published, input)
}

/// The same for the owner of a token, who is no app and writes no check: comments, and a commit status of that context
/// when one is named. `input.check_name` plays no part.
pub fn build_for_token(
    verdict: &Verdict,
    snapshot: &Snapshot,
    published: &Published,
    input: &PlanInput,
    context: Option<&str>,
) -> Plan {
    let status = context.and_then(|context| status::plan_status(verdict, published, context));
    build_beside(Vec::from_iter(status), verdict, snapshot, published, input)
}

/// The comments beside what gates the commit.
fn build_beside(
    gates: Vec<Operation>,
    verdict: &Verdict,
    snapshot: &Snapshot,
    published: &Published,
    input: &PlanInput,
) -> Plan {
    let mut operations = gates;
    let silent = operations.len();
    if let Some(number) = input.number.filter(|_| !input.quiet) {
        let rest = input.details_url.as_deref();
        let diff = Diff::new(snapshot, &input.refused);
        let unheard = Unheard::of(verdict);
        let limits = (verdict.settings.max_inline_comments, input.may_resolve);
        let inline = review::sort_out(spoken(verdict), &unheard, &diff, published, limits);
        let text = summary::wanted(verdict, &inline.elsewhere, inline.overflow);
        if !inline.fresh.is_empty() {
            let id = operation_id(&input.run, operations.len());
            operations.push(review::review(inline.fresh, number, verdict.head.clone(), rest, &id));
        }
        for change in inline.changes {
            let id = operation_id(&input.run, operations.len());
            operations.push(change_operation(change, rest, &id));
        }
        let mut index = operations.len();
        operations.extend(summary::plan_summary((text, &unheard), published, number, rest, || {
            index += 1;
            operation_id(&input.run, index - 1)
        }));
    }
    let speaks = operations.len() > silent;
    let recheck_head = input.number.filter(|_| input.recheck_head && speaks);
    Plan { head: verdict.head.clone(), run: input.run.clone(), recheck_head, operations }
}

/// The check that says that a review of `head` has begun; `None` when one of this name is there already, unless it was
/// concluded without a word on this pull request.
/// Its operation id is `<run>.started`.
pub fn build_started(published: &Published, head: &CommitId, input: &PlanInput) -> Option<Operation> {
    check::plan_started(published, head, input, &format!("{}.started", input.run))
}

/// The writes beside it where something was said on this head before, for another base or another pull request: statuses
/// of rules wait as the check does. Their ids differ from those of any other plan of the run.
pub fn build_reopened(said: &Verdict, head: &CommitId, input: &PlanInput) -> Plan {
    let operations = rule_status::plan_reopened(said, head, input);
    Plan { head: head.clone(), run: format!("{}-reopened", input.run), recheck_head: None, operations }
}

fn change_operation(change: Change, rest: Option<&str>, operation: &str) -> Operation {
    match change {
        Change::Edit { id, text, finding } => {
            Operation::UpdateReviewComment { id, body: with_finding_marker(&text, rest, &finding, operation) }
        }
        Change::Delete { id } => Operation::DeleteReviewComment { id },
        Change::Resolve { thread } => Operation::ResolveThread { thread },
        Change::Reopen { thread } => Operation::ReopenThread { thread },
    }
}
