//! Durable state: deliveries, jobs, runs, outbox. SQLite.
