//! Clones that hold only a part: the error says what to fetch.

use super::{Fixture, Repository, git_in, summary};

#[test]
fn a_partial_clone_says_how_to_fetch_what_it_lacks() {
    let origin = Fixture::new();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    origin.write("a.txt", "changed\n");
    origin.commit("Second");
    let clone = origin.path.with_file_name("clone");
    let url = format!("file://{}", origin.path.display());
    git_in(&origin.path, &["clone", "-q", "--filter=blob:none", &url, clone.to_str().expect("UTF-8")]);
    let comparison = Repository::open(&clone).expect("opens").compare(Some("HEAD~1"), None).expect("compares");
    let error = comparison.load_changes().expect_err("the old text is not there");
    assert!(error.to_string().contains(&format!("run `git diff {}`", comparison.base.short())), "{error}");
    git_in(&clone, &["diff", comparison.base.short()]);
    assert_eq!(summary(&comparison), ["Modified a.txt +1 -3"]);
}

#[test]
fn a_clone_of_one_branch_says_what_to_fetch() {
    let origin = Fixture::new();
    origin.git(&["switch", "-q", "-c", "topic"]);
    origin.commit("Topic");
    let clone = origin.path.with_file_name("clone");
    let url = format!("file://{}", origin.path.display());
    git_in(&origin.path, &["clone", "-q", "--depth=1", "--branch=topic", &url, clone.to_str().expect("UTF-8")]);
    git_in(&clone, &["switch", "-q", "--detach"]);
    for name in ["refs/remotes/origin/HEAD", "refs/heads/topic", "refs/remotes/origin/topic"] {
        git_in(&clone, &["update-ref", "-d", "--no-deref", name]);
    }
    let error = Repository::open(&clone).expect("opens").compare(None, None).expect_err("no base");
    assert!(error.to_string().contains("git fetch origin"), "{error}");
}
