//! Any text is a file of owners: what decides about a path is a line of it. Corpus: tests/data/analysis/code_owners.
#![no_main]

use deckhand::analysis::code_owners::CodeOwners;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let read = CodeOwners::parse(text);
    for path in ["a", "a b/c", "x/y/z.c", "docs/a.go"] {
        if let Some(entry) = read.entry_for(path) {
            assert!(text.lines().nth(entry.line as usize - 1).is_some_and(|line| line.contains(&entry.pattern)));
        }
    }
});
