//! `uv.lock`, `poetry.lock`, `pdm.lock` and `Pipfile.lock`.

use super::jsonc;
use super::lock::{Asked, Fit, Lock, Origin, held};
use super::manifest::{Manifest, Wanted};
use super::pep508::{is_about_python, normalize, versions_in_one_form};
use super::python::extras_of;
use super::source;
use std::collections::BTreeMap;
use toml::{Table, Value};

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
    let mut lock = Lock { asked: Some(BTreeMap::new()), ..Lock::default() };
    let python = table.get("requires-python").and_then(Value::as_str).unwrap_or_default();
    lock.language = versions_in_one_form(python);
    for (field, section) in UV_LISTS {
        for wanted in list(table.get("manifest").and_then(|manifest| manifest.get(field))) {
            ask(&mut lock, "", wanted, format!("tool.uv.{section}"));
        }
    }
    for package in table.get("package").and_then(Value::as_array).into_iter().flatten() {
        let name = normalize(text_of(package, "name"));
        lock.add(&name, text_of(package, "version"));
        let source = package.get("source");
        let directory = ["editable", "virtual", "directory"].iter().find_map(|kind| source?.get(kind)?.as_str());
        let Some(directory) = directory else { continue };
        // A version that is computed is not repeated.
        if let Some(version) = package.get("version").and_then(Value::as_str) {
            lock.origins.entry(name.clone()).or_default().insert((version.to_owned(), Origin::Directory));
        }
        if !directory.contains("..") {
            let directory = if directory == "." { "" } else { directory };
            lock.places.insert(name.clone(), directory.to_owned());
        }
        lock.know(&name);
        if source.is_some_and(|source| source.get("virtual").is_some()) {
            lock.virtuals.insert(name.clone());
        }
        let metadata = package.get("metadata");
        for wanted in list(metadata.and_then(|metadata| metadata.get("requires-dist"))) {
            let section = match extra_of(text_of(wanted, "marker")) {
                Some(extra) => format!("optional-dependencies.{}", normalize(extra)),
                None => "dependencies".to_owned(),
            };
            ask(&mut lock, &name, wanted, section);
        }
        let groups = metadata.and_then(|metadata| metadata.get("requires-dev")).and_then(Value::as_table);
        for (group, wanted) in
            groups.into_iter().flatten().flat_map(|(group, all)| list(Some(all)).map(move |it| (group, it)))
        {
            let section = format!("dependency-groups.{}", normalize(group));
            ask(&mut lock, &name, wanted, section);
        }
    }
    let all = lock.asked.iter_mut().flatten().flat_map(|(_, asked)| asked.values_mut());
    all.for_each(|asked| asked.sort_by(|one, other| one.section.cmp(&other.section)));
    Some(lock)
}

/// Lists that bind the whole workspace, by the names that the lockfile gives them.
const UV_LISTS: [(&str, &str); 3] = [
    ("constraints", "constraint-dependencies"),
    ("overrides", "override-dependencies"),
    ("build-constraints", "build-constraint-dependencies"),
];

fn ask(lock: &mut Lock, member: &str, wanted: &Value, section: String) {
    let (name, asked) = (normalize(text_of(wanted, "name")), read_asked(wanted, section));
    lock.repeated.add(member, &name, &asked);
    lock.ask(member, &name, asked);
}

fn text_of<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn read_asked(wanted: &Value, section: String) -> Asked {
    let git = text_of(wanted, "git");
    let elsewhere = ["git", "editable", "virtual", "directory", "path", "url"];
    Asked {
        section,
        requirement: text_of(wanted, "specifier").to_owned(),
        extras: extras_of(wanted),
        marker: text_of(wanted, "marker").to_owned(),
        source: if git.is_empty() { String::new() } else { source::read_git(git) },
        elsewhere: elsewhere.iter().any(|word| wanted.get(word).is_some()),
    }
}

/// `extra == 'docs'`, alone or with other conditions.
fn extra_of(marker: &str) -> Option<&str> {
    marker.split_once("extra == '")?.1.split('\'').next()
}

pub(super) fn fits_uv(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    let member = if wanted.is_of_workspace() { "" } else { member };
    let all = lock.asked_by(member).and_then(|asked| asked.get(&wanted.name)).map_or(&[][..], Vec::as_slice);
    // By section.
    let begin = all.partition_point(|asked| asked.section < wanted.section);
    let end = all.partition_point(|asked| asked.section <= wanted.section);
    let all = match (all.is_empty(), begin < end) {
        (true, _) => return Fit::Lacks,
        // What a condition names as an extra, uv lists there.
        (false, false) if !wanted.marker.contains("extra") => return Fit::Moved,
        (false, false) => all,
        (false, true) => &all[begin..end],
    };
    let section = (begin < end).then_some(wanted.section.as_str());
    let fits =
        wanted.local || lock.repeated.has(member, section, wanted, is_about_python(&wanted.marker, &lock.language));
    if fits { Fit::Fits } else { Fit::Holds(held(all)) }
}

/// The settings that `uv.lock` has as they were before. What it has otherwise is not compared: uv made it of all members.
pub(super) fn behind_uv(lock: &Lock, member: &str, before: &Manifest, after: &Manifest) -> Vec<&'static str> {
    let python = |manifest: &Manifest| {
        let text = manifest.settings.get("requires-python")?;
        Some(versions_in_one_form(text.trim_matches(['"', '\''])))
    };
    let is_built = |manifest: &Manifest| manifest.settings.contains_key("build-system");
    let mut behind = Vec::new();
    if let (Some(old), Some(new)) = (python(before), python(after))
        && old != new
        && lock.language == old
        // Of several members the narrowest counts.
        && (lock.places.len() < 2 || least_python(&new) > least_python(&old))
    {
        behind.push("requires-python");
    }
    let known = lock.asked_by(member).is_some();
    if known && is_built(before) != is_built(after) && lock.virtuals.contains(member) != is_built(before) {
        behind.push("build-system");
    }
    behind
}

/// The numbers of a requirement that is nothing but a least version.
fn least_python(requirement: &str) -> Option<Vec<u64>> {
    requirement.strip_prefix(">=")?.split('.').map(|part| part.parse().ok()).collect()
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
    use super::super::python::{read_manifest, read_pipfile};
    use super::*;

    const UV: &str = "version = 1\n[[package]]\nname = \"my-app\"\nversion = \"1\"\nsource = { virtual = \"apps/mine\" }\n[package.metadata]\n\
        requires-dist = [{ name = \"flask\", specifier = \">=3,<4\" }, { name = \"uvicorn\", extras = [\"standard\"], specifier = \">=0.3\" },\n\
        { name = \"x\", specifier = \"==1\", marker = \"sys_platform == 'linux'\" }, { name = \"x\", specifier = \"==2\" },\n\
        { name = \"sphinx\", specifier = \">=7\", marker = \"extra == 'docs'\" }, { name = \"forked\", git = \"https://x/forked?rev=aa\" },\n\
        { name = \"near\", editable = \"libs/near\" }]\n\
        [package.metadata.requires-dev]\ndev = [{ name = \"pytest\" }, { name = \"flask\", specifier = \"==3\" }]\n";

    fn fit(section: &str, requirement: &str, sources: &str) -> Fit {
        let text =
            format!("[project]\nname = \"my-app\"\n{section} = [\"{requirement}\"]\n[tool.uv.sources]\n{sources}\n");
        let manifest = read_manifest(&text).expect("reads");
        fits_uv(&read_uv(UV).expect("reads"), "my-app", manifest.wanted.values().next().expect("one"))
    }

    #[test]
    fn uv_repeats_requirements() {
        let held = |text: &str| Fit::Holds(text.to_owned());
        for (requirement, expected) in [
            ("flask<4, >=3", Fit::Fits),
            ("flask>=4", held(">=3,<4")),
            ("flask==3", held(">=3,<4")),
            // In a group, where `uv lock --check` does not take it for a dependency.
            ("pytest", Fit::Moved),
            ("lacking", Fit::Lacks),
            ("uvicorn[standard]>=0.3", Fit::Fits),
            ("uvicorn>=0.3", held("[standard]>=0.3")),
            ("x==1; sys_platform == 'linux'", Fit::Fits),
            ("x==2", Fit::Fits),
            ("x==2; sys_platform == 'linux'", held("==1; sys_platform == 'linux', ==2")),
            ("near>=1", Fit::Fits),
            ("forked>=1", Fit::Fits),
        ] {
            assert_eq!(fit("dependencies", requirement, ""), expected, "{requirement}");
        }
        assert_eq!(fit("optional-dependencies.docs", "sphinx>=7", ""), Fit::Fits);
        assert_eq!(read_uv(UV).expect("reads").places["my-app"], "apps/mine");
    }

    #[test]
    fn uv_repeats_sources() {
        let git = |rev: &str| format!("forked = {{ git = \"https://x/forked\", rev = \"{rev}\" }}");
        assert_eq!(fit("dependencies", "forked", &git("aa")), Fit::Fits);
        assert_eq!(fit("dependencies", "forked", &git("bb")), Fit::Holds("https://x/forked?rev=aa".to_owned()));
        assert_eq!(fit("dependencies", "new", "new = { git = \"https://x/new\" }"), Fit::Lacks);
        assert_eq!(fit("dependencies", "new", "new = { workspace = true }"), Fit::Lacks);
    }

    #[test]
    fn requirements_are_found_in_their_section() {
        assert_eq!(fit("dependencies", "sphinx>=7", ""), Fit::Moved);
        assert_eq!(fit("dependencies", "sphinx>=7; extra == 'docs'", ""), Fit::Fits);
        assert_eq!(
            fit("dependencies", "sphinx>=8; extra == 'docs'", ""),
            Fit::Holds(">=7; extra == 'docs'".to_owned())
        );
        assert_eq!(fit("dependencies", "flask==3", ""), Fit::Holds(">=3,<4".to_owned()));
        assert_eq!(fit("dependencies", "x==1; sys_platform == 'darwin'", ""), fit("dependencies", "x==3", ""));
    }

    #[test]
    fn what_uv_repeats_besides_dependencies_is_compared() {
        let text = "requires-python = \">=3.9\"\n[manifest]\nconstraints = [{ name = \"six\", specifier = \"<2\" }]\n\
            [[package]]\nname = \"a\"\nsource = { virtual = \".\" }\n[package.metadata]\n\
            requires-dist = [{ name = \"six\", marker = \"python_full_version < '3.12'\" }, { name = \"x\" }]\n";
        let lock = read_uv(text).expect("reads");
        let manifest = |text: &str| read_manifest(&format!("[project]\nname = \"a\"\n{text}\n")).expect("reads");
        let behind = |before: &str, after: &str| behind_uv(&lock, "a", &manifest(before), &manifest(after));
        let python = |version: &str| format!("requires-python = \"{version}\"");
        assert_eq!(behind(&python(">=3.9"), &python(">=3.10")), ["requires-python"]);
        assert_eq!(behind(&python(">=3.9"), &python(">= 3.9.0")), [""; 0]);
        assert_eq!(behind(&python(">=3.8"), &python(">=3.10")), [""; 0]);
        let system = "[build-system]\nrequires = []";
        assert_eq!((behind("", system), behind(system, "")), (vec!["build-system"], vec![]));
        assert_eq!(behind("", &format!("{system}\n[tool.uv]\npackage = false")), [""; 0]);
        for (text, expected) in [
            ("dependencies = [\"six; python_version < '3.12'\"]", true),
            ("dependencies = [\"six\"]", false),
            ("dependencies = [\"x; python_version < '3.12'\"]", false),
            ("dependencies = [\"x; python_version >= '3.8'\"]", true),
            ("dependencies = [\"x\"]", true),
            ("[tool.uv]\nconstraint-dependencies = [\"six<2.0\"]", true),
            ("[tool.uv]\nconstraint-dependencies = [\"six<3\"]", false),
            ("[tool.uv]\noverride-dependencies = [\"six<2\"]", false),
        ] {
            let manifest = manifest(text);
            let fit = fits_uv(&lock, "a", manifest.wanted.values().next().expect("one"));
            assert_eq!(fit == Fit::Fits, expected, "{text} {fit:?}");
        }
    }

    /// Quadratic work on this would take minutes.
    #[test]
    fn a_name_that_stands_there_many_times_is_looked_up() {
        let list = |entry: &dyn Fn(usize) -> String| (0..5_000).map(entry).collect::<Vec<_>>().join(",\n");
        let asked =
            list(&|at| format!("{{ name = \"x\", specifier = \"=={at}\", marker = \"sys_platform == 'a{at}'\" }}"));
        let lock = format!(
            "[[package]]\nname = \"a\"\nsource = {{ virtual = \".\" }}\n[package.metadata]\nrequires-dist = [{asked}]\n"
        );
        let lock = read_uv(&lock).expect("reads");
        for (platform, expected) in [("a", 5_000), ("b", 0)] {
            let wanted = list(&|at| format!("\"x=={at}; sys_platform == '{platform}{at}'\""));
            let manifest =
                read_manifest(&format!("[project]\nname = \"a\"\ndependencies = [{wanted}]\n")).expect("reads");
            let fitting = manifest.wanted.values().filter(|wanted| fits_uv(&lock, "a", wanted) == Fit::Fits).count();
            assert_eq!((manifest.wanted.len(), fitting), (5_000, expected));
        }
    }

    #[test]
    fn pipenv_is_read() {
        let manifest =
            read_pipfile("[packages]\nrequests = \"*\"\n[requires]\npython_version = \"3\"\n").expect("reads");
        assert_eq!((manifest.wanted.len(), manifest.settings.len()), (1, 1));
        let lock =
            read_pipfile_lock("{\"_meta\": {}, \"default\": {\"requests\": {\"version\": \"==2\"}}}").expect("reads");
        assert_eq!(fits_by_name(&lock, "", manifest.wanted.values().next().expect("one")), Fit::Fits);
    }
}
