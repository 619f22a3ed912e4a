//! GitHub's own descriptions of itself, as judges of what is sent and answered: OpenAPI for REST and webhooks, the
//! GraphQL schema for documents. They are npm packages that scripts/test installs.
//!
//! A check gives complaints, one sentence each, empty when all is well: `assert_eq!(complaints, [""; 0])`.

mod description;
mod graphql;
mod log;
mod openapi;
mod packages;
mod query;
mod sarif;
mod schema;
mod unknown;
mod webhook;

pub(crate) use graphql::{check_graphql, github_schema};
pub(crate) use log::check_log;
pub(crate) use openapi::{Body, Record, check_openapi, examples};
pub(crate) use sarif::check_sarif;
pub(crate) use webhook::{check_webhook, webhook_examples};
