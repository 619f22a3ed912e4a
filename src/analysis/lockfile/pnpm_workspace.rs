//! `pnpm-workspace.yaml`: the catalogs and overrides that `pnpm-lock.yaml` repeats, which a strict install compares.

use super::cover::Files;
use super::places::{directory_of, join, line_of};
use super::problem::{Problem, ProblemKind, Text};
use crate::analysis::yaml::{Node, parse_yaml};
use crate::model::{ChangeStatus, FileChange, Side};
use std::collections::BTreeMap;

/// The file's name.
pub(super) const FILE: &str = "pnpm-workspace.yaml";

const LOCK: &str = "pnpm-lock.yaml";

/// Requirements by catalog and name.
type Catalogs<'a> = BTreeMap<(&'a str, &'a str), &'a str>;

/// What a changed `pnpm-workspace.yaml` says otherwise than the lockfile beside it.
pub(super) fn find_setting_problems(files: &Files<'_>, change: &FileChange) -> Vec<Problem> {
    let path = change.path.as_str();
    let directory = directory_of(path);
    let (lockfile, package) = (join(directory, LOCK), join(directory, "package.json"));
    // All are asked for at once, so that they come at once.
    let before = files.source.text(Side::Left, change.old_path().as_str());
    let after = files.source.text(Side::Right, path);
    let lock = files.source.text(Side::Right, &lockfile);
    let package = files.source.text(Side::Right, &package);
    let read = |text: Text<'_>| match text {
        Text::Known(text) => parse_yaml(text).ok(),
        Text::Absent | Text::Unreadable | Text::Pending => None,
    };
    let before = match (change.status, before) {
        (ChangeStatus::Added, _) | (_, Text::Absent) => Some(Vec::new()),
        (_, text) => read(text),
    };
    let (Some(before), Some(after), Some(lock)) = (before, read(after), read(lock)) else { return Vec::new() };
    // A file may begin with a document of pnpm's own environment: the last one is the project's.
    let (Some(after), Some(lock)) = (after.last(), lock.last()) else { return Vec::new() };
    if matches!(package, Text::Pending) || lock.get("lockfileVersion").is_none() {
        return Vec::new();
    }
    let before = before.last();
    let problem = |kind: ProblemKind, names: Vec<String>| Problem {
        kind,
        manifest: path.to_owned(),
        lockfile: lockfile.clone(),
        requirement: String::new(),
        held: String::new(),
        command: "pnpm install".to_owned(),
        line: names.first().and_then(|name| line_of(change, name)),
        dependencies: names,
    };
    let mut problems = Vec::new();
    let [old, new, held] = [before, Some(after), Some(lock)].map(|it| it.map(catalogs).unwrap_or_default());
    // What no package takes from a catalog is not in the lockfile.
    let differs = held.iter().filter(|(key, held)| new.get(*key) != Some(*held) && new.get(*key) != old.get(*key));
    let (other, gone): (Vec<_>, Vec<_>) = differs.partition(|(key, _)| new.contains_key(*key));
    let names = |found: &[(&(&str, &str), &&str)]| found.iter().map(|((_, name), _)| (*name).to_owned()).collect();
    if let Some((key, held)) = other.first() {
        let requirement = new.get(*key).copied().unwrap_or_default().to_owned();
        problems.push(Problem { requirement, held: (**held).to_owned(), ..problem(ProblemKind::Holds, names(&other)) });
    }
    if !gone.is_empty() {
        problems.push(problem(ProblemKind::Extra, names(&gone)));
    }
    let elsewhere = matches!(package, Text::Known(text) if text.contains("\"overrides\""));
    let changed = changed_overrides(before, after, lock);
    if !changed.is_empty() && !elsewhere {
        problems.push(problem(ProblemKind::Stale, changed));
    }
    problems
}

/// Of the file and of the lockfile, where a requirement is called a specifier.
fn catalogs(document: &Node) -> Catalogs<'_> {
    let named = document.get("catalogs").map_or(&[][..], Node::members);
    let named = named.iter().filter_map(|(name, entries)| Some((name.text()?, entries)));
    let default = document.get("catalog").map(|entries| ("default", entries));
    let mut found = Catalogs::new();
    for (catalog, entries) in default.into_iter().chain(named) {
        for (name, value) in entries.members() {
            let requirement = value.text().or_else(|| value.get("specifier").and_then(Node::text));
            if let (Some(name), Some(requirement)) = (name.text(), requirement) {
                found.insert((catalog, name), requirement);
            }
        }
    }
    found
}

/// The overrides that the change made other than the lockfile has them.
fn changed_overrides(before: Option<&Node>, after: &Node, lock: &Node) -> Vec<String> {
    let read = |document: &'_ Node| -> BTreeMap<String, String> {
        let all = document.get("overrides").map_or(&[][..], Node::members);
        let read = |(key, value): &(Node, Node)| Some((key.text()?.to_owned(), value.text()?.to_owned()));
        all.iter().filter_map(read).collect()
    };
    let (old, new, held) = (before.map(read).unwrap_or_default(), read(after), read(lock));
    let keys = old.keys().chain(new.keys()).collect::<std::collections::BTreeSet<_>>();
    // Of those that refer to something else the lockfile has what they mean.
    let is_plain = |value: Option<&String>| value.is_none_or(|it| !it.starts_with('$') && !it.starts_with("catalog:"));
    keys.into_iter()
        .filter(|key| old.get(*key) != new.get(*key) && new.get(*key) != held.get(*key) && is_plain(new.get(*key)))
        .cloned()
        .collect()
}
