//! Documents of `tests/data/json` in pairs: reading and comparing them keeps its promises. The fuzz target `json_diff`
//! starts from the same files.

use deckhand::diff::{JsonChanges, JsonItems, diff_json, parse_json};
use std::path::Path;

const BROKEN: [&str; 3] = ["broken.json", "cut.json", "nested.json"];

fn documents() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/json");
    let mut documents: Vec<(String, String)> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().to_string_lossy().into_owned(), std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    documents.sort();
    documents
}

/// Every change, as its path with what came and what went.
fn flat(changes: &JsonChanges<'_>, path: &str, out: &mut Vec<(String, String, String)>) {
    if let Some(change) = &changes.change {
        let (added, removed) = match &change.items {
            None => (String::new(), String::new()),
            Some(JsonItems::Keys { added, removed }) => (format!("{added:?}"), format!("{removed:?}")),
            Some(JsonItems::Values { added, removed }) => (format!("{added:?}"), format!("{removed:?}")),
        };
        out.push((path.to_owned(), added, removed));
    }
    for (key, below) in &changes.members {
        flat(below, &format!("{path}/{key}"), out);
    }
}

#[test]
fn what_is_no_json_is_an_error() {
    for (name, text) in documents() {
        assert_eq!(parse_json(&text).is_err(), BROKEN.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn a_document_does_not_differ_from_itself_and_turning_a_diff_around_swaps_its_sides() {
    let documents: Vec<_> = documents().into_iter().filter(|(name, _)| !BROKEN.contains(&name.as_str())).collect();
    assert!(documents.len() >= 7);
    for (name, text) in &documents {
        let value = parse_json(text).unwrap();
        assert_eq!(diff_json(&value, &value), JsonChanges::default(), "{name}");
        for (other_name, other_text) in &documents {
            let other = parse_json(other_text).unwrap();
            let (mut there, mut back) = (Vec::new(), Vec::new());
            flat(&diff_json(&value, &other), "", &mut there);
            flat(&diff_json(&other, &value), "", &mut back);
            let turned: Vec<_> = back.into_iter().map(|(path, added, removed)| (path, removed, added)).collect();
            assert_eq!(there, turned, "{name} {other_name}");
            assert_eq!(there.is_empty(), name == other_name, "{name} {other_name}");
        }
    }
}
