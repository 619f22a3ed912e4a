//! What a search for leftovers gives.

/// What kind of leftover it is; each has a message of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftoverKind {
    /// Stops the program and waits for a debugger.
    Breakpoint,
    /// Makes a test runner skip all other tests.
    Focus,
    /// Fails when it is reached: code that is not written yet.
    Unwritten,
    /// Prints a value for the eyes of its author.
    Dump,
    /// Prints, in a file that otherwise does not.
    Output,
    /// A name on the repository's own list.
    Listed,
    /// A comment that asks not to be merged.
    Note,
}

impl LeftoverKind {
    /// The word by which rules know it.
    pub fn as_str(self) -> &'static str {
        match self {
            LeftoverKind::Breakpoint => "breakpoint",
            LeftoverKind::Focus => "focus",
            LeftoverKind::Unwritten => "unwritten",
            LeftoverKind::Dump => "dump",
            LeftoverKind::Output => "output",
            LeftoverKind::Listed => "listed",
            LeftoverKind::Note => "note",
        }
    }
}

/// Something that was left behind on an added line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// What kind.
    pub kind: LeftoverKind,
    /// Its name as people write it: `console.log`, `it.only`, `NOCOMMIT`. Never text of the file beyond that.
    pub name: String,
    /// The first line on the new side.
    pub line: u32,
    /// The last line of the statement.
    pub end_line: u32,
    /// What the lines should be instead, where that is certain: empty when they can go, without a final newline.
    pub suggestion: Option<String>,
}
