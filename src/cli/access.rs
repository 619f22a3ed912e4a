//! The token of a person or a workflow, and the GitHub that it is for: from the environment, as the contract orders it.

use super::failure::Failure;
use crate::github::{Github, TokenConfig};
use secrecy::SecretString;

/// Where a token is looked for, the first that is set counts.
const TOKENS: [&str; 3] = ["DECKHAND_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"];
/// The same for the root of the REST API.
const ROOTS: [&str; 2] = ["DECKHAND_GITHUB_API_URL", "GITHUB_API_URL"];
const PUBLIC_ROOT: &str = "https://api.github.com";

/// A token and its GitHub.
pub(super) struct Access {
    token: SecretString,
    /// The variable that the token comes from.
    pub(super) variable: &'static str,
    /// Where its GitHub answers.
    pub(super) root: Root,
}

/// The REST root.
pub(super) struct Root {
    pub(super) url: String,
    /// The variable that it comes from; `None` for the public one.
    pub(super) variable: Option<&'static str>,
}

impl Root {
    /// Looks variables up with `env`; an empty one counts as not set.
    pub(super) fn find(env: &dyn Fn(&str) -> Option<String>) -> Root {
        match ROOTS.iter().find_map(|name| set(env, name)) {
            Some((name, url)) => Root { url, variable: Some(name) },
            None => Root { url: PUBLIC_ROOT.to_owned(), variable: None },
        }
    }
}

fn set(env: &dyn Fn(&str) -> Option<String>, name: &'static str) -> Option<(&'static str, String)> {
    Some((name, env(name).filter(|value| !value.trim().is_empty())?))
}

impl Access {
    /// Looks variables up with `env`; an empty one counts as not set.
    pub(super) fn find(env: &dyn Fn(&str) -> Option<String>) -> Result<Access, Failure> {
        let Some((variable, token)) = TOKENS.iter().find_map(|name| set(env, name)) else {
            return Err(Failure::usage(format!(
                "no token for GitHub: set {}, for example with `export {}=$(gh auth token)`; in a workflow, \
                 give the step `env: GITHUB_TOKEN: ${{{{ github.token }}}}`",
                TOKENS.join(", or "),
                TOKENS[0]
            )));
        };
        Ok(Access { token: token.into(), variable, root: Root::find(env) })
    }

    /// The client; call it inside a runtime.
    pub(super) fn connect(&self) -> Result<Github, Failure> {
        Github::with_token(TokenConfig {
            api_url: self.root.url.clone(),
            token: self.token.clone(),
            user_agent: concat!("deckhand/", env!("CARGO_PKG_VERSION")).to_owned(),
        })
        .map_err(|error| {
            let from = self.root.variable.map(|name| format!(" ({name})")).unwrap_or_default();
            Failure::usage(format!("cannot talk to GitHub at {}{from}: {error}", self.root.url))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn find(set: &[(&str, &str)]) -> Result<(String, &'static str, String), Failure> {
        let env = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Access::find(&env).map(|access| (access.token.expose_secret().to_owned(), access.variable, access.root.url))
    }

    #[test]
    fn our_own_variables_come_first_and_empty_ones_do_not_count() {
        let all = [("GH_TOKEN", "c"), ("GITHUB_TOKEN", "b"), ("DECKHAND_GITHUB_TOKEN", "a")];
        let public = PUBLIC_ROOT.to_owned();
        assert_eq!(find(&all).expect("a token"), ("a".into(), "DECKHAND_GITHUB_TOKEN", public.clone()));
        assert_eq!(find(&all[..2]).expect("a token"), ("b".into(), "GITHUB_TOKEN", public.clone()));
        let blank = [("GH_TOKEN", "c"), ("GITHUB_TOKEN", " "), ("GITHUB_API_URL", "")];
        assert_eq!(find(&blank).expect("a token"), ("c".into(), "GH_TOKEN", public));
        let roots = [("GH_TOKEN", "c"), ("GITHUB_API_URL", "https://b"), ("DECKHAND_GITHUB_API_URL", "https://a")];
        assert_eq!(find(&roots).expect("a token").2, "https://a");
        assert_eq!(find(&roots[..2]).expect("a token").2, "https://b");
    }

    #[test]
    fn without_a_token_all_names_are_said() {
        let said = find(&[]).expect_err("no token").message;
        assert!(TOKENS.iter().all(|name| said.contains(name)), "{said}");
        assert!(said.contains("${{ github.token }}"), "{said}");
    }
}
