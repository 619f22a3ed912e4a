//! What can be suggested: that the lines of a statement go, when it has them for itself and nothing leans on it.

use crate::analysis::code::{Language, Token, TokenKind};

/// A statement longer than this is not measured.
const MAX_TOKENS: usize = 500;

/// The statement that begins at token `first` of `code` (which has no comments) and whose last given token is `last`:
/// its end, after the brackets that `last` or the next token opens, and a `;`. `None` when it goes on further.
pub(super) fn statement_end(code: &[Token<'_>], last: usize) -> Option<usize> {
    let mut end = last;
    let opens = |index: usize| code.get(index).is_some_and(|token| token.is("("));
    if opens(last) {
        end = closing(code, last)?;
    } else if opens(last + 1) && code[last + 1].start == code[last].end() {
        end = closing(code, last + 1)?;
    }
    if code.get(end + 1).is_some_and(|token| token.is(";")) {
        end += 1;
    }
    Some(end)
}

/// The index of the bracket that closes the one at `open`.
pub(super) fn closing(code: &[Token<'_>], open: usize) -> Option<usize> {
    crate::analysis::code::closing(code.iter().take(open.saturating_add(MAX_TOKENS)), open)
}

/// Whether the lines of the statement `first..=last` can be deleted: it stands alone on them, and is neither the only
/// body of a branch nor a part of an expression. `text` is what the tokens were read from.
pub(super) fn may_go(code: &[Token<'_>], text: &str, language: Language, first: usize, last: usize) -> bool {
    let before = first.checked_sub(1).map(|index| code[index]);
    let after = code.get(last + 1);
    let alone = before.is_none_or(|token| token.last_line() < code[first].line)
        && after.is_none_or(|token| token.line > code[last].last_line());
    if !alone || after.is_some_and(continues) {
        return false;
    }
    // Without its semicolon it is the value of the block.
    if matches!(
        language,
        Language::Rust | Language::C | Language::CSharp | Language::Java | Language::Dart | Language::Php
    ) && !code[last].is(";")
    {
        return false;
    }
    let Some(before) = before else { return true };
    if before.kind == TokenKind::Mark && matches!(before.text, ";" | "{" | "}") {
        return true;
    }
    let (own, theirs) = (indentation(text, code[first].start), indentation(text, before.start));
    let (Some(own), Some(theirs)) = (own, theirs) else { return false };
    let sibling = own == theirs || (matches!(language, Language::Python | Language::Ruby) && theirs > own);
    match before.kind {
        TokenKind::Mark => sibling && matches!(before.text, ")" | "]"),
        TokenKind::Word => sibling && !matches!(before.text, "else" | "do" | "return" | "and" | "or" | "not" | "in"),
        TokenKind::Number | TokenKind::Text | TokenKind::Comment => sibling,
    }
}

/// Whether a token that follows on the next line belongs to the same expression.
fn continues(token: &Token<'_>) -> bool {
    token.kind == TokenKind::Mark
        && matches!(token.text, "." | "," | ")" | "]" | "?" | "+" | "=" | ":" | "&" | "|" | "*")
}

/// Bytes of white space at the start of the line of `at`; `None` on a line too long to look at.
fn indentation(text: &str, at: usize) -> Option<usize> {
    let line = line_around(text, at)?;
    Some(line.len() - line.trim_start().len())
}

/// Lines longer than this are made by machines and not judged.
pub(super) const MAX_LINE_BYTES: usize = 1_000;

/// The line that holds the byte `at`; `None` when it is too long.
pub(super) fn line_around(text: &str, at: usize) -> Option<&str> {
    let bytes = text.as_bytes();
    let from = at.saturating_sub(MAX_LINE_BYTES);
    let begin = match memchr::memrchr(b'\n', &bytes[from..at]) {
        Some(found) => from + found + 1,
        None if from == 0 => 0,
        None => return None,
    };
    let to = (at + MAX_LINE_BYTES).min(bytes.len());
    let end = match memchr::memchr(b'\n', &bytes[at..to]) {
        Some(found) => at + found,
        None if to == bytes.len() => to,
        None => return None,
    };
    Some(&text[begin..end])
}
