//! The only writer: carries a plan out through the outbox.

mod carry_out;
mod error;
mod once;
mod outbox;
mod report;
mod review;
mod settle;
#[cfg(test)]
mod tests;

pub use carry_out::carry_out;
pub use error::PublishError;
pub use once::carry_out_one;
pub use outbox::Outbox;
pub use report::{Report, Troubles};
pub use settle::settle;
