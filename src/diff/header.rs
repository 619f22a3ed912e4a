//! The names on git's header lines: `diff --git a/x b/x`, `--- a/x`, `rename from x`.

use crate::model::RepoPath;
use memchr::memchr;

/// The two names of a `diff --git` line as far as the line alone tells them.
#[derive(Debug, Default)]
pub(super) struct GitLine {
    /// The path, when both sides name the same one.
    pub(super) path: Option<RepoPath>,
    /// Whether names on `---` and `+++` lines carry a prefix such as `a/` (they do not under `--no-prefix`).
    pub(super) prefixed: bool,
}

/// Reads what follows `diff --git `. Unquoted names with spaces are told apart by both halves naming the same path.
pub(super) fn parse_git_line(names: &[u8]) -> GitLine {
    let Some((old, new)) = split_names(names) else { return GitLine { path: None, prefixed: true } };
    let (old, new) = (RepoPath::from_git_quoted(old).to_bytes(), RepoPath::from_git_quoted(new).to_bytes());
    if old == new {
        return GitLine { path: path_of(&old), prefixed: false };
    }
    let path = match (without_prefix(&old), without_prefix(&new)) {
        (Some(left), Some(right)) if left == right => path_of(right),
        _ => None,
    };
    GitLine { path, prefixed: true }
}

/// The name on a `---` or `+++` line: `Some(None)` is `/dev/null`, `None` is damage.
pub(super) fn parse_side_name(name: &[u8], prefixed: bool) -> Option<Option<RepoPath>> {
    // Git ends a name that has spaces with a tab, a quoted one too; other tools put a time after it. A tab in a
    // name is escaped, so a bare one always ends it.
    let name = match memchr(b'\t', name) {
        Some(tab) => &name[..tab],
        None => name,
    };
    if name == b"/dev/null" {
        return Some(None);
    }
    let raw = RepoPath::from_git_quoted(name).to_bytes();
    let path = if prefixed { without_prefix(&raw)? } else { &raw };
    path_of(path).map(Some)
}

/// The name on a `rename from` line and its like, which never has a prefix.
pub(super) fn parse_bare_name(name: &[u8]) -> Option<RepoPath> {
    (!name.is_empty()).then(|| RepoPath::from_git_quoted(name))
}

fn path_of(raw: &[u8]) -> Option<RepoPath> {
    (!raw.is_empty()).then(|| RepoPath::from_bytes(raw))
}

/// Drops everything up to the first slash, as `git apply -p1` does.
fn without_prefix(raw: &[u8]) -> Option<&[u8]> {
    memchr(b'/', raw).map(|slash| &raw[slash + 1..])
}

fn split_names(names: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = if names.starts_with(b"\"") {
        quoted_end(names)?
    } else if names.ends_with(b"\"") {
        memchr::memmem::find(names, b" \"")?
    } else {
        // Equal names have equal lengths, and so have the prefixes that git makes.
        names.len() / 2
    };
    (names.get(space) == Some(&b' ')).then(|| (&names[..space], &names[space + 1..]))
}

/// The offset after the closing quote.
fn quoted_end(names: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match names.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}
