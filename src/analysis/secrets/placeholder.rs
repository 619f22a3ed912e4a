//! Values that stand for a secret without being one.

/// What placeholders are made of, in lower case.
const WORDS: [&str; 42] = [
    "example",
    "sample",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "replaceme",
    "replace_me",
    "replace-me",
    "replace_with",
    "replace-with",
    "insert_",
    "insert-",
    "your_",
    "your-",
    "yourpass",
    "yoursecret",
    "yourtoken",
    "yourkey",
    "my_secret",
    "mysecret",
    "my-secret",
    "mypassword",
    "my_password",
    "dummy",
    "fake",
    "redacted",
    "notreal",
    "not-real",
    "not_a_",
    "not-a-",
    "todo",
    "fixme",
    "foobar",
    "foo_bar",
    "testtest",
    "secret_here",
    "removed",
    "undefined",
    "deadbeef",
    "xxxx",
];

/// Keys that are published on purpose, or that only open a sandbox.
const OPEN_KEYS: [&str; 5] = ["sk_test_", "rk_test_", "pk_test_", "pk_live_", "phc_"];

/// Signs of a value that something fills in later.
const TEMPLATES: [&str; 14] =
    ["${", "{{", "}}", "$(", "#{", "<%", "%(", "%s", "%{", "...", "\u{2026}", "***", "{0}", "@@"];

/// Whether a value is written to be replaced, or is too regular to be a secret.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
        || TEMPLATES.iter().any(|sign| value.contains(sign))
        || OPEN_KEYS.iter().any(|key| value.starts_with(key))
        || value.starts_with(['$', '<', '{', '[', '%'])
        || is_regular(lower.as_bytes())
}

/// A character five times in a row, six that count up or down, or few different ones.
fn is_regular(value: &[u8]) -> bool {
    let run = |length: usize, step: i16| {
        value
            .windows(length)
            .any(|window| window.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step))
    };
    let mut seen = [false; 256];
    value.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    let different = seen.iter().filter(|seen| **seen).count();
    run(5, 0) || run(6, 1) || run(6, -1) || (value.len() >= 12 && different <= 5) || is_keyboard(value)
}

fn is_keyboard(value: &[u8]) -> bool {
    ["qwerty", "asdfgh", "zxcvbn", "1q2w3e"].iter().any(|row| memchr::memmem::find(value, row.as_bytes()).is_some())
}

/// Passwords that everybody knows: they guard nothing, or nothing that a robot should shout about.
pub(super) fn is_weak_password(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let lower = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    matches!(
        lower,
        "" | "password"
            | "passw0rd"
            | "p@ssw0rd"
            | "p@ssword"
            | "pa$$w0rd"
            | "pass"
            | "passwd"
            | "pwd"
            | "pw"
            | "secret"
            | "s3cr3t"
            | "s3cret"
            | "sup3rs3cret"
            | "supersecret"
            | "topsecret"
            | "admin"
            | "administrator"
            | "root"
            | "toor"
            | "user"
            | "username"
            | "guest"
            | "test"
            | "tester"
            | "testing"
            | "testpassword"
            | "testpass"
            | "default"
            | "letmein"
            | "hunter"
            | "welcome"
            | "postgres"
            | "mysql"
            | "redis"
            | "rabbitmq"
            | "mongo"
            | "minio"
            | "minioadmin"
            | "sa"
            | "abc"
            | "foo"
            | "bar"
            | "baz"
            | "none"
            | "null"
            | "nil"
            | "empty"
            | "token"
            | "key"
            | "apikey"
            | "demo"
            | "development"
            | "dev"
            | "local"
            | "docker"
            | "app"
            | "db"
            | "super"
            | "correct horse battery staple"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_to_be_replaced_is_no_secret() {
        for value in [
            "ghp_EXAMPLE",
            "xxxxxxxxxxxx",
            "<token>",
            "${TOKEN}",
            "changeme1",
            "abc123456def",
            "aaaaaaaaaaaaaaa",
            "s...t",
            "$SECRET",
            "zyxwvu98",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17", "9f86d081884c7d659a2feaa0c55ad015", "Tr0ub4dor&3"] {
            assert!(!is_placeholder(value), "{value}");
        }
        assert!(is_weak_password("Password123!") && is_weak_password("postgres") && !is_weak_password("Tr0ub4dor&3"));
    }
}
