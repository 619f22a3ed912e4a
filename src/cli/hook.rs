//! `deckhand hook`: git hooks that run `deckhand local` before a push or a commit.

mod command;
mod install;
mod run;
mod script;

pub(super) use command::Hook;
