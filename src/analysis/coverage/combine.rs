//! Any mixture of reports into what is known of the repository's files: paths resolved, hits added up.

use super::report::{Report, tidy};
use super::resolve::{Places, Resolution, Tree, resolve};
use crate::model::{AmbiguousPath, CoverageFacts, LineHits, RepoPath, ReportFacts};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

/// So many contradictions are told one by one.
const MAX_TOLD: usize = 20;

/// So many candidates of all ambiguous paths are kept until it is known which files changed.
const MAX_CANDIDATES: usize = 200_000;

/// A report with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// How people call it: the file that was given.
    pub name: String,
    /// The directory of the repository that it lies in, when it lies in one.
    pub beside: Option<String>,
    /// What it says.
    pub report: Report,
}

/// Adds up reports of one commit. The order of the reports does not matter for the lines.
pub fn combine(reports: Vec<Named>, tree: &Tree, places: &Places) -> CoverageFacts {
    let mut facts = CoverageFacts::default();
    let mut doubts = Doubts::default();
    for named in reports {
        let resolved = resolve(tree, places, &named.report, named.beside.as_deref());
        facts.notes.extend(named.report.notes.iter().map(|note| format!("{}: {note}.", named.name)));
        facts.reports.push(ReportFacts {
            format: named.report.format.as_str().to_owned(),
            files: named.report.files.len(),
            lines: named.report.line_count(),
            name: named.name.clone(),
        });
        let mut lines: BTreeMap<usize, Vec<LineHits>> = BTreeMap::new();
        for (file, resolution) in named.report.files.into_iter().zip(resolved) {
            facts.languages.extend(language_of(&file.path));
            match resolution {
                Resolution::Found(at) => match lines.entry(at) {
                    Entry::Vacant(entry) => drop(entry.insert(file.lines)),
                    Entry::Occupied(mut entry) => entry.get_mut().extend(file.lines),
                },
                Resolution::Ambiguous(many) => doubts.add(file.path, &many, tree),
                Resolution::Doubtful(at) => doubts.add(file.path, &[at], tree),
                Resolution::Unknown => facts.foreign_files += 1,
            }
        }
        // Once a file and not once an entry: a report can name a file a million times.
        for (at, mut lines) in lines {
            tidy(&mut lines);
            add(&mut facts, &named.name, tree.path(at), lines);
        }
    }
    facts.matched_files = facts.files.len();
    facts.ambiguous_paths = doubts.paths.len();
    facts.ambiguous = doubts.list;
    if doubts.is_full {
        facts.notes.push("More paths in reports fit several files than can be listed: they count for none.".to_owned());
    }
    facts
}

/// Paths that may be several files, each once.
#[derive(Default)]
struct Doubts {
    paths: HashSet<String>,
    list: Vec<AmbiguousPath>,
    kept: usize,
    is_full: bool,
}

impl Doubts {
    fn add(&mut self, path: String, candidates: &[usize], tree: &Tree) {
        if self.paths.contains(&path) {
            return;
        }
        self.kept += candidates.len();
        self.is_full |= self.kept > MAX_CANDIDATES;
        if !self.is_full {
            let candidates = candidates.iter().map(|at| tree.path(*at).clone()).collect();
            self.list.push(AmbiguousPath { path: path.clone(), candidates });
        }
        self.paths.insert(path);
    }
}

/// Adds the lines that one more report knows of a file.
pub(super) fn add(facts: &mut CoverageFacts, report: &str, path: &RepoPath, lines: Vec<LineHits>) {
    match facts.files.entry(path.clone()) {
        Entry::Vacant(entry) => drop(entry.insert(lines)),
        Entry::Occupied(mut entry) => {
            if contradict(entry.get(), &lines) && facts.notes.len() < MAX_TOLD {
                facts.notes.push(format!(
                    "{report} and an earlier report hardly agree on which lines of `{path}` are code: one of them may be of another commit."
                ));
            }
            entry.get_mut().extend(lines);
            tidy(entry.get_mut());
        }
    }
}

/// The ending of a file's name.
pub(super) fn language_of(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next()?;
    let (stem, ending) = name.trim_end_matches('"').rsplit_once('.')?;
    (!stem.is_empty() && !ending.is_empty() && ending.len() <= 12).then(|| ending.to_lowercase())
}

/// Whether two reports can hardly be of one text: fewer than half of the lines of the smaller one are known to both.
fn contradict(one: &[LineHits], other: &[LineHits]) -> bool {
    let common = one.iter().filter(|line| other.binary_search_by_key(&line.number, |it| it.number).is_ok()).count();
    let least = one.len().min(other.len());
    least >= 4 && common * 2 < least
}

#[cfg(test)]
mod tests {
    use super::super::parse_report;
    use super::*;

    fn named(name: &str, text: &str) -> Named {
        Named { name: name.to_owned(), beside: None, report: parse_report(text.as_bytes()).expect("reads") }
    }

    #[test]
    fn hits_add_up_over_formats() {
        let tree = Tree::new(["src/m.py".into(), "o/x.py".into(), "p/x.py".into()]);
        let reports = vec![
            named(
                "a.info",
                "SF:src/m.py\nDA:1,1\nDA:2,0\nDA:4,0\nend_of_record\nSF:x.py\nDA:1,1\nend_of_record\nSF:/usr/y.c\nend_of_record\n",
            ),
            named(
                "b.xml",
                r#"<coverage line-rate="1"><packages><class filename="src/m.py"><lines><line number="2" hits="3"/><line number="1" hits="0"/></lines></class></packages></coverage>"#,
            ),
        ];
        let facts = combine(reports, &tree, &Places::default());
        let lines: Vec<(u32, u64)> =
            facts.files[&"src/m.py".into()].iter().map(|line| (line.number, line.hits)).collect();
        assert_eq!(lines, [(1, 1), (2, 3), (4, 0)]);
        assert_eq!((facts.matched_files, facts.foreign_files), (1, 1));
        assert_eq!(facts.ambiguous[0].candidates.len(), 2);
        assert_eq!(facts.reports[1].format, "Cobertura");
    }

    #[test]
    fn reports_of_two_texts_are_said_to_contradict() {
        let tree = Tree::new(["m.py".into()]);
        let lines = |from: u32| (from..from + 8).map(|line| format!("DA:{line},1\n")).collect::<String>();
        let report = |from| format!("SF:m.py\n{}end_of_record\n", lines(from));
        let facts = combine(vec![named("a", &report(1)), named("b", &report(7))], &tree, &Places::default());
        assert_eq!(
            facts.notes,
            [
                "b and an earlier report hardly agree on which lines of `m.py` are code: one of them may be of another commit."
            ]
        );
        let facts = combine(vec![named("a", &report(1)), named("b", &report(3))], &tree, &Places::default());
        assert_eq!(facts.notes, [""; 0]);
    }
}
