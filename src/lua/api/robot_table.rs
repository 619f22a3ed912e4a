//! What a rule can ask the robot to do, in one list: checking, the page's table and the editors' types come from it.

use super::super::options::{OptionKind, OptionSpec};

/// A function of `robot`. It takes one table of arguments; its main argument may also stand alone, as a text or a list.
#[derive(Clone, Copy, Debug)]
pub struct RobotCall {
    /// Its name, which is the effect's kind.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// The argument that may stand alone.
    pub main: Option<&'static str>,
    /// All of them.
    pub arguments: &'static [RobotArgument],
    /// At least one of these must be given; empty when nothing more is asked than [`RobotArgument::required`].
    pub one_of: &'static [&'static str],
}

/// An argument.
#[derive(Clone, Copy, Debug)]
pub struct RobotArgument {
    /// Its name, which is the effect's member.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether it must be given.
    pub required: bool,
    /// One phrase.
    pub doc: &'static str,
}

/// What an argument takes, with its limits.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// A text on one line, of so many characters at most.
    Word(usize),
    /// A text, of so many bytes at most.
    Text(usize),
    /// At most so many texts on one line, each of so many characters at most.
    Words(usize, usize),
    /// The name of a branch or tag.
    Ref,
    /// `owner/name`.
    Repository,
    /// Paths of the repository with their whole new texts, at most so many.
    Files(usize),
    /// Paths of the repository, at most so many.
    Paths(usize),
    /// At most so many names with texts.
    Inputs(usize),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// True or false.
    Flag,
}

const fn needs(name: &'static str, takes: Takes, doc: &'static str) -> RobotArgument {
    RobotArgument { name, takes, required: true, doc }
}

const fn may(name: &'static str, takes: Takes, doc: &'static str) -> RobotArgument {
    RobotArgument { name, takes, required: false, doc }
}

const fn call(
    name: &'static str,
    doc: &'static str,
    main: Option<&'static str>,
    arguments: &'static [RobotArgument],
) -> RobotCall {
    RobotCall { name, doc, main, arguments, one_of: &[] }
}

/// GitHub's limit for comments and descriptions is 65,536 characters.
const BODY: Takes = Takes::Text(65_536);
const LINE: Takes = Takes::Word(255);
/// GitHub names labels with at most 50 characters, and takes 100 of them.
const LABELS: Takes = Takes::Words(100, 50);
const METHODS: Takes = Takes::Choice(&["merge", "squash", "rebase"]);
const METHOD: RobotArgument = may("method", METHODS, "how; the repository's default method when absent");
const BRANCH: RobotArgument = may("branch", Takes::Ref, "the branch; the pull request's own when absent");

/// All of them, by name.
pub const ROBOT: &[RobotCall] = &[
    call("add_labels", "Adds labels.", Some("labels"), &[needs("labels", LABELS, "names of the labels")]),
    call(
        "assign",
        "Assigns people.",
        Some("assignees"),
        &[needs("assignees", Takes::Words(10, 100), "logins, at most 10")],
    ),
    call("comment", "Writes a comment in the conversation.", Some("body"), &[needs("body", BODY, "Markdown")]),
    RobotCall {
        one_of: &["files", "delete"],
        ..call(
            "commit",
            "Commits files.",
            None,
            &[
                needs("message", Takes::Text(10_000), "the commit's message"),
                may("files", Takes::Files(100), "paths with their whole new texts"),
                may("delete", Takes::Paths(100), "paths to delete"),
                BRANCH,
            ],
        )
    },
    call(
        "deploy",
        "Creates a deployment of the head.",
        Some("environment"),
        &[
            needs("environment", LINE, "such as `staging`"),
            may("ref", Takes::Ref, "what to deploy; the head when absent"),
            may("task", Takes::Word(100), "the deployment's task; `deploy` when absent"),
            may("description", Takes::Word(140), "one line"),
        ],
    ),
    call(
        "dispatch_workflow",
        "Starts a workflow that has `workflow_dispatch`.",
        Some("workflow"),
        &[
            needs("workflow", LINE, "its file name, such as `release.yml`"),
            may("ref", Takes::Ref, "where it runs; the base branch when absent"),
            may("inputs", Takes::Inputs(25), "names with texts, at most 25"),
        ],
    ),
    call("enable_auto_merge", "Lets GitHub merge when everything required has passed.", Some("method"), &[METHOD]),
    call(
        "merge",
        "Merges this head when everything required has passed.",
        Some("method"),
        &[METHOD, may("title", LINE, "title of the commit"), may("message", Takes::Text(10_000), "its message")],
    ),
    call(
        "notify",
        "Sends a message to the team's chat.",
        None,
        &[needs("channel", Takes::Word(80), "such as `#releases`"), needs("text", Takes::Text(4_000), "the message")],
    ),
    RobotCall {
        one_of: &["files", "delete"],
        ..call(
            "open_pull_request",
            "Commits files to a branch and opens a pull request from it, or updates the one that is open.",
            None,
            &[
                needs("title", Takes::Word(256), "its title"),
                needs("branch", Takes::Ref, "the branch to write"),
                may("body", BODY, "its description"),
                may("base", Takes::Ref, "where it goes; the default branch when absent"),
                may("files", Takes::Files(100), "paths with their whole new texts"),
                may("delete", Takes::Paths(100), "paths to delete"),
                may("repository", Takes::Repository, "`owner/name`; this one when absent"),
                may("draft", Takes::Flag, "whether it is a draft"),
                may("labels", LABELS, "its labels"),
            ],
        )
    },
    call("remove_labels", "Removes labels.", Some("labels"), &[needs("labels", LABELS, "names of the labels")]),
    RobotCall {
        one_of: &["reviewers", "teams"],
        ..call(
            "request_reviewers",
            "Asks people and teams to review.",
            Some("reviewers"),
            &[
                may("reviewers", Takes::Words(15, 100), "logins"),
                may("teams", Takes::Words(15, 100), "names of teams in the organisation"),
            ],
        )
    },
    call(
        "rerun_failed",
        "Runs the failed jobs of the head's workflows again.",
        Some("workflow"),
        &[may("workflow", LINE, "only this workflow's, by file name")],
    ),
    call(
        "set_status",
        "Sets a commit status on the head.",
        None,
        &[
            needs("context", LINE, "its name, such as `release/ready`"),
            needs("state", Takes::Choice(&["success", "failure", "error", "pending"]), "what it says"),
            may("description", Takes::Word(140), "one line, at most 140 characters"),
            may("target_url", Takes::Word(2_000), "the page behind it"),
        ],
    ),
];

impl RobotCall {
    /// The arguments as options, for reading and for pages.
    pub(super) fn specs(&self) -> Vec<OptionSpec> {
        self.arguments
            .iter()
            .map(|argument| OptionSpec::new(argument.name, argument.takes.kind(), argument.doc))
            .collect()
    }

    /// Whether it may be called without arguments.
    pub fn takes_nothing(&self) -> bool {
        self.one_of.is_empty() && self.arguments.iter().all(|argument| !argument.required)
    }

    /// The argument for which the list part of its table stands: its main one, when that is a list of texts.
    pub(super) fn list(&self) -> Option<&'static RobotArgument> {
        let is_list = |argument: &&RobotArgument| matches!(argument.takes, Takes::Words(..));
        self.arguments.iter().filter(is_list).find(|argument| Some(argument.name) == self.main)
    }

    /// The name of its table of arguments: `AddLabelsArguments` for `add_labels`.
    pub fn type_name(&self) -> String {
        let words = self.name.split('_').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..]));
        words.chain(["Arguments".to_owned()]).collect()
    }

    /// Its type in Luau's notation.
    pub fn signature(&self) -> String {
        let main = self.main.and_then(|main| self.arguments.iter().find(|argument| argument.name == main));
        let alone = main.map(|argument| format!("{} | ", argument.takes.kind().luau())).unwrap_or_default();
        let optional = if self.takes_nothing() { "?" } else { "" };
        let options = format!("{alone}{}", self.type_name());
        if optional.is_empty() || alone.is_empty() {
            format!("(options: {options}{optional}) -> ()")
        } else {
            format!("(options: ({options}){optional}) -> ()")
        }
    }

    /// How it is called, for messages: `robot.add_labels { "a", "b" }`.
    pub(super) fn example(&self) -> String {
        let main = self.main.and_then(|main| self.arguments.iter().find(|argument| argument.name == main));
        match main.map(|argument| (argument.name, argument.takes)) {
            _ if self.takes_nothing() => format!("robot.{}()", self.name),
            Some((_, Takes::Words(..))) => format!("robot.{} {{ \"...\" }}", self.name),
            Some(_) => format!("robot.{}(\"...\")", self.name),
            None => {
                let named = self
                    .arguments
                    .iter()
                    .filter(|argument| argument.required || self.one_of.first() == Some(&argument.name));
                let named: Vec<String> = named.map(|argument| format!("{} = ...", argument.name)).collect();
                format!("robot.{} {{ {} }}", self.name, named.join(", "))
            }
        }
    }
}

impl Takes {
    /// The type in Luau's notation.
    pub fn luau(self) -> String {
        self.kind().luau()
    }

    /// What it takes as a noun phrase, with its limits.
    pub fn describe(self) -> String {
        match self {
            Takes::Word(most) => format!("a text of at most {most} characters on one line"),
            Takes::Text(most) => format!("a text of at most {most} bytes"),
            Takes::Words(most, long) => format!("a list of at most {most} texts of at most {long} characters"),
            Takes::Ref => "a branch or tag".to_owned(),
            Takes::Repository => "`owner/name`".to_owned(),
            Takes::Files(most) => format!("a table from paths to texts, at most {most}"),
            Takes::Paths(most) => format!("a list of at most {most} paths"),
            Takes::Inputs(most) => format!("a table from names to texts, at most {most}"),
            Takes::Choice(_) | Takes::Flag => self.kind().describe(),
        }
    }

    fn kind(self) -> OptionKind {
        match self {
            Takes::Word(_) | Takes::Text(_) | Takes::Ref | Takes::Repository => OptionKind::String,
            Takes::Words(..) | Takes::Paths(_) => OptionKind::Strings,
            Takes::Files(_) | Takes::Inputs(_) => OptionKind::Texts,
            Takes::Choice(words) => OptionKind::Choice(words.iter().map(|word| (*word).to_owned()).collect()),
            Takes::Flag => OptionKind::Boolean,
        }
    }
}
