//! The first line of a commit message: what kind of commit it is, and how a conventional one is made up.

use git_conventional::{Commit, ErrorKind};

/// What a commit message says in its first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitMessage {
    /// The first line, without a trailing `(#12)` of a squash merge and without spaces around it.
    pub subject: String,
    /// What kind of commit the line announces.
    pub kind: CommitKind,
    /// Whether text follows the first line without an empty line between them.
    pub runs_on: bool,
    /// The parts of a conventional first line, or what is missing.
    pub conventional: Result<Conventional, String>,
}

/// What kind of commit a first line announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitKind {
    /// An ordinary one.
    Ordinary,
    /// `fixup!`, `squash!` or `amend!`: to be folded into another before it is merged.
    Fold,
    /// Work in progress.
    Unfinished,
    /// Made by git or GitHub: a merge or a revert.
    Made,
    /// It says nothing: empty, or one word like "fix".
    Empty,
}

impl CommitKind {
    /// The word by which rules know it.
    pub fn as_str(self) -> &'static str {
        match self {
            CommitKind::Ordinary => "ordinary",
            CommitKind::Fold => "fold",
            CommitKind::Unfinished => "unfinished",
            CommitKind::Made => "made",
            CommitKind::Empty => "empty",
        }
    }
}

/// The parts of `type(scope)!: description`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conventional {
    /// Such as `feat`.
    pub kind: String,
    /// What stands in parentheses.
    pub scope: Option<String>,
    /// Whether a `!` marks a breaking change.
    pub breaking: bool,
}

/// Words that alone say nothing about a change.
const EMPTY_WORDS: [&str; 22] = [
    "fix", "fixes", "fixed", "fixup", "update", "updates", "updated", "change", "changes", "changed", "misc", "stuff",
    "test", "commit", "tmp", "temp", "minor", "cleanup", "save", "asdf", "bug", "edit",
];

/// A first line longer than this is cut before it is looked at.
const MAX_SUBJECT_BYTES: usize = 4_000;

/// Reads a whole message.
pub fn parse_message(message: &str) -> CommitMessage {
    let message = message.trim_start_matches(['\n', '\r']);
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default();
    let end = (0..=first.len().min(MAX_SUBJECT_BYTES)).rev().find(|end| first.is_char_boundary(*end)).unwrap_or(0);
    let subject = without_number(first[..end].trim()).to_owned();
    let runs_on = lines.next().is_some_and(|second| !second.trim().is_empty());
    let kind = kind_of(&subject);
    let conventional = read_conventional(&subject);
    CommitMessage { subject, kind, runs_on, conventional }
}

/// GitHub appends ` (#12)` to the title when it squashes; nobody wrote it.
fn without_number(subject: &str) -> &str {
    let number = subject.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (#"));
    match number {
        Some((before, digits)) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => before.trim_end(),
        _ => subject,
    }
}

fn kind_of(subject: &str) -> CommitKind {
    let lower = subject.to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    if begins(&["fixup!", "squash!", "amend!"]) {
        return CommitKind::Fold;
    }
    if is_merge(subject) || subject.starts_with("Revert \"") || subject.starts_with("Reapply \"") {
        return CommitKind::Made;
    }
    let word_wip = lower.strip_prefix("wip").is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
    if word_wip || begins(&["[wip]", "(wip)", "do not merge", "dnm:", "[dnm]", "work in progress"]) {
        return CommitKind::Unfinished;
    }
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() || EMPTY_WORDS.contains(&bare) {
        return CommitKind::Empty;
    }
    CommitKind::Ordinary
}

/// Whether git or GitHub wrote that it merged: people merge caches and classes as well.
fn is_merge(subject: &str) -> bool {
    let Some(merged) = subject.strip_prefix("Merge ") else { return false };
    let first = merged.split_whitespace().next().unwrap_or_default();
    let is_id = first.len() >= 7 && first.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_commit = is_id && first.bytes().any(|byte| byte.is_ascii_digit()) && merged.contains(" into ");
    let is_number = first.strip_prefix('#').is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()));
    let named =
        matches!(first, "branch" | "branches" | "remote-tracking" | "remote" | "tag" | "tags" | "commit" | "commits");
    named || is_commit || is_number || merged.starts_with("pull request #")
}

fn read_conventional(subject: &str) -> Result<Conventional, String> {
    match Commit::parse(subject) {
        Ok(commit) if is_unspaced(subject, commit.type_().as_str()) => Err("no space follows the colon".to_owned()),
        Ok(commit) => Ok(Conventional {
            kind: commit.type_().as_str().to_owned(),
            scope: commit.scope().map(|scope| scope.as_str().to_owned()),
            breaking: commit.breaking(),
        }),
        Err(error) => Err(match error.kind() {
            ErrorKind::MissingType => "it does not begin with a type and a colon",
            ErrorKind::InvalidScope => "its scope cannot be read",
            ErrorKind::MissingDescription => "nothing follows the colon",
            _ => "it is not of the form `type(scope): description`",
        }
        .to_owned()),
    }
}

/// Whether something else than a space follows the colon behind the type and the scope, as in `feat:add`.
fn is_unspaced(subject: &str, kind: &str) -> bool {
    let after_kind = subject.strip_prefix(kind).unwrap_or_default();
    let after_scope = match after_kind.strip_prefix('(') {
        Some(scope) => scope.split_once(')').map_or("", |(_, rest)| rest),
        None => after_kind,
    };
    let after_colon = after_scope.trim_start_matches('!').strip_prefix(':');
    after_colon.is_some_and(|rest| !rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_announce_their_kind() {
        for (subject, kind) in [
            ("Add a search", CommitKind::Ordinary),
            ("fixup! Add a search", CommitKind::Fold),
            ("Squash! Add a search", CommitKind::Fold),
            ("amend! x", CommitKind::Fold),
            ("WIP", CommitKind::Unfinished),
            ("wip: search", CommitKind::Unfinished),
            ("[WIP] search", CommitKind::Unfinished),
            ("Wipe the cache", CommitKind::Ordinary),
            ("Merge branch 'main' into topic", CommitKind::Made),
            ("Revert \"Add a search\"", CommitKind::Made),
            ("Merge remote-tracking branch 'origin/main'", CommitKind::Made),
            ("Merge 0a1b2c3d4e into 5f6a7b8c9d", CommitKind::Made),
            ("Merge pull request #7 from ada/topic", CommitKind::Made),
            ("Merges are now faster", CommitKind::Ordinary),
            ("Merge the caches into one", CommitKind::Ordinary),
            ("Merge defaced into one", CommitKind::Ordinary),
            ("fix", CommitKind::Empty),
            ("Update.", CommitKind::Empty),
            ("...", CommitKind::Empty),
            ("", CommitKind::Empty),
            ("Fix the search", CommitKind::Ordinary),
            ("修正", CommitKind::Ordinary),
        ] {
            assert_eq!(parse_message(subject).kind, kind, "{subject}");
        }
    }

    #[test]
    fn the_number_of_a_squash_merge_is_not_the_authors() {
        assert_eq!(parse_message("Add a search (#12)\n\nBody").subject, "Add a search");
        assert_eq!(parse_message("Add a search (#12a)").subject, "Add a search (#12a)");
        assert!(!parse_message("Add\n\nBody").runs_on);
        assert!(parse_message("Add\nBody").runs_on);
    }

    #[test]
    fn conventional_parts_are_read() {
        let read = |text: &str| parse_message(text).conventional;
        let expected = Conventional { kind: "feat".to_owned(), scope: Some("api".to_owned()), breaking: true };
        assert_eq!(read("feat(api)!: add a search"), Ok(expected));
        assert!(read("Add a search").is_err());
        assert!(read("feat:").is_err());
        assert!(read("feat add").is_err());
        for subject in ["feat:add a search", "feat(api)!:add a search", "feat:\tadd a search"] {
            assert_eq!(read(subject), Err("no space follows the colon".to_owned()), "{subject}");
        }
        for subject in ["feat: add a:b", "fix(a:b): c", "fix!: d", "feat:  two spaces"] {
            assert!(read(subject).is_ok(), "{subject}");
        }
    }
}
