//! Checkstyle's XML: `<file name><error line column severity message source/></file>`.

use super::builder::{Builder, range, severity};
use super::error::LintError;
use super::report::{Diagnostic, Spot};
use super::xml::{Attributes, Elements};
use crate::model::{ColumnKind, LintSeverity};

#[derive(Default)]
pub(super) struct Checkstyle {
    file: Option<String>,
}

impl Elements for Checkstyle {
    fn start(&mut self, name: &str, attributes: &Attributes, builder: &mut Builder) -> Result<(), LintError> {
        match name {
            "file" => self.file = Some(attributes.text("name")),
            "error" => {
                let source = attributes.text("source");
                let (tool, rule) = split_source(&source);
                let at = (attributes.number("line"), attributes.number("column"));
                let place = range(ColumnKind::Characters, at, (None, None));
                builder.add(Diagnostic {
                    spots: vec![Spot { path: self.file.clone().unwrap_or_default(), range: place }],
                    tool,
                    rule,
                    url: None,
                    severity: attributes.get("severity").and_then(severity).unwrap_or(LintSeverity::Warning),
                    message: attributes.text("message"),
                    edits: Vec::new(),
                    fatal: false,
                })?;
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, _builder: &mut Builder) -> Result<(), LintError> {
        if name == "file" {
            self.file = None;
        }
        Ok(())
    }

    fn text(&mut self, _text: &str) {}
}

/// `eslint.rules.no-var` into tool and rule; `com.puppycrawl.tools.checkstyle.checks.A` is a class of checkstyle's own.
fn split_source(source: &str) -> (String, String) {
    if let Some(class) = source.strip_prefix("com.puppycrawl.tools.checkstyle.") {
        let name = class.rsplit('.').next().unwrap_or(class);
        return ("checkstyle".to_owned(), name.to_owned());
    }
    match source.split_once(".rules.") {
        Some((tool, rule)) => (tool.to_owned(), rule.to_owned()),
        None => match source.split_once('.') {
            // `PHPCSFixer.x`, `ruff.F401`
            Some((tool, rule)) if !rule.contains('.') && !tool.is_empty() && !rule.is_empty() => {
                (tool.to_owned(), rule.to_owned())
            }
            _ => (String::new(), source.to_owned()),
        },
    }
}
