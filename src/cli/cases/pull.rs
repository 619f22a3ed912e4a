//! The `pr` block: header lines, then a unified diff.

use super::case::{Block, CaseProblem};
use super::plain_diff::complete;
use super::reports::{self, Reports};
use crate::diff::parse_patch_set;
use crate::model::{FileChange, Milestone, RepoName, User};

/// The name of the repository of all cases, and of its forks.
pub(super) const REPOSITORY: &str = "hello";

/// What a case says about its pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pull {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) labels: Vec<String>,
    pub(super) author: String,
    pub(super) draft: bool,
    pub(super) author_association: String,
    pub(super) milestone: Option<Milestone>,
    pub(super) assignees: Vec<User>,
    /// The branch that it wants to go to.
    pub(super) base: String,
    /// Its own branch, and the account whose fork has it.
    pub(super) head: (Option<String>, String),
    pub(super) mergeable: bool,
    /// Bytes of files of the head whose content the diff does not hold.
    pub(super) sizes: Vec<(String, u64)>,
    pub(super) changes: Vec<FileChange>,
    pub(super) reports: Reports,
}

impl Default for Pull {
    fn default() -> Self {
        Pull {
            title: String::new(),
            body: String::new(),
            labels: Vec::new(),
            author: "octocat".to_owned(),
            draft: false,
            author_association: "CONTRIBUTOR".to_owned(),
            milestone: None,
            assignees: Vec::new(),
            base: "main".to_owned(),
            head: (None, "topic".to_owned()),
            mergeable: true,
            sizes: Vec::new(),
            changes: Vec::new(),
            reports: Reports::default(),
        }
    }
}

const HEADERS: [&str; 12] = [
    "title",
    "body",
    "labels",
    "author",
    "author_association",
    "assignees",
    "milestone",
    "base",
    "head",
    "draft",
    "mergeable",
    "sizes",
];

/// Reads header lines up to the diff. A value goes on over indented lines.
pub(super) fn parse_pull(block: &Block) -> Result<Pull, CaseProblem> {
    let mut pull = Pull::default();
    let mut last: Option<&str> = None;
    let mut diff_line = block.line;
    let mut rest = block.text.as_str();
    while !rest.is_empty() && !["diff ", "--- "].iter().any(|start| rest.starts_with(start)) {
        let (text, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if text.starts_with(char::is_whitespace) && last == Some("body") {
            pull.body.push('\n');
            pull.body.push_str(text.trim());
        } else if !text.trim().is_empty() {
            last = Some(read_header(&mut pull, text).map_err(|message| CaseProblem::new(diff_line, message))?);
        } else if last == Some("body") && after.starts_with(char::is_whitespace) {
            pull.body.push('\n');
        }
        rest = after;
        diff_line += 1;
    }
    pull.body = pull.body.trim().to_owned();
    pull.changes = parse_diff(rest, diff_line)?;
    Ok(pull)
}

fn read_header<'a>(pull: &mut Pull, text: &'a str) -> Result<&'a str, String> {
    let expected = || {
        let names: Vec<&str> = HEADERS.iter().chain(&reports::HEADERS).copied().collect();
        format!("expected {}: or a diff, not \"{text}\"", names.join(":, "))
    };
    let (name, value) = text.split_once(':').ok_or_else(expected)?;
    let value = value.trim();
    match name {
        "title" => pull.title = value.to_owned(),
        "body" => pull.body = value.to_owned(),
        "labels" => {
            pull.labels = entries(value).map(str::to_owned).collect();
        }
        "author" => pull.author = login(value).to_owned(),
        "author_association" => pull.author_association = reports::association(value)?,
        "assignees" | "assignee" => pull.assignees = entries(value).map(|name| reports::user(login(name))).collect(),
        "milestone" => {
            let title = Some(value.to_owned()).filter(|title| !title.is_empty());
            pull.milestone =
                title.map(|title| Milestone { number: 1, title, state: "open".to_owned(), ..<_>::default() });
        }
        "base" => pull.base = branch(name, value)?,
        "head" => {
            let (owner, of) = value.split_once(':').map_or((None, value), |(owner, of)| (Some(owner), of));
            let owner = owner.map(|owner| login(owner.trim()).to_owned());
            if let Some(owner) = owner.as_ref().filter(|owner| RepoName::new(owner, REPOSITORY).is_err()) {
                return Err(format!("head is `branch` or `account:branch`, and \"{owner}\" is no account"));
            }
            pull.head = (owner, branch(name, of)?);
        }
        "draft" => pull.draft = truth(name, value)?,
        "mergeable" => pull.mergeable = truth(name, value)?,
        "sizes" => {
            let size = |item: &str| {
                let (path, bytes) = item.trim().rsplit_once(' ')?;
                Some((path.to_owned(), bytes.parse().ok()?))
            };
            let wrong =
                || format!("sizes is a list of paths with bytes, as in `a.png 2048, b.png 10`, not \"{value}\"");
            pull.sizes = value.split(',').map(size).collect::<Option<_>>().ok_or_else(wrong)?;
        }
        name if reports::HEADERS.contains(&name) => pull.reports.read(name, value)?,
        _ => return Err(expected()),
    }
    Ok(name)
}

fn entries(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

fn login(value: &str) -> &str {
    value.trim_start_matches('@')
}

fn branch(name: &str, value: &str) -> Result<String, String> {
    let value = value.trim();
    if value.is_empty() || value.contains(char::is_whitespace) {
        return Err(format!("{name} is the name of a branch, not \"{value}\""));
    }
    Ok(value.to_owned())
}

fn truth(name: &str, value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("{name} is true or false, not \"{value}\""))
}

fn parse_diff(text: &str, line: usize) -> Result<Vec<FileChange>, CaseProblem> {
    let (patch, lines) = complete(text);
    let set = parse_patch_set(patch.as_bytes());
    match set.problems.into_iter().next() {
        None => Ok(set.files),
        Some(problem) => {
            let within = lines.get(problem.line - 1).or(lines.last()).copied().unwrap_or_default();
            Err(CaseProblem::new(line + within, format!("the diff cannot be read: {}", problem.damage)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::texts::whole_text;
    use super::*;
    use crate::model::{ChangeStatus, FileText};

    fn parse(text: &str) -> Result<Pull, CaseProblem> {
        parse_pull(&Block { line: 1, text: text.to_owned() })
    }

    #[test]
    fn headers_and_a_diff_are_read() {
        let pull = parse(
            "title: Add a thing\nbody: First\n  second\nlabels: bug, help wanted\nauthor: @ada\ndraft: true\n\n\
             diff --git a/a.txt b/a.txt\nnew file mode 100644\n--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n",
        )
        .expect("parses");
        assert_eq!((pull.title.as_str(), pull.body.as_str()), ("Add a thing", "First\nsecond"));
        assert_eq!(
            (pull.labels.join("|").as_str(), pull.author.as_str(), pull.draft),
            ("bug|help wanted", "ada", true)
        );
        assert_eq!(pull.changes.len(), 1);
        assert_eq!(whole_text(&pull.changes[0]), Some(FileText::Text("one\ntwo\n".to_owned())));
    }

    #[test]
    fn what_github_knows_of_it_can_be_said() {
        let pull = parse(
            "author_association: first_time_contributor\nassignees: @ada, bob\nmilestone: 1.2, the next\n\
             base: release/1\nhead: eve:topic\nmergeable: false\n",
        )
        .expect("parses");
        assert_eq!(pull.author_association, "FIRST_TIME_CONTRIBUTOR");
        assert_eq!(pull.assignees.iter().map(|it| it.login.as_str()).collect::<Vec<_>>(), ["ada", "bob"]);
        assert_eq!(pull.milestone.map(|it| it.title).as_deref(), Some("1.2, the next"));
        assert_eq!((pull.base.as_str(), pull.mergeable), ("release/1", false));
        assert_eq!(pull.head, (Some("eve".to_owned()), "topic".to_owned()));
        assert_eq!(parse("head: x/y\n").expect("parses").head, (None, "x/y".to_owned()));
        for (wrong, part) in [
            ("base:\n", "base is the name of a branch"),
            ("head: a b:x\n", "is no account"),
            ("mergeable: perhaps\n", "mergeable is true or false"),
            ("author_association: BOSS\n", "is one of OWNER, MEMBER"),
        ] {
            let problem = parse(wrong).expect_err(wrong);
            assert!(problem.message.contains(part), "{problem}");
        }
    }

    #[test]
    fn a_diff_by_hand_needs_no_git_lines() {
        let pull =
            parse("--- a/a b.txt\n+++ b/a b.txt\n@@ -1 +1 @@\n-x\n+y\n--- /dev/null\n+++ b/n.txt\n@@ -0,0 +1 @@\n+n\n")
                .expect("parses");
        let seen: Vec<_> = pull.changes.iter().map(|change| (change.path.as_str(), change.status)).collect();
        assert_eq!(seen, [("a b.txt", ChangeStatus::Modified), ("n.txt", ChangeStatus::Added)]);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        assert_eq!(parse("title: x\nlabel: y\n").expect_err("misspelt").line, 2);
        assert_eq!(parse("draft: maybe\n").expect_err("no truth value").line, 1);
        let damaged = "title: x\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,5 +1,5 @@\n-x\n+y\n";
        assert!(parse(damaged).expect_err("cut").line >= 5);
        let by_hand = "title: x\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n--- a/b\n+++ b/b\n@@ -1,5 +1,5 @@\n-x\n+y\n";
        assert_eq!(parse(by_hand).expect_err("cut").line, 11);
    }
}
