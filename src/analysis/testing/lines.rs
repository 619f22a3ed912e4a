//! A text as lines of tokens, without comments and documentation.

use crate::analysis::code::{Language, Token, TokenKind, tokenize};

/// What a line says once comments are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CodeLine<'l, 'a> {
    /// Its tokens; never none. A text over several lines has a piece on each.
    pub(super) tokens: &'l [Piece<'a>],
    /// How many brackets are open where it begins.
    pub(super) depth: usize,
    /// What the innermost of them holds.
    pub(super) inside: Inside,
}

/// What a bracket holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// No bracket is open.
    Nothing,
    /// Items of a list or a tuple.
    List,
    /// Statements, or members with their values.
    Block,
    /// Arguments, parameters, or an index.
    Call,
}

/// A token, or the part of one that lies on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
}

impl Piece<'_> {
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Mark) && self.text == text
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }

    /// Whether the next one of the same text begins where this one ends.
    pub(super) fn touches(&self, next: &Piece<'_>) -> bool {
        self.text.as_bytes().as_ptr_range().end == next.text.as_ptr()
    }
}

/// The code of each line that has some, in one piece of memory: there are many lines.
#[derive(Clone, Debug, Default)]
pub(super) struct CodeLines<'a> {
    pieces: Vec<Piece<'a>>,
    /// By number.
    lines: Vec<Place>,
}

/// Where a line's pieces begin; they end where the next line's do.
#[derive(Clone, Copy, Debug)]
struct Place {
    number: u32,
    begin: usize,
    depth: usize,
    inside: Inside,
}

impl<'a> CodeLines<'a> {
    /// The line with this number, when it has code.
    pub(super) fn get(&self, number: u32) -> Option<CodeLine<'_, 'a>> {
        self.lines.binary_search_by_key(&number, |line| line.number).ok().map(|at| self.at(at))
    }

    /// The last line with code before this one.
    pub(super) fn before(&self, number: u32) -> Option<CodeLine<'_, 'a>> {
        self.lines.partition_point(|line| line.number < number).checked_sub(1).map(|at| self.at(at))
    }

    /// All of them, with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, CodeLine<'_, 'a>)> {
        self.lines.iter().enumerate().map(|(at, line)| (line.number, self.at(at)))
    }

    fn at(&self, at: usize) -> CodeLine<'_, 'a> {
        let end = self.lines.get(at + 1).map_or(self.pieces.len(), |next| next.begin);
        let Place { begin, depth, inside, .. } = self.lines[at];
        CodeLine { tokens: &self.pieces[begin..end], depth, inside }
    }

    /// Takes back the last pieces, each of them on one line.
    fn drop_last(&mut self, count: usize) {
        self.pieces.truncate(self.pieces.len().saturating_sub(count));
        while self.lines.last().is_some_and(|line| line.begin >= self.pieces.len()) {
            self.lines.pop();
        }
    }

    /// Numbers never fall.
    fn push(&mut self, number: u32, piece: Piece<'a>, open: &[Inside]) {
        if self.lines.last().is_none_or(|line| line.number < number) {
            let inside = open.last().copied().unwrap_or(Inside::Nothing);
            self.lines.push(Place { number, begin: self.pieces.len(), depth: open.len(), inside });
        }
        self.pieces.push(piece);
    }
}

/// Splits a text into lines of code; the first line has the number `first`.
pub(super) fn code_lines(text: &str, language: Language, first: u32) -> CodeLines<'_> {
    let tokens = tokenize(text, language, first);
    let mut lines = CodeLines { pieces: Vec::with_capacity(tokens.len()), lines: Vec::new() };
    let mut open: Vec<Inside> = Vec::new();
    let mut help_ends = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == TokenKind::Comment || is_documentation(&tokens, at, language, open.len()) {
            continue;
        }
        // Of a help text, and of what is filled into it, nothing is code.
        if token.kind == TokenKind::Text && token.line <= help_ends {
            continue;
        }
        if let Some(named) = help_before(&tokens[..at], token) {
            // With more than a name before it, it is what a call makes a text of.
            help_ends = if named > 2 { token.last_line() } else { 0 };
            lines.drop_last(named);
            continue;
        }
        let is_prose = token.kind == TokenKind::Text && is_prose(token.text);
        for (number, text) in (token.line..).zip(token.text.split('\n').map(str::trim)) {
            // Of a text for people the first line stays: it shows where there is one.
            if !text.is_empty() && (number == token.line || !is_prose) {
                lines.push(number, Piece { kind: token.kind, text }, &open);
            }
        }
        if token.kind == TokenKind::Mark {
            match token.text {
                "[" if !follows_name(&tokens[..at], language) => open.push(Inside::List),
                "(" if !follows_name(&tokens[..at], language) => open.push(Inside::List),
                "(" | "[" => open.push(Inside::Call),
                "{" => open.push(Inside::Block),
                ")" | "]" | "}" => drop(open.pop()),
                _ => {}
            }
        }
    }
    lines
}

/// Whether a bracket that comes next belongs to a name: `f(`, `a[`, `f()(`. One of Rust's macros is a list: `vec![`.
fn follows_name(before: &[Token<'_>], language: Language) -> bool {
    /// Words behind which a value begins.
    const VALUE: [&str; 8] = ["return", "in", "yield", "case", "and", "or", "not", "else"];
    let Some(last) = before.iter().rev().find(|token| token.kind != TokenKind::Comment) else { return false };
    match last.kind {
        TokenKind::Word => !VALUE.contains(&last.text),
        TokenKind::Mark => matches!(last.text, ")" | "]") || last.text == "!" && language != Language::Rust,
        TokenKind::Number | TokenKind::Text | TokenKind::Comment => false,
    }
}

/// Whether a text over several lines is for people: sentences, no template, query or program.
fn is_prose(text: &str) -> bool {
    let has_words = |line: &&str| line.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(has_words).collect();
    if lines.len() < 3 {
        return false;
    }
    let words = |line: &&str| {
        line.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2).count()
    };
    let is_code = |line: &&str| line.contains(['<', '>', '=', '{', '}', ';']) && !line.contains(r"\f");
    let sentences = lines.iter().filter(|line| words(line) >= 4).count();
    let code = lines.iter().filter(|line| is_code(line)).count();
    sentences * 3 >= lines.len() * 2 && code * 5 <= lines.len() && !is_query(text)
}

/// Whether a text speaks to a database.
pub(super) fn is_query(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", " WHERE ", "ALTER "].iter().any(|word| upper.contains(word))
}

/// Names of what holds a text for whoever asks a program for help.
const HELP: [&str; 9] = ["long", "short", "help", "usage", "example", "examples", "description", "about", "long_about"];

/// Between such a name and its text stand at most so many tokens: `Long: heredoc.Doc(`.
const BEFORE_HELP: usize = 6;

/// What only makes one text of another.
const WRAPPERS: [&str; 14] = [
    "heredoc",
    "Doc",
    "Docf",
    "dedent",
    "Dedent",
    "textwrap",
    "strings",
    "TrimSpace",
    "trim",
    "templates",
    "LongDesc",
    "Examples",
    "i18n",
    "T",
];

/// Whether the text is what a command says of itself: the value of such a key, on the same line. Then how many tokens before
/// it say only that, `Long: heredoc.Doc(`.
fn help_before(before: &[Token<'_>], text: &Token<'_>) -> Option<usize> {
    if text.kind != TokenKind::Text {
        return None;
    }
    let on_line = before.iter().rev().take_while(|token| token.line == text.line && token.kind != TokenKind::Comment);
    let behind: Vec<&Token<'_>> = on_line.take(BEFORE_HELP + 1).collect();
    let wrapped = behind.iter().take_while(|token| matches!(token.text, "." | "(") || WRAPPERS.contains(&token.text));
    let colon = wrapped.count();
    let is_name = |token: &&Token<'_>| {
        token.kind == TokenKind::Word && HELP.iter().any(|name| token.text.eq_ignore_ascii_case(name))
    };
    let is_key = behind.get(colon).is_some_and(|token| token.text == ":") && behind.get(colon + 1).is_some_and(is_name);
    // `short ? long : "text"`
    let chosen = behind.get(colon + 2).is_some_and(|token| token.text == "?");
    (is_key && !chosen).then_some(colon + 2)
}

/// A text that is a statement of its own: Python's docstrings, with what stands before one that is raw. In Elixir the text
/// after `@doc` and its like.
fn is_documentation(tokens: &[Token<'_>], at: usize, language: Language, depth: usize) -> bool {
    let is_raw = |token: &Token<'_>| token.kind == TokenKind::Word && matches!(token.text, "r" | "R" | "u" | "U");
    let mut at = at;
    if language == Language::Python
        && is_raw(&tokens[at])
        && tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Text && next.line == tokens[at].line)
    {
        at += 1;
    }
    let token = &tokens[at];
    if token.kind != TokenKind::Text {
        return false;
    }
    let mut others = tokens[..at].iter().rev().filter(|other| other.kind != TokenKind::Comment).peekable();
    if language == Language::Python && others.peek().is_some_and(|other| is_raw(other) && other.line == token.line) {
        others.next();
    }
    let before = others.next();
    match language {
        Language::Python => {
            let after = tokens[at + 1..].iter().find(|other| other.kind != TokenKind::Comment);
            depth == 0
                && before.is_none_or(|before| before.last_line() < token.line)
                && after.is_none_or(|after| after.line > token.last_line())
        }
        Language::Elixir => {
            let names = ["doc", "moduledoc", "typedoc", "shortdoc"];
            before.is_some_and(|before| names.contains(&before.text)) && at >= 2 && tokens[at - 2].is("@")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str, language: Language) -> Vec<u32> {
        code_lines(text, language, 1).iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn texts_of_help_are_no_code() {
        let words = |text: &str| {
            let lines = code_lines(text, Language::Go, 1);
            let words = lines.iter().flat_map(|(_, line)| line.tokens.iter().map(|piece| piece.text.to_owned()));
            words.filter(|word| word.chars().any(char::is_alphanumeric)).collect::<Vec<_>>()
        };
        let text =
            "c := &C{\n\tLong: heredoc.Docf(`\n\t\tList %[1]sall%[1]s.\n\t\t$ gh a\n\t`, \"b\"),\n\tName: \"c\",\n}\n";
        assert_eq!(words(text), ["c", "C", "Name", "\"c\""]);
        assert_eq!(words("help(\"a\")\nusage := \"b\"\n"), ["help", "\"a\"", "usage", "\"b\""]);
        assert_eq!(words("a := usage == \"b\" && c == \"d\"\n").len(), 5);
        assert_eq!(words("{ description: query(\"b\") }\n"), ["description", "query", "\"b\""]);
        assert_eq!(words("a = short ? long : \"b\"\n"), ["a", "short", "long", "\"b\""]);
    }

    #[test]
    fn comments_and_documentation_are_no_code() {
        assert_eq!(seen("def a():\n    \"\"\"Says\n\n    much.\"\"\"\n    return 1 # one\n", Language::Python), [1, 5]);
        assert_eq!(seen("x = \"\"\"a\nb\"\"\"\n", Language::Python), [1, 2]);
        assert_eq!(seen("f(\n  \"a\"\n)\n", Language::Python), [1, 2, 3]);
        assert_eq!(
            seen("def a():\n    r\"\"\"Says\n\n    much.\"\"\"\n    return 1 # one\n", Language::Python),
            [1, 5]
        );
        assert_eq!(seen("x = r\"\"\"a\nb\"\"\"\n", Language::Python), [1, 2]);
        assert_eq!(seen("/* a\n b */\nint x; // c\n", Language::C), [3]);
        assert_eq!(seen("@doc \"\"\"\nhi\n\"\"\"\ndef a, do: 1\n", Language::Elixir), [1, 4]);
    }
}
