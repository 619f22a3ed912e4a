//! `yarn.lock`, of yarn 1 and of the later ones: every requirement of every package is the key of an entry.

use super::lock::{Asked, Fit, Lock, Pinned, fits_in_section, list_first};
use super::manifest::{PEERS, Wanted};
use std::collections::BTreeSet;

/// The entry that is being read.
#[derive(Default)]
struct Entry {
    /// Names and keys.
    keys: Vec<(String, String)>,
    pinned: Pinned,
    /// The directory, when it is a member.
    member: Option<String>,
    /// The field whose members are being read, and the member.
    field: String,
    name: String,
    /// What the member asks for: section, name, requirement.
    asked: Vec<(&'static str, String, String)>,
    /// What of that need not be there.
    optional: BTreeSet<String>,
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
            if entry.member.is_some() {
                read_inner(&mut entry, line.starts_with("     "), field, value);
            }
            continue;
        }
        entry.field = field.to_owned();
        match field {
            "version" => value.clone_into(&mut entry.pinned.version),
            "resolution" => {
                entry.pinned.patch = patch_of(value);
                if let Some((name, directory)) = value.split_once("@workspace:") {
                    let directory = if directory == "." { "" } else { directory };
                    lock.know(directory);
                    lock.call(directory, name);
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
    for (section, name, requirement) in entry.member.iter().flat_map(|_| &entry.asked) {
        let optional = *section != PEERS && entry.optional.contains(name);
        let section = if optional { "optionalDependencies" } else { section };
        lock.ask(entry.member.as_deref().unwrap_or_default(), name, Asked::plain(section, requirement));
    }
}

/// A member of a field of a workspace's own entry, or what stands `deeper`.
fn read_inner(entry: &mut Entry, deeper: bool, field: &str, value: &str) {
    match entry.field.as_str() {
        "dependencies" => entry.asked.push(("dependencies", field.to_owned(), plain(value).to_owned())),
        PEERS => entry.asked.push((PEERS, field.to_owned(), plain(value).to_owned())),
        "dependenciesMeta" if !deeper => field.clone_into(&mut entry.name),
        "dependenciesMeta" if field == "optional" && value == "true" => {
            entry.optional.insert(entry.name.clone());
        }
        _ => {}
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
    let requirement = plain(&wanted.requirement);
    // Other protocols are rewritten in ways of their own.
    let comparable = !wanted.local && !requirement.contains([':', '/', '@']);
    if lock.asked_by(member).is_some() {
        return match fits_in_section(lock, member, &Wanted { requirement: requirement.to_owned(), ..wanted.clone() }) {
            Fit::Holds(_) if !comparable => Fit::Fits,
            fit => fit,
        };
    }
    // The first format does not repeat what users must bring.
    if wanted.is_peer() || (wanted.local && !is_recorded(&wanted.requirement)) {
        return Fit::Fits;
    }
    if !lock.packages.contains_key(&wanted.name) {
        return Fit::Lacks;
    }
    let known = lock.requests.contains(&format!("{}@{requirement}", wanted.name));
    if known || !comparable {
        return Fit::Fits;
    }
    let versions = lock.versions(&wanted.name);
    // Not for this requirement, though the version is the same.
    let held = if versions == requirement { requests_of(lock, &wanted.name) } else { versions };
    Fit::Holds(held)
}

/// The requirements of a package that have entries.
fn requests_of(lock: &Lock, name: &str) -> String {
    let begin = format!("{name}@");
    let all = lock.requests.range(begin.clone()..).map_while(|request| request.strip_prefix(&begin));
    list_first(all.map(str::to_owned))
}

/// Directories that the first format gives entries of their own.
fn is_recorded(requirement: &str) -> bool {
    ["file:", "link:"].iter().any(|protocol| requirement.starts_with(protocol))
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
    fn a_requirement_of_the_locked_version_is_told_from_it() {
        assert_eq!(fits(&read(FIRST).expect("reads"), "", &want("1.2.0")), Fit::Holds("^1.0.0, ^1.1.0".to_owned()));
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
    fn the_later_format_knows_sections() {
        let text = "__metadata:\n  version: 8\n\n\"shop@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"shop@workspace:.\"\n  dependencies:\n    \
            a: \"npm:^1\"\n    b: \"npm:^1\"\n  dependenciesMeta:\n    a:\n      built: false\n    b:\n      optional: true\n  peerDependencies:\n    c: ^1\n";
        let lock = read(text).expect("reads");
        let fit = |section: &str, name: &str| {
            fits(&lock, "", &Wanted { section: section.to_owned(), name: name.to_owned(), ..want("^1") })
        };
        assert_eq!((fit("dependencies", "a"), fit("optionalDependencies", "a")), (Fit::Fits, Fit::Moved));
        assert_eq!((fit("dependencies", "b"), fit("optionalDependencies", "b")), (Fit::Moved, Fit::Fits));
        assert_eq!((fit(PEERS, "c"), fit(PEERS, "a"), fit(PEERS, "d")), (Fit::Fits, Fit::Moved, Fit::Lacks));
    }

    #[test]
    fn the_first_format_knows_directories() {
        let lock = read("# yarn lockfile v1\n\n\"@s/a@file:./a\":\n  version \"1.0.0\"\n").expect("reads");
        let local = |name: &str| fits(&lock, "", &Wanted { name: name.to_owned(), local: true, ..want("file:./a") });
        assert_eq!((local("@s/a"), local("b")), (Fit::Fits, Fit::Lacks));
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
