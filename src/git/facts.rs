//! Fills the facts that a pass of the rules asked for.

use super::{Comparison, GitError};
use crate::analysis::changelog::is_read_with_its_folder;
use crate::model::{
    Commit, CoverageFacts, Fact, FactKey, FileKey, FileText, LintFacts, PullDetails, PullNumber, PullRequest,
    PullState, Ref, RepoPath, Snapshot, Timestamp, Unavailable, User,
};
use std::collections::BTreeSet;
use std::collections::btree_map::Entry;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

impl Comparison {
    /// Adds every wanted fact to the snapshot. `sources` is the directory that a dangerfile's required files are
    /// read from; `None` reads them from the head.
    ///
    /// # Errors
    /// When git fails.
    pub fn load_facts(
        &self,
        snapshot: &mut Snapshot,
        wanted: &BTreeSet<FactKey>,
        sources: Option<&Path>,
    ) -> Result<(), GitError> {
        for key in wanted {
            match key {
                FactKey::Pull => self.fill_pull(snapshot)?,
                FactKey::Changes => self.fill_changes(snapshot)?,
                FactKey::Commits => self.fill_commits(snapshot)?,
                FactKey::Labelings => snapshot.labelings = Some(Fact::Unavailable(Unavailable::NeedsPullRequest)),
                FactKey::Reviews => snapshot.reviews = Some(Fact::Unavailable(Unavailable::NeedsPullRequest)),
                FactKey::RequestedReviewers => {
                    snapshot.requested_reviewers = Some(Fact::Unavailable(Unavailable::NeedsPullRequest));
                }
                FactKey::Mergeable => snapshot.mergeable = Some(Fact::Unavailable(Unavailable::NeedsPullRequest)),
                FactKey::Statuses => snapshot.statuses = Some(Fact::Unavailable(Unavailable::NeedsPullRequest)),
                FactKey::CheckRuns => snapshot.check_runs = Some(Fact::Unavailable(Unavailable::NeedsPullRequest)),
                FactKey::File(file) => {
                    let text = self.load_file(file)?;
                    self.load_likely(snapshot, file, &text)?;
                    snapshot.files.insert(file.clone(), Fact::Known(text));
                }
                FactKey::Size(file) => {
                    let size = self.load_size(file)?;
                    snapshot.sizes.insert(file.clone(), Fact::Known(size));
                }
                FactKey::CodeOwners => snapshot.code_owners = Some(Fact::Known(self.load_code_owners()?)),
                FactKey::Uses(word) => {
                    snapshot.uses.insert(word.clone(), Fact::Known(self.load_uses(word)?));
                }
                FactKey::Search(search) => {
                    let found = Fact::Known(self.load_search(search)?);
                    snapshot.searches.insert(search.clone(), found);
                }
                FactKey::Paths(patterns) => {
                    let paths = self.load_paths(patterns)?;
                    snapshot.paths.insert(patterns.clone(), Fact::Known(paths));
                }
                FactKey::Folder(folder) => {
                    snapshot.folders.insert(folder.clone(), Fact::Known(self.load_folder(folder)?));
                }
                // Reports are no part of a repository: whoever has some puts them in before.
                FactKey::Coverage(patterns) => {
                    let none = || Fact::Known(CoverageFacts::default());
                    snapshot.coverage.entry(patterns.clone()).or_insert_with(none);
                }
                FactKey::Lint(patterns) => {
                    let none = || Fact::Known(LintFacts::default());
                    snapshot.lint.entry(patterns.clone()).or_insert_with(none);
                }
                FactKey::Source { layer, path } => {
                    let text = match sources {
                        Some(directory) => load_source(directory, path)?,
                        None => match self.load_head_file(path)? {
                            FileText::Text(text) => Some(text),
                            _ => None,
                        },
                    };
                    snapshot.sources.insert((*layer, path.clone()), text);
                }
            }
        }
        Ok(())
    }

    /// Whoever looks into a folder for a changelog reads it next: here that costs less than another pass of the rules.
    fn load_likely(&self, snapshot: &mut Snapshot, folder: &FileKey, text: &FileText) -> Result<(), GitError> {
        let FileText::Folder(names) = text else { return Ok(()) };
        for name in names.iter().filter(|name| is_read_with_its_folder(name)) {
            let path = if folder.path.as_str().is_empty() { name.clone() } else { format!("{}/{name}", folder.path) };
            let key = FileKey { side: folder.side, path: RepoPath::from_git_quoted(path.as_bytes()) };
            if let Entry::Vacant(place) = snapshot.files.entry(key) {
                let text = self.load_file(place.key())?;
                place.insert(Fact::Known(text));
            }
        }
        Ok(())
    }

    fn fill_changes(&self, snapshot: &mut Snapshot) -> Result<(), GitError> {
        if snapshot.changes.is_none() {
            snapshot.changes = Some(Fact::Known(self.load_changes()?));
        }
        Ok(())
    }

    fn fill_commits(&self, snapshot: &mut Snapshot) -> Result<(), GitError> {
        if snapshot.commits.is_none() {
            snapshot.commits = Some(Fact::Known(self.load_commits()?));
        }
        Ok(())
    }

    /// The record counts lines, files and commits, so that those facts come with it.
    fn fill_pull(&self, snapshot: &mut Snapshot) -> Result<(), GitError> {
        self.fill_changes(snapshot)?;
        self.fill_commits(snapshot)?;
        let newest = match &snapshot.commits {
            Some(Fact::Known(commits)) => commits.last().filter(|commit| commit.sha == self.head).cloned(),
            _ => None,
        };
        let newest = newest.map_or_else(|| self.load_head_commit(), Ok)?;
        let mut pull = self.load_pull(&newest, snapshot.subject.started_at)?;
        if let Some(Fact::Known(changes)) = &snapshot.changes {
            pull.details.additions = changes.iter().map(|change| change.additions).sum();
            pull.details.deletions = changes.iter().map(|change| change.deletions).sum();
            pull.details.changed_files = u32::try_from(changes.len()).unwrap_or(u32::MAX);
        }
        if let Some(Fact::Known(commits)) = &snapshot.commits {
            pull.details.commits = u32::try_from(commits.len()).unwrap_or(u32::MAX);
        }
        snapshot.pull = Some(Fact::Known(pull));
        Ok(())
    }

    /// What stands in for a pull request: the last commit's message, the user of git's configuration, number 0.
    fn load_pull(&self, commit: &Commit, now: Timestamp) -> Result<PullRequest, GitError> {
        let (title, body) = commit.message.split_once('\n').unwrap_or((&commit.message, ""));
        let configured = self.git().try_run(["config", "--get", "user.name"])?;
        let login = match String::from_utf8_lossy(&configured.stdout).trim() {
            "" => commit.author.name.clone(),
            name => name.to_owned(),
        };
        let base_name = match self.base_name.strip_prefix("origin/") {
            Some(branch) => branch.to_owned(),
            None => super::comparison::short_ref(&self.base_name).to_owned(),
        };
        Ok(PullRequest {
            number: PullNumber(0),
            title: title.trim().to_owned(),
            body: body.trim().to_owned(),
            draft: false,
            state: PullState::Open,
            merged: false,
            user: User { login, kind: "User".to_owned() },
            author_association: "NONE".to_owned(),
            labels: Vec::new(),
            milestone: None,
            base: Ref { name: base_name, sha: self.base.clone(), repo: None },
            head: Ref { name: self.head_name.clone(), sha: self.head.clone(), repo: None },
            html_url: String::new(),
            created_at: now,
            updated_at: now,
            details: PullDetails::default(),
        })
    }
}

/// A file that a dangerfile on disk requires; `None` when there is none, or when it lies outside `directory`
/// (also by a symbolic link), is larger than the limit for texts, or is no UTF-8 text.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn load_source(directory: &Path, path: &RepoPath) -> Result<Option<String>, GitError> {
    let relative = PathBuf::from(path.as_str());
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return Ok(None);
    }
    let io = |source: std::io::Error| match source.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => None,
        _ => Some(GitError::Io { doing: "read a file that the dangerfile requires", source }),
    };
    let read = || {
        let directory = directory.canonicalize()?;
        let file = directory.join(relative).canonicalize()?;
        if !file.starts_with(&directory) || !file.is_file() {
            return Ok(None);
        }
        let limit = super::blobs::MAX_TEXT_BYTES;
        let mut content = Vec::new();
        std::fs::File::open(file)?.take(limit + 1).read_to_end(&mut content)?;
        Ok(if content.len() as u64 > limit { None } else { String::from_utf8(content).ok() })
    };
    match read() {
        Ok(text) => Ok(text),
        Err(source) => io(source).map_or(Ok(None), Err),
    }
}
