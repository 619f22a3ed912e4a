//! What an author forgets to take out: breakpoints, dumps, prints, focused tests, unwritten code, notes to oneself.

mod calls;
mod find;
mod leftover;
mod markup;
mod meant;
mod removal;
mod talkative;

pub use find::{LeftoverFile, LeftoverOptions, find_leftovers, may_have_leftovers};
pub use leftover::{Leftover, LeftoverKind};
