//! The parents of a commit, and what a test merge is made of.

use super::CallError;
use super::call::parse;
use super::repo::RepoClient;
use crate::model::CommitId;
use http::Method;
use serde::Deserialize;

#[derive(Deserialize)]
struct WireCommit {
    parents: Vec<WireParent>,
}

#[derive(Deserialize)]
struct WireParent {
    sha: String,
}

impl RepoClient {
    /// The second parent of a merge commit: of the test merge of a pull request, on which its workflows run
    /// (`refs/pull/N/merge`), the head. `None` for a commit that merges nothing.
    ///
    /// # Errors
    /// As every call; `NotFound` when there is no such commit.
    pub async fn find_merged_head(&self, commit: &CommitId) -> Result<Option<CommitId>, CallError> {
        let parents = self.fetch_parents(commit).await?;
        Ok(if let [_, head] = parents.as_slice() { Some(head.clone()) } else { None })
    }

    /// What a commit comes from, the branch that it was made on first.
    ///
    /// # Errors
    /// As every call; `NotFound` when there is no such commit.
    pub(super) async fn fetch_parents(&self, commit: &CommitId) -> Result<Vec<CommitId>, CallError> {
        let asked = "such commit";
        let call = self.rest(Method::GET, &format!("/git/commits/{commit}"), asked);
        let wire: WireCommit = self.call_kept(call, |body| parse(body, asked)).await?;
        let named = wire.parents.iter().map(|parent| CommitId::new(&parent.sha));
        named.collect::<Result<_, _>>().map_err(|error| CallError::Malformed(error.to_string()))
    }
}
