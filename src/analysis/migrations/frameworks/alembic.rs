//! Alembic: what `upgrade` calls on `op`, its columns, and what its names stand for.

mod calls;
mod column;
mod operations;
mod scope;
mod statement;

pub(super) use calls::read;
