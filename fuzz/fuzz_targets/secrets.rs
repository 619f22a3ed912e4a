//! Any lines: what is found says nothing of what it found.
#![no_main]

use deckhand::analysis::secrets::{SecretOptions, SecretScope, find_secrets};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines: Vec<(u32, &str)> = (1u32..).zip(text.split('\n')).collect();
    for path in ["a.py", ".env"] {
        for scope in [SecretScope::All, SecretScope::Shapes, SecretScope::Proofs] {
            for secret in find_secrets(path, &lines, scope, &SecretOptions::default()) {
                assert!(secret.line >= 1 && secret.line as usize <= lines.len());
                assert!(secret.shown.len() <= 60);
            }
        }
    }
});
