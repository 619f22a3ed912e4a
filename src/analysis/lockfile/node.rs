//! `package.json`, and the workspaces that it and `pnpm-workspace.yaml` name.

use super::jsonc;
use super::manifest::{Manifest, Members, PEERS};
use crate::analysis::yaml::{Node, parse_yaml};
use serde_json::Value;
use std::collections::BTreeSet;

/// Sections whose packages are installed, and that of the packages that a user must bring.
pub(super) const SECTIONS: [&str; 4] = ["dependencies", "devDependencies", "optionalDependencies", PEERS];

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let json = jsonc::parse(text)?;
    let name = json.get("name").and_then(Value::as_str).map(str::to_owned);
    let mut manifest = Manifest { name, ..Manifest::default() };
    for section in SECTIONS {
        for (name, requirement) in jsonc::texts(&json, section) {
            manifest.want(section, name, requirement).local = is_local(requirement);
        }
    }
    for (name, decided) in overrides(&json) {
        if decided {
            manifest.overridden.insert(name.to_owned());
        }
    }
    Some(manifest)
}

/// The packages that overrides are about, and whether their versions no longer follow what the manifest asks for.
fn overrides(json: &Value) -> impl Iterator<Item = (&str, bool)> {
    let tables =
        [json.get("overrides"), json.get("resolutions"), json.get("pnpm").and_then(|pnpm| pnpm.get("overrides"))];
    tables.into_iter().flatten().filter_map(Value::as_object).flatten().map(|(key, value)| {
        // `$name` follows the dependency of that name; a table is about what the package asks for, unless it has a `.`.
        let decided = match value {
            Value::String(text) => !text.starts_with('$'),
            table => table.get(".").is_some(),
        };
        (overridden_name(key), decided)
    })
}

/// The packages that overrides of a root `package.json` are about.
pub(super) fn read_node_overrides(text: &str) -> BTreeSet<String> {
    let json = jsonc::parse(text).unwrap_or_default();
    overrides(&json).map(|(name, _)| name.to_owned()).collect()
}

/// The same of a `pnpm-workspace.yaml`.
pub(super) fn read_pnpm_overrides(text: &str) -> BTreeSet<String> {
    let documents = parse_yaml(text).unwrap_or_default();
    let overrides = documents.first().and_then(|document| document.get("overrides"));
    let keys = overrides.map_or(&[][..], Node::members).iter().filter_map(|(key, _)| key.text());
    keys.map(|key| overridden_name(key).to_owned()).collect()
}

/// Which package an override is about: `parent/**/name`, `parent>name`, `name@^1`, `name@>=1 <2`.
pub(super) fn overridden_name(key: &str) -> &str {
    let parent = key
        .bytes()
        .enumerate()
        .rev()
        .find(|(at, byte)| *byte == b'>' && *at > 0 && !matches!(key.as_bytes()[at - 1], b' ' | b'|' | b'@'));
    let last = parent.map_or(key, |(at, _)| &key[at + 1..]);
    let last = last.rsplit("**/").next().unwrap_or(last);
    // A scope begins with the same sign as a version.
    let at = last.bytes().skip(1).position(|byte| byte == b'@').map_or(last.len(), |at| at + 1);
    &last[..at]
}

/// Requirements that are no ranges of a registry.
fn is_local(requirement: &str) -> bool {
    ["workspace:", "file:", "link:", "portal:", "catalog:", "patch:"].iter().any(|start| requirement.starts_with(start))
}

/// The workspaces that a `package.json` names.
pub fn read_node_members(text: &str) -> Option<Members> {
    let json = jsonc::parse(text)?;
    let listed = json.get("workspaces")?;
    let listed = listed.get("packages").unwrap_or(listed).as_array()?;
    Some(split(listed.iter().filter_map(Value::as_str)))
}

/// The workspaces that a `pnpm-workspace.yaml` names.
pub fn read_pnpm_members(text: &str) -> Option<Members> {
    let documents = parse_yaml(text).ok()?;
    let listed = documents.first()?.get("packages")?;
    Some(split(listed.items().iter().filter_map(Node::text)))
}

fn split<'a>(patterns: impl Iterator<Item = &'a str>) -> Members {
    let mut members = Members::default();
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(out) => members.exclude.push(out.to_owned()),
            None => members.include.push(pattern.to_owned()),
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_overrides_are_read() {
        let text = r#"{ "name": "x", "version": "1.0.0", "scripts": { "test": "x" }, "dependencies": { "a": "^1", "b": "workspace:*" },
            "devDependencies": { "c": "~2" }, "overrides": { "x>@s/d@^1": "2", "a": "1", "e": "$e", "f": { "g": "1" } } }"#;
        let read = read_manifest(text).expect("reads");
        let names: Vec<_> = read.wanted.values().map(|w| (w.section.as_str(), w.name.as_str(), w.local)).collect();
        assert_eq!(names, [("dependencies", "a", false), ("dependencies", "b", true), ("devDependencies", "c", false)]);
        assert_eq!(read.overridden.into_iter().collect::<Vec<_>>(), ["@s/d", "a"]);
    }

    #[test]
    fn overrides_name_a_package() {
        for (key, name) in [
            ("a@>=7.0.0-x <8", "a"),
            ("@s/a@<1 || >2", "@s/a"),
            ("p@1>a@2", "a"),
            ("p/**/@s/a", "@s/a"),
            (">", ">"),
            ("é@", "é"),
        ] {
            assert_eq!(overridden_name(key), name, "{key}");
        }
    }

    #[test]
    fn workspaces_are_read() {
        let members =
            read_node_members(r#"{ "workspaces": { "packages": ["packages/*", "!packages/x"] } }"#).expect("reads");
        assert!(members.contain("packages/a") && !members.contain("packages/x"));
        assert!(read_pnpm_members("packages:\n  - 'apps/**'\n").expect("reads").contain("apps/a/b"));
        assert_eq!(read_node_members("{}"), None);
        let overrides = read_node_overrides(r#"{ "pnpm": { "overrides": { "a>b": "1", "c": "$c" } } }"#);
        assert_eq!(overrides.into_iter().collect::<Vec<_>>(), ["b", "c"]);
        assert!(read_pnpm_overrides("overrides:\n  'a@<1': ^1\n").contains("a"));
    }
}
