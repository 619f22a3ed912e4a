//! Any mixture of reports into results in the repository's files.

use super::report::{Diagnostic, LintReport, Spot};
use crate::analysis::coverage::{Places, Tree, resolve_paths};
use crate::model::{LintDoubt, LintEdit, LintFacts, LintResult, LintSource, RepoPath};
use std::collections::{BTreeMap, BTreeSet};

/// A report with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedLint {
    /// How people call it: the file that was given.
    pub name: String,
    /// The directory of the repository that it lies in, when it lies in one.
    pub beside: Option<String>,
    /// The flag that it was sent with.
    pub flag: Option<String>,
    /// What it says.
    pub report: LintReport,
}

/// So many results outside the changed files are kept: more cannot be shown anyway.
const MAX_ELSEWHERE: usize = 2_000;

/// So many results that may be in changed files are kept.
const MAX_DOUBTS: usize = 2_000;

/// So many changed files stand for all that a path fits.
const MAX_LIKELY: usize = 20;

/// Puts the results of all reports together, paths resolved, each once. Of results outside the `changed` files at most
/// 2,000 are kept, and of those whose path fits several files as many; how many more may be in changed files is said.
pub fn combine(reports: Vec<NamedLint>, tree: &Tree, places: &Places, changed: &BTreeSet<RepoPath>) -> LintFacts {
    let mut facts = LintFacts::default();
    let mut left_out = 0;
    for named in reports {
        facts.notes.extend(named.report.notes.iter().map(|note| format!("{}: {note}.", named.name)));
        facts.failures.extend(named.report.failures.iter().map(|failure| format!("{}: {failure}.", named.name)));
        facts.reports.push(LintSource {
            name: named.name.clone(),
            flag: named.flag.clone(),
            tools: named.report.tools.clone(),
            format: named.report.format.as_str().to_owned(),
            results: named.report.results.len(),
        });
        let distinct: BTreeSet<&str> =
            named.report.results.iter().flat_map(|it| &it.spots).map(|spot| spot.path.as_str()).collect();
        let asked: Vec<&str> = distinct.into_iter().collect();
        let found = resolve_paths(tree, places, &asked, named.beside.as_deref());
        let fitting: BTreeMap<&str, Fitting<'_>> =
            asked.iter().zip(found).map(|(path, files)| (*path, Fitting::new(files, changed))).collect();
        for diagnostic in &named.report.results {
            match place(diagnostic, &fitting) {
                Placed::There(result) => facts.results.push(result),
                Placed::Nowhere => facts.foreign += 1,
                Placed::Perhaps(spot, many) => {
                    let room = MAX_DOUBTS.saturating_sub(facts.doubts.len());
                    // What is in no changed file leaves room to what may be.
                    let is_near = changed.contains(many.likely[0]);
                    let room = if is_near { room } else { room.saturating_sub(MAX_DOUBTS / 2) };
                    left_out += usize::from(is_near && many.likely.len() > room);
                    let doubt = |path: &&RepoPath| LintDoubt {
                        path: spot.path.clone(),
                        fits: many.count,
                        result: result_at(diagnostic, path, spot, &[]),
                    };
                    facts.doubts.extend(many.likely.iter().take(room).map(doubt));
                }
            }
        }
    }
    if left_out > 0 {
        facts.failures.push(format!(
            "Paths of {left_out} more results of linters fit several files: run the linters at the top of the repository."
        ));
    }
    tidy(&mut facts);
    let mut elsewhere = 0;
    facts.results.retain(|it| {
        elsewhere += usize::from(!changed.contains(&it.path));
        changed.contains(&it.path) || elsewhere <= MAX_ELSEWHERE
    });
    facts
}

/// Adds what reports of another commit say, brought to this one.
pub fn merge(facts: &mut LintFacts, more: LintFacts) {
    facts.reports.extend(more.reports);
    facts.results.extend(more.results);
    facts.foreign += more.foreign;
    facts.notes.extend(more.notes);
    facts.failures.extend(more.failures);
    facts.doubts.extend(more.doubts);
    tidy(facts);
}

/// By path and line, each once.
fn tidy(facts: &mut LintFacts) {
    let key = |it: &LintResult| (it.path.clone(), it.range, it.tool.clone(), it.rule.clone(), it.message.clone());
    facts.results.sort_by_cached_key(key);
    facts.results.dedup_by(|next, kept| key(next) == key(kept));
}

/// The files that a path of a report fits.
struct Fitting<'t> {
    count: usize,
    /// The one; of several those that the change touches, or the first.
    likely: Vec<&'t RepoPath>,
}

impl<'t> Fitting<'t> {
    fn new(files: Vec<&'t RepoPath>, changed: &BTreeSet<RepoPath>) -> Self {
        let near = files.iter().copied().filter(|path| changed.contains(*path));
        let near: Vec<&RepoPath> = near.take(MAX_LIKELY).collect();
        let likely = if files.len() > 1 && !near.is_empty() { near } else { files.iter().copied().take(1).collect() };
        Fitting { count: files.len(), likely }
    }
}

enum Placed<'p, 't> {
    There(LintResult),
    Perhaps(&'p Spot, &'p Fitting<'t>),
    Nowhere,
}

/// At the first of its places that only one file fits; otherwise at the first that several fit.
fn place<'p, 't>(diagnostic: &'p Diagnostic, fitting: &'p BTreeMap<&str, Fitting<'t>>) -> Placed<'p, 't> {
    let fits: Vec<(usize, &Spot, &Fitting<'t>)> = (0..)
        .zip(&diagnostic.spots)
        .filter_map(|(at, spot)| Some((at, spot, fitting.get(spot.path.as_str()).filter(|it| it.count > 0)?)))
        .collect();
    if let Some((at, spot, one)) = fits.iter().find(|(_, _, files)| files.count == 1) {
        let edits = if *at == 0 { diagnostic.edits.as_slice() } else { &[] };
        return Placed::There(result_at(diagnostic, one.likely[0], spot, edits));
    }
    fits.first().map_or(Placed::Nowhere, |(_, spot, many)| Placed::Perhaps(spot, many))
}

fn result_at(diagnostic: &Diagnostic, path: &RepoPath, spot: &Spot, edits: &[LintEdit]) -> LintResult {
    LintResult {
        path: path.clone(),
        range: spot.range,
        tool: diagnostic.tool.clone(),
        rule: diagnostic.rule.clone(),
        url: diagnostic.url.clone(),
        severity: diagnostic.severity,
        message: diagnostic.message.clone(),
        edits: edits.to_vec(),
        fatal: diagnostic.fatal,
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::LintFormat;
    use super::*;
    use crate::model::LintSeverity;

    fn report(paths: &[&str]) -> NamedLint {
        let result = |path: &&str| Diagnostic {
            spots: vec![Spot { path: (*path).to_owned(), range: None }],
            tool: "eslint".to_owned(),
            rule: "no-var".to_owned(),
            url: None,
            severity: LintSeverity::Error,
            message: "Unexpected var.".to_owned(),
            edits: Vec::new(),
            fatal: false,
        };
        let report = LintReport {
            format: LintFormat::Sarif,
            tools: Vec::new(),
            results: paths.iter().map(result).collect(),
            notes: Vec::new(),
            failures: Vec::new(),
        };
        NamedLint { name: "eslint.sarif".to_owned(), beside: None, flag: None, report }
    }

    /// The results' paths, and of those that fit several files the path, how many, and which may be meant.
    fn placed(named: NamedLint, changed: &[&str]) -> (Vec<String>, Vec<String>) {
        let files = ["packages/a/src/index.ts", "packages/b/src/index.ts", "packages/a/src/only.ts"];
        let changed = changed.iter().map(|path| RepoPath::new(path)).collect();
        let facts = combine(vec![named], &Tree::new(files.map(RepoPath::new)), &Places::default(), &changed);
        let doubts = facts.doubts.iter().map(|it| format!("{} {} {}", it.path, it.fits, it.result.path));
        (facts.results.iter().map(|it| it.path.to_string()).collect(), doubts.collect())
    }

    #[test]
    fn a_path_that_fits_several_files_is_kept_for_those_that_change() {
        let named = || report(&["src/index.ts"]);
        let (results, doubts) = placed(named(), &["packages/b/src/index.ts"]);
        assert_eq!(results, [""; 0]);
        assert_eq!(doubts, ["src/index.ts 2 packages/b/src/index.ts"]);
        assert_eq!(placed(named(), &[]).1, ["src/index.ts 2 packages/a/src/index.ts"]);
        // Another path of the same report says where it was made.
        let (results, doubts) = placed(report(&["src/index.ts", "src/only.ts"]), &[]);
        assert_eq!(
            (results, doubts.len()),
            (vec!["packages/a/src/index.ts".to_owned(), "packages/a/src/only.ts".to_owned()], 0)
        );
    }
}
