//! The coverage of a diff for programs: the contract's JSON, version 1, section 6.

use super::view::View;
use crate::analysis::coverage::{FileMeasure, Share};
use crate::model::RepoPath;
use serde::Serialize;

/// Members beyond the contract's: why there is no number, what belongs to it, files that no report knows.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    state: &'static str,
    total: Total,
    files: Vec<File<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_files: Vec<&'a RepoPath>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
}

#[derive(Serialize)]
struct Total {
    lines: u64,
    covered: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<f64>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a RepoPath,
    covered_lines: &'a [u32],
    missing_lines: &'a [u32],
    #[serde(skip_serializing_if = "<[u32]>::is_empty")]
    partial_lines: &'a [u32],
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<f64>,
}

pub(super) fn render(view: &View<'_>) -> String {
    let Share { covered, lines } = view.measured.total();
    let known = view.measured.files.iter().filter(|file| file.share().lines > 0);
    let file = |file: &'_ FileMeasure| file.share().percent();
    let document = Document {
        version: 1,
        state: view.measured.state.as_str(),
        total: Total { lines, covered, percent: view.measured.total().percent() },
        files: known
            .map(|it| File {
                path: &it.path,
                covered_lines: &it.covered,
                missing_lines: &it.missing,
                partial_lines: &it.partial,
                percent: file(it),
            })
            .collect(),
        unknown_files: view.measured.files.iter().filter(|file| file.unknown).map(|file| &file.path).collect(),
        notes: view.remarks,
    };
    let text = serde_json::to_string_pretty(&document).expect("numbers and texts are JSON");
    format!("{text}\n")
}
