//! The lexer: one pass, linear in the text, without a wrong text: what it does not understand is a mark.

use super::heredoc::{self, Heredoc};
use super::sections::code_sections;
use super::syntax::{Apostrophe, Heredocs, Quote, Syntax, syntax_of};
use super::{Language, Token, TokenKind, literals};
use memchr::memmem;

/// Strings inside code inside strings deeper than this are read as one string.
const MAX_DEPTH: usize = 50;

/// After these words a value is expected, so a `/` begins a regular expression.
const BEFORE_VALUE: [&str; 22] = [
    "and",
    "await",
    "case",
    "delete",
    "do",
    "else",
    "elsif",
    "if",
    "in",
    "instanceof",
    "new",
    "not",
    "of",
    "or",
    "return",
    "then",
    "throw",
    "typeof",
    "unless",
    "until",
    "when",
    "yield",
];

/// Splits source text into tokens; the first line has the number `first_line`. Never fails and loses no byte of code:
/// unclosed strings and comments end with the text.
pub fn tokenize(text: &str, language: Language, first_line: u32) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        end: 0,
        at: 0,
        line: first_line,
        language,
        syntax: syntax_of(language),
        strings: Vec::new(),
        heredocs: Vec::new(),
        tokens: Vec::new(),
    };
    for section in code_sections(text, language) {
        lexer.skip_to(section.start);
        lexer.end = section.end;
        // Without an opening it is a piece of a file, and all code.
        if language == Language::Php && memmem::find(lexer.rest().as_bytes(), b"<?").is_some() && !lexer.enter_php() {
            break;
        }
        lexer.strings.clear();
        lexer.heredocs.clear();
        lexer.run();
        while lexer.enter_php() {
            lexer.run();
        }
    }
    lexer.tokens
}

/// A string that a piece of code interrupts.
#[derive(Clone, Copy)]
struct Interrupted {
    quote: Quote,
    inner: u8,
    close: u8,
    depth: usize,
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// Where the section of code ends.
    end: usize,
    at: usize,
    line: u32,
    language: Language,
    syntax: Syntax,
    strings: Vec<Interrupted>,
    heredocs: Vec<Heredoc>,
    tokens: Vec<Token<'a>>,
}

impl<'a> Lexer<'a> {
    fn run(&mut self) {
        while self.at < self.end {
            let byte = self.bytes[self.at];
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                    if !self.heredocs.is_empty() {
                        self.read_heredocs();
                    }
                    self.read_whole_line_block();
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'?' if self.language == Language::Php && self.starts("?>") => return,
                _ if self.read_comment() || self.read_literal() || self.read_quote() => {}
                _ if self.is_word(byte) => self.read_word(),
                _ => self.read_mark(byte),
            }
        }
    }

    /// Moves past the next `<?php`, `<?=` or `<?` of a PHP file; `false` when no code is left.
    fn enter_php(&mut self) -> bool {
        if self.language != Language::Php {
            return false;
        }
        while let Some(found) = memmem::find(&self.bytes[self.at..self.end], b"<?") {
            self.skip_to(self.at + found + 2);
            // `<?xml` is no code.
            if !self.starts("xml") {
                let sign = if self.starts("php") { 3 } else { usize::from(self.starts("=")) };
                self.skip_to(self.at + sign);
                return true;
            }
        }
        self.skip_to(self.end);
        false
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..self.end]
    }

    #[inline]
    fn starts(&self, sign: &str) -> bool {
        // The first byte alone mostly tells.
        let (rest, sign) = (&self.bytes[self.at..self.end], sign.as_bytes());
        rest.first() == sign.first() && rest.starts_with(sign)
    }

    /// Moves on without a token; lines are counted.
    fn skip_to(&mut self, at: usize) {
        let at = at.max(self.at);
        self.line = self.line.saturating_add(count_lines(&self.bytes[self.at..at]));
        self.at = at;
    }

    /// A token up to `end`, which is cut back to a whole character.
    fn push(&mut self, kind: TokenKind, end: usize) {
        let mut end = end.min(self.end);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        if end > self.at {
            self.tokens.push(Token { kind, text: &self.text[self.at..end], start: self.at, line: self.line });
            match kind {
                TokenKind::Text | TokenKind::Comment => self.skip_to(end),
                TokenKind::Word | TokenKind::Number | TokenKind::Mark => self.at = end,
            }
        }
    }

    fn at_line_start(&self) -> bool {
        self.at == 0 || self.bytes[self.at - 1] == b'\n'
    }

    // ---- Comments ----

    fn read_comment(&mut self) -> bool {
        let rest = &self.bytes[self.at..self.end];
        if let Some((open, close)) = self.syntax.block_comment
            && self.starts(open)
        {
            let length = block_length(rest, open.as_bytes(), close.as_bytes(), self.syntax.nests);
            self.push(TokenKind::Comment, self.at + length);
            return true;
        }
        let Some(sign) = self.syntax.line_comments.iter().copied().find(|sign| self.starts(sign)) else { return false };
        let after_space = self.at_line_start() || self.bytes[self.at - 1].is_ascii_whitespace();
        if self.syntax.comment_after_space && !after_space {
            return false;
        }
        // PHP's `#[Attribute]` is code.
        if self.language == Language::Php && rest.starts_with(b"#[") {
            return false;
        }
        if self.language == Language::Lua
            && let Some(length) = literals::lua_long(&rest[sign.len()..])
        {
            self.push(TokenKind::Comment, self.at + sign.len() + length);
            return true;
        }
        let mut length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        if self.language == Language::Php {
            // The end of the code ends a line comment too.
            length = memmem::find(&rest[..length], b"?>").unwrap_or(length);
        }
        self.push(TokenKind::Comment, self.at + length);
        true
    }

    /// Ruby's `=begin` ... `=end` and what follows `__END__`. The lexer stands at the start of a line.
    fn read_whole_line_block(&mut self) {
        if self.language != Language::Ruby || !self.strings.is_empty() {
            return;
        }
        if self.starts("=begin") {
            let rest = &self.bytes[self.at..self.end];
            let end = memmem::find(rest, b"\n=end").map_or(rest.len(), |at| at + "\n=end".len());
            self.push(TokenKind::Comment, self.at + end);
        } else if self.starts("__END__\n") || self.starts("__END__\r\n") {
            self.push(TokenKind::Text, self.end);
        }
    }

    // ---- Texts ----

    /// Literals outside the table of quotes.
    fn read_literal(&mut self) -> bool {
        let rest = &self.bytes[self.at..self.end];
        let in_word = self.at > 0 && self.is_word(self.bytes[self.at - 1]);
        let length = match (self.language, rest[0]) {
            (Language::Rust, b'b' | b'c' | b'r') if !in_word => literals::rust_raw(rest),
            (Language::C, b'R') => literals::cpp_raw(rest),
            (Language::Lua, b'[') => literals::lua_long(rest),
            (Language::Elixir, b'~') => literals::elixir_sigil(rest),
            // `?"` is a character.
            (Language::Elixir | Language::Ruby, b'?')
                if !in_word && matches!(rest.get(1), Some(b'"' | b'\'' | b'`' | b'#')) =>
            {
                Some(2)
            }
            (Language::Ruby, b'%') => literals::ruby_percent(rest, self.expects_value()),
            // A backslash before a quote outside strings is a shell's or a mistake.
            (Language::Plain, b'\\') => Some(2),
            (_, b'\'') if self.syntax.apostrophe == Apostrophe::CharacterOrName => literals::character(self.rest()),
            (_, b'/') if self.syntax.regexes && self.expects_value() => literals::regex(rest),
            (_, b'<') if self.syntax.heredocs != Heredocs::None => return self.open_heredoc(),
            _ => None,
        };
        match length {
            Some(length) => {
                let before = self.at;
                self.push(TokenKind::Text, self.at + length);
                self.at > before
            }
            None => false,
        }
    }

    /// Whether a value, not an operator, comes next.
    fn expects_value(&self) -> bool {
        match self.tokens.iter().rev().find(|token| token.kind != TokenKind::Comment) {
            None => true,
            Some(token) => match token.kind {
                // `</div>` closes an element.
                TokenKind::Mark if token.text == "<" => token.end() != self.at,
                TokenKind::Mark => !matches!(token.text, ")" | "]" | "}"),
                TokenKind::Word => BEFORE_VALUE.contains(&token.text),
                TokenKind::Number | TokenKind::Text | TokenKind::Comment => false,
            },
        }
    }

    fn open_heredoc(&mut self) -> bool {
        // Bash's `<<<` is a word, not a heredoc.
        if self.language == Language::Plain && self.starts("<<<") {
            self.push(TokenKind::Mark, self.at + 3);
            return true;
        }
        let Some((length, heredoc)) = heredoc::open(self.rest(), self.syntax.heredocs) else { return false };
        self.heredocs.push(heredoc);
        self.push(TokenKind::Text, self.at + length);
        true
    }

    /// The texts of the heredocs that the line before opened; the lexer stands at the start of a line.
    fn read_heredocs(&mut self) {
        for heredoc in std::mem::take(&mut self.heredocs) {
            let mut end = self.at;
            loop {
                if end >= self.end {
                    break;
                }
                let length = memchr::memchr(b'\n', &self.bytes[end..self.end]).unwrap_or(self.end - end);
                if let Some(closing) = heredoc.closes(&self.text[end..end + length]) {
                    end += closing;
                    break;
                }
                end = (end + length + 1).min(self.end);
            }
            self.push(TokenKind::Text, end);
        }
    }

    fn read_quote(&mut self) -> bool {
        let Some(quote) = self.syntax.quotes.iter().find(|quote| self.starts(quote.open)) else { return false };
        let quote = *quote;
        self.read_string(quote, quote.open.len());
        true
    }

    /// Reads on in a string, `from` bytes after the lexer's place, up to its end or to a piece of code.
    fn read_string(&mut self, quote: Quote, from: usize) {
        let (first, close) = (quote.close.as_bytes()[0], quote.close.as_bytes());
        let code = quote.code.filter(|_| self.strings.len() < MAX_DEPTH);
        let mut at = self.at + from;
        while at < self.end {
            let byte = self.bytes[at];
            if byte == b'\\' {
                // Swift's `\(` begins with the sign that escapes.
                if let Some((open, inner, end)) = code
                    && self.bytes[at..self.end].starts_with(open.as_bytes())
                {
                    return self.interrupt(quote, at + open.len(), inner, end);
                }
                at += if quote.escapes { 2 } else { 1 };
            } else if byte == first && self.bytes[at..self.end].starts_with(close) {
                if quote.doubles && self.bytes[at + close.len()..self.end].starts_with(close) {
                    at += 2 * close.len();
                    continue;
                }
                return self.push(TokenKind::Text, at + close.len());
            } else if byte == b'\n' && !quote.multiline {
                break;
            } else if let Some((open, inner, end)) = code
                && self.bytes[at..self.end].starts_with(open.as_bytes())
            {
                return self.interrupt(quote, at + open.len(), inner, end);
            } else {
                at += 1;
            }
        }
        self.push(TokenKind::Text, at.max(self.at + 1));
    }

    fn interrupt(&mut self, quote: Quote, end: usize, inner: u8, close: u8) {
        self.push(TokenKind::Text, end);
        self.strings.push(Interrupted { quote, inner, close, depth: 0 });
    }

    // ---- Words and marks ----

    fn is_word(&self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 || self.syntax.word_extra.contains(&byte)
    }

    fn read_word(&mut self) {
        let number = self.bytes[self.at].is_ascii_digit();
        let rest = &self.bytes[self.at..self.end];
        // C++ and others write 1'000.
        let mut length = 1;
        while length < rest.len() {
            let inside = self.is_word(rest[length])
                || number
                    && rest[length] == b'\''
                    && self.language == Language::C
                    && rest.get(length + 1).is_some_and(u8::is_ascii_hexdigit);
            if !inside {
                break;
            }
            length += 1;
        }
        self.push(if number { TokenKind::Number } else { TokenKind::Word }, self.at + length);
    }

    fn read_mark(&mut self, byte: u8) {
        if let Some(string) = self.strings.last_mut() {
            if byte == string.close && string.depth == 0 {
                // The bracket belongs to the string, as the one that opened the code does.
                let quote = string.quote;
                self.strings.pop();
                return self.read_string(quote, 1);
            }
            string.depth =
                if byte == string.close { string.depth - 1 } else { string.depth + usize::from(byte == string.inner) };
        }
        self.push(TokenKind::Mark, self.at + 1);
    }
}

fn count_lines(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

fn block_length(rest: &[u8], open: &[u8], close: &[u8], nests: bool) -> usize {
    if !nests {
        return memmem::find(&rest[open.len()..], close).map_or(rest.len(), |at| open.len() + at + close.len());
    }
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with(open) {
            depth += 1;
            at += open.len();
        } else if rest[at..].starts_with(close) {
            depth -= 1;
            at += close.len();
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind::{Comment, Text, Word};

    /// The words that stand in code, and nothing else.
    fn words(language: Language, text: &str) -> String {
        let tokens = tokenize(text, language, 1);
        tokens.iter().filter(|token| token.kind == Word).map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn check(language: Language, text: &str, expected: &str) {
        assert_eq!(words(language, text), expected, "{text}");
    }

    #[test]
    fn strings_and_comments_hide_their_words() {
        check(Language::C, "a(\"b\\\"c\"); // d\n/* e\n f */ g 'h' R\"x(i)\" )x\" j", "a g j");
        check(Language::Rust, "a r#\"b\" c\"# 'd' &'e f /* g /* h */ i */ b'\\n' j'k", "a e f b j k");
        check(Language::Rust, "for r in b { r#type(\"x\") }", "for r in b r type");
        check(Language::Go, "a `b\nc` \"d\" 'e' // f\ng", "a g");
        check(Language::Python, "a \"\"\"b\n\"c\" \"\"\" d # e\nr'f\\'g' h '''i''' j 'k\nl", "a d r h j l");
        check(Language::Lua, "a [[b]] --[==[ c ]] d ]==] e -- f\ng \"h\\\"i\" [=[j]=] k", "a e g k");
        check(Language::CSharp, "a @\"b\\\" c \"d\" @\"e \"\" f\" g \"\"\"h \" i\"\"\" j", "a c g j");
        check(Language::Dart, "a r'b\\' c '${d(\"e\")}' f", "a c d f");
        check(Language::Kotlin, "a \"\"\"b \" ${c} \\\"\"\" d \"e\\\"f\" 'g'", "a c d");
        check(Language::Swift, "a \"b \\(c(\"d\")) e\" f #\"g \\\"h\"# i", "a c f i");
        check(Language::Scala, "a 'b' 'c s\"d ${e} f\"", "a c s e");
        check(Language::Elixir, "a ~r/b\\/c/ \"d #{e} f\" ?\" g # h\n\"\"\"\ni\n\"\"\" j ~s(k (l)) m", "a e g j m");
        check(Language::Php, "a <?php b // c\n'd' # e\n#[f]\n/* g */ ?> h <?= i ?> <?xml j ?>", "b f i");
        check(Language::Plain, "a # b\nc#d 'e' <<EOF f\ng\nEOF\nh", "a c d f h");
    }

    #[test]
    fn code_inside_strings_is_code() {
        check(Language::JavaScript, "a(`b ${c(`d ${e} f`, {g: 1})} h`) i", "a c e g i");
        check(Language::Ruby, "a \"b #{c(\"d\") { e }} f\" g", "a c e g");
    }

    #[test]
    fn regular_expressions_are_no_comments_and_divisions_are_no_expressions() {
        check(Language::JavaScript, "a = /b\\/[/'\"]c/g; d / e / f; return /h/", "a d e f return");
        check(Language::JavaScript, "<p>x</p>; a(1) / b /* c */", "p x p a b");
        check(Language::Ruby, "a if /b'c/ =~ d; e / f / g %w[h i] j", "a if d e f g j");
    }

    #[test]
    fn heredocs_end_at_their_word() {
        check(
            Language::Ruby,
            "a(<<~SQL, b)\n  c\n  SQL\nd <<-'X'.e\nf\n  X\ng << h\nclass << i",
            "a b d e g h class i",
        );
        check(Language::Ruby, "a(<<A, <<B)\nb\nA\nc\nB\nd", "a d");
        check(Language::Php, "<?php $a = <<<EOT\n b \n  EOT; c(<<<'X'\nd\nX); e", "$a c e");
        check(Language::Ruby, "a\n=begin\nb\n=end\nc\n__END__\nd", "a c");
    }

    #[test]
    fn components_hold_code_in_their_scripts() {
        check(Language::JavaScript, "<template>\n a 'b\n</template>\n<script lang=\"ts\">\nc('d')\n</script>\ne", "c");
        let tokens = tokenize("<template>\n</template>\n<script>\nc()\n</script>", Language::JavaScript, 10);
        assert_eq!((tokens[0].text, tokens[0].line), ("c", 13));
    }

    #[test]
    fn lines_and_offsets_are_exact() {
        let text = "a = \"\"\"x\ny\"\"\"\n# é\nb";
        let tokens = tokenize(text, Language::Python, 5);
        let seen: Vec<_> = tokens.iter().map(|token| (token.kind, token.line, token.last_line())).collect();
        assert_eq!(seen, [(Word, 5, 5), (TokenKind::Mark, 5, 5), (Text, 5, 6), (Comment, 7, 7), (Word, 8, 8)]);
        assert!(tokens.iter().all(|token| &text[token.start..token.end()] == token.text));
    }

    #[test]
    fn nothing_unclosed_is_lost_or_loops() {
        for language in Language::ALL {
            for text in [
                "\"", "'", "`", "/*", "<<A", "<<~A\n", "<<<A\n", "%w[", "r#\"", "R\"(", "[[", "\\", "\"${", "'é",
                "~s(", "a\\",
            ] {
                let tokens = tokenize(text, language, 1);
                let kept: usize = tokens.iter().map(|token| token.text.trim().len()).sum();
                assert_eq!(kept, text.trim().len(), "{language:?} {text:?}: {tokens:?}");
            }
        }
    }

    /// Quadratic work on this would take minutes, which whoever waits for the test sees; what it asserts is the result.
    #[test]
    fn hostile_text_is_kept_to_its_end() {
        for piece in ["/[", "'", "\"${", "%w[", "<<A ", "/*", "r#\"", "R\"(", "`", "\\", "é'"] {
            let text = piece.repeat(50_000 / piece.len());
            for language in Language::ALL {
                let tokens = tokenize(&text, language, 1);
                let mut end = 0;
                for token in &tokens {
                    let between = text.get(end..token.start);
                    assert!(between.is_some_and(|it| it.trim().is_empty()), "{language:?} {piece:?} at {end}");
                    end = token.end();
                }
                assert!(text[end..].trim().is_empty(), "{language:?} {piece:?} ends at {end} of {}", text.len());
            }
        }
    }
}
