//! Any comment is read to an end, within the limits, and what is found was said on a line that begins with it.
#![no_main]

use deckhand::webhook::{MAX_COMMANDS, parse_commands};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let found = parse_commands(text);
    assert!(found.len() <= MAX_COMMANDS + 1);
    let calls = text.to_ascii_lowercase().matches("/deckhand").count();
    assert!(found.len() <= calls);
    // What is quoted is never heard.
    let quoted: String = text.split(['\n', '\r']).map(|line| format!("> {line}\n")).collect();
    assert!(parse_commands(&quoted).is_empty());
});
