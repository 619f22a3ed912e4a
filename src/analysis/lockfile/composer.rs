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
    Some(manifest)
}

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
