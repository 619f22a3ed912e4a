//! Any four texts are a manifest and a lockfile, before and after: no panic, and what does not change is no problem.
//! The first line names both files; `=====` parts the texts. Corpus: tests/data/analysis/lockfile.
#![no_main]

use deckhand::analysis::lockfile::{FileSource, Problem, Text, find_problems};
use deckhand::model::{ChangeStatus, FileChange, Patch, RepoPath, Side};
use libfuzzer_sys::fuzz_target;

struct Pair<'a> {
    names: [&'a str; 2],
    texts: [&'a str; 4],
}

impl FileSource for Pair<'_> {
    fn text(&self, side: Side, path: &str) -> Text<'_> {
        let Some(file) = self.names.iter().position(|name| *name == path) else { return Text::Absent };
        Text::Known(self.texts[file * 2 + usize::from(side == Side::Right)])
    }
}

fn problems(names: [&str; 2], texts: [&str; 4]) -> Vec<Problem> {
    let change = |name: &&str| FileChange::new(RepoPath::new(name), ChangeStatus::Modified, Patch::Empty);
    let changes: Vec<FileChange> = names.iter().map(change).collect();
    find_problems(&changes, &|_| true, &Pair { names, texts })
}

fuzz_target!(|text: &str| {
    let Some((first, rest)) = text.split_once('\n') else { return };
    let Some((manifest, lockfile)) = first.split_once(' ') else { return };
    let texts: Vec<&str> = rest.split("=====\n").collect();
    let Ok(texts) = <[&str; 4]>::try_from(texts) else { return };
    let names = [manifest, lockfile];
    problems(names, texts);
    assert!(problems(names, [texts[1], texts[1], texts[3], texts[3]]).is_empty());
});
