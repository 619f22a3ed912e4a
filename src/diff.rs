//! Patches into file changes, hunks and lines; arithmetic of old and new lines; two JSON documents compared.

mod header;
mod hunk;
mod json;
mod lines;
mod patch_set;
mod reveal;
mod same_lines;
mod scan;
mod section;
mod undo;
mod write;

pub use hunk::{Hunk, Line, LineKind, count_lines, is_whole, parse_hunks};
pub use json::{JsonChange, JsonChanges, JsonError, JsonItems, MAX_JSON_BYTES, diff_json, parse_json};
pub use lines::{is_commentable, map_line};
pub use patch_set::{MAX_PATCH_SET_BYTES, MAX_PROBLEMS, PatchDamage, PatchProblem, PatchSet, parse_patch_set};
pub use reveal::{may_hide, reveal};
pub use same_lines::{MAX_COMPARED_LINES, same_lines};
pub use undo::{text_after, text_before};
pub use write::write_patch;
