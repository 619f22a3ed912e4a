//! `deckhand man`: manual pages, made from the same definitions as `--help`.

use super::commands::{self, Subcommand};
use super::common::Common;
use super::failure::{Failure, Status};
use super::terminal::print_result;
use crate::lua::nearest;
use std::path::{Path, PathBuf};

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
        let mut all = with_version(commands::command());
        all.build();
        if let Some(directory) = self.dir {
            let written = std::fs::create_dir_all(&directory).and_then(|()| write_pages(all, &directory));
            return written.map(|()| Status::Fine).map_err(|error| {
                Failure::usage(format!("could not write the pages into {}: {error}", directory.display()))
            });
        }
        let page = match &self.command {
            None => all,
            Some(name) => match find(&all, name) {
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
        page_of(page)
            .render(&mut roff)
            .map_err(|error| Failure::failed(format!("could not make the page: {error}")))?;
        print_result(common, &String::from_utf8_lossy(&roff))?;
        Ok(Status::Fine)
    }
}

/// A command below this one, as its page is named: `hook`, or `hook-install` for one below that.
fn find<'a>(command: &'a clap::Command, name: &str) -> Option<&'a clap::Command> {
    command.find_subcommand(name).or_else(|| {
        let inner = |outer: &'a clap::Command| find(outer, name.strip_prefix(outer.get_name())?.strip_prefix('-')?);
        command.get_subcommands().find_map(inner)
    })
}

/// The pages of a command and of those below it, as files.
fn write_pages(command: clap::Command, directory: &Path) -> std::io::Result<()> {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        write_pages(inner.clone(), directory)?;
    }
    page_of(command).generate_to(directory).map(drop)
}

/// A command's page. All are of one program, which its foot names.
fn page_of(command: clap::Command) -> clap_mangen::Man {
    clap_mangen::Man::new(command).source(concat!("deckhand ", env!("CARGO_PKG_VERSION")))
}

/// Pages of commands name the version, too, at their foot.
fn with_version(command: clap::Command) -> clap::Command {
    command.version(env!("CARGO_PKG_VERSION")).mut_subcommands(|one| with_version(one).disable_version_flag(true))
}
