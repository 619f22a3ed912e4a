//! Names of sources and tests, bare: what they are about.

use crate::analysis::code::Language;

/// File names that say nothing: the directory's name does.
const COMMON: [&str; 9] = ["index", "mod", "lib", "main", "init", "__init__", "__main__", "doc", "entry"];

/// What a test's name adds after the name of its subject; longer ones first.
const AFTER: [&str; 13] = [
    "_integration_test",
    "_unit_test",
    "_unittest",
    "_tests",
    "_test",
    "_specs",
    "_spec",
    "-tests",
    "-test",
    "-spec",
    "_cases",
    "_e2e",
    "_t",
];

/// The same in names that are written in humps.
const HUMPS: [&str; 9] =
    ["IntegrationTest", "UnitTests", "UnitTest", "TestCase", "Tests", "Test", "Specs", "Spec", "IT"];

/// Dotted parts that make a name a test's: `a.test.ts`.
const DOTTED: [&str; 8] = ["test", "tests", "spec", "cy", "e2e", "bench", "test-d", "unit"];

/// Endings of a source's name that tests often leave out.
const ROLES: [&str; 6] = ["controller", "mailer", "component", "service", "helper", "job"];

/// The file's name without directories.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What the source at `path` is about: letters and digits in lower case.
pub(super) fn source_subject(path: &str) -> String {
    let name = file_name(path);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    if COMMON.contains(&stem) {
        let parent = path.rsplit('/').skip(1).find(|part| !["src", "lib"].contains(part));
        return fold(parent.unwrap_or(stem));
    }
    fold(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}

/// The same without the role that its name ends with, when there is one: `users_controller.rb` is about `users`.
pub(super) fn without_role(subject: &str) -> Option<&str> {
    ROLES.iter().find_map(|role| subject.strip_suffix(role)).filter(|rest| rest.len() >= 3)
}

/// What the test at `path` is about.
pub(super) fn test_subject(path: &str) -> String {
    let name = file_name(path);
    let mut parts: Vec<&str> = name.split('.').collect();
    if parts.len() > 1 {
        parts.pop();
    }
    while parts.len() > 1 && parts.last().is_some_and(|part| DOTTED.contains(part)) {
        parts.pop();
    }
    let stem = parts.join(".");
    let stem =
        ["test_", "tests_", "test-", "spec_", "it_"].iter().find_map(|sign| stem.strip_prefix(sign)).unwrap_or(&stem);
    let cut = AFTER.iter().chain(&HUMPS).find_map(|sign| stem.strip_suffix(sign)).filter(|rest| !rest.is_empty());
    let stem = cut.unwrap_or(stem);
    let humps = stem.strip_prefix("Test").filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    fold(humps.unwrap_or(stem))
}

/// Whether the name, or the directory right above, says that the file is a test: materials of tests lie beside them.
pub(super) fn is_named_as_test(path: &str) -> bool {
    let name = file_name(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let parent = path.rsplit('/').nth(1).unwrap_or_default();
    // In Rust every file of `tests` is a test of its own, but for what they share.
    let rust = name.ends_with(".rs") && parent == "tests" && !SHARED.contains(&stem);
    rust || parent == "__tests__" || fold(stem) != test_subject(path)
}

/// What tests of Rust share.
const SHARED: [&str; 8] = ["util", "utils", "helpers", "common", "support", "macros", "mod", "testenv"];

/// Systems that a project's own tests seldom run on, as file names end with them.
const PLATFORMS: [&str; 14] = [
    "windows",
    "darwin",
    "macos",
    "plan9",
    "freebsd",
    "netbsd",
    "openbsd",
    "dragonfly",
    "solaris",
    "illumos",
    "aix",
    "android",
    "wasm",
    "wasi",
];

/// Whether the file's name says that it is code for one such system only: `terminal_windows.go`, `wasm.rs`.
pub(super) fn is_of_platform(path: &str) -> bool {
    let name = file_name(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let last = stem.rsplit('_').next().unwrap_or(stem);
    match Language::of(path) {
        Some(Language::Go) => PLATFORMS.contains(&last) && last != stem || stem.ends_with("_js"),
        Some(Language::Rust | Language::C | Language::Python) => PLATFORMS.contains(&last),
        _ => false,
    }
}

/// The same in Go's build constraints, beside those.
const CONSTRAINED: [&str; 8] = ["zos", "js", "wasip1", "nacl", "appengine", "tinygo", "mage", "ignore"];

/// Whether a line of Go says that the file is built for such systems only: `//go:build js && wasm`. Where anything is ruled
/// out or another system will do, the file may well be built for the tests.
pub(super) fn constrains(line: &str) -> bool {
    let (tags, or, and) = match (line.strip_prefix("//go:build "), line.strip_prefix("// +build ")) {
        (Some(tags), _) => (tags, "||", "&&"),
        (None, Some(tags)) => (tags, " ", ","),
        (None, None) => return false,
    };
    let is_one = |tag: &str| {
        let tag = tag.trim_matches([' ', '(', ')']);
        PLATFORMS.contains(&tag) || CONSTRAINED.contains(&tag)
    };
    let tags = tags.trim();
    !tags.contains('!') && tags.split(or).all(|way| way.split(and).any(is_one))
}

/// Letters and digits only, in lower case.
fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a line of documentation holds an example that is run as a test: `>>>`, `iex>`, Rust's `/// assert_eq!(`.
pub fn is_test_text(line: &str) -> bool {
    let of_rust = ["///", "//!"].iter().find_map(|sign| line.trim_start().strip_prefix(sign)).map(str::trim);
    if of_rust.is_some_and(|text| text.starts_with("assert")) {
        return true;
    }
    let text = line.trim_start().trim_start_matches(['#', '*', '/', '!']).trim_start();
    text.starts_with(">>> ") || text.starts_with("iex>") || text.starts_with("iex(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_named_after_sources_in_many_languages() {
        for (source, test) in [
            ("pkg/search.py", "tests/unit/test_search.py"),
            ("pkg/_search.py", "pkg/search_test.py"),
            ("pkg/search/__init__.py", "tests/test_search.py"),
            ("src/search.ts", "src/search.test.ts"),
            ("src/Search.tsx", "src/__tests__/Search.tsx"),
            ("src/search/index.ts", "src/search/search.spec.ts"),
            ("search.go", "search_test.go"),
            ("src/search.rs", "tests/search.rs"),
            ("src/search/mod.rs", "tests/search.rs"),
            ("src/main/java/a/Search.java", "src/test/java/a/SearchTest.java"),
            ("src/main/java/a/Search.java", "src/test/java/a/TestSearch.java"),
            ("src/main/kotlin/a/Search.kt", "src/test/kotlin/a/SearchIT.kt"),
            ("app/models/search.rb", "spec/models/search_spec.rb"),
            ("lib/search.rb", "test/search_test.rb"),
            ("src/Search.php", "tests/Unit/SearchTest.php"),
            ("src/Shop/Search.cs", "test/Shop.Tests/SearchTests.cs"),
            ("lib/shop/search.ex", "test/shop/search_test.exs"),
            ("src/search.cc", "src/search_unittest.cc"),
            ("src/search.c", "tests/test_search.c"),
            ("Sources/Shop/Search.swift", "Tests/ShopTests/SearchTests.swift"),
            ("lib/search.dart", "test/search_test.dart"),
            ("src/main/scala/Search.scala", "src/test/scala/SearchSpec.scala"),
            ("lua/search.lua", "spec/search_spec.lua"),
        ] {
            assert_eq!(source_subject(source), test_subject(test), "{source} {test}");
        }
        assert_eq!(without_role("userscontroller"), Some("users"));
    }

    #[test]
    fn constraints_of_go_name_systems() {
        for (line, is) in [
            ("//go:build js && wasm", true),
            ("// +build appengine", true),
            ("//go:build (darwin || freebsd)", true),
            ("//go:build !windows", false),
            ("//go:build linux || darwin", false),
            ("//go:build (linux || aix) && !js", false),
            ("// +build linux windows", false),
            ("// +build windows,amd64 plan9", true),
            ("//go:build linux", false),
            ("// +build go1.8", false),
            ("package windows", false),
        ] {
            assert_eq!(constrains(line), is, "{line}");
        }
    }

    #[test]
    fn files_for_one_system_are_known_by_their_names() {
        for (path, is) in [
            ("src/terminal_windows.go", true),
            ("robustio_plan9.go", true),
            ("cmd/wasm_js.go", true),
            ("src/io/wasm.rs", true),
            ("src/windows.go", false),
            ("src/terminal_unix.go", false),
            ("src/windows.ts", false),
            ("src/windows/main.rs", false),
            ("src/windows.rs", true),
        ] {
            assert_eq!(is_of_platform(path), is, "{path}");
        }
    }
}
