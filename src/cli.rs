//! What people start: one file per subcommand, listed once in `commands.rs`.

pub mod cases;
mod check;
mod commands;
mod common;
mod completions;
mod dangerfile;
mod demo;
mod failure;
mod format;
mod hook;
mod init;
mod judge;
mod local;
mod man;
mod page;
mod plain;
mod rules;
mod serve;
mod terminal;
mod test;
mod types;

pub use commands::{command, run};
