//! The server: HTTP routes, intake of deliveries, workers, judges, pages.
//!
//! A request ends when its delivery is on disk (`inbox`). `intake` turns deliveries into jobs, `worker` claims them,
//! a [`Handler`] does them, with rules in child processes (`judges`).

mod access;
mod artifacts;
mod backoff;
mod body;
mod broken_base;
mod button;
mod config;
mod config_values;
mod dashboard;
mod failed_call;
mod fixing;
mod frames;
mod group_job;
mod heed;
mod http;
mod inbox;
mod intake;
mod jobs_api;
mod judge_child;
mod judges;
mod known;
mod limits;
mod listen;
mod logging;
mod markdown;
mod metrics;
mod metrics_github;
mod opening;
mod organisations;
mod other_names;
mod pages;
mod passes;
mod preview;
mod pushed;
mod read_report;
mod reports;
mod retention;
mod review_job;
mod reviews;
mod rule_statuses;
mod serve;
mod shared;
mod shared_head;
mod start;
mod upkeep;
mod upload;
mod upload_access;
mod waiting;
mod without_rules;
mod work;
mod worker;
mod writing;

pub use broken_base::{judge_or_fall_back, load_brought_rules};
pub use config::{AppIdentity, ConfigErrors, JudgeConfig, LogFormat, Pause, Role, ServerConfig};
pub use judge_child::judge_main;
pub use judges::{JudgeError, Judges};
pub use passes::{Judged, JudgingError, Surroundings, faulted, judge};
pub use reviews::MAX_REQUESTS;
pub use serve::serve;
pub use shared::{WallClock, system_clock};
pub use start::{Parts, Server, ServerHandle, StartError};
pub use upkeep::{Chore, Tending};
pub use work::{Handler, JobError, JobOutcome};
