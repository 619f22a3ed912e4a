//! Raw bytes into a verified delivery, a delivery into an event, an event into work.

mod command;
mod event;
mod job;
mod secrets;
mod verify;
mod workflow;

pub use command::{Command, CommandLine, MAX_COMMANDS, MAX_LINE, Misread, Verb, Who, parse_commands};
pub use event::{
    CheckRunAction, CheckRunEvent, CheckSuiteEvent, EVENT_NAMES, Event, FIX_BUTTON, InstallationAction,
    InstallationEvent, InstallationRepositoriesEvent, IssueCommentEvent, MergeGroupEvent, PingEvent, PullRequestEvent,
    PullRequestReviewEvent, PushEvent, StatusEvent, WorkflowRunEvent, build_jobs, parse,
};
pub use job::{BaseFact, Cause, JobSpec, MergeGroup, Pressed, Pushed, RepositoryRef, Said, Work};
pub use secrets::{Secrets, SecretsError};
pub use verify::{
    Delivery, DeliveryHeaders, EVENT_HEADER, GUID_HEADER, HOOK_ID_HEADER, Refusal, SIGNATURE_HEADER, Verified, verify,
};
pub use workflow::{WorkflowPull, parse_workflow_pull};
