//! Work that an event names: what a worker shall look at, never what it will find there.

use super::CommandLine;
use crate::model::{CommitId, InstallationId, PullNumber, RepoName, RepoPath, RepositoryId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A unit of work as it is stored. Two with one [`key`](JobSpec::key) are the same work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSpec {
    /// Whose token the work is done with.
    pub installation: InstallationId,
    /// Where.
    pub repository: RepositoryId,
    /// The repository's name when the event was sent; the id is what counts.
    pub name: RepoName,
    /// What.
    pub work: Work,
}

/// What there is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Judge one pull request at its newest head.
    ReviewPull {
        /// Which.
        number: PullNumber,
        /// Why.
        cause: Cause,
        /// When it changed, as the event says; what GitHub's API says of it must not be older.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed_at: Option<Timestamp>,
    },
    /// This branch moved in a way that nobody tells commit by commit: judge every open pull request into it.
    ReviewBranch {
        /// The branch, without `refs/heads/`.
        branch: String,
        /// Why.
        cause: Cause,
    },
    /// Judge whatever open pull requests have this head; the event did not list them.
    ReviewCommit {
        /// The commit.
        head: CommitId,
        /// Why.
        #[serde(default = "rerequested")]
        cause: Cause,
    },
    /// This branch moved: judge the open pull requests into it whose rules read this of it.
    ReviewReaders {
        /// The branch, without `refs/heads/`.
        branch: String,
        /// What may have changed with it.
        of: BaseFact,
    },
    /// This branch got commits: judge the open pull requests into it that hold some of them, for their merge base moved. Where
    /// it is the default branch, judge also those whose rules required one of these scripts.
    HeedPush {
        /// The branch, without `refs/heads/`.
        branch: String,
        /// What came to it.
        pushed: Pushed,
    },
    /// Somebody else reported about this commit: judge the open pull requests with this head whose rules read reports.
    ReviewReported {
        /// The commit.
        head: CommitId,
    },
    /// A report of this commit was sent to us: find out for which head it speaks, and judge the pull requests that have it.
    HeedUpload {
        /// The commit that the report was made of.
        commit: CommitId,
    },
    /// A workflow ended: take the reports that it kept, when this repository's rules ask for them.
    HeedWorkflow {
        /// GitHub's id of the run.
        run: u64,
        /// What it was started for.
        head: CommitId,
    },
    /// Judge the commit that a merge queue would merge.
    ReviewGroup {
        /// Which.
        group: MergeGroup,
        /// Why it is no more, when it is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended: Option<String>,
        /// Why.
        cause: Cause,
    },
    /// Carry out the commands of a comment.
    HeedComment {
        /// The pull request under which it stands.
        number: PullNumber,
        /// Who wrote what.
        said: Said,
    },
    /// Commit the fixes that a button of our check offers.
    HeedButton {
        /// The commit of the check.
        head: CommitId,
        /// Open pull requests with that head; empty when it comes from a fork.
        #[serde(default)]
        pulls: Vec<PullNumber>,
        /// Who pressed what.
        pressed: Pressed,
    },
    /// Judge every open pull request of the repository; for an account's repository `.github`, of all its repositories.
    ReviewRepository {
        /// Why.
        cause: Cause,
    },
}

/// What rules can read of the tip of the base branch, besides the rules themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseFact {
    /// The file of code owners.
    CodeOwners,
    /// Which files there are.
    Files,
    /// Whether a pull request merges into it without a conflict.
    Mergeability,
}

impl BaseFact {
    /// As it stands in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            BaseFact::CodeOwners => "code_owners",
            BaseFact::Files => "files",
            BaseFact::Mergeability => "mergeability",
        }
    }
}

/// What came to a branch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// The ids of its new commits, or the beginnings of them.
    pub commits: BTreeSet<String>,
    /// Scripts that may be part of the rules and that were touched; none where rules do not lie on this branch.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub scripts: BTreeSet<RepoPath>,
    /// There is more than is listed here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

impl Pushed {
    /// Commits and scripts that are listed at most.
    const MAX_LISTED: usize = 4096;

    /// What came first and then this.
    pub fn after(&self, older: &Pushed) -> Pushed {
        let commits: BTreeSet<String> = older.commits.union(&self.commits).cloned().collect();
        let scripts: BTreeSet<RepoPath> = older.scripts.union(&self.scripts).cloned().collect();
        if older.cut || self.cut || commits.len() + scripts.len() > Self::MAX_LISTED {
            return Pushed { cut: true, ..Pushed::default() };
        }
        Pushed { commits, scripts, cut: false }
    }

    /// Whether nothing came.
    pub fn is_empty(&self) -> bool {
        self.commits.is_empty() && self.scripts.is_empty() && !self.cut
    }
}

/// What a merge queue would merge, as its event says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeGroup {
    /// The commit to check.
    pub head: CommitId,
    /// The commit that it is built upon.
    pub base_sha: CommitId,
    /// The branch it would land on, without `refs/heads/`.
    pub base: String,
    /// The pull request that its own branch is named after: `gh-readonly-queue/main/pr-7-<commit>`.
    pub number: Option<PullNumber>,
}

/// A button of our check that somebody pressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressed {
    /// GitHub's id of the check run.
    pub check: u64,
    /// What we called the button.
    pub button: String,
    /// Who pressed it.
    pub by: String,
}

/// The commands of a comment as it was written; what it was edited to later does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// GitHub's id of the comment.
    pub comment: u64,
    /// Who wrote it.
    pub author: String,
    /// When, by GitHub's clock.
    pub written_at: Timestamp,
    /// In the order of the comment.
    pub lines: Vec<CommandLine>,
}

/// Why something is judged: for logs, and for what may be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// `pull_request.opened`
    Opened,
    /// `pull_request.synchronize`: the head moved.
    Synchronize,
    /// `pull_request.reopened`
    Reopened,
    /// `pull_request.edited`: title, body or base; also its people, its milestone, its lock.
    Edited,
    /// `pull_request_review`: somebody reviewed it, or a review was changed or dismissed.
    Reviewed,
    /// `pull_request.labeled`
    Labeled,
    /// `pull_request.unlabeled`
    Unlabeled,
    /// `pull_request.ready_for_review`
    ReadyForReview,
    /// `pull_request.converted_to_draft`
    ConvertedToDraft,
    /// `push` to the base of pull requests.
    Push,
    /// The first dangerfile of the repository was pushed.
    FirstDangerfile,
    /// `pull_request.closed`: others that share its head are judged without it.
    Closed,
    /// Another pull request with the same head was judged, and their common check waits for this one.
    SharedHead,
    /// What was awaited may be there by now, or its time is over.
    Awaited,
    /// `merge_group.checks_requested`, `merge_group.destroyed`
    Queued,
    /// A person asked for the check again.
    Rerequested,
    /// A person asked for it in a comment.
    Commanded,
    /// A check run or a commit status of somebody else changed.
    Reported,
    /// The app was installed, or the repository was added to it.
    Installed,
    /// The installation was unsuspended, or new permissions were granted.
    Resumed,
}

impl Cause {
    /// Whether only the check is written, no comment: people of these pull requests did not ask for a robot just now.
    pub fn is_quiet(self) -> bool {
        matches!(self, Cause::Installed | Cause::FirstDangerfile | Cause::SharedHead)
    }
}

/// Jobs of an older version do not say it.
fn rerequested() -> Cause {
    Cause::Rerequested
}

impl JobSpec {
    /// What makes two jobs the same: `<repository id>/pull/<number>`, `/branch/<name>`, `/push/<branch>`, `/readers/<fact>/<branch>`,
    /// `/commit/<id>`, `/reports/<id>`, `/upload/<commit>`, `/workflow/<run>`, `/group/<commit>`, `/comment/<id>`,
    /// `/button/<check>/<button>/<login>` or `/repository`.
    pub fn key(&self) -> String {
        let repository = self.repository;
        match &self.work {
            Work::ReviewPull { number, .. } => format!("{repository}/pull/{number}"),
            Work::ReviewBranch { branch, .. } => format!("{repository}/branch/{branch}"),
            Work::HeedPush { branch, .. } => format!("{repository}/push/{branch}"),
            Work::ReviewReaders { branch, of } => format!("{repository}/readers/{}/{branch}", of.as_str()),
            Work::ReviewCommit { head, .. } => format!("{repository}/commit/{head}"),
            Work::ReviewReported { head } => format!("{repository}/reports/{head}"),
            Work::HeedUpload { commit } => format!("{repository}/upload/{commit}"),
            Work::HeedWorkflow { run, .. } => format!("{repository}/workflow/{run}"),
            Work::ReviewGroup { group, .. } => format!("{repository}/group/{}", group.head),
            Work::HeedComment { said, .. } => format!("{repository}/comment/{}", said.comment),
            Work::HeedButton { pressed, .. } => {
                format!("{repository}/button/{}/{}/{}", pressed.check, pressed.button, pressed.by)
            }
            Work::ReviewRepository { .. } => format!("{repository}/repository"),
        }
    }
}

/// A repository as an event names it, seen through an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryRef {
    /// Which installation sees it.
    pub installation: InstallationId,
    /// Its id.
    pub id: RepositoryId,
    /// Its name at that time.
    pub name: RepoName,
}

impl RepositoryRef {
    /// That work in this repository.
    pub(super) fn job(&self, work: Work) -> JobSpec {
        JobSpec { installation: self.installation, repository: self.id, name: self.name.clone(), work }
    }
}
