//! Which files tell users what changed, by their names.

use super::fragment::CONFIGS;
use crate::analysis::file_kinds::is_foreign;
use regex::Regex;
use std::sync::LazyLock;

/// What a path is to a changelog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileRole {
    /// A changelog.
    Changelog,
    /// A piece of the next release's notes in a file of its own.
    Fragment,
    /// A file of `.changeset`.
    Changeset,
}

/// Names of changelogs; anything else that is spelt like one is a page or code of another kind.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let names = "CHANGELOG|CHANGES|HISTORY|NEWS|RELEASES|Changelog|ChangeLog|Changes|History|News|Releases|changelog|\
                 changes|history|news|CHANGE_LOG|[Rr]elease[-_][Nn]otes|RELEASE[-_]NOTES";
    Regex::new(&format!(r"^(?:{names})(?:\.(?:md|mdx|markdown|rst|txt|adoc|asciidoc|org))?$")).expect("a fixed pattern")
});

/// Whether a file of this name is read by whoever finds it in a folder where a changelog may lie.
pub fn is_read_with_its_folder(name: &str) -> bool {
    NAME.is_match(name) || CONFIGS.contains(&name)
}

/// Directories of fragments that need no configuration to be known.
const FRAGMENTS: [&str; 9] = [
    "changelog.d/",
    "newsfragments/",
    "news.d/",
    "changes.d/",
    "changelogs/unreleased/",
    "changelog/unreleased/",
    ".changes/unreleased/",
    ".unreleased/",
    "changelog_unreleased/",
];

/// A directory of the root whose texts are fragments, as RuboCop has it; deeper ones are mostly code.
const COLLECTED: &str = "changelog";

/// What the path is; `None` for everything that is no changelog. `fragments` is a directory that a configuration names.
pub fn role_of(path: &str, fragments: Option<&str>) -> Option<FileRole> {
    if is_foreign(path) {
        return None;
    }
    let (directories, name) = path.rsplit_once('/').unwrap_or(("", path));
    let inside = |directory: &str| path.starts_with(directory) || path.contains(&format!("/{directory}"));
    if inside(".changeset/") {
        return is_note(name).then_some(FileRole::Changeset);
    }
    let configured = fragments.is_some_and(|directory| {
        let directory = directory.trim_end_matches('/');
        !directory.is_empty() && path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
    });
    if configured || FRAGMENTS.iter().any(|directory| inside(directory)) {
        return is_note(name).then_some(FileRole::Fragment);
    }
    if NAME.is_match(name) {
        return Some(FileRole::Changelog);
    }
    let text = [".md", ".rst", ".txt"].iter().any(|end| name.ends_with(end));
    (directories == COLLECTED && text && is_note(name)).then_some(FileRole::Fragment)
}

/// Whether it lies in a directory that need not be one of fragments.
pub(super) fn is_collected(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(directories, _)| directories == COLLECTED)
}

/// Whether a file of this name is a changelog whatever it looks like: a page about history or news may be something else.
pub(super) fn is_named_changelog(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("change"))
}

/// Whether the path lies where fragments or changesets do, also as their configuration or explanation.
pub(super) fn is_among_notes(path: &str, fragments: Option<&str>) -> bool {
    let (directories, _) = path.rsplit_once('/').unwrap_or(("", path));
    role_of(&format!("{directories}/x"), fragments).is_some()
}

/// Explanations, templates and settings lie in the same directories.
fn is_note(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let setting = [".json", ".toml", ".ini", ".cfg", ".j2", ".jinja", ".jinja2", ".tmpl", ".py", ".js", ".sh"];
    !(lower.starts_with("readme")
        || lower.starts_with('.')
        || lower.starts_with('_')
        || lower.starts_with("template")
        || setting.iter().any(|end| lower.ends_with(end)))
}

/// Names that are looked for in the root of a repository.
const ROOT: [&str; 28] = [
    "CHANGELOG.md",
    "CHANGES.md",
    "CHANGELOG.rst",
    "CHANGES.rst",
    "HISTORY.md",
    "HISTORY.rst",
    "NEWS.md",
    "NEWS.rst",
    "CHANGELOG",
    "CHANGES",
    "HISTORY",
    "NEWS",
    "CHANGELOG.txt",
    "CHANGES.txt",
    "NEWS.txt",
    "Changelog.md",
    "ChangeLog.md",
    "changelog.md",
    "ChangeLog",
    "Changes",
    "Changes.md",
    "History.md",
    "History.rst",
    "History.markdown",
    "CHANGELOG.markdown",
    "CHANGELOG.adoc",
    "RELEASES.md",
    "RELEASE_NOTES.md",
];

/// Names that are looked for in the folder of the documentation.
const DOCS: [&str; 6] =
    ["changelog.md", "CHANGELOG.md", "changelog.rst", "changes.rst", "release-notes.md", "release_notes.md"];

/// Names that are looked for in the directory of a package.
const PACKAGE: [&str; 5] = ["CHANGELOG.md", "CHANGES.md", "CHANGES.rst", "HISTORY.md", "NEWS.md"];

/// Directories that are looked into, the shallowest first.
const MAX_DIRECTORIES: usize = 12;

/// The folders in which the changelog of one of these files could lie: the root (empty), the documentation, and those
/// above a file.
pub(super) fn folders_for<'a>(files: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut above: Vec<&str> = Vec::new();
    for file in files {
        let folders = file.match_indices('/').map(|(at, _)| &file[..at]);
        above.extend(folders.filter(|folder| !folder.starts_with('.') && *folder != "docs"));
    }
    above.sort_by_key(|folder| (folder.matches('/').count(), *folder));
    above.dedup();
    ["", "docs"].into_iter().chain(above.into_iter().take(MAX_DIRECTORIES)).collect()
}

/// The changelogs among the names in one of those folders, the likelier first.
pub(super) fn changelogs_in<'n>(folder: &str, names: &'n [String]) -> impl Iterator<Item = String> + use<'n> {
    let wanted: Vec<&str> = match folder {
        "" => ROOT.to_vec(),
        "docs" => DOCS.into_iter().chain(PACKAGE).collect(),
        _ => PACKAGE.to_vec(),
    };
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let there = wanted.into_iter().filter(|name| names.iter().any(|other| other == name));
    there.map(move |name| format!("{prefix}{name}"))
}

/// The directory that a changelog speaks for: the one that it lies in, but `docs/` speaks for the one above.
pub(super) fn scope_of(changelog: &str) -> &str {
    let mut scope = changelog.rsplit_once('/').map_or("", |(directory, _)| directory);
    loop {
        let (above, last) = scope.rsplit_once('/').unwrap_or(("", scope));
        if !matches!(last, "docs" | "doc" | "src" | "source" | ".github" | "documentation") || scope.is_empty() {
            return scope;
        }
        scope = above;
    }
}

/// Whether the file lies in the directory.
pub(super) fn is_in(scope: &str, file: &str) -> bool {
    scope.is_empty() || file.strip_prefix(scope).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changelogs_have_known_names() {
        for path in ["CHANGELOG.md", "a/b/CHANGES.rst", "History.md", "NEWS", "docs/release-notes.md", "ChangeLog"] {
            assert_eq!(role_of(path, None), Some(FileRole::Changelog), "{path}");
        }
        for path in ["src/history.rs", "vendor/x/CHANGELOG.md", "CHANGELOG.md.erb", "oldnews", "docs/renews.md"] {
            assert_eq!(role_of(path, None), None, "{path}");
        }
    }

    #[test]
    fn fragments_lie_in_their_directories() {
        assert_eq!(role_of("newsfragments/12.feature.md", None), Some(FileRole::Fragment));
        assert_eq!(role_of("pkg/changelog.d/12.md", None), Some(FileRole::Fragment));
        assert_eq!(role_of("newsfragments/README.md", None), None);
        assert!(is_among_notes("newsfragments/README.md", None));
        assert_eq!(role_of("news/12.bugfix.rst", None), None);
        assert_eq!(role_of("news/12.bugfix.rst", Some("news/")), Some(FileRole::Fragment));
        assert_eq!(role_of("changelog/fix_a_crash_20260101.md", None), Some(FileRole::Fragment));
        assert_eq!(role_of("changelog/CHANGELOG.md", None), Some(FileRole::Changelog));
        for path in ["changelog/README.md", "changelog/.gitkeep", "changelog/parse.rs", "src/changelog/x.md"] {
            assert_eq!(role_of(path, None), None, "{path}");
        }
        assert_eq!(role_of(".changeset/brave-cats.md", None), Some(FileRole::Changeset));
        assert_eq!(role_of(".changeset/config.json", None), None);
    }

    #[test]
    fn changelogs_lie_in_the_root_or_above_a_file() {
        assert_eq!(
            folders_for(["packages/a/src/x.ts", ".github/x.yml", "docs/a/x.md"]),
            ["", "docs", "packages", "docs/a", "packages/a", "packages/a/src"]
        );
        assert!(folders_for(["a/".repeat(500).as_str()]).len() <= 2 + MAX_DIRECTORIES);
        let names = ["CHANGELOG.md", "README.md", "NEWS", "src"].map(str::to_owned);
        assert_eq!(changelogs_in("", &names).collect::<Vec<_>>(), ["CHANGELOG.md", "NEWS"]);
        assert_eq!(changelogs_in("packages/a", &names).collect::<Vec<_>>(), ["packages/a/CHANGELOG.md"]);
        assert_eq!(scope_of("docs/changelog.md"), "");
        assert_eq!(scope_of("packages/a/docs/CHANGELOG.md"), "packages/a");
        assert!(is_in("packages/a", "packages/a/x") && !is_in("packages/a", "packages/ab/x") && is_in("", "x"));
    }
}
