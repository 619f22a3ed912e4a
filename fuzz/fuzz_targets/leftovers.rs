//! Any patch and any text of the file: leftovers stand on added lines only, flags and sizes agree with the hunks.
#![no_main]

use deckhand::analysis::flags::{find_uses, measure_added_code, removed_flags};
use deckhand::analysis::leftovers::{LeftoverFile, LeftoverOptions, find_leftovers, may_have_leftovers};
use deckhand::diff::{LineKind, parse_hunks};
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 8] = ["a.js", "a.py", "a.rb", "a.rs", "a.php", "a.ex", "a.vue", "a.yml"];

fuzz_target!(|input: (&str, Option<&str>)| {
    let (patch, text) = input;
    let hunks = parse_hunks(patch);
    let options = LeftoverOptions {
        allow: vec!["print".to_owned()],
        also: vec!["logger.debug".to_owned()],
        comments: vec!["NOCOMMIT".to_owned()],
    };
    let is_added = |line: u32| {
        hunks.iter().flat_map(|hunk| &hunk.lines).any(|it| it.kind == LineKind::Added && it.new == Some(line))
    };
    for path in PATHS {
        for is_test in [false, true] {
            let file = LeftoverFile { path, hunks: &hunks, text, is_test, is_program: false };
            let found = find_leftovers(&file, &options);
            assert!(found.is_empty() || may_have_leftovers(path, &hunks, &options));
            assert!(found.iter().all(|it| is_added(it.line) && it.line <= it.end_line));
        }
        let added = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == LineKind::Added).count();
        assert!(measure_added_code(path, &hunks, &[]).lines <= added);
        for flag in removed_flags(path, &hunks, text) {
            find_uses(path, text.unwrap_or_default(), flag.name);
        }
    }
});
