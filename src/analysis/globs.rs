//! File patterns as the contract defines them: `*` stays inside a directory, `**` crosses any number of them,
//! a pattern without `/` matches the file name at any depth, `!` excludes, dotfiles match, case counts. Patterns of
//! branches are read alike, but each speaks of the whole name.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// A list of patterns. A path matches when some pattern takes it in and no `!` pattern takes it out.
#[derive(Clone, Debug)]
pub struct Globs {
    include: Arc<GlobSet>,
    exclude: Arc<GlobSet>,
}

/// A pattern that is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a {of} pattern: {reason}")]
pub struct GlobError {
    /// What it should match: `file` or `branch`.
    pub of: &'static str,
    /// The offending pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Compiled lists that a thread keeps; when there are more, it starts over.
const MAX_KEPT: usize = 256;

thread_local! {
    static KEPT: RefCell<HashMap<Vec<String>, Globs>> = RefCell::default();
}

impl Globs {
    /// As [`Globs::parse`], but a list that this thread compiled before is not compiled again: compiling costs a
    /// thousand times what matching does, and rules use the same few lists for ever.
    ///
    /// # Errors
    /// As [`Globs::parse`].
    pub(crate) fn parse_kept(patterns: Vec<String>) -> Result<Self, GlobError> {
        KEPT.with_borrow_mut(|kept| {
            if let Some(globs) = kept.get(&patterns) {
                return Ok(globs.clone());
            }
            let globs = Globs::parse(&patterns)?;
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
            kept.insert(patterns, globs.clone());
            Ok(globs)
        })
    }

    /// Reads patterns. With only `!` patterns, everything else matches.
    ///
    /// # Errors
    /// The first pattern that cannot be read.
    pub fn parse<S: AsRef<str>>(patterns: &[S]) -> Result<Self, GlobError> {
        read(patterns, "file", whole_path)
    }

    /// Reads patterns of branches: `main` is that branch alone, and `release/*` takes in `release/1`.
    ///
    /// # Errors
    /// As [`Globs::parse`].
    pub fn parse_branches<S: AsRef<str>>(patterns: &[S]) -> Result<Self, GlobError> {
        read(patterns, "branch", |pattern| Ok(pattern.to_owned()))
    }

    /// Whether a `!` pattern takes the path out.
    pub(crate) fn excludes(&self, path: &str) -> bool {
        self.exclude.is_match(path)
    }

    /// Whether a path, or a branch, belongs to the list.
    pub fn matches(&self, path: &str) -> bool {
        self.include.is_match(path) && !self.exclude.is_match(path)
    }
}

/// The path that a pattern without any sign names, from the root; `None` for every other pattern, one of a directory included.
pub(crate) fn plain_path(pattern: &str) -> Option<String> {
    let pattern = pattern.strip_prefix('!').unwrap_or(pattern);
    if pattern.ends_with('/') || pattern.contains(['*', '?', '[', ']', '{', '}', '\\', '`']) {
        return None;
    }
    let parts: Vec<&str> = pattern.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    (!parts.is_empty() && !parts.contains(&"..")).then(|| parts.join("/"))
}

/// Reads a list. `complete` makes a pattern that matches whole names of what was written.
fn read<S: AsRef<str>>(
    patterns: &[S],
    of: &'static str,
    complete: fn(&str) -> Result<String, &'static str>,
) -> Result<Globs, GlobError> {
    let (mut include, mut exclude) = (GlobSetBuilder::new(), GlobSetBuilder::new());
    let mut only_excludes = true;
    for written in patterns.iter().map(AsRef::as_ref) {
        let wrong = |reason: String| GlobError { of, pattern: written.to_owned(), reason };
        let inner = written.strip_prefix('!');
        let pattern = inner.unwrap_or(written);
        if pattern.is_empty() {
            return Err(wrong("it is empty".to_owned()));
        }
        if pattern.len() > MAX_PATTERN_BYTES || nests_too_deep(pattern) {
            return Err(wrong(format!(
                "it is longer than {MAX_PATTERN_BYTES} bytes, or has more than {MAX_BRACES} braces in each other"
            )));
        }
        let full = complete(pattern).map_err(|reason| wrong(reason.to_owned()))?;
        let glob = build_glob(&full).map_err(|error| wrong(error.kind().to_string()))?;
        only_excludes &= inner.is_some();
        let set = if inner.is_some() { &mut exclude } else { &mut include };
        set.add(glob);
    }
    let of_list = |error: globset::Error| GlobError { of, pattern: "the list".to_owned(), reason: error.to_string() };
    if only_excludes && !patterns.is_empty() {
        include.add(build_glob(EVERYTHING).map_err(of_list)?);
    }
    let build = |set: GlobSetBuilder| set.build().map(Arc::new).map_err(of_list);
    Ok(Globs { include: build(include)?, exclude: build(exclude)? })
}

const EVERYTHING: &str = "**/*";

/// The longest pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 4096;
/// How many braces may be open at once: they are read recursively.
const MAX_BRACES: usize = 20;

fn nests_too_deep(pattern: &str) -> bool {
    let mut open = 0_usize;
    pattern.bytes().any(|byte| {
        match byte {
            b'{' => open += 1,
            b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > MAX_BRACES
    })
}

fn build_glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).empty_alternates(true).build()
}

/// The pattern of whole paths. Paths begin at the repository's root, so that a leading `/` or `./` only says that the
/// pattern does, too.
fn whole_path(pattern: &str) -> Result<String, &'static str> {
    let parts: Vec<&str> = pattern.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return Err("`..` leads out of it, and paths begin at the repository's root");
    }
    let inner = parts.join("/");
    Ok(match (pattern.contains('/'), pattern.ends_with('/')) {
        _ if inner.is_empty() => EVERYTHING.to_owned(),
        (_, true) => format!("{inner}/**"),
        (true, false) => inner,
        (false, false) => format!("**/{inner}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(patterns: &[&str], path: &str, expected: bool) {
        assert_eq!(Globs::parse(patterns).expect("patterns").matches(path), expected, "{patterns:?} {path}");
    }

    #[test]
    fn the_contracts_examples() {
        check(&["src/**/*.py"], "src/a.py", true);
        check(&["src/**/*.py"], "src/x/y/a.py", true);
        check(&["src/*.py"], "src/x/a.py", false);
        check(&["**/x"], "x", true);
        check(&["*.lock"], "deep/er/Cargo.lock", true);
        check(&["*.LOCK"], "Cargo.lock", false);
        check(&["**/*", "!docs/**"], "docs/a.md", false);
        check(&["!docs/**"], "src/a.rs", true);
        check(&["*.{ts,tsx}"], "a/b.tsx", true);
        check(&["docs/x{,.old}.txt"], "docs/x.txt", true);
        check(&["docs/x{,.old}.txt"], "docs/x.old.txt", true);
        check(&["docs/x{,.old}.txt"], "docs/x.new.txt", false);
        check(&["**/*.yml"], ".github/workflows/ci.yml", true);
        check(&["docs/"], "docs/a/b.md", true);
        check(&["/README.md"], "a/README.md", false);
    }

    #[test]
    fn a_plain_path_has_no_sign() {
        for (pattern, path) in [("src", "src"), ("!./src/lib", "src/lib"), ("/a.py", "a.py")] {
            assert_eq!(plain_path(pattern).as_deref(), Some(path), "{pattern}");
        }
        for pattern in ["src/", "src/**", "*.py", "[a]", ".", "../a", ""] {
            assert_eq!(plain_path(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn a_leading_dot_is_the_root() {
        check(&["./src/**"], "src/x/a.py", true);
        check(&["./src/*.py"], "src/a.py", true);
        check(&["./src/*.py"], "x/src/a.py", false);
        check(&["./setup.py"], "setup.py", true);
        check(&["./setup.py"], "a/setup.py", false);
        check(&["./docs/"], "docs/a/b.md", true);
        check(&["**/*", "!./docs/**"], "docs/a.md", false);
        check(&["src//./*.py"], "src/a.py", true);
        check(&[".github/**"], ".github/workflows/ci.yml", true);
        for everything in ["./", ".", "/"] {
            check(&[everything], "src/a.py", true);
        }
    }

    #[test]
    fn branches_are_matched_by_their_whole_names() {
        let check = |patterns: &[&str], branch: &str, expected: bool| {
            let globs = Globs::parse_branches(patterns).expect("patterns");
            assert_eq!(globs.matches(branch), expected, "{patterns:?} {branch}");
        };
        check(&["main"], "main", true);
        check(&["main"], "ada/main", false);
        check(&["release/*"], "release/1", true);
        check(&["release/*"], "release/1/x", false);
        check(&["release/**", "!release/old-*"], "release/1", true);
        check(&["release/**", "!release/old-*"], "release/old-1", false);
        check(&["!topic/**"], "release/1", true);
        check(&["!topic/**"], "topic/a", false);
        check(&[], "main", false);
    }

    #[test]
    fn a_broken_pattern_is_named() {
        let error = Globs::parse(&["src/[a"]).expect_err("broken");
        assert!(error.to_string().starts_with("`src/[a` is not a file pattern:"), "{error}");
        let error = Globs::parse(&["*.py", "!../docs/**"]).expect_err("it leads out");
        assert!(error.to_string().starts_with("`!../docs/**` is not a file pattern: `..` leads out"), "{error}");
        assert!(Globs::parse(&["!"]).is_err() && Globs::parse(&[""]).is_err());
        let error = Globs::parse_branches(&["["]).expect_err("broken");
        assert!(error.to_string().starts_with("`[` is not a branch pattern:"), "{error}");
    }
}
