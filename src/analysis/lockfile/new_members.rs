//! Packages that become members of a workspace because its root names their directories: their manifests do not change.

use super::cover::Files;
use super::ecosystem::{Ecosystem, MemberKey, Reach};
use super::manifest::Members;
use super::places::{directory_of, join};
use super::problem::{Problem, ProblemKind, Text};
use crate::model::{ChangeStatus, FileChange, Side};

/// Of more new directories it is not looked up what lies there.
const MAX_NEW: usize = 50;

/// The packages that a changed root names as members and that its lockfile does not know. Patterns name none.
pub(super) fn find_new_members(files: &Files<'_>, family: &Ecosystem, change: &FileChange) -> Vec<Problem> {
    let path = change.path.as_str();
    let Reach::Workspace(roots) = &family.reach else { return Vec::new() };
    let Some(root) = roots.iter().find(|root| root.name == change.path.file_name()) else { return Vec::new() };
    let read = |side, path: &str| match files.source.text(side, path) {
        Text::Known(text) => (root.members)(text),
        Text::Absent | Text::Unreadable | Text::Pending => None,
    };
    let before = match change.status {
        ChangeStatus::Added => None,
        _ => read(Side::Left, change.old_path().as_str()),
    };
    let Some(after) = read(Side::Right, path) else { return Vec::new() };
    let new = named(&after, &before.unwrap_or_default());
    let Some(found) = files.covering_lock(family, path).filter(|_| !new.is_empty()) else { return Vec::new() };
    if !found.kind.lists_members || found.kind.member != MemberKey::Directory || found.directory != directory_of(path) {
        return Vec::new();
    }
    let Some(lock) = files.lock(found.kind, Side::Right, &found.path).filter(|lock| lock.asked.is_some()) else {
        return Vec::new();
    };
    let unknown = new.into_iter().filter(|directory| lock.asked_by(directory).is_none());
    let problem = |directory: &str| {
        let manifest = join(&join(found.directory, directory), family.manifests[0]);
        let Text::Known(text) = files.source.text(Side::Right, &manifest) else { return None };
        let name = (family.read)(text)?.name?;
        Some(Problem {
            kind: ProblemKind::Member,
            line: None,
            lockfile: found.path.clone(),
            dependencies: vec![name],
            requirement: String::new(),
            held: String::new(),
            command: found.kind.command.to_owned(),
            manifest,
        })
    };
    // A manifest that the change touches says it itself.
    let own = |manifest: &str| files.changes.iter().any(|it| it.path.as_str() == manifest);
    unknown.filter_map(problem).filter(|problem| !own(&problem.manifest)).collect()
}

/// The directories that are written out and were no members before.
fn named<'a>(after: &'a Members, before: &Members) -> Vec<&'a str> {
    let plain = after.include.iter().filter(|pattern| !pattern.contains(['*', '?', '[', '{', '!']));
    let bare = plain.map(|pattern| pattern.trim_start_matches("./").trim_end_matches('/'));
    let fresh = bare.filter(|directory| !directory.is_empty() && !directory.contains(".."));
    fresh.filter(|directory| !before.contain(directory) && after.contain(directory)).take(MAX_NEW).collect()
}
