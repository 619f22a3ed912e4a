//! The table of commands: adding one is a file beside this one and a line in `COMMANDS`.

use super::common::Common;
use super::failure::{Failure, Status};
use super::{ci, demo, judge, local, pr, rules, serve, terminal, test};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use std::ffi::OsString;
use std::process::ExitCode;

const COMMANDS: &[Entry] = &[
    entry::<ci::Ci>(),
    entry::<demo::Demo>(),
    entry::<judge::Judge>(),
    entry::<local::Local>(),
    entry::<pr::Pr>(),
    entry::<rules::Rules>(),
    entry::<serve::Serve>(),
    entry::<test::Test>(),
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

    /// Does it and says the exit status.
    fn run(self, common: &Common) -> Result<Status, Failure>;
}

/// A command whose type is no longer known.
struct Entry {
    name: &'static str,
    define: fn() -> Command,
    run: fn(&ArgMatches, &Common) -> Result<Status, Failure>,
}

const fn entry<C: Subcommand>() -> Entry {
    Entry {
        name: C::NAME,
        define: || C::augment_args(Command::new(C::NAME)).hide(C::HIDDEN),
        run: |matches, common| {
            let command = C::from_arg_matches(matches).map_err(|error| Failure::usage(error.to_string()))?;
            command.run(common)
        },
    }
}

/// Runs the command line of this process and returns its exit status.
pub fn run() -> ExitCode {
    let matches = define().get_matches();
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

fn define() -> Command {
    let command = Command::new("deckhand")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .max_term_width(100);
    // The options' own comment would stand in for the description of the whole.
    let about = "Judges pull requests with rules written in Lua";
    let command = Common::augment_args(command).about(about).long_about(about);
    let command = command.subcommands(COMMANDS.iter().map(|command| (command.define)()));
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
}
