//! CODEOWNERS as GitHub reads it: the last pattern that matches a file names its owners, and a line that cannot be read
//! is passed over.
//!
//! From GitHub's "About code owners": gitignore's patterns without `!`, `[ ]` and an escaped `#`; a pattern without owners
//! takes them away; the file is not loaded when it has 3 MB or more.

use super::wildcard::PathPattern;

/// A larger file is not loaded by GitHub.
pub const MAX_BYTES: usize = 3_000_000;

/// Lines beyond this are not read: no file under the limit that a person wrote has as many.
const MAX_LINES: usize = 100_000;

/// A file that names code owners.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeOwners {
    entries: Vec<Entry>,
    /// Lines that GitHub passes over, in their order.
    pub problems: Vec<Problem>,
}

/// A line with a pattern and its owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line, from 1.
    pub line: u32,
    /// The pattern as it is written.
    pub pattern: String,
    /// `@user`, `@org/team` or a mail address, as they are written; empty when nobody owns what matches.
    pub owners: Vec<String>,
    matcher: PathPattern,
}

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong with it, as the end of a sentence.
    pub reason: String,
}

impl CodeOwners {
    /// Reads a file. What is too large has no entries and one problem.
    pub fn parse(text: &str) -> Self {
        let mut read = CodeOwners::default();
        if text.len() >= MAX_BYTES {
            let reason = "the file has 3 MB or more, and GitHub does not load it".to_owned();
            read.problems.push(Problem { line: 1, reason });
            return read;
        }
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines().take(MAX_LINES)) {
            match parse_line(line) {
                Ok(None) => {}
                Ok(Some((pattern, owners, matcher))) => {
                    read.entries.push(Entry { line: number, pattern, owners, matcher });
                }
                Err(reason) => read.problems.push(Problem { line: number, reason }),
            }
        }
        read
    }

    /// The entry that decides about a file: the last one that matches. `None` when none does.
    pub fn entry_for(&self, path: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.matcher.matches(path))
    }

    /// Who owns a file; nobody when no pattern matches, or the last one that does has no owners.
    pub fn owners_of(&self, path: &str) -> &[String] {
        self.entry_for(path).map_or(&[], |entry| &entry.owners)
    }

    /// How many entries were read.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

type Line = Option<(String, Vec<String>, PathPattern)>;

fn parse_line(line: &str) -> Result<Line, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (pattern, rest) = split_pattern(line);
    if pattern.starts_with('!') {
        return Err("`!` does not exclude files here".to_owned());
    }
    if pattern.starts_with("\\#") {
        return Err("an escaped `#` does not begin a pattern here".to_owned());
    }
    if pattern.contains(['[', ']']) {
        return Err("`[ ]` is not a pattern here".to_owned());
    }
    let Some(matcher) = PathPattern::code_owners(pattern) else {
        return Err(format!("`{}` is not a pattern", shorten(pattern)));
    };
    let mut owners = Vec::new();
    for word in rest.split_whitespace().take_while(|word| !word.starts_with('#')) {
        // A comment may touch the owner that it follows.
        let (owner, comment) = word.split_once('#').map_or((word, false), |(owner, _)| (owner, true));
        if !is_owner(owner) {
            return Err(format!("`{}` is neither `@user`, `@organisation/team` nor a mail address", shorten(owner)));
        }
        owners.push(owner.to_owned());
        if comment {
            break;
        }
    }
    Ok(Some((pattern.to_owned(), owners, matcher)))
}

/// The pattern ends at the first space that no `\` escapes.
fn split_pattern(line: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if c.is_whitespace() && !escaped {
            return line.split_at(at);
        }
        escaped = c == '\\' && !escaped;
    }
    (line, "")
}

fn is_owner(text: &str) -> bool {
    let word =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    match text.strip_prefix('@') {
        Some(name) => match name.split_once('/') {
            Some((organisation, team)) => {
                word(organisation)
                    && !team.is_empty()
                    && team.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            }
            None => word(name),
        },
        None => match text.split_once('@') {
            Some((local, host)) => {
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
                !local.is_empty()
                    && local.chars().all(plain)
                    && host.contains('.')
                    && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
            }
            None => false,
        },
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn owners(text: &str, path: &str) -> String {
        CodeOwners::parse(text).owners_of(path).join(" ")
    }

    const EXAMPLE: &str = "# Everything.\n*       @global-owner1 @global-owner2\n*.js    @js-owner # inline\n*.go docs@example.com\n\
        *.txt @octo-org/octocats\n/build/logs/ @doctocat\ndocs/* docs@example.com\napps/ @octocat\n/docs/ @doctocat\n\
        /scripts/ @doctocat @octocat\n**/logs @octocat\n/apps/ @octocat\n/apps/github\n";

    #[test]
    fn the_last_pattern_that_matches_decides() {
        for (path, expected) in [
            ("a.rb", "@global-owner1 @global-owner2"),
            ("src/a.js", "@js-owner"),
            ("cmd/a.go", "docs@example.com"),
            ("a.txt", "@octo-org/octocats"),
            ("build/logs/x/y.js", "@octocat"),
            ("docs/a/b.md", "@doctocat"),
            ("apps/web/a.js", "@octocat"),
            ("apps/github/a.js", ""),
            ("deep/apps/a.js", "@octocat"),
        ] {
            assert_eq!(owners(EXAMPLE, path), expected, "{path}");
        }
    }

    #[test]
    fn lines_that_github_passes_over_are_told_and_passed_over() {
        let text = "* @ada\n!docs/ @bob\n[Section]\n\\#x @bob\n*.rs bob\n*.py @bob @a b@\n/ @bob\n*.go @bob\n";
        let read = CodeOwners::parse(text);
        let lines: Vec<u32> = read.problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6, 7]);
        assert!(read.problems[3].reason.contains("`bob` is neither"), "{}", read.problems[3].reason);
        assert_eq!(read.owners_of("a.rs"), ["@ada"]);
        assert_eq!(read.owners_of("a.go"), ["@bob"]);
    }

    #[test]
    fn spaces_are_escaped_and_comments_end_a_line() {
        assert_eq!(owners("my\\ docs/ @ada#why", "my docs/a"), "@ada");
        assert_eq!(owners("* @ada\n/a # nobody @bob", "a/b"), "");
        assert_eq!(owners("\u{feff}* @ada\r\n", "a"), "@ada");
    }

    #[test]
    fn a_file_over_the_limit_names_nobody() {
        let read = CodeOwners::parse(&"* @ada\n".repeat(MAX_BYTES / 7 + 1));
        assert!(read.is_empty());
        assert_eq!(read.problems.len(), 1);
    }
}
