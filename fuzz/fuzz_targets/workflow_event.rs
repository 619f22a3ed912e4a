//! Any event file of a workflow is read without a panic.
#![no_main]

use deckhand::webhook::parse_workflow_pull;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_workflow_pull(bytes);
});
