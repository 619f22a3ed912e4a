//! `llvm-cov export`: segments, from which the counts of lines follow as LLVM itself computes them.
//!
//! Source: `LineCoverageStats` in LLVM's `lib/ProfileData/Coverage/CoverageMapping.cpp`.

use super::json::{Count, Walk};
use super::report::{Format, MAX_LINE};
use crate::model::LineHits;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    filename: String,
    segments: Vec<Segment>,
    branches: Vec<Branch>,
}

/// `[line, column, count, has_count, is_region_entry, is_gap_region]`; the last one is missing before LLVM 8.
struct Segment {
    line: u32,
    count: u64,
    has_count: bool,
    is_entry: bool,
    is_gap: bool,
}

/// `[line, column, end line, end column, count, false count, ...]`
struct Branch {
    line: u32,
    ways: [u64; 2],
}

impl<'de> Deserialize<'de> for Segment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list: Vec<Count> = Deserialize::deserialize(deserializer)?;
        let flag = |at: usize| list.get(at).is_some_and(|value| value.0.unwrap_or(0) > 0);
        let number = |at: usize| list.get(at).and_then(|value| value.0).unwrap_or(0);
        let line = u32::try_from(number(0)).unwrap_or(0);
        Ok(Segment { line, count: number(2), has_count: flag(3), is_entry: flag(4), is_gap: flag(5) })
    }
}

impl<'de> Deserialize<'de> for Branch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list: Vec<Count> = Deserialize::deserialize(deserializer)?;
        let number = |at: usize| list.get(at).and_then(|value| value.0).unwrap_or(0);
        Ok(Branch { line: u32::try_from(number(0)).unwrap_or(0), ways: [number(4), number(5)] })
    }
}

/// `data`: a list with one export, whose `files` are read one by one.
pub(super) struct Exports<'w> {
    pub(super) walk: &'w mut Walk,
}

impl<'de> DeserializeSeed<'de> for Exports<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Exports<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("exports of llvm-cov")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Export { walk: self.walk })?.is_some() {}
        Ok(())
    }
}

struct Export<'w> {
    walk: &'w mut Walk,
}

impl<'de> DeserializeSeed<'de> for Export<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Export<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an export of llvm-cov")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "files" => map.next_value_seed(FileList { walk: self.walk })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct FileList<'w> {
    walk: &'w mut Walk,
}

impl<'de> DeserializeSeed<'de> for FileList<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for FileList<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("files of llvm-cov")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(file) = seq.next_element::<File>()? {
            self.walk.guard(Format::LlvmCov, |builder| {
                let mut branches: BTreeMap<u32, (u16, u16)> = BTreeMap::new();
                for branch in &file.branches {
                    let counts = branches.entry(branch.line).or_default();
                    for way in branch.ways {
                        *counts = (counts.0.saturating_add(u16::from(way > 0)), counts.1.saturating_add(1));
                    }
                }
                builder.begin(file.filename)?;
                each_line(&file.segments, &mut |number, hits| {
                    let (taken, all) = branches.get(&number).copied().unwrap_or_default();
                    builder.line(LineHits { number, taken, branches: all, hits })
                })?;
                builder.end();
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// Calls `add` with every line that code maps to, and how often it ran.
fn each_line<E>(segments: &[Segment], add: &mut dyn FnMut(u32, u64) -> Result<(), E>) -> Result<(), E> {
    // The segment that reaches into a line from the lines before it.
    let mut wrapped: Option<&Segment> = None;
    let mut rest = segments;
    while let Some(first) = rest.first() {
        let line = first.line;
        let here = rest.iter().take_while(|segment| segment.line == line).count();
        let (on_line, after) = rest.split_at(here);
        rest = after;
        let entries = || on_line.iter().filter(|it| it.has_count && it.is_entry && !it.is_gap);
        let starts_skipped = on_line.first().is_some_and(|it| !it.has_count && it.is_entry);
        let runs_in = wrapped.filter(|it| it.has_count);
        if !starts_skipped && (runs_in.is_some() || entries().next().is_some()) {
            // `wrapped` counts also when it has no count of its own: then it is 0.
            let hits = wrapped.map_or(0, |it| it.count).max(entries().map(|it| it.count).max().unwrap_or(0));
            add(line, hits)?;
        }
        wrapped = on_line.last();
        let (Some(next), Some(open)) = (rest.first(), wrapped.filter(|it| it.has_count)) else { continue };
        // Segments are in order; in a damaged report nothing is between them.
        for between in line + 1..next.line.min(MAX_LINE) {
            add(between, open.count)?;
        }
    }
    Ok(())
}
