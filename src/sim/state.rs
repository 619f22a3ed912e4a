//! Everything that the simulated GitHub remembers; a plain value, so that an older one can be kept and shown.

mod app;
mod check;
mod conversation;
mod pull;
mod repo;
mod whole;

pub(super) use app::{Access, App, Delivery, Installation, Permissions, Token, TokenOwner};
pub(super) use check::{Annotation, CheckAction, CheckOutput, CheckRun, CheckSuite, CommitStatus};
pub(super) use conversation::{Comment, Reaction, Review, ReviewComment};
pub(super) use pull::Pull;
pub(super) use repo::{Artifact, Label, LabelEvent, Note, QueueEntry, Repo, Required, User};
pub(super) use whole::State;
