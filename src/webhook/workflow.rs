//! The event file of a GitHub Actions job: the payload of the event that started the workflow.

use super::event::{Unread, read};
use crate::model::{CommitId, PullNumber, RepoName, RepositoryId};
use serde::Deserialize;

/// GitHub caps payloads at 25 MB ("Webhook events and payloads"); a larger file is none of GitHub's.
const MAX_BYTES: usize = 25 << 20;

/// The pull request that started a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowPull {
    /// The repository that it was opened in.
    pub repository: RepoName,
    /// Its number there.
    pub number: PullNumber,
    /// Its head when the event happened; the job's check belongs to this commit.
    pub head: CommitId,
    /// The tip of its base then.
    pub base: CommitId,
    /// Whether the head lives in another repository, or in one that is gone.
    pub from_fork: bool,
}

/// Reads the event file of a `pull_request` or `pull_request_target` workflow.
///
/// # Errors
/// A noun phrase or sentence without the file's text: what is missing, or where it is no JSON.
pub fn parse_workflow_pull(body: &[u8]) -> Result<WorkflowPull, String> {
    if body.len() > MAX_BYTES {
        return Err(format!("it is larger than {} MB", MAX_BYTES >> 20));
    }
    let payload: Payload = read(body).map_err(|unread| match unread {
        Unread::Broken(what) => what,
        Unread::Other => "it names no pull request".to_owned(),
    })?;
    let Payload { repository, pull_request: pull } = payload;
    Ok(WorkflowPull {
        from_fork: pull.head.repo.is_none_or(|head| head.id != repository.id),
        repository: repository.full_name,
        number: pull.number,
        head: pull.head.sha,
        base: pull.base.sha,
    })
}

#[derive(Deserialize)]
struct Payload {
    repository: Repository,
    pull_request: Pull,
}

#[derive(Deserialize)]
struct Repository {
    id: RepositoryId,
    full_name: RepoName,
}

#[derive(Deserialize)]
struct Pull {
    number: PullNumber,
    head: Head,
    base: Base,
}

#[derive(Deserialize)]
struct Head {
    sha: CommitId,
    repo: Option<HeadRepository>,
}

#[derive(Deserialize)]
struct Base {
    sha: CommitId,
}

#[derive(Deserialize)]
struct HeadRepository {
    id: RepositoryId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn payload(head_repository: Value) -> Value {
        json!({
            "action": "synchronize", "number": 3,
            "repository": { "id": 7, "full_name": "octo/hello" },
            "pull_request": {
                "number": 3,
                "head": { "sha": "a".repeat(40), "repo": head_repository },
                "base": { "sha": "b".repeat(40) },
            },
        })
    }

    fn parse(payload: &Value) -> Result<WorkflowPull, String> {
        parse_workflow_pull(payload.to_string().as_bytes())
    }

    #[test]
    fn a_fork_is_known_by_its_number_and_a_deleted_one_by_its_absence() {
        let own = parse(&payload(json!({ "id": 7 }))).expect("a pull request");
        assert_eq!((own.repository.to_string().as_str(), own.number.0, own.from_fork), ("octo/hello", 3, false));
        assert!(parse(&payload(json!({ "id": 8 }))).expect("a pull request").from_fork);
        assert!(parse(&payload(Value::Null)).expect("a pull request").from_fork);
    }

    #[test]
    fn what_is_wrong_is_said_without_the_files_text() {
        let mut push = payload(Value::Null);
        push.as_object_mut().expect("an object").remove("pull_request");
        assert_eq!(parse(&push).expect_err("no pull request"), "missing field `pull_request` at line 1 column 82");
        let mut short = payload(Value::Null);
        short["pull_request"]["head"]["sha"] = json!("canary");
        let said = parse(&short).expect_err("no commit");
        assert!(said.starts_with("a field is not what GitHub documents") && !said.contains("canary"), "{said}");
        assert_eq!(parse_workflow_pull(b"").expect_err("empty"), "it is not JSON (line 1, column 0)");
        let deep = "[".repeat(100_000);
        assert!(parse_workflow_pull(deep.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_workflow_pull(&bytes);
        }
    }
}
