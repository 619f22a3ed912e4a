//! What a lockfile holds, and whether it fits a requirement.

use super::manifest::{Wanted, describe};
use super::repeated::Repeated;
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

/// What was read of a lockfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The packages that it locks, with their versions where they are known.
    pub packages: BTreeMap<String, BTreeSet<String>>,
    /// What it says that each member asks for: member, name. A member is a directory below the lockfile (empty for its
    /// own), or the package's name. `None` when the format does not repeat what manifests ask for.
    pub asked: Option<BTreeMap<String, BTreeMap<String, Vec<Asked>>>>,
    /// The same in a form in which one is looked up, where a name may be asked for any number of times.
    pub(super) repeated: Repeated,
    /// `name@requirement` of every package that asks, where the format does not say which one does.
    pub requests: BTreeSet<String>,
    /// Checksums by entry.
    pub checksums: BTreeMap<String, Pinned>,
    /// Requirements that it puts in the place of those in manifests, by name.
    pub overrides: BTreeMap<String, String>,
    /// Where each locked version comes from, by name; empty when the format or we do not tell.
    pub origins: BTreeMap<String, BTreeSet<(String, Origin)>>,
    /// The directories of members that are known by their names.
    pub places: BTreeMap<String, String>,
    /// The names under which members are known by their directories, where the format tells them.
    pub(super) names: BTreeMap<String, BTreeSet<String>>,
    /// Members that are only worked on and not built, where the format says it.
    pub(super) virtuals: BTreeSet<String>,
    /// The versions of the language that it is made for.
    pub(super) language: String,
    /// Whether it says that what users must bring is installed like dependencies.
    pub(super) installs_peers: bool,
}

/// What a lockfile repeats of a dependency in a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The section, where the format keeps them apart.
    pub section: String,
    /// Which versions.
    pub requirement: String,
    /// Optional parts, sorted.
    pub extras: String,
    /// The condition.
    pub marker: String,
    /// The git repository, as the module `source` writes it.
    pub source: String,
    /// Whether it comes from elsewhere than a registry, or is asked for elsewhere than among dependencies: then the format
    /// does not repeat a requirement.
    pub elsewhere: bool,
}

/// An entry with a checksum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pinned {
    /// Its version.
    pub version: String,
    /// What is patched, and the hash of the patch, when it is a patched package.
    pub patch: Option<(String, String)>,
    /// Its checksum.
    pub checksum: String,
}

/// Where a locked package comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A directory.
    Directory,
    /// A registry.
    Registry,
    /// A git repository, as the module `source` writes it.
    Git(String),
}

/// Whether a lockfile fits what a manifest asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It does, or nothing speaks against it.
    Fits,
    /// It does not know the package.
    Lacks,
    /// It knows it otherwise: the requirement or the version that it holds.
    Holds(String),
    /// It knows it in another section.
    Moved,
}

impl Lock {
    pub(super) fn add(&mut self, name: &str, version: &str) {
        let versions = self.packages.entry(name.to_owned()).or_default();
        if !version.is_empty() {
            versions.insert(version.to_owned());
        }
    }

    /// Notes that there is such a member, whatever it asks for.
    pub(super) fn know(&mut self, member: &str) {
        self.asked.get_or_insert_default().entry(member.to_owned()).or_default();
    }

    /// Notes a member's name.
    pub(super) fn call(&mut self, directory: &str, name: &str) {
        self.names.entry(directory.to_owned()).or_default().insert(name.to_owned());
    }

    pub(super) fn ask(&mut self, member: &str, name: &str, asked: Asked) {
        let members = self.asked.get_or_insert_default();
        members.entry(member.to_owned()).or_default().entry(name.to_owned()).or_default().push(asked);
    }

    pub(super) fn pin(&mut self, key: &str, version: &str, checksum: &str) {
        let pinned = Pinned { version: version.to_owned(), checksum: checksum.to_owned(), patch: None };
        self.checksums.insert(key.to_owned(), pinned);
    }

    /// What it says that a member asks for; `None` when it does not know the member.
    pub(super) fn asked_by(&self, member: &str) -> Option<&BTreeMap<String, Vec<Asked>>> {
        self.asked.as_ref()?.get(member)
    }

    /// What it says that a member asks for under a dependency's name: in its section where the lockfile has that, in
    /// whatever section otherwise. What users must bring and what is installed are never taken for each other.
    pub(super) fn asked_for(&self, member: &str, wanted: &Wanted) -> Vec<&Asked> {
        let all = self.asked_by(member).and_then(|asked| asked.get(&wanted.name)).map_or(&[][..], Vec::as_slice);
        let same: Vec<&Asked> = all.iter().filter(|asked| asked.section == wanted.section).collect();
        if !same.is_empty() {
            return same;
        }
        all.iter().filter(|asked| asked.section.is_empty() || asked.is_peer() == wanted.is_peer()).collect()
    }

    pub(super) fn versions(&self, name: &str) -> String {
        self.packages.get(name).map(|all| list_first(all.iter().cloned())).unwrap_or_default()
    }
}

impl Pinned {
    /// Whether it is the same package with another patch, which has another checksum.
    pub(super) fn is_patched_otherwise(&self, before: &Pinned) -> bool {
        match (&self.patch, &before.patch) {
            (Some((package, hash)), Some((old_package, old_hash))) => package == old_package && hash != old_hash,
            _ => false,
        }
    }
}

impl Asked {
    /// In a section, and nothing but a requirement.
    pub(super) fn plain(section: &str, requirement: &str) -> Self {
        Asked { section: section.to_owned(), requirement: requirement.to_owned(), ..Asked::default() }
    }

    fn is_peer(&self) -> bool {
        self.section == super::manifest::PEERS
    }
}

/// Of so many requirements or versions of one name people are told.
const MAX_HELD: usize = 10;

/// What a lockfile holds instead, for people.
pub(super) fn held<A: Borrow<Asked>>(all: &[A]) -> String {
    let all = all.iter().map(Borrow::borrow);
    list_first(all.map(|it| describe(&it.extras, &it.requirement, &it.marker, &it.source)))
}

/// The first of what is held, for people.
pub(super) fn list_first(mut texts: impl Iterator<Item = String>) -> String {
    let mut first: Vec<String> = texts.by_ref().take(MAX_HELD).collect();
    first.dedup();
    first.extend(texts.next().map(|_| "...".to_owned()));
    first.join(", ")
}

/// The package is locked, in whatever version.
pub(super) fn fits_by_name(lock: &Lock, _: &str, wanted: &Wanted) -> Fit {
    if wanted.local || lock.packages.contains_key(&wanted.name) { Fit::Fits } else { Fit::Lacks }
}

/// The lockfile repeats the requirement word for word.
pub(super) fn fits_exactly(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    let all = lock.asked_for(member, wanted);
    if all.is_empty() {
        Fit::Lacks
    } else if all.iter().any(|asked| asked.requirement == wanted.requirement) {
        Fit::Fits
    } else {
        Fit::Holds(held(&all))
    }
}

/// The lockfile repeats the requirement word for word, and in the section.
pub(super) fn fits_in_section(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    let Some(all) = lock.asked_by(member).and_then(|asked| asked.get(&wanted.name)) else { return Fit::Lacks };
    // Older formats do not tell sections apart.
    let is_same = |asked: &&Asked| asked.section.is_empty() || asked.section == wanted.section;
    let same: Vec<&Asked> = all.iter().filter(is_same).collect();
    if same.is_empty() {
        Fit::Moved
    } else if same.iter().any(|asked| asked.requirement == wanted.requirement) {
        Fit::Fits
    } else {
        Fit::Holds(held(&same))
    }
}

/// The parts of a requirement: two of the same parts say the same in other spaces and another order.
pub(super) fn parts_of(requirement: &str) -> BTreeSet<String> {
    let part = |part: &str| part.split_whitespace().collect::<String>();
    requirement.split(',').map(part).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::manifest::Manifest;
    use super::*;

    fn fit(lock: &Lock, section: &str, requirement: &str) -> Fit {
        let mut manifest = Manifest::default();
        manifest.want(section, "a", requirement);
        fits_exactly(lock, "", manifest.wanted.values().next().expect("one"))
    }

    #[test]
    fn sections_are_kept_apart() {
        let mut lock = Lock::default();
        lock.ask("", "a", Asked::plain("devDependencies", "^1.3.0"));
        lock.ask("", "a", Asked::plain("peerDependencies", ">=1"));
        assert_eq!(fit(&lock, "devDependencies", "^1.3.0"), Fit::Fits);
        assert_eq!(fit(&lock, "devDependencies", ">=1"), Fit::Holds("^1.3.0".to_owned()));
        assert_eq!(fit(&lock, "dependencies", "^1.3.0"), Fit::Fits);
        assert_eq!(fit(&lock, "peerDependencies", "^1.3.0"), Fit::Holds(">=1".to_owned()));
    }

    #[test]
    fn a_section_is_looked_into_alone() {
        let mut lock = Lock::default();
        lock.ask("", "a", Asked::plain("devDependencies", "^1"));
        lock.ask("", "old", Asked::plain("", "^1"));
        let fit = |section: &str, name: &str, requirement: &str| {
            let mut manifest = Manifest::default();
            manifest.want(section, name, requirement);
            fits_in_section(&lock, "", manifest.wanted.values().next().expect("one"))
        };
        assert_eq!(fit("devDependencies", "a", "^1"), Fit::Fits);
        assert_eq!(fit("devDependencies", "a", "^2"), Fit::Holds("^1".to_owned()));
        assert_eq!(fit("dependencies", "a", "^1"), Fit::Moved);
        assert_eq!(fit("dependencies", "b", "^1"), Fit::Lacks);
        assert_eq!(fit("dependencies", "old", "^1"), Fit::Fits);
    }

    #[test]
    fn what_users_must_bring_is_not_what_is_installed() {
        let mut lock = Lock::default();
        lock.ask("", "a", Asked::plain("peerDependencies", ">=1"));
        assert_eq!(fit(&lock, "devDependencies", ">=1"), Fit::Lacks);
    }
}
