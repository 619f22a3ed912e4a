//! Every kind of change: modes, links, renames, copies, submodules, large files; every kind of name for a commit.

use super::{Fixture, git_in, head_text, summary};
use crate::git::Comparison;
use crate::model::{FileMode, FileText, Patch};
use std::os::unix::fs::PermissionsExt;

#[test]
fn modes_links_and_type_changes_are_told() {
    let repo = Fixture::new();
    let set_mode = |path: &str, mode| {
        std::fs::set_permissions(repo.path.join(path), std::fs::Permissions::from_mode(mode)).expect("a mode");
    };
    repo.write("run.sh", "#!/bin/sh\n");
    repo.write("becomes-link", "target\n");
    std::os::unix::fs::symlink("a.txt", repo.path.join("link")).expect("a link");
    repo.commit("Second");
    set_mode("run.sh", 0o755);
    for (link, target) in [("link", "b\nc"), ("becomes-link", "a.txt"), ("dangling", "nowhere")] {
        let _ = std::fs::remove_file(repo.path.join(link));
        std::os::unix::fs::symlink(target, repo.path.join(link)).expect("a link");
    }
    repo.write("empty", "");
    let comparison = repo.compare(None, None);
    let changes = comparison.load_changes().expect("changes");
    let told: Vec<String> = changes
        .iter()
        .map(|file| {
            let mode = |mode: Option<FileMode>| mode.map_or("-", FileMode::as_octal);
            format!("{:?} {} {} {}", file.status, file.path, mode(file.old_mode), mode(file.new_mode))
        })
        .collect();
    assert_eq!(
        told,
        [
            "Removed becomes-link 100644 -",
            "Added becomes-link - 120000",
            "Added dangling - 120000",
            "Added empty - 100644",
            "Modified link 120000 120000",
            "Modified run.sh 100644 100755",
        ]
    );
    assert_eq!(changes[3].patch, Patch::Empty);
    assert_eq!(changes[5].patch, Patch::Empty);
    assert_eq!(head_text(&comparison, "link"), FileText::Text("b\nc".to_owned()));
    assert_eq!(head_text(&comparison, "dangling"), FileText::Text("nowhere".to_owned()));
}

#[test]
fn renames_are_found_and_copies_are_added_files() {
    let repo = Fixture::new();
    let text: String = (0..40).map(|line| format!("line {line}\n")).collect();
    repo.write("old name.txt", &text);
    repo.write("source.txt", &text.replace("line", "row"));
    repo.commit("Second");
    repo.git(&["mv", "old name.txt", "new\nname.txt"]);
    repo.write("new\nname.txt", &text.replace("line 7\n", "line seven\n"));
    repo.write("source.txt", &text.replace("line", "row").replace("row 1\n", "row one\n"));
    repo.write("copy.txt", &text.replace("line", "row"));
    let comparison = repo.compare(None, None);
    assert_eq!(
        summary(&comparison),
        ["Added copy.txt +40 -0", "Renamed new\nname.txt +1 -1", "Modified source.txt +1 -1"]
    );
    assert_eq!(comparison.load_changes().expect("changes")[1].old_path, Some("old name.txt".into()));
}

#[test]
fn a_submodule_is_told_by_its_commits_even_where_status_hides_it() {
    let repo = Fixture::new();
    repo.git(&["submodule", "--quiet", "add", "./", "module"]);
    repo.git(&["config", "-f", ".gitmodules", "submodule.module.ignore", "all"]);
    repo.commit("Second");
    let before = git_in(&repo.path.join("module"), &["rev-parse", "HEAD"]);
    git_in(
        &repo.path.join("module"),
        &["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "New"],
    );
    let after = git_in(&repo.path.join("module"), &["rev-parse", "HEAD"]);
    let comparison = repo.compare(None, None);
    assert_eq!(summary(&comparison), ["Modified module +1 -1"]);
    let changes = comparison.load_changes().expect("changes");
    assert_eq!((changes[0].old_mode, changes[0].new_mode), (Some(FileMode::Submodule), Some(FileMode::Submodule)));
    let Patch::Text(patch) = &changes[0].patch else { panic!("{:?}", changes[0].patch) };
    assert_eq!(*patch, format!("@@ -1 +1 @@\n-Subproject commit {before}\n+Subproject commit {after}"));
    assert_eq!(head_text(&comparison, "module"), FileText::NotText("a submodule".to_owned()));
}

#[test]
fn a_large_text_does_not_fill_the_patch_and_is_not_taken_for_empty() {
    let repo = Fixture::new();
    repo.write("huge.log", &"a line of a log\n".repeat(1_100_000));
    repo.write("huge.img", &"\0".repeat(17_000_000));
    let comparison = repo.compare(None, None);
    let changes = comparison.load_changes().expect("changes");
    assert_eq!((changes[0].path.as_str(), &changes[0].patch), ("huge.img", &Patch::Binary));
    assert_eq!((changes[1].path.as_str(), &changes[1].patch), ("huge.log", &Patch::Truncated));
    assert!(matches!(head_text(&comparison, "huge.log"), FileText::Cut(_)));
    // After a text that is too large the next one still comes.
    assert_eq!(head_text(&comparison, "a.txt"), FileText::Text("one\ntwo\nthree\n".to_owned()));
}

#[test]
fn f36_a_text_that_a_change_hides_by_its_own_attributes_is_seen() {
    let repo = Fixture::new();
    repo.write("img/a.bin", "\0");
    repo.write("old.py", "x = 1\n");
    repo.commit("Second");
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write(".gitattributes", "*.py -diff\n*.txt binary\n");
    repo.write("a.txt", "one\n2\nthree\n");
    repo.write("img/a.bin", "\0\0");
    repo.write("new.py", "print(1)\n");
    repo.git(&["rm", "-q", "old.py"]);
    let shown = |comparison: &Comparison| -> Vec<String> {
        let changes = comparison.load_changes().expect("changes");
        let lines = changes.iter().map(|it| format!("{} +{} -{} {:?}", it.path, it.additions, it.deletions, it.patch));
        lines.collect()
    };
    let expected = [
        r#".gitattributes +2 -0 Text("@@ -0,0 +1,2 @@\n+*.py -diff\n+*.txt binary")"#,
        r#"a.txt +1 -1 Text("@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n")"#,
        "img/a.bin +0 -0 Binary",
        r#"new.py +1 -0 Text("@@ -0,0 +1 @@\n+print(1)\n")"#,
        r#"old.py +0 -1 Text("@@ -1 +0,0 @@\n-x = 1\n")"#,
    ];
    assert_eq!(shown(&repo.compare(None, None)), expected);
    // What the base hides is its people's wish.
    repo.commit("Hide them");
    repo.git(&["branch", "-f", "main", "topic"]);
    repo.write("new.py", "print(2)\n");
    assert_eq!(shown(&repo.compare(Some("main"), None)), ["new.py +0 -0 Binary"]);
}

#[test]
fn a_detached_head_is_named_by_its_commit() {
    let repo = Fixture::new();
    repo.commit("Second");
    repo.git(&["switch", "-q", "--detach"]);
    let comparison = repo.compare(None, None);
    assert_eq!(comparison.base_name, "main");
    assert_eq!(comparison.head_name, comparison.head.short());
    assert_eq!(comparison.base, comparison.head);
}

#[test]
fn a_branch_that_is_called_like_a_file_or_an_option_is_found() {
    let repo = Fixture::new();
    repo.git(&["branch", "a.txt"]);
    repo.git(&["update-ref", "refs/heads/-all", "HEAD"]);
    repo.write("a.txt", "changed\n");
    repo.commit("Second");
    for name in ["a.txt", "-all", "refs/heads/-all"] {
        assert_eq!(summary(&repo.compare(Some(name), Some("main"))), ["Modified a.txt +1 -3"], "{name}");
    }
    repo.git(&["tag", "-a", "-m", "A tag", "v1", "main~1"]);
    assert_eq!(repo.compare(Some("v1"), None).base.as_str(), repo.git(&["rev-parse", "main~1"]));
}
