//! Compares the manifests and lockfiles of a change.

use super::ecosystem::{ECOSYSTEMS, Ecosystem, LockKind, MemberKey, Reach, lock_kind};
use super::lock::{Fit, Lock};
use super::manifest::{Manifest, Wanted};
use crate::diff::{LineKind, parse_hunks};
use crate::model::{ChangeStatus, FileChange, Patch, Side};
use std::collections::BTreeSet;

/// The text of a file on one side of a change.
pub enum Text<'a> {
    /// Its content.
    Known(&'a str),
    /// There is no such file.
    Absent,
    /// There is a file, and its text cannot be had: too large, or binary.
    Unreadable,
    /// It was asked for and will be known in another pass.
    Pending,
}

/// Gives texts of files. What is [`Text::Pending`] makes the answer incomplete: ask again when it is known.
pub trait FileSource {
    /// The text of a file at the merge base (`Left`) or at the head (`Right`).
    fn text(&self, side: Side, path: &str) -> Text<'_>;
}

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The manifest that is concerned; for problems of the lockfile alone the lockfile.
    pub manifest: String,
    /// The lockfile.
    pub lockfile: String,
    /// The dependencies, as the manifest writes them.
    pub dependencies: Vec<String>,
    /// What is asked of the first of them.
    pub requirement: String,
    /// What the lockfile holds of the first of them.
    pub held: String,
    /// What to run.
    pub command: String,
    /// The line of the manifest that asks for the first of them, when the change added it.
    pub line: Option<u32>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The lockfile does not know a dependency that the manifest now asks for.
    Lacks,
    /// It holds another requirement or version than is now asked for.
    Holds,
    /// It still says that the manifest asks for something that it does not.
    Extra,
    /// It was not made again after the dependency sections changed, and it holds a hash of them.
    Stale,
    /// It says that the manifest asks for something, which no manifest does.
    Uninvited,
    /// It is gone, and its manifest is not.
    Deleted,
    /// It cannot be read any more.
    Broken,
    /// Another version with the old checksum.
    SameChecksum,
    /// Another checksum for the same version.
    OtherChecksum,
    /// A lockfile of another package manager lies beside it.
    Second,
}

impl ProblemKind {
    /// The word by which the rule knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            ProblemKind::Lacks => "lacks",
            ProblemKind::Holds => "holds",
            ProblemKind::Extra => "extra",
            ProblemKind::Stale => "stale",
            ProblemKind::Uninvited => "uninvited",
            ProblemKind::Deleted => "deleted",
            ProblemKind::Broken => "broken",
            ProblemKind::SameChecksum => "same_checksum",
            ProblemKind::OtherChecksum => "other_checksum",
            ProblemKind::Second => "second",
        }
    }
}

/// Everything that does not fit in a change. `judged` says which files are looked at.
pub fn find_problems(changes: &[FileChange], judged: &dyn Fn(&str) -> bool, source: &dyn FileSource) -> Vec<Problem> {
    let review = Review { changes, source };
    let mut problems = Vec::new();
    for change in changes.iter().filter(|change| judged(change.path.as_str())) {
        let name = change.path.file_name();
        if change.status != ChangeStatus::Removed {
            for family in ECOSYSTEMS.iter().filter(|family| family.is_manifest(name)) {
                problems.extend(review.manifest(family, change));
            }
        }
        if let Some((family, kind)) = lock_kind(name) {
            problems.extend(review.lockfile(family, kind, change));
        }
    }
    // What a manifest's problem says already, its lockfile need not say again.
    let said: BTreeSet<String> = problems
        .iter()
        .filter(|problem| matches!(problem.kind, ProblemKind::Lacks | ProblemKind::Holds | ProblemKind::Extra))
        .map(|problem| problem.lockfile.clone())
        .collect();
    problems.retain(|problem| problem.kind != ProblemKind::Uninvited || !said.contains(&problem.lockfile));
    problems
}

struct Review<'a> {
    changes: &'a [FileChange],
    source: &'a dyn FileSource,
}

/// A lockfile that covers a manifest.
struct Found<'a> {
    kind: &'static LockKind,
    directory: &'a str,
    path: String,
}

impl Review<'_> {
    fn manifest(&self, family: &Ecosystem, change: &FileChange) -> Option<Problem> {
        let path = change.path.as_str();
        let before = match change.status {
            ChangeStatus::Added => Manifest::default(),
            _ => match self.source.text(Side::Left, change.old_path().as_str()) {
                Text::Known(text) => (family.read)(text)?,
                Text::Absent => Manifest::default(),
                Text::Unreadable => return None,
                Text::Pending => {
                    // Both sides in one pass.
                    self.source.text(Side::Right, path);
                    return None;
                }
            },
        };
        let Text::Known(text) = self.source.text(Side::Right, path) else { return None };
        let after = (family.read)(text)?;
        let plain = |wanted: &&Wanted| !after.overridden.contains(&wanted.name);
        let added: Vec<&Wanted> = after.added_since(&before).filter(plain).collect();
        let removed: Vec<&Wanted> = after.removed_since(&before).filter(plain).collect();
        if added.is_empty() && removed.is_empty() {
            return None;
        }
        let found = self.covering_lock(family, path)?;
        let own = found.directory == directory_of(path);
        let below = if own { "" } else { below(found.directory, directory_of(path)) };
        let member = match found.kind.member {
            MemberKey::Directory => below,
            MemberKey::Name => after.name.as_deref().unwrap_or_default(),
            MemberKey::None => "",
        };
        let touched = self.is_touched(&found.path);
        let lock = match self.source.text(Side::Right, &found.path) {
            Text::Known(text) => (found.kind.read)(text),
            Text::Absent | Text::Unreadable | Text::Pending => None,
        };
        let known = lock.as_ref().is_some_and(|lock| lock.asked_by(member).is_some());
        let covered = own || (known && found.kind.member != MemberKey::None) || self.is_member(family, &found, below);
        if !covered {
            return None;
        }
        let build = |kind: ProblemKind, wanted: Vec<&Wanted>, held: String| {
            let labels: Vec<String> = wanted.iter().map(|wanted| wanted.label.clone()).collect();
            Problem {
                kind,
                manifest: path.to_owned(),
                lockfile: found.path.clone(),
                requirement: wanted.first().map(|wanted| wanted.requirement.clone()).unwrap_or_default(),
                held,
                command: found.kind.command.replace("NAMES", &labels.join(" ")),
                line: labels.first().and_then(|label| line_of(change, label)),
                dependencies: labels,
            }
        };
        let all = || {
            let mut all = added.clone();
            all.extend(&removed);
            all
        };
        let Some(lock) = lock else {
            return (!touched).then(|| build(ProblemKind::Stale, all(), String::new()));
        };
        let mut lacking = Vec::new();
        let mut holding: Vec<(&Wanted, String)> = Vec::new();
        for wanted in &added {
            match (found.kind.fits)(&lock, member, wanted) {
                Fit::Fits => {}
                Fit::Lacks => lacking.push(*wanted),
                Fit::Holds(held) => holding.push((wanted, held)),
            }
        }
        if !lacking.is_empty() {
            return Some(build(ProblemKind::Lacks, lacking, String::new()));
        }
        if let Some((_, held)) = holding.first().cloned() {
            return Some(build(ProblemKind::Holds, holding.into_iter().map(|(wanted, _)| wanted).collect(), held));
        }
        let asked = lock.asked_by(member);
        let extra =
            removed.iter().copied().filter(|wanted| asked.is_some_and(|asked| asked.contains_key(&wanted.name)));
        let extra: Vec<&Wanted> = extra.collect();
        if !extra.is_empty() {
            return Some(build(ProblemKind::Extra, extra, String::new()));
        }
        (found.kind.hashed && !touched).then(|| build(ProblemKind::Stale, all(), String::new()))
    }

    /// The lockfile that covers a manifest: the nearest above it. Of several in one directory those that the change
    /// touches come first.
    fn covering_lock<'p>(&self, family: &Ecosystem, manifest: &'p str) -> Option<Found<'p>> {
        let own = directory_of(manifest);
        let directories: Vec<&str> = match family.reach {
            Reach::Beside => vec![own],
            Reach::Workspace(_) => ancestors(own),
            Reach::Below(name) => match directory_of(own).strip_suffix(name) {
                Some("") => vec![own, ""],
                Some(above) if above.ends_with('/') => vec![own, above.trim_end_matches('/')],
                _ => vec![own],
            },
        };
        let mut pending = false;
        let mut found: Option<Found<'p>> = None;
        for directory in directories {
            let nearer = found.is_some();
            for kind in family.locks {
                let path = join(directory, kind.file);
                match self.source.text(Side::Right, &path) {
                    Text::Pending => pending = true,
                    Text::Absent => {}
                    Text::Known(_) | Text::Unreadable => {
                        let better = match &found {
                            None => true,
                            Some(first) => !nearer && !self.is_touched(&first.path) && self.is_touched(&path),
                        };
                        if better {
                            found = Some(Found { kind, directory, path });
                        }
                    }
                }
            }
        }
        found.filter(|_| !pending)
    }

    fn is_member(&self, family: &Ecosystem, found: &Found<'_>, below: &str) -> bool {
        match family.reach {
            Reach::Beside => false,
            Reach::Below(_) => true,
            Reach::Workspace(files) => {
                files.iter().any(|(file, read)| match self.source.text(Side::Right, &join(found.directory, file)) {
                    Text::Known(text) => read(text).is_some_and(|members| members.contain(below)),
                    Text::Absent | Text::Unreadable | Text::Pending => false,
                })
            }
        }
    }

    fn is_touched(&self, path: &str) -> bool {
        self.changes.iter().any(|change| change.path.as_str() == path && change.status != ChangeStatus::Removed)
    }

    fn exists(&self, path: &str) -> bool {
        matches!(self.source.text(Side::Right, path), Text::Known(_) | Text::Unreadable)
    }

    fn lockfile(&self, family: &Ecosystem, kind: &LockKind, change: &FileChange) -> Vec<Problem> {
        let path = change.path.as_str();
        let directory = directory_of(path);
        let about = |problem: ProblemKind, dependencies: Vec<String>, held: String| Problem {
            kind: problem,
            manifest: path.to_owned(),
            lockfile: path.to_owned(),
            requirement: String::new(),
            held,
            command: kind.command.replace(" NAMES", ""),
            line: dependencies
                .first()
                .and_then(|name| line_of(change, name).or_else(|| line_of(change, &format!("node_modules/{name}")))),
            dependencies,
        };
        let others = || {
            let same = |other: &&LockKind| other.command.split(' ').next() == kind.command.split(' ').next();
            let others = family.locks.iter().filter(|other| !same(other));
            others.map(|other| join(directory, other.file)).find(|other| self.exists(other))
        };
        match change.status {
            ChangeStatus::Removed => {
                let manifest = family.manifests.iter().map(|name| join(directory, name)).find(|path| self.exists(path));
                let replaced = others().is_some()
                    || family.locks.iter().any(|other| self.exists(&join(directory, other.file)))
                    || ancestors(directory)
                        .into_iter()
                        .skip(1)
                        .any(|above| family.locks.iter().any(|other| self.exists(&join(above, other.file))));
                match manifest {
                    Some(manifest) if !replaced && !self.is_ignored_now(kind.file) => {
                        vec![Problem { manifest, ..about(ProblemKind::Deleted, Vec::new(), String::new()) }]
                    }
                    _ => Vec::new(),
                }
            }
            ChangeStatus::Added => {
                others().map(|other| about(ProblemKind::Second, Vec::new(), other)).into_iter().collect()
            }
            ChangeStatus::Modified | ChangeStatus::Renamed | ChangeStatus::Copied => {
                let before = self.source.text(Side::Left, change.old_path().as_str());
                let after = self.source.text(Side::Right, path);
                let (Text::Known(before), Text::Known(after)) = (before, after) else { return Vec::new() };
                let Some(before) = (kind.read)(before) else { return Vec::new() };
                let Some(after) = (kind.read)(after) else {
                    return vec![about(ProblemKind::Broken, Vec::new(), String::new())];
                };
                let mut problems = self.checksums(&before, &after, &about);
                if kind.member == MemberKey::Directory {
                    problems.extend(self.uninvited(family, directory, (&before, &after), &about));
                }
                problems
            }
        }
    }

    fn checksums(
        &self,
        before: &Lock,
        after: &Lock,
        about: &dyn Fn(ProblemKind, Vec<String>, String) -> Problem,
    ) -> Vec<Problem> {
        let (mut same, mut other) = (Vec::new(), Vec::new());
        for (key, (version, sum)) in &after.checksums {
            let Some((old_version, old_sum)) = before.checksums.get(key) else { continue };
            let name = key.rsplit("node_modules/").next().unwrap_or(key).to_owned();
            if version != old_version && sum == old_sum {
                same.push(name);
            } else if version == old_version && sum != old_sum && algorithm(sum) == algorithm(old_sum) {
                other.push(name);
            }
        }
        [(ProblemKind::SameChecksum, same), (ProblemKind::OtherChecksum, other)]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(kind, names)| about(kind, names, String::new()))
            .collect()
    }

    /// What the lockfile newly says that a member asks for, and the member does not.
    fn uninvited(
        &self,
        family: &Ecosystem,
        directory: &str,
        (before, after): (&Lock, &Lock),
        about: &dyn Fn(ProblemKind, Vec<String>, String) -> Problem,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (member, asked) in after.asked.iter().flatten() {
            let known = before.asked_by(member);
            let new = asked
                .iter()
                .filter(|(name, requirement)| known.and_then(|known| known.get(*name)) != Some(requirement));
            let new: Vec<&String> = new.map(|(name, _)| name).collect();
            if new.is_empty() {
                continue;
            }
            let manifest = join(&join(directory, member), family.manifests[0]);
            let Text::Known(text) = self.source.text(Side::Right, &manifest) else { continue };
            let Some(read) = (family.read)(text) else { continue };
            let strange: Vec<String> = new.into_iter().filter(|name| !read.asks_for(name)).cloned().collect();
            if !strange.is_empty() {
                problems.push(Problem { manifest, ..about(ProblemKind::Uninvited, strange, String::new()) });
            }
        }
        problems
    }

    /// Whether the change adds a line about the file to a `.gitignore`.
    fn is_ignored_now(&self, file: &str) -> bool {
        let ignores = self.changes.iter().filter(|change| change.path.file_name() == ".gitignore");
        ignores.into_iter().any(|change| line_of(change, file).is_some())
    }
}

/// `sha512-x` and `sha1-x`, `10/x`, `h1:x`: what stands before the sum.
fn algorithm(sum: &str) -> &str {
    sum.find(['-', '/', ':']).map_or("", |at| &sum[..at])
}

/// The first added line that names a dependency.
fn line_of(change: &FileChange, name: &str) -> Option<u32> {
    let Patch::Text(patch) = &change.patch else { return None };
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
    let names = |text: &str| {
        text.match_indices(name)
            .any(|(at, _)| !text[..at].ends_with(inside) && !text[at + name.len()..].starts_with(inside))
    };
    let hunks = parse_hunks(patch);
    let mut lines = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == LineKind::Added);
    lines.find(|line| names(line.text)).and_then(|line| line.new)
}

fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

fn join(directory: &str, file: &str) -> String {
    match (directory, file) {
        ("", file) => file.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, file) => format!("{directory}/{file}"),
    }
}

/// The path of a directory below another one.
fn below<'a>(above: &str, directory: &'a str) -> &'a str {
    directory.strip_prefix(above).unwrap_or(directory).trim_start_matches('/')
}

/// A directory and those above it, nearest first; the root is empty. At most 12, so that a deep path asks no more.
fn ancestors(directory: &str) -> Vec<&str> {
    let mut all = vec![directory];
    while let Some((above, _)) = all[all.len() - 1].rsplit_once('/').filter(|_| all.len() < 11) {
        all.push(above);
    }
    if !all[all.len() - 1].is_empty() {
        all.push("");
    }
    all
}
