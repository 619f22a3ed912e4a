//! Which paths a commit may have: rules are written by people, and their fixes can name anything.

use crate::model::RepoPath;

/// Linux's limit of a path.
const MAX_PATH: usize = 4_096;
/// GitHub wants a permission of its own for whatever lies there.
const WORKFLOWS: &str = ".github/workflows/";

/// Whether the path names a file of a repository: UTF-8, no empty, `.` or `..` part, nothing of git's own.
pub(super) fn is_committable(path: &RepoPath) -> bool {
    let text = path.as_str();
    let odd = |part: &str| {
        part.is_empty() || matches!(part, "." | "..") || part.eq_ignore_ascii_case(".git") || part.contains('\\')
    };
    path.to_bytes() == text.as_bytes()
        && text.len() <= MAX_PATH
        && !text.contains(char::is_control)
        && !text.split('/').any(odd)
}

pub(super) fn is_workflow(path: &RepoPath) -> bool {
    path.as_str().starts_with(WORKFLOWS)
}

/// The folders that a path lies in, the outermost first.
pub(super) fn folders(path: &RepoPath) -> impl Iterator<Item = RepoPath> + '_ {
    let text = path.as_str();
    text.match_indices('/').map(|(at, _)| RepoPath::new(&text[..at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f57_paths_that_leave_the_tree_are_none() {
        for good in ["a", "docs/CHANGELOG.md", ".github/x", "a b/ü", "..a/b..", ".gitignore"] {
            assert!(is_committable(&good.into()), "{good}");
        }
        for bad in ["", "/a", "a//b", "a/", "../a", "a/../b", "./a", ".git/config", "x/.GIT/y", "a\nb", "a\\b", "\"a"] {
            assert!(!is_committable(&bad.into()), "{bad:?}");
        }
        assert!(!is_committable(&RepoPath::from_bytes(b"caf\xe9")));
        assert!(!is_committable(&"x".repeat(5_000).as_str().into()));
        assert_eq!(folders(&"a/b/c".into()).collect::<Vec<_>>(), ["a".into(), "a/b".into()]);
        assert_eq!(folders(&"a".into()).count(), 0);
    }
}
