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
    /// One segment that this matches.
    Segment(String),
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
                    parts.push(Part::Segment(other.to_owned()));
                    if index == last {
                        parts.push(Part::Anything);
                    }
                }
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
                Some(Part::Segment(pattern)) if matches_name(pattern, segments[segment]) => {
                    (part, segment) = (part + 1, segment + 1);
                    continue;
                }
                Some(Part::Segment(_)) | None => {}
            }
            let Some((star, swallowed)) = retry else { return false };
            retry = Some((star, swallowed + 1));
            (part, segment) = (star + 1, swallowed + 1);
        }
        self.parts[part..].iter().all(|rest| *rest == Part::Anything)
    }
}

/// `*` any characters, `?` one, `\` makes the next plain.
fn matches_name(pattern: &str, name: &str) -> bool {
    let pattern: Vec<Mark> = marks(pattern);
    let name: Vec<char> = name.chars().collect();
    let (mut mark, mut at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < name.len() {
        match pattern.get(mark) {
            Some(Mark::Any) => {
                retry = Some((mark, at));
                mark += 1;
                continue;
            }
            Some(Mark::One) => {
                (mark, at) = (mark + 1, at + 1);
                continue;
            }
            Some(Mark::Plain(c)) if *c == name[at] => {
                (mark, at) = (mark + 1, at + 1);
                continue;
            }
            Some(Mark::Plain(_)) | None => {}
        }
        let Some((star, swallowed)) = retry else { return false };
        retry = Some((star, swallowed + 1));
        (mark, at) = (star + 1, swallowed + 1);
    }
    pattern[mark..].iter().all(|rest| *rest == Mark::Any)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Any,
    One,
    Plain(char),
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
