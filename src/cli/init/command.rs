//! The command: looks, chooses, writes.

use super::choose::choose;
use super::look::Look;
use super::render::{render_file, render_report};
use super::trial::Trial;
use crate::cli::commands::Subcommand;
use crate::cli::common::Common;
use crate::cli::dangerfile;
use crate::cli::failure::{Failure, Status};
use crate::cli::local::now;
use crate::cli::shell::quote;
use crate::cli::terminal::{note, print_remark, print_result};
use crate::git::Repository;
use crate::model::Conclusion;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Write a first dangerfile.lua that suits this repository
///
/// Looks at the files and tries the built-in rules on the last commits: a rule that would have stopped one of them is
/// relaxed or left out, and the reason is said. An existing dangerfile is never overwritten without --force.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand init                 write dangerfile.lua
  deckhand init --dry-run       print it instead
  deckhand init --last 100      try the rules on more commits")]
pub(in crate::cli) struct Init {
    /// Try the rules on so many of the last commits
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    last: u32,
    /// Print the dangerfile instead of writing it
    #[arg(long)]
    dry_run: bool,
    /// Overwrite the dangerfile that is there
    #[arg(long, conflicts_with = "dry_run")]
    force: bool,
}

impl Subcommand for Init {
    const NAME: &'static str = "init";

    fn takes_dangerfile(&self) -> bool {
        true
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let here = std::env::current_dir()
            .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
        let repository = Repository::open(&here)?;
        let target = self.find_target(common, &repository)?;
        let files: Vec<String> = repository.load_tracked()?.iter().map(|path| path.as_str().to_owned()).collect();
        let landed = repository.load_landed(usize::try_from(self.last).unwrap_or(usize::MAX))?;
        let top = repository.top().map(Path::to_owned);
        let read = |path: &str| Repository::load_source(top.as_deref()?, &path.into()).ok().flatten();
        let look = Look::at(&files, &landed, &read);
        let mut trial = Trial::new(&repository, landed, now());
        let choice = choose(&look, &mut trial)?;
        let text = render_file(&choice);
        // The whole file, as it will be written, once more: the promise below is tried, not inferred.
        let verdicts = trial.judge(&text)?;
        if verdicts.iter().any(|verdict| verdict.conclusion == Conclusion::Failure) {
            return Err(Failure::failed("the chosen rules do not pass the history together: please report this"));
        }
        let report = render_report(&look, &choice, &verdicts, repository.is_shallow());
        if self.dry_run {
            print_remark(common, &report);
            print_result(common, &text)?;
            return Ok(Status::Fine);
        }
        write(&target, &text, self.force)?;
        let report = if common.quiet { String::new() } else { report };
        print_result(common, &format!("{report}Wrote {}.\n", target.display()))?;
        let add = match repository.find_ignore(&target)? {
            None => "commit it to the default branch to use it on GitHub".to_owned(),
            Some(pattern) => format!(
                "git ignores it (`{pattern}`): take it with `git add --force {}` and commit it to the default branch to \
                 use it on GitHub",
                quote(&target.to_string_lossy())
            ),
        };
        note(common, &format!("`deckhand local` judges your working tree with it; {add}"));
        Ok(Status::Fine)
    }
}

impl Init {
    /// Where the dangerfile is written; an existing one stops everything before any work is done.
    fn find_target(&self, common: &Common, repository: &Repository) -> Result<PathBuf, Failure> {
        let Some(top) = repository.top() else {
            return Err(Failure::usage(
                "this repository has no working tree to write a dangerfile into: run it in a clone",
            ));
        };
        let (target, is_there) = match (&common.dangerfile, dangerfile::find_in(top)) {
            (Some(named), _) => (named.clone(), named.symlink_metadata().is_ok()),
            (None, Some(place)) => (top.join(place), true),
            (None, None) => (top.join(dangerfile::FIRST_PLACE), false),
        };
        if is_there && !self.force && !self.dry_run {
            return Err(exists(&target));
        }
        if !self.dry_run {
            refuse_links(&target, Some(top).filter(|_| common.dangerfile.is_none()))?;
        }
        Ok(target)
    }
}

fn exists(target: &Path) -> Failure {
    Failure::usage(format!(
        "{} is there already and was left as it is: --force overwrites it, --dry-run prints what would be written",
        target.display()
    ))
}

/// The file that is written is the one that is named: a link is left as it is, and what it leads to, too.
fn refuse_links(target: &Path, top: Option<&Path>) -> Result<(), Failure> {
    if target.is_symlink() {
        let leads = target.read_link().map(|to| format!(" to {}", to.display())).unwrap_or_default();
        return Err(Failure::usage(format!(
            "{} is a link{leads}, and --force overwrites files only: remove the link, or write to what it leads to",
            target.display()
        )));
    }
    let real = |path: &Path| path.canonicalize().ok();
    let directory = target.parent().and_then(real);
    match (top.and_then(real), directory) {
        (Some(top), Some(directory)) if !directory.starts_with(&top) => Err(Failure::usage(format!(
            "{} lies outside of the repository, in {}: name the file with --dangerfile to write there",
            target.display(),
            directory.display()
        ))),
        _ => Ok(()),
    }
}

fn write(target: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true);
    let options = if force { options.create(true).truncate(true) } else { options.create_new(true) };
    let saved = options.open(target).and_then(|mut file| file.write_all(text.as_bytes()));
    saved.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(target),
        _ => Failure::usage(format!("could not write {}: {error}", target.display())),
    })
}
