//! What is written between the tags of JSX, Vue, Svelte and Astro: words that people read, and no calls.

use super::find::Source;
use crate::analysis::code::Language;

/// So many tokens behind a call are looked at.
const MAX_AHEAD: usize = 200;

impl Source<'_> {
    /// Whether the row of tokens from `index` to `last` stands between tags. Code inside of markup ends with a brace before
    /// a closing tag comes, and outside of it none comes; only that of a `<script>` ends with the tag itself.
    pub(super) fn is_between_tags(&self, index: usize, last: usize) -> bool {
        self.language == Language::JavaScript && (self.follows_tag(index) || self.ends_with_tag(last))
    }

    /// Whether a tag ends right before it: `<code>console.log(x)`, and not `() =>console.log(x)`.
    fn follows_tag(&self, index: usize) -> bool {
        let [Some(before), Some(end)] = [2, 1].map(|back| index.checked_sub(back).map(|at| self.code[at])) else {
            return false;
        };
        let touches = end.is(">") && end.end() == self.code[index].start;
        touches
            && !(before.end() == end.start && (before.is("=") || before.is("-") || before.is(">")))
            && !self.is_tag_of_script(index - 1)
    }

    /// Whether the tag that ends at `close` opens a script: its code begins there.
    fn is_tag_of_script(&self, close: usize) -> bool {
        let opens = (0..close).rev().take(MAX_AHEAD).find(|at| self.code[*at].is("<"));
        opens.is_some_and(|at| self.code[at + 1].is("script"))
    }

    fn ends_with_tag(&self, last: usize) -> bool {
        let ahead = &self.code[(last + 1).min(self.code.len())..];
        let stop = |text: &str| matches!(text, "{" | "}" | "<");
        let Some(at) = ahead.iter().take(MAX_AHEAD).position(|token| stop(token.text)) else { return false };
        let [open, slash, name] = [at, at + 1, at + 2].map(|at| ahead.get(at));
        let is_closing =
            open.zip(slash).is_some_and(|(open, slash)| open.is("<") && slash.is("/") && open.end() == slash.start);
        is_closing && name.is_some_and(|name| !name.is("script"))
    }
}
