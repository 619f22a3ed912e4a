//! Commands in a comment: `/deckhand rerun` on a line of its own. A new one: its row in `verb.rs`, its arm in `parse.rs`.

mod lines;
mod parse;
mod verb;

pub use parse::{Command, CommandLine, MAX_COMMANDS, MAX_LINE, Misread, parse_commands};
pub use verb::{Verb, Who};
