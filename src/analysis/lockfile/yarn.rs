//! `yarn.lock`, of yarn 1 and of the later ones: every requirement of every package is the key of an entry.

use super::lock::{Asked, Fit, Lock, Pinned, fits_exactly};
use super::manifest::{PEERS, Wanted};

/// The entry that is being read.
#[derive(Default)]
struct Entry {
    /// Names and keys.
    keys: Vec<(String, String)>,
    pinned: Pinned,
    /// The directory, when it is a member.
    member: Option<String>,
    /// The field whose members are being read.
    field: String,
}

pub(super) fn read(text: &str) -> Option<Lock> {
    if !text.contains("yarn lockfile v1") && !text.contains("__metadata:") {
        return None;
    }
    let mut lock = Lock::default();
    let mut entry = Entry::default();
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            write_entry(&mut lock, &entry);
            entry = read_keys(&mut lock, line);
            continue;
        }
        // Fields of an entry are indented by two, their members by four.
        let (field, value) = split_field(line.trim());
        if line.starts_with("   ") {
            if let (Some(member), "dependencies" | PEERS) = (&entry.member, entry.field.as_str()) {
                let section = if entry.field == PEERS { PEERS } else { "" };
                lock.ask(member, field, Asked::plain(section, plain(value)));
            }
            continue;
        }
        entry.field = field.to_owned();
        match field {
            "version" => value.clone_into(&mut entry.pinned.version),
            "resolution" => {
                entry.pinned.patch = patch_of(value);
                if let Some((_, directory)) = value.split_once("@workspace:") {
                    let directory = if directory == "." { "" } else { directory };
                    lock.know(directory);
                    entry.member = Some(directory.to_owned());
                }
            }
            "integrity" | "checksum" => value.clone_into(&mut entry.pinned.checksum),
            _ => {}
        }
    }
    write_entry(&mut lock, &entry);
    Some(lock)
}

/// What an entry says holds for all its keys. Written once, at its end: its fields can stand there again and again.
fn write_entry(lock: &mut Lock, entry: &Entry) {
    for (name, key) in &entry.keys {
        if !entry.pinned.version.is_empty() {
            lock.add(name, &entry.pinned.version);
        }
        if !entry.pinned.checksum.is_empty() {
            lock.checksums.insert(key.clone(), entry.pinned.clone());
        }
    }
}

fn read_keys(lock: &mut Lock, line: &str) -> Entry {
    let mut entry = Entry::default();
    for key in line.trim_end_matches(':').trim_matches('"').split(", ") {
        let key = key.trim_matches('"');
        let Some(at) = key.get(1..).and_then(|rest| rest.find('@')) else { continue };
        let (name, requirement) = (&key[..=at], &key[at + 2..]);
        lock.requests.insert(format!("{name}@{}", plain(requirement)));
        lock.add(name, "");
        entry.keys.push((name.to_owned(), key.to_owned()));
    }
    entry
}

/// `name "value"` and `"name": "value"`.
fn split_field(line: &str) -> (&str, &str) {
    let (field, value) = match line.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some(quoted) => quoted,
        None => line.split_once([' ', ':']).unwrap_or((line, "")),
    };
    (field.trim_end_matches(':'), value.trim_start_matches(':').trim().trim_matches('"'))
}

/// A requirement without the usual protocol.
fn plain(requirement: &str) -> &str {
    requirement.strip_prefix("npm:").unwrap_or(requirement)
}

/// `a@patch:a@npm%3A1#optional!builtin<compat/a>::version=1&hash=x`: what is patched, and the hash of the patch.
fn patch_of(resolution: &str) -> Option<(String, String)> {
    let (package, parameters) = resolution.split_once("::").filter(|(package, _)| package.contains("@patch:"))?;
    let hash = parameters.split('&').find_map(|parameter| parameter.strip_prefix("hash="))?;
    Some((package.to_owned(), hash.to_owned()))
}

pub(super) fn fits(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    if wanted.is_peer() {
        return Fit::Fits;
    }
    let requirement = plain(&wanted.requirement);
    // Other protocols are rewritten in ways of their own.
    let comparable = !wanted.local && !requirement.contains([':', '/', '@']);
    if lock.asked_by(member).is_some() {
        return match fits_exactly(lock, member, &Wanted { requirement: requirement.to_owned(), ..wanted.clone() }) {
            Fit::Holds(_) if !comparable => Fit::Fits,
            fit => fit,
        };
    }
    if wanted.local {
        return Fit::Fits;
    }
    if !lock.packages.contains_key(&wanted.name) {
        return Fit::Lacks;
    }
    let known = lock.requests.contains(&format!("{}@{requirement}", wanted.name));
    if known || !comparable { Fit::Fits } else { Fit::Holds(lock.versions(&wanted.name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "# yarn lockfile v1\n\n\n\"@s/a@^1.0.0\", \"@s/a@^1.1.0\":\n  version \"1.2.0\"\n  resolved \"https://x\"\n  integrity sha512-x\n  \
        dependencies:\n    version \"^9\"\n";
    const LATER: &str =
        "__metadata:\n  version: 8\n\n\"@s/a@npm:^1.0.0, @s/a@npm:^1.1.0\":\n  version: 1.2.0\n  checksum: 10/abc\n";

    fn want(requirement: &str) -> Wanted {
        let named = || "@s/a".to_owned();
        let section = "dependencies".to_owned();
        Wanted { section, name: named(), label: named(), requirement: requirement.to_owned(), ..Wanted::default() }
    }

    #[test]
    fn both_formats_know_requirements() {
        for text in [FIRST, LATER] {
            let lock = read(text).expect("reads");
            assert_eq!(fits(&lock, "", &want("^1.1.0")), Fit::Fits);
            assert_eq!(fits(&lock, "", &want("^2")), Fit::Holds("1.2.0".to_owned()));
            assert_eq!(lock.checksums.len(), 2, "{:?}", lock.checksums);
        }
        assert_eq!(read("hello"), None);
    }

    #[test]
    fn the_later_format_knows_its_members() {
        let text = "__metadata:\n  version: 8\n\n\"@s/a@npm:^1.0.0\":\n  version: 1.2.0\n\n\"shop@workspace:packages/shop\":\n  \
            version: 0.0.0-use.local\n  resolution: \"shop@workspace:packages/shop\"\n  dependencies:\n    \"@s/a\": \"npm:^1.0.0\"\n    b: \"workspace:*\"\n  \
            peerDependencies:\n    c: ^3.0.0\n  bin:\n    d: e\n";
        let lock = read(text).expect("reads");
        let asked = lock.asked_by("packages/shop").expect("a member");
        assert_eq!(asked.keys().collect::<Vec<_>>(), ["@s/a", "b", "c"]);
        assert_eq!(fits(&lock, "packages/shop", &want("^1.0.0")), Fit::Fits);
        assert_eq!(fits(&lock, "packages/shop", &want("^2")), Fit::Holds("^1.0.0".to_owned()));
        assert_eq!(fits(&lock, "packages/shop", &Wanted { name: "e".to_owned(), ..want("^2") }), Fit::Lacks);
    }

    #[test]
    fn a_patch_is_told_from_another_one_by_its_hash() {
        let with = |resolution: &str| {
            let text =
                format!("__metadata:\n\n\"a@x\":\n  version: 1\n  resolution: \"{resolution}\"\n  checksum: 10/abc\n");
            read(&text).expect("reads").checksums["a@x"].clone()
        };
        let patch = |package: &str, hash: &str| {
            with(&format!("a@patch:{package}@npm%3A1#optional!builtin<compat/a>::version=1&hash={hash}"))
        };
        assert!(patch("a", "bb").is_patched_otherwise(&patch("a", "aa")));
        assert!(!patch("a", "aa").is_patched_otherwise(&patch("a", "aa")));
        assert!(!patch("evil", "bb").is_patched_otherwise(&patch("a", "aa")));
        assert!(!with("a@npm:1::__archiveUrl=x").is_patched_otherwise(&with("a@npm:1")));
    }
}
