//! Identifiers as types, so that a pull request number never stands where an installation is meant.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id! {
    /// GitHub's numeric id of a repository. It survives renames and transfers; the name does not.
    RepositoryId
}
number_id! {
    /// GitHub's numeric id of the app's presence on an account.
    InstallationId
}
number_id! {
    /// A pull request's number inside its repository; 0 stands for "not a pull request" in local runs.
    PullNumber
}

/// A text that is not the identifier it should be; says what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct InvalidId {
    /// The offending text, cut to 80 characters.
    pub text: String,
    /// What would have been right, as a noun phrase.
    pub expected: &'static str,
}

impl InvalidId {
    fn new(text: &str, expected: &'static str) -> Self {
        InvalidId { text: text.chars().take(80).collect(), expected }
    }
}

/// A full commit id: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommitId(String);

impl CommitId {
    /// Accepts a full commit id in either letter case.
    ///
    /// # Errors
    /// When the text is not 40 or 64 hexadecimal digits.
    pub fn new(text: &str) -> Result<Self, InvalidId> {
        let right = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
        if right { Ok(CommitId(text.to_ascii_lowercase())) } else { Err(InvalidId::new(text, "a full commit id")) }
    }

    /// All digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, for people.
    pub fn short(&self) -> &str {
        &self.0[..7]
    }
}

impl TryFrom<String> for CommitId {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        CommitId::new(&text)
    }
}

impl From<CommitId> for String {
    fn from(id: CommitId) -> String {
        id.0
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `owner/name`. Keeps the letter case it was written in; compares and hashes without it, as GitHub does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoName {
    owner: String,
    name: String,
}

impl RepoName {
    /// From its two halves, each of letters, digits, `-`, `_` and `.`.
    ///
    /// # Errors
    /// When a half is empty, has another character, or is `.` or `..`.
    pub fn new(owner: &str, name: &str) -> Result<Self, InvalidId> {
        let fine = |half: &str| {
            !half.is_empty()
                && half != "."
                && half != ".."
                && half.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        if fine(owner) && fine(name) {
            Ok(RepoName { owner: owner.to_owned(), name: name.to_owned() })
        } else {
            Err(InvalidId::new(&format!("{owner}/{name}"), "a repository name (owner/name)"))
        }
    }

    /// From `owner/name`.
    ///
    /// # Errors
    /// As [`RepoName::new`], and when there is not exactly one slash.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        match text.split_once('/') {
            Some((owner, name)) => RepoName::new(owner, name),
            None => Err(InvalidId::new(text, "a repository name (owner/name)")),
        }
    }

    /// The account.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The repository's own name.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn folded(&self) -> (String, String) {
        (self.owner.to_ascii_lowercase(), self.name.to_ascii_lowercase())
    }
}

impl PartialEq for RepoName {
    fn eq(&self, other: &Self) -> bool {
        self.owner.eq_ignore_ascii_case(&other.owner) && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl Eq for RepoName {}

impl std::hash::Hash for RepoName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.folded().hash(state);
    }
}

impl TryFrom<String> for RepoName {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        RepoName::parse(&text)
    }
}

impl From<RepoName> for String {
    fn from(name: RepoName) -> String {
        name.to_string()
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commit_ids_are_full_and_lower_case() {
        assert_eq!(CommitId::new(&"A".repeat(40)).expect("valid").as_str(), "a".repeat(40));
        assert!(CommitId::new(&"a".repeat(64)).is_ok());
        for bad in ["", "abc", &"g".repeat(40), &"a".repeat(41)] {
            assert!(CommitId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn repository_names_ignore_letter_case_and_refuse_paths() {
        let name = RepoName::parse("Octo/Hello.World").expect("valid");
        assert_eq!(name, RepoName::parse("octo/hello.world").expect("valid"));
        assert_eq!(name.to_string(), "Octo/Hello.World");
        for bad in ["octo", "a/b/c", "/b", "a/", "a/..", "a b/c"] {
            assert!(RepoName::parse(bad).is_err(), "{bad}");
        }
    }
}
