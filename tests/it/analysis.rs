//! Hostile and odd texts through the analyses: the corpus of the fuzz targets of the same names.

use deckhand::analysis::actions::find_uses;
use deckhand::analysis::code_owners::CodeOwners;
use deckhand::analysis::commit_message::parse_message;
use deckhand::analysis::lockfile::{ECOSYSTEMS, FileSource, Problem, Text, find_problems, lock_kind};
use deckhand::model::{ChangeStatus, FileChange, Patch, RepoPath, Side};
use std::path::Path;
use std::time::{Duration, Instant};

fn corpus(name: &str) -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/analysis").join(name);
    let mut paths: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 3, "{name} has {} files", paths.len());
    paths.iter().map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()).collect()
}

#[test]
fn owners_come_from_a_line_of_the_file() {
    for text in corpus("code_owners") {
        let read = CodeOwners::parse(&text);
        for path in ["a", "a b/c", "x/y/z.c", "docs/a.go"] {
            if let Some(entry) = read.entry_for(path) {
                let line = text.lines().nth(entry.line as usize - 1).unwrap();
                assert!(line.contains(&entry.pattern), "{line:?} {:?}", entry.pattern);
                assert_eq!(read.owners_of(path), entry.owners);
            }
        }
        let lines = u32::try_from(text.lines().count()).unwrap();
        assert!(read.problems.iter().all(|problem| (1..=lines).contains(&problem.line)));
    }
    assert_eq!(CodeOwners::parse(&corpus("code_owners")[1]).problems.len(), 4);
}

#[test]
fn uses_stand_on_their_lines() {
    let mut found = 0;
    for text in corpus("actions") {
        for used in find_uses(&text) {
            let line = text.lines().nth(used.line as usize - 1).unwrap();
            assert!(line.contains(&used.uses), "{line:?} {:?}", used.uses);
            found += 1;
        }
    }
    assert_eq!(found, 7);
}

#[test]
fn first_lines_are_part_of_their_message() {
    for text in corpus("commit_message") {
        let read = parse_message(&text);
        assert!(text.contains(&read.subject) && !read.subject.contains('\n'), "{read:?}");
    }
}

/// A manifest and a lockfile, each before and after; there is no other file.
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

#[test]
fn what_does_not_change_is_no_problem() {
    let mut found = Vec::new();
    for text in corpus("lockfile") {
        let (first, rest) = text.split_once('\n').unwrap();
        let names: [&str; 2] = first.split(' ').collect::<Vec<_>>().try_into().unwrap();
        assert!(lock_kind(names[1]).is_some(), "{first}");
        let texts: [&str; 4] = rest.split("=====\n").collect::<Vec<_>>().try_into().unwrap();
        let said = problems(names, texts);
        assert_eq!(said, problems(names, texts));
        assert!(said.iter().all(|problem| names.contains(&problem.manifest.as_str())));
        let about = |it: &Problem| format!("{} {} {}", it.lockfile, it.kind.as_str(), it.dependencies.join(","));
        found.extend(said.iter().map(about));
        for after in [0, 1] {
            let same = [texts[after], texts[after], texts[2 + after], texts[2 + after]];
            assert_eq!(problems(names, same), [], "{first}");
        }
    }
    let expected = [
        "Cargo.lock lacks c",
        "package-lock.json lacks @s/c,b",
        "package-lock.json same_checksum a",
        "pnpm-lock.yaml holds a",
        "mix.lock lacks a",
        "uv.lock lacks x",
        "yarn.lock lacks @s/a",
    ];
    assert_eq!(found, expected);
}

#[test]
fn large_and_hostile_texts_end_soon() {
    let began = Instant::now();
    let nested = |open: &str| open.repeat(200_000);
    for ecosystem in ECOSYSTEMS {
        let manifest = ecosystem.manifests[0].trim_start_matches('*');
        let manifest = if manifest.starts_with('.') { format!("x{manifest}") } else { manifest.to_owned() };
        for kind in ecosystem.locks {
            for text in [
                nested("["),
                nested("{\"a\":"),
                nested("a@"),
                nested("{:a, \""),
                nested("- "),
                "a = \"b\"\n".repeat(50_000),
            ] {
                problems([&manifest, kind.file], ["", &text, "{}", &text]);
            }
        }
    }
    find_uses(&nested("uses: a\n - "));
    CodeOwners::parse(&nested("*a/")).owners_of(&"a/".repeat(2_000));
    parse_message(&nested("feat("));
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}
