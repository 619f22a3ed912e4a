//! `deckhand local` where git starts it: in hooks, with git's own variables set.

use crate::cli::Place;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Says which lines are added, so that what was compared is seen.
const RULES: &str = r#"
rule("lines", { blocking = false }, function()
  for _, line in danger.git.added_lines("*.py") do
    message(line.file .. ":" .. line.number .. " " .. line.text)
  end
end)
"#;

fn place() -> Place {
    let place = Place::repository();
    place.write(".gitignore", "said\n");
    place.write("dangerfile.lua", RULES);
    place.commit("Rules");
    place
}

/// A hook that runs the binary and keeps what it said.
fn install(place: &Place, hook: &str, arguments: &str) {
    let path = place.path.join(".git/hooks").join(hook);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let binary = env!("CARGO_BIN_EXE_deckhand");
    let said = place.path.join("said");
    let script = format!("#!/bin/sh\n'{binary}' local {arguments} > '{}' 2>&1\n", said.display());
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn said(place: &Place) -> String {
    std::fs::read_to_string(place.path.join("said")).unwrap()
}

const ONE: &str = "message lines\n    app.py:3 x = 1\n\n1 note - the check would pass\n";

#[test]
fn before_a_commit_the_index_of_git_counts() {
    for arguments in [&["commit", "-q", "-a", "-m", "All"][..], &["commit", "-q", "-m", "Part", "app.py"]] {
        let place = place();
        install(&place, "pre-commit", "--base HEAD");
        place.write("app.py", "def greet():\n    return 1\nx = 1\n");
        place.git(arguments);
        assert_eq!(said(&place), ONE, "{arguments:?}");
        assert_eq!(place.git(&["status", "--porcelain"]), "", "{arguments:?}");
        assert_eq!(place.git(&["show", "--format=", "--name-only", "HEAD"]), "app.py");
    }
}

#[test]
fn before_a_push_from_a_linked_working_tree_its_own_branch_counts() {
    let place = place();
    install(&place, "pre-push", "--base topic --head HEAD");
    let linked = place.path.with_file_name("linked");
    place.git(&["worktree", "add", "-q", "-b", "other", linked.to_str().unwrap()]);
    let remote = place.path.with_file_name("remote.git");
    place.git(&["init", "-q", "--bare", remote.to_str().unwrap()]);
    std::fs::write(linked.join("app.py"), "def greet():\n    return 1\nx = 1\n").unwrap();
    let in_linked = |arguments: &[&str]| {
        let output = place.command("git").current_dir(&linked).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    in_linked(&["commit", "-q", "-a", "-m", "Other"]);
    in_linked(&["push", "-q", remote.to_str().unwrap(), "other"]);
    assert_eq!(said(&place), ONE);
}

#[test]
fn gits_variables_say_which_repository_is_meant() {
    let place = place();
    place.write("app.py", "def greet():\n    return 1\nx = 1\n");
    let elsewhere = tempfile::tempdir().unwrap();
    let run = |directory: &Path, variables: &[(&str, &Path)]| {
        let mut command = place.command(env!("CARGO_BIN_EXE_deckhand"));
        command.args(["local", "--base", "HEAD"]).current_dir(directory).envs(variables.iter().copied());
        let output = command.output().unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr)
    };
    let git = place.path.join(".git");
    assert_eq!(run(elsewhere.path(), &[("GIT_DIR", &git), ("GIT_WORK_TREE", &place.path)]), ONE);
    assert_eq!(run(&place.path, &[("GIT_DIR", Path::new(".git")), ("GIT_INDEX_FILE", Path::new(".git/index"))]), ONE);
    // An index that is not there yet is an empty one: everything is untracked and all of it counts.
    let other = Path::new(".git/other-index");
    assert_eq!(run(&place.path, &[("GIT_INDEX_FILE", other)]), ONE);
    assert!(!place.path.join(other).exists());
    for (name, value) in [
        ("GIT_EXTERNAL_DIFF", "false"),
        ("GIT_DIFF_OPTS", "--unified=0"),
        ("GIT_ICASE_PATHSPECS", "1"),
        ("GIT_GLOB_PATHSPECS", "1"),
        ("GIT_PAGER", "false"),
        ("GIT_TRACE", "1"),
        ("GIT_CONFIG_PARAMETERS", "'diff.noprefix=true' 'color.ui=always'"),
        ("LC_ALL", "de_DE.UTF-8"),
    ] {
        assert_eq!(run(&place.path, &[(name, Path::new(value))]), ONE, "{name}");
    }
}
