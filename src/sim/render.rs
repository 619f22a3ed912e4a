//! Pages as stable, readable text, for snapshot tests.

mod page;
mod pull;
#[cfg(test)]
mod tests;

pub use pull::render_pull_text;
