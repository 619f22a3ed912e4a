//! How much code a change adds, and whether it asks for a flag.

use crate::analysis::code::{Language, Token, TokenKind, tokenize};
use crate::diff::{Hunk, LineKind};
use std::collections::HashSet;

/// Added lines that hold code: not blank, not only comment.
pub fn count_code_lines(path: &str, hunks: &[Hunk<'_>]) -> usize {
    added_code(path, hunks, |tokens, added| {
        let lines: HashSet<u32> = tokens.iter().flat_map(|token| token.line..=token.last_line()).collect();
        lines.intersection(added).count()
    })
}

/// Whether an added line of code asks for a flag: by a word of `checks`, or a word that speaks of feature flags.
pub fn asks_for_flag(path: &str, hunks: &[Hunk<'_>], checks: &[String]) -> bool {
    let asks = |token: &Token<'_>| {
        let lower = token.text.to_ascii_lowercase();
        ["featureflag", "feature_flag", "featuretoggle", "feature_toggle"].iter().any(|word| lower.contains(word))
            || checks.iter().any(|check| check == token.text)
    };
    added_code(path, hunks, |tokens, added| {
        usize::from(
            tokens.iter().any(|token| token.kind == TokenKind::Word && added.contains(&token.line) && asks(token)),
        )
    }) > 0
}

/// The sum of a measure over the new side of each hunk, without its comments.
fn added_code(path: &str, hunks: &[Hunk<'_>], measure: impl Fn(&[Token<'_>], &HashSet<u32>) -> usize) -> usize {
    let Some(language) = Language::of(path) else { return 0 };
    let mut sum = 0;
    for hunk in hunks {
        let mut text = String::new();
        let mut added = HashSet::new();
        for line in hunk.lines.iter().filter(|line| line.kind != LineKind::Removed) {
            text.push_str(line.text);
            text.push('\n');
            added.extend(line.new.filter(|_| line.kind == LineKind::Added));
        }
        let mut tokens = tokenize(&text, language, hunk.new_start);
        tokens.retain(|token| token.kind != TokenKind::Comment);
        sum += measure(&tokens, &added);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_hunks;

    const PATCH: &str =
        "@@ -1,2 +1,7 @@\n a = 1\n+# isEnabled\n+\n+x = \"isEnabled\n+\"\n+if isEnabled('x'):\n b = 1\n";

    #[test]
    fn only_added_code_counts() {
        let hunks = parse_hunks(PATCH);
        assert_eq!(count_code_lines("a.py", &hunks), 3);
        assert_eq!(count_code_lines("a.md", &hunks), 0);
        assert!(asks_for_flag("a.py", &hunks, &["isEnabled".to_owned()]));
        assert!(!asks_for_flag("a.py", &hunks, &["is_enabled".to_owned()]));
        let text = parse_hunks("@@ -0,0 +1 @@\n+x = 'isEnabled'\n");
        assert!(!asks_for_flag("a.py", &text, &["isEnabled".to_owned()]));
        assert!(asks_for_flag("a.py", &parse_hunks("@@ -0,0 +1 @@\n+x = useFeatureFlag('y')\n"), &[]));
    }
}
