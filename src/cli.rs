//! What people start: one file per subcommand, listed once in `commands.rs`.

mod access;
pub mod cases;
mod check;
mod ci;
mod commands;
mod common;
mod completions;
mod coverage;
mod dangerfile;
mod demo;
mod failure;
mod format;
mod hook;
mod init;
mod job;
mod judge;
mod live;
mod local;
mod man;
mod migrations;
mod page;
mod plain;
mod pr;
mod pull_url;
mod rules;
mod serve;
mod terminal;
mod test;
mod trouble;
mod types;
mod workflow;
mod writes;

pub use commands::{command, run};
pub use pull_url::{PullUrl, parse_pull_url};
