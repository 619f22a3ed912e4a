//! Patches into file changes, hunks and lines; arithmetic of old and new lines.
