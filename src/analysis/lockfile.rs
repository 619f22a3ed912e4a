//! Manifests and lockfiles: whether the lockfile knows what the manifest now asks for.
//!
//! Dependency sections are compared, before and after, so that a new version or script in a manifest is no change; and
//! the lockfile's content is read, so that a lockfile that still fits needs no change either.

mod cargo;
mod changed_lock;
mod comments;
mod composer;
mod cover;
mod dart;
mod ecosystem;
mod go;
mod gradle;
mod jsonc;
mod lock;
mod manifest;
mod mix;
mod new_members;
mod node;
mod node_locks;
mod nuget;
mod pep508;
mod places;
mod pnpm_workspace;
mod problem;
mod python;
mod python_locks;
mod repeated;
mod review;
mod ruby;
mod sees;
mod source;
mod swift;
mod yarn;

pub use ecosystem::{ECOSYSTEMS, Ecosystem, LockKind, lock_kind};
pub use lock::{Asked, Fit, Lock, Origin, Pinned};
pub use manifest::{Manifest, Members, Version, Wanted};
pub use node::{read_node_members, read_pnpm_members};
pub use problem::{FileSource, Problem, ProblemKind, Text};
pub use review::find_problems;
