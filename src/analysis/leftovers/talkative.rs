//! Whether a file prints on purpose: then one more print is no leftover.

use super::LeftoverKind;
use memchr::memmem;

/// What stands in programs that talk to a person at a terminal.
const SIGNS: [&str; 26] = [
    "__main__",
    "argparse",
    "import click",
    "from click",
    "import typer",
    "optparse",
    "sys.argv",
    "docopt",
    "process.argv",
    "require('commander')",
    "from 'commander'",
    "require('yargs')",
    "from 'yargs'",
    "fn main(",
    "package main",
    "static void main(",
    "static void Main(",
    "static int Main(",
    "static async Task Main(",
    "fun main(",
    "void main(",
    "extends App",
    "def main(args",
    "$PROGRAM_NAME",
    "__FILE__ == $0",
    // Go's examples are checked by what they print.
    "// Output:",
];

/// Whether the text is that of a program, not of a library.
pub(super) fn is_program(text: &str) -> bool {
    text.starts_with("#!") || SIGNS.iter().any(|sign| memmem::find(text.as_bytes(), sign.as_bytes()).is_some())
}

/// What silences a linter's rule about prints and breakpoints: the author has thought about this line.
const SILENCERS: [&str; 9] =
    ["no-console", "no-debugger", "noConsole", "noqa", "T201", "nolint", "rubocop:disable", "phpcs:ignore", "NOSONAR"];

/// Whether a comment tells a linter that the print is meant.
pub(super) fn silences(comment: &str) -> bool {
    SILENCERS.iter().any(|sign| comment.contains(sign))
}

/// Whether a comment switches something off or on again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    /// `eslint-disable`
    Off,
    /// `eslint-enable`
    On,
}

/// What a comment of ESLint switches for more than a line. One that names no rule switches all on.
pub(super) fn switched_by(comment: &str) -> Option<(Switch, Vec<LeftoverKind>)> {
    const RULES: [(&str, &[LeftoverKind]); 5] = [
        ("no-console", &[LeftoverKind::Output, LeftoverKind::Dump]),
        ("no-debugger", &[LeftoverKind::Breakpoint]),
        ("no-focused-tests", &[LeftoverKind::Focus]),
        ("no-only-tests", &[LeftoverKind::Focus]),
        ("no-exclusive-tests", &[LeftoverKind::Focus]),
    ];
    let (switch, rest) = match (comment.split_once("eslint-disable"), comment.split_once("eslint-enable")) {
        (Some((_, rest)), _) if !rest.starts_with("-line") && !rest.starts_with("-next-line") => (Switch::Off, rest),
        (None, Some((_, rest))) => (Switch::On, rest),
        _ => return None,
    };
    let all = switch == Switch::On && !rest.contains(|c: char| c.is_ascii_alphabetic());
    let named = RULES.iter().filter(|(rule, _)| all || rest.contains(rule));
    Some((switch, named.flat_map(|(_, kinds)| kinds.iter().copied()).collect()))
}

/// Functions whose name says that they print.
pub(super) fn is_talkative_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["print", "dump", "usage", "help", "report", "display", "banner", "main", "debug", "echo", "log", "show"]
        .iter()
        .any(|word| name.contains(word))
}

/// Functions whose name says that they dump: `dump`, `dumpHeaders`, `dd`, `ddJson`.
pub(super) fn is_dumping_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("dump") || name.starts_with("dd") || name.contains("debug") || name.contains("inspect")
}

/// Whether the text is a script of Node: it takes modules in and gives nothing out.
pub(super) fn is_node_script(text: &str) -> bool {
    let has = |sign: &str| memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
    has("require(") && !has("exports") && !has("export ") && !has("describe(") && !has("it(")
}
