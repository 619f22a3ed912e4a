//! GitHub never sends a delivery again by itself: those that failed are asked for.

use super::Tending;
use crate::github::{CallError, DeliveryAttempt};
use crate::model::Timestamp;
use crate::server::failed_call::after_call;
use crate::server::reviews::Reviews;
use crate::server::work::JobError;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const TURN: &str = "sweep";
/// GitHub keeps deliveries for three days.
const KEPT: Duration = Duration::from_secs(3 * 24 * 3600);
/// Attempts of one second can become visible in any order.
const OVERLAP: Duration = Duration::from_secs(30);
/// Deliveries that are asked for in one go.
const AT_ONCE: usize = 200;
/// The sender hears that its payload is too large: it will be so the next time.
const TOO_LARGE: u16 = 413;

impl Reviews {
    /// Asks for what failed since the last time and did not come through later.
    pub(super) async fn sweep(&self, tending: &Tending) -> Result<(), JobError> {
        let (store, now) = (self.store(), self.now());
        let Some(cursor) = store.take_turn(TURN, self.upkeep.sweep, tending.first, now).await? else { return Ok(()) };
        let seen = cursor.parse().map(Timestamp).ok();
        let since = seen.unwrap_or(now).before(if seen.is_some() { OVERLAP } else { KEPT });
        let attempts = self.github().list_deliveries(since).await.map_err(after_call)?;
        let (failed, arrived) = sort_out(&attempts);
        store.note_failed(failed, arrived, now).await?;
        let newest = attempts.iter().map(|it| it.at).max().or(seen).unwrap_or_else(|| now.before(2 * OVERLAP));
        store.end_turn(TURN, &newest.0.to_string()).await?;
        let due = store.due_redeliveries(now).await?;
        for (guid, attempt) in due.into_iter().take(AT_ONCE) {
            store.note_asked(&guid, now).await?;
            match self.github().redeliver(attempt).await {
                Ok(()) => tracing::info!(guid, "delivery {guid} had failed; GitHub is asked to send it again"),
                Err(error @ (CallError::RateLimited { .. } | CallError::SecondaryLimit { .. })) => {
                    return Err(after_call(error));
                }
                Err(error) => tracing::warn!(guid, %error, "delivery {guid} cannot be asked for again: {error}"),
            }
        }
        Ok(())
    }
}

/// Deliveries of which no attempt arrived, with their newest attempts; and the others.
fn sort_out(attempts: &[DeliveryAttempt]) -> (Vec<(String, u64)>, Vec<String>) {
    let arrived: BTreeSet<&str> = attempts.iter().filter(|it| it.arrived()).map(|it| it.guid.as_str()).collect();
    let mut failed: BTreeMap<&str, &DeliveryAttempt> = BTreeMap::new();
    for attempt in attempts.iter().filter(|it| !arrived.contains(it.guid.as_str()) && it.status != TOO_LARGE) {
        let newest = failed.entry(&attempt.guid).or_insert(attempt);
        if attempt.id > newest.id {
            *newest = attempt;
        }
    }
    let failed = failed.into_iter().map(|(guid, attempt)| (guid.to_owned(), attempt.id)).collect();
    (failed, arrived.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_that_came_through_later_did_not_fail() {
        let attempt = |id, guid: &str, status| DeliveryAttempt { id, guid: guid.to_owned(), at: Timestamp(0), status };
        let attempts = [
            attempt(9, "a", 202),
            attempt(8, "b", 503),
            attempt(7, "b", 0),
            attempt(6, "a", 502),
            attempt(5, "c", 413),
            attempt(4, "d", 302),
        ];
        let (failed, arrived) = sort_out(&attempts);
        assert_eq!(failed, [("b".to_owned(), 8), ("d".to_owned(), 4)]);
        assert_eq!(arrived, ["a"]);
    }
}
