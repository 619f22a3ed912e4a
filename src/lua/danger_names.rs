//! What Danger, JavaScript and Ruby call otherwise: the names that people bring along, and what to write here.
//! Names that differ only in how their words are joined (`thisPR`, `modifiedFiles`) need no entry.

use super::plugins::find_plugin;

/// Namespace or type of a record, Danger's name in it, and what to do. Sorted by both.
#[rustfmt::skip]
const NAMES: &[(&str, &str, &str)] = &[
    ("", "Array", "lists are tables: `for _, item in list do`, `#list`, `table.find(list, value)`"),
    ("", "Danger", "write `danger`"),
    ("", "Date", "write `os.date` or `os.time`, the start of the run"),
    ("", "Dir", "rules have no file system; changed files are under `danger.git`"),
    ("", "ENV", "rules have no environment; what they may read is under `danger`"),
    ("", "False", "write `false`"),
    ("", "File", "read files with `danger.git.file(path)`"),
    ("", "JSON", "read JSON files with `danger.git.json_diff_for_file`"),
    ("", "Map", "write a table: `map[key] = value`"),
    ("", "Math", "write `math`"),
    ("", "None", "write `nil`"),
    ("", "Number", "write `tonumber(text)`"),
    ("", "Object", "walk a table with `for key, value in pairs(object) do`"),
    ("", "Promise", "nothing waits here: call the functions one after another"),
    ("", "RegExp", "write a pattern of Lua's: `string.find(text, \"^WIP\")`"),
    ("", "Set", "write a table: `set[value] = true`"),
    ("", "String", "write `tostring(value)`"),
    ("", "True", "write `true`"),
    ("", "YAML", "read the text with `danger.git.file(path)` and look for its lines"),
    ("", "added_files", "write `danger.git.created_files`"),
    ("", "await", "drop `await`: nothing waits here"),
    ("", "branch_for_base", "write `danger.github.pr.base.ref`"),
    ("", "branch_for_head", "write `danger.github.pr.head.ref`"),
    ("", "catch", "write `local ok, result = pcall(function() ... end)`"),
    ("", "console", "write `print`"),
    ("", "created_files", "write `danger.git.created_files`"),
    ("", "deleted_files", "write `danger.git.deleted_files`"),
    ("", "exec", "rules start no programs; what they may read is under `danger`"),
    ("", "failure", "write `fail`"),
    ("", "fetch", "rules have no network; what they may read is under `danger`"),
    ("", "files_added", "write `danger.git.created_files`"),
    ("", "files_deleted", "write `danger.git.deleted_files`"),
    ("", "files_modified", MODIFIED_FILES),
    ("", "fs", "read files with `danger.git.file(path)`"),
    ("", "git", "write `danger.git`; Ruby's `git.modified_files`, which has new and deleted files too, is `danger.git.changed_files`"),
    ("", "github", "write `danger.github`"),
    ("", "import", "everything is there without `import`; delete the line"),
    ("", "import_dangerfile", "write `require(\"./rules/x\")` for a file of this repository"),
    ("", "import_plugin", "write `require(\"./rules/x\")` for a file of this repository"),
    ("", "includes", "write `table.find(list, value)`"),
    ("", "io", "read files with `danger.git.file(path)`"),
    ("", "jira", "plugins of Danger are not there; `deckhand rules` lists what is built in"),
    ("", "len", "write `#list`"),
    ("", "lines_of_code", "write `danger.git.lines_of_code`"),
    ("", "modified_files", MODIFIED_FILES),
    ("", "new", "there are no classes: a table is written `{ ... }`"),
    ("", "null", "write `nil`"),
    ("", "parseFloat", "write `tonumber(text)`"),
    ("", "parseInt", "write `tonumber(text)`"),
    ("", "peril", "write `robot`"),
    ("", "pr", "write `danger.github.pr`"),
    ("", "pr_author", "write `danger.github.pr.user.login`"),
    ("", "pr_body", "write `danger.github.pr.body`"),
    ("", "pr_json", "write `danger.github.pr`"),
    ("", "pr_labels", "write `danger.github.pr.labels`"),
    ("", "pr_title", "write `danger.github.pr.title`"),
    ("", "process", "rules have no environment; what they may read is under `danger`"),
    ("", "puts", "write `print`"),
    ("", "raise", "write `error(\"text\")`"),
    ("", "results", "findings cannot be read back; keep a variable of your own"),
    ("", "schedule", "call the function itself: nothing waits here"),
    ("", "spawn", "rules start no programs; what they may read is under `danger`"),
    ("", "status_report", "findings cannot be read back; keep a variable of your own"),
    ("", "switch", "write `if ... elseif ... else ... end`"),
    ("", "throw", "write `error(\"text\")`"),
    ("", "try", "write `local ok, result = pcall(function() ... end)`"),
    ("", "undefined", "write `nil`"),
    ("", "violation_report", "findings cannot be read back; keep a variable of your own"),
    ("CheckRun", "context", "write `name`"),
    ("CheckRun", "result", "its result is `conclusion`"),
    ("CheckRun", "state", "its result is `conclusion`, and how far it is `status`"),
    ("Commit", "commit", "that is GitHub's shape, in `danger.github.commits`; here write `message` and `author`"),
    ("Diff", "chunks", "write `hunks`"),
    ("Diff", "patch", "its lines are in `hunks`, and `danger.git.diff_for_file(path).diff` is their text"),
    ("GitHubCommit", "message", "write `commit.message`"),
    ("Hunk", "changes", "write `lines`"),
    ("HunkLine", "add", "write `kind == \"added\"`"),
    ("HunkLine", "content", "write `text`"),
    ("HunkLine", "del", "write `kind == \"removed\"`"),
    ("HunkLine", "line", "its number is `new` on the new side, and `old` on the old side"),
    ("HunkLine", "ln", "its number is `new` on the new side, and `old` on the old side"),
    ("HunkLine", "number", "its number is `new` on the new side, and `old` on the old side"),
    ("HunkLine", "status", "write `kind`, which is `added`, `removed` or `context`"),
    ("HunkLine", "type", "write `kind`, which is `added`, `removed` or `context`"),
    ("PullRequest", "author", "write `user.login`"),
    ("PullRequest", "files", "write `danger.git.changed_files`"),
    ("PullRequest", "mergeable_state", "write `mergeable`, which is true or false, or `draft`"),
    ("PullRequest", "reviews", "write `danger.github.reviews`"),
    ("Review", "conclusion", "write `state`"),
    ("Review", "status", "write `state`"),
    ("Status", "conclusion", "write `state`"),
    ("Status", "name", "write `context`"),
    ("Status", "status", "write `state`"),
    ("danger", "bitbucket_cloud", "only GitHub is there: `danger.github`"),
    ("danger", "bitbucket_server", "only GitHub is there: `danger.github`"),
    ("danger", "gitlab", "only GitHub is there: `danger.github`"),
    ("danger", "import_dangerfile", "write `require(\"./rules/x\")` for a file of this repository"),
    ("danger", "import_plugin", "write `require(\"./rules/x\")` for a file of this repository"),
    ("danger", "scm_provider", "it is always GitHub; delete the question"),
    ("danger.git", "JSONPatchForFile", "write `danger.git.json_diff_for_file`"),
    ("danger.git", "added_files", "write `danger.git.created_files`"),
    ("danger.git", "changed_lines", "write `danger.git.structured_diff_for_file(path)`, or `danger.git.added_lines(path)`"),
    ("danger.git", "diff", "write `danger.git.structured_diff_for_file(path)`, file by file"),
    ("danger.git", "fileMatch", "write `danger.git.match`"),
    ("danger.git", "info_for_file", "write `danger.git.diff_for_file`"),
    ("danger.github", "api", "rules have no network: facts are fields of `danger.github`, and `robot` asks for changes"),
    ("danger.github", "base_commit", "write `danger.github.pr.base.sha`"),
    ("danger.github", "branch_for_base", "write `danger.github.pr.base.ref`"),
    ("danger.github", "branch_for_head", "write `danger.github.pr.head.ref`"),
    ("danger.github", "dismiss_out_of_range_messages", "findings outside the diff go into the summary comment; delete the call"),
    ("danger.github", "head_commit", "write `danger.github.pr.head.sha`"),
    ("danger.github", "html_link", "write `danger.github.utils.file_links`"),
    ("danger.github", "labels", "write `danger.github.pr.labels`"),
    ("danger.github", "pr_author", "write `danger.github.pr.user.login`"),
    ("danger.github", "pr_body", "write `danger.github.pr.body`"),
    ("danger.github", "pr_diff", "write `danger.git.structured_diff_for_file(path)`, file by file"),
    ("danger.github", "pr_json", "write `danger.github.pr`"),
    ("danger.github", "pr_labels", "write `danger.github.pr.labels`"),
    ("danger.github", "pr_title", "write `danger.github.pr.title`"),
    ("danger.github", "setSummaryMarkdown", "write `markdown(text)`"),
    ("danger.github.pr", "additions", "write `danger.git.insertions`"),
    ("danger.github.pr", "changed_files", "write `#danger.git.changed_files`"),
    ("danger.github.pr", "commits", "write `danger.github.commits`"),
    ("danger.github.pr", "deletions", "write `danger.git.deletions`"),
    ("danger.github.pr", "requested_reviewers", "write `danger.github.requested_reviewers.users`"),
    ("danger.github.pr", "requested_teams", "write `danger.github.requested_reviewers.teams`"),
    ("danger.github.pr.base.repo", "html_url", "the pull request's page is `danger.github.pr.html_url`; links to files are made by `danger.github.utils.file_links`"),
    ("danger.github.pr.head.repo", "html_url", "the pull request's page is `danger.github.pr.html_url`; links to files are made by `danger.github.utils.file_links`"),
    ("danger.github.utils", "createOrAddLabel", "write `robot.add_labels`"),
    ("danger.github.utils", "createOrUpdatePR", "write `robot.open_pull_request`"),
    ("danger.github.utils", "createUpdatedIssueWithID", "write `robot.comment`: it speaks in the pull request"),
    ("list", "all", "write a loop: `for _, item in list do`"),
    ("list", "all?", "write a loop: `for _, item in list do`"),
    ("list", "any", "write a loop: `for _, item in list do`"),
    ("list", "any?", "write a loop: `for _, item in list do`"),
    ("list", "append", "lists are read-only: copy one with `table.clone(list)`"),
    ("list", "collect", "write a loop: `for _, item in list do`"),
    ("list", "concat", BOTH_LISTS),
    ("list", "contains", "write `table.find(list, value)`"),
    ("list", "count", "write `#list`"),
    ("list", "detect", "write a loop: `for _, item in list do`"),
    ("list", "each", "write a loop: `for _, item in list do`"),
    ("list", "each_with_index", "write a loop: `for _, item in list do`"),
    ("list", "empty", "write `#list == 0`"),
    ("list", "every", "write a loop: `for _, item in list do`"),
    ("list", "filter", "write a loop: `for _, item in list do`"),
    ("list", "find", "write `table.find(list, value)`, or a loop"),
    ("list", "findIndex", "write a loop: `for _, item in list do`"),
    ("list", "find_all", "write a loop: `for _, item in list do`"),
    ("list", "first", "write `list[1]`"),
    ("list", "flatMap", "write a loop: `for _, item in list do`"),
    ("list", "flat_map", "write a loop: `for _, item in list do`"),
    ("list", "forEach", "write a loop: `for _, item in list do`"),
    ("list", "grep", "write a loop: `for _, item in list do`"),
    ("list", "group_by", "write a loop: `for _, item in list do`"),
    ("list", "has", "write `table.find(list, value)`"),
    ("list", "include", "write `table.find(list, value)`"),
    ("list", "includes", "write `table.find(list, value)`"),
    ("list", "indexOf", "write `table.find(list, value)`"),
    ("list", "insert", "lists are read-only: copy one with `table.clone(list)`"),
    ("list", "isEmpty", "write `#list == 0`"),
    ("list", "is_empty", "write `#list == 0`"),
    ("list", "join", "write `table.concat(list, \", \")`"),
    ("list", "last", "write `list[#list]`"),
    ("list", "length", "write `#list`"),
    ("list", "map", "write a loop: `for _, item in list do`"),
    ("list", "none", "write a loop: `for _, item in list do`"),
    ("list", "push", "lists are read-only: copy one with `table.clone(list)`"),
    ("list", "reduce", "write a loop: `for _, item in list do`"),
    ("list", "reject", "write a loop: `for _, item in list do`"),
    ("list", "select", "write a loop: `for _, item in list do`"),
    ("list", "size", "write `#list`"),
    ("list", "slice", "write a loop: `for _, item in list do`"),
    ("list", "some", "write a loop: `for _, item in list do`"),
    ("list", "sort", "lists are read-only: copy one with `table.clone(list)`, then `table.sort`"),
    ("list", "to_sentence", "write `danger.utils.sentence(list)`"),
    ("list", "uniq", "write a loop: `for _, item in list do`"),
    ("os", "environ", "rules have no environment; what they may read is under `danger`"),
    ("os", "execute", "rules start no programs; what they may read is under `danger`"),
    ("os", "exit", "end the rule with `return`"),
    ("os", "getenv", "rules have no environment; what they may read is under `danger`"),
    ("records", "contains", FIND_RECORD),
    ("records", "find", FIND_RECORD),
    ("records", "has", FIND_RECORD),
    ("records", "include", FIND_RECORD),
    ("records", "includes", FIND_RECORD),
    ("records", "index", FIND_RECORD),
    ("records", "indexOf", FIND_RECORD),
    ("records", "join", JOIN_RECORDS),
    ("records", "to_sentence", JOIN_RECORDS),
    ("robot", "add_label", "write `robot.add_labels { \"...\" }`"),
    ("string", "charAt", "write `string.sub(text, at, at)`"),
    ("string", "chomp", "write `string.match(text, \"^%s*(.-)%s*$\")`"),
    ("string", "concat", "texts are joined with `..`"),
    ("string", "contains", "write `string.find(text, part, 1, true)`"),
    ("string", "count", "write `select(2, string.gsub(text, pattern, \"\"))`"),
    ("string", "downcase", "write `string.lower(text)`"),
    ("string", "empty", "write `text == \"\"`"),
    ("string", "end_with", "write `string.sub(text, -#ending) == ending`"),
    ("string", "endsWith", "write `string.sub(text, -#ending) == ending`"),
    ("string", "ends_with", "write `string.sub(text, -#ending) == ending`"),
    ("string", "endswith", "write `string.sub(text, -#ending) == ending`"),
    ("string", "include", "write `string.find(text, part, 1, true)`"),
    ("string", "includes", "write `string.find(text, part, 1, true)`"),
    ("string", "indexOf", "write `string.find(text, part, 1, true)`"),
    ("string", "isEmpty", "write `text == \"\"`"),
    ("string", "is_empty", "write `text == \"\"`"),
    ("string", "length", TEXT_LENGTH),
    ("string", "lines", "write `string.split(text, \"\\n\")`"),
    ("string", "lowercase", "write `string.lower(text)`"),
    ("string", "matchAll", "write `string.gmatch(text, pattern)`"),
    ("string", "replace", "write `string.gsub(text, pattern, new)`"),
    ("string", "replaceAll", "write `string.gsub(text, pattern, new)`"),
    ("string", "scan", "write `string.gmatch(text, pattern)`"),
    ("string", "search", "write `string.find(text, pattern)`"),
    ("string", "size", TEXT_LENGTH),
    ("string", "slice", "write `string.sub(text, first, last)`"),
    ("string", "start_with", "write `string.sub(text, 1, #start) == start`"),
    ("string", "startsWith", "write `string.sub(text, 1, #start) == start`"),
    ("string", "starts_with", "write `string.sub(text, 1, #start) == start`"),
    ("string", "startswith", "write `string.sub(text, 1, #start) == start`"),
    ("string", "strip", "write `string.match(text, \"^%s*(.-)%s*$\")`"),
    ("string", "substr", "write `string.sub(text, first, last)`"),
    ("string", "substring", "write `string.sub(text, first, last)`"),
    ("string", "test", "write `string.find(text, pattern)`"),
    ("string", "toLowerCase", "write `string.lower(text)`"),
    ("string", "toString", "it is a text already"),
    ("string", "toUpperCase", "write `string.upper(text)`"),
    ("string", "to_i", "write `tonumber(text)`"),
    ("string", "to_s", "it is a text already"),
    ("string", "trim", "write `string.match(text, \"^%s*(.-)%s*$\")`"),
    ("string", "upcase", "write `string.upper(text)`"),
    ("string", "uppercase", "write `string.upper(text)`"),
    ("table", "append", "write `table.insert(list, value)`"),
    ("table", "contains", "write `table.find(list, value)`"),
    ("table", "filter", "write a loop: `for _, item in list do`"),
    ("table", "includes", "write `table.find(list, value)`"),
    ("table", "indexOf", "write `table.find(list, value)`"),
    ("table", "join", "write `table.concat(list, \", \")`"),
    ("table", "length", "write `#list`"),
    ("table", "map", "write a loop: `for _, item in list do`"),
    ("table", "push", "write `table.insert(list, value)`"),
    ("table", "size", "write `#list`"),
];

const MODIFIED_FILES: &str =
    "write `danger.git.modified_files`; Ruby's, which has new and deleted files too, is `danger.git.changed_files`";

/// How lists are joined: the commonest two have a list of their own.
pub(super) const BOTH_LISTS: &str = "modified and created files together are `danger.git.match(\"**\").edited`, and \
                                     `danger.git.changed_files` has the deleted ones too; of other lists copy one with \
                                     `table.clone(list)` and put the items of the other behind them with `table.insert`";

const TEXT_LENGTH: &str = "write `utf8.len(text)` for its letters, or `#text` for its bytes";

/// How one record of a list is found: `table.find` compares whole items, which a text never equals.
pub(super) const FIND_RECORD: &str =
    "its items are records: write `for _, item in list do if item.name == value then ... end end`";

const JOIN_RECORDS: &str = "its items are records: put `item.name` of each into a list of your own, and join that";

/// What to do instead of a name that lists of other languages have. `key` is the field that tells the items of a list of
/// records apart.
pub(super) fn find_list_name(name: &str, key: Option<&str>) -> Option<String> {
    if let Some(key) = key
        && let Some(advice) = find_danger_name("records", name)
    {
        return Some(name_key(advice, key));
    }
    find_danger_name("list", name).map(str::to_owned)
}

/// Advice for records with the field that theirs go by.
pub(super) fn name_key(advice: &str, key: &str) -> String {
    advice.replace("item.name", &format!("item.{key}"))
}

/// What to do instead of a name that Danger has and we have not.
pub(super) fn find_danger_name(namespace: &str, name: &str) -> Option<&'static str> {
    let known = NAMES.iter().find(|(space, theirs, _)| *space == namespace && *theirs == name);
    known.map(|(_, _, advice)| *advice).or_else(|| namespace.is_empty().then(|| find_plugin(name)).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_records_is_not_looked_through_for_a_text() {
        let advice = |key| find_list_name("includes", key).unwrap_or_default();
        assert_eq!(advice(None), "write `table.find(list, value)`");
        assert!(advice(Some("login")).contains("if item.login == value then"), "{}", advice(Some("login")));
        assert_eq!(find_list_name("length", Some("name")).as_deref(), Some("write `#list`"));
        assert_eq!(find_list_name("lengthy", Some("name")), None);
    }

    #[test]
    fn plugins_are_answered_with_the_rule_that_does_their_work() {
        let advice = |name| find_danger_name("", name).unwrap_or_default();
        assert!(advice("yarn").contains("use(\"lockfile\")"), "{}", advice("yarn"));
        assert!(advice("swiftlint").contains("use(\"lint_report\")"), "{}", advice("swiftlint"));
        assert_eq!(find_danger_name("danger", "yarn"), None);
        assert!(advice("files_modified").contains("danger.git.changed_files"));
    }

    #[test]
    fn the_list_is_sorted_and_names_nothing_twice() {
        let keys: Vec<(&str, &str)> = NAMES.iter().map(|(space, name, _)| (*space, *name)).collect();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(keys, sorted);
    }
}
