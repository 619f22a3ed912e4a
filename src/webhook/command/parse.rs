//! A comment into commands. Pure, and total: any text gives a list, most often an empty one.

use super::lines::own_lines;
use super::verb::Verb;
use serde::{Deserialize, Serialize};

/// What a command begins with, whatever its case.
const CALL: &str = "/deckhand";
/// Commands of one comment; whoever needs more writes another.
pub const MAX_COMMANDS: usize = 10;
/// Bytes of a line with a command.
pub const MAX_LINE: usize = 1_000;
/// GitHub's limit is 65,536 characters; a longer text is none of GitHub's.
const MAX_BODY: usize = 4 * 65_536;
/// Of a word that nobody knows so many characters are kept, to answer with.
const MAX_WORD: usize = 40;

/// A line that addresses us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandLine {
    /// It reads.
    Read(Command),
    /// It does not.
    Misread(Misread),
}

/// A command with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// `help`
    Help,
    /// `why`
    Why,
    /// `explain <rule>`
    Explain {
        /// The rule.
        rule: String,
    },
    /// `rerun`
    Rerun,
    /// `override <rule> <reason>`
    Override {
        /// The rule.
        rule: String,
        /// One line, not empty.
        reason: String,
    },
    /// `fix [rule]`
    Fix {
        /// The rule; everything when it is not named.
        rule: Option<String>,
    },
    /// `preview`
    Preview,
    /// One that this version does not carry out.
    NotBuilt(Verb),
}

/// Why a line gives no command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misread {
    /// No command has this name.
    Unknown {
        /// The word, shortened.
        word: String,
    },
    /// An argument is missing.
    Incomplete(Verb),
    /// The line is longer than [`MAX_LINE`].
    TooLong,
    /// There are more than [`MAX_COMMANDS`]; those that follow are left out.
    TooMany,
}

/// The commands of a comment, in its order: lines of plain paragraphs that begin with `/deckhand`.
pub fn parse_commands(body: &str) -> Vec<CommandLine> {
    // Most comments speak of something else.
    if body.len() > MAX_BODY || !mentions(body) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for line in own_lines(body) {
        let Some(command) = parse_line(&line) else { continue };
        if found.len() == MAX_COMMANDS {
            found.push(CommandLine::Misread(Misread::TooMany));
            break;
        }
        found.push(command);
    }
    found
}

fn mentions(body: &str) -> bool {
    body.as_bytes().windows(CALL.len()).any(|window| window.eq_ignore_ascii_case(CALL.as_bytes()))
}

fn parse_line(line: &str) -> Option<CommandLine> {
    let call = line.get(..CALL.len()).filter(|call| call.eq_ignore_ascii_case(CALL))?;
    let rest = &line[call.len()..];
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    if line.len() > MAX_LINE {
        return Some(CommandLine::Misread(Misread::TooLong));
    }
    let rest: String = rest.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let (word, arguments) = split_word(&rest);
    let Some(verb) = (if word.is_empty() { Some(Verb::Help) } else { Verb::parse(word) }) else {
        let word = word.chars().take(MAX_WORD).collect();
        return Some(CommandLine::Misread(Misread::Unknown { word }));
    };
    let command = if verb.is_built() { with_arguments(verb, arguments) } else { Some(Command::NotBuilt(verb)) };
    Some(command.map_or(CommandLine::Misread(Misread::Incomplete(verb)), CommandLine::Read))
}

/// `None` when an argument is missing.
fn with_arguments(verb: Verb, arguments: &str) -> Option<Command> {
    let (rule, reason) = split_word(arguments);
    // People write names of rules as code.
    let rule = Some(rule.trim_matches('`').to_owned()).filter(|rule| !rule.is_empty());
    Some(match verb {
        Verb::Help => Command::Help,
        Verb::Why => Command::Why,
        Verb::Rerun => Command::Rerun,
        Verb::Explain => Command::Explain { rule: rule? },
        Verb::Override => {
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            Command::Override { rule: rule?, reason: Some(reason).filter(|it| it.chars().any(char::is_alphanumeric))? }
        }
        Verb::Preview => Command::Preview,
        Verb::Fix => Command::Fix { rule },
        Verb::Merge | Verb::Cancel => Command::NotBuilt(verb),
    })
}

fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

impl Command {
    /// Its word.
    pub fn verb(&self) -> Verb {
        match self {
            Command::Help => Verb::Help,
            Command::Why => Verb::Why,
            Command::Explain { .. } => Verb::Explain,
            Command::Rerun => Verb::Rerun,
            Command::Override { .. } => Verb::Override,
            Command::Fix { .. } => Verb::Fix,
            Command::Preview => Verb::Preview,
            Command::NotBuilt(verb) => *verb,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// In short: the verb with its arguments, or `?` and why not.
    fn read(body: &str) -> Vec<String> {
        let show = |line: CommandLine| match line {
            CommandLine::Read(Command::Explain { rule }) => format!("explain {rule}"),
            CommandLine::Read(Command::Override { rule, reason }) => format!("override {rule}: {reason}"),
            CommandLine::Read(Command::Fix { rule: Some(rule) }) => format!("fix {rule}"),
            CommandLine::Read(command) => command.verb().name().to_owned(),
            CommandLine::Misread(Misread::Unknown { word }) => format!("?{word}"),
            CommandLine::Misread(Misread::Incomplete(verb)) => format!("?{} needs more", verb.name()),
            CommandLine::Misread(Misread::TooLong) => "?long".to_owned(),
            CommandLine::Misread(Misread::TooMany) => "?many".to_owned(),
        };
        parse_commands(body).into_iter().map(show).collect()
    }

    #[test]
    fn a_command_stands_on_a_line_of_a_paragraph() {
        assert_eq!(read("/deckhand rerun"), ["rerun"]);
        assert_eq!(read("  /Deckhand   WHY is this red?\r\n"), ["why"]);
        assert_eq!(read("Thanks!\n/deckhand rerun\n\n/deckhand help"), ["rerun", "help"]);
        assert_eq!(read("Thanks!  \n   /deckhand rerun  \nBye"), ["rerun"]);
        assert_eq!(read("/deckhand"), ["help"]);
        assert_eq!(read("/deckhand explain `no-print`"), ["explain no-print"]);
        assert_eq!(
            read("/deckhand override changelog \t only  **docs** in `a_b` <!-- x --> here"),
            ["override changelog: only **docs** in `a_b` here"]
        );
        assert_eq!(read("/deckhand fix\n/deckhand merge abc\n/deckhand cancel"), ["fix", "merge", "cancel"]);
        assert_eq!(read("/deckhand fix `changelog` please\n/deckhand fix ``"), ["fix changelog", "fix"]);
        assert_eq!(read("# Title\n/deckhand rerun"), ["rerun"]);
    }

    #[test]
    fn f63_what_is_not_said_in_ones_own_voice_does_not_count() {
        for body in [
            "Please write /deckhand rerun",
            "/deckhandrerun",
            "\\/deckhand rerun",
            "> /deckhand rerun",
            "> quoted\n/deckhand rerun",
            "> > deeper\n>\n> /deckhand rerun",
            "```\n/deckhand rerun\n```",
            "~~~~\n```\n/deckhand rerun\n~~~~",
            "````\n```\n/deckhand rerun\n```\n````",
            "```\n/deckhand rerun",
            "    /deckhand rerun",
            "\t/deckhand rerun",
            "`/deckhand rerun`",
            "`\n/deckhand rerun\n`",
            "``a\n/deckhand rerun\nb``",
            "- ```\n  /deckhand rerun\n  ```",
            "- /deckhand rerun",
            "1. one\n   /deckhand rerun",
            "- [ ] /deckhand rerun",
            "<!-- /deckhand rerun -->",
            "<!--\n/deckhand rerun\n-->",
            "<!--\n\n/deckhand rerun\n\n-->",
            "text <!--\n/deckhand rerun\n--> text",
            "<!--\n/deckhand rerun",
            "<blockquote>\n\n/deckhand rerun\n\n</blockquote>",
            "<details><summary>Log</summary>\n\n/deckhand rerun\n\n</details>",
            "<pre>\n/deckhand rerun\n</pre>",
            "text <del>\n/deckhand rerun\n</del>",
            "[a\n/deckhand rerun\n](b)",
            "~~gone\n/deckhand rerun~~",
            "# /deckhand rerun",
            "/deckhand rerun\n===",
            "/deckhand rerun | b\n--- | ---\n1 | 2",
            "[^1]: /deckhand rerun",
            "[link]: /deckhand 'rerun'",
            "",
        ] {
            let found = read(body);
            assert!(found.is_empty(), "{body:?}: {found:?}");
        }
        assert_eq!(read("> quoted\n\n/deckhand rerun"), ["rerun"]);
        assert_eq!(read("<details>\n\nx\n\n</details>\n\n/deckhand rerun"), ["rerun"]);
        assert_eq!(read("    code\n    <!--\n\n/deckhand rerun"), ["rerun"], "a comment in code is none");
    }

    #[test]
    fn what_does_not_read_is_said() {
        assert_eq!(read("/deckhand rerum"), ["?rerum"]);
        assert_eq!(read(&format!("/deckhand {}", "x".repeat(99))), [format!("?{}", "x".repeat(40))]);
        assert_eq!(read("/deckhand override"), ["?override needs more"]);
        assert_eq!(read("/deckhand override changelog"), ["?override needs more"]);
        assert_eq!(read("/deckhand override changelog ..."), ["?override needs more"]);
        assert_eq!(read("/deckhand override changelog <!-- hidden reason -->"), ["?override needs more"]);
        assert_eq!(read("/deckhand explain ``"), ["?explain needs more"]);
        assert_eq!(read(&format!("/deckhand override x {}", "y".repeat(1_000))), ["?long"]);
        let many = read(&"/deckhand why\n\n".repeat(12));
        assert_eq!((many.len(), many.last().map(String::as_str)), (11, Some("?many")));
        assert!(read(&format!("/deckhand why\n{}", "x".repeat(MAX_BODY))).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_an_end(parts in proptest::collection::vec(
            prop_oneof![Just("/deckhand rerun".to_owned()), Just("\n".to_owned()), Just("> ".to_owned()),
                Just("```".to_owned()), Just("<!--".to_owned()), Just("-->".to_owned()), Just("`".to_owned()),
                Just("é\u{85}".to_owned()), Just("\r".to_owned()), ".{0,6}"], 0..30)) {
            let found = parse_commands(&parts.concat());
            prop_assert!(found.len() <= MAX_COMMANDS + 1);
        }
    }
}
