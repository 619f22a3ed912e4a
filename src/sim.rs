//! A simulated GitHub on real git objects: for `deckhand demo` and for the tests.

mod pages;
mod render;
mod view;

pub use pages::{
    CONTENT_SECURITY_POLICY, render_checks, render_conversation, render_edit, render_files, render_not_found,
    render_pulls, render_repositories,
};
pub use render::render_pull_text;
pub use view::{
    AnnotationLevel, AnnotationView, CheckState, CheckView, CommentView, CommitView, FileStatus, FileView, HunkView,
    LabelView, LineView, MergeView, PatchView, PullStateView, PullSummaryView, PullView, RepositoryView, ReviewView,
    StatusState, StatusView, ThreadView, TimelineEntry,
};
