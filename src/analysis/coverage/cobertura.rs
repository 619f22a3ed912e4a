//! Cobertura's XML: classes with lines; several classes can lie in one file.
//!
//! Format: `coverage-04.dtd`. Lines are those of a class; those of its methods repeat them and count only where a class
//! has none.

use super::report::{Builder, Format};
use super::xml::{Element, Elements, Problem, line_number, number, value};
use crate::model::LineHits;

#[derive(Clone, Default)]
pub(super) struct Cobertura {
    in_methods: usize,
    in_source: bool,
    source: String,
    class_has_lines: bool,
    /// The class has the element for lines, be it empty.
    class_lists_lines: bool,
    of_methods: Vec<LineHits>,
}

impl From<Cobertura> for Format {
    fn from(_: Cobertura) -> Self {
        Format::Cobertura
    }
}

impl Elements for Cobertura {
    fn start(&mut self, element: &Element<'_>, builder: &mut Builder) -> Result<(), Problem> {
        match element.name() {
            "line" if builder.is_open() => {
                let Some(line) = read_line(element)? else {
                    builder.skip(|| "a <line> without hits".to_owned());
                    return Ok(());
                };
                if self.in_methods > 0 {
                    // At most so many as the builder takes: a class without lines of its own is the exception.
                    if !self.class_has_lines && self.of_methods.len() < super::report::MAX_LINES {
                        self.of_methods.push(line);
                    }
                    return Ok(());
                }
                self.class_has_lines = true;
                builder.line(line)?;
            }
            "class" => {
                let mut path = None;
                element.attributes(|name, raw| {
                    if name == "filename" {
                        path = Some(raw);
                    }
                })?;
                (self.class_has_lines, self.class_lists_lines) = (false, false);
                self.of_methods.clear();
                builder.begin(value(&path.unwrap_or_default())?)?;
            }
            "methods" => self.in_methods += 1,
            "lines" => self.class_lists_lines = true,
            "source" => {
                self.in_source = true;
                self.source.clear();
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, builder: &mut Builder) -> Result<(), Problem> {
        match name {
            "class" => {
                if !self.class_has_lines {
                    for line in std::mem::take(&mut self.of_methods) {
                        builder.line(line)?;
                    }
                }
                if self.class_lists_lines { builder.end() } else { builder.end_summary() }
            }
            "methods" => self.in_methods = self.in_methods.saturating_sub(1),
            "source" => {
                self.in_source = false;
                let source = self.source.trim();
                if !source.is_empty() && builder.sources.len() < 1000 {
                    builder.sources.push(source.to_owned());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str, _builder: &mut Builder) {
        if self.in_source && self.source.len() < 4096 {
            self.source.push_str(text);
        }
    }
}

fn read_line(element: &Element<'_>) -> Result<Option<LineHits>, Problem> {
    let (mut line, mut hits) = (LineHits::new(0, 0), None);
    element.attributes(|name, raw| match name {
        "number" => line.number = line_number(&raw),
        "hits" => hits = number(&raw),
        "condition-coverage" => (line.taken, line.branches) = conditions(&raw),
        _ => {}
    })?;
    Ok(hits.map(|hits| LineHits { hits, ..line }))
}

/// `50% (1/2)` as 1 of 2; a percentage alone as "some" or "all".
fn conditions(raw: &str) -> (u16, u16) {
    let counted = raw.split_once('(').and_then(|(_, rest)| {
        let (taken, rest) = rest.split_once('/')?;
        let (all, _) = rest.split_once(')')?;
        Some((taken.trim().parse().ok()?, all.trim().parse().ok()?))
    });
    counted.unwrap_or(match raw.trim().trim_end_matches('%').parse::<f64>() {
        Ok(percent) if percent < 100.0 => (u16::from(percent > 0.0), 2),
        _ => (0, 0),
    })
}

#[cfg(test)]
mod tests {
    use super::super::error::ReportError;
    use super::super::xml::parse_xml;
    use super::*;

    #[test]
    fn classes_have_lines_and_methods_stand_in() {
        let report = parse_xml(
            r#"<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "x.dtd"><coverage line-rate="1"><sources><source>/a &amp; b</source>
            <source/></sources><packages><package><classes>
            <class filename="a&lt;b.py"><methods><method><lines><line number="1" hits="9"/></lines></method></methods>
            <lines><line number="2" hits="1" branch="true" condition-coverage="50% (1/2)"/><line number="1" hits="0"/></lines></class>
            <class filename="m.py"><methods><method><lines><line number="4" hits="2"></line></lines></method></methods><lines/></class>
            </classes></package></packages></coverage>"#,
        )
        .expect("reads");
        assert_eq!((report.format, report.sources.as_slice()), (Format::Cobertura, ["/a & b".to_owned()].as_slice()));
        let lines = |at: usize| report.files[at].lines.clone();
        assert_eq!(report.files[0].path, "a<b.py");
        assert_eq!(lines(0), [LineHits::new(1, 0), (2, 1, 1, 2).into()]);
        assert_eq!(lines(1), [LineHits::new(4, 2)]);
    }

    #[test]
    fn conditions_are_read_in_their_forms() {
        assert_eq!(
            [conditions("50% (1/2)"), conditions("100%"), conditions("0%"), conditions("x")],
            [(1, 2), (0, 0), (0, 2), (0, 0)]
        );
    }

    #[test]
    fn what_has_no_lines_is_no_report_of_them() {
        let class = |inner: &str| {
            parse_xml(&format!(
                r#"<coverage line-rate="1"><packages><class filename="a.py">{inner}</class></packages></coverage>"#
            ))
        };
        assert_eq!(class(""), Err(ReportError::Summary));
        assert_eq!(class("<lines/>").expect("reads").files.len(), 1);
    }
}
