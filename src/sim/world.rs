//! GraphQL.
use super::reply::Reply;
use super::rest::Request;
use super::state::State;

pub(super) fn answer(_state: &mut State, _request: &Request) -> Reply {
    Reply::not_found()
}
