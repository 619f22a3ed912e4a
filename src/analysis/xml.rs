//! The walk over XML that all reports in XML are read with: one node at a time, nothing kept but the names of what is open,
//! no entities followed, depth limited.

use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::escape::{EscapeError, unescape};
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// Elements inside each other; real reports have about ten.
const MAX_DEPTH: usize = 64;

/// So much of a name that somebody else chose is shown.
const MAX_NAME: usize = 40;

/// What a text consists of. Comments, instructions and declarations are passed over.
pub(super) enum Node<'a> {
    /// An element begins. Of an empty one no end follows.
    Start(Element<'a>),
    /// The element of this name ends.
    End(String),
    /// Text between elements, or a character that is referred to.
    Text(Cow<'a, str>),
}

/// The start of an element.
pub(super) struct Element<'a> {
    start: BytesStart<'a>,
    /// Whether it ends at once.
    pub(super) is_empty: bool,
}

/// Why a walk cannot go on. Lines are counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The text ends before its end, inside this element.
    Truncated { line: usize, inside: Option<String> },
    /// It is no XML.
    Damaged { line: usize, what: String },
    /// Elements inside each other without end.
    TooDeep { line: usize },
    /// An entity of its own.
    Entity { line: usize, name: String },
}

/// What is wrong with an element or a reference; [`Walk::place`] adds where.
#[derive(Debug)]
pub(super) enum Flaw {
    /// Attributes that are none.
    Attributes,
    /// A reference to no character.
    Reference,
    /// An entity of its own.
    Entity(String),
}

/// A walk through a text.
pub(super) struct Walk<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    /// Names of the open elements.
    open: Vec<String>,
    /// Whether there was an element.
    began: bool,
}

impl<'a> Element<'a> {
    /// Its name without a prefix.
    pub(super) fn name(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// Calls `visit` with each attribute's name and raw value.
    pub(super) fn attributes<'s>(&'s self, mut visit: impl FnMut(&'s str, Cow<'s, str>)) -> Result<(), Flaw> {
        for attribute in self.start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Flaw::Attributes)?;
            visit(attribute.key.into_inner(), attribute.value);
        }
        Ok(())
    }
}

/// A raw attribute value as it is meant.
pub(super) fn value(raw: &str) -> Result<String, Flaw> {
    match unescape(raw) {
        Ok(text) => Ok(text.into_owned()),
        Err(EscapeError::UnrecognizedEntity(_, name)) => Err(Flaw::Entity(name)),
        Err(_) => Err(Flaw::Reference),
    }
}

/// The name of the root element, when the text begins as XML does; what follows is not looked at.
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

/// A name in an error's text.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(MAX_NAME).collect()
}

impl<'a> Walk<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        Walk { reader, text, open: Vec::new(), began: false }
    }

    /// The next node; `None` at the end of a text that has one.
    pub(super) fn next(&mut self) -> Result<Option<Node<'a>>, Trouble> {
        loop {
            let event = self.reader.read_event().map_err(|error| self.explain(&error))?;
            return Ok(Some(match event {
                Event::Start(start) => {
                    if self.open.len() >= MAX_DEPTH {
                        return Err(Trouble::TooDeep { line: self.line() });
                    }
                    self.open.push(start.local_name().into_inner().to_owned());
                    self.began = true;
                    Node::Start(Element { start, is_empty: false })
                }
                Event::Empty(start) => {
                    self.began = true;
                    Node::Start(Element { start, is_empty: true })
                }
                // The reader checks that it is the one that is open.
                Event::End(_) => Node::End(self.open.pop().unwrap_or_default()),
                Event::Text(text) => Node::Text(text.xml10_content()),
                Event::CData(text) => Node::Text(text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let name: &str = &reference;
                    let text = value(&format!("&{name};")).map_err(|flaw| self.place(flaw))?;
                    Node::Text(text.into())
                }
                Event::DocType(kind) => match entity(&kind) {
                    Some(name) => return Err(Trouble::Entity { line: self.line(), name: shown(name) }),
                    None => continue,
                },
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
                Event::Eof if self.open.is_empty() && self.began => return Ok(None),
                Event::Eof => return Err(Trouble::Truncated { line: self.line(), inside: self.open.pop() }),
            }));
        }
    }

    /// The element that the text begins with.
    pub(super) fn root(&mut self) -> Result<Element<'a>, Trouble> {
        loop {
            match self.next()? {
                Some(Node::Start(root)) => return Ok(root),
                Some(Node::End(_) | Node::Text(_)) => {}
                None => return Err(Trouble::Truncated { line: self.line(), inside: None }),
            }
        }
    }

    /// What follows the last node.
    pub(super) fn rest(&self) -> &'a [u8] {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        self.text.as_bytes().get(at..).unwrap_or_default()
    }

    /// A flaw with the line where the walk stands.
    pub(super) fn place(&self, flaw: Flaw) -> Trouble {
        let line = self.line();
        let damaged = |what: &str| Trouble::Damaged { line, what: what.to_owned() };
        match flaw {
            Flaw::Attributes => damaged("an element's attributes cannot be read"),
            Flaw::Reference => damaged("a reference to a character cannot be read"),
            Flaw::Entity(name) => Trouble::Entity { line, name: shown(&name) },
        }
    }

    fn explain(&self, error: &Error) -> Trouble {
        let damaged = |what: String| Trouble::Damaged { line: self.line(), what };
        match error {
            Error::Syntax(problem) if *problem != SyntaxError::InvalidBangMarkup => {
                let last = memchr::memchr_iter(b'\n', self.text.trim_end().as_bytes()).count() + 1;
                Trouble::Truncated { line: last, inside: self.open.last().cloned() }
            }
            Error::IllFormed(problem) => damaged(problem.to_string()),
            Error::Syntax(problem) => damaged(problem.to_string()),
            Error::Io(_) | Error::Encoding(_) | Error::Namespace(_) | Error::InvalidAttr(_) | Error::Escape(_) => {
                damaged("it is not well-formed XML".to_owned())
            }
        }
    }

    /// The line where the reader stands.
    fn line(&self) -> usize {
        let at = usize::try_from(self.reader.buffer_position().max(self.reader.error_position())).unwrap_or(usize::MAX);
        let read = &self.text.as_bytes()[..at.min(self.text.len())];
        memchr::memchr_iter(b'\n', read).count() + 1
    }
}

/// The name of the first entity that a document type declares.
fn entity(kind: &str) -> Option<&str> {
    let (_, declared) = kind.split_once("<!ENTITY")?;
    Some(declared.trim_start_matches([' ', '%', '\t', '\n']).split_whitespace().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a walk sees, and how it ends.
    fn walk(text: &str) -> (String, Option<Trouble>) {
        let (mut walk, mut seen) = (Walk::new(text), String::new());
        loop {
            match walk.next() {
                Ok(None) => return (seen, None),
                Ok(Some(Node::Start(element))) if element.is_empty => seen += &format!("<{}/>", element.name()),
                Ok(Some(Node::Start(element))) => seen += &format!("<{}>", element.name()),
                Ok(Some(Node::End(name))) => seen += &format!("</{name}>"),
                Ok(Some(Node::Text(text))) => seen += &text,
                Err(trouble) => return (seen, Some(trouble)),
            }
        }
    }

    #[test]
    fn nodes_come_in_their_order() {
        let text = "<?xml version=\"1.0\"?><!DOCTYPE a SYSTEM \"x.dtd\"><a><!-- no --><x:b c=\"1\"/>d &amp;<![CDATA[ <e>]]></a>";
        assert_eq!(walk(text), ("<a><b/>d & <e></a>".to_owned(), None));
    }

    #[test]
    fn what_stops_a_walk_is_said_with_its_line() {
        let damaged = |line, what: &str| Trouble::Damaged { line, what: what.to_owned() };
        let entity = |line, name: &str| Trouble::Entity { line, name: name.to_owned() };
        let truncated = |line, inside: Option<&str>| Trouble::Truncated { line, inside: inside.map(str::to_owned) };
        for (text, trouble) in [
            ("", truncated(1, None)),
            ("no xml", truncated(1, None)),
            ("<a>\n<b>", truncated(2, Some("b"))),
            ("<a>\n<b c=", truncated(2, Some("a"))),
            ("<a>\n</b>", damaged(2, "expected `</a>`, but `</b>` was found")),
            ("<a>\n&own;</a>", entity(2, "own")),
            ("<a>&#xFFFFFFF;</a>", damaged(1, "a reference to a character cannot be read")),
            ("<!DOCTYPE a [\n<!ENTITY lol \"x\">]><a/>", entity(2, "lol")),
            ("<!DOCTYPE a [<!ENTITY % p SYSTEM \"x\">]><a/>", entity(1, "p")),
        ] {
            assert_eq!(walk(text).1, Some(trouble), "{text}");
        }
        let deep = format!("{}{}", "<a>".repeat(65), "</a>".repeat(65));
        assert_eq!(walk(&deep).1, Some(Trouble::TooDeep { line: 1 }));
        assert_eq!(walk(&format!("{}{}", "<a>".repeat(64), "</a>".repeat(64))).1, None);
    }
}
