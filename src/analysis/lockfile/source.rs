//! Addresses of git repositories with what is taken of them, in one form: `URL?rev=x`.

/// The form for a repository and one of `rev`, `tag` and `branch` with its name.
pub(super) fn git(url: &str, reference: Option<(&str, &str)>) -> String {
    // Lockfiles say in a query what is taken of a repository; of another one, Cargo keeps nothing.
    let url = url.split('?').next().unwrap_or(url);
    let url = url.strip_prefix("git+").unwrap_or(url).trim_end_matches('/');
    let url = url.strip_suffix(".git").unwrap_or(url);
    let url = if url.to_ascii_lowercase().contains("github.com") { url.to_ascii_lowercase() } else { url.to_owned() };
    match reference {
        // Old lockfiles leave out what was the usual name of a branch.
        None | Some(("branch", "master")) => url,
        Some((kind, name)) => format!("{url}?{kind}={name}"),
    }
}

/// The same for an address in a lockfile: `git+URL?rev=x#commit`.
pub(super) fn read_git(address: &str) -> String {
    let address = address.split('#').next().unwrap_or(address);
    let (url, query) = address.split_once('?').unwrap_or((address, ""));
    let pairs: Vec<(&str, String)> =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| (key, decode(value))).collect();
    let found = pairs.iter().find(|(key, _)| matches!(*key, "rev" | "tag" | "branch"));
    git(url, found.map(|(key, value)| (*key, value.as_str())))
}

/// The repository alone.
pub(super) fn repository(source: &str) -> &str {
    source.split('?').next().unwrap_or(source)
}

fn decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out: Vec<u8> = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                out.extend(&part.as_bytes()[2..]);
            }
            None => {
                out.push(b'%');
                out.extend(part.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_and_lockfiles_come_to_one_form() {
        for (url, reference, locked) in [
            ("https://x/foo.git", Some(("rev", "ab")), "git+https://x/foo.git?rev=ab#abcd"),
            ("https://github.com/Ada/Foo", Some(("tag", "v1")), "https://github.com/ada/foo?subdirectory=a&tag=v1#ab"),
            ("https://x/foo/", Some(("branch", "feat/é")), "git+https://x/foo?branch=feat%2F%C3%A9#ab"),
            ("https://x/foo", None, "git+https://x/foo#ab"),
            ("https://x/foo?a=b", None, "git+https://x/foo?a=b#ab"),
            ("https://x/foo.git?a=b", Some(("tag", "v1")), "git+https://x/foo.git?a=b&tag=v1#ab"),
            ("https://x/foo", Some(("branch", "master")), "git+https://x/foo#ab"),
        ] {
            assert_eq!(git(url, reference), read_git(locked), "{url}");
        }
        assert_ne!(git("https://x/foo", Some(("rev", "a"))), read_git("git+https://x/foo?rev=b#b"));
        assert_eq!(decode("%zz%4"), "%zz%4");
    }
}
