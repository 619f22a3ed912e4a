//! Fetches the facts that the rules asked for, all at once, and puts them into the snapshot.

use super::CallError;
use super::repo::RepoClient;
use crate::model::{
    Commit, CommitId, Fact, FactKey, FileChange, FileText, Labeling, PullRequest, RepoPath, Side, Snapshot, Unavailable,
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
    /// [`FactKey::File`].
    File(Fact<FileText>),
    /// [`FactKey::Uses`].
    Uses(Fact<Vec<RepoPath>>),
    /// [`FactKey::Source`]; `None` is "no such file".
    Source(Option<String>),
}

impl RepoClient {
    /// The facts of `wanted` that the snapshot lacks, in as few requests as possible, side by side.
    ///
    /// # Errors
    /// The first call that failed; a missing permission is no error but [`Unavailable::NoPermission`].
    pub async fn fetch_facts(
        &self,
        snapshot: &Snapshot,
        wanted: &BTreeSet<FactKey>,
    ) -> Result<Vec<(FactKey, FetchedFact)>, CallError> {
        let lacking: Vec<&FactKey> = wanted.iter().filter(|key| !snapshot.has(key)).collect();
        let texts: Vec<(&FactKey, (CommitId, RepoPath))> =
            lacking.iter().filter_map(|key| Some((*key, text_place(snapshot, key)?))).collect();
        let (changes, commits, labelings, files) = futures_util::try_join!(
            self.changes(snapshot, lacking.contains(&&FactKey::Changes)),
            self.commits(snapshot, lacking.contains(&&FactKey::Commits)),
            self.labelings(snapshot, lacking.contains(&&FactKey::Labelings)),
            self.texts(&texts),
        )?;
        let mut facts: Vec<(FactKey, FetchedFact)> = Vec::with_capacity(lacking.len());
        facts.extend(changes.map(|fact| (FactKey::Changes, FetchedFact::Changes(fact))));
        facts.extend(commits.map(|fact| (FactKey::Commits, FetchedFact::Commits(fact))));
        facts.extend(labelings.map(|fact| (FactKey::Labelings, FetchedFact::Labelings(fact))));
        facts.extend(files);
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
                settled(self.fetch_changes(pull.number, ends, None).await).map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn commits(&self, snapshot: &Snapshot, wanted: bool) -> Result<Option<Fact<Vec<Commit>>>, CallError> {
        if !wanted {
            return Ok(None);
        }
        let comparison = self.fetch_comparison(&snapshot.subject.base, &snapshot.subject.head).await;
        settled(comparison.map(|comparison| Fact::Known(comparison.commits))).map(Some)
    }

    async fn labelings(&self, snapshot: &Snapshot, wanted: bool) -> Result<Option<Fact<Vec<Labeling>>>, CallError> {
        match &snapshot.pull {
            Some(Fact::Known(pull)) if wanted => settled(self.fetch_labelings(pull).await.map(Fact::Known)).map(Some),
            _ => Ok(None),
        }
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
                FileText::Absent | FileText::NotText(_) | FileText::Cut(_) => None,
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
            (FactKey::File(file), FetchedFact::File(fact)) => {
                snapshot.files.insert(file, fact);
            }
            (FactKey::Uses(word), FetchedFact::Uses(fact)) => {
                snapshot.uses.insert(word, fact);
            }
            (FactKey::Source { layer, path }, FetchedFact::Source(text)) => {
                snapshot.sources.insert((layer, path), text);
            }
            (_, FetchedFact::File(_) | FetchedFact::Uses(_) | FetchedFact::Source(_)) => {
                debug_assert!(false, "fetch_facts pairs facts with their keys");
            }
        }
    }
}

fn text_place(snapshot: &Snapshot, key: &FactKey) -> Option<(CommitId, RepoPath)> {
    match key {
        FactKey::File(file) => {
            let commit = match file.side {
                Side::Left => &snapshot.subject.base,
                Side::Right => &snapshot.subject.head,
            };
            Some((commit.clone(), file.path.clone()))
        }
        FactKey::Source { layer, path } => Some((snapshot.ruleset.layers.get(*layer)?.commit.clone()?, path.clone())),
        FactKey::Pull | FactKey::Changes | FactKey::Commits | FactKey::Labelings | FactKey::Uses(_) => None,
    }
}

/// What is said of a fact that has no place to come from: no pull request in the snapshot, or a dangerfile without a commit.
fn nothing(key: &FactKey) -> FetchedFact {
    let missing = Unavailable::NeedsPullRequest;
    match key {
        FactKey::Pull => FetchedFact::Pull(Box::new(Fact::Unavailable(missing))),
        FactKey::Changes => FetchedFact::Changes(Fact::Unavailable(missing)),
        FactKey::Commits => FetchedFact::Commits(Fact::Unavailable(missing)),
        FactKey::Labelings => FetchedFact::Labelings(Fact::Unavailable(missing)),
        FactKey::File(_) => FetchedFact::File(Fact::Unavailable(missing)),
        // GitHub searches the default branch only, which is neither side of a pull request.
        FactKey::Uses(_) => FetchedFact::Uses(Fact::Unavailable(Unavailable::NeedsCheckout)),
        FactKey::Source { .. } => FetchedFact::Source(None),
    }
}

/// A refusal is a fact about the app; anything else is a failure of the call.
fn settled<T>(result: Result<Fact<T>, CallError>) -> Result<Fact<T>, CallError> {
    match result {
        Err(CallError::Forbidden(needed)) => Ok(Fact::Unavailable(Unavailable::NoPermission(needed))),
        other => other,
    }
}
