//! Answers to commands: each with the line that it answers, and the texts of `help`, `why` and `explain`.

use super::check::{fault_item, render_title, spoken, waiting_items};
use super::escape::{code_span, neutralise};
use super::limit::{COMMENT_BYTES, MESSAGE_BYTES, cut};
use super::list;
use super::words::{count, overridden};
use crate::lua::{builtin_rules, find_builtin, is_planned_rule, nearest};
use crate::model::{Conclusion, Fault, Finding, RuleState, Verdict};
use crate::plan::{Heeded, Sibling};
use crate::webhook::{Command, CommandLine, MAX_COMMANDS, MAX_LINE, Misread, Verb};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What an answer may say to one line.
const SECTION_BYTES: usize = 20_000;
/// So many messages of a rule are repeated.
const MAX_MESSAGES: usize = 5;

/// All that a comment's lines get to hear; `None` when the sign says enough.
pub(in crate::plan) fn render_answer(lines: &[(CommandLine, Heeded)]) -> Option<String> {
    if lines.iter().all(|(_, heeded)| *heeded == Heeded::Done) {
        return None;
    }
    let section = |(line, heeded): &(CommandLine, Heeded)| {
        let text = match heeded {
            Heeded::Done => "Done.",
            Heeded::Told(text) | Heeded::Refused(text) => text,
        };
        format!("> {}\n\n{}", code_span(&label(line)), cut(text.trim_end(), SECTION_BYTES))
    };
    let sections: Vec<String> = lines.iter().map(section).collect();
    Some(cut(&sections.join("\n\n---\n\n"), COMMENT_BYTES - 500))
}

/// What whoever pressed a button gets to hear.
pub(in crate::plan) fn render_button_answer(by: &str, text: &str) -> String {
    format!("> A button of the check, pressed by {}\n\n{}", code_span(by), cut(text.trim_end(), SECTION_BYTES))
}

/// The command as we understood it.
fn label(line: &CommandLine) -> String {
    let words = match line {
        CommandLine::Read(Command::Explain { rule }) => format!("explain {rule}"),
        CommandLine::Read(Command::Override { rule, .. }) => format!("override {rule}"),
        CommandLine::Read(Command::Fix { rule: Some(rule) }) => format!("fix {rule}"),
        CommandLine::Read(command) => command.verb().name().to_owned(),
        CommandLine::Misread(Misread::Unknown { word }) => word.clone(),
        CommandLine::Misread(Misread::Incomplete(verb)) => verb.name().to_owned(),
        CommandLine::Misread(Misread::TooLong | Misread::TooMany) => "…".to_owned(),
    };
    format!("/deckhand {words}")
}

/// `help`: every command with what it does and who may use it.
pub fn render_help() -> String {
    let mut out =
        "Write a command on a line of its own, in a new comment.\n\n| command | does | who |\n|---|---|---|\n"
            .to_owned();
    for verb in Verb::ALL {
        let later = if verb.is_built() { "" } else { " (not built yet in this version)" };
        let usage = code_span(&format!("/deckhand {}", verb.usage()));
        let _ = writeln!(out, "| {usage} | {}{later} | {} |", verb.about(), verb.who().describe());
    }
    out
}

/// Why a line gives no command, and the nearest one.
pub fn render_misread(misread: &Misread) -> String {
    match misread {
        Misread::Unknown { word } => {
            let nearest = nearest_of(word, Verb::ALL.iter().map(|verb| verb.name())).unwrap_or("help");
            format!(
                "There is no command {}; the nearest is {}. {} lists all.",
                code_span(word),
                code_span(&format!("/deckhand {nearest}")),
                code_span("/deckhand help")
            )
        }
        Misread::Incomplete(verb) => {
            format!("This command needs more: {}.", code_span(&format!("/deckhand {}", verb.usage())))
        }
        Misread::TooLong => format!("A line with a command has at most {MAX_LINE} bytes. Say it shorter."),
        Misread::TooMany => {
            format!(
                "A comment has at most {MAX_COMMANDS} commands; the first {MAX_COMMANDS} were read. Write another comment."
            )
        }
    }
}

/// `why`: what blocks, what was let pass, and what to do.
pub fn render_why(verdict: &Verdict, siblings: &[Sibling]) -> String {
    let conclusion = match verdict.conclusion {
        Conclusion::Success => "passes",
        Conclusion::Failure => "fails",
        Conclusion::Pending => "waits",
        Conclusion::Neutral => "is advisory, so nothing blocks",
    };
    let mut out = format!("**{}.** The check of {} {conclusion}.\n", render_title(verdict), verdict.head.short());
    let blocking: Vec<&Finding> = spoken(verdict).filter(|finding| finding.blocking).collect();
    let faults: Vec<&Fault> = verdict.faults.iter().filter(|fault| fault.blocking).collect();
    let enforced = verdict.conclusion != Conclusion::Neutral;
    if enforced && !(blocking.is_empty() && faults.is_empty()) {
        out.push_str("\nThis blocks:\n");
        if !faults.is_empty() {
            out.push('\n');
        }
        for fault in &faults {
            let item = fault_item(fault, MESSAGE_BYTES / 4);
            if out.len() + item.len() < SECTION_BYTES / 4 {
                out.push_str(&item);
            }
        }
        out = list::pages(out, blocking.iter().copied(), MESSAGE_BYTES / 4, SECTION_BYTES / 2, 1).concat();
        out.push_str(&advice(&blocking, &faults));
    }
    let waiting = waiting_items(verdict);
    if !waiting.is_empty() {
        let _ = write!(out, "\nThis is not there yet:\n\n{waiting}");
    }
    let others = verdict.findings.iter().filter(|finding| !finding.blocking && finding.overridden.is_none()).count();
    if others > 0 {
        let _ = write!(out, "\n{} not block.\n", plural(others, "other finding does", "other findings do"));
    }
    let passed = verdict.findings.iter().filter_map(|finding| Some((&finding.rule, finding.overridden.as_ref()?)));
    let passed =
        passed.chain(verdict.faults.iter().filter_map(|fault| Some((&fault.rule, fault.overridden.as_ref()?))));
    let passed: BTreeSet<String> =
        passed.map(|(rule, decision)| format!("- {}: {}\n", code_span(rule), overridden(decision))).collect();
    if !passed.is_empty() {
        out.push_str("\nLet pass:\n\n");
        out.extend(passed);
    }
    for sibling in siblings {
        let title = sibling.verdict.as_ref().map_or_else(|| "it was not judged yet".to_owned(), render_title);
        let _ = write!(out, "\n#{} has the same head commit and shares this check: {title}.\n", sibling.number);
    }
    out
}

fn advice(blocking: &[&Finding], faults: &[&Fault]) -> String {
    let mut rules: Vec<&str> = blocking.iter().map(|finding| finding.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut out = String::new();
    if let Some(rule) = rules.first() {
        let command = code_span(&format!("/deckhand override {rule} <reason>"));
        let _ = write!(
            out,
            "\nMend what is found and push. If it is right as it is, somebody with write permission who is not the author can write {command}.\n"
        );
    }
    if !faults.is_empty() {
        let command = code_span("/deckhand override dangerfile <reason>");
        let _ = write!(
            out,
            "\nA rule that could not run is mended in the dangerfile of the base branch. Somebody with maintain or admin permission can let it pass with {command}.\n"
        );
    }
    out
}

/// `explain`: the first paragraph of a built-in rule's page, or what a house rule says here; `link` leads to the
/// dangerfile.
///
/// # Errors
/// Markdown that says that there is no such rule, and the nearest.
pub fn render_explain(rule: &str, verdict: Option<&Verdict>, link: Option<&str>) -> Result<String, String> {
    let outcome = verdict.and_then(|verdict| verdict.rules.iter().find(|outcome| outcome.name == rule));
    let builtin = find_builtin(rule);
    if builtin.is_none() && outcome.is_none() {
        return Err(unknown_rule(rule, verdict));
    }
    let mut out = match builtin {
        Some(builtin) => format!(
            "{}\n\n{} prints the whole page.\n",
            first_paragraph(builtin.page),
            code_span(&format!("deckhand rules {rule}"))
        ),
        None => match link {
            Some(link) => format!("{} is a rule of this repository's [dangerfile]({link}).\n", code_span(rule)),
            None => format!("{} is a rule of the dangerfile.\n", code_span(rule)),
        },
    };
    let Some((outcome, verdict)) = outcome.zip(verdict) else {
        out.push_str("\nThis repository does not use it.\n");
        return Ok(out);
    };
    let mut messages: Vec<&str> = Vec::new();
    for finding in verdict.findings.iter().filter(|finding| finding.rule == rule) {
        if !messages.contains(&finding.message.trim()) {
            messages.push(finding.message.trim());
        }
    }
    let blocks = if outcome.blocking { "It can block" } else { "It is advisory" };
    match outcome.state {
        RuleState::Skipped if outcome.waits.is_some() => {
            let reason = outcome.reason.as_deref().unwrap_or_default();
            let _ = write!(out, "\n{blocks}; here it is {}.\n", neutralise(reason));
        }
        RuleState::Skipped => {
            let reason =
                outcome.reason.as_deref().map(|reason| format!(": {}", neutralise(reason))).unwrap_or_default();
            let _ = write!(out, "\n{blocks}; here it did not apply{reason}.\n");
        }
        RuleState::Faulted => {
            let _ = write!(out, "\n{blocks}; here it could not run.\n");
        }
        RuleState::Shadow => out.push_str("\nIt is tried out in the shadow, and says nothing.\n"),
        RuleState::Ran if messages.is_empty() => {
            let _ = write!(out, "\n{blocks}; here it has nothing to say.\n");
        }
        RuleState::Ran => {
            let _ = write!(out, "\n{blocks}. Here it says:\n");
            for message in messages.iter().take(MAX_MESSAGES) {
                let quoted = neutralise(&cut(message, MESSAGE_BYTES / 4)).replace('\n', "\n> ");
                let _ = write!(out, "\n> {quoted}\n");
            }
            if messages.len() > MAX_MESSAGES {
                let _ = write!(out, "\n… and {}.\n", count(messages.len() - MAX_MESSAGES, "more message"));
            }
        }
    }
    Ok(out)
}

/// Says that there is no such rule here, and which one is the nearest.
pub fn unknown_rule(rule: &str, verdict: Option<&Verdict>) -> String {
    if is_planned_rule(rule) {
        return format!("The built-in rule {} is not built yet in this version.", code_span(rule));
    }
    let used = verdict.iter().flat_map(|verdict| verdict.rules.iter()).map(|outcome| outcome.name.as_str());
    let known: Vec<&str> = used.chain(builtin_rules().iter().map(|rule| rule.name)).collect();
    let nearest = nearest_of(rule, known.into_iter());
    let nearest = nearest.map(|near| format!("; the nearest is {}", code_span(near))).unwrap_or_default();
    format!("There is no rule {}{nearest}.", code_span(rule))
}

/// Whoever types a name means something: the nearest is named however far it is.
fn nearest_of<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let word = word.to_lowercase();
    let near = |name: &&str| strsim::jaro_winkler(&word, name);
    nearest(&word, names.clone()).or_else(|| names.max_by(|left, right| near(left).total_cmp(&near(right))))
}

/// The first paragraph below the title.
fn first_paragraph(page: &str) -> String {
    let below = page.lines().skip_while(|line| line.starts_with('#') || line.trim().is_empty());
    below.take_while(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
