//! Several ways to write one file's path in one report: of the machine, of a container, from a package's directory.

use super::resolve::{Fit, Resolution};
use super::roots::Parts;
use super::tree::Tree;
use crate::model::RepoPath;
use std::collections::{BTreeSet, HashMap};

/// Leaves to each file the paths of one report that may spell it; the others fit none.
pub(super) fn drop_copies(settled: &mut [(Resolution, Fit)], paths: &[&Parts], tree: &Tree) {
    let mut of_file: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, (resolution, _)) in settled.iter().enumerate() {
        if let Resolution::Found(at) = resolution {
            of_file.entry(*at).or_default().push(index);
        }
    }
    for (at, claimants) in of_file {
        let claim = |index: &usize| Claim { path: paths[*index], file: tree.path(at), fit: settled[*index].1 };
        let claims: Vec<Claim<'_>> = claimants.iter().map(claim).collect();
        for (index, is_other) in claimants.iter().zip(other_files(&claims)) {
            if is_other {
                settled[*index].0 = Resolution::Unknown;
            }
        }
    }
}

/// A path of a report, and the file that was found for it.
struct Claim<'a> {
    path: &'a Parts,
    file: &'a RepoPath,
    fit: Fit,
}

/// Which of the claims on one file do not mean it. A copy below the root of another path (`dist/src/a.js` beside
/// `src/a.js`) is a file of its own, and a name alone is not believed against any other path; all else is one file in
/// several spellings.
fn other_files(claims: &[Claim<'_>]) -> Vec<bool> {
    let mut is_other = vec![false; claims.len()];
    let mut roots: Vec<(bool, String, usize)> = Vec::with_capacity(claims.len());
    let mut distinct: BTreeSet<(bool, String)> = BTreeSet::new();
    for (index, claim) in claims.iter().enumerate() {
        let whole = claim.path.parts.join("/");
        let whole = if claim.path.windows { whole.to_lowercase() } else { whole };
        distinct.insert((claim.path.absolute, whole));
        roots.push((claim.path.absolute, claim.root(), index));
    }
    roots.sort_unstable();
    // A root stands right before those below it, so that the ones around are a stack.
    let mut around: Vec<&(bool, String, usize)> = Vec::new();
    for root in &roots {
        let holds = |outer: &&(bool, String, usize)| outer.0 == root.0 && root.1.starts_with(&outer.1);
        while around.pop_if(|outer| !holds(&&**outer)).is_some() {}
        is_other[root.2] = around.last().is_some_and(|outer| outer.1 != root.1);
        // Everything absolute is below `/`, which says nothing.
        if !(is_other[root.2] || root.0 && root.1.is_empty()) {
            around.push(root);
        }
    }
    for (claim, is_other) in claims.iter().zip(&mut is_other) {
        *is_other |= claim.fit == Fit::Partial && claim.shared() < 2 && distinct.len() > 1;
        *is_other &= claim.fit != Fit::Exact;
    }
    is_other
}

impl Claim<'_> {
    /// How many parts at the end the path has in common with the file's.
    fn shared(&self) -> usize {
        let same = |(ours, theirs): &(&String, &str)| {
            *ours == theirs || self.path.windows && ours.to_lowercase() == theirs.to_lowercase()
        };
        self.path.parts.iter().rev().zip(self.file.as_str().rsplit('/')).take_while(same).count()
    }

    /// What stands before that, each part followed by `/`.
    fn root(&self) -> String {
        let before = &self.path.parts[..self.path.parts.len() - self.shared()];
        let root: String = before.iter().flat_map(|part| [part.as_str(), "/"]).collect();
        if self.path.windows { root.to_lowercase() } else { root }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Places, resolve_paths};
    use super::*;

    #[track_caller]
    fn check(tree: &[&str], paths: &[(&str, &str)]) {
        let tree = Tree::new(tree.iter().map(|path| RepoPath::new(path)));
        let asked: Vec<&str> = paths.iter().map(|(path, _)| *path).collect();
        let found = resolve_paths(&tree, &Places::default(), &asked, None);
        let shown = |files: &Vec<&RepoPath>| files.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(" ");
        let expected: Vec<String> = paths.iter().map(|(_, file)| (*file).to_owned()).collect();
        assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn machines_containers_and_packages_spell_one_file() {
        let tree = ["src/a.py", "packages/web/src/b.ts"];
        check(&tree, &[("/home/runner/work/shop/shop/src/a.py", "src/a.py"), ("src/a.py", "src/a.py")]);
        check(
            &tree,
            &[("file:///home/runner/work/shop/shop/src/a.py", "src/a.py"), ("/github/workspace/src/a.py", "src/a.py")],
        );
        let web = "packages/web/src/b.ts";
        check(&tree, &[("src/b.ts", web), (web, web), ("/w/packages/web/src/b.ts", web), ("/app/src/b.ts", web)]);
        check(&tree, &[("C:\\s\\src\\a.py", "src/a.py"), ("src\\a.py", "src/a.py"), ("./src/a.py", "src/a.py")]);
        let java = "app/src/test/java/com/acme/FooTest.java";
        check(&[java], &[("FooTest.java", java), ("com/acme/FooTest.java", java)]);
    }

    #[test]
    fn a_copy_below_the_same_root_is_another_file() {
        check(&["src/a.js"], &[("dist/src/a.js", ""), ("src/a.js", "src/a.js")]);
        check(&["src/a.js"], &[("/w/shop/dist/src/a.js", ""), ("/w/shop/src/a.js", "src/a.js")]);
        check(
            &["packages/web/src/b.ts"],
            &[("/w/other/src/b.ts", ""), ("/w/packages/web/src/b.ts", "packages/web/src/b.ts")],
        );
        // All that is absolute lies below `/`.
        check(&["src/a.js"], &[("/src/a.js", "src/a.js"), ("/w/src/a.js", "src/a.js")]);
        check(&["src/util.py"], &[("/usr/lib/util.py", ""), ("/w/src/util.py", "src/util.py")]);
    }
}
