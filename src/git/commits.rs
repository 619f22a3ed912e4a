//! The commits between merge base and head.

use super::{Comparison, GitError};
use crate::model::{Author, Commit, CommitId, Timestamp};

/// Id, parents, name, mail and time of author and of committer, message: each ends with a NUL byte.
const FORMAT: &str = "--format=%H%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B";
const FIELDS: usize = 9;

impl Comparison {
    /// The commits that the head has and the merge base has not, oldest first. Uncommitted work is in none of them.
    ///
    /// # Errors
    /// When git fails.
    pub fn load_commits(&self) -> Result<Vec<Commit>, GitError> {
        self.log(&["--reverse", "--topo-order", &format!("{}..{}", self.base, self.head)])
    }

    /// The head's own commit.
    pub(super) fn load_head_commit(&self) -> Result<Commit, GitError> {
        self.log(&["-1", self.head.as_str()])?.pop().ok_or(GitError::Unreadable("`git log`"))
    }

    fn log(&self, selection: &[&str]) -> Result<Vec<Commit>, GitError> {
        let fixed = ["log", "-z", "-s", "--no-color", "--no-notes", "--no-decorate", "--encoding=UTF-8", FORMAT];
        let output = self.git().run("list commits", fixed.iter().chain(selection))?;
        parse_log(&output).ok_or(GitError::Unreadable("`git log`"))
    }
}

fn parse_log(output: &[u8]) -> Option<Vec<Commit>> {
    if output.is_empty() {
        return Some(Vec::new());
    }
    let fields: Vec<String> = output
        .strip_suffix(b"\0")
        .unwrap_or(output)
        .split(|&byte| byte == 0)
        .map(|field| String::from_utf8_lossy(field).into_owned())
        .collect();
    if !fields.len().is_multiple_of(FIELDS) {
        return None;
    }
    fields
        .chunks_exact(FIELDS)
        .map(|record| {
            let [sha, parents, author @ .., message] = record else { return None };
            let (author, committer) = author.split_at(author.len() / 2);
            Some(Commit {
                sha: CommitId::new(sha).ok()?,
                message: message.trim_end_matches('\n').to_owned(),
                author: person(author)?,
                committer: Some(person(committer)?),
                parents: parents.split_whitespace().map(|id| CommitId::new(id).ok()).collect::<Option<_>>()?,
                verification: None,
            })
        })
        .collect()
}

fn person(fields: &[String]) -> Option<Author> {
    let [name, email, date] = fields else { return None };
    // Git shows a date that it cannot read as an empty text.
    let date = Timestamp::parse_rfc3339(date).unwrap_or_default();
    Some(Author { name: name.clone(), email: email.clone(), login: None, date })
}
