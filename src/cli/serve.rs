//! `deckhand serve`: the GitHub App. Webhooks in, checks and comments out.

use super::commands::Subcommand;
use super::common::Common;
use super::failure::{Failure, Status};
use crate::server::{Role, ServerConfig, serve};
use clap::ValueEnum;

/// Where settings are looked for besides the environment.
const CONFIG_FILE: &str = "deckhand.toml";

/// Run the GitHub App; configured by DECKHAND_* variables or deckhand.toml
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand serve                    everything in one process
  deckhand serve --role worker      only judge, beside another process that takes deliveries

Every role listens, a worker for its health and metrics: of two processes on one host each needs a DECKHAND_LISTEN of its own. \
It refuses to start, and says what to do, when a setting is missing or wrong; docs/server.md lists all of them.")]
pub(super) struct Serve {
    /// Which halves of the server this process runs
    #[arg(long, value_name = "ROLE", value_enum, default_value = "all")]
    role: RoleName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleName {
    /// Both
    All,
    /// Accept deliveries and show pages
    Web,
    /// Judge pull requests
    Worker,
}

impl Subcommand for Serve {
    const NAME: &'static str = "serve";

    fn run(self, _common: &Common) -> Result<Status, Failure> {
        let file = read_config_file()?;
        let mut config = ServerConfig::load(|name| std::env::var(name).ok(), file.as_deref())
            .map_err(|errors| Failure::usage(errors.to_string()))?;
        config.role = match self.role {
            RoleName::All => Role::All,
            RoleName::Web => Role::Web,
            RoleName::Worker => Role::Worker,
        };
        serve(config).map(|()| Status::Fine).map_err(|error| Failure::usage(error.to_string()))
    }
}

/// The text of the configuration in the current directory, where there is one.
pub(super) fn read_config_file() -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(CONFIG_FILE) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::usage(format!("cannot read {CONFIG_FILE}: {error}"))),
    }
}
