//! Bodies of requests: read whole, within a limit of bytes, of time, and of what all of them take together.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Room is counted in so many bytes.
const UNIT: usize = 1 << 10;
/// A body waits so long for room: whoever sends a delivery hears within 8 seconds that it cannot be stored.
const ROOM_TIMEOUT: Duration = Duration::from_secs(1);

/// A body that is refused is read on for so long, and so far.
const LINGER: Duration = Duration::from_secs(10);
const LINGER_BYTES: usize = 128 << 20;

/// Why there is no body.
pub(super) enum Unread {
    TooLong,
    TooSlow,
    Broken,
    NoRoom,
}

/// Memory for bodies that are being read: nobody is known before all of theirs is there. A body takes of it what has
/// arrived, so that announcing much costs others nothing. Its beginning has room of its own, so that small bodies, which
/// are most, do not wait for large ones.
pub(super) struct Room {
    beginnings: Semaphore,
    rest: Semaphore,
}

/// So much of a body is its beginning.
const BEGINNING: usize = 1 << 20;

/// What a body takes of the room.
#[derive(Default)]
pub(super) struct Taken<'r> {
    beginning: Option<SemaphorePermit<'r>>,
    rest: Option<SemaphorePermit<'r>>,
}

impl Room {
    /// Half of it is for beginnings.
    pub(super) fn new(bytes: usize) -> Self {
        let half = || Semaphore::new(bytes / 2 / UNIT);
        Room { beginnings: half(), rest: half() }
    }

    /// Makes room for a body that grows to so many bytes.
    async fn grow<'r>(&'r self, taken: &mut Taken<'r>, length: usize) -> Result<(), Unread> {
        let beginning = length.min(BEGINNING);
        take(&self.beginnings, &mut taken.beginning, beginning).await?;
        take(&self.rest, &mut taken.rest, length - beginning).await
    }
}

async fn take<'r>(room: &'r Semaphore, taken: &mut Option<SemaphorePermit<'r>>, bytes: usize) -> Result<(), Unread> {
    let has = taken.as_ref().map_or(0, SemaphorePermit::num_permits);
    let Some(lacks) = bytes.div_ceil(UNIT).checked_sub(has).filter(|lacks| *lacks > 0) else { return Ok(()) };
    let lacks = u32::try_from(lacks).map_err(|_| Unread::NoRoom)?;
    let more = tokio::time::timeout(ROOM_TIMEOUT, room.acquire_many(lacks)).await;
    let more = more.map_err(|_| Unread::NoRoom)?.map_err(|_| Unread::NoRoom)?;
    match taken {
        Some(taken) => taken.merge(more),
        None => *taken = Some(more),
    }
    Ok(())
}

/// The whole body, and the room that it takes until it is let go.
pub(super) async fn read_body(
    body: Body,
    limit: usize,
    timeout: Duration,
    room: &Room,
) -> Result<(Vec<u8>, Taken<'_>), Unread> {
    tokio::time::timeout(timeout, read_all(body, limit, room)).await.unwrap_or(Err(Unread::TooSlow))
}

async fn read_all(mut body: Body, limit: usize, room: &Room) -> Result<(Vec<u8>, Taken<'_>), Unread> {
    let (mut bytes, mut taken) = (Vec::new(), Taken::default());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        let length = bytes.len() + data.len();
        if length > limit {
            drain(body);
            return Err(Unread::TooLong);
        }
        room.grow(&mut taken, length).await?;
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, taken))
}

/// Lets go of a body that is refused. It is read on for a while and kept nowhere: a connection that is closed while its
/// sender still sends breaks, and the answer is lost with it.
pub(super) fn drain(mut body: Body) {
    let reading = async move {
        let mut left = LINGER_BYTES;
        while let Some(Ok(frame)) = body.frame().await {
            match left.checked_sub(frame.data_ref().map_or(0, |data| data.len())) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    tokio::spawn(tokio::time::timeout(LINGER, reading));
}

/// Whether the sender says already that it is longer.
pub(super) fn announces_more(headers: &HeaderMap, limit: usize) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length| length > limit as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read<'r>(text: &str, room: &'r Room) -> Result<(Vec<u8>, Taken<'r>), Unread> {
        read_body(Body::from(text.to_owned()), 3 << 20, Duration::from_secs(60), room).await
    }

    #[tokio::test]
    async fn a_body_takes_room_until_it_is_let_go() {
        let room = Room::new(4 << 20);
        let large = "x".repeat(3 << 20);
        let first = read(&large, &room).await;
        assert!(matches!(&first, Ok((bytes, _)) if bytes.len() == large.len()));
        assert!(matches!(read(&large, &room).await, Err(Unread::NoRoom)), "the first is still held");
        assert!(matches!(read("small", &room).await, Ok((bytes, _)) if bytes == b"small"), "small ones wait for none");
        drop(first);
        assert!(read(&large, &room).await.is_ok());
        assert!(matches!(read(&format!("{large}x"), &room).await, Err(Unread::TooLong)));
    }
}
