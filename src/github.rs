//! GitHub: app authentication, pacing, paging; fetches facts, performs one operation, reads back.

mod app;
mod app_calls;
mod call;
mod changes;
mod client;
mod comparison;
mod config;
mod error;
mod facts;
mod files;
mod folders;
mod graphql;
mod head_reports;
mod history;
mod http;
mod labelings;
mod list;
mod meter;
mod open_pulls;
mod organisation;
mod overview;
mod pace;
mod perform;
mod permission;
mod published;
mod read_back;
mod repo;
mod required;
mod reviews;
mod shared_head;
mod statuses;
mod timing;
mod token;
mod wire;

#[cfg(test)]
pub(crate) mod tests;

pub use app::check_private_key;
pub use app_calls::{DeliveryAttempt, Presence};
pub use call::RequestCounter;
pub use client::Github;
pub use comparison::Comparison;
pub use config::{ConfigError, GithubConfig, TokenConfig};
pub use error::CallError;
pub use facts::{FetchedFact, apply_facts};
pub use graphql::documents;
pub use list::{AccessibleRepository, OpenPull};
pub use meter::{InstallationUse, Meter, RequestKind};
pub use open_pulls::{GlancedCheck, GlancedPull, OpenPulls};
pub use overview::{FoundDangerfile, Overview, PLACES as DANGERFILE_PLACES};
pub use perform::Answer;
pub use permission::Permission;
pub use repo::{ORGANISATION_REPOSITORY, RepoClient};
pub use timing::Timing;
