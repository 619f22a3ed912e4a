//! What people do that a robot does not expect: odd files, and changes to what the robot wrote.

use super::act::Push;
use super::git::{FileEdit, NewCommit};
use super::handle::SimHandle;
use super::state::CheckAction;

/// An edit of one file, byte for byte.
#[derive(Clone, Copy, Debug)]
pub enum OddEdit<'a> {
    /// A file: path, content.
    File(&'a [u8], &'a [u8]),
    /// A program: path, content.
    Program(&'a [u8], &'a [u8]),
    /// A symbolic link: path, where it leads.
    Link(&'a [u8], &'a [u8]),
    /// A submodule: path, commit of the other repository.
    Submodule(&'a [u8], &'a str),
    /// Nothing is left at this path.
    Gone(&'a [u8]),
}

impl SimHandle {
    /// One commit of any files on a branch that begins at `base` when it is new. Answers the commit.
    ///
    /// # Panics
    /// When the base does not exist.
    pub fn push_odd(&self, repo: &str, branch: &str, author: &str, edits: &[OddEdit<'_>], base: &str) -> String {
        let file = |edit: &OddEdit<'_>| {
            let (path, content, mode) = match *edit {
                OddEdit::File(path, content) => (path, Some(content), "100644"),
                OddEdit::Program(path, content) => (path, Some(content), "100755"),
                OddEdit::Link(path, target) => (path, Some(target), "120000"),
                OddEdit::Submodule(path, commit) => (path, Some(commit.as_bytes()), "160000"),
                OddEdit::Gone(path) => (path, None, "100644"),
            };
            FileEdit { path: path.to_vec(), content: content.map(<[u8]>::to_vec), mode }
        };
        let edits: Vec<FileEdit> = edits.iter().map(file).collect();
        let push = Push { branch, author, message: "Change files", edits: &[], base };
        self.with(repo, |state, index| state.push_edits(index, &push, &edits))
            .expect("the base of the new branch exists")
    }

    /// A workflow that ran for this head ends and keeps these zip archives, by name. Answers GitHub's id of the run.
    pub fn finish_workflow(&self, repo: &str, head: &str, actor: &str, artifacts: &[(&str, Vec<u8>)]) -> u64 {
        self.with(repo, |state, index| state.finish_workflow(index, head, actor, artifacts))
    }

    /// The artifacts of this name are over 90 days old.
    pub fn expire_artifacts(&self, repo: &str, name: &str) {
        self.with(repo, |state, index| {
            state.repos[index].artifacts.iter_mut().filter(|it| it.name == name).for_each(|it| it.expired = true);
        });
    }

    /// A button that an older version of the app has put on its check.
    ///
    /// # Panics
    /// When there is no such check.
    pub fn leave_button(&self, repo: &str, check: u64, identifier: &str) {
        let (label, description) = ("Old button".to_owned(), "Of an older version".to_owned());
        let action = CheckAction { label, description, identifier: identifier.to_owned() };
        self.with(repo, |state, index| {
            let runs = &mut state.repos[index].runs;
            runs.iter_mut().find(|run| run.id == check).expect("the check is there").actions.push(action);
        });
    }

    /// The author of a pull request from a fork lets maintainers push to its branch, or does not any more.
    ///
    /// # Panics
    /// When there is no such pull request.
    pub fn allow_edits(&self, repo: &str, number: u64, on: bool) {
        self.with(repo, |state, index| {
            state.repos[index].pulls.get_mut(&number).expect("the pull request was opened before").allows_edits = on;
        });
    }

    /// The text of a file at a branch or commit.
    pub fn read_file(&self, repo: &str, at: &str, path: &str) -> Option<String> {
        self.with(repo, |state, index| {
            let repo = &state.repos[index];
            let bytes = repo.git.load_file(&repo.resolve(at)?, path)?;
            String::from_utf8(bytes.to_vec()).ok()
        })
    }

    /// Where a repository lies on this machine, bare: to be cloned, not to be written to.
    pub fn git_dir(&self, repo: &str) -> std::path::PathBuf {
        self.with(repo, |state, index| state.repos[index].git.dir().to_owned())
    }

    /// The message of a commit.
    pub fn message(&self, repo: &str, sha: &str) -> Option<String> {
        self.with(repo, |state, index| Some(state.repos[index].git.load_commit(sha)?.message.clone()))
    }

    /// The first parent of a commit.
    ///
    /// # Panics
    /// When there is no such commit, or it has none.
    pub fn parent(&self, repo: &str, sha: &str) -> String {
        self.with(repo, |state, index| {
            let commit = state.repos[index].git.load_commit(sha).expect("there is such a commit");
            commit.parents.first().cloned().expect("it has a parent")
        })
    }

    /// The commit on which workflows of a pull request run: the base's tip with the head merged into it, these files edited.
    ///
    /// # Panics
    /// When there is no such pull request.
    pub fn test_merge(&self, repo: &str, number: u64, edits: &[(&str, Option<&str>)]) -> String {
        let edit = |(path, text): &(&str, Option<&str>)| FileEdit {
            path: path.as_bytes().to_vec(),
            content: text.map(|text| text.as_bytes().to_vec()),
            mode: "100644",
        };
        let edits: Vec<FileEdit> = edits.iter().map(edit).collect();
        self.with(repo, |state, index| {
            let author = state.signature("web-flow");
            let repo = &state.repos[index];
            let pull = repo.pulls.get(&number).expect("there is such a pull request");
            let base = repo.branches.get(&pull.base_ref).cloned().expect("there is its base");
            let message = format!("Merge {} into {base}", pull.head_sha);
            repo.git.commit(&NewCommit {
                reference: &format!("refs/pull/{number}/merge"),
                parents: &[base, pull.head_sha.clone()],
                author: &author,
                message: &message,
                edits: &edits,
            })
        })
    }

    /// Nobody but people who may write comments on the pull request any more, or everybody again.
    pub fn lock_conversation(&self, repo: &str, number: u64, locked: bool) {
        self.with(repo, |state, index| {
            if let Some(pull) = state.repos[index].pulls.get_mut(&number) {
                pull.locked = locked;
            }
        });
    }

    /// The annotations of a check run, one line each.
    pub fn annotations(&self, repo: &str, check: u64) -> Vec<String> {
        self.with(repo, |state, index| {
            let run = state.repos[index].runs.iter().find(|run| run.id == check);
            let marks = run.map(|run| run.output.annotations.as_slice()).unwrap_or_default();
            marks.iter().map(|it| format!("{}:{} {}", it.path, it.start_line, it.message)).collect()
        })
    }

    /// A person changes the words of a comment, in the conversation or on a line, whoever wrote it.
    pub fn overwrite_comment(&self, repo: &str, comment: u64, body: &str) {
        self.with(repo, |state, index| {
            let repo = &mut state.repos[index];
            let talk = repo.comments.iter_mut().find(|it| it.id == comment).map(|it| &mut it.body);
            let line = repo.review_comments.iter_mut().find(|it| it.id == comment).map(|it| &mut it.body);
            if let Some(words) = talk.or(line) {
                body.clone_into(words);
            }
        });
    }

    /// A person deletes a comment, in the conversation or on a line, whoever wrote it.
    pub fn delete_comment(&self, repo: &str, comment: u64) {
        self.with(repo, |state, index| {
            state.repos[index].comments.retain(|it| it.id != comment);
            state.delete_review_comment(index, comment);
        });
    }

    /// The same comment stands in the conversation or on its line once more, as after a lost answer.
    pub fn double_comment(&self, repo: &str, comment: u64) {
        self.with(repo, |state, index| {
            let id = state.fresh_id();
            let comments = &mut state.repos[index].comments;
            let found = comments.iter().find(|it| it.id == comment).cloned();
            comments.extend(found.map(|it| super::state::Comment { id, ..it }));
            let comments = &mut state.repos[index].review_comments;
            let found = comments.iter().find(|it| it.id == comment).cloned();
            comments.extend(found.map(|it| super::state::ReviewComment { id, ..it }));
        });
    }
}
