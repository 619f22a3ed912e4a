//! `deckhand hook`: installed where git looks, run by git itself, never over somebody else's.

use crate::cli::{Place, Said};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const RULES: &str = "rule('no-print', function()
  for _, line in danger.git.added_lines('*.py') do
    if line.text:find('print(', 1, true) then
      fail('Leftover print', { file = line.file, line = line.number })
    end
  end
end)
";

/// A repository with rules on `main` that was pushed to a bare one beside it; on a new branch `topic`.
fn pushed() -> Place {
    let place = Place::repository();
    place.git(&["switch", "-q", "main"]);
    place.write("dangerfile.lua", RULES);
    place.commit("Add rules");
    place.git(&["init", "-q", "--bare", "../remote.git"]);
    place.git(&["remote", "add", "origin", "../remote.git"]);
    place.git(&["push", "-q", "-u", "origin", "main"]);
    place.git(&["switch", "-q", "-C", "topic"]);
    place
}

/// Git as a user runs it: what it says and how it ends.
fn run_git(place: &Place, directory: &Path, arguments: &[&str]) -> Said {
    let output = place.command("git").args(arguments).current_dir(directory).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Said { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn is_executable(path: &Path) -> bool {
    path.metadata().unwrap().permissions().mode() & 0o111 == 0o111
}

#[test]
fn a_push_is_judged_and_stopped_when_something_blocks() {
    let place = pushed();
    let said = place.deckhand(&["hook", "install"]);
    let hook = place.path.join(".git/hooks/pre-push");
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert!(said.out.starts_with("installed /") && said.out.contains(".git/hooks/pre-push:"), "{}", said.out);
    assert!(is_executable(&hook));

    place.write("app.py", "def greet():\n    print(1)\n");
    place.commit("Print");
    let push = ["push", "-q", "origin", "topic"];
    let said = run_git(&place, &place.path, &push);
    assert_eq!(said.status, 1, "{} {}", said.out, said.err);
    let all = format!("{}{}", said.out, said.err);
    assert!(all.contains("app.py:2 fail no-print"), "{all}");
    assert!(all.contains("`git push --no-verify` goes past it"), "{all}");
    assert!(!place.git(&["ls-remote", "origin"]).contains("topic"));

    place.write("app.py", "def greet():\n    return 2\n");
    place.commit("Do not print");
    let said = run_git(&place, &place.path, &push);
    assert_eq!(said.status, 0, "{} {}", said.out, said.err);
    // Tags and deletions bring nothing to judge.
    place.git(&["tag", "v1"]);
    assert_eq!(run_git(&place, &place.path, &["push", "-q", "origin", "v1", ":topic"]).status, 0);
}

#[test]
fn the_pushed_branch_is_judged_and_not_what_is_checked_out() {
    let place = pushed();
    place.write("app.py", "print(1)\n");
    place.commit("Print");
    place.deckhand(&["hook", "install"]);
    place.git(&["switch", "-q", "main"]);
    assert_eq!(run_git(&place, &place.path, &["push", "-q", "origin", "topic"]).status, 1);
    assert_eq!(run_git(&place, &place.path, &["push", "-q", "origin", "main"]).status, 0);
    assert_eq!(run_git(&place, &place.path, &["push", "-q", "origin", "topic~1:refs/heads/other"]).status, 0);
}

#[test]
fn a_commit_is_judged_by_the_other_hook() {
    let place = pushed();
    assert_eq!(place.deckhand(&["hook", "install", "pre-commit"]).status, 0);
    place.write("app.py", "print(1)\n");
    let said = run_git(&place, &place.path, &["commit", "-q", "-a", "-m", "Print"]);
    assert_eq!(said.status, 1, "{}", said.err);
    assert!(said.err.contains("no-print") || said.out.contains("no-print"), "{} {}", said.out, said.err);
    place.write("app.py", "x = 1\n");
    let said = run_git(&place, &place.path, &["commit", "-q", "-a", "-m", "Do not"]);
    assert_eq!(said.status, 0, "{} {}", said.out, said.err);
}

#[test]
fn installing_again_changes_nothing_and_uninstalling_removes_only_ours() {
    let place = pushed();
    let hook = place.path.join(".git/hooks/pre-push");
    assert!(place.deckhand(&["hook", "uninstall"]).out.starts_with("there is no hook "));
    place.deckhand(&["hook", "install"]);
    let first = std::fs::read_to_string(&hook).unwrap();
    let said = place.deckhand(&["hook", "install"]);
    assert!(said.status == 0 && said.out.contains("is installed already"), "{}", said.out);
    assert_eq!(std::fs::read_to_string(&hook).unwrap(), first);
    // An older version of ours is renewed, and made executable again.
    std::fs::write(&hook, format!("{first}# old\n")).unwrap();
    std::fs::set_permissions(&hook, PermissionsExt::from_mode(0o644)).unwrap();
    assert!(place.deckhand(&["hook", "install"]).out.starts_with("renewed "));
    assert_eq!(std::fs::read_to_string(&hook).unwrap(), first);
    assert!(is_executable(&hook));
    assert!(place.deckhand(&["hook", "uninstall"]).out.starts_with("removed "));
    assert!(!hook.exists());
}

#[test]
fn a_hook_of_somebody_else_stays_and_the_line_to_add_is_said() {
    let place = pushed();
    let hook = place.path.join(".git/hooks/pre-push");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\nexit 0\n").unwrap();
    let said = place.deckhand(&["hook", "install"]);
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    assert!(said.err.contains("somebody else") && said.err.contains("chmod +x '/"), "{}", said.err);
    let lines: Vec<&str> = said.err.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    assert!(lines.len() == 3 && lines[1].starts_with("deckhand hook run pre-push \"$@\" "), "{}", said.err);
    let lines = lines.join("\n");
    assert_eq!(std::fs::read_to_string(&hook).unwrap(), "#!/bin/sh\nexit 0\n");
    assert!(place.deckhand(&["hook", "uninstall"]).out.contains("is not ours"));
    assert!(hook.exists());

    // With the line it is fine, and the line does what it says.
    let program = env!("CARGO_BIN_EXE_deckhand");
    let text = format!("#!/bin/sh\ndeckhand() {{ '{program}' \"$@\"; }}\n{lines}\ncat >.git/refs-seen\n");
    std::fs::write(&hook, &text).unwrap();
    let said = place.deckhand(&["hook", "install"]);
    assert!(
        said.status == 2 && said.err.contains("not executable, so git does not run it: `chmod +x '/"),
        "{}",
        said.err
    );
    std::fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
    assert!(place.deckhand(&["hook", "install"]).out.contains("calls deckhand already"));
    assert_eq!(std::fs::read_to_string(&hook).unwrap(), text);
    assert_eq!(place.deckhand(&["hook", "uninstall"]).status, 2);
    place.write("app.py", "print(1)\n");
    place.commit("Print");
    let push = ["push", "-q", "origin", "topic"];
    assert_eq!(run_git(&place, &place.path, &push).status, 1);
    let seen = place.path.join(".git/refs-seen");
    assert!(!seen.exists());
    // The rest of the hook reads from git what deckhand read before it.
    place.write("app.py", "x = 1\n");
    place.commit("Do not print");
    let said = run_git(&place, &place.path, &push);
    assert_eq!(said.status, 0, "{} {}", said.out, said.err);
    let head = place.git(&["rev-parse", "topic"]);
    let refs = std::fs::read_to_string(&seen).unwrap();
    assert!(refs.starts_with(&format!("refs/heads/topic {head} refs/heads/topic ")), "{refs}");

    // A link is somebody's arrangement, even where it leads nowhere.
    std::fs::remove_file(&hook).unwrap();
    std::os::unix::fs::symlink("../../elsewhere", &hook).unwrap();
    assert_eq!(place.deckhand(&["hook", "install"]).status, 2);
    assert!(!place.path.join("elsewhere").exists());
}

#[test]
fn hooks_go_where_git_looks_for_them() {
    let place = pushed();
    place.git(&["config", "core.hooksPath", "tools/git hooks"]);
    let deep = place.path.join("deep/down");
    std::fs::create_dir_all(&deep).unwrap();
    let output = place.command(env!("CARGO_BIN_EXE_deckhand")).args(["hook", "install"]).current_dir(&deep).output();
    assert!(output.unwrap().status.success());
    let hook = place.path.join("tools/git hooks/pre-push");
    assert!(is_executable(&hook));
    assert!(!place.path.join(".git/hooks/pre-push").exists());
    place.write("app.py", "print(1)\n");
    place.commit("Print");
    assert_eq!(run_git(&place, &place.path, &["push", "-q", "origin", "topic"]).status, 1);

    // Husky's own directory is written anew at every install: people's hooks lie beside it.
    place.git(&["config", "core.hooksPath", ".husky/_"]);
    std::fs::create_dir_all(place.path.join(".husky/_")).unwrap();
    assert_eq!(place.deckhand(&["hook", "install"]).status, 0);
    assert!(place.path.join(".husky/pre-push").exists() && !place.path.join(".husky/_/pre-push").exists());

    place.git(&["config", "core.hooksPath", "/dev/null"]);
    let said = place.deckhand(&["hook", "install"]);
    assert!(said.status == 2 && said.err.contains("git runs no hooks here"), "{}", said.err);
}

#[test]
fn the_hooks_of_all_repositories_are_not_ours_to_write() {
    let place = pushed();
    let global = place.path.with_file_name("gitconfig");
    std::fs::write(&global, "[core]\n\thooksPath = /tmp/all-hooks-of-somebody\n").unwrap();
    let mut command = place.command(env!("CARGO_BIN_EXE_deckhand"));
    let output = command.args(["hook", "install"]).env("GIT_CONFIG_GLOBAL", &global).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("all of your repositories") && err.contains("core.hooksPath .git/hooks"), "{err}");

    // To take away needs no advice for adding.
    let uninstall = |directory: &Path| {
        std::fs::write(&global, format!("[core]\n\thooksPath = {}\n", directory.display())).unwrap();
        let mut command = place.command(env!("CARGO_BIN_EXE_deckhand"));
        let output = command.args(["hook", "uninstall"]).env("GIT_CONFIG_GLOBAL", &global).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(text).unwrap())
    };
    let hooks = place.path.with_file_name("all hooks");
    let (status, said) = uninstall(&hooks);
    assert!(status == 0 && said.starts_with("there is no hook "), "{said}");
    std::fs::create_dir(&hooks).unwrap();
    std::fs::write(hooks.join("pre-push"), "#!/bin/sh\ndeckhand hook run pre-push \"$@\" || exit 1\n").unwrap();
    let (status, said) = uninstall(&hooks);
    assert!(status == 2 && said.contains("a hook of all of your repositories") && !said.contains("add "), "{said}");
    std::fs::write(hooks.join("pre-push"), "#!/bin/sh\nmake test\n").unwrap();
    let (status, said) = uninstall(&hooks);
    assert!(status == 0 && said.contains("was left as it is"), "{said}");
}

#[test]
fn a_linked_working_tree_and_a_path_with_spaces_work() {
    let place = pushed();
    let linked = place.path.with_file_name("a linked tree's");
    place.git(&["worktree", "add", "-q", "-b", "linked", linked.to_str().unwrap()]);
    let mut command = place.command(env!("CARGO_BIN_EXE_deckhand"));
    let output = command.args(["hook", "install"]).current_dir(&linked).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(is_executable(&place.path.join(".git/hooks/pre-push")), "working trees share their hooks");
    std::fs::write(linked.join("app.py"), "print(1)\n").unwrap();
    assert_eq!(run_git(&place, &linked, &["commit", "-q", "-a", "-m", "Print"]).status, 0);
    let said = run_git(&place, &linked, &["push", "-q", "origin", "linked"]);
    assert_eq!(said.status, 1, "{} {}", said.out, said.err);
    assert!(format!("{}{}", said.out, said.err).contains("no-print"), "{} {}", said.out, said.err);
}

#[test]
fn where_nothing_can_be_judged_git_goes_on() {
    // No dangerfile: said when it is installed, and no reason to stop a push.
    let place = Place::repository();
    let said = place.deckhand(&["hook", "install"]);
    assert!(said.status == 0 && said.err.contains("`deckhand init`"), "{}", said.err);
    place.git(&["init", "-q", "--bare", "../remote.git"]);
    place.git(&["remote", "add", "origin", "../remote.git"]);
    let said = run_git(&place, &place.path, &["push", "-q", "origin", "topic"]);
    assert!(said.status == 0 && said.err.contains("there is no dangerfile"), "{}", said.err);

    // The very first commit and push of a branch that has nothing to be merged into.
    let place = Place::empty();
    place.git(&["init", "-q", "-b", "trunk"]);
    place.git(&["config", "user.name", "ada"]);
    place.git(&["config", "user.email", "ada@example.com"]);
    place.git(&["init", "-q", "--bare", "../remote.git"]);
    place.git(&["remote", "add", "origin", "../remote.git"]);
    place.write("dangerfile.lua", RULES);
    place.deckhand(&["hook", "install"]);
    place.deckhand(&["hook", "install", "pre-commit"]);
    place.git(&["add", "-A"]);
    let said = run_git(&place, &place.path, &["commit", "-q", "-m", "First"]);
    assert_eq!(said.status, 0, "{} {}", said.out, said.err);
    let said = run_git(&place, &place.path, &["push", "-q", "origin", "trunk"]);
    assert_eq!(said.status, 0, "{} {}", said.out, said.err);

    // A dangerfile that does not load stops the push: what cannot be judged does not pass.
    let place = pushed();
    place.deckhand(&["hook", "install"]);
    place.write("dangerfile.lua", "use(\"changlog\")\n");
    place.commit("Break the rules");
    assert_eq!(run_git(&place, &place.path, &["push", "-q", "origin", "topic"]).status, 1);
}

#[test]
fn a_named_dangerfile_is_the_one_that_the_hook_judges_by() {
    let place = pushed();
    std::fs::remove_file(place.path.join("dangerfile.lua")).unwrap();
    place.write("tools/it's strict.lua", RULES);
    place.write("app.py", "print(1)\n");
    place.commit("Print");
    let tools = place.path.join("tools");
    let install = |file: &str| {
        let mut command = place.command(env!("CARGO_BIN_EXE_deckhand"));
        let output = command.args(["hook", "install", "--dangerfile", file]).current_dir(&tools).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, err) = install("missing.lua");
    assert!(status == 2 && err.contains("missing.lua: no such file"), "{err}");
    // It is named from the top, where git runs hooks, and there is nothing to be missed.
    assert_eq!(install("it's strict.lua"), (0, String::new()));
    let hook = place.path.join(".git/hooks/pre-push");
    let text = std::fs::read_to_string(&hook).unwrap();
    assert!(text.contains(r"hook run --dangerfile='tools/it'\''s strict.lua' pre-push"), "{text}");
    let said = run_git(&place, &place.path, &["push", "-q", "origin", "topic"]);
    assert_eq!(said.status, 1, "{} {}", said.out, said.err);
    assert!(format!("{}{}", said.out, said.err).contains("no-print"), "{} {}", said.out, said.err);

    // A hook of somebody else that calls us without it does not judge by it.
    std::fs::write(&hook, "#!/bin/sh\ndeckhand hook run pre-push \"$@\" || exit 1\n").unwrap();
    let (status, err) = install("it's strict.lua");
    assert!(status == 2 && err.contains("calls deckhand in another way"), "{err}");
    assert!(err.contains(r"deckhand hook run --dangerfile='tools/it'\''s strict.lua' pre-push"), "{err}");
}
