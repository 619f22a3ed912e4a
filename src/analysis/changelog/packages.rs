//! The packages that a changeset may name: `changeset version` fails at any other name.

use super::names::folders_for;
use super::source::Asked;
use crate::analysis::lockfile::{Members, read_node_members, read_pnpm_members};
use crate::model::Side;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A workspace of more patterns is not read.
const MAX_PATTERNS: usize = 500;

/// Names of packages by their directories; the root's is empty.
pub(super) struct Packages(BTreeMap<String, String>);

impl Packages {
    /// The packages above these files, in a repository with changesets.
    pub(super) fn read<'f>(asked: &mut Asked<'_>, files: impl IntoIterator<Item = &'f str>) -> Self {
        let root = asked.names("");
        let mut at_root = |name: &str| {
            let is_there = root.iter().any(|other| other == name);
            is_there.then(|| asked.read(Side::Right, name)).flatten()
        };
        let workspace = at_root("package.json").and_then(read_node_members);
        let workspace = at_root("pnpm-workspace.yaml").and_then(read_pnpm_members).or(workspace);
        let settings = asked.read(Side::Right, ".changeset/config.json");
        let settings: Json = settings.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let mut packages = BTreeMap::new();
        for folder in folders_for(files) {
            let names = asked.names(folder);
            // What may be needed is asked for along with the settings that say whether it is.
            let may_be = asked.pending || is_member(workspace.as_ref(), folder);
            if !may_be || !names.iter().any(|name| name == "package.json") {
                continue;
            }
            let path = if folder.is_empty() { "package.json".to_owned() } else { format!("{folder}/package.json") };
            let Some(manifest) = asked.read(Side::Right, &path).and_then(|text| serde_json::from_str(text).ok()) else {
                continue;
            };
            if let Some(name) = versioned_name(&manifest, &settings) {
                packages.insert(folder.to_owned(), name);
            }
        }
        Packages(packages)
    }

    /// The names of the packages that lie next above the files.
    pub(super) fn names_of<'f>(&self, files: impl IntoIterator<Item = &'f str>) -> Vec<String> {
        let mut names: Vec<String> = files.into_iter().filter_map(|file| self.nearest(file)).collect();
        names.sort();
        names.dedup();
        names
    }

    fn nearest(&self, file: &str) -> Option<String> {
        let mut folder = file;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if let Some(name) = self.0.get(above) {
                return Some(name.clone());
            }
            folder = above;
        }
        self.0.get("").cloned()
    }
}

/// The root of a workspace is no package of it, unless it says so.
fn is_member(workspace: Option<&Members>, folder: &str) -> bool {
    let Some(members) = workspace else { return folder.is_empty() };
    if members.include.len() + members.exclude.len() > MAX_PATTERNS {
        return false;
    }
    if folder.is_empty() {
        return members.include.iter().any(|pattern| pattern.trim_end_matches('/') == ".");
    }
    members.contain(folder)
}

/// The package's name, when changesets give it versions.
fn versioned_name(manifest: &Json, settings: &Json) -> Option<String> {
    let name = manifest["name"].as_str().filter(|name| !name.is_empty())?;
    let private = manifest["private"] == true;
    let passes = &settings["privatePackages"];
    if private && (manifest["version"].is_null() || *passes == false || passes["version"] == false) {
        return None;
    }
    let ignored = settings["ignore"].as_array().into_iter().flatten().filter_map(Json::as_str).take(MAX_PATTERNS);
    let ignored = Members { include: ignored.map(str::to_owned).collect(), exclude: Vec::new() };
    (!ignored.contain(name)).then(|| name.to_owned())
}
