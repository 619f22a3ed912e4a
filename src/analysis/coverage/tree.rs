//! The files of a repository, to be found by the ends of their paths.

use super::roots::Parts;
use crate::model::RepoPath;
use std::sync::OnceLock;

/// The files of a repository, to be found by the ends of their paths.
pub struct Tree {
    paths: Vec<RepoPath>,
    /// Each path with its parts in reverse, every part followed by `/`, in order.
    keys: Vec<(String, usize)>,
    /// The same in small letters, for paths of Windows.
    folded: OnceLock<Vec<(String, usize)>>,
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

    /// The file with exactly these parts.
    pub(super) fn exact<'p>(&self, parts: impl DoubleEndedIterator<Item = &'p str>) -> Option<usize> {
        let key = reverse(parts);
        let at = self.keys.partition_point(|(other, _)| *other < key);
        self.keys.get(at).filter(|(other, _)| *other == key).map(|(_, index)| *index)
    }

    /// The same where case does not count, if it is one file.
    pub(super) fn exact_folded(&self, parts: &[String]) -> Option<usize> {
        let key = reverse(parts.iter().map(String::as_str)).to_lowercase();
        let keys = self.folded();
        let at = keys.partition_point(|(other, _)| *other < key);
        let same = keys[at..].iter().take_while(|(other, _)| *other == key).take(2);
        let same: Vec<usize> = same.map(|(_, index)| *index).collect();
        if let [one] = same.as_slice() { Some(*one) } else { None }
    }

    /// What stands before the last `kept` parts of a file's path.
    pub(super) fn directory(&self, at: usize, kept: usize) -> String {
        let path = self.paths[at].as_str();
        path.rsplitn(kept + 1, '/').nth(kept).unwrap_or_default().to_owned()
    }

    /// Whether a file's whole path is the end of this one.
    pub(super) fn is_end(&self, at: usize, path: &Parts) -> bool {
        let mut parts = path.parts.iter().rev();
        self.paths[at].as_str().rsplit('/').all(|part| parts.next().is_some_and(|it| it == part))
    }

    /// The files that share the most parts at the end with `parts`, and on the way there those whose whole path is such an
    /// end. Looks at no more parts than the deepest file has.
    pub(super) fn ends(&self, parts: &[String], fold: bool) -> Ends<'_> {
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
pub(super) struct Ends<'t> {
    /// How many parts at the end are the same.
    pub(super) shared: usize,
    /// The files that share so many.
    pub(super) files: &'t [(String, usize)],
    /// Files whose whole path is an end of the one asked for, with the number of its parts.
    pub(super) whole: Vec<(usize, usize)>,
}

fn reverse<'p>(parts: impl DoubleEndedIterator<Item = &'p str>) -> String {
    let mut key = String::new();
    for part in parts.rev() {
        key.push_str(part);
        key.push('/');
    }
    key
}

/// How many parts a path has.
pub(super) fn depth(path: &RepoPath) -> usize {
    path.as_str().split('/').count()
}
