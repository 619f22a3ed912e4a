//! The parts of a repository that have tests of their own: packages of a monorepo, crates, modules.

/// Directories that hold packages, each with its own tests.
const SHELVES: [&str; 12] = [
    "packages",
    "crates",
    "apps",
    "services",
    "libs",
    "modules",
    "plugins",
    "components",
    "projects",
    "gems",
    "lib",
    "src",
];

/// Directories inside a package that its sources and tests lie in.
const INSIDE: [&str; 11] =
    ["src", "lib", "test", "tests", "spec", "__tests__", "app", "internal", "pkg", "cmd", "benches"];

/// The package that a path lies in, without a slash at its end; empty for the repository itself.
pub(super) fn area_of(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let directories = &parts[..parts.len() - 1];
    // The deepest directory that has `src` or `tests` right below it, behind at least one other.
    for at in (1..directories.len()).rev() {
        let shelf = at >= 2 && is_shelf(directories[at - 2]);
        if INSIDE.contains(&directories[at]) && !INSIDE.contains(&directories[at - 1]) && (shelf || at == 1) {
            return directories[..at].join("/");
        }
    }
    // `packages/one/index.js`, `crates/one/build.rs`.
    match directories {
        [shelf, package, ..] if is_shelf(shelf) && !INSIDE.contains(shelf) => format!("{shelf}/{package}"),
        _ => String::new(),
    }
}

fn is_shelf(directory: &str) -> bool {
    SHELVES.contains(&directory) && !INSIDE.contains(&directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_told_from_directories() {
        for (path, area) in [
            ("src/flask/app.py", ""),
            ("tests/test_app.py", ""),
            ("lib/phoenix/socket/transport.ex", ""),
            ("packages/runtime-core/src/apiWatch.ts", "packages/runtime-core"),
            ("packages/runtime-core/__tests__/apiWatch.spec.ts", "packages/runtime-core"),
            ("packages/vue/index.js", "packages/vue"),
            ("axum-extra/src/routing/mod.rs", "axum-extra"),
            ("axum/tests/panic.rs", "axum"),
            ("services/shop/src/main/java/a/B.java", "services/shop"),
            ("binding/json.go", ""),
            ("main.go", ""),
        ] {
            assert_eq!(area_of(path), area, "{path}");
        }
    }
}
