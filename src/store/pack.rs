//! Snapshots and deliveries as they lie on disk: zstd, with a checksum. They are JSON and source text, which shrink to a tenth.

use super::StoreError;
use std::cell::RefCell;
use std::io::Read;
use zstd::bulk::Compressor;

/// Fast: higher levels save a few per cent and take many times as long, while a worker waits.
const LEVEL: i32 = 1;
/// A snapshot holds at most 20 MB of texts and a diff; what unpacks to more than this is not one of ours.
const MAX_BYTES: u64 = 512 << 20;

/// After a longer text, a compressor is not kept: its tables grow with the text.
const MAX_KEPT_FOR: usize = 256 << 10;

thread_local! {
    /// Making one takes as long as compressing a delivery.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

fn new_compressor() -> std::io::Result<Compressor<'static>> {
    let mut compressor = Compressor::new(LEVEL)?;
    compressor.include_checksum(true)?;
    Ok(compressor)
}

/// Compresses a text, or bytes.
pub(super) fn pack(plain: impl AsRef<[u8]>) -> Result<Vec<u8>, StoreError> {
    let plain = plain.as_ref();
    let packed = COMPRESSOR.with_borrow_mut(|kept| {
        let mut compressor = match kept.take() {
            Some(compressor) => compressor,
            None => new_compressor()?,
        };
        let packed = compressor.compress(plain);
        // What a large text took is given back.
        *kept = Some(compressor).filter(|_| plain.len() <= MAX_KEPT_FOR);
        packed
    });
    packed
        .map(|mut packed| {
            packed.shrink_to_fit();
            packed
        })
        .map_err(|error: std::io::Error| StoreError::Internal(format!("it cannot be compressed: {error}")))
}

/// The text again.
pub(super) fn unpack(packed: &[u8]) -> Result<String, StoreError> {
    String::from_utf8(unpack_bytes(packed)?)
        .map_err(|_| StoreError::Corrupt("what is stored compressed is no text".to_owned()))
}

/// The bytes again.
pub(super) fn unpack_bytes(packed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let damaged = |error: std::io::Error| StoreError::Corrupt(format!("what is stored does not unpack: {error}"));
    let mut plain = Vec::new();
    let decoder = zstd::Decoder::with_buffer(packed).map_err(damaged)?;
    let read = decoder.take(MAX_BYTES).read_to_end(&mut plain).map_err(damaged)?;
    if read as u64 == MAX_BYTES {
        return Err(StoreError::Corrupt("what is stored is larger than anything of ours can be".to_owned()));
    }
    Ok(plain)
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
        let mut packed = pack("0123456789".repeat(20)).expect("packed");
        let last = packed.len() - 1;
        packed[last] ^= 1;
        assert!(matches!(unpack(&packed), Err(StoreError::Corrupt(_))), "the checksum differs");
        for other in [&packed[..last], b"", b"{}"] {
            assert!(matches!(unpack(other), Err(StoreError::Corrupt(_))), "{other:?}");
        }
    }
}
