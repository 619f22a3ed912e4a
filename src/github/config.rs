//! Where GitHub is and who we are there.

use secrecy::SecretString;

/// An app's identity on one GitHub.
#[derive(Clone, Debug)]
pub struct GithubConfig {
    /// The REST root: `https://api.github.com`, `https://host/api/v3`, or a plain root.
    pub api_url: String,
    /// The app's numeric id.
    pub app_id: u64,
    /// The app's private key: a PEM text with an RSA key.
    pub private_key: SecretString,
    /// Who calls, for GitHub's logs: `deckhand/0.1.0`.
    pub user_agent: String,
}

/// A token's identity on one GitHub: a person's, or a workflow's.
#[derive(Clone, Debug)]
pub struct TokenConfig {
    /// As in [`GithubConfig`].
    pub api_url: String,
    /// The token.
    pub token: SecretString,
    /// As in [`GithubConfig`].
    pub user_agent: String,
}

/// A configuration with which nothing can be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The PEM text.
    #[error(
        "the app's private key is not a PEM text with an RSA key of 2,048 bits or more; download it again from the app's \
         settings on GitHub (\"Private keys\"), and pass the whole file, with its BEGIN and END lines"
    )]
    PrivateKey,
    /// The root.
    #[error("{0:?} is not the URL of a GitHub API; it looks like https://api.github.com or https://HOST/api/v3")]
    ApiUrl(String),
    /// A text that cannot be sent in a header.
    #[error("the user agent {0:?} cannot be sent in an HTTP header; use printable ASCII characters")]
    UserAgent(String),
    /// No TLS.
    #[error(
        "no certificates of authorities can be read on this machine: install the package ca-certificates, or mend what \
         SSL_CERT_FILE and SSL_CERT_DIR name"
    )]
    Certificates,
    /// A token of a person or a job.
    #[error("the token has characters that no token has")]
    Token,
}

/// The two roots of one GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Roots {
    /// Without a final slash.
    pub(super) rest: String,
    /// The whole URL.
    pub(super) graphql: String,
}

impl Roots {
    pub(super) fn parse(api_url: &str) -> Result<Self, ConfigError> {
        let wrong = || ConfigError::ApiUrl(api_url.to_owned());
        let rest = api_url.trim().trim_end_matches('/');
        let uri: http::Uri = rest.parse().map_err(|_| wrong())?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.authority().is_none() || uri.query().is_some() {
            return Err(wrong());
        }
        // Enterprise Server: REST below /api/v3, GraphQL at /api/graphql.
        let graphql = match rest.strip_suffix("/api/v3") {
            Some(host) => format!("{host}/api/graphql"),
            None => format!("{rest}/graphql"),
        };
        Ok(Roots { rest: rest.to_owned(), graphql })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_of_both_kinds() {
        let roots = Roots::parse("https://git.example.com/api/v3/").expect("a root");
        assert_eq!(roots.rest, "https://git.example.com/api/v3");
        assert_eq!(roots.graphql, "https://git.example.com/api/graphql");
        assert_eq!(Roots::parse("http://127.0.0.1:4000").expect("a root").graphql, "http://127.0.0.1:4000/graphql");
        for wrong in ["", "api.github.com", "ftp://x", "https://x/?a=b", "not a url"] {
            assert!(matches!(Roots::parse(wrong), Err(ConfigError::ApiUrl(_))), "{wrong}");
        }
    }
}
