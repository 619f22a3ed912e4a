//! A search of the head's files. GitHub's own covers the default branch only, so the likeliest files are read.

use super::CallError;
use super::facts::FetchedFact;
use super::repo::RepoClient;
use super::tree::TreeFile;
use crate::analysis::search::{holds_word, order_by_likelihood};
use crate::lua::Globs;
use crate::model::{CommitId, Fact, FactKey, FileText, RepoPath, Search, Searched, Snapshot};

/// Files that one search reads: three requests.
const MAX_READ: usize = 300;
/// A larger one is hardly written by hand.
const MAX_FILE_BYTES: u64 = 256 << 10;
/// All files of one search.
const MAX_BYTES: u64 = 8 << 20;

impl RepoClient {
    /// The answers to every [`FactKey::Search`] among `wanted`: the list of files, and the texts of the likeliest.
    ///
    /// # Errors
    /// When a request failed.
    pub(super) async fn searches(
        &self,
        snapshot: &Snapshot,
        wanted: &[&FactKey],
    ) -> Result<Vec<(FactKey, FetchedFact)>, CallError> {
        let mut found = Vec::new();
        for key in wanted {
            if let FactKey::Search(search) = key {
                let fact = self.search(&snapshot.subject.head, search).await?;
                found.push(((*key).clone(), FetchedFact::Search(fact)));
            }
        }
        Ok(found)
    }

    async fn search(&self, head: &CommitId, search: &Search) -> Result<Fact<Searched>, CallError> {
        let tree = match self.fetch_tree(head).await? {
            Fact::Known(tree) => tree,
            Fact::Unavailable(reason) => return Ok(Fact::Unavailable(reason)),
        };
        let (chosen, of) = choose(tree, search);
        let places: Vec<(CommitId, RepoPath)> = chosen.into_iter().map(|path| (head.clone(), path)).collect();
        let texts = self.fetch_files(&places).await?;
        let read = texts.iter().filter(|text| !matches!(text, FileText::Cut(_))).count();
        let holds = |text: &FileText| matches!(text, FileText::Text(text) if holds_word(text, &search.words));
        let files = places.into_iter().zip(&texts).filter(|(_, text)| holds(text)).map(|((_, path), _)| path);
        Ok(Fact::Known(Searched { files: files.take(Searched::MAX_FILES).collect(), read, of }))
    }
}

/// The files to read, and how many match the patterns. Patterns that cannot be read match nothing.
fn choose(tree: Vec<TreeFile>, search: &Search) -> (Vec<RepoPath>, usize) {
    let Ok(globs) = Globs::parse_kept(search.among.clone()) else { return (Vec::new(), 0) };
    let matching: Vec<TreeFile> = tree.into_iter().filter(|file| globs.matches(file.path.as_str())).collect();
    let of = matching.len();
    let sizes: std::collections::HashMap<RepoPath, u64> =
        matching.into_iter().filter(|file| file.bytes <= MAX_FILE_BYTES).map(|file| (file.path, file.bytes)).collect();
    let mut paths: Vec<RepoPath> = sizes.keys().cloned().collect();
    order_by_likelihood(&mut paths, search);
    let mut left = MAX_BYTES;
    let fits = |path: &RepoPath| match left.checked_sub(sizes[path]) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    (paths.into_iter().take(MAX_READ).take_while(fits).collect(), of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_stays_within_the_budget() {
        let search = Search {
            words: vec!["x".to_owned()],
            among: vec!["*.py".to_owned()],
            names: vec!["users".to_owned()],
            beside: Vec::new(),
        };
        let file = |path: String, bytes| TreeFile { path: RepoPath::new(&path), bytes };
        let mut tree: Vec<TreeFile> = (0..400).map(|n| file(format!("a/{n:03}.py"), 10)).collect();
        tree.push(file("z/users.py".to_owned(), 10));
        tree.push(file("users_large.py".to_owned(), MAX_FILE_BYTES + 1));
        tree.push(file("users.md".to_owned(), 10));
        let (chosen, of) = choose(tree, &search);
        assert_eq!((chosen.len(), of), (MAX_READ, 402));
        assert_eq!(chosen[0].as_str(), "z/users.py");
        let heavy = (0..40).map(|n| file(format!("{n}.py"), MAX_FILE_BYTES)).collect();
        let (chosen, of) = choose(heavy, &search);
        assert_eq!((chosen.len() as u64, of), (MAX_BYTES / MAX_FILE_BYTES, 40));
    }
}
