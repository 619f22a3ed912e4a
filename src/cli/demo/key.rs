//! A throwaway app key, made anew for each demo, so that no key lies in the repository.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Both halves of an RSA key as PEM.
pub(super) struct AppKey {
    /// For the server.
    pub(super) private_pem: String,
    /// For the simulated GitHub.
    pub(super) public_pem: String,
}

impl AppKey {
    /// A new 2,048-bit key.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub(super) fn generate() -> Result<Self, Unspecified> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        let private: Pkcs8V1Der<'_> = pair.as_der()?;
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
        Ok(AppKey { private_pem: pem("PRIVATE KEY", private.as_ref()), public_pem: pem("PUBLIC KEY", public.as_ref()) })
    }
}

/// DER as PEM (RFC 7468): base64 in lines of 64.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_are_what_the_app_and_github_read() {
        let key = AppKey::generate().expect("the system gives randomness");
        assert!(crate::github::check_private_key(&key.private_pem.clone().into()).is_ok());
        assert!(jsonwebtoken::DecodingKey::from_rsa_pem(key.public_pem.as_bytes()).is_ok());
    }
}
