//! What tools put into SQL before it runs: `${schema}` of Flyway, `{{ .Schema }}` of Go and of Jinja. A name of the same
//! length stands in for each, so that lines and offsets stay, and people are told the placeholder again.

use super::finding::Finding;
use super::words::shown;
use squawk_lexer::{TokenKind, tokenize};
use std::borrow::Cow;

/// A text with names in the place of its placeholders.
pub(super) struct Filled<'a> {
    pub(super) text: Cow<'a, str>,
    /// Names that stand in, with what they stand for.
    names: Vec<(String, String)>,
}

/// Placeholders that get names of their own; those beyond share the last one's number.
const MAX_PLACEHOLDERS: usize = 30;
/// What is longer is none.
const MAX_PLACEHOLDER_BYTES: usize = 500;

/// Puts names in the place of placeholders; with `variables` also in that of psql's, `:name` and `:"name"`.
pub(super) fn fill(text: Cow<'_, str>, variables: bool) -> Filled<'_> {
    let mut filled = fill_marks(text);
    if variables && filled.text.contains(':') {
        fill_variables(&mut filled);
    }
    filled
}

/// A text in quotes behind the colon stays one.
fn fill_variables(filled: &mut Filled<'_>) {
    let text = &filled.text;
    let (mut out, mut written, mut at) = (String::new(), 0usize, 0usize);
    let mut colon = false;
    for token in tokenize(text) {
        let start = at;
        at += token.len as usize;
        let is_name = matches!(token.kind, TokenKind::Ident | TokenKind::QuotedIdent { .. });
        let is_text = text[start..at].starts_with('\'') && text[start..at].ends_with('\'');
        if colon && start > written && (is_name || is_text) {
            let whole = &text[start - 1..at];
            out.push_str(&text[written..start - 1]);
            if is_name {
                out.push_str(&named(&mut filled.names, whole));
            } else {
                out.push(' ');
                out.push_str(&whole[1..]);
            }
            written = at;
        }
        let before = text[..start].chars().next_back();
        colon =
            &text[start..at] == ":" && before.is_none_or(|sign| sign.is_whitespace() || "(,.=<>+-*/|".contains(sign));
    }
    if written > 0 {
        out.push_str(&text[written..]);
        filled.text = Cow::Owned(out);
    }
}

/// The name that stands in for a placeholder.
fn named(names: &mut Vec<(String, String)>, whole: &str) -> String {
    let number = names.iter().position(|(_, known)| known == whole).unwrap_or_else(|| {
        if names.len() < MAX_PLACEHOLDERS {
            names.push((name_of(names.len(), whole.len()), whole.to_owned()));
        }
        names.len() - 1
    });
    name_of(number, whole.len())
}

fn fill_marks(text: Cow<'_, str>) -> Filled<'_> {
    let mut names: Vec<(String, String)> = Vec::new();
    if !MARKS.iter().any(|(opens, _)| text.contains(opens)) {
        return Filled { text, names };
    }
    let mut out = String::with_capacity(text.len());
    let mut rest: &str = &text;
    let mut quoted = Quoted::of(&text);
    while let Some((at, (opens, closes))) = next_mark(rest) {
        out.push_str(&rest[..at]);
        let from = &rest[at..];
        let near = from.floor_char_boundary(MAX_PLACEHOLDER_BYTES);
        let line = from[..near].split('\n').next().unwrap_or_default();
        // One that begins in a text in quotes ends there: `'{{' .. '}}'` are two texts.
        let begin = text.len() - from.len();
        let is_whole = |end: &usize| begin + opens.len() + end < quoted.end_of(begin);
        let Some(end) = line.get(opens.len()..).and_then(|inside| inside.find(closes)).filter(is_whole) else {
            out.push_str(opens);
            rest = &from[opens.len()..];
            continue;
        };
        let whole = &from[..opens.len() + end + closes.len()];
        rest = &from[whole.len()..];
        if *opens == "{%" || is_control(&whole[opens.len()..opens.len() + end]) {
            out.extend(std::iter::repeat_n(' ', whole.len()));
            continue;
        }
        out.push_str(&named(&mut names, whole));
    }
    out.push_str(rest);
    Filled { text: Cow::Owned(out), names }
}

/// Where texts in quotes begin and end, asked for from left to right.
struct Quoted {
    ranges: std::iter::Peekable<std::vec::IntoIter<(usize, usize)>>,
}

impl Quoted {
    fn of(text: &str) -> Self {
        let mut at = 0usize;
        let mut ranges = Vec::new();
        for token in tokenize(text) {
            let start = at;
            at += token.len as usize;
            if matches!(token.kind, TokenKind::Literal { .. }) && text.as_bytes().get(at - 1) == Some(&b'\'') {
                ranges.push((start, at));
            }
        }
        Quoted { ranges: ranges.into_iter().peekable() }
    }

    /// The end of the text in quotes around a place; the end of everything where there is none.
    fn end_of(&mut self, place: usize) -> usize {
        while self.ranges.next_if(|(_, end)| *end <= place).is_some() {}
        self.ranges.peek().filter(|(start, _)| *start < place).map_or(usize::MAX, |(_, end)| *end)
    }
}

impl Filled<'_> {
    /// Says the placeholders again.
    pub(super) fn restore(&self, finding: &mut Finding) {
        for (name, placeholder) in &self.names {
            let placeholder = shown(placeholder);
            finding.message = finding.message.replace(name, &placeholder);
            finding.help = finding.help.take().map(|help| help.replace(name, &placeholder));
        }
    }
}

/// How placeholders begin and end.
const MARKS: [(&str, &str); 3] = [("${", "}"), ("{{", "}}"), ("{%", "%}")];

/// The first one. Nothing is looked at that lies behind it.
fn next_mark(text: &str) -> Option<(usize, &'static (&'static str, &'static str))> {
    memchr::memchr2_iter(b'$', b'{', text.as_bytes())
        .find_map(|at| Some((at, MARKS.iter().find(|(opens, _)| text[at..].starts_with(opens))?)))
}

/// A name of so many bytes.
fn name_of(number: usize, length: usize) -> String {
    let mut name = format!("p{number}");
    name.extend(std::iter::repeat_n('_', length.saturating_sub(name.len())));
    name.truncate(length);
    name
}

/// `{{ if .X }}`, `{{ end }}`: not a value.
fn is_control(inside: &str) -> bool {
    let word = inside.trim_matches(['-', ' ', '\t']).split([' ', '\t']).next().unwrap_or_default();
    matches!(word, "if" | "else" | "end" | "range" | "with" | "define" | "block" | "template") || word.starts_with("/*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_long_as_what_they_stand_for() {
        let text =
            "ALTER TABLE ${schema}.a;\nDROP {{ index .Options \"N\" }}.b; -- ${schema} ${open\n{{ if .X }}x{{end}}";
        let filled = fill(Cow::Borrowed(text), true);
        assert_eq!(filled.text.len(), text.len());
        assert_eq!(filled.text.lines().count(), 3);
        assert!(filled.text.starts_with("ALTER TABLE p0_______.a;"), "{}", filled.text);
        assert_eq!(filled.text.lines().nth(2).map(str::trim), Some("x"));
        assert_eq!(filled.names.len(), 2);
    }

    #[test]
    fn what_does_not_end_nearby_is_none() {
        let long = "x".repeat(MAX_PLACEHOLDER_BYTES);
        let text = format!("$ {{ ${{a\n}} ${{{long}}} ${{ä{{{{b}}}}");
        let filled = fill(Cow::Borrowed(&text), true);
        let names: Vec<&str> = filled.names.iter().map(|(_, whole)| whole.as_str()).collect();
        assert_eq!(names, ["${ä{{b}"], "{}", filled.text);
    }

    #[test]
    fn one_that_begins_in_quotes_ends_there() {
        let text = "UPDATE a SET b = '{{'; DROP TABLE c; UPDATE a SET b = '}}', d = '${e}';";
        let filled = fill(Cow::Borrowed(text), true);
        assert!(filled.text.contains("DROP TABLE c"), "{}", filled.text);
        let names: Vec<&str> = filled.names.iter().map(|(_, whole)| whole.as_str()).collect();
        assert_eq!(names, ["${e}"]);
    }

    #[test]
    fn a_text_without_any_is_kept() {
        assert!(matches!(fill(Cow::Borrowed("SELECT '{1}'"), true).text, Cow::Borrowed(_)));
    }

    #[test]
    fn variables_of_psql_are_names_too() {
        let text = "DROP TABLE :old, :\"other\"; SELECT a::int, b[1:n], ':no', $$ :no $$, :'text' FROM :s.c;";
        let filled = fill(Cow::Borrowed(text), true);
        assert_eq!(filled.text.len(), text.len());
        let names: Vec<&str> = filled.names.iter().map(|(_, whole)| whole.as_str()).collect();
        assert_eq!(names, [":old", ":\"other\"", ":s"], "{}", filled.text);
        assert!(filled.text.contains(",  'text' FROM p2.c;"), "{}", filled.text);
        assert!(matches!(fill(Cow::Borrowed(text), false).text, Cow::Borrowed(_)));
    }
}
