//! Where a repository may lie and how its index may look.

use super::{Fixture, Repository, git_in, head_text, summary};
use crate::model::FileText;

#[test]
fn a_submodule_and_a_separate_git_directory_are_repositories_too() {
    let repo = Fixture::new();
    repo.git(&["submodule", "--quiet", "add", "./", "module"]);
    let module = repo.path.join("module");
    std::fs::write(module.join("new.txt"), "n\n").expect("write");
    let comparison = Repository::open(&module).expect("opens").compare(Some("HEAD"), None).expect("compares");
    assert_eq!(summary(&comparison), ["Added new.txt +1 -0"]);

    let apart = repo.path.with_file_name("apart");
    std::fs::create_dir(&apart).expect("create");
    git_in(&apart, &["init", "-q", "-b", "main", "--separate-git-dir", "../elsewhere.git"]);
    std::fs::write(apart.join("a.txt"), "a\n").expect("write");
    git_in(&apart, &["add", "-A"]);
    git_in(&apart, &["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "-m", "First"]);
    std::fs::write(apart.join("a.txt"), "b\n").expect("write");
    let comparison = Repository::open(&apart).expect("opens").compare(None, None).expect("compares");
    assert_eq!(summary(&comparison), ["Modified a.txt +1 -1"]);
}

#[test]
fn a_path_of_odd_characters_holds_a_repository() {
    for name in ["sp ace", "co:lon", "quo\"te", "back\\slash", "new\nline", "\u{fc}n\u{ef}", "-dash", "$(x)"] {
        let repo = Fixture::new();
        let odd = repo.path.with_file_name(name);
        std::fs::rename(&repo.path, &odd).expect("rename");
        std::fs::write(odd.join("new.txt"), "n\n").expect("write");
        let comparison = Repository::open(&odd).expect("opens").compare(None, None).expect("compares");
        assert_eq!(summary(&comparison), ["Added new.txt +1 -0"], "{name}");
        // From the repository's own objects and from the temporary ones.
        for (path, text) in [("a.txt", "one\ntwo\nthree\n"), ("new.txt", "n\n")] {
            assert_eq!(head_text(&comparison, path), FileText::Text(text.to_owned()), "{name}");
        }
    }
}

#[test]
fn files_outside_a_sparse_checkout_are_not_removed() {
    let repo = Fixture::new();
    repo.write("in/a.txt", "a\n");
    repo.write("out/b.txt", "b\n");
    repo.commit("Second");
    for index in ["--no-sparse-index", "--sparse-index"] {
        repo.git(&["sparse-checkout", "set", "--cone", index, "in"]);
        assert!(!repo.path.join("out").exists());
        repo.write("in/a.txt", "changed\n");
        let comparison = repo.compare(Some("HEAD"), None);
        assert_eq!(summary(&comparison), ["Modified in/a.txt +1 -1"], "{index}");
        assert_eq!(head_text(&comparison, "out/b.txt"), FileText::Text("b\n".to_owned()));
        repo.git(&["checkout", "-q", "--", "in"]);
    }
}

#[test]
fn a_split_index_and_one_of_version_4_are_read() {
    let repo = Fixture::new();
    repo.git(&["update-index", "--split-index"]);
    repo.write("new.txt", "n\n");
    assert_eq!(summary(&repo.compare(None, None)), ["Added new.txt +1 -0"]);
    repo.git(&["update-index", "--no-split-index", "--index-version", "4"]);
    repo.git(&["update-index", "--untracked-cache"]);
    assert_eq!(summary(&repo.compare(None, None)), ["Added new.txt +1 -0"]);
}

#[test]
fn a_file_that_is_only_announced_counts_with_its_text() {
    let repo = Fixture::new();
    repo.write("new.txt", "n\n");
    repo.git(&["add", "--intent-to-add", "new.txt"]);
    assert_eq!(summary(&repo.compare(None, None)), ["Added new.txt +1 -0"]);
    repo.git(&["rm", "-q", "--cached", "a.txt"]);
    assert_eq!(summary(&repo.compare(None, None)), ["Added new.txt +1 -0"], "it is still in the working tree");
}
