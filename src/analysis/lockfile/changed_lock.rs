//! What a change does to a lockfile itself: by hand, by an unfinished merge, or taken from the wrong side of one.

use super::cover::Files;
use super::ecosystem::{Ecosystem, LockKind, MemberKey, Reach};
use super::lock::{Fit, Lock};
use super::manifest::Wanted;
use super::places::{ancestors, directory_of, join, line_of};
use super::problem::{Problem, ProblemKind, Text};
use super::review::seen_by;
use crate::model::{ChangeStatus, FileChange, Side};
use std::collections::BTreeSet;

/// Members of one lockfile whose manifests are read, so that a hostile one does not ask for all there is.
const MAX_MEMBERS: usize = 100;

pub(super) fn find_lock_problems(
    files: &Files<'_>,
    family: &Ecosystem,
    kind: &LockKind,
    change: &FileChange,
) -> Vec<Problem> {
    let path = change.path.as_str();
    let changed = ChangedLock { files, family, kind, change, directory: directory_of(path) };
    match change.status {
        ChangeStatus::Removed => changed.deleted().into_iter().collect(),
        ChangeStatus::Added => changed.second().into_iter().collect(),
        ChangeStatus::Modified | ChangeStatus::Renamed | ChangeStatus::Copied => {
            let before = files.source.text(Side::Left, change.old_path().as_str());
            let after = files.source.text(Side::Right, path);
            let (Text::Known(before), Text::Known(after)) = (before, after) else { return Vec::new() };
            let Some(read_before) = (kind.read)(before) else { return Vec::new() };
            let read_after = (kind.read)(after).filter(|_| !is_in_conflict(after) || is_in_conflict(before));
            let Some(read_after) = read_after else {
                return vec![changed.problem(ProblemKind::Broken, Vec::new())];
            };
            let mut problems = changed.checksums(&read_before, &read_after);
            if kind.member == MemberKey::Directory {
                problems.extend(changed.uninvited(&read_before, &read_after));
            }
            problems.extend(changed.lost(&read_before, &read_after));
            problems
        }
    }
}

/// Whether both ends of a conflict stand there.
fn is_in_conflict(text: &str) -> bool {
    let begins = |mark: &str| text.lines().any(|line| line.starts_with(mark));
    begins("<<<<<<< ") && begins(">>>>>>> ")
}

struct ChangedLock<'a> {
    files: &'a Files<'a>,
    family: &'a Ecosystem,
    kind: &'a LockKind,
    change: &'a FileChange,
    directory: &'a str,
}

impl ChangedLock<'_> {
    fn problem(&self, kind: ProblemKind, dependencies: Vec<String>) -> Problem {
        let path = self.change.path.as_str();
        let line = |name: &String| {
            line_of(self.change, name).or_else(|| line_of(self.change, &format!("node_modules/{name}")))
        };
        Problem {
            kind,
            manifest: path.to_owned(),
            lockfile: path.to_owned(),
            requirement: String::new(),
            held: String::new(),
            command: self.kind.command.replace("NAMES", &dependencies.join(" ")).trim_end().to_owned(),
            line: dependencies.first().and_then(line),
            dependencies,
        }
    }

    /// The lockfile of another package manager beside it.
    fn other(&self) -> Option<String> {
        let program = |kind: &LockKind| kind.command.split(' ').next();
        let others = self.family.locks.iter().filter(|other| program(other) != program(self.kind));
        others.map(|other| join(self.directory, other.file)).find(|other| self.files.exists(other))
    }

    fn second(&self) -> Option<Problem> {
        let held = self.other()?;
        Some(Problem { held, ..self.problem(ProblemKind::Second, Vec::new()) })
    }

    fn deleted(&self) -> Option<Problem> {
        let exists = |directory: &str, file: &str| self.files.exists(&join(directory, file));
        let manifest = self.family.manifests.iter().find(|name| exists(self.directory, name));
        let replaced = self.other().is_some()
            || ancestors(self.directory)
                .into_iter()
                .any(|above| self.family.locks.iter().any(|other| exists(above, other.file)));
        let manifest = join(self.directory, manifest?);
        (!replaced && !self.is_ignored_now())
            .then(|| Problem { manifest, ..self.problem(ProblemKind::Deleted, Vec::new()) })
    }

    /// Whether the change adds a line about the file to a `.gitignore`.
    fn is_ignored_now(&self) -> bool {
        let ignores = self.files.changes.iter().filter(|change| change.path.file_name() == ".gitignore");
        ignores.into_iter().any(|change| line_of(change, self.kind.file).is_some())
    }

    fn checksums(&self, before: &Lock, after: &Lock) -> Vec<Problem> {
        let (mut same, mut other) = (Vec::new(), Vec::new());
        for (key, pinned) in &after.checksums {
            let Some(old) = before.checksums.get(key) else { continue };
            let name = key.rsplit("node_modules/").next().unwrap_or(key).to_owned();
            let is_same = pinned.checksum == old.checksum;
            if pinned.version != old.version && is_same {
                same.push(name);
            } else if pinned.version == old.version
                && !is_same
                && algorithm(&pinned.checksum) == algorithm(&old.checksum)
                && !pinned.is_patched_otherwise(old)
            {
                other.push(name);
            }
        }
        [(ProblemKind::SameChecksum, same), (ProblemKind::OtherChecksum, other)]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(kind, names)| self.problem(kind, names))
            .collect()
    }

    /// What the lockfile newly says that a member asks for, and the member does not.
    fn uninvited(&self, before: &Lock, after: &Lock) -> Vec<Problem> {
        let mut problems = Vec::new();
        let changed = after.asked.iter().flatten().filter(|(member, asked)| before.asked_by(member) != Some(*asked));
        for (member, asked) in changed.take(MAX_MEMBERS) {
            let known = before.asked_by(member);
            let new = asked.iter().filter(|(name, all)| known.and_then(|known| known.get(*name)) != Some(*all));
            let new = new.filter(|(_, all)| all.iter().any(|asked| !asked.elsewhere));
            let new: Vec<&String> = new.map(|(name, _)| name).collect();
            let manifest = join(&join(self.directory, member), self.family.manifests[0]);
            let Text::Known(text) = self.files.source.text(Side::Right, &manifest) else { continue };
            let Some(read) = (self.family.read)(text) else { continue };
            let read = seen_by(self.kind, after, read, member.is_empty());
            let names: BTreeSet<&str> = read.wanted.values().map(|wanted| wanted.name.as_str()).collect();
            let strange: Vec<String> = new.into_iter().filter(|name| !names.contains(name.as_str())).cloned().collect();
            if !strange.is_empty() {
                problems.push(Problem { manifest, ..self.problem(ProblemKind::Uninvited, strange) });
            }
        }
        problems
    }

    /// What fitted a manifest as it is now before the lockfile was changed, and does not any more. Where that was so
    /// before, somebody else is to blame.
    fn lost(&self, before: &Lock, after: &Lock) -> Vec<Problem> {
        // Another version of the format repeats other things.
        if before.asked.is_some() != after.asked.is_some() || !self.files.is_in_use(self.family, self.directory) {
            return Vec::new();
        }
        let mut problems = Vec::new();
        for (member, directory) in self.losers(before, after) {
            let path = join(&join(self.directory, &directory), self.family.manifests[0]);
            let Text::Known(text) = self.files.source.text(Side::Right, &path) else { continue };
            let Some(manifest) = self.files.read_manifest(self.family, Side::Right, &path, text) else { continue };
            let manifest = seen_by(self.kind, after, manifest, directory.is_empty());
            let member = match (self.kind.member, &member) {
                (MemberKey::Name, Some(member)) if manifest.name.as_ref() != Some(member) => continue,
                (MemberKey::Name, _) => manifest.name.clone().unwrap_or_default(),
                (MemberKey::Directory | MemberKey::None, member) => member.clone().unwrap_or_default(),
            };
            // A package may have left the workspace and be there all the same.
            let left = !directory.is_empty()
                && after.asked_by(&member).is_none()
                && !self.files.is_member(self.family, self.directory, &directory);
            if left {
                continue;
            }
            let mut lost = Vec::new();
            let mut drifted: Vec<(&Wanted, String)> = Vec::new();
            let fitted = |wanted: &&Wanted| (self.kind.fits)(before, &member, wanted) == Fit::Fits;
            for wanted in manifest.wanted.values().filter(fitted) {
                match (self.kind.fits)(after, &member, wanted) {
                    Fit::Fits => {}
                    Fit::Lacks => lost.push(wanted.label.clone()),
                    Fit::Holds(_) if manifest.overridden.contains(&wanted.name) => {}
                    Fit::Holds(_) if wanted.is_shared() && !self.is_taken_over(after, wanted) => {}
                    Fit::Holds(held) => drifted.push((wanted, held)),
                    Fit::Moved => drifted.push((wanted, "the entry of another section".to_owned())),
                }
            }
            lost.dedup();
            if !lost.is_empty() {
                let problem = self.problem(ProblemKind::Lost, lost);
                // No added line can name it.
                problems.push(Problem { manifest: path.clone(), line: None, ..problem });
            }
            if let Some((first, held)) = drifted.first() {
                let labels = drifted.iter().map(|(wanted, _)| wanted.label.clone()).collect();
                let (requirement, held) = (first.shown_beside(held), held.clone());
                let problem = self.problem(ProblemKind::Drifted, labels);
                problems.push(Problem { manifest: path, requirement, held, ..problem });
            }
        }
        problems
    }

    fn is_taken_over(&self, lock: &Lock, shared: &Wanted) -> bool {
        self.files.is_taken_over(self.family, self.directory, lock, shared)
    }

    /// The members that may have lost something, as the lockfile knows them, with the directories where their manifests
    /// may be. `None` stands for whoever has the manifest beside the lockfile.
    fn losers(&self, before: &Lock, after: &Lock) -> Vec<(Option<String>, String)> {
        let mut all = Vec::new();
        let gone = before.packages.iter().any(|(name, versions)| {
            after.packages.get(name).is_none_or(|now| versions.iter().any(|version| !now.contains(version)))
        });
        let differs = gone
            || before.asked != after.asked
            || before.origins != after.origins
            || before.requests.iter().any(|request| !after.requests.contains(request));
        // `*.csproj` names no file.
        let is_named = !self.family.manifests[0].starts_with('*');
        if differs && is_named && (self.kind.member != MemberKey::Directory || before.asked.is_none()) {
            all.push((None, String::new()));
        }
        for (member, asked) in before.asked.iter().flatten() {
            let now = after.asked_by(member);
            let loses = asked.iter().any(|(name, all)| now.and_then(|now| now.get(name)) != Some(all));
            if !loses || all.len() >= MAX_MEMBERS {
                continue;
            }
            match self.kind.member {
                MemberKey::Directory => all.push((Some(member.clone()), member.clone())),
                MemberKey::Name => {
                    let places = self.places(before, after, member).into_iter().filter(|place| !place.is_empty());
                    all.extend(places.map(|place| (Some(member.clone()), place)));
                }
                MemberKey::None => {}
            }
        }
        all
    }

    /// Where a member lies that is known by its name.
    fn places(&self, before: &Lock, after: &Lock, member: &str) -> Vec<String> {
        if let Some(place) = after.places.get(member).or_else(|| before.places.get(member)) {
            return vec![place.clone()];
        }
        let Reach::Root(roots) = &self.family.reach else { return Vec::new() };
        match self.files.source.text(Side::Right, &join(self.directory, self.family.manifests[0])) {
            Text::Known(root) => (roots.places)(root, member),
            Text::Absent | Text::Unreadable | Text::Pending => Vec::new(),
        }
    }
}

/// `sha512-x` and `sha1-x`, `10/x`, `h1:x`: what stands before the sum.
fn algorithm(sum: &str) -> &str {
    sum.find(['-', '/', ':']).map_or("", |at| &sum[..at])
}
