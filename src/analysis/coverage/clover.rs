//! Clover's XML: files with lines of statements, conditions and methods. PHPUnit, OpenClover and Istanbul write it.

use super::report::{Builder, Format};
use super::xml::{Element, Elements, Problem, line_number, number, value};
use crate::model::LineHits;

/// Types of lines that are code; others are the producer's own.
const CODE: [&str; 3] = ["stmt", "cond", "method"];

#[derive(Clone)]
pub(super) struct Clover;

impl From<Clover> for Format {
    fn from(_: Clover) -> Self {
        Format::Clover
    }
}

impl Elements for Clover {
    fn start(&mut self, element: &Element<'_>, builder: &mut Builder) -> Result<(), Problem> {
        match element.name() {
            "line" if builder.is_open() => {
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
                let taken = ways.iter().flatten().filter(|count| **count > 0).count();
                let taken = u16::try_from(taken).unwrap_or_default();
                let branches = if ways == [None; 2] { 0 } else { 2 };
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
                builder.begin(value(&path.or(name_only).unwrap_or_default())?)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, builder: &mut Builder) -> Result<(), Problem> {
        if name == "file" {
            builder.end();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
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
}
