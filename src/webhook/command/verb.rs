//! The table of commands: how each is written, what it does, who may use it. Help and documentation are made from it.

use serde::{Deserialize, Serialize};

/// Who may use a command. Permissions are those on the repository at the moment when the command is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever can comment.
    Anyone,
    /// Write permission, or the author of the pull request.
    WriterOrAuthor,
    /// Write permission.
    Writer,
    /// Write permission, and not the author; for faults (`dangerfile`), maintain or admin.
    WriterNotAuthor,
}

impl Who {
    /// The same in words.
    pub fn describe(self) -> &'static str {
        match self {
            Who::Anyone => "anyone",
            Who::WriterOrAuthor => "people with write permission, and the author",
            Who::Writer => "people with write permission",
            Who::WriterNotAuthor => {
                "people with write permission, but not the author; `dangerfile` needs maintain or admin"
            }
        }
    }
}

macro_rules! verbs {
    ($($variant:ident, $name:literal, $usage:literal, $who:ident, $built:literal, $about:literal;)*) => {
        /// The word after `/deckhand`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Verb {
            $(
                #[doc = $about]
                $variant,
            )*
        }

        impl Verb {
            /// All, in the order of the help.
            pub const ALL: &'static [Verb] = &[$(Verb::$variant,)*];

            /// The word.
            pub fn name(self) -> &'static str {
                match self { $(Verb::$variant => $name,)* }
            }

            /// The word with its arguments, as it is typed after `/deckhand`.
            pub fn usage(self) -> &'static str {
                match self { $(Verb::$variant => $usage,)* }
            }

            /// Who may use it.
            pub fn who(self) -> Who {
                match self { $(Verb::$variant => Who::$who,)* }
            }

            /// Whether this version carries it out.
            pub fn is_built(self) -> bool {
                match self { $(Verb::$variant => $built,)* }
            }

            /// What it does, in a phrase.
            pub fn about(self) -> &'static str {
                match self { $(Verb::$variant => $about,)* }
            }
        }
    };
}

verbs! {
    Help, "help", "help", Anyone, true, "lists the commands";
    Why, "why", "why", Anyone, true, "explains the present verdict: what blocks, and what to do";
    Explain, "explain", "explain <rule>", Anyone, true, "says what a rule wants";
    Rerun, "rerun", "rerun", WriterOrAuthor, true, "judges the newest commit again";
    Override, "override", "override <rule> <reason>", WriterNotAuthor, true, "lets what a rule finds here pass, with your name and reason";
    Fix, "fix", "fix [rule]", Writer, true, "commits what the rules can mend";
    Merge, "merge", "merge [sha]", Writer, false, "merges once everything that is required is there";
    Cancel, "cancel", "cancel", Writer, false, "takes a merge back that still waits";
    Preview, "preview", "preview", Writer, true, "tries the changed rules of an author without write permission on this pull request";
}

impl Verb {
    /// The verb of this name, whatever its case.
    pub fn parse(word: &str) -> Option<Verb> {
        Verb::ALL.iter().copied().find(|verb| verb.name().eq_ignore_ascii_case(word))
    }
}
