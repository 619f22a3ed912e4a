//! Files of the npm packages that scripts/test installs.

use std::path::{Path, PathBuf};

/// `target/npm/node_modules/<path>`
pub(super) fn path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/npm/node_modules").join(path)
}

/// Its text; the test fails when it is not there.
pub(super) fn read(path: &str) -> String {
    std::fs::read_to_string(self::path(path)).unwrap_or_else(|error| complain(path, &error))
}

/// It cannot be read.
pub(super) fn complain(path: &str, error: &std::io::Error) -> ! {
    panic!("{}: {error}. Run scripts/test once: it installs the npm packages.", self::path(path).display())
}
