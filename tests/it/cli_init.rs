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
    let place = tidy_repository();
    std::os::unix::fs::symlink("/nowhere/at/all", place.path.join("dangerfile.lua")).unwrap();
    assert_eq!(place.deckhand(&["init"]).status, 2);
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
    let cloned = Command::new("git").args(["clone", "-q", "--depth", "3", &source]).arg(&target).status().unwrap();
    assert!(cloned.success());
    let output = place.command(env!("CARGO_BIN_EXE_deckhand")).arg("init").current_dir(&target).output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(out.contains("the last 2 commits"), "{out}");
}
