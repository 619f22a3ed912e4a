//! The table of package managers: which file asks, which file locks, and what brings them together again.

use super::lock::{Fit, Lock, fits_by_name};
use super::manifest::{Manifest, Members, Wanted};
use super::{
    cargo, composer, dart, go, gradle, mix, node, node_locks, nuget, python, python_locks, ruby, sees, swift, yarn,
};
use std::collections::BTreeSet;

/// A family of files: manifests of one kind, and the lockfiles that can belong to them.
pub struct Ecosystem {
    /// What people call it.
    pub name: &'static str,
    /// How a manifest is named; one that begins with `*` is the end of a name.
    pub manifests: &'static [&'static str],
    /// The lockfiles, the usual one first.
    pub locks: &'static [LockKind],
    pub(super) read: fn(&str) -> Option<Manifest>,
    pub(super) reach: Reach,
}

/// Which manifests a lockfile covers besides the one beside it.
pub(super) enum Reach {
    /// None.
    Beside,
    /// Those in directories that one of these files, beside the lockfile, names as members.
    Workspace(&'static [WorkspaceFile]),
    /// Those below a manifest that is the root of a workspace: only the one beside the root counts.
    Root(&'static Roots),
    /// Those in directories of a directory of this name, beside the lockfile.
    Below(&'static str),
}

/// How manifests hang on the root of their workspace.
pub(super) struct Roots {
    /// The members that a manifest names, when it is a root.
    pub(super) members: fn(&str) -> Option<Members>,
    /// Puts what the root says into a member.
    pub(super) inherit: fn(&mut Manifest, &Manifest),
    /// Directories below a root where a package of that name may lie.
    pub(super) places: fn(&str, &str) -> Vec<String>,
}

/// A file that names members, and how it is read.
pub(super) struct WorkspaceFile {
    pub(super) name: &'static str,
    pub(super) members: fn(&str) -> Option<Members>,
    /// The names whose versions it decides for all members.
    pub(super) overridden: fn(&str) -> BTreeSet<String>,
}

const NODE_FILES: &[WorkspaceFile] = &[
    WorkspaceFile { name: "package.json", members: node::read_node_members, overridden: node::read_node_overrides },
    WorkspaceFile {
        name: "pnpm-workspace.yaml",
        members: node::read_pnpm_members,
        overridden: node::read_pnpm_overrides,
    },
];

const PYTHON_FILES: &[WorkspaceFile] =
    &[WorkspaceFile { name: "pyproject.toml", members: python::read_members, overridden: |_| BTreeSet::new() }];

/// One kind of lockfile.
pub struct LockKind {
    /// Its name.
    pub file: &'static str,
    /// The command that makes it fit; `NAMES` stands for the dependencies.
    pub command: &'static str,
    pub(super) read: fn(&str) -> Option<Lock>,
    pub(super) fits: fn(&Lock, &str, &Wanted) -> Fit,
    pub(super) member: MemberKey,
    /// Whether it holds a hash of the manifest's dependency sections: then every change of them needs a new one.
    pub(super) hashed: bool,
    /// Whether each section of a member is repeated apart, so that a move from one to another needs a new one.
    pub(super) apart: bool,
    /// Whether it lists members that ask for nothing, and strict installs refuse one that is not there.
    pub(super) lists_members: bool,
    /// What it repeats of a manifest.
    pub(super) sees: fn(&Lock, Manifest) -> Manifest,
    /// The settings of a member in which it is behind the manifest, which had others before.
    pub(super) behind: fn(&Lock, &str, &Manifest, &Manifest) -> Vec<&'static str>,
}

/// By what a lockfile knows a member.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MemberKey {
    /// Its directory.
    Directory,
    /// The package's name.
    Name,
    /// It does not tell members apart.
    None,
}

const fn lock(
    file: &'static str,
    command: &'static str,
    read: fn(&str) -> Option<Lock>,
    fits: fn(&Lock, &str, &Wanted) -> Fit,
    member: MemberKey,
) -> LockKind {
    LockKind {
        file,
        command,
        read,
        fits,
        member,
        hashed: false,
        apart: false,
        lists_members: false,
        sees: sees::as_written,
        behind: |_, _, _, _| Vec::new(),
    }
}

const fn hashed(kind: LockKind) -> LockKind {
    LockKind { hashed: true, ..kind }
}

const fn lists_members(kind: LockKind) -> LockKind {
    LockKind { lists_members: true, ..kind }
}

const fn apart(kind: LockKind) -> LockKind {
    LockKind { apart: true, ..kind }
}

const fn seen(sees: fn(&Lock, Manifest) -> Manifest, kind: LockKind) -> LockKind {
    LockKind { sees, ..kind }
}

/// A lockfile whose content says nothing to us (it is binary): only whether it was touched counts.
fn unread(_: &str) -> Option<Lock> {
    None
}

/// All of them.
#[rustfmt::skip]
pub const ECOSYSTEMS: &[Ecosystem] = &[
    Ecosystem {
        name: "JavaScript",
        manifests: &["package.json"],
        locks: &[
            lists_members(lock("package-lock.json", "npm install", node_locks::read_npm, node_locks::fits_npm, MemberKey::Directory)),
            lists_members(lock("npm-shrinkwrap.json", "npm install", node_locks::read_npm, node_locks::fits_npm, MemberKey::Directory)),
            seen(sees::by_yarn, apart(lists_members(lock("yarn.lock", "yarn install", yarn::read, yarn::fits, MemberKey::Directory)))),
            seen(sees::by_pnpm, apart(lock("pnpm-lock.yaml", "pnpm install", node_locks::read_pnpm, node_locks::fits_pnpm, MemberKey::Directory))),
            lock("bun.lock", "bun install", node_locks::read_bun, node_locks::fits_without_peers, MemberKey::Directory),
            lock("bun.lockb", "bun install", unread, fits_by_name, MemberKey::None),
        ],
        read: node::read_manifest,
        reach: Reach::Workspace(NODE_FILES),
    },
    Ecosystem {
        name: "Rust",
        manifests: &["Cargo.toml"],
        locks: &[lists_members(lock("Cargo.lock", "cargo check", cargo::read_lock, cargo::fits, MemberKey::Name))],
        read: cargo::read_manifest,
        reach: Reach::Root(&Roots { members: cargo::read_members, inherit: cargo::inherit, places: cargo::places }),
    },
    Ecosystem {
        name: "Go",
        manifests: &["go.mod"],
        locks: &[lock("go.sum", "go mod tidy", go::read_lock, go::fits, MemberKey::None)],
        read: go::read_manifest,
        reach: Reach::Beside,
    },
    Ecosystem {
        name: "Python",
        manifests: &["pyproject.toml"],
        locks: &[
            LockKind {
                behind: python_locks::behind_uv,
                ..seen(sees::by_uv, apart(lists_members(lock("uv.lock", "uv lock", python_locks::read_uv, python_locks::fits_uv, MemberKey::Name))))
            },
            seen(sees::by_poetry, hashed(lock("poetry.lock", "poetry lock", python_locks::read_packages, fits_by_name, MemberKey::None))),
            seen(sees::by_pdm, hashed(lock("pdm.lock", "pdm lock", python_locks::read_packages, fits_by_name, MemberKey::None))),
        ],
        read: python::read_manifest,
        reach: Reach::Workspace(PYTHON_FILES),
    },
    Ecosystem {
        name: "Python (Pipenv)",
        manifests: &["Pipfile"],
        locks: &[hashed(lock("Pipfile.lock", "pipenv lock", python_locks::read_pipfile_lock, fits_by_name, MemberKey::None))],
        read: python::read_pipfile,
        reach: Reach::Beside,
    },
    Ecosystem {
        name: "Ruby",
        manifests: &["Gemfile"],
        locks: &[lock("Gemfile.lock", "bundle lock", ruby::read_lock, ruby::fits, MemberKey::None)],
        read: ruby::read_manifest,
        reach: Reach::Beside,
    },
    Ecosystem {
        name: "PHP",
        manifests: &["composer.json"],
        locks: &[hashed(lock("composer.lock", "composer update NAMES", composer::read_lock, fits_by_name, MemberKey::None))],
        read: composer::read_manifest,
        reach: Reach::Beside,
    },
    Ecosystem {
        name: "Elixir",
        manifests: &["mix.exs"],
        locks: &[lock("mix.lock", "mix deps.get", mix::read_lock, fits_by_name, MemberKey::None)],
        read: mix::read_manifest,
        reach: Reach::Below("apps"),
    },
    Ecosystem {
        name: ".NET",
        manifests: &["*.csproj", "*.fsproj", "*.vbproj"],
        locks: &[hashed(lock("packages.lock.json", "dotnet restore --force-evaluate", nuget::read_lock, fits_by_name, MemberKey::None))],
        read: nuget::read_manifest,
        reach: Reach::Beside,
    },
    Ecosystem {
        name: "Gradle",
        manifests: &["build.gradle", "build.gradle.kts"],
        locks: &[lock("gradle.lockfile", "./gradlew dependencies --write-locks", gradle::read_lock, gradle::fits, MemberKey::None)],
        read: gradle::read_manifest,
        reach: Reach::Beside,
    },
    Ecosystem {
        name: "Swift",
        manifests: &["Package.swift"],
        locks: &[lock("Package.resolved", "swift package resolve", swift::read_lock, fits_by_name, MemberKey::None)],
        read: swift::read_manifest,
        reach: Reach::Beside,
    },
    Ecosystem {
        name: "Dart",
        manifests: &["pubspec.yaml"],
        locks: &[lock("pubspec.lock", "dart pub get", dart::read_lock, dart::fits, MemberKey::None)],
        read: dart::read_manifest,
        reach: Reach::Beside,
    },
];

impl Ecosystem {
    /// Whether a file of this name is one of its manifests.
    pub(super) fn is_manifest(&self, file_name: &str) -> bool {
        self.manifests.iter().any(|name| match name.strip_prefix('*') {
            Some(end) => file_name.ends_with(end),
            None => file_name == *name,
        })
    }
}

/// The lockfile of that name, with its family.
pub fn lock_kind(file_name: &str) -> Option<(&'static Ecosystem, &'static LockKind)> {
    ECOSYSTEMS.iter().find_map(|family| Some((family, family.locks.iter().find(|kind| kind.file == file_name)?)))
}
