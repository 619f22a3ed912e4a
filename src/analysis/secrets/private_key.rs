//! Private keys in PEM: the opening line, and a body after it. Code that only handles such keys has no body.

use super::SourceLine;
use memchr::memmem::Finder;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

const OPENING: &str = "-----BEGIN ";
const KINDS: [&str; 9] = [
    "PRIVATE KEY-----",
    "ENCRYPTED PRIVATE KEY-----",
    "RSA PRIVATE KEY-----",
    "EC PRIVATE KEY-----",
    "DSA PRIVATE KEY-----",
    "OPENSSH PRIVATE KEY-----",
    "SSH2 ENCRYPTED PRIVATE KEY-----",
    "PGP PRIVATE KEY BLOCK-----",
    "ED25519 PRIVATE KEY-----",
];

static OPENINGS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(OPENING));

const QUOTES: [char; 3] = ['"', '\'', '`'];

/// So many characters of base64 in a row are a body.
const BODY_BYTES: usize = 32;
/// So many lines may stand between the opening and the body: `Proc-Type: ...`, `Version: ...` and an empty one.
const MAX_HEADERS: usize = 5;
/// A key has no more lines.
const MAX_LINES: usize = 500;

/// The first and the last added line of the private key that begins on `lines[0]`, when some of its body is added.
pub(super) fn find_key(lines: &[SourceLine<'_>]) -> Option<RangeInclusive<u32>> {
    let (opening, rest) = lines.split_first()?;
    let after = opened(opening.text)?;
    if has_body(after) {
        return opening.added.then_some(opening.number..=opening.number);
    }
    let adjoining = |index: usize| {
        rest.get(index).filter(|line| u64::from(line.number) == u64::from(opening.number) + index as u64 + 1)
    };
    let first = (0..=MAX_HEADERS).find(|index| adjoining(*index).is_none_or(|line| !is_header(line.text)))?;
    let begins = |line: &str| match is_end_of_text(after) {
        true => has_body(line),
        false => gives_body(line) && is_same_call(opening.text, line),
    };
    adjoining(first).filter(|line| begins(line.text))?;
    let goes_on = |line: &str| opened(line).is_none() && (is_body(line) || gives_body(line));
    let lines = (first..MAX_LINES).map_while(adjoining).enumerate();
    let body = lines.take_while(|(index, line)| *index == 0 || goes_on(line.text)).map(|(_, line)| line);
    let added = body.filter(|line| line.added).map(|line| line.number);
    let (first, last) =
        added.fold(None, |range: Option<(u32, u32)>, number| Some((range.map_or(number, |it| it.0), number)))?;
    Some(if opening.added { opening.number } else { first }..=last)
}

/// What follows on the line after the opening of a private key that has a body, or may have one below.
fn opened(line: &str) -> Option<&str> {
    OPENINGS.find_iter(line.as_bytes()).find_map(|at| {
        let rest = &line[at + OPENING.len()..];
        let after = KINDS.iter().find_map(|kind| rest.strip_prefix(kind))?;
        (has_body(after) || is_end_of_text(after) || is_end_of_call(after)).then_some(after)
    })
}

/// Whether nothing but quotes, line breaks and the like follows: what closes a bracket may be code about keys.
fn is_end_of_text(after: &str) -> bool {
    is_end_of_call(after) && !after.contains(')')
}

/// Whether the same follows, or the end of a call as in `lines.push("-----BEGIN ..");`.
fn is_end_of_call(after: &str) -> bool {
    let says = |byte: u8| byte.is_ascii_alphanumeric() && byte != b'n' && byte != b'r' || matches!(byte, b'{' | b'}');
    after.len() < 40 && !after.bytes().any(says)
}

/// Whether the line says something about the key, `DEK-Info: AES-128-CBC,..`, or nothing.
fn is_header(line: &str) -> bool {
    let text = line.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let names = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    is_end_of_text(line)
        || text.split_once(": ").is_some_and(|(name, _)| !name.is_empty() && name.len() < 30 && names(name))
}

/// Whether the line belongs to a body: one word of base64, perhaps as a text of a programming language.
fn is_body(line: &str) -> bool {
    let apart = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\\' | ',' | '.' | '#' | '*' | '|' | '>');
    let words = line.get(..line.len().min(400)).unwrap_or(line).split(apart).filter(|word| word.len() > 2);
    let word = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    let mut words = words.map(word);
    words.next() == Some(true) && words.next().is_none()
}

/// Whether the line gives a piece of a body to something, `key += "..\n"`, which a long name does not look like.
fn gives_body(line: &str) -> bool {
    line.split(QUOTES).skip(1).step_by(2).any(|text| {
        let has = |fits: fn(&u8) -> bool| text.as_bytes().iter().any(fits);
        has_body(text) && has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)
    })
}

/// Whether a line goes on with what the opening line does: the same words stand before its text, or it is a link of a chain.
fn is_same_call(opening: &str, line: &str) -> bool {
    let words = |line: &str, end: usize| line[..end].trim().trim_end_matches(QUOTES).trim_end().to_owned();
    let (Some(begins), Some(quote)) = (opening.find(OPENING), line.find(QUOTES)) else { return false };
    let before = words(line, quote);
    before == words(opening, begins) || before.starts_with(['+', '.'])
}

fn has_body(text: &str) -> bool {
    let mut run = 0;
    let mut different = [false; 256];
    for byte in text.bytes().take(400) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') {
            run += 1;
            different[usize::from(byte)] = true;
            if run >= BODY_BYTES && different.iter().filter(|seen| **seen).count() >= 10 {
                return true;
            }
        } else {
            run = 0;
            different = [false; 256];
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "1GDIWFmbKGYQr83wlMvTgbqvXQqwuW8Y9XW1tSnBc0np9B9Udk7Z3KhXXZUon6uZ";

    /// `+` before an added line, a space before another one.
    #[track_caller]
    fn check(text: &str, expected: Option<RangeInclusive<u32>>) {
        let text = text.replace("BODY", BODY);
        let numbered = (1..).zip(text.lines());
        let lines: Vec<SourceLine<'_>> = numbered
            .map(|(number, line)| SourceLine { number, text: &line[1..], added: line.starts_with('+') })
            .collect();
        assert_eq!(find_key(&lines), expected, "{text}");
    }

    #[test]
    fn keys_have_headers_and_bodies() {
        check(
            "+-----BEGIN ENCRYPTED PRIVATE KEY-----\n+BODY\n+BODY\n+abc=\n+-----END ENCRYPTED PRIVATE KEY-----",
            Some(1..=4),
        );
        check(
            "+-----BEGIN RSA PRIVATE KEY-----\n+Proc-Type: 4,ENCRYPTED\n+DEK-Info: AES-128-CBC,5F2A\n+\n+BODY\n+-----END",
            Some(1..=5),
        );
        check(
            "+-----BEGIN PGP PRIVATE KEY BLOCK-----\n+Version: GnuPG v1\n+\n+BODY\n+=aB3d\n+-----END PGP",
            Some(1..=5),
        );
        check("+-----BEGIN PGP PRIVATE KEY BLOCK-----\n+\n+BODY", Some(1..=3));
        check("+const key = `-----BEGIN EC PRIVATE KEY-----\n+BODY\n+-----END EC PRIVATE KEY-----`", Some(1..=2));
        check("+k = \"-----BEGIN EC PRIVATE KEY-----\\n\" +\n+  \"BODY\\n\" +\n+  \"-----END\"", Some(1..=2));
        check("+key: -----BEGIN PRIVATE KEY-----\\nBODY\\n-----END", Some(1..=1));
    }

    #[test]
    fn keys_are_put_together_in_many_ways() {
        for (key, last) in [
            ("k = \"KEY\\n\"\nk += \"BODY\\n\"\nk += \"BODY\\n\"\nk += \"-----END RSA PRIVATE KEY-----\"", 3),
            ("sb.append(\"KEY\\n\");\nsb.append(\"BODY\\n\");\nsb.append(\"BODY\\n\");\nreturn sb;", 3),
            ("const l = ['KEY'];\nl.push('BODY');\nl.push('BODY');", 3),
            ("k = (\"KEY\\n\"\n  \"BODY\\n\"  # noqa: S105\n  \"BODY\\n\")", 3),
            ("k = \"\"\"KEY\nBODY  # noqa\nBODY\n\"\"\"", 3),
            ("k = 'KEY\\n' +\n  'BODY' + '\\n' + 'BODY' + '\\n'", 2),
            ("var k = \"KEY\" +\n  Environment.NewLine + \"BODY\" +\n  Environment.NewLine + \"BODY\";", 3),
            ("new StringBuilder(\"KEY\\n\"\n  ).append(\"BODY\\n\")\n  .append(\"BODY\\n\").toString();", 3),
        ] {
            let text = key.replace("KEY", "-----BEGIN RSA PRIVATE KEY-----").replace('\n', "\n+");
            check(&format!("+{text}"), Some(1..=last));
        }
    }

    #[test]
    fn a_new_body_below_an_old_opening_counts() {
        check(" -----BEGIN RSA PRIVATE KEY-----\n+BODY\n+BODY\n -----END RSA PRIVATE KEY-----", Some(2..=3));
        check(" -----BEGIN OPENSSH PRIVATE KEY-----\n BODY\n+BODY\n BODY", Some(3..=3));
        check("+-----BEGIN RSA PRIVATE KEY-----\n BODY\n BODY", None);
        check(" -----BEGIN RSA PRIVATE KEY-----\n BODY\n+-----END RSA PRIVATE KEY-----", None);
    }

    #[test]
    fn code_about_keys_has_no_body() {
        check("+if (s.includes(\"-----BEGIN RSA PRIVATE KEY-----\")) {\n+  BODY", None);
        check(
            "+if (s.includes(\"-----BEGIN RSA PRIVATE KEY-----\"))\n+  return theKeyThatStandsInThisTextAsItIs2(s);",
            None,
        );
        check(
            "+s.includes(\"-----BEGIN RSA PRIVATE KEY-----\");\n+t(\"a/very/long/path/of/names/and/more/names\");",
            None,
        );
        for (asks, goes_on) in [
            ("assert pem.startswith(\"KEY\")", "assert digest == \"BODY\""),
            ("assertTrue(k.startsWith(\"KEY\"));", "assertEquals(\"BODY\", hash(k));"),
            ("lines.append(\"KEY\")", "ALPHA = \"BODY\""),
        ] {
            let text = format!("+{asks}\n+{goes_on}").replace("KEY", "-----BEGIN PRIVATE KEY-----");
            check(&text, None);
        }
        check("+-----BEGIN RSA PRIVATE KEY-----\n+...\n+-----END RSA PRIVATE KEY-----", None);
        check("+-----BEGIN PUBLIC KEY-----\n+BODY", None);
        check("+-----BEGIN RSA PRIVATE KEY-----\n+\n+\n+\n+\n+\n+\n+BODY", None);
        check("+-----BEGIN RSA PRIVATE KEY-----", None);
        check("+", None);
    }
}
