//! Texts into facts: what manifests and lockfiles, workflows, code owners, commit messages, coverage reports and source
//! code say.
//!
//! Pure functions over untrusted text, with limits on size and depth; a text that cannot be read is an answer, not an
//! error. `lua` shows their results to the rules.

pub mod actions;
pub mod archive;
pub mod attributes;
pub mod changelog;
pub mod code;
pub mod code_owners;
pub mod commit_message;
pub mod coverage;
pub mod file_kinds;
pub mod flags;
pub mod focus;
pub mod globs;
pub mod leftovers;
pub mod lint;
pub mod lockfile;
pub mod migrations;
pub mod search;
pub mod secrets;
pub mod testing;
mod wildcard;
mod xml;
pub mod yaml;
