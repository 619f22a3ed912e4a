//! Options of a rule as a list.

use super::wrap::Words;
use crate::cli::terminal::{BOLD, DIM, paint};
use crate::lua::OptionSpec;
use anstyle::Style;
use serde_json::Value as Json;

/// Each option with what it takes, its default and its sentence.
pub(super) fn render_options(options: &[OptionSpec], width: usize) -> String {
    let mut out = String::new();
    for option in options {
        let mut words = Words::default();
        words.push(&option.kind.describe(), DIM);
        if let Some(default) = &option.default {
            words.push("; default", DIM);
            words.push_space();
            words.push(&render_default(default), DIM);
        }
        out.push_str(&format!("  {}\n", paint(BOLD, &option.name)));
        out.push_str(&words.wrap("      ", width));
        let mut words = Words::default();
        words.push(&option.doc, Style::new());
        out.push_str(&words.wrap("      ", width));
    }
    out
}

/// A default as a dangerfile would write it.
fn render_default(value: &Json) -> String {
    match value {
        Json::Array(items) if items.is_empty() => "{}".to_owned(),
        Json::Array(items) => format!("{{ {} }}", items.iter().map(render_default).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
