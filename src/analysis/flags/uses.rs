//! Where a file uses a name.

use crate::analysis::code::{Language, TokenKind, tokenize};

/// The lines on which `name` stands as a whole word, in code or in a text of it, not in a comment.
pub fn find_uses(path: &str, text: &str, name: &str) -> Vec<u32> {
    if name.is_empty() {
        return Vec::new();
    }
    match Language::of(path) {
        None => {
            let lines = (1u32..).zip(text.lines());
            lines.filter(|(_, line)| has_word(line, name)).map(|(number, _)| number).collect()
        }
        Some(language) => {
            let mut lines = Vec::new();
            for token in tokenize(text, language, 1) {
                if matches!(token.kind, TokenKind::Word | TokenKind::Text) {
                    let inner = (token.line..).zip(token.text.split('\n'));
                    lines.extend(inner.filter(|(_, line)| has_word(line, name)).map(|(number, _)| number));
                }
            }
            // `dark-mode` outside quotes is three tokens.
            if name.contains(['-', '.']) && language == Language::Plain {
                let whole = (1u32..).zip(text.lines());
                lines.extend(
                    whole
                        .filter(|(_, line)| !line.trim_start().starts_with('#') && has_word(line, name))
                        .map(|(n, _)| n),
                );
                lines.sort_unstable();
            }
            lines.dedup();
            lines
        }
    }
}

fn has_word(text: &str, name: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(inside) && !text[at + name.len()..].starts_with(inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_longer_names_are_no_uses() {
        let text = "# new_checkout\nif enabled('new_checkout'):\n    x = new_checkout_2\n    \"\"\"a\n    new_checkout \"\"\"\nnew_checkout()\n";
        assert_eq!(find_uses("a.py", text, "new_checkout"), [2, 5, 6]);
        assert_eq!(
            find_uses("a.yml", "# dark-mode\na: dark-mode\nb: 'dark-mode'\nc: dark-mode-2\n", "dark-mode"),
            [2, 3]
        );
        assert_eq!(find_uses("a.erb", "<% if flag?(:new_checkout) %>\n<p>new_checkouts</p>", "new_checkout"), [1]);
        assert!(find_uses("a.py", "x", "").is_empty());
    }
}
