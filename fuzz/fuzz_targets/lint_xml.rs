//! Any bytes are a linter's report in XML (checkstyle, JUnit): no panic, and results have places and limits.
//! Corpus: tests/data/corpus/lint_xml.
#![no_main]

use deckhand::analysis::lint::{MAX_EDITS, MAX_LINE, apply_edits, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(report) = read(bytes) else { return };
    let text = String::from_utf8_lossy(bytes);
    for result in &report.results {
        assert!(!result.spots.is_empty() && !result.message.is_empty() && result.edits.len() <= MAX_EDITS);
        for range in result.spots.iter().filter_map(|spot| spot.range) {
            assert!(range.line >= 1 && range.line <= range.end_line && range.end_line <= MAX_LINE);
        }
        let _ = apply_edits(&text, &result.edits);
    }
});
