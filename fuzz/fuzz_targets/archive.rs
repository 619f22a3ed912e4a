//! Any archive is unpacked within its limits or refused in words, without a panic.
#![no_main]

use deckhand::analysis::archive::{MAX_ENTRIES, MAX_UNPACKED, unpack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match unpack(bytes) {
        Ok(files) => {
            assert!(files.len() <= MAX_ENTRIES);
            assert!(files.iter().map(|(_, data)| data.len()).sum::<usize>() <= MAX_UNPACKED);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
