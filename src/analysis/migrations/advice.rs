//! The way that blocks nobody, in the language of the author's own framework.

mod alembic;
mod choose;
mod django;
mod ecto;
mod rails;
mod sequelize;
mod sql;

pub(super) use choose::{Context, advice_of};
