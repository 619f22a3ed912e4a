//! Reports in XML: which format it is, and what each format makes of elements.

use super::builder::Builder;
use super::error::LintError;
use super::report::{LintFormat, LintReport};
use super::{checkstyle, junit};
use crate::analysis::xml::{Element, Flaw, Node, Trouble, Walk, root_name, shown, value};

/// What a format makes of elements.
pub(super) trait Elements {
    /// An element begins. An empty one ends at once.
    fn start(&mut self, name: &str, attributes: &Attributes, builder: &mut Builder) -> Result<(), LintError>;

    /// An element ends.
    fn end(&mut self, name: &str, builder: &mut Builder) -> Result<(), LintError>;

    /// Text between elements.
    fn text(&mut self, text: &str);
}

/// The attributes of an element, read.
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn of(element: &Element<'_>) -> Result<Self, Flaw> {
        let mut raw = Vec::new();
        element.attributes(|name, text| raw.push((name.to_owned(), text)))?;
        raw.into_iter().map(|(name, text)| Ok((name, value(&text)?))).collect::<Result<_, Flaw>>().map(Attributes)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.trim().parse().ok()
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }
}

impl From<Trouble> for LintError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Truncated { line, inside: _ } => LintError::Truncated { line },
            Trouble::Damaged { line, what } => LintError::Damaged { line, what },
            Trouble::TooDeep { line } => LintError::TooDeep { line },
            Trouble::Entity { line, name } => LintError::Entity { line, name },
        }
    }
}

/// Whether the root of a text in XML is that of a linter's report.
pub(super) fn is_lint_root(text: &str) -> bool {
    root_name(text).is_some_and(|name| matches!(name.as_str(), "checkstyle" | "testsuites" | "testsuite"))
}

/// Reads a report in XML; its root tells the format.
pub(super) fn parse_xml(text: &str) -> Result<LintReport, LintError> {
    match root_name(text).as_deref() {
        Some("checkstyle") => read(text, checkstyle::Checkstyle::default(), LintFormat::Checkstyle),
        Some("testsuites" | "testsuite") => read(text, junit::Junit::default(), LintFormat::Junit),
        Some(other) => Err(LintError::Unknown { syntax: "XML", found: format!("its root is <{}>", shown(other)) }),
        // The walk says what is wrong.
        None => read(text, checkstyle::Checkstyle::default(), LintFormat::Checkstyle),
    }
}

fn read(text: &str, mut elements: impl Elements, format: LintFormat) -> Result<LintReport, LintError> {
    let mut walk = Walk::new(text);
    let mut builder = Builder::default();
    while let Some(node) = walk.next()? {
        match node {
            Node::Start(element) => {
                let attributes = Attributes::of(&element).map_err(|flaw| walk.place(flaw))?;
                elements.start(element.name(), &attributes, &mut builder)?;
                if element.is_empty {
                    elements.end(element.name(), &mut builder)?;
                }
            }
            Node::End(name) => elements.end(&name, &mut builder)?,
            Node::Text(text) => elements.text(&text),
        }
    }
    Ok(builder.finish(format))
}
