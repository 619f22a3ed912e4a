//! Patches that git really printed, against a table that was checked by hand with `git apply --numstat --summary`.

use deckhand::diff::{count_lines, is_whole, parse_hunks, parse_patch_set};
use deckhand::model::{FileChange, FileMode, Patch};
use std::fmt::Write as _;

fn summary(name: &str) -> String {
    let path = format!("{}/tests/data/patches/{name}.patch", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let set = parse_patch_set(&bytes);
    let mut out = String::new();
    for file in &set.files {
        writeln!(out, "{}", line(file)).unwrap();
    }
    for problem in &set.problems {
        writeln!(out, "! {problem}").unwrap();
    }
    out
}

fn line(file: &FileChange) -> String {
    let mode = |mode: Option<FileMode>| mode.map_or("-", FileMode::as_octal);
    let patch = match &file.patch {
        Patch::Text(text) => {
            assert!(is_whole(text), "{}", file.path);
            assert_eq!(count_lines(text), (file.additions, file.deletions), "{}", file.path);
            format!("{} hunks", parse_hunks(text).len())
        }
        Patch::Empty => "empty".to_owned(),
        Patch::Binary => "binary".to_owned(),
        Patch::Truncated => "truncated".to_owned(),
    };
    let old = file.old_path.as_ref().map(|old| format!(" <- {old}")).unwrap_or_default();
    format!(
        "{:?} {}{old} {}>{} +{} -{} {patch}",
        file.status,
        file.path,
        mode(file.old_mode),
        mode(file.new_mode),
        file.additions,
        file.deletions
    )
}

#[test]
fn every_patch_reads_as_the_table_says() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/patches");
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".patch").map(str::to_owned))
        .collect();
    names.sort();
    let read: String = names.iter().map(|name| format!("== {name}\n{}\n", summary(name))).collect();
    let expected = include_str!("../data/patches/expected.txt");
    for (line, (is, should)) in read.lines().zip(expected.lines()).enumerate() {
        assert_eq!(is, should, "line {} of tests/data/patches/expected.txt", line + 1);
    }
    assert_eq!(read.trim_end(), expected.trim_end());
}
