//! `coverage json` of coverage.py: for each file the lines that ran and those that did not.
//!
//! Format: coverage.py's documentation, "JSON reporting"; 1 to 3. Branches are pairs of lines; from below zero are exits.

use super::json::{LineNumber, Text, Walk};
use super::report::Format;
use crate::model::LineHits;
use serde::Deserialize;
use serde::de::MapAccess;
use std::collections::BTreeMap;

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    executed_lines: Option<Vec<LineNumber>>,
    missing_lines: Option<Vec<LineNumber>>,
    executed_branches: Vec<Vec<i64>>,
    missing_branches: Vec<Vec<i64>>,
}

pub(super) fn read_files<'de, A: MapAccess<'de>>(walk: &mut Walk, mut map: A) -> Result<(), A::Error> {
    walk.format.get_or_insert(Format::CoveragePy);
    while let Some((Text(path), file)) = map.next_entry::<Text<'_>, File>()? {
        walk.guard(Format::CoveragePy, |builder| {
            let mut branches: BTreeMap<i64, (u16, u16)> = BTreeMap::new();
            for (list, taken) in [(&file.executed_branches, 1), (&file.missing_branches, 0)] {
                for from in list.iter().filter_map(|branch| branch.first()) {
                    let counts = branches.entry(*from).or_default();
                    *counts = (counts.0.saturating_add(taken), counts.1.saturating_add(1));
                }
            }
            builder.begin(path.into_owned())?;
            if file.executed_lines.is_none() && file.missing_lines.is_none() {
                builder.end_summary();
            }
            for (list, hits) in [(&file.executed_lines, 1), (&file.missing_lines, 0)] {
                for line in list.iter().flatten() {
                    let (taken, all) = branches.get(&i64::from(line.0)).copied().unwrap_or_default();
                    builder.line(LineHits { number: line.0, taken, branches: all, hits })?;
                }
            }
            builder.end();
            Ok(())
        })?;
    }
    Ok(())
}
