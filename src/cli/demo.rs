//! `deckhand demo`: a simulated GitHub, a server beside it, and a short story of pull requests to look at.

mod command;
mod key;
mod scenes;
mod stage;

pub(super) use command::Demo;
