//! How server and judge talk: a length (four bytes, big endian), then that many bytes of JSON.

use serde::Serialize;
use std::io::{self, Read};

/// Longest frame that is believed. A snapshot is at most some 20 MB of texts.
pub(super) const MAX_FRAME: usize = 256 << 20;
/// A buffer that grew beyond this is not kept for the next frame.
const KEEP_BUFFER: usize = 1 << 20;
/// Bytes before the JSON.
pub(super) const HEADER: usize = 4;

/// One whole frame in one buffer, so that it goes out in as few system calls as the pipe allows.
pub(super) fn render_frame<T: Serialize>(value: &T, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    buffer.extend_from_slice(&[0; HEADER]);
    serde_json::to_writer(&mut *buffer, value)?;
    let length = buffer.len() - HEADER;
    let length = u32::try_from(length).map_err(|_| io::Error::other("a frame of more than 4 GiB"))?;
    buffer[..HEADER].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

/// The length that a header announces.
pub(super) fn parse_header(header: [u8; HEADER]) -> io::Result<usize> {
    let length = usize::try_from(u32::from_be_bytes(header)).map_err(io::Error::other)?;
    if length > MAX_FRAME { Err(io::Error::other("a frame is longer than the limit")) } else { Ok(length) }
}

/// Reads one frame into `buffer`; `false` at the end of the input.
pub(super) fn read_frame(input: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<bool> {
    let mut header = [0; HEADER];
    match input.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        other => other?,
    }
    buffer.resize(parse_header(header)?, 0);
    input.read_exact(buffer)?;
    Ok(true)
}

/// Empties a buffer that is done with; what a large frame made of it goes back.
pub(super) fn let_go(buffer: &mut Vec<u8>) {
    buffer.clear();
    buffer.shrink_to(KEEP_BUFFER);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_and_lies_are_refused() {
        let mut frame = Vec::new();
        render_frame(&"hello", &mut frame).expect("rendered");
        let mut read = Vec::new();
        assert!(read_frame(&mut frame.as_slice(), &mut read).expect("read"));
        assert_eq!(read, b"\"hello\"");
        assert!(!read_frame(&mut [].as_slice(), &mut read).expect("the end"));
        assert!(read_frame(&mut [0xff; 4].as_slice(), &mut read).is_err(), "4 GiB announced");
        assert!(read_frame(&mut [0, 0, 0, 9, 1].as_slice(), &mut read).is_err(), "cut");
    }
}
