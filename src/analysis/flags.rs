//! Feature flags: which a file declares, whether code asks for one, how much code is new, where a name is used.

mod declared;
mod size;
mod uses;

pub use declared::{RemovedFlag, declared_flags, declares_name, removed_flags};
pub use size::{AddedCode, measure_added_code};
pub use uses::find_uses;
