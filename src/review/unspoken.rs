//! The words of hidden lines, taken out of what others say. Which part of such a line is the secret is not known here, so
//! that everything goes that no person would take for plain words.

use crate::analysis::secrets::passwords_on;
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::HashSet;
use std::ops::Range;

/// So many bytes in a row that a text has in common with a hidden line are no chance.
const WINDOW: usize = 6;
/// On a longer line nobody quotes.
const MAX_LINE_BYTES: usize = 2_000;
/// So many texts in quotes are looked at on a line.
const MAX_QUOTED: usize = 20;
/// Shorter ones are not looked for.
const MIN_QUOTED_BYTES: usize = 4;
/// What stands in the place of the words.
const GAP: &str = "...";

/// What may not be said.
pub(super) struct Unspoken {
    /// Every run of [`WINDOW`] bytes of the lines.
    windows: HashSet<[u8; WINDOW]>,
    /// Passwords that are words, as addresses have them.
    passwords: Option<AhoCorasick>,
    /// Paths with such a word in them, where it gives nothing away.
    paths: Option<AhoCorasick>,
}

impl Unspoken {
    /// What may not be said of the lines. `paths` are those of the files that everybody may speak of.
    pub(super) fn new<'p>(lines: &[String], paths: impl Iterator<Item = &'p str>) -> Self {
        let windows = lines.iter().flat_map(|line| line.trim().as_bytes().array_windows()).copied().collect();
        let passwords: Vec<&str> = lines.iter().flat_map(|line| passwords_on(line)).collect();
        let passwords = search(&passwords);
        let holds_word = |path: &&str| passwords.as_ref().is_some_and(|passwords| passwords.is_match(*path));
        let and_directory = |path: &'p str| [Some(path), path.rsplit_once('/').map(|(directory, _)| directory)];
        let paths: Vec<&str> = paths.filter(holds_word).flat_map(and_directory).flatten().collect();
        let paths = search(&paths);
        Unspoken { windows, passwords, paths }
    }

    /// Whether something of the lines stands in the text.
    pub(super) fn stands_in(&self, text: &str) -> bool {
        !self.places_in(text).is_empty()
    }

    /// The text with gaps in it; `None` when nothing of the lines stands there.
    pub(super) fn taken_out_of(&self, text: &str) -> Option<String> {
        let places = self.places_in(text);
        let last = places.last()?.end;
        let mut without = String::with_capacity(text.len());
        let mut at = 0;
        for place in places {
            without.push_str(&text[at..place.start]);
            without.push_str(GAP);
            at = place.end;
        }
        without.push_str(&text[last..]);
        Some(without)
    }

    /// Where something of the lines stands in the text: in order, and apart from each other.
    fn places_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> =
            self.shared_runs(text).into_iter().flat_map(|run| unplain_pieces(text, run)).collect();
        places.extend(self.passwords_in(text));
        places.sort_unstable_by_key(|place| (place.start, place.end));
        let mut apart: Vec<Range<usize>> = Vec::new();
        for place in places {
            match apart.last_mut() {
                Some(before) if place.start < before.end => before.end = before.end.max(place.end),
                _ => apart.push(place),
            }
        }
        apart
    }

    /// Where passwords stand in the text, but for those that are a part of a path.
    fn passwords_in(&self, text: &str) -> Vec<Range<usize>> {
        let Some(passwords) = &self.passwords else { return Vec::new() };
        let found = self.paths.iter().flat_map(|paths| paths.find_iter(text)).map(|path| path.range());
        let paths: Vec<Range<usize>> = found.filter(|path| is_whole_path(text, path)).collect();
        let is_part_of_path = |word: &Range<usize>| {
            let before = paths.partition_point(|path| path.start <= word.start);
            before
                .checked_sub(1)
                .map(|at| &paths[at])
                .is_some_and(|path| word.end <= path.end && word.len() < path.len())
        };
        passwords.find_iter(text).map(|found| found.range()).filter(|word| !is_part_of_path(word)).collect()
    }

    /// The longest runs of the text whose windows all stand on the lines, up to whole characters.
    fn shared_runs(&self, text: &str) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (at, window) in text.as_bytes().array_windows::<WINDOW>().enumerate() {
            if !self.windows.contains(window) {
                continue;
            }
            match runs.last_mut() {
                Some(run) if at <= run.end => run.end = at + WINDOW,
                _ => runs.push(at..at + WINDOW),
            }
        }
        for run in &mut runs {
            run.start = text.floor_char_boundary(run.start);
            run.end = text.ceil_char_boundary(run.end);
        }
        runs
    }
}

fn search(words: &[&str]) -> Option<AhoCorasick> {
    let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words);
    search.ok().filter(|_| !words.is_empty())
}

/// Whether a path begins and ends there: it may be the end of an address, and a line's number may follow.
fn is_whole_path(text: &str, path: &Range<usize>) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '@' | '_' | '-');
    !text[..path.start].ends_with(|c| goes_on(c) || matches!(c, ':' | '.')) && !text[path.end..].starts_with(goes_on)
}

/// The pieces of the run between spaces, quotes and brackets that are not plain words.
fn unplain_pieces(text: &str, run: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut begin = run.start;
    let ends = text[run.clone()].char_indices().filter(|(_, c)| parts_pieces(*c));
    for (end, next) in ends.map(|(at, c)| (run.start + at, run.start + at + c.len_utf8())).chain([(run.end, run.end)]) {
        if !is_plain(&text[begin..end]) {
            pieces.push(begin..end);
        }
        begin = next;
    }
    pieces
}

fn parts_pieces(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | ',' | ';')
}

/// Whether a piece is made of words and small numbers: `API_KEY`, `os.environ`, `actions/checkout@v4`.
fn is_plain(piece: &str) -> bool {
    if piece.len() <= 2 {
        return true;
    }
    let (mut words, mut letters, mut digits) = (0, 0, 0);
    for part in piece.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
        if part.len() - word.len() > 4 || !is_word(word) {
            return false;
        }
        words += usize::from(!word.is_empty());
        letters += word.len();
        digits += part.len() - word.len();
    }
    // Noise falls into short pieces.
    letters >= words * if digits > 0 { 4 } else { 3 }
}

/// Whether letters are `word`, `WORD` or `someWords`.
fn is_word(letters: &str) -> bool {
    let capitals = letters.chars().filter(|c| c.is_uppercase()).count();
    let plain = letters.chars().all(char::is_alphabetic);
    let one_case = capitals == 0 || capitals == letters.chars().count();
    let runs_of_capitals =
        letters.as_bytes().array_windows().any(|pair: &[u8; 2]| pair.iter().all(u8::is_ascii_uppercase));
    plain && letters.len() <= 40 && (one_case || (!runs_of_capitals && letters.len() >= capitals * 3))
}

/// What stands in quotes on the line, unless it is a key: `"name": ..`, `at["name"]`.
pub(super) fn quoted_values(line: &str) -> Vec<&str> {
    let line = &line[..line.floor_char_boundary(MAX_LINE_BYTES)];
    let mut values = Vec::new();
    let mut rest = line;
    while let Some(open) = rest.find(['"', '\'', '`']) {
        let quote = char::from(rest.as_bytes()[open]);
        let inner = &rest[open + 1..];
        let Some(length) = inner.find(quote) else { break };
        rest = &inner[length + 1..];
        let names = [":", "=>", "]"].iter().any(|sign| rest.trim_start().starts_with(sign));
        if length >= MIN_QUOTED_BYTES && !names {
            values.push(&inner[..length]);
            if values.len() == MAX_QUOTED {
                break;
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(line: &str, text: &str) -> String {
        Unspoken::new(&[line.to_owned()], ["src/sunshine/main.py", "sunshine"].into_iter())
            .taken_out_of(text)
            .unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn what_a_text_shares_with_a_line_goes_and_plain_words_stay() {
        for (line, text, expected) in [
            ("password = 'kV7-q9Zt2w'", "The password 'kV7-q9Zt2w' is hard-coded", "The password '...' is hard-coded"),
            ("API_KEY=Zr8vQ2mX7pLk4NwT9sBc", "see API_KEY=Zr8vQ2mX7pLk4NwT9sBc", "see ..."),
            ("x = Zr8vQ2mX7pLk4NwT9sBc", "begins with Zr8vQ2mX", "begins with ..."),
            ("t: 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", "CJXDCGLmlZGEONYlgC", "..."),
            ("é9Zt2wXX7", "the é9Zt2wXX7", "the ..."),
            ("postgres://app:sunshine@db.acme.io/a", "`sunshine` of postgres://app", "`...` of postgres://app"),
            (
                "postgres://app:sunshine@db.acme.io/a",
                "`src/sunshine/main.py:3` in src/sunshine/, https://github.com/a/b/src/sunshine/main.py",
                "`src/sunshine/main.py:3` in src/sunshine/, https://github.com/a/b/src/sunshine/main.py",
            ),
            (
                "postgres://app:sunshine@db.acme.io/a",
                "sunshine, app:sunshine@db, xsrc/sunshine/main.py",
                "..., app:...@db, xsrc/.../main.py",
            ),
            ("- uses: actions/checkout@v4 # ghp_x", "`actions/checkout@v4` is a tag", "`actions/checkout@v4` is a tag"),
            (
                "token = os.environ['GITHUB_TOKEN']",
                "read os.environ['GITHUB_TOKEN']",
                "read os.environ['GITHUB_TOKEN']",
            ),
            ("", "Text", "Text"),
        ] {
            assert_eq!(without(line, text), expected, "{line}");
        }
    }

    #[test]
    fn keys_in_quotes_are_no_values() {
        assert_eq!(quoted_values("{\"password\": \"hunter two\", 'a'}"), ["hunter two"]);
        assert_eq!(quoted_values("x[\"password\"] = `hunter two` + \"open"), ["hunter two"]);
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        let line = "a1".repeat(100_000);
        let lines = [line.clone(), "://a:b@".repeat(30_000), "\"".repeat(100_000), "x://a:sunshine@b.io".to_owned()];
        let hidden = Unspoken::new(&lines, ["a/sunshine/b"].into_iter());
        assert_eq!(hidden.taken_out_of(&line).as_deref(), Some("..."));
        hidden.taken_out_of(&"'a1a1a1".repeat(30_000));
        assert_eq!(hidden.taken_out_of(&"a/sunshine/b ".repeat(30_000)), None);
    }
}
