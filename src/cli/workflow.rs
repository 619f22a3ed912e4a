//! Speaking into the log of a GitHub Actions job. The runner reads every line of it for commands, so that foreign text
//! must never begin one (actions/runner, `ActionCommand.cs`).

use super::format::command;

/// A remark of ours on the run's page.
pub(super) fn notice(message: &str) -> String {
    command("notice", &[("title", "deckhand".to_owned())], message)
}

/// A failure of ours on the run's page.
pub(super) fn error(message: &str) -> String {
    command("error", &[("title", "deckhand".to_owned())], message)
}

/// Text in which the runner finds no command, whatever was in it: it takes `::` at the beginning of a line, after
/// blanks, and `##[` anywhere.
pub(super) fn defuse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        let body = line.trim_start();
        match body.strip_prefix("::") {
            Some(rest) => {
                out.push_str(&line[..line.len() - body.len()]);
                out.push_str(": :");
                out.push_str(&rest.replace("##[", "## ["));
            }
            None => out.push_str(&line.replace("##[", "## [")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_are_one_line() {
        assert_eq!(notice("100 %\nof it"), "::notice title=deckhand::100 %25%0Aof it\n");
    }

    #[test]
    fn no_line_begins_a_command() {
        assert_eq!(defuse("a ::b\n  ::error::x\n::add-mask::y"), "a ::b\n  : :error::x\n: :add-mask::y");
        assert_eq!(defuse("say ##[error]x"), "say ## [error]x");
        assert_eq!(defuse("a\r::error::x"), "a\r: :error::x");
        assert_eq!(defuse("::##[error]"), ": :## [error]");
        assert_eq!(defuse(""), "");
    }
}
