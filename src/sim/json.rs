//! GitHub's JSON shapes, complete enough for its OpenAPI description.

mod account;
mod actions;
mod check;
mod commit;
mod conversation;
mod delivery;
mod node;
mod pull;
mod repo;

pub(super) use account::{app, client_id, hook, installation, permissions, user};
pub(super) use actions::{artifact, workflow_run_event};
pub(super) use check::{annotation, check_run, check_suite, combined_status, status, status_event};
pub(super) use commit::{commit, escape_path, file, git_commit, login_of};
pub(super) use conversation::{REACTIONS, comment, reaction, reactions, review, review_comment};
pub(super) use delivery::{delivery, delivery_item};
pub(super) use node::{merge, node_id, parse_node_id};
pub(super) use pull::{issue, pull, pull_simple, review_requests, team};
pub(super) use repo::{full as full_repo, label, label_event, repo};
