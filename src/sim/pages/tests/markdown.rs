//! Markdown: what passes, what is shown as text, what nobody sees.

use super::super::markdown::{is_harmless, render_markdown, render_with_lines, without_hidden};

fn html(source: &str) -> String {
    let html = render_markdown(source).into_string();
    html.trim_start_matches("<div class=\"markdown\">").trim_end_matches("</div>").trim_end().to_owned()
}

#[test]
fn github_flavour_is_read() {
    assert_eq!(html("a\nb ~~c~~"), "<p>a<br />\nb <del>c</del></p>");
    assert!(html("- [x] done").contains("type=\"checkbox\" checked=\"\""));
    assert!(html("|a|\n|-|\n|b|").contains("<td>b</td>"));
}

#[test]
fn links_lead_only_to_the_web_or_within() {
    assert_eq!(html("[x](https://a.b/c?d&e)"), "<p><a href=\"https://a.b/c?d&amp;e\" rel=\"nofollow\">x</a></p>");
    assert_eq!(html("[x](/a/b)"), "<p><a href=\"/a/b\" rel=\"nofollow\">x</a></p>");
    assert_eq!(html("[x](javascript:alert(1))"), "<p>x</p>");
    assert_eq!(html("<javascript:alert(1)>"), "<p>javascript:alert(1)</p>");
    for bad in [
        "JavaScript:x",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/\\evil",
        "java\nscript:x",
        " javascript:x",
        "\u{1}javascript:x",
        "file:///etc/passwd",
        "mailto:a@b.c",
    ] {
        assert!(!is_harmless(bad), "{bad:?}");
    }
    for good in ["http://a", "HTTPS://a", "docs/a.md", "#place", "?q=a:b", "/a:b", "./a"] {
        assert!(is_harmless(good), "{good}");
    }
}

#[test]
fn images_become_links_and_nothing_is_loaded() {
    assert_eq!(html("![alt](https://a/x.png)"), "<p><a href=\"https://a/x.png\" rel=\"nofollow\">alt</a></p>");
    assert_eq!(html("[![alt](https://a/x.png)](https://b)"), "<p><a href=\"https://b\" rel=\"nofollow\">alt</a></p>");
}

#[test]
fn raw_html_is_listed_tags_or_text() {
    assert_eq!(html("<sub>`x`</sub>"), "<p><sub><code>x</code></sub></p>");
    assert_eq!(
        html("<details open>\n<summary>s</summary>\n\n*x*\n\n</details>"),
        "<details>\n<summary>s</summary>\n<p><em>x</em></p>\n</details>"
    );
    assert_eq!(html("a <script>b</script>"), "<p>a &lt;script&gt;b&lt;/script&gt;</p>");
    assert_eq!(html("<style>\n*{display:none}\n</style>"), "&lt;style&gt;\n*{display:none}\n&lt;/style&gt;");
    assert_eq!(html("<b onmouseover=alert(1)>x</b>"), "<p><b>x</b></p>");
    assert_eq!(html("<a href=\"https://x\">x</a>"), "<p>&lt;a href=&quot;https://x&quot;&gt;x&lt;/a&gt;</p>");
}

#[test]
fn a_text_cannot_leave_its_box() {
    assert_eq!(html("</details></div></article>\n\nx"), "&lt;/div&gt;&lt;/article&gt;\n<p>x</p>");
    assert_eq!(html("- <details>\n\nafter </details>"), "<ul>\n<li><details>\n</details></li>\n</ul>\n<p>after </p>");
    assert_eq!(html("*<b>x* y"), "<p><em><b>x</b></em> y</p>");
}

#[test]
fn comments_are_invisible() {
    assert_eq!(html("a <!-- hidden --> b"), "<p>a  b</p>");
    assert_eq!(html("x\n\n<!-- deckhand:v1\n\nhidden -->\n"), "<p>x</p>");
    assert_eq!(html("x\n\n<!-- broken"), "<p>x</p>");
    assert_eq!(html("`<!-- shown -->`"), "<p><code>&lt;!-- shown --&gt;</code></p>");
    assert_eq!(without_hidden("a <!-- b --> c\n\n<!-- d\n\ne -->\n\n`<!-- f -->`"), "a  c\n\n\n\n`<!-- f -->`");
    assert_eq!(without_hidden("<sub>x</sub> @\u{2060}y <div>"), "x @y <div>");
}

#[test]
fn a_suggestion_is_a_small_diff() {
    let diff = |source: &str, lines: &[&str]| {
        let html = render_with_lines(source, lines).into_string();
        let rows: Vec<String> = html
            .split("<tr class=\"")
            .skip(1)
            .map(|row| {
                let text = row.split("<td class=\"code\">").nth(1).and_then(|code| code.split("</td>").next());
                format!("{} {}", &row[..3], text.unwrap_or_default())
            })
            .collect();
        rows
    };
    assert_eq!(diff("Fix:\n```suggestion\nnew\n\n```", &["old <b>"]), ["rem old &lt;b&gt;", "add new", "add "]);
    assert_eq!(diff("```suggestion\n```", &["old"]), ["rem old"]);
    assert_eq!(diff("`````suggestion\n```\n`````", &["old"]), ["rem old", "add ```"]);
    assert!(diff("```lua\nx\n```", &["old"]).is_empty());
}
