//! What a comment with commands gets: a sign, and where words are needed one answer.

use super::marker::{digest, parse_reply_marker, with_reply_marker};
use super::operation::operation_id;
use super::render::{render_answer, render_button_answer};
use super::{Operation, Plan, Published, PublishedComment, Sign};
use crate::model::{CommitId, PullNumber};
use crate::webhook::{CommandLine, Pressed};

/// What became of one line of a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heeded {
    /// Done; the sign says enough.
    Done,
    /// The person asked for these words (Markdown).
    Told(String),
    /// Not done; Markdown that says why, and what to do.
    Refused(String),
}

/// How much is still said in answer to commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// As usual.
    Usual,
    /// As usual, and that there are no more of them for now.
    Last,
    /// A sign is all.
    None,
}

const LAST_WORDS: &str = "\n\nThat were many answers in an hour. Commands are still carried out here and get their sign, but \
                          no more words until it is quieter.";

/// The sign under the comment and, when a line needs words, the one answer to all lines; an answer that stands there
/// already is not repeated. The ids hang on the comment, so that a comment that comes again changes nothing.
pub fn build_answer(
    comment: u64,
    number: PullNumber,
    head: &CommitId,
    (lines, words): (&[(CommandLine, Heeded)], Words),
    published: &Published,
) -> Plan {
    answer_as(run_of(comment), (comment, number), head, (lines, words), published)
}

/// The same for commands that were given up. It is no answer to them ([`has_answer`]): whoever has the job tried again by
/// hand has them carried out and answered. The same words are said once.
pub fn build_given_up_answer(
    comment: u64,
    number: PullNumber,
    head: &CommitId,
    lines: &[(CommandLine, Heeded)],
    published: &Published,
) -> Plan {
    let words = render_answer(lines).unwrap_or_default();
    let run = format!("{}-given-up-{}", run_of(comment), digest(&words));
    answer_as(run, (comment, number), head, (lines, Words::Usual), published)
}

fn answer_as(
    run: String,
    (comment, number): (u64, PullNumber),
    head: &CommitId,
    (lines, words): (&[(CommandLine, Heeded)], Words),
    published: &Published,
) -> Plan {
    let refused = lines.iter().any(|(_, heeded)| matches!(heeded, Heeded::Refused(_)));
    let sign = if refused { Sign::Confused } else { Sign::Done };
    let mut operations = vec![Operation::React { comment, sign }];
    let id = answer_id(&run);
    let text = render_answer(lines).filter(|_| words != Words::None && !is_answered(published, &id));
    if let Some(mut text) = text {
        if words == Words::Last {
            text.push_str(LAST_WORDS);
        }
        operations.push(Operation::CreateReply { number, body: with_reply_marker(&text, &id) });
    }
    Plan { head: head.clone(), run, recheck_head: None, operations }
}

/// Whether the comment has its answer. That is the last thing it gets, so its commands are dealt with, as it says.
pub fn has_answer(comment: u64, published: &Published) -> bool {
    is_answered(published, &answer_id(&run_of(comment)))
}

/// The comments that were answered in words.
pub fn answered_comments(published: &Published) -> Vec<u64> {
    let comment = |reply: &PublishedComment| {
        let marker = parse_reply_marker(&reply.body)?;
        marker.operation.strip_prefix("comment-")?.split('.').next()?.parse().ok()
    };
    published.replies.iter().filter_map(comment).collect()
}

fn run_of(comment: u64) -> String {
    format!("comment-{comment}")
}

fn answer_id(run: &str) -> String {
    operation_id(run, 1)
}

/// The answer to a button whose wish was not, or not wholly, fulfilled. The same words for the same press are said once.
pub fn build_button_answer(
    pressed: &Pressed,
    number: PullNumber,
    head: &CommitId,
    text: &str,
    published: &Published,
) -> Plan {
    let text = render_button_answer(&pressed.by, text);
    let run = format!("button-{}-{}", pressed.check, digest(&text));
    let id = operation_id(&run, 0);
    let operations = if is_answered(published, &id) {
        Vec::new()
    } else {
        vec![Operation::CreateReply { number, body: with_reply_marker(&text, &id) }]
    };
    Plan { head: head.clone(), run, recheck_head: None, operations }
}

fn is_answered(published: &Published, id: &str) -> bool {
    let is_it = |reply: &PublishedComment| parse_reply_marker(&reply.body).is_some_and(|it| it.operation == id);
    published.replies.iter().any(is_it)
}
