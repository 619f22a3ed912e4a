//! The one binary of integration tests: what no single room can test about itself.

#![allow(clippy::unwrap_used, reason = "a test may stop anywhere")]

mod patches;
mod tidy;
mod webhook_examples;
