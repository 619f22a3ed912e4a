//! What can go wrong with a local repository, each with what to do about it.

use std::path::PathBuf;

/// Why a local repository could not give its facts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    /// There is no `git` to run.
    #[error("the `git` command was not found: install git, or add it to PATH")]
    GitMissing,
    /// The directory does not exist or is no directory.
    #[error("{} is not a directory", .0.display())]
    NoDirectory(PathBuf),
    /// The directory belongs to no repository.
    #[error("{} is not inside a git repository: run this inside one, or make one with `git init`", .0.display())]
    NotARepository(PathBuf),
    /// A repository without a working tree (bare, or the `.git` directory itself) and no head was named.
    #[error("there is no working tree here to review: name the head with --head REF")]
    NoWorkingTree,
    /// The repository has no commit at all.
    #[error("this repository has no commits yet, so there is nothing to compare with: make a first commit")]
    NoCommits,
    /// A name that stands for no commit.
    #[error("{option} {name:?} names no commit in this {}", where_to_look(.shallow))]
    UnknownRevision {
        /// The option that carried it: `--base` or `--head`.
        option: &'static str,
        /// The name as it was given.
        name: String,
        /// Whether the clone is shallow, so that the commit may only not be here yet.
        shallow: bool,
    },
    /// No base was named and none of the usual ones exists.
    #[error(
        "no base to compare with: looked for {looked}; name one with --base REF, or fetch it first (`git fetch origin`)"
    )]
    NoBase {
        /// The names that were looked for.
        looked: String,
    },
    /// Two commits without a common ancestor.
    #[error("{base} and {head} have no commit in common: name another base with --base REF")]
    NoMergeBase {
        /// The base as it was named.
        base: String,
        /// The head as it was named.
        head: String,
    },
    /// As [`GitError::NoMergeBase`], in a clone whose history is cut off.
    #[error(
        "{base} and {head} have no commit in common in this shallow clone: \
         fetch more history with `git fetch --deepen=100` or all of it with `git fetch --unshallow`"
    )]
    ShallowHistory {
        /// The base as it was named.
        base: String,
        /// The head as it was named.
        head: String,
    },
    /// A partial clone lacks an object, and a local review does not use the network.
    #[error(
        "this partial clone lacks an object that the review needs, and a local review does not use the network: \
         run `git diff {base}` once, git then fetches what is missing"
    )]
    PartialClone {
        /// The merge base.
        base: String,
    },
    /// Git refused for a reason of its own.
    #[error("git could not {doing}: {said}")]
    Refused {
        /// What was wanted, as it reads after "git could not".
        doing: &'static str,
        /// What git wrote to its standard error.
        said: String,
    },
    /// A temporary file or the connection to git failed.
    #[error("could not {doing}: {source}")]
    Io {
        /// What was wanted, as it reads after "could not".
        doing: &'static str,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The patch between base and head is damaged or too large.
    #[error("git's patch between base and head could not be read: {0}")]
    BadPatch(crate::diff::PatchProblem),
    /// Git answered with something this version does not understand.
    #[error("git's answer to {0} was not understood: please report this with the output of `git --version`")]
    Unreadable(&'static str),
}

impl GitError {
    /// Whether it is the user's to mend (usage, configuration, input) rather than a failure of ours or the system's.
    pub fn is_usage(&self) -> bool {
        !matches!(self, GitError::Io { .. } | GitError::Unreadable(_))
    }
}

/// What to do about a name that stands for no commit.
fn where_to_look(shallow: &bool) -> &'static str {
    if *shallow {
        "shallow clone: check the spelling, or fetch the rest with `git fetch --unshallow`, and a branch that is not here \
         with `git fetch origin BRANCH:refs/remotes/origin/BRANCH`"
    } else {
        "repository: check the spelling, or fetch it first (`git fetch`)"
    }
}
