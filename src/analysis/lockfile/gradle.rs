//! `build.gradle`, `build.gradle.kts` and `gradle.lockfile`. A build file is a program: only literal coordinates are read.

use super::comments::{Style, without_comments};
use super::lock::{Fit, Lock};
use super::manifest::{Manifest, Wanted};
use regex::Regex;
use std::sync::LazyLock;

static COORDINATES: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"^\s*([A-Za-z]+)[\s(]+(?:platform\()?["']([A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+)(?::([A-Za-z0-9_.+\[\](),-]+))?["']"#;
    Regex::new(pattern).expect("a pattern of our own")
});

/// Configurations that put a dependency on a class path; `classpath` is the build's own and has another lockfile.
const CONFIGURATIONS: [&str; 9] = [
    "implementation",
    "api",
    "compileonly",
    "runtimeonly",
    "testimplementation",
    "testruntimeonly",
    "testcompileonly",
    "annotationprocessor",
    "kapt",
];

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let code = without_comments(text, &Style::Slashes);
    let mut manifest = Manifest::default();
    for found in code.lines().filter_map(|line| COORDINATES.captures(line)) {
        if CONFIGURATIONS.contains(&found[1].to_lowercase().as_str()) {
            manifest.want(&found[1], &found[2], found.get(3).map_or("", |it| it.as_str()));
        }
    }
    Some(manifest)
}

pub(super) fn read_lock(text: &str) -> Option<Lock> {
    let mut lock = Lock::default();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let coordinates = line.split('=').next().unwrap_or_default();
        if let Some((name, version)) = coordinates.rsplit_once(':') {
            lock.add(name, version);
        }
    }
    Some(lock)
}

/// Versions of one module that a requirement is held against; nobody locks so many.
const MAX_VERSIONS: usize = 500;

/// Another version may have won a conflict; an older one than asked for cannot.
pub(super) fn fits(lock: &Lock, _: &str, wanted: &Wanted) -> Fit {
    let Some(versions) = lock.packages.get(&wanted.name) else { return Fit::Lacks };
    let plain = wanted.requirement.split('.').all(|part| part.parse::<u64>().is_ok());
    if !plain || versions.contains(&wanted.requirement) {
        return Fit::Fits;
    }
    let numbers =
        |version: &str| -> Vec<u64> { version.split(['.', '-']).map_while(|part| part.parse().ok()).collect() };
    let least = numbers(&wanted.requirement);
    let enough = versions.iter().take(MAX_VERSIONS).any(|version| numbers(version) >= least);
    if enough { Fit::Fits } else { Fit::Holds(lock.versions(&wanted.name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_does_not_fit() {
        let manifest = read_manifest(
            "dependencies {\n    implementation(\"a.b:c:1.10.0\")\n    testImplementation 'd:e:2.0'\n    api platform('f:g:1')\n    \
             classpath 'x:y:1'\n    implementation project(':z')\n}\n",
        )
        .expect("reads");
        assert_eq!(manifest.wanted.len(), 3);
        let lock =
            read_lock("# x\na.b:c:1.9.0=compileClasspath\nd:e:2.1=testCompileClasspath\nempty=\n").expect("reads");
        let fit = |name: &str| fits(&lock, "", manifest.wanted.values().find(|w| w.name == name).expect(name));
        assert_eq!(fit("a.b:c"), Fit::Holds("1.9.0".to_owned()));
        assert_eq!((fit("d:e"), fit("f:g")), (Fit::Fits, Fit::Lacks));
    }
}
