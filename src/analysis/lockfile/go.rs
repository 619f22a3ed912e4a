//! `go.mod` and `go.sum`.

use super::lock::{Fit, Lock};
use super::manifest::{Manifest, Wanted};
use std::collections::BTreeMap;

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let mut block = String::new();
    let mut has_module = false;
    let (mut required, mut replaced) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        if line == ")" {
            block.clear();
            continue;
        }
        let mut words = line.split_whitespace();
        let verb = if block.is_empty() { words.next().unwrap_or_default() } else { block.as_str() };
        if line.ends_with('(') {
            block = verb.to_owned();
            continue;
        }
        let words: Vec<String> = words.map(|word| word.trim_matches(['"', '`']).to_owned()).collect();
        match verb {
            "module" => has_module = true,
            "require" if words.len() >= 2 => required.push((words[0].clone(), words[1].clone())),
            "replace" => replaced.push(words),
            _ => {}
        }
    }
    let replacements: BTreeMap<&str, Vec<&[String]>> = replaced.iter().fold(BTreeMap::new(), |mut all, words| {
        if let Some(module) = words.first() {
            all.entry(module.as_str()).or_default().push(words.as_slice());
        }
        all
    });
    let mut manifest = Manifest::default();
    for (module, version) in &required {
        // `a => b v1`, or `a v1 => b v1` for one version alone; the module itself then needs no sum.
        let of_this = |words: &&&[String]| words.get(1).is_some_and(|word| word == "=>" || word == version);
        let all = replacements.get(module.as_str()).map_or(&[][..], Vec::as_slice);
        match all.iter().find(of_this) {
            None => {
                manifest.want("require", module, version);
            }
            Some(words) => {
                let target = words.split(|word| word == "=>").nth(1).unwrap_or_default();
                if let [other, version] = target {
                    manifest.want("replace", other, version);
                }
            }
        }
    }
    has_module.then_some(manifest)
}

pub(super) fn read_lock(text: &str) -> Option<Lock> {
    let mut lock = Lock::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let (Some(module), Some(version), Some(sum)) = (words.next(), words.next(), words.next()) else { return None };
        lock.add(module, version.trim_end_matches("/go.mod"));
        lock.pin(&format!("{module} {version}"), version, sum);
    }
    Some(lock)
}

pub(super) fn fits(lock: &Lock, _: &str, wanted: &Wanted) -> Fit {
    match lock.packages.get(&wanted.name) {
        None => Fit::Lacks,
        Some(versions) if versions.contains(&wanted.requirement) => Fit::Fits,
        // Older modules leave many sums behind; the newest would mislead.
        Some(_) => Fit::Holds("other versions".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_need_a_sum() {
        let manifest = read_manifest(
            "module x\n\ngo 1.22\n\nrequire a.b/c v1.0.0\nrequire (\n\td.e/f v2.0.0 // indirect\n)\n\
             require g.h/i v1.0.0\nreplace g.h/i => ../i\nrequire j.k/l v1.0.0\nreplace (\n\tj.k/l v1.0.0 => m.n/o v1.2.0\n\td.e/f v1.9.0 => x.y/z v1.0.0\n)\n",
        )
        .expect("reads");
        let names: Vec<&str> = manifest.wanted.values().map(|wanted| wanted.name.as_str()).collect();
        assert_eq!(names, ["m.n/o", "a.b/c", "d.e/f"]);
        let lock =
            read_lock("a.b/c v0.9.0 h1:x=\na.b/c v0.9.0/go.mod h1:y=\nd.e/f v2.0.0/go.mod h1:z=\n").expect("reads");
        let wanted: Vec<Fit> = manifest.wanted.values().map(|wanted| fits(&lock, "", wanted)).collect();
        assert_eq!(wanted, [Fit::Lacks, Fit::Holds("other versions".to_owned()), Fit::Fits]);
        assert_eq!(read_lock("broken\n"), None);
    }
}
