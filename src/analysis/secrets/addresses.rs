//! Passwords in addresses: `postgres://user:password@host`, and `Server=..;Password=..` of ADO and ODBC.

use super::placeholder::{is_placeholder, is_weak_password};

/// Whether the line holds an address with a real password in it: its scheme.
pub(super) fn find_address(line: &str) -> Option<String> {
    // Most lines have no `@`, and looking for one byte is cheap.
    memchr::memchr(b'@', line.as_bytes())?;
    line.match_indices("://").find_map(|(at, _)| {
        let scheme =
            line[..at].rsplit(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))).next()?;
        if scheme.is_empty() || scheme.len() > 30 {
            return None;
        }
        let authority = line[at + 3..]
            .split(|c: char| {
                c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '`' | '<' | '>' | '|' | '\\')
            })
            .next()?;
        let (user_info, host) = authority.rsplit_once('@')?;
        let (user, password) = user_info.split_once(':')?;
        let fits =
            password.len() >= 6 && password.len() <= 200 && password != user && is_real(password) && !is_near(host);
        (fits && !password.contains([' ', '(', ')', ','])).then(|| format!("{scheme}://..."))
    })
}

/// Whether the line holds a connection string of ADO or ODBC, or an Azure account key: what it is called there.
pub(super) fn find_connection(line: &str) -> Option<&'static str> {
    if !gives_key_or_password(line.as_bytes()) {
        return None;
    }
    let lower = line.to_ascii_lowercase();
    if let Some(at) = lower.find("accountkey=") {
        let key = line.get(at + "accountkey=".len()..)?;
        let length =
            key.bytes().take(90).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')).count();
        // The emulator's key is in Microsoft's documentation.
        if length == 88 && !key.starts_with("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1") && is_real(&key[..length]) {
            return Some("AccountKey=...");
        }
    }
    let server = ["server=", "data source=", "host=", "addr="]
        .iter()
        .find_map(|name| lower.find(name).map(|at| at + name.len()))?;
    let host = line.get(server..)?.split([';', '"', '\'']).next()?;
    ["password=", "pwd="].iter().find_map(|name| {
        let at = lower.find(name)? + name.len();
        let value = line.get(at..)?.split([';', '"', '\'', '`', '&', ' ', '<']).next()?;
        let between = lower.contains(';') && value.len() >= 6 && value.len() <= 200 && is_real(value) && !is_near(host);
        between.then_some("Password=...")
    })
}

/// Whether the line has one of the names with which all that is looked for is given, in any case.
fn gives_key_or_password(line: &[u8]) -> bool {
    memchr::memchr_iter(b'=', line).any(|at| {
        let ends_with = |name: &str| {
            at.checked_sub(name.len()).is_some_and(|begin| line[begin..at].eq_ignore_ascii_case(name.as_bytes()))
        };
        ["accountkey", "password", "pwd"].into_iter().any(ends_with)
    })
}

fn is_real(password: &str) -> bool {
    !is_placeholder(password)
        && !is_weak_password(password)
        && !password.starts_with(':')
        && !password.contains(['{', '}', '$'])
}

/// Whether only this machine, a sibling container or a documentation's host is meant: a password there opens nothing.
fn is_near(host: &str) -> bool {
    let host = host.trim().to_ascii_lowercase();
    let name = host.trim_start_matches("tcp:").split([':', ',', '\\']).next().unwrap_or_default();
    !name.contains('.')
        || name.starts_with("127.")
        || name == "0.0.0.0"
        || ["example.com", "example.org", "example.net", ".example", ".test", ".invalid", ".local", ".localhost"]
            .iter()
            .any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_passwords_of_far_hosts_count() {
        let found = |line: &str| find_address(line);
        assert_eq!(found("url = \"postgres://app:kV7-q9Zt2w@db.prod.acme.io/app\"").as_deref(), Some("postgres://..."));
        assert_eq!(found("x https://u:9fK2mZ77@git.acme.io/x.git").as_deref(), Some("https://..."));
        for line in [
            "postgres://app:kV7-q9Zt2w@localhost/app",
            "postgres://app:kV7-q9Zt2w@db:5432/app",
            "postgres://app:password@db.prod.acme.io/app",
            "postgres://app:${PASSWORD}@db.prod.acme.io/app",
            "postgres://app:<password>@db.prod.acme.io/app",
            "https://example.com/a:b@c",
            "https://user:hunter2secret@example.com",
            "http://git.acme.io/@scope/x:y",
            "://:@",
            "redis://:@h.io",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
        assert_eq!(find_connection("\"Server=tcp:db.acme.io,1433;User=a;Password=kV7q9Zt2w;\""), Some("Password=..."));
        assert_eq!(find_connection("Server=localhost;Password=kV7q9Zt2w;"), None);
        assert_eq!(find_connection("Server=db.acme.io;Password={password};"), None);
        let key = "kT4vB9xQz2".repeat(8) + "qWzRtY==";
        assert_eq!(find_connection(&format!("AccountName=a;AccountKey={key};")), Some("AccountKey=..."));
    }
}
