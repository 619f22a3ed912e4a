//! Tokens with which a workflow says who it is: verified against the keys that their issuer publishes. What they claim is
//! described in GitHub's "OpenID Connect reference" (<https://docs.github.com/en/actions/reference/security/oidc>).
//!
//! Issuer, audience and times are checked here, by the caller's clock; which repository and commit may do what is for the
//! caller to say.

use super::jwks::{KeyError, Keys};
use super::web::{Web, WebError};
use crate::model::{CommitId, RepoName, RepositoryId, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;

/// Who signs the tokens of GitHub Actions.
pub const GITHUB_ISSUER: &str = "https://token.actions.githubusercontent.com";

/// A larger token is none: GitHub's have about two thousand bytes.
const MAX_TOKEN_BYTES: usize = 16 * 1024;
/// Clocks differ by so many seconds.
const LEEWAY_SECONDS: i64 = 60;

/// Verifies the tokens of one issuer.
#[derive(Debug)]
pub struct WorkflowTokens {
    issuer: String,
    keys: Keys,
}

/// What a verified token says of the workflow that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workflow {
    /// The repository in which it runs, under its present name.
    pub repository: RepoName,
    /// The same by its id.
    pub repository_id: RepositoryId,
    /// What it was started for: for a pull request its test merge, otherwise the head of a branch or tag.
    pub sha: CommitId,
}

/// Why a token is not accepted. Nothing of the token is repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// It does not read.
    #[error(
        "this is neither the admin token nor one of a GitHub Actions workflow; a job gets one with `permissions: id-token: \
         write`"
    )]
    NotAToken,
    /// Somebody else signed it.
    #[error("the token is of another issuer than {0}, which this server trusts (DECKHAND_OIDC_ISSUER)")]
    Issuer(String),
    /// Its key is not among the issuer's, or the signature is not the key's.
    #[error("the token is not signed with a key of {0}")]
    Signature(String),
    /// It was made for somebody else.
    #[error("the token is for another audience; ask for one whose audience is {0}")]
    Audience(String),
    /// Its time is over, or has not come.
    #[error("the token has expired or is not valid yet; ask for a new one just before it is used")]
    Expired,
    /// It was not made in a workflow.
    #[error("the token does not say of which repository and commit its workflow is")]
    Claims,
    /// The keys cannot be had now.
    #[error("the keys of {issuer} cannot be read now ({reason}); try again in a minute")]
    NoKeys {
        /// Whose.
        issuer: String,
        /// What happened.
        reason: String,
    },
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: OneOrMany,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    repository: Option<String>,
    #[serde(default)]
    repository_id: Option<String>,
    #[serde(default)]
    sha: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn has(&self, wanted: &str) -> bool {
        let same = |it: &String| it.trim_end_matches('/') == wanted.trim_end_matches('/');
        match self {
            OneOrMany::One(one) => same(one),
            OneOrMany::Many(many) => many.iter().any(same),
        }
    }
}

impl WorkflowTokens {
    /// Of this issuer, without a slash at its end. Call it inside a tokio runtime.
    ///
    /// # Errors
    /// When the user agent cannot be sent.
    pub fn new(issuer: &str, user_agent: &str) -> Result<Self, WebError> {
        Ok(WorkflowTokens { issuer: issuer.to_owned(), keys: Keys::new(issuer, Web::new(user_agent)?) })
    }

    /// Verifies a token that shall be for this audience.
    ///
    /// # Errors
    /// Why it is not accepted.
    pub async fn verify(&self, token: &str, audience: &str, now: Timestamp) -> Result<Workflow, TokenRefusal> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenRefusal::NotAToken);
        }
        let header = decode_header(token).map_err(|_| TokenRefusal::NotAToken)?;
        // Looked at before the signature only to refuse: of another issuer's token no key is looked for.
        if peek(token).ok_or(TokenRefusal::NotAToken)?.iss.trim_end_matches('/') != self.issuer {
            return Err(TokenRefusal::Issuer(self.issuer.clone()));
        }
        let forged = || TokenRefusal::Signature(self.issuer.clone());
        let kid = header.kid.filter(|_| header.alg == Algorithm::RS256).ok_or_else(forged)?;
        let key = self.keys.find(&kid, now).await.map_err(|error| match error {
            KeyError::Unknown => forged(),
            KeyError::Unreadable(reason) => TokenRefusal::NoKeys { issuer: self.issuer.clone(), reason },
        })?;
        let mut only_signature = Validation::new(Algorithm::RS256);
        // The times are compared below, with our own clock.
        only_signature.required_spec_claims.clear();
        only_signature.validate_exp = false;
        only_signature.validate_aud = false;
        let claims = decode::<Claims>(token, &key, &only_signature).map_err(|_| forged())?.claims;
        self.check(claims, audience, now)
    }

    fn check(&self, claims: Claims, audience: &str, now: Timestamp) -> Result<Workflow, TokenRefusal> {
        if claims.iss.trim_end_matches('/') != self.issuer {
            return Err(TokenRefusal::Issuer(self.issuer.clone()));
        }
        if !claims.aud.has(audience) {
            return Err(TokenRefusal::Audience(audience.to_owned()));
        }
        let now = now.unix_seconds();
        let begins = claims.nbf.unwrap_or(i64::MIN);
        if now >= claims.exp.saturating_add(LEEWAY_SECONDS) || now.saturating_add(LEEWAY_SECONDS) < begins {
            return Err(TokenRefusal::Expired);
        }
        let repository = claims.repository.and_then(|name| RepoName::parse(&name).ok());
        let id = claims.repository_id.and_then(|id| id.parse().ok()).map(RepositoryId);
        let sha = claims.sha.and_then(|sha| CommitId::new(&sha).ok());
        match (repository, id, sha) {
            (Some(repository), Some(repository_id), Some(sha)) => Ok(Workflow { repository, repository_id, sha }),
            _ => Err(TokenRefusal::Claims),
        }
    }
}

fn peek(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
