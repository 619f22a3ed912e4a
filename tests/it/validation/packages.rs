//! Files of the npm packages that scripts/test installs.

use std::path::Path;

/// The text of `target/npm/node_modules/<path>`; the test fails when it is not there.
pub(super) fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/npm/node_modules").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}. Run scripts/test once: it installs the npm packages.", path.display())
    })
}
