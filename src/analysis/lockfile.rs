//! Manifests and lockfiles: whether the lockfile knows what the manifest now asks for.
//!
//! Dependency sections are compared, before and after, so that a new version or script in a manifest is no change; and
//! the lockfile's content is read, so that a lockfile that still fits needs no change either.

mod cargo;
mod composer;
mod dart;
mod ecosystem;
mod go;
mod gradle;
mod jsonc;
mod lock;
mod manifest;
mod mix;
mod node;
mod node_locks;
mod nuget;
mod pep508;
mod python;
mod review;
mod ruby;
mod swift;
mod yarn;

pub use ecosystem::{ECOSYSTEMS, Ecosystem, LockKind, lock_kind};
pub use lock::{Fit, Lock};
pub use manifest::{Manifest, Members, Wanted};
pub use node::{read_node_members, read_pnpm_members};
pub use review::{FileSource, Problem, ProblemKind, Text, find_problems};
