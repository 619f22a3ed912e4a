//! Any text is a dangerfile: it ends within its budget, in a verdict or in facts that are missing; and it can be checked,
//! which finds the same mistakes every time.
#![no_main]

use deckhand::lua::check;
use deckhand::model::{CommitId, Dangerfile, Fact, Origin, RepoPath, Ruleset, Snapshot, Subject, Timestamp};
use deckhand::review::{frozen_clock, run};
use libfuzzer_sys::fuzz_target;
use std::rc::Rc;

fuzz_target!(|text: &str| {
    let id = |digit: &str| CommitId::new(&digit.repeat(40)).expect("an id");
    let subject = Subject { repository: None, base: id("b"), head: id("a"), started_at: Timestamp(0) };
    let path = RepoPath::new("dangerfile.lua");
    let layer = Dangerfile { origin: Origin::Repository, path, commit: None, text: text.to_owned() };
    let mut snapshot = Snapshot::new(subject, Ruleset { layers: vec![layer] });
    snapshot.changes = Some(Fact::Known(Vec::new()));
    snapshot.commits = Some(Fact::Known(Vec::new()));
    let shared = Rc::new(snapshot.clone());
    assert_eq!(check(Rc::clone(&shared), 0), check(shared, 0));
    assert_eq!(run(&snapshot, &frozen_clock), run(&snapshot, &frozen_clock));
});
