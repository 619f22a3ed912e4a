//! What can be wrong with what a change adds to a changelog.

/// Something wrong, on an added line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The first line, from 1.
    pub line: u32,
    /// The last line.
    pub end_line: u32,
    /// What is wrong.
    pub kind: ProblemKind,
    /// What is wrong and what to do, in at most two sentences.
    pub message: String,
    /// New text for these lines.
    pub suggestion: Option<String>,
    /// A new text for the whole file.
    pub fix: Option<String>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A new entry stands in a release that is out.
    Released,
    /// A version has two headings.
    SameVersion,
    /// Versions stand in another order than their numbers and dates.
    VersionOrder,
    /// A later version has an earlier date.
    DateOrder,
    /// A date is none, or not written as the file does.
    Date,
    /// A version is no semantic one, though the file promises that.
    Version,
    /// A second title of the file.
    Title,
    /// An entry stands in no section, though the others do.
    NoSection,
    /// A section's name is a slip.
    SectionName,
    /// A release has two sections of one name.
    SameSection,
    /// `[1.0.0]` without an address.
    NoLink,
    /// An address that nothing refers to.
    UnusedLink,
    /// Two addresses for one label.
    SameLink,
    /// The link of what is not released still compares with an older version.
    StaleLink,
    /// An entry stands there twice.
    SameEntry,
    /// An entry names no pull request, though the others do.
    NoNumber,
    /// An entry is not of the form of danger-changelog.
    Form,
    /// The line "Your contribution here" is gone.
    Placeholder,
    /// `[YANKED]` is written otherwise.
    Yanked,
    /// A fragment's name has no type that is known.
    FragmentType,
    /// A changeset's head cannot be read.
    Changeset,
    /// The title says that users are broken, and the entry does not.
    Breaking,
}

impl ProblemKind {
    /// All of them.
    pub const ALL: [ProblemKind; 22] = [
        ProblemKind::Released,
        ProblemKind::SameVersion,
        ProblemKind::VersionOrder,
        ProblemKind::DateOrder,
        ProblemKind::Date,
        ProblemKind::Version,
        ProblemKind::Title,
        ProblemKind::NoSection,
        ProblemKind::SectionName,
        ProblemKind::SameSection,
        ProblemKind::NoLink,
        ProblemKind::UnusedLink,
        ProblemKind::SameLink,
        ProblemKind::StaleLink,
        ProblemKind::SameEntry,
        ProblemKind::NoNumber,
        ProblemKind::Form,
        ProblemKind::Placeholder,
        ProblemKind::Yanked,
        ProblemKind::FragmentType,
        ProblemKind::Changeset,
        ProblemKind::Breaking,
    ];

    /// The word by which rules know it.
    pub fn as_str(self) -> &'static str {
        match self {
            ProblemKind::Released => "released",
            ProblemKind::SameVersion => "same-version",
            ProblemKind::VersionOrder => "version-order",
            ProblemKind::DateOrder => "date-order",
            ProblemKind::Date => "date",
            ProblemKind::Version => "version",
            ProblemKind::Title => "title",
            ProblemKind::NoSection => "no-section",
            ProblemKind::SectionName => "section-name",
            ProblemKind::SameSection => "same-section",
            ProblemKind::NoLink => "no-link",
            ProblemKind::UnusedLink => "unused-link",
            ProblemKind::SameLink => "same-link",
            ProblemKind::StaleLink => "stale-link",
            ProblemKind::SameEntry => "same-entry",
            ProblemKind::NoNumber => "no-number",
            ProblemKind::Form => "form",
            ProblemKind::Placeholder => "placeholder",
            ProblemKind::Yanked => "yanked",
            ProblemKind::FragmentType => "fragment-type",
            ProblemKind::Changeset => "changeset",
            ProblemKind::Breaking => "breaking",
        }
    }

    /// Whether users would be told something wrong, and not only in an unusual form.
    pub fn is_grave(self) -> bool {
        matches!(self, ProblemKind::Released | ProblemKind::Changeset | ProblemKind::SameVersion)
    }
}
