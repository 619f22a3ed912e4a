//! Any lines: what is found says nothing of what it found.
#![no_main]

use deckhand::analysis::secrets::{SecretOptions, SecretScope, SourceLine, find_secrets};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let numbered = (1u32..).zip(text.split('\n'));
    let lines: Vec<SourceLine<'_>> =
        numbered.map(|(number, text)| SourceLine { number, text, added: true }).collect();
    for path in ["a.py", ".env"] {
        for scope in [SecretScope::All, SecretScope::Shapes, SecretScope::Proofs] {
            for secret in find_secrets(path, &lines, scope, &SecretOptions::default()) {
                assert!(secret.line >= 1 && secret.line <= secret.end_line && secret.end_line as usize <= lines.len());
                assert!(secret.shown.len() <= 60);
            }
        }
    }
});
