//! What a review waits for: since when it does, and when somebody looks again.
//!
//! What comes with an event (a coverage report) makes the review run again at once, because its job then waits no
//! longer; what no event tells of (whether GitHub computed that a pull request merges) is asked for with growing pauses.

use super::passes::{JudgingError, Surroundings};
use super::reports::Reports;
use super::reviews::Reviews;
use super::work::JobError;
use crate::model::{
    CommitId, CoverageFacts, Fact, FactKey, LintFacts, RepoPath, Snapshot, Timestamp, Unavailable, Verdict, Wait, Waits,
};
use crate::store::Job;
use crate::webhook::{Cause, JobSpec, Work};
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::time::Duration;

/// Between two looks at what no event tells of: as long as it was waited for already, within these.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(120));

/// Since when the facts of this head are awaited. Who asks for the check again begins a new wait.
pub(super) async fn begin(reviews: &Reviews, job: &Job, head: &CommitId, cause: Cause) -> Result<Waits, JobError> {
    let since = match cause {
        Cause::Rerequested | Cause::Commanded => BTreeMap::new(),
        _ if !job.waits => BTreeMap::new(),
        _ => reviews.store().recall_waits(&job.key, head).await?,
    };
    Ok(Waits { since })
}

/// After a review: remembers what is awaited, and has it looked at again in time. Writes nothing where nothing is or was.
pub(super) async fn follow_up(
    reviews: &Reviews,
    job: &Job,
    snapshot: &Snapshot,
    verdict: &Verdict,
) -> Result<(), JobError> {
    let Some(before) = &snapshot.waits else { return Ok(()) };
    let started = snapshot.subject.started_at;
    let since = |key: &FactKey| before.since.get(key).copied().unwrap_or(started);
    let mut awaited = snapshot.awaited();
    if verdict.waits().next().is_some() {
        // Of several linters one may have come: what is known then is not all yet.
        awaited.extend(snapshot.lint.keys().cloned().map(FactKey::Lint));
    }
    let waits: BTreeMap<FactKey, Timestamp> = awaited.iter().map(|key| (key.clone(), since(key))).collect();
    if waits != before.since {
        reviews.store().remember_waits(&job.key, &snapshot.subject.head, &waits).await?;
    }
    let now = reviews.now();
    let deadlines = verdict.waits().map(|(_, waiting)| waiting.until);
    let Some(deadline) = deadlines.min() else { return Ok(()) };
    let looks = waits.iter().filter(|(key, _)| key.is_polled()).map(|(_, since)| now.after(pause(now.since(*since))));
    // What a merge group takes over from a pull request may be late already.
    let next = looks.chain([deadline]).min().unwrap_or(deadline).max(now.after(PAUSES.0));
    let spec = JobSpec { work: again(&job.spec.work), ..job.spec.clone() };
    reviews.store().enqueue_later(&spec, next, now).await?;
    Ok(())
}

fn pause(waited: Duration) -> Duration {
    let (shortest, longest) = PAUSES;
    waited.clamp(shortest, longest)
}

/// The same work; who was not to be disturbed by it is not disturbed later.
fn again(work: &Work) -> Work {
    match work {
        Work::ReviewPull { number, cause, .. } if !cause.is_quiet() => {
            Work::ReviewPull { number: *number, cause: Cause::Awaited, changed_at: None }
        }
        other => other.clone(),
    }
}

/// What a run on a server has besides GitHub: reports that were sent to it.
pub(super) struct ServerSide<'a> {
    pub(super) reports: Reports<'a>,
}

impl Surroundings for ServerSide<'_> {
    fn load_source(&self, _path: &RepoPath) -> Option<String> {
        None
    }

    fn load_coverage<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        _patterns: &'a [String],
    ) -> BoxFuture<'a, Result<Option<Fact<CoverageFacts>>, JudgingError>> {
        Box::pin(async move {
            let awaited = || Fact::Unavailable(Unavailable::Awaited(Wait::for_coverage()));
            Ok(Some(self.reports.load_coverage(snapshot).await?.map_or_else(awaited, Fact::Known)))
        })
    }

    fn load_lint<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        _patterns: &'a [String],
    ) -> BoxFuture<'a, Result<Option<Fact<LintFacts>>, JudgingError>> {
        Box::pin(async move {
            let awaited = || Fact::Unavailable(Unavailable::Awaited(Wait::for_lint(None)));
            Ok(Some(self.reports.load_lint(snapshot).await?.map_or_else(awaited, Fact::Known)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f51_pauses_grow_within_bounds() {
        let mut waited = Duration::ZERO;
        let mut looks = Vec::new();
        while waited < Duration::from_secs(600) {
            waited += pause(waited);
            looks.push(waited.as_secs());
        }
        assert_eq!(looks, [5, 10, 20, 40, 80, 160, 280, 400, 520, 640]);
    }
}
