//! What the rules ask the robot to do, in a line of the check.

use super::escape::code_span;
use super::limit;
use crate::model::Verdict;
use std::collections::BTreeMap;

/// At most so many bytes of the check are spent on it.
const LINE_BYTES: usize = 2_000;

/// Which effects were asked for; they are listed and not carried out. Empty when there are none.
pub(super) fn render_effects(verdict: &Verdict, bytes: usize) -> String {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for effect in &verdict.effects {
        *counts.entry((&effect.kind, &effect.rule)).or_default() += 1;
    }
    if counts.is_empty() {
        return String::new();
    }
    let words: Vec<String> = counts
        .iter()
        .map(|((kind, rule), count)| {
            let times = if *count > 1 { format!(" × {count}") } else { String::new() };
            format!("{}{times} ({})", code_span(&format!("robot.{kind}")), code_span(rule))
        })
        .collect();
    let line = format!("Asked of the robot, which this version does not carry out yet: {}", words.join(", "));
    format!("\n{}\n", limit::cut_short(&line, bytes.min(LINE_BYTES)))
}
