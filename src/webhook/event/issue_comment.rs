//! `issue_comment`: somebody wrote into the conversation of a pull request, perhaps a command.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::{PullNumber, Timestamp};
use crate::webhook::{CommandLine, JobSpec, RepositoryRef, Said, Work, parse_commands};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A new comment by a person. Edits of older ones are no events for us: what counts is what was written at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueCommentEvent {
    /// Where.
    pub repository: RepositoryRef,
    /// The pull request.
    pub number: PullNumber,
    /// Who wrote which commands; often none.
    pub said: Said,
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
        if action != Some("created") {
            return Err(Unread::Other);
        }
        let payload: Payload = read(body)?;
        let comment = payload.comment;
        // Programs, this app among them, do not command us; nor does a ghost.
        let author = comment.user.filter(|user| user.kind != "Bot");
        let (Some(author), Some(_)) = (author, payload.issue.pull_request) else { return Err(Unread::Other) };
        let lines: Vec<CommandLine> = comment.body.as_deref().map(parse_commands).unwrap_or_default();
        let written_at = Timestamp::parse_rfc3339(&comment.created_at)
            .ok_or_else(|| Unread::Broken("the comment's time is none".to_owned()))?;
        Ok(IssueCommentEvent {
            repository: payload.repository.seen_through(payload.installation)?,
            number: payload.issue.number,
            said: Said { comment: comment.id, author: author.login, written_at, lines },
        })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        if self.said.lines.is_empty() {
            return Vec::new();
        }
        vec![self.repository.job(Work::HeedComment { number: self.number, said: self.said.clone() })]
    }
}
