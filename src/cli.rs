//! What people start: one file per subcommand, listed once in `commands.rs`.

mod access;
pub mod cases;
mod ci;
mod commands;
mod common;
mod dangerfile;
mod demo;
mod failure;
mod format;
mod job;
mod judge;
mod live;
mod local;
mod plain;
mod pr;
mod pull_url;
mod rules;
mod serve;
mod terminal;
mod test;
mod trouble;
mod workflow;
mod writes;

pub use commands::run;
pub use pull_url::{PullUrl, parse_pull_url};
