//! Turns findings and faults into the texts that people read on GitHub.

mod answer;
mod check;
mod comment;
mod effects;
mod escape;
mod html;
mod limit;
mod list;
mod preview;
mod rule;
mod summary;
mod whole;
mod words;

pub use answer::{render_explain, render_help, render_misread, render_why, unknown_rule};
pub use check::{render_title, spoken};
pub use escape::{code_span, make_visible, neutralise};
pub use whole::render_whole;

pub(super) use answer::{render_answer, render_button_answer};
pub(super) use check::{
    cut_title, limit_annotations, render_annotations, render_check, render_started, render_status_line,
};
pub(super) use comment::{is_settled, render_comment, render_settled};
pub(super) use escape::{JOINER, longest_run, plain};
pub(super) use limit::{CHECK_BYTES, cut, cut_short, is_cut};
pub(super) use rule::{RuleLine, cut_status_line, render_rule_line};
pub(super) use summary::{render_nothing_left, render_summary};
pub(super) use words::count;
