//! What went wrong in a script, for its author: the file, the line, and a sentence without host frames.

use super::script::PRELUDE_NAME;
use crate::model::RepoPath;
use mlua::Error;

/// A mistake in a script at its place. Also what host functions raise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", self.place())]
pub struct ScriptError {
    /// What happened and what to do.
    pub message: String,
    /// The script, from the repository's root (`rules/x.lua` of a built-in rule is `deckhand:rules/x.lua`).
    pub path: Option<RepoPath>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// Whether the script is not a dangerfile (syntax, a name or an option that does not exist), rather than failed
    /// at work.
    pub mistake: bool,
}

impl ScriptError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        ScriptError { message: message.into(), path: None, line: None, mistake: false }
    }

    fn place(&self) -> String {
        match (&self.path, self.line) {
            (Some(path), Some(line)) => format!("{path}:{line}: "),
            (Some(path), None) => format!("{path}: "),
            _ => String::new(),
        }
    }

    /// Reads the machine's error: the innermost cause counts, and `file:line:` at its start is the place.
    pub(super) fn from_lua(error: &Error) -> Self {
        match error {
            Error::CallbackError { cause, traceback } => ScriptError::from_lua(cause).or_called_from(traceback),
            Error::WithContext { cause, .. } => ScriptError::from_lua(cause),
            Error::ExternalError(inner) => match inner.downcast_ref::<ScriptError>() {
                Some(own) => own.clone(),
                None => ScriptError::from_text(&inner.to_string()),
            },
            Error::SyntaxError { message, .. } => ScriptError { mistake: true, ..ScriptError::from_text(message) },
            Error::RuntimeError(message) => ScriptError::from_text(message),
            Error::MemoryError(_) => ScriptError::new("not enough memory"),
            Error::BadArgument { to, pos, cause, .. } => {
                let inner = ScriptError::from_lua(cause).message;
                let name = to.as_deref().map(|name| format!(" of `{name}`")).unwrap_or_default();
                ScriptError::new(format!("argument {pos}{name}: {inner}"))
            }
            Error::FromLuaConversionError { from, to, .. } => {
                ScriptError::new(format!("expected {}, got {from}", article(to)))
            }
            other => ScriptError::from_text(&other.to_string()),
        }
    }

    fn from_text(text: &str) -> Self {
        let text = text.strip_prefix("runtime error: ").unwrap_or(text);
        let text = text.strip_prefix("syntax error: ").unwrap_or(text);
        let (text, frames) = text.split_once("\nstack traceback:").unwrap_or((text, ""));
        let text = without_own_place(text.trim_end());
        let mut error = ScriptError::new(text);
        if let Some(kind) = bare_value(text) {
            error.message = format!("`error` was called with a {kind}; give it a text");
        } else if text == "nil" {
            // A text of a script's own has the place before it.
            "`error` was called without a text; give it one that says what went wrong".clone_into(&mut error.message);
        } else if let Some((path, line, rest)) = split_place(text) {
            error.path = Some(RepoPath::new(path));
            error.line = Some(line);
            error.message = rest.trim_start().to_owned();
        }
        error.or_called_from(frames)
    }

    /// The library's own functions say no place: then it is that of the script that called them, which is further out.
    fn or_called_from(mut self, frames: &str) -> Self {
        if self.path.is_none() {
            let mut called = frames.lines().filter_map(|frame| split_place(frame.trim_start()));
            if let Some((path, line, _)) = called.find(|(path, _, _)| *path != PRELUDE_NAME) {
                self.path = Some(RepoPath::new(path));
                self.line = Some(line);
            }
        }
        self
    }
}

/// A message without the place in the host's own Lua code where it was raised.
pub(super) fn without_own_place(text: &str) -> &str {
    match split_place(text) {
        Some((PRELUDE_NAME, _, rest)) => rest.trim_start(),
        _ => text,
    }
}

/// `path:line: rest`. A path may hold colons, so the first `:digits:` ends it.
fn split_place(text: &str) -> Option<(&str, u32, &str)> {
    text.match_indices(':').find_map(|(colon, _)| {
        let digits = text[colon + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let end = colon + 1 + digits;
        let line = text[colon + 1..end].parse().ok()?;
        Some((&text[..colon], line, text[end..].strip_prefix(':')?))
    })
}

impl From<ScriptError> for Error {
    fn from(error: ScriptError) -> Error {
        Error::external(error)
    }
}

/// The kind of a value that was raised and is no text: the machine says `table: 0x55d0c0ffee`, and an address is
/// nobody's business and another one in every run.
fn bare_value(text: &str) -> Option<&str> {
    let (kind, address) = text.split_once(": 0x")?;
    let plain = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase());
    (plain && !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(kind)
}

fn article(kind: &str) -> String {
    match kind {
        "String" | "string" | "str" => "a string".to_owned(),
        "Table" | "table" => "a table".to_owned(),
        "Function" | "function" => "a function".to_owned(),
        "Boolean" | "bool" => "true or false".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_taken_out_of_the_machines_text() {
        let error = ScriptError::from_text("dangerfile.lua:12: attempt to index nil\nstack traceback:\n[C] in ?");
        assert_eq!(error.path, Some(RepoPath::new("dangerfile.lua")));
        assert_eq!(error.line, Some(12));
        assert_eq!(error.message, "attempt to index nil");
        assert_eq!(error.to_string(), "dangerfile.lua:12: attempt to index nil");
    }

    #[test]
    fn what_a_library_function_raises_is_at_its_caller() {
        let text = "attempt to modify a readonly table\nstack traceback:\n\t[C]: in ?\n\t[C]: in function 'insert'\n\t\
                    deckhand:7: in function 'x'\n\trules/a.lua:2: in function <rules/a.lua:1>";
        let error = ScriptError::from_text(text);
        assert_eq!(error.to_string(), "rules/a.lua:2: attempt to modify a readonly table");
    }

    #[test]
    fn an_error_without_a_text_is_said_to_be_one() {
        assert!(ScriptError::from_text("runtime error: nil").message.contains("called without a text"));
        assert_eq!(ScriptError::from_text("dangerfile.lua:1: nil").message, "nil");
    }

    #[test]
    fn no_line_of_the_hosts_own_code_is_a_place() {
        let text = "deckhand:59: unfinished capture\nstack traceback:\n\t[C]: in ?\n\tdeckhand:59: in function 'find'\n\t\
                    dangerfile.lua:4: in ?";
        assert_eq!(ScriptError::from_text(text).to_string(), "dangerfile.lua:4: unfinished capture");
        assert_eq!(ScriptError::from_text("deckhand:59: unfinished capture").to_string(), "unfinished capture");
        let text = "deckhand:rules/x.lua:3: odd";
        assert_eq!(ScriptError::from_text(text).to_string(), text);
    }

    #[test]
    fn a_value_that_is_no_text_is_raised_at_its_line() {
        let text = "table: 0x55d0c0ffee\nstack traceback:\n\t[C]: in function 'error'\n\tdangerfile.lua:2: in ?";
        let error = ScriptError::from_text(text);
        assert_eq!(error.to_string(), "dangerfile.lua:2: `error` was called with a table; give it a text");
    }

    #[test]
    fn a_text_without_a_place_stays_whole() {
        assert_eq!(ScriptError::from_text("odd: thing").message, "odd: thing");
    }
}
