//! What the rules ask the robot to do, for people: one line each. A dry run shows them; nothing is carried out here.

use crate::cli::plain;
use crate::cli::terminal::{BOLD, DIM, paint};
use crate::model::Effect;
use serde_json::Value;
use std::fmt::Write;

/// So many characters of one value are shown.
const SHOWN_CHARACTERS: usize = 60;

/// The list under its heading, or nothing.
pub(super) fn render_effects(effects: &[Effect]) -> String {
    let mut out = String::new();
    if effects.is_empty() {
        return out;
    }
    out.push_str("asked of the robot (this version lists it and carries nothing out)\n");
    for effect in effects {
        let arguments = effect.arguments.iter().map(|(name, value)| format!("{name} = {}", render_value(value)));
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let rule = paint(DIM, &plain::line(&format!("({})", effect.rule)));
        let call = paint(BOLD, &plain::line(&format!("robot.{}", effect.kind)));
        let space = if arguments.is_empty() { "" } else { " " };
        let _ = writeln!(out, "  {call}{space}{} {rule}", plain::line(&arguments));
    }
    out.push('\n');
    out
}

fn render_value(value: &Value) -> String {
    match value {
        Value::String(text) => render_text(text),
        Value::Array(items) => items.iter().map(render_value).collect::<Vec<_>>().join(" "),
        // Whole new texts of files: their paths say enough.
        Value::Object(members) => members.keys().map(|key| render_text(key)).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn render_text(text: &str) -> String {
    let first = text.trim().lines().next().unwrap_or_default();
    let cut: String = first.chars().take(SHOWN_CHARACTERS).collect();
    let more = if cut.len() < text.trim().len() { "..." } else { "" };
    format!("\"{cut}{more}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_effect_is_one_harmless_line() {
        let effect = |kind: &str, arguments: Value| Effect {
            kind: kind.to_owned(),
            rule: "triage".to_owned(),
            arguments: serde_json::from_value(arguments).expect("an object"),
        };
        let shown = render_effects(&[
            effect("add_labels", json!({ "labels": ["a", "b\u{1b}[2J"] })),
            effect("comment", json!({ "body": "First line.\nSecond." })),
            effect("merge", json!({})),
            effect("commit", json!({ "message": "Fix", "files": { "a.txt": "whole text" } })),
        ]);
        let expected = "asked of the robot (this version lists it and carries nothing out)\n  \
                        robot.add_labels labels = \"a\" \"b\\u{1b}[2J\" (triage)\n  \
                        robot.comment body = \"First line....\" (triage)\n  \
                        robot.merge (triage)\n  \
                        robot.commit files = \"a.txt\", message = \"Fix\" (triage)\n\n";
        assert_eq!(anstream::adapter::strip_str(&shown).to_string(), expected);
        assert_eq!(render_effects(&[]), "");
    }
}
