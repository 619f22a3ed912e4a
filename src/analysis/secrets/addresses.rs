//! Passwords in addresses: `postgres://user:password@host`, and `Server=..;Password=..` of ADO and ODBC.

use super::placeholder::{is_placeholder, is_weak_password};
use super::randomness::{looks_like_password, looks_random};

/// A longer line is data or made by a program, in which any name stands before any value.
const MAX_LINE_BYTES: usize = 2_000;

/// A password where it stands on a line, and what of its surroundings may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found<'a> {
    pub(super) password: &'a str,
    pub(super) shown: String,
}

/// What a value without quotes can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unquoted {
    /// A value, as in a file of settings.
    Value,
    /// Code that gives one.
    Code,
}

/// The first address on the line with a real password in it, or the connection string of ADO or ODBC.
pub(super) fn find_password(line: &str, unquoted: Unquoted) -> Option<Found<'_>> {
    addresses(line).next().or_else(|| parameters(line).next()).or_else(|| find_connection(line, unquoted))
}

/// All passwords in addresses of the line, and the one in its connection string.
pub fn passwords_on(line: &str) -> Vec<&str> {
    addresses(line)
        .chain(parameters(line))
        .chain(find_connection(line, Unquoted::Value))
        .map(|found| found.password)
        .collect()
}

/// The addresses on the line that have a real password in them.
fn addresses(line: &str) -> impl Iterator<Item = Found<'_>> {
    // Most lines have no `@`, and looking for one byte is cheap.
    let begins = memchr::memchr(b'@', line.as_bytes()).map(|_| line.match_indices("://"));
    begins.into_iter().flatten().filter_map(|(at, _)| {
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
        let plain = !password.contains([' ', '(', ')', ',']);
        (fits && plain).then(|| Found { password, shown: format!("{scheme}://...") })
    })
}

/// The passwords among the parameters of addresses on the line: `jdbc:mysql://host/x?user=a&password=b`.
fn parameters(line: &str) -> impl Iterator<Item = Found<'_>> {
    let fits = line.len() <= MAX_LINE_BYTES && gives_key_or_password(line.as_bytes());
    let begins = fits.then(|| line.match_indices("://"));
    begins.into_iter().flatten().filter_map(|(at, _)| {
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '\\');
        let address = line[at + 3..].split(ends).next()?;
        let host = address.split(['/', '?', ';', ':', ',']).next()?;
        let mut fields = address.split(['?', '&', ';']).skip(1).filter_map(|field| field.split_once('='));
        let (_, password) = fields.find(|(name, _)| NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)))?;
        // Pages have forms; a database has its password there.
        let driver = line[..at].rsplit(|c: char| !c.is_ascii_alphanumeric() && c != ':').next()?;
        let made = driver.starts_with("jdbc:") || looks_random(password) || looks_like_password(password);
        let counts = (6..=200).contains(&password.len()) && made && is_real(password) && !is_near(host);
        counts.then(|| Found { password, shown: "password=...".to_owned() })
    })
}

/// Names of parameters that give a password.
const NAMES: [&str; 3] = ["password", "passwd", "pwd"];

/// The connection string of ADO or ODBC on the line, or the Azure account key.
fn find_connection(line: &str, unquoted: Unquoted) -> Option<Found<'_>> {
    if line.len() > MAX_LINE_BYTES || !gives_key_or_password(line.as_bytes()) {
        return None;
    }
    let lower = line.to_ascii_lowercase();
    if let Some(at) = lower.find("accountkey=") {
        let key = line.get(at + "accountkey=".len()..)?;
        let length =
            key.bytes().take(90).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')).count();
        // The emulator's key is in Microsoft's documentation.
        if length == 88 && !key.starts_with("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1") && is_real(&key[..length]) {
            return Some(Found { password: &key[..length], shown: "AccountKey=...".to_owned() });
        }
    }
    let server = ["server=", "data source=", "host=", "addr="]
        .iter()
        .find_map(|name| lower.find(name).map(|at| at + name.len()))?;
    let host = line.get(server..)?.split([';', '"', '\'']).next()?;
    let quoted = QUOTES.iter().any(|quote| line[..server].matches(*quote).count() % 2 == 1);
    ["password=", "pwd="].iter().find_map(|name| {
        let begin = lower.find(name)?;
        let at = begin + name.len();
        // One text names both; `e.password=` is code.
        let apart = !is_one_text(line.get(at.min(server)..at.max(server))?) || line[..begin].ends_with('.');
        let value = line.get(at..)?.split([';', '"', '\'', '`', '&', ' ', '<']).next()?;
        let fits = lower.contains(';') && value.len() >= 6 && value.len() <= 200 && is_real(value) && !is_near(host);
        // A blank before the name parts two statements rather than two fields.
        let is_value = unquoted == Unquoted::Value && !line[..begin].ends_with(char::is_whitespace);
        let is_code = !quoted && is_expression(value) && (!is_value || value.ends_with(')'));
        let real = fits && !apart && !is_code;
        real.then(|| Found { password: value, shown: "Password=...".to_owned() })
    })
}

const QUOTES: [char; 3] = ['"', '\'', '`'];

/// Whether no text ends in between, but for one that is put together of pieces: `"Server=..;" + "Password=.."`.
fn is_one_text(between: &str) -> bool {
    let mut rest = between;
    while let Some(at) = rest.find(QUOTES) {
        let joined = rest[at + 1..].trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '+' | '.' | '&'));
        // C# and Python write a letter or a sign before a text.
        let Some((sign, after)) = joined.split_once(QUOTES) else { return false };
        if !matches!(sign, "" | "f" | "r" | "$" | "@") {
            return false;
        }
        rest = after;
    }
    true
}

/// Whether code stands where a password would: `r.password||""`, `config.db.password`, `read(it)`.
fn is_expression(value: &str) -> bool {
    let names = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let first = value.split(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '_' | '.'))).next().unwrap_or_default();
    let after = &value[first.len()..];
    let named = !first.is_empty() && first.split('.').all(names) && !after.starts_with(|c: char| c.is_ascii_digit());
    let calls = after.starts_with(['(', '[']);
    value.contains("||") || value.contains("??") || (named && (calls || first.contains('.')))
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
        let found = |line: &str| addresses(line).next().map(|found| found.shown);
        let connection = |line: &str| find_connection(line, Unquoted::Code).map(|found| found.shown);
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
        let line = "\"Server=tcp:db.acme.io,1433;User=a;Password=kV7q9Zt2w;\"";
        assert_eq!(connection(line).as_deref(), Some("Password=..."));
        assert_eq!(passwords_on(line), ["kV7q9Zt2w"]);
        assert_eq!(connection("Server=localhost;Password=kV7q9Zt2w;"), None);
        assert_eq!(connection("Server=db.acme.io;Password={password};"), None);
        let key = "kT4vB9xQz2".repeat(8) + "qWzRtY==";
        let line = format!("AccountName=a;AccountKey={key};");
        assert_eq!(connection(&line).as_deref(), Some("AccountKey=..."));
        assert_eq!(passwords_on("x://a:kV7-q9Zt2w@b.io y://c:sunshine@d.io"), ["kV7-q9Zt2w", "sunshine"]);
    }

    #[test]
    fn addresses_have_passwords_in_parameters() {
        let found = |line: &str| find_password(line, Unquoted::Code).map(|found| found.password.to_owned());
        for line in [
            "String u = \"jdbc:mysql://db.acme.io/x?user=root&password=Cg2APGn1s0xBm1Xw9Q\";",
            "u = 'jdbc:sqlserver://db.acme.io:1433;user=a;password=Cg2APGn1s0xBm1Xw9Q'",
        ] {
            assert_eq!(found(line).as_deref(), Some("Cg2APGn1s0xBm1Xw9Q"), "{line}");
            assert_eq!(passwords_on(line), ["Cg2APGn1s0xBm1Xw9Q"]);
        }
        for line in [
            "jdbc:mysql://localhost/x?user=root&password=Cg2APGn1s0xBm1Xw9Q",
            "jdbc:mysql://db.acme.io/x?user=root&password=${PASSWORD}",
            "jdbc:mysql://db.acme.io/x?user=root&password=changeme",
            "https://acme.io/login?password=forgotten",
            "\"jdbc:mysql://db.acme.io/x?user=root&password=\" + password",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
    }

    #[test]
    fn code_that_gives_a_password_on_is_no_connection_string() {
        for line in [
            "e.host=r.host||\"db.acme.io\";e.password=r.password||\"\",e.port=1",
            "host=db.acme.io;password=config.db.password;",
            "host=db.acme.io;password=read_it(config);",
            "host=db.acme.io;password=t.password??n;",
            "host=db.acme.io;password=\"a\";t.password=kV7q9Zt2w;",
        ] {
            assert_eq!(find_connection(line, Unquoted::Code), None, "{line}");
        }
        let long = format!("{}Server=db.acme.io;Password=kV7q9Zt2w;", "x=1;".repeat(600));
        assert_eq!(find_connection(&long, Unquoted::Value), None);
        for line in [
            "Server=db.acme.io;Password=kV7.q9Zt2w;",
            "c = \"Server=db.acme.io;Password=Sunny.Meadow;\"",
            "$cs = \"Server=db.acme.io;\" + \"Password=kV7q9Zt2w;\"",
            "c = \"Server=db.acme.io;\" + $\"Port=1;\" + $\"Password=kV7q9Zt2w;\"",
        ] {
            assert!(find_connection(line, Unquoted::Code).is_some(), "{line}");
        }
    }

    #[test]
    fn what_stands_in_settings_is_no_code() {
        for line in [
            "cs: Server=db.acme.io;Password=Correct.Horse",
            "cs = Server=db.acme.io;Password=kV(7q9Zt2w;",
            "host=db.acme.io;pwd=kV7||q9Zt2w;",
        ] {
            assert!(find_connection(line, Unquoted::Value).is_some(), "{line}");
            assert_eq!(passwords_on(line).len(), 1, "{line}");
        }
        for code in [
            "script: const host=config.host; const password=process.env.DB_PASSWORD; run(host, password)",
            "python - <<X; host=cfg.host; password=getpass.getpass()",
            "host=db.acme.io; password=config.db.password;",
            "host=db.acme.io;password=read_secret(db);",
        ] {
            assert_eq!(find_connection(code, Unquoted::Value), None, "{code}");
        }
        assert_eq!(find_connection("host=db.acme.io;password=\"a\";t.password=kV7q9Zt2w;", Unquoted::Value), None);
    }
}
