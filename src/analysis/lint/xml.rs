//! The walk over XML that checkstyle and JUnit share: one element at a time, no entities followed, depth limited.

use super::builder::Builder;
use super::error::LintError;
use super::report::{LintFormat, LintReport};
use super::{checkstyle, junit};
use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::escape::{EscapeError, unescape};
use quick_xml::events::{BytesStart, Event};

/// Elements inside each other; real reports have about ten.
const MAX_DEPTH: usize = 64;

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

/// The name of the root element, when the text begins as XML does.
pub(super) fn root_name(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) => return Some(start.local_name().into_inner().to_owned()),
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Reads a report in XML; its root tells the format.
pub(super) fn parse_xml(text: &str) -> Result<LintReport, LintError> {
    match root_name(text).as_deref() {
        Some("checkstyle") => walk(text, checkstyle::Checkstyle::default(), LintFormat::Checkstyle),
        Some("testsuites" | "testsuite") => walk(text, junit::Junit::default(), LintFormat::Junit),
        Some(other) => {
            let found = format!("its root is <{}>", other.chars().take(40).collect::<String>());
            Err(LintError::Unknown { syntax: "XML", found })
        }
        // The walk says what is wrong.
        None => walk(text, checkstyle::Checkstyle::default(), LintFormat::Checkstyle),
    }
}

fn walk(text: &str, mut elements: impl Elements, format: LintFormat) -> Result<LintReport, LintError> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut builder = Builder::default();
    let mut open: Vec<String> = Vec::new();
    let mut seen = false;
    loop {
        let event = reader.read_event();
        let line = || line_at(text, reader.buffer_position().max(reader.error_position()));
        let event = match event {
            Ok(event) => event,
            Err(Error::Syntax(problem)) if problem != SyntaxError::InvalidBangMarkup => {
                return Err(LintError::Truncated { line: line_at(text.trim_end(), u64::MAX) });
            }
            Err(error) => return Err(LintError::Damaged { line: line(), what: plain(&error) }),
        };
        match event {
            Event::DocType(kind) if kind.contains("<!ENTITY") => {
                let name = kind.split("<!ENTITY").nth(1).unwrap_or_default().trim_start_matches([' ', '%', '\t', '\n']);
                let name = name.split_whitespace().next().unwrap_or_default().chars().take(40).collect();
                return Err(LintError::Entity { line: line(), name });
            }
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    return Err(LintError::TooDeep { line: line() });
                }
                let name = start.local_name().into_inner().to_owned();
                let attributes = read_attributes(&start, &line)?;
                elements.start(&name, &attributes, &mut builder)?;
                open.push(name);
                seen = true;
            }
            Event::Empty(start) => {
                let name = start.local_name().into_inner().to_owned();
                elements.start(&name, &read_attributes(&start, &line)?, &mut builder)?;
                elements.end(&name, &mut builder)?;
                seen = true;
            }
            Event::End(end) => {
                open.pop();
                elements.end(end.local_name().into_inner(), &mut builder)?;
            }
            Event::Text(text) => elements.text(&text.xml10_content()),
            Event::CData(text) => elements.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name: &str = &reference;
                elements.text(&value(&format!("&{name};"), &line)?);
            }
            Event::Eof if !open.is_empty() || !seen => return Err(LintError::Truncated { line: line() }),
            Event::Eof => return Ok(builder.finish(format)),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn read_attributes(start: &BytesStart<'_>, line: &dyn Fn() -> usize) -> Result<Attributes, LintError> {
    let mut read = Vec::new();
    for attribute in start.attributes().with_checks(false) {
        let damaged = || LintError::Damaged { line: line(), what: "an element's attributes cannot be read".to_owned() };
        let attribute = attribute.map_err(|_| damaged())?;
        read.push((attribute.key.into_inner().to_owned(), value(&attribute.value, line)?));
    }
    Ok(Attributes(read))
}

/// Raw text as it is meant.
fn value(raw: &str, line: &dyn Fn() -> usize) -> Result<String, LintError> {
    match unescape(raw) {
        Ok(text) => Ok(text.into_owned()),
        Err(EscapeError::UnrecognizedEntity(_, name)) => {
            Err(LintError::Entity { line: line(), name: name.chars().take(40).collect() })
        }
        Err(_) => {
            Err(LintError::Damaged { line: line(), what: "a reference to a character cannot be read".to_owned() })
        }
    }
}

fn line_at(text: &str, position: u64) -> usize {
    let at = usize::try_from(position).unwrap_or(usize::MAX).min(text.len());
    memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count() + 1
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
