//! Whether a result says that the linter could not read the file, so that it says nothing of the lines in it.

/// Rules that are no rules: the names that linters give to a file that they could not read.
const RULES: [&str; 31] = [
    // ruff, flake8, pycodestyle and pylint; mypy's is `syntax`.
    "invalid-syntax",
    "io-error",
    "E902",
    "E999",
    "E0001",
    "F0001",
    "F0002",
    "F0010",
    "syntax-error",
    "parse-error",
    "syntax",
    // RuboCop, golangci-lint, stylelint, Biome, hadolint, SQLFluff, clang-tidy.
    "Lint/Syntax",
    "typecheck",
    "CssSyntaxError",
    "parse",
    "DL1000",
    "PRS",
    "clang-diagnostic-error",
    "SyntaxError",
    "ParseError",
    // ShellCheck, whose other rules of this hundred are about style or go on.
    "SC1046",
    "SC1047",
    "SC1061",
    "SC1062",
    "SC1070",
    "SC1071",
    "SC1072",
    "SC1073",
    "SC1080",
    "SC1088",
    "SC1089",
];

/// How messages begin that say so, in small letters: of linters that have no name for it, as ESLint.
const BEGINNINGS: [&str; 13] = [
    "parsing error",
    "parse error",
    "parser error",
    "fatal parsing error",
    "syntax error",
    "syntaxerror",
    "php syntax error",
    "cannot parse",
    "could not parse",
    "couldn't parse",
    "failed to parse",
    "unable to parse",
    "unparsable",
];

/// Whether a result of this rule with this message says so.
pub(super) fn says_unreadable(rule: &str, message: &str) -> bool {
    let name = rule.rsplit([' ', ':']).next().unwrap_or(rule);
    if RULES.contains(&name) {
        return true;
    }
    let start: String = message.trim_start().chars().take(40).collect::<String>().to_lowercase();
    let ends_there = |rest: &str| rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    BEGINNINGS.iter().any(|beginning| start.strip_prefix(beginning).is_some_and(ends_there))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linters_say_of_files_that_they_cannot_read() {
        for (rule, message) in [
            ("invalid-syntax", "Expected `)`"),
            ("flake8 E999", "SyntaxError: invalid syntax"),
            ("CssSyntaxError", "Unclosed block (CssSyntaxError)"),
            ("SC1073", "Couldn't parse this if expression. Fix to allow more checks."),
            ("parse", "expected `}` but instead the file ends"),
            ("syntax", "Expected `)`, found newline"),
            ("DL1000", "unexpected 'F'"),
            ("", "Parsing error: Unexpected token ;"),
            ("", "syntax error: mapping values are not allowed here (syntax)"),
            ("any", "Failed to parse src/a.ts"),
        ] {
            assert!(says_unreadable(rule, message), "{rule} {message}");
        }
    }

    #[test]
    fn rules_about_parsing_and_syntax_are_rules() {
        for (rule, message) in [
            ("no-restricted-syntax", "Using 'with' is not allowed."),
            ("SC1091", "Not following: a.sh was not specified as input."),
            ("UP006", "Use `list` instead of `List`"),
            ("", "Syntax errors are to be caught by the caller."),
            ("org.x.parse-int", "Missing radix parameter."),
        ] {
            assert!(!says_unreadable(rule, message), "{rule} {message}");
        }
    }
}
