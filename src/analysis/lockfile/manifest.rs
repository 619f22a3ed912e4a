//! What a manifest asks for, and what changed of it.

use std::collections::{BTreeMap, BTreeSet};

/// The dependency sections of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The package's own name, where the lockfile knows members by it.
    pub name: Option<String>,
    /// What it asks for, by section and the name that it writes.
    pub wanted: BTreeMap<(String, String), Wanted>,
    /// Names whose versions are decided elsewhere in the manifest (overrides, replacements): their requirements say nothing.
    pub overridden: BTreeSet<String>,
}

/// One dependency that a manifest asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The section, such as `devDependencies`.
    pub section: String,
    /// The name by which the lockfile knows it.
    pub name: String,
    /// The name as the manifest writes it.
    pub label: String,
    /// Which versions, as the manifest writes it; empty when it does not say, or says it elsewhere.
    pub requirement: String,
    /// Whether it lies in the same repository or file system, where lockfiles differ in what they record.
    pub local: bool,
}

/// Which directories below a manifest belong to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Patterns of directories.
    pub include: Vec<String>,
    /// Patterns of directories that do not, all the same.
    pub exclude: Vec<String>,
}

impl Manifest {
    /// Adds a dependency whose name is written as the lockfile knows it.
    pub(super) fn want(&mut self, section: &str, name: &str, requirement: &str, local: bool) {
        self.want_as(section, name, name, requirement, local);
    }

    pub(super) fn want_as(&mut self, section: &str, name: &str, label: &str, requirement: &str, local: bool) {
        let wanted = Wanted {
            section: section.to_owned(),
            name: name.to_owned(),
            label: label.to_owned(),
            requirement: requirement.trim().to_owned(),
            local,
        };
        self.wanted.insert((section.to_owned(), label.to_owned()), wanted);
    }

    /// Whether any section asks for it.
    pub(super) fn asks_for(&self, name: &str) -> bool {
        self.wanted.values().any(|wanted| wanted.name == name)
    }

    /// What is new or asked for differently than in `before`.
    pub(super) fn added_since<'a>(&'a self, before: &'a Manifest) -> impl Iterator<Item = &'a Wanted> {
        self.wanted.iter().filter(|(key, wanted)| before.wanted.get(*key) != Some(wanted)).map(|(_, wanted)| wanted)
    }

    /// What was asked for `before` and is not any more, in whatever section.
    pub(super) fn removed_since<'a>(&'a self, before: &'a Manifest) -> impl Iterator<Item = &'a Wanted> {
        before.wanted.values().filter(|wanted| !self.asks_for(&wanted.name))
    }
}

impl Members {
    /// Whether a directory belongs, by its path below the manifest.
    pub fn contain(&self, directory: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, directory));
        any(&self.include) && !any(&self.exclude)
    }
}

fn matches(pattern: &str, directory: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
    let glob = globset::GlobBuilder::new(pattern).literal_separator(true).build();
    glob.is_ok_and(|glob| glob.compile_matcher().is_match(directory))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_directories() {
        let members = Members {
            include: vec!["packages/*".to_owned(), "./tools/".to_owned()],
            exclude: vec!["packages/old".to_owned()],
        };
        assert!(members.contain("packages/a") && members.contain("tools"));
        assert!(!members.contain("packages/a/b") && !members.contain("packages/old") && !members.contain("examples/a"));
    }
}
