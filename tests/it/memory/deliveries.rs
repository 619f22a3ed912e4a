//! Deliveries: stored, known again, read again by another version, asked for once more.

use super::engine::Memory;
use super::state::{DeliveryRow, RedeliveryRow};
use async_trait::async_trait;
use deckhand::model::Timestamp;
use deckhand::store::{
    Accepted, Claimer, Deliveries, JobState, Pending, Redeliveries, Rereading, StoreError, StoredDelivery, VERSION,
};
use deckhand::webhook::{Delivery, JobSpec};
use std::time::Duration;

#[async_trait]
impl Deliveries for Memory {
    async fn accept(
        &self,
        delivery: &Delivery,
        pending: Pending<'_>,
        claimer: Option<Claimer>,
        now: Timestamp,
    ) -> Result<Accepted, StoreError> {
        let (is_read, mut work) = match pending {
            Pending::Unread => (false, Vec::new()),
            Pending::Work(work) => (true, work.to_vec()),
        };
        let named = work.len();
        let mut state = self.state()?;
        let known = |row: &&mut DeliveryRow| row.hook == delivery.hook_id() && row.guid == delivery.guid();
        let accepted = match state.deliveries.iter_mut().find(known) {
            None => {
                let id = state.deliveries.iter().map(|row| row.id).max().unwrap_or(0) + 1;
                state.deliveries.push(DeliveryRow {
                    id,
                    hook: delivery.hook_id(),
                    guid: delivery.guid().to_owned(),
                    event: delivery.event().to_owned(),
                    payload: delivery.body().to_vec(),
                    is_kept: work.is_empty(),
                    is_processed: is_read,
                    handled_by: VERSION.to_owned(),
                    received_at: now,
                });
                Accepted::New
            }
            Some(row) if row.payload != delivery.body() => return Ok(Accepted::OtherPayload),
            Some(row) => {
                if !is_read {
                    (row.is_processed, row.is_kept) = (false, true);
                }
                let runs = |spec: &JobSpec| {
                    state.jobs.iter().any(|job| job.key == spec.key() && job.state == JobState::Running)
                };
                work.retain(|spec| !runs(spec));
                Accepted::Repeated
            }
        };
        let joined = (named - work.len()) as u64 + state.enqueue_all(&work, now, now);
        self.counters().joined_jobs.add(joined);
        if let Some(claimer) = claimer.filter(|_| !work.is_empty())
            && let Some(job) = state.claim(now, now.after(claimer.lease))
        {
            (claimer.hand_over)(job);
        }
        Ok(accepted)
    }

    async fn next_delivery(&self) -> Result<Option<StoredDelivery>, StoreError> {
        let state = self.state()?;
        let next = state.deliveries.iter().filter(|row| !row.is_processed).min_by_key(|row| row.id);
        Ok(next.map(|row| StoredDelivery {
            id: row.id,
            guid: row.guid.clone(),
            event: row.event.clone(),
            body: row.payload.clone(),
        }))
    }

    async fn finish_delivery(&self, id: i64, work: &[JobSpec], now: Timestamp) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let joined = state.enqueue_all(work, now, now);
        self.counters().joined_jobs.add(joined);
        if let Some(row) = state.deliveries.iter_mut().find(|row| row.id == id) {
            row.is_processed = true;
            row.handled_by = VERSION.to_owned();
            row.is_kept &= work.is_empty();
        }
        Ok(())
    }
}

#[async_trait]
impl Rereading for Memory {
    async fn reread_deliveries_as(&self, version: &str) -> Result<u64, StoreError> {
        let mut put_back = 0;
        for row in &mut self.state()?.deliveries {
            if row.is_processed && row.is_kept && row.handled_by != version {
                row.is_processed = false;
                put_back += 1;
            }
        }
        Ok(put_back)
    }
}

/// After so many requests a delivery is left alone.
const MOST: u32 = 6;
/// The first wait for what became of a request; it doubles.
const WAIT: Duration = Duration::from_secs(240);
/// GitHub forgets deliveries after three days.
const KEPT: Duration = Duration::from_secs(4 * 24 * 3600);

#[async_trait]
impl Redeliveries for Memory {
    async fn note_failed(
        &self,
        failed: Vec<(String, u64)>,
        arrived: Vec<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        for (guid, delivery) in failed {
            let new = RedeliveryRow { delivery, asked: 0, due_at: now, seen_at: now };
            let row = state.redeliveries.entry(guid).or_insert(new);
            row.delivery = row.delivery.max(delivery);
        }
        state.redeliveries.retain(|guid, row| !arrived.contains(guid) && row.seen_at >= now.before(KEPT));
        Ok(())
    }

    async fn due_redeliveries(&self, now: Timestamp) -> Result<Vec<(String, u64)>, StoreError> {
        let state = self.state()?;
        let arrived = |guid: &String| state.deliveries.iter().any(|row| row.guid == *guid);
        let due = state.redeliveries.iter().filter(|(_, row)| row.due_at <= now && row.asked < MOST);
        let mut due: Vec<(String, u64)> =
            due.filter(|(guid, _)| !arrived(guid)).map(|(guid, row)| (guid.clone(), row.delivery)).collect();
        due.sort_by_key(|(_, delivery)| *delivery);
        Ok(due)
    }

    async fn note_asked(&self, guid: &str, now: Timestamp) -> Result<(), StoreError> {
        if let Some(row) = self.state()?.redeliveries.get_mut(guid) {
            row.due_at = now.after(WAIT * 2u32.pow(row.asked));
            row.asked += 1;
        }
        Ok(())
    }
}
