//! Clover's XML: files with lines of statements, conditions and methods. PHPUnit, OpenClover and Istanbul write it.

use super::report::{Builder, Format};
use super::xml::{Element, Elements, Problem, line_number, number, value};
use crate::model::LineHits;

/// Types of lines that are code; others are the producer's own.
const CODE: [&str; 3] = ["stmt", "cond", "method"];

/// What Istanbul says it is; the last Clover of that number is of 2014.
const ISTANBUL: &str = "3.2.0";

#[derive(Clone, Default)]
pub(super) struct Clover {
    is_istanbul: bool,
    file_has_lines: bool,
    /// Statements by the totals of the open file.
    file_has_code: bool,
}

impl From<Clover> for Format {
    fn from(_: Clover) -> Self {
        Format::Clover
    }
}

impl Elements for Clover {
    fn start(&mut self, element: &Element<'_>, builder: &mut Builder) -> Result<(), Problem> {
        match element.name() {
            "coverage" => {
                element.attributes(|name, raw| self.is_istanbul |= name == "clover" && raw.trim() == ISTANBUL)?;
            }
            "metrics" if builder.is_open() => {
                element.attributes(|name, raw| {
                    self.file_has_code |= name == "statements" && number(&raw).is_some_and(|count| count > 0);
                })?;
            }
            "line" if builder.is_open() => {
                self.file_has_lines = true;
                let (mut at, mut count, mut code) = (0, None, true);
                let mut ways: [Option<u64>; 2] = [None; 2];
                element.attributes(|name, raw| match name {
                    "num" => at = line_number(&raw),
                    "count" => count = number(&raw),
                    "truecount" => ways[0] = number(&raw),
                    "falsecount" => ways[1] = number(&raw),
                    "type" => code = CODE.contains(&&*raw),
                    _ => {}
                })?;
                // A condition can have only the counts of its two ways.
                let hits = count.or_else(|| ways.iter().flatten().copied().reduce(u64::saturating_add));
                let (taken, branches) = if self.is_istanbul && count.is_some() { numbers(ways) } else { sides(ways) };
                match hits {
                    Some(hits) if code => builder.line(LineHits { number: at, taken, branches, hits })?,
                    None if code => builder.skip(|| "a <line> without a count".to_owned()),
                    _ => {}
                }
            }
            "file" => {
                let (mut path, mut name_only) = (None, None);
                element.attributes(|name, raw| match name {
                    "path" => path = Some(raw),
                    "name" => name_only = Some(raw),
                    _ => {}
                })?;
                (self.file_has_lines, self.file_has_code) = (false, false);
                builder.begin(value(&path.or(name_only).unwrap_or_default())?)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, builder: &mut Builder) -> Result<(), Problem> {
        if name == "file" {
            let is_summary = self.file_has_code && !self.file_has_lines;
            if is_summary { builder.end_summary() } else { builder.end() }
        }
        Ok(())
    }
}

/// Clover counts how often a condition was true, and how often false: two ways, of which those were taken that have a count.
fn sides(ways: [Option<u64>; 2]) -> (u16, u16) {
    let taken = ways.iter().flatten().filter(|count| **count > 0).count();
    (u16::try_from(taken).unwrap_or_default(), if ways == [None; 2] { 0 } else { 2 })
}

/// Istanbul writes how many ways of all conditions on the line were taken, and how many were not.
fn numbers(ways: [Option<u64>; 2]) -> (u16, u16) {
    let [taken, missed] = ways.map(|count| u16::try_from(count.unwrap_or(0)).unwrap_or(u16::MAX));
    (taken, taken.saturating_add(missed))
}

#[cfg(test)]
mod tests {
    use super::super::error::ReportError;
    use super::super::xml::parse_xml;
    use super::*;

    #[test]
    fn statements_conditions_and_methods_count() {
        let report = parse_xml(
            r#"<coverage generated="1" clover="4"><project><package name="p"><file name="A.php" path="lib/A.php"><class name="A"/>
            <line num="2" type="method" count="1"/><line num="3" type="foo" count="0"/><line num="4" type="cond" truecount="2" falsecount="0"/>
            <metrics/></file></package></project></coverage>"#,
        )
        .expect("reads");
        assert_eq!((report.format, report.files[0].path.as_str()), (Format::Clover, "lib/A.php"));
        assert_eq!(report.files[0].lines, [LineHits::new(2, 1), (4, 2, 1, 2).into()]);
    }

    #[test]
    fn istanbul_counts_ways_and_not_how_often() {
        let lines = r#"<line num="1" count="3" type="cond" truecount="1" falsecount="1"/><line num="2" count="3" type="cond" truecount="2" falsecount="0"/>
            <line num="3" count="1" type="cond" truecount="2" falsecount="4"/><line num="4" count="0" type="cond" truecount="0" falsecount="2"/>"#;
        let read = |version: &str| {
            let text = format!(
                r#"<coverage clover="{version}"><project><file path="a.js">{lines}</file></project></coverage>"#
            );
            let report = parse_xml(&text).expect("reads");
            report.files[0].lines.iter().map(|line| (line.taken, line.branches)).collect::<Vec<_>>()
        };
        assert_eq!(read("3.2.0"), [(1, 2), (2, 2), (2, 6), (0, 2)]);
        assert_eq!(read("4.4.1"), [(2, 2), (1, 2), (2, 2), (1, 2)]);
    }

    #[test]
    fn totals_are_no_lines() {
        let file = |inner: &str| {
            parse_xml(&format!(
                r#"<coverage clover="4"><project><file name="a.java">{inner}</file></project></coverage>"#
            ))
        };
        assert_eq!(file(r#"<metrics statements="3"/>"#), Err(ReportError::Summary));
        assert_eq!(file(r#"<metrics statements="0"/>"#).expect("reads").files.len(), 1);
    }
}
