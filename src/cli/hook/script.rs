//! The text of an installed hook: a few lines of shell that hand over to `deckhand hook run`.

use clap::ValueEnum;
use std::path::Path;

/// The second line of our hooks: by it we know them.
const MARK: &str = "# Written by `deckhand hook install`; `deckhand hook uninstall` removes it.";

/// What a hook of somebody else holds when it calls us.
const CALL: &str = "deckhand hook run";

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum HookName {
    /// Before a push: what the pushed branches add
    PrePush,
    /// Before a commit: what the working tree adds
    PreCommit,
}

impl HookName {
    /// The file's name.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            HookName::PrePush => "pre-push",
            HookName::PreCommit => "pre-commit",
        }
    }

    /// What git is about to do.
    pub(super) fn action(self) -> &'static str {
        match self {
            HookName::PrePush => "push",
            HookName::PreCommit => "commit",
        }
    }
}

/// The script. The program on PATH is preferred to the one that wrote the hook, which may move.
pub(super) fn render(hook: HookName, program: &Path) -> String {
    let (name, action) = (hook.as_str(), hook.action());
    let program = program.to_string_lossy().replace('\'', r"'\''");
    format!(
        "#!/bin/sh
{MARK}
# `git {action} --no-verify` goes past it.
deckhand=deckhand
command -v deckhand >/dev/null 2>&1 || deckhand='{program}'
if ! command -v \"$deckhand\" >/dev/null 2>&1; then
  echo \"deckhand was not found: install it, or remove the hook $0\" >&2
  exit 1
fi
exec \"$deckhand\" hook run {name} \"$@\"
"
    )
}

/// The line that makes a hook of somebody else call us.
pub(super) fn line_for_others(hook: HookName) -> String {
    format!("{CALL} {} \"$@\" || exit 1", hook.as_str())
}

/// Whether `deckhand hook install` wrote this file.
pub(super) fn is_ours(text: &str) -> bool {
    text.lines().nth(1) == Some(MARK)
}

/// Whether a hook of somebody else calls us.
pub(super) fn calls_us(text: &str) -> bool {
    text.lines().any(|line| !line.trim_start().starts_with('#') && line.contains(CALL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_known_from_others() {
        let script = render(HookName::PrePush, Path::new("/opt/it's here/deckhand"));
        assert!(is_ours(&script));
        assert!(script.contains(r"deckhand='/opt/it'\''s here/deckhand'"), "{script}");
        assert!(!is_ours("#!/bin/sh\nmake test\n"));
        let other = format!("#!/bin/sh\n{}\nmake test\n", line_for_others(HookName::PrePush));
        assert!(calls_us(&other) && !is_ours(&other));
        assert!(!calls_us("#!/bin/sh\n# deckhand hook run pre-push\n"));
    }
}
