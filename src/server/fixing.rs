//! Fixes that somebody asks for, by a command or a button, as one commit on the head that was judged.
//!
//! Whether that was done before is read from the commits of the pull request, so that an attempt that was cut short, a
//! delivery that comes again and a database of yesterday lead to the same single commit.

use super::failed_call::{after_call, after_publish};
use super::work::JobError;
use crate::github::{CallError, Overview, Permission, RepoClient};
use crate::model::{CommitId, RepoPath, Verdict};
use crate::plan::{
    FixChoice, FixInput, Ground, Hands, Made, Obstacle, Operation, build_fix, paths_to_read, render_left_out,
    render_obstacle, render_refused_commit,
};
use crate::publish::{Outbox, PublishError, carry_out_one};
use std::collections::BTreeSet;

/// One wish of one person.
pub(super) struct Fixing<'a> {
    pub(super) client: &'a RepoClient,
    pub(super) outbox: &'a Outbox<'a>,
    pub(super) overview: &'a Overview,
    /// Who asks.
    pub(super) by: &'a str,
    /// The operation's id, the same for every attempt.
    pub(super) operation: &'a str,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fixed {
    /// Committed.
    Done,
    /// Committed, but not everything: Markdown.
    Partly(String),
    /// Nothing was committed: Markdown that says why.
    Refused(String),
}

impl Fixed {
    /// Committed but for that.
    pub(super) fn made(left_out: &[(String, RepoPath)]) -> Fixed {
        render_left_out(left_out).map_or(Fixed::Done, Fixed::Partly)
    }
}

impl Fixing<'_> {
    /// What an earlier attempt has committed for this very wish.
    pub(super) async fn find_made(&self) -> Result<Option<Made>, JobError> {
        let ground = self.fetch_ground(&BTreeSet::new()).await?;
        Ok(ground.find_made(self.operation))
    }

    /// Commits what the verdict on the present head brings.
    pub(super) async fn run(&self, verdict: &Verdict, choice: &FixChoice) -> Result<Fixed, JobError> {
        let pull = &self.overview.pull;
        let ground = self.fetch_ground(&paths_to_read(verdict, choice)).await?;
        if ground.commits.last().is_some_and(|last| last.id != pull.head.sha) {
            return Ok(Fixed::Refused(render_moved(&pull.head.sha)));
        }
        let hands = find_hands(self.client, self.overview).await;
        let input = FixInput {
            operation: self.operation,
            by: self.by,
            number: pull.number,
            repository: pull.head.repo.as_ref(),
            branch: &pull.head.name,
            head: &pull.head.sha,
            hands,
        };
        let fix = match build_fix(verdict, choice, &ground, &input) {
            Ok(fix) => fix,
            Err(why) => {
                if hands == Err(Obstacle::Permission) {
                    // The next one tells what was granted meanwhile.
                    self.client.forget_token().await;
                }
                return Ok(Fixed::Refused(why));
            }
        };
        let operation = Operation::CreateCommit(fix.commit);
        let made = carry_out_one(self.outbox, self.client, &pull.head.sha, self.operation, &operation).await;
        match made {
            Ok(_) => {
                tracing::info!(by = self.by, head = %pull.head.sha, "fixes were committed for {}", self.by);
                Ok(Fixed::made(&fix.left_out))
            }
            Err(PublishError::Call(error)) => self.after_refusal(error),
            Err(error) => Err(after_publish(error)),
        }
    }

    fn after_refusal(&self, error: CallError) -> Result<Fixed, JobError> {
        match error {
            CallError::Conflict(_) => Ok(Fixed::Refused(render_moved(&self.overview.pull.head.sha))),
            CallError::NotFound(_) => Ok(Fixed::Refused(render_obstacle(Obstacle::Gone))),
            CallError::Forbidden(reason) | CallError::Invalid(reason) => {
                Ok(Fixed::Refused(render_refused_commit(&reason)))
            }
            other => Err(after_call(other)),
        }
    }

    async fn fetch_ground(&self, paths: &BTreeSet<RepoPath>) -> Result<Ground, JobError> {
        let pull = &self.overview.pull;
        self.client.fetch_ground(pull.number, &pull.head.sha, paths).await.map_err(after_call)
    }
}

/// What the app may commit to the branch of the pull request's head; asks GitHub nothing.
pub(super) async fn find_hands(client: &RepoClient, overview: &Overview) -> Result<Hands, Obstacle> {
    let pull = &overview.pull;
    let Some(home) = &pull.head.repo else { return Err(Obstacle::Gone) };
    if *home != overview.name && !pull.details.maintainer_can_modify {
        return Err(Obstacle::Fork);
    }
    if client.grants_write("contents").await != Some(true) {
        return Err(Obstacle::Permission);
    }
    Ok(Hands { workflows: client.grants_write("workflows").await == Some(true) })
}

/// Why this person may not have fixes committed; `None` when they may. To the branch of an author without write
/// permission the robot commits only for somebody who has it, so that the author alone is not enough.
pub(super) fn refuse(overview: &Overview, by: &str, permission: Permission) -> Option<String> {
    if permission >= Permission::Write {
        return None;
    }
    let is_author = overview.pull.user.login.eq_ignore_ascii_case(by);
    let why = if is_author {
        "The robot commits to the branch of an author without write permission only when somebody with write \
         permission asks for it. They can write `/deckhand fix`."
    } else {
        "Committing fixes needs write permission on this repository."
    };
    Some(why.to_owned())
}

pub(super) fn render_moved(head: &CommitId) -> String {
    format!("The branch has moved on from {}. Wait for the review of its newest commit, and ask again.", head.short())
}
