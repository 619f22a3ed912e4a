//! Django: the list `operations` of a migration, its fields, and the functions that `RunPython` is given.

mod alter;
mod arguments;
mod default;
mod field;
mod guess;
mod operations;
mod run_python;

pub(super) use operations::read;
