//! The webhook secrets of the app: one, or several while they are rotated.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// At least one secret. Only the keyed hashes are kept, never the text.
#[derive(Clone)]
pub struct Secrets(Vec<Hmac<Sha256>>);

/// Why a setting is not a list of secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// Nothing at all.
    #[error("the webhook secret is empty; set the one from the app's settings page")]
    Empty,
    /// `old,,new` or a comma at an end.
    #[error("the list of webhook secrets has an empty entry; separate the secrets by single commas")]
    EmptyEntry,
}

impl Secrets {
    /// Reads one secret, or several separated by commas; blanks around each are dropped. The newest goes first.
    ///
    /// # Errors
    /// When there is no secret, or one of them is empty.
    pub fn parse(text: &str) -> Result<Self, SecretsError> {
        if text.trim().is_empty() {
            return Err(SecretsError::Empty);
        }
        let keyed = text.split(',').map(str::trim).map(|secret| match secret {
            "" => Err(SecretsError::EmptyEntry),
            secret => Ok(Hmac::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length")),
        });
        keyed.collect::<Result<_, _>>().map(Secrets)
    }

    /// The index of the secret under which the body has this HMAC-SHA256.
    /// Every secret is tried and compared in constant time, whatever the earlier ones said.
    pub(super) fn matching(&self, body: &[u8], expected: &[u8; 32]) -> Option<usize> {
        let mut found = Choice::from(0);
        let mut index = 0u64;
        for (position, keyed) in (0u64..).zip(&self.0) {
            let mut mac = keyed.clone();
            mac.update(body);
            let computed: [u8; 32] = mac.finalize().into_bytes().into();
            let equal = computed.ct_eq(expected);
            index.conditional_assign(&position, equal & !found);
            found |= equal;
        }
        bool::from(found).then(|| usize::try_from(index).expect("an index of a list in memory"))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} hidden)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_secrets_are_refused_and_none_is_shown() {
        assert_eq!(Secrets::parse(" ").expect_err("a bad sample"), SecretsError::Empty);
        assert_eq!(Secrets::parse("a,,b").expect_err("a bad sample"), SecretsError::EmptyEntry);
        assert_eq!(Secrets::parse("a,").expect_err("a bad sample"), SecretsError::EmptyEntry);
        assert_eq!(format!("{:?}", Secrets::parse("canary, other").expect("a good sample")), "Secrets(2 hidden)");
    }
}
