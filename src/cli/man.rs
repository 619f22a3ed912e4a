//! `deckhand man`: manual pages, made from the same definitions as `--help`.

use super::commands::{self, Subcommand};
use super::common::Common;
use super::failure::{Failure, Status};
use super::terminal::print_result;
use crate::lua::nearest;
use std::path::PathBuf;

/// Print the manual page, or that of one command
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand man | man -l -               read it now
  deckhand man local | man -l -         one command's page
  deckhand man --dir ~/.local/share/man/man1")]
pub(super) struct Man {
    /// The command whose page to print [default: the page of all]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write all pages as files into this directory instead
    #[arg(long, value_name = "DIR", conflicts_with = "command", value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

impl Subcommand for Man {
    const NAME: &'static str = "man";

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let mut all = commands::command();
        all.build();
        if let Some(directory) = self.dir {
            let written = std::fs::create_dir_all(&directory).and_then(|()| clap_mangen::generate_to(all, &directory));
            return written.map(|()| Status::Fine).map_err(|error| {
                Failure::usage(format!("could not write the pages into {}: {error}", directory.display()))
            });
        }
        let page = match &self.command {
            None => all,
            Some(name) => match all.find_subcommand(name) {
                Some(command) => command.clone(),
                None => {
                    let names = all.get_subcommands().map(clap::Command::get_name);
                    let hint = nearest(name, names).map(|near| format!(" did you mean `{near}`?")).unwrap_or_default();
                    return Err(Failure::usage(format!(
                        "there is no command {name:?}:{hint} `deckhand --help` lists all"
                    )));
                }
            },
        };
        let mut roff = Vec::new();
        clap_mangen::Man::new(page)
            .render(&mut roff)
            .map_err(|error| Failure::failed(format!("could not make the page: {error}")))?;
        print_result(common, &String::from_utf8_lossy(&roff))?;
        Ok(Status::Fine)
    }
}
