//! The simulation's web pages: pure functions from a view to a whole HTML page, without scripts or foreign resources.
//!
//! Addresses: `/`, `/{owner}/{repo}/pulls`, `/{owner}/{repo}/pull/{n}` and below it `/files` and `/checks`,
//! `/{owner}/{repo}/edit/{branch}/{path}?pull={n}` with the branch as one percent-encoded segment.

mod address;
mod checks;
mod conversation;
mod edit;
mod files;
mod layout;
mod lists;
mod markdown;
mod merge_box;
mod not_found;
mod raw_html;
#[cfg(test)]
mod tests;
mod text;
mod thread;

pub use checks::render_checks;
pub use conversation::render_conversation;
pub use edit::render_edit;
pub use files::render_files;
pub use layout::CONTENT_SECURITY_POLICY;
pub use lists::{render_pulls, render_repositories};
pub use not_found::render_not_found;

pub(super) use markdown::without_hidden;
pub(super) use merge_box::verdict;
#[cfg(test)]
pub(super) use tests::sample;
pub(super) use text::{count, short, visible};
