//! File patterns as the contract defines them: `*` stays inside a directory, `**` crosses any number of them,
//! a pattern without `/` matches the file name at any depth, `!` excludes, dotfiles match, case counts.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
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
#[error("`{pattern}` is not a file pattern: {reason}")]
pub struct GlobError {
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
        let (mut include, mut exclude) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        let mut only_excludes = true;
        for pattern in patterns {
            let pattern = pattern.as_ref();
            match pattern.strip_prefix('!') {
                Some(inner) => add(&mut exclude, pattern, inner)?,
                None => {
                    only_excludes = false;
                    add(&mut include, pattern, pattern)?;
                }
            }
        }
        if only_excludes && !patterns.is_empty() {
            add(&mut include, "**", "**/*")?;
        }
        let build = |set: GlobSetBuilder| {
            set.build().map_err(|error| GlobError { pattern: "the list".to_owned(), reason: error.to_string() })
        };
        Ok(Globs { include: Arc::new(build(include)?), exclude: Arc::new(build(exclude)?) })
    }

    /// Whether a path belongs to the list.
    pub fn matches(&self, path: &str) -> bool {
        self.include.is_match(path) && !self.exclude.is_match(path)
    }
}

fn add(set: &mut GlobSetBuilder, written: &str, pattern: &str) -> Result<(), GlobError> {
    let wrong = |reason: String| GlobError { pattern: written.to_owned(), reason };
    if pattern.is_empty() {
        return Err(wrong("it is empty".to_owned()));
    }
    let anchored = pattern.strip_prefix('/').unwrap_or(pattern);
    let full = match (pattern.contains('/'), anchored.strip_suffix('/')) {
        (_, Some(directory)) => format!("{directory}/**"),
        (true, None) => anchored.to_owned(),
        (false, None) => format!("**/{anchored}"),
    };
    let glob = GlobBuilder::new(&full)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map_err(|error| wrong(error.kind().to_string()))?;
    set.add(glob);
    Ok(())
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
        check(&["**/*.yml"], ".github/workflows/ci.yml", true);
        check(&["docs/"], "docs/a/b.md", true);
        check(&["/README.md"], "a/README.md", false);
    }

    #[test]
    fn a_broken_pattern_is_named() {
        let error = Globs::parse(&["src/[a"]).expect_err("broken");
        assert!(error.to_string().starts_with("`src/[a` is not a file pattern:"), "{error}");
    }
}
