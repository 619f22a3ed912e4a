//! `yarn.lock`, of yarn 1 and of the later ones: every requirement of every package is the key of an entry.

use super::lock::{Fit, Lock};
use super::manifest::Wanted;
use super::node::PEERS;

/// The member under which all requirements stand: the file does not say whose they are.
const ANYONE: &str = "*";

pub(super) fn read(text: &str) -> Option<Lock> {
    if !text.contains("yarn lockfile v1") && !text.contains("__metadata:") {
        return None;
    }
    let mut lock =
        Lock { asked: Some([(ANYONE.to_owned(), std::collections::BTreeMap::new())].into()), ..Lock::default() };
    let mut names: Vec<(String, String)> = Vec::new();
    let mut version = String::new();
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            names.clear();
            version.clear();
            for key in line.trim_end_matches(':').trim_matches('"').split(", ") {
                let key = key.trim_matches('"');
                let Some(at) = key.get(1..).and_then(|rest| rest.find('@')) else { continue };
                let (name, requirement) = (&key[..=at], &key[at + 2..]);
                let requirement = requirement.strip_prefix("npm:").unwrap_or(requirement);
                // One entry for each requirement: a map by name alone would keep the last.
                lock.ask(ANYONE, &format!("{name}@{requirement}"), "");
                lock.add(name, "");
                names.push((name.to_owned(), key.to_owned()));
            }
            continue;
        }
        let (field, value) = match line.trim().split_once([' ', ':']) {
            Some((field, value)) => (field.trim_end_matches(':'), value.trim().trim_matches('"')),
            None => continue,
        };
        // Fields of an entry are indented by two, their members by four.
        if line.starts_with("   ") {
            continue;
        }
        match field {
            "version" => {
                version = value.to_owned();
                for (name, _) in &names {
                    lock.add(name, value);
                }
            }
            "integrity" | "checksum" => {
                for (_, key) in &names {
                    lock.checksums.insert(key.clone(), (version.clone(), value.to_owned()));
                }
            }
            _ => {}
        }
    }
    Some(lock)
}

pub(super) fn fits(lock: &Lock, _: &str, wanted: &Wanted) -> Fit {
    if wanted.section == PEERS || wanted.local {
        return Fit::Fits;
    }
    if !lock.packages.contains_key(&wanted.name) {
        return Fit::Lacks;
    }
    // Other protocols are rewritten in ways of their own.
    let requirement = wanted.requirement.strip_prefix("npm:").unwrap_or(&wanted.requirement);
    let plain = !requirement.contains([':', '/', '@']);
    let known =
        lock.asked_by(ANYONE).is_some_and(|asked| asked.contains_key(&format!("{}@{requirement}", wanted.name)));
    if known || !plain { Fit::Fits } else { Fit::Holds(lock.versions(&wanted.name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "# yarn lockfile v1\n\n\n\"@s/a@^1.0.0\", \"@s/a@^1.1.0\":\n  version \"1.2.0\"\n  resolved \"https://x\"\n  integrity sha512-x\n  \
        dependencies:\n    version \"^9\"\n";
    const LATER: &str =
        "__metadata:\n  version: 8\n\n\"@s/a@npm:^1.0.0, @s/a@npm:^1.1.0\":\n  version: 1.2.0\n  checksum: 10/abc\n";

    fn want(requirement: &str) -> Wanted {
        Wanted {
            section: "dependencies".to_owned(),
            name: "@s/a".to_owned(),
            label: "@s/a".to_owned(),
            requirement: requirement.to_owned(),
            local: false,
        }
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
}
