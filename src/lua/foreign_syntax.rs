//! Scripts that do not compile because they are JavaScript, Ruby or Python in part: what to write instead, and at which
//! line.

use super::tokens::blank_out_texts;

/// The first word of a line that another language has where Luau has something else.
const SYNTAX: &[(&str, &str)] = &[
    ("let", "write `local` instead of `let`"),
    ("var", "write `local` instead of `var`"),
    ("import", "everything is there without `import`; delete the line"),
    ("export", "a file gives what it returns; delete `export`"),
    ("async", "nothing waits here; delete `async`"),
    ("await", "nothing waits here; delete `await`"),
    ("unless", "write `if not ... then ... end` instead of `unless`"),
    ("elif", "write `elseif` instead of `elif`"),
    ("elsif", "write `elseif` instead of `elsif`"),
    ("for (", "write `for _, item in list do ... end`"),
    ("def", "write `function name() ... end` instead of `def`"),
    ("case", "write `if ... elseif ... else ... end` instead of `case`"),
    ("switch", "write `if ... elseif ... else ... end` instead of `switch`"),
    ("throw", "write `error(\"text\")` instead of `throw`"),
    ("raise", "write `error(\"text\")` instead of `raise`"),
    ("try", "write `local ok, result = pcall(function() ... end)` instead of `try`"),
    ("begin", "write `local ok, result = pcall(function() ... end)` instead of `begin`"),
    ("'use strict'", "delete the line"),
    ("\"use strict\"", "delete the line"),
    ("//", "comments begin with `--` here"),
    ("/*", "comments begin with `--` here"),
    ("#", "comments begin with `--` here"),
];

/// Signs in a line, outside of its texts.
const SIGNS: &[(&str, &str)] = &[
    (" = require(", "nothing of Danger has to be required; delete the line, or name a file of this repository"),
    ("async ", "nothing waits here; delete `async` and write `function() ... end`"),
    ("=>", "write `function(x) ... end` instead of `=>`"),
    (" do |", "write `for _, item in list do ... end`"),
    ("{ |", "write `for _, item in list do ... end`"),
    (" sticky:", "a comment stays while its finding does; delete `sticky:`"),
    (" file:", "a place is a table: `{ file = \"src/a.py\", line = 2 }`"),
    (" unless ", "write `if not ... then ... end` instead of `unless`"),
    ("await ", "nothing waits here; delete `await`"),
    ("===", "write `==` instead of `===`"),
    (".include?", "write `table.find(list, value)`, or `string.find(text, part, 1, true)`"),
    (".empty?", "write `#list == 0`, or `text == \"\"`"),
    (".nil?", "write `value == nil`"),
    (".start_with?", "write `string.sub(text, 1, #start) == start`"),
    (".end_with?", "write `string.sub(text, -#ending) == ending`"),
    ("?.", "a nil is asked for first: `if value then`"),
    ("??", "write `or` instead of `??`"),
    ("++", "write `count += 1`"),
    ("<<", "a text over several lines stands between `[[` and `]]`"),
];

/// Signs that are the whole reason why a line does not compile: what the compiler says of it leads astray.
const STRANGE_SIGNS: &[(&str, &str)] = &[
    ("=~", "write `string.find(text, pattern)` instead of `=~`"),
    ("!~", "write `not string.find(text, pattern)` instead of `!~`"),
    ("...danger.git.", BOTH_LISTS_SPREAD),
    ("[...", BOTH_LISTS_SPREAD),
];

const BOTH_LISTS_SPREAD: &str = "lists are not spread with `...`: modified and created files together are \
                                 `danger.git.match(\"**\").edited`";

/// What the compiler says, in part, and what somebody who comes from JavaScript, Ruby or Python meant.
const COMPLAINTS: &[(&str, &str)] = &[
    (NO_THEN, "an `if` is written `if ... then ... end`, before what depends on it"),
    ("(to close 'else' ", "`else if` opens a second `if`; write `elseif`"),
    ("when parsing expression, got '['", "lists are written `{ ... }`"),
    ("when parsing expression, got '/'", "a pattern is a text: `string.find(text, \"WIP\")`"),
    ("when parsing expression, got '?'", "a choice is written `if a then b else c`, and names have no `?`"),
    ("when parsing expression, got '{'", "a function is written `function name() ... end`, other blocks `do ... end`"),
    ("when parsing method name", "a table is written `{ name = value }`"),
    ("got ':'", "a table is written `{ name = value }`"),
    ("got '}'", "blocks end with `end`"),
];

const NO_THEN: &str = "Expected 'then' when parsing if statement";

const UNFINISHED: &str = "Malformed string; did you forget to finish it?";

const NO_STATEMENT: &str = "expected assignment or a function call";

/// The function in ``warn `text` ``: quoted texts need no parentheses, those in backticks do.
fn called_with_backticks(line: &str) -> Option<&str> {
    let (function, _) = line.split_once('`')?;
    let function = function.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    (function.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && function.chars().all(is_name))
        .then_some(function)
}

/// What the compiler says of a script, in this page's words: a foreign sign, a hint when the line (if there is one)
/// looks like another language, and no jargon.
pub(super) fn explain_syntax(message: &str, line: Option<&str>) -> String {
    // "Unexpected '&&'; did you mean 'and'?"
    let parts = message.strip_prefix("Unexpected '").and_then(|rest| rest.split_once("'; did you mean '"));
    if let Some((theirs, ours)) = parts.and_then(|(theirs, rest)| Some((theirs, rest.strip_suffix("'?")?))) {
        return format!("write `{ours}` instead of `{theirs}`");
    }
    if let Some(function) = line.filter(|_| message.contains(NO_STATEMENT)).and_then(called_with_backticks) {
        return format!("a text in backticks takes parentheses around it: {function}(`...`)");
    }
    if message.starts_with(UNFINISHED) && line.and_then(find_foreign_syntax).is_none() {
        return "this text does not end in its line; one over several lines stands between `[[` and `]]`".to_owned();
    }
    if let Some(advice) = line.and_then(|line| find_among(STRANGE_SIGNS, &blank_out_texts(line))) {
        return advice.to_owned();
    }
    let hint = line.and_then(find_foreign_syntax).or_else(|| find_among(COMPLAINTS, message));
    let message = message.trim_end_matches('.').replace("<eof>", "the end of the file");
    hint.map(|hint| format!("{message}; {hint}")).unwrap_or(message)
}

/// The line to mend, from 1. The compiler misses a `then` only where the next thing cannot go on, which may be the end
/// of the file: the `if` itself is what its author has to look at.
pub(super) fn line_to_mend(message: &str, line: u32, source: &str) -> u32 {
    if !message.contains(NO_THEN) {
        return line;
    }
    let code = blank_out_texts(source);
    let lines = (1..=line).zip(code.lines());
    let has = |code: &str, word: &str| {
        code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|other| other == word)
    };
    let is_open = |code: &str| (has(code, "if") || has(code, "elseif")) && !has(code, "then");
    lines.filter(|(_, code)| is_open(code)).map(|(number, _)| number).last().unwrap_or(line)
}

/// For a line that does not compile: a hint when it looks like JavaScript or Ruby.
fn find_foreign_syntax(line: &str) -> Option<&'static str> {
    let line = line.trim_start();
    let first = SYNTAX.iter().find(|(word, _)| {
        let rest = line.strip_prefix(word);
        rest.is_some_and(|rest| {
            !word.ends_with(char::is_alphanumeric) || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        })
    });
    first.map(|(_, advice)| *advice).or_else(|| find_among(SIGNS, &blank_out_texts(line)))
}

fn find_among(list: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    list.iter().find(|(part, _)| text.contains(part)).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_languages_are_recognised() {
        assert!(find_foreign_syntax("  let x = 1").expect("JavaScript").contains("`local`"));
        assert!(find_foreign_syntax("#comment").expect("Ruby").contains("`--`"));
        assert_eq!(find_foreign_syntax("letter = = 2"), None);
        // What stands in a text is no syntax.
        assert_eq!(find_foreign_syntax("warn('a ?? b => c' x)"), None);
    }

    #[test]
    fn the_compiler_is_put_into_words_that_say_what_to_do() {
        let explained = |message| explain_syntax(message, None);
        // The sign that the compiler means, not another one of the line.
        assert_eq!(
            explain_syntax("Unexpected '!'; did you mean 'not'?", Some("if (!a || b) {")),
            "write `not` instead of `!`"
        );
        assert_eq!(
            explained("Expected 'end' (to close 'else' at line 2), got <eof>"),
            "Expected 'end' (to close 'else' at line 2), got the end of the file; `else if` opens a second `if`; write `elseif`"
        );
        assert!(explained("Expected 'then' when parsing if statement, got 'fail'").contains("`if ... then ... end`"));
        assert_eq!(explained("Malformed string"), "Malformed string");
        let said = |message, line| explain_syntax(message, Some(line));
        let lines = said("Malformed string; did you forget to finish it?", "local text = `line one");
        assert!(lines.contains("between `[[` and `]]`"), "{lines}");
        assert_eq!(
            said(
                "Expected ')' (to close '(' at column 4), got '='; did you mean to use '{' when defining a table?",
                "if (title =~ \"WIP\") then fail(\"x\") end"
            ),
            "write `string.find(text, pattern)` instead of `=~`"
        );
        let spread =
            said("Expected ',' after table constructor element", "local a = {...danger.git.modified_files, ...b}");
        assert!(spread.contains("danger.git.match(\"**\").edited"), "{spread}");
    }

    #[test]
    fn an_if_without_its_then_is_the_line_to_mend() {
        let message = "Expected 'then' when parsing if statement, got <eof>";
        assert_eq!(line_to_mend(message, 4, "if a then\nend\nif (b) {\n}\n"), 3);
        assert_eq!(line_to_mend(message, 2, "if a\n  warn('then')\nend"), 1);
        assert_eq!(line_to_mend("Malformed string", 2, "if a\nb"), 2);
        assert_eq!(line_to_mend(message, 9, ""), 9);
    }
}
