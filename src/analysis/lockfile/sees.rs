//! A manifest as a package manager reads it: which of several sections counts for a name, and what it does not read at all.
//! Lockfiles repeat that, and not what stands there.

use super::lock::Lock;
use super::manifest::{Manifest, PEERS, Wanted};
use std::collections::BTreeMap;

const PROD: &str = "dependencies";
const DEV: &str = "devDependencies";
const OPTIONAL: &str = "optionalDependencies";

/// As it stands there.
pub(super) fn as_written(_: &Lock, manifest: Manifest) -> Manifest {
    manifest
}

/// One section counts for a name, and what users must bring is installed as if it were a dependency, where the lockfile says
/// that this is set.
pub(super) fn by_pnpm(lock: &Lock, manifest: Manifest) -> Manifest {
    let order = [(OPTIONAL, OPTIONAL), (PROD, PROD), (DEV, DEV), (PEERS, PROD)];
    let length = if lock.installs_peers { 4 } else { 3 };
    merge(manifest, &order[..length])
}

/// The first yarn takes dependencies before those of development, the later ones the other way round, and those keep
/// optional ones apart alone.
pub(super) fn by_yarn(lock: &Lock, manifest: Manifest) -> Manifest {
    match lock.asked {
        Some(_) => merge(manifest, &[(DEV, PROD), (OPTIONAL, OPTIONAL), (PROD, PROD), (PEERS, PEERS)]),
        None => merge(manifest, &[(OPTIONAL, OPTIONAL), (PROD, PROD), (DEV, DEV), (PEERS, PEERS)]),
    }
}

/// Tables of other package managers are not uv's where the file has its own beside them.
pub(super) fn by_uv(_: &Lock, mut manifest: Manifest) -> Manifest {
    let is_other = |section: &str| is_below(section, "tool.poetry") || is_below(section, "tool.pdm");
    if manifest.wanted.keys().any(|(section, _)| !is_other(section)) {
        manifest.wanted.retain(|(section, _), _| !is_other(section));
    }
    manifest.settings.retain(|name, _| matches!(name.as_str(), "requires-python" | "build-system"));
    manifest
}

/// Poetry reads the project's Python when its own table names none.
pub(super) fn by_poetry(_: &Lock, manifest: Manifest) -> Manifest {
    let mut manifest = without(manifest, &["tool.uv", "tool.pdm"]);
    if manifest.settings.contains_key("python") {
        manifest.settings.remove("requires-python");
    }
    manifest
}

pub(super) fn by_pdm(_: &Lock, manifest: Manifest) -> Manifest {
    without(manifest, &["tool.uv", "tool.poetry"])
}

/// Without the tables of other package managers; how the package is built is in no hash.
fn without(mut manifest: Manifest, tables: &[&str]) -> Manifest {
    let others = |name: &str| tables.iter().any(|table| is_below(name, table));
    manifest.wanted.retain(|(section, _), _| !others(section));
    manifest.settings.retain(|name, _| !others(name) && name != "build-system");
    manifest
}

fn is_below(name: &str, table: &str) -> bool {
    name.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Takes each name from one section alone, the first of `order` that has it, and puts it under the section beside that. A
/// requirement of any version gives way to another one; what users must bring is a thing apart unless it is put elsewhere.
fn merge(mut manifest: Manifest, order: &[(&str, &str)]) -> Manifest {
    let mut best: BTreeMap<(bool, String), (bool, usize, Wanted)> = BTreeMap::new();
    for ((_, label), mut wanted) in std::mem::take(&mut manifest.wanted) {
        let Some(rank) = order.iter().position(|(section, _)| *section == wanted.section) else { continue };
        order[rank].1.clone_into(&mut wanted.section);
        let any = matches!(wanted.requirement.as_str(), "" | "*");
        let key = (wanted.is_peer(), label);
        if best.get(&key).is_none_or(|known| (any, rank) < (known.0, known.1)) {
            best.insert(key, (any, rank, wanted));
        }
    }
    manifest.wanted =
        best.into_iter().map(|((_, label), (_, _, wanted))| ((wanted.section.clone(), label), wanted)).collect();
    manifest
}

#[cfg(test)]
mod tests {
    use super::super::node;
    use super::*;

    fn seen(by: fn(&Lock, Manifest) -> Manifest, lock: &Lock, text: &str) -> Vec<String> {
        let manifest = by(lock, node::read_manifest(text).expect("reads"));
        manifest.wanted.values().map(|it| format!("{} {} {}", it.section, it.name, it.requirement)).collect()
    }

    const BOTH: &str = r#"{ "dependencies": { "a": "^1", "b": "*" }, "devDependencies": { "a": "^2", "b": "^2", "c": "^1" },
        "peerDependencies": { "a": "^3", "d": "^1" } }"#;

    #[test]
    fn pnpm_takes_a_name_once() {
        let lock = Lock { installs_peers: true, ..Lock::default() };
        let expected = ["dependencies a ^1", "dependencies d ^1", "devDependencies b ^2", "devDependencies c ^1"];
        assert_eq!(seen(by_pnpm, &lock, BOTH), expected);
        assert_eq!(seen(by_pnpm, &Lock::default(), BOTH).len(), 3);
    }

    #[test]
    fn both_kinds_of_yarn_take_a_name_once() {
        let first = seen(by_yarn, &Lock::default(), BOTH);
        assert!(first.contains(&"dependencies a ^1".to_owned()) && !first.contains(&"devDependencies a ^2".to_owned()));
        let mut lock = Lock::default();
        lock.know("");
        let later = seen(by_yarn, &lock, BOTH);
        let expected = ["dependencies a ^2", "dependencies b ^2", "dependencies c ^1"];
        assert_eq!(later[..3], expected);
        assert_eq!(later[3..], ["peerDependencies a ^3", "peerDependencies d ^1"]);
    }
}
