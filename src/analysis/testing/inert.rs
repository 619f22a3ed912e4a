//! Lines of code that change no behaviour by themselves: imports, types, constants, logs, lone keywords.

use super::lines::{CodeLine, CodeLines, Inside, Piece};
use crate::analysis::code::{Language, TokenKind};
use std::collections::BTreeSet;

/// Words that begin a line of imports or packages.
fn import_words(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &["import", "from"],
        Language::JavaScript | Language::Dart => &["import"],
        Language::Go => &["import", "package"],
        Language::Rust => &["use", "mod", "extern"],
        Language::Java | Language::Kotlin | Language::Scala => &["import", "package"],
        Language::CSharp => &["using", "namespace"],
        Language::Php => &["use", "namespace", "declare", "require_once", "include_once"],
        Language::Ruby => &["require", "require_relative", "autoload", "include"],
        Language::Elixir => &["alias", "import", "require"],
        Language::Swift => &["import"],
        Language::C | Language::Lua | Language::Plain => &[],
    }
}

/// Whether the line imports something.
pub(super) fn imports(tokens: &[Piece<'_>], language: Language) -> bool {
    import_words(language).contains(&first_word(tokens))
}

/// Words before a declaration that say who may see it.
const VISIBILITY: [&str; 16] = [
    "export",
    "pub",
    "public",
    "private",
    "protected",
    "internal",
    "static",
    "final",
    "default",
    "declare",
    "abstract",
    "sealed",
    "open",
    "readonly",
    "override",
    "const",
];

/// Words that begin a declaration without behaviour, up to the end of its brackets.
fn type_words(language: Language) -> &'static [&'static str] {
    match language {
        Language::JavaScript => &["interface", "type"],
        Language::Go => &["type"],
        Language::Rust => &["struct", "enum", "trait", "type", "union"],
        Language::Java | Language::Kotlin | Language::CSharp | Language::Php => &["interface"],
        Language::Swift => &["protocol", "typealias"],
        Language::C => &["struct", "enum", "typedef", "union"],
        _ => &[],
    }
}

/// Lines that say nothing alone: they close or open what other lines do.
const LONE: [&str; 22] = [
    "else", "end", "do", "try", "finally", "pass", "begin", "then", "fi", "done", "ensure", "return", "break",
    "continue", "default", "self", "nil", "None", "null", "true", "false", "super",
];

/// Attributes of Python, Elixir and others that only document.
const QUIET_ATTRIBUTES: [&str; 14] = [
    "spec",
    "type",
    "typep",
    "typedoc",
    "opaque",
    "doc",
    "moduledoc",
    "callback",
    "impl",
    "deprecated",
    "overload",
    "Override",
    "SuppressWarnings",
    "Deprecated",
];

/// Names that are spoken to in order to log.
const LOGS: [&str; 21] = [
    "log",
    "logger",
    "logging",
    "Logger",
    "LOG",
    "LOGGER",
    "_logger",
    "slog",
    "tracing",
    "console",
    "trace",
    "debug",
    "info",
    "warn",
    "print",
    "println",
    "puts",
    "eprintln",
    "warnings",
    "error_log",
    "dbg",
];

/// The numbers of lines that are inert whatever stands around the change: of imports, types and documentation blocks.
pub(super) fn inert_blocks(lines: &CodeLines<'_>, language: Language) -> BTreeSet<u32> {
    let mut inert = BTreeSet::new();
    // A declaration that is open: how deep it began, and whether it may hold functions with bodies.
    let mut open: Option<usize> = None;
    let mut body: Option<usize> = None;
    let mut last: &[Piece<'_>] = &[];
    for (number, line) in lines.iter() {
        let tokens = line.tokens;
        if let Some(depth) = open {
            if line.depth > depth || line.depth == depth && (is_closing(tokens) || goes_on(last, tokens)) {
                // A trait or an interface can hold functions with bodies.
                match body {
                    Some(inner) if line.depth > inner => continue,
                    _ => body = None,
                }
                if has_body(tokens, language) {
                    body = Some(line.depth);
                    continue;
                }
                inert.insert(number);
                last = tokens;
                continue;
            }
            (open, body) = (None, None);
        }
        let first = first_word(tokens);
        let imports = import_words(language).contains(&first)
            || language == Language::C
                && tokens[0].is("#")
                && tokens.get(1).is_some_and(|word| ["include", "pragma", "ifndef", "endif"].contains(&word.text))
            || language == Language::JavaScript && re_exports(tokens)
            || language == Language::Python
                && (first == "__all__" || first == "__version__" || is_type_checking(tokens) || is_type_alias(tokens));
        let types = type_words(language).contains(&first) && !has_value(tokens, language)
            || language == Language::JavaScript && tokens[0].is("declare");
        // A call over several lines that only tells.
        let tells = is_log(tokens) && opens_call(tokens);
        if imports || types || tells || is_required(tokens, language) {
            inert.insert(number);
            open = Some(line.depth);
            last = tokens;
        }
    }
    inert
}

/// Whether arguments that this line begins end on a later one.
fn opens_call(tokens: &[Piece<'_>]) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Mark) {
        match token.text {
            "(" | "[" | "{" => open.push(token.text),
            ")" | "]" | "}" => drop(open.pop()),
            _ => {}
        }
    }
    open == ["("]
}

/// What comes behind the words that say who may see a declaration; `others` may stand among them.
pub(super) fn behind_visibility<'t, 'a>(tokens: &'t [Piece<'a>], others: &[&str]) -> &'t [Piece<'a>] {
    let mut rest = tokens;
    while let [first, after @ ..] = rest
        && (VISIBILITY.contains(&first.text) || others.contains(&first.text))
    {
        // `pub(crate)`
        let scoped = after.first().is_some_and(|next| next.is("("));
        let close = after.iter().position(|token| token.is(")")).filter(|_| scoped);
        rest = &after[close.map_or(0, |close| close + 1)..];
    }
    rest
}

fn first_word<'t>(tokens: &[Piece<'t>]) -> &'t str {
    behind_visibility(tokens, &[]).first().filter(|token| token.is_word()).map_or("", |token| token.text)
}

fn is_closing(tokens: &[Piece<'_>]) -> bool {
    tokens.first().is_some_and(|token| [")", "]", "}"].contains(&token.text))
}

/// A function with a body in a trait or an interface.
fn has_body(tokens: &[Piece<'_>], language: Language) -> bool {
    let last = tokens.last().is_some_and(|token| token.is("{"));
    let function = tokens.iter().any(|token| ["fn", "fun", "default"].contains(&token.text));
    last && function && matches!(language, Language::Rust | Language::Java | Language::Kotlin | Language::CSharp)
}

/// `type X = ...` is a type; `type(x)` and `enum.value()` are calls.
fn has_value(tokens: &[Piece<'_>], language: Language) -> bool {
    let at = tokens.iter().position(|token| type_words(language).contains(&token.text)).unwrap_or(0);
    let next = tokens.get(at + 1);
    // In C a function can begin with `struct x *f(`.
    let called = language == Language::C && tokens.iter().any(|token| token.is("("));
    called
        || next.is_none_or(|token| !token.is_word() && !token.is("("))
        || language != Language::Go && next.is_some_and(|token| token.is("("))
}

/// `export { a } from './b'`, `export * from './b'`.
fn re_exports(tokens: &[Piece<'_>]) -> bool {
    tokens[0].is("export") && tokens.get(1).is_some_and(|token| token.is("{") || token.is("*") || token.is("type"))
}

/// Whether a declaration goes on from one line to the next although no bracket is open: `type A =`, `| B`.
fn goes_on(last: &[Piece<'_>], tokens: &[Piece<'_>]) -> bool {
    let joins = |token: Option<&Piece<'_>>| {
        token.is_some_and(|token| ["|", "&", "=", "?", ":"].iter().any(|mark| token.is(mark)))
    };
    joins(last.last()) || joins(tokens.first()) || tokens.first().is_some_and(|token| token.is("extends"))
}

/// `Value = t.Union[...]`, `T = TypeVar(...)`.
fn is_type_alias(tokens: &[Piece<'_>]) -> bool {
    let Some(at) = tokens.iter().position(|token| token.is("=")) else { return false };
    let value: Vec<&str> = tokens[at + 1..].iter().take(3).map(|token| token.text).collect();
    let named = tokens.iter().take(at).any(|token| token.text == "TypeAlias");
    let typing = value.first().is_some_and(|first| ["t", "te", "typing"].contains(first)) && value.get(1) == Some(&".");
    named
        || typing && value.get(2) != Some(&"cast")
        || value.first().is_some_and(|first| ["TypeVar", "Union", "Optional", "Callable"].contains(first))
}

fn is_type_checking(tokens: &[Piece<'_>]) -> bool {
    tokens[0].is("if") && tokens.iter().any(|token| ["TYPE_CHECKING", "version_info"].contains(&token.text))
}

/// Whether the line alone changes nothing that a test could see.
pub(super) fn is_inert_line(line: CodeLine<'_, '_>, language: Language) -> bool {
    let CodeLine { tokens, depth, inside } = line;
    let telling =
        tokens.iter().any(|token| matches!(token.kind, TokenKind::Word | TokenKind::Number | TokenKind::Text));
    let mut words = tokens.iter().filter(|token| token.kind != TokenKind::Mark);
    // A line of a text that goes over several lines.
    let prose = words.clone().all(|word| word.kind == TokenKind::Text && (is_prose(word.text) || is_style(word.text)));
    let lone = words.all(|word| LONE.contains(&word.text));
    !telling
        || lone
        || prose
        || is_attribute(tokens, language)
        || is_constant(tokens, depth, language)
        || is_data(tokens, inside)
        || is_log(tokens)
        || is_declaration(tokens, language)
        || is_conflict_marker(tokens)
        || language == Language::Rust && is_condition_of_build(tokens)
}

/// `<<<<<<< HEAD`, `>>>>>>> topic`: what a merge left is another rule's matter.
fn is_conflict_marker(tokens: &[Piece<'_>]) -> bool {
    let mut begin = tokens.iter().flat_map(|token| token.text.chars()).take(7);
    let first = begin.next();
    matches!(first, Some('<' | '>' | '|')) && begin.clone().count() == 6 && begin.all(|sign| Some(sign) == first)
}

/// A line of a `cfg` over several lines, `target_os = "linux",`, or what is only there while it is built or debugged.
fn is_condition_of_build(tokens: &[Piece<'_>]) -> bool {
    const CONDITIONS: [&str; 10] = [
        "target_os",
        "target_arch",
        "target_env",
        "target_family",
        "target_vendor",
        "feature",
        "not",
        "any",
        "all",
        "debug_assertions",
    ];
    const MARKS: [&str; 4] = ["=", ",", "(", ")"];
    let only = |token: &Piece<'_>| match token.kind {
        TokenKind::Word => CONDITIONS.contains(&token.text) || ["unix", "windows"].contains(&token.text),
        TokenKind::Mark => MARKS.contains(&token.text),
        TokenKind::Text => true,
        TokenKind::Number | TokenKind::Comment => false,
    };
    let first = tokens[0].text;
    CONDITIONS.contains(&first) && tokens.iter().all(only)
        || (first == "compile_error" || first.starts_with("debug_assert"))
            && tokens.get(1).is_some_and(|next| next.is("!"))
}

/// A row of a table: texts, numbers and the brackets around them, as an item of a list or a value in a map.
fn is_data(tokens: &[Piece<'_>], inside: Inside) -> bool {
    const MARKS: [&str; 13] = ["(", ")", "[", "]", "{", "}", ",", ":", "&", "-", ".", "=", ">"];
    const VALUES: [&str; 7] = ["true", "false", "True", "False", "null", "nil", "None"];
    let is_item = match inside {
        Inside::List => true,
        Inside::Block => {
            // `"a": 1`, and `"a" => 1` of Ruby and PHP.
            let arrow = tokens.len() > 3 && tokens[1].is("=") && tokens[2].is(">");
            tokens.len() > 2 && is_value(&tokens[0]) && (tokens[1].is(":") || arrow)
        }
        Inside::Nothing | Inside::Call => false,
    };
    is_item
        && tokens.iter().all(|token| match token.kind {
            TokenKind::Text | TokenKind::Number => true,
            TokenKind::Mark => MARKS.contains(&token.text),
            TokenKind::Word => VALUES.contains(&token.text),
            TokenKind::Comment => true,
        })
}

/// `const a = require("a")`: another word for an import.
fn is_required(tokens: &[Piece<'_>], language: Language) -> bool {
    if !matches!(language, Language::JavaScript | Language::Lua) {
        return false;
    }
    let begins = ["const", "let", "var", "local"].iter().any(|word| tokens[0].is(word));
    let Some(at) = tokens.iter().position(|token| token.is("require")) else { return false };
    let named = tokens[..at].iter().filter(|token| token.is("=")).count() == 1 && tokens[at - 1].is("=");
    let rest: Vec<&Piece<'_>> = tokens[at + 1..].iter().filter(|token| !token.is(";")).collect();
    let path = match rest.as_slice() {
        [open, path, close, member @ ..] => {
            open.is("(") && path.kind == TokenKind::Text && close.is(")") && (member.is_empty() || member[0].is("."))
        }
        _ => false,
    };
    begins && named && path && rest.len() <= 7 && !rest[3.min(rest.len())..].iter().any(|token| token.is("("))
}

/// `font-weight: bold;` in a text over several lines: how a page looks.
fn is_style(text: &str) -> bool {
    let Some((name, value)) = text.strip_suffix(';').and_then(|text| text.split_once(':')) else { return false };
    const STYLES: [&str; 18] = [
        "color",
        "background",
        "font",
        "margin",
        "padding",
        "border",
        "width",
        "height",
        "display",
        "position",
        "line-height",
        "text-",
        "opacity",
        "flex",
        "grid",
        "gap",
        "z-index",
        "overflow",
    ];
    STYLES.iter().any(|style| name.starts_with(style))
        && !name.contains(' ')
        && value.starts_with(' ')
        && !value.contains(['{', '}', ':', '$'])
}

/// Several words for people.
fn is_prose(text: &str) -> bool {
    let words = text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2);
    words.count() >= 4
}

fn is_attribute(tokens: &[Piece<'_>], language: Language) -> bool {
    let second = tokens.get(1).map_or("", |token| token.text);
    match tokens[0].text {
        "@" => QUIET_ATTRIBUTES.contains(&second) || tokens.iter().any(|token| token.text == "overload"),
        "#" if language == Language::Rust => true,
        "[" if matches!(language, Language::CSharp) => tokens.last().is_some_and(|token| token.is("]")),
        _ => false,
    }
}

/// `NAME = 3`, `const a = "b";`, `a: 1,` at the top of a file: a name with a plain value.
fn is_constant(tokens: &[Piece<'_>], depth: usize, language: Language) -> bool {
    let Some(at) = tokens.iter().position(|token| token.is("=")) else {
        // `#define LIMIT 3`
        let defines =
            language == Language::C && tokens[0].is("#") && tokens.get(1).is_some_and(|word| word.text == "define");
        return defines && tokens.len() <= 4 && !tokens.iter().any(|token| token.is("("));
    };
    let (name, value) = (&tokens[..at], &tokens[at + 1..]);
    let plain = |token: &Piece<'_>| match token.kind {
        TokenKind::Number | TokenKind::Text => true,
        TokenKind::Mark => [",", ";", "-", ".", "_"].contains(&token.text),
        TokenKind::Word => {
            ["true", "false", "null", "nil", "None", "True", "False", "u8", "i32", "u32", "u64", "usize"]
                .contains(&token.text)
        }
        TokenKind::Comment => true,
    };
    let named = name.iter().rfind(|token| token.is_word()).map_or("", |token| token.text);
    let first = first_word(tokens);
    let declared = ["const", "static", "final", "let", "val"]
        .iter()
        .any(|word| tokens.iter().take(4).any(|token| token.text == *word));
    let shouts = named.len() > 1 && !named.chars().any(char::is_lowercase);
    // One inside a function is no more than that, unless it is a variable.
    let fixed = tokens[0].is("const") || tokens[0].is("static");
    let top = depth == 0 && (shouts || first.starts_with("__") || declared) || fixed && value.iter().any(is_value);
    top && !value.is_empty() && value.iter().all(plain) && !name.iter().any(|token| token.is("("))
}

fn is_value(token: &Piece<'_>) -> bool {
    matches!(token.kind, TokenKind::Number | TokenKind::Text)
}

pub(super) fn is_log(tokens: &[Piece<'_>]) -> bool {
    let start = usize::from(tokens[0].text == "self" || tokens[0].text == "this") * 2;
    let Some(first) = tokens.get(start) else { return false };
    let next = tokens.get(start + 1).map_or("", |token| token.text);
    // `log::info!`; a member `log: x` is something else.
    let path = next == ":" && tokens.get(start + 2).is_some_and(|token| token.is(":"));
    // Ruby's `log "..."`.
    let told = tokens.get(start + 1).is_some_and(|token| token.kind == TokenKind::Text);
    is_told_log(tokens) || LOGS.contains(&first.text) && (path || told || ["(", ".", "!"].contains(&next))
}

/// `caddy.Log().Warn(`, `cli.logger.error {`: a log that is asked for first, and told by a level. Not `app.log.push(`, and
/// nothing that decides or sets something.
fn is_told_log(tokens: &[Piece<'_>]) -> bool {
    let decides = ["if", "return", "for", "while", "unless", "case", "match"].contains(&tokens[0].text);
    if decides || !tokens[0].is_word() || tokens.iter().any(|token| token.is("=")) {
        return false;
    }
    let is_log = |token: &Piece<'_>| ["log", "logger"].iter().any(|name| token.text.eq_ignore_ascii_case(name));
    let is_level = |token: &Piece<'_>| LEVELS.iter().any(|level| token.text.eq_ignore_ascii_case(level));
    let Some(at) = tokens.iter().take(ASKED_LOG).position(is_log).filter(|at| *at > 0 && tokens[at - 1].is(".")) else {
        return false;
    };
    let behind = match &tokens[at + 1..] {
        [open, close, dot, rest @ ..] if open.is("(") && close.is(")") && dot.is(".") => rest,
        [dot, rest @ ..] if dot.is(".") => rest,
        _ => return false,
    };
    let tells = |token: &Piece<'_>| token.is("(") || token.is("{") || token.kind == TokenKind::Text;
    behind.first().is_some_and(is_level) && behind.get(1).is_some_and(tells)
}

/// What a log is told by.
const LEVELS: [&str; 10] =
    ["error", "warn", "warning", "info", "debug", "trace", "fatal", "critical", "exception", "notice"];

/// A statement that speaks to a log that it asks for first does so within so many tokens.
const ASKED_LOG: usize = 5;

/// `class NotFound(LookupError):`: a name for a kind of error, with nothing said of it on this line.
fn is_kind_of_error(tokens: &[Piece<'_>]) -> bool {
    let based = |token: &Piece<'_>| ["Error", "Exception", "Warning"].iter().any(|kind| token.text.ends_with(kind));
    tokens.last().is_some_and(|token| token.is(":")) && tokens.iter().skip(2).filter(|token| token.is_word()).any(based)
}

/// A forward declaration or a type's field: `int f(int);` of C, `name: String,` of Rust are judged by their blocks; here
/// stand the lines that are a declaration alone.
fn is_declaration(tokens: &[Piece<'_>], language: Language) -> bool {
    match language {
        Language::C => {
            let ends = tokens.last().is_some_and(|token| token.is(";"));
            ends && tokens[0].is("extern")
        }
        Language::Python if tokens[0].text == "class" => is_kind_of_error(tokens),
        // `name: str` in a class; a default is a value.
        Language::Python => {
            tokens.len() >= 3
                && tokens[0].is_word()
                && tokens[1].is(":")
                && !["else", "try", "finally", "lambda"].contains(&tokens[0].text)
                && !tokens.iter().any(|token| token.is("=") || token.is("("))
        }
        Language::Ruby => {
            ["attr_reader", "attr_accessor", "private", "protected", "public"].contains(&tokens[0].text)
                && tokens.len() <= 3
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::code_lines;
    use super::*;

    #[track_caller]
    fn telling(language: Language, text: &str, expected: &[u32]) {
        let lines = code_lines(text, language, 1);
        let blocks = inert_blocks(&lines, language);
        let left: Vec<u32> = lines
            .iter()
            .filter(|(number, line)| !blocks.contains(number) && !is_inert_line(*line, language))
            .map(|(number, _)| number)
            .collect();
        assert_eq!(left, expected, "{text}");
    }

    #[test]
    fn imports_types_constants_and_logs_say_nothing() {
        telling(
            Language::Python,
            "from a import (\n    b,\n)\nimport c\n__version__ = \"2\"\nLIMIT = 3\nx = f()\nlog.info(x)\nif TYPE_CHECKING:\n",
            &[7],
        );
        telling(
            Language::JavaScript,
            "import {\n  a\n} from 'b'\nexport interface A {\n  b: string\n}\nexport type C =\n  | 'a'\nexport const f = () => {\n  g()\n}\nexport * from './x'\n",
            &[9, 10],
        );
        telling(
            Language::Go,
            "package a\nimport (\n\t\"fmt\"\n)\ntype A struct {\n\tB int\n}\nfunc f() {\n\tg()\n}\n",
            &[8, 9],
        );
        telling(
            Language::Rust,
            "use a::{\n    b,\n};\npub(crate) struct A {\n    b: u8,\n}\n#[derive(Debug)]\nfn f() {\n    g();\n}\ntrait T {\n    fn a(&self);\n    fn b(&self) {\n        c();\n    }\n}\n",
            &[8, 9, 13, 14],
        );
        telling(Language::Java, "package a;\nimport b.C;\n@Override\npublic void f() {\n  g();\n}\n", &[4, 5]);
        telling(
            Language::C,
            "#include <a.h>\n#define LIMIT 3\n#define MAX(a) (a)\nint f(void) {\n  return 1;\n}\n",
            &[3, 4, 5],
        );
        telling(
            Language::JavaScript,
            "const a = require('a').b\nvar c = require('c')()\nlog.info(\n  a(),\n)\nlog: (\n  b\n)\n",
            &[2, 6, 7],
        );
        telling(
            Language::Rust,
            "const A: &[B] = &[\n    (&[\"rust\"], &[\"*.rs\"]),\n    f(1),\n];\nfn g() {\n    h(\n        \"a\",\n    )\n}\n",
            &[1, 3, 5, 6, 7],
        );
        telling(Language::Python, "a = {\n    \"b\": True,\n    c(2): 1,\n}\nd(\n    1,\n)\n", &[1, 3, 5, 6]);
        let prose = "static A: &str = r#\"\nThis is what people read when\nthey ask for help with it.\nIt has several lines of that.\n\"#;\nf();\n";
        telling(Language::Rust, prose, &[6]);
        telling(Language::Ruby, "require 'a'\nattr_reader :b\ndef f\n  g\nend\n", &[3, 4]);
        telling(Language::Ruby, "A = {\n  \".a\" => \"b/c\",\n  \"d\" => f(1),\n}\n", &[1, 3]);
        telling(Language::Elixir, "alias A.B\n@spec f(a) :: b\ndef f(a), do: a\n", &[3]);
    }
}
