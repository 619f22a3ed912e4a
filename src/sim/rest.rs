//! The REST API: one table of routes, strict about what it does not know.

mod actions;
mod app;
mod call;
mod checks;
mod commits;
mod contents;
mod fields;
mod issues;
mod objects;
mod page;
mod pulls;
mod reactions;
mod repos;
mod review_comments;
mod reviews;
mod table;

pub(super) use call::{Request, answer};
pub(super) use page::{Query, decode};
