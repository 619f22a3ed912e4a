//! Regular expressions that were left in texts: Luau takes `"\d"` for `d` and `|` for itself, so that such a pattern
//! loads, never matches and says nothing.

use super::tokens::{Kind, Token, inside, items};
use super::words::name_all;
use std::collections::{BTreeMap, BTreeSet};

/// What other languages escape in patterns, and what to write for it here.
const ESCAPES: &[(char, &str)] = &[
    ('d', "%d"),
    ('D', "%D"),
    ('w', "%w"),
    ('W', "%W"),
    ('s', "%s"),
    ('S', "%S"),
    ('b', "%f[%w]"),
    ('A', "^"),
    ('Z', "$"),
    ('[', "%["),
    (']', "%]"),
    ('(', "%("),
    (')', "%)"),
    ('.', "%."),
    ('-', "%-"),
    ('+', "%+"),
    ('*', "%*"),
    ('?', "%?"),
    ('^', "%^"),
    ('$', "%$"),
    ('|', "|"),
    ('/', "/"),
];

/// The functions on texts that take a pattern.
const TAKE_PATTERNS: [&str; 4] = ["find", "gmatch", "gsub", "match"];

/// What of a regular expression patterns do not know: what to say, once a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Leftover {
    Alternatives,
    Group,
    Lazy,
    Repeated,
    Slashes,
    Times,
}

impl Leftover {
    fn advice(self) -> &'static str {
        match self {
            Leftover::Alternatives => {
                "patterns know no alternatives: this `|` is the sign itself; ask for each, or write `%|` for the sign"
            }
            Leftover::Group => "patterns know no `(?...)`: this `?` is the sign itself; write the part without it",
            Leftover::Lazy => {
                "patterns know no `*?` and `+?`: this `?` is the sign itself; the shortest match is `-`, as in `.-`, and the sign `%?`"
            }
            Leftover::Repeated => {
                "patterns repeat no groups: what follows this `)` is the sign itself; ask for each form, or write `%` before the sign"
            }
            Leftover::Slashes => {
                "patterns stand without slashes: this looks for the slashes too; write what is between them, and for `/i` look in `string.lower(text)`"
            }
            Leftover::Times => {
                "patterns know no `{2,3}`: these braces are the signs themselves; write the part so often, as in `%d%d%d?`"
            }
        }
    }
}

/// Where a text is used as a pattern.
#[derive(Default)]
struct Patterns<'a> {
    /// The tokens that are patterns.
    at: BTreeSet<usize>,
    /// The tokens that are searched as they are.
    plain: BTreeSet<usize>,
    /// The names whose text is a pattern.
    names: BTreeSet<&'a str>,
}

/// What is left of regular expressions: lines and what to say.
pub(super) fn find_leftovers(tokens: &[Token<'_>], declared: &BTreeMap<&str, usize>) -> Vec<(u32, String)> {
    let patterns = find_patterns(tokens, declared);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Text(text) = token.kind else { continue };
        let is_pattern = patterns.at.contains(&at)
            || name_of(tokens, at).is_some_and(|name| declared.get(name) == Some(&1) && patterns.names.contains(name));
        if !text.starts_with('[') {
            let escapes =
                unknown_escapes(text, is_pattern || (!patterns.plain.contains(&at) && looks_like_pattern(text)));
            found.extend(say_escapes(&escapes).map(|message| (token.line, message)));
        }
        if is_pattern {
            found.extend(say_classes(&foreign_classes(text)).map(|message| (token.line, message)));
            let leftovers = find_syntax(inside(text));
            found.extend(leftovers.into_iter().map(|leftover| (token.line, leftover.advice().to_owned())));
        }
    }
    found
}

/// The name that a statement gives to the text at `at`, and to nothing else.
fn name_of<'a>(tokens: &[Token<'a>], at: usize) -> Option<&'a str> {
    let [
        Token { kind: Kind::Word("local"), .. },
        Token { kind: Kind::Name(name), .. },
        Token { kind: Kind::Sign('='), .. },
    ] = tokens.get(at.checked_sub(3)?..at)?
    else {
        return None;
    };
    let is_whole = !matches!(tokens.get(at + 1).map(|after| after.kind), Some(Kind::Long("..") | Kind::Sign(':')));
    is_whole.then_some(name)
}

fn find_patterns<'a>(tokens: &[Token<'a>], declared: &BTreeMap<&str, usize>) -> Patterns<'a> {
    let mut patterns = Patterns::default();
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Name(function) = token.kind else { continue };
        if !TAKE_PATTERNS.contains(&function) || tokens.get(at + 1).map(|it| it.kind) != Some(Kind::Sign('(')) {
            continue;
        }
        let before = |back: usize| at.checked_sub(back).map(|at| tokens[at].kind);
        let of_library = !declared.contains_key("string")
            && before(1) == Some(Kind::Sign('.'))
            && before(2) == Some(Kind::Name("string"))
            && !matches!(before(3), Some(Kind::Sign('.' | ':')));
        let position = match before(1) {
            Some(Kind::Sign(':')) => 0,
            _ if of_library => 1,
            _ => continue,
        };
        let Some(arguments) = items(tokens, at + 1) else { continue };
        let Some([pattern]) = arguments.get(position).copied() else { continue };
        let is_plain = function == "find"
            && arguments
                .get(position + 2)
                .is_some_and(|plain| !matches!(plain, [Token { kind: Kind::Word("nil" | "false"), .. }]));
        // The arguments before it, their commas and the bracket.
        let place = at + 2 + arguments[..position].iter().map(|argument| argument.len() + 1).sum::<usize>();
        match pattern.kind {
            Kind::Text(_) if is_plain => patterns.plain.insert(place),
            Kind::Text(_) => patterns.at.insert(place),
            Kind::Name(name) if !is_plain => patterns.names.insert(name),
            _ => continue,
        };
    }
    patterns
}

/// Whether a text that is nowhere seen to be a pattern can only be one.
fn looks_like_pattern(text: &str) -> bool {
    let inner = inside(text);
    inner.starts_with('^')
        || inner.ends_with('$')
        || [".*", ".+", "\\d", "\\w", "\\s"].iter().any(|it| inner.contains(it))
}

/// The escapes in a quoted text that Luau does not know, each once. A sign that is escaped for nothing is one only in a
/// pattern, where it means something else without its backslash.
fn unknown_escapes(text: &str, is_pattern: bool) -> Vec<char> {
    let mut found = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let Some(escaped) = (c == '\\').then(|| chars.next()).flatten() else { continue };
        // `\b` is known: it is a backspace, which nobody means.
        let is_unknown = match escaped {
            'a' | 'f' | 'n' | 'r' | 't' | 'u' | 'v' | 'x' | 'z' => false,
            letter if letter.is_ascii_alphabetic() => true,
            sign => is_pattern && ESCAPES.iter().any(|(known, _)| *known == sign),
        };
        if is_unknown && !found.contains(&escaped) {
            found.push(escaped);
        }
    }
    found
}

fn say_escapes(escapes: &[char]) -> Option<String> {
    let theirs: Vec<String> = escapes.iter().map(|escaped| format!("\\{escaped}")).collect();
    let mut ours: Vec<&str> = Vec::new();
    for escaped in escapes {
        let right = ESCAPES.iter().find(|(known, _)| known == escaped).map_or("\\\\", |(_, right)| *right);
        if !ours.contains(&right) {
            ours.push(right);
        }
    }
    let theirs = name_all(theirs.iter().map(String::as_str));
    let is_unknown = |escaped: &char| !ESCAPES.iter().any(|(known, _)| known == escaped);
    Some(match escapes {
        [] => return None,
        all if all.iter().all(is_unknown) => format!("texts know no {theirs}; a backslash is written `\\\\`"),
        _ => format!("texts know no {theirs}; Luau's patterns write {}", name_all(ours)),
    })
}

/// The classes of regular expressions in a pattern whose backslash is one: `"\\d"`, `[[\d]]`. A backslash that is meant stands
/// before other letters, as in a path.
fn foreign_classes(text: &str) -> Vec<char> {
    let backslash = if text.starts_with('[') { "\\" } else { "\\\\" };
    let inner = inside(text);
    let mut found = Vec::new();
    let mut say = |class: char| {
        if !found.contains(&class) {
            found.push(class);
        }
    };
    for (at, _) in inner.match_indices(backslash) {
        let mut after = inner[at + backslash.len()..].chars();
        let (first, second) = (after.next(), after.next());
        let ends = !second.is_some_and(char::is_alphabetic);
        match first {
            Some(class @ ('d' | 'D' | 'w' | 'W' | 's' | 'S')) if ends => say(class),
            Some('b') if ends || inner[..at].trim_start_matches(['^', '(']).is_empty() => say('b'),
            // `"\\[WIP\\]"`; a set after a backslash that is meant seldom begins with a letter.
            Some('[')
                if second.is_some_and(char::is_alphanumeric) && after.as_str().contains(&format!("{backslash}]")) =>
            {
                say('[');
                say(']');
            }
            _ => {}
        }
    }
    found
}

fn say_classes(classes: &[char]) -> Option<String> {
    let theirs: Vec<String> = classes.iter().map(|class| format!("\\{class}")).collect();
    let ours =
        classes.iter().filter_map(|class| ESCAPES.iter().find(|(known, _)| known == class)).map(|(_, ours)| *ours);
    let theirs = name_all(theirs.iter().map(String::as_str));
    (!classes.is_empty()).then(|| format!("patterns know no {theirs}; write {}", name_all(ours)))
}

/// What of a regular expression a pattern has and Luau does not know.
fn find_syntax(pattern: &str) -> BTreeSet<Leftover> {
    let bytes = pattern.as_bytes();
    let mut found = BTreeSet::new();
    let mut at = 0;
    let mut depth = 0usize;
    // What the item before can be: nothing, one sign as it is, or a class, a set or a group.
    let (mut is_first, mut is_class) = (true, false);
    let row = is_row(bytes);
    if is_between_slashes(pattern) {
        found.insert(Leftover::Slashes);
    }
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (length, class) = match rest {
            [b'%', b'b', _, _, ..] => (4, true),
            [b'%' | b'\\', escaped, ..] => (2, escaped.is_ascii_alphanumeric()),
            [b'[', ..] => (set_length(rest), true),
            [b'(', b'?', b':' | b'=' | b'!' | b'<' | b'i', ..] => {
                found.insert(Leftover::Group);
                depth += 1;
                (2, false)
            }
            [b'(', ..] => {
                depth += 1;
                (1, false)
            }
            [b')', after @ ..] => {
                depth = depth.saturating_sub(1);
                // At the end the sign can be meant: `(%w+)?` asks a question.
                if matches!(after, [b'?' | b'*' | b'+', _, ..]) {
                    found.insert(Leftover::Repeated);
                }
                (1, true)
            }
            [b'*' | b'+', b'?', ..] if is_class => {
                found.insert(Leftover::Lazy);
                (2, false)
            }
            [b'|', ..] if is_choice(bytes, at, depth) && !(depth == 0 && row) => {
                found.insert(Leftover::Alternatives);
                (1, false)
            }
            [b'{', ..] if !is_first && is_count(rest, is_class) => {
                found.insert(Leftover::Times);
                (1, false)
            }
            [first, ..] => (1, *first == b'.'),
            [] => break,
        };
        at += length.max(1);
        (is_first, is_class) = (false, class);
    }
    found
}

/// Whether a pattern is a literal of another language: `/wip/i`.
fn is_between_slashes(pattern: &str) -> bool {
    let parts = pattern.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    parts.is_some_and(|(inner, flags)| {
        !inner.is_empty()
            && !flags.is_empty()
            && flags.len() <= 3
            && flags.bytes().all(|flag| b"gimsuy".contains(&flag))
    })
}

/// Whether a pattern is that of a row of a table: it begins or ends with `|`.
fn is_row(pattern: &[u8]) -> bool {
    let begin = pattern.strip_prefix(b"^").unwrap_or(pattern);
    let end = pattern.strip_suffix(b"$").unwrap_or(pattern);
    begin.starts_with(b"|") || end.ends_with(b"|")
}

/// Whether the `|` at `at` stands between two things to choose from.
fn is_choice(pattern: &[u8], at: usize, depth: usize) -> bool {
    let (Some(before), Some(after)) = (at.checked_sub(1).map(|at| pattern[at]), pattern.get(at + 1)) else {
        return false;
    };
    let outside = depth == 0;
    let ends = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80 || b")]$+*?.:/!-_}".contains(&byte);
    let begins = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80 || b"([^%\\.:/_#@".contains(&byte);
    let spaced = before == b' ' || *after == b' ';
    ends(before) && begins(*after) || (!outside && !spaced && !b"(|".contains(&before) && !b")|".contains(after))
}

/// Whether `{2}` or `{2,3}` counts what is before it.
fn is_count(rest: &[u8], is_class: bool) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let first = digits(&rest[1..]);
    match rest.get(1 + first) {
        _ if first == 0 => false,
        Some(b'}') => is_class,
        Some(b',') => {
            let last = digits(&rest[2 + first..]);
            rest.get(2 + first + last) == Some(&b'}')
        }
        _ => false,
    }
}

/// How long the set is that a pattern goes on with.
fn set_length(rest: &[u8]) -> usize {
    let mut at = 1;
    if rest.get(at) == Some(&b'^') {
        at += 1;
    }
    // A bracket that comes first is one of the set.
    if rest.get(at) == Some(&b']') {
        at += 1;
    }
    while let Some(byte) = rest.get(at) {
        match byte {
            b'%' | b'\\' => at += 2,
            b']' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::super::names::find_declared;
    use super::super::tokens::tokenize;
    use super::*;

    fn found(source: &str) -> Vec<String> {
        let tokens = tokenize(source);
        find_leftovers(&tokens, &find_declared(&tokens)).into_iter().map(|(_, message)| message).collect()
    }

    #[test]
    fn escapes_of_other_languages_are_told_with_ours() {
        for (source, expected) in [
            ("x = string.find(s, '#\\d+')", "texts know no `\\d`; Luau's patterns write `%d`"),
            (
                "x = s:match(\"^\\[WIP\\] \\w+\")",
                "texts know no `\\[`, `\\]` and `\\w`; Luau's patterns write `%[`, `%]` and `%w`",
            ),
            ("local titles = { '^\\[WIP\\]' }", "texts know no `\\[` and `\\]`; Luau's patterns write `%[` and `%]`"),
            ("local P = 'a\\.b' x = s:find(P)", "texts know no `\\.`; Luau's patterns write `%.`"),
            ("x = 'C:\\projects'", "texts know no `\\p`; a backslash is written `\\\\`"),
            ("x = s:find('\\bfoo\\b')", "texts know no `\\b`; Luau's patterns write `%f[%w]`"),
            ("x = s:gsub('https:\\/\\/', '')", "texts know no `\\/`; Luau's patterns write `/`"),
            ("x = `{a}\\s`", "texts know no `\\s`; Luau's patterns write `%s`"),
        ] {
            assert_eq!(found(source), [expected], "{source}");
        }
        for right in [
            "x = 'a\\n\\t\\\\d\\065\\x41\\u{41}\\z  b\\'\\\"'",
            "x = `\\`{a}\\` \\{`",
            "x = [[\\d]]",
            "x = 'a \\* b \\[x\\](y)'",
            "x = s:find('[WIP\\]', 1, true)",
            "x = s:find('%d%[%w')",
        ] {
            assert_eq!(found(right), Vec::<String>::new(), "{right}");
        }
    }

    #[test]
    fn what_patterns_do_not_know_is_told() {
        use Leftover::{Alternatives, Group, Lazy, Repeated, Slashes, Times};
        let of = |pattern| find_syntax(pattern).into_iter().collect::<Vec<_>>();
        for (pattern, expected) in [
            ("^(feat|fix): ", vec![Alternatives]),
            ("WIP|draft", vec![Alternatives]),
            ("^WIP|^draft", vec![Alternatives]),
            ("^(feat|fix)(%(.+%))?: ", vec![Alternatives, Repeated]),
            ("(%d+)?x", vec![Repeated]),
            ("a.*?b", vec![Lazy]),
            ("[a-z]+?x", vec![Lazy]),
            ("/wip/i", vec![Slashes]),
            ("(?:a|b)", vec![Alternatives, Group]),
            ("(?i)wip", vec![Group]),
            ("%d{2,3}", vec![Times]),
            ("[0-9a-f]{40}", vec![Times]),
            ("^#{1,6} ", vec![Times]),
            ("#\\d{3,}", vec![Times]),
        ] {
            assert_eq!(of(pattern), expected, "{pattern}");
        }
        for right in [
            "^| ",
            "^|.-|$",
            "^%s*|(.-)|",
            "a%|b",
            "([^|]+)|",
            "(.-) | (.-)",
            "a || b",
            "a||b",
            "[(a|b)]",
            "HEAD@{1}",
            "{2,3}",
            "{%d+}",
            "frac{1}{2}",
            "%b{}",
            "^|name|value|$",
            "^(%l+)%b()!?:",
            "%f[%w]no%f[%W]",
            "(|)",
            "%(a%|b%)",
            "%{2,3}",
            "?",
            "(%?)",
            "(%w+)?",
            "%b()?x",
            "a+?",
            "/wip/",
            "/usr/lib/import",
            "^[%-*|] ?",
            "(",
        ] {
            assert_eq!(of(right), [], "{right}");
        }
    }

    #[test]
    fn classes_behind_a_backslash_that_is_one_are_told_in_patterns() {
        for (source, expected) in [
            ("x = s:find('#\\\\d+')", "patterns know no `\\d`; write `%d`"),
            ("x = s:find([[\\s\\w]])", "patterns know no `\\s` and `\\w`; write `%s` and `%w`"),
            ("x = s:match('^\\\\[WIP\\\\] ')", "patterns know no `\\[` and `\\]`; write `%[` and `%]`"),
            ("x = s:match('\\\\bfoo')", "patterns know no `\\b`; write `%f[%w]`"),
        ] {
            assert_eq!(found(source), [expected], "{source}");
        }
        for right in
            ["x = s:match('\\\\[^\\\\]*$')", "x = s:find('src\\\\data')", "x = s:find('a\\\\bin')", "x = '\\\\d'"]
        {
            assert_eq!(found(right), Vec::<String>::new(), "{right}");
        }
    }

    #[test]
    fn only_patterns_are_read_as_patterns() {
        let alternatives = [Leftover::Alternatives.advice()];
        for source in [
            "x = string.find(title, '^(feat|fix): ')",
            "x = title:match('^(feat|fix): ')",
            "x = string.gsub(string.lower(a, b), '(a|b)', 'x')",
            "x = title:find('(a|b)', 1)",
            "x = title:find('(a|b)', 1, false)",
            "local P = '(a|b)' x = string.match(title, P)",
            "x = string.match(title, [[(a|b)]])",
        ] {
            assert_eq!(found(source), alternatives, "{source}");
        }
        for right in [
            "x = string.find(line, '(a|b)', 1, true)",
            "x = line:find('(a|b)', 1, plain)",
            "x = danger.git.match('src/(a|b)')",
            "x = string.split(line, 'a|b')",
            "warn('choose (a|b)')",
            "local P = '(a|b)' warn(P)",
            "local P = '(a|b)' P = 'c' x = string.match(title, P)",
            "local string = {} x = string.match(title, '(a|b)')",
            "x = table.find(line, '(a|b)')",
            "x = string.gsub(line, 'a', '(a|b)')",
            "x = string.match(line, '(' .. 'a|b' .. ')')",
        ] {
            assert_eq!(found(right), Vec::<String>::new(), "{right}");
        }
    }
}
