//! The names, words, texts and signs of a script, for reading it without running it.

/// Words of the language, which are no names.
const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not", "or",
    "repeat", "return", "then", "true", "until", "while", "continue",
];

/// Signs of more than one character; `==` and `~=` are comparisons.
const LONG_SIGNS: [&str; 8] = ["...", "..", "::", "==", "~=", "<=", ">=", "->"];

/// One of them, with its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    /// From 1; of a text over several lines the first.
    pub(super) line: u32,
    pub(super) kind: Kind<'a>,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A name of the script's or of ours.
    Name(&'a str),
    /// A word of the language.
    Word(&'a str),
    /// A text as it is written, with its quotes. What stands between the braces of one in backticks belongs to it.
    Text(&'a str),
    /// A number.
    Number,
    /// One character.
    Sign(char),
    /// `==` and `~=`.
    Comparison,
    /// Another sign of more than one character.
    Long(&'a str),
}

/// The tokens of code, without its comments.
pub(super) fn tokenize(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (length, kind) = if let Some(passage) = Passage::at(rest.as_bytes()) {
            let piece = &rest[..passage.length];
            (passage.length, (!passage.is_comment).then_some(Kind::Text(piece)))
        } else if first.is_ascii_digit() {
            (rest.find(|c| !is_word(c) && c != '.').unwrap_or(rest.len()), Some(Kind::Number))
        } else if is_word(first) {
            let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
            (word.len(), Some(if KEYWORDS.contains(&word) { Kind::Word(word) } else { Kind::Name(word) }))
        } else if let Some(sign) = LONG_SIGNS.iter().find(|it| rest.starts_with(**it)) {
            let kind = if matches!(*sign, "==" | "~=") { Kind::Comparison } else { Kind::Long(sign) };
            (sign.len(), Some(kind))
        } else if first.is_whitespace() {
            (first.len_utf8(), None)
        } else {
            (first.len_utf8(), Some(Kind::Sign(first)))
        };
        tokens.extend(kind.map(|kind| Token { line, kind }));
        let lines = rest.as_bytes()[..length].iter().filter(|byte| **byte == b'\n').count();
        line += u32::try_from(lines).unwrap_or(u32::MAX);
        rest = &rest[length..];
    }
    tokens
}

/// The source with the insides of comments and strings replaced by spaces; lines stay where they are.
pub(super) fn blank_out_texts(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let Some(passage) = Passage::at(&bytes[at..]) else {
            out.push(bytes[at]);
            at += 1;
            continue;
        };
        let end = at + passage.length;
        out.extend(bytes[at..end].iter().map(|b| if *b == b'\n' { b'\n' } else { b' ' }));
        at = end;
    }
    // Only ASCII was replaced, inside whole characters, so the text is UTF-8 as before.
    String::from_utf8_lossy(&out).into_owned()
}

/// What is no code: a comment or a text.
struct Passage {
    /// In bytes, with its quotes.
    length: usize,
    is_comment: bool,
}

impl Passage {
    /// The one that code begins with.
    fn at(code: &[u8]) -> Option<Self> {
        if let Some(body) = code.strip_prefix(b"--") {
            let end = || memchr::memchr(b'\n', body).unwrap_or(body.len());
            return Some(Passage { length: 2 + long_bracket(body).unwrap_or_else(end), is_comment: true });
        }
        let length = match code.first()? {
            b'[' => long_bracket(code)?,
            b'"' | b'\'' => quoted(code),
            b'`' => interpolated(code),
            _ => return None,
        };
        Some(Passage { length, is_comment: false })
    }
}

fn long_bracket(text: &[u8]) -> Option<usize> {
    let level = text.strip_prefix(b"[")?.iter().take_while(|b| **b == b'=').count();
    if text.get(1 + level) != Some(&b'[') {
        return None;
    }
    let close: Vec<u8> = [b"]".as_slice(), &b"=".repeat(level), b"]"].concat();
    Some(memchr::memmem::find(text, &close).map_or(text.len(), |at| at + close.len()))
}

fn quoted(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 1,
            b'\n' => return at,
            b if b == text[0] => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// A text in backticks, with what is computed in it, which may hold such texts again.
fn interpolated(text: &[u8]) -> usize {
    #[derive(PartialEq)]
    enum Level {
        Text,
        Code,
    }
    let mut levels = vec![Level::Text];
    let mut at = 1;
    while let (Some(level), Some(byte)) = (levels.last(), text.get(at)) {
        let in_text = *level == Level::Text;
        at += match byte {
            b'\\' if in_text => 2,
            b'\n' if in_text => return at,
            b'"' | b'\'' if !in_text => quoted(&text[at..]),
            _ => 1,
        };
        match (byte, in_text) {
            (b'{', _) => levels.push(Level::Code),
            (b'`', false) => levels.push(Level::Text),
            (b'`', true) | (b'}', false) => drop(levels.pop()),
            _ => {}
        }
    }
    at.min(text.len())
}

/// What stands between the quotes of a text.
pub(super) fn inside(text: &str) -> &str {
    let inner = match text.as_bytes().first() {
        Some(b'[') => {
            let level = text[1..].find('[').map_or(0, |at| at + 2);
            text.get(level..text.len().saturating_sub(level))
        }
        _ => text.get(1..text.len().saturating_sub(1)),
    };
    inner.unwrap_or_default()
}

/// A text whose value is what is written: nothing in it is escaped or computed.
pub(super) fn plain_text(text: &str) -> Option<&str> {
    let is_computed = match text.as_bytes().first()? {
        b'[' => false,
        b'`' => text.contains(['\\', '{']),
        _ => text.contains('\\'),
    };
    (!is_computed).then(|| inside(text))
}

/// So far a closing bracket is looked for: deep nesting must not make us read it all again for each.
const MAX_BRACKET_TOKENS: usize = 1_000;

/// Behind the bracket that closes the one at `at`.
pub(super) fn close(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(at).take(MAX_BRACKET_TOKENS) {
        match token.kind {
            Kind::Sign('(' | '[' | '{') => depth += 1,
            Kind::Sign(')' | ']' | '}') => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(index + 1);
        }
    }
    None
}

/// What the bracket at `at` holds, by its commas.
pub(super) fn items<'t, 'a>(tokens: &'t [Token<'a>], at: usize) -> Option<Vec<&'t [Token<'a>]>> {
    let end = close(tokens, at)? - 1;
    let mut items = Vec::new();
    let (mut depth, mut from) = (0usize, at + 1);
    for (index, token) in tokens.iter().enumerate().take(end).skip(at + 1) {
        match token.kind {
            Kind::Sign('(' | '[' | '{') => depth += 1,
            Kind::Sign(')' | ']' | '}') => depth = depth.checked_sub(1)?,
            Kind::Sign(',' | ';') if depth == 0 => {
                items.push(&tokens[from..index]);
                from = index + 1;
            }
            _ => {}
        }
    }
    if from < end {
        items.push(&tokens[from..end]);
    }
    Some(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_from_code_and_comments() {
        let kinds = |code: &'static str| tokenize(code).into_iter().map(|token| token.kind).collect::<Vec<_>>();
        assert_eq!(
            kinds("x = 'a\\'b' .. [[c]] --[[ d ]] `e` -- f"),
            [
                Kind::Name("x"),
                Kind::Sign('='),
                Kind::Text("'a\\'b'"),
                Kind::Long(".."),
                Kind::Text("[[c]]"),
                Kind::Text("`e`")
            ]
        );
        assert_eq!(
            kinds("`a{if b then `, {c} \\{` else \"`}\"}d`(e)"),
            [Kind::Text("`a{if b then `, {c} \\{` else \"`}\"}d`"), Kind::Sign('('), Kind::Name("e"), Kind::Sign(')')]
        );
        assert_eq!(kinds("`a{`{`"), [Kind::Text("`a{`{`")]);
        let lines: Vec<u32> = tokenize("a [[\n\n]] b --[[\n]] c").into_iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 1, 3, 4]);
    }

    #[test]
    fn the_value_of_a_text_is_known_where_it_is_plain() {
        assert_eq!(plain_text("'a b'"), Some("a b"));
        assert_eq!(plain_text("[==[a\\d]==]"), Some("a\\d"));
        assert_eq!(plain_text("`a`"), Some("a"));
        assert_eq!(plain_text("`a{b}`"), None);
        assert_eq!(plain_text("\"a\\n\""), None);
        // A text that nothing ends.
        assert_eq!(inside("\""), "");
        assert_eq!(inside("[["), "");
    }

    #[test]
    fn brackets_hold_items() {
        let tokens = tokenize("f(a, { b, c }, g(d))");
        let sizes = |at| items(&tokens, at).map(|items| items.iter().map(|item| item.len()).collect::<Vec<_>>());
        assert_eq!(sizes(1), Some(vec![1, 5, 4]));
        assert_eq!(items(&tokenize("f()"), 1).map(|items| items.len()), Some(0));
        assert_eq!(items(&tokenize("f("), 1).map(|items| items.len()), None);
    }
}
