//! Istanbul's `coverage-final.json`, which nyc, Jest, c8 and Vitest write: statements with places and counts.
//!
//! As in `istanbul-lib-coverage`, a line has the highest count of the statements that begin on it.

use super::json::{Count, LineNumber, Walk};
use super::report::Format;
use crate::model::LineHits;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// A file as Istanbul has it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct File {
    pub(super) path: Option<String>,
    #[serde(rename = "statementMap")]
    pub(super) statements: Option<HashMap<String, Range>>,
    #[serde(rename = "s")]
    pub(super) counts: HashMap<String, Count>,
    #[serde(rename = "branchMap")]
    pub(super) branches: HashMap<String, Branch>,
    #[serde(rename = "b")]
    pub(super) branch_counts: HashMap<String, Vec<Count>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Range {
    start: Position,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Position {
    line: LineNumber,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Branch {
    loc: Range,
    line: LineNumber,
}

/// Adds a file; what has no statements is none.
pub(super) fn add<E: serde::de::Error>(walk: &mut Walk, key: &str, file: File) -> Result<(), E> {
    let Some(statements) = &file.statements else { return Ok(()) };
    let mut lines: BTreeMap<u32, LineHits> = BTreeMap::new();
    for (id, place) in statements {
        let hits = file.counts.get(id).and_then(|count| count.0).unwrap_or(0);
        let number = place.start.line.0;
        let line = lines.entry(number).or_insert(LineHits::new(number, 0));
        line.hits = line.hits.max(hits);
    }
    for (id, branch) in &file.branches {
        let number = if branch.loc.start.line.0 > 0 { branch.loc.start.line.0 } else { branch.line.0 };
        let (Some(line), Some(counts)) = (lines.get_mut(&number), file.branch_counts.get(id)) else { continue };
        let taken = counts.iter().filter(|count| count.0.unwrap_or(0) > 0).count();
        line.branches = line.branches.saturating_add(u16::try_from(counts.len()).unwrap_or(u16::MAX));
        line.taken = line.taken.saturating_add(u16::try_from(taken).unwrap_or(u16::MAX));
    }
    walk.guard(Format::Istanbul, |builder| {
        builder.begin(file.path.filter(|path| !path.is_empty()).unwrap_or_else(|| key.to_owned()))?;
        for line in lines.into_values() {
            builder.line(line)?;
        }
        builder.end();
        Ok(())
    })
}
