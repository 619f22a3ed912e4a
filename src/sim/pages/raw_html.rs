//! The little raw HTML that Markdown may bring: a list of plain tags without attributes, in balance; comments vanish,
//! everything else is shown as text.

use super::text::{escape, visible};

/// Tags that stand in pairs and may pass.
const PAIRED: &[&str] = &["b", "code", "details", "em", "i", "kbd", "strong", "sub", "summary", "sup"];

/// Bytes within which a tag must end, so that a text of nothing but `<` is read in linear time.
const MAX_TAG: usize = 200;

/// Raw tags that are open, between the elements that Markdown itself opened.
#[derive(Default)]
pub(super) struct OpenTags(Vec<Open>);

enum Open {
    /// An element of Markdown: raw tags end with it and do not reach across it.
    Markdown,
    Raw(&'static str),
}

impl OpenTags {
    /// Markdown opens an element.
    pub(super) fn enter(&mut self) {
        self.0.push(Open::Markdown);
    }

    /// Markdown closes its element: the closing tags of what was left open inside.
    pub(super) fn leave(&mut self) -> String {
        let mut closing = String::new();
        while let Some(Open::Raw(tag)) = self.0.pop() {
            closing.push_str(&format!("</{tag}>"));
        }
        closing
    }

    /// Raw HTML made harmless.
    pub(super) fn filter(&mut self, raw: &str) -> String {
        let mut out = String::with_capacity(raw.len());
        let text = without_comments(raw);
        let mut rest = text.as_str();
        while let Some(at) = rest.find('<') {
            out.push_str(&escape_text(&rest[..at]));
            rest = &rest[at..];
            match self.tag(rest) {
                Some((tag, length)) => {
                    out.push_str(&tag);
                    rest = &rest[length..];
                }
                None => {
                    out.push_str("&lt;");
                    rest = &rest[1..];
                }
            }
        }
        out.push_str(&escape_text(rest));
        out
    }

    /// The harmless form of the tag at the start of the text, and how many bytes it took; `None` when it may not pass.
    fn tag(&mut self, text: &str) -> Option<(String, usize)> {
        let length = text.bytes().take(MAX_TAG).position(|byte| byte == b'>')? + 1;
        let inside = &text[1..length - 1];
        // A `<` inside means that the `>` belongs to another tag, an open quote that it is part of a value.
        if inside.contains(['<', '\'', '`']) || inside.matches('"').count() % 2 == 1 {
            return None;
        }
        let (closing, inside) = match inside.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        let name = inside.split([' ', '\t', '\n', '/']).next().unwrap_or_default().to_ascii_lowercase();
        if name == "br" {
            return Some(("<br>".to_owned(), length));
        }
        let name = PAIRED.iter().find(|known| **known == name)?;
        Some((if closing { self.close(name) } else { self.open(name) }, length))
    }

    fn open(&mut self, name: &'static str) -> String {
        self.0.push(Open::Raw(name));
        format!("<{name}>")
    }

    /// Closes the tag and what was opened after it; nothing when it is not open here.
    fn close(&mut self, name: &str) -> String {
        let here = self.0.iter().rev().take_while(|open| matches!(open, Open::Raw(_)));
        if !here.into_iter().any(|open| matches!(open, Open::Raw(tag) if *tag == name)) {
            return String::new();
        }
        let mut closing = String::new();
        while let Some(Open::Raw(tag)) = self.0.pop() {
            closing.push_str(&format!("</{tag}>"));
            if tag == name {
                break;
            }
        }
        closing
    }
}

/// The text without HTML comments; one that never ends hides the rest, as in a browser.
fn without_comments(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find("<!--") {
        out.push_str(&rest[..at]);
        // `<!-->` and `<!--->` are whole comments.
        let body = &rest[at + 2..];
        rest = match body.find("-->") {
            Some(end) => &body[end + 3..],
            None => "",
        };
    }
    out.push_str(rest);
    out
}

/// The text as a reader of the page sees it: without comments and without the tags that pass.
pub(super) fn without_markup(raw: &str) -> String {
    let mut open = OpenTags::default();
    let text = without_comments(raw);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = open.tag(rest).map(|(_, length)| length);
        if length.is_none() {
            out.push('<');
        }
        rest = &rest[length.unwrap_or(1)..];
    }
    out + rest
}

fn escape_text(text: &str) -> String {
    escape(&visible(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_tags_pass_without_attributes_and_in_balance() {
        let filter = |raw: &str| {
            let mut open = OpenTags::default();
            let inside = open.filter(raw);
            inside + &open.leave()
        };
        assert_eq!(filter("<details open><summary>x</summary>y</details>"), "<details><summary>x</summary>y</details>");
        assert_eq!(filter("<B>x"), "<b>x</b>");
        assert_eq!(filter("</details></div>"), "&lt;/div&gt;");
        assert_eq!(filter("<b><i>x</b></i>"), "<b><i>x</i></b>");
        assert_eq!(filter("<b onclick=alert(1)>x</b><br/>"), "<b>x</b><br>");
        assert_eq!(filter("<details class=\"x\">y"), "<details>y</details>");
        assert_eq!(filter("<b title=\">\">"), "&lt;b title=\"&gt;\"&gt;".replace('"', "&quot;"));
        assert_eq!(filter("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
        assert_eq!(filter("<bdo><brx><"), "&lt;bdo&gt;&lt;brx&gt;&lt;");
    }

    #[test]
    fn comments_vanish() {
        assert_eq!(without_comments("a<!-- b -->c<!-->d<!--->e<!-- f"), "acde");
    }
}
