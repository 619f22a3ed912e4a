//! The lines of a comment that its author says in their own voice: those of plain paragraphs, as GitHub renders them.
//! Quotes, code, lists, tables, HTML comments and what stands inside folded or quoting HTML do not count.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeMap;
use std::ops::Range;

/// HTML elements whose content is not the author's own voice, or is not seen.
const SET_ASIDE: [&str; 10] =
    ["blockquote", "code", "del", "details", "pre", "s", "samp", "script", "style", "template"];

/// Every such line without its HTML comments, trimmed.
pub(super) fn own_lines(body: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    let mut depth = 0usize;
    let mut starts: Vec<usize> = Vec::new();
    let mut comments: Vec<Range<usize>> = Vec::new();
    let mut aside = Aside::default();
    // Whether a paragraph that is in no other block is open.
    let mut speaking = false;
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        match event {
            Event::Start(Tag::HtmlBlock) => {
                aside.read(&body[range]);
                depth += 1;
            }
            Event::Start(Tag::Paragraph) if depth == 0 => {
                speaking = aside.is_over();
                if speaking {
                    starts.push(range.start);
                }
                depth += 1;
            }
            Event::Start(_) => depth += 1,
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                if end == TagEnd::Paragraph && depth == 0 {
                    speaking = false;
                }
            }
            Event::SoftBreak | Event::HardBreak if speaking && depth == 1 && aside.is_over() => starts.push(range.end),
            Event::InlineHtml(html) => {
                if html.starts_with("<!--") {
                    comments.push(range);
                } else {
                    aside.read(&html);
                }
            }
            _ => {}
        }
    }
    starts.into_iter().map(|start| line_at(body, start, &comments)).collect()
}

fn line_at(body: &str, start: usize, comments: &[Range<usize>]) -> String {
    // A break may end before or behind the line feed, and behind it may be blanks.
    let start = start + (body[start..].len() - body[start..].trim_start().len());
    let end = body[start..].find(['\n', '\r']).map_or(body.len(), |at| start + at);
    let mut line = String::new();
    let mut from = start;
    for comment in comments.iter().filter(|it| it.start >= start && it.start < end) {
        line.push_str(&body[from.min(comment.start)..comment.start]);
        from = comment.end.min(end).max(from);
    }
    line.push_str(&body[from.min(end)..end]);
    line.trim().to_owned()
}

/// Which of the elements set aside are open.
#[derive(Default)]
struct Aside {
    open: BTreeMap<&'static str, usize>,
}

impl Aside {
    fn is_over(&self) -> bool {
        self.open.values().all(|count| *count == 0)
    }

    /// Counts the tags of a piece of HTML.
    fn read(&mut self, html: &str) {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            rest = &rest[at + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
                continue;
            }
            let closes = rest.starts_with('/');
            let name = rest.trim_start_matches('/');
            let length = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
            let Some(element) = SET_ASIDE.iter().find(|it| it.eq_ignore_ascii_case(&name[..length])) else { continue };
            let count = self.open.entry(element).or_default();
            *count = if closes { count.saturating_sub(1) } else { *count + 1 };
        }
    }
}
