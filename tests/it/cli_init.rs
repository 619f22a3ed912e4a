//! `deckhand init`: a dangerfile that passes on the history it was made from.

use crate::cli::Place;
use std::process::Command;

/// A repository on `main` whose history commits a change to code with a test and an entry in the changelog.
fn tidy_repository() -> Place {
    let place = Place::repository();
    place.git(&["switch", "-q", "main"]);
    place.write("CHANGELOG.md", "# Changelog\n");
    place.write("tests/test_app.py", "import app\n");
    place.commit("Add a test and a changelog");
    for number in 0..6 {
        place.write("app.py", &format!("def greet():\n    return {number}\n"));
        place.write("tests/test_app.py", &format!("import app\nassert app.greet() == {number}\n"));
        place.write("CHANGELOG.md", &format!("# Changelog\n- Greets {number} times.\n"));
        place.commit(&format!("Greet {number} times\n\nBecause people asked for it again and again."));
    }
    place
}

/// What each landed commit says to the dangerfile in the working tree: the exit statuses.
fn statuses(place: &Place) -> Vec<i32> {
    let commits = place.git(&["rev-list", "--first-parent", "--min-parents=1", "HEAD"]);
    let judge = |commit: &str| place.deckhand(&["local", "--base", &format!("{commit}~1"), "--head", commit]).status;
    commits.lines().map(judge).collect()
}

fn written(place: &Place) -> String {
    std::fs::read_to_string(place.path.join("dangerfile.lua")).unwrap()
}

#[test]
fn a_tidy_repository_gets_strict_rules() {
    let place = tidy_repository();
    let said = place.deckhand(&["init"]);
    assert_eq!(said.status, 0, "{}", said.err);
    let text = written(&place);
    for line in [
        "use(\"work_in_progress\")",
        "use(\"conflict_markers\")",
        "use(\"changelog\", { path = \"CHANGELOG.md\" })",
        "use(\"missing_tests\")",
        "use(\"pr_size\")",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}: {text}");
    }
    assert!(said.out.starts_with("Looked at 3 files (Python 2), CHANGELOG.md, the last 7 commits.\n"), "{}", said.out);
    assert!(said.out.contains("It would have passed all of the last 7 commits"), "{}", said.out);
    assert_eq!(place.deckhand(&["check"]).status, 0);
    assert_eq!(statuses(&place), [0; 7]);
}

#[test]
fn rules_that_would_have_stopped_the_history_are_relaxed_or_left_out_with_the_reason() {
    let place = tidy_repository();
    // One commit without an entry: the changelog can only warn. Most without tests: that rule is left out.
    place.write("app.py", "def greet():\n    return 'once'\n");
    place.commit("Greet once");
    for number in 0..9 {
        place.write("app.py", &format!("def greet():\n    return -{number}\n"));
        place.write("CHANGELOG.md", &format!("# Changelog\n- Greets -{number} times.\n"));
        place.commit(&format!("WIP: greet -{number} times"));
    }
    let said = place.deckhand(&["init"]);
    assert_eq!(said.status, 0, "{}", said.err);
    let text = written(&place);
    assert!(
        text.contains(
            "use(\"changelog\", { path = \"CHANGELOG.md\", severity = \"warn\" }) -- stricter, it would have stopped 1 of the last 17 commits\n"
        ),
        "{text}"
    );
    assert!(!text.contains("use(\"missing_tests\""), "{text}");
    assert!(!text.contains("use(\"work_in_progress\""), "{text}");
    let left_out = said.out.split("Left out:\n").nth(1).unwrap();
    assert!(left_out.contains("missing_tests     it would have spoken on 10 of the last 17 commits\n"), "{}", said.out);
    assert!(left_out.contains("work_in_progress  it would have stopped 9 of the last 17 commits\n"), "{}", said.out);
    assert_eq!(statuses(&place), [0; 17]);
}

#[test]
fn merges_count_as_what_they_bring() {
    let place = tidy_repository();
    place.git(&["switch", "-q", "-c", "feature"]);
    place.write("wide.py", &"x = 1\n".repeat(500));
    place.write("tests/test_wide.py", "import wide\n");
    place.commit("Widen");
    place.git(&["switch", "-q", "main"]);
    place.git(&["merge", "-q", "--no-ff", "-m", "Merge the wide one", "feature"]);
    let said = place.deckhand(&["init", "--last", "1"]);
    assert!(said.out.contains("the last commit.\n"), "{}", said.out);
    assert!(said.out.contains("It would have passed the last commit"), "{}", said.out);
    assert!(written(&place).contains("severity = \"warn\" }) -- stricter, it would have stopped 1 of"), "{}", said.out);
    assert_eq!(place.deckhand(&["local", "--base", "HEAD~1", "--head", "HEAD"]).status, 0);
}

#[test]
fn an_existing_dangerfile_is_not_touched_without_force() {
    for existing in ["dangerfile.lua", ".github/dangerfile.lua"] {
        let place = tidy_repository();
        place.write(existing, "-- mine\n");
        let said = place.deckhand(&["init"]);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{}", said.err);
        assert!(said.err.contains(existing) && said.err.contains("--force"), "{}", said.err);
        let read = || std::fs::read_to_string(place.path.join(existing)).unwrap();
        assert_eq!(read(), "-- mine\n");
        // To look is always allowed.
        let said = place.deckhand(&["init", "--dry-run"]);
        assert!(said.status == 0 && said.out.starts_with("-- The rules"), "{} {}", said.out, said.err);
        assert!(said.err.starts_with("Looked at "), "{}", said.err);
        assert_eq!(read(), "-- mine\n");
        assert_eq!(place.deckhand(&["init", "--force"]).status, 0);
        assert!(read().contains("use(\"changelog\""));
    }
}

#[test]
fn nothing_is_written_through_a_link() {
    let place = tidy_repository();
    let outside = place.path.with_file_name("outside.txt");
    std::fs::write(&outside, "mine\n").unwrap();
    let link = place.path.join("dangerfile.lua");
    for target in [&outside, &place.path.join("nowhere")] {
        std::os::unix::fs::symlink(target, &link).unwrap();
        assert_eq!(place.deckhand(&["init"]).status, 2);
        for arguments in [&["init", "--force"][..], &["init", "--force", "--dangerfile", "dangerfile.lua"]] {
            let said = place.deckhand(arguments);
            assert_eq!((said.status, said.out.as_str()), (2, ""), "{}", said.err);
            assert!(said.err.contains("is a link to /"), "{}", said.err);
        }
        assert!(link.is_symlink());
        std::fs::remove_file(&link).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), "mine\n");
    assert!(!place.path.join("nowhere").exists());

    // Nor through a link to a directory.
    let elsewhere = place.path.with_file_name("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("dangerfile.lua"), "-- mine\n").unwrap();
    std::os::unix::fs::symlink(&elsewhere, place.path.join(".github")).unwrap();
    let said = place.deckhand(&["init", "--force"]);
    assert!(said.status == 2 && said.err.contains("lies outside of the repository"), "{}", said.err);
    assert_eq!(std::fs::read_to_string(elsewhere.join("dangerfile.lua")).unwrap(), "-- mine\n");
}

#[test]
fn a_file_that_git_ignores_is_not_simply_committed() {
    let place = tidy_repository();
    let said = place.deckhand(&["init"]);
    assert!(said.err.contains("commit it to the default branch") && !said.err.contains("ignores"), "{}", said.err);
    place.write(".gitignore", "# build\n*.lua\n");
    let said = place.deckhand(&["init", "--force"]);
    assert_eq!(said.status, 0, "{}", said.err);
    let add = format!("`git add --force '{}'`", place.path.join("dangerfile.lua").display());
    assert!(said.err.contains("git ignores it (`.gitignore:2:*.lua`)") && said.err.contains(&add), "{}", said.err);
    // What is tracked is not ignored.
    place.git(&["add", "--force", "dangerfile.lua"]);
    assert!(!place.deckhand(&["init", "--force"]).err.contains("ignores"));
}

#[test]
fn migrations_on_another_database_are_not_judged_by_what_postgres_does() {
    let place = Place::empty();
    place.git(&["init", "-q", "-b", "main"]);
    place.write("Gemfile", "gem \"sqlite3\"\n");
    place.write("db/migrate/20240101000000_a.rb", "class A < ActiveRecord::Migration[7.1]\nend\n");
    place.write("setup/action.yml", "runs:\n  using: composite\n");
    place.write("config/feature-flags.yml", "a: true\n");
    place.git(&["add", "-A"]);
    let said = place.deckhand(&["init", "--dry-run"]);
    assert!(!said.out.contains("migration_safety") && said.out.contains("use(\"pinned_actions\")"), "{}", said.out);
    assert!(said.out.contains("use(\"feature_flag\")"), "{}", said.out);
    assert!(said.err.contains("it knows what PostgreSQL does, and Gemfile names SQLite\n"), "{}", said.err);
    place.write("Gemfile", "gem \"sqlite3\"\ngem \"pg\"\n");
    let said = place.deckhand(&["init", "--dry-run"]);
    assert!(said.out.contains("use(\"migration_safety\")\n"), "{}", said.out);
}

#[test]
fn a_repository_without_a_history_gets_the_rules_that_suit_its_files() {
    let place = Place::empty();
    place.git(&["init", "-q", "-b", "main"]);
    place.write("src/lib.rs", "");
    place.git(&["add", "-A"]);
    let said = place.deckhand(&["init"]);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("a history without commits to try rules on"), "{}", said.out);
    assert!(said.out.contains("changelog         there is no changelog\n"), "{}", said.out);
    assert!(written(&place).contains("use(\"conflict_markers\")\n"));
    assert_eq!(place.deckhand(&["check"]).status, 0);
}

#[test]
fn it_needs_a_working_tree() {
    let place = Place::empty();
    assert!(place.deckhand(&["init"]).err.contains("is not inside a git repository"));
    place.git(&["init", "-q", "--bare", "."]);
    let said = place.deckhand(&["init"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("no working tree"), "{}", said.err);
}

#[test]
fn a_shallow_clone_is_tried_as_far_as_it_reaches() {
    let place = tidy_repository();
    let target = place.path.with_file_name("shallow");
    let source = format!("file://{}", place.path.display());
    for (depth, expected) in
        [("3", "the last 2 commits"), ("1", "a shallow clone without commits to try rules on (`git fetch --unshallow`")]
    {
        let cloned =
            Command::new("git").args(["clone", "-q", "--depth", depth, &source]).arg(&target).status().unwrap();
        assert!(cloned.success());
        let output = place.command(env!("CARGO_BIN_EXE_deckhand")).arg("init").current_dir(&target).output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(out.contains(expected), "{out}");
        std::fs::remove_dir_all(&target).unwrap();
    }
}
