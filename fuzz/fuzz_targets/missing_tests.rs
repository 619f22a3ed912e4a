//! Any patch in any language: the review of missing tests does not panic, and its places are lines of the patch.
//! Corpus: tests/data/corpus/leftovers.
#![no_main]

use deckhand::analysis::testing::{ChangedFile, review};
use deckhand::diff::parse_hunks;
use deckhand::model::ChangeStatus;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let patch = String::from_utf8_lossy(bytes);
    for path in ["a.js", "a.py", "a.rb", "a.rs", "a.php", "a.ex", "a.go", "a.vue", "a.c", "a.java", "a.zig"] {
        for (text, is_test) in [(None, false), (Some(&*patch), false), (None, true)] {
            let hunks = parse_hunks(&patch);
            let file = ChangedFile { path, status: ChangeStatus::Modified, hunks, text, is_test, is_source: !is_test, hits: None };
            let _ = review(&[file], Some(&["test_a.py".to_owned()]), is_test);
        }
    }
});
