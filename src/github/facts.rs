//! Fetches the facts that the rules asked for, all at once, and puts them into the snapshot.

use super::CallError;
use super::repo::RepoClient;
use crate::model::{
    CodeOwnersFile, Commit, CommitId, CoverageFacts, Fact, FactKey, FileChange, FileKey, FileText, HeadCheckRun,
    HeadStatus, Labeling, LintFacts, Origin, PullNumber, PullRequest, RepoPath, RequestedReviewers, Review, Searched,
    Side, Snapshot, Unavailable,
};
use std::collections::BTreeSet;

/// A fact with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchedFact {
    /// [`FactKey::Pull`].
    Pull(Box<Fact<PullRequest>>),
    /// [`FactKey::Changes`].
    Changes(Fact<Vec<FileChange>>),
    /// [`FactKey::Commits`].
    Commits(Fact<Vec<Commit>>),
    /// [`FactKey::Labelings`].
    Labelings(Fact<Vec<Labeling>>),
    /// [`FactKey::Reviews`].
    Reviews(Fact<Vec<Review>>),
    /// [`FactKey::RequestedReviewers`].
    RequestedReviewers(Fact<RequestedReviewers>),
    /// [`FactKey::Mergeable`].
    Mergeable(Fact<bool>),
    /// [`FactKey::Statuses`].
    Statuses(Fact<Vec<HeadStatus>>),
    /// [`FactKey::CheckRuns`].
    CheckRuns(Fact<Vec<HeadCheckRun>>),
    /// [`FactKey::File`].
    File(Fact<FileText>),
    /// [`FactKey::Size`]; `None` is "no such file".
    Size(Fact<Option<u64>>),
    /// [`FactKey::CodeOwners`]; `None` is "no such file".
    CodeOwners(Fact<Option<CodeOwnersFile>>),
    /// [`FactKey::Uses`].
    Uses(Fact<Vec<RepoPath>>),
    /// [`FactKey::Search`].
    Search(Fact<Searched>),
    /// [`FactKey::Paths`].
    Paths(Fact<Vec<RepoPath>>),
    /// [`FactKey::Folder`].
    Folder(Fact<Vec<RepoPath>>),
    /// [`FactKey::Coverage`].
    Coverage(Fact<CoverageFacts>),
    /// [`FactKey::Lint`].
    Lint(Fact<LintFacts>),
    /// [`FactKey::Source`]; `None` is "no such file".
    Source(Option<String>),
}

impl RepoClient {
    /// The facts of `wanted` that the snapshot lacks, in as few requests as possible, side by side.
    ///
    /// # Errors
    /// The first call that failed; a missing permission is no error but [`Unavailable::NoPermission`] or [`Unavailable::TokenLacks`].
    pub async fn fetch_facts(
        &self,
        snapshot: &Snapshot,
        wanted: &BTreeSet<FactKey>,
    ) -> Result<Vec<(FactKey, FetchedFact)>, CallError> {
        let lacking: Vec<&FactKey> = wanted.iter().filter(|key| !snapshot.has(key)).collect();
        let texts: Vec<(&FactKey, (CommitId, RepoPath))> =
            lacking.iter().filter_map(|key| Some((*key, text_place(snapshot, key)?))).collect();
        let sizes: Vec<(&FactKey, (CommitId, RepoPath))> =
            lacking.iter().filter_map(|key| Some((*key, size_place(snapshot, key)?))).collect();
        let (shared, own): (Vec<_>, Vec<_>) = texts.into_iter().partition(|(key, _)| is_shared(snapshot, key));
        let organisation = self.organisation();
        let asks = |key: FactKey| lacking.contains(&&key);
        let folders: Vec<&FactKey> = lacking.iter().filter(|key| matches!(key, FactKey::Folder(_))).copied().collect();
        let (
            changes,
            commits,
            labelings,
            reviews,
            requested,
            mergeable,
            statuses,
            check_runs,
            mut texts,
            shared,
            sizes,
            owners,
            paths,
            folders,
            searches,
        ) = futures_util::try_join!(
            self.changes(snapshot, asks(FactKey::Changes)),
            self.commits(snapshot, asks(FactKey::Commits)),
            self.labelings(snapshot, asks(FactKey::Labelings)),
            self.reviews(snapshot, asks(FactKey::Reviews)),
            self.requested_reviewers(snapshot, asks(FactKey::RequestedReviewers)),
            self.mergeable(snapshot, asks(FactKey::Mergeable)),
            self.statuses(snapshot, asks(FactKey::Statuses)),
            self.check_runs(snapshot, asks(FactKey::CheckRuns)),
            self.texts(&own),
            organisation.texts(&shared),
            self.sizes(&sizes),
            self.code_owners(snapshot, asks(FactKey::CodeOwners)),
            self.paths(snapshot, &lacking),
            self.folders(snapshot, &folders),
            self.searches(snapshot, &lacking),
        )?;
        texts.extend(shared);
        let mut facts: Vec<(FactKey, FetchedFact)> = Vec::with_capacity(lacking.len());
        facts.extend(changes.map(|fact| (FactKey::Changes, FetchedFact::Changes(fact))));
        facts.extend(commits.map(|fact| (FactKey::Commits, FetchedFact::Commits(fact))));
        facts.extend(labelings.map(|fact| (FactKey::Labelings, FetchedFact::Labelings(fact))));
        facts.extend(reviews.map(|fact| (FactKey::Reviews, FetchedFact::Reviews(fact))));
        facts.extend(requested.map(|fact| (FactKey::RequestedReviewers, FetchedFact::RequestedReviewers(fact))));
        facts.extend(mergeable.map(|fact| (FactKey::Mergeable, FetchedFact::Mergeable(fact))));
        facts.extend(statuses.map(|fact| (FactKey::Statuses, FetchedFact::Statuses(fact))));
        facts.extend(check_runs.map(|fact| (FactKey::CheckRuns, FetchedFact::CheckRuns(fact))));
        facts.extend(texts);
        facts.extend(sizes);
        facts.extend(paths);
        facts.extend(folders);
        facts.extend(searches);
        facts.extend(owners.map(|fact| (FactKey::CodeOwners, FetchedFact::CodeOwners(fact))));
        for key in lacking {
            if !facts.iter().any(|(known, _)| known == key) {
                facts.push((key.clone(), nothing(key)));
            }
        }
        Ok(facts)
    }

    async fn changes(&self, snapshot: &Snapshot, wanted: bool) -> Result<Option<Fact<Vec<FileChange>>>, CallError> {
        match &snapshot.pull {
            Some(Fact::Known(pull)) if wanted => {
                let ends = (&snapshot.subject.base, &snapshot.subject.head);
                self.settled(self.fetch_changes(pull.number, ends, None).await, "contents: read").map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn commits(&self, snapshot: &Snapshot, wanted: bool) -> Result<Option<Fact<Vec<Commit>>>, CallError> {
        if !wanted {
            return Ok(None);
        }
        let comparison = self.fetch_comparison(&snapshot.subject.base, &snapshot.subject.head).await;
        self.settled(comparison.map(|comparison| comparison.commits), "contents: read").map(Some)
    }

    async fn labelings(&self, snapshot: &Snapshot, wanted: bool) -> Result<Option<Fact<Vec<Labeling>>>, CallError> {
        match &snapshot.pull {
            Some(Fact::Known(pull)) if wanted => {
                self.settled(self.fetch_labelings(pull).await.map(Fact::Known), "pull_requests: read").map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn sizes(
        &self,
        wanted: &[(&FactKey, (CommitId, RepoPath))],
    ) -> Result<Vec<(FactKey, FetchedFact)>, CallError> {
        let places: Vec<(CommitId, RepoPath)> = wanted.iter().map(|(_, place)| place.clone()).collect();
        let sizes = self.fetch_sizes(&places).await?;
        Ok(wanted.iter().zip(sizes).map(|((key, _), size)| ((*key).clone(), FetchedFact::Size(size))).collect())
    }

    /// GitHub reads the file at the tip of the base branch.
    async fn code_owners(
        &self,
        snapshot: &Snapshot,
        wanted: bool,
    ) -> Result<Option<Fact<Option<CodeOwnersFile>>>, CallError> {
        let Some(Fact::Known(pull)) = &snapshot.pull else { return Ok(None) };
        if !wanted {
            return Ok(None);
        }
        let place = |path: &&str| (pull.base.sha.clone(), RepoPath::new(path));
        let texts = self.fetch_files(&CodeOwnersFile::PLACES.iter().map(place).collect::<Vec<_>>()).await?;
        Ok(Some(Fact::Known(CodeOwnersFile::first(texts))))
    }

    async fn reviews(&self, snapshot: &Snapshot, wanted: bool) -> Result<Option<Fact<Vec<Review>>>, CallError> {
        match number(snapshot) {
            Some(number) if wanted => self.settled(self.fetch_reviews(number).await, "pull_requests: read").map(Some),
            _ => Ok(None),
        }
    }

    async fn requested_reviewers(
        &self,
        snapshot: &Snapshot,
        wanted: bool,
    ) -> Result<Option<Fact<RequestedReviewers>>, CallError> {
        match number(snapshot) {
            Some(number) if wanted => self
                .settled(self.fetch_requested_reviewers(number).await.map(Fact::Known), "pull_requests: read")
                .map(Some),
            _ => Ok(None),
        }
    }

    async fn mergeable(&self, snapshot: &Snapshot, wanted: bool) -> Result<Option<Fact<bool>>, CallError> {
        match number(snapshot) {
            Some(number) if wanted => self.settled(self.fetch_mergeable(number).await, "pull_requests: read").map(Some),
            _ => Ok(None),
        }
    }

    async fn statuses(&self, snapshot: &Snapshot, wanted: bool) -> Result<Option<Fact<Vec<HeadStatus>>>, CallError> {
        if !wanted {
            return Ok(None);
        }
        self.settled(self.fetch_head_statuses(&snapshot.subject.head).await, "statuses: read").map(Some)
    }

    async fn check_runs(
        &self,
        snapshot: &Snapshot,
        wanted: bool,
    ) -> Result<Option<Fact<Vec<HeadCheckRun>>>, CallError> {
        if !wanted {
            return Ok(None);
        }
        self.settled(self.fetch_check_runs(&snapshot.subject.head).await, "checks: read").map(Some)
    }

    async fn texts(
        &self,
        wanted: &[(&FactKey, (CommitId, RepoPath))],
    ) -> Result<Vec<(FactKey, FetchedFact)>, CallError> {
        let places: Vec<(CommitId, RepoPath)> = wanted.iter().map(|(_, place)| place.clone()).collect();
        let texts = self.fetch_files(&places).await?;
        let fact = |key: &FactKey, text| match key {
            FactKey::Source { .. } => FetchedFact::Source(match text {
                FileText::Text(text) => Some(text),
                FileText::Absent | FileText::NotText(_) | FileText::Folder(_) | FileText::Cut(_) => None,
            }),
            _ => FetchedFact::File(Fact::Known(text)),
        };
        Ok(wanted.iter().zip(texts).map(|((key, _), text)| ((*key).clone(), fact(key, text))).collect())
    }
}

/// Puts fetched facts into the snapshot.
pub fn apply_facts(snapshot: &mut Snapshot, facts: Vec<(FactKey, FetchedFact)>) {
    for (key, fact) in facts {
        match (key, fact) {
            (_, FetchedFact::Pull(fact)) => snapshot.pull = Some(*fact),
            (_, FetchedFact::Changes(fact)) => snapshot.changes = Some(fact),
            (_, FetchedFact::Commits(fact)) => snapshot.commits = Some(fact),
            (_, FetchedFact::Labelings(fact)) => snapshot.labelings = Some(fact),
            (_, FetchedFact::Reviews(fact)) => snapshot.reviews = Some(fact),
            (_, FetchedFact::RequestedReviewers(fact)) => snapshot.requested_reviewers = Some(fact),
            (_, FetchedFact::Mergeable(fact)) => snapshot.mergeable = Some(fact),
            (_, FetchedFact::Statuses(fact)) => snapshot.statuses = Some(fact),
            (_, FetchedFact::CheckRuns(fact)) => snapshot.check_runs = Some(fact),
            (FactKey::File(file), FetchedFact::File(fact)) => {
                snapshot.files.insert(file, fact);
            }
            (FactKey::Size(file), FetchedFact::Size(size)) => {
                snapshot.sizes.insert(file, size);
            }
            (_, FetchedFact::CodeOwners(fact)) => snapshot.code_owners = Some(fact),
            (FactKey::Uses(word), FetchedFact::Uses(fact)) => {
                snapshot.uses.insert(word, fact);
            }
            (FactKey::Search(search), FetchedFact::Search(fact)) => {
                snapshot.searches.insert(search, fact);
            }
            (FactKey::Paths(patterns), FetchedFact::Paths(fact)) => {
                snapshot.paths.insert(patterns, fact);
            }
            (FactKey::Folder(folder), FetchedFact::Folder(fact)) => {
                snapshot.folders.insert(folder, fact);
            }
            (FactKey::Coverage(patterns), FetchedFact::Coverage(fact)) => {
                snapshot.coverage.insert(patterns, fact);
            }
            (FactKey::Lint(patterns), FetchedFact::Lint(fact)) => {
                snapshot.lint.insert(patterns, fact);
            }
            (FactKey::Source { layer, path }, FetchedFact::Source(text)) => {
                snapshot.sources.insert((layer, path), text);
            }
            (
                _,
                FetchedFact::File(_)
                | FetchedFact::Size(_)
                | FetchedFact::Uses(_)
                | FetchedFact::Search(_)
                | FetchedFact::Paths(_)
                | FetchedFact::Folder(_)
                | FetchedFact::Coverage(_)
                | FetchedFact::Lint(_)
                | FetchedFact::Source(_),
            ) => {
                debug_assert!(false, "fetch_facts pairs what it knows of files, words and reports with their keys");
            }
        }
    }
}

fn number(snapshot: &Snapshot) -> Option<PullNumber> {
    match &snapshot.pull {
        Some(Fact::Known(pull)) => Some(pull.number),
        Some(Fact::Unavailable(_)) | None => None,
    }
}

/// Whether the text lies in the account's repository `.github`: a file that the dangerfile there requires.
fn is_shared(snapshot: &Snapshot, key: &FactKey) -> bool {
    let FactKey::Source { layer, .. } = key else { return false };
    snapshot.ruleset.layers.get(*layer).is_some_and(|dangerfile| dangerfile.origin == Origin::Organisation)
}

fn text_place(snapshot: &Snapshot, key: &FactKey) -> Option<(CommitId, RepoPath)> {
    match key {
        FactKey::File(file) => Some(place_of(snapshot, file)),
        FactKey::Source { layer, path } => Some((snapshot.ruleset.layers.get(*layer)?.commit.clone()?, path.clone())),
        FactKey::Pull
        | FactKey::Changes
        | FactKey::Commits
        | FactKey::Labelings
        | FactKey::Reviews
        | FactKey::RequestedReviewers
        | FactKey::Mergeable
        | FactKey::Statuses
        | FactKey::CheckRuns
        | FactKey::Size(_)
        | FactKey::Uses(_)
        | FactKey::Search(_)
        | FactKey::Paths(_)
        | FactKey::Folder(_)
        | FactKey::Coverage(_)
        | FactKey::Lint(_)
        | FactKey::CodeOwners => None,
    }
}

fn size_place(snapshot: &Snapshot, key: &FactKey) -> Option<(CommitId, RepoPath)> {
    if let FactKey::Size(file) = key { Some(place_of(snapshot, file)) } else { None }
}

fn place_of(snapshot: &Snapshot, file: &FileKey) -> (CommitId, RepoPath) {
    let commit = match file.side {
        Side::Left => &snapshot.subject.base,
        Side::Right => &snapshot.subject.head,
    };
    (commit.clone(), file.path.clone())
}

/// What is said of a fact that has no place to come from: no pull request in the snapshot, or a dangerfile without a commit.
fn nothing(key: &FactKey) -> FetchedFact {
    let missing = Unavailable::NeedsPullRequest;
    match key {
        FactKey::Pull => FetchedFact::Pull(Box::new(Fact::Unavailable(missing))),
        FactKey::Changes => FetchedFact::Changes(Fact::Unavailable(missing)),
        FactKey::Commits => FetchedFact::Commits(Fact::Unavailable(missing)),
        FactKey::Labelings => FetchedFact::Labelings(Fact::Unavailable(missing)),
        FactKey::Reviews => FetchedFact::Reviews(Fact::Unavailable(missing)),
        FactKey::RequestedReviewers => FetchedFact::RequestedReviewers(Fact::Unavailable(missing)),
        FactKey::Mergeable => FetchedFact::Mergeable(Fact::Unavailable(missing)),
        FactKey::Statuses => FetchedFact::Statuses(Fact::Unavailable(missing)),
        FactKey::CheckRuns => FetchedFact::CheckRuns(Fact::Unavailable(missing)),
        FactKey::File(_) => FetchedFact::File(Fact::Unavailable(missing)),
        FactKey::Size(_) => FetchedFact::Size(Fact::Unavailable(missing)),
        FactKey::CodeOwners => FetchedFact::CodeOwners(Fact::Unavailable(missing)),
        // GitHub searches the default branch only, which is neither side of a pull request.
        FactKey::Uses(_) => FetchedFact::Uses(Fact::Unavailable(Unavailable::NeedsCheckout)),
        FactKey::Search(_) => FetchedFact::Search(Fact::Unavailable(missing)),
        FactKey::Paths(_) => FetchedFact::Paths(Fact::Unavailable(missing)),
        FactKey::Folder(_) => FetchedFact::Folder(Fact::Unavailable(missing)),
        FactKey::Coverage(_) => FetchedFact::Coverage(Fact::Unavailable(Unavailable::NoReports)),
        FactKey::Lint(_) => FetchedFact::Lint(Fact::Unavailable(Unavailable::NoReports)),
        FactKey::Source { .. } => FetchedFact::Source(None),
    }
}

impl RepoClient {
    /// A refusal is a fact about the app, or the token, which lacks this permission; anything else is a failure of the
    /// call.
    pub(super) fn settled<T>(
        &self,
        result: Result<Fact<T>, CallError>,
        permission: &str,
    ) -> Result<Fact<T>, CallError> {
        match result {
            Err(CallError::Forbidden(_)) => Ok(Fact::Unavailable(self.lacks(permission))),
            other => other,
        }
    }

    fn lacks(&self, permission: &str) -> Unavailable {
        match self.shared.app_id() {
            Some(_) => Unavailable::NoPermission(permission.to_owned()),
            None => Unavailable::TokenLacks(permission.to_owned()),
        }
    }
}
