//! A simulated GitHub on real git objects: for `deckhand demo` and for the tests.
//!
//! It is stateful and strict: what the real one refuses, this one refuses. `rest` is the table of routes,
//! `graphql` executes documents over `world`, `state` is what is remembered, `act` what people do, `webhooks` how an app
//! hears of it, `pages` what people see, `handle` how a story is told, `oddities` what people do that a robot does not expect.

mod act;
mod auth;
mod clock;
mod env;
mod faults;
mod git;
mod graphql;
mod halt;
mod handle;
mod json;
mod log;
mod oddities;
mod pages;
mod patch;
mod patience;
mod quota;
mod render;
mod reply;
mod required;
mod rest;
mod server;
mod start;
mod state;
mod tokens;
mod view;
mod views;
mod web;
mod webhooks;
mod world;

pub use clock::{EPOCH, SimClock};
pub use faults::{Effect as FaultEffect, Fault, Meanwhile};
pub use handle::{AppConfig, DeliveryRecord, SimHandle};
pub use log::{Kind, LogEntry};
pub use oddities::OddEdit;
pub use pages::{
    CONTENT_SECURITY_POLICY, render_checks, render_conversation, render_edit, render_files, render_not_found,
    render_pulls, render_repositories,
};
pub use render::render_pull_text;
pub use start::{Sim, SimConfig};
pub use view::{
    ActionView, AnnotationLevel, AnnotationView, CheckState, CheckView, CommentView, CommitView, FileStatus, FileView,
    HunkView, LabelView, LineView, MergeView, PatchView, PullStateView, PullSummaryView, PullView, RepositoryView,
    ReviewView, StatusState, StatusView, ThreadView, TimelineEntry,
};
