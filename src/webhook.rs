//! Raw bytes into a verified delivery, a delivery into an event, an event into work.

mod event;
mod job;
mod secrets;
mod verify;
mod workflow;

pub use event::{
    CheckRunAction, CheckRunEvent, CheckSuiteEvent, Event, InstallationAction, InstallationEvent,
    InstallationRepositoriesEvent, MergeGroupEvent, PingEvent, PullRequestEvent, PullRequestReviewEvent, PushEvent,
    StatusEvent, build_jobs, parse,
};
pub use job::{Cause, JobSpec, RepositoryRef, Work};
pub use secrets::{Secrets, SecretsError};
pub use verify::{
    Delivery, DeliveryHeaders, EVENT_HEADER, GUID_HEADER, HOOK_ID_HEADER, Refusal, SIGNATURE_HEADER, Verified, verify,
};
pub use workflow::{WorkflowPull, parse_workflow_pull};
