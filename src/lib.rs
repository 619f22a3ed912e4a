//! Deckhand: a robot that judges pull requests with rules written in Lua.
//!
//! The rooms, from the bottom up; a room uses only rooms of lower layers (`tests/tidy.rs` holds it):
//! values (`model`), texts (`diff`, `webhook`), judgement (`lua`, `review`, `plan`), the outside world
//! (`store`, `github`, `git`), and what people start (`publish`, `server`, `sim`, `cli`).

pub mod analysis;
pub mod cli;
pub mod diff;
pub mod git;
pub mod github;
pub mod lua;
pub mod model;
pub mod plan;
pub mod publish;
pub mod review;
pub mod server;
pub mod sim;
pub mod store;
pub mod webhook;
