//! What a run of the rules says in the end.

use super::{CommitId, Finding, Overridden, Preview, RepoPath, Settings, StatusMode, Unavailable, Waiting};
use serde::{Deserialize, Serialize};

/// The rule that speaks for the ruleset as a whole: to it belongs the code outside any rule, and what is wrong with a
/// dangerfile.
pub const DANGERFILE_RULE: &str = "dangerfile";

/// The outcome of running a ruleset over a complete snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The check's conclusion.
    pub conclusion: Conclusion,
    /// The commit that was judged.
    pub head: CommitId,
    /// The merge base.
    pub base: CommitId,
    /// Ordered by path, line and rule; findings without a path come first.
    pub findings: Vec<Finding>,
    /// Rules that could not do their work.
    pub faults: Vec<Fault>,
    /// What the rules ask the robot to do.
    pub effects: Vec<Effect>,
    /// Every enabled rule, in the order of registration.
    pub rules: Vec<RuleOutcome>,
    /// What the dangerfile set.
    pub settings: Settings,
    /// What the rules printed.
    pub log: Vec<String>,
    /// What the rules say that the pull request brings; advice for its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Box<Preview>>,
    /// Whether rules that the pull request brings are not tried until somebody with write permission asks for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub preview_waits: bool,
    /// What the reader of the check has to know besides: Markdown, a sentence or two each. Not said by a rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Verdict {
    /// A verdict of nobody: nothing is found, and nothing blocks.
    pub fn empty(head: CommitId, base: CommitId) -> Self {
        Verdict {
            conclusion: Conclusion::Success,
            head,
            base,
            findings: Vec::new(),
            faults: Vec::new(),
            effects: Vec::new(),
            rules: Vec::new(),
            settings: Settings::default(),
            log: Vec::new(),
            preview: None,
            preview_waits: false,
            notes: Vec::new(),
        }
    }

    /// What rules wait for, those that block and those that do not.
    pub fn waits(&self) -> impl Iterator<Item = (&RuleOutcome, &Waiting)> {
        self.rules.iter().filter_map(|rule| Some((rule, rule.waits.as_ref()?)))
    }
}

/// The conclusion of a run, which is that of its check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Conclusion {
    /// Nothing blocks.
    Success,
    /// A blocking rule failed or faulted.
    Failure,
    /// Something is awaited.
    Pending,
    /// Nothing can block: an advisory ruleset.
    Neutral,
}

impl Conclusion {
    /// The word in JSON and on GitHub.
    pub fn as_str(self) -> &'static str {
        match self {
            Conclusion::Success => "success",
            Conclusion::Failure => "failure",
            Conclusion::Pending => "pending",
            Conclusion::Neutral => "neutral",
        }
    }

    /// From that word.
    pub fn parse(word: &str) -> Option<Conclusion> {
        let all = [Conclusion::Success, Conclusion::Failure, Conclusion::Pending, Conclusion::Neutral];
        all.into_iter().find(|conclusion| conclusion.as_str() == word)
    }
}

/// A rule that could not do its work: an error, a spent budget, a fact that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The rule.
    pub rule: String,
    /// Whether it fails the check.
    pub blocking: bool,
    /// What happened and what to do, for the author of the rule.
    pub message: String,
    /// Whether the dangerfile is not one (syntax, a name or an option that does not exist), rather than failed at work.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mistake: bool,
    /// Whether it happened in the organisation's rules, which a repository cannot mend.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_organisation: bool,
    /// The script in which it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<RepoPath>,
    /// The line in that script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Who let it pass, when it would block otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
}

impl Fault {
    /// The ruleset as a whole could not do its work, and nothing is known of where.
    pub fn of_dangerfile(message: String) -> Self {
        Fault {
            rule: DANGERFILE_RULE.to_owned(),
            blocking: true,
            message,
            mistake: false,
            of_organisation: false,
            path: None,
            line: None,
            overridden: None,
        }
    }
}

/// Something a rule asks the robot to do: the name of the `robot` function and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The function's name, such as `add_labels`.
    pub kind: String,
    /// The rule that asks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// Its arguments.
    #[serde(flatten)]
    pub arguments: std::collections::BTreeMap<String, serde_json::Value>,
}

/// What became of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleOutcome {
    /// Its name.
    pub name: String,
    /// Whether its `fail` fails the check.
    pub blocking: bool,
    /// What became of it.
    pub state: RuleState,
    /// Why, when it did not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether it has a commit status of its own, when its options say so; otherwise the settings decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statuses: Option<StatusMode>,
    /// What it waits for; it is skipped until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waiting>,
    /// Whether it looked for a report of a linter or of coverage, and there is none of this commit: of what one said of an
    /// earlier commit it knows nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreported: bool,
    /// Interrupt steps of the Lua machine in the last pass: the deterministic measure of work.
    pub steps: u64,
    /// Wall-clock milliseconds in the last pass; 0 where no clock was given. Not part of what two runs must agree on.
    pub millis: u64,
}

impl RuleOutcome {
    /// Whether it was not run because there is no pull request here to be asked.
    pub fn needs_pull_request(&self) -> bool {
        self.state == RuleState::Skipped && self.reason == Some(Unavailable::NeedsPullRequest.to_string())
    }
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleState {
    /// It ran to its end.
    Ran,
    /// It did not apply; the reason says why.
    Skipped,
    /// It ran and its findings are only recorded.
    Shadow,
    /// It could not do its work.
    Faulted,
}
