//! The kinds of files as the head of a built-in rule sees them: `local files = ...`, then `files.tests` among the defaults.

use crate::analysis::changelog::needs_no_entry;
use crate::analysis::file_kinds::kinds;
use mlua::{Lua, Table};

/// A table from each kind to its patterns. A kind that there is not is an error, and not an empty default.
pub(super) fn table(lua: &Lua) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for (name, patterns) in kinds().into_iter().chain([("needs_no_entry", needs_no_entry())]) {
        table.raw_set(name, lua.create_sequence_from(patterns)?)?;
    }
    let unknown = |_: &Lua, (_, name): (Table, String)| -> mlua::Result<()> {
        Err(mlua::Error::runtime(format!("there is no kind of files `{name}`")))
    };
    let guard = lua.create_table()?;
    guard.raw_set("__index", lua.create_function(unknown)?)?;
    table.set_metatable(Some(guard))?;
    Ok(table)
}

#[cfg(test)]
mod tests {
    use crate::analysis::file_kinds::{is_unreported, tests};
    use crate::analysis::globs::Globs;
    use crate::lua::rule_metadata;

    /// Where the default of a rule's option matches.
    fn option(rule: &str, name: &str) -> Globs {
        let metadata = rule_metadata(rule).expect("a built-in rule");
        let option = metadata.options.iter().find(|option| option.name == name).expect("an option");
        let patterns: Vec<String> = serde_json::from_value(option.default.clone().expect("a default")).expect("texts");
        Globs::parse(&patterns).expect("patterns")
    }

    #[track_caller]
    fn check(options: &[(&str, &str)], paths: &[&str], expected: bool) {
        for (rule, name) in options {
            let globs = option(rule, name);
            for path in paths {
                assert_eq!(globs.matches(path), expected, "{rule}: {name}: {path}");
            }
        }
    }

    /// The options that take all tests in.
    const OF_TESTS: [(&str, &str); 5] = [
        ("missing_tests", "tests"),
        ("leftovers", "tests"),
        ("secrets", "fixtures"),
        ("feature_flag", "ignore"),
        ("changelog", "ignore"),
    ];

    #[test]
    fn what_a_test_is_all_rules_agree_on() {
        let these = [
            "tests/it.rs",
            "test/a.py",
            "Tests/ShopTests/Cart.swift",
            "spec/models/cart.rb",
            "specs/a.js",
            "src/__tests__/a.tsx",
            "e2e/login.ts",
            "internal/testutil/db.go",
            "internal/testutils/db.go",
            "pkg/test_utils/a.py",
            "pkg/test_helpers/a.py",
            "integration_tests/a.rs",
            "app/src/androidTest/java/A.kt",
            "app/src/commonTest/kotlin/A.kt",
            "app/src/integrationTest/java/A.java",
            "app/src/testFixtures/java/A.java",
            "features/step_definitions/login.rb",
            "test/Shop.Tests/Cart.cs",
            "src/Shop.Tests/Cart.cs",
            "src/Shop.Test/Cart.cs",
            "fuzz/fuzz_targets/parse.rs",
            "a_test.go",
            "search_test.py",
            "test_search.py",
            "src/tests.rs",
            "tests.py",
            "conftest.py",
            "pkg/testutil.go",
            "search_tests.rs",
            "search_spec.lua",
            "search_unittest.cc",
            "a-test.ts",
            "d-spec.ts",
            "b.test-d.ts",
            "a.test.ts",
            "a.tests.ts",
            "a.spec.js",
            "a.cy.ts",
            "a.e2e.ts",
            "src/LoginTest.java",
            "src/LoginIT.java",
            "src/LoginTests.cs",
            "src/LoginSpec.scala",
            "src/LoginSpec.groovy",
            "src/LoginTest.kt",
            "src/LoginTest.php",
            "src/LoginTests.swift",
            "src/LoginTest.cpp",
        ];
        let others = [
            "src/latest.go",
            "src/contest.py",
            "src/attestation/a.rs",
            "src/testing.rs",
            "src/testament.py",
            "src/fastest.ts",
            "src/GIT.java",
            "src/UNIT.cs",
            "src/inspect.ts",
            "src/spectrum.js",
            "src/spec.rs",
            "src/e2e.ts",
            "src/Protestant.java",
            "src/respec.rb",
            "src/manifests/a.go",
            "src/greatest/a.go",
            "src/openapi-spec.yaml",
        ];
        check(&OF_TESTS, &these, true);
        check(&OF_TESTS, &others, false);
        let of_init = Globs::parse(&tests()).expect("patterns");
        for path in these {
            assert!(is_unreported(path) && of_init.matches(path), "{path}");
        }
        for path in others {
            assert!(!is_unreported(path) && !of_init.matches(path), "{path}");
        }
    }

    #[test]
    fn what_may_as_well_be_code_is_looked_at() {
        // For these rules a test is looked at, or no harm is done where code is taken for one.
        let (lenient, strict) = OF_TESTS.split_at(2);
        let doubtful = ["src/ab_tests/a.py", "src/load-tests/a.js", "src/speedTest/a.kt", "core-test-support/a.java"];
        check(lenient, &doubtful, true);
        check(strict, &doubtful, false);
        check(&[("leftovers", "tests")], &["src/integration/a.ts", "playwright/a.ts"], true);
        check(&[("secrets", "fixtures")], &["cypress/support/commands.js", "playwright/a.ts"], true);
        check(&[("missing_tests", "tests")], &["src/integration/a.ts", "playwright/a.ts"], false);
        // A migration has the name of what it makes.
        let migrations =
            ["db/migrations/0003_ab_test.sql", "db/migrate/20240101_create_test.rb", "ab_tests/migrations/1.py"];
        check(&[("migration_safety", "ignore")], &migrations, false);
        let folders = ["tests/migrations/0001_a.sql", "spec/dummy/db/migrate/1_a.rb", "app/src/androidTest/a.sql"];
        check(&[("migration_safety", "ignore")], &folders, true);
    }

    #[test]
    fn what_tests_read_and_what_others_wrote_all_rules_agree_on() {
        let fixtures = ["fixtures/a.py", "x/__fixtures__/a.py", "testdata/a.py", "test-data/a.py", "a/test_data/a.py"];
        let own = [("leftovers", "ignore"), ("migration_safety", "ignore"), ("lockfile", "ignore")];
        check(&own, &fixtures, true);
        check(&OF_TESTS[2..], &fixtures, true);
        check(&OF_TESTS[..1], &fixtures, true);
        let vendored = ["node_modules/a.js", "vendor/a/b.go", "third_party/a.c", "pip/_vendor/a.py"];
        check(&own, &vendored, true);
        let more = [
            ("missing_tests", "ignore"),
            ("feature_flag", "ignore"),
            ("pr_size", "ignore"),
            ("secrets", "documents"),
            ("diff_coverage", "ignore"),
            ("lint_report", "ignore"),
        ];
        check(&more, &vendored, true);
        check(&more, &["src/vendors.ts", "src/vendoring/a.go"], false);
    }

    #[test]
    fn a_misspelt_kind_is_an_error() {
        let lua = mlua::Lua::new();
        lua.globals().set("files", super::table(&lua).expect("a table")).expect("set");
        let error = lua.load("return files.tset").eval::<mlua::Value>().expect_err("there is none");
        assert!(error.to_string().contains("there is no kind of files `tset`"), "{error}");
    }
}
