//! Whether a path is that of a test by the habits of its language: few reports know tests, so that their absence is no gap.

/// Directories whose files are tests.
const DIRECTORIES: [&str; 9] =
    ["test", "tests", "spec", "specs", "__tests__", "testdata", "fixtures", "androidTest", "integrationTest"];

/// Whether the path is one of a test.
pub fn is_test_path(path: &str) -> bool {
    let (directories, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    directories.split('/').any(|part| DIRECTORIES.contains(&part))
        || stem.starts_with("test_")
        || ["_test", "_spec", "Test", "Tests", "Spec", "IT"].iter().any(|end| stem.ends_with(end) && stem != *end)
        || [".test.", ".spec.", ".cy."].iter().any(|part| name.contains(part))
        || stem == "conftest"
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert!(is_test_path(path), "{path}");
        }
        for path in ["src/latest.go", "contest.py", "src/attestation/a.rs", "Test.java", "testing.rs"] {
            assert!(!is_test_path(path), "{path}");
        }
    }
}
