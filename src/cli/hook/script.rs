//! The text of an installed hook: a few lines of shell that hand over to `deckhand hook run`.

use crate::cli::shell::quote;
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

/// What a hook runs.
pub(super) struct Call {
    pub(super) hook: HookName,
    /// The rules that were named; `None` is the dangerfile of whatever is judged.
    pub(super) dangerfile: Option<String>,
}

impl Call {
    /// The words behind `deckhand`, for a shell.
    fn words(&self) -> String {
        let named = self.dangerfile.as_ref().map(|file| format!("--dangerfile={} ", quote(file))).unwrap_or_default();
        format!("hook run {named}{} \"$@\"", self.hook.as_str())
    }

    /// The lines that make a hook of somebody else call us. Git says to a hook what is pushed once, on standard input,
    /// which its other commands (git-lfs, pre-commit) read too: it is kept and given back.
    pub(super) fn lines_for_others(&self) -> String {
        let words = self.words();
        match self.hook {
            HookName::PreCommit => format!("deckhand {words} || exit 1"),
            HookName::PrePush => [
                "pushed=$(mktemp) && cat >\"$pushed\" || exit 1",
                &format!("deckhand {words} <\"$pushed\" || {{ rm -f \"$pushed\"; exit 1; }}"),
                "exec <\"$pushed\"; rm -f \"$pushed\"",
            ]
            .join("\n"),
        }
    }

    /// Whether a hook of somebody else calls us so.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let words = self.words();
        code(text).any(|line| line.contains(&words))
    }
}

/// The script. The program on PATH is preferred to the one that wrote the hook, which may move.
pub(super) fn render(call: &Call, program: &Path) -> String {
    let (words, action) = (call.words(), call.hook.action());
    let program = quote(&program.to_string_lossy());
    format!(
        "#!/bin/sh
{MARK}
# `git {action} --no-verify` goes past it.
deckhand=deckhand
command -v deckhand >/dev/null 2>&1 || deckhand={program}
if ! command -v \"$deckhand\" >/dev/null 2>&1; then
  echo \"deckhand was not found: install it, or remove the hook $0\" >&2
  exit 1
fi
exec \"$deckhand\" {words}
"
    )
}

/// Whether `deckhand hook install` wrote this file.
pub(super) fn is_ours(text: &str) -> bool {
    text.lines().nth(1) == Some(MARK)
}

/// Whether a hook of somebody else calls us.
pub(super) fn calls_us(text: &str) -> bool {
    code(text).any(|line| line.contains(CALL))
}

/// The lines of a script that are no comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(dangerfile: Option<&str>) -> Call {
        Call { hook: HookName::PrePush, dangerfile: dangerfile.map(str::to_owned) }
    }

    #[test]
    fn a_named_dangerfile_is_one_word_of_the_script() {
        let script = render(&call(Some("it's $HOME/`x`.lua")), Path::new("/bin/deckhand"));
        assert!(script.ends_with("hook run --dangerfile='it'\\''s $HOME/`x`.lua' pre-push \"$@\"\n"), "{script}");
        let named = call(Some("strict.lua"));
        let other = format!("#!/bin/sh\n{}\n", named.lines_for_others());
        assert!(calls_us(&other) && named.is_in(&other) && !call(None).is_in(&other), "{other}");
    }

    #[test]
    fn ours_is_known_from_others() {
        let script = render(&call(None), Path::new("/opt/it's here/deckhand"));
        assert!(is_ours(&script));
        assert!(script.contains(r"deckhand='/opt/it'\''s here/deckhand'"), "{script}");
        assert!(!is_ours("#!/bin/sh\nmake test\n"));
        let other = format!("#!/bin/sh\n{}\nmake test\n", call(None).lines_for_others());
        assert!(calls_us(&other) && !is_ours(&other));
        assert!(!calls_us("#!/bin/sh\n# deckhand hook run pre-push\n"));
    }
}
