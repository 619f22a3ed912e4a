//! Any body of any event is read without a panic. The first line is the event's name.
#![no_main]

use deckhand::webhook::{build_jobs, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let split = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    if let Ok(event) = std::str::from_utf8(&bytes[..split]) {
        build_jobs(&parse(event, &bytes[split..]));
    }
});
