//! Knex, Kysely, Sequelize and TypeORM: what `up` does, in SQL and by their builders.

mod chain;
mod column;
mod knex;
mod kysely;
mod query_builder;
mod scope;
mod sequelize;
mod table;
mod typeorm;

pub(super) use knex::read as read_knex;
pub(super) use kysely::read as read_kysely;
pub(super) use sequelize::read as read_sequelize;
pub(super) use typeorm::read as read_typeorm;
