//! Path patterns in the manner of gitignore, matched in linear memory and at most quadratic time.

/// A pattern that is ready to match paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PathPattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Any number of segments, also none.
    Anything,
    /// Exactly one segment, of whatever name.
    One,
    /// One segment of this name.
    Name(String),
    /// One segment that this matches.
    Segment(Vec<Mark>),
    /// The same byte by byte; none when nothing does.
    Bytes(Option<Vec<Mark>>),
}

impl Part {
    fn of_segment(pattern: &str) -> Part {
        if pattern.contains(['*', '?', '\\']) { Part::Segment(marks(pattern)) } else { Part::Name(pattern.to_owned()) }
    }

    fn of_bytes(pattern: &str) -> Part {
        if pattern.contains(['*', '?', '\\', '[']) {
            Part::Bytes(marks_with_sets(pattern))
        } else {
            Part::Name(pattern.to_owned())
        }
    }
}

impl PathPattern {
    /// Reads a pattern of CODEOWNERS: gitignore's rules, but `dir/*` means only the files right in `dir`.
    /// `None` when it matches nothing that has a name: an empty pattern, `/`, or three stars in a row.
    pub(super) fn code_owners(pattern: &str) -> Option<Self> {
        if pattern.trim_matches('/').is_empty() || pattern.contains("***") {
            return None;
        }
        let mut segments: Vec<&str> = pattern.split('/').collect();
        let mut parts = Vec::with_capacity(segments.len() + 2);
        if segments[0].is_empty() {
            segments.remove(0);
        } else if segments.len() == 1 || (segments.len() == 2 && segments[1].is_empty()) {
            // Without a slash inside, it matches at any depth.
            parts.push(Part::Anything);
        }
        let last = segments.len() - 1;
        for (index, segment) in segments.into_iter().enumerate() {
            match segment {
                // What lies inside, at any depth, but not the directory itself.
                "" | "**" if index == last => parts.extend([Part::One, Part::Anything]),
                "**" => parts.push(Part::Anything),
                "*" => parts.push(Part::One),
                other => {
                    parts.push(Part::of_segment(other));
                    if index == last {
                        parts.push(Part::Anything);
                    }
                }
            }
        }
        Some(PathPattern { parts })
    }

    /// Reads a pattern of `.gitattributes`, which speaks of files only. `None` when it matches no file: it excludes, which git
    /// does not let it do, or it means a directory.
    pub(super) fn git_attributes(pattern: &str) -> Option<Self> {
        if pattern.is_empty() || pattern.starts_with('!') || pattern.ends_with('/') {
            return None;
        }
        if !pattern.contains('/') {
            return Some(PathPattern { parts: vec![Part::Anything, Part::of_bytes(pattern)] });
        }
        let segments: Vec<&str> = pattern.strip_prefix('/').unwrap_or(pattern).split('/').collect();
        let last = segments.len() - 1;
        let mut parts = Vec::with_capacity(segments.len() + 1);
        for (index, segment) in segments.into_iter().enumerate() {
            match segment {
                "**" if index == last => parts.extend([Part::One, Part::Anything]),
                "**" => parts.push(Part::Anything),
                other => parts.push(Part::of_bytes(other)),
            }
        }
        Some(PathPattern { parts })
    }

    /// Whether the pattern takes in the path of a file.
    pub(super) fn matches(&self, path: &str) -> bool {
        let segments: Vec<&str> = path.split('/').collect();
        let (mut part, mut segment) = (0, 0);
        // Where the last `Anything` stands, and how many segments it has swallowed up to.
        let mut retry: Option<(usize, usize)> = None;
        while segment < segments.len() {
            match self.parts.get(part) {
                Some(Part::Anything) => {
                    retry = Some((part, segment));
                    part += 1;
                    continue;
                }
                Some(Part::One) => {
                    (part, segment) = (part + 1, segment + 1);
                    continue;
                }
                Some(Part::Name(name)) if name == segments[segment] => {
                    (part, segment) = (part + 1, segment + 1);
                    continue;
                }
                Some(Part::Segment(pattern)) if matches_name(pattern, segments[segment], first_char) => {
                    (part, segment) = (part + 1, segment + 1);
                    continue;
                }
                Some(Part::Bytes(Some(pattern))) if matches_name(pattern, segments[segment], first_byte) => {
                    (part, segment) = (part + 1, segment + 1);
                    continue;
                }
                Some(Part::Name(_) | Part::Segment(_) | Part::Bytes(_)) | None => {}
            }
            let Some((star, swallowed)) = retry else { return false };
            retry = Some((star, swallowed + 1));
            (part, segment) = (star + 1, swallowed + 1);
        }
        self.parts[part..].iter().all(|rest| *rest == Part::Anything)
    }
}

/// `[a-c]` one of these, `[!a-c]` or `[^a-c]` another one, `[[:space:]]` one of a kind. An open bracket matches nothing.
fn marks_with_sets(pattern: &str) -> Option<Vec<Mark>> {
    // Git compares bytes: `?` and a set stand for one of them.
    let pattern = pattern.bytes().map(char::from).collect::<String>();
    let mut found = Vec::with_capacity(pattern.len());
    let mut rest = pattern.as_str();
    while let Some(open) = find_bracket(rest) {
        let (set, length) = Set::read(&rest[open + 1..])?;
        found.extend(marks(&rest[..open]));
        found.push(Mark::Of(Box::new(set)));
        rest = &rest[open + 1 + length..];
    }
    found.extend(marks(rest));
    Some(found)
}

/// Where the first bracket is that no `\` makes plain.
fn find_bracket(pattern: &str) -> Option<usize> {
    let mut escaped = false;
    let opens = |(_, byte): &(usize, u8)| {
        let found = *byte == b'[' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        found
    };
    pattern.bytes().enumerate().find(opens).map(|(at, _)| at)
}

fn first_char(name: &str, at: usize) -> Option<(char, usize)> {
    name[at..].chars().next().map(|c| (c, c.len_utf8()))
}

fn first_byte(name: &str, at: usize) -> Option<(char, usize)> {
    name.as_bytes().get(at).map(|byte| (char::from(*byte), 1))
}

/// Whether a pattern takes in a name, of which `read` gives the sign at an offset and its length.
fn matches_name(pattern: &[Mark], name: &str, read: impl Fn(&str, usize) -> Option<(char, usize)>) -> bool {
    let (mut mark, mut at) = (0, 0);
    // Where the last `Any` stands, and up to where it has swallowed.
    let mut retry: Option<(usize, usize)> = None;
    while let Some((sign, length)) = read(name, at) {
        let fits = match pattern.get(mark) {
            Some(Mark::Any) => {
                retry = Some((mark, at));
                mark += 1;
                continue;
            }
            Some(Mark::One) => true,
            Some(Mark::Plain(c)) => *c == sign,
            Some(Mark::Of(set)) => set.contains(sign),
            None => false,
        };
        if fits {
            (mark, at) = (mark + 1, at + length);
            continue;
        }
        let next = retry.and_then(|(star, swallowed)| Some((star, swallowed + read(name, swallowed)?.1)));
        let Some((star, swallowed)) = next else { return false };
        retry = next;
        (mark, at) = (star + 1, swallowed);
    }
    pattern[mark..].iter().all(|rest| matches!(rest, Mark::Any))
}

/// A part of a pattern for a name: `*` any characters, `?` one, `\` makes the next plain.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    Any,
    One,
    Plain(char),
    Of(Box<Set>),
}

/// What stands in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Set {
    negated: bool,
    ranges: Vec<(char, char)>,
    /// Names that [`kind_of`] knows.
    kinds: Vec<String>,
}

impl Set {
    /// Reads what follows an open bracket, and how long it is, with the bracket that closes it.
    fn read(text: &str) -> Option<(Self, usize)> {
        let mut set = Set { negated: text.starts_with(['!', '^']), ranges: Vec::new(), kinds: Vec::new() };
        let mut at = usize::from(set.negated);
        let begin = at;
        loop {
            let rest = &text[at..];
            let first = rest.chars().next()?;
            // One that closes nothing yet is meant itself.
            if first == ']' && at > begin {
                return Some((set, at + 1));
            }
            if let Some(named) = rest.strip_prefix("[:") {
                let (name, _) = named.split_once(":]")?;
                kind_of(name)?;
                set.kinds.push(name.to_owned());
                at += name.len() + 4;
                continue;
            }
            let (low, length) = plain_char(rest)?;
            at += length;
            let after = text[at..].strip_prefix('-').filter(|after| !after.starts_with(']'));
            let (high, length) =
                after.map_or(Some((low, 0)), |after| plain_char(after).map(|(c, length)| (c, length + 1)))?;
            set.ranges.push((low, high));
            at += length;
        }
    }

    fn contains(&self, c: char) -> bool {
        let of_kind = |name: &String| kind_of(name).is_some_and(|is| u8::try_from(c).is_ok_and(|byte| is(&byte)));
        let within = self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c));
        (within || self.kinds.iter().any(of_kind)) != self.negated
    }
}

/// The first character, or the one behind a `\`, and how long it is written.
fn plain_char(text: &str) -> Option<(char, usize)> {
    let mut chars = text.chars();
    match chars.next()? {
        '\\' => chars.next().map(|c| (c, 1 + c.len_utf8())),
        c => Some((c, c.len_utf8())),
    }
}

fn kind_of(name: &str) -> Option<fn(&u8) -> bool> {
    Some(match name {
        "alnum" => u8::is_ascii_alphanumeric,
        "alpha" => u8::is_ascii_alphabetic,
        "blank" => |byte| matches!(byte, b' ' | b'\t'),
        "cntrl" => u8::is_ascii_control,
        "digit" => u8::is_ascii_digit,
        "graph" => u8::is_ascii_graphic,
        "lower" => u8::is_ascii_lowercase,
        "print" => |byte| *byte == b' ' || byte.is_ascii_graphic(),
        "punct" => u8::is_ascii_punctuation,
        "space" => |byte| byte.is_ascii_whitespace() || *byte == 0x0b,
        "upper" => u8::is_ascii_uppercase,
        "xdigit" => u8::is_ascii_hexdigit,
        _ => return None,
    })
}

fn marks(pattern: &str) -> Vec<Mark> {
    let mut chars = pattern.chars();
    let mut found = Vec::with_capacity(pattern.len());
    while let Some(c) = chars.next() {
        found.push(match c {
            '*' => Mark::Any,
            '?' => Mark::One,
            '\\' => Mark::Plain(chars.next().unwrap_or('\\')),
            plain => Mark::Plain(plain),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let read = PathPattern::code_owners(pattern).expect(pattern);
        for path in yes {
            assert!(read.matches(path), "{pattern} should match {path}");
        }
        for path in no {
            assert!(!read.matches(path), "{pattern} should not match {path}");
        }
    }

    #[test]
    fn patterns_match_as_on_github() {
        check("foo", &["foo", "foo/bar", "bar/foo", "bar/foo/baz"], &["foo.txt", "bar/foo.txt", "bar/baz"]);
        check("/foo", &["foo", "foo/bar", "foo/bar/baz"], &["fool.txt", "bar/foo", "bar/foo/baz"]);
        check("foo/", &["foo/bar", "foo/bar/baz", "bar/foo/baz"], &["foo", "bar/foo", "bar/baz"]);
        check("/foo/", &["foo/bar", "foo/bar/baz"], &["foo", "bar/foo/baz"]);
        check("foo/bar", &["foo/bar", "foo/bar/baz"], &["foo/bart", "baz/foo/bar", "baz/foo/bar/qux"]);
        check("foo/bar/", &["foo/bar/baz"], &["foo/bar", "baz/foo/bar/qux"]);
        check("*", &["foo", "foo/bar", "bar/foo/baz"], &[]);
        check("f*", &["foo", "foo/bar", "bar/foo/baz"], &["bar/baz", "xfoo"]);
        check("/*", &["foo", "bar"], &["foo/bar", "foo/bar/baz"]);
        check("/f*", &["foo", "foo/bar"], &["bar/foo", "xfoo"]);
        check("f*/", &["foo/bar", "bar/foo/baz"], &["foo", "bar/foo", "xfoo"]);
        check("/*/", &["foo/bar", "bar/foo/baz"], &["foo"]);
        check("f\\*o", &["f*o"], &["foo"]);
        check("f?o", &["foo"], &["fo", "fooo"]);
        check("f\\?o", &["f?o"], &["foo"]);
        check("foo/*", &["foo/bar"], &["foo", "foo/bar/baz", "bar/foo/baz"]);
        check("docs/*", &["docs/getting-started.md"], &["docs/build-app/troubleshooting.md"]);
        check("foo/*.txt", &["foo/bar.txt"], &["foo/bar/baz.txt", "qux/foo/bar.txt"]);
        check("foo/*/baz", &["foo/bar/baz", "foo/bar/baz/qux"], &["foo/bar", "foo/baz"]);
        check("**/foo/bar", &["foo/bar", "qux/foo/bar", "qux/foo/bar/baz"], &["foo/baz/bar"]);
        check("**/*bar*", &["bar", "foo/rebar", "foo/barrio", "foo/qux/bar"], &["foo/qux"]);
        check("foo/bar/**", &["foo/bar/baz", "foo/bar/baz/qux"], &["foo/bar", "qux/foo/bar/baz"]);
        check("foo/**/bar", &["foo/bar", "foo/bar/baz", "foo/qux/quux/bar/baz"], &["qux/foo/bar"]);
        check("foo/**/", &["foo/bar", "foo/bar/baz"], &["foo"]);
        check("foo/**/bar/b*", &["foo/bar/baz", "foo/qux/bar/baz"], &["foo/bar", "foo/bar/qux", "foo/qux/bar/qux"]);
        check("**", &["a", "a/b"], &[]);
        check("a\\ b/", &["a b/c"], &["a/b"]);
    }

    #[test]
    fn attributes_speak_of_files() {
        let matches =
            |pattern: &str, path: &str| PathPattern::git_attributes(pattern).is_some_and(|it| it.matches(path));
        for (pattern, path) in [
            ("*.json", "x/a.json"),
            ("data/**", "data/x/a.json"),
            ("/a.json", "a.json"),
            ("a[[:space:]]b", "a b"),
            ("[!a-c]", "d"),
            ("[]-]", "-"),
            ("\\[a]", "[a]"),
        ] {
            assert!(matches(pattern, path), "{pattern} should match {path}");
        }
        for (pattern, path) in [
            ("data/", "data/a.json"),
            ("data", "data/a.json"),
            ("./a.json", "a.json"),
            ("!a.json", "b.json"),
            ("*.{json,txt}", "a.json"),
            ("[a", "[a"),
            ("[^a-c]", "b"),
        ] {
            assert!(!matches(pattern, path), "{pattern} should not match {path}");
        }
    }

    #[test]
    fn patterns_that_name_nothing_are_none() {
        for pattern in ["", "/", "//", "a/***/b"] {
            assert_eq!(PathPattern::code_owners(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn many_stars_do_not_explode() {
        let pattern = PathPattern::code_owners(&"*a".repeat(200)).expect("a pattern");
        assert!(!pattern.matches(&"a".repeat(5_000)[..150]));
        let deep = PathPattern::code_owners(&"**/a/".repeat(100)).expect("a pattern");
        assert!(!deep.matches(&"b/".repeat(3_000)));
    }
}
