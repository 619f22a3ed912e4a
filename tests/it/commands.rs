//! The command line as it describes itself: help, docs/commands.md, completions and manual pages.

use crate::cli::Place;
use crate::rules::hold;
use clap::Command;
use std::fmt::Write as _;

/// Every command that people see, with the words that call it.
fn walk(command: &Command, words: &[String], found: &mut Vec<(Vec<String>, Command)>) {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        let words: Vec<String> = words.iter().cloned().chain([inner.get_name().to_owned()]).collect();
        found.push((words.clone(), inner.clone()));
        walk(inner, &words, found);
    }
}

fn commands() -> Vec<(Vec<String>, Command)> {
    let mut all = deckhand::cli::command();
    all.build();
    let mut found = Vec::new();
    walk(&all, &[], &mut found);
    found
}

#[test]
fn help_texts_are_the_reviewed_ones() {
    let place = Place::empty();
    let mut all = place.deckhand(&["--help"]).out;
    for (words, _) in commands() {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let said = place.deckhand(&arguments);
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{words:?}");
        // What every command takes stands once, in the help of the whole.
        let own = said.out.split("\nCommon options:\n").collect::<Vec<_>>();
        let examples = said.out.find("\nExamples:\n").map(|at| &said.out[at..]).unwrap_or_default();
        write!(all, "\n======== deckhand {}\n\n{}{examples}", words.join(" "), own[0]).unwrap();
        assert_eq!(own.len(), 2, "{words:?} lacks the common options");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_reference_of_the_command_line_matches_it() {
    let mut text = String::new();
    for (words, command) in commands() {
        render(&words, &command, &mut text);
    }
    let all = deckhand::cli::command();
    let common: Vec<&clap::Arg> = all.get_arguments().filter(|arg| arg.is_global_set()).collect();
    writeln!(text, "## Common options\n\nA command refuses a format in which it prints nothing, and `--dangerfile` where it reads none.\n\n{}", render_arguments(&common)).unwrap();
    hold("docs/commands.md", "commands", &text);
}

fn render(words: &[String], command: &Command, text: &mut String) {
    let level = "#".repeat(words.len() + 1);
    let about = command.get_long_about().or(command.get_about()).unwrap().to_string();
    let mut sentences = about.split("\n\n");
    writeln!(text, "{level} `deckhand {}`\n\n{}.\n", words.join(" "), sentences.next().unwrap()).unwrap();
    for paragraph in sentences {
        writeln!(text, "{paragraph}\n").unwrap();
    }
    let arguments: Vec<&clap::Arg> = command
        .get_arguments()
        .filter(|arg| {
            !arg.is_global_set() && !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str())
        })
        .collect();
    if !arguments.is_empty() {
        writeln!(text, "{}", render_arguments(&arguments)).unwrap();
    }
    let after = command.get_after_help().unwrap().to_string();
    let (examples, rest) = after.split_once("\n\n").unwrap_or((&after, ""));
    writeln!(text, "```sh").unwrap();
    for example in examples.lines().skip(1) {
        // Two spaces begin an explanation.
        match example.trim().split_once("  ") {
            Some((line, explanation)) => writeln!(text, "{line}  # {}", explanation.trim()).unwrap(),
            None => writeln!(text, "{}", example.trim()).unwrap(),
        }
    }
    writeln!(text, "```\n").unwrap();
    if !rest.is_empty() {
        writeln!(text, "{rest}\n").unwrap();
    }
}

fn render_arguments(arguments: &[&clap::Arg]) -> String {
    let mut table = "| argument | meaning |\n|---|---|\n".to_owned();
    for arg in arguments {
        let value = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
        let takes_value = arg.get_action().takes_values();
        let name = match (arg.get_short(), arg.get_long()) {
            (Some(short), Some(long)) => format!("-{short}, --{long}"),
            (None, Some(long)) if takes_value => format!("--{long} {value}"),
            (None, Some(long)) => format!("--{long}"),
            _ => value,
        };
        let mut meaning = arg.get_help().unwrap().to_string().trim_end_matches('.').to_owned();
        let values: Vec<String> = arg
            .get_possible_values()
            .iter()
            .filter(|_| takes_value)
            .filter_map(|value| value.get_help().map(|help| format!("`{}` {help}", value.get_name())))
            .collect();
        if !values.is_empty() {
            write!(meaning, ": {}", values.join("; ")).unwrap();
        }
        let defaults: Vec<String> =
            arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
        if takes_value && !defaults.is_empty() {
            write!(meaning, " (default {})", defaults.join(", ")).unwrap();
        }
        writeln!(table, "| `{}` | {} |", name.replace('|', "\\|"), meaning.replace('|', "\\|")).unwrap();
    }
    table
}

#[test]
fn completions_know_every_command() {
    let place = Place::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = place.deckhand(&["completions", shell]);
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{shell}");
        for (words, _) in commands() {
            assert!(said.out.contains(words.last().unwrap()), "{shell} lacks {words:?}");
        }
    }
    assert_eq!(place.deckhand(&["completions", "tcsh"]).status, 2);
    // The script for bash is one, and completes what can stand next.
    place.write("complete.sh", &place.deckhand(&["completions", "bash"]).out);
    for (words, expected) in [("hook ins", "install"), ("loc", "local"), ("jud", "")] {
        // `judge` is no command for people.
        let last = words.split(' ').next_back().unwrap();
        let count = words.split(' ').count();
        let script = format!(
            ". ./complete.sh; COMP_WORDS=(deckhand {words}); COMP_CWORD={count}; _deckhand deckhand {last} x; echo \"${{COMPREPLY[@]}}\""
        );
        let output = place.command("bash").args(["-c", &script]).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), expected, "{words}: {err}");
    }
}

#[test]
fn manual_pages_are_made_of_the_same_definitions() {
    let place = Place::empty();
    let said = place.deckhand(&["man"]);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert!(said.out.contains(".TH deckhand 1"), "{}", said.out);
    assert!(said.out.contains("deckhand\\-local(1)"), "{}", said.out);
    let said = place.deckhand(&["man", "local"]);
    assert!(said.out.contains("\\-\\-base") && said.out.contains("Examples"), "{}", said.out);
    assert!(said.out.contains(concat!("\"deckhand ", env!("CARGO_PKG_VERSION"), "\"")), "{}", said.out);
    let said = place.deckhand(&["man", "hook-install"]);
    assert!(said.out.contains(".TH deckhand-hook-install 1"), "{}", said.out);
    let said = place.deckhand(&["man", "locale"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("did you mean `local`?"), "{}", said.err);
    assert_eq!(place.deckhand(&["man", "--dir", "pages/man1"]).status, 0);
    for (words, _) in commands() {
        let page = format!("pages/man1/deckhand-{}.1", words.join("-"));
        let text = std::fs::read_to_string(place.path.join(&page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(text.contains(concat!("\"deckhand ", env!("CARGO_PKG_VERSION"), "\"")), "{page}");
    }
}

#[test]
fn rules_are_there_for_programs_and_laid_out_for_people() {
    let place = Place::empty();
    let json: serde_json::Value = serde_json::from_str(&place.deckhand(&["rules", "--format", "json"]).out).unwrap();
    assert_eq!(json["version"], 1);
    assert!(!json.to_string().contains("null"), "optional members are absent");
    let rules = json["rules"].as_array().unwrap();
    assert_eq!(rules.len(), deckhand::lua::builtin_rules().len());
    assert!(rules.iter().all(|rule| rule["options"].as_array().is_some_and(|options| options.len() >= 3)));
    let said = place.deckhand(&["rules", "pr_size", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let option = json["options"].as_array().unwrap().iter().find(|option| option["name"] == "max_lines").unwrap();
    assert_eq!(
        (option["default"].as_u64(), option["takes"].as_str()),
        (Some(400), Some("a whole number, zero or more"))
    );
    assert!(json["page"].as_str().unwrap().starts_with("# pr_size\n"));

    let said = place.deckhand(&["rules", "pr_size", "--color", "always"]);
    assert!(said.out.contains("\u{1b}[") && !said.out.contains("|---|"), "{}", said.out);
    let said = place.deckhand(&["rules", "pr_szie"]);
    assert!(said.status == 2 && said.err.contains("the nearest is `pr_size`"), "{}", said.err);
    let said = place.deckhand(&["rules", "auto_merge"]);
    assert!(said.status == 2 && said.err.contains("not built yet in this version"), "{}", said.err);
    assert_eq!(place.deckhand(&["rules", "--format", "sarif"]).status, 2);
}
