//! One thing that a rule may see, and the name under which it is asked for.

use super::{RepoPath, Search, Side, Wait};
use serde::{Deserialize, Serialize};

/// The name of a fact. A rule that needs one that the snapshot lacks ends the pass; the fact is fetched, the rules run again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKey {
    /// The pull request itself.
    Pull,
    /// The changed files with their patches.
    Changes,
    /// The commits between merge base and head, oldest first.
    Commits,
    /// Who set the labels that the pull request carries, and whether they may write to the repository.
    Labelings,
    /// The submitted reviews of the pull request, oldest first, without this app's own.
    Reviews,
    /// Who was asked to review the pull request.
    RequestedReviewers,
    /// Whether the pull request can be merged without a conflict.
    Mergeable,
    /// The newest commit status of each context on the head.
    Statuses,
    /// The newest check runs on the head, without this app's own.
    CheckRuns,
    /// The whole text of one file at the merge base or the head; of a folder the names in it. The empty path is the root.
    File(FileKey),
    /// How large one file is, whether or not its text can be had.
    Size(FileKey),
    /// The file that names code owners, at the tip of the base branch.
    CodeOwners,
    /// Which files of the head hold a word, whole and in this case.
    Uses(String),
    /// Which files of the head hold one of several words. Who has no checkout reads the likeliest files.
    Search(Search),
    /// Which files of the head match these patterns.
    Paths(Vec<String>),
    /// The files below a directory, at the tip of the base branch (`LEFT`) or at the head (`RIGHT`). The empty path is
    /// the root.
    Folder(FileKey),
    /// What coverage reports say of the changed files. The patterns are those of the setting `coverage_reports`: where
    /// reports are looked for when none was given.
    Coverage(Vec<String>),
    /// What linters' reports say of the repository. The patterns are those of the setting `lint_reports`.
    Lint(Vec<String>),
    /// The text of a file that a dangerfile requires, at the commit of that dangerfile.
    /// The number is the layer of the ruleset that asked (0 is the first).
    Source {
        /// Which dangerfile of the ruleset asks.
        layer: usize,
        /// The file, from the repository's root.
        path: RepoPath,
    },
}

/// What a fact is of: there it is looked for, and whoever has no such thing has no such fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home<'a> {
    /// The pull request, and the people who have to do with it.
    Pull,
    /// What others report about a pull request's head.
    Head,
    /// The files and the history of the two sides.
    Tree,
    /// Reports of coverage, looked for by these patterns.
    Coverage(&'a [String]),
    /// Reports of linters, looked for by these patterns.
    Lint(&'a [String]),
    /// The scripts of this layer.
    Script {
        /// Which dangerfile of the ruleset.
        layer: usize,
        /// The script.
        path: &'a RepoPath,
    },
}

impl Home<'_> {
    /// Whether a merge group has nothing of the kind: what was said of the pull requests in it counts.
    pub fn is_of_a_pull(self) -> bool {
        match self {
            Home::Pull | Home::Head | Home::Coverage(_) | Home::Lint(_) => true,
            Home::Tree | Home::Script { .. } => false,
        }
    }
}

impl FactKey {
    /// All facts of which there is one of a kind.
    pub const PLAIN: [FactKey; 10] = [
        FactKey::Pull,
        FactKey::Changes,
        FactKey::Commits,
        FactKey::Labelings,
        FactKey::Reviews,
        FactKey::RequestedReviewers,
        FactKey::Mergeable,
        FactKey::Statuses,
        FactKey::CheckRuns,
        FactKey::CodeOwners,
    ];

    /// What it is of.
    pub fn home(&self) -> Home<'_> {
        match self {
            FactKey::Pull | FactKey::Labelings | FactKey::Reviews | FactKey::RequestedReviewers => Home::Pull,
            // Whose word the pull request needs.
            FactKey::Mergeable | FactKey::CodeOwners => Home::Pull,
            FactKey::Statuses | FactKey::CheckRuns => Home::Head,
            FactKey::Changes | FactKey::Commits | FactKey::File(_) | FactKey::Size(_) => Home::Tree,
            FactKey::Uses(_) | FactKey::Search(_) | FactKey::Paths(_) | FactKey::Folder(_) => Home::Tree,
            FactKey::Coverage(patterns) => Home::Coverage(patterns),
            FactKey::Lint(patterns) => Home::Lint(patterns),
            FactKey::Source { layer, path } => Home::Script { layer: *layer, path },
        }
    }

    /// The word by which it is known in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            FactKey::Pull => "pull",
            FactKey::Changes => "changes",
            FactKey::Commits => "commits",
            FactKey::Labelings => "labelings",
            FactKey::Reviews => "reviews",
            FactKey::RequestedReviewers => "requested_reviewers",
            FactKey::Mergeable => "mergeable",
            FactKey::Statuses => "statuses",
            FactKey::CheckRuns => "check_runs",
            FactKey::File(_) => "file",
            FactKey::Size(_) => "size",
            FactKey::CodeOwners => "code_owners",
            FactKey::Uses(_) => "uses",
            FactKey::Search(_) => "search",
            FactKey::Paths(_) => "paths",
            FactKey::Folder(_) => "folder",
            FactKey::Coverage(_) => "coverage",
            FactKey::Lint(_) => "lint",
            FactKey::Source { .. } => "source",
        }
    }

    /// Whether asking again is the only way to learn that an awaited fact is there: no event tells of it.
    pub fn is_polled(&self) -> bool {
        matches!(self, FactKey::Mergeable)
    }
}

/// A file on one side of the change: `LEFT` is the merge base, `RIGHT` the head.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileKey {
    /// Old or new.
    pub side: Side,
    /// The path on that side.
    pub path: RepoPath,
}

/// A fact that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact<T> {
    /// Known.
    Known(T),
    /// Asked for and not to be had; a rule that reads it is stopped with this reason.
    Unavailable(Unavailable),
}

/// Why a fact cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unavailable {
    /// GitHub gave only a part; the text says of what. Never judged as if the rest were empty.
    Truncated(String),
    /// Only GitHub knows it and this run is local.
    NeedsPullRequest,
    /// It takes all files of the head, which only a checkout has.
    NeedsCheckout,
    /// The app lacks a permission; the text names it.
    NoPermission(String),
    /// The token of a person or of a workflow lacks one.
    TokenLacks(String),
    /// It is not there yet, and a rule that reads it waits.
    Awaited(Wait),
    /// A merge group has no pull request of its own: what was said of those in it counts.
    OfQueuedPulls,
    /// A preview sees no more than the base's run fetched.
    NotInPreview,
    /// Reports of coverage or of linters, which only a server and a local run can be given.
    NoReports,
}

impl Unavailable {
    /// Whether this kind of run never has it: a rule that reads it is skipped, rather than at fault.
    pub fn is_beyond_this_run(&self) -> bool {
        matches!(self, Unavailable::NeedsPullRequest | Unavailable::NotInPreview)
    }
}

impl std::fmt::Display for Unavailable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unavailable::Truncated(what) => write!(f, "GitHub gave only a part of {what}"),
            Unavailable::NeedsPullRequest => f.write_str("needs a pull request"),
            Unavailable::OfQueuedPulls => f.write_str("a merge group has no pull request of its own"),
            Unavailable::NotInPreview => f.write_str("reads what the rules of the base did not, which a preview does not fetch"),
            Unavailable::NeedsCheckout => f.write_str("needs a checkout of the repository"),
            Unavailable::NoReports => {
                f.write_str("linters' and coverage reports cannot be had by `deckhand pr` and `deckhand ci` (a server and `deckhand local --report FILE` read them)")
            }
            Unavailable::Awaited(wait) => write!(f, "there is no answer yet to the wait for {}", wait.what),
            Unavailable::TokenLacks(permission) => write!(f, "the token lacks the permission `{permission}`"),
            Unavailable::NoPermission(permission) => write!(f, "the app lacks the permission `{permission}`"),
        }
    }
}

/// The file that names code owners: the first that exists of those that GitHub reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeOwnersFile {
    /// Where it lies.
    pub path: RepoPath,
    /// What it says.
    pub text: FileText,
}

impl CodeOwnersFile {
    /// Where GitHub looks, in its order.
    pub const PLACES: [&'static str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

    /// The first of the files at [`CodeOwnersFile::PLACES`] that exists; `texts` are theirs, in the same order.
    pub fn first(texts: impl IntoIterator<Item = FileText>) -> Option<Self> {
        let mut found = Self::PLACES.iter().zip(texts).filter(|(_, text)| *text != FileText::Absent);
        found.next().map(|(path, text)| CodeOwnersFile { path: RepoPath::new(path), text })
    }
}

/// The content of a file at one commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileText {
    /// UTF-8 text (bytes that are not are replaced by U+FFFD).
    Text(String),
    /// No such file on that side.
    Absent,
    /// There is something else: a binary file, or a submodule.
    NotText(String),
    /// A folder: the names of what lies in it, sorted.
    Folder(Vec<String>),
    /// There is text that could not be had whole; the reason says why. A rule that reads it is stopped: what it does not
    /// see, it must not pass.
    Cut(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// One of each.
    fn samples() -> Vec<FactKey> {
        let file = || FileKey { side: Side::Left, path: RepoPath::new("a") };
        let search = Search { words: Vec::new(), among: Vec::new(), names: Vec::new(), beside: Vec::new() };
        let mut all = FactKey::PLAIN.to_vec();
        all.extend([FactKey::File(file()), FactKey::Size(file()), FactKey::Folder(file())]);
        all.extend([FactKey::Uses("x".to_owned()), FactKey::Search(search), FactKey::Paths(Vec::new())]);
        all.extend([FactKey::Coverage(Vec::new()), FactKey::Lint(Vec::new())]);
        all.push(FactKey::Source { layer: 0, path: RepoPath::new("a") });
        all
    }

    #[test]
    fn words_are_those_of_json_and_no_fact_is_forgotten() {
        for key in samples() {
            let (json, word) = (serde_json::to_value(&key).expect("plain data"), key.word());
            let is_plain = json.as_str() == Some(word);
            assert!(is_plain || json.as_object().is_some_and(|it| it.contains_key(word)), "{word}: {json}");
            assert_eq!(is_plain, FactKey::PLAIN.contains(&key), "{word}");
        }
        // Serde names all there are: `unknown variant `?`, expected one of `pull`, `changes`, ..`.
        let all = serde_json::from_str::<FactKey>("\"?\"").expect_err("there is no such fact").to_string();
        let all: BTreeSet<String> = all.split('`').skip(3).step_by(2).map(str::to_owned).collect();
        assert_eq!(samples().iter().map(|key| key.word().to_owned()).collect::<BTreeSet<_>>(), all);
    }

    #[test]
    fn f49_a_merge_group_has_only_the_files_and_the_scripts() {
        let own: Vec<&str> = samples().iter().filter(|key| !key.home().is_of_a_pull()).map(FactKey::word).collect();
        assert_eq!(own, ["changes", "commits", "file", "size", "folder", "uses", "search", "paths", "source"]);
    }
}
