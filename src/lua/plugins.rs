//! The plugins of Danger that people bring along, and the built-in rule that does the work of each here.

/// What is said of some plugins, and their names.
const PLUGINS: &[(&str, &[&str])] = &[
    ("`use(\"changelog\")` does this here", &["changelogs", "check_changelog", "danger_changelog", "keep_a_changelog"]),
    (
        "`use(\"code_owners\")` names who owns the files here",
        &["mention", "mentions", "codeowners", "suggest_reviewers"],
    ),
    (
        "`use(\"commit_messages\")` does this here",
        &["commit_lint", "conventional_commits", "conventional_title", "semantic_commits"],
    ),
    (
        "`use(\"diff_coverage\")` reads reports of coverage here",
        &[
            "clover",
            "cobertura",
            "code_coverage",
            "codecov",
            "cov",
            "coverage",
            "istanbul",
            "istanbul_coverage",
            "jacoco",
            "jest",
            "jest_coverage",
            "kover",
            "lcov",
            "shroud",
            "simplecov",
            "slather",
            "swift_code_coverage",
            "undercover",
            "xcov",
        ],
    ),
    ("`use(\"leftovers\")` does this here", &["no_console", "no_test_shortcuts", "todoist", "todos"]),
    (
        "`use(\"lint_report\")` reads linters' reports here",
        &[
            "android_lint",
            "brakeman",
            "checkstyle",
            "checkstyle_format",
            "checkstyle_reports",
            "clang_format",
            "detekt",
            "eslint",
            "findbugs",
            "flake8",
            "golangci_lint",
            "golint",
            "haml_lint",
            "hadolint",
            "jshint",
            "junit",
            "junit_results",
            "ktlint",
            "lint",
            "markdownlint",
            "mypy",
            "phpcs",
            "phpstan",
            "pmd",
            "prettier",
            "pycodestyle",
            "pylint",
            "rails_best_practices",
            "reek",
            "rspec",
            "rubocop",
            "ruff",
            "scss_lint",
            "shellcheck",
            "slim_lint",
            "spotbugs",
            "stylelint",
            "swiftformat",
            "swiftlint",
            "textlint",
            "tslint",
            "xcode_summary",
            "xcodebuild",
        ],
    ),
    (
        "`use(\"lockfile\")` does this here",
        &["dependencies", "lock_dependency_versions", "manifest_pr_checker", "npm", "podfile", "yarn"],
    ),
    ("`use(\"missing_tests\")` does this here", &["android_unit_test_checker", "unit_test_checker", "unit_tests"]),
    ("`use(\"pr_description\")` does this here", &["pr_body_checker", "pr_hygiene", "pull_request_template"]),
    ("`use(\"pr_size\")` does this here", &["pr_size_checker"]),
];

/// What does the work of a plugin here. Its name may be that of its package, and its words may be joined in any way.
pub(super) fn find_plugin(name: &str) -> Option<&'static str> {
    let plain = |name: &str| name.replace(['-', '_'], "").to_ascii_lowercase();
    let package = name.rsplit('/').next().unwrap_or(name);
    let bare = ["danger-plugin-", "danger-"].iter().find_map(|start| package.strip_prefix(start)).unwrap_or(package);
    let is_named = |other: &&str| plain(other) == plain(bare);
    PLUGINS.iter().find(|(_, names)| names.iter().any(is_named)).map(|(advice, _)| *advice)
}

#[cfg(test)]
mod tests {
    use super::super::builtin::find_builtin;
    use super::*;

    #[test]
    fn a_plugin_is_found_by_any_form_of_its_name() {
        let lockfile = Some("`use(\"lockfile\")` does this here");
        for name in ["yarn", "danger-plugin-yarn", "@scope/danger-plugin-yarn", "danger-yarn"] {
            assert_eq!(find_plugin(name), lockfile, "{name}");
        }
        for name in ["noConsole", "no_console", "danger-plugin-no-console"] {
            assert_eq!(find_plugin(name), Some("`use(\"leftovers\")` does this here"), "{name}");
        }
        assert_eq!(find_plugin("warn"), None);
        assert_eq!(find_plugin("danger"), None);
    }

    #[test]
    fn every_plugin_has_one_rule_that_exists() {
        let mut seen = std::collections::BTreeSet::new();
        for (advice, names) in PLUGINS {
            let rule = advice.split('"').nth(1).unwrap_or_default();
            assert!(find_builtin(rule).is_some(), "{advice}");
            for name in *names {
                assert!(seen.insert(*name), "{name}");
                assert!(find_builtin(name).is_none(), "{name} is answered as a rule");
            }
        }
    }
}
