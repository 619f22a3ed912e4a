//! Compares a verdict with what is published, and emits the operations that make up the difference.

mod build;
mod check;
mod marker;
mod operation;
mod overdue;
mod place;
mod published;
mod render;
mod review;
mod shared;
mod status;
mod summary;
#[cfg(test)]
mod tests;

pub use build::{PlanInput, build, build_for_token, build_started};
pub use check::{check_name, covers};
pub use marker::{
    FindingMarker, SummaryMarker, parse_finding_marker, parse_summary_marker, with_operation, without_marker,
};
pub use operation::{
    Annotation, AnnotationLevel, CheckRun, CheckStatus, CommitStatus, Operation, Plan, ReviewComment, StatusState,
};
pub use overdue::build_overdue;
pub use published::{Published, PublishedCheck, PublishedComment, PublishedReviewComment};
pub use render::{neutralise, render_title, render_whole, spoken};
pub use shared::Sibling;
