//! `composer.json` and `composer.lock`.

use super::jsonc;
use super::lock::Lock;
use super::manifest::Manifest;
use serde_json::Value;

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let json = jsonc::parse(text)?;
    let mut manifest = Manifest::default();
    for section in ["require", "require-dev"] {
        for (name, requirement) in jsonc::texts(&json, section) {
            // PHP, its extensions and composer's own plugins' interface are not packages.
            let local = !name.contains('/');
            manifest.want(section, &name.to_lowercase(), requirement).local = local;
        }
    }
    for field in HASHED {
        if let Some(value) = json.get(field) {
            manifest.settings.insert(field.to_owned(), value.to_string());
        }
    }
    if let Some(platform) = json.get("config").and_then(|config| config.get("platform")) {
        manifest.settings.insert("config.platform".to_owned(), platform.to_string());
    }
    Some(manifest)
}

/// What the lockfile's hash covers besides the dependencies.
const HASHED: [&str; 9] = [
    "name",
    "version",
    "conflict",
    "replace",
    "provide",
    "minimum-stability",
    "prefer-stable",
    "repositories",
    "extra",
];

pub(super) fn read_lock(text: &str) -> Option<Lock> {
    let json = jsonc::parse(text)?;
    let mut lock = Lock::default();
    for section in ["packages", "packages-dev"] {
        for package in json.get(section).and_then(Value::as_array).into_iter().flatten() {
            let text = |name: &str| package.get(name).and_then(Value::as_str).unwrap_or_default();
            lock.add(&text("name").to_lowercase(), text("version"));
            // A package may stand for others.
            for (name, _) in ["replace", "provide"].iter().flat_map(|member| jsonc::texts(package, member)) {
                lock.add(&name.to_lowercase(), "");
            }
        }
    }
    Some(lock)
}
