//! Which files `.gitattributes` gives to Git LFS, as git reads the one in the root of a repository.

use super::wildcard::PathPattern;
use crate::model::RepoPath;
use std::collections::{HashMap, HashSet};

/// What decides about Git LFS.
const FILTER: &str = "filter";
/// Git passes over longer lines.
const MAX_LINE_BYTES: usize = 2_048;

/// What was read of a file of attributes: whatever can say something of filters.
#[derive(Debug, Default)]
pub struct Attributes<'a> {
    lines: Vec<Line<'a>>,
    /// What words of one's own stand for, `[attr]big filter=lfs`.
    macros: HashMap<&'a str, Vec<State<'a>>>,
}

#[derive(Debug)]
struct Line<'a> {
    written: &'a str,
    pattern: PathPattern,
    states: Vec<State<'a>>,
}

/// An attribute, and what it is set to: `big`, `-big`, `!big`, `filter=lfs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State<'a> {
    name: &'a str,
    value: Value<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value<'a> {
    Set,
    /// Set to false, or to nothing, which takes back what lines above say.
    Unset,
    Text(&'a str),
}

impl<'a> Attributes<'a> {
    /// Reads a file of attributes. As in git, a line that is not well formed says nothing.
    pub fn parse(text: &'a str) -> Self {
        let mut read = Attributes::default();
        let mut lines = Vec::new();
        for line in text.trim_start_matches('\u{feff}').split('\n').filter(|line| line.len() < MAX_LINE_BYTES) {
            let line = line.trim_matches(is_blank);
            let Some((name, rest)) = split_name(line) else { continue };
            let states: Option<Vec<State<'_>>> = rest.split(is_blank).filter(|it| !it.is_empty()).map(state).collect();
            let Some(states) = states else { continue };
            match name.strip_prefix("[attr]").filter(|name| is_name(name)) {
                Some(name) => drop(read.macros.insert(name, states)),
                None => lines.push((name, states)),
            }
        }
        let decides = |state: &State<'_>| state.name == FILTER || read.macros.contains_key(state.name);
        read.lines = lines
            .into_iter()
            .filter(|(_, states)| states.iter().any(decides))
            .filter_map(|(written, states)| {
                let pattern = match written.starts_with('"') {
                    true => RepoPath::from_git_quoted(written.as_bytes()).as_str().to_owned(),
                    false => written.to_owned(),
                };
                Some(Line { written, pattern: PathPattern::git_attributes(&pattern)?, states })
            })
            .collect();
        read
    }

    /// Bytes of patterns, and words behind them, that are looked at: a pattern with stars is compared with a path in up to
    /// this times the bytes of that path.
    pub fn size(&self) -> usize {
        let states = self.lines.iter().map(|line| &line.states).chain(self.macros.values());
        self.lines.iter().map(|line| line.written.len()).sum::<usize>() + states.map(Vec::len).sum::<usize>()
    }

    /// The pattern of the line that gives a file to Git LFS, as it is written.
    pub fn gives_to_lfs(&self, path: &str) -> Option<&'a str> {
        let mut known = HashSet::new();
        let lines = self.lines.iter().rev().filter(|line| line.pattern.matches(path));
        let filter = lines.filter_map(|line| Some((line.written, self.filter(&line.states, &mut known)?))).next();
        filter.filter(|(_, value)| *value == Value::Text("lfs")).map(|(pattern, _)| pattern)
    }

    /// What a line says of the filter. Of one attribute the last word counts, so that all is read from its end; a word of
    /// one's own stands for others only where it is set and none behind it or below has said otherwise.
    fn filter<'s>(&'s self, states: &'s [State<'a>], known: &mut HashSet<&'a str>) -> Option<Value<'a>> {
        let mut open = vec![states.iter().rev()];
        while let Some(last) = open.last_mut() {
            let Some(state) = last.next() else {
                open.pop();
                continue;
            };
            if state.name == FILTER {
                return Some(state.value);
            }
            if known.insert(state.name)
                && state.value == Value::Set
                && let Some(meaning) = self.macros.get(state.name)
            {
                open.push(meaning.iter().rev());
            }
        }
        None
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r')
}

/// The pattern of a line, which may stand in quotes, and what follows.
fn split_name(line: &str) -> Option<(&str, &str)> {
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let end = match line.strip_prefix('"') {
        Some(inner) => {
            let mut escaped = false;
            let closes = |(_, c): &(usize, char)| {
                let ends = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            };
            inner.char_indices().find(closes).map(|(at, _)| at + 2)?
        }
        None => line.find(is_blank).unwrap_or(line.len()),
    };
    Some(line.split_at(end))
}

fn state(word: &str) -> Option<State<'_>> {
    let (name, value) = match word.strip_prefix(['-', '!']) {
        Some(name) => (name, Value::Unset),
        None => word.split_once('=').map_or((word, Value::Set), |(name, value)| (name, Value::Text(value))),
    };
    is_name(name).then_some(State { name, value })
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !name.is_empty() && !name.starts_with('-') && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_is_named_as_it_is_written() {
        let read = Attributes::parse("[attr]big filter=lfs\n*.json big\n\"a b.json\" big");
        assert_eq!(
            (read.gives_to_lfs("x.json"), read.gives_to_lfs("a b.json")),
            (Some("*.json"), Some("\"a b.json\""))
        );
        assert_eq!(read.size(), "*.json".len() + "\"a b.json\"".len() + 3);
    }
}
