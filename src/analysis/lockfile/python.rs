//! `pyproject.toml` and `Pipfile`; `uv.lock`, `poetry.lock`, `pdm.lock` and `Pipfile.lock`.

use super::jsonc;
use super::lock::{Fit, Lock, fits_loosely};
use super::manifest::{Manifest, Members, Wanted};
use super::pep508::{normalize, split};
use toml::{Table, Value};

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let table: Table = toml::from_str(text).ok()?;
    let mut manifest = Manifest::default();
    let project = table.get("project");
    let tool = |name: &str| table.get("tool").and_then(|tool| tool.get(name));
    let name = project.and_then(|project| project.get("name")).or_else(|| tool("poetry")?.get("name"));
    manifest.name = name.and_then(Value::as_str).map(normalize);

    read_list(&mut manifest, "dependencies", project.and_then(|project| project.get("dependencies")));
    let groups = |holder: Option<&Value>, name: &str| holder.and_then(|holder| holder.get(name)).cloned();
    for (group, list) in entries(groups(project, "optional-dependencies").as_ref()) {
        read_list(&mut manifest, &format!("optional-dependencies.{group}"), Some(list));
    }
    for (group, list) in entries(table.get("dependency-groups")) {
        read_list(&mut manifest, &format!("dependency-groups.{group}"), Some(list));
    }
    read_list(&mut manifest, "tool.uv.dev-dependencies", tool("uv").and_then(|uv| uv.get("dev-dependencies")));
    for (group, list) in entries(groups(tool("pdm"), "dev-dependencies").as_ref()) {
        read_list(&mut manifest, &format!("tool.pdm.{group}"), Some(list));
    }
    read_table(&mut manifest, "tool.poetry.dependencies", groups(tool("poetry"), "dependencies").as_ref());
    read_table(&mut manifest, "tool.poetry.dev-dependencies", groups(tool("poetry"), "dev-dependencies").as_ref());
    for (group, inner) in entries(groups(tool("poetry"), "group").as_ref()) {
        read_table(&mut manifest, &format!("tool.poetry.group.{group}"), inner.get("dependencies"));
    }
    // A source is where it comes from, whatever the requirement says.
    for (name, _) in entries(tool("uv").and_then(|uv| uv.get("sources"))) {
        manifest.overridden.insert(normalize(name));
    }
    Some(manifest)
}

fn entries(table: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    table.and_then(Value::as_table).into_iter().flatten()
}

/// A list of requirement strings; groups may include others by a table, which is no requirement.
fn read_list(manifest: &mut Manifest, section: &str, list: Option<&Value>) {
    for text in list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if let Some((name, label, versions)) = split(text) {
            // A package may be named several times, for several environments.
            let section = match manifest.wanted.contains_key(&(section.to_owned(), label.clone())) {
                true => format!("{section} {versions}"),
                false => section.to_owned(),
            };
            let local = versions.starts_with('@');
            manifest.want_as(&section, &name, &label, &versions, local);
        }
    }
}

/// A table of names with versions, as Poetry and Pipenv write it.
fn read_table(manifest: &mut Manifest, section: &str, table: Option<&Value>) {
    for (label, value) in entries(table).filter(|(label, _)| label.as_str() != "python") {
        let version = value.as_str().or_else(|| value.get("version").and_then(Value::as_str)).unwrap_or_default();
        let local = ["path", "git", "url", "file"].iter().any(|word| value.get(word).is_some());
        manifest.want_as(section, &normalize(label), label, version, local);
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
        if !matches!(section.as_str(), "source" | "requires" | "scripts" | "pipenv") {
            read_table(&mut manifest, section, Some(value));
        }
    }
    Some(manifest)
}

/// `poetry.lock` and `pdm.lock`.
pub(super) fn read_packages(text: &str) -> Option<Lock> {
    let table: Table = toml::from_str(text).ok()?;
    let mut lock = Lock::default();
    for package in table.get("package").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| package.get(name).and_then(Value::as_str).unwrap_or_default();
        lock.add(&normalize(text("name")), text("version"));
    }
    Some(lock)
}

pub(super) fn read_uv(text: &str) -> Option<Lock> {
    let table: Table = toml::from_str(text).ok()?;
    let mut lock = Lock { asked: Some(std::collections::BTreeMap::new()), ..Lock::default() };
    for package in table.get("package").and_then(Value::as_array).into_iter().flatten() {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = normalize(&text(package, "name"));
        lock.add(&name, &text(package, "version"));
        let source = package.get("source");
        if !["editable", "virtual", "directory"].iter().any(|kind| source.is_some_and(|s| s.get(kind).is_some())) {
            continue;
        }
        lock.asked.get_or_insert_default().entry(name.clone()).or_default();
        let metadata = package.get("metadata");
        let mut lists = vec![metadata.and_then(|metadata| metadata.get("requires-dist"))];
        lists.extend(entries(metadata.and_then(|m| m.get("requires-dev"))).map(|(_, list)| Some(list)));
        for wanted in lists.into_iter().flatten().filter_map(Value::as_array).flatten() {
            let asked = lock.asked.get_or_insert_default().entry(name.clone()).or_default();
            let specifier = text(wanted, "specifier");
            // Of several requirements for one name all count.
            let entry = asked.entry(normalize(&text(wanted, "name"))).or_default();
            *entry = if entry.is_empty() { specifier } else { format!("{entry},{specifier}") };
        }
    }
    Some(lock)
}

pub(super) fn fits_uv(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    match fits_loosely(lock, member, wanted) {
        // Several sections may ask for one name; then the lock's text holds each of them.
        Fit::Holds(held) if wanted.requirement.split(',').all(|part| contains(&held, part)) => Fit::Fits,
        fit => fit,
    }
}

fn contains(held: &str, part: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    held.split(',').any(|held| plain(held) == plain(part))
}

pub(super) fn read_pipfile_lock(text: &str) -> Option<Lock> {
    let json = jsonc::parse(text)?;
    let mut lock = Lock::default();
    for (_, packages) in json.as_object()?.iter().filter(|(section, _)| section.as_str() != "_meta") {
        for (name, entry) in packages.as_object().into_iter().flatten() {
            lock.add(&normalize(name), entry.get("version").and_then(serde_json::Value::as_str).unwrap_or_default());
        }
    }
    Some(lock)
}

#[cfg(test)]
mod tests {
    use super::super::lock::fits_by_name;
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
    }

    #[test]
    fn uv_repeats_requirements() {
        let text = "version = 1\n[[package]]\nname = \"my-app\"\nversion = \"1\"\nsource = { virtual = \".\" }\n[package.metadata]\n\
            requires-dist = [{ name = \"flask\", specifier = \">=3,<4\" }]\n[package.metadata.requires-dev]\ndev = [{ name = \"pytest\" }]\n";
        let lock = read_uv(text).expect("reads");
        let want = |name: &str, requirement: &str| {
            let mut manifest = Manifest::default();
            manifest.want("dependencies", name, requirement, false);
            fits_uv(&lock, "my-app", manifest.wanted.values().next().expect("one"))
        };
        assert_eq!(want("flask", "<4, >=3"), Fit::Fits);
        assert_eq!(want("flask", ">=4"), Fit::Holds(">=3,<4".to_owned()));
        assert_eq!(want("pytest", ""), Fit::Fits);
        assert_eq!(want("x", ""), Fit::Lacks);
    }

    #[test]
    fn pipenv_is_read() {
        let manifest =
            read_pipfile("[packages]\nrequests = \"*\"\n[requires]\npython_version = \"3\"\n").expect("reads");
        assert_eq!(manifest.wanted.len(), 1);
        let lock =
            read_pipfile_lock("{\"_meta\": {}, \"default\": {\"requests\": {\"version\": \"==2\"}}}").expect("reads");
        assert_eq!(fits_by_name(&lock, "", manifest.wanted.values().next().expect("one")), Fit::Fits);
    }
}
