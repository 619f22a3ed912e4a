//! Any text is source code of any language: tokens in order, each a piece of the text at its line.
#![no_main]

use deckhand::analysis::code::{Language, tokenize};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for language in Language::ALL {
        let mut end = 0;
        for token in tokenize(text, language, 1) {
            assert!(token.start >= end && !token.text.is_empty());
            assert_eq!(&text[token.start..token.end()], token.text);
            assert_eq!(token.line as usize, 1 + text[..token.start].matches('\n').count());
            end = token.end();
        }
    }
});
