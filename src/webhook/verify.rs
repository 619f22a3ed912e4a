//! The door: a delivery exists only if its signature matched its bytes.

use super::secrets::Secrets;
use std::fmt;

/// Carries `sha256=` and 64 hexadecimal digits: HMAC-SHA256 of the body under the webhook secret.
pub const SIGNATURE_HEADER: &str = "x-hub-signature-256";
/// Carries the event's name.
pub const EVENT_HEADER: &str = "x-github-event";
/// Carries the delivery's GUID.
pub const GUID_HEADER: &str = "x-github-delivery";
/// Carries the number of the webhook that sent the delivery.
pub const HOOK_ID_HEADER: &str = "x-github-hook-id";

/// The headers of a request as they came; a value that is not text counts as missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeliveryHeaders<'a> {
    /// [`SIGNATURE_HEADER`].
    pub signature: Option<&'a str>,
    /// [`EVENT_HEADER`].
    pub event: Option<&'a str>,
    /// [`GUID_HEADER`].
    pub guid: Option<&'a str>,
    /// [`HOOK_ID_HEADER`].
    pub hook_id: Option<&'a str>,
}

/// A request whose body was signed with one of our secrets. Only [`verify`] makes one.
/// The headers are not under the signature: they identify and route, nothing more.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    hook_id: u64,
    guid: String,
    event: String,
    body: Vec<u8>,
}

impl Delivery {
    /// The webhook that sent it. An app's webhook and a repository's can share a GUID.
    pub fn hook_id(&self) -> u64 {
        self.hook_id
    }

    /// GitHub's id of the delivery; a redelivery has the same.
    pub fn guid(&self) -> &str {
        &self.guid
    }

    /// The event's name, such as `pull_request`.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// The signed bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Delivery({} {} of hook {}, {} bytes)", self.event, self.guid, self.hook_id, self.body.len())
    }
}

/// A delivery, and which secret it was signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The delivery.
    pub delivery: Delivery,
    /// Position of the secret in the setting; above 0 an older one is still in use.
    pub secret_index: usize,
}

/// Why a request is no delivery. The texts are fixed: they never repeat what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No `X-Hub-Signature-256`; the SHA-1 header is not enough.
    #[error("the header X-Hub-Signature-256 is missing")]
    NoSignature,
    /// Not `sha256=...`.
    #[error("the signature does not begin with sha256=")]
    WrongPrefix,
    /// Not 64 digits.
    #[error("the signature does not have 64 digits")]
    WrongLength,
    /// Something else than hexadecimal digits.
    #[error("the signature is not hexadecimal")]
    NotHex,
    /// Signed with another secret, or the body was changed.
    #[error("the signature does not match the body")]
    Mismatch,
    /// No `X-GitHub-Event`, or not a name.
    #[error("the header X-GitHub-Event is missing or not a name")]
    NoEvent,
    /// No `X-GitHub-Delivery`, or not an id.
    #[error("the header X-GitHub-Delivery is missing or not an id")]
    NoGuid,
    /// `X-GitHub-Hook-ID` is not a number.
    #[error("the header X-GitHub-Hook-ID is not a number")]
    BadHookId,
}

impl Refusal {
    /// Whether the signature is the reason (401); otherwise a signed request lacks a header (400).
    pub fn is_unauthorized(self) -> bool {
        !matches!(self, Refusal::NoEvent | Refusal::NoGuid | Refusal::BadHookId)
    }
}

/// Checks the signature over the raw body, then that the other headers are there. Nothing of the body is parsed.
///
/// # Errors
/// The first thing that is wrong; the signature comes before everything else.
pub fn verify(secrets: &Secrets, headers: &DeliveryHeaders<'_>, body: Vec<u8>) -> Result<Verified, Refusal> {
    let signature = parse_signature(headers.signature)?;
    let secret_index = secrets.matching(&body, &signature).ok_or(Refusal::Mismatch)?;
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let event = plain_word(headers.event, is_name).ok_or(Refusal::NoEvent)?;
    let guid = plain_word(headers.guid, |b| b.is_ascii_alphanumeric() || b == b'-').ok_or(Refusal::NoGuid)?;
    let number = |header| plain_word(Some(header), |b| b.is_ascii_digit()).and_then(|id| id.parse().ok());
    // Older servers of GitHub, and relays, do not say it.
    let hook_id = headers.hook_id.map_or(Some(0), number).ok_or(Refusal::BadHookId)?;
    Ok(Verified { delivery: Delivery { hook_id, guid, event, body }, secret_index })
}

fn parse_signature(header: Option<&str>) -> Result<[u8; 32], Refusal> {
    let digits = header.ok_or(Refusal::NoSignature)?.strip_prefix("sha256=").ok_or(Refusal::WrongPrefix)?.as_bytes();
    if digits.len() != 64 {
        return Err(Refusal::WrongLength);
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = (hex_digit(pair[0])? << 4) | hex_digit(pair[1])?;
    }
    Ok(bytes)
}

fn hex_digit(digit: u8) -> Result<u8, Refusal> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(Refusal::NotHex),
    }
}

/// A header of 1 to 100 allowed bytes.
fn plain_word(header: Option<&str>, allowed: impl Fn(u8) -> bool) -> Option<String> {
    header.filter(|text| (1..=100).contains(&text.len()) && text.bytes().all(allowed)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // The example of GitHub's page "Validating webhook deliveries".
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn headers(signature: Option<&str>) -> DeliveryHeaders<'_> {
        let guid = Some("72d3162e-cc78-11e3-81ab-4c9367dc0958");
        DeliveryHeaders { signature, event: Some("ping"), guid, hook_id: Some("292430182") }
    }

    fn try_verify(secrets: &str, headers: &DeliveryHeaders<'_>) -> Result<Verified, Refusal> {
        verify(&Secrets::parse(secrets).expect("a good sample"), headers, BODY.to_vec())
    }

    #[test]
    fn githubs_own_example_is_accepted_under_any_of_the_secrets() {
        let verified = try_verify(SECRET, &headers(Some(SIGNATURE))).expect("a good sample");
        assert_eq!((verified.secret_index, verified.delivery.hook_id()), (0, 292_430_182));
        assert_eq!((verified.delivery.event(), verified.delivery.body()), ("ping", BODY));
        let rotating = format!("new,{SECRET},{SECRET}");
        assert_eq!(try_verify(&rotating, &headers(Some(SIGNATURE))).expect("a good sample").secret_index, 1);
    }

    #[test]
    fn f11_wrong_signatures_are_refused() {
        let flipped = SIGNATURE.replace("=7571", "=6571");
        let cases = [
            (None, Refusal::NoSignature),
            (Some(""), Refusal::WrongPrefix),
            (Some("sha1=757107ea0eb2509fc211221cce984b8a37570b6d"), Refusal::WrongPrefix),
            (Some(&SIGNATURE[7..]), Refusal::WrongPrefix),
            (Some(&SIGNATURE[..70]), Refusal::WrongLength),
            (Some("sha256=zz7107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"), Refusal::NotHex),
            (Some(flipped.as_str()), Refusal::Mismatch),
        ];
        for (signature, refusal) in cases {
            assert_eq!(try_verify(SECRET, &headers(signature)).expect_err("a bad sample"), refusal, "{signature:?}");
            assert!(refusal.is_unauthorized());
        }
        assert_eq!(try_verify("another", &headers(Some(SIGNATURE))).expect_err("a bad sample"), Refusal::Mismatch);
    }

    #[test]
    fn a_signed_request_needs_its_other_headers() {
        let good = headers(Some(SIGNATURE));
        let cases = [
            (DeliveryHeaders { event: None, ..good }, Refusal::NoEvent),
            (DeliveryHeaders { event: Some("Pull Request"), ..good }, Refusal::NoEvent),
            (DeliveryHeaders { guid: None, ..good }, Refusal::NoGuid),
            (DeliveryHeaders { guid: Some(""), ..good }, Refusal::NoGuid),
            (DeliveryHeaders { hook_id: Some(""), ..good }, Refusal::BadHookId),
            (DeliveryHeaders { hook_id: Some("99999999999999999999"), ..good }, Refusal::BadHookId),
            (DeliveryHeaders { hook_id: Some("+1"), ..good }, Refusal::BadHookId),
        ];
        for (headers, refusal) in cases {
            assert_eq!(try_verify(SECRET, &headers).expect_err("a bad sample"), refusal);
            assert!(!refusal.is_unauthorized());
        }
        let unsaid = try_verify(SECRET, &DeliveryHeaders { hook_id: None, ..good }).expect("a good sample");
        assert_eq!(unsaid.delivery.hook_id(), 0);
    }

    proptest! {
        #[test]
        fn no_other_signature_opens(signature in "(sha256=)?[0-9a-fA-F\u{e9}]{0,70}") {
            prop_assert!(try_verify(SECRET, &headers(Some(&signature))).is_err());
        }
    }
}
