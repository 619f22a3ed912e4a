//! What a repository looks like, from the names of its files and the first lines of its commits.

use crate::analysis::changelog::{FileRole, role_of};
use crate::analysis::file_kinds;
use crate::analysis::lockfile::lock_kind;
use crate::git::Landed;
use crate::lua::Globs;
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
    /// The file that says who owns what.
    pub(super) owners: Option<String>,
    /// Files that look like database migrations.
    pub(super) migrations: Vec<String>,
    /// Tests.
    pub(super) tests: Vec<String>,
    /// Files of a feature flag service's client or configuration.
    pub(super) flags: Option<String>,
    /// Commits that are no merges, and how many of them say `type: description`.
    pub(super) subjects: usize,
    /// See `subjects`.
    pub(super) conventional: usize,
}

impl Look {
    /// Looks at the tracked files and the commits that landed.
    pub(super) fn at(files: &[String], landed: &[Landed]) -> Self {
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
        Look {
            files: files.len(),
            languages: count_languages(files),
            changelogs: find_by(&|file| role_of(file, None) == Some(FileRole::Changelog)),
            fragment: find(&["**/{changelog.d,newsfragments,.changeset}/**"]).into_iter().next(),
            lockfiles: find_by(&|file| lock_kind(file.rsplit('/').next().unwrap_or(file)).is_some()),
            workflows: find(&["/.github/workflows/*.{yml,yaml}"]),
            owners: ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"]
                .into_iter()
                .find(|path| files.iter().any(|file| file == path))
                .map(str::to_owned),
            migrations: find(&[
                "**/{migrations,migrate,migration}/**/*.{sql,py,rb,exs}",
                "V*__*.sql",
                "**/alembic/versions/*.py",
                "!**/migrations/__init__.py",
            ]),
            tests: find(&file_kinds::tests()),
            flags: find(&["{flags,feature_flags,features,flipper,unleash}.{yml,yaml,json,toml}", ".flagd.json"])
                .into_iter()
                .next(),
            subjects: subjects.len(),
            conventional: subjects.iter().filter(|subject| is_conventional(subject)).count(),
        }
    }

    /// What was looked at, in one line.
    pub(super) fn describe(&self, landed: usize) -> String {
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
            0 => "a history without commits to try rules on".to_owned(),
            1 => "the last commit".to_owned(),
            many => format!("the last {many} commits"),
        });
        parts.join(", ")
    }
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
        let look = Look::at(&files, &history);
        assert_eq!(look.languages, [("Rust", 3), ("SQL", 1), ("TypeScript", 1)]);
        assert_eq!(look.changelogs, ["CHANGELOG.md", "docs/History.markdown", "web/CHANGELOG.md"]);
        assert_eq!(look.lockfiles, ["Cargo.lock", "app/pubspec.lock"]);
        assert_eq!((look.subjects, look.conventional), (3, 2));
        assert_eq!(look.owners.as_deref(), Some("docs/CODEOWNERS"));
        assert_eq!(look.tests, ["tests/it.rs"]);
        assert_eq!(
            look.describe(4),
            "16 files (Rust 3, SQL 1, TypeScript 1), CHANGELOG.md, Cargo.lock, docs/CODEOWNERS, 1 workflow, 1 migration, \
             the last 4 commits"
        );
        assert_eq!(Look::at(&[], &[]).describe(0), "0 files, a history without commits to try rules on");
    }
}
