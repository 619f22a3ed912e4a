//! `Cargo.toml` and `Cargo.lock`.

use super::lock::{Fit, Lock};
use super::manifest::{Manifest, Members, Wanted};
use semver::{Version, VersionReq};
use toml::{Table, Value};

const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Requirements that every member may share; a package need not use them.
const SHARED: &str = "workspace.dependencies";

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let table: Table = toml::from_str(text).ok()?;
    let package = table.get("package").and_then(Value::as_table);
    let mut manifest = Manifest {
        name: package.and_then(|package| package.get("name")).and_then(Value::as_str).map(str::to_owned),
        ..Manifest::default()
    };
    for section in SECTIONS {
        read_section(&mut manifest, section, table.get(section));
        for (target, inner) in table.get("target").and_then(Value::as_table).into_iter().flatten() {
            read_section(&mut manifest, &format!("target.{target}.{section}"), inner.get(section));
        }
    }
    read_section(&mut manifest, SHARED, table.get("workspace").and_then(|workspace| workspace.get("dependencies")));
    let patches =
        table.get("patch").and_then(Value::as_table).into_iter().flatten().filter_map(|(_, it)| it.as_table());
    for name in patches.flat_map(Table::keys) {
        manifest.overridden.insert(name.clone());
    }
    Some(manifest)
}

fn read_section(manifest: &mut Manifest, section: &str, table: Option<&Value>) {
    for (label, value) in table.and_then(Value::as_table).into_iter().flatten() {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let requirement = value.as_str().or_else(|| text("version")).unwrap_or_default();
        let name = text("package").unwrap_or(label);
        let local = ["path", "git"].iter().any(|word| value.get(word).is_some());
        manifest.want_as(section, name, label, requirement, local);
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

pub(super) fn read_lock(text: &str) -> Option<Lock> {
    let table: Table = toml::from_str(text).ok()?;
    let mut lock = Lock { asked: Some(std::collections::BTreeMap::new()), ..Lock::default() };
    for package in table.get("package").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| package.get(name).and_then(Value::as_str).unwrap_or_default();
        let (name, version) = (text("name"), text("version"));
        lock.add(name, version);
        if !text("checksum").is_empty() {
            lock.checksums.insert(format!("{name} {version}"), (version.to_owned(), text("checksum").to_owned()));
        }
        if !text("source").is_empty() {
            continue;
        }
        lock.asked.get_or_insert_default().entry(name.to_owned()).or_default();
        for dependency in package.get("dependencies").and_then(Value::as_array).into_iter().flatten() {
            // `serde`, or `serde 1.0.200` where there are several.
            let dependency = dependency.as_str().unwrap_or_default().split(' ').next().unwrap_or_default();
            lock.ask(name, dependency, "");
        }
    }
    Some(lock)
}

pub(super) fn fits(lock: &Lock, member: &str, wanted: &Wanted) -> Fit {
    let versions = lock.packages.get(&wanted.name);
    if wanted.section == SHARED {
        // Perhaps nobody uses it.
        let Some(_) = versions else { return Fit::Fits };
    } else {
        let asked = lock.asked_by(member).is_some_and(|asked| asked.contains_key(&wanted.name));
        if !asked {
            return Fit::Lacks;
        }
    }
    let Some(versions) = versions else { return Fit::Lacks };
    if wanted.local || wanted.requirement.is_empty() {
        return Fit::Fits;
    }
    let Ok(requirement) = VersionReq::parse(&wanted.requirement) else { return Fit::Fits };
    let fits = |version: &String| Version::parse(version).map_or(true, |version| requirement.matches(&version));
    if versions.iter().any(fits) { Fit::Fits } else { Fit::Holds(lock.versions(&wanted.name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n[[package]]\nname = \"serde\"\nversion = \"1.0.200\"\nsource = \"registry+x\"\nchecksum = \"ab\"\n\
        [[package]]\nname = \"mine\"\nversion = \"0.1.0\"\ndependencies = [\"serde 1.0.200\"]\n";

    #[test]
    fn a_version_that_still_fits_needs_no_change() {
        let manifest = read_manifest(
            "[package]\nname = \"mine\"\n[dependencies]\nserde = \"1.0.150\"\nold = { package = \"serde\", version = \"2\" }\n\
             [target.'cfg(unix)'.dev-dependencies]\nlibc = \"0.2\"\n[workspace.dependencies]\nunused = \"1\"\n",
        )
        .expect("reads");
        let lock = read_lock(LOCK).expect("reads");
        let fit = |label: &str| {
            let wanted = manifest.wanted.values().find(|wanted| wanted.label == label).expect(label);
            fits(&lock, manifest.name.as_deref().expect("a name"), wanted)
        };
        assert_eq!(fit("unused"), Fit::Fits);
        assert_eq!(fit("libc"), Fit::Lacks);
        assert_eq!(fit("old"), Fit::Holds("1.0.200".to_owned()));
        assert_eq!(lock.checksums.len(), 1);
    }

    #[test]
    fn members_are_read() {
        let members =
            read_members("[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/old\"]\n").expect("reads");
        assert!(members.contain("crates/a") && !members.contain("crates/old"));
    }
}
