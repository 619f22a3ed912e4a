//! A local git repository as a source of the same facts that GitHub gives.
//!
//! Everything goes through the `git` command: it knows worktrees, SHA-256, filters and attributes. The working
//! tree is turned into a tree object in a temporary object directory, so that both kinds of head read alike
//! and the user's index and object store stay untouched.

mod batch;
mod blobs;
mod changes;
mod command;
mod commits;
mod comparison;
mod error;
mod facts;
mod files;
mod folders;
mod history;
mod hooks;
mod repository;
mod sizes;
#[cfg(test)]
mod tests;
mod uses;
mod working_tree;

pub use comparison::Comparison;
pub use error::GitError;
pub use facts::load_source;
pub use history::Landed;
pub use hooks::{Hooks, HooksScope};
pub use repository::Repository;
