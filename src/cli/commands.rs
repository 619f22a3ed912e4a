//! The table of commands: adding one is a file beside this one and a line in `COMMANDS`.

use super::common::{Common, Printed};
use super::failure::{Failure, Status};
use super::{
    backtest, check, ci, completions, coverage, demo, doctor, hook, init, judge, local, man, migrations, pr, replay,
    rules, serve, terminal, test, types,
};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use std::ffi::OsString;
use std::process::ExitCode;

const COMMANDS: &[Entry] = &[
    entry::<backtest::Backtest>(),
    entry::<check::Check>(),
    entry::<ci::Ci>(),
    entry::<completions::Completions>(),
    entry::<coverage::Coverage>(),
    entry::<demo::Demo>(),
    entry::<doctor::Doctor>(),
    entry::<hook::Hook>(),
    entry::<init::Init>(),
    entry::<judge::Judge>(),
    entry::<local::Local>(),
    entry::<man::Man>(),
    entry::<migrations::Migrations>(),
    entry::<pr::Pr>(),
    entry::<replay::Replay>(),
    entry::<rules::Rules>(),
    entry::<serve::Serve>(),
    entry::<test::Test>(),
    entry::<types::Types>(),
];

/// All commands of the contract; what is not in `COMMANDS` is answered with "not built yet".
const PLANNED: [&str; 16] = [
    "demo",
    "serve",
    "local",
    "pr",
    "ci",
    "hook",
    "init",
    "check",
    "test",
    "replay",
    "backtest",
    "coverage",
    "migrations",
    "rules",
    "types",
    "doctor",
];

/// A command: its options are fields, the comment on the type is its help.
pub(super) trait Subcommand: Args {
    /// What people type.
    const NAME: &'static str;
    /// Whether `--help` leaves it out: for commands that no person types.
    const HIDDEN: bool = false;
    /// Whether it prints pages for browsers: only there `--format html` is offered.
    const HAS_PAGES: bool = false;

    /// What `--format` can be; any other is refused before it runs.
    fn formats(&self) -> &'static [Printed] {
        Printed::TEXT
    }

    /// Whether `--dangerfile` means something to it; otherwise it is refused.
    fn takes_dangerfile(&self) -> bool {
        false
    }

    /// Does it and says the exit status.
    fn run(self, common: &Common) -> Result<Status, Failure>;
}

/// A command whose type is no longer known.
struct Entry {
    name: &'static str,
    hidden: bool,
    define: fn() -> Command,
    run: fn(&ArgMatches, &Common) -> Result<Status, Failure>,
}

const fn entry<C: Subcommand>() -> Entry {
    Entry {
        name: C::NAME,
        hidden: C::HIDDEN,
        define: || {
            let command = C::augment_args(Command::new(C::NAME)).hide(C::HIDDEN);
            if C::HAS_PAGES { Common::offer_pages(command) } else { command }
        },
        run: |matches, common| {
            let command = C::from_arg_matches(matches).map_err(|error| Failure::usage(error.to_string()))?;
            common.check_format(C::NAME, command.formats())?;
            common.check_dangerfile(C::NAME, command.takes_dangerfile())?;
            command.run(common)
        },
    }
}

/// Runs the command line of this process and returns its exit status.
pub fn run() -> ExitCode {
    let matches = define().get_matches_from(ask_for_help(std::env::args_os().collect()));
    let common = match Common::from_arg_matches(&matches) {
        Ok(common) => common,
        Err(error) => error.exit(),
    };
    let (name, matches) = matches.subcommand().expect("clap requires a command");
    let outcome = match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(matches, &common),
        None => Err(Failure::usage(format!("`deckhand {name}` is not built yet in this version"))),
    };
    match outcome {
        Ok(status) => status.into(),
        Err(failure) => {
            terminal::error(Some(&common), &failure.message);
            failure.status.into()
        }
    }
}

/// `deckhand help local` is `deckhand local --help`: people type both.
fn ask_for_help(mut words: Vec<OsString>) -> Vec<OsString> {
    if words.get(1).is_some_and(|word| word == "help") {
        words.remove(1);
        words.push("--help".into());
    }
    words
}

/// What `--help` shows of the whole.
const ABOUT: &str = "Judges pull requests with rules written in Lua";

const AFTER_HELP: &str = "\
Examples:
  deckhand demo                 see the robot at work, without an account or a network
  deckhand init                 write a first dangerfile for this repository
  deckhand local                judge what you are about to propose
  deckhand rules changelog      read what a built-in rule wants

Exit status: 0 nothing blocks; 1 something blocks; 2 bad usage, configuration or input;
3 a failure of our own or of the network. Results go to standard output, everything else
to standard error.";

/// The command line as people see it: the commands of this version with their options and help. Manual pages,
/// completions and docs/commands.md are made from it.
pub fn command() -> Command {
    let command = Command::new("deckhand")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .max_term_width(100);
    // The options' own comment would stand in for the description of the whole.
    let command = Common::augment_args(command).about(ABOUT).long_about(ABOUT).after_help(AFTER_HELP);
    command.subcommands(COMMANDS.iter().filter(|command| !command.hidden).map(|command| (command.define)()))
}

/// All of it: also what no person types, and what is not built yet and says so.
fn define() -> Command {
    let command = command();
    let command =
        command.subcommands(COMMANDS.iter().filter(|command| command.hidden).map(|command| (command.define)()));
    let missing = PLANNED.iter().filter(|name| COMMANDS.iter().all(|command| command.name != **name));
    command.subcommands(missing.map(|name| {
        let rest = Arg::new("rest").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true);
        let rest = rest.value_parser(clap::value_parser!(OsString));
        Command::new(*name).hide(true).disable_help_flag(true).arg(rest)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_consistent() {
        define().debug_assert();
    }

    #[test]
    fn help_is_asked_for_in_either_way() {
        let asked = |words: &[&str]| ask_for_help(words.iter().map(OsString::from).collect());
        assert_eq!(asked(&["deckhand", "help"]), ["deckhand", "--help"]);
        assert_eq!(asked(&["deckhand", "help", "hook", "install"]), ["deckhand", "hook", "install", "--help"]);
        assert_eq!(asked(&["deckhand", "rules", "help"]), ["deckhand", "rules", "help"]);
        assert_eq!(asked(&["deckhand"]), ["deckhand"]);
    }

    /// Every visible command below one, with the words that call it.
    fn walk(command: &Command, words: &str, found: &mut Vec<(String, Command)>) {
        for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
            let words = format!("{words} {}", inner.get_name());
            found.push((words.clone(), inner.clone()));
            walk(inner, &words, found);
        }
    }

    #[test]
    fn every_command_says_what_it_does_with_examples_that_parse() {
        let mut found = Vec::new();
        walk(&command(), "deckhand", &mut found);
        assert!(found.len() >= COMMANDS.iter().filter(|command| !command.hidden).count());
        for (words, command) in found {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(about.len() > 10 && !about.ends_with('.'), "{words}: one sentence about it, without a full stop");
            for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                assert!(arg.get_help().is_some(), "{words}: {} has no help", arg.get_id());
            }
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(after.starts_with("Examples:\n"), "{words}: `after_help` begins with examples");
            let examples: Vec<&str> = after.lines().skip(1).take_while(|line| line.starts_with("  ")).collect();
            assert!(!examples.is_empty(), "{words}: no example");
            for example in examples {
                // Two spaces begin an explanation, `>` and `|` belong to the shell.
                let line = example.trim().split("  ").next().unwrap_or_default();
                let line = line.split(['>', '|']).next().unwrap_or_default();
                assert!(line.starts_with(&words), "{words}: {example}");
                define()
                    .try_get_matches_from(line.split_whitespace())
                    .unwrap_or_else(|error| panic!("{example}: {error}"));
            }
        }
    }
}
