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
    segments: Option<Vec<Segment>>,
    branches: Vec<Branch>,
    expansions: Vec<Expansion>,
}

/// A macro that is used: its branches lie in the macro's text, and run where it is used.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Expansion {
    filenames: Vec<String>,
    /// `[line, column, end line, end column, count, file, expanded file, kind]`; files by their places in `filenames`.
    source_region: Vec<Count>,
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
    place: [u64; 4],
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
        Ok(Branch { place: [0, 1, 2, 3].map(number), ways: [4, 5].map(number) })
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
                let branches = branches_by_line(&file);
                builder.begin(file.filename)?;
                let Some(segments) = &file.segments else {
                    builder.end_summary();
                    return Ok(());
                };
                each_line(segments, &mut |number, hits| {
                    let ways = branches.get(&u64::from(number)).map(Vec::as_slice).unwrap_or_default();
                    // A condition that never was looked at on a line that ran is a constant, which has no ways.
                    let ways = ways.iter().filter(|ways| hits == 0 || **ways != [0, 0]).flatten();
                    let small = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
                    let taken = ways.clone().filter(|count| **count > 0).count();
                    builder.line(LineHits { number, taken: small(taken), branches: small(ways.count()), hits })
                })?;
                builder.end();
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// The counts of the conditions on each line. Once for each condition: instances of a template have it again.
fn branches_by_line(file: &File) -> BTreeMap<u64, Vec<[u64; 2]>> {
    // By line, the place of the condition, and whether that is in a macro.
    let mut places: BTreeMap<(u64, [u64; 4], bool), [u64; 2]> = BTreeMap::new();
    let mut add = |line: u64, branch: &Branch, in_macro: bool| {
        let ways = places.entry((line, branch.place, in_macro)).or_default();
        *ways = [0, 1].map(|way| ways[way].saturating_add(branch.ways[way]));
    };
    for branch in &file.branches {
        add(branch.place[0], branch, false);
    }
    for expansion in &file.expansions {
        let number = |at: usize| expansion.source_region.get(at).and_then(|value| value.0);
        let used_in = number(5).and_then(|at| expansion.filenames.get(usize::try_from(at).ok()?));
        if let (Some(line), true) = (number(0), used_in == Some(&file.filename)) {
            expansion.branches.iter().for_each(|branch| add(line, branch, true));
        }
    }
    let mut lines: BTreeMap<u64, Vec<[u64; 2]>> = BTreeMap::new();
    for ((line, _, _), ways) in places {
        lines.entry(line).or_default().push(ways);
    }
    lines
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

#[cfg(test)]
mod tests {
    use super::super::error::ReportError;
    use super::super::json::parse_json;

    fn branches(members: &str) -> Vec<(u32, u16, u16)> {
        let text = format!(
            r#"{{"data":[{{"files":[{{"filename":"/p/a.cpp","segments":[[1,1,2,true,true,false],[4,9,0,false,false,false]],{members}}}]}}],"type":"llvm.coverage.json.export"}}"#
        );
        let report = parse_json(&text).expect("reads");
        report.files[0].lines.iter().map(|line| (line.number, line.taken, line.branches)).collect()
    }

    #[test]
    fn constants_have_no_ways_and_instances_have_the_same() {
        let seen = branches(
            r#""branches":[[1,5,1,9,0,0,0,0,4],[2,7,2,17,0,1,0,0,4],[2,7,2,17,3,0,0,0,4],[3,7,3,9,2,0,0,0,4]]"#,
        );
        assert_eq!(seen, [(1, 0, 0), (2, 2, 2), (3, 1, 2), (4, 0, 0)]);
    }

    #[test]
    fn the_branches_of_a_macro_are_where_it_is_used() {
        let seen = branches(
            r#""expansions":[{"filenames":["/p/m.h","/p/a.cpp"],"source_region":[3,1,3,6,1,1,0,1],"branches":[[9,2,9,4,0,1,0,0,4]]},
            {"filenames":["/p/m.h","/p/a.cpp"],"source_region":[2,1,2,6,1,0,1,1],"branches":[[9,2,9,4,0,1,0,0,4]]}]"#,
        );
        assert_eq!(seen, [(1, 0, 0), (2, 0, 0), (3, 1, 2), (4, 0, 0)]);
    }

    #[test]
    fn a_summary_knows_no_file() {
        let text = r#"{"data":[{"files":[{"filename":"a.c","summary":{"lines":{"count":2}}}]}],"type":"llvm.coverage.json.export"}"#;
        assert_eq!(parse_json(text), Err(ReportError::Summary));
        let mixed = parse_json(r#"{"files":[{"file":"a.cpp","percent_covered":"66.67"},{"file":"b.cpp","lines":[]}]}"#);
        let mixed = mixed.expect("reads");
        assert_eq!(mixed.notes, ["1 file has totals without lines and counts for nothing (first: `a.cpp`)"]);
        assert_eq!(mixed.files.len(), 1);
        let kcov = r#"{"files":[{"file":"a.cpp","percent_covered":"66.67"}],"percent_covered":"66.67"}"#;
        assert_eq!(parse_json(kcov), Err(ReportError::Summary));
        assert_eq!(parse_json(r#"{"files":{"a.py":{"summary":{}}}}"#), Err(ReportError::Summary));
        assert_eq!(parse_json(r#"{"files":{"a.py":{"executed_lines":[]}}}"#).expect("reads").files.len(), 1);
    }
}
