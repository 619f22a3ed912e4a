//! What a lockfile holds, and whether it fits a requirement.

use super::manifest::Wanted;
use std::collections::{BTreeMap, BTreeSet};

/// What was read of a lockfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The packages that it locks, with their versions where they are known.
    pub packages: BTreeMap<String, BTreeSet<String>>,
    /// What it says that each member asks for: member, name, requirement. A member is a directory below the lockfile
    /// (empty for its own), or the package's name. `None` when the format does not repeat what manifests ask for.
    pub asked: Option<BTreeMap<String, BTreeMap<String, String>>>,
    /// Checksums by entry: its version and its checksum.
    pub checksums: BTreeMap<String, (String, String)>,
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
}

impl Lock {
    pub(super) fn add(&mut self, name: &str, version: &str) {
        let versions = self.packages.entry(name.to_owned()).or_default();
        if !version.is_empty() {
            versions.insert(version.to_owned());
        }
    }

    pub(super) fn ask(&mut self, member: &str, name: &str, requirement: &str) {
        let asked = self.asked.get_or_insert_default();
        asked.entry(member.to_owned()).or_default().insert(name.to_owned(), requirement.to_owned());
    }

    /// What it says that a member asks for; `None` when it does not know the member.
    pub(super) fn asked_by(&self, member: &str) -> Option<&BTreeMap<String, String>> {
        self.asked.as_ref()?.get(member)
    }

    pub(super) fn versions(&self, name: &str) -> String {
        self.packages.get(name).map(|all| all.iter().cloned().collect::<Vec<_>>().join(", ")).unwrap_or_default()
    }
}

/// The package is locked, in whatever version.
pub(super) fn fits_by_name(lock: &Lock, _: &str, wanted: &Wanted) -> Fit {
    if wanted.local || lock.packages.contains_key(&wanted.name) { Fit::Fits } else { Fit::Lacks }
}

/// The lockfile repeats the requirement word for word.
pub(super) fn fits_exactly(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    match lock.asked_by(member).and_then(|asked| asked.get(&wanted.name)) {
        None => Fit::Lacks,
        Some(requirement) if *requirement == wanted.requirement => Fit::Fits,
        Some(requirement) => Fit::Holds(requirement.clone()),
    }
}

/// The lockfile repeats the requirement, in other spaces and another order.
pub(super) fn fits_loosely(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    let parts = |text: &str| -> BTreeSet<String> {
        let part = |part: &str| part.split_whitespace().collect::<String>();
        text.split(',').map(part).filter(|part| !part.is_empty()).collect()
    };
    match lock.asked_by(member).and_then(|asked| asked.get(&wanted.name)) {
        None => Fit::Lacks,
        Some(requirement) if wanted.local || parts(requirement) == parts(&wanted.requirement) => Fit::Fits,
        Some(requirement) => Fit::Holds(requirement.clone()),
    }
}
