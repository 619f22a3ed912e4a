//! Any two texts, parted by a zero byte, are JSON documents or an error; a document does not differ from itself.
#![no_main]

use deckhand::diff::{JsonChanges, diff_json, parse_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (before, after) = text.split_once('\0').unwrap_or((text, ""));
    if let (Ok(before), Ok(after)) = (parse_json(before), parse_json(after)) {
        diff_json(&before, &after);
        assert_eq!(diff_json(&before, &before), JsonChanges::default());
    }
});
