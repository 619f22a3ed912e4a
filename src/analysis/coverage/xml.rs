//! The walk over XML that its formats share: one element at a time, nothing kept, no entities followed, depth limited.

use super::error::ReportError;
use super::report::{Builder, Report};
use super::{clover, cobertura, jacoco};
use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// Elements inside each other; real reports have about ten.
const MAX_DEPTH: usize = 64;

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

/// The start of an element.
pub(super) struct Element<'a> {
    start: &'a BytesStart<'a>,
}

/// What stops a walk; the walker adds the line.
pub(super) enum Problem {
    /// A limit.
    Limit(ReportError),
    /// Attributes that are none.
    Attributes,
    /// An entity of its own.
    Entity(String),
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        Problem::Limit(error)
    }
}

impl Element<'_> {
    pub(super) fn name(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// Calls `visit` with each attribute's name and raw value.
    pub(super) fn attributes<'s>(&'s self, mut visit: impl FnMut(&str, Cow<'s, str>)) -> Result<(), Problem> {
        for attribute in self.start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Problem::Attributes)?;
            visit(attribute.key.into_inner(), attribute.value);
        }
        Ok(())
    }
}

/// A raw attribute value as text.
pub(super) fn value(raw: &str) -> Result<String, Problem> {
    match unescape(raw) {
        Ok(text) => Ok(text.into_owned()),
        Err(quick_xml::escape::EscapeError::UnrecognizedEntity(_, name)) => Err(Problem::Entity(name)),
        Err(_) => Err(Problem::Attributes),
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
    let mut walk = Walk { reader: Reader::from_str(text), text, open: Vec::new() };
    walk.reader.config_mut().check_end_names = true;
    let root = loop {
        match walk.next()? {
            Event::Start(start) => break (start.into_owned(), true),
            Event::Empty(start) => break (start.into_owned(), false),
            Event::Eof => return Err(ReportError::Truncated { line: walk.line(), inside: None }),
            _ => {}
        }
    };
    let (root, has_content) = root;
    let is_clover = match root.local_name().into_inner() {
        "coverage" => {
            let begin = walk.reader.buffer_position();
            let head = text.as_bytes().iter().skip(usize::try_from(begin).unwrap_or(usize::MAX)).take(LOOK_AHEAD_BYTES);
            let head: Vec<u8> = head.copied().collect();
            root.attributes().with_checks(false).flatten().any(|it| it.key.0 == "clover")
                || memchr::memmem::find(&head, b"<project").is_some()
        }
        "report" => return walk.run(&root, has_content, jacoco::Jacoco::default()),
        other => {
            let found = format!("its root is <{}>", other.chars().take(40).collect::<String>());
            return Err(ReportError::Unknown { syntax: "XML", found });
        }
    };
    if is_clover {
        return walk.run(&root, has_content, clover::Clover);
    }
    walk.run(&root, has_content, cobertura::Cobertura::default())
}

struct Walk<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    /// Names of the open elements.
    open: Vec<String>,
}

impl<'a> Walk<'a> {
    fn run(
        mut self,
        root: &BytesStart<'_>,
        has_content: bool,
        mut elements: impl Elements + Into<super::Format> + Clone,
    ) -> Result<Report, ReportError> {
        let mut builder = Builder::default();
        let format = elements.clone().into();
        elements.start(&Element { start: root }, &mut builder).map_err(|problem| self.explain(problem))?;
        if has_content {
            self.open.push(root.local_name().into_inner().to_owned());
        }
        loop {
            let event = self.next()?;
            let result = match &event {
                Event::Start(start) => {
                    if self.open.len() >= MAX_DEPTH {
                        return Err(ReportError::TooDeep { line: self.line() });
                    }
                    self.open.push(start.local_name().into_inner().to_owned());
                    elements.start(&Element { start }, &mut builder)
                }
                Event::Empty(start) => {
                    let element = Element { start };
                    elements.start(&element, &mut builder).and_then(|()| elements.end(element.name(), &mut builder))
                }
                Event::End(end) => {
                    self.open.pop();
                    elements.end(end.local_name().into_inner(), &mut builder)
                }
                Event::Text(text) => {
                    elements.text(&text.xml10_content(), &mut builder);
                    Ok(())
                }
                Event::CData(text) => {
                    elements.text(&text.xml10_content(), &mut builder);
                    Ok(())
                }
                Event::GeneralRef(reference) => match reference_text(reference) {
                    Ok(text) => {
                        elements.text(&text, &mut builder);
                        Ok(())
                    }
                    Err(problem) => Err(problem),
                },
                Event::Eof => match self.open.pop() {
                    Some(name) => return Err(ReportError::Truncated { line: self.line(), inside: Some(name) }),
                    None => return Ok(builder.finish(format)),
                },
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Ok(()),
            };
            result.map_err(|problem| self.explain(problem))?;
        }
    }

    fn next(&mut self) -> Result<Event<'a>, ReportError> {
        match self.reader.read_event() {
            Ok(Event::DocType(kind)) if kind.contains("<!ENTITY") => {
                let name = kind.split("<!ENTITY").nth(1).unwrap_or_default().trim_start_matches([' ', '%', '\t', '\n']);
                let name = name.split_whitespace().next().unwrap_or_default().chars().take(40).collect();
                Err(ReportError::Entity { line: self.line(), name })
            }
            Ok(event) => Ok(event),
            Err(Error::Syntax(problem)) if problem != SyntaxError::InvalidBangMarkup => {
                Err(ReportError::Truncated { line: self.last_line(), inside: self.open.pop() })
            }
            Err(error) => Err(ReportError::Damaged { line: self.line(), what: plain(&error) }),
        }
    }

    fn explain(&self, problem: Problem) -> ReportError {
        match problem {
            Problem::Limit(error) => error,
            Problem::Attributes => {
                ReportError::Damaged { line: self.line(), what: "an element's attributes cannot be read".to_owned() }
            }
            Problem::Entity(name) => ReportError::Entity { line: self.line(), name: name.chars().take(40).collect() },
        }
    }

    /// The line where the reader stands.
    fn line(&self) -> usize {
        let at = usize::try_from(self.reader.buffer_position().max(self.reader.error_position())).unwrap_or(usize::MAX);
        let read = &self.text.as_bytes()[..at.min(self.text.len())];
        memchr::memchr_iter(b'\n', read).count() + 1
    }

    fn last_line(&self) -> usize {
        memchr::memchr_iter(b'\n', self.text.trim_end().as_bytes()).count() + 1
    }
}

/// What a reference stands for: a character, or one of XML's own five entities.
fn reference_text(reference: &quick_xml::events::BytesRef<'_>) -> Result<String, Problem> {
    let name: &str = reference;
    value(&format!("&{name};"))
}

/// The parser's words without its types.
fn plain(error: &Error) -> String {
    match error {
        Error::IllFormed(problem) => problem.to_string(),
        Error::Syntax(problem) => problem.to_string(),
        Error::Io(_) | Error::Encoding(_) | Error::Namespace(_) | Error::InvalidAttr(_) | Error::Escape(_) => {
            "it is not well-formed XML".to_owned()
        }
    }
}
