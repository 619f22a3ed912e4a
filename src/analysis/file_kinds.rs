//! What a file's path says of it: a test, what tests read, other people's code. The one definition of each, as patterns,
//! from which the built-in rules take their defaults.

use super::globs::Globs;
use std::sync::LazyLock;

/// Folders of tests, and of what only serves them. A migration in one is none, so that a name which could as well be that of
/// a feature (`ab_tests`) does not belong here.
const TEST_FOLDERS: &[&str] = &[
    "**/{test,tests,Tests,spec,specs,__tests__,__tests_dts__,e2e,testutil,testutils,test_utils,test_helpers,integration_test,integration_tests,mdtest,testscripts,test-d,test-dts}/**",
    "**/{androidTest,commonTest,functionalTest,integrationTest,jvmTest,jsTest,nativeTest,iosTest,testFixtures,step_definitions}/**",
];

/// Folders that are named after what they test: `Shop.Tests/`, `ShopTests/`.
const TEST_PROJECTS: &[&str] =
    &["**/*.{Test,Tests}/**", "**/[A-Z]*Tests/**", "**/fuzz/{fuzz_targets,corpus,regressions,seeds}/**"];

/// Names of test files in many languages.
const TEST_NAMES: &[&str] = &[
    "{test,tests,testutil,testutils,conftest}.*",
    "test_*.*",
    "*_{test,tests,spec,unittest}.*",
    "*-{test,tests,spec}.{js,jsx,ts,tsx,mjs,cjs,mts,cts,py,rb,rs,go,dart,c,cc,cpp,sh}",
    "*.{test,tests,spec,cy,e2e,test-d}.*",
    "*{Test,Tests,Spec}.{java,kt,scala,groovy,cs,fs,php,swift}",
    "*{Test,Tests}.{cc,cpp,cxx,mm}",
    "*[a-z0-9]IT.{java,kt,scala,groovy,cs,php,swift}",
];

/// Folders whose names end as those of tests do. Some of them hold a feature, so that they count only where a test is rather
/// looked at than passed over.
const TEST_LIKE_FOLDERS: &[&str] = &["**/*{-test,_test,-tests,_tests,Test,Tests,-testing-support,-test-support}/**"];

/// What tests read.
const FIXTURES: &[&str] = &["**/{fixtures,__fixtures__,testdata,test-data,test_data,__snapshots__}/**"];

/// Other people's code.
const VENDORED: &[&str] = &["**/{node_modules,vendor,_vendor,_vendored,third_party}/**"];

/// Tests of every kind.
pub fn tests() -> Vec<&'static str> {
    [TEST_FOLDERS, TEST_PROJECTS, TEST_NAMES].concat()
}

/// What tests read.
pub fn fixtures() -> Vec<&'static str> {
    FIXTURES.to_vec()
}

/// Other people's code, copied into the repository.
pub fn vendored() -> Vec<&'static str> {
    VENDORED.to_vec()
}

/// Other people's files: their code, and what tests read.
static FOREIGN: LazyLock<Globs> =
    LazyLock::new(|| Globs::parse(&[vendored(), fixtures()].concat()).expect("our own patterns are well formed"));

/// Whether the path is neither code nor text of this project: vendored, or what tests read.
pub fn is_foreign(path: &str) -> bool {
    FOREIGN.matches(path)
}

/// All kinds, by the names that the built-in rules have for them.
pub fn kinds() -> [(&'static str, Vec<&'static str>); 5] {
    [
        ("tests", tests()),
        ("test_folders", TEST_FOLDERS.to_vec()),
        ("test_like_folders", TEST_LIKE_FOLDERS.to_vec()),
        ("fixtures", fixtures()),
        ("vendored", vendored()),
    ]
}

/// Files of which no report of coverage is expected to know.
static UNREPORTED: LazyLock<Globs> = LazyLock::new(|| {
    // `Test.java` is as likely to be code: an annotation, a thing that is tested.
    let by_language =
        ["?*{Test,Tests,Spec}.*", "!{Test,Tests,Spec}.{java,kt,scala,groovy,cs,fs,php,swift,cc,cpp,cxx,mm}"];
    let patterns = [tests(), fixtures(), by_language.to_vec()].concat();
    Globs::parse(&patterns).expect("our own patterns are well formed")
});

/// Whether the path is one of a test, or of what tests read: few reports know those, so that their absence is no gap.
pub fn is_unreported(path: &str) -> bool {
    UNREPORTED.matches(path)
}

#[cfg(test)]
mod tests {
    use super::is_unreported;

    #[test]
    fn habits_of_languages_are_known() {
        for path in [
            "a_test.go",
            "src/test/java/A.java",
            "x/ATest.kt",
            "a.spec.ts",
            "test_a.py",
            "spec/a_spec.rb",
            "conftest.py",
            "lib/ATest.js",
        ] {
            assert!(is_unreported(path), "{path}");
        }
        for path in ["src/latest.go", "contest.py", "src/attestation/a.rs", "Test.java", "testing.rs"] {
            assert!(!is_unreported(path), "{path}");
        }
    }
}
