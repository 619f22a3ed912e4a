//! What people start: one file per subcommand, listed once in `commands.rs`.

mod access;
mod annotations;
pub mod cases;
mod ci;
mod commands;
mod common;
mod dangerfile;
mod demo;
mod failure;
mod job;
mod judge;
mod live;
mod local;
mod plain;
mod pr;
mod printed;
mod pull_url;
mod rules;
mod serve;
mod source;
mod terminal;
mod test;
mod text;
mod trouble;
mod writes;

pub use commands::run;
pub use pull_url::{PullUrl, parse_pull_url};
