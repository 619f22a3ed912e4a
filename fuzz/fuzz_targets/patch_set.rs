//! Any bytes are a patch set: no panic, and every truncated file has a problem.
#![no_main]

use deckhand::diff::{is_whole, parse_patch_set};
use deckhand::model::Patch;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let set = parse_patch_set(bytes);
    let truncated = set.files.iter().filter(|file| file.patch == Patch::Truncated).count();
    assert!(truncated <= set.problems.len());
    for file in &set.files {
        if let Patch::Text(text) = &file.patch {
            assert!(is_whole(text));
        }
    }
});
