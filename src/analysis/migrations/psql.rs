//! Commands of psql among SQL: what they hide is said, and they themselves are blanked, so that lines and offsets stay.

use super::lines::Lines;
use super::step::{Operation, Step};
use squawk_lexer::{TokenKind, tokenize};
use std::borrow::Cow;

/// A command that matters to what is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    start: usize,
    end: usize,
    effect: Effect,
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Runs what stands elsewhere: another file, what a query yields, a program.
    RunsUnseen,
    /// Goes to another database.
    Connects,
    /// Sends the statement before it.
    Sends,
    /// Nothing that matters here.
    Nothing,
}

/// Blanks the commands, and tells which of them matter.
pub(super) fn take_commands(text: Cow<'_, str>) -> (Cow<'_, str>, Vec<Command>) {
    if !text.contains('\\') {
        return (text, Vec::new());
    }
    let commands = commands_in(&text);
    if commands.is_empty() {
        return (text, commands);
    }
    let mut out = String::with_capacity(text.len());
    let (mut at, mut open) = (0, false);
    for command in &commands {
        let before = &text[at..command.start];
        out.push_str(before);
        open = before.trim_end().chars().next_back().map_or(open, |sign| sign != ';');
        // What sends a statement, or runs what it yields, ends it.
        let ends = command.effect != Effect::Nothing && open;
        open &= !ends;
        let blank = command.end - command.start - usize::from(ends);
        out.extend(ends.then_some(';'));
        out.extend(std::iter::repeat_n(' ', blank));
        at = command.end;
    }
    out.push_str(&text[at..]);
    (Cow::Owned(out), commands)
}

/// Puts what commands do among the steps of the file.
pub(super) fn tell(steps: Vec<Step>, commands: &[Command], lines: &Lines<'_>) -> Vec<Step> {
    let told = commands.iter().filter_map(|command| {
        let operation = match command.effect {
            Effect::RunsUnseen => Operation::Unseen,
            // Of the other database nothing is known: its names are those of nothing that was made before.
            Effect::Connects => {
                Operation::SearchPath { schemas: vec![format!("\\connect {}", command.start)], local: false }
            }
            Effect::Sends | Effect::Nothing => return None,
        };
        Some(Step::new(lines.span(command.start, command.end), operation))
    });
    let mut told = told.peekable();
    let place = |step: &Step| (step.span.line, step.span.column);
    let mut out = Vec::with_capacity(steps.len() + commands.len());
    for step in steps {
        while let Some(command) = told.next_if(|command| place(command) < place(&step)) {
            out.push(command);
        }
        out.push(step);
    }
    out.extend(told);
    out
}

fn commands_in(text: &str) -> Vec<Command> {
    let (mut commands, mut from) = (Vec::new(), 0);
    while let Some(command) = next_command(text, from) {
        from = command.end;
        commands.push(command);
    }
    commands
}

/// The first command behind a place outside of quotes. What a command is given may hold quotes of its own, so that each
/// is looked for anew.
fn next_command(text: &str, from: usize) -> Option<Command> {
    let mut at = from;
    let mut begins_line = from == 0;
    for token in tokenize(&text[from..]) {
        let start = at;
        at += token.len as usize;
        if token.kind == TokenKind::Whitespace {
            begins_line |= text[start..at].contains('\n');
            continue;
        }
        if text[start..].starts_with('\\')
            && let Some((effect, length)) = command_at(&text[start..], begins_line)
        {
            return Some(Command { start, end: start + length, effect });
        }
        begins_line = false;
    }
    None
}

/// What the command does that stands here, and how long it is.
fn command_at(text: &str, begins_line: bool) -> Option<(Effect, usize)> {
    let inside = &text[1..];
    if inside.starts_with(';') {
        return Some((Effect::Sends, 2));
    }
    let word = inside.split(|c: char| !c.is_ascii_alphabetic() && c != '_' && c != '!').next().unwrap_or_default();
    let effect = match word {
        "i" | "ir" | "include" | "include_relative" | "!" if begins_line => Effect::RunsUnseen,
        "include" | "include_relative" | "gexec" => Effect::RunsUnseen,
        "c" | "connect" if begins_line => Effect::Connects,
        "g" | "gx" | "gset" | "gdesc" | "watch" | "crosstabview" | "sendpipeline" | "bind" | "bind_named" | "parse" => {
            Effect::Sends
        }
        _ if begins_line && !word.is_empty() && is_known(word) => Effect::Nothing,
        _ => return None,
    };
    // The line ends the command, or a second backslash does.
    let length = inside.find(['\n', '\r', '\\']).map_or(text.len(), |end| end + 1);
    let length = length + usize::from(text[length..].starts_with("\\\\")) * 2;
    Some((effect, length))
}

/// Whether psql has a command of this name, apart from those that matter.
fn is_known(word: &str) -> bool {
    const WORDS: &str = " a C cd close_prepared conninfo copy copyright dt echo e edit ef elif else encoding endif errverbose ev f h \
        help H html if l list lo_export lo_import lo_list lo_unlink o out p password print prompt pset q quit qecho r reset \
        restrict s set setenv sf sv t T timing unrestrict unset w warn write x z ";
    WORDS.split_whitespace().any(|known| known == word) || word.starts_with('d')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> (String, Vec<(Effect, usize)>) {
        let (blank, commands) = take_commands(Cow::Borrowed(text));
        assert_eq!(blank.len(), text.len());
        assert_eq!(blank.lines().count(), text.lines().count());
        (blank.into_owned(), commands.into_iter().map(|command| (command.effect, command.start)).collect())
    }

    #[test]
    fn commands_that_run_what_is_elsewhere_are_kept_in_mind() {
        let (blank, found) = taken("\\i a.sql\n \\ir b.sql\nA;\nSELECT 'B' \\gexec\nC;\n");
        assert_eq!(found, [(Effect::RunsUnseen, 0), (Effect::RunsUnseen, 10), (Effect::RunsUnseen, 34)]);
        assert_eq!(blank.split_whitespace().collect::<Vec<_>>().join(" "), "A; SELECT 'B' ; C;");
    }

    #[test]
    fn backslashes_in_texts_and_foreign_ones_are_no_commands() {
        for text in ["SELECT 'a \\i b';", "SELECT E'\\'' || $$\n\\i c\n$$;", "SELECT 'it\\'s a \\n', 'b';", "a \\x b"] {
            assert_eq!(taken(text), (text.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn other_commands_are_blank() {
        let (blank, found) = taken("\\c other\nSELECT 1 \\gset x_\nSELECT 2 \\; SELECT 3;\n\\du\n");
        assert_eq!(
            found.iter().map(|(effect, _)| *effect).collect::<Vec<_>>(),
            [Effect::Connects, Effect::Sends, Effect::Sends, Effect::Nothing]
        );
        assert_eq!(blank.split_whitespace().collect::<Vec<_>>().join(" "), "SELECT 1 ; SELECT 2 ; SELECT 3;");
    }
}
