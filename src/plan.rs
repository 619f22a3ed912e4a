//! Compares a verdict with what is published, and emits the operations that make up the difference.

mod answer;
mod build;
mod check;
mod fix;
mod marker;
mod operation;
mod overdue;
mod place;
mod published;
mod render;
mod review;
mod rule_status;
mod shared;
mod status;
mod summary;
#[cfg(test)]
mod tests;
mod unheard;

pub use answer::{
    Heeded, Words, answered_comments, build_answer, build_button_answer, build_given_up_answer, has_answer,
};
pub use build::{PlanInput, build, build_for_token, build_reopened, build_started};
pub use check::{check_name, covers, doubt};
pub use fix::{
    FixChoice, FixCommit, FixInput, Ground, GroundCommit, GroundEntry, Hands, Made, Obstacle, build_fix, has_fixes,
    nothing_to_fix, parse_button, paths_to_read, render_left_out, render_obstacle, render_refused_commit,
};
pub use marker::{
    FindingMarker, SummaryMarker, parse_commit_marker, parse_finding_marker, parse_reply_marker, parse_summary_marker,
    with_operation, without_marker,
};
pub use operation::{
    Annotation, AnnotationLevel, CheckAction, CheckRun, CheckStatus, CommitStatus, NewCommit, Operation, Plan,
    ReviewComment, Sign, StatusState,
};
pub use overdue::build_overdue;
pub use place::Spot;
pub use published::{Published, PublishedCheck, PublishedComment, PublishedReviewComment};
pub use render::{
    code_span, make_visible, neutralise, render_explain, render_help, render_misread, render_title, render_whole,
    render_why, spoken, unknown_rule,
};
pub use rule_status::{TOKEN_STATUS, has_rule_statuses, lacks_rules};
pub use shared::Sibling;
