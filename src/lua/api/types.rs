//! The record types of the API, in one list: definitions for editors and the page's table of types are made from it,
//! and records that rules read answer wrong names by it.

/// A field of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: &'static str,
    /// Its type in Luau's notation; `T?` may be nil.
    pub(super) signature: &'static str,
    /// One phrase.
    pub(super) doc: &'static str,
}

/// A record type.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordType {
    /// Its name in definitions and messages.
    pub(super) name: &'static str,
    /// One sentence.
    pub(super) doc: &'static str,
    /// Its fields.
    pub(super) fields: &'static [Field],
}

const fn f(name: &'static str, signature: &'static str, doc: &'static str) -> Field {
    Field { name, signature, doc }
}

/// All of them. Tables of options (`At`, `RuleOptions`, `Settings`) come from the lists that check them.
pub(super) const RECORDS: &[RecordType] = &[
    RecordType {
        name: "Matches",
        doc: "Changed files that match some patterns.",
        fields: &[
            f("modified", "{ string }", "files whose content or mode changed"),
            f("created", "{ string }", "new files"),
            f("deleted", "{ string }", "files that are gone"),
            f("edited", "{ string }", "modified or created"),
            f("any", "{ string }", "all of them"),
        ],
    },
    RecordType {
        name: "Line",
        doc: "An added or removed line.",
        fields: &[
            f("file", "string", "the path on the line's side"),
            f("number", "number", "the line's number on its side, from 1"),
            f("text", "string", "without the line end"),
        ],
    },
    RecordType { name: "Diff", doc: "A file's diff.", fields: &[f("hunks", "{ Hunk }", "in the order of the file")] },
    RecordType {
        name: "Hunk",
        doc: "A run of lines in a diff.",
        fields: &[
            f("old_start", "number", "first line on the old side"),
            f("old_lines", "number", "lines on the old side"),
            f("new_start", "number", "first line on the new side"),
            f("new_lines", "number", "lines on the new side"),
            f("lines", "{ HunkLine }", "with three lines of context"),
        ],
    },
    RecordType {
        name: "HunkLine",
        doc: "A line of a hunk.",
        fields: &[
            f("kind", "\"added\" | \"removed\" | \"context\"", "which side has it"),
            f("old", "number?", "number on the old side"),
            f("new", "number?", "number on the new side"),
            f("text", "string", "without sign and line end"),
        ],
    },
    RecordType {
        name: "FileDiff",
        doc: "Both texts of a changed file.",
        fields: &[
            f("before", "string", "the whole old text, empty for a new file"),
            f("after", "string", "the whole new text, empty for a deleted file"),
            f("diff", "string", "the hunks as text"),
            f("added", "string", "the added lines"),
            f("removed", "string", "the removed lines"),
        ],
    },
    RecordType {
        name: "JsonChange",
        doc: "What changed under a key of a JSON file; changed members of an object stand in it under their own keys.",
        fields: &[
            f("before", "any", "the old value"),
            f("after", "any", "the new value"),
            f("added", "{ any }?", "keys of an object, or items of a list, that are new"),
            f("removed", "{ any }?", "keys of an object, or items of a list, that are gone"),
            f("[string]", "any", "what changed below it, by key"),
        ],
    },
    RecordType {
        name: "Renamed",
        doc: "A file that moved.",
        fields: &[f("before", "string", "the old path"), f("after", "string", "the new path")],
    },
    RecordType {
        name: "Commit",
        doc: "A commit as git has it.",
        fields: &[
            f("sha", "string", "full id"),
            f("message", "string", "the whole message"),
            f("author", "CommitAuthor", "who wrote it"),
            f("parents", "{ string }", "ids of its parents"),
        ],
    },
    RecordType {
        name: "CommitAuthor",
        doc: "The author that a commit names.",
        fields: &[
            f("name", "string", "name"),
            f("email", "string", "mail address"),
            f("date", "string", "when it was written, RFC 3339"),
        ],
    },
    RecordType {
        name: "GitHubCommit",
        doc: "A commit as GitHub has it.",
        fields: &[
            f("sha", "string", "full id"),
            f("commit", "CommitText", "what git has of it"),
            f("author", "Account?", "the account that wrote it, when GitHub knows one"),
            f("parents", "{ CommitParent }", "its parents"),
        ],
    },
    RecordType {
        name: "CommitText",
        doc: "What git has of a commit.",
        fields: &[f("message", "string", "the whole message"), f("author", "CommitAuthor", "who wrote it")],
    },
    RecordType { name: "CommitParent", doc: "A parent of a commit.", fields: &[f("sha", "string", "full id")] },
    RecordType { name: "Account", doc: "A GitHub account.", fields: &[f("login", "string", "its name")] },
    RecordType {
        name: "PullRequest",
        doc: "The pull request.",
        fields: &[
            f("number", "number", "its number, 0 in `deckhand local`"),
            f("title", "string", "title"),
            f("body", "string", "description, empty when there is none"),
            f("draft", "boolean", "whether it is a draft"),
            f("state", "\"open\" | \"closed\"", "open or closed"),
            f("merged", "boolean", "whether it was merged"),
            f("user", "User", "its author"),
            f("author_association", "string", "such as `MEMBER` or `FIRST_TIME_CONTRIBUTOR`"),
            f("labels", "{ Label }", "its labels"),
            f("milestone", "Milestone?", "its milestone"),
            f("base", "Ref", "where it goes"),
            f("head", "Ref", "where it comes from"),
            f("html_url", "string", "its page"),
            f("created_at", "string", "RFC 3339"),
            f("updated_at", "string", "RFC 3339"),
        ],
    },
    RecordType {
        name: "User",
        doc: "An author.",
        fields: &[f("login", "string", "name of the account"), f("type", "string", "`User` or `Bot`")],
    },
    RecordType { name: "Label", doc: "A label.", fields: &[f("name", "string", "its name")] },
    RecordType { name: "Milestone", doc: "A milestone.", fields: &[f("title", "string", "its title")] },
    RecordType {
        name: "Ref",
        doc: "A branch of a repository.",
        fields: &[
            f("ref", "string", "name of the branch"),
            f("sha", "string", "full commit id"),
            f("repo", "Repository?", "nil when it was deleted, and in `deckhand local`"),
        ],
    },
    RecordType { name: "Repository", doc: "A repository.", fields: &[f("full_name", "string", "`owner/name`")] },
];

/// The record type of that name.
pub(super) fn find_record(name: &str) -> Option<&'static RecordType> {
    RECORDS.iter().find(|record| record.name == name)
}

/// The record in a type such as `User`, `User?`, `{ User }` or `{ User }?`.
pub(super) fn record_in(signature: &str) -> Option<&'static RecordType> {
    find_record(signature.trim_matches(|c: char| matches!(c, '{' | '}' | '?' | ' ')))
}
