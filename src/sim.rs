//! A simulated GitHub on real git objects: for `deckhand demo` and for the tests.
//!
//! It is stateful and strict: what the real one refuses, this one refuses. `rest` is the table of routes,
//! `state` what is remembered, `act` what people do, `webhooks` how an app hears of it, `handle` how a story is told.

mod act;
mod auth;
mod clock;
mod env;
mod faults;
mod git;
mod handle;
mod json;
mod log;
mod patch;
mod reply;
mod rest;
mod server;
mod start;
mod state;
mod web;
mod webhooks;
mod world;

pub use clock::{EPOCH, SimClock};
pub use faults::{Effect as FaultEffect, Fault};
pub use handle::{AppConfig, DeliveryRecord, SimHandle};
pub use log::{Kind, LogEntry};
pub use start::{Sim, SimConfig};
