//! A plan is a difference: planning against the state to which a plan was applied yields no operation.

mod answers;
mod apply;
mod checks;
mod comments;
mod converges;
mod damaged;
mod limits;
mod rule_statuses;
pub(super) mod sample;
mod shared;
mod statuses;
mod unheard;
