//! Compares a verdict with what is published, and emits the operations that make up the difference.

mod operation;
mod published;

pub use operation::{Annotation, AnnotationLevel, CheckRun, CheckStatus, Operation, Plan, ReviewComment};
pub use published::{Published, PublishedCheck, PublishedComment, PublishedReviewComment};
