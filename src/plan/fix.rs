//! Fixes that findings bring, as one commit on the head of a pull request: which there are, what stands against them,
//! the buttons that offer them, and the commit itself.

mod build;
mod buttons;
mod choose;
mod ground;
mod merge;
mod message;
mod path;
#[cfg(test)]
mod tests;
mod words;

pub use build::{FixCommit, FixInput, build_fix};
pub use buttons::parse_button;
pub use choose::{FixChoice, has_fixes};
pub use ground::{Ground, GroundCommit, GroundEntry, paths_to_read};
pub use message::Made;
pub use words::{Hands, Obstacle, nothing_to_fix, render_left_out, render_obstacle, render_refused_commit};

pub(super) use buttons::buttons;
