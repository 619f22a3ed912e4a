//! The added lines of a source file that may change what it does.

use super::essence::sequence;
use super::evidence::{Evidence, Skeleton, decides_more, weigh, without_idle};
use super::inert::{imports, inert_blocks, is_inert_line, is_log};
use super::inline::inline_tests;
use super::lines::{CodeLine, CodeLines, Inside, Piece, code_lines};
use super::names::is_test_text;
use crate::analysis::code::{Language, TokenKind};
use crate::diff::{Hunk, LineKind, text_before};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A word and the one that took its place.
pub(super) type Renamed = (String, String);

/// What a line says without spaces, as a number: equal for lines that say the same.
pub(super) type Said = u64;

/// What a source file's change comes down to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Added lines that may change behaviour: number and what they say.
    pub(super) lines: Vec<(u32, Said)>,
    /// Those among them, and among the renamed ones, that are less than strong evidence of new behaviour.
    pub(super) weak: HashMap<u32, Evidence>,
    /// What the removed lines said.
    pub(super) removed: Vec<Said>,
    /// How many tokens the changed lines add, how many they take away, and how many of these are the same.
    pub(super) tokens: Tokens,
    /// Branches and definitions of its added lines, and of its removed ones.
    pub(super) added_skeleton: Skeleton,
    pub(super) removed_skeleton: Skeleton,
    /// Names that the changed lines define or lie in.
    pub(super) names: BTreeSet<String>,
    /// Words that one took the place of another: pairs of old and new, once a place.
    pub(super) renamed: Vec<Renamed>,
    /// Lines that differ only by renamed words: number, what they say, and the pairs.
    pub(super) only_renamed: Vec<(u32, Said, Vec<Renamed>)>,
    /// A test beside the code was touched.
    pub(super) touches_tests: bool,
    /// The first line of a test beside the code.
    pub(super) first_test: Option<u32>,
}

impl Change {
    /// The strongest that these lines say for new behaviour.
    pub(super) fn evidence(&self, lines: &[u32]) -> Evidence {
        let weighed = lines.iter().map(|number| self.weak.get(number).copied().unwrap_or(Evidence::Strong));
        weighed.max().unwrap_or(Evidence::Strong)
    }
}

/// Tokens of a file's changed lines, wherever they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) added: usize,
    pub(super) removed: usize,
    pub(super) common: usize,
}

/// A change of one place: removed lines, then added ones.
struct Block {
    removed: Vec<u32>,
    added: Vec<u32>,
}

/// Reads a change. `text` is the whole file at the head; without it the hunks have to do.
pub(super) fn read_change(path: &str, hunks: &[Hunk<'_>], text: Option<&str>) -> Change {
    let Some(language) = Language::of(path) else { return read_unknown(hunks) };
    let mut change = Change::default();
    let mut counts: HashMap<u64, (usize, usize)> = HashMap::new();
    let mut grown = Grown::default();
    let whole = text.and_then(|text| Some((Cow::Borrowed(text), text_before(text, hunks)?)));
    let tests = whole.as_ref().map(|(head, _)| inline_tests(head, language)).unwrap_or_default();
    change.first_test = tests.first().map(|range| *range.start());
    let sides: Vec<(String, String, &[Hunk<'_>])> = match &whole {
        Some((head, base)) => vec![(head.clone().into_owned(), base.clone(), hunks)],
        None => hunks
            .iter()
            .map(|hunk| (side(hunk, LineKind::Removed), side(hunk, LineKind::Added), std::slice::from_ref(hunk)))
            .collect(),
    };
    for (head, base, hunks) in &sides {
        let (new_first, old_first) = match hunks {
            [hunk] if whole.is_none() => (hunk.new_start.max(1), hunk.old_start.max(1)),
            _ => (1, 1),
        };
        let new = code_lines(head, language, new_first);
        let old = code_lines(base, language, old_first);
        let inert = inert_blocks(&new, language);
        for hunk in *hunks {
            let is_test = |number: u32| {
                let at = tests.partition_point(|range| *range.end() < number);
                tests.get(at).is_some_and(|range| range.contains(&number))
            };
            read_hunk(&mut change, &mut grown, hunk, (&old, &new), &inert, language, &is_test);
            for (is_new, token) in changed_tokens(hunk, &old, &new, &inert, &is_test) {
                let count = counts.entry(hash(token)).or_default();
                *(if is_new { &mut count.0 } else { &mut count.1 }) += 1;
            }
        }
    }
    for (added, removed) in counts.into_values() {
        change.tokens.added += added;
        change.tokens.removed += removed;
        change.tokens.common += added.min(removed);
    }
    if let Some((_, base)) = &whole {
        change.names.extend(grown.words.into_iter().filter(|word| !base.contains(word.as_str())));
    }
    // A branch that went from one place to another is none that was not there.
    if !grown.added.exceeds(&grown.removed) {
        change.weak.extend(grown.lines.into_iter().map(|number| (number, Evidence::Slight)));
    }
    (change.added_skeleton, change.removed_skeleton) = (grown.added, grown.removed);
    change
}

/// Branches and definitions of all changed lines, and the lines that some came in with.
#[derive(Debug, Default)]
struct Grown {
    added: Skeleton,
    removed: Skeleton,
    lines: Vec<u32>,
    /// Names of several words that the lines hold: of options and parameters, when they were not there before.
    words: BTreeSet<String>,
    /// Words of changed imports so far; they stand before what uses them.
    imports: BTreeSet<String>,
}

/// So many new names are looked for in tests.
const MAX_WORDS: usize = 50;

/// A shorter name stands in a test by chance.
const MIN_NAME: usize = 8;

/// Whether a name is made of several words: `max_part_size`, `maxPartSize`.
fn is_compound(name: &str) -> bool {
    let inner = name.trim_matches('_');
    let humps = inner.as_bytes().windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    name.len() >= MIN_NAME && (inner.contains('_') || humps)
}

/// The words, numbers and texts of changed lines, and whether they are added; those of imports, types and tests left out.
fn changed_tokens<'l>(
    hunk: &'l Hunk<'_>,
    old: &'l CodeLines<'_>,
    new: &'l CodeLines<'_>,
    inert: &'l BTreeSet<u32>,
    is_test: &'l dyn Fn(u32) -> bool,
) -> impl Iterator<Item = (bool, &'l str)> {
    let line = |line: &crate::diff::Line<'_>| match line.kind {
        LineKind::Added => {
            let number = line.new.filter(|number| !inert.contains(number) && !is_test(*number))?;
            Some((true, new.get(number)?))
        }
        LineKind::Removed => Some((false, old.get(line.old?)?)),
        LineKind::Context => None,
    };
    let lines = hunk.lines.iter().filter_map(line);
    lines.flat_map(|(is_new, line)| {
        line.tokens.iter().filter(|token| token.kind != TokenKind::Mark).map(move |token| (is_new, token.text))
    })
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn read_hunk(
    change: &mut Change,
    grown: &mut Grown,
    hunk: &Hunk<'_>,
    (old, new): (&CodeLines<'_>, &CodeLines<'_>),
    inert: &BTreeSet<u32>,
    language: Language,
    is_test: &dyn Fn(u32) -> bool,
) {
    change.touches_tests |= language == Language::Rust && brings_example(hunk);
    for line in hunk.lines.iter().filter(|line| line.kind == LineKind::Added) {
        let number = line.new.unwrap_or(0);
        let inside = is_test(number) && new.get(number).is_some();
        change.touches_tests |=
            inside || is_test_text(line.text) || language == Language::Rust && looks_like_test(line.text);
    }
    let before = change.lines.len();
    for block in blocks(hunk) {
        let live = |number: &&u32| !is_test(**number);
        let added: Vec<(u32, CodeLine<'_, '_>)> =
            block.added.iter().filter(live).filter_map(|at| Some((*at, new.get(*at)?))).collect();
        let gone: Vec<(u32, CodeLine<'_, '_>)> =
            block.removed.iter().filter_map(|at| Some((*at, old.get(*at)?))).collect();
        let removed: Vec<CodeLine<'_, '_>> = gone.iter().map(|(_, line)| *line).collect();
        change.removed.extend(removed.iter().map(|line| said_by(line.tokens)));
        let changed = added.iter().map(|(_, line)| *line).chain(removed.iter().copied());
        for line in changed.filter(|line| imports(line.tokens, language)) {
            grown.imports.extend(line.tokens.iter().filter(|token| token.is_word()).map(|token| token.text.to_owned()));
        }
        let (deciding, decided) = (without_idle(&added), without_idle(&gone));
        grown.removed.add(&Skeleton::of(decided.iter().map(|(_, line)| *line), language));
        grown.added.add(&Skeleton::of(deciding.iter().map(|(_, line)| *line), language));
        // Where nothing was, nothing stayed the same.
        let replaces = !removed.is_empty() && !added.is_empty();
        if replaces && loses_items(added.iter().map(|(_, line)| *line), &removed) {
            continue;
        }
        if replaces
            && sequence(added.iter().map(|(_, line)| *line), language) == sequence(removed.iter().copied(), language)
        {
            continue;
        }
        let quiet = |number: &u32, line: &CodeLine<'_, '_>| inert.contains(number) || is_log(line.tokens);
        if replaces && added.iter().any(|(number, line)| quiet(number, line)) {
            let new = added.iter().filter(|(number, line)| !quiet(number, line)).map(|(_, line)| *line);
            let old = removed.iter().copied().filter(|line| !is_log(line.tokens));
            if sequence(new, language) == sequence(old, language) {
                continue;
            }
        }
        let speaks = |line: &CodeLine<'_, '_>| !is_inert_line(*line, language);
        let stands_alone = |(number, line): &(u32, CodeLine<'_, '_>)| !inert.contains(number) && speaks(line);
        let lone: Vec<(u32, CodeLine<'_, '_>)> = added.into_iter().filter(stands_alone).collect();
        // Lines that say nothing by themselves do not make the others different.
        let removed_live: Vec<CodeLine<'_, '_>> = removed.iter().copied().filter(speaks).collect();
        let same = || {
            let (new, old) = (lone.iter().map(|(_, line)| *line), removed_live.iter().copied());
            sequence(new, language) == sequence(old, language)
        };
        if lone.is_empty() || replaces && same() {
            continue;
        }
        let fresh: Vec<CodeLine<'_, '_>> = lone.iter().map(|(_, line)| *line).collect();
        let branches = decides_more(
            deciding.into_iter().filter(stands_alone).map(|(_, line)| line),
            decided.into_iter().map(|(_, line)| line).filter(speaks),
            language,
        );
        match weigh(&fresh, &removed_live, branches, &grown.imports, language) {
            Evidence::Strong => grown.lines.extend(lone.iter().map(|(number, _)| *number)),
            weak => change.weak.extend(lone.iter().map(|(number, _)| (*number, weak))),
        }
        let words =
            fresh.iter().flat_map(|line| line.tokens).filter(|token| token.is_word() && is_compound(token.text));
        let room = MAX_WORDS.saturating_sub(grown.words.len());
        grown.words.extend(words.map(|token| token.text.to_owned()).take(room));
        let pairs = renames(&lone, &removed);
        for (number, line) in lone {
            match pairs.get(&number) {
                Some(pairs) => change.only_renamed.push((number, said_by(line.tokens), pairs.clone())),
                None => change.lines.push((number, said_by(line.tokens))),
            }
            change.names.extend(defined_name(line.tokens));
        }
        change.renamed.extend(pairs.into_values().flatten());
    }
    if change.lines.len() > before {
        change.names.extend(name_in_heading(hunk.heading));
    }
}

/// Whether lists of plain names and values lose some of them and get none: `:less, :liquid` that becomes `:liquid`.
fn loses_items<'l>(added: impl Iterator<Item = CodeLine<'l, 'l>>, removed: &[CodeLine<'_, '_>]) -> bool {
    let is_item = |token: &Piece<'_>| token.kind != TokenKind::Mark;
    let is_list = |line: &CodeLine<'_, '_>| {
        let commas = line.tokens.iter().filter(|token| token.is(",")).count();
        let plain = |token: &Piece<'_>| is_item(token) || token.is(",") || token.is(":");
        let symbols = line.inside == Inside::List || line.tokens[0].is(":");
        symbols && commas > 0 && line.tokens.iter().all(plain)
    };
    let mut before = removed.iter().flat_map(|line| line.tokens).filter(|token| is_item(token));
    removed.iter().all(is_list)
        && added.fold(true, |all, line| {
            all && is_list(&line)
                && line.tokens.iter().filter(|token| is_item(token)).all(|item| before.any(|it| it.text == item.text))
        })
}

/// Lines of a file in no known language: all of them count.
fn read_unknown(hunks: &[Hunk<'_>]) -> Change {
    let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
    let said = |line: &crate::diff::Line<'_>| {
        let mut hasher = DefaultHasher::new();
        line.text.split_whitespace().for_each(|word| word.hash(&mut hasher));
        hasher.finish()
    };
    let mut change = Change { added_skeleton: Skeleton::unknown(), ..Change::default() };
    for line in lines {
        match line.kind {
            LineKind::Added if line.text.contains(char::is_alphanumeric) => {
                change.lines.push((line.new.unwrap_or(0), said(line)))
            }
            LineKind::Removed => change.removed.push(said(line)),
            LineKind::Added | LineKind::Context => {}
        }
    }
    change
}

/// One side of a hunk: everything but the lines of `other`.
fn side(hunk: &Hunk<'_>, other: LineKind) -> String {
    hunk.lines.iter().filter(|line| line.kind != other).map(|line| line.text).collect::<Vec<_>>().join("\n")
}

fn blocks(hunk: &Hunk<'_>) -> Vec<Block> {
    let mut all: Vec<Block> = Vec::new();
    let mut open = false;
    for line in &hunk.lines {
        if line.kind == LineKind::Context {
            open = false;
            continue;
        }
        if !open {
            all.push(Block { removed: Vec::new(), added: Vec::new() });
            open = true;
        }
        let Some(block) = all.last_mut() else { continue };
        match line.kind {
            LineKind::Removed => block.removed.extend(line.old),
            LineKind::Added | LineKind::Context => block.added.extend(line.new),
        }
    }
    all
}

/// What a line says, without spaces and without what ends it.
fn said_by(tokens: &[Piece<'_>]) -> Said {
    let end = tokens.iter().rposition(|token| !token.is(",") && !token.is(";")).map_or(0, |at| at + 1);
    let mut hasher = DefaultHasher::new();
    tokens[..end].iter().for_each(|token| token.text.hash(&mut hasher));
    hasher.finish()
}

/// For lines that differ from the removed line at the same place only by words: the pairs of words.
fn renames(added: &[(u32, CodeLine<'_, '_>)], removed: &[CodeLine<'_, '_>]) -> HashMap<u32, Vec<(String, String)>> {
    let mut found = HashMap::new();
    if added.len() != removed.len() {
        return found;
    }
    for ((number, new), old) in added.iter().zip(removed) {
        if new.tokens.len() != old.tokens.len() {
            continue;
        }
        let mut pairs = Vec::new();
        let same = new.tokens.iter().zip(old.tokens).enumerate().all(|(at, (word, before))| {
            if word.text == before.text {
                return true;
            }
            pairs.push((before.text.to_owned(), word.text.to_owned()));
            // `self.0` that got a name.
            let numbered = before.kind == TokenKind::Number && at > 0 && old.tokens[at - 1].is(".");
            word.is_word() && (before.is_word() || numbered)
        });
        if same && !pairs.is_empty() {
            found.insert(*number, pairs);
        }
    }
    found
}

const DEFINING: [&str; 15] = [
    "def",
    "defp",
    "fn",
    "func",
    "fun",
    "function",
    "class",
    "struct",
    "module",
    "defmodule",
    "interface",
    "trait",
    "impl",
    "const",
    "object",
];

/// The name that a line defines.
fn defined_name(tokens: &[Piece<'_>]) -> Option<String> {
    let at = tokens.iter().position(|token| DEFINING.contains(&token.text))?;
    let mut rest = tokens[at + 1..].iter();
    // Go's receiver: `func (c *Context) Name(`.
    if tokens.get(at + 1).is_some_and(|token| token.is("(")) {
        rest.find(|token| token.is(")"));
    }
    let name = rest.find(|token| token.is_word() && !DEFINING.contains(&token.text) && token.text != "self")?;
    Some(name.text.to_owned()).filter(|name| name.len() >= 4)
}

/// The function's name in what git prints behind `@@`.
fn name_in_heading(heading: &str) -> Option<String> {
    let before = heading.split(['(', '{', ':', '<', ';']).next().unwrap_or_default();
    let before = if before.trim_end().ends_with("func") {
        heading.split_once(')').map_or("", |(_, rest)| rest).split('(').next().unwrap_or_default()
    } else {
        before
    };
    let name = before.split(|c: char| !c.is_alphanumeric() && c != '_').rfind(|word| !word.is_empty())?;
    Some(name.to_owned()).filter(|name| name.len() >= 4)
}

/// Whether the hunk brings an example in Rust's documentation that is run: two fences, and none of one that is not.
fn brings_example(hunk: &Hunk<'_>) -> bool {
    const RUN: [&str; 4] = ["", "rust", "should_panic", "compile_fail"];
    let runs_in_fence = |line: &str| {
        let text = ["///", "//!"].iter().find_map(|sign| line.trim_start().strip_prefix(sign))?;
        Some(RUN.contains(&text.trim().strip_prefix("```")?))
    };
    let fences: Vec<(LineKind, bool)> =
        hunk.lines.iter().filter_map(|line| Some((line.kind, runs_in_fence(line.text)?))).collect();
    let new = fences.iter().filter(|(kind, _)| *kind == LineKind::Added).count();
    new >= 2 && fences.iter().all(|(_, is_run)| *is_run)
}

/// Without the whole file, what only tests of Rust say.
fn looks_like_test(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("assert")
        || text.starts_with("#[test]")
        || text.starts_with("#[cfg(test)]")
        || text.starts_with("#[tokio::test")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_hunks;

    fn lines(path: &str, patch: &str, text: Option<&str>) -> Vec<u32> {
        read_change(path, &parse_hunks(patch), text).lines.into_iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn formatting_wording_and_annotations_change_nothing() {
        assert_eq!(lines("a.py", "@@ -1 +1,3 @@\n-f(a, b)\n+f(\n+    a,\n+    b,)\n", None), [0; 0]);
        assert_eq!(
            lines("a.py", "@@ -1 +1 @@\n-def f(a, b=1):\n+def f(a: int, b: t.Optional[str] = 1) -> list[int]:\n", None),
            [0; 0]
        );
        assert_eq!(lines("a.py", "@@ -1 +1 @@\n-raise E(\"not there\")\n+raise E('It is not there')\n", None), [0; 0]);
        assert_eq!(lines("a.py", "@@ -1 +1 @@\n-x = y if z else 1\n+x = y if not z else 1\n", None), [1]);
        assert_eq!(lines("a.js", "@@ -1 +1 @@\n-re = 'a b'.match('c')\n+re = 'a b'.match('d')\n", None), [1]);
    }

    #[test]
    fn the_same_in_other_words_changes_nothing() {
        let same = |path: &str, old: &str, new: &str| {
            let patch = format!("@@ -1 +1 @@\n-{old}\n+{new}\n");
            lines(path, &patch, None).is_empty()
        };
        for (path, old, new) in [
            ("a.js", "if (a == b) f()", "if (a === b) f()"),
            ("a.js", "var a = f()", "const a = f()"),
            ("a.ts", "a.pipe(b(1));", "a.pipe(b(1) as unknown as N.Stream<C>);"),
            ("a.rb", "  :less, :liquid, :markdown,", "  :liquid, :markdown,"),
            ("a.go", "\tconst limit = 20", "\tconst limit = 35"),
            ("a.py", "    assert (3, 0, 2) <= found < (7, 0, 0)", "    assert (3, 0, 2) <= found < (8, 0, 0)"),
            ("a.js", "g(a.trimRight())", "g(a.trimEnd())"),
            ("a.rs", "f(a.map_or(false, |b| b.c()));", "f(a.is_some_and(|b| b.c()));"),
            ("a.rs", "match a.b() {", "match *a.b() {"),
            ("a.rs", "pub fn a(&self) -> u8 {", "pub(crate) const fn a(&self) -> u8 {"),
            ("a.rb", "  sha256 '64811cb24e77cac3057d6c40b63ac9be'", "  sha256 'af7825fcc69a2afc7a7aea55fc9af90e'"),
            ("a.rb", "  version '14.1.1'", "  version '15.0.0'"),
        ] {
            assert!(same(path, old, new), "{old} {new}");
        }
        for (path, old, new) in [
            ("a.js", "if (a == b) f()", "if (a != b) f()"),
            ("a.py", "return a + b", "return a - b"),
            ("a.rb", "  :less, :liquid, :markdown,", "  :liquid, :erb, :markdown, :slim,"),
            ("a.py", "f(a, not b)", "f(a, b)"),
            ("a.py", "    f(1, 2)", "    f(1, 3)"),
            ("a.py", "  code = 302", "  code = 303"),
            ("a.rb", "  version '14.1'", "  version 'latest'"),
            ("a.c", "f(a * b);", "f(a, b);"),
        ] {
            assert!(!same(path, old, new), "{old} {new}");
        }
    }

    #[test]
    fn the_whole_file_tells_documentation_from_code() {
        let text = "def a():\n    \"\"\"One\n    two\n    \"\"\"\n    return 1\n";
        let patch = "@@ -2,2 +2,3 @@\n     \"\"\"One\n+    two\n     \"\"\"\n";
        assert_eq!(lines("a.py", patch, Some(text)), [0; 0]);
    }

    #[test]
    fn names_come_from_lines_and_headings() {
        let change =
            read_change("a.go", &parse_hunks("@@ -1,1 +1,2 @@ func (c *Context) Render(code int) {\n a\n+b()\n"), None);
        assert_eq!(change.names.into_iter().collect::<Vec<_>>(), ["Render"]);
        let change = read_change("a.py", &parse_hunks("@@ -0,0 +1,2 @@\n+def search():\n+    return find()\n"), None);
        assert_eq!(change.names.into_iter().collect::<Vec<_>>(), ["search"]);
    }
}
