//! Private keys in PEM: the opening line, and a body after it. Code that only handles such keys has no body.

use memchr::memmem::Finder;
use std::sync::LazyLock;

const OPENING: &str = "-----BEGIN ";
const KINDS: [&str; 8] = [
    "PRIVATE KEY-----",
    "RSA PRIVATE KEY-----",
    "EC PRIVATE KEY-----",
    "DSA PRIVATE KEY-----",
    "OPENSSH PRIVATE KEY-----",
    "SSH2 ENCRYPTED PRIVATE KEY-----",
    "PGP PRIVATE KEY BLOCK-----",
    "ED25519 PRIVATE KEY-----",
];

static OPENINGS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(OPENING));

/// So many characters of base64 in a row are a body.
const BODY_BYTES: usize = 32;

/// Whether a private key begins on `line`; `next` is the added line after it, when there is one.
pub(super) fn begins_key(line: &str, next: Option<&str>) -> bool {
    OPENINGS.find_iter(line.as_bytes()).any(|at| {
        let rest = &line[at + OPENING.len()..];
        let Some(kind) = KINDS.iter().find(|kind| rest.starts_with(**kind)) else { return false };
        let after = &rest[kind.len()..];
        has_body(after) || (is_end_of_text(after) && next.is_some_and(has_body))
    })
}

/// Whether nothing but quotes, line breaks and the like follows.
fn is_end_of_text(after: &str) -> bool {
    after.len() < 40 && !after.bytes().any(|byte| byte.is_ascii_alphanumeric() && byte != b'n' && byte != b'r')
}

fn has_body(text: &str) -> bool {
    let mut run = 0;
    let mut different = [false; 256];
    for byte in text.bytes().take(400) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') {
            run += 1;
            different[usize::from(byte)] = true;
            if run >= BODY_BYTES && different.iter().filter(|seen| **seen).count() >= 10 {
                return true;
            }
        } else {
            run = 0;
            different = [false; 256];
        }
    }
    false
}
