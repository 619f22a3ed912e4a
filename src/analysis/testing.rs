//! Which changes ask for a test, which test belongs to which source, and whether tests got weaker.
//!
//! Behaviour is what is left of added lines once comments, documentation, imports, types, constants, logs, other
//! formatting and moved code are taken away. A touched test speaks for the source that it is named after; one that is
//! named after none of the changed sources speaks for all of its part of the repository.

mod accessors;
mod area;
mod behaviour;
mod essence;
mod evidence;
mod inert;
mod inline;
mod lines;
mod names;
mod pair;
mod reach;
mod review;
mod types;
mod vocabulary;
mod weaker;

pub use evidence::Evidence;
pub use inline::holds_tests;
pub use names::is_test_text;
pub use pair::{find_own_test, pairs};
pub use review::{ChangedFile, Reading, Request, Untested, Verdict, review};
pub use weaker::{Weaker, WeakerKind};
