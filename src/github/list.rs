//! Lists: the open pull requests of a repository, those of a commit, the repositories of an installation.

use super::CallError;
use super::call::{RequestCounter, parse};
use super::client::Github;
use super::error::header;
use super::repo::RepoClient;
use super::token::Scope;
use crate::model::{CommitId, InstallationId, PullNumber, RepoName, RepositoryId};
use http::Method;
use serde::Deserialize;
use std::collections::BTreeMap;

/// GitHub's largest page.
const PAGE: usize = 100;
/// No list of ours is longer than 10,000 entries.
const MAX_PAGES: usize = 100;

/// A pull request that is closed between two pages moves another one from the next page onto the one that was read. A
/// list of several pages is read until nothing new is in it, at most so often.
pub(super) const TRIES: usize = 4;

/// An open pull request, as far as a list tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPull {
    /// Its number.
    pub number: PullNumber,
    /// Name of its base branch.
    pub base: String,
    /// Its head commit.
    pub head: CommitId,
}

/// A repository that an installation may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessibleRepository {
    /// Its id.
    pub id: RepositoryId,
    /// Its name at this moment.
    pub name: RepoName,
    /// Its default branch.
    pub default_branch: String,
}

impl RepoClient {
    /// The open pull requests, newest first; those into `base` only, when it is given.
    ///
    /// # Errors
    /// As every call.
    pub async fn list_open_pulls(&self, base: Option<&str>) -> Result<Vec<OpenPull>, CallError> {
        let base = base.map(|base| format!("&base={}", encode(base))).unwrap_or_default();
        self.read_pulls(&format!("/pulls?state=open{base}&"), "list of pull requests").await
    }

    /// The open ones of a list, newest first; `path` ends where the page is named.
    async fn read_pulls(&self, path: &str, asked: &'static str) -> Result<Vec<OpenPull>, CallError> {
        let mut pulls: BTreeMap<PullNumber, OpenPull> = BTreeMap::new();
        for _ in 0..TRIES {
            let before = pulls.len();
            let pages = self.read_pages(path, asked, &mut pulls).await?;
            if pages == 1 || pulls.len() == before {
                break;
            }
        }
        Ok(pulls.into_values().rev().collect())
    }

    /// Adds the open pull requests of all pages, and says how many pages there were.
    async fn read_pages(
        &self,
        path: &str,
        asked: &'static str,
        pulls: &mut BTreeMap<PullNumber, OpenPull>,
    ) -> Result<usize, CallError> {
        for page in 1..=MAX_PAGES {
            let fetched: Vec<WirePull> = self.get(&format!("{path}per_page={PAGE}&page={page}"), asked).await?;
            let last = fetched.len() < PAGE;
            pulls.extend(fetched.into_iter().filter_map(open_pull).map(|pull| (pull.number, pull)));
            if last {
                return Ok(page);
            }
        }
        Ok(MAX_PAGES)
    }

    /// The open pull requests whose head is this commit.
    ///
    /// # Errors
    /// As every call.
    pub async fn find_pulls_for_commit(&self, head: &CommitId) -> Result<Vec<OpenPull>, CallError> {
        let path = format!("/commits/{head}/pulls?");
        let mut pulls = self.read_pulls(&path, "list of pull requests of a commit").await?;
        pulls.retain(|pull| pull.head == *head);
        Ok(pulls)
    }
}

impl Github {
    /// The repositories that an installation may see.
    ///
    /// # Errors
    /// As every call.
    pub async fn list_repositories(
        &self,
        installation: InstallationId,
    ) -> Result<Vec<AccessibleRepository>, CallError> {
        let asked = "list of repositories";
        let counter = RequestCounter::unlimited();
        let mut found: BTreeMap<RepositoryId, AccessibleRepository> = BTreeMap::new();
        let mut known = 0;
        let mut page = 1;
        let mut tries = 1;
        while page <= MAX_PAGES {
            let path = format!("/installation/repositories?per_page={PAGE}&page={page}");
            let call = self.shared.rest(Method::GET, &path, asked);
            let reply = self.shared.call(call, (installation, Scope::Whole), &counter).await?;
            let more = header(&reply.headers, "link").is_some_and(|links| links.contains("rel=\"next\""));
            let fetched: WireRepositories = parse(&reply.body, asked)?;
            found.extend(fetched.repositories.into_iter().filter_map(|it| {
                let id = RepositoryId(it.id);
                let (name, default_branch) = (RepoName::parse(&it.full_name).ok()?, it.default_branch);
                Some((id, AccessibleRepository { id, name, default_branch }))
            }));
            page += 1;
            if !more {
                if page == 2 || found.len() == known || tries == TRIES {
                    break;
                }
                (known, page, tries) = (found.len(), 1, tries + 1);
            }
        }
        Ok(found.into_values().collect())
    }
}

#[derive(Deserialize)]
struct WirePull {
    number: PullNumber,
    state: String,
    base: WireRef,
    head: WireRef,
}

#[derive(Deserialize)]
struct WireRef {
    #[serde(rename = "ref")]
    name: String,
    sha: String,
}

#[derive(Deserialize)]
struct WireRepositories {
    repositories: Vec<WireRepository>,
}

#[derive(Deserialize)]
struct WireRepository {
    id: u64,
    full_name: String,
    #[serde(default = "usual_branch")]
    default_branch: String,
}

fn usual_branch() -> String {
    "main".to_owned()
}

fn open_pull(wire: WirePull) -> Option<OpenPull> {
    let head = CommitId::new(&wire.head.sha).ok()?;
    (wire.state == "open").then_some(OpenPull { number: wire.number, base: wire.base.name, head })
}

/// Percent-encoding of everything but letters, digits and `-._~/`.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
