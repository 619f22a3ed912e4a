//! What lies between the base and the head: the merge base, the commits, and the changed files where they are few.

use super::CallError;
use super::call::parse;
use super::changes::{Listed, WireFile, read_whole_list};
use super::repo::RepoClient;
use crate::model::{
    Author, Commit, CommitId, Fact, FileChange, PullNumber, RepoPath, Timestamp, Unavailable, Verification,
};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use http::Method;
use serde::Deserialize;
use std::collections::BTreeSet;

/// GitHub's largest page.
const PAGE: usize = 100;
/// More commits are not read: a run has 40 requests for everything.
const MAX_COMMITS: usize = 2_000;
/// Pages in flight at once.
const AT_ONCE: usize = 4;
/// A comparison lists no more files, and a diff of more files or lines is refused, headers included.
const MAX_FILES: u32 = 300;
const MAX_LINES: u32 = 20_000;

/// Base and head compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Where the head left the base.
    pub merge_base: CommitId,
    /// The commits after it, oldest first: all of them, or none.
    pub commits: Fact<Vec<Commit>>,
    /// The changed files as the comparison lists them: a part of them where there are many.
    files: Vec<WireFile>,
}

/// How much a pull request changes, as GitHub counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeSize {
    /// Files.
    pub files: u32,
    /// Added and removed lines.
    pub lines: u32,
}

impl ChangeSize {
    fn is_too_large(self) -> bool {
        self.files > MAX_FILES || self.lines.saturating_add(self.files) > MAX_LINES
    }
}

impl RepoClient {
    /// One request per 100 commits. A list that GitHub does not give whole, or that is too long, is no error but
    /// [`Unavailable::Truncated`].
    ///
    /// # Errors
    /// `NotFound` when a commit is gone, or the two have nothing in common.
    pub async fn fetch_comparison(&self, base: &CommitId, head: &CommitId) -> Result<Comparison, CallError> {
        let mut first = self.comparison_page(base, head, 1).await?;
        let merge_base = first.merge_base()?;
        let total = first.total_commits;
        let pages = if total > MAX_COMMITS { 1 } else { total.div_ceil(PAGE) };
        let files = first.files.take().unwrap_or_default();
        let rest: Vec<Page> = stream::iter(2..=pages)
            .map(|page| self.comparison_page(base, head, page))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let wire = std::iter::once(first).chain(rest).flat_map(|page| page.commits);
        let commits = wire.map(commit).collect::<Option<Vec<Commit>>>().ok_or_else(malformed)?;
        // Both ends are commits, so that the list cannot change between two pages.
        let commits = if commits.len() == total {
            Fact::Known(commits)
        } else {
            let what = format!("the list of commits ({} of {total})", commits.len());
            Fact::Unavailable(Unavailable::Truncated(what))
        };
        Ok(Comparison { merge_base, commits, files })
    }

    /// The comparison and all changed files: one request where the comparison says all of them, otherwise the diff
    /// besides, or the list of files.
    ///
    /// # Errors
    /// As [`RepoClient::fetch_comparison`] and [`RepoClient::fetch_changes`].
    pub async fn fetch_difference(
        &self,
        number: PullNumber,
        (base, head): (&CommitId, &CommitId),
        size: ChangeSize,
    ) -> Result<(Comparison, Fact<Vec<FileChange>>), CallError> {
        if size.is_too_large() {
            let listed = self.fetch_listed(number, head, Some(size.files));
            let (comparison, changes) = futures_util::try_join!(self.fetch_comparison(base, head), listed)?;
            let changes = self.reveal_hidden((base, head), Some(&comparison.merge_base), changes).await?;
            return Ok((comparison, changes));
        }
        let mut comparison = self.fetch_comparison(base, head).await?;
        let files = std::mem::take(&mut comparison.files);
        // What GitHub counts for a pull request can be of the base as it was at the last push to the head, where the two
        // commits say what a merge would bring. A list below its limit and the diff agree on that; that nothing is left is
        // believed without the list of files only where the base has all of the head.
        let least = usize::from(comparison.merge_base != *head);
        let compared = files.len().max(least).min(size.files as usize);
        let mut changes = read_whole_list(files, size.files);
        if changes.is_none() {
            changes = self.fetch_diff((base, head), compared).await?;
        }
        let changes = match changes {
            Some(files) => Fact::Known(files),
            None => self.fetch_listed(number, head, Some(size.files)).await?,
        };
        let changes = self.reveal_hidden((base, head), Some(&comparison.merge_base), changes).await?;
        Ok((comparison, changes))
    }

    /// Where the head left the base: one request.
    pub(super) async fn find_merge_base(&self, base: &CommitId, head: &CommitId) -> Result<CommitId, CallError> {
        self.comparison_page(base, head, 1).await?.merge_base()
    }

    /// All files that `head` changes since `base`, from which it comes: the diff, which has as many as the comparison names;
    /// or where that is too large or not whole the list of the commit, which GitHub gives of a change against the first
    /// parent only. The list has to name what the comparison names.
    ///
    /// # Errors
    /// As every call; `Malformed` when the diff is not whole and there is no list. What is too large for GitHub is no error
    /// but [`Unavailable::Truncated`].
    pub async fn fetch_changes_between(
        &self,
        base: &CommitId,
        head: &CommitId,
    ) -> Result<Fact<Vec<FileChange>>, CallError> {
        let compared = self.comparison_page(base, head, 1).await?.files.unwrap_or_default();
        let refused = match self.fetch_whole_diff((base, head), compared.len()).await {
            Ok(files) => return self.reveal_hidden((base, head), Some(base), Fact::Known(files)).await,
            Err(error @ (CallError::TooLarge(_) | CallError::Malformed(_))) => error,
            Err(error) => return Err(error),
        };
        let truncated =
            |why: &str| Fact::Unavailable(Unavailable::Truncated(format!("the diff of the merge group{why}")));
        if self.fetch_parents(head).await?.first() != Some(base) {
            let too_large = matches!(refused, CallError::TooLarge(_));
            return if too_large { Ok(truncated(", which is more than one commit")) } else { Err(refused) };
        }
        let listed = self.fetch_file_list(Listed::Commit(head), None).await?;
        let Fact::Known(changes) = listed else { return Ok(listed) };
        let named: BTreeSet<&RepoPath> = changes.iter().map(|change| &change.path).collect();
        let agree = !compared.is_empty() && compared.iter().all(|file| named.contains(&file.path()));
        let changes = if agree { Fact::Known(changes) } else { truncated("") };
        self.reveal_hidden((base, head), Some(base), changes).await
    }

    async fn comparison_page(&self, base: &CommitId, head: &CommitId, page: usize) -> Result<Page, CallError> {
        let asked = "comparison of base and head";
        let path = format!("/compare/{base}...{head}?per_page={PAGE}&page={page}");
        let read = |body: &[u8]| {
            let found: Page = parse(body, asked)?;
            if page == 1 && found.files.is_none() { Err(malformed()) } else { Ok(found) }
        };
        self.call_kept(self.rest(Method::GET, &path, asked), read).await
    }
}

#[derive(Deserialize)]
struct Page {
    merge_base_commit: Sha,
    total_commits: usize,
    commits: Vec<WireCommit>,
    /// Only with the first page, and always with that.
    files: Option<Vec<WireFile>>,
}

impl Page {
    fn merge_base(&self) -> Result<CommitId, CallError> {
        CommitId::new(&self.merge_base_commit.sha).map_err(|_| malformed())
    }
}

#[derive(Deserialize)]
struct Sha {
    sha: String,
}

#[derive(Deserialize)]
struct WireCommit {
    sha: String,
    commit: WireGitCommit,
    #[serde(default)]
    author: Option<WireAccount>,
    #[serde(default)]
    committer: Option<WireAccount>,
    parents: Vec<Sha>,
}

#[derive(Deserialize)]
struct WireGitCommit {
    message: String,
    #[serde(default)]
    author: Option<WireAuthor>,
    #[serde(default)]
    committer: Option<WireAuthor>,
    #[serde(default)]
    verification: Option<Verification>,
}

#[derive(Default, Deserialize)]
struct WireAuthor {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    date: Option<String>,
}

/// An account without a login is GitHub's `{}` for an author without one.
#[derive(Deserialize)]
struct WireAccount {
    #[serde(default)]
    login: Option<String>,
}

fn commit(wire: WireCommit) -> Option<Commit> {
    let WireGitCommit { message, author, committer, verification } = wire.commit;
    Some(Commit {
        sha: CommitId::new(&wire.sha).ok()?,
        message,
        author: person(author.unwrap_or_default(), wire.author),
        committer: committer.map(|committer| person(committer, wire.committer)),
        parents: wire.parents.iter().map(|parent| CommitId::new(&parent.sha).ok()).collect::<Option<_>>()?,
        verification,
    })
}

fn person(named: WireAuthor, account: Option<WireAccount>) -> Author {
    Author {
        name: named.name.unwrap_or_default(),
        email: named.email.unwrap_or_default(),
        login: account.and_then(|account| account.login),
        date: named.date.and_then(|date| Timestamp::parse_rfc3339(&date)).unwrap_or_default(),
    }
}

fn malformed() -> CallError {
    CallError::Malformed("comparison of base and head".to_owned())
}
