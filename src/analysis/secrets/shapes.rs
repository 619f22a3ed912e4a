//! Tokens that their own shape gives away: a prefix, an alphabet, a length. One line each.

use super::Proof;
use super::checksum::{has_base62_checksum, is_pypi_macaroon};
use super::placeholder::is_placeholder;
use super::randomness::{entropy, is_mixed_noise};

/// A kind of token.
pub(super) struct Shape {
    pub(super) what: &'static str,
    pub(super) revoke: &'static str,
    prefix: &'static str,
    alphabet: fn(u8) -> bool,
    /// Bytes after the prefix, at least and at most.
    length: (usize, usize),
    proof: Option<fn(&str) -> bool>,
}

/// Longest body that is measured: longer runs are data.
const MAX: usize = 400;

const GITHUB: &str = "at https://github.com/settings/tokens";
const GITHUB_APP: &str = "in the settings of the app that issued it";
const SLACK: &str = "at https://api.slack.com/apps";
const STRIPE: &str = "at https://dashboard.stripe.com/apikeys";
const GITLAB: &str = "in GitLab under Preferences, Access tokens";
const SENTRY: &str = "in Sentry under Auth Tokens";
const NOTION: &str = "in Notion under Integrations";
const CLOUD: &str = "in the provider's console";

fn alnum(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn dashed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn dotted(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn slashed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-')
}

fn padded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=')
}

fn hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn base32(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'2'..=b'7')
}

fn upper(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'0'..=b'9')
}

const fn shape(
    what: &'static str,
    prefix: &'static str,
    alphabet: fn(u8) -> bool,
    least: usize,
    most: usize,
    revoke: &'static str,
) -> Shape {
    Shape { what, revoke, prefix, alphabet, length: (least, most), proof: None }
}

const fn proved(proof: fn(&str) -> bool, shape: Shape) -> Shape {
    Shape { proof: Some(proof), ..shape }
}

#[rustfmt::skip]
const SHAPES: &[Shape] = &[
    proved(has_base62_checksum, shape("a GitHub personal access token", "ghp_", alnum, 36, 36, GITHUB)),
    proved(has_base62_checksum, shape("a GitHub OAuth token", "gho_", alnum, 36, 36, GITHUB_APP)),
    proved(has_base62_checksum, shape("a GitHub user token of an app", "ghu_", alnum, 36, 36, GITHUB_APP)),
    proved(has_base62_checksum, shape("a GitHub installation token", "ghs_", alnum, 36, 36, GITHUB_APP)),
    proved(has_base62_checksum, shape("a GitHub refresh token", "ghr_", alnum, 36, 76, GITHUB_APP)),
    shape("a GitHub fine-grained token", "github_pat_", word, 82, 82, GITHUB),
    proved(has_base62_checksum, shape("an npm access token", "npm_", alnum, 36, 36, "with `npm token revoke`")),
    proved(is_pypi_macaroon, shape("a PyPI token", "pypi-", dashed, 80, MAX, "at https://pypi.org/manage/account")),
    shape("an AWS access key", "AKIA", base32, 16, 16, "in the IAM console"),
    shape("a temporary AWS access key", "ASIA", base32, 16, 16, "in the IAM console"),
    shape("a Google API key", "AIza", dashed, 35, 35, "in the Google Cloud console under Credentials"),
    shape("a Google OAuth client secret", "GOCSPX-", dashed, 28, 28, "in the Google Cloud console under Credentials"),
    shape("a Google OAuth token", "ya29.", dashed, 60, MAX, "in the Google account's security settings"),
    shape("a Slack bot token", "xoxb-", dashed, 24, 120, SLACK),
    shape("a Slack user token", "xoxp-", dashed, 24, 120, SLACK),
    shape("a Slack token", "xoxa-", dashed, 24, 120, SLACK),
    shape("a Slack refresh token", "xoxr-", dashed, 24, 200, SLACK),
    shape("a Slack token", "xoxs-", dashed, 24, 120, SLACK),
    shape("a Slack token", "xoxe.", dotted, 40, 300, SLACK),
    shape("a Slack app token", "xapp-", dashed, 30, 200, SLACK),
    shape("a Slack webhook", "hooks.slack.com/services/T", slashed, 38, 80, SLACK),
    shape("a Stripe secret key", "sk_live_", alnum, 24, 120, STRIPE),
    shape("a Stripe restricted key", "rk_live_", alnum, 24, 120, STRIPE),
    shape("a Stripe webhook secret", "whsec_", alnum, 32, 64, STRIPE),
    shape("a GitLab access token", "glpat-", dashed, 20, 64, GITLAB),
    shape("a GitLab runner token", "glrt-", dashed, 20, 64, GITLAB),
    shape("a GitLab deploy token", "gldt-", dashed, 20, 64, GITLAB),
    shape("a SendGrid key", "SG.", dotted, 66, 66, "in SendGrid under Settings, API Keys"),
    shape("an Anthropic API key", "sk-ant-", dashed, 80, 130, "at https://console.anthropic.com/settings/keys"),
    shape("an OpenAI API key", "sk-proj-", dashed, 48, 200, "at https://platform.openai.com/api-keys"),
    proved(|body| body.contains("T3BlbkFJ"), shape("an OpenAI API key", "sk-", dashed, 48, 48, "at https://platform.openai.com/api-keys")),
    shape("a Hugging Face token", "hf_", alnum, 34, 34, "at https://huggingface.co/settings/tokens"),
    shape("a DigitalOcean token", "dop_v1_", hex, 64, 64, CLOUD),
    shape("a Shopify access token", "shpat_", hex, 32, 32, "in the shop's admin under Apps"),
    shape("a Docker Hub token", "dckr_pat_", dashed, 27, 27, "at https://app.docker.com/settings/personal-access-tokens"),
    shape("a RubyGems key", "rubygems_", hex, 48, 48, "at https://rubygems.org/profile/api_keys"),
    shape("a crates.io token", "cio", alnum, 32, 32, "at https://crates.io/settings/tokens"),
    shape("a Databricks token", "dapi", hex, 32, 32, "in the workspace's user settings"),
    shape("a Grafana token", "glsa_", word, 41, 41, "in Grafana under Service accounts"),
    shape("a Linear API key", "lin_api_", alnum, 40, 40, "in Linear under Settings, API"),
    shape("a New Relic key", "NRAK-", upper, 27, 27, "in New Relic under API keys"),
    shape("an age secret key", "AGE-SECRET-KEY-1", upper, 58, 58, "by encrypting anew with another key"),
    shape("a GitLab job token", "glcbt-", dashed, 20, 64, GITLAB),
    shape("a HashiCorp Vault token", "hvs.", dashed, 24, 300, "with `vault token revoke`"),
    shape("a Terraform Cloud token", "atlasv1.", dashed, 60, 70, "in HCP Terraform under Tokens"),
    shape("a Postman API key", "PMAK-", dashed, 59, 59, "in Postman under API keys"),
    shape("a Doppler token", "dp.pt.", alnum, 40, 44, "in Doppler under Tokens"),
    shape("a Sentry user token", "sntryu_", hex, 64, 64, SENTRY),
    shape("a Sentry organisation token", "sntrys_", padded, 90, MAX, SENTRY),
    shape("a Pulumi access token", "pul-", hex, 40, 40, "in Pulumi Cloud under Access tokens"),
    shape("a Square access token", "sq0atp-", dashed, 22, 22, "in Square's developer dashboard"),
    shape("a Square client secret", "sq0csp-", dashed, 43, 43, "in Square's developer dashboard"),
    shape("a Twilio API key", "SK", hex, 32, 32, "in the Twilio console under API keys"),
    shape("a Figma access token", "figd_", dashed, 40, 50, "in Figma under Security"),
    shape("a Notion token", "ntn_", alnum, 46, 46, NOTION),
    shape("a Notion token", "secret_", alnum, 43, 43, NOTION),
    shape("a Groq API key", "gsk_", alnum, 52, 52, "at https://console.groq.com/keys"),
    shape("a Grafana Cloud token", "glc_", padded, 32, MAX, "in Grafana Cloud under Access policies"),
    shape("a Discord webhook", "discord.com/api/webhooks/", slashed, 80, 100, "in the channel's settings under Integrations"),
];

/// A token that was found: its kind, its length with the prefix, and how sure we are.
pub(super) struct Match {
    pub(super) shape: &'static Shape,
    pub(super) length: usize,
    pub(super) proof: Proof,
}

impl Shape {
    /// The public part: the prefix and dots for the rest.
    pub(super) fn shown(&self) -> String {
        format!("{}...", self.prefix)
    }
}

/// The bytes with which shapes begin, as bits: at most words nothing begins.
const FIRST: u128 = {
    let (mut bits, mut at) = (0, 0);
    while at < SHAPES.len() {
        bits |= 1_u128 << SHAPES[at].prefix.as_bytes()[0];
        at += 1;
    }
    bits
};

/// The token that begins at the start of `rest`, whatever stands before it.
pub(super) fn match_shape(rest: &str) -> Option<Match> {
    let bytes = rest.as_bytes();
    let first = *bytes.first()?;
    if first >= 128 || FIRST >> first & 1 == 0 {
        return None;
    }
    SHAPES.iter().filter(|shape| shape.prefix.as_bytes()[0] == first).find_map(|shape| {
        let body = rest.strip_prefix(shape.prefix)?;
        let length = body.bytes().take(MAX + 1).take_while(|byte| (shape.alphabet)(*byte)).count();
        let body = &body[..length];
        if length < shape.length.0 || length > shape.length.1 {
            return None;
        }
        let proof = match shape.proof {
            Some(proves) if proves(body) => Proof::Checksum,
            // These say nothing without what proves them.
            Some(_) if matches!(shape.prefix, "pypi-" | "sk-") => return None,
            _ => Proof::Shape,
        };
        let needed = if (shape.alphabet)(b'z') { 3.4 } else { 2.9 };
        let regular = is_placeholder(body) || entropy(body) < needed;
        // `cio` and `dapi` begin words too, and words follow `glpat-`: a body without digits has to be noise.
        let apart = shape.prefix.ends_with(['_', '-', '.']);
        let random = body.bytes().any(|byte| byte.is_ascii_digit()) || (apart && is_mixed_noise(body));
        let counts = proof == Proof::Checksum || (!regular && (random || matches!(shape.prefix, "AKIA" | "ASIA")));
        counts.then(|| Match { shape, length: shape.prefix.len() + length, proof })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_an_end_and_a_place_to_revoke() {
        for shape in SHAPES {
            assert!(
                shape.length.0 >= 16 && shape.length.0 <= shape.length.1 && shape.length.1 <= MAX,
                "{}",
                shape.what
            );
            assert!(shape.what.starts_with("a ") || shape.what.starts_with("an "), "{}", shape.what);
            assert!(["at ", "in ", "with ", "by "].iter().any(|word| shape.revoke.starts_with(word)), "{}", shape.what);
        }
    }

    #[test]
    fn lengths_are_exact_where_the_format_is() {
        let proof = |text: &str| match_shape(text).map(|found| found.proof);
        assert_eq!(proof("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"), Some(Proof::Checksum));
        assert_eq!(proof("ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"), Some(Proof::Shape));
        assert_eq!(proof("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1"), None);
        assert_eq!(proof("AKIAQ3EGRW7LPZT2MDVX"), Some(Proof::Shape));
        assert_eq!(proof("AKIAIOSFODNN7EXAMPLE"), None);
        assert_eq!(proof("SK4f1c0a8be2d97c356a0be4f81d93c27a"), Some(Proof::Shape));
        assert_eq!(proof("SK4F1C0A8BE2D97C356A0BE4F81D93C27A"), None);
        assert_eq!(proof("secret_manager_for_production_environments_12"), None);
        assert_eq!(proof("pul-4f1c0a8be2d97c356a0be4f81d93c27a9b8e7d60"), Some(Proof::Shape));
        // Hugging Face's have no digits.
        assert_eq!(proof("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"), Some(Proof::Shape));
        assert_eq!(proof("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"), None);
        assert_eq!(proof("glpat-put-your-gitlab-token-here"), None);
    }
}
