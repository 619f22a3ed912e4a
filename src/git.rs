//! A local git repository as a source of the same facts that GitHub gives.
