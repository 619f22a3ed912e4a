//! YAML as a tree of texts, lists and maps with line numbers; for files that others wrote, so with limits.

use saphyr_parser::{Event, Parser};

/// Larger texts are not read.
pub const MAX_BYTES: usize = 4_000_000;

/// Deeper nesting is not read.
const MAX_DEPTH: usize = 100;

/// Values of one file.
const MAX_NODES: usize = 1_000_000;

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The line, from 1.
    pub line: u32,
    /// What stands there.
    pub value: Value,
}

/// What a node is. Numbers and truth values stay texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A scalar as it reads without quotes.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file.
    Map(Vec<(Node, Node)>),
    /// A reference to a value that is anchored elsewhere; it is not followed.
    Alias,
}

impl Node {
    /// The scalar's text.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The items of a list; nothing for anything else.
    pub fn items(&self) -> &[Node] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// The members of a map; nothing for anything else.
    pub fn members(&self) -> &[(Node, Node)] {
        if let Value::Map(members) = &self.value { members } else { &[] }
    }

    /// The first member of that name.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members().iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value)
    }
}

/// A text that is not YAML, or more of it than is read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct YamlError {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong.
    pub reason: String,
}

/// A list or map that is still open.
struct Open {
    line: u32,
    is_map: bool,
    children: Vec<Node>,
}

/// Reads the documents of a text.
///
/// # Errors
/// When it is no YAML, or too large or too deep to be read.
pub fn parse_yaml(text: &str) -> Result<Vec<Node>, YamlError> {
    if text.len() > MAX_BYTES {
        return Err(YamlError { line: 1, reason: format!("it has more than {MAX_BYTES} bytes") });
    }
    let mut open: Vec<Open> = Vec::new();
    let mut documents = Vec::new();
    let mut nodes = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event
            .map_err(|error| YamlError { line: narrow(error.marker().line()), reason: error.info().to_owned() })?;
        let line = narrow(span.start.line());
        nodes += 1;
        if nodes > MAX_NODES || open.len() > MAX_DEPTH {
            return Err(YamlError { line, reason: "it holds more values, or deeper ones, than are read".to_owned() });
        }
        let done = match event {
            Event::Scalar(text, ..) => Node { line, value: Value::Text(text.into_owned()) },
            Event::Alias(_) => Node { line, value: Value::Alias },
            Event::SequenceStart(..) => {
                open.push(Open { line, is_map: false, children: Vec::new() });
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open { line, is_map: true, children: Vec::new() });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(closed) => close(closed),
                None => continue,
            },
            _ => continue,
        };
        match open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => documents.push(done),
        }
    }
    Ok(documents)
}

fn close(Open { line, is_map, children }: Open) -> Node {
    if !is_map {
        return Node { line, value: Value::List(children) };
    }
    let mut members = Vec::with_capacity(children.len() / 2);
    let mut children = children.into_iter();
    while let (Some(key), Some(value)) = (children.next(), children.next()) {
        members.push((key, value));
    }
    Node { line, value: Value::Map(members) }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_lines() {
        let read = parse_yaml("a: 1\nb:\n  - x\n  - y: 'z'\n").expect("reads");
        let b = read[0].get("b").expect("b");
        assert_eq!((b.items()[0].line, b.items()[0].text()), (3, Some("x")));
        let z = b.items()[1].get("y").expect("y");
        assert_eq!((z.line, z.text()), (4, Some("z")));
        assert_eq!(read[0].get("a").and_then(Node::text), Some("1"));
    }

    #[test]
    fn hostile_texts_end() {
        assert!(parse_yaml(&"[".repeat(100_000)).is_err());
        assert!(parse_yaml(&"- ".repeat(100_000)).is_err());
        assert!(parse_yaml("a: [1, 2").is_err());
        assert!(parse_yaml("a: &x [1]\nb: *x\n").expect("reads")[0].get("b").is_some_and(|b| b.value == Value::Alias));
    }
}
