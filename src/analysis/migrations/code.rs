//! The code of migrations that are programs, as far as it stands there literally: calls with their arguments.
//!
//! Tree-sitter reads Python, Ruby, Elixir, JavaScript and TypeScript; all become the same few shapes, so that the frameworks' readers
//! speak of calls and values and not of grammars. Nothing is run, and what is computed stays unknown.

mod elixir;
mod item;
mod javascript;
mod python;
mod ruby;
mod tree;

pub(super) use item::{Call, Gaps, Given, Item, Text, Value, walk};
pub(super) use python::{KEYS, SLICE};
pub(super) use ruby::SPLAT;
pub(super) use tree::{COMPUTED, Language, Unread, fill_gaps, gap_of, read_code};
