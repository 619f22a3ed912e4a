//! The shape of the code: layers, forbidden calls, headers, sizes, and the completeness of lists.
//! Reads the sources as text; a boundary that nothing checks is a wish.

mod rooms;

use rooms::{CRATES, IMPURE, LAYERS, PURE_UP_TO, SIM_USES};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A source file: its path from the package's root, its text, and its text without comments, literals and tests.
struct Source {
    path: String,
    text: String,
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let code = if is_test_file(path) { String::new() } else { without_tests(&without_comments(text)) };
        Source { path: path.to_owned(), text: text.to_owned(), code }
    }

    /// `src/diff/hunk.rs` is of the room `diff`; `src/lib.rs` is of none.
    fn room(&self) -> Option<&'static str> {
        let name = self.path.strip_prefix("src/")?.split(['/', '.']).next()?;
        LAYERS.iter().map(|(_, room)| *room).find(|room| *room == name)
    }

    /// Lines before the tests.
    fn length(&self) -> usize {
        self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count()
    }

    fn header(&self) -> String {
        self.text.lines().take_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n")
    }
}

/// Files that their parent declares under `#[cfg(test)]`: `tests.rs` and what lies in `tests/`.
fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join("src"), "rs", &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        Source::new(&path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"), &text)
    };
    paths.iter().map(read).collect()
}

fn collect(directory: &Path, extension: &str, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, extension, into);
        } else if path.extension().is_some_and(|found| found == extension) {
            into.push(path);
        }
    }
}

fn none(complaints: Vec<String>) {
    let mut text = String::new();
    for complaint in &complaints {
        writeln!(text, "  {complaint}").unwrap();
    }
    assert!(complaints.is_empty(), "\n{text}");
}

// ---- Reading Rust as text ----

/// The same text with comments and the insides of literals blanked; lines and columns stay.
fn without_comments(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out: Vec<char> = Vec::with_capacity(chars.len());
    let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let word_before = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
        let length = match rest {
            ['/', '/', ..] => rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => block_comment(rest),
            ['"', ..] => 1 + quoted(&rest[1..], '"'),
            ['b', '"', ..] if !word_before => 2 + quoted(&rest[2..], '"'),
            ['r', '"' | '#', ..] if !word_before => raw_string(rest, 1),
            ['b', 'r', '"' | '#', ..] if !word_before => raw_string(rest, 2),
            ['\'', '\\', ..] => 1 + quoted(&rest[1..], '\''),
            ['\'', _, '\'', ..] => 3,
            _ => 0,
        };
        if length == 0 {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(rest[..length].iter().map(|&c| blank(c)));
            at += length;
        }
    }
    out.into_iter().collect()
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length up to and with the closing quote.
fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 0;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of `r#"..."#`, or 0 when it is a raw identifier.
fn raw_string(rest: &[char], prefix: usize) -> usize {
    let hashes = rest[prefix..].iter().take_while(|&&c| c == '#').count();
    let begin = prefix + hashes + 1;
    if rest.get(begin - 1) != Some(&'"') {
        return 0;
    }
    let closes = |at: usize| rest[at] == '"' && rest[at + 1..].iter().take_while(|&&c| c == '#').count() >= hashes;
    (begin..rest.len()).find(|&at| closes(at)).map_or(rest.len(), |at| at + 1 + hashes)
}

/// Blanks every item under `#[cfg(test)]`, up to its closing brace or semicolon.
fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(begin) = out.find("#[cfg(test)]") {
        let mut depth = 0usize;
        let mut end = out.len();
        for (offset, c) in out[begin..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth <= 1 => {
                    end = begin + offset + 1;
                    break;
                }
                '}' => depth -= 1,
                ';' if depth == 0 => {
                    end = begin + offset + 1;
                    break;
                }
                _ => {}
            }
        }
        let blanked: String = out[begin..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(begin..end, &blanked);
    }
    out
}

/// Where `token` stands as whole words, as 1-based lines.
fn lines_with(code: &str, token: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let whole =
        |&(at, _): &(usize, &str)| !code[..at].ends_with(is_word) && !code[at + token.len()..].starts_with(is_word);
    code.match_indices(token).filter(whole).map(|(at, _)| code[..at].matches('\n').count() + 1).collect()
}

/// The crate's rooms that the code names, with lines: `crate::room`, `crate::{room, other::X}`, `deckhand::room`.
fn edges(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        for name in first_names(rest) {
            found.push((line, name));
        }
    }
    found
}

/// The first path segments: of `a::b` it is `a`, of `{a, b::{c, d}}` they are `a` and `b`.
fn first_names(rest: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut names, mut depth, mut fresh) = (Vec::new(), 0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && !c.is_whitespace() => {
                names.push(name(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

// ---- The checks: each gives its complaints ----

fn layer_of(room: &str) -> Option<u8> {
    LAYERS.iter().find(|(_, name)| *name == room).map(|(layer, _)| *layer)
}

fn check_layers(source: &Source) -> Vec<String> {
    let Some(room) = source.room() else { return Vec::new() };
    let mut complaints = Vec::new();
    for (line, used) in edges(&source.code) {
        let Some(layer) = layer_of(&used) else { continue };
        let allowed =
            used == room || (Some(layer) < layer_of(room) && (room != "sim" || SIM_USES.contains(&used.as_str())));
        if !allowed {
            complaints.push(format!(
                "{}:{line}: `{room}` may not use `{used}`; move what both need to a lower room, or pass it as an argument",
                source.path
            ));
        }
    }
    complaints
}

fn check_pure(source: &Source) -> Vec<String> {
    let pure = source.room().and_then(layer_of).is_some_and(|layer| layer <= PURE_UP_TO);
    let tokens = IMPURE.iter().filter(|_| pure);
    let hits = tokens.flat_map(|token| lines_with(&source.code, token).into_iter().map(move |line| (line, token)));
    let complain =
        |(line, token)| format!("{}:{line}: `{token}` in a pure room; take the value as an argument", source.path);
    let mut complaints: Vec<String> = hits.map(complain).collect();
    // `use std::{env, fs::File}` says the same in other words.
    for (at, _) in source.code.match_indices("std::{").filter(|_| pure) {
        let line = source.code[..at].matches('\n').count() + 1;
        for name in first_names(&source.code[at + "std::".len()..]) {
            if ["fs", "env", "net"].contains(&name.as_str()) {
                complaints.push(format!(
                    "{}:{line}: `std::{name}` in a pure room; take the value as an argument",
                    source.path
                ));
            }
        }
    }
    complaints
}

fn check_crates(source: &Source) -> Vec<String> {
    let Some(room) = source.room() else { return Vec::new() };
    let is_in = |wanted: &&str| {
        let rest = source.path.strip_prefix("src/").and_then(|path| path.strip_prefix(*wanted));
        *wanted == room || rest.is_some_and(|rest| rest.starts_with(['/', '.']))
    };
    let mut complaints = Vec::new();
    for (krate, rooms) in CRATES.iter().filter(|(_, rooms)| !rooms.contains(&"*") && !rooms.iter().any(is_in)) {
        for line in lines_that_name(&source.code, &krate.replace('-', "_")) {
            complaints.push(format!("{}:{line}: the crate `{krate}` belongs to {rooms:?}; ask that room", source.path));
        }
    }
    complaints
}

/// Lines with a path that begins with the crate.
fn lines_that_name(code: &str, krate: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let begins = |&(at, _): &(usize, &str)| !code[..at].ends_with(is_word);
    let path = format!("{krate}::");
    code.match_indices(&path).filter(begins).map(|(at, _)| code[..at].matches('\n').count() + 1).collect()
}

/// What `Cargo.toml` depends on and what the table of crates holds, where the two differ.
fn check_dependencies(manifest: &str) -> Vec<String> {
    let section = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let section = section.take_while(|line| !line.starts_with('['));
    let named: Vec<&str> = section.filter_map(|line| Some(line.split_once(" = ")?.0)).collect();
    let listed = CRATES.map(|(krate, _)| krate);
    let new = named.iter().filter(|krate| !listed.contains(krate));
    let gone = listed.iter().filter(|krate| !named.contains(krate));
    new.map(|krate| format!("`{krate}` has no rooms; say in tests/it/tidy/rooms.rs which may use it"))
        .chain(gone.map(|krate| format!("tests/it/tidy/rooms.rs: nothing depends on `{krate}`; remove its row")))
        .collect()
}

fn check_header(source: &Source) -> Vec<String> {
    if source.header().is_empty() {
        return vec![format!("{}:1: begin with one to three `//!` lines that say what the file is for", source.path)];
    }
    Vec::new()
}

fn check_length(source: &Source) -> Vec<String> {
    let length = source.length();
    if length > 600 && !source.header().contains("Stays whole:") {
        let advice = "split it at a seam, or say `Stays whole:` and why in its header";
        return vec![format!("{}:600: {length} lines without tests; {advice}", source.path)];
    }
    Vec::new()
}

fn check_unwrap(source: &Source) -> Vec<String> {
    let lines = source.code.lines().enumerate().filter(|(_, line)| line.contains(".unwrap()"));
    lines
        .map(|(line, _)| {
            format!("{}:{}: `unwrap()`; use `expect(\"the invariant\")` or return an error", source.path, line + 1)
        })
        .collect()
}

/// `parents` are paths of directories: `src/diff` makes `src/diff.rs` a table of contents.
fn check_parent(source: &Source, parents: &[String]) -> Vec<String> {
    if !parents.iter().any(|parent| source.path == format!("{parent}.rs")) {
        return Vec::new();
    }
    let advice = "a module with a directory is a table of contents; move the function into a file of the directory";
    lines_with(&source.code, "fn").into_iter().map(|line| format!("{}:{line}: {advice}", source.path)).collect()
}

fn check_sizes(mut lengths: Vec<usize>) -> Vec<String> {
    lengths.sort_unstable();
    let (median, ninth) = (lengths[lengths.len() / 2], lengths[lengths.len() * 9 / 10]);
    let mut complaints = Vec::new();
    if median >= 150 {
        complaints.push(format!("src: the median file has {median} lines; under 150 are wanted, split the largest"));
    }
    if ninth >= 400 {
        complaints
            .push(format!("src: one file in ten has {ninth} lines or more; under 400 are wanted, split the largest"));
    }
    complaints
}

/// `names` are the files of `rules/`, `list` is the text of the Rust file that includes them.
fn check_rules(names: &[String], list: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let stems: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".lua")).collect();
    for stem in &stems {
        for sibling in [format!("{stem}.md"), format!("{stem}.cases.md")] {
            if !names.contains(&sibling) {
                complaints.push(format!("rules/{stem}.lua:1: write its rules/{sibling}"));
            }
        }
    }
    for name in names.iter().filter(|name| *name != "README.md") {
        let stem = [".lua", ".cases.md", ".md"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        if !stems.contains(&stem) {
            complaints.push(format!("rules/{name}:1: belongs to no rule; add rules/{stem}.lua or remove it"));
        }
    }
    let listed: Vec<&str> = list.split("rule!(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if listed != sorted {
        complaints.push(format!("src/lua/builtin.rs:1: sort the list of rules: {}", sorted.join(", ")));
    }
    for stem in stems.iter().filter(|stem| !sorted.contains(stem)) {
        complaints.push(format!("src/lua/builtin.rs:1: the list lacks rules/{stem}.lua"));
    }
    complaints
}

/// Files of `src/webhook/event/` that are events, against the table.
fn check_events(stems: &[String], table: &str) -> Vec<String> {
    let events = stems.iter().filter(|stem| !["table", "payload"].contains(&stem.as_str()));
    let missing = events.filter(|stem| !table.contains(&format!("    {stem} => ")));
    missing.map(|stem| format!("src/webhook/event/{stem}.rs:1: add its line to table.rs")).collect()
}

// ---- The checks on our own sources ----

fn check_all(check: impl Fn(&Source) -> Vec<String>) {
    none(sources().iter().flat_map(check).collect());
}

#[test]
fn rooms_use_only_lower_rooms() {
    check_all(check_layers);
}

#[test]
fn low_layers_are_pure() {
    check_all(check_pure);
}

#[test]
fn crates_stay_in_their_rooms() {
    check_all(check_crates);
}

#[test]
fn files_have_headers() {
    check_all(check_header);
}

#[test]
fn files_are_short() {
    check_all(check_length);
    none(check_sizes(sources().iter().map(Source::length).collect()));
}

#[test]
fn nothing_unwraps() {
    check_all(check_unwrap);
}

#[test]
fn parents_are_tables_of_contents() {
    let sources = sources();
    let parent = |source: &Source| source.path.rsplit_once('/').map(|(parent, _)| parent.to_owned());
    let parents: Vec<String> = sources.iter().filter_map(parent).collect();
    check_all(|source| check_parent(source, &parents));
}

#[test]
fn every_room_has_a_layer() {
    let library = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    let rooms = library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let rooms: Vec<&str> = rooms.collect();
    let strange = rooms.iter().filter(|room| layer_of(room).is_none());
    let empty = LAYERS.iter().filter(|(_, room)| !rooms.contains(room));
    none(
        strange
            .map(|room| format!("src/lib.rs:1: give `{room}` a layer in tests/it/tidy/rooms.rs"))
            .chain(empty.map(|(_, room)| format!("tests/it/tidy/rooms.rs: there is no room `{room}`")))
            .collect(),
    );
}

#[test]
fn the_page_on_the_house_lists_every_room() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ARCHITECTURE.md")).unwrap();
    let missing = LAYERS.iter().filter(|(layer, room)| !page.contains(&format!("\n| {layer} | `{room}` |")));
    none(missing.map(|(layer, room)| format!("docs/ARCHITECTURE.md: no row `| {layer} | `{room}` |`")).collect());
}

#[test]
fn every_dependency_has_its_rooms() {
    none(check_dependencies(&std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap()));
}

#[test]
fn every_rule_is_complete_and_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(directory) = std::fs::read_dir(root.join("rules")) else { return };
    let names: Vec<String> = directory.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    let list = std::fs::read_to_string(root.join("src/lua/builtin.rs")).unwrap_or_default();
    none(check_rules(&names, &list));
}

#[test]
fn every_event_is_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/webhook/event");
    let mut paths = Vec::new();
    collect(&root, "rs", &mut paths);
    let stems: Vec<String> =
        paths.iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    none(check_events(&stems, &std::fs::read_to_string(root.join("table.rs")).unwrap()));
}

// ---- The checks on bad samples: a check that cannot fail is worth nothing ----

fn sample(path: &str, text: &str) -> Source {
    Source::new(path, text)
}

#[test]
fn self_test_layers() {
    let bad = |path: &str, text: &str| check_layers(&sample(path, text)).len();
    assert_eq!(bad("src/diff/a.rs", "use crate::webhook::Event;"), 1, "neighbours");
    assert_eq!(bad("src/diff/a.rs", "use crate::{model::{FileChange, Patch}, store, lua::Host};"), 2, "groups");
    assert_eq!(bad("src/server.rs", "fn f() { crate::sim::start() }"), 1);
    assert_eq!(bad("src/sim/a.rs", "use crate::webhook::verify;\nuse crate::diff::Hunk;"), 1);
    assert_eq!(bad("src/plan.rs", "use crate::{\n    model::Finding,\n    diff,\n    plan::render,\n};"), 0);
    let hidden = "//! crate::store\n/* crate::store */ const A: &str = \"crate::store\";\n#[cfg(test)]\nmod tests { use crate::store; }";
    assert_eq!(bad("src/diff/a.rs", hidden), 0);
}

#[test]
fn self_test_pure() {
    let bad = |path: &str, text: &str| check_pure(&sample(path, text));
    let text = "let a = 'x';\nlet now = std::time::Instant::now();\nlet r#type = rand::random();";
    assert_eq!(bad("src/lua/a.rs", text).len(), 2);
    assert!(bad("src/lua/a.rs", text)[0].starts_with("src/lua/a.rs:2: "), "{:?}", bad("src/lua/a.rs", text));
    assert_eq!(bad("src/model/a.rs", "use std::{env, fs::File, fmt};").len(), 2);
    assert!(bad("src/store/a.rs", text).is_empty());
    assert!(bad("src/lua/a.rs", "let operand = Instantly; // rand\nlet s = r#\"std::fs \" tokio\"#;").is_empty());
}

#[test]
fn self_test_the_rest() {
    assert_eq!(check_crates(&sample("src/plan/a.rs", "use sqlx::Row;")).len(), 1);
    assert_eq!(check_crates(&sample("src/store/a.rs", "use sqlx::Row;")).len(), 1);
    assert!(check_crates(&sample("src/store/sqlite/a.rs", "use sqlx::Row;")).is_empty());
    assert_eq!(check_crates(&sample("src/plan/a.rs", "let a = tree_sitter_ruby::LANGUAGE;")).len(), 1);
    assert!(check_crates(&sample("src/plan/a.rs", "use super::toml::Value;")).is_empty(), "a module of that name");
    assert_eq!(check_dependencies("[dependencies]\nserde = \"1\"\nleft-pad = \"1\"\n").len(), CRATES.len());
    assert_eq!(check_header(&sample("src/a.rs", "fn f() {}")).len(), 1);
    let long = "fn f() {}\n".repeat(601);
    assert_eq!(check_length(&sample("src/a.rs", &long)).len(), 1);
    assert!(check_length(&sample("src/a.rs", &format!("//! Stays whole: a table.\n{long}"))).is_empty());
    assert!(check_length(&sample("src/a.rs", &format!("#[cfg(test)]\n{long}"))).is_empty());
    assert_eq!(
        check_unwrap(&sample("src/a.rs", "fn f() { g().unwrap() }\n#[cfg(test)]\nmod t { fn f() { g().unwrap() } }"))
            .len(),
        1
    );
    let parents = ["src/a".to_owned()];
    assert_eq!(check_parent(&sample("src/a.rs", "mod b;\nfn f() {}"), &parents).len(), 1);
    assert!(check_parent(&sample("src/b.rs", "fn f() {}"), &parents).is_empty());
    assert_eq!(check_sizes(vec![10, 200, 500]).len(), 2);
    assert_eq!(check_sizes(vec![10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 500]), Vec::<String>::new());
}

#[test]
fn self_test_lists() {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let whole = names(&["README.md", "a.lua", "a.md", "a.cases.md", "b.lua", "b.md", "b.cases.md"]);
    let list = "rule!(\"a\"), rule!(\"b\")";
    assert!(check_rules(&whole, list).is_empty());
    assert_eq!(check_rules(&whole, "rule!(\"b\") rule!(\"a\")").len(), 1, "unsorted");
    assert_eq!(check_rules(&whole, "rule!(\"a\")").len(), 1, "not listed");
    assert_eq!(check_rules(&names(&["a.lua", "a.md", "stray.txt", "c.md"]), "rule!(\"a\")").len(), 3);
    assert_eq!(check_events(&names(&["push", "star", "table", "payload"]), "    push => Push(PushEvent),").len(), 1);
}
