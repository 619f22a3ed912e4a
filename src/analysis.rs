//! Texts into facts: what manifests and lockfiles, workflows, code owners and commit messages say.
//!
//! Pure functions over untrusted text, with limits on size and depth; a text that cannot be read is an answer, not an
//! error. `lua` shows their results to the rules.

pub mod actions;
pub mod code_owners;
pub mod commit_message;
pub mod lockfile;
pub mod migrations;
mod wildcard;
pub mod yaml;
