//! How tests of each language assert and skip: tables. What focuses a test is known to `analysis::focus`.

use super::lines::Piece;
use crate::analysis::code::Language::{self, *};
use crate::analysis::focus::{Focus, focus_at};

/// A mark of a test as a row of words and marks, and how people write it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sign {
    pub(super) tokens: &'static [&'static str],
    pub(super) name: &'static str,
    /// Under an `if` it is a skip on some machines only, which is no loss.
    pub(super) may_be_conditional: bool,
}

const fn sign(tokens: &'static [&'static str], name: &'static str) -> Sign {
    Sign { tokens, name, may_be_conditional: false }
}

const fn call(tokens: &'static [&'static str], name: &'static str) -> Sign {
    Sign { tokens, name, may_be_conditional: true }
}

/// What makes a test not run.
pub(super) fn skips_of(language: Language) -> &'static [Sign] {
    match language {
        Python => {
            const {
                &[
                    sign(&["mark", ".", "skip"], "@pytest.mark.skip"),
                    sign(&["mark", ".", "xfail"], "@pytest.mark.xfail"),
                    sign(&["unittest", ".", "skip"], "@unittest.skip"),
                    sign(&["unittest", ".", "expectedFailure"], "@unittest.expectedFailure"),
                    sign(&["@", "skip"], "@skip"),
                    call(&["pytest", ".", "skip", "("], "pytest.skip"),
                    call(&["self", ".", "skipTest", "("], "self.skipTest"),
                ]
            }
        }
        JavaScript => {
            const {
                &[
                    sign(&["it", ".", "skip"], "it.skip"),
                    sign(&["test", ".", "skip"], "test.skip"),
                    sign(&["describe", ".", "skip"], "describe.skip"),
                    sign(&["suite", ".", "skip"], "suite.skip"),
                    sign(&["context", ".", "skip"], "context.skip"),
                    sign(&["test", ".", "fixme"], "test.fixme"),
                    sign(&["it", ".", "fails"], "it.fails"),
                    sign(&["test", ".", "fails"], "test.fails"),
                    sign(&["xit", "("], "xit"),
                    sign(&["xtest", "("], "xtest"),
                    sign(&["xdescribe", "("], "xdescribe"),
                    sign(&["xcontext", "("], "xcontext"),
                ]
            }
        }
        Go => {
            const {
                &[
                    call(&["t", ".", "Skip", "("], "t.Skip"),
                    call(&["t", ".", "Skipf", "("], "t.Skipf"),
                    call(&["t", ".", "SkipNow", "("], "t.SkipNow"),
                    sign(&["XIt", "("], "XIt"),
                    sign(&["PIt", "("], "PIt"),
                    sign(&["XDescribe", "("], "XDescribe"),
                    sign(&["PDescribe", "("], "PDescribe"),
                ]
            }
        }
        Rust => const { &[sign(&["#", "[", "ignore"], "#[ignore]")] },
        Java | Kotlin | Scala => {
            const {
                &[
                    sign(&["@", "Disabled"], "@Disabled"),
                    sign(&["@", "Ignore"], "@Ignore"),
                    sign(&["enabled", "=", "false"], "enabled = false"),
                    sign(&["xtest", "("], "xtest"),
                    sign(&["xit", "("], "xit"),
                ]
            }
        }
        CSharp => {
            const {
                &[
                    sign(&["[", "Ignore"], "[Ignore]"),
                    sign(&["(", "Skip", "="], "Skip ="),
                    call(&["Assert", ".", "Ignore", "("], "Assert.Ignore"),
                    call(&["Assert", ".", "Inconclusive", "("], "Assert.Inconclusive"),
                ]
            }
        }
        Ruby => {
            const {
                &[
                    call(&["skip"], "skip"),
                    call(&["pending"], "pending"),
                    sign(&["xit"], "xit"),
                    sign(&["xspecify"], "xspecify"),
                    sign(&["xdescribe"], "xdescribe"),
                    sign(&["xcontext"], "xcontext"),
                    sign(&["skip", ":", "true"], "skip: true"),
                    sign(&[":", "skip", "=", ">", "true"], "skip: true"),
                ]
            }
        }
        Php => {
            const {
                &[
                    call(&["markTestSkipped", "("], "markTestSkipped"),
                    call(&["markTestIncomplete", "("], "markTestIncomplete"),
                    sign(&[")", "-", ">", "skip", "("], "->skip"),
                    sign(&[")", "-", ">", "todo", "("], "->todo"),
                ]
            }
        }
        Elixir => {
            const {
                &[
                    sign(&["@", "tag", ":", "skip"], "@tag :skip"),
                    sign(&["@", "tag", "skip", ":"], "@tag skip:"),
                    sign(&["@", "moduletag", ":", "skip"], "@moduletag :skip"),
                    sign(&["@", "moduletag", "skip", ":"], "@moduletag skip:"),
                    sign(&["@", "describetag", ":", "skip"], "@describetag :skip"),
                ]
            }
        }
        C => const { &[call(&["GTEST_SKIP", "("], "GTEST_SKIP"), call(&["SKIP", "("], "SKIP")] },
        Swift => const { &[call(&["XCTSkip", "("], "XCTSkip"), sign(&[".", "disabled", "("], ".disabled")] },
        Dart => const { &[sign(&["skip", ":", "true"], "skip: true")] },
        Lua => const { &[call(&["pending", "("], "pending")] },
        Plain => &[],
    }
}

/// How many assertions a line makes.
pub(super) fn assertions(tokens: &[Piece<'_>], language: Language) -> usize {
    let defined = tokens
        .iter()
        .any(|token| ["def", "defp", "fn", "func", "function", "import", "use", "from"].contains(&token.text));
    if defined && !tokens.iter().any(|token| token.is("{") || token.is("="))
        || tokens.iter().any(|token| token.text == "import")
    {
        return 0;
    }
    let mut count = 0;
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map_or("", |token| token.text);
        // `fmt.Errorf` makes an error, `t.Errorf` fails the test.
        let of_test = at >= 2 && ["t", "b", "tb", "f", "s"].contains(&tokens[at - 2].text);
        let fails = !matches!(token.text, "Error" | "Errorf") || language != Go || of_test;
        count += usize::from(token.is_word() && fails && is_assertion(token.text, next, at, language));
    }
    // `Assert.That(...)` and `t.Errorf` of one check on one line are one assertion.
    count.min(3)
}

fn is_assertion(word: &str, next: &str, at: usize, language: Language) -> bool {
    let lower = word.to_ascii_lowercase();
    match language {
        Go => {
            matches!(word, "Error" | "Errorf" | "Fatal" | "Fatalf") && next == "("
                || matches!(word, "assert" | "require") && next == "."
        }
        Python => {
            word == "assert" && at == 0
                || word.starts_with("assert") && word.len() > 6 && next == "("
                || matches!(word, "raises" | "warns") && next == "("
        }
        Ruby => {
            matches!(lower.as_str(), "expect" | "should" | "should_not")
                || lower.starts_with("assert")
                || lower.starts_with("refute")
                || lower.starts_with("must_")
                || lower.starts_with("wont_")
        }
        Elixir => lower.starts_with("assert") || lower.starts_with("refute"),
        Rust => lower.starts_with("assert") && next == "!" || lower.starts_with("assert_") && next == "(",
        _ => {
            let called = next == "(" || next == "." || next == "!" || next == "<" || next == ":";
            called
                && (lower.starts_with("assert")
                    || lower.starts_with("xctassert")
                    || lower.starts_with("expect") && lower != "expected"
                    || matches!(word, "verify" | "should" | "Should" | "CHECK" | "REQUIRE"))
        }
    }
}

/// Where a sign begins among the tokens of a line.
pub(super) fn find_sign(tokens: &[Piece<'_>], signs: &'static [Sign]) -> Option<(usize, &'static Sign)> {
    (0..tokens.len()).find_map(|at| {
        let fits = |sign: &&Sign| {
            let rest = &tokens[at..];
            rest.len() >= sign.tokens.len() && sign.tokens.iter().zip(rest).all(|(wanted, token)| token.is(wanted))
        };
        // A bare word is a statement of its own: Ruby's `skip "why"` and `xdescribe :index do`.
        let goes_on = |next: &Piece<'_>| match next.text {
            "=" | "." | "," => true,
            ":" => tokens[at].touches(next) || tokens.get(2).is_none_or(|name| !next.touches(name)),
            _ => false,
        };
        let alone = |sign: &&Sign| sign.tokens.len() > 1 || at == 0 && !tokens.get(1).is_some_and(goes_on);
        // A name behind a dot is somebody else's: `mocha.it.skip` is not, `x.skip` is.
        let own = at == 0 || !tokens[at - 1].is(".") || sign_begins_with_member(tokens[at].text);
        signs.iter().filter(|_| own).find(|sign| fits(sign) && alone(sign)).map(|sign| (at, sign))
    })
}

/// The focus on a line, if there is one.
pub(super) fn find_focus(tokens: &[Piece<'_>], language: Language) -> Option<&'static Focus> {
    (0..tokens.len()).find_map(|at| {
        let is = |offset: isize, text: &str| {
            at.checked_add_signed(offset).and_then(|at| tokens.get(at)).is_some_and(|token| token.is(text))
        };
        let is_apart = |offset: isize| {
            let at = at.checked_add_signed(offset).filter(|at| (1..tokens.len()).contains(at));
            at.is_some_and(|at| !tokens[at - 1].touches(&tokens[at]))
        };
        focus_at(language, &is, &is_apart, at == 0)
    })
}

/// `pytest.mark.skip` is looked for from `mark` on.
fn sign_begins_with_member(word: &str) -> bool {
    word == "mark"
}
