//! Looks for secrets on the added lines of one file.

use super::addresses::{Unquoted, find_password};
use super::assignment::{find_assignment, find_bearer, find_docker_variable};
use super::jwt::match_jwt;
use super::patterns::match_patterns;
use super::private_key::find_key;
use super::shapes::match_shape;
use super::{Proof, Secret, SourceLine};

/// In a run of base64 longer than this, a token's prefix is chance.
const MAX_RUN_BYTES: usize = 500;

/// How much counts in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretScope {
    /// Everything, guesses too.
    All,
    /// What has a known shape.
    Shapes,
    /// Only what proves itself: in tests and fixtures, tokens are made up.
    Proofs,
}

/// What a repository wants.
#[derive(Clone, Debug, Default)]
pub struct SecretOptions {
    /// Values that are no secrets, exactly as they stand in the text.
    pub allow: Vec<String>,
}

/// The secrets on the added lines of a file, in the order of the lines; at most one of a kind a line. `lines` are those of
/// the diff's new side, in their order.
pub fn find_secrets(path: &str, lines: &[SourceLine<'_>], scope: SecretScope, options: &SecretOptions) -> Vec<Secret> {
    let values = Values::of(path);
    let mut found = Vec::new();
    for (index, &SourceLine { number, text, added }) in lines.iter().enumerate() {
        let line = text.trim_end_matches('\r');
        let before = found.len();
        if added {
            find_tokens(line, number, scope, options, &mut found);
        }
        if scope == SecretScope::Proofs {
            continue;
        }
        if let Some(key) = find_key(&lines[index..]) {
            found.push(Secret {
                what: "a private key",
                shown: "-----BEGIN PRIVATE KEY-----".to_owned(),
                revoke: "by replacing the key pair everywhere it is trusted",
                proof: Proof::Shape,
                line: *key.start(),
                end_line: *key.end(),
            });
        }
        if !added {
            continue;
        }
        for (pattern, _) in match_patterns(line).filter(|(_, token)| !allowed(token, options)) {
            found.push(Secret {
                what: pattern.what,
                shown: pattern.shown.to_owned(),
                revoke: pattern.revoke,
                proof: Proof::Shape,
                line: number,
                end_line: number,
            });
        }
        if let Some(address) = find_password(line, values.unquoted()).filter(|_| !allowed(line, options)) {
            found.push(Secret {
                what: "a password inside an address",
                shown: address.shown,
                revoke: "by changing the password",
                proof: Proof::Shape,
                line: number,
                end_line: number,
            });
        }
        // A guess says less than what was found already.
        if scope == SecretScope::All
            && found.len() == before
            && let Some(name) = values.find_guess(line, &options.allow)
        {
            found.push(Secret {
                what: "what looks like a real secret",
                shown: name.chars().take(60).collect(),
                revoke: "where it was issued",
                proof: Proof::Guess,
                line: number,
                end_line: number,
            });
        }
    }
    found
}

fn allowed(text: &str, options: &SecretOptions) -> bool {
    options.allow.iter().any(|known| !known.is_empty() && text.contains(known.as_str()))
}

/// Tokens of known shapes; each begins where no word goes on.
fn find_tokens(line: &str, number: u32, scope: SecretScope, options: &SecretOptions, found: &mut Vec<Secret>) {
    let bytes = line.as_bytes();
    let first = found.len();
    let mut at = 0;
    let mut run_begin = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let in_run = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        if !in_run {
            run_begin = at + 1;
        }
        let begins = byte.is_ascii_alphabetic()
            && at
                .checked_sub(1)
                .is_none_or(|before| !(bytes[before].is_ascii_alphanumeric() || matches!(bytes[before], b'_')));
        if !begins || at - run_begin > MAX_RUN_BYTES {
            at += 1;
            continue;
        }
        let rest = &line[at..];
        let (secret, length) = if let Some(token) = match_shape(rest) {
            let secret = Secret {
                what: token.shape.what,
                shown: token.shape.shown(),
                revoke: token.shape.revoke,
                proof: token.proof,
                line: number,
                end_line: number,
            };
            (secret, token.length)
        } else if let Some(length) = match_jwt(rest) {
            let secret = Secret {
                what: "a signed JSON web token",
                shown: "eyJ...".to_owned(),
                revoke: "where it was issued, or wait until it expires",
                proof: Proof::Shape,
                line: number,
                end_line: number,
            };
            (secret, length)
        } else {
            at += 1;
            continue;
        };
        let counts = secret.proof == Proof::Checksum || scope != SecretScope::Proofs;
        let known = found[first..].iter().any(|other| other.what == secret.what);
        if counts && !known && !allowed(&rest[..length], options) {
            found.push(secret);
        }
        at += length;
    }
}

/// How the values of a file are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    /// In quotes.
    Quoted,
    /// Without quotes too.
    Bare,
    /// As in `ENV NAME value` too.
    Docker,
}

impl Values {
    fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let end = name.rsplit_once('.').map_or("", |(_, end)| end);
        let is_docker = ["Dockerfile", "Containerfile", "dockerfile"].iter().any(|kind| {
            name.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) || end == *kind
        });
        let bare = name.starts_with(".env")
            || matches!(name, ".npmrc" | ".pypirc" | ".netrc" | "credentials" | "config")
            || matches!(
                end,
                "env" | "ini" | "cfg" | "conf" | "properties" | "yml" | "yaml" | "sh" | "bash" | "zsh" | "tfvars"
            );
        match (is_docker, bare) {
            (true, _) => Values::Docker,
            (false, true) => Values::Bare,
            (false, false) => Values::Quoted,
        }
    }

    fn unquoted(self) -> Unquoted {
        match self {
            Values::Quoted => Unquoted::Code,
            Values::Bare | Values::Docker => Unquoted::Value,
        }
    }

    fn find_guess<'a>(self, line: &'a str, allow: &[String]) -> Option<&'a str> {
        let of_image = || (self == Values::Docker).then(|| find_docker_variable(line, allow)).flatten();
        find_assignment(line, self != Values::Quoted, allow).or_else(of_image).or_else(|| find_bearer(line, allow))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> SourceLine<'_> {
        SourceLine { number: 1, text, added: true }
    }

    fn kinds(path: &str, line: &str, scope: SecretScope) -> Vec<&'static str> {
        find_secrets(path, &[added(line)], scope, &SecretOptions::default()).iter().map(|it| it.what).collect()
    }

    #[test]
    fn a_token_is_found_wherever_a_word_may_begin() {
        let token = "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";
        for line in
            [token.to_owned(), format!("\"{token}\""), format!("x={token}&y"), format!("https://{token}@github.com/a")]
        {
            assert_eq!(kinds("a.txt", &line, SecretScope::Proofs), ["a GitHub personal access token"], "{line}");
        }
        assert!(kinds("a.txt", &format!("x{token}"), SecretScope::All).is_empty());
    }

    #[test]
    fn tokens_of_the_web_are_read() {
        let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MjE3IiwiaXNzIjoiYWNtZSJ9.7iqM0JtKfJmVv1Dq3sQ2Yx8ZrB4LwN6uXe9HcTgPaRk";
        assert_eq!(kinds("a.js", &format!("const t = '{token}';"), SecretScope::Shapes), ["a signed JSON web token"]);
        let textbook = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
        assert!(kinds("a.js", textbook, SecretScope::Shapes).is_empty());
    }

    /// Quadratic work on this would take minutes, which whoever waits for the test sees; what it asserts is the result.
    #[test]
    fn hostile_lines_hold_nothing_and_hide_nothing() {
        let token = "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";
        for piece in ["ghp_", "eyJ.", "a=", "://a:b@", "-----BEGIN ", "password='", "sk-", "a_", "Password=Server=;"] {
            let line = piece.repeat(200_000 / piece.len());
            assert!(kinds("a.env", &line, SecretScope::All).is_empty(), "{piece}");
            let found = kinds("a.env", &format!("{line} {token}"), SecretScope::All);
            assert_eq!(found, ["a GitHub personal access token"], "{piece}");
            let lines: Vec<SourceLine<'_>> = (1..5_000).map(|number| SourceLine { number, ..added(piece) }).collect();
            assert!(find_secrets("a.env", &lines, SecretScope::All, &SecretOptions::default()).is_empty(), "{piece}");
        }
    }

    #[test]
    fn files_of_images_give_values_without_quotes() {
        for path in ["Dockerfile", "ci/Dockerfile.prod", "prod.Dockerfile", "Containerfile"] {
            for line in ["ENV API_KEY 9f86d081884c7d659a2feaa0c55ad015", "ARG API_KEY=9f86d081884c7d659a2feaa0c55ad015"]
            {
                assert_eq!(kinds(path, line, SecretScope::All).len(), 1, "{path} {line}");
            }
        }
        assert!(kinds("Dockerfiles.txt", "ENV API_KEY 9f86d081884c7d659a2feaa0c55ad015", SecretScope::All).is_empty());
    }
}
