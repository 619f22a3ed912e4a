//! Finds report files by the patterns of the setting `coverage_reports`. Reports are mostly ignored by git, so that the
//! directories themselves are walked.

use crate::cli::failure::Failure;
use crate::lua::Globs;
use std::path::{Path, PathBuf};

/// Directories below the one that a pattern begins with.
const MAX_DEPTH: usize = 16;

/// Files and directories that are looked at, over all patterns.
const MAX_ENTRIES: usize = 200_000;

/// The files below `top` that match, in order. `setting` is what holds the patterns, for messages.
pub(in crate::cli) fn find_reports(top: &Path, setting: &str, patterns: &[String]) -> Result<Vec<PathBuf>, Failure> {
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let globs = Globs::parse(patterns).map_err(|error| Failure::usage(format!("the setting `{setting}`: {error}")))?;
    let mut search = Search { top, globs, left: MAX_ENTRIES, found: Vec::new() };
    for pattern in patterns.iter().filter(|pattern| !pattern.starts_with('!')) {
        // No pattern leads out of the repository: `..` is none.
        search.walk(&top.join(fixed_directory(pattern)), 0);
    }
    if search.left == 0 {
        return Err(Failure::usage(format!(
            "the setting `{setting}` asks for a search through more than {MAX_ENTRIES} files; begin its patterns with a directory"
        )));
    }
    search.found.sort();
    search.found.dedup();
    Ok(search.found)
}

/// The directories of a pattern before its first sign.
fn fixed_directory(pattern: &str) -> &str {
    let pattern = pattern.trim_start_matches('/');
    let fixed = pattern.find(['*', '?', '[', '{', '\\']).unwrap_or(pattern.len());
    pattern[..fixed].rfind('/').map_or("", |slash| &pattern[..slash])
}

struct Search<'a> {
    top: &'a Path,
    globs: Globs,
    left: usize,
    found: Vec<PathBuf>,
}

impl Search<'_> {
    fn walk(&mut self, directory: &Path, depth: usize) {
        // A directory that is not there or cannot be read holds no report for us.
        let Ok(entries) = std::fs::read_dir(directory) else { return };
        for entry in entries.flatten() {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            let path = entry.path();
            // Links are not followed: they can lead anywhere, also in circles.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if depth < MAX_DEPTH && entry.file_name() != ".git" && entry.file_name() != "node_modules" {
                    self.walk(&path, depth + 1);
                }
            } else if kind.is_file() {
                let relative = path.strip_prefix(self.top).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                if self.globs.matches(&relative) {
                    self.found.push(path);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_begins_where_the_pattern_does() {
        assert_eq!(fixed_directory("coverage/lcov.info"), "coverage");
        assert_eq!(fixed_directory("packages/*/coverage/*.xml"), "packages");
        assert_eq!(fixed_directory("**/lcov.info"), "");
        assert_eq!(fixed_directory("lcov.info"), "");
    }

    #[test]
    fn reports_are_found_in_order() {
        let directory = tempfile::tempdir().expect("a directory");
        for path in ["a/x.info", "b/c/x.info", ".git/x.info", "b/y.txt", "x.info"] {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, "").expect("written");
        }
        let find = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
            let found = find_reports(directory.path(), "coverage_reports", &patterns).expect("finds");
            found
                .iter()
                .map(|path| path.strip_prefix(directory.path()).expect("below").display().to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(find(&["*.info"]), ["a/x.info", "b/c/x.info", "x.info"]);
        assert_eq!(find(&["b/**/*.info", "nowhere/*.xml"]), ["b/c/x.info"]);
        assert_eq!(find(&["/x.info", "nowhere/*"]), ["x.info"]);
        assert_eq!(find(&["./x.info", "./b/c/*"]), ["b/c/x.info", "x.info"]);
        let out = find_reports(directory.path(), "coverage_reports", &["../*".to_owned()]).expect_err("leads out");
        assert!(out.message.starts_with("the setting `coverage_reports`: `../*` is not a file pattern"), "{out}");
    }
}
