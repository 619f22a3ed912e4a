//! Fills what the pages show from the state.

mod pull;
mod timeline;

pub(super) use pull::{pull, repository, summary};
