//! Lines that a report leaves out between lines that it knows, as continuations of the line before: for reports that name
//! only the first line of a statement.

use crate::model::{CoverageFacts, LineHits};

/// Gives every line between the first and the last known one of a file the hits of the known line before it.
pub fn expand(facts: &mut CoverageFacts) {
    for lines in facts.files.values_mut() {
        let Some(last) = lines.last().map(|line| line.number) else { continue };
        let known = std::mem::take(lines);
        let ends = known.iter().skip(1).map(|line| line.number).chain([last + 1]);
        for (line, end) in known.iter().zip(ends) {
            lines.push(*line);
            lines.extend((line.number + 1..end).map(|number| LineHits::new(number, line.hits)));
        }
    }
}
