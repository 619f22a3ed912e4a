//! `deckhand judge`: a child process of a server, in which rules run. No person types it.

use super::commands::Subcommand;
use super::common::Common;
use super::failure::{Failure, Status};
use crate::server::judge_main;

/// Run rules for a server, over standard input and output
#[derive(Debug, clap::Args)]
pub(super) struct Judge {}

impl Subcommand for Judge {
    const NAME: &'static str = "judge";
    const HIDDEN: bool = true;

    fn run(self, _common: &Common) -> Result<Status, Failure> {
        judge_main().map(|()| Status::Fine).map_err(|error| Failure::failed(format!("judge: {error}")))
    }
}
