//! The executor over a world made by hand.

mod documents;
mod pages;
mod refusals;
mod sample;
