//! How each language writes comments and strings: the table that the lexer works from.

use super::Language;

/// A kind of string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    /// A backslash takes the next character's meaning away.
    pub(super) escapes: bool,
    /// A close that stands twice stands for itself.
    pub(super) doubles: bool,
    /// It may go on over lines; otherwise the end of the line ends it, closed or not.
    pub(super) multiline: bool,
    /// What opens a piece of code inside, and the bracket pair that ends it.
    pub(super) code: Option<(&'static str, u8, u8)>,
}

/// Heredocs that a language knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heredocs {
    None,
    Ruby,
    Php,
    Shell,
}

/// What a `'` begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Apostrophe {
    /// A string like any other in the table.
    Quote,
    /// A character, or a lifetime or symbol, which has no end.
    CharacterOrName,
}

/// A language's comments and strings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax {
    pub(super) line_comments: &'static [&'static str],
    /// Only at the start of a line or after a space.
    pub(super) comment_after_space: bool,
    pub(super) block_comment: Option<(&'static str, &'static str)>,
    pub(super) nests: bool,
    /// Longer openings first.
    pub(super) quotes: &'static [Quote],
    pub(super) heredocs: Heredocs,
    pub(super) apostrophe: Apostrophe,
    /// `/` may begin a regular expression.
    pub(super) regexes: bool,
    /// Characters of names besides letters, digits and `_`.
    pub(super) word_extra: &'static [u8],
}

const fn quote(mark: &'static str) -> Quote {
    Quote { open: mark, close: mark, escapes: true, doubles: false, multiline: false, code: None }
}

const fn long(mark: &'static str) -> Quote {
    Quote { multiline: true, ..quote(mark) }
}

const fn raw(open: &'static str, close: &'static str) -> Quote {
    Quote { open, close, escapes: false, doubles: false, multiline: true, code: None }
}

const fn with_code(quote: Quote, open: &'static str, inner: u8, close: u8) -> Quote {
    Quote { code: Some((open, inner, close)), ..quote }
}

const BRACES: (&str, u8, u8) = ("${", b'{', b'}');
const HASH_BRACES: (&str, u8, u8) = ("#{", b'{', b'}');

const fn braces(quote: Quote) -> Quote {
    with_code(quote, BRACES.0, BRACES.1, BRACES.2)
}

const fn hash_braces(quote: Quote) -> Quote {
    with_code(quote, HASH_BRACES.0, HASH_BRACES.1, HASH_BRACES.2)
}

const BASE: Syntax = Syntax {
    line_comments: &["//"],
    comment_after_space: false,
    block_comment: Some(("/*", "*/")),
    nests: false,
    quotes: const { &[quote("\""), quote("'")] },
    heredocs: Heredocs::None,
    apostrophe: Apostrophe::Quote,
    regexes: false,
    word_extra: b"",
};

/// The syntax of a language.
pub(super) fn syntax_of(language: Language) -> Syntax {
    match language {
        Language::C => BASE,
        Language::CSharp => Syntax {
            quotes: const {
                &[
                    raw("\"\"\"", "\"\"\""),
                    Quote { doubles: true, ..raw("$@\"", "\"") },
                    Quote { doubles: true, ..raw("@$\"", "\"") },
                    Quote { doubles: true, ..raw("@\"", "\"") },
                    quote("\""),
                    quote("'"),
                ]
            },
            ..BASE
        },
        Language::Dart => Syntax {
            nests: true,
            quotes: const {
                &[
                    braces(long("\"\"\"")),
                    braces(long("'''")),
                    Quote { multiline: false, ..raw("r\"", "\"") },
                    Quote { multiline: false, ..raw("r'", "'") },
                    braces(quote("\"")),
                    braces(quote("'")),
                ]
            },
            ..BASE
        },
        Language::Elixir => Syntax {
            line_comments: &["#"],
            block_comment: None,
            quotes: const {
                &[
                    hash_braces(long("\"\"\"")),
                    hash_braces(long("'''")),
                    hash_braces(long("\"")),
                    hash_braces(long("'")),
                ]
            },
            ..BASE
        },
        Language::Go => Syntax { quotes: const { &[raw("`", "`"), quote("\""), quote("'")] }, ..BASE },
        Language::Java => Syntax {
            quotes: const { &[long("\"\"\""), long("'''"), quote("\""), quote("'")] },
            word_extra: b"$",
            ..BASE
        },
        Language::JavaScript => Syntax {
            quotes: const { &[braces(long("`")), quote("\""), quote("'")] },
            regexes: true,
            word_extra: b"$",
            ..BASE
        },
        Language::Kotlin => Syntax {
            nests: true,
            quotes: const { &[braces(raw("\"\"\"", "\"\"\"")), braces(quote("\"")), quote("'")] },
            ..BASE
        },
        Language::Lua => Syntax { line_comments: &["--"], block_comment: None, ..BASE },
        Language::Php => Syntax {
            line_comments: &["//", "#"],
            quotes: const { &[long("\""), long("'"), long("`")] },
            heredocs: Heredocs::Php,
            word_extra: b"$",
            ..BASE
        },
        Language::Python => Syntax {
            line_comments: &["#"],
            block_comment: None,
            quotes: const { &[long("\"\"\""), long("'''"), quote("\""), quote("'")] },
            ..BASE
        },
        Language::Ruby => Syntax {
            line_comments: &["#"],
            block_comment: None,
            quotes: const { &[hash_braces(long("\"")), long("'"), hash_braces(long("`"))] },
            heredocs: Heredocs::Ruby,
            regexes: true,
            ..BASE
        },
        Language::Rust => {
            Syntax { nests: true, quotes: const { &[long("\"")] }, apostrophe: Apostrophe::CharacterOrName, ..BASE }
        }
        Language::Scala => Syntax {
            nests: true,
            quotes: const { &[braces(raw("\"\"\"", "\"\"\"")), braces(quote("\""))] },
            apostrophe: Apostrophe::CharacterOrName,
            ..BASE
        },
        Language::Plain => Syntax {
            line_comments: &["#"],
            comment_after_space: true,
            block_comment: None,
            heredocs: Heredocs::Shell,
            ..BASE
        },
        Language::Swift => Syntax {
            nests: true,
            quotes: const {
                &[
                    with_code(long("\"\"\""), "\\(", b'(', b')'),
                    raw("#\"", "\"#"),
                    with_code(quote("\""), "\\(", b'(', b')'),
                ]
            },
            ..BASE
        },
    }
}
