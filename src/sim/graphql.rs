//! GitHub's GraphQL over any state: documents are parsed, held against `graphql/schema.graphql` (the one table of what
//! is simulated, cut out of GitHub's own schema) and executed. The state answers single fields through [`World`].

mod answer;
mod connection;
mod execute;
mod limits;
mod literal;
mod schema;
#[cfg(test)]
mod tests;
mod validate;
mod variables;
mod world;

pub(super) use execute::execute;
pub(super) use world::{Args, Object, Resolved, World};
