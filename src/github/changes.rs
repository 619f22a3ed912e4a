//! The changed files: from the diff, or from the list of files where the diff is too large.

use super::CallError;
use super::call::DIFF;
use super::repo::RepoClient;
use crate::diff;
use crate::model::{ChangeStatus, CommitId, Fact, FileChange, Patch, PullNumber, RepoPath, Unavailable};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use http::Method;
use serde::Deserialize;
use std::collections::BTreeSet;

/// GitHub's largest page.
const PAGE: usize = 100;
/// GitHub lists no more files than this.
const MAX_FILES: usize = 3_000;
/// A page so small that GitHub has no reason to leave something out.
const SMALL_PAGE: usize = 10;
/// Once the patches of a page add up to some 20,000 lines, GitHub lists the files after them with no patch and no changed
/// lines, as if they were binary; in a smaller page they are whole. Seen by users, nowhere documented; a quarter of it
/// is suspicious.
/// (github.com/orgs/community/discussions/213491)
const LONG_PAGE_LINES: usize = 5_000;
/// Pages in flight at once.
const AT_ONCE: usize = 4;
/// Git's id of the empty blob.
const EMPTY_BLOB: &str = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

impl RepoClient {
    /// All files that `head` changes since it left `base`: one request, or one per 100 files where the diff is too
    /// large. Both ends are commits, so that a push meanwhile cannot lend another commit's diff to this one; the list
    /// knows only the pull request, whose head is read once more after it. `expected` is how many files GitHub says
    /// are changed, when that is known.
    ///
    /// # Errors
    /// [`CallError::HeadMoved`] when the list is another head's. A list that is not complete is no error but
    /// [`Unavailable::Truncated`].
    pub async fn fetch_changes(
        &self,
        number: PullNumber,
        (base, head): (&CommitId, &CommitId),
        expected: Option<u32>,
    ) -> Result<Fact<Vec<FileChange>>, CallError> {
        let changes = match self.fetch_diff((base, head), expected.unwrap_or_default() as usize).await? {
            Some(files) => Fact::Known(files),
            None => self.fetch_listed(number, head, expected).await?,
        };
        self.reveal_hidden((base, head), None, changes).await
    }

    /// The diff of two commits; `None` where it is too large, damaged, or of fewer files than that.
    pub(super) async fn fetch_diff(
        &self,
        (base, head): (&CommitId, &CommitId),
        at_least: usize,
    ) -> Result<Option<Vec<FileChange>>, CallError> {
        match self.fetch_whole_diff((base, head), at_least).await {
            Ok(files) => Ok(Some(files)),
            Err(CallError::TooLarge(_)) => Ok(None),
            Err(CallError::Malformed(_)) => {
                let (base, head) = (base.short(), head.short());
                tracing::warn!("The diff of {base}...{head} is not whole; the list of files is read instead.");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The same, or `TooLarge` where it is too large, and `Malformed` where it is damaged or of fewer files than that: GitHub
    /// may answer with nothing, and a diff that ends between two files looks whole.
    pub(super) async fn fetch_whole_diff(
        &self,
        (base, head): (&CommitId, &CommitId),
        at_least: usize,
    ) -> Result<Vec<FileChange>, CallError> {
        let asked = "diff of base and head";
        let mut call = self.rest(Method::GET, &format!("/compare/{base}...{head}"), asked);
        call.outgoing.accept = DIFF;
        let read = |body: &[u8]| {
            let set = diff::parse_patch_set(body);
            let whole = set.problems.is_empty() && distinct(&set.files) >= at_least;
            if whole { Ok(set.files) } else { Err(CallError::Malformed(format!("{asked}, not all of it"))) }
        };
        self.call_kept(call, read).await
    }

    /// The same without trying the diff, for a change that is too large for one.
    ///
    /// # Errors
    /// As [`RepoClient::fetch_changes`].
    pub(super) async fn fetch_listed(
        &self,
        number: PullNumber,
        head: &CommitId,
        expected: Option<u32>,
    ) -> Result<Fact<Vec<FileChange>>, CallError> {
        let listed = self.fetch_file_list(Listed::Pull(number), expected).await?;
        if self.fetch_head(number).await? == *head { Ok(listed) } else { Err(CallError::HeadMoved) }
    }

    /// Where `expected` is not known, a list as long as GitHub's longest is not believed to be whole.
    pub(super) async fn fetch_file_list(
        &self,
        list: Listed<'_>,
        expected: Option<u32>,
    ) -> Result<Fact<Vec<FileChange>>, CallError> {
        let files = match expected {
            Some(expected) => {
                let pages = (expected as usize).min(MAX_FILES).div_ceil(PAGE).max(1);
                let fetched: Vec<Vec<WireFile>> = stream::iter(1..=pages)
                    .map(|page| self.whole_page(list, page))
                    .buffered(AT_ONCE)
                    .try_collect()
                    .await?;
                fetched.concat()
            }
            None => {
                let mut files = Vec::new();
                for page in 1..=MAX_FILES / PAGE {
                    let fetched = self.whole_page(list, page).await?;
                    let last = fetched.len() < PAGE;
                    files.extend(fetched);
                    if last {
                        break;
                    }
                }
                files
            }
        };
        let found = files.len();
        if files.iter().any(WireFile::is_unnameable) {
            let what = "the list of changed files: the path of one is not UTF-8, which GitHub's list cannot say";
            return Ok(Fact::Unavailable(Unavailable::Truncated(what.to_owned())));
        }
        let changes: Vec<FileChange> = files.into_iter().filter_map(change).collect();
        // A list that moved between two pages names a file twice or lacks one.
        let whole = changes.len() == found
            && distinct(&changes) == found
            && match expected {
                Some(expected) => found == expected as usize,
                None => found < MAX_FILES,
            };
        if whole {
            return Ok(Fact::Known(changes));
        }
        let of = expected.map_or(String::new(), |expected| format!(" of {expected}"));
        Ok(Fact::Unavailable(Unavailable::Truncated(format!("the list of changed files ({found}{of})"))))
    }

    /// A page of the list. Files that may have been left out of a long one are read again in small pages; one of which
    /// that cannot be said even then is marked as cut.
    async fn whole_page(&self, list: Listed<'_>, page: usize) -> Result<Vec<WireFile>, CallError> {
        let mut files = self.file_page(list, page, PAGE).await?;
        if !is_long(&files) {
            return Ok(files);
        }
        let first_small = (page - 1) * PAGE / SMALL_PAGE + 1;
        for (at, rows) in files.chunks_mut(SMALL_PAGE).enumerate() {
            if !rows.iter().any(WireFile::is_bare) {
                continue;
            }
            let again = self.file_page(list, first_small + at, SMALL_PAGE).await?;
            let long = is_long(&again);
            for row in rows.iter_mut().filter(|row| row.is_bare()) {
                match again.iter().find(|it| it.filename == row.filename) {
                    Some(found) => *row = WireFile { cut: long && found.is_bare(), ..found.clone() },
                    None => row.cut = true,
                }
            }
        }
        Ok(files)
    }

    async fn file_page(&self, list: Listed<'_>, page: usize, size: usize) -> Result<Vec<WireFile>, CallError> {
        let (asked, page) = ("list of changed files", format!("per_page={size}&page={page}"));
        match list {
            Listed::Pull(number) => self.get(&format!("/pulls/{number}/files?{page}"), asked).await,
            Listed::Commit(commit) => {
                let found: WireCommit = self.get(&format!("/commits/{commit}?{page}"), asked).await?;
                Ok(found.files)
            }
        }
    }
}

/// Whose list of changed files. A pull request's is against its merge base, a commit's against its first parent; both come
/// in pages and end at the same length. (REST, "List pull requests files" and "Get a commit")
#[derive(Clone, Copy)]
pub(super) enum Listed<'a> {
    Pull(PullNumber),
    Commit(&'a CommitId),
}

#[derive(Deserialize)]
struct WireCommit {
    /// Not there beyond the last page.
    #[serde(default)]
    files: Vec<WireFile>,
}

/// A file of a list of changed files, as GitHub says it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct WireFile {
    filename: String,
    #[serde(default)]
    previous_filename: Option<String>,
    status: String,
    additions: u32,
    deletions: u32,
    #[serde(default)]
    sha: Option<String>,
    #[serde(default)]
    patch: Option<String>,
    /// Whether GitHub may have left its changes out.
    #[serde(skip)]
    cut: bool,
}

impl WireFile {
    pub(super) fn path(&self) -> RepoPath {
        RepoPath::new(&self.filename)
    }

    /// Whether a path of it has bytes that JSON cannot carry.
    fn is_unnameable(&self) -> bool {
        let names = [Some(self.filename.as_str()), self.previous_filename.as_deref()];
        names.into_iter().flatten().any(|name| name.contains('\u{fffd}'))
    }

    /// Whether it looks as if nothing in it changed: a binary file, a pure rename, or one whose changes were left out.
    fn is_bare(&self) -> bool {
        self.patch.is_none() && self.additions + self.deletions == 0 && self.sha.as_deref() != Some(EMPTY_BLOB)
    }
}

fn is_long(files: &[WireFile]) -> bool {
    let lines = |file: &WireFile| file.patch.as_deref().map_or(0, |patch| patch.lines().count());
    files.iter().map(lines).sum::<usize>() >= LONG_PAGE_LINES
}

/// The changes of a list in one piece. `None` where it leaves anything open that the diff tells: a missing file, a patch
/// that is missing or cut, bytes that JSON cannot carry, or whether a file without a patch is binary, only has another
/// mode, or was left out.
pub(super) fn read_whole_list(files: Vec<WireFile>, expected: u32) -> Option<Vec<FileChange>> {
    let (found, long) = (files.len(), is_long(&files));
    let is_open = |file: &WireFile| {
        file.is_unnameable()
            || file.status == "changed"
            || long && file.is_bare()
            || file.status == "modified" && file.patch.is_none()
    };
    if files.iter().any(is_open) {
        return None;
    }
    let changes: Vec<FileChange> = files.into_iter().filter_map(change).collect();
    let whole = changes.len() == found && distinct(&changes) == found && found == expected as usize;
    (whole && changes.iter().all(|change| change.patch != Patch::Truncated)).then_some(changes)
}

/// `None` for an entry that changes nothing (`unchanged`) or has a status that we do not know.
fn change(wire: WireFile) -> Option<FileChange> {
    let status = match wire.status.as_str() {
        "added" => ChangeStatus::Added,
        "removed" => ChangeStatus::Removed,
        "modified" | "changed" => ChangeStatus::Modified,
        "renamed" => ChangeStatus::Renamed,
        "copied" => ChangeStatus::Copied,
        _ => return None,
    };
    let patch = patch(&wire, status);
    Some(FileChange {
        old_path: wire.previous_filename.as_deref().map(RepoPath::new),
        additions: wire.additions,
        deletions: wire.deletions,
        ..FileChange::new(wire.path(), status, patch)
    })
}

fn patch(wire: &WireFile, status: ChangeStatus) -> Patch {
    match &wire.patch {
        _ if wire.cut => Patch::Truncated,
        Some(text) => {
            let whole = diff::is_whole(text) && diff::count_lines(text) == (wire.additions, wire.deletions);
            if whole { Patch::Text(text.clone()) } else { Patch::Truncated }
        }
        None if wire.additions + wire.deletions > 0 => Patch::Truncated,
        None if matches!(status, ChangeStatus::Renamed | ChangeStatus::Copied) => Patch::Empty,
        None if wire.status == "changed" || wire.sha.as_deref() == Some(EMPTY_BLOB) => Patch::Empty,
        // No lines and no patch: for this list the same as binary.
        None => Patch::Binary,
    }
}

/// The list counts a path once; the diff has two entries where a file changed its type.
fn distinct(changes: &[FileChange]) -> usize {
    changes.iter().map(|change| change.path.as_str()).collect::<BTreeSet<_>>().len()
}
