//! The git room on generated repositories.

mod clones;
mod configuration;
mod kinds;
mod places;

use super::{Comparison, GitError, Repository};
use crate::model::{ChangeStatus, FileKey, FileText, Patch, RepoPath, Search, Side};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

struct Fixture {
    _directory: TempDir,
    path: PathBuf,
}

impl Fixture {
    fn new() -> Self {
        Fixture::with(&["init", "-q", "-b", "main"])
    }

    /// A repository with one commit that holds `a.txt`.
    fn with(init: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("repo");
        std::fs::create_dir(&path).expect("create");
        let fixture = Fixture { _directory: directory, path };
        fixture.git(init);
        fixture.git(&["config", "user.name", "Ada Lovelace"]);
        fixture.git(&["config", "user.email", "ada@example.com"]);
        fixture.write("a.txt", "one\ntwo\nthree\n");
        fixture.commit("First");
        fixture
    }

    fn git(&self, arguments: &[&str]) -> String {
        git_in(&self.path, arguments)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().expect("inside the repository")).expect("create directories");
        std::fs::write(path, text).expect("write a file");
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn compare(&self, base: Option<&str>, head: Option<&str>) -> Comparison {
        Repository::open(&self.path).expect("opens").compare(base, head).expect("compares")
    }
}

fn git_in(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(directory)
        .args(["-c", "protocol.file.allow=always", "-c", "commit.gpgSign=false"])
        .args(arguments)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn summary(comparison: &Comparison) -> Vec<String> {
    let changes = comparison.load_changes().expect("changes");
    changes
        .iter()
        .map(|file| format!("{:?} {} +{} -{}", file.status, file.path, file.additions, file.deletions))
        .collect()
}

fn head_text(comparison: &Comparison, path: impl Into<RepoPath>) -> FileText {
    comparison.load_head_file(&path.into()).expect("reads")
}

#[test]
fn the_working_tree_counts_staged_unstaged_and_untracked_files_and_stays_untouched() {
    let repo = Fixture::new();
    repo.write(".gitignore", "ignored.txt\n");
    repo.write("gone.txt", "x\n");
    repo.commit("Second");
    repo.write("a.txt", "one\nTWO\nthree\n");
    repo.write("staged.txt", "s\n");
    repo.git(&["add", "staged.txt"]);
    repo.write("new dir/untracked.txt", "u\nv\n");
    repo.write("ignored.txt", "i\n");
    std::fs::remove_file(repo.path.join("gone.txt")).expect("remove");
    let before = (repo.git(&["status", "--porcelain"]), repo.git(&["count-objects", "-v"]));
    let index = std::fs::read(repo.path.join(".git/index")).expect("index");

    let comparison = repo.compare(None, None);
    assert_eq!(
        summary(&comparison),
        [
            "Modified a.txt +1 -1",
            "Removed gone.txt +0 -1",
            "Added new dir/untracked.txt +2 -0",
            "Added staged.txt +1 -0"
        ]
    );
    assert_eq!(head_text(&comparison, "new dir/untracked.txt"), FileText::Text("u\nv\n".to_owned()));
    assert_eq!(head_text(&comparison, "gone.txt"), FileText::Absent);
    let old = FileKey { side: Side::Left, path: "a.txt".into() };
    assert_eq!(comparison.load_file(&old).expect("reads"), FileText::Text("one\ntwo\nthree\n".to_owned()));

    assert_eq!(std::fs::read(repo.path.join(".git/index")).expect("index"), index);
    assert_eq!((repo.git(&["status", "--porcelain"]), repo.git(&["count-objects", "-v"])), before);
}

#[test]
fn an_edit_in_the_moment_of_the_last_add_is_seen() {
    // The same size within the index's own time stamp: git compares contents only while the copy keeps that time.
    let repo = Fixture::new();
    for round in 0..20 {
        repo.write("a.txt", &format!("{round:04}\n"));
        repo.git(&["add", "a.txt"]);
        repo.write("a.txt", &format!("{:04}\n", round + 5000));
        let comparison = repo.compare(None, None);
        assert_eq!(head_text(&comparison, "a.txt"), FileText::Text(format!("{:04}\n", round + 5000)));
    }
}

#[test]
fn a_base_is_found_by_the_upstream_then_origin_then_main() {
    let origin = Fixture::new();
    let clone = origin.path.with_file_name("clone");
    let open = || Repository::open(&clone).expect("opens");
    git_in(&origin.path, &["clone", "-q", ".", clone.to_str().expect("UTF-8")]);
    for (name, value) in [("user.name", "Ada"), ("user.email", "ada@example.com")] {
        git_in(&clone, &["config", name, value]);
    }
    git_in(&clone, &["switch", "-q", "-c", "topic"]);
    git_in(&clone, &["commit", "-q", "--allow-empty", "-m", "Topic\n\nBody\n"]);
    let comparison = open().compare(None, None).expect("compares");
    assert_eq!((comparison.base_name.as_str(), comparison.head_name.as_str()), ("origin/main", "topic"));
    let commits = comparison.load_commits().expect("commits");
    assert_eq!(commits.len(), 1);
    assert_eq!(commits[0].message, "Topic\n\nBody");
    assert_eq!(commits[0].parents.first(), Some(&comparison.base));
    assert_eq!(commits[0].author.email, "ada@example.com");

    git_in(&clone, &["branch", "-q", "local-base"]);
    git_in(&clone, &["branch", "-q", "--set-upstream-to=local-base"]);
    assert_eq!(open().compare(None, None).expect("compares").base_name, "local-base");
    git_in(&clone, &["branch", "-q", "-D", "local-base"]);
    assert_eq!(open().compare(None, None).expect("compares").base_name, "origin/main");
    git_in(&clone, &["remote", "remove", "origin"]);
    assert_eq!(open().compare(None, None).expect("compares").base_name, "main");
    git_in(&clone, &["branch", "-q", "-D", "main"]);
    let error = open().compare(None, None).expect_err("no base is left");
    assert!(error.to_string().contains("name one with --base REF"), "{error}");
}

#[test]
fn names_that_are_no_commit_are_refused_by_name() {
    let repo = Fixture::new();
    let open = Repository::open(&repo.path).expect("opens");
    for name in ["nothing", "--all", "", "-x\ny"] {
        let error = open.compare(Some(name), None).expect_err(name);
        assert!(matches!(&error, GitError::UnknownRevision { option: "--base", .. }), "{name}: {error}");
        let error = open.compare(None, Some(name)).expect_err(name);
        assert!(matches!(&error, GitError::UnknownRevision { option: "--head", .. }), "{name}: {error}");
    }
}

#[test]
fn two_refs_are_compared_from_their_merge_base() {
    let repo = Fixture::new();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.git(&["mv", "a.txt", "b.txt"]);
    repo.commit("Move");
    repo.git(&["switch", "-q", "main"]);
    repo.write("only-main.txt", "m\n");
    repo.commit("On main");
    let comparison = repo.compare(Some("main"), Some("topic"));
    let changes = comparison.load_changes().expect("changes");
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].status, ChangeStatus::Renamed);
    assert_eq!(changes[0].old_path, Some("a.txt".into()));
    assert_eq!(changes[0].patch, Patch::Empty);
    assert_eq!(comparison.base.as_str(), repo.git(&["rev-parse", "main~1"]));
}

#[test]
fn odd_paths_keep_their_bytes() {
    let repo = Fixture::new();
    let odd: [&[u8]; 7] = [
        b"sp ace.txt",
        b"sp ace \"q\".txt",
        b"q\"uote.txt",
        b"new\nline.txt",
        b"caf\xe9.txt",
        b"end\r",
        "ünï/ö.txt".as_bytes(),
    ];
    std::fs::create_dir(repo.path.join("ünï")).expect("create");
    for name in odd {
        std::fs::write(repo.path.join(OsStr::from_bytes(name)), name).expect("write");
    }
    let comparison = repo.compare(None, None);
    let mut found: Vec<_> =
        comparison.load_changes().expect("changes").iter().map(|file| file.path.to_bytes()).collect();
    let mut expected: Vec<_> = odd.iter().map(|name| name.to_vec()).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    for name in odd {
        let text = String::from_utf8_lossy(name).into_owned();
        assert_eq!(head_text(&comparison, RepoPath::from_bytes(name)), FileText::Text(text));
    }
}

#[test]
fn what_is_no_text_is_told_apart_from_what_is_not_there() {
    let repo = Fixture::new();
    repo.write("binary.bin", "a\0b");
    repo.write("large.txt", &"x".repeat(1_000_001));
    repo.write("dir/file.txt", "d\n");
    std::os::unix::fs::symlink("/etc/hostname", repo.path.join("link")).expect("link");
    repo.git(&["submodule", "--quiet", "add", "./", "module"]);
    let comparison = repo.compare(None, None);
    assert_eq!(head_text(&comparison, "binary.bin"), FileText::NotText("binary".to_owned()));
    assert!(matches!(head_text(&comparison, "large.txt"), FileText::Cut(reason) if reason.contains("1000001")));
    assert_eq!(head_text(&comparison, "link"), FileText::Text("/etc/hostname".to_owned()));
    assert_eq!(head_text(&comparison, "module"), FileText::NotText("a submodule".to_owned()));
    let folder = |names: &[&str]| FileText::Folder(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(head_text(&comparison, "dir"), folder(&["file.txt"]));
    let root = [".gitmodules", "a.txt", "binary.bin", "dir", "large.txt", "link", "module"];
    assert_eq!(head_text(&comparison, ""), folder(&root));
    for absent in ["dir/none", "none", "./a.txt", "../a.txt", "/a.txt", "link/x"] {
        assert_eq!(head_text(&comparison, absent), FileText::Absent, "{absent:?}");
    }
    assert_eq!(head_text(&comparison, "a.txt"), FileText::Text("one\ntwo\nthree\n".to_owned()));
}

#[test]
fn worktrees_subdirectories_bare_and_sha256_repositories_work() {
    let repo = Fixture::new();
    repo.write("sub/b.txt", "b\n");
    let inside = Repository::open(&repo.path.join("sub")).expect("opens").compare(None, None).expect("compares");
    assert_eq!(summary(&inside), ["Added sub/b.txt +1 -0"]);

    let linked = repo.path.with_file_name("linked\ntree");
    repo.git(&["worktree", "add", "-q", "-b", "linked", linked.to_str().expect("UTF-8")]);
    std::fs::write(linked.join("w.txt"), "w\n").expect("write");
    let comparison = Repository::open(&linked).expect("opens").compare(None, None).expect("compares");
    assert_eq!(summary(&comparison), ["Added w.txt +1 -0"]);

    repo.commit("Second");
    let bare = repo.path.with_file_name("bare.git");
    repo.git(&["clone", "-q", "--bare", ".", bare.to_str().expect("UTF-8")]);
    let open = Repository::open(&bare).expect("opens");
    assert!(matches!(open.compare(Some("main~1"), None), Err(GitError::NoWorkingTree)));
    assert_eq!(summary(&open.compare(Some("main~1"), Some("main")).expect("compares")), ["Added sub/b.txt +1 -0"]);

    let sha256 = Fixture::with(&["init", "-q", "-b", "main", "--object-format=sha256"]);
    sha256.write("s.txt", "s\n");
    let comparison = sha256.compare(None, None);
    assert_eq!(comparison.head.as_str().len(), 64);
    assert_eq!(summary(&comparison), ["Added s.txt +1 -0"]);
}

#[test]
fn a_shallow_clone_says_how_to_deepen() {
    let origin = Fixture::new();
    origin.git(&["switch", "-q", "-c", "topic"]);
    origin.commit("Topic");
    origin.git(&["switch", "-q", "main"]);
    origin.commit("Main");
    let clone = origin.path.with_file_name("clone");
    let url = format!("file://{}", origin.path.display());
    git_in(&origin.path, &["clone", "-q", "--depth=1", "--no-single-branch", &url, clone.to_str().expect("UTF-8")]);
    let error = Repository::open(&clone)
        .expect("opens")
        .compare(Some("origin/main"), Some("origin/topic"))
        .expect_err("the merge base is cut off");
    assert!(error.to_string().contains("git fetch --unshallow"), "{error}");
    let error = Repository::open(&clone).expect("opens").compare(Some("HEAD~1"), None).expect_err("it is cut off");
    let said = "--base \"HEAD~1\" names no commit in this shallow clone: ";
    assert!(error.to_string().starts_with(said) && error.to_string().contains("`git fetch --unshallow`"), "{error}");
    git_in(&clone, &["fetch", "-q", "--unshallow"]);
    Repository::open(&clone).expect("opens").compare(Some("origin/main"), Some("origin/topic")).expect("compares");
}

#[test]
fn what_is_no_repository_is_said_in_words() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let error = Repository::open(directory.path()).expect_err("no repository");
    assert!(error.to_string().contains("is not inside a git repository"), "{error}");
    let error = Repository::open(&directory.path().join("none")).expect_err("no directory");
    assert!(error.to_string().ends_with("is not a directory"), "{error}");
    git_in(directory.path(), &["init", "-q"]);
    let error = Repository::open(directory.path()).expect("opens").compare(None, None).expect_err("no commits");
    assert!(error.to_string().contains("no commits yet"), "{error}");
}

#[test]
fn unrelated_histories_and_merge_conflicts_are_handled() {
    let repo = Fixture::new();
    repo.git(&["switch", "-q", "--orphan", "other"]);
    repo.write("a.txt", "other\n");
    repo.commit("Other");
    let error = Repository::open(&repo.path).expect("opens").compare(Some("main"), None).expect_err("unrelated");
    assert!(matches!(error, GitError::NoMergeBase { .. }), "{error}");

    repo.git(&["switch", "-q", "-c", "left", "main"]);
    repo.write("a.txt", "left\n");
    repo.commit("Left");
    repo.git(&["switch", "-q", "-c", "right", "main"]);
    repo.write("a.txt", "right\n");
    repo.commit("Right");
    let merge = Command::new("git").current_dir(&repo.path).args(["merge", "left"]).output().expect("git runs");
    assert!(!merge.status.success());
    let comparison = repo.compare(Some("main"), None);
    assert!(matches!(head_text(&comparison, "a.txt"), FileText::Text(text) if text.contains("<<<<<<<")));
}

#[test]
#[cfg(unix)]
fn no_hook_of_the_repository_runs() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    let ran = fixture.path.join("ran");
    fixture.write("hooks/post-index-change", &format!("#!/bin/sh\ntouch '{}'\n", ran.display()));
    let hook = fixture.path.join("hooks/post-index-change");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("made executable");
    fixture.git(&["config", "core.hooksPath", "hooks"]);
    fixture.write("new.txt", "new\n");
    fixture.compare(Some("HEAD"), None);
    assert!(!ran.exists());
}

#[test]
fn sizes_are_known_without_reading() {
    let fixture = Fixture::new();
    fixture.write("odd\nname", "12345");
    std::os::unix::fs::symlink("a.txt", fixture.path.join("link")).expect("a link");
    fixture.git(&["add", "-A"]);
    fixture.write("large.bin", &"\0".repeat(3_000_000));
    let comparison = fixture.compare(Some("HEAD"), None);
    let size = |side, path: &str| comparison.load_size(&FileKey { side, path: path.into() }).expect("a size");
    assert_eq!(size(Side::Right, "large.bin"), Some(3_000_000));
    assert_eq!(size(Side::Left, "large.bin"), None);
    assert_eq!((size(Side::Right, "odd\nname"), size(Side::Left, "odd\nname")), (Some(5), None));
    assert_eq!(size(Side::Left, "a.txt"), Some(14));
    assert_eq!(size(Side::Right, "link"), Some(5), "a link is its target");
    for nothing in ["", "no/such", "/a.txt", "./a.txt"] {
        assert_eq!(size(Side::Right, nothing), None, "{nothing}");
    }
}

#[test]
fn owners_are_read_at_the_tip_of_the_base() {
    let fixture = Fixture::new();
    fixture.write("docs/CODEOWNERS", "* @old\n");
    fixture.commit("Owners");
    fixture.git(&["checkout", "-q", "-b", "topic"]);
    fixture.write(".github/CODEOWNERS", "* @mallory\n");
    fixture.commit("Mine");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.write("CODEOWNERS", "* @new\n");
    fixture.commit("New owners");
    let owners = fixture.compare(Some("main"), Some("topic")).load_code_owners().expect("loads").expect("a file");
    assert_eq!((owners.path.as_str(), owners.text), ("CODEOWNERS", FileText::Text("* @new\n".to_owned())));
    let owners = fixture.compare(Some("main~1"), Some("topic")).load_code_owners().expect("loads").expect("a file");
    assert_eq!(owners.path.as_str(), "docs/CODEOWNERS");
    assert_eq!(fixture.compare(Some("main~2"), Some("main~2")).load_code_owners().expect("loads"), None);
}

#[test]
fn a_word_is_searched_in_the_head_and_not_in_the_base() {
    let fixture = Fixture::new();
    fixture.git(&["checkout", "-q", "-b", "topic"]);
    fixture.write("b.txt", "a dark-mode flag\n");
    fixture.write("\u{fc} x/c.txt", "dark-mode\n");
    fixture.write("d.txt", "dark-modes\nDark-mode\n");
    fixture.write("e.bin", "\0dark-mode\n");
    fixture.write("a.txt", "one\n");
    let comparison = fixture.compare(Some("main"), None);
    let paths =
        |word: &str| comparison.load_uses(word).expect("searches").iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(paths("dark-mode"), ["b.txt", "\u{fc} x/c.txt"]);
    assert!(paths("three").is_empty(), "it is only in the base");
    assert!(paths("-e").is_empty() && paths("--no-index").is_empty(), "a word is no option");
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let search = Search {
        words: words(&["-e", "dark-mode", "nothing"]),
        among: words(&["*.txt", "!b.txt"]),
        names: Vec::new(),
        beside: Vec::new(),
    };
    let found = comparison.load_search(&search).expect("searches");
    assert_eq!(found.files, [RepoPath::new("\u{fc} x/c.txt")]);
    assert!(found.is_whole() && found.of > 0);
}
