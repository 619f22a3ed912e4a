//! Any address of a pull request is read without a panic, and one that is read can be written again.
#![no_main]

use deckhand::cli::parse_pull_url;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(url) = parse_pull_url(text) {
        assert_eq!(parse_pull_url(&url.to_string()), Ok(url));
    }
});
