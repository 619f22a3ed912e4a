//! `pyproject.toml` and `Pipfile`.

use super::manifest::{Manifest, Members, Version};
use super::pep508::{join_extras, normalize, plain_version, split};
use super::source;
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// Where uv takes a package from, instead of an index.
enum Source {
    /// A git repository.
    Git(String),
    /// A directory, a file or another address; several, by condition.
    Local,
}

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let table: Table = toml::from_str(text).ok()?;
    let mut manifest = Manifest::default();
    let project = table.get("project");
    let tool = |name: &str| table.get("tool").and_then(|tool| tool.get(name));
    let (uv, poetry, pdm) = (tool("uv"), tool("poetry"), tool("pdm"));
    let name = project.and_then(|project| project.get("name")).or_else(|| poetry?.get("name"));
    manifest.name = name.and_then(Value::as_str).map(normalize);
    let version = project.and_then(|project| project.get("version")).and_then(Value::as_str);
    manifest.version = version.and_then(plain_version).map(Version::Own);

    let mut list = |section: &str, list: Option<&Value>| read_list(&mut manifest, section, list);
    let member = |holder: Option<&Value>, name: &str| holder.and_then(|holder| holder.get(name)).cloned();
    list("dependencies", member(project, "dependencies").as_ref());
    for (group, value) in entries(member(project, "optional-dependencies").as_ref()) {
        list(&format!("optional-dependencies.{}", normalize(group)), Some(value));
    }
    let groups = table.get("dependency-groups");
    for (group, _) in entries(groups) {
        list(&format!("dependency-groups.{}", normalize(group)), Some(&all_of_group(groups, group)));
    }
    list("dependency-groups.dev", member(uv, "dev-dependencies").as_ref());
    for name in UV_LISTS {
        list(&format!("tool.uv.{name}"), member(uv, name).as_ref());
    }
    for (group, value) in entries(member(pdm, "dev-dependencies").as_ref()) {
        list(&format!("tool.pdm.{group}"), Some(value));
    }

    let poetry_table = member(poetry, "dependencies");
    read_table(&mut manifest, "tool.poetry.dependencies", poetry_table.as_ref());
    read_table(&mut manifest, "tool.poetry.dev-dependencies", member(poetry, "dev-dependencies").as_ref());
    for (group, inner) in entries(member(poetry, "group").as_ref()) {
        read_table(&mut manifest, &format!("tool.poetry.group.{group}"), inner.get("dependencies"));
    }
    let mut set = |name: &str, value: Option<&Value>| {
        manifest.settings.extend(value.map(|value| (name.to_owned(), value.to_string())));
    };
    set("requires-python", project.and_then(|project| project.get("requires-python")));
    set("python", poetry_table.as_ref().and_then(|table| table.get("python")));
    if is_built(&table) {
        set("build-system", Some(&Value::Boolean(true)));
    }
    for name in ["extras", "source"] {
        set(&format!("tool.poetry.{name}"), poetry.and_then(|poetry| poetry.get(name)));
    }
    for name in ["source", "resolution"] {
        set(&format!("tool.pdm.{name}"), pdm.and_then(|pdm| pdm.get(name)));
    }
    for (group, inner) in entries(member(poetry, "group").as_ref()) {
        let mut inner = inner.clone();
        let Some(table) = inner.as_table_mut() else { continue };
        table.remove("dependencies");
        if !table.is_empty() {
            set(&format!("tool.poetry.group.{group}"), Some(&inner));
        }
    }
    apply_sources(&mut manifest, &read_sources(uv));
    Some(manifest)
}

/// Lists of uv that bind the versions of the whole workspace.
const UV_LISTS: [&str; 3] = ["constraint-dependencies", "override-dependencies", "build-constraint-dependencies"];

/// Whether uv builds the package, and does not only install what it asks for.
fn is_built(table: &Table) -> bool {
    let set = table.get("tool").and_then(|tool| tool.get("uv")?.get("package")).and_then(Value::as_bool);
    set.unwrap_or(table.contains_key("build-system"))
}

/// Requirements of one group with those of the groups that it includes are no more.
const MAX_OF_GROUP: usize = 2_000;

/// What a group asks for, with what it takes from others.
fn all_of_group(groups: Option<&Value>, group: &str) -> Value {
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![normalize(group)];
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let items = entries(groups).filter(|(group, _)| normalize(group) == name).filter_map(|(_, it)| it.as_array());
        for item in items.flatten().take(MAX_OF_GROUP.saturating_sub(all.len())) {
            match item.get("include-group").and_then(Value::as_str) {
                Some(included) => open.push(normalize(included)),
                None => all.push(item.clone()),
            }
        }
    }
    Value::Array(all)
}

fn entries(table: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    table.and_then(Value::as_table).into_iter().flatten()
}

/// A list of requirement strings; groups may include others by a table, which is no requirement.
fn read_list(manifest: &mut Manifest, section: &str, list: Option<&Value>) {
    for text in list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        let Some(read) = split(text) else { continue };
        // A package may be named several times, for several environments.
        let known = manifest.wanted.remove_entry(&(section.to_owned(), read.label.clone()));
        let wanted = manifest.want_as(section, &read.name, &read.label, &read.versions);
        wanted.local = read.versions.starts_with('@');
        wanted.extras = read.extras;
        wanted.marker = read.marker;
        if let Some(((_, label), first)) = known {
            let another = wanted.clone();
            manifest.wanted.insert((section.to_owned(), format!("{label} {}", another.shown())), another);
            manifest.wanted.insert((section.to_owned(), label), first);
        }
    }
}

/// A table of names with versions, as Poetry and Pipenv write it.
fn read_table(manifest: &mut Manifest, section: &str, table: Option<&Value>) {
    for (label, value) in entries(table).filter(|(label, _)| label.as_str() != "python") {
        let version = value.as_str().or_else(|| value.get("version").and_then(Value::as_str)).unwrap_or_default();
        let wanted = manifest.want_as(section, &normalize(label), label, version);
        wanted.local = ["path", "git", "url", "file"].iter().any(|word| value.get(word).is_some());
        match value {
            Value::String(_) => {}
            Value::Table(fields) => {
                let mut rest: Vec<String> = fields
                    .iter()
                    .filter(|(field, _)| field.as_str() != "version")
                    .map(|(field, value)| format!("{field} = {value}"))
                    .collect();
                rest.sort();
                wanted.source = rest.join(", ");
            }
            other => wanted.source = other.to_string(),
        }
    }
}

fn read_sources(uv: Option<&Value>) -> BTreeMap<String, Source> {
    let mut sources = BTreeMap::new();
    for (name, value) in entries(uv.and_then(|uv| uv.get("sources"))) {
        let text = |field: &str| value.get(field).and_then(Value::as_str);
        let reference = ["rev", "tag", "branch"].iter().find_map(|kind| Some((*kind, text(kind)?)));
        // Where a condition is not met, it comes from an index.
        let conditional = ["marker", "extra", "group"].iter().any(|condition| text(condition).is_some());
        let source = match text("git") {
            _ if conditional => Source::Local,
            Some(url) => Source::Git(source::git(url, reference)),
            None if text("index").is_some() => continue,
            None => Source::Local,
        };
        sources.insert(normalize(name), source);
    }
    sources
}

/// A source is where it comes from, whatever the requirement says.
fn apply_sources(manifest: &mut Manifest, sources: &BTreeMap<String, Source>) {
    for wanted in manifest.wanted.values_mut().filter(|wanted| wanted.source.is_empty()) {
        match sources.get(&wanted.name) {
            Some(Source::Git(address)) => wanted.source.clone_from(address),
            Some(Source::Local) => wanted.local = true,
            None => {}
        }
    }
}

pub(super) fn read_members(text: &str) -> Option<Members> {
    let table: Table = toml::from_str(text).ok()?;
    let workspace = table.get("tool")?.get("uv")?.get("workspace")?;
    let list = |name: &str| -> Vec<String> {
        let items = workspace.get(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Some(Members { include: list("members"), exclude: list("exclude") })
}

pub(super) fn read_pipfile(text: &str) -> Option<Manifest> {
    let table: Table = toml::from_str(text).ok()?;
    let mut manifest = Manifest::default();
    for (section, value) in &table {
        match section.as_str() {
            "source" | "requires" => {
                manifest.settings.insert(section.clone(), value.to_string());
            }
            "scripts" | "pipenv" => {}
            _ => read_table(&mut manifest, section, Some(value)),
        }
    }
    Some(manifest)
}

/// The optional parts that a lockfile lists.
pub(super) fn extras_of(value: &Value) -> String {
    let listed = value.get("extras").or_else(|| value.get("extra")).and_then(Value::as_array).into_iter().flatten();
    join_extras(listed.filter_map(Value::as_str))
}

#[cfg(test)]
mod tests {
    use super::super::manifest::Wanted;
    use super::*;

    #[test]
    fn every_table_of_a_pyproject_is_read() {
        let text = "[project]\nname = \"My_App\"\nversion = \"1\"\ndependencies = [\"Flask>=3\", \"x==1; sys_platform=='a'\", \"x==2\"]\n\
            [project.optional-dependencies]\ndocs = [\"sphinx\"]\n[dependency-groups]\ndev = [\"pytest\", {include-group = \"x\"}]\n\
            [tool.poetry.group.test.dependencies]\nhypothesis = { version = \"^6\" }\n[tool.poetry.dependencies]\npython = \"^3\"\n";
        let read = read_manifest(text).expect("reads");
        assert_eq!(read.name.as_deref(), Some("my-app"));
        let names: Vec<&str> = read.wanted.values().map(|wanted| wanted.name.as_str()).collect();
        assert_eq!(names, ["flask", "x", "x", "pytest", "sphinx", "hypothesis"]);
        assert_eq!(read.settings.into_iter().collect::<Vec<_>>(), [("python".to_owned(), "\"^3\"".to_owned())]);
    }

    #[test]
    fn groups_take_from_groups() {
        let text = "[dependency-groups]\nDev = [\"a\", { include-group = \"all\" }]\nall = [\"b\", { include-group = \"dev\" }]\n";
        let read = read_manifest(text).expect("reads");
        let all: Vec<_> = read.wanted.values().map(Wanted::place).collect();
        let expected = [("all", "a"), ("all", "b"), ("dev", "a"), ("dev", "b")];
        assert_eq!(
            all,
            expected
                .map(|(group, name)| (format!("dependency-groups.{group}"), name))
                .iter()
                .map(|(group, name)| (group.as_str(), *name))
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_else_is_said_of_a_dependency_counts() {
        let poetry = |value: &str| {
            let text = format!("[tool.poetry.dependencies]\npython = \"^3\"\nx = {value}\n");
            read_manifest(&text).expect("reads").wanted
        };
        assert_ne!(poetry("\"^1\""), poetry("{ version = \"^1\", extras = [\"a\"] }"));
        assert_ne!(poetry("{ git = \"g\", rev = \"a\" }"), poetry("{ git = \"g\", rev = \"b\" }"));
        assert_eq!(poetry("{ git = \"g\", rev = \"a\" }"), poetry("{ rev = \"a\", git = \"g\" }"));
        assert_eq!(poetry("\"^1\""), poetry("{ version = \"^1\" }"));
    }

    #[test]
    fn sources_say_where_packages_come_from() {
        let text = "[project]\nname = \"a\"\ndependencies = [\"near\", \"forked>=1\", \"mirrored\", \"some\", \"other\"]\n[tool.uv.sources]\n\
            near = { workspace = true }\nforked = { git = \"https://x/forked\", tag = \"v1\" }\nmirrored = { index = \"i\" }\n\
            some = { git = \"https://x/some\", marker = \"sys_platform == 'darwin'\" }\nother = { index = \"i\", extra = \"cpu\" }\n";
        let read = read_manifest(text).expect("reads");
        let all: Vec<_> = read.wanted.values().map(|it| (it.name.as_str(), it.local, it.source.as_str())).collect();
        let expected = [
            ("forked", false, "https://x/forked?tag=v1"),
            ("mirrored", false, ""),
            ("near", true, ""),
            ("other", true, ""),
            ("some", true, ""),
        ];
        assert_eq!(all, expected);
    }
}
