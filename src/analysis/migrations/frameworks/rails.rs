//! Rails: what `change` or `up` calls, and its columns.

mod column;
mod operations;

pub(super) use operations::read;
