//! What the paths of one report say together: they share a root.

use super::resolve::{Draft, Fit, Whole};
use super::roots::Parts;
use super::tree::{Tree, depth};
use crate::model::RepoPath;
use std::collections::HashMap;
use std::hash::Hash;

/// Directories of what a build writes: a file in one is no source, also when it has a source's name.
const BUILT: [&str; 4] = ["build", "dist", "out", "target"];

/// What stands before the end of a path that a file of the repository has too; every part followed by `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Root {
    absolute: bool,
    before: String,
}

/// How a guess moves files: what stands before the common end in the report, and in the repository.
pub(super) type Move = (Root, String);

impl Root {
    /// Of a path whose last `kept` parts are a file's.
    pub(super) fn new(path: &Parts, kept: usize) -> Root {
        let before = &path.parts[..path.parts.len().saturating_sub(kept)];
        let before: String = before.iter().flat_map(|part| [part.as_str(), "/"]).collect();
        Root { absolute: path.absolute, before: if path.windows { before.to_lowercase() } else { before } }
    }

    /// Whether neither lies in the other, as on two machines: a directory in a root is no second root.
    pub(super) fn is_apart_from(&self, other: &Root) -> bool {
        !self.holds(other) && !other.holds(self)
    }

    fn holds(&self, other: &Root) -> bool {
        self.absolute == other.absolute && other.before.starts_with(&self.before)
    }

    fn is_built(&self) -> bool {
        self.before.split('/').any(|part| BUILT.contains(&part))
    }
}

/// The roots of one report.
#[derive(Default)]
pub(super) struct Votes {
    /// For how many files a root stands before their whole path.
    roots: HashMap<Root, usize>,
    /// The root of most files, where several share it.
    main: Option<Root>,
    /// How many files a guess moves alike.
    moves: HashMap<Move, usize>,
    /// The directory that all paths lack which are the end of one file's path; `None` when they differ.
    added: Option<String>,
    /// One path is all that can speak for a root, and nothing speaks against it.
    is_alone: bool,
}

/// What the whole paths of files say that are ends of one path.
pub(super) enum Best<'d> {
    Nothing,
    One(&'d Whole),
    /// Equally good, from several directories that the report names as its sources.
    Several(Vec<usize>),
}

impl Votes {
    /// `is_part` says that `tree` holds some of the repository's files: then a path that fits none speaks against nothing.
    pub(super) fn count<'d>(
        tree: &Tree,
        is_part: bool,
        drafts: impl Iterator<Item = (&'d Parts, &'d Draft)> + Clone,
    ) -> Self {
        let speaks = |(_, draft): &(&Parts, &Draft)| !is_part || !matches!(draft, Draft::Nothing);
        let is_alone = drafts.clone().filter(speaks).take(2).count() == 1;
        let mut votes = Votes { is_alone, ..Votes::default() };
        let (mut added, mut roots, mut moves) = (Vec::new(), Vec::new(), Vec::new());
        for (path, draft) in drafts {
            let Draft::Open { whole, rest, moved, fit: Fit::Whole | Fit::Partial, .. } = draft else { continue };
            roots.extend(whole.iter().map(|it| (&it.root, it.at)));
            if let [one] = rest.as_slice() {
                moves.extend(moved.as_ref().map(|moved| (moved, *one)));
                added.extend(lacking(tree.path(*one), path));
            }
        }
        votes.roots = tally(roots);
        votes.moves = tally(moves);
        let shared = votes.roots.iter().filter(|(_, count)| **count > 1);
        votes.main =
            shared.max_by_key(|(root, count)| (**count, std::cmp::Reverse(*root))).map(|(root, _)| root.clone());
        added.sort_unstable();
        added.dedup();
        if let [one] = added.as_slice() {
            votes.added = Some(one.clone());
        }
        votes
    }

    /// For how many files this root stands before their whole path.
    pub(super) fn of(&self, root: &Root) -> usize {
        self.roots.get(root).copied().unwrap_or(0)
    }

    /// The file whose root most others share; of equals the longest. Where something else fits more of the path, only a
    /// root that others share too is believed.
    pub(super) fn best<'d>(&self, whole: &'d [Whole], rest_is_longer: bool) -> Best<'d> {
        let rank = |it: &Whole| (self.of(&it.root), it.kept);
        let Some(first) = whole.iter().max_by_key(|it| rank(it)) else { return Best::Nothing };
        if rest_is_longer && self.of(&first.root) < 2 {
            return Best::Nothing;
        }
        let equals = whole.iter().filter(|it| rank(it) == rank(first)).map(|it| it.at);
        let mut equals: Vec<usize> = equals.collect();
        equals.dedup();
        if equals.len() > 1 { Best::Several(equals) } else { Best::One(first) }
    }

    /// Whether a path means the file whose whole path is its end. What lies in a root without being listed there is
    /// another file, and a name alone says little.
    pub(super) fn believe_whole(&self, whole: &Whole) -> bool {
        let root = &whole.root;
        if root.before.is_empty() {
            return true;
        }
        let is_built = !root.absolute && root.is_built();
        let is_named = whole.kept > 1 || self.of(root) > 1 || self.is_alone;
        !is_built && is_named && !self.is_in_main(root)
    }

    /// Whether a path means a file that lies in other directories.
    pub(super) fn believe_move(&self, moved: &Move, shared: usize) -> bool {
        let (root, _) = moved;
        let is_built = root.is_built() && (shared < 2 || !root.absolute);
        let is_moved_alike = self.moves.get(moved).is_some_and(|count| *count > 1);
        !is_built && (is_moved_alike || shared > 1 && !self.is_in_main(root))
    }

    fn is_in_main(&self, root: &Root) -> bool {
        self.main.as_ref().is_some_and(|main| main.holds(root) && self.of(main) > self.of(root))
    }

    pub(super) fn added(&self, tree: &Tree, many: &[usize], path: &Parts) -> Option<usize> {
        let wanted = self.added.as_ref()?;
        many.iter().copied().find(|at| lacking(tree.path(*at), path).as_ref() == Some(wanted))
    }
}

/// For how many files each is there: two spellings of one path are one vote.
fn tally<K: Clone + Ord + Hash>(mut found: Vec<(&K, usize)>) -> HashMap<K, usize> {
    found.sort_unstable();
    found.dedup();
    found.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0.clone(), same.len())).collect()
}

/// The directory that a path lacks to be this file's; `None` when it is not the end of the file's path.
fn lacking(file: &RepoPath, path: &Parts) -> Option<String> {
    let extra = depth(file).checked_sub(path.parts.len()).filter(|extra| *extra > 0)?;
    let file: Vec<&str> = file.as_str().split('/').collect();
    file[extra..].iter().zip(&path.parts).all(|(a, b)| a == b).then(|| file[..extra].join("/"))
}
