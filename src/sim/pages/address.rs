//! Addresses of the pages and of places on them.

use super::text::{path_segments, segment};
use crate::model::Side;
use crate::sim::view::{PatchView, PullView, RepositoryView};
use sha2::{Digest, Sha256};

/// `/{owner}/{repo}/pulls`
pub(super) fn pulls(repository: &RepositoryView) -> String {
    format!("{}/pulls", root(repository))
}

/// `/{owner}/{repo}/pull/{n}`
pub(super) fn pull(repository: &RepositoryView, number: u64) -> String {
    format!("{}/pull/{number}", root(repository))
}

/// Where a button of a check is sent to.
pub(super) fn action(repository: &RepositoryView, number: u64, check: u64, identifier: &str) -> String {
    format!("{}/checks/{check}/{}", pull(repository, number), segment(identifier))
}

/// The page on which a file of a branch is edited.
pub(super) fn edit(repository: &RepositoryView, branch: &str, path: &str, number: u64) -> String {
    format!("{}/edit/{}/{}?pull={number}", root(repository), segment(branch), path_segments(path))
}

/// The name of a file's place on the page of files.
pub(super) fn file_anchor(path: &str) -> String {
    let digest: String = Sha256::digest(path.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("diff-{digest}")
}

/// The name of a line's place on the page of files: the file's name, `L` or `R`, the number.
pub(super) fn line_anchor(path: &str, side: Side, line: u32) -> String {
    let letter = match side {
        Side::Left => 'L',
        Side::Right => 'R',
    };
    format!("{}{letter}{line}", file_anchor(path))
}

/// Where a line is shown: at the line, or at its file when the diff does not show it; `None` when the file is not there either.
pub(super) fn line(repository: &RepositoryView, view: &PullView, path: &str, line: u32) -> Option<String> {
    let file = view.files.iter().find(|file| file.path == path)?;
    let shown = match &file.patch {
        PatchView::Hunks(hunks) => hunks.iter().flat_map(|hunk| &hunk.lines).any(|shown| shown.new == Some(line)),
        PatchView::Absent(_) => false,
    };
    let anchor = if shown { line_anchor(path, Side::Right, line) } else { file_anchor(path) };
    Some(format!("{}/files#{anchor}", pull(repository, view.number)))
}

fn root(repository: &RepositoryView) -> String {
    format!("/{}/{}", segment(&repository.owner), segment(&repository.name))
}
