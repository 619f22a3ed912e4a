//! Which lockfile covers a manifest, and what a manifest says together with the root of its workspace.

use super::ecosystem::{Ecosystem, LockKind, MemberKey, Reach, Roots, WorkspaceFile};
use super::lock::{Asked, Lock};
use super::manifest::{Manifest, Members, Wanted};
use super::places::{ancestors, below, directory_of, join};
use super::problem::{FileSource, Text};
use crate::model::{ChangeStatus, FileChange, Side};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Members of workspaces whose manifests are read to see what they take over, so that a hostile lockfile does not ask for all
/// there is.
const MAX_TAKERS: usize = 100;

/// What was read of files, by whether it is the head's and by path.
type Known<T> = BTreeMap<(bool, String), Option<Rc<T>>>;

/// Manifests of members, by the directory of the root and the member's name.
type KnownMembers = BTreeMap<(String, String), Option<Rc<Manifest>>>;

/// The files of a change, and what was read of them.
pub(super) struct Files<'a> {
    pub(super) changes: &'a [FileChange],
    pub(super) source: &'a dyn FileSource,
    locks: RefCell<Known<Lock>>,
    roots: RefCell<Known<Root>>,
    members: RefCell<KnownMembers>,
}

/// A manifest that is the root of a workspace.
struct Root {
    members: Members,
    manifest: Manifest,
}

/// A lockfile that covers a manifest.
pub(super) struct Found<'a> {
    pub(super) kind: &'static LockKind,
    pub(super) directory: &'a str,
    pub(super) path: String,
}

impl<'a> Files<'a> {
    pub(super) fn new(changes: &'a [FileChange], source: &'a dyn FileSource) -> Self {
        Files { changes, source, locks: RefCell::default(), roots: RefCell::default(), members: RefCell::default() }
    }

    /// What a lockfile holds; `None` when it cannot be read.
    pub(super) fn lock(&self, kind: &LockKind, side: Side, path: &str) -> Option<Rc<Lock>> {
        let key = (side == Side::Right, path.to_owned());
        if let Some(known) = self.locks.borrow().get(&key) {
            return known.clone();
        }
        let Text::Known(text) = self.source.text(side, path) else { return None };
        let read = (kind.read)(text).map(Rc::new);
        self.locks.borrow_mut().insert(key, read.clone());
        read
    }

    /// What a manifest asks for, with what the root of its workspace says.
    pub(super) fn read_manifest(&self, family: &Ecosystem, side: Side, path: &str, text: &str) -> Option<Manifest> {
        let mut manifest = (family.read)(text)?;
        if let Reach::Root(roots) = &family.reach
            && let Some((_, Some(root))) = self.root(family, roots, side, directory_of(path))
        {
            (roots.inherit)(&mut manifest, &root.manifest);
        }
        Some(manifest)
    }

    /// The lockfile that covers a manifest: one above that names it as a member, or the nearest, or that of the root. Of
    /// several in one directory those that the change touches come first.
    pub(super) fn covering_lock<'p>(&self, family: &Ecosystem, manifest: &'p str) -> Option<Found<'p>> {
        let own = directory_of(manifest);
        let directories: Vec<&str> = match &family.reach {
            Reach::Beside => vec![own],
            Reach::Workspace(_) | Reach::Root(_) => ancestors(own),
            Reach::Below(name) => match directory_of(own).strip_suffix(name) {
                Some("") => vec![own, ""],
                Some(above) if above.ends_with('/') => vec![own, above.trim_end_matches('/')],
                _ => vec![own],
            },
        };
        let root = match &family.reach {
            // Without a root, the lockfile of another package may cover this one, which that one needs.
            Reach::Root(roots) => match self.root(family, roots, Side::Right, own) {
                Some((directory, Some(_))) => Some(directory),
                _ => None,
            },
            Reach::Beside | Reach::Workspace(_) | Reach::Below(_) => None,
        };
        let mut pending = false;
        // The best of each directory, nearest first.
        let mut all: Vec<Found<'p>> = Vec::new();
        for directory in directories {
            let mut best: Option<Found<'p>> = None;
            for kind in family.locks {
                let path = join(directory, kind.file);
                match self.source.text(Side::Right, &path) {
                    Text::Pending => pending = true,
                    Text::Absent => {}
                    Text::Known(_) | Text::Unreadable => {
                        let first = best.as_ref();
                        if first.is_none_or(|first| !self.is_touched(&first.path) && self.is_touched(&path)) {
                            best = Some(Found { kind, directory, path });
                        }
                    }
                }
            }
            all.extend(best.filter(|_| root.is_none_or(|root| root == directory)));
        }
        if pending {
            return None;
        }
        let names_it = |found: &Found<'_>| {
            let lock = self.lock(found.kind, Side::Right, &found.path);
            found.kind.member == MemberKey::Directory
                && lock.is_some_and(|lock| lock.asked_by(below(found.directory, own)).is_some())
        };
        let above = all.iter().skip(1).rposition(names_it).map_or(0, |at| at + 1);
        (above < all.len()).then(|| all.swap_remove(above))
    }

    /// The directory of the root to which a manifest in a directory belongs, which may be its own, and what the root
    /// says where there is one. `None` while that is not known.
    fn root<'p>(
        &self,
        family: &Ecosystem,
        roots: &Roots,
        side: Side,
        own: &'p str,
    ) -> Option<(&'p str, Option<Rc<Root>>)> {
        let mut pending = false;
        let mut found = None;
        // All are asked for at once, so that they come at once.
        for above in ancestors(own) {
            let path = join(above, family.manifests[0]);
            let Ok(root) = self.read_root(family, roots, side, &path) else {
                pending = true;
                continue;
            };
            if let Some(root) = root
                && found.is_none()
                && (above == own || !root.members.leave_out(below(above, own)))
            {
                found = Some((above, Some(root)));
            }
        }
        (!pending).then(|| found.unwrap_or((own, None)))
    }

    fn read_root(&self, family: &Ecosystem, roots: &Roots, side: Side, path: &str) -> Result<Option<Rc<Root>>, ()> {
        // What is not changed is the same on both sides.
        let side =
            if self.changes.iter().any(|change| change.old_path().as_str() == path) { side } else { Side::Right };
        let key = (side == Side::Right, path.to_owned());
        if let Some(known) = self.roots.borrow().get(&key) {
            return Ok(known.clone());
        }
        let read = match self.source.text(side, path) {
            Text::Pending => return Err(()),
            Text::Absent | Text::Unreadable => None,
            Text::Known(text) => match ((roots.members)(text), (family.read)(text)) {
                (Some(members), Some(manifest)) => Some(Rc::new(Root { members, manifest })),
                _ => None,
            },
        };
        self.roots.borrow_mut().insert(key, read.clone());
        Ok(read)
    }

    /// Whether a lockfile in a directory is the one that counts there.
    pub(super) fn is_in_use(&self, family: &Ecosystem, directory: &str) -> bool {
        match &family.reach {
            Reach::Root(roots) => {
                self.root(family, roots, Side::Right, directory).is_some_and(|(root, _)| root == directory)
            }
            Reach::Beside | Reach::Workspace(_) | Reach::Below(_) => true,
        }
    }

    /// Whether files beside a lockfile name a directory below it as a member.
    pub(super) fn is_member(&self, family: &Ecosystem, directory: &str, below: &str) -> bool {
        let names = |file: &str, read: fn(&str) -> Option<Members>| {
            let Text::Known(text) = self.source.text(Side::Right, &join(directory, file)) else { return false };
            read(text).is_some_and(|members| members.contain(below))
        };
        match &family.reach {
            Reach::Beside => false,
            Reach::Below(_) => true,
            Reach::Root(roots) => names(family.manifests[0], roots.members),
            Reach::Workspace(files) => files.iter().any(|file| names(file.name, file.members)),
        }
    }

    /// Whether a member of the workspace has that name, as far as its directory lets suppose it.
    pub(super) fn is_sibling(&self, family: &Ecosystem, directory: &str, name: &str) -> bool {
        let Reach::Workspace(files) = &family.reach else { return false };
        let text = |path: &str| match self.source.text(Side::Right, path) {
            Text::Known(text) => Some(text),
            Text::Absent | Text::Unreadable | Text::Pending => None,
        };
        let members = files.iter().filter_map(|file| (file.members)(text(&join(directory, file.name))?));
        let places: Vec<String> = members.flat_map(|members| members.places(name)).collect();
        places.iter().any(|place| {
            let manifest = join(&join(directory, place), family.manifests[0]);
            text(&manifest).and_then(family.read).is_some_and(|manifest| manifest.name.as_deref() == Some(name))
        })
    }

    /// Whether a member that a lockfile knows takes over what the root of its workspace says of a dependency.
    pub(super) fn is_taken_over(&self, family: &Ecosystem, directory: &str, lock: &Lock, shared: &Wanted) -> bool {
        let asks = |(_, asked): &(&String, &BTreeMap<String, Vec<Asked>>)| asked.contains_key(&shared.name);
        let members = lock.asked.iter().flatten().filter(asks).map(|(member, _)| member.as_str());
        let takes = |manifest: &Manifest| manifest.wanted.values().any(|it| it.inherited && it.label == shared.label);
        self.find_taker(family, directory, members, &takes).is_some()
    }

    /// The first member of a workspace that takes something over from the root, or of which it is not known where it lies.
    pub(super) fn find_taker<'n>(
        &self,
        family: &Ecosystem,
        directory: &str,
        members: impl Iterator<Item = &'n str>,
        takes: &dyn Fn(&Manifest) -> bool,
    ) -> Option<&'n str> {
        // All are asked for at once, so that they come at once.
        let read = |member: &'n str| (member, self.member_manifest(family, directory, member));
        let all: Vec<_> = members.take(MAX_TAKERS).map(read).collect();
        all.into_iter().find(|(_, manifest)| manifest.as_ref().is_none_or(|it| takes(it))).map(|(member, _)| member)
    }

    /// The manifest of a member as it stands there, as far as the root lets suppose where that is.
    fn member_manifest(&self, family: &Ecosystem, directory: &str, member: &str) -> Option<Rc<Manifest>> {
        let key = (directory.to_owned(), member.to_owned());
        if let Some(known) = self.members.borrow().get(&key) {
            return known.clone();
        }
        let (Reach::Root(roots), true) = (&family.reach, self.members.borrow().len() < MAX_TAKERS) else { return None };
        let text =
            |place: &str| match self.source.text(Side::Right, &join(&join(directory, place), family.manifests[0])) {
                Text::Known(text) => Some(text),
                Text::Absent | Text::Unreadable | Text::Pending => None,
            };
        let root = text("")?;
        let places = (roots.places)(root, member).into_iter().chain([String::new()]);
        let all: Vec<Manifest> = places.filter_map(|place| (family.read)(text(&place)?)).collect();
        let found = all.into_iter().find(|manifest| manifest.name.as_deref() == Some(member)).map(Rc::new);
        self.members.borrow_mut().insert(key, found.clone());
        found
    }

    /// Names whose versions files beside a lockfile decide for all members.
    pub(super) fn overridden_beside(&self, family: &Ecosystem, directory: &str) -> BTreeSet<String> {
        let Reach::Workspace(files) = &family.reach else { return BTreeSet::new() };
        let read = |file: &WorkspaceFile| match self.source.text(Side::Right, &join(directory, file.name)) {
            Text::Known(text) => (file.overridden)(text),
            Text::Absent | Text::Unreadable | Text::Pending => BTreeSet::new(),
        };
        files.iter().flat_map(read).collect()
    }

    pub(super) fn is_touched(&self, path: &str) -> bool {
        self.changes.iter().any(|change| change.path.as_str() == path && change.status != ChangeStatus::Removed)
    }

    pub(super) fn exists(&self, path: &str) -> bool {
        matches!(self.source.text(Side::Right, path), Text::Known(_) | Text::Unreadable)
    }
}
