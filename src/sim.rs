//! A simulated GitHub on real git objects: for `deckhand demo` and for the tests.

#[allow(dead_code, unused_imports, reason = "the simulated state that answers arrives with the rest of this room")]
mod graphql;
