//! How random a value looks.

/// Bits of Shannon entropy per byte, from the value's own frequencies.
pub(super) fn entropy(value: &str) -> f64 {
    let mut counts = [0u32; 256];
    value.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let length = value.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length)
        .map(|share| -share * share.log2())
        .sum()
}

/// How long the pieces are on average that a value falls into: words (`Token`, `value`), numbers, capitals. Separators
/// part pieces and do not count. Words have long pieces, noise has short ones.
fn piece_length(value: &str) -> f64 {
    let (mut pieces, mut bytes) = (0u32, 0u32);
    let mut before = b' ';
    for byte in value.bytes() {
        let goes_on = match byte {
            b'a'..=b'z' => before.is_ascii_alphabetic(),
            b'A'..=b'Z' => before.is_ascii_uppercase(),
            b'0'..=b'9' => before.is_ascii_digit(),
            _ => true,
        };
        pieces += u32::from(!goes_on);
        bytes += u32::from(byte.is_ascii_alphanumeric());
        before = byte;
    }
    f64::from(bytes) / f64::from(pieces.max(1))
}

/// Noise has pieces of about two bytes, words of about five.
const MAX_PIECE: f64 = 2.7;
/// There are no words in hexadecimal.
const MAX_HEX_PIECE: f64 = 4.0;

fn has(value: &str, class: fn(&u8) -> bool) -> bool {
    value.as_bytes().iter().any(class)
}

/// Whether a value looks like the output of a random generator: a key or a token.
pub(super) fn looks_random(value: &str) -> bool {
    if !(16..=200).contains(&value.len()) || !has(value, u8::is_ascii_digit) || !has(value, u8::is_ascii_alphabetic) {
        return false;
    }
    let hex = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let needed = if hex { 2.9 } else { 3.3 + (value.len().min(40) as f64 - 16.0) / 60.0 };
    entropy(value) >= needed && piece_length(value) <= if hex { MAX_HEX_PIECE } else { MAX_PIECE }
}

/// Whether a value looks like a password that a person or a manager made: at least eight bytes of three classes.
pub(super) fn looks_like_password(value: &str) -> bool {
    let classes = [
        has(value, u8::is_ascii_lowercase),
        has(value, u8::is_ascii_uppercase),
        has(value, u8::is_ascii_digit),
        has(value, |byte| byte.is_ascii_punctuation() && !matches!(byte, b'_' | b'-' | b'.' | b'/' | b':')),
    ];
    (8..=100).contains(&value.len())
        && classes.iter().filter(|has| **has).count() >= 3
        && entropy(value) >= 2.5
        && piece_length(value) <= MAX_PIECE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_told_from_words() {
        for value in [
            "9f86d081884c7d659a2feaa0c55ad015",
            "Zr8vQ2mX7pLk4NwT9sBc",
            "wJalrXUtnFEMIK7MDENGbPxRfiCYzq3Tn5Lk8aBc",
            "k3J9x-2Lm4_Qp8Zr7Vt1",
        ] {
            assert!(looks_random(value), "{value} {} {}", entropy(value), piece_length(value));
        }
        for value in [
            "my-secret-token-value-1",
            "authentication_token_v2",
            "com.example.app.Token2Provider",
            "aaaaaaaaaaaaaaaaaaa1",
            "AuthTokenInterceptor2",
            "2024-01-01T00:00:00Z",
            "short1",
            "abcdefghijklmnopqrstuvwxyz",
        ] {
            assert!(!looks_random(value), "{value} {} {}", entropy(value), piece_length(value));
        }
        assert!(looks_like_password("Tr0ub4dor&3"));
        for value in ["correcthorse", "Password", "user_password_1", "x", "UserPassword"] {
            assert!(!looks_like_password(value), "{value}");
        }
    }
}
