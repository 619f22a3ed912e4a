//! Counters of a server, in the Prometheus text format.

use crate::store::JobCounts;
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
    pub(super) fn render(&self, jobs: &JobCounts, judges_replaced: u64) -> String {
        let mut out = String::new();
        self.render_counters(&mut out);
        render(
            &mut out,
            "deckhand_judges_replaced_total",
            "counter",
            "Judges that died or were killed",
            judges_replaced,
        );
        render(&mut out, "deckhand_jobs_due", "gauge", "Jobs that wait and are due", jobs.due);
        render(&mut out, "deckhand_jobs_later", "gauge", "Jobs that wait for a later time", jobs.later);
        render(&mut out, "deckhand_jobs_running", "gauge", "Jobs in a worker's hands", jobs.running);
        render(&mut out, "deckhand_jobs_parked", "gauge", "Jobs given up until a person looks", jobs.parked);
        render(&mut out, "deckhand_deliveries_unprocessed", "gauge", "Deliveries not parsed yet", jobs.deliveries);
        out
    }
}

fn render(out: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}").expect("a string takes all text");
}
