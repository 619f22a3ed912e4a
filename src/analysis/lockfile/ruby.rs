//! `Gemfile` and `Gemfile.lock`. A Gemfile is Ruby: only what stands there literally is read.

use super::comments::{Style, without_comments};
use super::lock::{Asked, Fit, Lock, Origin, held, parts_of};
use super::manifest::{Manifest, Wanted};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static GEM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^\s*gem[\s(]+["']([A-Za-z0-9_.-]+)["']\s*(.*)$"#).expect("a pattern of our own"));
static QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"^["']([^"']*)["']"#).expect("a pattern of our own"));
static OPTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^(?::?["']?\w+["']?\s*=>|\w+:|["']\w+["']:|\*\*)"#).expect("a pattern of our own"));
static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(path|git|github|gist|bitbucket)\b[\x22']?\s*(?::|=>)").expect("a pattern of our own")
});
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\b(ref|tag|branch)["']?\s*(?::|=>)\s*(?:["']([^"'#]*)["'])?"#).expect("a pattern of our own")
});

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let mut manifest = Manifest::default();
    for line in statements(&without_comments(text, &Style::Hash)) {
        let Some(found) = GEM.captures(&line) else { continue };
        let arguments = read_arguments(&found[2]);
        let before = manifest.wanted.get(&("gems".to_owned(), found[1].to_owned())).cloned();
        let wanted = manifest.want("gems", &found[1], &arguments.requirements.join(", "));
        wanted.vague = arguments.vague;
        let place = ELSEWHERE.captures(arguments.options).and_then(|found| found.get(1)).map(|found| found.as_str());
        wanted.local = place.is_some();
        if place == Some("path") {
            DIRECTORY.clone_into(&mut wanted.source);
        } else if wanted.local {
            let said = |found: regex::Captures<'_>| {
                Some((found.get(1)?.as_str().to_owned(), found.get(2)?.as_str().to_owned()))
            };
            // One that is computed leaves all unknown.
            let all: Option<BTreeMap<String, String>> = REFERENCE.captures_iter(arguments.options).map(said).collect();
            let is_known = !arguments.options.contains("**");
            wanted.source = all.filter(|_| is_known).map(|all| join(&all)).unwrap_or_default();
        }
        // Which of several ways to ask for it is taken, the program decides.
        if before.is_some_and(|before| before != *wanted) {
            wanted.vague = true;
            wanted.source.clear();
        }
    }
    Some(manifest)
}

/// Where a gem lies that has a path.
const DIRECTORY: &str = "a directory";

/// What is taken of a repository, in whatever order it is said.
fn join(references: &BTreeMap<String, String>) -> String {
    if references.is_empty() {
        return "its default branch".to_owned();
    }
    references.iter().map(|(kind, name)| format!("{kind} {name}")).collect::<Vec<_>>().join(", ")
}

/// Lines, with those that go on after a comma or an open bracket joined.
fn statements(code: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open = false;
    for line in code.lines().filter(|line| !line.trim().is_empty()) {
        match all.last_mut().filter(|_| open) {
            Some(last) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            None => all.push(line.trim_end().to_owned()),
        }
        open = line.trim_end().ends_with([',', '(', '[', '\\']);
    }
    all
}

struct Arguments<'a> {
    requirements: Vec<String>,
    /// Whether a requirement is computed.
    vague: bool,
    /// From the first option on.
    options: &'a str,
}

/// What follows the name of a gem.
fn read_arguments(text: &str) -> Arguments<'_> {
    let mut read = Arguments { requirements: Vec::new(), vague: false, options: "" };
    let mut rest = text.trim_start();
    let mut listed = false;
    while let Some(next) = rest.strip_prefix(',') {
        rest = next.trim_start();
        if !listed && let Some(inner) = rest.strip_prefix('[') {
            listed = true;
            rest = inner.trim_start();
        }
        if !listed && OPTION.is_match(rest) {
            read.options = rest;
            break;
        }
        match QUOTED.captures(rest) {
            Some(quoted) if !quoted[1].contains("#{") => {
                read.requirements.push(exact(&quoted[1]));
                rest = rest[quoted[0].len()..].trim_start();
            }
            _ if rest.is_empty() || (listed && rest.starts_with(']')) => {}
            _ => {
                read.vague = true;
                break;
            }
        }
        if listed && let Some(after) = rest.strip_prefix(']') {
            listed = false;
            rest = after.trim_start();
        }
    }
    read.requirements.sort();
    read
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
    let mut lock = Lock { asked: Some([(String::new(), BTreeMap::new())].into()), ..Lock::default() };
    let mut section = "";
    let mut references = BTreeMap::new();
    for line in text.lines() {
        if !line.starts_with(' ') {
            section = line.trim();
            references.clear();
            continue;
        }
        let field = line.trim().split_once(": ").filter(|_| section == "GIT" && !line.starts_with("   "));
        if let Some((kind @ ("ref" | "tag" | "branch"), name)) = field {
            // A branch or tag is written beside the commit.
            references.insert(kind.to_owned(), name.to_owned());
            continue;
        }
        let (name, rest) = line.trim().split_once(" (").unwrap_or((line.trim(), ""));
        let rest = rest.trim_end_matches(['!', ')']);
        if section == "DEPENDENCIES" {
            let elsewhere = line.ends_with('!');
            lock.ask("", name.trim_end_matches('!'), Asked { elsewhere, ..Asked::plain("", rest) });
        } else if line.starts_with("    ") && !line.starts_with("     ") {
            lock.add(name, rest);
            let origin = match section {
                "GIT" => Origin::Git(join(&references)),
                "PATH" => Origin::Directory,
                _ => continue,
            };
            lock.origins.insert(name.to_owned(), BTreeSet::from([(String::new(), origin)]));
        }
    }
    text.contains("\nDEPENDENCIES").then_some(lock)
}

pub(super) fn fits(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    let all = lock.asked_for(member, wanted);
    if all.is_empty() {
        return Fit::Lacks;
    }
    if wanted.local && !wanted.vague && !all.iter().any(|asked| asked.elsewhere) {
        return Fit::Holds("a released version".to_owned());
    }
    // Of what stands in a block with a source the options say nothing.
    let origins = lock.origins.get(&wanted.name).into_iter().flatten();
    let locked = origins.map(|(_, origin)| origin).find_map(|origin| match origin {
        Origin::Git(reference) => Some(reference.as_str()),
        Origin::Directory => Some(DIRECTORY),
        Origin::Registry => None,
    });
    if let Some(locked) = locked.filter(|locked| !wanted.source.is_empty() && *locked != wanted.source) {
        return Fit::Holds(locked.to_owned());
    }
    let parts = parts_of(&wanted.requirement);
    if wanted.vague || all.iter().any(|asked| parts_of(&asked.requirement) == parts) {
        Fit::Fits
    } else {
        Fit::Holds(held(&all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(gemfile: &str) -> Wanted {
        let manifest = read_manifest(gemfile).expect("reads");
        assert_eq!(manifest.wanted.len(), 1, "{gemfile}");
        manifest.wanted.into_values().next().expect("one")
    }

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
            fits(&lock, "", wanted)
        };
        assert_eq!(manifest.wanted.len(), 4);
        assert_eq!((fit("rails"), fit("mine"), fit("new")), (Fit::Fits, Fit::Fits, Fit::Lacks));
        assert_eq!(fit("pg"), Fit::Holds("= 1.4".to_owned()));
        assert_eq!(lock.versions("rails"), "7.1.3");
    }

    #[test]
    fn arguments_may_be_lists_go_on_in_another_line_or_be_computed() {
        for (gemfile, requirement, vague) in [
            ("gem \"a\",\n    \"~> 7.1\",\n    require: false\n", "~> 7.1", false),
            ("gem \"a\", [\"~> 7.1\", \">= 7.1.2\"], group: :test\n", ">= 7.1.2, ~> 7.1", false),
            ("gem(\"a\", [\n  \"~> 7.1\",\n])\n", "~> 7.1", false),
            ("gem 'a', RAILS_VERSION\n", "", true),
            ("gem 'a', \"~> #{version}\"\n", "", true),
            ("gem 'a', ENV['A'] || '1'\n", "", true),
            ("gem 'a', '1' if x\n", "= 1", false),
            ("gem 'a', :require => 'b'\n", "", false),
            ("gem 'a', **options\n", "", false),
            ("gem 'a',\n", "", false),
        ] {
            let read = wanted(gemfile);
            assert_eq!((read.requirement.as_str(), read.vague), (requirement, vague), "{gemfile}");
        }
    }

    #[test]
    fn what_is_taken_of_a_repository_is_compared() {
        let lock = read_lock(
            "GIT\n  remote: https://x/a\n  revision: abcd\n  ref: ab\n  specs:\n    a (1.0)\n      b (>= 1)\n\nDEPENDENCIES\n  a!\n  b\n",
        )
        .expect("reads");
        let fit = |gemfile: &str| fits(&lock, "", &wanted(gemfile));
        assert_eq!(fit("gem 'a', github: 'x/a', ref: 'ab'"), Fit::Fits);
        assert_eq!(fit("gem 'a', :git => 'x', :ref => 'cd'"), Fit::Holds("ref ab".to_owned()));
        assert_eq!(fit("gem 'a', git: 'x', branch: \"main\""), Fit::Holds("ref ab".to_owned()));
        assert_eq!(fit("gem 'a', git: 'x', ref: ENV['A']"), Fit::Fits);
        assert_eq!(fit("gem 'a'"), Fit::Fits);
        assert_eq!(fit("gem 'a', git: 'x'"), Fit::Holds("ref ab".to_owned()));
        assert_eq!(fit("gem 'a', git: 'x', **options"), Fit::Fits);
        assert_eq!(fit("gem 'a', path: 'x'"), Fit::Holds("ref ab".to_owned()));
        assert_eq!(fit("gem 'b', path: 'x'"), Fit::Holds("a released version".to_owned()));
    }

    #[test]
    fn gems_of_directories_are_compared_as_bundler_does() {
        let lock =
            read_lock("PATH\n  remote: a\n  specs:\n    a (1.0)\n\nDEPENDENCIES\n  a (~> 1.0)!\n").expect("reads");
        let fit = |gemfile: &str| fits(&lock, "", &wanted(gemfile));
        assert_eq!(fit("gem 'a', '~> 1.0', path: 'a'"), Fit::Fits);
        assert_eq!(fit("gem 'a', '~> 1.1', path: 'a'"), Fit::Holds("~> 1.0".to_owned()));
        assert_eq!(fit("gem 'a', '~> 1.0', git: 'x'"), Fit::Holds("a directory".to_owned()));
        let twice = read_manifest("gem 'b', '1'\ngem 'b', path: 'b'\n").expect("reads");
        assert!(twice.wanted.values().all(|it| it.vague && it.source.is_empty()), "{twice:?}");
        // In a block with a path or a source of its own.
        assert_eq!(fit("gem 'a', '~> 1.0'"), Fit::Fits);
    }

    #[test]
    fn the_order_of_branch_and_commit_does_not_count() {
        let lock = read_lock(
            "GIT\n  remote: x\n  revision: abcd\n  ref: ab\n  branch: main\n  specs:\n    a (1.0)\n\nDEPENDENCIES\n  a!\n",
        );
        let lock = lock.expect("reads");
        let fit = |gemfile: &str| fits(&lock, "", &wanted(gemfile));
        assert_eq!(fit("gem 'a', git: 'x', ref: 'ab', branch: 'main'"), Fit::Fits);
        assert_eq!(fit("gem 'a', git: 'x', branch: 'main', ref: 'ab'"), Fit::Fits);
        assert_eq!(fit("gem 'a', git: 'x', branch: 'main', ref: ENV['A']"), Fit::Fits);
        let held = Fit::Holds("branch main, ref ab".to_owned());
        assert_eq!(fit("gem 'a', git: 'x', ref: 'ab'"), held);
        assert_eq!(fit("gem 'a', git: 'x', branch: 'main', ref: 'cd'"), held);
    }
}
