//! The inputs that fuzzing began with and found, replayed: `tests/data/corpus/<target>/`, one file an input.
//! The checks are those of `fuzz/fuzz_targets/<target>.rs`.

use deckhand::analysis::archive::{MAX_ENTRIES, MAX_UNPACKED, unpack};
use deckhand::analysis::code::{Language, tokenize};
use deckhand::analysis::flags::{find_uses, measure_added_code, removed_flags};
use deckhand::analysis::leftovers::{LeftoverFile, LeftoverOptions, find_leftovers, may_have_leftovers};
use deckhand::analysis::secrets::{SecretOptions, SecretScope, SourceLine, find_secrets};
use deckhand::diff::{LineKind, parse_hunks};
use deckhand::webhook::{MAX_COMMANDS, parse_commands};

/// The texts of a target's corpus; bytes that are no UTF-8 are replaced, as everywhere before a parser.
fn corpus(target: &str) -> Vec<(String, String)> {
    let directory = format!("{}/tests/data/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut inputs: Vec<(String, String)> = std::fs::read_dir(&directory)
        .unwrap_or_else(|error| panic!("{directory}: {error}"))
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()))
        .collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "{directory} is empty");
    inputs
}

#[test]
fn f66_archives_are_unpacked_within_their_limits() {
    let directory = format!("{}/tests/data/corpus/archive", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<_> = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut said = String::new();
    for path in names {
        let outcome = match unpack(&std::fs::read(&path).unwrap()) {
            Ok(files) => {
                assert!(files.len() <= MAX_ENTRIES);
                assert!(files.iter().map(|(_, data)| data.len()).sum::<usize>() <= MAX_UNPACKED);
                let list: Vec<String> = files.iter().map(|(name, data)| format!("{name} {}", data.len())).collect();
                format!("{list:?}")
            }
            Err(error) => format!("the archive {error}"),
        };
        said.push_str(&format!("{}: {outcome}\n", path.file_name().unwrap().display()));
    }
    insta::assert_snapshot!("archives", said);
}

#[test]
fn code_is_cut_into_tokens_that_are_its_own() {
    for (name, text) in corpus("code") {
        for language in Language::ALL {
            let mut end = 0;
            for token in tokenize(&text, language, 1) {
                assert!(token.start >= end && !token.text.is_empty(), "{name} {language:?}");
                assert_eq!(&text[token.start..token.end()], token.text, "{name} {language:?}");
                let line = 1 + text[..token.start].matches('\n').count();
                assert_eq!(token.line as usize, line, "{name} {language:?}");
                end = token.end();
            }
        }
    }
}

#[test]
fn leftovers_stand_on_added_lines() {
    let options = LeftoverOptions {
        allow: vec!["print".to_owned()],
        also: vec!["logger.debug".to_owned()],
        comments: vec!["NOCOMMIT".to_owned()],
    };
    let mut seen = 0;
    for (name, patch) in corpus("leftovers") {
        let hunks = parse_hunks(&patch);
        let lines = || hunks.iter().flat_map(|hunk| &hunk.lines);
        let is_added = |line: u32| lines().any(|it| it.kind == LineKind::Added && it.new == Some(line));
        let whole: String =
            lines().filter(|line| line.kind != LineKind::Removed).map(|line| format!("{}\n", line.text)).collect();
        for path in ["a.js", "a.py", "a.rb", "a.rs", "a.php", "a.ex", "a.vue", "a.yml"] {
            for text in [None, Some(whole.as_str()), Some("")] {
                let file = LeftoverFile { path, hunks: &hunks, text, is_test: true, is_program: false };
                let found = find_leftovers(&file, &options);
                assert!(found.is_empty() || may_have_leftovers(path, &hunks, &options), "{name} {path}");
                assert!(found.iter().all(|it| is_added(it.line) && it.line <= it.end_line), "{name} {path}");
                seen += found.len();
            }
            let added = lines().filter(|line| line.kind == LineKind::Added).count();
            assert!(measure_added_code(path, &hunks, &[]).lines <= added, "{name} {path}");
            for flag in removed_flags(path, &hunks, Some("")) {
                find_uses(path, &whole, flag.name);
            }
        }
    }
    assert!(seen > 0, "the corpus holds no leftover at all");
}

#[test]
fn secrets_are_counted_and_not_shown() {
    let mut seen = 0;
    for (name, text) in corpus("secrets") {
        let numbered = (1u32..).zip(text.split('\n'));
        let lines: Vec<SourceLine<'_>> =
            numbered.map(|(number, text)| SourceLine { number, text, added: true }).collect();
        for path in ["a.py", ".env"] {
            for scope in [SecretScope::All, SecretScope::Shapes, SecretScope::Proofs] {
                for secret in find_secrets(path, &lines, scope, &SecretOptions::default()) {
                    assert!(
                        secret.line >= 1 && secret.line <= secret.end_line && secret.end_line as usize <= lines.len(),
                        "{name}"
                    );
                    assert!(secret.shown.len() <= 60, "{name}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 0, "the corpus holds no secret at all");
}

#[test]
fn commands_are_never_heard_in_quotes() {
    let mut heard = 0;
    for (name, text) in corpus("comment_commands") {
        let found = parse_commands(&text);
        assert!(found.len() <= MAX_COMMANDS + 1, "{name}");
        assert!(found.len() <= text.to_ascii_lowercase().matches("/deckhand").count(), "{name}");
        let quoted: String = text.split(['\n', '\r']).map(|line| format!("> {line}\n")).collect();
        assert!(parse_commands(&quoted).is_empty(), "{name}");
        heard += found.len();
    }
    assert!(heard > 0, "the corpus holds no command at all");
}
