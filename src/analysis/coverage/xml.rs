//! Reports in XML: which format it is, and what each format makes of elements.

use super::error::ReportError;
use super::report::{Builder, Report};
use super::{clover, cobertura, jacoco, sonar};
pub(super) use crate::analysis::xml::{Element, value};
use crate::analysis::xml::{Flaw, Node, Trouble, Walk, shown};

/// So far after its root the element is looked for that tells Clover from Cobertura.
const LOOK_AHEAD_BYTES: usize = 1024;

/// A format of XML: what it makes of elements.
pub(super) trait Elements {
    /// An element begins. An empty one ends at once.
    fn start(&mut self, element: &Element<'_>, builder: &mut Builder) -> Result<(), Problem>;

    /// An element ends.
    fn end(&mut self, name: &str, builder: &mut Builder) -> Result<(), Problem>;

    /// Text between elements.
    fn text(&mut self, _text: &str, _builder: &mut Builder) {}
}

/// What stops a format; the walk knows the line of a flaw.
pub(super) enum Problem {
    /// A limit.
    Limit(ReportError),
    /// XML that is none.
    Flaw(Flaw),
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        Problem::Limit(error)
    }
}

impl From<Flaw> for Problem {
    fn from(flaw: Flaw) -> Self {
        Problem::Flaw(flaw)
    }
}

impl From<Trouble> for ReportError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Truncated { line, inside } => ReportError::Truncated { line, inside },
            Trouble::Damaged { line, what } => ReportError::Damaged { line, what },
            Trouble::TooDeep { line } => ReportError::TooDeep { line },
            Trouble::Entity { line, name } => ReportError::Entity { line, name },
        }
    }
}

/// A raw attribute value as a count; below zero is zero.
pub(super) fn number(raw: &str) -> Option<u64> {
    let raw = raw.trim();
    raw.parse()
        .ok()
        .or_else(|| raw.parse::<f64>().ok().filter(|count| count.is_finite()).map(|count| count.ceil() as u64))
}

/// A raw attribute value as a line number; 0, which no line has, when it is none.
pub(super) fn line_number(raw: &str) -> u32 {
    raw.trim().parse().unwrap_or(0)
}

/// Reads a report in XML; its root and the element after it tell the format.
///
/// # Errors
/// When it is no report, damaged, cut off, too deep or too large, or has entities of its own.
pub(super) fn parse_xml(text: &str) -> Result<Report, ReportError> {
    let mut walk = Walk::new(text);
    let root = walk.root()?;
    match root.name() {
        "report" => run(walk, &root, jacoco::Jacoco::default()),
        "coverage" if is_of_sonar(&root, walk.rest()) => run(walk, &root, sonar::Sonar),
        "coverage" if is_clover(&root, walk.rest()) => run(walk, &root, clover::Clover::default()),
        "coverage" => run(walk, &root, cobertura::Cobertura::default()),
        other => Err(ReportError::Unknown { syntax: "XML", found: format!("its root is <{}>", shown(other)) }),
    }
}

fn is_clover(root: &Element<'_>, rest: &[u8]) -> bool {
    let mut says_so = false;
    // Attributes that cannot be read are the format's affair.
    let _ = root.attributes(|name, _| says_so |= name == "clover");
    says_so || memchr::memmem::find(&rest[..rest.len().min(LOOK_AHEAD_BYTES)], b"<project").is_some()
}

/// SonarQube's root is Cobertura's; right below it stand files.
fn is_of_sonar(root: &Element<'_>, rest: &[u8]) -> bool {
    let mut is_first_version = false;
    let _ = root.attributes(|name, raw| is_first_version |= name == "version" && raw.trim() == "1");
    let head = &rest[..rest.len().min(LOOK_AHEAD_BYTES)];
    let find = |name: &[u8]| memchr::memmem::find(head, name);
    is_first_version && find(b"<file ").is_some() && find(b"<packages").is_none()
}

fn run(
    mut walk: Walk<'_>,
    root: &Element<'_>,
    mut elements: impl Elements + Into<super::Format> + Clone,
) -> Result<Report, ReportError> {
    let mut builder = Builder::default();
    let format = elements.clone().into();
    let explain = |walk: &Walk<'_>, problem| match problem {
        Problem::Limit(error) => error,
        Problem::Flaw(flaw) => walk.place(flaw).into(),
    };
    elements.start(root, &mut builder).map_err(|problem| explain(&walk, problem))?;
    while let Some(node) = walk.next()? {
        let result = match node {
            Node::Start(element) if element.is_empty => {
                elements.start(&element, &mut builder).and_then(|()| elements.end(element.name(), &mut builder))
            }
            Node::Start(element) => elements.start(&element, &mut builder),
            Node::End(name) => elements.end(&name, &mut builder),
            Node::Text(text) => {
                elements.text(&text, &mut builder);
                Ok(())
            }
        };
        result.map_err(|problem| explain(&walk, problem))?;
    }
    builder.finish(format)
}
