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

#[test]
fn the_usual_branch_is_compared_with_what_the_remote_has_of_it() {
    let origin = Fixture::new();
    let branch = origin.git(&["branch", "--show-current"]);
    let clone = origin.path.with_file_name("clone");
    let url = format!("file://{}", origin.path.display());
    git_in(&origin.path, &["clone", "-q", &url, clone.to_str().expect("UTF-8")]);
    git_in(&clone, &["branch", "-q", "--unset-upstream"]);
    git_in(&clone, &["remote", "set-head", "origin", "--delete"]);
    git_in(&clone, &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "Mine"]);
    let head = format!("refs/heads/{branch}");
    let base =
        |head: &str| Repository::open(&clone).expect("opens").compare(None, Some(head)).expect("compares").base_name;
    assert_eq!(base(&head), format!("origin/{branch}"));
    // Nor does another usual branch stand in its own way.
    let other = if branch == "main" { "master" } else { "main" };
    git_in(&clone, &["switch", "-q", "-c", other]);
    git_in(&clone, &["branch", "-q", "-D", &branch]);
    assert_eq!(base(&format!("refs/heads/{other}")), format!("origin/{branch}"));
    // Where there is no remote, a branch is all that there is.
    git_in(&clone, &["remote", "remove", "origin"]);
    assert_eq!(base(&format!("refs/heads/{other}")), other);
}
