//! What a search for secrets gives: never the secret itself.

/// A secret on an added line. Holds nothing of the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// What it is, with its article: `a GitHub personal access token`.
    pub what: &'static str,
    /// The public part that tells the reader which one is meant: a prefix (`ghp_...`), or the name it is given to.
    pub shown: String,
    /// Where and how it is revoked, as the end of "Revoke it ...".
    pub revoke: &'static str,
    /// How sure we are.
    pub proof: Proof,
    /// The line on the new side.
    pub line: u32,
    /// The last line of it, when it is a key of several.
    pub end_line: u32,
}

/// A line of the new side of a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceLine<'a> {
    /// Its number, from 1.
    pub number: u32,
    /// What it says.
    pub text: &'a str,
    /// Whether the change adds it; the others say what stands around.
    pub added: bool,
}

/// How sure we are that something is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// A name that promises a secret, and a value that looks random.
    Guess,
    /// It has the shape of a known kind.
    Shape,
    /// Its own checksum or content says that it is one.
    Checksum,
}

impl Proof {
    /// The word by which rules know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Proof::Guess => "guess",
            Proof::Shape => "shape",
            Proof::Checksum => "checksum",
        }
    }
}
