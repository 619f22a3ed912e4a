//! A name that promises a secret, and a value that looks random: `api_key = "..."`, `DB_PASSWORD=...`.

use super::placeholder::{is_placeholder, is_weak_password};
use super::randomness::{looks_like_password, looks_random};

/// Longer lines are data, in which any name stands before any value.
const MAX_LINE_BYTES: usize = 2_000;
/// A name is no longer.
const MAX_NAME_BYTES: usize = 80;
/// A value is no longer.
const MAX_VALUE_BYTES: usize = 250;

/// Parts of names that promise a password.
const PASSWORDS: [&str; 5] = ["password", "passwd", "pwd", "passphrase", "pass"];
/// Parts that promise a key or a token.
const SECRETS: [&str; 9] =
    ["secret", "token", "apikey", "accesskey", "secretkey", "privatekey", "authkey", "credential", "credentials"];
/// Pairs of parts that do.
const PAIRS: [(&str, &str); 9] = [
    ("api", "key"),
    ("access", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("auth", "key"),
    ("encryption", "key"),
    ("signing", "key"),
    ("account", "key"),
    ("master", "key"),
];
/// What every name that promises something holds.
const HINTS: [&str; 6] = ["pass", "pwd", "secret", "token", "key", "credential"];
/// Parts that say that the value is about a secret, not one.
const OTHERS: [&str; 52] = [
    "public",
    "pub",
    "hash",
    "hashed",
    "digest",
    "checksum",
    "sha",
    "sha1",
    "sha256",
    "id",
    "ids",
    "name",
    "url",
    "uri",
    "path",
    "file",
    "filename",
    "type",
    "regex",
    "pattern",
    "field",
    "label",
    "header",
    "param",
    "expiry",
    "expires",
    "ttl",
    "length",
    "count",
    "limit",
    "placeholder",
    "hint",
    "error",
    "message",
    "prefix",
    "policy",
    "status",
    "version",
    "endpoint",
    "selector",
    "class",
    "test",
    "dummy",
    "mock",
    "fake",
    "example",
    "sample",
    "locator",
    "symbol",
    "mint",
    "contract",
    "address",
];

/// The name on this line to which a value is given that looks like a secret. `bare` says that values need no quotes here,
/// as in `.env` and YAML files.
pub(super) fn find_assignment<'a>(line: &'a str, bare: bool, allow: &[String]) -> Option<&'a str> {
    if line.len() > MAX_LINE_BYTES {
        return None;
    }
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(found) = next_sign(bytes, at) {
        at = found + 1;
        let Some((name, is_password)) = promise_before(line, found) else { continue };
        let value = if bytes[found] == b'>' { text_of_element(line, found) } else { value_after(line, found, bare) };
        let Some((value, from)) = value else { continue };
        if is_secret(value, is_password) && !allow.iter().any(|known| known == value) {
            return Some(name);
        }
        at = at.max(from);
    }
    None
}

/// The header on this line that brings a token of its own: `"Authorization": "Bearer ..."`.
pub(super) fn find_bearer<'a>(line: &'a str, allow: &[String]) -> Option<&'a str> {
    if line.len() > MAX_LINE_BYTES {
        return None;
    }
    line.match_indices("earer ").find_map(|(at, word)| {
        let before = line.get(at.saturating_sub(MAX_BEFORE_BEARER)..at)?;
        let begin = at.saturating_sub(MAX_BEFORE_BEARER) + before.to_ascii_lowercase().rfind("authorization")?;
        let rest = &line[at + word.len()..];
        let is_of_token =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=');
        let value = &rest[..rest.bytes().take(MAX_VALUE_BYTES).take_while(is_of_token).count()];
        let ends = rest[value.len()..].chars().next().is_none_or(|next| matches!(next, '"' | '\'' | '`' | '\\'));
        let secret = ends && is_secret(value, false) && !allow.iter().any(|known| known == value);
        secret.then(|| &line[begin..begin + "authorization".len()])
    })
}

/// Between the header's name and `Bearer` stand quotes and signs, and perhaps a bracket.
const MAX_BEFORE_BEARER: usize = 24;

/// The same for a Dockerfile's `ENV NAME value`.
pub(super) fn find_docker_variable<'a>(line: &'a str, allow: &[String]) -> Option<&'a str> {
    let (instruction, rest) = line.trim().split_once([' ', '\t'])?;
    let (name, value) = rest.trim_start().split_once([' ', '\t'])?;
    let value = value.trim().trim_matches(['"', '\'']);
    let is_password = promise_of(name).filter(|_| instruction.eq_ignore_ascii_case("env"))?;
    let fits = !name.contains('=') && name.len() <= MAX_NAME_BYTES && value.len() <= MAX_VALUE_BYTES;
    (fits && is_secret(value, is_password) && !allow.iter().any(|known| known == value)).then_some(name)
}

/// The next `=` or `:`; the end of a `||`, a `??` or an ` or `, after which the value stands that counts where a variable is
/// not set; the comma in `getenv("NAME", "value")`; and the end of `<name>`.
fn next_sign(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len()).find(|at| match bytes[*at] {
        b'=' | b':' => true,
        sign @ (b'|' | b'?') => *at > from && bytes[at - 1] == sign,
        b'r' => bytes[..=*at].ends_with(b" or") && bytes.get(at + 1) == Some(&b' '),
        b',' => bytes[..*at].ends_with(b"\"") || bytes[..*at].ends_with(b"'"),
        b'>' => bytes.get(at + 1).is_some_and(|next| next.is_ascii_graphic() && *next != b'<'),
        _ => false,
    })
}

/// So many names of types stand between a name and its value: `Final[str]` are two.
const MAX_TYPES: usize = 3;

/// The name before the sign that promises a secret, and whether it promises a password. Between them may stand a type,
/// as in TypeScript's `password: string = ...`, Go's `password string = ...` and Rust's `PASSWORD: &'static str = ...`.
fn promise_before(line: &str, sign: usize) -> Option<(&str, bool)> {
    let (before, may_be_typed) = match line.as_bytes()[sign] {
        b',' => return variable_before(line, sign),
        b'>' => {
            let (name, begin) = name_before(line, sign)?;
            let is_whole = line[..begin].ends_with('<') && line[..sign].ends_with(name);
            return promise_of(name).filter(|_| is_whole).map(|is_password| (name, is_password));
        }
        b'|' | b'?' => (called(&line[..sign - 1]), false),
        b'r' => (called(&line[..sign - 2]), false),
        b':' if line[..sign].ends_with('?') => (called(&line[..sign - 1]), false),
        byte => (without_accessors(&line[..sign]), byte == b'='),
    };
    let mut end = before.len();
    for hop in 0..=if may_be_typed { MAX_TYPES } else { 0 } {
        let (name, begin) = name_before(line, end)?;
        if let Some(is_password) = promise_of(name) {
            return Some((name, is_password));
        }
        let before = line[..begin].trim_end();
        let type_ends = before.ends_with([':', '[', '|', '&', '*']) || before.ends_with("'static");
        // Go's type follows the name at once.
        if hop > 0 && !type_ends {
            return None;
        }
        let before = before.trim_end_matches(['&', '*', '[', '|', ' ']);
        end = before.strip_suffix("'static").map_or(before, |before| before.trim_end_matches([' ', '&'])).len();
    }
    None
}

/// Without the `{ get; set; }` of a property of C#.
fn without_accessors(before: &str) -> &str {
    let block = before.trim_end().strip_suffix('}').and_then(|before| before.rsplit_once('{'));
    block.filter(|(_, inside)| inside.trim_start().starts_with("get")).map_or(before, |(before, _)| before)
}

/// Without the brackets that close a call, as in `get("NAME") or "value"`.
fn called(before: &str) -> &str {
    before.trim_end_matches([' ', ')'])
}

/// The variable in `getenv("NAME", ...)`, when the call says that it reads the environment or the configuration, and the
/// constant in PHP's `define('NAME', ...)`.
fn variable_before(line: &str, comma: usize) -> Option<(&str, bool)> {
    let (name, begin) = name_before(line, comma)?;
    let call = line[..begin].strip_suffix(['"', '\''])?.trim_end().strip_suffix('(')?;
    let length =
        call.bytes().rev().take(MAX_NAME_BYTES).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
    let call = call[call.len() - length.count()..].to_ascii_lowercase();
    let reads = ["env", "config"].iter().any(|word| call.contains(word)) || call == "define";
    promise_of(name).filter(|_| reads).map(|is_password| (name, is_password))
}

/// The identifier before the sign, perhaps quoted or in brackets, and where it begins.
fn name_before(line: &str, sign: usize) -> Option<(&str, usize)> {
    let before = line[..sign].trim_end_matches([' ', '\t', '"', '\'', ']', '?', ':']);
    let from = before.len().saturating_sub(MAX_NAME_BYTES);
    let length = before.as_bytes()[from..]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        .count();
    let begin = before.len() - length;
    let name = before[begin..].rsplit('.').next().unwrap_or_default();
    (!name.is_empty()).then_some((name, begin))
}

/// Whether the name promises a password (`true`) or a key or token (`false`).
fn promise_of(name: &str) -> Option<bool> {
    let has = |hint: &&str| name.as_bytes().windows(hint.len()).any(|part| part.eq_ignore_ascii_case(hint.as_bytes()));
    if !HINTS.iter().any(has) {
        return None;
    }
    let parts = parts_of(name);
    if parts.iter().any(|part| OTHERS.contains(&part.as_str())) {
        return None;
    }
    // `PGPASSWORD` is one part.
    if parts.iter().any(|part| PASSWORDS.contains(&part.as_str()) || part.ends_with("password")) {
        return Some(true);
    }
    let pair = parts.windows(2).any(|pair| PAIRS.iter().any(|(a, b)| pair[0] == *a && pair[1] == *b));
    (pair || parts.iter().any(|part| SECRETS.contains(&part.as_str()))).then_some(false)
}

/// `dbPassword`, `DB_PASSWORD` and `db-password` are `db`, `password`.
fn parts_of(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut lower_before = false;
    for c in name.chars() {
        let splits = matches!(c, '_' | '-' | '.') || (c.is_ascii_uppercase() && lower_before);
        if splits && parts.last().is_some_and(|part| !part.is_empty()) {
            parts.push(String::new());
        }
        if let (Some(part), false) = (parts.last_mut(), matches!(c, '_' | '-' | '.')) {
            part.push(c.to_ascii_lowercase());
        }
        lower_before = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    parts
}

/// The value after the sign, without its quotes and what stands before them, and where it ends.
fn value_after(line: &str, sign: usize, bare: bool) -> Option<(&str, usize)> {
    let rest = line[sign + 1..].trim_start_matches(['=', '>', ':', ' ', '\t']);
    // `==` and `!=` compare.
    if line[sign..].starts_with("==") || line[..sign].ends_with(['!', '=', '<', '>', '~']) {
        return None;
    }
    let named = ["default=", "default:", "default ="].iter().find_map(|name| rest.strip_prefix(name));
    let rest = named.filter(|_| line.as_bytes()[sign] == b',').map_or(rest, str::trim_start);
    let rest = without_prefix(rest);
    let begin = line.len() - rest.len();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    let (value, begin) = match quote {
        Some(quote) => {
            let inner = &rest[1..];
            let length = inner.bytes().take(MAX_VALUE_BYTES).position(|byte| byte == quote as u8)?;
            (&inner[..length], begin + 1)
        }
        None if bare && matches!(line.as_bytes()[sign], b'=' | b':') => {
            (rest.split([' ', '\t', '#', ',', ';', '"', '\'']).next()?.trim_end(), begin)
        }
        None => return None,
    };
    (value.len() <= MAX_VALUE_BYTES).then_some((value, begin + value.len()))
}

/// The text of an element that is whole on the line, and where it ends.
fn text_of_element(line: &str, sign: usize) -> Option<(&str, usize)> {
    let (name, _) = name_before(line, sign)?;
    let rest = &line[sign + 1..];
    let length = rest.bytes().take(MAX_VALUE_BYTES).position(|byte| byte == b'<')?;
    let ends = rest[length + 1..].strip_prefix('/').is_some_and(|end| end.starts_with(name));
    ends.then(|| (rest[..length].trim(), sign + 1 + length))
}

/// Python's `r"..."` and `b'...'`, Rust's `r#"..."#`, C#'s `@"..."`: what comes before the quotes goes.
fn without_prefix(rest: &str) -> &str {
    let letters =
        rest.bytes().take(3).take_while(|byte| matches!(byte, b'r' | b'R' | b'b' | b'B' | b'u' | b'U' | b'@' | b'#'));
    let quoted = &rest[letters.count()..];
    if quoted.starts_with(['"', '\'']) { quoted } else { rest }
}

fn is_secret(value: &str, is_password: bool) -> bool {
    let printable = value.bytes().all(|byte| byte.is_ascii_graphic());
    if !printable || is_placeholder(value) || is_reference(value) || is_uuid(value) {
        return false;
    }
    looks_random(value) || (is_password && looks_like_password(value) && !is_weak_password(value))
}

/// A path, an address, a call, an expression: something that says where the secret is.
fn is_reference(value: &str) -> bool {
    value.contains("://")
        || value.contains(['(', ')', '{', '}', '[', ']', '<', '>', '\\', '|', ' '])
        || value.starts_with(['/', '.', '~', '$', '@', '#', '%', '&', '*', '!'])
        || value.contains("::")
        || value.contains("->")
        // Dotted names, and file names.
        || value.split('.').count() > 2 && value.split('.').all(|part| part.len() < 20)
        || value.rsplit_once('.').is_some_and(|(_, end)| end.len() <= 4 && end.bytes().all(|b| b.is_ascii_lowercase()))
}

fn is_uuid(value: &str) -> bool {
    let lengths = value.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_promises_holds_a_hint() {
        let names = PASSWORDS.iter().chain(&SECRETS).copied().chain(PAIRS.iter().map(|(_, key)| *key));
        for name in names {
            assert!(HINTS.iter().any(|hint| name.contains(hint)), "{name}");
        }
    }

    #[test]
    fn names_promise_and_values_keep() {
        let found = |line: &str| find_assignment(line, false, &[]).map(str::to_owned);
        for (line, name) in [
            ("API_KEY = \"9f86d081884c7d659a2feaa0c55ad015\"", "API_KEY"),
            ("  \"clientSecret\": 'Zr8vQ2mX7pLk4NwT9sBc',", "clientSecret"),
            ("config.auth_token = `k3J9x-2Lm4_Qp8Zr7Vt1`", "auth_token"),
            ("password: \"Tr0ub4dor&3\"", "password"),
            ("const dbPassword: string = 'vB9-xQz2kT4'", "dbPassword"),
            ("'api_key' => '9f86d081884c7d659a2feaa0c55ad015'", "api_key"),
            ("const API_KEY: &str = \"9f86d081884c7d659a2feaa0c55ad015\";", "API_KEY"),
            ("static API_KEY: &'static str = r#\"9f86d081884c7d659a2feaa0c55ad015\"#;", "API_KEY"),
            ("API_KEY: Final[str] = '9f86d081884c7d659a2feaa0c55ad015'", "API_KEY"),
            ("api_key: str | None = b'9f86d081884c7d659a2feaa0c55ad015'", "api_key"),
            ("const char *api_key = \"9f86d081884c7d659a2feaa0c55ad015\";", "api_key"),
            ("k = os.getenv(\"API_KEY\", \"9f86d081884c7d659a2feaa0c55ad015\")", "API_KEY"),
            ("k = os.environ.get('API_KEY', '9f86d081884c7d659a2feaa0c55ad015')", "API_KEY"),
            ("SIGNING = config('SECRET_KEY', default='9f86d081884c7d659a2feaa0c55ad015')", "SECRET_KEY"),
            ("k = os.environ.get('API_KEY') or '9f86d081884c7d659a2feaa0c55ad015'", "API_KEY"),
            ("const k = process.env.API_KEY || '9f86d081884c7d659a2feaa0c55ad015'", "API_KEY"),
            ("const k = process.env['API_KEY'] ?? '9f86d081884c7d659a2feaa0c55ad015'", "API_KEY"),
            ("val k = System.getenv(\"API_KEY\") ?: \"9f86d081884c7d659a2feaa0c55ad015\"", "API_KEY"),
            ("k = ENV.fetch('API_KEY', '9f86d081884c7d659a2feaa0c55ad015')", "API_KEY"),
            ("x = {secret_key: \"wJalrXUtnFEMIK7MDENGbPxRfiCYzq3Tn5Lk8aBc\"}", "secret_key"),
            ("define('DB_PASSWORD', 'ptgU7Ejf2bzJ6sZWd9HI');", "DB_PASSWORD"),
            ("define( \"API_SECRET\", \"c1f0e49895d1a0d1f13dce20c4fd32f6\" );", "API_SECRET"),
            ("<server><password>m5ug1dT0rWLN3phv7lsDbcW5</password></server>", "password"),
            ("public string ApiKey { get; private set; } = \"d30b49895d1a0d1f13dce20c4fd32f64\";", "ApiKey"),
            ("export PGPASSWORD=\"pcm7evYM6iSt8G400G1ae2oN\"", "PGPASSWORD"),
            ("password = \"0skygJxyXHOlebYc\"", "password"),
        ] {
            assert_eq!(found(line).as_deref(), Some(name), "{line}");
        }
        for line in [
            "API_KEY = os.environ[\"API_KEY\"]",
            "token = \"9f86d081884c7d659a2feaa0c55ad015x-example\"",
            "password = \"changeme123!A\"",
            "password_hash = \"9f86d081884c7d659a2feaa0c55ad015\"",
            "tokenUrl: 'https://login.acme.io/oauth2/v2/token'",
            "secretName: \"prod-db-credentials-2\"",
            "commit = \"9f86d081884c7d659a2feaa0c55ad015\"",
            "token == \"9f86d081884c7d659a2feaa0c55ad015\"",
            "passwordField: \"#login > input[type=password]\"",
            "token = \"123e4567-e89b-12d3-a456-426614174000\"",
            "password = get_password(\"Tr0ub4dor&3\")",
            "key = \"9f86d081884c7d659a2feaa0c55ad015\"",
            "token: \"com.acme.auth.Token2Provider9\"",
            "API_KEY=9f86d081884c7d659a2feaa0c55ad015",
            "cache.get(\"api_key\", \"9f86d081884c7d659a2feaa0c55ad015\")",
            "getenv(\"REVISION\", \"9f86d081884c7d659a2feaa0c55ad015\")",
            "tokens[0] = \"9f86d081884c7d659a2feaa0c55ad015\"",
            "the token of one of them = \"9f86d081884c7d659a2feaa0c55ad015\"",
            "password, digest = \"9f86d081884c7d659a2feaa0c55ad015\"",
            "defined('API_KEY', '9f86d081884c7d659a2feaa0c55ad015')",
            "<password>changeme</password>",
            "<password>${env.PASSWORD}</password>",
            "<p>9f86d081884c7d659a2feaa0c55ad015</p>",
            "if (password > limit) x</password>",
            "<password>9f86d081884c7d659a2feaa0c55ad015",
            "function password() { return get; } = \"9f86d081884c7d659a2feaa0c55ad015\"",
            "<password>",
            "password = \"SpringSecurity2Config\"",
            "=",
            ":",
            ">",
            "<>",
            ",",
            "',",
            "\",\"",
            "||",
            "|",
            "??",
            " or ",
            "r",
            "password=",
            "password='",
            "\u{e9}:",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
        let bare = |line: &str| find_assignment(line, true, &[]).map(str::to_owned);
        assert_eq!(bare("export API_KEY=9f86d081884c7d659a2feaa0c55ad015").as_deref(), Some("API_KEY"));
        assert_eq!(bare("password: vB9-xQz2kT4 # prod").as_deref(), Some("password"));
        assert_eq!(bare("password: ${PASSWORD}"), None);
        let bearer = |line| find_bearer(line, &[]);
        assert_eq!(
            bearer("h = {\"Authorization\": \"Bearer zHYL8o8sgGir8xSNeVzjSqe9eWfr4jIg\"}"),
            Some("Authorization")
        );
        assert_eq!(bearer("curl -H 'authorization: bearer zHYL8o8sgGir8xSNeVzjSqe9eWfr4jIg'"), Some("authorization"));
        for line in [
            "\"Authorization\": `Bearer ${token}`",
            "'Authorization': 'Bearer ' + zHYL8o8sgGir8xSNeVzjSqe9eWfr4jIg",
            "Authorization: Bearer your-token-goes-here-1",
            "the bearer zHYL8o8sgGir8xSNeVzjSqe9eWfr4jIg",
            "Bearer ",
        ] {
            assert_eq!(bearer(line), None, "{line}");
        }
        let variable = |line| find_docker_variable(line, &[]);
        assert_eq!(variable("ENV API_KEY 9f86d081884c7d659a2feaa0c55ad015"), Some("API_KEY"));
        for line in
            ["RUN API_KEY 9f86d081884c7d659a2feaa0c55ad015", "ENV API_KEY $API_KEY", "ENV API_KEY", "ENV PATH /bin", ""]
        {
            assert_eq!(variable(line), None, "{line}");
        }
        let allowed = ["9f86d081884c7d659a2feaa0c55ad015".to_owned()];
        assert_eq!(find_assignment("API_KEY=9f86d081884c7d659a2feaa0c55ad015", true, &allowed), None);
    }
}
