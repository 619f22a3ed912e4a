//! Everything that a dangerfile can name, in one list: wrong names are answered from it, pages are made from it,
//! and a test compares it with what a machine really has.

use super::super::danger_names::find_danger_name;
use super::super::words::nearest;

/// Whether a name works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiState {
    /// It works.
    Built,
    /// It is named in the contract and a load error for now.
    Later,
}

/// One name of the API.
#[derive(Clone, Copy, Debug)]
pub struct ApiItem {
    /// The namespace: empty for globals, `danger`, `danger.git`, `danger.github`.
    pub namespace: &'static str,
    /// The name in it.
    pub name: &'static str,
    /// Its type in Luau's notation.
    pub signature: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Whether it works.
    pub state: ApiState,
}

const fn built(namespace: &'static str, name: &'static str, signature: &'static str, doc: &'static str) -> ApiItem {
    ApiItem { namespace, name, signature, doc, state: ApiState::Built }
}

const fn later(namespace: &'static str, name: &'static str, doc: &'static str) -> ApiItem {
    ApiItem { namespace, name, signature: "", doc, state: ApiState::Later }
}

/// The whole API, by namespace.
pub const API: &[ApiItem] = &[
    built("", "message", "(text: string, at: At?) -> ()", "Reports something worth knowing."),
    built("", "warn", "(text: string, at: At?) -> ()", "Reports something worth mending; never blocks."),
    built("", "fail", "(text: string, at: At?) -> ()", "Reports a problem; blocks when the rule is blocking."),
    built("", "markdown", "(text: string, at: At?) -> ()", "Adds Markdown to the summary comment."),
    built(
        "",
        "rule",
        "((name: string, options: RuleOptions?, body: () -> ()) -> ()) & ((name: string, body: () -> ()) -> ())",
        "Registers a rule of your own.",
    ),
    built("", "use", "(name: BuiltinRule, options: { [string]: any }?) -> ()", "Switches a built-in rule on."),
    built("", "settings", "(options: Settings) -> ()", "Sets how the check and the comments behave."),
    built("", "require", "(path: string) -> any", "Loads a Lua file of the same repository and commit."),
    built("", "print", "(...any) -> ()", "Writes a line to the run's log."),
    later("", "on", "Handles an event."),
    built("", "robot", "Robot", "Asks the robot to do something; its functions are listed below."),
    built("danger", "git", "Git", "What the commits change."),
    built("danger", "github", "GitHub", "What GitHub knows of the pull request."),
    built("danger", "utils", "Utils", "Helpers for texts."),
    built("danger", "coverage", "Coverage", "What the tests ran of the lines that the pull request adds."),
    built(
        "danger",
        "migrations",
        "{ Migration }",
        "The migrations that are new or changed, and what is unsafe in them.",
    ),
    built("danger", "lint", "Lint", "What linters' reports say of the repository, and how near to the diff."),
    built("danger", "changelog", "Changelog", "What the change adds to the changelog, and what it leaves unsaid."),
    later("danger", "event", "The event that a handler was called for."),
    built(
        "danger.git",
        "modified_files",
        "{ string }",
        "Files that are neither new nor gone: whose content, mode or name changed.",
    ),
    built("danger.git", "created_files", "{ string }", "New files, copies included."),
    built("danger.git", "deleted_files", "{ string }", "Files that are gone."),
    built("danger.git", "renamed_files", "{ Renamed }", "Files that moved."),
    built("danger.git", "changed_files", "{ string }", "All of them; a renamed file under its new path."),
    built("danger.git", "insertions", "number", "Added lines."),
    built("danger.git", "deletions", "number", "Removed lines."),
    built("danger.git", "lines_of_code", "number", "Added and removed lines."),
    built("danger.git", "commits", "{ Commit }", "The commits from the merge base to the head, oldest first."),
    built("danger.git", "base", "string", "The merge base's full commit id."),
    built("danger.git", "head", "string", "The head's full commit id."),
    built("danger.git", "match", "(...(string | { string })) -> Matches", "Changed files that match the patterns."),
    built(
        "danger.git",
        "diff_for_file",
        "(path: string) -> FileDiff?",
        "Both texts of a file and its diff; nil for a file that did not change or is no text.",
    ),
    built(
        "danger.git",
        "structured_diff_for_file",
        "(path: string) -> Diff?",
        "A file's diff as hunks and lines, none where only its name or mode changed; nil for a file that did not change or is binary.",
    ),
    built(
        "danger.git",
        "added_lines",
        "(glob: (string | { string })?) -> { Line }",
        "Added lines of the files that match.",
    ),
    built(
        "danger.git",
        "removed_lines",
        "(glob: (string | { string })?) -> { Line }",
        "Removed lines of the files that match.",
    ),
    built("danger.git", "file", "(path: string, side: (\"base\" | \"head\")?) -> string?", "A file's whole text."),
    built(
        "danger.git",
        "file_size",
        "(path: string, side: (\"base\" | \"head\")?) -> number?",
        "A file's size in bytes; nil when there is no such file.",
    ),
    built(
        "danger.git",
        "json_diff_for_file",
        "(path: string) -> { [string]: JsonChange }",
        "What changed in a JSON file, by key; empty when nothing did.",
    ),
    built("danger.github", "pr", "PullRequest", "The pull request."),
    built("danger.github", "commits", "{ GitHubCommit }", "Its commits in GitHub's shape."),
    built("danger.github", "utils", "GitHubUtils", "Helpers for files on GitHub."),
    built("danger.github", "issue", "Issue", "The pull request as an issue."),
    built("danger.github", "reviews", "{ Review }", "Submitted reviews, oldest first, without the robot's own."),
    built("danger.github", "requested_reviewers", "RequestedReviewers", "Who was asked to review and has not yet."),
    built("danger.github", "statuses", "{ Status }", "The newest commit status of each context on the head."),
    built("danger.github", "check_runs", "{ CheckRun }", "The newest check runs on the head, without the robot's own."),
    built(
        "danger.github",
        "code_owners",
        "(path: string) -> { string }",
        "Who owns a path by the base branch's CODEOWNERS: `@user`, `@org/team` or a mail address.",
    ),
    built("danger.github", "this_pr", "ThisPullRequest", "Owner, repository and number."),
    built(
        "danger.github.utils",
        "file_links",
        "(paths: { string }, use_basename: boolean?, repo_slug: string?, branch: string?) -> string",
        "Links to files of the head, as a sentence; their names only, unless `use_basename` is false.",
    ),
    built(
        "danger.github.utils",
        "file_contents",
        "(path: string, repo_slug: string?, ref: string?) -> string",
        "A file's text at the head, or at the base when `ref` names it; empty when there is no such file.",
    ),
    built("danger.utils", "href", "(href: string?, text: string?) -> string?", "A link."),
    built("danger.utils", "sentence", "(words: { string }) -> string", "`a, b and c`."),
];

/// The namespace whose names are the functions of [`ROBOT_CALLS`](super::robot_table::ROBOT).
pub(super) const ROBOT: &str = "robot";

/// The names of a namespace, built or not.
pub(in super::super) fn names_in(namespace: &str) -> impl Iterator<Item = &'static str> {
    let robot = if namespace == ROBOT { super::robot_table::ROBOT } else { &[] };
    let items = API.iter().filter(move |item| item.namespace == namespace);
    items.map(|item| item.name).chain(robot.iter().map(|call| call.name))
}

/// The type of `danger.github.<name>` and the like; empty for an unknown name, and for one that only the robot's table has.
pub(in super::super) fn signature_of(namespace: &str, name: &str) -> &'static str {
    let item = API.iter().find(|item| item.namespace == namespace && item.name == name);
    item.map_or("", |item| item.signature)
}

/// What to say after "has no `name`": Danger's name for it, the nearest right one, or nothing.
pub(in super::super) fn hint(namespace: &str, name: &str) -> String {
    hint_among(namespace, name, &[])
}

/// As [`hint`], with more names to choose from.
pub(in super::super) fn hint_among(namespace: &str, name: &str, more: &[&'static str]) -> String {
    if let Some(advice) = find_danger_name(namespace, name) {
        return format!("; {advice}");
    }
    let is_later = |near: &str| {
        API.iter().any(|item| (item.namespace, item.name, item.state) == (namespace, near, ApiState::Later))
    };
    match nearest(name, names_in(namespace).chain(more.iter().copied())) {
        Some(near) if is_later(near) => format!("; `{near}` is not built yet in this version"),
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    }
}
