//! The command line of `deckhand hook`.

use super::script::HookName;
use super::{install, run};
use crate::cli::commands::Subcommand;
use crate::cli::common::{Common, Printed};
use crate::cli::failure::{Failure, Status};
use crate::git::Repository;

/// Install a git hook that runs `deckhand local` before a push or a commit
///
/// The hook goes where git looks for it: `core.hooksPath` and linked working trees are respected, and a hook of somebody
/// else is never touched.
#[derive(Debug, clap::Args)]
#[command(disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  deckhand hook install                 before every push
  deckhand hook install pre-commit      before every commit
  deckhand hook uninstall

`git push --no-verify` and `git commit --no-verify` go past a hook.")]
pub(in crate::cli) struct Hook {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Write the hook
    ///
    /// Installing again changes nothing. Where another hook stands already, it stays as it is, and the lines to add to it are
    /// printed. With --dangerfile the hook judges by that file.
    #[command(
        after_help = "Examples:\n  deckhand hook install\n  deckhand hook install pre-commit\n  deckhand hook install --dangerfile tools/strict.lua"
    )]
    Install {
        /// When to judge
        #[arg(value_enum, value_name = "HOOK", default_value = "pre-push")]
        hook: HookName,
    },
    /// Remove the hook, if it is ours
    #[command(after_help = "Examples:\n  deckhand hook uninstall\n  deckhand hook uninstall pre-commit")]
    Uninstall {
        /// Which hook to remove
        #[arg(value_enum, value_name = "HOOK", default_value = "pre-push")]
        hook: HookName,
    },
    /// What the installed hook calls
    #[command(hide = true)]
    Run {
        /// The hook that git runs
        #[arg(value_enum)]
        hook: HookName,
        /// What git gives it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

impl Subcommand for Hook {
    const NAME: &'static str = "hook";

    fn formats(&self) -> &'static [Printed] {
        match self.action {
            Action::Install { .. } | Action::Uninstall { .. } => Printed::TEXT,
            Action::Run { .. } => Printed::FINDINGS,
        }
    }

    fn takes_dangerfile(&self) -> bool {
        matches!(self.action, Action::Install { .. } | Action::Run { .. })
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let here = std::env::current_dir()
            .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
        let repository = Repository::open(&here)?;
        match self.action {
            Action::Install { hook } => install::install(common, &repository, hook),
            Action::Uninstall { hook } => install::uninstall(common, &repository, hook),
            Action::Run { hook, arguments: _ } => run::run(common, &repository, hook),
        }
    }
}
