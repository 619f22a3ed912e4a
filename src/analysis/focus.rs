//! What makes a test runner leave out every other test: the one table of it, and what is said of it.

use super::code::Language::{self, *};

/// A focus as a row of words and marks, and how people write it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Focus {
    pub(super) tokens: &'static [&'static str],
    pub(super) name: &'static str,
}

const fn focus(tokens: &'static [&'static str], name: &'static str) -> Focus {
    Focus { tokens, name }
}

impl Focus {
    /// The word that a text has to have for the focus to stand in it.
    pub(super) fn telling_word(&self) -> &'static str {
        let telling = self.tokens.iter().find(|token| ["only", "focus"].contains(*token));
        telling.copied().unwrap_or(self.tokens[0])
    }
}

/// The ways to focus a test, or a group of tests, of a language.
pub(super) fn focuses_of(language: Language) -> &'static [Focus] {
    match language {
        JavaScript => {
            const {
                &[
                    focus(&["describe", ".", "only"], "describe.only"),
                    focus(&["describe", ".", "concurrent", ".", "only"], "describe.concurrent.only"),
                    focus(&["describe", ".", "sequential", ".", "only"], "describe.sequential.only"),
                    focus(&["context", ".", "only"], "context.only"),
                    focus(&["suite", ".", "only"], "suite.only"),
                    focus(&["test", ".", "only"], "test.only"),
                    focus(&["test", ".", "concurrent", ".", "only"], "test.concurrent.only"),
                    focus(&["test", ".", "sequential", ".", "only"], "test.sequential.only"),
                    // Playwright
                    focus(&["test", ".", "describe", ".", "only"], "test.describe.only"),
                    focus(&["test", ".", "describe", ".", "serial", ".", "only"], "test.describe.serial.only"),
                    focus(&["test", ".", "describe", ".", "parallel", ".", "only"], "test.describe.parallel.only"),
                    focus(&["it", ".", "only"], "it.only"),
                    focus(&["it", ".", "concurrent", ".", "only"], "it.concurrent.only"),
                    focus(&["fdescribe", "("], "fdescribe"),
                    focus(&["fit", "("], "fit"),
                ]
            }
        }
        Go => {
            const {
                &[
                    focus(&["FDescribe", "("], "FDescribe"),
                    focus(&["FContext", "("], "FContext"),
                    focus(&["FIt", "("], "FIt"),
                ]
            }
        }
        Ruby => {
            const {
                &[
                    focus(&["fdescribe"], "fdescribe"),
                    focus(&["fcontext"], "fcontext"),
                    focus(&["fit"], "fit"),
                    focus(&["focus", ":", "true"], "focus: true"),
                    focus(&["RSpec", ".", "fdescribe"], "RSpec.fdescribe"),
                    focus(&["RSpec", ".", "fcontext"], "RSpec.fcontext"),
                ]
            }
        }
        // With arguments it is another `only`: Laravel's `$user->fresh()->only(['name'])`.
        Php => const { &[focus(&[")", "-", ">", "only", "(", ")"], "->only")] },
        Elixir => const { &[focus(&["@", "tag", ":", "focus"], "@tag :focus")] },
        Rust | Python | Java | Kotlin | Scala | CSharp | Swift | Dart | C | Lua | Plain => &[],
    }
}

/// The focus that begins at token `at`. `is` says whether the token so many after `at` (or before it, below zero) is a word
/// or a mark, `is_apart` whether a space stands before that token, `begins_line` whether the token at `at` is the first of
/// its line.
pub(super) fn focus_at(
    language: Language,
    is: &dyn Fn(isize, &str) -> bool,
    is_apart: &dyn Fn(isize) -> bool,
    begins_line: bool,
) -> Option<&'static Focus> {
    let follows = |at: usize, texts: &[&str]| {
        let at = isize::try_from(at).unwrap_or(isize::MAX);
        texts.iter().any(|text| is(at, text))
    };
    let fits = |focus: &&Focus| focus.tokens.iter().enumerate().all(|(at, text)| follows(at, &[text]));
    // A bare word is a statement of its own: Ruby's `fit "adds" do` and `fdescribe :index do`, and not `fit = 1`, `fit: 1` or
    // `let(:fit)`.
    let stands_behind = |texts: &[&str]| texts.iter().any(|text| is(-1, text));
    let alone = |focus: &&Focus| {
        let begins = begins_line || stands_behind(&[";", "{", "do"]);
        // A symbol's colon touches its name; that of a key touches the word before it, and a choice's neither.
        let is_key = follows(1, &[":"]) && (!is_apart(1) || is_apart(2));
        focus.tokens.len() > 1 || begins && !is_key && !follows(1, &["=", ".", ","])
    };
    // Behind a dot it is somebody else's (`model.fit(`), behind one of these words it is being defined.
    let is_other = || stands_behind(&[".", "@", "def", "func", "function", "class", "new", "alias"]);
    if language == Ruby && is_marked(is) {
        return Some(&MARK);
    }
    let found = focuses_of(language).iter().find(|focus| fits(focus) && alone(focus))?;
    (!is_other()).then_some(found)
}

/// RSpec's `:focus` behind the name of a test, as in `it "adds", :focus do`.
static MARK: Focus = focus(&[",", ":", "focus"], ":focus");

/// So many words and marks may stand between the word that begins a test and its mark.
const MAX_BEFORE_MARK: isize = 20;

fn is_marked(is: &dyn Fn(isize, &str) -> bool) -> bool {
    let begins = |at: isize| {
        ["describe", "context", "it", "specify", "example", "feature", "scenario"].iter().any(|word| is(at, word))
    };
    let marked = [",", ":", "focus"].iter().zip(0..).all(|(text, at)| is(at, text));
    // A block follows, perhaps behind other marks.
    marked && [",", "do", "{"].iter().any(|text| is(3, text)) && (1..=MAX_BEFORE_MARK).any(|back| begins(-back))
}

/// What is said of a focus of this name, whoever finds it.
pub fn render_focus(name: &str) -> String {
    format!(
        "`{name}` makes the test runner leave out every other test. Take the focus away, so that all of them run again."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::code::tokenize;

    /// The names of what is focused in a line.
    fn names(language: Language, line: &str) -> Vec<&'static str> {
        let tokens = tokenize(line, language, 1);
        let at = |index: usize| {
            let is = |offset: isize, text: &str| {
                index.checked_add_signed(offset).and_then(|at| tokens.get(at)).is_some_and(|token| token.is(text))
            };
            let is_apart = |offset: isize| {
                let at = index
                    .checked_add_signed(offset)
                    .and_then(|at| Some((tokens.get(at.checked_sub(1)?)?, tokens.get(at)?)));
                at.is_some_and(|(before, token)| before.end() < token.start)
            };
            focus_at(language, &is, &is_apart, index == 0)
        };
        (0..tokens.len()).filter_map(at).map(|focus| focus.name).collect()
    }

    #[test]
    fn every_way_to_focus_is_found_once() {
        for language in Language::ALL {
            for focus in focuses_of(language) {
                let line = format!("{} 'x'", focus.tokens.concat());
                assert_eq!(names(language, &line), [focus.name], "{language:?} {line}");
                assert!(focus.tokens.contains(&focus.telling_word()));
            }
        }
    }

    #[test]
    fn groups_are_named_by_symbols_and_constants_too() {
        for (line, name) in [
            ("fdescribe :index do", "fdescribe"),
            ("fcontext ::Shop::Cart do", "fcontext"),
            ("fit :adds, :slow do", "fit"),
            ("describe 'a', :focus do", ":focus"),
            ("  it 'b', :focus, :slow do", ":focus"),
            ("RSpec.describe Cart, :focus do", ":focus"),
            ("RSpec.fdescribe Cart do", "RSpec.fdescribe"),
        ] {
            assert_eq!(names(Ruby, line), [name], "{line}");
        }
    }

    #[test]
    fn what_only_has_the_name_is_no_focus() {
        for (language, line) in [
            (JavaScript, "model.fit(x)"),
            (JavaScript, "function fit(a) {}"),
            (JavaScript, "'it.only'"),
            (JavaScript, "x.it.only('a')"),
            (Ruby, "def fit(box)"),
            (Ruby, "fit = 1"),
            (Ruby, "fit: 1"),
            (Ruby, "fit : other"),
            (Ruby, "fit::Box.new"),
            (Ruby, "let(:fit) { 1 }"),
            (Ruby, "box.fit"),
            (Ruby, "validates :name, :focus, presence: true"),
            (Ruby, "it 'sets', :focused do"),
            (Ruby, "config.filter_run :focus"),
            (Php, "$user->fresh()->only(['name']);"),
            (JavaScript, "@fit() x"),
            (Go, "func FIt(t int) {}"),
        ] {
            assert_eq!(names(language, line), [""; 0], "{line}");
        }
    }
}
