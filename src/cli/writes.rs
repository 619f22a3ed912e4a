//! A plan for the person who asked for it: the exact writes, as JSON for programs and as text for people.

use super::plain;
use super::terminal::{BOLD, DIM, paint};
use crate::github::Answer;
use crate::model::{CommitId, Side};
use crate::plan::{CheckRun, Operation, Plan, ReviewComment, without_marker};
use serde_json::{Value, json};
use std::fmt::Write;

/// Every write as an object: `kind` is the operation's name, the other members are what is sent.
pub(super) fn render_json(plan: &Plan) -> Value {
    let one = |operation: &Operation| {
        let tagged = serde_json::to_value(operation).expect("operations are plain data");
        let (kind, mut write) = match tagged {
            Value::Object(members) => members.into_iter().next().expect("an operation has a name"),
            other => unreachable!("an operation is written as an object, not as {other}"),
        };
        write["kind"] = json!(kind);
        write
    };
    plan.operations.iter().map(one).collect()
}

/// Every write with its words, indented. Markers that nobody sees on GitHub are shown with `markers` only.
pub(super) fn render_text(plan: &Plan, markers: bool) -> String {
    let mut out = String::new();
    for operation in &plan.operations {
        let _ = writeln!(out, "  {}", paint(BOLD, &plain::line(&describe(operation))));
        let body = match operation {
            Operation::CreateReview { comments, .. } => {
                for comment in comments {
                    let _ = writeln!(out, "    {}", plain::line(&place(comment)));
                    quote(&mut out, &comment.body, markers);
                }
                continue;
            }
            Operation::CreateSummary { body, .. }
            | Operation::UpdateSummary { body, .. }
            | Operation::CreateReply { body, .. }
            | Operation::UpdateReviewComment { body, .. } => body,
            Operation::SetStatus(status) => &status.description,
            Operation::CreateCommit(commit) => &commit.body,
            Operation::CreateCheck(CheckRun { summary, .. })
            | Operation::UpdateCheck { check: CheckRun { summary, .. }, .. } => summary,
            Operation::DeleteSummary { .. }
            | Operation::DeleteReviewComment { .. }
            | Operation::React { .. }
            | Operation::ResolveThread { .. }
            | Operation::ReopenThread { .. } => continue,
        };
        quote(&mut out, body, markers);
    }
    out
}

/// The same once it is done: of a review, what GitHub took.
pub(super) fn describe_done(operation: &Operation, answer: &Answer) -> String {
    match (operation, answer) {
        (Operation::CreateReview { head, .. }, Answer::Review { comments }) => review(head, *comments),
        _ => describe(operation),
    }
}

fn review(head: &CommitId, comments: usize) -> String {
    let plural = if comments == 1 { "" } else { "s" };
    format!("a review of {} with {comments} comment{plural}", head.short())
}

/// One write in a phrase.
pub(super) fn describe(operation: &Operation) -> String {
    match operation {
        Operation::CreateCheck(check) | Operation::UpdateCheck { check, .. } => {
            format!("the check {} on {}: {}", check.name, check.head.short(), check.title)
        }
        Operation::CreateSummary { .. } => "a summary comment".to_owned(),
        Operation::UpdateSummary { id, .. } => format!("new words for the summary comment {id}"),
        Operation::DeleteSummary { id } => format!("the second summary comment {id} away"),
        Operation::CreateReview { head, comments, .. } => review(head, comments.len()),
        Operation::UpdateReviewComment { id, .. } => format!("new words for the review comment {id}"),
        Operation::DeleteReviewComment { id } => format!("the settled review comment {id} away"),
        Operation::ResolveThread { .. } => "the conversation of a settled finding resolved".to_owned(),
        Operation::ReopenThread { .. } => "the conversation of a finding that is back opened again".to_owned(),
        Operation::React { comment, sign } => format!("the sign {} under the comment {comment}", sign.as_str()),
        Operation::CreateReply { .. } => "an answer to a command".to_owned(),
        Operation::SetStatus(status) => {
            format!("the status {} on {}: {}", status.context, status.head.short(), status.state.as_str())
        }
        Operation::CreateCommit(commit) => format!("a commit on {}: {}", commit.branch, commit.headline),
    }
}

fn place(comment: &ReviewComment) -> String {
    let side = if comment.side == Side::Left { " (old side)" } else { "" };
    match comment.start_line {
        Some(first) => format!("{}:{first}-{}{side}", comment.path, comment.line),
        None => format!("{}:{}{side}", comment.path, comment.line),
    }
}

fn quote(out: &mut String, body: &str, markers: bool) {
    let shown = if markers { body } else { without_marker(body) };
    for line in plain::block(shown).lines() {
        let gap = if line.trim().is_empty() { "" } else { " " };
        let _ = writeln!(out, "      {}{gap}{}", paint(DIM, "|"), line.trim_end());
    }
}
