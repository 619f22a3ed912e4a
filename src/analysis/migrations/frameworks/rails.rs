//! Rails: what `change` or `up` calls, and its columns.

mod column;
mod operations;
mod rows;

pub(super) use operations::read;
