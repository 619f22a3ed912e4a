//! Migrations that are programs, into steps.

mod alembic;
mod django;
mod ecto;
mod functions;
mod javascript;
mod parameters;
mod rails;
mod read;

pub(super) use read::read_framework;
