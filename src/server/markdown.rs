//! Messages of rules, which are Markdown, as HTML that cannot do harm: raw HTML stays text, pictures become their words,
//! links lead to the web only.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html::push_html};

/// Longer texts stay as they are written; messages of rules are a few sentences.
const MAX_BYTES: usize = 100_000;

/// Renders a message.
pub(super) fn render_markdown(source: &str) -> Markup {
    if source.len() > MAX_BYTES {
        return html! { pre { (source) } };
    }
    let mut dropped = 0;
    let events = Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let harmless = events.filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { ref dest_url, .. }) if !is_web(dest_url) => {
            dropped += 1;
            None
        }
        // Links do not nest, so that the next end belongs to the one that was left out.
        Event::End(TagEnd::Link) if dropped > 0 => {
            dropped -= 1;
            None
        }
        event => Some(event),
    });
    let mut out = String::with_capacity(source.len() * 2);
    push_html(&mut out, harmless);
    html! { div.message { (PreEscaped(out)) } }
}

fn is_web(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    url.starts_with("https://") || url.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::render_markdown;

    fn rendered(source: &str) -> String {
        render_markdown(source).into_string()
    }

    #[test]
    fn what_rules_say_is_read_as_markdown() {
        assert_eq!(
            rendered("Use `a`, **not** [this](https://x.example/y).\n\n```sql\nSELECT 1;\n```"),
            "<div class=\"message\"><p>Use <code>a</code>, <strong>not</strong> <a href=\"https://x.example/y\">this</a>.</p>\n\
             <pre><code class=\"language-sql\">SELECT 1;\n</code></pre>\n</div>"
        );
    }

    #[test]
    fn nothing_of_it_runs_or_loads() {
        let said = rendered(
            "<script>alert(1)</script> <img src=x onerror=y>\n\n![p](https://evil/p.png) [c](javascript:alert(1)) [d](//evil)\n\n\
             <div onclick=z>\n",
        );
        let written = ["<script", "<img", "<div onclick", "href"].map(|it| said.contains(it));
        assert_eq!(written, [false; 4], "{said}");
        assert!(said.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{said}");
        assert!(rendered(&"x".repeat(200_000)).starts_with("<pre>"));
    }
}
