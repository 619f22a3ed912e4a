//! `Cargo.toml` and `Cargo.lock`.

use super::lock::{Asked, Fit, Lock, Origin, list_first};
use super::manifest::{Manifest, Members, SHARED, Version, Wanted};
use super::source;
use std::collections::BTreeSet;
use toml::{Table, Value};

const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let table: Table = toml::from_str(text).ok()?;
    let package = table.get("package").and_then(Value::as_table);
    let workspace = table.get("workspace").and_then(Value::as_table);
    let text_of = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let version = package.and_then(|package| package.get("version"));
    let mut manifest = Manifest {
        name: text_of(package.and_then(|package| package.get("name"))),
        version: match version {
            Some(Value::String(version)) => Some(Version::Own(version.clone())),
            Some(value) if is_inherited(value) => Some(Version::Inherited),
            _ => None,
        },
        shared_version: text_of(workspace.and_then(|it| it.get("package")).and_then(|it| it.get("version"))),
        ..Manifest::default()
    };
    for section in SECTIONS {
        read_section(&mut manifest, section, table.get(section));
        for (target, inner) in table.get("target").and_then(Value::as_table).into_iter().flatten() {
            read_section(&mut manifest, &format!("target.{target}.{section}"), inner.get(section));
        }
    }
    read_section(&mut manifest, SHARED, workspace.and_then(|workspace| workspace.get("dependencies")));
    let patches =
        table.get("patch").and_then(Value::as_table).into_iter().flatten().filter_map(|(_, it)| it.as_table());
    for (label, value) in patches.flatten() {
        let name = value.get("package").and_then(Value::as_str).unwrap_or(label);
        manifest.overridden.insert(name.to_owned());
    }
    Some(manifest)
}

fn is_inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

fn read_section(manifest: &mut Manifest, section: &str, table: Option<&Value>) {
    for (label, value) in table.and_then(Value::as_table).into_iter().flatten() {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let requirement = value.as_str().or_else(|| text("version")).unwrap_or_default();
        let wanted = manifest.want_as(section, text("package").unwrap_or(label), label, requirement);
        wanted.inherited = is_inherited(value);
        if let Some(path) = text("path") {
            wanted.local = true;
            wanted.source = format!("path {path}");
        } else if let Some(url) = text("git") {
            let reference = ["rev", "tag", "branch"].iter().find_map(|kind| Some((*kind, text(kind)?)));
            wanted.source = source::git(url, reference);
        }
    }
}

/// Puts what the root of the workspace says in the place of `workspace = true`. What the root does not say is left out.
pub(super) fn inherit(manifest: &mut Manifest, root: &Manifest) {
    let shared = |label: &str| root.wanted.get(&(SHARED.to_owned(), label.to_owned()));
    manifest.wanted.retain(|_, wanted| !wanted.inherited || shared(&wanted.label).is_some());
    for wanted in manifest.wanted.values_mut().filter(|wanted| wanted.inherited) {
        if let Some(shared) = shared(&wanted.label) {
            *wanted = Wanted { section: wanted.section.clone(), inherited: true, ..shared.clone() };
        }
    }
    manifest.overridden.extend(root.overridden.iter().cloned());
    if manifest.version == Some(Version::Inherited) {
        manifest.version = root.shared_version.clone().map(Version::Own);
    }
}

pub(super) fn read_members(text: &str) -> Option<Members> {
    let table: Table = toml::from_str(text).ok()?;
    let workspace = table.get("workspace")?;
    let list = |name: &str| -> Vec<String> {
        let items = workspace.get(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Some(Members { include: list("members"), exclude: list("exclude") })
}

/// Where the root of a workspace lets suppose that a package lies: `Cargo.lock` knows packages by name only.
pub(super) fn places(root: &str, name: &str) -> Vec<String> {
    let (Some(manifest), Some(members)) = (read_manifest(root), read_members(root)) else { return Vec::new() };
    let by_path = manifest.wanted.values().filter(|wanted| wanted.name == name && wanted.local);
    let by_path = by_path.filter_map(|wanted| wanted.source.strip_prefix("path ")).map(str::to_owned);
    let tidy = |path: String| path.trim_start_matches("./").trim_end_matches('/').to_owned();
    let by_path = by_path.map(tidy).filter(|path| !path.contains(".."));
    let all: BTreeSet<String> = by_path.take(4).chain(members.places(name)).collect();
    all.into_iter().collect()
}

pub(super) fn read_lock(text: &str) -> Option<Lock> {
    let table: Table = toml::from_str(text).ok()?;
    let mut lock = Lock { asked: Some(std::collections::BTreeMap::new()), ..Lock::default() };
    for package in table.get("package").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| package.get(name).and_then(Value::as_str).unwrap_or_default();
        let (name, version) = (text("name"), text("version"));
        lock.add(name, version);
        let origin = match text("source") {
            "" => Origin::Directory,
            address if address.starts_with("git+") => Origin::Git(source::read_git(address)),
            _ => Origin::Registry,
        };
        let own = origin == Origin::Directory;
        lock.origins.entry(name.to_owned()).or_default().insert((version.to_owned(), origin));
        if !text("checksum").is_empty() {
            lock.pin(&format!("{name} {version}"), version, text("checksum"));
        }
        if !own {
            continue;
        }
        lock.know(name);
        for dependency in package.get("dependencies").and_then(Value::as_array).into_iter().flatten() {
            // `serde`, or `serde 1.0.200` where there are several.
            let dependency = dependency.as_str().unwrap_or_default().split(' ').next().unwrap_or_default();
            lock.ask(name, dependency, Asked::default());
        }
    }
    Some(lock)
}

/// Versions of one package that a requirement is held against; nobody locks so many.
const MAX_VERSIONS: usize = 500;

pub(super) fn fits(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    let shared = wanted.is_shared();
    let asked = || lock.asked_by(member).is_some_and(|asked| asked.contains_key(&wanted.name));
    let known = lock.origins.get(&wanted.name).filter(|_| shared || asked());
    let Some(known) = known else {
        // Perhaps nobody uses what is shared.
        return if shared { Fit::Fits } else { Fit::Lacks };
    };
    let known = || known.iter().take(MAX_VERSIONS);
    let requirement = semver::VersionReq::parse(&wanted.requirement).ok();
    let in_range = |version: &str| match (&requirement, semver::Version::parse(version)) {
        (Some(requirement), Ok(version)) => requirement.matches(&version),
        _ => true,
    };
    let fits = known().any(|(version, origin)| match origin {
        Origin::Git(address) => *address == wanted.source,
        Origin::Directory if wanted.local => true,
        // What is patched by a configuration outside the manifest lies in a directory too.
        Origin::Directory | Origin::Registry => wanted.source.is_empty() && in_range(version),
    });
    // Somebody else may ask for the same name from elsewhere.
    let comparable = known().any(|(_, origin)| match origin {
        Origin::Git(address) => source::repository(address) == source::repository(&wanted.source),
        Origin::Directory | Origin::Registry => wanted.source.is_empty(),
    });
    if fits || (shared && !comparable) {
        return Fit::Fits;
    }
    Fit::Holds(list_first(known().map(|(version, origin)| match origin {
        Origin::Git(address) => address.clone(),
        Origin::Directory | Origin::Registry => version.clone(),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n[[package]]\nname = \"serde\"\nversion = \"1.0.200\"\nsource = \"registry+x\"\nchecksum = \"ab\"\n\
        [[package]]\nname = \"near\"\nversion = \"0.1.0\"\n\
        [[package]]\nname = \"forked\"\nversion = \"1.0.0\"\nsource = \"git+https://x/forked?rev=aa#aabb\"\n\
        [[package]]\nname = \"mine\"\nversion = \"0.1.0\"\ndependencies = [\"forked\", \"near\", \"serde 1.0.200\"]\n";

    fn fit(manifest: &str, label: &str) -> Fit {
        let manifest = read_manifest(&format!("[package]\nname = \"mine\"\n{manifest}")).expect("reads");
        let wanted = manifest.wanted.values().find(|wanted| wanted.label == label).expect(label);
        fits(&read_lock(LOCK).expect("reads"), "mine", wanted)
    }

    #[test]
    fn a_version_that_still_fits_needs_no_change() {
        let manifest = "[dependencies]\nserde = \"1.0.150\"\nold = { package = \"serde\", version = \"2\" }\n\
             [target.'cfg(unix)'.dev-dependencies]\nlibc = \"0.2\"\n[workspace.dependencies]\nunused = \"1\"\n";
        assert_eq!((fit(manifest, "unused"), fit(manifest, "serde")), (Fit::Fits, Fit::Fits));
        assert_eq!(fit(manifest, "libc"), Fit::Lacks);
        assert_eq!(fit(manifest, "old"), Fit::Holds("1.0.200".to_owned()));
        assert_eq!(read_lock(LOCK).expect("reads").checksums.len(), 1);
    }

    #[test]
    fn where_it_comes_from_is_compared() {
        let held = || Fit::Holds("https://x/forked?rev=aa".to_owned());
        for (wanted, expected) in [
            ("forked = { git = \"https://x/forked.git\", rev = \"aa\" }", Fit::Fits),
            ("forked = { git = \"https://x/forked\", rev = \"bb\" }", held()),
            ("forked = { git = \"https://x/forked\" }", held()),
            ("forked = \"1\"", held()),
            ("serde = { git = \"https://x/serde\" }", Fit::Holds("1.0.200".to_owned())),
            ("serde = { path = \"../serde\" }", Fit::Holds("1.0.200".to_owned())),
            ("near = { path = \"near\", version = \"0.1\" }", Fit::Fits),
            ("near = \"0.1\"", Fit::Fits),
        ] {
            let label = wanted.split(' ').next().expect("a word");
            assert_eq!(fit(&format!("[dependencies]\n{wanted}\n"), label), expected, "{wanted}");
            if expected == held() && wanted.contains("git") {
                assert_eq!(fit(&format!("[workspace.dependencies]\n{wanted}\n"), label), expected, "{wanted}");
            } else {
                assert_eq!(fit(&format!("[workspace.dependencies]\n{wanted}\n"), label), Fit::Fits, "{wanted}");
            }
        }
    }

    #[test]
    fn members_take_over_what_the_root_says() {
        let root = read_manifest(
            "[workspace.package]\nversion = \"2.0.0\"\n[workspace.dependencies]\nbench = { package = \"fork-bench\", version = \"1\" }\n\
             [patch.crates-io]\nx = { package = \"y\", path = \"y\" }\n",
        );
        let mut member = read_manifest(
            "[package]\nname = \"a\"\nversion.workspace = true\n[dependencies]\nbench.workspace = true\nlost = { workspace = true }\n",
        )
        .expect("reads");
        inherit(&mut member, &root.expect("reads"));
        let names: Vec<_> = member.wanted.values().map(|it| (it.section.as_str(), it.name.as_str())).collect();
        assert_eq!(names, [("dependencies", "fork-bench")]);
        assert_eq!((member.own_version(), member.overridden.contains("y")), (Some("2.0.0"), true));
    }

    #[test]
    fn members_are_read() {
        let root = "[workspace]\nmembers = [\"crates/*\", \"./tools/a\"]\nexclude = [\"crates/old\"]\n\
            [workspace.dependencies]\nb = { path = \"libs/b\" }\n";
        let members = read_members(root).expect("reads");
        assert!(members.contain("crates/a") && !members.contain("crates/old"));
        assert_eq!(places(root, "a"), ["crates/a", "tools/a"]);
        assert_eq!(places(root, "b"), ["crates/b", "libs/b"]);
    }
}
