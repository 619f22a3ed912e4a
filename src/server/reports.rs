//! What a review knows from reports that were sent to this server: read again for each review, one after the other, and
//! brought to the head that is judged.

use super::passes::JudgingError;
use crate::analysis::coverage::{
    Named, Places, Tree, combine, compare_projects, merge, parse_report, restrict, transfer,
};
use crate::analysis::lint::{self, NamedLint};
use crate::github::RepoClient;
use crate::model::{
    ChangeStatus, CommitId, CoverageFacts, Fact, FileChange, FileText, LintFacts, RepoPath, RepositoryId, Snapshot,
};
use crate::store::{KeptReport, ReportKind, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many commits before the head are looked at for reports whose flag has none at the head.
const MAX_EARLIER: usize = 50;

/// In so many unchanged files results of a test merge are brought to the head.
const MAX_ELSEWHERE: usize = 100;

/// Where reports of a repository are found.
pub(super) struct Reports<'a> {
    pub(super) store: &'a Store,
    pub(super) client: &'a RepoClient,
    pub(super) repository: RepositoryId,
}

impl Reports<'_> {
    /// What the reports of coverage say of the changed files; `None` while there is none.
    pub(super) async fn load_coverage(&self, snapshot: &Snapshot) -> Result<Option<CoverageFacts>, JudgingError> {
        let head = &snapshot.subject.head;
        let mut reports = self.find(head, ReportKind::Coverage).await?;
        if reports.is_empty() {
            return Ok(None);
        }
        let earlier = self.find_earlier(snapshot, &reports).await?;
        let mut facts =
            CoverageFacts { carried: earlier.iter().map(say_carried).collect(), ..CoverageFacts::default() };
        reports.extend(earlier);
        let changes = changes(snapshot);
        let tree = Arc::new(self.load_tree(snapshot, &mut facts.notes).await?);
        let base = self.load_base(snapshot, &tree).await?;
        let mut whole = base.as_ref().map(|_| CoverageFacts::default());
        for report in reports {
            let Some(mut more) = self.load_one(&report, &tree).await? else { continue };
            if let Some(whole) = &mut whole {
                merge(whole, more.clone());
            }
            restrict(&mut more, &changes);
            if report.commit != *head {
                let texts = self.load_texts(&report.commit, head, more.files.keys()).await?;
                more = in_background(move || moved(more, &texts)).await?;
            }
            merge(&mut facts, more);
        }
        if let (Some(base), Some(whole)) = (base, whole) {
            let commit = snapshot.subject.base.clone();
            let compared = in_background(move || compare_projects((&commit, &base), &whole, &changes)).await?;
            facts.project = Some(compared);
        }
        Ok(Some(facts))
    }

    async fn load_one(&self, report: &KeptReport, tree: &Arc<Tree>) -> Result<Option<CoverageFacts>, JudgingError> {
        let Some(bytes) = self.store.load_report(&report.id).await.map_err(kept)? else { return Ok(None) };
        let (tree, name) = (tree.clone(), label(report));
        in_background(move || read_coverage(&bytes, name, &tree)).await.map(Some)
    }

    /// What the reports of the base say; paths are looked for among the files of the head, so that one that is gone counts
    /// for nothing. Reports of a test merge are not of the base.
    async fn load_base(&self, snapshot: &Snapshot, tree: &Arc<Tree>) -> Result<Option<CoverageFacts>, JudgingError> {
        let base = &snapshot.subject.base;
        let mut facts = CoverageFacts::default();
        for report in self.find(base, ReportKind::Coverage).await? {
            if report.commit == *base
                && let Some(more) = self.load_one(&report, tree).await?
            {
                merge(&mut facts, more);
            }
        }
        Ok((!facts.files.is_empty()).then_some(facts))
    }

    /// What the reports of linters say; `None` when there is none.
    pub(super) async fn load_lint(&self, snapshot: &Snapshot) -> Result<Option<LintFacts>, JudgingError> {
        let head = &snapshot.subject.head;
        let reports = self.find(head, ReportKind::Lint).await?;
        if reports.is_empty() {
            return Ok(None);
        }
        let mut facts = LintFacts::default();
        let mut notes = Vec::new();
        let tree = Arc::new(self.load_tree(snapshot, &mut notes).await?);
        let mut named: BTreeMap<CommitId, Vec<NamedLint>> = BTreeMap::new();
        for report in reports {
            let Some(bytes) = self.store.load_report(&report.id).await.map_err(kept)? else { continue };
            let name = label(&report);
            let file = report.name.clone();
            match in_background(move || lint::read_file(&file, &bytes)).await? {
                Ok(read) => {
                    let flag = report.flag.clone();
                    named.entry(report.commit).or_default().push(NamedLint { name, beside: None, flag, report: read });
                }
                Err(error) => notes.push(format!("{name} {error}.")),
            }
        }
        let changed = changed_paths(snapshot);
        for (commit, named) in named {
            let (tree, near) = (tree.clone(), changed.clone());
            let mut more = in_background(move || lint::combine(named, &tree, &Places::default(), &near)).await?;
            if commit != *head {
                let paths = paths_to_compare(&mut more, &changed);
                let texts = self.load_texts(&commit, head, paths.iter()).await?;
                more = in_background(move || lint_moved(more, &texts)).await?;
            }
            lint::merge(&mut facts, more);
        }
        facts.notes.extend(notes);
        Ok(Some(facts))
    }

    async fn find(&self, head: &CommitId, kind: ReportKind) -> Result<Vec<KeptReport>, JudgingError> {
        self.store.find_reports(self.repository, head, kind).await.map_err(kept)
    }

    /// Reports of commits before the head whose flags were not sent for the head.
    async fn find_earlier(&self, snapshot: &Snapshot, sent: &[KeptReport]) -> Result<Vec<KeptReport>, JudgingError> {
        let flags: BTreeSet<String> = sent.iter().filter_map(|it| it.flag.clone()).collect();
        if flags.is_empty() {
            return Ok(Vec::new());
        }
        let commits = match &snapshot.commits {
            Some(Fact::Known(commits)) => commits.as_slice(),
            Some(Fact::Unavailable(_)) | None => &[],
        };
        let newest_first = commits.iter().rev().map(|commit| commit.sha.clone()).chain([snapshot.subject.base.clone()]);
        let before: Vec<CommitId> =
            newest_first.filter(|commit| *commit != snapshot.subject.head).take(MAX_EARLIER).collect();
        let found = self.store.find_earlier_reports(self.repository, &before, ReportKind::Coverage, &flags).await;
        found.map_err(kept)
    }

    /// The files of the head. Where their list cannot be had, the changed ones.
    async fn load_tree(&self, snapshot: &Snapshot, notes: &mut Vec<String>) -> Result<Tree, JudgingError> {
        let mut paths = match self.client.fetch_paths(&snapshot.subject.head).await? {
            Fact::Known(paths) => paths,
            Fact::Unavailable(_) => {
                notes.push(
                    "GitHub does not list all files of this repository, so that paths of reports are looked for among \
                     the changed files only."
                        .to_owned(),
                );
                Vec::new()
            }
        };
        paths.extend(changed_paths(snapshot));
        paths.sort_unstable();
        paths.dedup();
        Ok(Tree::new(paths))
    }

    async fn load_texts(
        &self,
        there: &CommitId,
        here: &CommitId,
        paths: impl Iterator<Item = &RepoPath>,
    ) -> Result<BTreeMap<RepoPath, (FileText, FileText)>, JudgingError> {
        let paths: Vec<RepoPath> = paths.cloned().collect();
        if paths.is_empty() {
            return Ok(BTreeMap::new());
        }
        let at = |commit: &CommitId| paths.iter().map(|path| (commit.clone(), path.clone())).collect::<Vec<_>>();
        let mut texts = self.client.fetch_files(&[at(there), at(here)].concat()).await?;
        let of_head = texts.split_off(paths.len());
        Ok(paths.into_iter().zip(texts.into_iter().zip(of_head)).collect())
    }
}

fn read_coverage(bytes: &[u8], name: String, tree: &Tree) -> CoverageFacts {
    match parse_report(bytes) {
        Ok(report) => combine(vec![Named { name, beside: None, report }], tree, &Places::default()),
        // It was read when it came; a stricter version is running now.
        Err(error) => CoverageFacts { notes: vec![format!("{name} {error}.")], ..CoverageFacts::default() },
    }
}

fn moved(mut facts: CoverageFacts, texts: &BTreeMap<RepoPath, (FileText, FileText)>) -> CoverageFacts {
    transfer(&mut facts, texts);
    facts
}

/// The files that linters speak of. Of those outside the pull request the first; results in others are left out.
fn paths_to_compare(facts: &mut LintFacts, changed: &BTreeSet<RepoPath>) -> BTreeSet<RepoPath> {
    let (mut paths, elsewhere): (BTreeSet<RepoPath>, BTreeSet<RepoPath>) =
        facts.results.iter().map(|it| it.path.clone()).partition(|path| changed.contains(path));
    paths.extend(elsewhere.into_iter().take(MAX_ELSEWHERE));
    facts.doubts.retain(|it| changed.contains(&it.result.path) || paths.contains(&it.result.path));
    paths.extend(facts.doubts.iter().map(|it| it.result.path.clone()));
    let before = facts.results.len();
    facts.results.retain(|it| paths.contains(&it.path));
    let dropped = before - facts.results.len();
    if dropped > 0 {
        facts.notes.push(format!(
            "A linter's report of a test merge has results in many files that did not change; {dropped} of them are left out."
        ));
    }
    paths
}

fn lint_moved(mut facts: LintFacts, texts: &BTreeMap<RepoPath, (FileText, FileText)>) -> LintFacts {
    lint::transfer(&mut facts, texts);
    facts
}

/// How people call it: by its name and its flag.
fn label(report: &KeptReport) -> String {
    match &report.flag {
        Some(flag) if *flag != report.name => format!("{} ({flag})", report.name),
        _ => report.name.clone(),
    }
}

fn say_carried(report: &KeptReport) -> String {
    let flag = report.flag.as_deref().unwrap_or_default();
    format!("Nothing was sent for `{flag}` at this commit: its report of {} is carried forward.", report.commit.short())
}

fn changes(snapshot: &Snapshot) -> Vec<FileChange> {
    match &snapshot.changes {
        Some(Fact::Known(changes)) => changes.clone(),
        Some(Fact::Unavailable(_)) | None => Vec::new(),
    }
}

fn changed_paths(snapshot: &Snapshot) -> BTreeSet<RepoPath> {
    let present = changes(snapshot).into_iter().filter(|change| change.status != ChangeStatus::Removed);
    present.map(|change| change.path).collect()
}

/// Reading takes up to a second; other reviews go on meanwhile.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JudgingError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| JudgingError::Kept("a report makes its reader fail".to_owned()))
}

fn kept(error: StoreError) -> JudgingError {
    JudgingError::Kept(error.to_string())
}
