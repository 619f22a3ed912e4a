//! Any text is a commit message: no panic, and its first line is part of it. Corpus: tests/data/analysis/commit_message.
#![no_main]

use deckhand::analysis::commit_message::parse_message;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let read = parse_message(text);
    assert!(text.contains(&read.subject));
});
