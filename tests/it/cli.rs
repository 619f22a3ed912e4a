//! The binary as a process in a generated repository.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A directory to run in; the user's own git configuration is out of sight.
pub(crate) struct Place {
    _directory: TempDir,
    pub(crate) path: PathBuf,
}

/// What a process said.
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    /// An empty directory.
    pub(crate) fn empty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("repo");
        std::fs::create_dir(&path).unwrap();
        Place { _directory: directory, path }
    }

    /// A repository with one commit on `main` that holds `app.py`, on a new branch `topic`.
    pub(crate) fn repository() -> Self {
        let place = Place::empty();
        place.git(&["init", "-q", "-b", "main"]);
        place.git(&["config", "user.name", "ada"]);
        place.git(&["config", "user.email", "ada@example.com"]);
        place.write("app.py", "def greet():\n    return 1\n");
        place.commit("First");
        place.git(&["switch", "-q", "-c", "topic"]);
        place
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["-c", "commit.gpgSign=false", "commit", "-q", "-m", message]);
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git").args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.path).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").stdin(Stdio::null());
        command
    }

    pub(crate) fn deckhand(&self, arguments: &[&str]) -> Said {
        let output = self.command(env!("CARGO_BIN_EXE_deckhand")).args(arguments).output().unwrap();
        Said {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

#[test]
fn usage_is_told_with_status_2() {
    let place = Place::empty();
    for (arguments, part) in [
        (&["pr", "https://example.com", "--post"][..], "it looks like https://github.com/OWNER/REPO/pull/123"),
        (&["local", "--format", "yaml"], "[possible values: text, json, sarif, markdown, github]"),
        (&["local", "--bogus"], "unexpected argument '--bogus'"),
        (&["locale"], "'local'"),
        (&["local"], "is not inside a git repository"),
        (&["rules", "changlog"], "the nearest is `changelog`"),
        (&["test"], "no cases found in ."),
        (&["test", "none"], "none: no such file or directory"),
        (&["test", "--format", "json"], "`deckhand test` prints no json: it takes no --format"),
        (&["doctor", "--format", "json"], "`deckhand doctor` prints no json: it takes no --format"),
        (&["init", "--format", "sarif"], "`deckhand init` prints no sarif"),
        (&["hook", "install", "--format", "github"], "`deckhand hook` prints no github"),
        (&["types", "--format", "html"], "`deckhand types` prints no pages"),
        (&["rules", "--format", "sarif"], "`deckhand rules` prints no sarif: choose --format text or json"),
        (
            &["coverage", "upload", "--format", "html"],
            "`deckhand coverage` prints no pages: choose --format text or json",
        ),
        (&["init", "--last", "0"], "0 is not in 1.."),
        (
            &["types", "--dangerfile", "x.lua"],
            "`deckhand types` reads no dangerfile here: leave out `--dangerfile x.lua`",
        ),
        (&["rules", "--dangerfile", "x.lua"], "`deckhand rules` reads no dangerfile"),
        (&["migrations", "--dangerfile", "x.lua"], "`deckhand migrations` reads no dangerfile"),
        (&["man", "--dangerfile", "x.lua"], "`deckhand man` reads no dangerfile"),
        (&["completions", "bash", "--dangerfile", "x.lua"], "`deckhand completions` reads no dangerfile"),
        (&["hook", "uninstall", "--dangerfile", "x.lua"], "`deckhand hook` reads no dangerfile"),
        (&["test", "--dangerfile", "x.lua"], "x.lua: no such file"),
        (&["help", "locale"], "'local'"),
        (&["coverage", "--format", "yaml"], "[possible values: text, json, sarif, markdown, github, html]"),
        (&["check", "--dangerfile", "/"], "no dangerfile: looked for"),
    ] {
        let said = place.deckhand(arguments);
        assert_eq!(said.status, 2, "{arguments:?}: {}", said.err);
        assert!(said.err.contains(part), "{arguments:?}: {}", said.err);
        assert_eq!(said.out, "", "{arguments:?}");
    }
}

#[test]
fn help_is_a_word_as_well_as_an_option() {
    let place = Place::empty();
    for words in [&[][..], &["local"], &["hook", "install"]] {
        let [word, option] = [[&["help"], words].concat(), [words, &["--help"]].concat()].map(|it| place.deckhand(&it));
        assert_eq!((word.status, option.status, word.out), (0, 0, option.out), "{words:?}");
    }
    assert!(place.deckhand(&["coverage", "--help"]).out.contains("A page for a browser"));
    assert!(!place.deckhand(&["local", "--help"]).out.contains("A page for a browser"));
}

#[test]
fn rules_are_listed_and_have_pages() {
    let place = Place::empty();
    let said = place.deckhand(&["rules"]);
    assert_eq!(said.status, 0);
    assert!(said.out.lines().any(|line| line.starts_with("pr_size") && line.contains("warn")), "{}", said.out);
    let said = place.deckhand(&["rules", "pr_size"]);
    assert_eq!(said.status, 0);
    assert!(said.out.starts_with("# "), "{}", said.out);
}

#[test]
fn types_are_printed_for_editors() {
    let said = Place::empty().deckhand(&["types"]);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    for part in ["declare danger: Danger\n", "export type PullRequest = {\n", "declare robot: Robot\n"] {
        assert!(said.out.contains(part), "{}", said.out);
    }
}
