//! Where manifests and lockfiles lie, and which line of a change names something.

use crate::diff::{LineKind, parse_hunks};
use crate::model::{FileChange, Patch};

pub(super) fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

pub(super) fn join(directory: &str, file: &str) -> String {
    match (directory, file) {
        ("", file) => file.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, file) => format!("{directory}/{file}"),
    }
}

/// The path of a directory below another one.
pub(super) fn below<'a>(above: &str, directory: &'a str) -> &'a str {
    directory.strip_prefix(above).unwrap_or(directory).trim_start_matches('/')
}

/// A directory and those above it, nearest first; the root is empty. At most 12, so that a deep path asks no more.
pub(super) fn ancestors(directory: &str) -> Vec<&str> {
    let mut all = vec![directory];
    while let Some((above, _)) = all[all.len() - 1].rsplit_once('/').filter(|_| all.len() < 11) {
        all.push(above);
    }
    if !all[all.len() - 1].is_empty() {
        all.push("");
    }
    all
}

/// The first added line that names a dependency; one where it stands in quotes before others.
pub(super) fn line_of(change: &FileChange, name: &str) -> Option<u32> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
    let quoted = [format!("\"{name}\""), format!("'{name}'")];
    let names = |text: &str| {
        text.match_indices(name)
            .any(|(at, _)| !text[..at].ends_with(inside) && !text[at + name.len()..].starts_with(inside))
    };
    first_added(change, &|text| quoted.iter().any(|name| text.contains(name))).or_else(|| first_added(change, &names))
}

/// The first added line that is as described.
pub(super) fn first_added(change: &FileChange, is_meant: &dyn Fn(&str) -> bool) -> Option<u32> {
    let Patch::Text(patch) = &change.patch else { return None };
    let hunks = parse_hunks(patch);
    let mut lines = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == LineKind::Added);
    lines.find(|line| is_meant(line.text)).and_then(|line| line.new)
}
