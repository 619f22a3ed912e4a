//! Paths inside a repository. Git paths are bytes; people, JSON and Lua want text, and both must be exact.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A path inside a repository, with `/` between its parts.
///
/// Held as text: a UTF-8 path is that path; any other (and the rare one that begins with `"`) is git's
/// quoted form, `"caf\351.txt"`, so that the bytes can always be had back (`quote.c` in git).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RepoPath(String);

impl RepoPath {
    /// From text as people write it; a leading `"` is kept as an ordinary character.
    pub fn new(text: &str) -> Self {
        RepoPath::from_bytes(text.as_bytes())
    }

    /// From the bytes that git stores.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.starts_with('"') => RepoPath(text.to_owned()),
            _ => RepoPath(quote(bytes)),
        }
    }

    /// From git's output, where a path with unusual bytes is quoted and any other stands plain.
    pub fn from_git_quoted(bytes: &[u8]) -> Self {
        match unquote(bytes) {
            Some(raw) => RepoPath::from_bytes(&raw),
            None => RepoPath::from_bytes(bytes),
        }
    }

    /// From a path as people and scripts write it: git's quoted form is read, and what names no part of it (a leading
    /// `./`, a doubled slash, a slash at the end) is left out.
    pub fn from_written(bytes: &[u8]) -> Self {
        let path = RepoPath::from_git_quoted(bytes);
        let raw = path.to_bytes();
        let is_part = |part: &&[u8]| !matches!(*part, b"" | b".");
        if raw.starts_with(b"/") || raw.split(|byte| *byte == b'/').all(|part| is_part(&part)) {
            return path;
        }
        RepoPath::from_bytes(&raw.split(|byte| *byte == b'/').filter(is_part).collect::<Vec<_>>().join(&b'/'))
    }

    /// Whether a file of a repository can have this path: from its root on, without empty, `.` and `..` parts.
    pub fn can_name_a_file(&self) -> bool {
        !self.to_bytes().split(|byte| *byte == b'/').any(|part| matches!(part, b"" | b"." | b".."))
    }

    /// The text shown to people and rules.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The exact bytes that git stores.
    pub fn to_bytes(&self) -> Vec<u8> {
        unquote(self.0.as_bytes()).unwrap_or_else(|| self.0.as_bytes().to_vec())
    }

    /// The last part of the path.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Whether the file lies in the directory, at any depth; every file lies below the empty path.
    pub fn lies_below(&self, directory: &RepoPath) -> bool {
        let rest = self.0.strip_prefix(directory.as_str());
        directory.0.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> Self {
        RepoPath::new(text)
    }
}

fn quote(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for &byte in bytes {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\r' => out.push_str("\\r"),
            0x20..=0x7e => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\{byte:03o}")),
        }
    }
    out.push('"');
    out
}

/// The bytes behind git's quoted form, or `None` when the text is not one.
fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    let inner = text.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => return None,
            b'\\' => match rest.next()? {
                b'a' => out.push(7),
                b'b' => out.push(8),
                b't' => out.push(b'\t'),
                b'n' => out.push(b'\n'),
                b'v' => out.push(11),
                b'f' => out.push(12),
                b'r' => out.push(b'\r'),
                same @ (b'"' | b'\\') => out.push(same),
                first @ b'0'..=b'3' => {
                    let (second, third) = (rest.next()?, rest.next()?);
                    if !(b'0'..=b'7').contains(&second) || !(b'0'..=b'7').contains(&third) {
                        return None;
                    }
                    out.push(((first - b'0') << 6) | ((second - b'0') << 3) | (third - b'0'));
                }
                _ => return None,
            },
            other => out.push(other),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_stay_plain() {
        for path in ["src/a b.rs", "ünï/ö.txt", "a\"b", "tab\there"] {
            assert_eq!(RepoPath::new(path).as_str(), path);
            assert_eq!(RepoPath::new(path).to_bytes(), path.as_bytes());
        }
    }

    #[test]
    fn odd_bytes_are_quoted_and_come_back() {
        for bytes in [&b"caf\xe9.txt"[..], b"\"quoted\"", b"\xff\\\n"] {
            let path = RepoPath::from_bytes(bytes);
            assert_eq!(path.to_bytes(), bytes, "{path}");
        }
        assert_eq!(RepoPath::from_bytes(b"caf\xe9.txt").as_str(), r#""caf\351.txt""#);
    }

    #[test]
    fn git_output_is_unquoted() {
        assert_eq!(RepoPath::from_git_quoted(br#""t\303\244b\tle""#).as_str(), "täb\tle");
        assert_eq!(RepoPath::from_git_quoted(b"plain name").as_str(), "plain name");
    }

    #[test]
    fn what_people_write_is_the_path_that_git_has() {
        for (written, path) in [
            ("src/a.py", "src/a.py"),
            ("./src/a.py", "src/a.py"),
            ("././a.py", "a.py"),
            (".//src/./a.py", "src/a.py"),
            ("src//a.py", "src/a.py"),
            ("src/", "src"),
            (".github/x", ".github/x"),
            ("a./.b", "a./.b"),
            (r#""./caf\351.txt""#, r#""caf\351.txt""#),
            ("./", ""),
            ("/etc/passwd", "/etc/passwd"),
            ("./../a", "../a"),
        ] {
            assert_eq!(RepoPath::from_written(written.as_bytes()).as_str(), path, "{written}");
        }
    }

    #[test]
    fn no_file_has_a_path_that_leads_elsewhere() {
        for good in ["a", "src/a.py", "..a/b..", ".github/x", r#""caf\351.txt""#] {
            assert!(RepoPath::from_git_quoted(good.as_bytes()).can_name_a_file(), "{good}");
        }
        for bad in ["", "/etc/passwd", "../x", "a/../b", "a/..", "./a", "a//b", "a/", r#""../\351""#] {
            assert!(!RepoPath::from_git_quoted(bad.as_bytes()).can_name_a_file(), "{bad}");
        }
    }
}
