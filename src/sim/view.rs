//! What the web pages of the simulation show, as plain data: the simulated state fills these values, the pages and the
//! text rendering only read them. Times are ready-made texts; bodies are Markdown as people wrote it.

mod check;
mod file;
mod pull;
mod repository;
mod thread;

pub use check::{ActionView, AnnotationLevel, AnnotationView, CheckState, CheckView, StatusState, StatusView};
pub use file::{FileStatus, FileView, HunkView, LineView, PatchView};
pub use pull::{CommitView, MergeView, PullView, ReviewView, TimelineEntry};
pub use repository::{LabelView, PullStateView, PullSummaryView, RepositoryView};
pub use thread::{CommentView, ThreadView};
