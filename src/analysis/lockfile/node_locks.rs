//! `package-lock.json`, `pnpm-lock.yaml` and `bun.lock`: all repeat what each member asks for.

use super::jsonc;
use super::lock::{Asked, Fit, Lock, fits_by_name, fits_exactly, fits_in_section};
use super::manifest::Wanted;
use super::node::{SECTIONS, overridden_name};
use crate::analysis::yaml::{Node, parse_yaml};
use serde_json::Value;

pub(super) fn read_npm(text: &str) -> Option<Lock> {
    let json = jsonc::parse(text)?;
    let mut lock = Lock::default();
    if let Some(packages) = json.get("packages").and_then(Value::as_object) {
        for (path, entry) in packages {
            let Some((_, name)) = path.rsplit_once("node_modules/") else {
                lock.know(path);
                for section in SECTIONS {
                    for (name, requirement) in jsonc::texts(entry, section) {
                        lock.ask(path, name, Asked::plain(section, requirement));
                    }
                }
                continue;
            };
            add_entry(&mut lock, path, name, entry);
            let is_link = entry.get("link").and_then(Value::as_bool) == Some(true);
            if let Some(directory) = entry.get("resolved").and_then(Value::as_str).filter(|_| is_link) {
                lock.call(directory, name);
            }
        }
    } else {
        // Version 1 repeats nothing.
        for (name, entry) in json.get("dependencies").and_then(Value::as_object)? {
            add_entry(&mut lock, name, name, entry);
        }
    }
    Some(lock)
}

fn add_entry(lock: &mut Lock, key: &str, name: &str, entry: &Value) {
    let text = |member: &str| entry.get(member).and_then(Value::as_str);
    let version = text("version").unwrap_or_default();
    lock.add(name, version);
    if let Some(integrity) = text("integrity") {
        lock.pin(key, version, integrity);
    }
}

pub(super) fn fits_npm(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    if lock.asked.is_none() {
        return if wanted.is_peer() { Fit::Fits } else { fits_by_name(lock, member, wanted) };
    }
    fits_exactly(lock, member, wanted)
}

pub(super) fn read_pnpm(text: &str) -> Option<Lock> {
    let documents = parse_yaml(text).ok()?;
    // From version 9.0 a file may begin with a document of pnpm's own environment: the last one is the project's.
    let document = documents.last()?;
    document.get("lockfileVersion")?;
    let mut lock = Lock { asked: Some(std::collections::BTreeMap::new()), ..Lock::default() };
    let setting = document.get("settings").and_then(|settings| settings.get("autoInstallPeers"));
    lock.installs_peers = setting.and_then(Node::text) == Some("true");
    for (key, value) in document.get("overrides").map_or(&[][..], Node::members) {
        let name = overridden_name(key.text().unwrap_or_default());
        lock.overrides.insert(name.to_owned(), value.text().unwrap_or_default().to_owned());
    }
    match document.get("importers") {
        Some(importers) => {
            for (member, importer) in importers.members() {
                read_importer(&mut lock, member.text().unwrap_or_default(), importer);
            }
        }
        None => read_importer(&mut lock, ".", document),
    }
    for (key, entry) in document.get("packages").map_or(&[][..], Node::members) {
        let key = key.text().unwrap_or_default().trim_start_matches('/');
        let integrity = entry.get("resolution").and_then(|resolution| resolution.get("integrity")).and_then(Node::text);
        if let (Some(at), Some(integrity)) = (key.get(1..).and_then(|rest| rest.find('@')), integrity) {
            let (name, version) = (&key[..=at], &key[at + 2..]);
            lock.pin(key, version, integrity);
            lock.add(name, version);
        }
    }
    Some(lock)
}

fn read_importer(lock: &mut Lock, member: &str, importer: &Node) {
    let member = if member == "." { "" } else { member };
    lock.know(member);
    // Versions 5 and before list the requirements apart.
    for (name, requirement) in importer.get("specifiers").map_or(&[][..], Node::members) {
        if let (Some(name), Some(requirement)) = (name.text(), requirement.text()) {
            lock.ask(member, name, Asked::plain("", requirement));
        }
    }
    for section in SECTIONS {
        for (name, entry) in importer.get(section).map_or(&[][..], Node::members) {
            if let (Some(name), Some(requirement)) = (name.text(), entry.get("specifier").and_then(Node::text)) {
                // `devEngines` ask for these, besides dependencies.
                let elsewhere = requirement.starts_with("runtime:");
                lock.ask(member, name, Asked { elsewhere, ..Asked::plain(section, requirement) });
            }
        }
    }
}

/// pnpm puts overrides in the place of what members ask for, and leaves out what is overridden by `-`.
pub(super) fn fits_pnpm(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    // Whether links are recorded is a setting.
    if wanted.requirement.starts_with("link:") {
        return Fit::Fits;
    }
    match (fits_in_section(lock, member, wanted), lock.overrides.get(&wanted.name)) {
        (Fit::Lacks, Some(by)) if by == "-" => Fit::Fits,
        (Fit::Holds(_), Some(_)) => Fit::Fits,
        (fit, _) => fit,
    }
}

/// Peers are not always recorded.
pub(super) fn fits_without_peers(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    if wanted.is_peer() { Fit::Fits } else { fits_exactly(lock, member, wanted) }
}

pub(super) fn read_bun(text: &str) -> Option<Lock> {
    let json = jsonc::parse(text)?;
    let mut lock = Lock::default();
    for (member, entry) in json.get("workspaces")?.as_object()? {
        lock.know(member);
        for section in SECTIONS {
            for (name, requirement) in jsonc::texts(entry, section) {
                lock.ask(member, name, Asked::plain(section, requirement));
            }
        }
    }
    for (key, entry) in json.get("packages").and_then(Value::as_object).into_iter().flatten() {
        let Some(items) = entry.as_array() else { continue };
        let first = items.first().and_then(Value::as_str).unwrap_or_default();
        let at = first.get(1..).and_then(|rest| rest.find('@')).map_or(first.len(), |at| at + 1);
        let version = first.get(at + 1..).unwrap_or_default();
        lock.add(&first[..at], version);
        if let Some(integrity) = items.last().and_then(Value::as_str).filter(|text| text.starts_with("sha")) {
            lock.pin(key, version, integrity);
        }
    }
    Some(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(section: &str, name: &str, requirement: &str) -> Wanted {
        Wanted {
            section: section.to_owned(),
            name: name.to_owned(),
            label: name.to_owned(),
            requirement: requirement.to_owned(),
            ..Wanted::default()
        }
    }

    #[test]
    fn npm_repeats_requirements() {
        let text = r#"{ "lockfileVersion": 3, "packages": { "": { "dependencies": { "a": "^1" } }, "packages/b": {},
            "node_modules/a": { "version": "1.2.0", "integrity": "sha512-x" }, "node_modules/b": { "link": true } } }"#;
        let lock = read_npm(text).expect("reads");
        assert_eq!(fits_npm(&lock, "", &want("dependencies", "a", "^1")), Fit::Fits);
        assert_eq!(fits_npm(&lock, "", &want("dependencies", "a", "^2")), Fit::Holds("^1".to_owned()));
        assert_eq!(fits_npm(&lock, "packages/b", &want("dependencies", "a", "^1")), Fit::Lacks);
        let pinned = &lock.checksums["node_modules/a"];
        assert_eq!((pinned.version.as_str(), pinned.checksum.as_str()), ("1.2.0", "sha512-x"));
        let first =
            read_npm(r#"{ "lockfileVersion": 1, "dependencies": { "a": { "version": "1.0.0" } } }"#).expect("reads");
        assert_eq!(fits_npm(&first, "", &want("dependencies", "a", "^9")), Fit::Fits);
    }

    #[test]
    fn pnpm_repeats_requirements_in_two_ways() {
        let new = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.2.0\n  \
            packages/b:\n    devDependencies: {}\npackages:\n  '@s/a@1.2.0':\n    resolution: {integrity: sha512-x}\n";
        let lock = read_pnpm(new).expect("reads");
        assert_eq!(fits_without_peers(&lock, "", &want("dependencies", "a", "^1")), Fit::Fits);
        assert!(lock.asked_by("packages/b").is_some());
        assert_eq!(lock.versions("@s/a"), "1.2.0");
        let old = "lockfileVersion: 5.4\nspecifiers:\n  a: ^1\ndependencies:\n  a: 1.2.0\n";
        let lock = read_pnpm(old).expect("reads");
        assert_eq!(fits_without_peers(&lock, "", &want("dependencies", "a", "^2")), Fit::Holds("^1".to_owned()));
    }

    #[test]
    fn pnpm_puts_overrides_in_the_place_of_requirements() {
        let text = "lockfileVersion: '9.0'\noverrides:\n  'a@<1': ^1\n  gone: '-'\nimporters:\n  .:\n    dependencies:\n      \
            a:\n        specifier: ^1\n      b:\n        specifier: ^1\n";
        let lock = read_pnpm(text).expect("reads");
        let fit = |name: &str| fits_pnpm(&lock, "", &want("dependencies", name, "^2"));
        assert_eq!((fit("a"), fit("gone"), fit("c")), (Fit::Fits, Fit::Fits, Fit::Lacks));
        assert_eq!(fit("b"), Fit::Holds("^1".to_owned()));
    }

    #[test]
    fn bun_repeats_requirements() {
        let text = r#"{ "lockfileVersion": 1, "workspaces": { "": { "dependencies": { "a": "^1", }, }, },
            "packages": { "a": ["a@1.2.0", "", {}, "sha512-x"], } }"#;
        let lock = read_bun(text).expect("reads");
        assert_eq!(fits_without_peers(&lock, "", &want("dependencies", "a", "^1")), Fit::Fits);
        assert_eq!(lock.versions("a"), "1.2.0");
    }
}
