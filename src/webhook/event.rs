//! The events that name work, one file each. A new one: its file, its `mod` line, its line in `table.rs`.

mod check_run;
mod check_suite;
mod installation;
mod installation_repositories;
mod issue_comment;
mod merge_group;
mod payload;
mod ping;
mod pull_request;
mod pull_request_review;
mod push;
mod status;
mod table;
mod workflow_run;

pub use check_run::{CheckRunAction, CheckRunEvent, FIX_BUTTON};
pub use check_suite::CheckSuiteEvent;
pub use installation::{InstallationAction, InstallationEvent};
pub use installation_repositories::InstallationRepositoriesEvent;
pub use issue_comment::IssueCommentEvent;
pub use merge_group::MergeGroupEvent;
pub use ping::PingEvent;
pub use pull_request::PullRequestEvent;
pub use pull_request_review::PullRequestReviewEvent;
pub use push::PushEvent;
pub use status::StatusEvent;
pub use table::{EVENT_NAMES, Event, build_jobs, parse};
pub use workflow_run::WorkflowRunEvent;

pub(super) use payload::{Unread, read};
