//! Markdown of people and robots into HTML that cannot do harm: no scripts, no foreign resources, links only to the web
//! or within the simulation.

use super::raw_html::{OpenTags, without_markup};
use super::text::{escape, visible};
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html::push_html};

/// Renders a text of which a suggestion would replace no lines.
pub(super) fn render_markdown(source: &str) -> Markup {
    render_with_lines(source, &[])
}

/// Renders a comment on these lines: a suggestion becomes a small diff against them.
pub(super) fn render_with_lines(source: &str, lines: &[&str]) -> Markup {
    let mut html = String::with_capacity(source.len() * 2);
    push_html(&mut html, Harmless::new(source, lines).into_events().into_iter());
    html! { div.markdown { (PreEscaped(html)) } }
}

/// The source without what a reader does not see: comments and tags of raw HTML.
pub(in crate::sim) fn without_hidden(source: &str) -> String {
    let mut shown = String::with_capacity(source.len());
    let mut done = 0;
    for (event, range) in Parser::new_ext(source, options()).into_offset_iter() {
        let hides = matches!(event, Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock));
        if hides && range.start >= done {
            shown.push_str(&source[done..range.start]);
            shown.push_str(&without_markup(&source[range.clone()]));
            done = range.end;
        }
    }
    shown.push_str(&source[done..]);
    // A word joiner keeps a name from being a mention; nobody sees it.
    visible(shown.trim()).replace('\u{2060}', "")
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_GFM
}

/// The walk over the events of one text.
struct Harmless<'a> {
    source: &'a str,
    lines: &'a [&'a str],
    open: OpenTags,
    events: Vec<Event<'a>>,
    /// For each open link or image, the outermost first: whether it wrote an opening tag.
    links: Vec<bool>,
}

impl<'a> Harmless<'a> {
    fn new(source: &'a str, lines: &'a [&'a str]) -> Self {
        Self { source, lines, open: OpenTags::default(), events: Vec::new(), links: Vec::new() }
    }

    fn into_events(mut self) -> Vec<Event<'a>> {
        let mut parser = Parser::new_ext(self.source, options());
        while let Some(event) = parser.next() {
            match event {
                Event::Start(Tag::HtmlBlock) => {
                    let raw = collect(&mut parser, TagEnd::HtmlBlock);
                    let html = self.open.filter(&raw);
                    self.push_raw(html);
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if is_suggestion(&info) => {
                    let new = collect(&mut parser, TagEnd::CodeBlock);
                    self.push_raw(suggestion(self.lines, &new).into_string());
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => self.open_link(&dest_url),
                Event::End(TagEnd::Link | TagEnd::Image) => self.close_link(),
                Event::Start(tag) => {
                    self.open.enter();
                    self.events.push(Event::Start(tag));
                }
                Event::End(tag) => {
                    let closing = self.open.leave();
                    self.push_raw(closing);
                    self.events.push(Event::End(tag));
                }
                Event::Html(raw) | Event::InlineHtml(raw) => {
                    let html = self.open.filter(&raw);
                    self.push_raw(html);
                }
                Event::Text(text) => self.events.push(Event::Text(visible(&text).into_owned().into())),
                Event::Code(text) => self.events.push(Event::Code(visible(&text).into_owned().into())),
                // Comments on GitHub keep their line breaks.
                Event::SoftBreak => self.events.push(Event::HardBreak),
                other => self.events.push(other),
            }
        }
        let closing = self.open.leave();
        self.push_raw(closing);
        self.events
    }

    fn push_raw(&mut self, html: String) {
        if !html.is_empty() {
            self.events.push(Event::Html(html.into()));
        }
    }

    /// An image is a link with its description: nothing foreign is loaded. Links within links are only text.
    fn open_link(&mut self, address: &str) {
        let inside = self.links.iter().any(|wrote| *wrote);
        let wrote = !inside && is_harmless(address);
        if wrote {
            self.push_raw(format!("<a href=\"{}\" rel=\"nofollow\">", escape(address)));
        }
        self.open.enter();
        self.links.push(wrote);
    }

    fn close_link(&mut self) {
        let mut closing = self.open.leave();
        if self.links.pop() == Some(true) {
            closing.push_str("</a>");
        }
        self.push_raw(closing);
    }
}

/// Whether a link may lead there: to the web, or within the simulation.
pub(super) fn is_harmless(address: &str) -> bool {
    if address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') || address.starts_with("//") {
        return false;
    }
    let lower = address.to_ascii_lowercase();
    let has_scheme = lower.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
    !has_scheme || lower.starts_with("https://") || lower.starts_with("http://")
}

fn is_suggestion(info: &str) -> bool {
    info.split_ascii_whitespace().next() == Some("suggestion")
}

/// The text of a block up to its end.
fn collect<'a>(parser: &mut Parser<'a>, end: TagEnd) -> String {
    let mut all = String::new();
    for event in parser.by_ref() {
        match event {
            Event::End(tag) if tag == end => break,
            Event::Text(text) | Event::Html(text) => all.push_str(&text),
            _ => {}
        }
    }
    all
}

fn suggestion(old: &[&str], new: &str) -> Markup {
    html! {
        div.suggestion {
            div.suggestion-head { "Suggested change" }
            table.diff {
                @for line in old { tr.removed { td.sign { "-" } td.code { (visible(line)) } } }
                @for line in new.lines() { tr.added { td.sign { "+" } td.code { (visible(line)) } } }
                @if new.is_empty() && old.is_empty() { tr { td.sign {} td.code { "The lines go." } } }
            }
        }
    }
}
