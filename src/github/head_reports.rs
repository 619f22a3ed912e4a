//! The check runs that others report about the head. The list is whole, or it is not known.

use super::CallError;
use super::repo::RepoClient;
use crate::model::{CommitId, Fact, HeadCheckRun, Timestamp, Unavailable};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// GitHub's largest page.
const PAGE: usize = 100;
/// Pages in flight at once.
const AT_ONCE: usize = 4;
/// More than so many reports of one commit are not read.
const MAX_REPORTS: usize = 1_000;
/// A list that changed between two of its pages is read so often.
const TRIES: usize = 3;

impl RepoClient {
    /// The newest check run of each name and app, without this app's own: one request per hundred.
    ///
    /// # Errors
    /// As every call. A list that is not complete is no error but [`Unavailable::Truncated`].
    pub(super) async fn fetch_check_runs(&self, head: &CommitId) -> Result<Fact<Vec<HeadCheckRun>>, CallError> {
        let path = format!("/commits/{head}/check-runs");
        let runs = self.whole::<WireRuns>(&path, "list of check runs").await?;
        let own = self.shared.app_id();
        let others = |run: &WireRun| own.is_none() || run.app.as_ref().map(|app| app.id) != own;
        known(runs, |runs| runs.into_iter().filter(others).map(check_run).collect())
    }

    /// All entries of a list that tells its length.
    async fn whole<L: List>(&self, path: &str, asked: &'static str) -> Result<Fact<Vec<L::Entry>>, CallError> {
        let (mut seen, mut total) = (0, 0);
        for _ in 0..TRIES {
            let first = self.list_page::<L>(path, 1, asked).await?;
            total = first.total();
            if total > MAX_REPORTS {
                break;
            }
            // Collected first: a closure inside the stream would keep the future from being `Send` for every lifetime.
            let rest: Vec<_> = (2..=total.div_ceil(PAGE)).map(|page| self.list_page::<L>(path, page, asked)).collect();
            let rest: Vec<L> = stream::iter(rest).buffered(AT_ONCE).try_collect().await?;
            let steady = rest.iter().all(|page| page.total() == total);
            let entries: Vec<L::Entry> = std::iter::once(first).chain(rest).flat_map(L::entries).collect();
            let distinct = entries.iter().map(L::id).collect::<BTreeSet<u64>>().len();
            seen = distinct;
            if steady && distinct == total && entries.len() == total {
                return Ok(Fact::Known(entries));
            }
        }
        Ok(Fact::Unavailable(Unavailable::Truncated(format!("the {asked} ({seen} of {total})"))))
    }

    async fn list_page<L: List>(&self, path: &str, page: usize, asked: &'static str) -> Result<L, CallError> {
        self.get(&format!("{path}?per_page={PAGE}&page={page}"), asked).await
    }
}

/// One page of a list that tells its length.
trait List: DeserializeOwned {
    type Entry;

    /// The length of the whole list.
    fn total(&self) -> usize;

    fn entries(self) -> Vec<Self::Entry>;

    fn id(entry: &Self::Entry) -> u64;
}

#[derive(Deserialize)]
struct WireRuns {
    total_count: usize,
    check_runs: Vec<WireRun>,
}

#[derive(Deserialize)]
struct WireRun {
    id: u64,
    name: String,
    status: String,
    conclusion: Option<String>,
    app: Option<WireApp>,
    output: WireOutput,
    details_url: Option<String>,
    html_url: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
}

#[derive(Deserialize)]
struct WireApp {
    id: u64,
    #[serde(default)]
    slug: Option<String>,
}

#[derive(Deserialize)]
struct WireOutput {
    title: Option<String>,
}

impl List for WireRuns {
    type Entry = WireRun;

    fn total(&self) -> usize {
        self.total_count
    }

    fn entries(self) -> Vec<WireRun> {
        self.check_runs
    }

    fn id(entry: &WireRun) -> u64 {
        entry.id
    }
}

/// Entries as values of the model; one that does not read makes the whole answer unusable.
fn known<T, V>(fact: Fact<T>, read: impl FnOnce(T) -> Option<V>) -> Result<Fact<V>, CallError> {
    match fact {
        Fact::Known(entries) => {
            read(entries).map(Fact::Known).ok_or_else(|| CallError::Malformed("reports about the head".to_owned()))
        }
        Fact::Unavailable(reason) => Ok(Fact::Unavailable(reason)),
    }
}

fn check_run(wire: WireRun) -> Option<HeadCheckRun> {
    let time = |text: Option<String>| text.map(|text| Timestamp::parse_rfc3339(&text).ok_or(())).transpose().ok();
    Some(HeadCheckRun {
        id: wire.id,
        name: wire.name,
        status: wire.status,
        conclusion: wire.conclusion,
        app: wire.app.and_then(|app| app.slug).unwrap_or_default(),
        title: wire.output.title.unwrap_or_default(),
        details_url: wire.details_url,
        html_url: wire.html_url,
        started_at: time(wire.started_at)?,
        completed_at: time(wire.completed_at)?,
    })
}
