//! What Danger calls otherwise: the names that people bring along, and what to write here instead.
//! Names that differ only in how their words are joined (`thisPR`, `modifiedFiles`) need no entry.

/// Namespace, Danger's name in it, and what to do. Sorted by namespace.
#[rustfmt::skip]
const NAMES: &[(&str, &str, &str)] = &[
    ("", "Danger", "write `danger`"),
    ("", "JSON", "read JSON files with `danger.git.json_diff_for_file`"),
    ("", "await", "drop `await`: nothing waits here"),
    ("", "console", "write `print`"),
    ("", "fetch", "rules have no network; what they may read is under `danger`"),
    ("", "git", "write `danger.git`"),
    ("", "github", "write `danger.github`"),
    ("", "import", "everything is there without `import`; delete the line"),
    ("", "import_dangerfile", "write `require(\"./rules/x\")` for a file of this repository"),
    ("", "import_plugin", "write `require(\"./rules/x\")` for a file of this repository"),
    ("", "null", "write `nil`"),
    ("", "peril", "write `robot`"),
    ("", "process", "rules have no environment; what they may read is under `danger`"),
    ("", "puts", "write `print`"),
    ("", "results", "findings cannot be read back; keep a variable of your own"),
    ("", "schedule", "call the function itself: nothing waits here"),
    ("", "undefined", "write `nil`"),
    ("danger", "bitbucket_cloud", "only GitHub is there: `danger.github`"),
    ("danger", "bitbucket_server", "only GitHub is there: `danger.github`"),
    ("danger", "gitlab", "only GitHub is there: `danger.github`"),
    ("danger", "import_dangerfile", "write `require(\"./rules/x\")` for a file of this repository"),
    ("danger", "import_plugin", "write `require(\"./rules/x\")` for a file of this repository"),
    ("danger", "scm_provider", "it is always GitHub; delete the question"),
    ("danger.git", "JSONPatchForFile", "write `danger.git.json_diff_for_file`"),
    ("danger.git", "added_files", "write `danger.git.created_files`"),
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
    ("danger.github.utils", "createOrAddLabel", "write `robot.add_labels`"),
    ("danger.github.utils", "createOrUpdatePR", "write `robot.open_pull_request`"),
    ("danger.github.utils", "createUpdatedIssueWithID", "write `robot.comment`: it speaks in the pull request"),
    ("list", "any?", "write a loop: `for _, item in list do`"),
    ("list", "concat", "lists are read-only: copy one with `table.clone(list)`"),
    ("list", "each", "write a loop: `for _, item in list do`"),
    ("list", "every", "write a loop: `for _, item in list do`"),
    ("list", "filter", "write a loop: `for _, item in list do`"),
    ("list", "find", "write `table.find(list, value)`, or a loop"),
    ("list", "first", "write `list[1]`"),
    ("list", "forEach", "write a loop: `for _, item in list do`"),
    ("list", "include", "write `table.find(list, value)`"),
    ("list", "includes", "write `table.find(list, value)`"),
    ("list", "indexOf", "write `table.find(list, value)`"),
    ("list", "join", "write `table.concat(list, \", \")`"),
    ("list", "last", "write `list[#list]`"),
    ("list", "length", "write `#list`"),
    ("list", "map", "write a loop: `for _, item in list do`"),
    ("list", "push", "lists are read-only: copy one with `table.clone(list)`"),
    ("list", "select", "write a loop: `for _, item in list do`"),
    ("list", "size", "write `#list`"),
    ("list", "some", "write a loop: `for _, item in list do`"),
    ("robot", "add_label", "write `robot.add_labels { \"...\" }`"),
    ("string", "endsWith", "write `string.sub(text, -#ending) == ending`"),
    ("string", "include", "write `string.find(text, part, 1, true)`"),
    ("string", "includes", "write `string.find(text, part, 1, true)`"),
    ("string", "indexOf", "write `string.find(text, part, 1, true)`"),
    ("string", "length", "write `#text`"),
    ("string", "replace", "write `string.gsub(text, pattern, new)`"),
    ("string", "size", "write `#text`"),
    ("string", "startsWith", "write `string.sub(text, 1, #start) == start`"),
    ("string", "strip", "write `string.match(text, \"^%s*(.-)%s*$\")`"),
    ("string", "toLowerCase", "write `string.lower(text)`"),
    ("string", "toUpperCase", "write `string.upper(text)`"),
    ("string", "trim", "write `string.match(text, \"^%s*(.-)%s*$\")`"),
    ("table", "contains", "write `table.find(list, value)`"),
    ("table", "includes", "write `table.find(list, value)`"),
    ("table", "length", "write `#list`"),
];

/// What to do instead of a name that Danger has and we have not.
pub(super) fn find_danger_name(namespace: &str, name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(space, theirs, _)| *space == namespace && *theirs == name).map(|(_, _, advice)| *advice)
}

/// The first word of a line, or a sign in it, that another language has where Luau has something else.
const SYNTAX: &[(&str, &str)] = &[
    ("let", "write `local` instead of `let`"),
    ("var", "write `local` instead of `var`"),
    ("import", "everything is there without `import`; delete the line"),
    ("export", "a file gives what it returns; delete `export`"),
    ("async", "nothing waits here; delete `async`"),
    ("await", "nothing waits here; delete `await`"),
    ("unless", "write `if not ... then ... end` instead of `unless`"),
    ("elsif", "write `elseif` instead of `elsif`"),
    ("def", "write `function name() ... end` instead of `def`"),
    ("//", "comments begin with `--` here"),
];

const SIGNS: &[(&str, &str)] = &[
    ("async ", "nothing waits here; delete `async` and write `function() ... end`"),
    ("=>", "write `function(x) ... end` instead of `=>`"),
    ("&&", "write `and` instead of `&&`"),
    ("||", "write `or` instead of `||`"),
    ("!=", "write `~=` instead of `!=`"),
    (" unless ", "write `if not ... then ... end` instead of `unless`"),
    ("await ", "nothing waits here; delete `await`"),
];

/// For a line that does not compile: a hint when it looks like JavaScript or Ruby.
pub(super) fn find_foreign_syntax(line: &str) -> Option<&'static str> {
    let line = line.trim_start();
    let first = SYNTAX.iter().find(|(word, _)| {
        let rest = line.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    });
    first.or_else(|| SIGNS.iter().find(|(sign, _)| line.contains(sign))).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_names_nothing_twice() {
        let keys: Vec<(&str, &str)> = NAMES.iter().map(|(space, name, _)| (*space, *name)).collect();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(keys, sorted);
    }

    #[test]
    fn other_languages_are_recognised() {
        assert!(find_foreign_syntax("  let x = 1").expect("JavaScript").contains("`local`"));
        assert!(find_foreign_syntax("if a && b {").expect("JavaScript").contains("`and`"));
        assert_eq!(find_foreign_syntax("letter = = 2"), None);
    }
}
