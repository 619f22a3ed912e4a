//! What people and apps do to the state. Every change tells the apps that listen.

mod actions;
mod branch;
mod checks;
mod installation;
mod people;
mod place;
mod pull;
mod queue;
mod repository;
mod talk;

pub(super) use branch::Push;
pub(super) use place::parse_side;
pub(super) use pull::NewPull;
pub(super) use talk::{NewReview, NewReviewComment};
