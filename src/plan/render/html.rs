//! HTML that formats words inside a message. A tag that opens must be closed whatever stands between, or the formatting
//! would go on in what others say: so both tags stand on one line, and nothing between them can take in the second.

/// A new line.
pub(super) const BREAKS: [&str; 3] = ["<br>", "<br/>", "<br />"];

/// Elements that format words.
const WORDS: [&str; 7] = ["b", "code", "em", "i", "kbd", "strong", "sub"];

/// Deeper tags are text, so that hostile ones cost no more.
const MAX_DEPTH: usize = 8;

/// Where the tags of such pairs begin.
pub(super) fn find_formatting(text: &str) -> Vec<usize> {
    let mut tags = Vec::new();
    let mut begin = 0;
    for line in text.split('\n') {
        // Elements that are open: the name, where the tag begins and where the words behind it do.
        let mut open: Vec<(&str, usize, usize)> = Vec::new();
        for (at, _) in line.match_indices('<') {
            match read_tag(&line[at..]) {
                Some((name, false)) if open.len() < MAX_DEPTH => open.push((name, at, at + name.len() + 2)),
                Some((name, true)) if open.last().is_some_and(|last| last.0 == name) => {
                    let pair = open.pop().filter(|(.., words)| closes_itself(&line[*words..at]));
                    tags.extend(pair.into_iter().flat_map(|(_, tag, _)| [begin + tag, begin + at]));
                }
                _ => {}
            }
        }
        begin += line.len() + 1;
    }
    tags
}

/// The name in a tag, and whether it closes.
fn read_tag(text: &str) -> Option<(&'static str, bool)> {
    let inner = text.strip_prefix('<')?;
    let (inner, closes) = inner.strip_prefix('/').map_or((inner, false), |inner| (inner, true));
    let name = WORDS.into_iter().find(|name| inner.strip_prefix(name).is_some_and(|rest| rest.starts_with('>')))?;
    Some((name, closes))
}

/// Whether Markdown that begins in these words also ends in them, so that it takes in no tag behind them.
fn closes_itself(words: &str) -> bool {
    // An image's text and a formula have no tags in them.
    !words.contains("![") && !words.contains('$') && closes_its_code(words) && closes_its_links(words)
}

/// Whether each code span ends in the words, and the tag behind them is not escaped.
pub(super) fn closes_its_code(words: &str) -> bool {
    if words.ends_with('\\') || words.contains("\\`") {
        return false;
    }
    let mut fence = 0;
    let mut rest = words;
    while let Some(at) = rest.find('`') {
        let run = rest[at..].bytes().take_while(|&byte| byte == b'`').count();
        // GitHub's Markdown knows no longer ones.
        if run > 80 {
            return false;
        }
        fence = match fence {
            0 => run,
            fence if fence == run => 0,
            fence => fence,
        };
        rest = &rest[at + run..];
    }
    fence == 0
}

/// Whether each `[text](address)` has an address that ends in the words: without blanks, quotes and further brackets.
fn closes_its_links(words: &str) -> bool {
    words.match_indices("](").all(|(at, _)| {
        let stop = |c: char| c.is_whitespace() || matches!(c, ')' | '(' | '<' | '>' | '"' | '\'' | '\\');
        let address = &words[at + 2..];
        address.find(stop).is_some_and(|end| address[end..].starts_with(')'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with `{` and `}` for the `<` and `>` of tags that stay.
    fn shown(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for at in find_formatting(text) {
            bytes[at] = b'{';
        }
        String::from_utf8(bytes).expect("tags begin with one byte")
    }

    #[test]
    fn pairs_on_one_line_stay() {
        assert_eq!(
            shown("a <b>x</b>\n<i>y <code>`z` [d](http://x/y)</code></i>"),
            "a {b>x{/b>\n{i>y {code>`z` [d](http://x/y){/code>{/i>"
        );
        assert_eq!(shown("<b><i>x</b></i>"), "<b>{i>x</b>{/i>");
        assert_eq!(shown("é<em></em>"), "é{em>{/em>");
    }

    #[test]
    fn what_could_stay_open_is_text() {
        for text in [
            "<b>x",
            "x</b>",
            "<b>x\n</b>",
            "<b>x<b/>",
            "<b >x</b >",
            "<script>x</script>",
            "<b>`x</b>`",
            "<b>``x`</b>``",
            "<b>x\\</b>",
            "<b>\\`x`</b>`",
            "<b>[x](y \"</b>\")",
            "<b>[x](</b>)",
            "<b>![x</b>](y)",
            "<b>$x</b>$",
        ] {
            assert_eq!(shown(text), text);
        }
        let long = "`".repeat(82);
        let text = format!("<b>{long} ` {long}</b>");
        assert_eq!(shown(&text), text);
    }

    #[test]
    fn many_tags_are_read_in_no_time() {
        let deep = "<b>".repeat(20_000) + &"</b>".repeat(20_000);
        assert_eq!(find_formatting(&deep).len(), 2 * MAX_DEPTH);
        assert_eq!(find_formatting(&"<b>](`</b>".repeat(20_000)).len(), 0);
    }
}
