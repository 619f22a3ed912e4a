//! What people wrote in the conversations of a repository since a moment: what lost deliveries would have told.

use super::CallError;
use super::repo::RepoClient;
use crate::model::{PullNumber, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;

/// GitHub's largest page.
const PAGE: usize = 100;
/// Pages of one look; the next look goes on.
const MAX_PAGES: usize = 10;

/// A comment of a person under a pull request, as it was written: nobody has edited it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// GitHub's id.
    pub id: u64,
    /// The pull request.
    pub number: PullNumber,
    /// Who wrote it.
    pub author: String,
    /// What, in Markdown.
    pub text: String,
    /// When, by GitHub's clock.
    pub written_at: Timestamp,
}

/// What a look has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// In the order of their ids.
    pub found: Vec<Remark>,
    /// Where the look ended, when there was more than it reads.
    pub until: Option<Timestamp>,
}

impl RepoClient {
    /// The comments of people since then. What was edited is left out: people with write permission can edit the words of
    /// others, and what the author had written is not to be seen any more.
    ///
    /// Source: GitHub's REST API, "List issue comments for a repository" (`since` is about the last change).
    ///
    /// # Errors
    /// As every call.
    pub async fn fetch_remarks(&self, since: Timestamp) -> Result<Remarks, CallError> {
        let (mut from, mut page) = (since, 1);
        let (mut found, mut until) = (BTreeMap::new(), None);
        for look in 1..=MAX_PAGES {
            let since_then = from.to_rfc3339();
            let path =
                format!("/issues/comments?since={since_then}&sort=updated&direction=asc&per_page={PAGE}&page={page}");
            let fetched: Vec<WireComment> = self.get(&path, "list of comments").await?;
            let newest = fetched.iter().filter_map(|it| Timestamp::parse_rfc3339(&it.updated_at)).max();
            let is_last = fetched.len() < PAGE;
            found.extend(fetched.into_iter().filter_map(|it| it.into_remark(since)).map(|it| (it.id, it)));
            if is_last {
                break;
            }
            // A page that begins where the last one ended misses nothing when an edit moves a comment meanwhile.
            match newest.filter(|newest| *newest > from) {
                Some(newest) => (from, page) = (newest, 1),
                None => page += 1,
            }
            if look == MAX_PAGES {
                until = Some(from);
            }
        }
        Ok(Remarks { found: found.into_values().collect(), until })
    }

    /// GitHub's present, as far as we know it.
    pub fn github_now(&self) -> Timestamp {
        self.shared.http.github_now()
    }
}

#[derive(Deserialize)]
struct WireComment {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    user: Option<WireUser>,
    created_at: String,
    updated_at: String,
    html_url: String,
    issue_url: String,
}

#[derive(Deserialize)]
struct WireUser {
    login: String,
    #[serde(default, rename = "type")]
    kind: String,
}

impl WireComment {
    fn into_remark(self, since: Timestamp) -> Option<Remark> {
        let author = self.user.filter(|user| user.kind != "Bot")?;
        let written_at = Timestamp::parse_rfc3339(&self.created_at)?;
        // Issues have comments, too.
        let counts = self.created_at == self.updated_at && written_at >= since && self.html_url.contains("/pull/");
        let number = self.issue_url.rsplit('/').next()?.parse().ok()?;
        counts.then_some(Remark {
            id: self.id,
            number: PullNumber(number),
            author: author.login,
            text: self.body?,
            written_at,
        })
    }
}
