//! The one binary of integration tests: what no single room can test about itself.

#![allow(clippy::unwrap_used, reason = "a test may stop anywhere")]

mod analysis;
mod cli;
mod cli_local;
mod cli_test;
mod demo;
mod github_documents;
mod graphql_schema;
mod migrations;
mod openapi;
mod patches;
mod rules;
mod server_bench;
mod server_inbox;
mod server_judges;
mod server_pages;
mod server_process;
mod server_review;
mod server_work;
mod sim_bench;
mod sim_client;
mod sim_core;
mod sim_routes;
mod sim_strict;
mod store;
mod stories;
mod stories_analyses;
mod stories_facts;
mod stories_organisation;
mod tidy;
mod validation;
mod webhook_examples;
