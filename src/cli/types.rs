//! `deckhand types`: the Luau definitions of the dangerfile's API, for editors.

use super::commands::Subcommand;
use super::common::Common;
use super::failure::{Failure, Status};
use super::terminal::{note, print_result};
use crate::lua::render_definitions;
use std::io::IsTerminal;

/// Print the Luau definitions of the API, for editors with luau-lsp
///
/// `deckhand types > deckhand.d.luau` writes them to a file; name it in the editor's settings under
/// luau-lsp.types.definitionFiles, and names, arguments and types of a dangerfile are completed and checked.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand types
  deckhand types > deckhand.d.luau  for luau-lsp")]
pub(super) struct Types {}

impl Subcommand for Types {
    const NAME: &'static str = "types";

    fn run(self, common: &Common) -> Result<Status, Failure> {
        print_result(common, &render_definitions())?;
        if std::io::stdout().is_terminal() {
            note(common, "`deckhand types > deckhand.d.luau` writes this to a file for luau-lsp");
        }
        Ok(Status::Fine)
    }
}
