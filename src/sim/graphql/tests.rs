//! The executor over a world made by hand.

#![allow(clippy::unwrap_used, reason = "a test may stop anywhere")]

mod documents;
mod pages;
mod refusals;
mod sample;
