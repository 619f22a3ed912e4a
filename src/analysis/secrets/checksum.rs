//! Checksums that token formats carry.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes at the end of a GitHub or npm token that are its checksum.
const CHECK_BYTES: usize = 6;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Whether the last six characters are the CRC-32 of those before, in base 62: the format that GitHub published with its
/// tokens in 2021 and npm took over. `body` is the token without its prefix.
pub(super) fn has_base62_checksum(body: &str) -> bool {
    let Some(split) = body.len().checked_sub(CHECK_BYTES) else { return false };
    let Some((random, check)) = body.split_at_checked(split) else { return false };
    let mut rest = crc32(random.as_bytes());
    let mut expected = [b'0'; CHECK_BYTES];
    for digit in expected.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    check.as_bytes() == expected
}

/// The CRC-32 of zip and Ethernet.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// Whether the body of a PyPI token is a macaroon of pypi.org or test.pypi.org.
pub(super) fn is_pypi_macaroon(body: &str) -> bool {
    let head = &body.as_bytes()[..body.len().min(64) / 4 * 4];
    URL_SAFE_NO_PAD.decode(head).is_ok_and(|bytes| memchr::memmem::find(&bytes, b"pypi.org").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_checks() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert!(has_base62_checksum("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"));
        assert!(!has_base62_checksum("zQWBuTSOoRi4A9spHcVY5ncnsDkxkK0mLq17"));
        assert!(!has_base62_checksum("é"));
        assert!(!has_base62_checksum("abcdé12"));
    }

    #[test]
    fn macaroons_name_their_site() {
        assert!(is_pypi_macaroon("AgEIcHlwaS5vcmcCJDAw"));
        assert!(is_pypi_macaroon("AgENdGVzdC5weXBpLm9yZwIk"));
        assert!(!is_pypi_macaroon("AgEIcHlwaS5vcmZzzzzz"));
        assert!(!is_pypi_macaroon(""));
    }
}
