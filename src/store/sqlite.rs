//! SQLite: one writing connection, a few that read. No type of it leaves this room.

mod answers;
mod archive;
mod chores;
mod deliveries;
mod error;
mod examine;
mod groups;
mod heads;
mod installations;
mod jobs;
mod judged;
mod leases;
mod open;
mod open_checks;
mod outbox;
mod overrides;
mod parked;
mod previews;
mod readers;
mod reads;
mod redeliveries;
mod reports;
mod reread;
mod retention;
mod runs;
mod unread;
mod waits;
mod writer;

pub(super) use archive::SqliteArchive;
pub(super) use examine::examine;
pub(super) use open::Sqlite;
