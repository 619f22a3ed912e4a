//! Bodies of requests: read whole, within a limit of bytes, of time, and of what all of them take together.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Room is counted in so many bytes.
const UNIT: usize = 1 << 10;
/// A body waits so long for room.
const ROOM_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no body.
pub(super) enum Unread {
    TooLong,
    TooSlow,
    Broken,
    NoRoom,
}

/// Memory for bodies that are being read: nobody is known before all of theirs is there. A body takes of it what has
/// arrived, so that announcing much costs others nothing.
pub(super) struct Room {
    free: Semaphore,
    patience: Duration,
}

impl Room {
    pub(super) fn new(bytes: usize) -> Self {
        Room { free: Semaphore::new(bytes / UNIT), patience: ROOM_TIMEOUT }
    }

    async fn take(&self, units: usize) -> Result<SemaphorePermit<'_>, Unread> {
        let units = u32::try_from(units).map_err(|_| Unread::NoRoom)?;
        let taken = tokio::time::timeout(self.patience, self.free.acquire_many(units)).await;
        taken.map_err(|_| Unread::NoRoom)?.map_err(|_| Unread::NoRoom)
    }
}

/// The whole body, and the room that it takes until it is let go.
pub(super) async fn read_body(
    body: Body,
    limit: usize,
    timeout: Duration,
    room: &Room,
) -> Result<(Vec<u8>, SemaphorePermit<'_>), Unread> {
    tokio::time::timeout(timeout, read_all(body, limit, room)).await.unwrap_or(Err(Unread::TooSlow))
}

async fn read_all(mut body: Body, limit: usize, room: &Room) -> Result<(Vec<u8>, SemaphorePermit<'_>), Unread> {
    let (mut bytes, mut taken) = (Vec::new(), room.take(0).await?);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        let length = bytes.len() + data.len();
        if length > limit {
            return Err(Unread::TooLong);
        }
        taken.merge(room.take(length.div_ceil(UNIT) - bytes.len().div_ceil(UNIT)).await?);
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, taken))
}

/// Whether the sender says already that it is longer.
pub(super) fn announces_more(headers: &HeaderMap, limit: usize) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length| length > limit as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read<'r>(text: &'static str, room: &'r Room) -> Result<(Vec<u8>, SemaphorePermit<'r>), Unread> {
        read_body(Body::from(text), 100, Duration::from_secs(60), room).await
    }

    #[tokio::test]
    async fn a_body_takes_room_until_it_is_let_go() {
        let room = Room { patience: Duration::ZERO, ..Room::new(UNIT) };
        let first = read("one", &room).await;
        assert!(matches!(&first, Ok((bytes, _)) if bytes == b"one"));
        assert!(matches!(read("two", &room).await, Err(Unread::NoRoom)), "the first is still held");
        assert!(matches!(read("", &room).await, Ok((bytes, _)) if bytes.is_empty()), "nothing takes nothing");
        drop(first);
        assert!(matches!(read("two", &room).await, Ok((bytes, _)) if bytes == b"two"));
        assert!(matches!(read_body(Body::from("x".repeat(101)), 100, ROOM_TIMEOUT, &room).await, Err(Unread::TooLong)));
    }
}
