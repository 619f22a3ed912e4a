//! A simulated GitHub on real git objects: for `deckhand demo` and for the tests.
