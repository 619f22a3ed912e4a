//! Bodies of requests: read whole, within a limit of bytes and of time.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::time::Duration;

/// Why there is no body.
pub(super) enum Unread {
    TooLong,
    TooSlow,
    Broken,
}

/// The whole body.
pub(super) async fn read_body(body: Body, limit: usize, timeout: Duration) -> Result<Vec<u8>, Unread> {
    match tokio::time::timeout(timeout, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes().into()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Unread::TooLong),
        Ok(Err(_)) => Err(Unread::Broken),
        Err(_) => Err(Unread::TooSlow),
    }
}

/// Whether the sender says already that it is longer.
pub(super) fn announces_more(headers: &HeaderMap, limit: usize) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length| length > limit as u64)
}
