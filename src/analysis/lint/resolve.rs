//! Any mixture of reports into results in the repository's files.

use super::report::{Diagnostic, LintReport};
use crate::analysis::coverage::{Places, Tree, resolve_paths};
use crate::model::{LintFacts, LintResult, LintSource, RepoPath};
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

/// Puts the results of all reports together, paths resolved, each once. Of results outside the `changed` files at most
/// 2,000 are kept.
pub fn combine(reports: Vec<NamedLint>, tree: &Tree, places: &Places, changed: &BTreeSet<RepoPath>) -> LintFacts {
    let mut facts = LintFacts::default();
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
        let known: BTreeMap<&str, RepoPath> =
            asked.iter().zip(found).filter_map(|(path, found)| Some((*path, found?))).collect();
        let mut results = Vec::new();
        for diagnostic in &named.report.results {
            match place(diagnostic, &known) {
                Some(result) => results.push(result),
                None => facts.foreign += 1,
            }
        }
        facts.results.extend(results);
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
    tidy(facts);
}

/// By path and line, each once.
fn tidy(facts: &mut LintFacts) {
    let key = |it: &LintResult| (it.path.clone(), it.range, it.tool.clone(), it.rule.clone(), it.message.clone());
    facts.results.sort_by_cached_key(key);
    facts.results.dedup_by(|next, kept| key(next) == key(kept));
}

fn place(diagnostic: &Diagnostic, known: &BTreeMap<&str, RepoPath>) -> Option<LintResult> {
    let found =
        diagnostic.spots.iter().enumerate().find_map(|(at, spot)| Some((at, spot, known.get(spot.path.as_str())?)));
    let (at, spot, path) = found?;
    Some(LintResult {
        path: path.clone(),
        range: spot.range,
        tool: diagnostic.tool.clone(),
        rule: diagnostic.rule.clone(),
        url: diagnostic.url.clone(),
        severity: diagnostic.severity,
        message: diagnostic.message.clone(),
        edits: if at == 0 { diagnostic.edits.clone() } else { Vec::new() },
        fatal: diagnostic.fatal,
    })
}
