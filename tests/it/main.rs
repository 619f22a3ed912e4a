//! The one binary of integration tests: what no single room can test about itself.

#![allow(clippy::unwrap_used, reason = "a test may stop anywhere")]

mod cli;
mod cli_local;
mod cli_test;
mod github_documents;
mod patches;
mod rules;
mod tidy;
mod webhook_examples;
