//! The record types of the API, in one list: definitions for editors and the page's table of types are made from it,
//! and records that rules read answer wrong names by it.

/// A field of a record.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Field {
    /// Its name.
    pub(in super::super) name: &'static str,
    /// Its type in Luau's notation; `T?` may be nil.
    pub(in super::super) signature: &'static str,
    /// One phrase.
    pub(in super::super) doc: &'static str,
}

/// A record type.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct RecordType {
    /// Its name in definitions and messages.
    pub(in super::super) name: &'static str,
    /// One sentence.
    pub(in super::super) doc: &'static str,
    /// Its fields.
    pub(in super::super) fields: &'static [Field],
}

const fn f(name: &'static str, signature: &'static str, doc: &'static str) -> Field {
    Field { name, signature, doc }
}

/// What GitHub says that somebody is to a repository.
const ASSOCIATIONS: &str = "\"OWNER\" | \"MEMBER\" | \"COLLABORATOR\" | \"CONTRIBUTOR\" | \"FIRST_TIME_CONTRIBUTOR\" | \"FIRST_TIMER\" | \"MANNEQUIN\" | \"NONE\"";

/// All of them. Tables of options (`At`, `RuleOptions`, `Settings`) come from the lists that check them.
pub(super) const RECORDS: &[RecordType] = &[
    RecordType {
        name: "Matches",
        doc: "Changed files that match some patterns.",
        fields: &[
            f("modified", "{ string }", "files whose content, mode or name changed"),
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
            f("text", "string", "without its line feed; a carriage return before it stays"),
        ],
    },
    RecordType {
        name: "Coverage",
        doc: "What the tests ran of the added lines that the reports know.",
        fields: &[
            f(
                "state",
                "\"measured\" | \"no_report\" | \"empty\" | \"nothing_matched\" | \"ambiguous\" | \"nothing_added\" | \"nothing_measured\"",
                "only `measured` has numbers",
            ),
            f("reason", "string?", "why there are no numbers"),
            f("total", "CoveredShare", "over all files"),
            f("files", "{ CoveredFile }", "files with added lines that a report knows or should know, by path"),
            f("notes", "{ string }", "what belongs to the numbers: ambiguous paths, unknown files, old reports"),
            f("reports", "{ string }", "the names of the reports that were read"),
            f("project", "CoveredProject?", "the whole project, on a server that has reports of the base too"),
        ],
    },
    RecordType {
        name: "CoveredProject",
        doc: "The coverage of the whole project, at the base and at the head.",
        fields: &[
            f("commit", "string", "the base's commit"),
            f("base", "CoveredShare", "all lines that its reports know"),
            f("head", "CoveredShare", "the same at the head"),
            f("lost", "{ LostCoverage }", "lines outside of the diff that ran at the base and do not run at the head"),
        ],
    },
    RecordType {
        name: "LostCoverage",
        doc: "Lines of a file that nothing runs any more.",
        fields: &[f("path", "string", "the file at the head"), f("lines", "{ number }", "their numbers at the head")],
    },
    RecordType {
        name: "Lint",
        doc: "What linters' reports say.",
        fields: &[
            f("results", "{ LintResult }", "results in files of the repository, by path and line"),
            f(
                "notes",
                "{ string }",
                "what belongs to them: linters that failed, entries that could not be read, paths that are no file here",
            ),
            f("reports", "{ string }", "the names of the reports that were read"),
        ],
    },
    RecordType {
        name: "LintResult",
        doc: "One result of a linter.",
        fields: &[
            f("file", "string", "the file"),
            f("line", "number?", "the first line; nil speaks of the whole file"),
            f("end_line", "number?", "the last line"),
            f("column", "number?", "the first column, as the linter counts"),
            f("tool", "string", "the linter, as in `ruff`; empty when the report does not tell"),
            f("rule", "string", "the linter's rule, as in `F401`; empty when there is none"),
            f("url", "string?", "a page about the rule"),
            f("severity", "\"error\" | \"warning\" | \"info\"", "how serious the linter finds it"),
            f("message", "string", "what it says"),
            f(
                "reach",
                "\"added\" | \"context\" | \"file\" | \"all\"",
                "where it is: on an added line, on a line that the diff shows, in a changed file, or elsewhere",
            ),
            f("has_fix", "boolean", "whether the linter says how to mend it"),
        ],
    },
    RecordType {
        name: "CoveredShare",
        doc: "So many of so many lines.",
        fields: &[
            f("covered", "number", "lines that ran"),
            f("lines", "number", "lines that the reports know"),
            f("percent", "number?", "nil when there are none"),
            f("text", "string", "the percentage for people, cut to one decimal and never rounded up"),
        ],
    },
    RecordType {
        name: "CoveredFile",
        doc: "The coverage of one file's added lines.",
        fields: &[
            f("path", "string", "the file"),
            f("added", "number", "all lines that are added to it"),
            f("covered", "number", "added lines that ran"),
            f("lines", "number", "added lines that the reports know"),
            f("percent", "number?", "nil when there are none"),
            f("text", "string", "the percentage for people"),
            f("covered_lines", "{ number }", "the lines that ran"),
            f("missing_lines", "{ number }", "the lines that did not run"),
            f("partial_lines", "{ number }", "the lines that ran while one of their branches did not"),
            f(
                "missing_ranges",
                "{ MissingRange }",
                "the missing lines by range; added lines that are no code may lie between",
            ),
            f("unknown", "boolean", "no report knows the file, although reports know others in its language"),
            f("doubtful", "boolean", "a path in a report could be this file or another one, so that it does not count"),
            f("stale", "boolean", "the report was made of another version of the file"),
        ],
    },
    RecordType {
        name: "MissingRange",
        doc: "Added lines in a row that did not run.",
        fields: &[
            f("first", "number", "the first line"),
            f("last", "number", "the last line"),
            f("count", "number", "how many of them are code"),
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
        name: "Changelog",
        doc: "What a change adds to the changelog, and what it leaves unsaid.",
        fields: &[
            f("style", "string", "keep_a_changelog, intridea, headings, generated, fragments, changesets, or none"),
            f("files", "{ string }", "the changelogs, fragments and changesets that it adds to"),
            f("entries", "{ ChangelogEntry }", "the entries that it adds"),
            f("problems", "{ ChangelogProblem }", "what is wrong with what it adds"),
            f("missing", "{ ChangelogMissing }", "what users can notice and no entry tells"),
            f("release", "boolean", "whether it makes a release: what was pending becomes a version"),
            f("breaking", "boolean", "whether title or description say that users are broken"),
            f("internal", "boolean", "whether the title speaks of typos, lints, types, polish or refactoring"),
        ],
    },
    RecordType {
        name: "ChangelogEntry",
        doc: "An entry that a change adds to a changelog.",
        fields: &[
            f("file", "string", "its file"),
            f("line", "number", "its first line, from 1"),
            f("text", "string", "its text in one line, without the mark of the list"),
            f("release", "string?", "the heading of its release"),
            f("section", "string?", "its section, such as Added"),
            f("released", "boolean", "whether that release is out"),
            f("numbers", "{ number }", "the issues and pull requests that it names"),
        ],
    },
    RecordType {
        name: "ChangelogProblem",
        doc: "Something wrong with what a change adds to a changelog.",
        fields: &[
            f("file", "string", "its file"),
            f("line", "number", "first line, from 1"),
            f("end_line", "number", "last line"),
            f("kind", "string", "the kind, such as released or same-entry"),
            f("grave", "boolean", "whether readers are told something wrong, and not only in an unusual form"),
            f("message", "string", "what is wrong and what to do"),
            f("suggestion", "string?", "new text for the lines"),
            f("fix", "string?", "new text for the whole file"),
        ],
    },
    RecordType {
        name: "ChangelogMissing",
        doc: "A change that users can notice and no entry tells.",
        fields: &[
            f("file", "string", "the first file that users can notice"),
            f("more", "number", "how many more there are"),
            f("changelog", "string?", "the changelog that should tell it"),
            f("draft", "ChangelogDraft?", "an entry that could"),
        ],
    },
    RecordType {
        name: "ChangelogDraft",
        doc: "An entry in the manner of the changelog's others.",
        fields: &[
            f("file", "string", "the file that it goes into"),
            f("under", "string?", "the release and section that it goes under"),
            f("entry", "string", "the entry"),
            f("line", "number?", "a line of the diff after which it could go"),
            f("suggestion", "string?", "that line with the entry behind it"),
            f("text", "string", "the whole new text of the file"),
        ],
    },
    RecordType {
        name: "Migration",
        doc: "A migration that is new or changed.",
        fields: &[
            f("file", "string", "its path"),
            f("framework", "string", "the tool that runs it: sql, flyway, django, rails, ..."),
            f("merged", "boolean", "whether the base has it already"),
            f("rewritten", "boolean", "whether a merged one now does something else, or was moved"),
            f("edited_line", "number?", "the first line that was added to a merged one"),
            f("parents", "{ string }", "the migrations that it names as the ones before it"),
            f("changes", "{ SchemaChange }", "columns and tables that come and go"),
            f("findings", "{ MigrationFinding }", "what is unsafe or a matter of style, on added lines"),
        ],
    },
    RecordType {
        name: "MigrationFinding",
        doc: "Something unsafe in a migration.",
        fields: &[
            f("line", "number", "first line, from 1"),
            f("end_line", "number", "last line"),
            f("rule", "string", "the kind of danger, such as drop-column"),
            f("level", "\"unsafe\" | \"style\"", "how grave"),
            f("message", "string", "what happens, which lock, who waits"),
            f("help", "string?", "the way that blocks nobody"),
            f("suggestion", "string?", "new text for the lines"),
        ],
    },
    RecordType {
        name: "SchemaChange",
        doc: "A column or table that comes or goes.",
        fields: &[
            f("line", "number", "where, from 1"),
            f(
                "kind",
                "\"drop_column\" | \"rename_column\" | \"add_column\" | \"drop_table\" | \"rename_table\" | \"create_table\"",
                "what",
            ),
            f("table", "string", "the table"),
            f("column", "string?", "the column, for changes of one"),
            f("model", "string?", "the class that a Django migration names, when something goes away"),
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
            f("committer", "CommitAuthor?", "who put it there"),
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
            f("committer", "Account?", "the account that put it there, when GitHub knows one"),
            f("parents", "{ CommitParent }", "its parents"),
        ],
    },
    RecordType {
        name: "CommitText",
        doc: "What git has of a commit.",
        fields: &[
            f("message", "string", "the whole message"),
            f("author", "CommitAuthor", "who wrote it"),
            f("committer", "CommitAuthor?", "who put it there"),
            f("verification", "Verification?", "what GitHub says of its signature; nil in `deckhand local`"),
        ],
    },
    RecordType {
        name: "Verification",
        doc: "What GitHub says of a commit's signature.",
        fields: &[
            f("verified", "boolean", "whether it is the committer's"),
            f("reason", "string", "why, in GitHub's word: `valid`, `unsigned`, `unknown_key`, ..."),
        ],
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
            f("locked", "boolean", "whether its conversation is locked"),
            f("merged", "boolean", "whether it was merged"),
            f("user", "User", "its author"),
            f("author_association", ASSOCIATIONS, "what its author is to the repository"),
            f("assignee", "User?", "the first of its assignees"),
            f("assignees", "{ User }", "who it is assigned to"),
            f("labels", "{ Label }", "its labels"),
            f("milestone", "Milestone?", "its milestone"),
            f("base", "Ref", "where it goes"),
            f("head", "Ref", "where it comes from"),
            f("additions", "number", "added lines"),
            f("deletions", "number", "removed lines"),
            f("changed_files", "number", "changed files"),
            f("commits", "number", "how many commits it has"),
            f("maintainer_can_modify", "boolean", "whether maintainers may push to a fork's branch"),
            f(
                "mergeable",
                "boolean",
                "whether it merges without a conflict; a rule waits until GitHub has computed it",
            ),
            f("html_url", "string", "its page"),
            f("created_at", "string", "RFC 3339"),
            f("updated_at", "string", "RFC 3339"),
        ],
    },
    RecordType {
        name: "Issue",
        doc: "The pull request as an issue.",
        fields: &[
            f("number", "number", "its number"),
            f("title", "string", "title"),
            f("body", "string", "description, empty when there is none"),
            f("state", "\"open\" | \"closed\"", "open or closed"),
            f("locked", "boolean", "whether its conversation is locked"),
            f("user", "User", "its author"),
            f("author_association", ASSOCIATIONS, "what its author is to the repository"),
            f("assignee", "User?", "the first of its assignees"),
            f("assignees", "{ User }", "who it is assigned to"),
            f("labels", "{ Label }", "its labels"),
            f("milestone", "Milestone?", "its milestone"),
            f("html_url", "string", "its page"),
            f("created_at", "string", "RFC 3339"),
            f("updated_at", "string", "RFC 3339"),
        ],
    },
    RecordType {
        name: "Review",
        doc: "A submitted review.",
        fields: &[
            f("id", "number", "its id"),
            f("user", "User", "who wrote it"),
            f("author_association", ASSOCIATIONS, "what its author is to the repository"),
            f("state", "\"APPROVED\" | \"CHANGES_REQUESTED\" | \"COMMENTED\" | \"DISMISSED\"", "what it says"),
            f("body", "string", "its text, empty when there is none"),
            f("commit_id", "string?", "the head that it was about"),
            f("submitted_at", "string", "RFC 3339"),
            f("html_url", "string", "its page"),
        ],
    },
    RecordType {
        name: "RequestedReviewers",
        doc: "Who was asked to review and has not yet.",
        fields: &[f("users", "{ User }", "people"), f("teams", "{ Team }", "teams")],
    },
    RecordType {
        name: "Team",
        doc: "A team of an organisation.",
        fields: &[f("name", "string", "its name"), f("slug", "string", "its name in addresses")],
    },
    RecordType {
        name: "Status",
        doc: "A commit status.",
        fields: &[
            f("context", "string", "its name"),
            f("state", "\"error\" | \"failure\" | \"pending\" | \"success\"", "what it says"),
            f("description", "string", "a phrase, empty when there is none"),
            f("target_url", "string?", "where to read on"),
            f("created_at", "string", "RFC 3339"),
            f("updated_at", "string", "RFC 3339"),
        ],
    },
    RecordType {
        name: "CheckRun",
        doc: "A check run of another app.",
        fields: &[
            f("id", "number", "its id"),
            f("name", "string", "its name"),
            f(
                "status",
                "\"queued\" | \"in_progress\" | \"completed\" | \"waiting\" | \"requested\" | \"pending\"",
                "how far it is",
            ),
            f(
                "conclusion",
                "(\"success\" | \"failure\" | \"neutral\" | \"cancelled\" | \"skipped\" | \"timed_out\" | \"action_required\" | \"stale\" | \"startup_failure\")?",
                "its result, nil until it is completed",
            ),
            f("app", "App", "who wrote it"),
            f("output", "CheckOutput", "what it says"),
            f("details_url", "string?", "where to read on"),
            f("html_url", "string?", "its page"),
            f("started_at", "string?", "RFC 3339"),
            f("completed_at", "string?", "RFC 3339"),
        ],
    },
    RecordType { name: "App", doc: "A GitHub App.", fields: &[f("slug", "string", "its name in addresses")] },
    RecordType {
        name: "CheckOutput",
        doc: "What a check run says.",
        fields: &[f("title", "string", "its title, empty when there is none")],
    },
    RecordType {
        name: "ThisPullRequest",
        doc: "Owner, repository and number, as calls of GitHub's API take them.",
        fields: &[
            f("owner", "string", "the account"),
            f("repo", "string", "the repository's name"),
            f("number", "number", "its number"),
            f("pull_number", "number", "the same"),
        ],
    },
    RecordType {
        name: "User",
        doc: "An account.",
        fields: &[f("login", "string", "its name"), f("type", "string", "`User` or `Bot`")],
    },
    RecordType {
        name: "Label",
        doc: "A label.",
        fields: &[
            f("name", "string", "its name"),
            f("color", "string", "six hexadecimal digits"),
            f("description", "string", "its description, empty when there is none"),
        ],
    },
    RecordType {
        name: "Milestone",
        doc: "A milestone.",
        fields: &[
            f("number", "number", "its number"),
            f("title", "string", "its title"),
            f("description", "string", "its description, empty when there is none"),
            f("state", "\"open\" | \"closed\"", "open or closed"),
            f("due_on", "string?", "RFC 3339"),
        ],
    },
    RecordType {
        name: "Ref",
        doc: "A branch of a repository.",
        fields: &[
            f("ref", "string", "name of the branch"),
            f("sha", "string", "full commit id"),
            f("label", "string?", "`owner:branch`"),
            f("user", "Account?", "the owner of the repository"),
            f("repo", "Repository?", "nil when it was deleted"),
        ],
    },
    RecordType {
        name: "Repository",
        doc: "A repository.",
        fields: &[
            f("full_name", "string", "`owner/name`"),
            f("name", "string", "its name"),
            f("owner", "Account", "its owner"),
            f("fork", "boolean", "whether it is a fork"),
        ],
    },
];

/// What records go by, best first: labels by their name, accounts by their login.
const KEYS: [&str; 10] = ["name", "login", "title", "context", "path", "file", "text", "message", "after", "state"];

impl RecordType {
    /// The field that tells one of them from another.
    pub(in super::super) fn key(&self) -> Option<&'static str> {
        let has = |key: &str| self.fields.iter().any(|field| field.name == key);
        KEYS.into_iter().find(|key| has(key)).or_else(|| self.fields.first().map(|field| field.name))
    }
}

/// The record type of that name.
pub(in super::super) fn find_record(name: &str) -> Option<&'static RecordType> {
    RECORDS.iter().find(|record| record.name == name)
}

/// The record in a type such as `User`, `User?`, `{ User }` or `{ User }?`.
pub(super) fn record_in(signature: &str) -> Option<&'static RecordType> {
    find_record(signature.trim_matches(|c: char| matches!(c, '{' | '}' | '?' | ' ')))
}
