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

/// The pairs of letters that words are made of: four of five in English, one of five in noise.
const COMMON_PAIRS: &str = "th he in er an re nd on en at ou ed ha to or it is hi es ng as st ar ve te se al le me co \
    ne ea ro ra ri io de ic li ce ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct \
    us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts \
    mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op \
    wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn";

/// For each first letter the second ones, as bits.
const COMMON: [u32; 26] = {
    let (mut bits, mut at) = ([0; 26], 0);
    let pairs = COMMON_PAIRS.as_bytes();
    while at < pairs.len() {
        bits[(pairs[at] - b'a') as usize] |= 1 << (pairs[at + 1] - b'a');
        at += 3;
    }
    bits
};

/// The share of common pairs among the neighbouring letters of a value; a capital after a small letter begins anew.
fn share_of_common_pairs(value: &str) -> f64 {
    let (mut pairs, mut common) = (0u32, 0u32);
    for [a, b] in value.as_bytes().array_windows() {
        if !a.is_ascii_alphabetic() || !b.is_ascii_alphabetic() || (a.is_ascii_lowercase() && b.is_ascii_uppercase()) {
            continue;
        }
        let [first, second] = [a, b].map(|letter| letter.to_ascii_lowercase() - b'a');
        pairs += 1;
        common += COMMON[usize::from(first)] >> second & 1;
    }
    f64::from(common) / f64::from(pairs.max(1))
}

/// Noise has pieces of about two bytes, words of about five.
const MAX_PIECE: f64 = 2.7;
/// There are no words in hexadecimal.
const MAX_HEX_PIECE: f64 = 4.0;

/// Noise in which capitals and digits are rare: its pieces are longer, but they are no words.
const MAX_WORDLESS_PIECE: f64 = 4.5;
/// At most this share of its pairs is common in noise.
const MAX_COMMON_PAIRS: f64 = 0.45;
/// Shorter values have too few pairs.
const MIN_WORDLESS_BYTES: usize = 20;

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
    let longest = match hex {
        true => MAX_HEX_PIECE,
        false if is_wordless(value) => MAX_WORDLESS_PIECE,
        false => MAX_PIECE,
    };
    entropy(value) >= needed && piece_length(value) <= longest
}

/// Whether a value is in one piece, without `-`, `_` and the like, and its letters make no words.
fn is_wordless(value: &str) -> bool {
    let whole = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    value.len() >= MIN_WORDLESS_BYTES && value.bytes().all(whole) && share_of_common_pairs(value) <= MAX_COMMON_PAIRS
}

/// Whether letters of both cases follow each other without making names: two capitals stand side by side more than once.
pub(super) fn is_mixed_noise(letters: &str) -> bool {
    let capitals = letters.as_bytes().array_windows().filter(|pair: &&[u8; 2]| pair.iter().all(u8::is_ascii_uppercase));
    capitals.count() >= 2 && has(letters, u8::is_ascii_lowercase) && share_of_common_pairs(letters) <= MAX_COMMON_PAIRS
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
        && (piece_length(value) <= MAX_PIECE || is_random_password(value))
}

/// Whether letters of both cases and digits follow each other without making words.
fn is_random_password(value: &str) -> bool {
    value.len() >= MIN_RANDOM_PASSWORD_BYTES
        && [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit]
            .into_iter()
            .all(|class| has(value, class))
        && piece_length(value) <= MAX_WORDLESS_PIECE
        && share_of_common_pairs(value) <= MAX_COMMON_PAIRS
}

/// Shorter ones have too few pairs.
const MIN_RANDOM_PASSWORD_BYTES: usize = 12;

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
            // Few digits, few capitals.
            "kksum8nlmytbx0kjqevtavetwt4ul44l",
            "EXY4J9QHRKSPC4CWXUDB34JHUS3PKCMB",
            "fzCDDRPYUc1S1TbgniicJUYr4+PSLXhDVXxqzgZV",
            "Vrh1apkhoZKLiwcLGKKj",
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
            "kubernetes1serviceaccount",
            "user1password2test3token4",
            "sha256withrsaencryption",
            "Aes256GcmWithNoPadding2",
            "TLS_AES_128_GCM_SHA256_XK",
        ] {
            assert!(!looks_random(value), "{value} {} {}", entropy(value), piece_length(value));
        }
        assert!(
            is_mixed_noise("CJXDCGLmlZGEONYlgCtjfIZSOcMzCPVNPk")
                && !is_mixed_noise("modelForSequenceClassificationHTTP")
        );
        assert!(looks_like_password("Tr0ub4dor&3") && looks_like_password("0skygJxyXHOlebYc"));
        for value in ["correcthorse", "Password", "user_password_1", "x", "UserPassword", "ResetPassword2Form"] {
            assert!(!looks_like_password(value), "{value}");
        }
    }
}
