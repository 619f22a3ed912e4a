//! Single calls against a fake: identity, limits, retries, paging, chunks.

#![allow(clippy::unwrap_used, reason = "a test may stop anywhere")]

mod facts;
pub(crate) mod fake;
mod identity;
mod limits;
mod writes;
