//! `issue_comment`: somebody wrote into the conversation of a pull request, perhaps a command.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::{PullNumber, Timestamp};
use crate::webhook::{CommandLine, JobSpec, RepositoryRef, Said, Work, parse_commands};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A new comment. Edits of older ones count for nothing: what counts is what was written at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueCommentEvent {
    /// Where.
    pub repository: RepositoryRef,
    /// The pull request.
    pub number: PullNumber,
    /// Who wrote which commands; often none.
    pub said: Said,
    /// Whether a program wrote or edited a comment of its own, as we do with ours: no command of it counts.
    pub is_remark_of_a_program: bool,
}

impl IssueCommentEvent {
    pub(super) fn read(action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            installation: Option<InstallationPart>,
            repository: RepositoryPart,
            issue: Issue,
            comment: Comment,
            #[serde(default)]
            sender: Option<User>,
        }
        #[derive(Deserialize)]
        struct Issue {
            number: PullNumber,
            #[serde(default)]
            pull_request: Option<IgnoredAny>,
        }
        #[derive(Deserialize)]
        struct Comment {
            id: u64,
            #[serde(default)]
            body: Option<String>,
            #[serde(default)]
            user: Option<User>,
            created_at: String,
        }
        #[derive(Deserialize)]
        struct User {
            login: String,
            #[serde(default, rename = "type")]
            kind: String,
        }
        impl User {
            fn is_program(&self) -> bool {
                self.kind == "Bot"
            }
        }
        if !matches!(action, Some("created" | "edited")) {
            return Err(Unread::Other);
        }
        let payload: Payload = read(body)?;
        let comment = payload.comment;
        // A ghost does not command us.
        let (Some(author), Some(_)) = (comment.user, payload.issue.pull_request) else { return Err(Unread::Other) };
        let is_remark_of_a_program = author.is_program() && payload.sender.is_none_or(|sender| sender.is_program());
        if !is_remark_of_a_program && (author.is_program() || action == Some("edited")) {
            return Err(Unread::Other);
        }
        let lines: Vec<CommandLine> = match comment.body.as_deref() {
            Some(text) if !is_remark_of_a_program => parse_commands(text),
            _ => Vec::new(),
        };
        let written_at = Timestamp::parse_rfc3339(&comment.created_at)
            .ok_or_else(|| Unread::Broken("the comment's time is none".to_owned()))?;
        Ok(IssueCommentEvent {
            repository: payload.repository.seen_through(payload.installation)?,
            number: payload.issue.number,
            said: Said { comment: comment.id, author: author.login, written_at, lines },
            is_remark_of_a_program,
        })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        if self.said.lines.is_empty() {
            return Vec::new();
        }
        vec![self.repository.job(Work::HeedComment { number: self.number, said: self.said.clone() })]
    }
}
