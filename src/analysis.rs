//! Texts into facts that rules speak about: source code, secrets, feature flags. Pure: every input is an argument.

pub mod code;
pub mod flags;
pub mod leftovers;
pub mod secrets;
