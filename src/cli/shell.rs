//! What people paste into a shell.

/// One word for a shell, whatever it holds.
pub(super) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
