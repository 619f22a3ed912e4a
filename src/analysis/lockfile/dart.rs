//! `pubspec.yaml` and `pubspec.lock`.

use super::lock::{Fit, Lock};
use super::manifest::{Manifest, Wanted};
use crate::analysis::yaml::{Node, parse_yaml};
use semver::{Version, VersionReq};

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let documents = parse_yaml(text).ok()?;
    let document = documents.first()?;
    let mut manifest = Manifest::default();
    for section in ["dependencies", "dev_dependencies"] {
        for (name, value) in document.get(section).map_or(&[][..], Node::members) {
            let requirement = value.text().or_else(|| value.get("version")?.text()).unwrap_or_default();
            let local = ["path", "sdk", "git"].iter().any(|word| value.get(word).is_some());
            manifest.want(section, name.text().unwrap_or_default(), requirement).local = local;
        }
    }
    for (name, _) in document.get("dependency_overrides").map_or(&[][..], Node::members) {
        manifest.overridden.insert(name.text().unwrap_or_default().to_owned());
    }
    Some(manifest)
}

pub(super) fn read_lock(text: &str) -> Option<Lock> {
    let documents = parse_yaml(text).ok()?;
    let mut lock = Lock::default();
    for (name, entry) in documents.first()?.get("packages").map_or(&[][..], Node::members) {
        lock.add(name.text().unwrap_or_default(), entry.get("version").and_then(Node::text).unwrap_or_default());
    }
    Some(lock)
}

pub(super) fn fits(lock: &Lock, _: &str, wanted: &Wanted) -> Fit {
    let Some(versions) = lock.packages.get(&wanted.name) else { return Fit::Lacks };
    let Some(requirement) = read_requirement(&wanted.requirement) else { return Fit::Fits };
    let fits = |version: &String| Version::parse(version).map_or(true, |version| requirement.matches(&version));
    if versions.is_empty() || versions.iter().any(fits) { Fit::Fits } else { Fit::Holds(lock.versions(&wanted.name)) }
}

/// `^1.2.0`, `1.2.0` or `>=1.2.0 <2.0.0`; `None` for any and for what cannot be read.
fn read_requirement(text: &str) -> Option<VersionReq> {
    if text.is_empty() || text == "any" {
        return None;
    }
    let exact = text.starts_with(|c: char| c.is_ascii_digit());
    let text = if exact { format!("={text}") } else { text.split_whitespace().collect::<Vec<_>>().join(", ") };
    VersionReq::parse(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_still_fits_needs_no_change() {
        let manifest = read_manifest(
            "name: x\nversion: 1.0.0\ndependencies:\n  flutter:\n    sdk: flutter\n  http: ^1.2.0\n  path: '>=1.0.0 <2.0.0'\n  new: any\n",
        )
        .expect("reads");
        let lock = read_lock("packages:\n  flutter:\n    version: \"0.0.0\"\n  http:\n    version: \"1.1.0\"\n  path:\n    version: \"1.9.0\"\n")
            .expect("reads");
        let fit = |name: &str| fits(&lock, "", manifest.wanted.values().find(|w| w.name == name).expect(name));
        assert_eq!(fit("http"), Fit::Holds("1.1.0".to_owned()));
        assert_eq!((fit("path"), fit("flutter"), fit("new")), (Fit::Fits, Fit::Fits, Fit::Lacks));
    }
}
