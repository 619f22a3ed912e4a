//! Runs a case: a snapshot from its blocks, the rules over it, the findings compared.

use super::case::{Case, CaseProblem};
use super::compare::compare;
use super::effects::parse_effects;
use super::findings::parse_findings;
use super::pull::{Pull, REPOSITORY, parse_pull};
use super::reports::user;
use super::texts::{collect_texts, find_lacking};
use crate::analysis::coverage::{Named, Places, Tree, combine, parse_report, restrict};
use crate::analysis::lint::{self, NamedLint, is_lint_file};
use crate::analysis::search::{holds_word, order_by_likelihood};
use crate::cli::clock::start_clock;
use crate::lua::Globs;
use crate::model::{
    Author, ChangeStatus, CodeOwnersFile, Commit, CommitId, CoverageFacts, Dangerfile, Fact, FactKey, FileKey,
    FileText, Label, Labeling, LintFacts, Origin, PullDetails, PullNumber, PullRequest, PullState, Ref, RepoName,
    RepoPath, Ruleset, Search, Searched, Side, Snapshot, Subject, Timestamp, Verdict, Verification,
};
use crate::review::{self, MAX_PASSES, Outcome};
use std::collections::{BTreeMap, BTreeSet};

/// Every case runs at 2026-01-01T00:00:00Z.
const STARTED_AT: Timestamp = Timestamp(1_767_225_600_000);

/// Gives the text of a file that a dangerfile requires; `None` when there is none.
pub type Sources<'a> = &'a dyn Fn(&RepoPath) -> Option<String>;

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseResult {
    /// The findings are the expected ones.
    Passed,
    /// Something else was found; the text is a small diff, `-` expected and `+` found.
    Failed(String),
    /// The case itself is written wrongly.
    Broken(CaseProblem),
}

/// Runs a case whose dangerfile requires no files. `default_rule` is the dangerfile of a case without a `lua` block,
/// such as `use("changelog")`.
pub fn run_case(case: &Case, default_rule: &str) -> CaseResult {
    run_case_with(case, default_rule, &|_| None)
}

/// Runs a case; its dangerfile lies in the root of `sources`.
pub fn run_case_with(case: &Case, default_rule: &str, sources: Sources<'_>) -> CaseResult {
    run_case_by(case, &CaseRules::of_text(default_rule.to_owned()), sources)
}

/// The rules of cases that bring none: a dangerfile with its path from the root of the sources.
pub(in crate::cli) struct CaseRules {
    pub(in crate::cli) path: RepoPath,
    pub(in crate::cli) text: String,
}

impl CaseRules {
    /// A text that stands where a case's own rules do.
    pub(in crate::cli) fn of_text(text: String) -> Self {
        CaseRules { path: OWN_PATH.into(), text }
    }
}

/// Where the rules of a case lie.
const OWN_PATH: &str = "dangerfile.lua";

/// The same for rules that lie somewhere else.
pub(in crate::cli) fn run_case_by(case: &Case, default_rules: &CaseRules, sources: Sources<'_>) -> CaseResult {
    let expected = || -> Result<_, CaseProblem> {
        Ok((parse_findings(&case.findings)?, case.effects.as_ref().map(parse_effects).transpose()?))
    };
    let judged = expected().and_then(|expected| Ok((expected, judge(case, default_rules, sources)?)));
    match judged {
        Ok(((findings, effects), verdict)) => match compare(&findings, effects.as_deref(), &verdict) {
            same if same.is_empty() => CaseResult::Passed,
            difference => CaseResult::Failed(difference),
        },
        Err(problem) => CaseResult::Broken(problem),
    }
}

fn judge(case: &Case, default_rules: &CaseRules, sources: Sources<'_>) -> Result<Verdict, CaseProblem> {
    let pull = match &case.pr {
        Some(block) => parse_pull(block)?,
        None => Pull::default(),
    };
    let texts = collect_texts(case, &pull);
    let mut snapshot = build_snapshot(case, default_rules, &pull);
    let clock = start_clock();
    for _ in 0..MAX_PASSES {
        let wanted = match review::run(&snapshot, &clock) {
            Outcome::Done(verdict) => {
                return match find_lacking(&texts, &verdict) {
                    Some(message) => Err(CaseProblem::new(case.line, message)),
                    None => Ok(*verdict),
                };
            }
            Outcome::Missing(wanted) => wanted,
        };
        for key in wanted {
            match key {
                FactKey::Pull
                | FactKey::Changes
                | FactKey::Commits
                | FactKey::Labelings
                | FactKey::Reviews
                | FactKey::RequestedReviewers
                | FactKey::Statuses
                | FactKey::CheckRuns => {}
                FactKey::Mergeable => snapshot.mergeable = Some(Fact::Known(pull.mergeable)),
                FactKey::Size(file) => {
                    let size = find_size(&pull, &texts, &file);
                    snapshot.sizes.insert(file, Fact::Known(size));
                }
                FactKey::CodeOwners => {
                    let key = |path: &str| FileKey { side: Side::Left, path: path.into() };
                    let text = |path: &&str| texts.get(&key(path)).cloned().unwrap_or(FileText::Absent);
                    let found = CodeOwnersFile::first(CodeOwnersFile::PLACES.iter().map(text));
                    snapshot.code_owners = Some(Fact::Known(found));
                }
                FactKey::File(file) => {
                    let text = text_of(&texts, &pull, &file).unwrap_or_else(|| folder(&texts, &pull, &file));
                    snapshot.files.insert(file, Fact::Known(text));
                    let rest = texts.iter().map(|(key, text)| (key.clone(), Fact::Known(text.clone())));
                    snapshot.files.extend(rest);
                }
                FactKey::Uses(word) => {
                    let fact = Fact::Known(uses(&texts, &word));
                    snapshot.uses.insert(word, fact);
                }
                FactKey::Search(search) => {
                    let fact = Fact::Known(find(&texts, &pull, &search));
                    snapshot.searches.insert(search, fact);
                }
                FactKey::Paths(patterns) => {
                    let fact = Fact::Known(paths(&texts, &pull, &patterns));
                    snapshot.paths.insert(patterns, fact);
                }
                FactKey::Folder(folder) => {
                    let fact = Fact::Known(files_below(&texts, &folder));
                    snapshot.folders.insert(folder, fact);
                }
                FactKey::Coverage(patterns) => {
                    let fact = Fact::Known(coverage(case, &pull, &texts)?);
                    snapshot.coverage.insert(patterns, fact);
                }
                FactKey::Lint(patterns) => {
                    let fact = Fact::Known(lint(case, &pull, &texts)?);
                    snapshot.lint.insert(patterns, fact);
                }
                FactKey::Source { layer, path } => {
                    let text = sources(&path);
                    snapshot.sources.insert((layer, path), text);
                }
            }
        }
    }
    Err(CaseProblem::new(case.line, format!("the rules still asked for more facts after {MAX_PASSES} passes")))
}

/// What the case's linters say.
fn lint(case: &Case, pull: &Pull, texts: &BTreeMap<FileKey, FileText>) -> Result<LintFacts, CaseProblem> {
    let mut reports = Vec::new();
    for (name, block) in case.reports.iter().filter(|(name, block)| is_lint_file(name, block.text.as_bytes())) {
        let report = lint::read_file(name, block.text.as_bytes())
            .map_err(|error| CaseProblem::new(block.line, format!("the report {name} {error}")))?;
        reports.push(NamedLint { name: name.clone(), beside: None, flag: None, report });
    }
    let changed = pull.changes.iter().filter(|change| change.status != ChangeStatus::Removed);
    let changed = changed.map(|change| change.path.clone()).collect();
    Ok(lint::combine(reports, &tree_of(pull, texts), &Places::default(), &changed))
}

/// The files that paths of reports are looked for in.
fn tree_of(pull: &Pull, texts: &BTreeMap<FileKey, FileText>) -> Tree {
    let known = texts.keys().filter(|key| key.side == Side::Right).map(|key| key.path.clone());
    Tree::new(known.chain(pull.changes.iter().map(|change| change.path.clone())).collect::<BTreeSet<_>>())
}

/// The files of the head that match.
fn paths(texts: &BTreeMap<FileKey, FileText>, pull: &Pull, patterns: &[String]) -> Vec<RepoPath> {
    let Ok(globs) = Globs::parse(patterns) else { return Vec::new() };
    let given = texts.iter().filter(|(key, text)| key.side == Side::Right && **text != FileText::Absent);
    let changed = pull.changes.iter().filter(|change| change.status != ChangeStatus::Removed);
    let all: BTreeSet<RepoPath> =
        given.map(|(key, _)| key.path.clone()).chain(changed.map(|change| change.path.clone())).collect();
    all.into_iter().filter(|path| globs.matches(path.as_str())).collect()
}

/// What the case's reports say; their paths are looked for among the files of the head.
fn coverage(case: &Case, pull: &Pull, texts: &BTreeMap<FileKey, FileText>) -> Result<CoverageFacts, CaseProblem> {
    let mut reports = Vec::new();
    for (name, block) in case.reports.iter().filter(|(name, block)| !is_lint_file(name, block.text.as_bytes())) {
        let report = parse_report(block.text.as_bytes())
            .map_err(|error| CaseProblem::new(block.line, format!("the report {name} {error}")))?;
        reports.push(Named { name: name.clone(), beside: None, report });
    }
    let mut facts = combine(reports, &tree_of(pull, texts), &Places::default());
    restrict(&mut facts, &pull.changes);
    Ok(facts)
}

/// What the case tells of a file. One that the diff leaves alone is at the base what it is at the head.
fn text_of(texts: &BTreeMap<FileKey, FileText>, pull: &Pull, file: &FileKey) -> Option<FileText> {
    let touched = |path: &RepoPath| pull.changes.iter().any(|it| it.path == *path || it.old_path() == path);
    let same = || match file.side {
        Side::Left if !touched(&file.path) => texts.get(&FileKey { side: Side::Right, path: file.path.clone() }),
        Side::Left | Side::Right => None,
    };
    texts.get(file).or_else(same).cloned()
}

/// A file's bytes: as the case says, else of its text.
fn find_size(pull: &Pull, texts: &BTreeMap<FileKey, FileText>, file: &FileKey) -> Option<u64> {
    let said = pull.sizes.iter().find(|(path, _)| file.side == Side::Right && *path == file.path.as_str());
    said.map(|(_, size)| *size).or_else(|| match texts.get(file)? {
        FileText::Text(text) => Some(text.len() as u64),
        FileText::NotText(_) => Some(0),
        FileText::Absent | FileText::Folder(_) | FileText::Cut(_) => None,
    })
}

/// The files of the head that hold the word.
fn uses(texts: &BTreeMap<FileKey, FileText>, word: &str) -> Vec<RepoPath> {
    let holds = |text: &FileText| matches!(text, FileText::Text(text) if text.contains(word));
    let files = texts.iter().filter(|(key, text)| key.side == Side::Right && holds(text));
    files.map(|(key, _)| key.path.clone()).collect()
}

/// The names in a folder of one side, when there is such a folder.
fn folder(texts: &BTreeMap<FileKey, FileText>, pull: &Pull, folder: &FileKey) -> FileText {
    let gone = |path: &RepoPath| {
        folder.side == Side::Right
            && pull.changes.iter().any(|change| change.path == *path && change.status == ChangeStatus::Removed)
    };
    let changed =
        pull.changes.iter().filter(|change| folder.side == Side::Right || change.status != ChangeStatus::Added);
    let given = texts.keys().filter(|key| key.side == folder.side).map(|key| &key.path);
    let below = given.chain(changed.map(|change| &change.path)).filter(|path| !gone(path));
    let prefix = if folder.path.as_str().is_empty() { String::new() } else { format!("{}/", folder.path) };
    let names: BTreeSet<&str> =
        below.filter_map(|path| path.as_str().strip_prefix(&prefix)?.split('/').next()).collect();
    if names.is_empty() { FileText::Absent } else { FileText::Folder(names.into_iter().map(str::to_owned).collect()) }
}

/// What a search of the head finds, which reads every file.
fn find(texts: &BTreeMap<FileKey, FileText>, pull: &Pull, search: &Search) -> Searched {
    let among = paths(texts, pull, &search.among);
    let text = |path: &RepoPath| texts.get(&FileKey { side: Side::Right, path: path.clone() });
    let holds = |path: &&RepoPath| matches!(text(path), Some(FileText::Text(text)) if holds_word(text, &search.words));
    let mut files: Vec<RepoPath> = among.iter().filter(holds).cloned().collect();
    order_by_likelihood(&mut files, search);
    files.truncate(Searched::MAX_FILES);
    Searched { files, read: among.len(), of: among.len() }
}

/// The files of one side below a directory.
fn files_below(texts: &BTreeMap<FileKey, FileText>, folder: &FileKey) -> Vec<RepoPath> {
    let there = |key: &&FileKey| key.side == folder.side && key.path.lies_below(&folder.path);
    texts.keys().filter(there).map(|key| key.path.clone()).collect()
}

/// A pull request that changes nothing and says nothing, under a dangerfile: what `deckhand check` loads it against.
pub(in crate::cli) fn empty_snapshot(dangerfile: Dangerfile) -> Snapshot {
    let nothing = super::case::Block { line: 1, text: String::new() };
    let case = Case {
        name: String::new(),
        line: 1,
        pr: None,
        files: Vec::new(),
        bases: Vec::new(),
        lua: None,
        commits: Vec::new(),
        reports: Vec::new(),
        findings: nothing,
        effects: None,
        others: Vec::new(),
    };
    let mut snapshot = build_snapshot(&case, &CaseRules::of_text(String::new()), &Pull::default());
    snapshot.ruleset.layers = vec![dangerfile];
    snapshot
}

fn build_snapshot(case: &Case, default_rules: &CaseRules, pull: &Pull) -> Snapshot {
    let commit = |digit: &str| CommitId::new(&digit.repeat(40)).expect("forty digits");
    let (base, head) = (commit("b"), commit("a"));
    let (path, text) = match &case.lua {
        Some(block) => (OWN_PATH.into(), &block.text),
        None => (default_rules.path.clone(), &default_rules.text),
    };
    let dangerfile = Dangerfile { origin: Origin::Repository, path, commit: Some(base.clone()), text: text.to_owned() };
    let repository = RepoName::new("octo", REPOSITORY).ok();
    let (fork, branch) = &pull.head;
    let source = fork.as_ref().map_or(repository.clone(), |owner| RepoName::new(owner, REPOSITORY).ok());
    let head_is_fork = source != repository;
    let subject =
        Subject { repository: repository.clone(), base: base.clone(), head: head.clone(), started_at: STARTED_AT };
    let mut snapshot = Snapshot::new(subject, Ruleset { layers: vec![dangerfile] });
    snapshot.changes = Some(Fact::Known(pull.changes.clone()));
    let given =
        case.commits.iter().zip(1..).map(|((info, block), number)| build_commit(pull, info, &block.text, number));
    let one = || Commit {
        sha: head.clone(),
        message: format!("{}\n\n{}", pull.title, pull.body).trim_end().to_owned(),
        author: person(&pull.author),
        committer: Some(person(&pull.author)),
        parents: vec![base.clone()],
        verification: Some(verification(false)),
    };
    let commits = if case.commits.is_empty() { vec![one()] } else { given.collect() };
    snapshot.commits = Some(Fact::Known(commits));
    snapshot.pull = Some(Fact::Known(PullRequest {
        number: PullNumber(1),
        title: pull.title.clone(),
        body: pull.body.clone(),
        draft: pull.draft,
        state: PullState::Open,
        merged: false,
        user: user(&pull.author),
        author_association: pull.author_association.clone(),
        labels: pull.labels.iter().map(|name| Label::named(name)).collect(),
        milestone: pull.milestone.clone(),
        base: Ref { name: pull.base.clone(), sha: base, repo: repository },
        head: Ref { name: branch.clone(), sha: head, repo: source },
        html_url: String::new(),
        created_at: STARTED_AT,
        updated_at: STARTED_AT,
        details: PullDetails {
            additions: pull.changes.iter().map(|change| change.additions).sum(),
            deletions: pull.changes.iter().map(|change| change.deletions).sum(),
            changed_files: u32::try_from(pull.changes.len()).unwrap_or(u32::MAX),
            commits: 1,
            assignees: pull.assignees.clone(),
            head_is_fork,
            ..PullDetails::default()
        },
    }));
    // A case is about the rule: its labels count, as if a maintainer had set them.
    let labeling = |name: &String| Labeling { label: name.clone(), actor: "maintainer".to_owned(), can_write: true };
    snapshot.labelings = Some(Fact::Known(pull.labels.iter().map(labeling).collect()));
    snapshot.reviews = Some(Fact::Known(pull.reports.reviews(&snapshot.subject.head, STARTED_AT)));
    snapshot.requested_reviewers = Some(Fact::Known(pull.reports.requested()));
    snapshot.statuses = Some(Fact::Known(pull.reports.statuses(STARTED_AT)));
    snapshot.check_runs = Some(Fact::Known(pull.reports.check_runs(STARTED_AT)));
    snapshot
}

/// A commit that the case gives. Its block's info is the author's login (without it the pull request's), then `merge` for a
/// commit with two parents and `signed` for one whose signature GitHub knows. Its id begins with its number.
fn build_commit(pull: &Pull, info: &str, message: &str, number: u32) -> Commit {
    let id = |digits: String| CommitId::new(&format!("{digits:0<40}")).expect("forty digits");
    let mut words: Vec<&str> = info.split_whitespace().collect();
    let (mut parents, mut signed) = (1, false);
    while let Some(word) = words.pop_if(|word| matches!(*word, "merge" | "signed")) {
        (parents, signed) = if word == "merge" { (2, signed) } else { (parents, true) };
    }
    let author = person(words.first().map_or(pull.author.as_str(), |login| login.trim_start_matches('@')));
    Commit {
        sha: id(format!("{number:07x}")),
        message: message.trim_end().to_owned(),
        committer: Some(author.clone()),
        author,
        parents: (1..=parents).map(|parent| id(format!("{parent}b"))).collect(),
        verification: Some(verification(signed)),
    }
}

fn person(login: &str) -> Author {
    Author {
        name: login.to_owned(),
        email: format!("{login}@users.noreply.github.com"),
        login: Some(login.to_owned()),
        date: STARTED_AT,
    }
}

fn verification(signed: bool) -> Verification {
    Verification { verified: signed, reason: if signed { "valid" } else { "unsigned" }.to_owned() }
}
