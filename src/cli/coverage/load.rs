//! Reports and a diff into what is known of the changed files.

use super::find::find_reports;
use super::read::read_reports;
use crate::analysis::coverage::{Places, Tree, combine, restrict};
use crate::cli::failure::Failure;
use crate::git::Comparison;
use crate::model::{ChangeStatus, CoverageFacts, FileChange, FileText, RepoPath};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where a command runs: the repository around it, if there is one, and the files that paths of reports are looked for in.
pub(in crate::cli) struct Checkout {
    /// The top of the working tree, canonical.
    pub(in crate::cli) top: Option<PathBuf>,
    places: Places,
    files: Vec<RepoPath>,
}

impl Checkout {
    /// Of a repository with these files.
    pub(in crate::cli) fn new(here: &Path, top: Option<&Path>, files: Vec<RepoPath>) -> Self {
        let here = here.canonicalize().unwrap_or_else(|_| here.to_owned());
        let top = top.map(|top| top.canonicalize().unwrap_or_else(|_| top.to_owned()));
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let inside = top.as_deref().and_then(|top| here.strip_prefix(top).ok());
        let places = Places {
            top: top.as_deref().map(text),
            here: inside.map(text).unwrap_or_default(),
            working: top.is_none().then(|| text(&here)),
        };
        Checkout { top, places, files }
    }

    /// The files that paths of reports are looked for in, the changed ones included, and where the command runs.
    pub(in crate::cli) fn tree(self, changes: &[FileChange]) -> (Tree, Places) {
        let changed =
            changes.iter().filter(|change| change.status != ChangeStatus::Removed).map(|change| change.path.clone());
        let mut files = self.files;
        files.extend(changed);
        files.sort_unstable();
        files.dedup();
        (Tree::new(files), self.places)
    }

    /// The files at `paths`, combined, as far as they concern the changed files. Without a report there is no fact, and
    /// that is one.
    pub(super) fn load(self, paths: &[PathBuf], changes: &[FileChange]) -> Result<CoverageFacts, Failure> {
        let reports = read_reports(paths, self.top.as_deref())?;
        let names: Vec<String> = reports.iter().map(|named| named.name.clone()).collect();
        let top = self.top.clone();
        let (tree, places) = self.tree(changes);
        let mut facts = combine(reports, &tree, &places);
        restrict(&mut facts, changes);
        if let Some(top) = &top {
            let old = paths.iter().zip(&names).filter_map(|(path, name)| is_older(path, name, top, &facts));
            let notes: Vec<String> = old.collect();
            facts.notes.extend(notes);
        }
        Ok(facts)
    }
}

/// Says so when files were edited after the report was made.
fn is_older(report: &Path, name: &str, top: &Path, facts: &CoverageFacts) -> Option<String> {
    let modified = |path: &Path| -> Option<SystemTime> { std::fs::metadata(path).ok()?.modified().ok() };
    let made = modified(report)?;
    let edited: Vec<&RepoPath> =
        facts.files.keys().filter(|path| modified(&top.join(path.as_str())).is_some_and(|time| time > made)).collect();
    let first = edited.first()?;
    let more = match edited.len() {
        1 => String::new(),
        count => format!(" and {} more changed files", count - 1),
    };
    Some(format!("{name} is older than `{first}`{more}: its line numbers may not fit any more. Run the tests again."))
}

/// The fact for a comparison in a repository: from the reports that were given, else from those that the patterns find.
pub(in crate::cli) fn load_facts(
    comparison: &Comparison,
    top: Option<&Path>,
    given: &[PathBuf],
    patterns: &[String],
    changes: &[FileChange],
) -> Result<CoverageFacts, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
    let found = match top {
        Some(top) if given.is_empty() => find_reports(top, "coverage_reports", patterns)?,
        _ => given.to_vec(),
    };
    if found.is_empty() {
        return Ok(CoverageFacts::default());
    }
    let mut facts = Checkout::new(&here, top, comparison.list_files()?).load(&found, changes)?;
    mark_stale(comparison, &mut facts)?;
    Ok(facts)
}

/// Compares the last line that a report knows of a file with the file's length at the head.
fn mark_stale(comparison: &Comparison, facts: &mut CoverageFacts) -> Result<(), Failure> {
    for (path, lines) in &facts.files {
        let (Some(last), FileText::Text(text)) = (lines.last(), comparison.load_head_file(path)?) else { continue };
        let count = memchr::memchr_iter(b'\n', text.as_bytes()).count()
            + usize::from(!text.is_empty() && !text.ends_with('\n'));
        if u64::from(last.number) > count as u64 {
            facts.stale.insert(path.clone());
        }
    }
    Ok(())
}
