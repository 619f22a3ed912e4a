//! What can be wrong with a lockfile, and where the texts come from that show it.

use crate::model::Side;

/// The text of a file on one side of a change.
pub enum Text<'a> {
    /// Its content.
    Known(&'a str),
    /// There is no such file.
    Absent,
    /// There is a file, and its text cannot be had: too large, or binary.
    Unreadable,
    /// It was asked for and will be known in another pass.
    Pending,
}

/// Gives texts of files. What is [`Text::Pending`] makes the answer incomplete: ask again when it is known.
pub trait FileSource {
    /// The text of a file at the merge base (`Left`) or at the head (`Right`).
    fn text(&self, side: Side, path: &str) -> Text<'_>;
}

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The manifest that is concerned; for problems of the lockfile alone the lockfile.
    pub manifest: String,
    /// The lockfile.
    pub lockfile: String,
    /// The dependencies, as the manifest writes them.
    pub dependencies: Vec<String>,
    /// What is asked of the first of them.
    pub requirement: String,
    /// What the lockfile holds of the first of them.
    pub held: String,
    /// What to run.
    pub command: String,
    /// The line that names the first of them, when the change added it: of the manifest, or of the lockfile for what is
    /// wrong with that.
    pub line: Option<u32>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The lockfile does not know a dependency that the manifest now asks for.
    Lacks,
    /// It holds another requirement or version than is now asked for.
    Holds,
    /// It knows a dependency in another section than in which it is now asked for.
    Moved,
    /// It does not know a package that is new in the workspace, or has a new name.
    Member,
    /// It still says that the manifest asks for something that it does not.
    Extra,
    /// It was not made again after the dependency sections changed, and it holds a hash of them.
    Stale,
    /// It says another version of the package itself than the manifest, which has a new one.
    Version,
    /// It says that the manifest asks for something, which no manifest does.
    Uninvited,
    /// It knew a dependency of a manifest before this change, and does not any more.
    Lost,
    /// It fitted a dependency of a manifest before this change, and holds another requirement or version now.
    Drifted,
    /// It is gone, and its manifest is not.
    Deleted,
    /// It cannot be read any more.
    Broken,
    /// Another version with the old checksum.
    SameChecksum,
    /// Another checksum for the same version.
    OtherChecksum,
    /// A lockfile of another package manager lies beside it.
    Second,
}

impl ProblemKind {
    /// The word by which the rule knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            ProblemKind::Lacks => "lacks",
            ProblemKind::Holds => "holds",
            ProblemKind::Moved => "moved",
            ProblemKind::Member => "member",
            ProblemKind::Extra => "extra",
            ProblemKind::Stale => "stale",
            ProblemKind::Version => "version",
            ProblemKind::Uninvited => "uninvited",
            ProblemKind::Lost => "lost",
            ProblemKind::Drifted => "drifted",
            ProblemKind::Deleted => "deleted",
            ProblemKind::Broken => "broken",
            ProblemKind::SameChecksum => "same_checksum",
            ProblemKind::OtherChecksum => "other_checksum",
            ProblemKind::Second => "second",
        }
    }
}
