//! `Gemfile` and `Gemfile.lock`. A Gemfile is Ruby: only what stands there literally is read.

use super::lock::Lock;
use super::manifest::Manifest;
use regex::Regex;
use std::sync::LazyLock;

static GEM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^\s*gem[\s(]+["']([A-Za-z0-9_.-]+)["']\s*(.*)$"#).expect("a pattern of our own"));
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^\s*,\s*["']([^"']*)["']"#).expect("a pattern of our own"));

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let mut manifest = Manifest::default();
    for line in text.lines() {
        let Some(found) = GEM.captures(line) else { continue };
        let mut rest = &found[2];
        let mut requirements = Vec::new();
        while let Some(quoted) = QUOTED.captures(rest) {
            requirements.push(exact(&quoted[1]));
            rest = &rest[quoted[0].len()..];
        }
        requirements.sort();
        let local = ["path:", "git:", "github:", ":path", ":git", ":github", "gist:", "bitbucket:"]
            .iter()
            .any(|w| rest.contains(w));
        manifest.want("gems", &found[1], &requirements.join(", "), local);
    }
    Some(manifest)
}

/// `1.2` means `= 1.2`.
fn exact(requirement: &str) -> String {
    let requirement = requirement.trim();
    if requirement.starts_with(|c: char| c.is_ascii_digit()) {
        format!("= {requirement}")
    } else {
        requirement.to_owned()
    }
}

pub(super) fn read_lock(text: &str) -> Option<Lock> {
    let mut lock = Lock { asked: Some([(String::new(), std::collections::BTreeMap::new())].into()), ..Lock::default() };
    let mut section = "";
    for line in text.lines() {
        if !line.starts_with(' ') {
            section = line.trim();
            continue;
        }
        let (name, rest) = line.trim().split_once(" (").unwrap_or((line.trim(), ""));
        let rest = rest.trim_end_matches(['!', ')']);
        if section == "DEPENDENCIES" {
            lock.ask("", name.trim_end_matches('!'), rest);
        } else if line.starts_with("    ") && !line.starts_with("     ") {
            lock.add(name, rest);
        }
    }
    text.contains("\nDEPENDENCIES").then_some(lock)
}

#[cfg(test)]
mod tests {
    use super::super::lock::{Fit, fits_loosely};
    use super::*;

    #[test]
    fn gems_are_compared_with_the_dependencies() {
        let manifest = read_manifest(
            "source 'x'\ngem 'rails', '~> 7.1', '>= 7.1.2'\n  gem \"pg\", \"1.5\" # x\ngem 'mine', path: 'mine'\n# gem 'no'\ngem 'new'\n",
        )
        .expect("reads");
        let lock = read_lock(
            "GEM\n  specs:\n    rails (7.1.3)\n      pg (>= 1)\n\nDEPENDENCIES\n  mine!\n  pg (= 1.4)\n  rails (>= 7.1.2, ~> 7.1)\n",
        )
        .expect("reads");
        let fit = |name: &str| {
            let wanted = manifest.wanted.values().find(|wanted| wanted.name == name).expect(name);
            fits_loosely(&lock, "", wanted)
        };
        assert_eq!(manifest.wanted.len(), 4);
        assert_eq!((fit("rails"), fit("mine"), fit("new")), (Fit::Fits, Fit::Fits, Fit::Lacks));
        assert_eq!(fit("pg"), Fit::Holds("= 1.4".to_owned()));
        assert_eq!(lock.versions("rails"), "7.1.3");
    }
}
