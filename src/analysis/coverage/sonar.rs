//! SonarQube's generic XML: files with lines that are to be covered, each covered or not.

use super::report::{Builder, Format};
use super::xml::{Element, Elements, Problem, line_number, number, value};
use crate::model::LineHits;

#[derive(Clone, Default)]
pub(super) struct Sonar;

impl From<Sonar> for Format {
    fn from(_: Sonar) -> Self {
        Format::Sonar
    }
}

impl Elements for Sonar {
    fn start(&mut self, element: &Element<'_>, builder: &mut Builder) -> Result<(), Problem> {
        match element.name() {
            "file" => {
                let mut path = None;
                element.attributes(|name, raw| {
                    if name == "path" {
                        path = Some(raw);
                    }
                })?;
                builder.begin(value(&path.unwrap_or_default())?)?;
            }
            "lineToCover" if builder.is_open() => {
                let (mut at, mut covered) = (0, None);
                let (mut branches, mut taken) = (0, 0);
                element.attributes(|name, raw| match name {
                    "lineNumber" => at = line_number(&raw),
                    "covered" => covered = truth(&raw),
                    "branchesToCover" => branches = count(&raw),
                    "coveredBranches" => taken = count(&raw),
                    _ => {}
                })?;
                match covered {
                    Some(covered) => {
                        let taken = if covered { taken.min(branches) } else { 0 };
                        builder.line(LineHits { number: at, taken, branches, hits: u64::from(covered) })?;
                    }
                    None => builder.skip(|| "a <lineToCover> that does not say whether it is covered".to_owned()),
                }
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

/// As SonarQube reads it: `true` or `false`, whatever the letters.
fn truth(raw: &str) -> Option<bool> {
    match raw.trim() {
        word if word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn count(raw: &str) -> u16 {
    number(raw).map_or(0, |count| u16::try_from(count).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::xml::parse_xml;
    use super::*;

    #[test]
    fn lines_are_covered_or_not() {
        let report = parse_xml(
            r#"<?xml version="1.0"?><coverage version="1"><file path="src/a&amp;b.js">
              <lineToCover lineNumber="6" covered="true"/><lineToCover lineNumber="7" covered="false"/>
              <lineToCover covered="true" lineNumber="9" branchesToCover="8" coveredBranches="2"/>
              <lineToCover lineNumber="10" covered="maybe"/></file><file path="src/c.js"/></coverage>"#,
        )
        .expect("reads");
        assert_eq!((report.format, report.files[0].path.as_str()), (Format::Sonar, "src/a&b.js"));
        assert_eq!(report.files[0].lines, [LineHits::new(6, 1), LineHits::new(7, 0), (9, 1, 2, 8).into()]);
        assert_eq!((report.files.len(), report.notes.len()), (2, 1));
    }
}
