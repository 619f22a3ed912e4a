//! Markdown of a page into lines.

use super::options::render_options;
use super::wrap::Words;
use crate::cli::terminal::{BLUE, BOLD, DIM, GREEN, REMOVED, paint};
use crate::lua::OptionSpec;
use anstyle::Style;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Where the page's own table of options stands.
const TABLE: [&str; 2] = ["<!-- options -->", "<!-- /options -->"];

/// The page in styles, at most `width` columns wide (code keeps its lines). Instead of its table of options stands a list.
pub(in crate::cli) fn render_page(page: &str, options: &[OptionSpec], width: usize) -> String {
    let mut parts = page.splitn(2, TABLE[0]);
    let before = parts.next().unwrap_or_default();
    let mut out = render_markdown(before, width);
    if let Some(rest) = parts.next() {
        out.push('\n');
        out.push_str(&render_options(options, width));
        let after = rest.split_once(TABLE[1]).map_or("", |(_, after)| after);
        if !after.trim().is_empty() {
            out.push('\n');
        }
        out.push_str(&render_markdown(after, width));
    }
    out
}

fn render_markdown(text: &str, width: usize) -> String {
    let mut page = Page { width, ..Page::default() };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        page.take(event);
    }
    page.out
}

#[derive(Default)]
struct Page {
    width: usize,
    out: String,
    words: Words,
    style: Style,
    /// Depth of lists.
    depth: usize,
    /// The word after the fence of the code block that is open.
    code: Option<String>,
    /// Cells of the row that is open.
    cells: Vec<Words>,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.gap();
                self.style = if level == HeadingLevel::H2 { BLUE } else { BOLD };
            }
            Event::End(TagEnd::Heading(_)) => {
                self.style = Style::new();
                let line = self.words.wrap("", self.width);
                self.out.push_str(&line);
            }
            Event::Start(Tag::Paragraph) if self.depth == 0 => self.gap(),
            Event::End(TagEnd::Paragraph) if self.depth == 0 => {
                let lines = self.words.wrap("", self.width);
                self.out.push_str(&lines);
            }
            Event::Start(Tag::List(_)) => {
                if self.depth == 0 {
                    self.gap();
                }
                self.depth += 1;
            }
            Event::End(TagEnd::List(_)) => self.depth -= 1,
            Event::End(TagEnd::Item) => {
                let mark = format!("{}- ", "  ".repeat(self.depth.saturating_sub(1)));
                let lines = self.words.wrap(&mark, self.width);
                self.out.push_str(&lines);
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                self.gap();
                let info = if let CodeBlockKind::Fenced(info) = kind { info.to_string() } else { String::new() };
                if !info.is_empty() {
                    self.out.push_str(&format!("    {}\n", paint(DIM, &info)));
                }
                self.code = Some(info);
            }
            Event::End(TagEnd::CodeBlock) => self.code = None,
            Event::Start(Tag::Strong) => self.style = BOLD,
            Event::End(TagEnd::Strong) => self.style = Style::new(),
            Event::Start(Tag::TableHead | Tag::TableRow) => self.cells.clear(),
            Event::Start(Tag::Table(_)) => self.gap(),
            Event::End(TagEnd::TableCell) => {
                let cell = std::mem::take(&mut self.words);
                self.cells.push(cell);
            }
            Event::End(TagEnd::TableRow) => {
                for (at, mut cell) in std::mem::take(&mut self.cells).into_iter().enumerate() {
                    let lines = cell.wrap(if at == 0 { "  " } else { "      " }, self.width);
                    self.out.push_str(&lines);
                }
            }
            Event::Text(text) => match &self.code {
                Some(info) => {
                    let lines: String = text.lines().map(|line| format!("    {}\n", paint_code(info, line))).collect();
                    self.out.push_str(&lines);
                }
                None => self.words.push(&text, self.style),
            },
            Event::Code(code) => self.words.push_whole(&code, GREEN),
            Event::SoftBreak | Event::HardBreak => self.words.push_space(),
            // Links keep their text; comments and rules are nothing to show.
            _ => {}
        }
    }

    /// An empty line before a block, but not before the first.
    fn gap(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }
}

fn paint_code(info: &str, line: &str) -> String {
    match (info, line.as_bytes().first()) {
        ("pr", Some(b'+')) => paint(GREEN, line),
        ("pr", Some(b'-')) => paint(REMOVED, line),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lua::{builtin_rules, rule_metadata};

    fn plain(page: &str, options: &[OptionSpec]) -> String {
        anstream::adapter::strip_str(&render_page(page, options, 40)).to_string()
    }

    #[test]
    fn a_page_reads_well_without_markdown() {
        let page = "# name\n\nA sentence with `some code` that is long enough to wrap.\n\n## Flagged\n\n```pr\n--- a/x\n+++ b/x\n```\n\n\
                    ## Options\n\n    use(\"name\")\n\n<!-- options -->\n\n| option | takes |\n|---|---|\n| a | b |\n\n<!-- /options -->\n\n\
                    ## Limits\n\n- One\n- Two of\n  them\n";
        let options = &rule_metadata("work_in_progress").expect("it is built in").all_options();
        let shown = plain(page, &options[options.len() - 2..]);
        let expected = "name\n\nA sentence with some code that is long\nenough to wrap.\n\nFlagged\n\n    pr\n    --- a/x\n    +++ b/x\n\n\
                        Options\n\n    use(\"name\")\n\n  skip_label\n      a string\n      A label that switches the rule\n      off.\n  \
                        paths\n      a list of file patterns\n      Only changed files that match are\n      judged.\n\nLimits\n\n- One\n- Two of them\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn every_page_is_rendered_whole() {
        for rule in builtin_rules() {
            let options = rule_metadata(rule.name).expect("it is built in").all_options();
            let shown = plain(rule.page, &options);
            for part in ["Why", "Flagged", "Not flagged", "Options", "Limits"] {
                assert!(shown.contains(&format!("\n{part}\n")), "{}: {part}", rule.name);
            }
            assert!(options.iter().all(|option| shown.contains(&format!("  {}\n", option.name))), "{}", rule.name);
            assert!(!shown.contains("options -->") && !shown.contains("|---"), "{}: {shown}", rule.name);
        }
    }
}
