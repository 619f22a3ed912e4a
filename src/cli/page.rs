//! A rule's page as a terminal shows it: wrapped text, examples set off, and the options as a list instead of a table
//! that is wider than any window.

mod options;
mod render;
mod wrap;

pub(super) use render::render_page;
