//! The web pages.
use super::reply::Reply;
use super::server::Shared;
use axum::body::Bytes;
use axum::http::Uri;

pub(super) fn answer(_shared: &Shared, _method: &str, _uri: &Uri, _body: &Bytes) -> Reply {
    Reply::not_found()
}
