//! What a manifest asks for, and what changed of it.

use std::collections::{BTreeMap, BTreeSet};

/// The section of what a user of a package must bring.
pub(super) const PEERS: &str = "peerDependencies";

/// The section of requirements that every member of a workspace may take over; none needs to.
pub(super) const SHARED: &str = "workspace.dependencies";

/// The dependency sections of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The package's own name, where others know it by that.
    pub name: Option<String>,
    /// Its own version, where the lockfile repeats it.
    pub version: Option<Version>,
    /// The version that members of its workspace may take over.
    pub shared_version: Option<String>,
    /// What it asks for, by section and the name that it writes.
    pub wanted: BTreeMap<(String, String), Wanted>,
    /// Names whose versions are decided elsewhere in the manifest (overrides, patches): their requirements say nothing.
    pub overridden: BTreeSet<String>,
    /// What else a hash of the manifest in a lockfile covers.
    pub settings: BTreeMap<String, String>,
}

/// A package's own version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// As it stands in the manifest.
    Own(String),
    /// That of the workspace.
    Inherited,
}

/// One dependency that a manifest asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The section, such as `devDependencies`.
    pub section: String,
    /// The name by which the lockfile knows it.
    pub name: String,
    /// The name as the manifest writes it.
    pub label: String,
    /// Which versions, as the manifest writes it; empty when it does not say, or says it elsewhere.
    pub requirement: String,
    /// Optional parts of it, sorted.
    pub extras: String,
    /// Under which condition.
    pub marker: String,
    /// Where it comes from, when it is no registry; and what else the manifest says of it.
    pub source: String,
    /// Whether it lies in the same repository or file system, where lockfiles differ in what they record.
    pub local: bool,
    /// Whether the manifest, which is a program, computes the requirement, so that only the name can be read.
    pub vague: bool,
    /// Whether the root of the workspace says all of it but the label.
    pub inherited: bool,
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
    pub(super) fn want(&mut self, section: &str, name: &str, requirement: &str) -> &mut Wanted {
        self.want_as(section, name, name, requirement)
    }

    pub(super) fn want_as(&mut self, section: &str, name: &str, label: &str, requirement: &str) -> &mut Wanted {
        let wanted = Wanted {
            section: section.to_owned(),
            name: name.to_owned(),
            label: label.to_owned(),
            requirement: requirement.trim().to_owned(),
            ..Wanted::default()
        };
        let place = self.wanted.entry((section.to_owned(), label.to_owned())).or_default();
        *place = wanted;
        place
    }

    /// Every name that it asks for; those that a user must bring apart.
    pub(super) fn names(&self) -> BTreeSet<(bool, &str)> {
        self.wanted.values().map(|wanted| (wanted.is_peer(), wanted.name.as_str())).collect()
    }

    /// The keys of what is new or asked for differently than in `before`.
    pub(super) fn added_since(&self, before: &Manifest) -> BTreeSet<(String, String)> {
        let new = self.wanted.iter().filter(|(key, wanted)| before.wanted.get(*key) != Some(wanted));
        new.map(|(key, _)| key.clone()).collect()
    }

    /// What was asked for `before` and is not any more: in whatever section, or in the same one where they are kept `apart`.
    pub(super) fn removed_since<'a>(&self, before: &'a Manifest, apart: bool) -> Vec<&'a Wanted> {
        if apart {
            let names: BTreeSet<_> = self.wanted.values().map(Wanted::place).collect();
            return before.wanted.values().filter(|wanted| !names.contains(&wanted.place())).collect();
        }
        let names = self.names();
        before.wanted.values().filter(|wanted| !names.contains(&(wanted.is_peer(), wanted.name.as_str()))).collect()
    }

    /// The names of the settings that differ.
    pub(super) fn settings_since<'a>(&'a self, before: &'a Manifest) -> BTreeSet<&'a str> {
        let all = self.settings.keys().chain(before.settings.keys()).map(String::as_str);
        all.filter(|name| self.settings.get(*name) != before.settings.get(*name)).collect()
    }

    /// The package's own version, when it stands in this manifest.
    pub(super) fn own_version(&self) -> Option<&str> {
        if let Some(Version::Own(version)) = &self.version { Some(version) } else { None }
    }
}

impl Wanted {
    /// Whether a user of the package must bring it.
    pub(super) fn is_peer(&self) -> bool {
        self.section == PEERS
    }

    /// Its section and name.
    pub(super) fn place(&self) -> (&str, &str) {
        (&self.section, &self.name)
    }

    /// Whether the whole workspace is bound by it rather than the package in whose manifest it stands.
    pub(super) fn is_of_workspace(&self) -> bool {
        self.section.starts_with("tool.uv.")
    }

    /// Whether members may take it over.
    pub(super) fn is_shared(&self) -> bool {
        self.section == SHARED
    }

    /// What it asks for besides the name, for people.
    pub(super) fn shown(&self) -> String {
        describe(&self.extras, &self.requirement, &self.marker, &self.source)
    }

    /// The same beside what the lockfile holds: where that is a requirement, it is the requirement that differs.
    pub(super) fn shown_beside(&self, held: &str) -> String {
        let is_requirement = held.starts_with(['~', '<', '>', '=', '!']) && !self.requirement.is_empty();
        let source = if is_requirement { "" } else { &self.source };
        describe(&self.extras, &self.requirement, &self.marker, source)
    }
}

/// Everything but the name of a dependency: the source where there is one, for it decides; the requirement otherwise.
pub(super) fn describe(extras: &str, requirement: &str, marker: &str, source: &str) -> String {
    if !source.is_empty() {
        return source.to_owned();
    }
    let extras = if extras.is_empty() { String::new() } else { format!("[{extras}]") };
    let marker = if marker.is_empty() { String::new() } else { format!("; {marker}") };
    format!("{extras}{requirement}{marker}")
}

impl Members {
    /// Whether a directory belongs, by its path below the manifest.
    pub fn contain(&self, directory: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, directory));
        any(&self.include) && !any(&self.exclude)
    }

    /// Directories where a package of that name may lie, going by the patterns alone: at most four.
    pub(super) fn places(&self, name: &str) -> Vec<String> {
        let last = name.rsplit('/').next().unwrap_or(name);
        let by_pattern = self.include.iter().filter_map(|pattern| {
            let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
            match pattern.strip_suffix('*') {
                Some(above) if !above.contains(['*', '?', '[', '{']) => Some(format!("{above}{last}")),
                _ => (pattern.rsplit('/').next() == Some(last)).then(|| pattern.to_owned()),
            }
        });
        by_pattern.filter(|path| !path.contains("..")).take(4).collect()
    }

    /// Whether a directory is expressly left out, as Cargo reads it: all below a path that is excluded, unless it is
    /// below one that is a member.
    pub(super) fn leave_out(&self, directory: &str) -> bool {
        let below = |path: &String| {
            let path = path.trim_start_matches("./").trim_end_matches('/');
            directory.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.exclude.iter().any(below) && !self.include.iter().any(below)
    }
}

fn matches(pattern: &str, directory: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
    let glob = globset::GlobBuilder::new(pattern).literal_separator(true).empty_alternates(true).build();
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
        assert_eq!(members.places("@shop/tools"), ["packages/tools", "tools"]);
        assert!(members.leave_out("packages/old/a") && !members.leave_out("packages/older"));
    }
}
