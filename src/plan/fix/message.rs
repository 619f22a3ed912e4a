//! The message of a fix's commit, and what it says to an attempt that comes after the one that made it.

use crate::model::RepoPath;
use crate::plan::marker::with_commit_marker;
use crate::plan::render::{JOINER, count, cut_short, plain};

/// Git's own tools cut a headline after so many characters.
const HEADLINE: usize = 72;
/// Bytes of a name in a message.
const NAME: usize = 200;

const RULES: &str = "Rules:";
const LEFT_OUT: &str = "Left out, because another fix changes the same lines:";

/// What a commit holds, as its message says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    rules: Vec<String>,
    /// What other fixes of the same lines pushed out: rule and path.
    pub left_out: Vec<(String, RepoPath)>,
}

impl Made {
    /// Whether this rule had a part in it.
    pub fn holds(&self, rule: &str) -> bool {
        self.rules.iter().any(|known| *known == one_line(rule))
    }

    pub(super) fn parse(message: &str) -> Made {
        let section = |title: &'static str| {
            let lines = message.lines().skip_while(move |line| *line != title).skip(2);
            lines.map_while(|line| line.strip_prefix("- "))
        };
        let place = |line: &str| {
            let (rule, path) = line.rsplit_once(": ")?;
            Some((rule.to_owned(), RepoPath::new(&path.replace(JOINER, ""))))
        };
        Made {
            rules: section(RULES).map(str::to_owned).collect(),
            left_out: section(LEFT_OUT).filter_map(place).collect(),
        }
    }
}

pub(super) fn headline(rules: &[&str]) -> String {
    let said = match rules {
        [one] => format!("Apply the fix of {}", one_line(one)),
        [one, other] => format!("Apply the fixes of {} and {}", one_line(one), one_line(other)),
        many => format!("Apply the fixes of {}", count(many.len(), "rule")),
    };
    cut_short(&said, HEADLINE)
}

pub(super) fn body(rules: &[&str], left_out: &[(String, RepoPath)], by: &str, operation: &str) -> String {
    let rules: String = rules.iter().map(|rule| format!("- {}\n", one_line(rule))).collect();
    let left: String =
        left_out.iter().map(|(rule, path)| format!("- {}: {}\n", one_line(rule), quiet(path.as_str()))).collect();
    let left = if left.is_empty() { left } else { format!("{LEFT_OUT}\n\n{left}\n") };
    with_commit_marker(&format!("{RULES}\n\n{rules}\n{left}Asked for by {}.", one_line(by)), operation)
}

/// No line of a message but ours may look like the last one, or like a title.
pub(super) fn one_line(text: &str) -> String {
    cut_short(&quiet(&plain(&text.replace(['\n', '\r'], " "))), NAME)
}

/// Text that names nobody and closes no issue: GitHub reads messages for `@name` and `fixes #1`.
fn quiet(text: &str) -> String {
    text.replace('@', &format!("@{JOINER}")).replace('#', &format!("#{JOINER}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::parse_commit_marker;
    use proptest::prelude::*;

    #[test]
    fn a_message_tells_what_the_commit_holds() {
        let left = vec![("three: or so".to_owned(), "a/b.txt".into())];
        let text = body(&["one", "t\nwo"], &left, "mona", "comment-1.fix");
        let expected = "Rules:\n\n- one\n- t wo\n\nLeft out, because another fix changes the same lines:\n\n\
                        - three: or so: a/b.txt\n\nAsked for by mona.\n\nDeckhand-Operation: comment-1.fix";
        assert_eq!(text, expected);
        let made = Made::parse(&format!("Apply it\n\n{text}"));
        assert!(made.holds("one") && made.holds("t\nwo") && !made.holds("three: or so"));
        assert_eq!(made.left_out, left);
        assert_eq!(Made::parse("Rules:"), Made::default());
        assert_eq!(headline(&[&"x".repeat(99)]).len(), 72);
        assert_eq!(headline(&["a", "b", "c"]), "Apply the fixes of 3 rules");
        // A path of the pull request closes no issue and calls nobody.
        let left = vec![("one".to_owned(), "fixes #1 @org/all.md".into())];
        let text = body(&["fixes #2"], &left, "mona", "comment-1.fix");
        assert!(!text.contains("#1") && !text.contains("#2") && !text.contains("@org"), "{text}");
        let made = Made::parse(&text);
        assert!(made.left_out == left && made.holds("fixes #2"));
    }

    proptest! {
        #[test]
        fn whatever_rules_are_called_the_message_is_read_back(
            rules in proptest::collection::vec("(- |Rules:|\n|\r|[a-z:é ]){1,8}", 1..4),
            others in proptest::collection::vec("[a-z:\n ]{1,8}", 0..3),
            foreign in ".{0,40}",
        ) {
            let names: Vec<&str> = rules.iter().map(String::as_str).collect();
            let left: Vec<(String, RepoPath)> = others.iter().map(|rule| (rule.clone(), "a/b".into())).collect();
            let text = body(&names, &left, "mona", "comment-1.fix");
            let made = Made::parse(&text);
            prop_assert!(names.iter().all(|rule| made.holds(rule)), "{}", text);
            let lines: Vec<(String, RepoPath)> =
                left.iter().map(|(rule, path)| (one_line(rule), path.clone())).collect();
            prop_assert_eq!(made.left_out, lines);
            prop_assert_eq!(parse_commit_marker(&text), Some("comment-1.fix"));
            let _ = Made::parse(&foreign);
        }
    }
}
