//! Which test belongs to which source.

use super::area::area_of;
use super::names::{file_name, is_named_as_test, source_subject, test_subject, without_role};
use crate::analysis::code::Language;

/// Directories that say on which side of a pair a file lies, and nothing of what it is about.
const SIDES: [&str; 30] = [
    "src",
    "lib",
    "app",
    "main",
    "java",
    "kotlin",
    "scala",
    "groovy",
    "php",
    "test",
    "tests",
    "Tests",
    "spec",
    "specs",
    "__tests__",
    "unit",
    "integration",
    "functional",
    "feature",
    "Unit",
    "Feature",
    "Sources",
    "source",
    "include",
    "internal",
    "pkg",
    "packages",
    "crates",
    "requests",
    "e2e",
];

/// A prefix that is shorter is shared by chance.
const MIN_PREFIX: usize = 4;

/// Whether the test is about the source by its name: the same name, one that begins with it, or the test of its
/// package.
pub fn pairs(source: &str, test: &str) -> bool {
    if !same_language(source, test) {
        return false;
    }
    if Language::of(source) == Some(Language::Go) && directory(source) == directory(test) {
        return true;
    }
    let (subject, about) = (source_subject(source), test_subject(test));
    let begins = |long: &str, short: &str| short.len() >= MIN_PREFIX && long.starts_with(short);
    subject == about
        || without_role(&subject) == Some(about.as_str())
        || begins(&about, &subject)
        || begins(&subject, &about)
        || source
            .split('/')
            .rev()
            .skip(1)
            .any(|part| part.len() >= MIN_PREFIX && !SIDES.contains(&part) && fold(part) == about)
}

/// The test file among `tests` that is the source's own: of the same name, the nearest one. `None` when there is none,
/// or when several are equally near.
pub fn find_own_test<'t>(source: &str, tests: impl IntoIterator<Item = &'t str>) -> Option<&'t str> {
    let subject = source_subject(source);
    let area = area_of(source);
    let is_go = Language::of(source) == Some(Language::Go);
    let mut best: Option<(usize, &str)> = None;
    let mut tied = false;
    for test in tests {
        if test == source || !same_language(source, test) || !is_named_as_test(test) {
            continue;
        }
        let neighbours = directory(source) == directory(test);
        let about = test_subject(test);
        if about != subject && without_role(&subject) != Some(about.as_str()) {
            continue;
        }
        let other = area_of(test);
        if other != area && !other.is_empty() || is_go && !neighbours {
            continue;
        }
        let near = shared_directories(source, test) * 2 + usize::from(neighbours);
        match best {
            Some((most, _)) if most > near => {}
            Some((most, _)) if most == near => tied = true,
            _ => (best, tied) = (Some((near, test)), false),
        }
    }
    best.filter(|_| !tied).map(|(_, test)| test)
}

/// Directories whose tests speak for everything.
const OF_ALL: [&str; 12] = [
    "e2e",
    "integration",
    "integrations",
    "functional",
    "acceptance",
    "system",
    "features",
    "Feature",
    "Integration",
    "cypress",
    "playwright",
    "smoke",
];

/// Whether the test looks at the whole and not at one source.
pub(super) fn is_of_all(test: &str) -> bool {
    test.split('/').any(|part| OF_ALL.contains(&part)) || file_name(test).contains("e2e")
}

/// Whether a test in one language can be of a source in the other.
fn same_language(source: &str, test: &str) -> bool {
    let family = |path: &str| match Language::of(path) {
        Some(Language::Kotlin | Language::Scala) => Some(Language::Java),
        other => other,
    };
    // A snapshot or a table of cases says no language.
    family(test).is_none() || family(source) == family(test)
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

fn shared_directories(source: &str, test: &str) -> usize {
    let mut theirs: Vec<String> = directory(test).split('/').map(bare).collect();
    directory(source)
        .split('/')
        .map(bare)
        .filter(|part| !part.is_empty() && !SIDES.contains(&part.as_str()))
        .filter(|part| {
            let found = theirs.iter().position(|other| other == part);
            found.map(|at| theirs.swap_remove(at)).is_some()
        })
        .count()
}

/// `Shop.Tests` and `ShopTests` are about `Shop`.
fn bare(part: &str) -> String {
    let cut =
        [".Tests", ".Test", "Tests"].iter().find_map(|end| part.strip_suffix(end)).filter(|rest| !rest.is_empty());
    cut.unwrap_or(part).to_owned()
}

fn fold(part: &str) -> String {
    part.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether both lie in one package, or the test in none.
pub(super) fn in_reach(source: &str, test: &str) -> bool {
    let other = area_of(test);
    other.is_empty() || other == area_of(source)
}

/// Whether the file's name is a fixture's: under `testdata` and the like, or in no language.
pub(super) fn is_material(path: &str) -> bool {
    Language::of(path).is_none_or(|language| language == Language::Plain) || file_name(path).starts_with("conftest")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_test_of_the_same_name_is_the_own_one() {
        let own = |source, tests: &[&'static str]| find_own_test(source, tests.iter().copied());
        assert_eq!(own("src/a.ts", &["src/b.test.ts", "src/a.test.ts"]), Some("src/a.test.ts"));
        assert_eq!(
            own("src/x/utils.py", &["tests/y/test_utils.py", "tests/x/test_utils.py"]),
            Some("tests/x/test_utils.py")
        );
        assert_eq!(own("src/z/utils.py", &["tests/y/test_utils.py", "tests/x/test_utils.py"]), None);
        assert_eq!(own("packages/a/src/utils.ts", &["packages/b/src/utils.test.ts"]), None);
        assert_eq!(own("binding/json.go", &["json_test.go", "binding/form_test.go"]), None);
        assert_eq!(
            own("app/models/user.rb", &["spec/models/user_spec.rb", "spec/requests/user_spec.rb"]),
            Some("spec/models/user_spec.rb")
        );
        assert_eq!(
            own("src/Shop/A.cs", &["test/Shop.Tests/ATests.cs", "test/Cart.Tests/ATests.cs"]),
            Some("test/Shop.Tests/ATests.cs")
        );
        assert_eq!(own("src/a.py", &["src/a.test.ts"]), None);
    }

    #[test]
    fn a_touched_test_pairs_by_more_than_its_name() {
        assert!(pairs("src/flask/json/provider.py", "tests/test_json.py"));
        assert!(pairs("src/renderer.ts", "__tests__/rendererElement.spec.ts"));
        assert!(pairs("a/b.go", "a/c_test.go"));
        assert!(!pairs("a/b.go", "d/c_test.go"));
        assert!(!pairs("src/a.ts", "src/b.test.ts"));
    }
}
