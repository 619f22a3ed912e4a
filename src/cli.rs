//! What people start: one file per subcommand, listed once in `commands.rs`.

pub mod cases;
mod commands;
mod common;
mod dangerfile;
mod demo;
mod effects;
mod failure;
mod judge;
mod local;
mod plain;
mod rules;
mod serve;
mod source;
mod terminal;
mod test;
mod text;
mod types;

pub use commands::run;
