//! The state as GraphQL sees it: one field of one thing at a time, for one caller.
//!
//! Keys: a list of the repository's index and whatever finds the thing in it.

mod answer;
mod check;
mod code;
mod commit;
mod node;
mod pull;
mod repository;
mod status;
mod talk;

pub(super) use answer::answer;
