//! Paths of reports over the files of the repository: the longest suffix that only one file has.
//!
//! Reports come from other machines, containers and subdirectories, so that a path is seldom the repository's. What fits
//! several files equally well is ambiguous, and counts for none of them.

use super::contest::{Claim, drop_contested, drop_doubts};
use super::report::{Format, Report, ReportFile};
use super::roots::Parts;
use super::spelling::drop_copies;
pub use super::tree::Tree;
use super::tree::{Ends, depth};
use super::votes::{Best, Move, Root, Votes};
use crate::model::RepoPath;
use std::cell::Cell;
use std::collections::HashMap;

/// So many directories that a report names as its sources are tried.
const MAX_SOURCES: usize = 32;

/// So many paths below sources are tried in one report: a large report has fewer sources tried.
const MAX_QUESTIONS: usize = 1_000_000;

/// So many candidates of all the paths of a report that fit several files are kept; what comes then fits none.
const MAX_CANDIDATES: usize = 2_000_000;

/// File names that mean nothing without their directory.
const COMMON_NAMES: [&str; 9] =
    ["__init__.py", "__main__.py", "mod.rs", "lib.rs", "main.rs", "main.go", "doc.go", "index.js", "index.ts"];

/// Where reports were made and are read, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The top directory of the repository, absolute.
    pub top: Option<String>,
    /// The directory inside the repository that the user stands in; empty for its top.
    pub here: String,
    /// The directory that the user stands in, absolute, where there is no repository.
    pub working: Option<String>,
}

/// What became of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resolution {
    /// This file of the tree.
    Found(usize),
    /// Any of these.
    Ambiguous(Vec<usize>),
    /// This file or another one, so that it counts for none.
    Doubtful(usize),
    /// None.
    Unknown,
}

impl Resolution {
    fn believe(&mut self) {
        if let Resolution::Doubtful(at) = self {
            *self = Resolution::Found(*at);
        }
    }
}

/// How a file was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Both have other directories above.
    Partial,
    /// The whole path of one of the two is the end of the other.
    Whole,
    /// The path names it.
    Exact,
}

/// A path that waits for what the others of its report say.
pub(super) enum Draft {
    Settled(usize),
    /// Each is the path in another one of the report's sources.
    Several(Vec<usize>),
    Open {
        whole: Vec<Whole>,
        rest: Vec<usize>,
        rest_is_longer: bool,
        fit: Fit,
        /// How many parts at the end `rest` shares.
        shared: usize,
        /// Where `rest` is one file in other directories.
        moved: Option<Move>,
    },
    Nothing,
}

/// A file whose whole path is the end of a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Whole {
    pub(super) at: usize,
    /// The number of its parts.
    pub(super) kept: usize,
    pub(super) root: Root,
}

/// A path of a report as it is resolved.
struct Asked<'r> {
    path: Parts,
    /// Where the report names it first.
    file: &'r ReportFile,
    draft: Draft,
}

impl Asked<'_> {
    fn claim(&self, root: Option<Root>, found: &(Resolution, Fit), votes: &Votes, tree: &Tree) -> Claim<'_> {
        let (resolution, fit) = found;
        let hint = self.file.hint.as_deref();
        let is_hinted = match resolution {
            Resolution::Found(at) => tree.path(*at).as_str().split('/').any(|part| Some(part) == hint),
            _ => false,
        };
        let votes = root.as_ref().map_or(0, |root| votes.of(root));
        Claim { path: &self.path, file: self.file, fit: *fit, root, votes, is_hinted }
    }
}

/// What several paths of one report that fit one file are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rivals {
    /// As many files: a report of coverage has each file once.
    Files,
    /// Spellings of that file: several linters write into one report.
    Spellings,
}

/// Resolves every path of a report; one answer for each of its files. `beside` is the directory of the repository that
/// the report lies in.
pub(super) fn resolve(tree: &Tree, places: &Places, report: &Report, beside: Option<&str>) -> Vec<Resolution> {
    resolve_among(tree, places, report, beside, Rivals::Files)
}

fn resolve_among(
    tree: &Tree,
    places: &Places,
    report: &Report,
    beside: Option<&str>,
    rivals: Rivals,
) -> Vec<Resolution> {
    let mut sources: Vec<Parts> = Vec::new();
    let most = MAX_SOURCES.min(1 + MAX_QUESTIONS / report.files.len().max(1));
    for source in report.sources.iter().map(|source| Parts::new(source)) {
        if sources.len() < most && !sources.contains(&source) {
            sources.push(source);
        }
    }
    let top = places.top.as_deref().map(Parts::new);
    let working = places.working.as_deref().map(Parts::new);
    let here = Parts::new(&places.here);
    let beside = Parts::new(beside.unwrap_or_default()).parts;
    let resolver = Resolver { tree, sources, top, working, here, beside, room: Cell::new(MAX_CANDIDATES) };
    // One name in two modules is two files.
    let mut distinct: HashMap<(&str, Option<&str>), usize> = HashMap::new();
    let mut asked: Vec<Asked<'_>> = Vec::new();
    let mut of_file = Vec::with_capacity(report.files.len());
    for file in &report.files {
        let at = *distinct.entry((&file.path, file.hint.as_deref())).or_insert_with(|| {
            let path = Parts::new(&file.path);
            let draft = resolver.draft(&file.path, &path);
            asked.push(Asked { path, file, draft });
            asked.len() - 1
        });
        of_file.push(at);
    }
    let votes = Votes::count(tree, places.working.is_some(), asked.iter().map(|it| (&it.path, &it.draft)));
    let (mut settled, roots): (Vec<(Resolution, Fit)>, Vec<Option<Root>>) =
        asked.iter().map(|it| resolver.settle(it, &votes)).unzip();
    drop_doubts(&mut settled);
    match rivals {
        Rivals::Files => {
            let asked = asked.iter().zip(roots).zip(&settled);
            let claims: Vec<Claim<'_>> = asked.map(|((it, root), found)| it.claim(root, found, &votes, tree)).collect();
            drop_contested(&mut settled, &claims);
        }
        Rivals::Spellings => {
            // A result in the wrong file is seen; one in no file is not.
            settled.iter_mut().for_each(|(resolution, _)| resolution.believe());
            let paths: Vec<&Parts> = asked.iter().map(|it| &it.path).collect();
            drop_copies(&mut settled, &paths, tree);
        }
    }
    of_file.into_iter().map(|at| settled[at].0.clone()).collect()
}

/// Resolves paths of a report that is not of coverage; one answer for each: the files that fit equally well. One is found,
/// several are ambiguous, none is foreign, and a doubtful one is taken for found. `beside` is the directory of the repository that the report lies in.
pub fn resolve_paths<'t>(
    tree: &'t Tree,
    places: &Places,
    paths: &[&str],
    beside: Option<&str>,
) -> Vec<Vec<&'t RepoPath>> {
    let file = |path: &&str| ReportFile { path: (*path).to_owned(), hint: None, lines: Vec::new() };
    let files = paths.iter().map(file).collect();
    let report = Report { format: Format::Lcov, files, sources: Vec::new(), notes: Vec::new() };
    let found = resolve_among(tree, places, &report, beside, Rivals::Spellings).into_iter();
    found
        .map(|resolution| match resolution {
            Resolution::Found(at) | Resolution::Doubtful(at) => vec![tree.path(at)],
            Resolution::Ambiguous(many) => many.into_iter().map(|at| tree.path(at)).collect(),
            Resolution::Unknown => Vec::new(),
        })
        .collect()
}

struct Resolver<'t> {
    tree: &'t Tree,
    sources: Vec<Parts>,
    top: Option<Parts>,
    working: Option<Parts>,
    here: Parts,
    /// Where the report lies.
    beside: Vec<String>,
    /// How many candidates may still be kept.
    room: Cell<usize>,
}

impl Resolver<'_> {
    fn draft(&self, raw: &str, path: &Parts) -> Draft {
        if path.parts.is_empty() {
            return Draft::Nothing;
        }
        match self.direct(raw, path).as_slice() {
            [] => {}
            [found] => return Draft::Settled(*found),
            many => return Draft::Several(many.to_vec()),
        }
        let variants = self.variants(path);
        let (mut shared, mut rest, mut fit, mut whole) = (0, Vec::new(), Fit::Partial, Vec::new());
        let mut from = path;
        let bare_is_an_end = !path.absolute && self.sources.iter().any(|source| source.absolute);
        for variant in &variants {
            let ends = self.ends(variant);
            if !(bare_is_an_end && variant == path) {
                let ours = ends.whole.iter().filter(|(_, kept)| self.can_keep(variant, *kept));
                whole.extend(ours.map(|&(at, kept)| Whole { at, kept, root: Root::new(variant, kept) }));
            }
            let (count, found) = (ends.shared, ends.files);
            if count == 0 || count < shared {
                continue;
            }
            let is_all_of_a_file = matches!(found, [(_, at)] if depth(self.tree.path(*at)) == count);
            let is_whole = count >= path.parts.len() || is_all_of_a_file;
            let is_likely = is_whole || count > 1 || (found.len() == 1 && !COMMON_NAMES.contains(&name_of(variant)));
            if !is_likely || !self.can_keep(variant, count) {
                continue;
            }
            if count > shared {
                (shared, fit, from) = (count, if is_whole { Fit::Whole } else { Fit::Partial }, variant);
                rest.clear();
            }
            let Some(room) = self.room.get().checked_sub(found.len()) else { return Draft::Nothing };
            self.room.set(room);
            rest.extend(found.iter().map(|(_, at)| *at));
        }
        rest.sort_unstable();
        rest.dedup();
        whole.sort_unstable();
        whole.dedup();
        if rest.is_empty() && whole.is_empty() {
            return Draft::Nothing;
        }
        let longest_whole = whole.iter().map(|it| it.kept).max().unwrap_or(0);
        let moved = match rest.as_slice() {
            [one] if fit == Fit::Partial => Some((Root::new(from, shared), self.tree.directory(*one, shared))),
            _ => None,
        };
        Draft::Open { whole, rest, rest_is_longer: shared > longest_whole, fit, shared, moved }
    }

    /// The path as it is and in the report's sources.
    fn variants(&self, path: &Parts) -> Vec<Parts> {
        if path.absolute {
            return vec![path.clone()];
        }
        // Where all sources are directories of this repository and none has the file, its name alone is no sign.
        let is_placed = |source: &Parts| source.absolute && self.below_top(&path.under(source)).is_some();
        let all_are_placed = !self.sources.is_empty() && self.sources.iter().all(is_placed);
        let bare = (!all_are_placed || path.parts.len() > 1).then(|| path.clone());
        bare.into_iter().chain(self.sources.iter().map(|source| path.under(source))).collect()
    }

    /// Case counts on Windows only where it has to.
    fn ends(&self, path: &Parts) -> Ends<'_> {
        let ends = self.tree.ends(&path.parts, false);
        if !path.windows {
            return ends;
        }
        let folded = self.tree.ends(&path.parts, true);
        if folded.shared > ends.shared { folded } else { ends }
    }

    /// Whether the last `kept` parts of a path, which no file has whole, can be those of a file. What lies in this repository
    /// without being listed is another file: what a build wrote, an ignored dependency.
    fn can_keep(&self, path: &Parts, kept: usize) -> bool {
        let in_working = self.working.as_ref().and_then(|working| path.without(working));
        let is_listed = match self.below_top(path) {
            Some(_) => path.is_installed(kept),
            None => in_working.is_none_or(|rest| kept >= rest.len()),
        };
        is_listed && !path.is_foreign(kept)
    }

    fn below_top<'p>(&self, path: &'p Parts) -> Option<&'p [String]> {
        self.top.as_ref().and_then(|top| path.without(top))
    }

    /// What needs no guess: where the user stands, the top of this repository, and the path as it is. Several when the path
    /// is there in several of the report's sources.
    fn direct(&self, raw: &str, path: &Parts) -> Vec<usize> {
        let exact = |parts: &[String]| self.tree.exact(parts.iter().map(String::as_str));
        let at_top = |path: &Parts| {
            let rest = self.below_top(path)?;
            exact(rest).or_else(|| if path.windows { self.tree.exact_folded(rest) } else { None })
        };
        if path.absolute {
            let in_working = || self.working.as_ref().and_then(|working| path.without(working)).and_then(exact);
            return at_top(path).or_else(in_working).into_iter().collect();
        }
        // A file's name can have a backslash.
        if raw.contains('\\')
            && let Some(found) = self.tree.exact(raw.split('/'))
        {
            return vec![found];
        }
        let in_source = |source: &Parts| {
            let full = path.under(source);
            if source.absolute {
                at_top(&full)
            } else {
                exact(&full.under(&self.here).parts).or_else(|| exact(&full.parts))
            }
        };
        let mut in_sources: Vec<usize> = self.sources.iter().filter_map(in_source).collect();
        in_sources.sort_unstable();
        in_sources.dedup();
        if !in_sources.is_empty() {
            return in_sources;
        }
        let in_here = || if self.here.parts.is_empty() { None } else { exact(&path.under(&self.here).parts) };
        // A package's report names the package's files.
        let in_package = || if self.sources.is_empty() { self.in_package(path, |_| true) } else { None };
        // With sources, the bare path is only the end of a path.
        let bare = || if self.sources.iter().any(|source| source.absolute) { None } else { exact(&path.parts) };
        in_here().or_else(in_package).or_else(bare).into_iter().collect()
    }

    /// What becomes of a path when the votes are counted, and the root that it was found below.
    fn settle(&self, asked: &Asked<'_>, votes: &Votes) -> ((Resolution, Fit), Option<Root>) {
        let (whole, rest, rest_is_longer, fit) = match &asked.draft {
            Draft::Settled(found) => {
                let root = self
                    .tree
                    .is_end(*found, &asked.path)
                    .then(|| Root::new(&asked.path, depth(self.tree.path(*found))));
                return ((Resolution::Found(*found), Fit::Exact), root);
            }
            Draft::Several(many) => return ((Resolution::Ambiguous(many.clone()), Fit::Exact), None),
            Draft::Nothing => return ((Resolution::Unknown, Fit::Whole), None),
            Draft::Open { whole, rest, rest_is_longer, fit, .. } => (whole, rest, *rest_is_longer, *fit),
        };
        match votes.best(whole, rest_is_longer) {
            Best::One(it) => {
                let is_it = votes.believe_whole(it);
                let resolution = if is_it { Resolution::Found(it.at) } else { Resolution::Doubtful(it.at) };
                return ((resolution, Fit::Whole), Some(it.root.clone()));
            }
            Best::Several(many) => return ((Resolution::Ambiguous(many), Fit::Whole), None),
            Best::Nothing => {}
        }
        let resolution = match rest.as_slice() {
            [] => return ((Resolution::Unknown, Fit::Whole), None),
            [one] => match &asked.draft {
                Draft::Open { moved: Some(moved), shared, .. } if !votes.believe_move(moved, *shared) => {
                    Resolution::Doubtful(*one)
                }
                _ => Resolution::Found(*one),
            },
            many => {
                let hint = asked.file.hint.as_deref();
                let decided = self.decide(many, &asked.path, hint);
                match decided.or_else(|| votes.added(self.tree, many, &asked.path)) {
                    Some(found) => Resolution::Found(found),
                    None => Resolution::Ambiguous(many.to_vec()),
                }
            }
        };
        ((resolution, fit), None)
    }

    /// The file below the nearest directory around the report, the repository's top left out.
    fn in_package(&self, path: &Parts, fits: impl Fn(usize) -> bool) -> Option<usize> {
        let around = (1..=self.beside.len()).rev().map(|kept| &self.beside[..kept]);
        let mut found =
            around.filter_map(|directory| self.tree.exact(directory.iter().chain(&path.parts).map(String::as_str)));
        found.find(|at| fits(*at))
    }

    /// Of files that fit equally well, the one that where the report lies, where the user stands or its module speaks for.
    fn decide(&self, many: &[usize], path: &Parts, hint: Option<&str>) -> Option<usize> {
        if !path.absolute {
            if let Some(found) = self.in_package(path, |at| many.contains(&at)) {
                return Some(found);
            }
            if let Some(working) = &self.working {
                let ends = self.tree.ends(&path.under(working).parts, false);
                if let ([(_, one)], true) = (ends.files, ends.shared > path.parts.len()) {
                    return Some(*one);
                }
            }
        }
        let hinted: Vec<usize> = match hint {
            Some(hint) => many
                .iter()
                .copied()
                .filter(|at| self.tree.path(*at).as_str().split('/').any(|part| part == hint))
                .collect(),
            None => Vec::new(),
        };
        if let [one] = hinted.as_slice() { Some(*one) } else { None }
    }
}

fn name_of(path: &Parts) -> &str {
    path.parts.last().map_or("", String::as_str)
}
