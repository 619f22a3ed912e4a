//! A commit on a branch: made in one piece by GraphQL, and found again by the last line of its message.

use super::CallError;
use super::call::Effect;
use super::graphql::{CREATE_COMMIT, LAST_COMMITS};
use super::perform::Answer;
use super::repo::RepoClient;
use super::wire::Nodes;
use crate::model::CommitId;
use crate::plan::{NewCommit, parse_commit_marker};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

/// What is missing when GitHub does not find it.
const BRANCH: &str = "such branch";

impl RepoClient {
    /// `Conflict` when the branch points elsewhere than to `commit.parent`; then nothing happened.
    pub(super) async fn create_commit(&self, commit: &NewCommit) -> Result<Answer, CallError> {
        let additions: Vec<Value> = commit
            .files
            .iter()
            .map(|(path, text)| json!({ "path": path.as_str(), "contents": STANDARD.encode(text) }))
            .collect();
        let input = json!({
            "branch": { "repositoryNameWithOwner": commit.repository.to_string(), "branchName": commit.branch },
            "expectedHeadOid": commit.parent, "message": { "headline": commit.headline, "body": commit.body },
            "fileChanges": { "additions": additions },
        });
        let data: Created = self.graphql(CREATE_COMMIT, json!({ "input": input }), Effect::Write, BRANCH).await?;
        let made = data.create_commit_on_branch.and_then(|payload| payload.commit);
        let made = made.ok_or_else(|| CallError::Malformed("a commit, no id".to_owned()))?;
        Ok(Answer::Commit { id: id(&made.oid)? })
    }

    /// A commit of the pull request whose message names the same operation.
    pub(super) async fn find_commit(&self, commit: &NewCommit) -> Result<Option<Answer>, CallError> {
        let Some(wanted) = parse_commit_marker(&commit.body) else { return Ok(None) };
        let variables = json!({ "owner": self.name.owner(), "name": self.name.name(), "number": commit.number });
        let data: Data = self.graphql(LAST_COMMITS, variables, Effect::Read, "commits of the pull request").await?;
        let pull = data.repository.and_then(|repository| repository.pull_request);
        let pull = pull.ok_or_else(|| CallError::NotFound("such pull request".to_owned()))?;
        let commits = pull.commits.into_vec().into_iter().map(|node| node.commit);
        let found = commits.into_iter().find(|commit| parse_commit_marker(&commit.message) == Some(wanted));
        found.map(|commit| Ok(Answer::Commit { id: id(&commit.oid)? })).transpose()
    }
}

fn id(oid: &str) -> Result<CommitId, CallError> {
    CommitId::new(oid).map_err(|error| CallError::Malformed(error.to_string()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    create_commit_on_branch: Option<Payload>,
}

#[derive(Deserialize)]
struct Payload {
    commit: Option<Made>,
}

#[derive(Deserialize)]
struct Made {
    oid: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    repository: Option<Repository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    pull_request: Option<Pull>,
}

#[derive(Deserialize)]
struct Pull {
    commits: Nodes<Node>,
}

#[derive(Deserialize)]
struct Node {
    commit: Written,
}

#[derive(Deserialize)]
struct Written {
    oid: String,
    message: String,
}
