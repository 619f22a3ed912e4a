//! `deckhand check`: loads a dangerfile and says every mistake at its file and line. No rule runs.

use super::cases::empty_snapshot;
use super::clock::start_clock;
use super::commands::Subcommand;
use super::common::{Common, Printed};
use super::dangerfile::{self, Found};
use super::failure::{Failure, Status};
use super::format::{Format, FromSnapshot, Report, render};
use super::terminal::{GREEN, RED, note, paint, print_result};
use crate::git::Repository;
use crate::lua::{Checked, check, plain_path};
use crate::model::{
    Conclusion, CoverageFacts, Fact, FactKey, Fault, FileText, LintFacts, RepoPath, RuleOutcome, RuleState, Searched,
    Snapshot, Verdict,
};
use crate::review::{MAX_PASSES, is_covered, say_directory};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Load a dangerfile and say every mistake in it, with file and line
///
/// The code outside rules runs against an empty pull request; rules do not run, but the names in them are looked up.
/// Exits with 0 when there is no mistake and with 2 when there is one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand check                        the dangerfile of this repository
  deckhand check rules/no_print.lua     a file that the dangerfile requires
  deckhand check --format github        annotations in GitHub Actions")]
pub(super) struct Check {
    /// The dangerfile, or a directory that holds one [default: the one of this repository]
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::AnyPath)]
    file: Option<PathBuf>,
}

impl Subcommand for Check {
    const NAME: &'static str = "check";

    fn formats(&self) -> &'static [Printed] {
        Printed::FINDINGS
    }

    fn takes_dangerfile(&self) -> bool {
        true
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let found = self.find(common)?;
        let path = found.dangerfile.path.clone();
        let mut snapshot = empty_snapshot(found.dangerfile);
        let checked = judge(&mut snapshot, found.sources.as_deref())?;
        for directory in found.sources.iter() {
            note_directories(common, directory, &checked.patterns);
        }
        let mistakes = checked.mistakes.len();
        let rules = checked.rules.len();
        let verdict = build_verdict(&snapshot, checked);
        let texts = FromSnapshot(&snapshot);
        let mut out = render(
            common.format(),
            &Report { verdict: &verdict, dangerfile: &path, texts: &texts, quiet: true, compares: false },
        );
        if common.format() == Format::Text && !common.quiet {
            out.push_str(&summary(&path, mistakes, rules));
        }
        print_result(common, &out)?;
        Ok(if mistakes == 0 { Status::Fine } else { Status::Usage })
    }
}

impl Check {
    fn find(&self, common: &Common) -> Result<Found, Failure> {
        let here = std::env::current_dir()
            .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
        if let (Some(_), Some(named)) = (&self.file, &common.dangerfile) {
            let named = named.display();
            return Err(Failure::usage(format!("name one file: either `check FILE` or --dangerfile {named}")));
        }
        let file = self.file.as_ref().or(common.dangerfile.as_ref());
        match file {
            Some(directory) if directory.is_dir() => dangerfile::load_from(directory),
            Some(file) => {
                let around = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(&here);
                let top = Repository::open(around).ok().and_then(|repository| repository.top().map(Path::to_owned));
                dangerfile::load_named(file, top.as_deref())
            }
            None => match Repository::open(&here)?.top() {
                Some(top) => dangerfile::load_from(top),
                None => Err(Failure::usage("there is no working tree here: name the file, `deckhand check FILE`")),
            },
        }
    }
}

/// Says which patterns name a directory of the working tree, and so match no file.
fn note_directories(common: &Common, root: &Path, patterns: &[(String, String)]) {
    let mut told = BTreeSet::new();
    for (rule, pattern) in patterns {
        let is_directory = plain_path(pattern).is_some_and(|path| root.join(path).is_dir());
        if is_directory && !is_covered(rule, pattern, patterns) && told.insert((rule, pattern)) {
            note(common, &say_directory(pattern, [rule.as_str()]));
        }
    }
}

/// Checks until no required file is missing.
fn judge(snapshot: &mut Snapshot, sources: Option<&Path>) -> Result<Checked, Failure> {
    let clock = start_clock();
    for _ in 0..MAX_PASSES {
        let checked = check(Rc::new(snapshot.clone()), 0, &clock);
        if checked.missing.is_empty() {
            return Ok(checked);
        }
        for key in checked.missing {
            match key {
                FactKey::Source { layer, path } => {
                    let text = match sources {
                        Some(directory) => Repository::load_source(directory, &path)?,
                        None => None,
                    };
                    snapshot.sources.insert((layer, path), text);
                }
                key => lack(snapshot, key),
            }
        }
    }
    Err(Failure::usage(format!("the dangerfile still asked for more files after {MAX_PASSES} passes")))
}

/// Nothing exists in an empty pull request.
fn lack(snapshot: &mut Snapshot, key: FactKey) {
    match key {
        FactKey::File(file) => drop(snapshot.files.insert(file, Fact::Known(FileText::Absent))),
        FactKey::Size(file) => drop(snapshot.sizes.insert(file, Fact::Known(None))),
        FactKey::CodeOwners => snapshot.code_owners = Some(Fact::Known(None)),
        FactKey::Mergeable => snapshot.mergeable = Some(Fact::Known(true)),
        FactKey::Uses(word) => drop(snapshot.uses.insert(word, Fact::Known(Vec::new()))),
        FactKey::Search(search) => {
            snapshot.searches.insert(search, Fact::Known(Searched { files: Vec::new(), read: 0, of: 0 }));
        }
        FactKey::Paths(patterns) => drop(snapshot.paths.insert(patterns, Fact::Known(Vec::new()))),
        FactKey::Folder(folder) => drop(snapshot.folders.insert(folder, Fact::Known(Vec::new()))),
        FactKey::Coverage(patterns) => drop(snapshot.coverage.insert(patterns, Fact::Known(CoverageFacts::default()))),
        FactKey::Lint(patterns) => drop(snapshot.lint.insert(patterns, Fact::Known(LintFacts::default()))),
        FactKey::Pull
        | FactKey::Changes
        | FactKey::Commits
        | FactKey::Labelings
        | FactKey::Reviews
        | FactKey::RequestedReviewers
        | FactKey::Statuses
        | FactKey::CheckRuns
        | FactKey::Source { .. } => unreachable!("an empty pull request has them"),
    }
}

/// The mistakes as the faults of a verdict, so that every format can print them.
fn build_verdict(snapshot: &Snapshot, checked: Checked) -> Verdict {
    let fault = |mistake: crate::lua::ScriptError| Fault {
        mistake: true,
        path: mistake.path,
        line: mistake.line,
        ..Fault::of_dangerfile(mistake.message)
    };
    let outcome = |(name, blocking)| RuleOutcome {
        name,
        blocking,
        state: RuleState::Skipped,
        reason: Some("`check` runs no rule".to_owned()),
        statuses: None,
        waits: None,
        unreported: false,
        steps: 0,
        millis: 0,
    };
    let clean = checked.mistakes.is_empty();
    Verdict {
        conclusion: if clean { Conclusion::Success } else { Conclusion::Failure },
        faults: checked.mistakes.into_iter().map(fault).collect(),
        rules: checked.rules.into_iter().map(outcome).collect(),
        ..Verdict::empty(snapshot.subject.head.clone(), snapshot.subject.base.clone())
    }
}

fn summary(path: &RepoPath, mistakes: usize, rules: usize) -> String {
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    if mistakes > 0 {
        return format!("{path}: {}\n", paint(RED, &counted(mistakes, "mistake")));
    }
    format!("{path}: {}, {}\n", paint(GREEN, "no mistakes"), counted(rules, "rule"))
}
