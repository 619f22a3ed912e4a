//! Everything that a dangerfile can name, in one list: wrong names are answered from it, pages are made from it,
//! and a test compares it with what a machine really has.

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
    built("", "rule", "(name: string, options: RuleOptions?, body: () -> ()) -> ()", "Registers a rule of your own."),
    built("", "use", "(name: string, options: { [string]: any }?) -> ()", "Switches a built-in rule on."),
    built("", "settings", "(options: Settings) -> ()", "Sets how the check and the comments behave."),
    built("", "require", "(path: string) -> any", "Loads a Lua file of the same repository and commit."),
    built("", "print", "(...any) -> ()", "Writes a line to the run's log."),
    later("", "on", "Handles an event."),
    later("", "robot", "Asks the robot to do something."),
    built("danger", "git", "Git", "What the commits change."),
    built("danger", "github", "GitHub", "What GitHub knows of the pull request."),
    later("danger", "coverage", "Coverage of the diff."),
    later("danger", "migrations", "What is unsafe in the migrations."),
    later("danger", "changelog", "What the changelog says."),
    later("danger", "event", "The event that a handler was called for."),
    built("danger.git", "modified_files", "{ string }", "Files whose content or mode changed, renamed ones included."),
    built("danger.git", "created_files", "{ string }", "New files, copies included."),
    built("danger.git", "deleted_files", "{ string }", "Files that are gone."),
    built("danger.git", "renamed_files", "{ { before: string, after: string } }", "Files that moved."),
    built("danger.git", "changed_files", "{ string }", "All of them; a renamed file under its new path."),
    built("danger.git", "insertions", "number", "Added lines."),
    built("danger.git", "deletions", "number", "Removed lines."),
    built("danger.git", "lines_of_code", "number", "Added and removed lines."),
    built("danger.git", "commits", "{ Commit }", "The commits from the merge base to the head, oldest first."),
    built("danger.git", "base", "string", "The merge base's full commit id."),
    built("danger.git", "head", "string", "The head's full commit id."),
    built("danger.git", "match", "(...string) -> Matches", "Changed files that match the patterns."),
    built("danger.git", "diff_for_file", "(path: string) -> FileDiff?", "Both texts of a file and its diff."),
    built(
        "danger.git",
        "structured_diff_for_file",
        "(path: string) -> { hunks: { Hunk } }?",
        "A file's diff as hunks and lines; nil for a file without a text diff.",
    ),
    built("danger.git", "added_lines", "(glob: string?) -> { Line }", "Added lines of the files that match."),
    built("danger.git", "removed_lines", "(glob: string?) -> { Line }", "Removed lines of the files that match."),
    built("danger.git", "file", "(path: string, side: (\"base\" | \"head\")?) -> string?", "A file's whole text."),
    later("danger.git", "json_diff_for_file", "What changed in a JSON file."),
    built("danger.github", "pr", "PullRequest", "The pull request."),
    built("danger.github", "commits", "{ GitHubCommit }", "Its commits in GitHub's shape."),
    later("danger.github", "issue", "The pull request as an issue."),
    later("danger.github", "reviews", "Its reviews."),
    later("danger.github", "requested_reviewers", "Who was asked to review."),
    later("danger.github", "statuses", "Commit statuses of the head."),
    later("danger.github", "check_runs", "Check runs of the head."),
    later("danger.github", "code_owners", "Who owns a path."),
    later("danger.github", "this_pr", "Owner, repository and number."),
];

/// The names of a namespace that work.
pub(in super::super) fn names_in(namespace: &str) -> impl Iterator<Item = &'static str> {
    API.iter().filter(move |item| item.namespace == namespace && item.state == ApiState::Built).map(|item| item.name)
}

/// The first use of a name that is not built yet: its line and the name. Comments and strings do not count.
pub(in super::super) fn find_unbuilt(source: &str) -> Option<(u32, String)> {
    let code = blank_out_texts(source);
    let mut found: Option<(usize, String)> = None;
    for item in API.iter().filter(|item| item.state == ApiState::Later) {
        let full =
            if item.namespace.is_empty() { item.name.to_owned() } else { format!("{}.{}", item.namespace, item.name) };
        let called = match item.name {
            "on" => "on(".to_owned(),
            "robot" => "robot.".to_owned(),
            _ => full.clone(),
        };
        for (at, _) in code.match_indices(&called) {
            let before = code[..at].chars().next_back();
            let after = code[at + called.len()..].chars().next();
            let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let own = !inside(before) && !matches!(before, Some('.' | ':')) && !defines(&code, item.name);
            let whole = called.ends_with(['(', '.']) || !inside(after);
            if own && whole && found.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
                found = Some((at, full.clone()));
            }
        }
    }
    found.map(|(at, name)| (u32::try_from(code[..at].matches('\n').count() + 1).unwrap_or(u32::MAX), name))
}

/// Whether the script has a local of this name, which then is its own affair.
fn defines(code: &str, name: &str) -> bool {
    [format!("local {name}"), format!("function {name}"), format!("({name})"), format!("({name},")]
        .iter()
        .any(|form| code.contains(form))
}

/// The source with the insides of comments and strings replaced by spaces; lines stay where they are.
pub(in super::super) fn blank_out_texts(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = if rest.starts_with(b"--") {
            let body = &rest[2..];
            at + 2 + long_bracket(body).unwrap_or_else(|| body.iter().position(|b| *b == b'\n').unwrap_or(body.len()))
        } else if let Some(length) = long_bracket(rest) {
            at + length
        } else if matches!(rest[0], b'"' | b'\'' | b'`') {
            at + quoted(rest)
        } else {
            out.push(bytes[at]);
            at += 1;
            continue;
        };
        out.extend(bytes[at..end].iter().map(|b| if *b == b'\n' { b'\n' } else { b' ' }));
        at = end;
    }
    // Only ASCII was replaced, inside whole characters, so the text is UTF-8 as before.
    String::from_utf8_lossy(&out).into_owned()
}

fn long_bracket(text: &[u8]) -> Option<usize> {
    let level = text.strip_prefix(b"[")?.iter().take_while(|b| **b == b'=').count();
    if text.get(1 + level) != Some(&b'[') {
        return None;
    }
    let close: Vec<u8> = [b"]".as_slice(), &b"=".repeat(level), b"]"].concat();
    Some(memchr::memmem::find(text, &close).map_or(text.len(), |at| at + close.len()))
}

fn quoted(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 1,
            b'\n' => return at,
            b if b == text[0] => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_built_is_found_at_its_line() {
        let source = "-- robot.merge()\nlocal s = \"danger.coverage\"\nrobot.add_labels { \"a\" }\n";
        assert_eq!(find_unbuilt(source), Some((3, "robot".to_owned())));
        assert_eq!(find_unbuilt("if danger.coverage then end"), Some((1, "danger.coverage".to_owned())));
        assert_eq!(find_unbuilt("local x = danger.coverages.x or on_call()"), None);
        assert_eq!(find_unbuilt("[[ robot.x ]] --[=[ robot.y ]=]"), None);
        assert_eq!(find_unbuilt("local robot = {} robot.x = 1"), None);
    }
}
