//! Makes foreign content harmless. Messages are Markdown by rule authors, but titles, paths and code of the pull
//! request are often inside: nothing in them may notify anybody, open HTML, or look like a marker of ours.

use super::html::{BREAKS, closes_its_code, find_formatting};
use std::collections::BTreeSet;

/// Invisible, and keeps `@name` and `<tag` from being what they look like, inside code as well as outside.
pub(in crate::plan) const JOINER: char = '\u{2060}';

/// HTML that a `markdown` finding may use besides, when it is balanced.
const FOLDING: [&str; 8] = ["<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<kbd>", "</kbd>"];

/// Markdown without mentions, HTML, control and direction characters; an open code fence is closed.
pub fn neutralise(markdown: &str) -> String {
    close_fences(escape(markdown, Html::Links))
}

/// The same for what a rule says, where a few words may be formatted with HTML.
pub(super) fn neutralise_keeping_formatting(markdown: &str) -> String {
    close_fences(escape(markdown, Html::Formatting))
}

/// The same for a `markdown` finding, which may also fold text away with `<details>`.
pub(super) fn neutralise_keeping_details(markdown: &str) -> String {
    close_fences(escape(markdown, if is_balanced(markdown) { Html::Folding } else { Html::Formatting }))
}

/// Which HTML stays HTML.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Html {
    /// Whole links.
    Links,
    /// Line breaks and pairs of tags on one line, too.
    Formatting,
    /// What folds text away, too.
    Folding,
}

/// Text as a code span that nothing inside can leave.
pub fn code_span(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() || is_direction(c) { '\u{fffd}' } else { c }).collect();
    let fence = "`".repeat(longest_run(&clean, '`') + 1);
    let pad = if clean.starts_with('`') || clean.ends_with('`') || clean.is_empty() { " " } else { "" };
    format!("{fence}{pad}{clean}{pad}{fence}")
}

/// Plain text without characters that control or turn the line.
pub(in crate::plan) fn plain(text: &str) -> String {
    text.chars().filter(|&c| keeps(c)).collect()
}

/// The longest run of one character.
pub(in crate::plan) fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(|run| run.len() / of.len_utf8()).max().unwrap_or(0)
}

fn escape(markdown: &str, html: Html) -> String {
    let mut out = String::with_capacity(markdown.len() + 8);
    let clean = plain(markdown);
    let mut tags = links(&clean);
    if html != Html::Links {
        tags.extend(find_formatting(&clean));
    }
    let break_at = |rest: &str| BREAKS.iter().find(|tag| html != Html::Links && rest.starts_with(**tag));
    let is_tag = |at: usize, rest: &str| {
        tags.contains(&at)
            || break_at(rest).is_some()
            || (html == Html::Folding && FOLDING.iter().any(|tag| rest.starts_with(tag)))
    };
    for (at, c) in clean.char_indices() {
        let rest = &clean[at..];
        // With a line for itself it would begin a block in which Markdown is none, the end of a fence for example.
        if c == '<' && break_at(rest).is_some_and(|tag| is_blank(rest[tag.len()..].lines().next().unwrap_or_default()))
        {
            out.push(JOINER);
        }
        out.push(c);
        let next = rest[c.len_utf8()..].chars().next();
        let risky = match c {
            // GitHub looks for names after entities have become characters.
            '@' => next.is_some_and(|n| n.is_alphanumeric() || n == '&'),
            '&' => is_at_sign(&rest[1..]),
            '<' => next.is_some_and(|n| n.is_ascii_alphabetic() || matches!(n, '/' | '!' | '?')) && !is_tag(at, rest),
            _ => false,
        };
        if risky {
            out.push(JOINER);
        }
    }
    out
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// Whether an entity, from behind its `&`, stands for `@`: `#64;`, `#x40;`, `commat;`.
fn is_at_sign(entity: &str) -> bool {
    let Some((name, _)) = entity.split_once(';') else { return false };
    let number = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    });
    name == "commat" || number == Some(u32::from(b'@'))
}

/// Where the tags of whole links begin: `<a href="https://...">words</a>`, as `danger.utils.href` makes them, or with `'` as
/// danger-js does. Nothing but a web address stands in the tag, and no other tag inside the link.
fn links(text: &str) -> BTreeSet<usize> {
    const OPEN: &str = "<a href=";
    let mut tags = BTreeSet::new();
    for (at, _) in text.match_indices(OPEN) {
        let link = &text[at + OPEN.len()..];
        let Some(quote) = link.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { continue };
        let link = &link[quote.len_utf8()..];
        let Some(length) = link.find(quote) else { continue };
        let (address, after) = link.split_at(length);
        let odd = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '`' | '\\');
        let web = (address.starts_with("https://") || address.starts_with("http://")) && !address.contains(odd);
        let Some(words) = after[quote.len_utf8()..].strip_prefix('>').filter(|_| web) else { continue };
        let end = words.find(['<', '\n']);
        let end = end.filter(|end| words[*end..].starts_with("</a>") && closes_its_code(&words[..*end]));
        if let Some(end) = end {
            tags.insert(at);
            tags.insert(text.len() - words.len() + end);
        }
    }
    tags
}

fn is_balanced(markdown: &str) -> bool {
    ["details", "summary", "sub", "kbd"].iter().all(|tag| {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        let mut depth = 0_i32;
        let mut rest = markdown;
        while let Some(at) = rest.find('<') {
            rest = &rest[at..];
            depth += i32::from(rest.starts_with(&open)) - i32::from(rest.starts_with(&close));
            if depth < 0 {
                return false;
            }
            rest = &rest[1..];
        }
        depth == 0
    })
}

/// Blanks that may stand before a fence.
const MAX_FENCE_INDENT: usize = 3;

fn close_fences(mut text: String) -> String {
    let mut open: Option<(char, usize)> = None;
    for line in text.lines() {
        // More blanks are code, which is no fence, or lie inside a list, which closes its own.
        let body = line.trim_start_matches(' ');
        if line.len() - body.len() > MAX_FENCE_INDENT {
            continue;
        }
        let Some(mark @ ('`' | '~')) = body.chars().next() else { continue };
        let length = body.chars().take_while(|&c| c == mark).count();
        if length < 3 {
            continue;
        }
        let after = &body[length..];
        open = match open {
            None if mark == '~' || !after.contains('`') => Some((mark, length)),
            Some((fence, least)) if fence == mark && length >= least && after.trim().is_empty() => None,
            same => same,
        };
    }
    if let Some((mark, length)) = open {
        text.push('\n');
        text.extend(std::iter::repeat_n(mark, length));
    }
    text
}

/// The same text in which control and direction characters are seen for what they are.
pub fn make_visible(text: &str) -> String {
    text.chars().map(|c| if keeps(c) || c == '\r' { c } else { '\u{fffd}' }).collect()
}

fn keeps(c: char) -> bool {
    c == '\n' || c == '\t' || !(c.is_control() || is_direction(c))
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_notified_and_no_tag_survives() {
        let hostile = "hi @org/all <img src=x> </details> <!-- deckhand:v1 summary op=a body=b --> a@b 1 < 2";
        let safe = neutralise(hostile);
        assert!(
            !safe.contains("@org") && !safe.contains("<img") && !safe.contains("</details") && !safe.contains("<!--")
        );
        assert!(safe.contains("1 < 2"));
        assert_eq!(safe.replace(JOINER, ""), hostile);
    }

    #[test]
    fn entities_spell_no_name() {
        for hostile in
            ["&#64;org/all", "&#x40;org", "&#X000040;org", "&#0064;org", "&commat;org", "@&#111;rg", "\\@org"]
        {
            let safe = neutralise(hostile);
            assert_eq!(safe.matches(JOINER).count(), 1, "{safe}");
            assert_eq!(safe.replace(JOINER, ""), hostile);
        }
        for fine in ["&amp; &lt;b&gt; &#8203; a&b; AT&T", "&#64", "& #64;", "me @ home"] {
            assert_eq!(neutralise(fine), fine);
        }
    }

    #[test]
    fn markdown_may_fold_when_it_unfolds() {
        let folded = "<details><summary>log</summary>\n\nx\n\n</details><script>";
        let safe = neutralise_keeping_details(folded);
        assert!(safe.starts_with("<details><summary>log</summary>") && !safe.contains("<script"));
        assert!(!neutralise_keeping_details("</details><details>").contains("</details>"));
    }

    #[test]
    fn a_message_may_format_words() {
        let words = "<b>Note:</b> run `x` <br/>or <i>read <code>a.md</code></i>";
        assert_eq!(neutralise_keeping_formatting(words), words);
        assert_eq!(neutralise_keeping_details(words), words);
        assert!(!neutralise(words).contains("<b>"));
        let hostile = "<b>@org <img src=x></b> <details> <b onclick=x>y</b>";
        let safe = neutralise_keeping_formatting(hostile);
        assert!(safe.starts_with("<b>@\u{2060}org <\u{2060}img src=x></b> <\u{2060}details>"), "{safe}");
        assert!(!safe.contains("<b onclick"), "{safe}");
    }

    #[test]
    fn a_break_with_a_line_for_itself_begins_no_block_of_html() {
        let quoted = "Subject\n\n<br>\n```\ncode\n\nend";
        assert_eq!(neutralise_keeping_formatting(quoted), "Subject\n\n\u{2060}<br>\n```\ncode\n\nend\n```");
        assert_eq!(neutralise_keeping_formatting("a <br/> b"), "a <br/> b");
        assert_eq!(neutralise_keeping_formatting("> <br />  \n"), "> \u{2060}<br />  \n");
    }

    #[test]
    fn a_whole_link_is_one() {
        let link = "<a href=\"https://github.com/o/r/blob/main/a.md\">a.md</a>";
        assert_eq!(neutralise(&format!("See {link} and {link}.")), format!("See {link} and {link}."));
        for broken in [
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"https://x\" onclick=\"y\">x</a>",
            "<a href=\"https://x\">x",
            "<a href=\"https://x\"><img></a>",
            "<a href='https://x\">x</a>",
            "<a href=https://x>x</a>",
            "<a href='https://x'>`x</a>` y",
            "<a href='https://x'>x\\</a>",
            "<a href='https://x'>\nx</a>",
        ] {
            let safe = neutralise(broken);
            assert!(!safe.contains("<a ") && !safe.contains("</a"), "{safe}");
        }
        let by_danger = "<a href='https://x'>`a.md`</a>";
        assert_eq!(neutralise(by_danger), by_danger);
        assert!(!neutralise("<a href=\"https://x\">@org</a>").contains("@org"));
    }

    #[test]
    fn a_fence_that_is_too_far_in_is_none() {
        let nested = "```python\ndef f():\n    \"\"\"\n    ```console\n    $ x\n    ```\n    \"\"\"\n```";
        assert_eq!(neutralise(nested), nested);
        let listed = "- a step\n\n      ```\n      code";
        assert_eq!(neutralise(listed), listed);
        assert_eq!(neutralise("   ```\nx"), "   ```\nx\n```");
    }

    #[test]
    fn an_open_fence_is_closed() {
        assert_eq!(neutralise("a\n```rust\nx"), "a\n```rust\nx\n```");
        assert_eq!(neutralise("```\nx\n```"), "```\nx\n```");
        assert_eq!(neutralise("~~~~\n```"), "~~~~\n```\n~~~~");
    }

    #[test]
    fn code_spans_hold() {
        assert_eq!(code_span("a`b"), "``a`b``");
        assert_eq!(code_span("`"), "`` ` ``");
        assert_eq!(code_span("a\nb"), "`a\u{fffd}b`");
        assert_eq!(plain("a\u{202e}b\u{7}\n"), "ab\n");
    }
}
