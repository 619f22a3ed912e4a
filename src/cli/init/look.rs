//! What a repository looks like, from its files and the first lines of its commits.

use super::database::{OtherDatabase, find_other_database};
use crate::analysis::changelog::{FileRole, role_of};
use crate::analysis::file_kinds;
use crate::analysis::lockfile::lock_kind;
use crate::analysis::migrations::{find_migration, is_migration_path};
use crate::analysis::testing::holds_tests;
use crate::git::Landed;
use crate::lua::{Globs, rule_metadata};
use std::collections::BTreeMap;

/// File endings of languages that people write by hand.
const LANGUAGES: [(&str, &[&str]); 20] = [
    ("C", &["c", "h"]),
    ("C#", &["cs"]),
    ("C++", &["cc", "cpp", "cxx", "hpp"]),
    ("Dart", &["dart"]),
    ("Elixir", &["ex", "exs"]),
    ("Go", &["go"]),
    ("Haskell", &["hs"]),
    ("Java", &["java"]),
    ("JavaScript", &["js", "jsx", "mjs", "cjs"]),
    ("Kotlin", &["kt", "kts"]),
    ("Lua", &["lua", "luau"]),
    ("PHP", &["php"]),
    ("Python", &["py"]),
    ("Ruby", &["rb"]),
    ("Rust", &["rs"]),
    ("Scala", &["scala"]),
    ("Shell", &["sh", "bash"]),
    ("SQL", &["sql"]),
    ("Swift", &["swift"]),
    ("TypeScript", &["ts", "tsx", "mts", "cts"]),
];

/// So many languages are named.
const NAMED_LANGUAGES: usize = 3;

/// Whether people of this repository wrote the file, and not for their tests to read.
fn is_own(file: &str) -> bool {
    !file_kinds::is_foreign(file) && !file.split('/').any(|part| part == "dist")
}

/// Types of Conventional Commits, as the rule `commit_messages` knows them.
const TYPES: [&str; 11] =
    ["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"];

/// So many files of code are read for tests in them.
const MAX_CODE_FILES: usize = 500;

/// What was found. Paths are counted from the repository's root.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// Tracked files.
    pub(super) files: usize,
    /// Languages with their numbers of files, most first.
    pub(super) languages: Vec<(&'static str, usize)>,
    /// Changelogs, those nearest to the root first.
    pub(super) changelogs: Vec<String>,
    /// A file of `changelog.d`, `newsfragments` or `.changeset`.
    pub(super) fragment: Option<String>,
    /// Lockfiles.
    pub(super) lockfiles: Vec<String>,
    /// Files of `.github/workflows`.
    pub(super) workflows: Vec<String>,
    /// Actions of its own: `action.yml`.
    pub(super) actions: Vec<String>,
    /// The file that says who owns what.
    pub(super) owners: Option<String>,
    /// Database migrations.
    pub(super) migrations: Vec<String>,
    /// Whether they run on another database than PostgreSQL.
    pub(super) other_database: Option<OtherDatabase>,
    /// Tests; where no file is named like one, a file of code that holds some.
    pub(super) tests: Vec<String>,
    /// A file that declares feature flags.
    pub(super) flags: Option<String>,
    /// Commits that are no merges, and how many of them say `type: description`.
    pub(super) subjects: usize,
    /// See `subjects`.
    pub(super) conventional: usize,
}

impl Look {
    /// Looks at the tracked files, whose texts `read` gives, and the commits that landed.
    pub(super) fn at(files: &[String], landed: &[Landed], read: &dyn Fn(&str) -> Option<String>) -> Self {
        let parse = |patterns: &[&str]| Globs::parse(patterns).expect("our own patterns are well formed");
        let find_by = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
            let mut found: Vec<String> = files.iter().filter(|file| wanted(file) && is_own(file)).cloned().collect();
            found.sort_by_key(|file| (file.matches('/').count(), file.clone()));
            found
        };
        let find = |patterns: &[&str]| {
            let globs = parse(patterns);
            find_by(&|file| globs.matches(file))
        };
        let subjects: Vec<&str> =
            landed.iter().filter(|it| !it.is_merge).map(|landed| landed.subject.as_str()).collect();
        let is_migration = |file: &str| {
            is_migration_path(file) && read(file).is_some_and(|text| find_migration(file, &text).is_some())
        };
        let migrations = find_by(&is_migration);
        let flags = default_files("feature_flag", "flags");
        let mut look = Look {
            files: files.len(),
            languages: count_languages(files),
            changelogs: find_by(&|file| role_of(file, None) == Some(FileRole::Changelog)),
            fragment: find(&["**/{changelog.d,newsfragments,.changeset}/**"]).into_iter().next(),
            lockfiles: find_by(&|file| lock_kind(file.rsplit('/').next().unwrap_or(file)).is_some()),
            workflows: find(&["/.github/workflows/*.{yml,yaml}"]),
            actions: find(&["action.{yml,yaml}"]),
            owners: ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"]
                .into_iter()
                .find(|path| files.iter().any(|file| file == path))
                .map(str::to_owned),
            other_database: find_other_database(files, &migrations, read),
            migrations,
            tests: find(&file_kinds::tests()),
            flags: find_by(&|file| flags.matches(file)).into_iter().next(),
            subjects: subjects.len(),
            conventional: subjects.iter().filter(|subject| is_conventional(subject)).count(),
        };
        if look.tests.is_empty() {
            let code = find_by(&|file| file.ends_with(".rs") || file.ends_with(".py"));
            let holds = |file: &String| read(file).is_some_and(|text| holds_tests(file, &text));
            look.tests.extend(code.into_iter().take(MAX_CODE_FILES).find(holds));
        }
        look
    }

    /// What was looked at, in one line.
    pub(super) fn describe(&self, landed: usize, is_shallow: bool) -> String {
        let mut parts = Vec::new();
        let languages: Vec<String> =
            self.languages.iter().take(NAMED_LANGUAGES).map(|(name, count)| format!("{name} {count}")).collect();
        let languages = if languages.is_empty() { String::new() } else { format!(" ({})", languages.join(", ")) };
        parts.push(format!("{}{languages}", counted(self.files, "file")));
        parts.extend(self.changelogs.first().cloned().or_else(|| self.fragment.clone()));
        parts.extend(self.lockfiles.first().cloned());
        parts.extend(self.owners.clone());
        if !self.workflows.is_empty() {
            parts.push(counted(self.workflows.len(), "workflow"));
        }
        if !self.migrations.is_empty() {
            parts.push(counted(self.migrations.len(), "migration"));
        }
        parts.push(match landed {
            0 if is_shallow => {
                "a shallow clone without commits to try rules on (`git fetch --unshallow` brings them)".to_owned()
            }
            0 => "a history without commits to try rules on".to_owned(),
            1 => "the last commit".to_owned(),
            many => format!("the last {many} commits"),
        });
        parts.join(", ")
    }
}

/// The files that an option of a built-in rule names unless it is told otherwise.
fn default_files(rule: &str, option: &str) -> Globs {
    let specs = rule_metadata(rule).map(|metadata| metadata.options).unwrap_or_default();
    let default = specs.into_iter().find(|spec| spec.name == option).and_then(|spec| spec.default);
    let patterns: Vec<String> = default.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default();
    Globs::parse(&patterns).expect("a rule's own patterns are well formed")
}

/// `1 file`, `2 files`.
pub(super) fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn count_languages(files: &[String]) -> Vec<(&'static str, usize)> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for file in files.iter().filter(|file| is_own(file)) {
        let name = file.rsplit('/').next().unwrap_or(file);
        let Some((_, ending)) = name.rsplit_once('.') else { continue };
        if let Some((language, _)) = LANGUAGES.iter().find(|(_, endings)| endings.contains(&ending)) {
            *counts.entry(language).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    counts
}

/// `type: description`, `type(scope)!: description`.
fn is_conventional(subject: &str) -> bool {
    let Some((head, rest)) = subject.split_once(": ") else { return false };
    let head = head.strip_suffix('!').unwrap_or(head);
    let kind = match head.split_once('(') {
        Some((kind, scope)) if scope.ends_with(')') => kind,
        Some(_) => return false,
        None => head,
    };
    TYPES.contains(&kind) && !rest.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CommitId;

    fn landed(subject: &str, is_merge: bool) -> Landed {
        let id = CommitId::new(&"a".repeat(40)).expect("an id");
        Landed { commit: id.clone(), before: id, is_merge, subject: subject.to_owned() }
    }

    #[test]
    fn files_and_subjects_tell_what_a_repository_is() {
        let files: Vec<String> = [
            "src/main.rs",
            "src/lib.rs",
            "web/app.ts",
            "README.md",
            "CHANGELOG.md",
            "web/CHANGELOG.md",
            "Cargo.lock",
            ".github/workflows/ci.yml",
            "docs/CODEOWNERS",
            "db/migrations/0001_init.sql",
            "tests/it.rs",
            "node_modules/x/index.js",
            "vendor/CHANGELOG.md",
            "docs/History.markdown",
            "app/pubspec.lock",
            "odd.",
        ]
        .map(str::to_owned)
        .to_vec();
        let history = [
            landed("feat(parser)!: read dates", false),
            landed("Merge pull request #3 from x/y", true),
            landed("fix: a typo", false),
            landed("Note: nothing", false),
        ];
        let look = Look::at(&files, &history, &|_| Some(String::new()));
        assert_eq!(look.languages, [("Rust", 3), ("SQL", 1), ("TypeScript", 1)]);
        assert_eq!(look.changelogs, ["CHANGELOG.md", "docs/History.markdown", "web/CHANGELOG.md"]);
        assert_eq!(look.lockfiles, ["Cargo.lock", "app/pubspec.lock"]);
        assert_eq!((look.subjects, look.conventional), (3, 2));
        assert_eq!(look.owners.as_deref(), Some("docs/CODEOWNERS"));
        assert_eq!(look.tests, ["tests/it.rs"]);
        assert_eq!(
            look.describe(4, false),
            "16 files (Rust 3, SQL 1, TypeScript 1), CHANGELOG.md, Cargo.lock, docs/CODEOWNERS, 1 workflow, 1 migration, \
             the last 4 commits"
        );
        let nothing = Look::at(&[], &[], &|_| None);
        assert_eq!(nothing.describe(0, false), "0 files, a history without commits to try rules on");
        assert_eq!(
            nothing.describe(0, true),
            "0 files, a shallow clone without commits to try rules on (`git fetch --unshallow` brings them)"
        );
    }

    #[test]
    fn what_the_rules_know_is_found() {
        let texts = [
            ("src/lib.rs", "fn one() -> u8 { 1 }\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn is_one() {}\n}\n"),
            ("src/migrations/20240101_users.ts", "import { Knex } from 'knex'\n"),
            ("store/migrations/0001_settings.ts", "export const up = (state) => state\n"),
            ("config/feature-flags.yml", ""),
            ("setup/action.yml", ""),
        ];
        let files = texts.map(|(file, _)| file.to_owned());
        let read = |path: &str| texts.iter().find(|(file, _)| *file == path).map(|(_, text)| (*text).to_owned());
        let look = Look::at(&files, &[], &read);
        assert_eq!(look.tests, ["src/lib.rs"]);
        assert_eq!(look.migrations, ["src/migrations/20240101_users.ts"]);
        assert_eq!(look.flags.as_deref(), Some("config/feature-flags.yml"));
        assert_eq!(look.actions, ["setup/action.yml"]);
    }
}
