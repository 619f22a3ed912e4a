//! `deckhand local`: reviews what the working tree, or a branch, adds to its merge base.

use super::clock::start_clock;
use super::commands::Subcommand;
use super::common::{Common, Printed};
use super::failure::{Failure, Status};
use super::format::{FromSnapshot, Report, Texts, lines_of, render};
use super::terminal::{note, print_result, warn};
use super::{coverage, dangerfile, lint_reports};
use crate::git::{Comparison, Repository};
use crate::model::{
    Conclusion, DANGERFILE_RULE, Fact, FactKey, FileKey, FileText, RepoPath, Ruleset, Side, Snapshot, Subject,
    Timestamp, Verdict,
};
use crate::review::{self, MAX_PASSES, Outcome, Settled};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Review what the working tree adds to its merge base, without a network or a server
///
/// The head is the working tree: staged, unstaged and untracked files that are not ignored. The rules are those of the
/// working tree's dangerfile. A rule that reads what only GitHub knows is skipped, "needs a pull request"; title and body
/// are those of the last commit's message, and there are no labels.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand local                            the working tree, against the branch that it goes into
  deckhand local --base main --head topic   a branch, against another
  deckhand local --format github            annotations in GitHub Actions
  deckhand local --report lcov.info         with a coverage report, for the rule diff_coverage
  deckhand local --report eslint.sarif      with a linter's report, for the rule lint_report
  deckhand local --dangerfile next.lua      with other rules

Exit status: 0 nothing blocks; 1 something blocks; 2 the dangerfile or the command line has to be mended.")]
pub(super) struct Local {
    /// Compare with this commit or branch [default: the upstream, else origin/HEAD, main, master]
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// Review this commit or branch instead of the working tree
    #[arg(long, value_name = "REF")]
    head: Option<String>,
    /// Read these reports of coverage or of linters [default: those that the settings coverage_reports and lint_reports find]
    #[arg(long = "report", value_name = "FILE", num_args = 1.., value_hint = clap::ValueHint::FilePath)]
    reports: Vec<PathBuf>,
}

impl Local {
    /// A review of this head; `None` is the working tree.
    pub(super) fn of_head(head: Option<String>) -> Self {
        Local { base: None, head, reports: Vec::new() }
    }
}

impl Subcommand for Local {
    const NAME: &'static str = "local";

    fn formats(&self) -> &'static [Printed] {
        Printed::FINDINGS
    }

    fn takes_dangerfile(&self) -> bool {
        true
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let here = std::env::current_dir()
            .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
        let repository = Repository::open(&here)?;
        let comparison = repository.compare(self.base.as_deref(), self.head.as_deref())?;
        let found = dangerfile::load(common, &repository, &comparison)?;
        for problem in comparison.problems() {
            warn(common, &format!("git left something out of the review: {problem}"));
        }
        let subject = Subject {
            repository: None,
            base: comparison.base.clone(),
            head: comparison.head.clone(),
            started_at: now(),
        };
        let dangerfile = found.dangerfile.path.clone();
        let snapshot = Snapshot::new(subject, Ruleset { layers: vec![found.dangerfile] });
        let (linted, covered) = lint_reports::split(&self.reports)?;
        let facts = Facts {
            comparison: &comparison,
            top: repository.top(),
            sources: found.sources.as_deref(),
            reports: &covered,
            linted: &linted,
        };
        let (snapshot, verdict) = judge(&facts, snapshot)?;
        explain(common, &comparison, &snapshot, &verdict);
        if self.base.is_none() && is_own_copy(&comparison) {
            let pushed = &comparison.base_name;
            let hint = "--base BRANCH, with the branch that it goes into, judges all of it";
            note(
                common,
                &format!("{pushed} is what was pushed of this branch, and only what it lacks was judged; {hint}"),
            );
        }
        if !linted.is_empty() && snapshot.lint.is_empty() {
            warn(common, "no rule reads the linter's report; add use(\"lint_report\") to the dangerfile");
        }
        if !covered.is_empty() && snapshot.coverage.is_empty() {
            warn(common, "no rule reads the coverage report; add use(\"diff_coverage\") to the dangerfile");
        }
        let texts = FromGit { comparison: &comparison, snapshot: &snapshot };
        let report =
            Report { verdict: &verdict, dangerfile: &dangerfile, texts: &texts, quiet: common.quiet, compares: true };
        print_result(common, &render(common.format(), &report))?;
        Ok(status_of(&verdict))
    }
}

/// A dangerfile that is not one (syntax, an unknown name or option) is the user's to mend before anything can be judged.
pub(super) fn status_of(verdict: &Verdict) -> Status {
    if verdict.faults.iter().any(|fault| fault.mistake) {
        return Status::Usage;
    }
    match verdict.conclusion {
        Conclusion::Failure => Status::Blocked,
        Conclusion::Success | Conclusion::Pending | Conclusion::Neutral => Status::Fine,
    }
}

/// Whether the base is the head's own branch as it was pushed: then what was pushed earlier is not judged again.
fn is_own_copy(comparison: &Comparison) -> bool {
    let pushed = comparison.base_name.split_once('/').map(|(_remote, branch)| branch);
    // What goes into the default branch has nowhere else to go.
    pushed == Some(comparison.head_name.as_str()) && !["main", "master"].contains(&comparison.head_name.as_str())
}

/// Where the facts of a local run come from.
struct Facts<'a> {
    comparison: &'a Comparison,
    top: Option<&'a Path>,
    sources: Option<&'a Path>,
    /// The coverage reports that were named.
    reports: &'a [PathBuf],
    /// The linters' reports that were named.
    linted: &'a [PathBuf],
}

impl Facts<'_> {
    fn load(&self, snapshot: &mut Snapshot, wanted: &BTreeSet<FactKey>) -> Result<(), Failure> {
        for key in wanted {
            let (FactKey::Coverage(patterns) | FactKey::Lint(patterns)) = key else { continue };
            self.comparison.load_facts(snapshot, &BTreeSet::from([FactKey::Changes]), self.sources)?;
            let Some(Fact::Known(changes)) = &snapshot.changes else { continue };
            if let FactKey::Lint(_) = key {
                let facts = lint_reports::load_facts(self.comparison, self.top, self.linted, patterns, changes)?;
                snapshot.lint.insert(patterns.clone(), Fact::Known(facts));
                continue;
            }
            let facts = coverage::load_facts(self.comparison, self.top, self.reports, patterns, changes)?;
            snapshot.coverage.insert(patterns.clone(), Fact::Known(facts));
        }
        Ok(self.comparison.load_facts(snapshot, wanted, self.sources)?)
    }
}

/// Runs the rules until they lack no fact.
fn judge(facts: &Facts<'_>, snapshot: Snapshot) -> Result<(Snapshot, Verdict), Failure> {
    let mut snapshot = Rc::new(snapshot);
    let clock = start_clock();
    let mut settled = Settled::default();
    for _ in 0..MAX_PASSES {
        match review::run_on(&snapshot, &mut settled, &clock) {
            Outcome::Done(verdict) => return Ok((Rc::unwrap_or_clone(snapshot), *verdict)),
            Outcome::Missing(wanted) => facts.load(Rc::make_mut(&mut snapshot), &wanted)?,
        }
    }
    Err(Failure::usage(format!(
        "the rules still asked for more facts after {MAX_PASSES} passes: \
         let them read fewer files that the change does not touch"
    )))
}

/// What is said beside the findings, on standard error.
fn explain(common: &Common, comparison: &Comparison, snapshot: &Snapshot, verdict: &Verdict) {
    for line in &verdict.log {
        note(common, &format!("print: {line}"));
    }
    let against = format!("{} (merge base {})", comparison.base_name, comparison.base.short());
    if matches!(&snapshot.changes, Some(Fact::Known(changes)) if changes.is_empty()) {
        note(common, &format!("nothing differs from {against}; name another base with --base REF"));
    }
    say_ignored(common, snapshot, verdict);
    say_unjudged(common, verdict);
    if common.verbose {
        let head = if comparison.is_working_tree() { "the working tree" } else { comparison.head_name.as_str() };
        note(common, &format!("compared {head} with {against}"));
        for rule in &verdict.rules {
            let reason = rule.reason.as_ref().map(|reason| format!(", {reason}")).unwrap_or_default();
            let state = serde_json::to_string(&rule.state).unwrap_or_default();
            let state = state.trim_matches('"');
            note(common, &format!("rule {}: {state}{reason}, {} steps, {} ms", rule.name, rule.steps, rule.millis));
        }
    }
}

/// Whose work passes unread: nobody may take the verdict for one of the rules.
fn say_ignored(common: &Common, snapshot: &Snapshot, verdict: &Verdict) {
    let Some(Fact::Known(pull)) = &snapshot.pull else { return };
    let author = &pull.user.login;
    if verdict.settings.ignores(author) {
        note(common, &format!("not judged, because the setting ignore_authors names the author: {author}"));
    }
}

/// What no pull request could be asked for here: nobody may take the verdict for more than it is.
fn say_unjudged(common: &Common, verdict: &Verdict) {
    let mut rules = Vec::new();
    for rule in verdict.rules.iter().filter(|rule| rule.needs_pull_request()) {
        if rule.name == DANGERFILE_RULE {
            warn(common, "the dangerfile needs a pull request, so it ended early: rules further down were not run");
        } else {
            rules.push(rule.name.as_str());
        }
    }
    if !rules.is_empty() {
        note(common, &format!("not run, because they need a pull request: {}", rules.join(", ")));
    }
}

/// Lines out of the snapshot; what no rule has read is read from git.
struct FromGit<'a> {
    comparison: &'a Comparison,
    snapshot: &'a Snapshot,
}

impl Texts for FromGit<'_> {
    fn lines(&self, side: Side, path: &RepoPath, first: u32, last: u32) -> Option<Vec<String>> {
        let read = || self.read(side, path).map(|text| lines_of(&text, first, last));
        FromSnapshot(self.snapshot).lines(side, path, first, last).or_else(read)
    }

    fn script_line(&self, path: &RepoPath, line: u32) -> Option<String> {
        FromSnapshot(self.snapshot).script_line(path, line)
    }
}

impl FromGit<'_> {
    /// The whole text of a file. On the old side a renamed file may be named by its new path.
    fn read(&self, side: Side, path: &RepoPath) -> Option<String> {
        let load = |path: &RepoPath| match self.comparison.load_file(&FileKey { side, path: path.clone() }) {
            Ok(FileText::Text(text)) => Some(text),
            Ok(FileText::Absent | FileText::NotText(_) | FileText::Folder(_) | FileText::Cut(_)) | Err(_) => None,
        };
        load(path).or_else(|| match &self.snapshot.changes {
            Some(Fact::Known(changes)) if side == Side::Left => {
                changes.iter().find(|change| change.path == *path).and_then(|change| load(change.old_path()))
            }
            _ => None,
        })
    }
}

/// The moment as rules see it.
pub(super) fn now() -> Timestamp {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}
