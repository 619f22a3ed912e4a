//! Any text is a workflow: no panic, and lines are lines of the text. Corpus: tests/data/analysis/actions.
#![no_main]

use deckhand::analysis::actions::find_uses;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // YAML knows more line ends than `lines` does.
    let most = text.chars().filter(|c| c.is_control() || !c.is_ascii()).count() + 1;
    for used in find_uses(text) {
        assert!(used.line as usize <= most);
    }
});
