//! The calls that are leftovers, by language: one line each. What focuses a test is known to `analysis::focus`.

use super::LeftoverKind::{self, Breakpoint, Dump, Output, Unwritten};
use crate::analysis::code::Language::{self, *};

/// Where a call counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Everywhere.
    Always,
    /// Only as a statement of its own: the value of the call is not used.
    Statement,
    /// Only as a statement, and followed by a name: Ruby's `p value`.
    StatementWithName,
    /// Everywhere but in tests.
    NoTests,
}

/// A call as a row of words and marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) kind: LeftoverKind,
    pub(super) tokens: &'static [&'static str],
    /// How people write it.
    pub(super) name: &'static str,
    pub(super) when: When,
}

const fn call(kind: LeftoverKind, tokens: &'static [&'static str], name: &'static str) -> Call {
    Call { kind, tokens, name, when: When::Always }
}

const fn when(when: When, call: Call) -> Call {
    Call { when, ..call }
}

/// The calls of a language. A longer row stands before a shorter one that begins like it.
pub(super) fn calls_of(language: Language) -> &'static [Call] {
    match language {
        JavaScript => {
            const {
                &[
                    when(When::Statement, call(Breakpoint, &["debugger"], "debugger")),
                    call(Output, &["console", ".", "log", "("], "console.log"),
                    call(Output, &["console", ".", "debug", "("], "console.debug"),
                    call(Dump, &["console", ".", "dir", "("], "console.dir"),
                    call(Dump, &["console", ".", "trace", "("], "console.trace"),
                    call(Dump, &["console", ".", "table", "("], "console.table"),
                ]
            }
        }
        Python => {
            const {
                &[
                    call(Breakpoint, &["import", "pdb", ";", "pdb", ".", "set_trace", "("], "pdb.set_trace"),
                    call(Breakpoint, &["import", "ipdb", ";", "ipdb", ".", "set_trace", "("], "ipdb.set_trace"),
                    call(Breakpoint, &["import", "pudb", ";", "pudb", ".", "set_trace", "("], "pudb.set_trace"),
                    call(Breakpoint, &["pdb", ".", "set_trace", "("], "pdb.set_trace"),
                    call(Breakpoint, &["pytest", ".", "set_trace", "("], "pytest.set_trace"),
                    call(Breakpoint, &["ipdb", ".", "set_trace", "("], "ipdb.set_trace"),
                    call(Breakpoint, &["pudb", ".", "set_trace", "("], "pudb.set_trace"),
                    when(When::Statement, call(Breakpoint, &["breakpoint", "("], "breakpoint")),
                    when(When::Statement, call(Output, &["print", "("], "print")),
                    when(When::Statement, call(Output, &["pprint", "("], "pprint")),
                    when(When::Statement, call(Output, &["pprint", ".", "pprint", "("], "pprint.pprint")),
                ]
            }
        }
        Ruby => {
            const {
                &[
                    when(When::Statement, call(Breakpoint, &["binding", ".", "pry"], "binding.pry")),
                    when(When::Statement, call(Breakpoint, &["binding", ".", "irb"], "binding.irb")),
                    when(When::Statement, call(Breakpoint, &["binding", ".", "break"], "binding.break")),
                    when(When::Statement, call(Breakpoint, &["binding", ".", "b"], "binding.b")),
                    when(When::Statement, call(Breakpoint, &["byebug"], "byebug")),
                    when(When::Statement, call(Breakpoint, &["debugger"], "debugger")),
                    when(When::StatementWithName, call(Dump, &["pp"], "pp")),
                    when(When::StatementWithName, call(Dump, &["p"], "p")),
                    when(When::Statement, call(Output, &["puts"], "puts")),
                ]
            }
        }
        Rust => {
            const {
                &[
                    call(Dump, &["dbg", "!", "("], "dbg!"),
                    when(When::NoTests, call(Unwritten, &["todo", "!", "("], "todo!")),
                    when(When::NoTests, call(Output, &["println", "!", "("], "println!")),
                    when(When::NoTests, call(Output, &["print", "!", "("], "print!")),
                ]
            }
        }
        Go => {
            const {
                &[
                    call(Breakpoint, &["runtime", ".", "Breakpoint", "("], "runtime.Breakpoint"),
                    call(Dump, &["spew", ".", "Dump", "("], "spew.Dump"),
                    when(When::Statement, call(Output, &["fmt", ".", "Println", "("], "fmt.Println")),
                    when(When::Statement, call(Output, &["fmt", ".", "Printf", "("], "fmt.Printf")),
                    when(When::Statement, call(Output, &["fmt", ".", "Print", "("], "fmt.Print")),
                    when(When::Statement, call(Dump, &["println", "("], "println")),
                ]
            }
        }
        Php => {
            const {
                &[
                    when(When::Statement, call(Breakpoint, &["xdebug_break", "("], "xdebug_break")),
                    when(When::Statement, call(Dump, &["var_dump", "("], "var_dump")),
                    when(When::Statement, call(Dump, &["print_r", "("], "print_r")),
                    when(When::Statement, call(Dump, &["dump", "("], "dump")),
                    when(When::Statement, call(Dump, &["ray", "("], "ray")),
                    when(When::Statement, call(Dump, &["ddd", "("], "ddd")),
                    when(When::Statement, call(Dump, &["dd", "("], "dd")),
                ]
            }
        }
        Java => {
            const {
                &[
                    call(Output, &["System", ".", "out", ".", "println", "("], "System.out.println"),
                    call(Output, &["System", ".", "out", ".", "printf", "("], "System.out.printf"),
                    call(Output, &["System", ".", "out", ".", "print", "("], "System.out.print"),
                ]
            }
        }
        Kotlin => {
            const {
                &[
                    when(When::NoTests, call(Unwritten, &["TODO", "("], "TODO")),
                    call(Output, &["System", ".", "out", ".", "println", "("], "System.out.println"),
                    when(When::Statement, call(Output, &["println", "("], "println")),
                ]
            }
        }
        Scala => const { &[when(When::Statement, call(Output, &["println", "("], "println"))] },
        CSharp => {
            const {
                &[
                    call(
                        Breakpoint,
                        &["System", ".", "Diagnostics", ".", "Debugger", ".", "Break", "("],
                        "Debugger.Break",
                    ),
                    call(
                        Breakpoint,
                        &["System", ".", "Diagnostics", ".", "Debugger", ".", "Launch", "("],
                        "Debugger.Launch",
                    ),
                    call(Breakpoint, &["Debugger", ".", "Break", "("], "Debugger.Break"),
                    call(Breakpoint, &["Debugger", ".", "Launch", "("], "Debugger.Launch"),
                    call(Output, &["Console", ".", "WriteLine", "("], "Console.WriteLine"),
                ]
            }
        }
        Swift => {
            const {
                &[
                    when(When::Statement, call(Dump, &["dump", "("], "dump")),
                    when(When::Statement, call(Dump, &["debugPrint", "("], "debugPrint")),
                    when(When::Statement, call(Output, &["print", "("], "print")),
                ]
            }
        }
        Dart => {
            const {
                &[
                    when(When::Statement, call(Breakpoint, &["debugger", "("], "debugger")),
                    when(When::Statement, call(Output, &["print", "("], "print")),
                ]
            }
        }
        C => const { &[when(When::Statement, call(Breakpoint, &["__debugbreak", "("], "__debugbreak"))] },
        Elixir => {
            const {
                &[
                    call(Breakpoint, &["require", "IEx", ";", "IEx", ".", "pry"], "IEx.pry"),
                    call(Breakpoint, &["IEx", ".", "pry"], "IEx.pry"),
                    call(Dump, &["IO", ".", "inspect"], "IO.inspect"),
                    when(When::Statement, call(Dump, &["dbg", "("], "dbg")),
                ]
            }
        }
        Lua => const { &[when(When::Statement, call(Output, &["print", "("], "print"))] },
        Plain => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_row_stands_before_a_shorter_one() {
        for language in Language::ALL {
            let calls = calls_of(language);
            for (index, call) in calls.iter().enumerate() {
                let hidden = calls[index + 1..].iter().find(|later| later.tokens.starts_with(call.tokens));
                assert!(hidden.is_none(), "{language:?}: {} hides {}", call.name, hidden.map_or("", |it| it.name));
            }
        }
    }
}
