//! Knex and TypeORM: what `up` does, in SQL and by their builders.

mod column;
mod knex;
mod table;
mod typeorm;

pub(super) use knex::read as read_knex;
pub(super) use typeorm::read as read_typeorm;
