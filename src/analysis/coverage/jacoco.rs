//! JaCoCo's XML: packages of source files; of a line it says how many instructions and branches ran.
//!
//! Format: `report.dtd` 1.1. A path is package and file name: the directory of the sources is not told.

use super::report::{Builder, Format};
use super::xml::{Element, Elements, Problem, line_number, number, value};
use crate::model::LineHits;

#[derive(Clone, Default)]
pub(super) struct Jacoco {
    groups: Vec<String>,
    package: String,
    file_has_lines: bool,
}

impl From<Jacoco> for Format {
    fn from(_: Jacoco) -> Self {
        Format::Jacoco
    }
}

impl Elements for Jacoco {
    fn start(&mut self, element: &Element<'_>, builder: &mut Builder) -> Result<(), Problem> {
        match element.name() {
            "line" if builder.is_open() => {
                let (mut line, mut ran) = (LineHits::new(0, 0), None);
                let mut missed = 0;
                element.attributes(|name, raw| {
                    let count = || number(&raw).unwrap_or(0);
                    let small = || u16::try_from(count()).unwrap_or(u16::MAX);
                    match name {
                        "nr" => line.number = line_number(&raw),
                        "ci" => ran = number(&raw),
                        "mb" => missed = small(),
                        "cb" => line.taken = small(),
                        _ => {}
                    }
                })?;
                line.branches = line.taken.saturating_add(missed);
                match ran {
                    // Instructions are no runs: a line ran or did not.
                    Some(ran) => {
                        self.file_has_lines = true;
                        builder.line(LineHits { hits: u64::from(ran > 0), ..line })?;
                    }
                    None => builder.skip(|| "a <line> without `ci`".to_owned()),
                }
            }
            "sourcefile" => {
                let name = name_of(element)?;
                let path = if self.package.is_empty() { name } else { format!("{}/{name}", self.package) };
                self.file_has_lines = false;
                builder.begin(path)?;
                builder.hint(self.groups.last().map(String::as_str));
            }
            "package" => self.package = name_of(element)?,
            "group" => self.groups.push(name_of(element)?),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, builder: &mut Builder) -> Result<(), Problem> {
        match name {
            "sourcefile" if self.file_has_lines => builder.end(),
            // Compiled without line numbers: a file without code is not in a report at all.
            "sourcefile" => builder.end_summary(),
            "package" => self.package.clear(),
            "group" => drop(self.groups.pop()),
            _ => {}
        }
        Ok(())
    }
}

fn name_of(element: &Element<'_>) -> Result<String, Problem> {
    let mut found = None;
    element.attributes(|name, raw| {
        if name == "name" {
            found = Some(raw);
        }
    })?;
    Ok(value(&found.unwrap_or_default())?)
}

#[cfg(test)]
mod tests {
    use super::super::error::ReportError;
    use super::super::xml::parse_xml;
    use super::*;

    #[test]
    fn instructions_and_branches_are_read() {
        let report = parse_xml(
            r#"<report name="x"><group name="core"><package name="com/acme"><class name="com/acme/A"><method name="m">
            <counter type="LINE" missed="1" covered="0"/></method></class><sourcefile name="A.kt"><line nr="1" mi="0" ci="3" mb="1" cb="1"/>
            <line nr="2" mi="2" ci="0" mb="0" cb="0"/><counter type="LINE" missed="1" covered="1"/></sourcefile></package></group></report>"#,
        )
        .expect("reads");
        let file = &report.files[0];
        assert_eq!((file.path.as_str(), file.hint.as_deref()), ("com/acme/A.kt", Some("core")));
        assert_eq!(file.lines, [(1, 1, 1, 2).into(), LineHits::new(2, 0)]);
    }

    #[test]
    fn a_file_compiled_without_line_numbers_is_not_known() {
        let text = r#"<report name="x"><package name="p"><sourcefile name="A.kt"><counter type="INSTRUCTION" missed="3" covered="1"/></sourcefile></package></report>"#;
        assert_eq!(parse_xml(text), Err(ReportError::Summary));
    }
}
