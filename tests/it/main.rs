//! The one binary of integration tests: what no single room can test about itself.

mod patches;
mod tidy;
mod webhook_examples;
