//! Any bytes are an lcov tracefile: no panic, and lines are numbered, in order and once.
//! Corpus: tests/data/corpus/coverage_lcov.
#![no_main]

use deckhand::analysis::coverage::{MAX_LINE, parse_lcov};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(report) = parse_lcov(bytes) else { return };
    for file in &report.files {
        assert!(!file.path.is_empty());
        assert!(file.lines.is_sorted_by(|a, b| a.number < b.number));
        assert!(file.lines.iter().all(|line| (1..=MAX_LINE).contains(&line.number) && line.taken <= line.branches));
    }
});
