//! `Package.swift` and `Package.resolved`. A `Package.swift` is a program: only literal addresses are read.

use super::comments::{Style, without_comments};
use super::jsonc;
use super::lock::Lock;
use super::manifest::Manifest;
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

static PACKAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\.package\(\s*(?:name:\s*"[^"]*"\s*,\s*)?(url|path):\s*"([^"]+)"\s*,?\s*([^)\n]*)"#)
        .expect("a pattern of our own")
});

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let mut manifest = Manifest::default();
    for found in PACKAGE.captures_iter(&without_comments(text, &Style::Slashes)) {
        let requirement = found[3].trim_end_matches([')', ',', ' ']);
        let wanted = manifest.want_as("dependencies", &identity(&found[2]), &found[2], requirement);
        wanted.local = &found[1] == "path";
    }
    Some(manifest)
}

/// The last part of the address in lower case.
fn identity(address: &str) -> String {
    let address = address.trim_end_matches('/');
    let last = address.rsplit(['/', ':']).next().unwrap_or(address);
    last.strip_suffix(".git").unwrap_or(last).to_lowercase()
}

pub(super) fn read_lock(text: &str) -> Option<Lock> {
    let json = jsonc::parse(text)?;
    let mut lock = Lock::default();
    let pins = json.get("pins").or_else(|| json.get("object")?.get("pins"))?.as_array()?;
    for pin in pins {
        let text = |name: &str| pin.get(name).and_then(Value::as_str);
        let Some(address) = text("location").or_else(|| text("repositoryURL")).or_else(|| text("identity")) else {
            continue;
        };
        let version = pin.get("state").and_then(|state| state.get("version")).and_then(Value::as_str);
        lock.add(&identity(address), version.unwrap_or_default());
    }
    Some(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_may_stand_on_one_line() {
        let manifest = read_manifest(
            "[.package(url: \"https://x/a\", .upToNextMajor(from: \"1.0.0\")), .package(url: \"https://x/b\", from: \"2\")]",
        )
        .expect("reads");
        let names: Vec<_> = manifest.wanted.values().map(|wanted| wanted.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn comments_are_no_packages() {
        let manifest = read_manifest(
            "// .package(url: \"https://x/a\", from: \"1\"),\n.package(url: \"https://x/b\", from: \"1\"), /* .package(path: \"c\") */",
        )
        .expect("reads");
        assert_eq!(manifest.wanted.values().map(|wanted| wanted.name.as_str()).collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn packages_are_known_by_the_end_of_their_address() {
        let manifest = read_manifest(
            ".package(url: \"https://x/apple/Swift-NIO.git\", from: \"2.0.0\"),\n.package(path: \"../mine\"),\n.package(name: \"a\", url: \"https://x/a\", exact: \"1\")\n",
        )
        .expect("reads");
        let names: Vec<_> = manifest.wanted.values().map(|wanted| (wanted.name.as_str(), wanted.local)).collect();
        assert_eq!(names, [("mine", true), ("a", false), ("swift-nio", false)]);
        let lock = read_lock(
            r#"{"pins":[{"identity":"swift-nio","location":"https://x/apple/swift-nio","state":{"version":"2.1.0"}}]}"#,
        );
        assert_eq!(lock.expect("reads").versions("swift-nio"), "2.1.0");
    }
}
