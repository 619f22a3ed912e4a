//! Compares the manifests and lockfiles of a change.

use super::changed_lock::find_lock_problems;
use super::cover::Files;
use super::ecosystem::{ECOSYSTEMS, Ecosystem, LockKind, MemberKey, lock_kind};
use super::lock::{Fit, Lock, Origin};
use super::manifest::{Manifest, Version, Wanted};
use super::new_members::find_new_members;
use super::places::{below, directory_of, first_added, line_of};
use super::pnpm_workspace;
use super::problem::{FileSource, Problem, ProblemKind, Text};
use crate::model::{ChangeStatus, FileChange, Side};
use std::collections::BTreeSet;

/// Of more new dependencies in one manifest it is not looked up whether they are members of the workspace.
const MAX_SIBLINGS: usize = 50;

/// Everything that does not fit in a change. `judged` says which files are looked at.
pub fn find_problems(changes: &[FileChange], judged: &dyn Fn(&str) -> bool, source: &dyn FileSource) -> Vec<Problem> {
    let files = Files::new(changes, source);
    let mut problems = Vec::new();
    for change in changes.iter().filter(|change| judged(change.path.as_str())) {
        let name = change.path.file_name();
        if change.status != ChangeStatus::Removed {
            for family in ECOSYSTEMS.iter().filter(|family| family.is_manifest(name)) {
                problems.extend(find_manifest_problems(&files, family, change));
                problems.extend(find_new_members(&files, family, change));
            }
            if name == pnpm_workspace::FILE {
                problems.extend(pnpm_workspace::find_setting_problems(&files, change));
            }
        }
        if let Some((family, kind)) = lock_kind(name) {
            problems.extend(find_lock_problems(&files, family, kind, change));
        }
    }
    leave_out_repetitions(&mut problems);
    problems
}

/// What a manifest's problem says already, its lockfile need not say again.
fn leave_out_repetitions(problems: &mut Vec<Problem>) {
    let of_manifests = problems.iter().filter(|problem| {
        matches!(problem.kind, ProblemKind::Lacks | ProblemKind::Holds | ProblemKind::Moved | ProblemKind::Extra)
    });
    let locks: BTreeSet<String> = of_manifests.clone().map(|problem| problem.lockfile.clone()).collect();
    let said: BTreeSet<(String, String)> = of_manifests
        .flat_map(|problem| problem.dependencies.iter().map(|name| (problem.manifest.clone(), name.clone())))
        .collect();
    problems.retain_mut(|problem| match problem.kind {
        ProblemKind::Uninvited => !locks.contains(&problem.lockfile),
        ProblemKind::Lost | ProblemKind::Drifted => {
            let (manifest, before) = (problem.manifest.clone(), problem.dependencies.len());
            problem.dependencies.retain(|name| !said.contains(&(manifest.clone(), name.clone())));
            // What is said of the first one alone would be said of another one.
            let is_same = problem.dependencies.len() == before || problem.kind == ProblemKind::Lost;
            !problem.dependencies.is_empty() && is_same
        }
        _ => true,
    });
}

fn find_manifest_problems(files: &Files<'_>, family: &Ecosystem, change: &FileChange) -> Vec<Problem> {
    let path = change.path.as_str();
    let (old_text, old_path) = match change.status {
        ChangeStatus::Added => ("", path.to_owned()),
        _ => match files.source.text(Side::Left, change.old_path().as_str()) {
            Text::Known(text) => (text, change.old_path().as_str().to_owned()),
            Text::Absent => ("", path.to_owned()),
            Text::Unreadable => return Vec::new(),
            Text::Pending => {
                // Both sides in one pass.
                files.source.text(Side::Right, path);
                return Vec::new();
            }
        },
    };
    let Text::Known(text) = files.source.text(Side::Right, path) else { return Vec::new() };
    let plain_before = if old_text.is_empty() { Some(Manifest::default()) } else { (family.read)(old_text) };
    let (Some(plain_before), Some(plain)) = (plain_before, (family.read)(text)) else { return Vec::new() };
    if is_same(&plain_before, &plain) {
        return Vec::new();
    }
    let Some(found) = files.covering_lock(family, path) else { return Vec::new() };
    let before = match old_text {
        "" => Some(Manifest::default()),
        text => files.read_manifest(family, Side::Left, &old_path, text),
    };
    let after = files.read_manifest(family, Side::Right, path, text);
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let own = found.directory == directory_of(path);
    let below = if own { "" } else { below(found.directory, directory_of(path)) };
    let member = match found.kind.member {
        MemberKey::Directory => below,
        MemberKey::Name => &after.name.clone().unwrap_or_default(),
        MemberKey::None => "",
    };
    let lock = files.lock(found.kind, Side::Right, &found.path);
    let known = lock.as_ref().is_some_and(|lock| lock.asked_by(member).is_some());
    let covered =
        own || (known && found.kind.member != MemberKey::None) || files.is_member(family, found.directory, below);
    if !covered {
        return Vec::new();
    }
    let sees = |manifest: Manifest| match &lock {
        Some(lock) => seen_by(found.kind, lock, manifest, own),
        None => manifest,
    };
    let [plain_before, plain, before, after] = [plain_before, plain, before, after].map(sees);
    let changed = Changed { plain_before: &plain_before, plain: &plain, before: &before, after: &after };
    // What a member takes over changes with the root, where it is said once.
    let added: Vec<&Wanted> = plain.added_since(&plain_before).iter().filter_map(|key| after.wanted.get(key)).collect();
    let removed = after.removed_since(&before, found.kind.apart);
    let about = About { change, command: found.kind.command, lockfile: &found.path };
    let touched = files.is_touched(&found.path);
    let mut overridden = after.overridden.clone();
    if lock.as_ref().is_none_or(|lock| lock.asked.is_none()) {
        // Other formats repeat what members ask for, or the overrides.
        overridden.extend(files.overridden_beside(family, found.directory));
    }
    let Some(lock) = lock else {
        return if touched { Vec::new() } else { unread(&about, &before, &added, &removed, &overridden) };
    };
    let mut problems = Vec::new();
    let find_taker = |members: &[&str]| {
        let takes = |manifest: &Manifest| manifest.version == Some(Version::Inherited);
        let found = files.find_taker(family, found.directory, members.iter().copied(), &takes);
        found.map(str::to_owned)
    };
    problems.extend(compare_version(&about, &lock, &changed, &find_taker));
    // The first format of yarn does not know the members of a workspace.
    let is_sibling = |name: &str| {
        let silent = lock.asked.is_none() && !lock.requests.is_empty();
        silent && added.len() <= MAX_SIBLINGS && files.is_sibling(family, found.directory, name)
    };
    let compared = Compared {
        lock: &lock,
        kind: found.kind,
        member,
        after: &after,
        overridden: &overridden,
        is_sibling: &is_sibling,
        is_taken_over: &|shared| files.is_taken_over(family, found.directory, &lock, shared),
    };
    let dependencies = compared.find(&about, &added, &removed);
    let behind = (found.kind.behind)(&lock, member, &plain_before, &plain);
    if let Some(problem) = dependencies {
        problems.push(problem);
    } else if found.kind.lists_members
        && (is_new_member(&lock, member, found.kind.member, &changed)
            || (is_renamed(&lock, member, &changed) && (own || files.is_member(family, found.directory, below))))
    {
        let label = after.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(path);
        problems.push(about.problem(ProblemKind::Member, vec![label.to_owned()]));
    } else if !behind.is_empty() {
        problems.push(about.problem(ProblemKind::Stale, behind.into_iter().map(str::to_owned).collect()));
    } else if found.kind.hashed && !touched {
        let labels = added.iter().chain(&removed).map(|wanted| wanted.label.clone());
        let settings = plain.settings_since(&plain_before);
        let all: Vec<String> = labels.chain(settings.into_iter().map(str::to_owned)).collect();
        problems.extend((!all.is_empty()).then(|| about.problem(ProblemKind::Stale, all)));
    }
    problems
}

/// What is said of a lockfile that cannot be read and was not touched.
fn unread(
    about: &About<'_>,
    before: &Manifest,
    added: &[&Wanted],
    removed: &[&Wanted],
    overridden: &BTreeSet<String>,
) -> Vec<Problem> {
    let old_names = before.names();
    let is_old = |wanted: &Wanted| old_names.contains(&(wanted.is_peer(), wanted.name.as_str()));
    let shows = |wanted: &&&Wanted| !(overridden.contains(&wanted.name) && is_old(wanted));
    let asks: Vec<String> = added.iter().filter(shows).chain(removed).map(|wanted| wanted.label.clone()).collect();
    if asks.is_empty() { Vec::new() } else { vec![about.problem(ProblemKind::Stale, asks)] }
}

/// A manifest as a lockfile of that kind repeats it. What binds a whole workspace is read of the manifest beside it alone.
pub(super) fn seen_by(kind: &LockKind, lock: &Lock, manifest: Manifest, own: bool) -> Manifest {
    let mut manifest = (kind.sees)(lock, manifest);
    manifest.wanted.retain(|_, wanted| own || !wanted.is_of_workspace());
    manifest
}

/// A manifest before and after; the plain ones without what the root of their workspace says.
struct Changed<'a> {
    plain_before: &'a Manifest,
    plain: &'a Manifest,
    before: &'a Manifest,
    after: &'a Manifest,
}

/// Whether the change makes a member, or gives one a new name, that the lockfile does not know.
fn is_new_member(lock: &Lock, member: &str, key: MemberKey, changed: &Changed<'_>) -> bool {
    let unknown = lock.asked.is_some() && lock.asked_by(member).is_none();
    match key {
        MemberKey::Name => {
            let knew_it = changed.before.name.as_deref().is_none_or(|old| lock.asked_by(old).is_some());
            unknown && knew_it && changed.after.name.is_some() && changed.before.name != changed.after.name
        }
        MemberKey::Directory => unknown && *changed.before == Manifest::default(),
        MemberKey::None => false,
    }
}

/// Whether a member that is known by its directory has another name than the lockfile gives it, and had that one before.
fn is_renamed(lock: &Lock, member: &str, changed: &Changed<'_>) -> bool {
    let Some(known) = lock.names.get(member) else { return false };
    let is_known = |manifest: &Manifest| manifest.name.as_ref().map(|name| known.contains(name));
    is_known(changed.before) == Some(true) && is_known(changed.after) == Some(false)
}

/// Whether nothing changed of what lockfiles repeat.
fn is_same(before: &Manifest, after: &Manifest) -> bool {
    before.wanted == after.wanted
        && before.name == after.name
        && before.settings == after.settings
        && before.version == after.version
        && before.shared_version == after.shared_version
}

/// A manifest and the lockfile that covers it, as they are now.
struct Compared<'a> {
    lock: &'a Lock,
    kind: &'a LockKind,
    member: &'a str,
    after: &'a Manifest,
    overridden: &'a BTreeSet<String>,
    is_sibling: &'a dyn Fn(&str) -> bool,
    is_taken_over: &'a dyn Fn(&Wanted) -> bool,
}

impl Compared<'_> {
    fn find(&self, about: &About<'_>, added: &[&Wanted], removed: &[&Wanted]) -> Option<Problem> {
        let mut lacking = Vec::new();
        let mut holding: Vec<(&Wanted, String)> = Vec::new();
        let mut moved = Vec::new();
        for wanted in added {
            match (self.kind.fits)(self.lock, self.member, wanted) {
                Fit::Fits => {}
                Fit::Lacks | Fit::Holds(_) | Fit::Moved if (self.is_sibling)(&wanted.name) => {}
                Fit::Lacks => lacking.push(wanted.label.clone()),
                Fit::Holds(_) if self.overridden.contains(&wanted.name) => {}
                Fit::Holds(_) if wanted.is_shared() && !(self.is_taken_over)(wanted) => {}
                Fit::Holds(held) => holding.push((wanted, held)),
                Fit::Moved => moved.push(wanted.label.clone()),
            }
        }
        if !lacking.is_empty() {
            return Some(about.problem(ProblemKind::Lacks, lacking));
        }
        if let Some((first, held)) = holding.first() {
            let labels = holding.iter().map(|(wanted, _)| wanted.label.clone()).collect();
            let (requirement, held) = (first.shown_beside(held), held.clone());
            return Some(Problem { requirement, held, ..about.problem(ProblemKind::Holds, labels) });
        }
        if !moved.is_empty() {
            return Some(about.problem(ProblemKind::Moved, moved));
        }
        self.lock.asked.as_ref()?;
        let names = self.after.names();
        let is_extra = |wanted: &&&Wanted| {
            let still = names.contains(&(!wanted.is_peer(), wanted.name.as_str()))
                || (self.kind.apart && names.contains(&(wanted.is_peer(), wanted.name.as_str())));
            let member = if wanted.is_of_workspace() { "" } else { self.member };
            let all =
                self.lock.asked_by(member).and_then(|asked| asked.get(&wanted.name)).map_or(&[][..], Vec::as_slice);
            all.iter().any(|asked| !still || asked.section == wanted.section)
        };
        let extra: Vec<String> = removed.iter().filter(is_extra).map(|wanted| wanted.label.clone()).collect();
        (!extra.is_empty()).then(|| about.problem(ProblemKind::Extra, extra))
    }
}

/// A new version of a package itself, where the lockfile repeats it.
fn compare_version(
    about: &About<'_>,
    lock: &Lock,
    changed: &Changed<'_>,
    find_taker: &dyn Fn(&[&str]) -> Option<String>,
) -> Option<Problem> {
    let Changed { plain_before: before, plain, after, .. } = *changed;
    let old_version = changed.before.own_version();
    let own = |name: &str| -> Vec<&str> {
        let all = lock.origins.get(name).into_iter().flatten();
        all.filter(|(_, origin)| *origin == Origin::Directory).map(|(version, _)| version.as_str()).collect()
    };
    let problem = |name: &str, version: &str, held: &str| Problem {
        requirement: version.to_owned(),
        held: held.to_owned(),
        line: first_added(about.change, &|text| text.trim_start().starts_with("version")),
        ..about.problem(ProblemKind::Version, vec![name.to_owned()])
    };
    if let (Some(name), Some(version)) = (&after.name, after.own_version()) {
        let held = own(name);
        // A lockfile that said another one before was behind already.
        let was_right = old_version.is_some_and(|old| held.contains(&old));
        if before.version != plain.version && was_right && !held.contains(&version) {
            return Some(problem(name, version, held[0]));
        }
    }
    // That none has the new version shows that those were forgotten which take it over.
    let (old, new) = (before.shared_version.as_deref()?, after.shared_version.as_deref()?);
    let members = lock.origins.keys().filter(|name| !own(name).is_empty());
    if old == new || members.clone().any(|name| own(name).contains(&new)) {
        return None;
    }
    let old_ones: Vec<&str> = members.filter(|name| own(name).contains(&old)).map(String::as_str).collect();
    find_taker(&old_ones).map(|name| problem(&name, new, old))
}

/// What all problems of a manifest have in common.
struct About<'a> {
    change: &'a FileChange,
    command: &'a str,
    lockfile: &'a str,
}

impl About<'_> {
    fn problem(&self, kind: ProblemKind, labels: Vec<String>) -> Problem {
        let mut dependencies: Vec<String> = Vec::new();
        let mut seen = BTreeSet::new();
        for label in labels {
            // Several sections may ask for one.
            if seen.insert(label.clone()) {
                dependencies.push(label);
            }
        }
        Problem {
            kind,
            manifest: self.change.path.as_str().to_owned(),
            lockfile: self.lockfile.to_owned(),
            requirement: String::new(),
            held: String::new(),
            command: self.command.replace("NAMES", &dependencies.join(" ")),
            line: dependencies.first().and_then(|label| line_of(self.change, label)),
            dependencies,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Patch, RepoPath};
    use std::collections::BTreeMap;

    /// Files before and after; a lockfile that cannot be read has no text.
    struct Tree(BTreeMap<&'static str, [Option<&'static str>; 2]>);

    impl FileSource for Tree {
        fn text(&self, side: Side, path: &str) -> Text<'_> {
            match self.0.get(path).map(|texts| texts[usize::from(side == Side::Right)]) {
                None => Text::Absent,
                Some(None) => Text::Unreadable,
                Some(Some(text)) => Text::Known(text),
            }
        }
    }

    #[test]
    fn a_lockfile_that_cannot_be_read_need_not_change_for_what_the_root_overrides() {
        let root = Some(r#"{ "workspaces": ["a"], "pnpm": { "overrides": { "near": "workspace:*" } } }"#);
        let member = |text| [Some(r#"{ "dependencies": { "near": "^1", "far": "^1" } }"#), Some(text)];
        let found = |text| {
            let tree = Tree(BTreeMap::from([
                ("package.json", [root, root]),
                ("a/package.json", member(text)),
                ("pnpm-lock.yaml", [None, None]),
            ]));
            let change = FileChange::new(RepoPath::new("a/package.json"), ChangeStatus::Modified, Patch::Empty);
            let problems = find_problems(&[change], &|_| true, &tree);
            problems.into_iter().flat_map(|problem| problem.dependencies).collect::<Vec<_>>()
        };
        assert_eq!(found(r#"{ "dependencies": { "near": "^2", "far": "^1" } }"#), [""; 0]);
        assert_eq!(found(r#"{ "dependencies": { "near": "^2", "far": "^2" } }"#), ["far"]);
        assert_eq!(found(r#"{ "dependencies": { "far": "^1" } }"#), ["near"]);
    }
}
