//! `go.mod` and `go.sum`.

use super::lock::{Fit, Lock};
use super::manifest::{Manifest, Wanted};

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let mut manifest = Manifest::default();
    let mut block = String::new();
    let mut has_module = false;
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
        let words: Vec<&str> = words.map(|word| word.trim_matches(['"', '`'])).collect();
        match (verb, words.as_slice()) {
            ("module", _) => has_module = true,
            ("require", [module, version, ..]) => manifest.want("require", module, version, false),
            ("replace", [module, ..]) => {
                manifest.overridden.insert((*module).to_owned());
            }
            _ => {}
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
        lock.checksums.insert(format!("{module} {version}"), (version.to_owned(), sum.to_owned()));
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
            "module x\n\ngo 1.22\n\nrequire a.b/c v1.0.0\nrequire (\n\td.e/f v2.0.0 // indirect\n)\nreplace g.h/i => ../i\n",
        )
        .expect("reads");
        let names: Vec<&str> = manifest.wanted.values().map(|wanted| wanted.name.as_str()).collect();
        assert_eq!(names, ["a.b/c", "d.e/f"]);
        assert!(manifest.overridden.contains("g.h/i"));
        let lock =
            read_lock("a.b/c v0.9.0 h1:x=\na.b/c v0.9.0/go.mod h1:y=\nd.e/f v2.0.0/go.mod h1:z=\n").expect("reads");
        let wanted: Vec<Fit> = manifest.wanted.values().map(|wanted| fits(&lock, "", wanted)).collect();
        assert_eq!(wanted, [Fit::Holds("other versions".to_owned()), Fit::Fits]);
        assert_eq!(read_lock("broken\n"), None);
    }
}
