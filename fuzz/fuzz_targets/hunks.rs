//! Any text is hunks: no panic, and line numbers stay inside what the header says.
#![no_main]

use deckhand::diff::{map_line, parse_hunks};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let hunks = parse_hunks(text);
    for hunk in &hunks {
        for line in &hunk.lines {
            assert!(line.old.is_none_or(|old| old - hunk.old_start < hunk.old_lines));
            assert!(line.new.is_none_or(|new| new - hunk.new_start < hunk.new_lines));
        }
    }
    map_line(&hunks, 7);
});
