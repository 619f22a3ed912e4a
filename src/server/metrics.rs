//! Counters of a server, in the Prometheus text format.

use crate::store::{JobCounts, Store};
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $field:ident, $name:literal, $help:literal;)*) => {
        /// What is counted since the start.
        #[derive(Debug, Default)]
        pub(super) struct Metrics { $($(#[$doc])* pub(super) $field: Counter,)* }

        impl Metrics {
            fn render_counters(&self, out: &mut String) {
                $(render(out, $name, "counter", $help, self.$field.get());)*
            }
        }
    };
}

counters! {
    accepted, "deckhand_deliveries_accepted_total", "Deliveries that were stored";
    echoes, "deckhand_deliveries_echoes_total", "Deliveries that repeat what a program did, and are not stored";
    repeated, "deckhand_deliveries_repeated_total", "Deliveries that were known already";
    conflicting, "deckhand_deliveries_conflicting_total", "Deliveries whose GUID was known with another payload";
    refused, "deckhand_deliveries_refused_total", "Requests without a right signature";
    oversized, "deckhand_deliveries_oversized_total", "Requests over the size limit";
    unstored, "deckhand_deliveries_unstored_total", "Deliveries answered with 503";
    unknown, "deckhand_events_unknown_total", "Events and actions that name no work";
    unreadable, "deckhand_events_unreadable_total", "Known events that did not read";
    finished, "deckhand_jobs_finished_total", "Jobs that were done";
    retried, "deckhand_jobs_retried_total", "Attempts that failed and are tried again";
    parked, "deckhand_jobs_given_up_total", "Jobs that were given up until a person looks";
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Metrics {
    pub(super) fn render(&self, jobs: &JobCounts, store: &Store, judges_replaced: u64) -> String {
        let mut out = String::new();
        self.render_counters(&mut out);
        render(
            &mut out,
            "deckhand_judges_replaced_total",
            "counter",
            "Judges that died or were killed",
            judges_replaced,
        );
        let counts = store.counts();
        let counters = [
            ("deckhand_jobs_joined_total", "Work that joined a job that waited already", counts.joined_jobs.get()),
            (
                "deckhand_writes_known_total",
                "Writes that were done before and not sent again",
                counts.known_writes.get(),
            ),
            (
                "deckhand_writes_unclear_total",
                "Writes without a known answer, looked for before anything was sent again",
                counts.unclear_writes.get(),
            ),
        ];
        for (name, help, value) in counters {
            render(&mut out, name, "counter", help, value);
        }
        let gauges = [
            ("deckhand_jobs_due", "Jobs that wait and are due", jobs.due),
            ("deckhand_jobs_later", "Jobs that wait for a later time", jobs.later),
            ("deckhand_jobs_running", "Jobs in a worker's hands", jobs.running),
            ("deckhand_jobs_parked", "Jobs given up until a person looks", jobs.parked),
            ("deckhand_deliveries_unprocessed", "Deliveries not parsed yet", jobs.deliveries),
            ("deckhand_store_changes_waiting", "Changes that wait to be written", store.waiting_changes() as u64),
        ];
        for (name, help, value) in gauges {
            render(&mut out, name, "gauge", help, value);
        }
        out
    }
}

fn render(out: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}").expect("a string takes all text");
}
