//! The command: options, the diff, the result in the format that was asked for.

use super::load::{Checkout, load_facts};
use super::upload::Upload;
use super::view::View;
use super::{html, json, markdown, text};
use crate::analysis::coverage::{expand, measure, remarks};
use crate::cli::commands::Subcommand;
use crate::cli::common::{Common, Printed};
use crate::cli::failure::{Failure, Status};
use crate::cli::format::Format;
use crate::cli::terminal::{note, print_result, warn};
use crate::diff::{MAX_PATCH_SET_BYTES, parse_patch_set};
use crate::git::Repository;
use crate::lua::Globs;
use crate::model::{CoverageFacts, FileChange};
use clap::ValueEnum;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Say which lines that a diff adds were not run by the tests
///
/// Reads lcov, Cobertura, JaCoCo, Clover, SonarQube XML, coverage.py JSON, Go profiles, llvm-cov JSON, Istanbul JSON,
/// SimpleCov JSON and gcovr JSON, told apart by their content; several reports add up. Paths in reports are looked for
/// among the files of the repository in the current directory, or without one among the files of the diff. Where
/// nothing can be said it says why, and never 100 %.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  deckhand coverage --report lcov.info --base main                     the working tree, against main
  deckhand coverage --report coverage.xml --diff pr.diff               a diff from elsewhere; `-` reads standard input
  deckhand coverage --report */lcov.info --base main --fail-under 80   exit with 1 when fewer than 80 % are covered
  deckhand coverage --report lcov.info --base main --format html       a page with the diff in colours
  deckhand coverage upload lcov.info                                   send a report to a server

Exit status: 0; 1 only with --fail-under; 2 when a report or the command line has to be mended.")]
pub(in crate::cli) struct Coverage {
    /// Read these reports
    #[arg(long = "report", value_name = "FILE", num_args = 1.., value_hint = clap::ValueHint::FilePath)]
    reports: Vec<PathBuf>,
    /// Compare the working tree with its merge base with this commit or branch
    #[arg(long, value_name = "REF", conflicts_with = "diff")]
    base: Option<String>,
    /// Take the diff from this file, as `git diff` prints it
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    diff: Option<PathBuf>,
    /// Exit with 1 when fewer than so many percent of the added lines are covered
    #[arg(long, value_name = "N")]
    fail_under: Option<f64>,
    /// Leave out files that match these patterns
    #[arg(long, value_name = "PATTERN", num_args = 1..)]
    ignore: Vec<String>,
    /// What a line counts as that ran while one of its branches did not
    #[arg(long, value_name = "WORD", value_enum, default_value = "covered")]
    partial: Partial,
    /// Give lines that a report leaves out the result of the line before
    #[arg(long)]
    expand_lines: bool,
    #[command(subcommand)]
    action: Option<Action>,
}

/// What a partial line counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Partial {
    /// Covered, and marked
    Covered,
    /// Missing
    Missing,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Upload(Upload),
}

impl Subcommand for Coverage {
    const NAME: &'static str = "coverage";
    const HAS_PAGES: bool = true;

    fn formats(&self) -> &'static [Printed] {
        match self.action {
            Some(Action::Upload(_)) => Printed::DATA,
            None => &[Printed::Text, Printed::Markdown, Printed::Json, Printed::Html],
        }
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        if let Some(Action::Upload(upload)) = &self.action {
            return upload.run(common);
        }
        let render = match (common.wants_html(), common.format()) {
            (true, _) => html::render,
            (false, Format::Json) => json::render,
            (false, Format::Markdown) => markdown::render,
            (false, _) => text::render,
        };
        self.refuse_misuse()?;
        let globs = Globs::parse(&self.ignore).map_err(|error| Failure::usage(format!("--ignore: {error}")))?;
        let (changes, mut facts) = self.load(common)?;
        if self.expand_lines {
            expand(&mut facts);
        }
        let counts = |path: &str| self.ignore.is_empty() || !globs.matches(path);
        let measured = measure(&facts, &changes, &counts, self.partial == Partial::Missing);
        let remarks = remarks(&facts, &measured);
        let view = View { measured: &measured, remarks: &remarks, changes: &changes, minimum: self.fail_under };
        print_result(common, &render(&view))?;
        remarks.iter().for_each(|remark| warn(common, remark));
        if common.verbose {
            for report in &facts.reports {
                let (files, lines) = (report.files, report.lines);
                note(common, &format!("{}: {}, {files} files, {lines} lines", report.name, report.format));
            }
            note(
                common,
                &format!(
                    "{} files of reports are in the repository, {} are not",
                    facts.matched_files, facts.foreign_files
                ),
            );
        }
        Ok(if view.passes() { Status::Fine } else { Status::Blocked })
    }
}

impl Coverage {
    fn refuse_misuse(&self) -> Result<(), Failure> {
        let refuse = |message: &str| Err(Failure::usage(message));
        match () {
            () if self.reports.is_empty() => refuse("no coverage report is named: add --report FILE"),
            () if self.base.is_none() && self.diff.is_none() => {
                refuse("nothing to compare: add --base REF for what this working tree adds, or --diff FILE")
            }
            () if self.fail_under.is_some_and(|minimum| !(0.0..=100.0).contains(&minimum)) => {
                refuse("--fail-under takes percents from 0 to 100")
            }
            () => Ok(()),
        }
    }

    /// The diff, and what the reports say of its files.
    fn load(&self, common: &Common) -> Result<(Vec<FileChange>, CoverageFacts), Failure> {
        let here = std::env::current_dir()
            .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
        let Some(diff) = &self.diff else {
            let repository = Repository::open(&here)?;
            let comparison = repository.compare(self.base.as_deref(), None)?;
            for problem in comparison.problems() {
                warn(common, &format!("git left something out of the comparison: {problem}"));
            }
            let changes = comparison.load_changes()?;
            let facts = load_facts(&comparison, repository.top(), &self.reports, &[], &changes)?;
            return Ok((changes, facts));
        };
        let set = parse_patch_set(&read_diff(diff)?);
        if let Some(problem) = set.problems.first() {
            let name = diff.display();
            if set.files.is_empty() {
                return Err(Failure::usage(format!("{name} cannot be read as a diff: {problem}")));
            }
            let unread = format!("{name} is not read whole: {problem}");
            if self.fail_under.is_some() {
                return Err(Failure::usage(format!("{unread}; what is missing might be below the minimum")));
            }
            warn(common, &unread);
        }
        // Without a repository (or without git) the diff's own paths have to do.
        let checkout = match Repository::open(&here) {
            Ok(repository) => Checkout::new(&here, repository.top(), repository.list_files()?),
            Err(_) => Checkout::new(&here, None, Vec::new()),
        };
        let facts = checkout.load(&self.reports, &set.files)?;
        Ok((set.files, facts))
    }
}

/// The bytes of the diff; `-` is standard input. Of one that is too large only so many that the parser sees it.
fn read_diff(path: &Path) -> Result<Vec<u8>, Failure> {
    let limit = MAX_PATCH_SET_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::usage(format!("the diff {} cannot be read: {error}", path.display())))?;
    Ok(bytes)
}
