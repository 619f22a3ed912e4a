//! Paths of reports over the files of the repository: the longest suffix that only one file has.
//!
//! Reports come from other machines, containers and subdirectories, so that a path is seldom the repository's. What fits
//! several files equally well is ambiguous, and counts for none of them.

use super::report::{Format, Report, ReportFile};
use super::roots::Parts;
use super::spelling::drop_copies;
use crate::model::RepoPath;
use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::OnceLock;

/// So many directories that a report names as its sources are tried.
const MAX_SOURCES: usize = 32;

/// So many paths below sources are tried in one report: a large report has fewer sources tried.
const MAX_QUESTIONS: usize = 1_000_000;

/// So many candidates of all the paths of a report that fit several files are kept; what comes then fits none.
const MAX_CANDIDATES: usize = 2_000_000;

/// File names that mean nothing without their directory.
const COMMON_NAMES: [&str; 9] =
    ["__init__.py", "__main__.py", "mod.rs", "lib.rs", "main.rs", "main.go", "doc.go", "index.js", "index.ts"];

/// The files of a repository, to be found by the ends of their paths.
pub struct Tree {
    paths: Vec<RepoPath>,
    /// Each path with its parts in reverse, every part followed by `/`, in order.
    keys: Vec<(String, usize)>,
    /// The same in small letters, for paths of Windows.
    folded: OnceLock<Vec<(String, usize)>>,
}

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
    /// None.
    Unknown,
}

impl Tree {
    /// From all files of the repository.
    pub fn new(paths: impl IntoIterator<Item = RepoPath>) -> Self {
        let paths: Vec<RepoPath> = paths.into_iter().collect();
        let mut keys: Vec<(String, usize)> =
            paths.iter().map(|path| reverse(path.as_str().split('/'))).zip(0..).collect();
        keys.sort_unstable();
        Tree { paths, keys, folded: OnceLock::new() }
    }

    /// A file by its place.
    pub(super) fn path(&self, at: usize) -> &RepoPath {
        &self.paths[at]
    }

    fn exact<'p>(&self, parts: impl DoubleEndedIterator<Item = &'p str>) -> Option<usize> {
        let key = reverse(parts);
        let at = self.keys.partition_point(|(other, _)| *other < key);
        self.keys.get(at).filter(|(other, _)| *other == key).map(|(_, index)| *index)
    }

    /// The files that share the most parts at the end with `parts`, and on the way there those whose whole path is such an
    /// end. Looks at no more parts than the deepest file has.
    fn ends(&self, parts: &[String], fold: bool) -> Ends<'_> {
        let keys = if fold { self.folded() } else { &self.keys };
        let (mut prefix, mut range) = (String::new(), keys);
        let mut ends = Ends { shared: 0, files: &keys[..0], whole: Vec::new() };
        for (kept, part) in (1..).zip(parts.iter().rev()) {
            prefix.push_str(&if fold { part.to_lowercase() } else { part.clone() });
            prefix.push('/');
            range = &range[range.partition_point(|(key, _)| *key < prefix)..];
            range = &range[..range.partition_point(|(key, _)| key.starts_with(&prefix))];
            let Some((first, file)) = range.first() else { break };
            (ends.shared, ends.files) = (kept, range);
            if *first == prefix {
                ends.whole.push((*file, kept));
            }
        }
        ends
    }

    fn folded(&self) -> &[(String, usize)] {
        self.folded.get_or_init(|| {
            let mut keys: Vec<(String, usize)> = self.keys.iter().map(|(key, at)| (key.to_lowercase(), *at)).collect();
            keys.sort_unstable();
            keys
        })
    }
}

/// What [`Tree::ends`] finds.
struct Ends<'t> {
    /// How many parts at the end are the same.
    shared: usize,
    /// The files that share so many.
    files: &'t [(String, usize)],
    /// Files whose whole path is an end of the one asked for, with the number of its parts.
    whole: Vec<(usize, usize)>,
}

fn reverse<'p>(parts: impl DoubleEndedIterator<Item = &'p str>) -> String {
    let mut key = String::new();
    for part in parts.rev() {
        key.push_str(part);
        key.push('/');
    }
    key
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
enum Draft {
    Settled(usize),
    Open { whole: Vec<(usize, String)>, rest: Vec<usize>, rest_is_longer: bool, fit: Fit },
    Nothing,
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
    let here = Parts::new(&places.here);
    let beside = Parts::new(beside.unwrap_or_default()).parts;
    let resolver = Resolver { tree, sources, top, here, beside, room: Cell::new(MAX_CANDIDATES) };
    let mut distinct: HashMap<&str, usize> = HashMap::new();
    let mut drafts: Vec<(&str, Option<&str>, Parts, Draft)> = Vec::new();
    let mut of_file = Vec::with_capacity(report.files.len());
    for file in &report.files {
        let at = *distinct.entry(&file.path).or_insert_with(|| {
            let parts = Parts::new(&file.path);
            let draft = resolver.draft(&file.path, &parts);
            drafts.push((&file.path, file.hint.as_deref(), parts, draft));
            drafts.len() - 1
        });
        of_file.push(at);
    }
    let votes = Votes::count(tree, &drafts);
    let settle = |hint: Option<&str>, parts: &Parts, draft: Draft| match draft {
        Draft::Settled(found) => (Resolution::Found(found), Fit::Exact),
        Draft::Nothing => (Resolution::Unknown, Fit::Whole),
        Draft::Open { whole, rest, rest_is_longer, fit } => {
            if let Some(found) = votes.best(&whole, rest_is_longer) {
                return (Resolution::Found(found), Fit::Whole);
            }
            match rest.as_slice() {
                [] => (Resolution::Unknown, Fit::Whole),
                [one] => (Resolution::Found(*one), fit),
                many => match resolver.decide(many, parts, hint, places).or_else(|| votes.added(tree, many, parts)) {
                    Some(found) => (Resolution::Found(found), fit),
                    None => (Resolution::Ambiguous(rest), fit),
                },
            }
        }
    };
    let each = drafts.into_iter().map(|(_, hint, parts, draft)| (settle(hint, &parts, draft), parts));
    let (mut settled, paths): (Vec<(Resolution, Fit)>, Vec<Parts>) = each.unzip();
    let shared = |index: usize, found: usize| {
        let parts = &paths[index].parts;
        let before = parts.len().saturating_sub(depth(tree.path(found)));
        votes.before.get(&parts[..before].join("/")).copied().unwrap_or(0)
    };
    match rivals {
        Rivals::Files => drop_contested(&mut settled, shared, |a, b| paths[a].is_same_file(&paths[b])),
        Rivals::Spellings => drop_copies(&mut settled, &paths, tree),
    }
    of_file.into_iter().map(|at| settled[at].0.clone()).collect()
}

/// Resolves paths of a report that is not of coverage; one answer for each: the files that fit equally well. One is found,
/// several are ambiguous, none is foreign. `beside` is the directory of the repository that the report lies in.
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
            Resolution::Found(at) => vec![tree.path(at)],
            Resolution::Ambiguous(many) => many.into_iter().map(|at| tree.path(at)).collect(),
            Resolution::Unknown => Vec::new(),
        })
        .collect()
}

/// Two paths of one report are two files. What fits a file less gives way to what fits it more; of several that fit it
/// whole the one counts whose root more others share, and of equals, as of several that fit in part, none is believed.
fn drop_contested(
    settled: &mut [(Resolution, Fit)],
    shared: impl Fn(usize, usize) -> usize,
    same: impl Fn(usize, usize) -> bool,
) {
    let rank = |index: usize, fit: Fit, at: usize| (fit, if fit == Fit::Whole { shared(index, at) } else { 0 });
    // By file: the best claim, whose it is, and whether another one is as good.
    let mut claims: HashMap<usize, ((Fit, usize), usize, bool)> = HashMap::new();
    for (index, (resolution, fit)) in settled.iter().enumerate() {
        if let Resolution::Found(at) = resolution {
            let rank = rank(index, *fit, *at);
            let (best, owner, is_contested) = claims.entry(*at).or_insert((rank, index, false));
            match rank.cmp(best) {
                Ordering::Greater => (*best, *owner, *is_contested) = (rank, index, false),
                Ordering::Equal => *is_contested |= !same(index, *owner),
                Ordering::Less => {}
            }
        }
    }
    for (index, (resolution, fit)) in settled.iter_mut().enumerate() {
        let Resolution::Found(at) = resolution else { continue };
        let (best, owner, is_contested) = claims[at];
        let gives_way = rank(index, *fit, *at) < best && !same(index, owner);
        // Several ways to name a file are one file.
        if gives_way || is_contested && *fit != Fit::Exact {
            *resolution = Resolution::Unknown;
        }
    }
}

struct Resolver<'t> {
    tree: &'t Tree,
    sources: Vec<Parts>,
    top: Option<Parts>,
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
        if let Some(found) = self.direct(raw, path) {
            return Draft::Settled(found);
        }
        let mut variants = vec![path.clone()];
        if !path.absolute {
            variants.extend(self.sources.iter().map(|source| path.under(source)));
        }
        let (mut shared, mut rest, mut fit, mut whole) = (0, Vec::new(), Fit::Partial, Vec::new());
        let bare_is_an_end = !path.absolute && self.sources.iter().any(|source| source.absolute);
        for (index, variant) in variants.iter().enumerate() {
            let mut ends = self.tree.ends(&variant.parts, false);
            if index > 0 || !bare_is_an_end {
                let ours = ends.whole.iter().filter(|(_, kept)| !variant.is_foreign(*kept));
                whole.extend(ours.map(|(at, kept)| (*at, variant.parts[..variant.parts.len() - kept].join("/"))));
            }
            if ends.shared == 0 && variant.windows {
                ends = self.tree.ends(&variant.parts, true);
            }
            let (count, found) = (ends.shared, ends.files);
            if count == 0 || count < shared {
                continue;
            }
            let is_all_of_a_file = matches!(found, [(_, at)] if depth(self.tree.path(*at)) == count);
            let is_whole = count >= path.parts.len() || is_all_of_a_file;
            let is_likely = is_whole || count > 1 || (found.len() == 1 && !COMMON_NAMES.contains(&name_of(variant)));
            if variant.is_foreign(count) || !is_likely {
                continue;
            }
            if count > shared {
                (shared, fit) = (count, if is_whole { Fit::Whole } else { Fit::Partial });
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
        let longest_whole = whole.iter().map(|(at, _)| depth(self.tree.path(*at))).max().unwrap_or(0);
        Draft::Open { whole, rest, rest_is_longer: shared > longest_whole, fit }
    }

    /// What needs no guess: where the user stands, the top of this repository, and the path as it is.
    fn direct(&self, raw: &str, path: &Parts) -> Option<usize> {
        let exact = |parts: &[String]| self.tree.exact(parts.iter().map(String::as_str));
        let below_top = |path: &Parts| self.top.as_ref().and_then(|top| path.without(top).and_then(exact));
        if path.absolute {
            return below_top(path);
        }
        // A file's name can have a backslash.
        if raw.contains('\\')
            && let Some(found) = self.tree.exact(raw.split('/'))
        {
            return Some(found);
        }
        let in_sources = self.sources.iter().find_map(|source| {
            let full = path.under(source);
            if source.absolute {
                below_top(&full)
            } else {
                exact(&full.under(&self.here).parts).or_else(|| exact(&full.parts))
            }
        });
        let in_here = || if self.here.parts.is_empty() { None } else { exact(&path.under(&self.here).parts) };
        // A package's report names the package's files.
        let in_package = || if self.sources.is_empty() { self.in_package(path, |_| true) } else { None };
        // With sources, the bare path is only the end of a path.
        let bare = || if self.sources.iter().any(|source| source.absolute) { None } else { exact(&path.parts) };
        in_sources.or_else(in_here).or_else(in_package).or_else(bare)
    }

    /// The file below the nearest directory around the report, the repository's top left out.
    fn in_package(&self, path: &Parts, fits: impl Fn(usize) -> bool) -> Option<usize> {
        let around = (1..=self.beside.len()).rev().map(|kept| &self.beside[..kept]);
        let mut found =
            around.filter_map(|directory| self.tree.exact(directory.iter().chain(&path.parts).map(String::as_str)));
        found.find(|at| fits(*at))
    }

    /// Of files that fit equally well, the one that where the report lies, where the user stands or its module speaks for.
    fn decide(&self, many: &[usize], path: &Parts, hint: Option<&str>, places: &Places) -> Option<usize> {
        if !path.absolute {
            if let Some(found) = self.in_package(path, |at| many.contains(&at)) {
                return Some(found);
            }
            if let Some(working) = &places.working {
                let ends = self.tree.ends(&path.under(&Parts::new(working)).parts, false);
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

fn depth(path: &RepoPath) -> usize {
    path.as_str().split('/').count()
}

/// What the paths of one report say together: they share a root.
#[derive(Default)]
struct Votes {
    /// What stands before a file's whole path, and for how many files.
    before: HashMap<String, usize>,
    /// The directory that all paths lack which are the end of one file's path; `None` when they differ.
    added: Option<String>,
}

impl Votes {
    fn count(tree: &Tree, drafts: &[(&str, Option<&str>, Parts, Draft)]) -> Self {
        let mut votes = Votes::default();
        let mut added: Vec<String> = Vec::new();
        for (_, _, parts, draft) in drafts {
            let Draft::Open { whole, rest, fit: Fit::Whole | Fit::Partial, .. } = draft else { continue };
            for (_, before) in whole {
                *votes.before.entry(before.clone()).or_default() += 1;
            }
            if let [one] = rest.as_slice() {
                added.extend(lacking(tree.path(*one), parts));
            }
        }
        added.sort_unstable();
        added.dedup();
        if let [one] = added.as_slice() {
            votes.added = Some(one.clone());
        }
        votes
    }

    /// The file whose root most others share; of equals the longest. Where something else fits more of the path, only a
    /// root that others share too is believed.
    fn best(&self, whole: &[(usize, String)], rest_is_longer: bool) -> Option<usize> {
        let count = |before: &String| self.before.get(before).copied().unwrap_or(0);
        let (found, before) =
            whole.iter().max_by_key(|(_, before)| (count(before), std::cmp::Reverse(before.split('/').count())))?;
        (!rest_is_longer || count(before) > 1).then_some(*found)
    }

    fn added(&self, tree: &Tree, many: &[usize], path: &Parts) -> Option<usize> {
        let wanted = self.added.as_ref()?;
        many.iter().copied().find(|at| lacking(tree.path(*at), path).as_ref() == Some(wanted))
    }
}

/// The directory that a path lacks to be this file's; `None` when it is not the end of the file's path.
fn lacking(file: &RepoPath, path: &Parts) -> Option<String> {
    let file: Vec<&str> = file.as_str().split('/').collect();
    let extra = file.len().checked_sub(path.parts.len()).filter(|extra| *extra > 0)?;
    file[extra..].iter().zip(&path.parts).all(|(a, b)| a == b).then(|| file[..extra].join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::report::{Format, ReportFile};
    use super::*;

    fn report(paths: &[&str], sources: &[&str]) -> Report {
        let file = |path: &&str| ReportFile { path: (*path).to_owned(), hint: None, lines: Vec::new() };
        let sources = sources.iter().map(|source| (*source).to_owned()).collect();
        Report { format: Format::Lcov, files: paths.iter().map(file).collect(), sources, notes: Vec::new() }
    }

    fn resolve_in(
        tree: &[&str],
        paths: &[&str],
        sources: &[&str],
        places: &Places,
        beside: Option<&str>,
    ) -> Vec<String> {
        let tree = Tree::new(tree.iter().map(|path| RepoPath::new(path)));
        let found = resolve(&tree, places, &report(paths, sources), beside);
        let name = |at: &usize| tree.path(*at).as_str().to_owned();
        found
            .iter()
            .map(|it| match it {
                Resolution::Found(at) => name(at),
                Resolution::Ambiguous(many) => format!("? {}", many.iter().map(name).collect::<Vec<_>>().join(" ")),
                Resolution::Unknown => "-".to_owned(),
            })
            .collect()
    }

    #[track_caller]
    fn check(tree: &[&str], paths: &[&str], expected: &[&str]) {
        assert_eq!(resolve_in(tree, paths, &[], &Places::default(), None), expected);
    }

    const MONOREPO: [&str; 3] = ["packages/api/src/a.py", "packages/web/src/a.py", "packages/web/src/b.py"];

    #[test]
    fn what_a_path_names_takes_no_hits_of_another() {
        let none = Places::default();
        let tree = ["src/a.js", "src/b.js", "src/c.js"];
        assert_eq!(resolve_in(&tree, &["src/a.js", "dist/src/a.js"], &[], &none, None), ["src/a.js", "-"]);
        assert_eq!(resolve_in(&tree, &["src/a.js", "./src/a.js"], &[], &none, None), ["src/a.js", "src/a.js"]);
        // Two roots, and nothing speaks for one of them; then others do.
        let two = ["/app/src/a.js", "/opt/lib/x/src/a.js"];
        assert_eq!(resolve_in(&tree, &two, &[], &none, None), ["-", "-"]);
        let more = ["/app/src/a.js", "/opt/lib/x/src/a.js", "/app/src/b.js"];
        assert_eq!(resolve_in(&tree, &more, &[], &none, None), ["src/a.js", "-", "src/b.js"]);
    }

    #[test]
    fn a_packages_report_names_the_packages_files() {
        let none = Places::default();
        let tree = ["src/index.ts", "packages/a/src/index.ts", "packages/b/src/index.ts"];
        let of = |beside: &str| resolve_in(&tree, &["src/index.ts"], &[], &none, Some(beside)).remove(0);
        assert_eq!(of("packages/a/coverage"), "packages/a/src/index.ts");
        assert_eq!(of("coverage"), "src/index.ts");
        assert_eq!(of("packages/c/coverage"), "src/index.ts");
    }

    #[test]
    fn the_longest_suffix_that_one_file_has_wins() {
        check(&["src/a.py", "lib/a.py"], &["/home/ci/x/src/a.py", "./lib/a.py"], &["src/a.py", "lib/a.py"]);
        check(&["core/src/main/kotlin/com/acme/A.kt"], &["com/acme/A.kt"], &["core/src/main/kotlin/com/acme/A.kt"]);
        check(&["a.go", "sub/a.go"], &["example.org/acme/a.go", "example.org/acme/sub/a.go"], &["a.go", "sub/a.go"]);
        check(&["backend/src/a.py"], &["/app/src/a.py"], &["backend/src/a.py"]);
        check(
            &["src/win/a.cs"],
            &["C:\\s\\src\\win\\a.cs", "c:\\S\\SRC\\Win\\A.cs"],
            &["src/win/a.cs", "src/win/a.cs"],
        );
        check(&["src/back\\slash.py", "src/back/slash.py"], &["src/back\\slash.py"], &["src/back\\slash.py"]);
    }

    #[test]
    fn what_fits_several_files_is_ambiguous() {
        check(&MONOREPO[..2], &["src/a.py"], &["? packages/api/src/a.py packages/web/src/a.py"]);
        check(&["m/A.kt", "n/A.kt"], &["A.kt", "B.kt"], &["? m/A.kt n/A.kt", "-"]);
    }

    #[test]
    fn the_place_and_the_other_files_decide() {
        let here = Places { here: "packages/web".to_owned(), ..Places::default() };
        assert_eq!(resolve_in(&MONOREPO, &["src/a.py"], &[], &here, None), ["packages/web/src/a.py"]);
        let beside = Some("packages/api/coverage");
        assert_eq!(resolve_in(&MONOREPO, &["src/a.py"], &[], &Places::default(), beside), ["packages/api/src/a.py"]);
        let working = Places { working: Some("/tmp/x/packages/api".to_owned()), ..Places::default() };
        assert_eq!(resolve_in(&MONOREPO, &["src/a.py"], &[], &working, None), ["packages/api/src/a.py"]);
        check(&MONOREPO, &["src/a.py", "src/b.py"], &["packages/web/src/a.py", "packages/web/src/b.py"]);
    }

    #[test]
    fn a_root_is_what_most_files_share() {
        let tree = ["setup.py", "foo/setup.py", "foo/a.py", "foo/b.py"];
        check(
            &tree,
            &["/home/ci/foo/setup.py", "/home/ci/foo/foo/a.py", "/home/ci/foo/foo/b.py"],
            &["setup.py", "foo/a.py", "foo/b.py"],
        );
        let top = Places { top: Some("/home/ci/foo".to_owned()), ..Places::default() };
        assert_eq!(resolve_in(&tree, &["/home/ci/foo/setup.py"], &[], &top, None), ["setup.py"]);
    }

    #[test]
    fn sources_come_before_the_bare_path() {
        let tree = ["app/models.py", "backend/app/models.py"];
        let found = |sources: &[&str]| resolve_in(&tree, &["app/models.py"], sources, &Places::default(), None);
        assert_eq!(found(&["/abs/root/backend"]), ["backend/app/models.py"]);
        assert_eq!(found(&["backend"]), ["backend/app/models.py"]);
        assert_eq!(found(&[]), ["app/models.py"]);
    }

    #[test]
    fn files_of_others_are_not_ours() {
        check(&["src/mine/__init__.py"], &["/usr/lib/python3/site-packages/other/__init__.py"], &["-"]);
        check(&["setup.py"], &["/usr/lib/python3/site-packages/x/setup.py"], &["-"]);
        check(&["src/mine/a.py"], &["/tox/lib/site-packages/mine/a.py"], &["src/mine/a.py"]);
        check(&["src/util.py"], &["/a/x/util.py", "/b/y/util.py"], &["-", "-"]);
        check(&["src/a.py"], &["", "/", "..", "a.py/"], &["-", "-", "-", "src/a.py"]);
    }
}
