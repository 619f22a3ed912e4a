//! Rails: what `change` or `up` calls, and its columns.

mod column;
mod names;
mod operations;
mod reader;
mod rows;
mod values;
mod words;

pub(super) use reader::read;
