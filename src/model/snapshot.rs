//! Everything that the rules may see of one pull request at one head.

use super::{
    CodeOwnersFile, Commit, CommitId, CoverageFacts, Fact, FactKey, Fault, FileChange, FileKey, FileText, HeadCheckRun,
    HeadStatus, Labeling, LintFacts, Override, Preview, PullRequest, QueuedPull, RepoName, RepoPath,
    RequestedReviewers, Review, Ruleset, Search, Searched, Timestamp, Unavailable, Waits,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is judged: fixed for the whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The repository, when it has a name on GitHub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<RepoName>,
    /// The merge base.
    pub base: CommitId,
    /// The proposed commit.
    pub head: CommitId,
    /// The run's own "now"; the only clock that rules see.
    pub started_at: Timestamp,
}

/// All facts gathered so far, with the rules that read them. Same snapshot, same verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// What is judged.
    pub subject: Subject,
    /// The rules.
    pub ruleset: Ruleset,
    /// [`FactKey::Pull`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull: Option<Fact<PullRequest>>,
    /// [`FactKey::Changes`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Fact<Vec<FileChange>>>,
    /// [`FactKey::Commits`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<Fact<Vec<Commit>>>,
    /// [`FactKey::Labelings`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labelings: Option<Fact<Vec<Labeling>>>,
    /// [`FactKey::Reviews`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviews: Option<Fact<Vec<Review>>>,
    /// [`FactKey::RequestedReviewers`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_reviewers: Option<Fact<RequestedReviewers>>,
    /// [`FactKey::Mergeable`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mergeable: Option<Fact<bool>>,
    /// [`FactKey::Statuses`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statuses: Option<Fact<Vec<HeadStatus>>>,
    /// [`FactKey::CheckRuns`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_runs: Option<Fact<Vec<HeadCheckRun>>>,
    /// [`FactKey::File`].
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<FileKey, Fact<FileText>>,
    /// [`FactKey::Size`]: bytes; `None` is "no such file".
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub sizes: BTreeMap<FileKey, Fact<Option<u64>>>,
    /// [`FactKey::CodeOwners`]; `None` is "no such file".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_owners: Option<Fact<Option<CodeOwnersFile>>>,
    /// [`FactKey::Uses`]: the paths by word.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub uses: BTreeMap<String, Fact<Vec<RepoPath>>>,
    /// [`FactKey::Search`]
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub searches: BTreeMap<Search, Fact<Searched>>,
    /// [`FactKey::Paths`], sorted.
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub paths: BTreeMap<Vec<String>, Fact<Vec<RepoPath>>>,
    /// [`FactKey::Folder`]: paths from the root of the repository, sorted.
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub folders: BTreeMap<FileKey, Fact<Vec<RepoPath>>>,
    /// [`FactKey::Coverage`]
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub coverage: BTreeMap<Vec<String>, Fact<CoverageFacts>>,
    /// [`FactKey::Lint`]
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub lint: BTreeMap<Vec<String>, Fact<LintFacts>>,
    /// [`FactKey::Source`]: per layer, path to text; `None` is "no such file".
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<(usize, RepoPath), Option<String>>,
    /// Since when facts are awaited; `None` in a run that cannot wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    /// The pull requests of the merge group that is judged; `None` where a pull request is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Vec<QueuedPull>>,
    /// What people let pass on this pull request, oldest first. No rule sees it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// What the reader of the check has to know besides, which the verdict repeats: why these rules judge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What the rules say that the pull request brings. No rule sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Box<Preview>>,
    /// Whether rules that it brings were not tried, because nobody with write permission asked for it. No rule sees it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub preview_waits: bool,
    /// Why the rules that the pull request brings do not load, when they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought: Option<Fault>,
    /// Whether the rules are only loaded: the code outside of rules runs, and none of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_loads: bool,
}

impl Snapshot {
    /// A snapshot without facts.
    pub fn new(subject: Subject, ruleset: Ruleset) -> Self {
        Snapshot {
            subject,
            ruleset,
            pull: None,
            changes: None,
            commits: None,
            labelings: None,
            reviews: None,
            requested_reviewers: None,
            mergeable: None,
            statuses: None,
            check_runs: None,
            files: BTreeMap::new(),
            sizes: BTreeMap::new(),
            code_owners: None,
            uses: BTreeMap::new(),
            searches: BTreeMap::new(),
            paths: BTreeMap::new(),
            folders: BTreeMap::new(),
            coverage: BTreeMap::new(),
            lint: BTreeMap::new(),
            sources: BTreeMap::new(),
            waits: None,
            group: None,
            overrides: Vec::new(),
            notes: Vec::new(),
            preview: None,
            preview_waits: false,
            brought: None,
            only_loads: false,
        }
    }

    /// Whether a fact was gathered already, known or not.
    pub fn has(&self, key: &FactKey) -> bool {
        match key {
            FactKey::Pull => self.pull.is_some(),
            FactKey::Changes => self.changes.is_some(),
            FactKey::Commits => self.commits.is_some(),
            FactKey::Labelings => self.labelings.is_some(),
            FactKey::Reviews => self.reviews.is_some(),
            FactKey::RequestedReviewers => self.requested_reviewers.is_some(),
            FactKey::Mergeable => self.mergeable.is_some(),
            FactKey::Statuses => self.statuses.is_some(),
            FactKey::CheckRuns => self.check_runs.is_some(),
            FactKey::File(file) => self.files.contains_key(file),
            FactKey::Size(file) => self.sizes.contains_key(file),
            FactKey::CodeOwners => self.code_owners.is_some(),
            FactKey::Uses(word) => self.uses.contains_key(word),
            FactKey::Search(search) => self.searches.contains_key(search),
            FactKey::Paths(patterns) => self.paths.contains_key(patterns),
            FactKey::Folder(folder) => self.folders.contains_key(folder),
            FactKey::Coverage(patterns) => self.coverage.contains_key(patterns),
            FactKey::Lint(patterns) => self.lint.contains_key(patterns),
            FactKey::Source { layer, path } => self.sources.contains_key(&(*layer, path.clone())),
        }
    }
}

impl Snapshot {
    /// Notes that a fact cannot be had. A script is then one that does not exist.
    pub fn refuse(&mut self, key: &FactKey, reason: Unavailable) {
        match key {
            FactKey::Pull => self.pull = Some(Fact::Unavailable(reason)),
            FactKey::Changes => self.changes = Some(Fact::Unavailable(reason)),
            FactKey::Commits => self.commits = Some(Fact::Unavailable(reason)),
            FactKey::Labelings => self.labelings = Some(Fact::Unavailable(reason)),
            FactKey::Reviews => self.reviews = Some(Fact::Unavailable(reason)),
            FactKey::RequestedReviewers => self.requested_reviewers = Some(Fact::Unavailable(reason)),
            FactKey::Mergeable => self.mergeable = Some(Fact::Unavailable(reason)),
            FactKey::Statuses => self.statuses = Some(Fact::Unavailable(reason)),
            FactKey::CheckRuns => self.check_runs = Some(Fact::Unavailable(reason)),
            FactKey::CodeOwners => self.code_owners = Some(Fact::Unavailable(reason)),
            FactKey::File(file) => {
                self.files.insert(file.clone(), Fact::Unavailable(reason));
            }
            FactKey::Size(file) => {
                self.sizes.insert(file.clone(), Fact::Unavailable(reason));
            }
            FactKey::Uses(word) => {
                self.uses.insert(word.clone(), Fact::Unavailable(reason));
            }
            FactKey::Search(search) => {
                self.searches.insert(search.clone(), Fact::Unavailable(reason));
            }
            FactKey::Paths(patterns) => {
                self.paths.insert(patterns.clone(), Fact::Unavailable(reason));
            }
            FactKey::Folder(folder) => {
                self.folders.insert(folder.clone(), Fact::Unavailable(reason));
            }
            FactKey::Coverage(patterns) => {
                self.coverage.insert(patterns.clone(), Fact::Unavailable(reason));
            }
            FactKey::Lint(patterns) => {
                self.lint.insert(patterns.clone(), Fact::Unavailable(reason));
            }
            FactKey::Source { layer, path } => {
                self.sources.insert((*layer, path.clone()), None);
            }
        }
    }

    /// Facts that are not there yet.
    pub fn awaited(&self) -> BTreeSet<FactKey> {
        let mergeable = is_awaited(self.mergeable.as_ref()).then_some(FactKey::Mergeable);
        let coverage = self.coverage.iter().filter(|(_, fact)| is_awaited(Some(fact)));
        let coverage = coverage.map(|(patterns, _)| FactKey::Coverage(patterns.clone()));
        let lint = self.lint.iter().filter(|(_, fact)| is_awaited(Some(fact)));
        let lint = lint.map(|(patterns, _)| FactKey::Lint(patterns.clone()));
        coverage.chain(lint).chain(mergeable).collect()
    }
}

fn is_awaited<T>(fact: Option<&Fact<T>>) -> bool {
    matches!(fact, Some(Fact::Unavailable(Unavailable::Awaited(_))))
}

/// Maps whose keys are not strings, as a list of pairs: JSON has no other way.
pub(super) mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    pub(in crate::model) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map.iter())
    }

    pub(in crate::model) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}
