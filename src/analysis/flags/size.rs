//! How much code a change adds, and whether it asks for a flag.

use crate::analysis::code::{Language, TokenKind, tokenize};
use crate::diff::{Hunk, LineKind};

/// What a change adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddedCode {
    /// Added lines that hold code: not blank, not only comment.
    pub lines: usize,
    /// Whether one of them asks for a flag: by a word of `checks`, or a word that speaks of feature flags.
    pub asks: bool,
}

/// Measures the code that one file's hunks add.
pub fn measure_added_code(path: &str, hunks: &[Hunk<'_>], checks: &[String]) -> AddedCode {
    let mut measured = AddedCode::default();
    let Some(language) = Language::of(path) else { return measured };
    for hunk in hunks {
        let mut text = String::new();
        // Lines are in order, so that a look at one is a search in half, and half again.
        let mut added = Vec::new();
        for line in hunk.lines.iter().filter(|line| line.kind != LineKind::Removed) {
            text.push_str(line.text);
            text.push('\n');
            added.extend(line.new.filter(|_| line.kind == LineKind::Added));
        }
        let is_added = |line: &u32| added.binary_search(line).is_ok();
        // Up to where lines were counted.
        let mut counted = 0;
        for token in tokenize(&text, language, hunk.new_start) {
            if token.kind == TokenKind::Comment {
                continue;
            }
            let lines = token.line.max(counted)..token.last_line().saturating_add(1);
            counted = counted.max(lines.end);
            measured.lines += lines.filter(is_added).count();
            measured.asks |=
                token.kind == TokenKind::Word && speaks_of_flags(token.text, checks) && is_added(&token.line);
        }
    }
    measured
}

fn speaks_of_flags(word: &str, checks: &[String]) -> bool {
    const NAMES: [&str; 4] = ["featureflag", "feature_flag", "featuretoggle", "feature_toggle"];
    let has = |name: &&str| word.as_bytes().windows(name.len()).any(|part| part.eq_ignore_ascii_case(name.as_bytes()));
    NAMES.iter().any(has) || checks.iter().any(|check| check == word)
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
        let measure = |path: &str, check: &str| measure_added_code(path, &hunks, &[check.to_owned()]);
        assert_eq!(measure("a.py", "isEnabled"), AddedCode { lines: 3, asks: true });
        assert_eq!(measure("a.py", "is_enabled"), AddedCode { lines: 3, asks: false });
        assert_eq!(measure("a.md", "isEnabled"), AddedCode::default());
        let text = parse_hunks("@@ -0,0 +1 @@\n+x = 'isEnabled'\n");
        assert!(!measure_added_code("a.py", &text, &["isEnabled".to_owned()]).asks);
        assert!(measure_added_code("a.py", &parse_hunks("@@ -0,0 +1 @@\n+x = useFeatureFlag('y')\n"), &[]).asks);
    }
}
