//! SimpleCov's `.resultset.json`, `coverage.json` and the `simplecov-json` gem: per file an array with a count for each
//! line, null for lines that are no code.
//!
//! Format: Ruby's `Coverage.result`, and SimpleCov's README.

use super::error::ReportError;
use super::json::{Count, LineNumber, Text, Walk};
use super::report::{Builder, Format};
use crate::model::LineHits;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// A file's lines: a bare array before SimpleCov 0.18, then an object with `lines` and `branches`.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Lines {
    Bare(Vec<Count>),
    Named {
        lines: Vec<Count>,
        #[serde(default)]
        branches: Branches,
    },
}

/// Branches: by condition in a result set, a list in `coverage.json`.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Branches {
    ByCondition(HashMap<String, HashMap<String, Count>>),
    List(Vec<Branch>),
}

impl Default for Branches {
    fn default() -> Self {
        Branches::List(Vec::new())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Branch {
    report_line: LineNumber,
    start_line: LineNumber,
    coverage: Count,
}

impl Lines {
    pub(super) fn add(&self, path: String, builder: &mut Builder) -> Result<(), ReportError> {
        let (counts, branches) = match self {
            Lines::Bare(counts) => (counts, BTreeMap::new()),
            Lines::Named { lines, branches } => (lines, branches.by_line()),
        };
        builder.begin(path)?;
        for (number, count) in (1..).zip(counts) {
            let Some(hits) = count.0 else { continue };
            let (taken, all) = branches.get(&number).copied().unwrap_or_default();
            builder.line(LineHits { number, taken, branches: all, hits })?;
        }
        builder.end();
        Ok(())
    }
}

impl Branches {
    /// By the line of the condition: how many ran, and how many there are.
    fn by_line(&self) -> BTreeMap<u32, (u16, u16)> {
        let mut lines: BTreeMap<u32, (u16, u16)> = BTreeMap::new();
        let mut add = |line: u32, count: &Count| {
            let counts = lines.entry(line).or_default();
            *counts = (counts.0.saturating_add(u16::from(count.0.unwrap_or(0) > 0)), counts.1.saturating_add(1));
        };
        match self {
            Branches::ByCondition(conditions) => {
                for (condition, ways) in conditions {
                    // `[:if, 0, 6, 4, 10, 7]`: kind, id, first line, ...
                    let line = condition.split(',').nth(2).and_then(|line| line.trim().parse().ok()).unwrap_or(0);
                    ways.values().for_each(|count| add(line, count));
                }
            }
            Branches::List(list) => {
                for branch in list {
                    add(
                        branch.report_line.0.max(branch.start_line.0 * u32::from(branch.report_line.0 == 0)),
                        &branch.coverage,
                    );
                }
            }
        }
        lines
    }
}

/// `coverage`: paths to lines.
pub(super) struct Files<'w> {
    pub(super) walk: &'w mut Walk,
}

impl<'de> DeserializeSeed<'de> for Files<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Files<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("files of SimpleCov")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.walk.format = Some(Format::SimpleCov);
        while let Some((Text(path), lines)) = map.next_entry::<Text<'_>, Lines>()? {
            self.walk.guard(Format::SimpleCov, |builder| lines.add(path.into_owned(), builder))?;
        }
        Ok(())
    }
}
