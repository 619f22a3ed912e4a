//! Snapshots as they lie on disk: zstd, with a checksum. They are JSON and source text, which shrink to a tenth.

use super::StoreError;
use std::io::{Read, Write};

/// Fast: higher levels save a few per cent and take many times as long, while a worker waits.
const LEVEL: i32 = 1;
/// A snapshot holds at most 20 MB of texts and a diff; what unpacks to more than this is not one of ours.
const MAX_BYTES: u64 = 512 << 20;

/// Compresses a text.
pub(super) fn pack(text: &str) -> Result<Vec<u8>, StoreError> {
    let packed = || {
        let mut encoder = zstd::Encoder::new(Vec::new(), LEVEL)?;
        encoder.include_checksum(true)?;
        encoder.set_pledged_src_size(Some(text.len() as u64))?;
        encoder.write_all(text.as_bytes())?;
        encoder.finish()
    };
    packed().map_err(|error: std::io::Error| StoreError::Internal(format!("a run cannot be compressed: {error}")))
}

/// The text again.
pub(super) fn unpack(packed: &[u8]) -> Result<String, StoreError> {
    let damaged = |error: std::io::Error| StoreError::Corrupt(format!("a stored run does not unpack: {error}"));
    let mut text = String::new();
    let decoder = zstd::Decoder::with_buffer(packed).map_err(damaged)?;
    let read = decoder.take(MAX_BYTES).read_to_string(&mut text).map_err(damaged)?;
    if read as u64 == MAX_BYTES {
        return Err(StoreError::Corrupt("a stored run is larger than any run can be".to_owned()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back_and_is_small() {
        for text in ["", "{}", &"{\"path\":\"src/ü.rs\"},".repeat(10_000)] {
            let packed = pack(text).expect("packed");
            assert_eq!(unpack(&packed).expect("unpacked"), text);
            assert!(packed.len() < 100 || packed.len() * 100 < text.len(), "{} of {}", packed.len(), text.len());
        }
    }

    #[test]
    fn damage_is_found() {
        let mut packed = pack(&"0123456789".repeat(20)).expect("packed");
        let last = packed.len() - 1;
        packed[last] ^= 1;
        assert!(matches!(unpack(&packed), Err(StoreError::Corrupt(_))), "the checksum differs");
        for other in [&packed[..last], b"", b"{}"] {
            assert!(matches!(unpack(other), Err(StoreError::Corrupt(_))), "{other:?}");
        }
    }
}
