//! `deckhand init`: a first dangerfile that suits this repository and passes on its own history.

mod candidates;
mod choose;
mod command;
mod database;
mod look;
mod render;
mod trial;

pub(super) use command::Init;
