//! `deckhand completions`: what a shell needs to complete our command line.

use super::commands::{self, Subcommand};
use super::common::Common;
use super::failure::{Failure, Status};
use super::terminal::print_result;
use clap_complete::Shell;

/// Print the completions of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand completions bash > ~/.local/share/bash-completion/completions/deckhand
  deckhand completions zsh > ~/.zfunc/_deckhand
  deckhand completions fish > ~/.config/fish/completions/deckhand.fish")]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl Subcommand for Completions {
    const NAME: &'static str = "completions";

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut commands::command(), "deckhand", &mut script);
        print_result(common, &String::from_utf8_lossy(&script))?;
        Ok(Status::Fine)
    }
}
