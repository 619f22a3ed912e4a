//! `deckhand doctor`: what a server needs, whether it is there, and what to do where it is not.

mod app;
mod command;
mod database;
mod hook;
mod permissions;
mod report;
mod requirements;
mod settings;

pub(super) use command::Doctor;
