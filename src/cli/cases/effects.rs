//! The `effects` block: one line for each thing that is asked of the robot, `function rule`, then indented text.

use super::case::{Block, CaseProblem};
use super::findings::parse_lines;
use crate::lua::{ROBOT, nearest};
use crate::model::Effect;
use std::fmt;

/// Something that a case expects to be asked of the robot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExpectedEffect {
    /// The function's name, such as `add_labels`.
    pub(super) kind: String,
    /// The rule's name.
    pub(super) rule: String,
    /// What its arguments must contain; each line for itself.
    pub(super) texts: Vec<String>,
}

impl fmt::Display for ExpectedEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.rule)
    }
}

/// The effects that a block lists.
///
/// # Errors
/// A line that is no effect, or text before the first one.
pub(super) fn parse_effects(block: &Block) -> Result<Vec<ExpectedEffect>, CaseProblem> {
    parse_lines(block, "effect", parse_line, |effect| &mut effect.texts)
}

fn parse_line(text: &str) -> Result<ExpectedEffect, String> {
    let mut words = text.split_whitespace();
    let (Some(kind), Some(rule), None) = (words.next(), words.next(), words.next()) else {
        return Err(format!("expected `function rule`, as in `add_labels label-docs`, not \"{text}\""));
    };
    let kind = kind.strip_prefix("robot.").unwrap_or(kind);
    let calls = || ROBOT.iter().map(|call| call.name);
    if !calls().any(|call| call == kind) {
        let hint = nearest(kind, calls()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(format!("the robot has no `{kind}`{hint}"));
    }
    Ok(ExpectedEffect { kind: kind.to_owned(), rule: rule.to_owned(), texts: Vec::new() })
}

/// The arguments of an effect, one a line: `labels = ["a","b"]`.
pub(super) fn arguments_of(effect: &Effect) -> String {
    let lines = effect.arguments.iter().map(|(name, value)| format!("{name} = {value}\n"));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::super::{CaseResult, parse_cases, run_case};
    use super::*;

    const LUA: &str = "rule(\"triage\", function() robot.add_labels { \"a\", \"b\" } robot.merge() end)";

    #[track_caller]
    fn run(blocks: &str) -> CaseResult {
        let case = format!("## C\n```lua\n{LUA}\n```\n```findings\n```\n{blocks}");
        run_case(&parse_cases(&case).expect("a case")[0], "")
    }

    #[test]
    fn without_a_block_effects_are_not_looked_at() {
        assert_eq!(run(""), CaseResult::Passed);
    }

    #[test]
    fn a_block_lists_all_effects() {
        let labels = "add_labels triage\n  \"a\"\n  labels = [\"a\",\"b\"]\n";
        assert_eq!(run(&format!("```effects\n{labels}robot.merge triage\n```\n")), CaseResult::Passed);
        let CaseResult::Failed(none) = run("```effects\n```\n") else { panic!("passed") };
        assert_eq!(none, "+ add_labels triage\n+   labels = [\"a\",\"b\"]\n+ merge triage\n");
        let CaseResult::Failed(other) = run("```effects\nadd_labels triage\n  c\nmerge triage\n```\n") else {
            panic!("passed")
        };
        assert_eq!(other, "- add_labels triage\n-   c\n+ add_labels triage\n+   labels = [\"a\",\"b\"]\n");
    }

    #[test]
    fn what_is_no_effect_is_refused_at_its_line() {
        let parse = |text: &str| parse_effects(&Block { line: 10, text: text.to_owned() });
        for (text, line, part) in [
            ("merge\n", 10, "expected `function rule`"),
            ("merge x\nadd_label x\n", 11, "did you mean `add_labels`?"),
            ("  text\n", 10, "belongs to the effect above it"),
        ] {
            let problem = parse(text).expect_err(text);
            assert_eq!(problem.line, line, "{problem}");
            assert!(problem.message.contains(part), "{problem}");
        }
    }
}
