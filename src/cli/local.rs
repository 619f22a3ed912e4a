//! `deckhand local`: reviews what the working tree, or a branch, adds to its merge base.

use super::commands::Subcommand;
use super::common::Common;
use super::dangerfile;
use super::failure::{Failure, Status};
use super::format::{FromSnapshot, Report, Texts, lines_of, render};
use super::terminal::{note, print_result, warn};
use crate::git::{Comparison, Repository};
use crate::model::{
    Conclusion, Fact, FileKey, FileText, RepoPath, Ruleset, Side, Snapshot, Subject, Timestamp, Verdict,
};
use crate::review::{self, Outcome};
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// So many passes of the rules may ask for more facts; no sensible rule needs as many.
const MAX_PASSES: usize = 6;

/// Review what the working tree adds to its merge base, without a network or a server
///
/// The head is the working tree: staged, unstaged and untracked files that are not ignored. The rules are those of the
/// working tree's dangerfile. A rule that reads what only GitHub knows is skipped, "needs a pull request".
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand local                            the working tree, against the branch that it goes into
  deckhand local --base main --head topic   a branch, against another
  deckhand local --format github            annotations in GitHub Actions
  deckhand local --dangerfile next.lua      with other rules

Exit status: 0 nothing blocks; 1 something blocks; 2 the dangerfile or the command line has to be mended.")]
pub(super) struct Local {
    /// Compare with this commit or branch [default: the upstream, else origin/HEAD, main, master]
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// Review this commit or branch instead of the working tree
    #[arg(long, value_name = "REF")]
    head: Option<String>,
}

impl Local {
    /// A review of this head; `None` is the working tree.
    pub(super) fn of_head(head: Option<String>) -> Self {
        Local { base: None, head }
    }
}

impl Subcommand for Local {
    const NAME: &'static str = "local";

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
        let (snapshot, verdict) = judge(&comparison, snapshot, found.sources.as_deref())?;
        explain(common, &comparison, &snapshot, &verdict);
        let texts = FromGit { comparison: &comparison, snapshot: &snapshot };
        let report = Report { verdict: &verdict, dangerfile: &dangerfile, texts: &texts, quiet: common.quiet };
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

/// Runs the rules until they lack no fact.
fn judge(
    comparison: &Comparison,
    mut snapshot: Snapshot,
    sources: Option<&Path>,
) -> Result<(Snapshot, Verdict), Failure> {
    let started = Instant::now();
    for _ in 0..MAX_PASSES {
        match review::run(&snapshot, &|| started.elapsed()) {
            Outcome::Done(verdict) => return Ok((snapshot, *verdict)),
            Outcome::Missing(wanted) => comparison.load_facts(&mut snapshot, &wanted, sources)?,
        }
    }
    Err(Failure::usage(format!(
        "the rules still asked for more facts after {MAX_PASSES} passes: \
         ask for a file's text before looking at others, not depending on what they say"
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
            Ok(FileText::Absent | FileText::NotText(_) | FileText::Cut(_)) | Err(_) => None,
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
