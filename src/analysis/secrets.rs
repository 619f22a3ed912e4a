//! Keys, tokens and passwords in text, and what only looks like one.

mod addresses;
mod assignment;
mod checksum;
mod find;
mod jwt;
mod patterns;
mod placeholder;
mod private_key;
mod randomness;
mod secret;
mod shapes;

pub use addresses::passwords_on;
pub use find::{SecretOptions, SecretScope, find_secrets};
pub use secret::{Proof, Secret, SourceLine};
