//! Lines of Markdown, reStructuredText, AsciiDoc, Org and plain text, told apart as far as a changelog needs.

use super::sheet::{Sheet, SheetLine};
use regex::Regex;
use std::sync::LazyLock;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Markdown.
    Markdown,
    /// reStructuredText.
    Rst,
    /// AsciiDoc.
    AsciiDoc,
    /// Org mode.
    Org,
    /// Anything else.
    Plain,
}

impl Markup {
    /// By the name, and for a name without an ending by the text.
    pub fn of(path: &str, sheet: &Sheet<'_>) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
            Some("md" | "markdown" | "mdx") => Markup::Markdown,
            Some("rst") => Markup::Rst,
            Some("adoc" | "asciidoc") => Markup::AsciiDoc,
            Some("org") => Markup::Org,
            _ if sheet.lines.iter().any(|line| line.text.starts_with("# ") || line.text.starts_with("## ")) => {
                Markup::Markdown
            }
            _ => Markup::Plain,
        }
    }
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind<'a> {
    /// Nothing.
    Blank,
    /// A heading; level 1 is the highest.
    Heading {
        /// How deep.
        level: usize,
        /// Without its signs.
        title: &'a str,
    },
    /// The line under or over a heading's text, a rule, or a line of a table.
    Rule,
    /// A line of a block of code, of a directive or of front matter.
    Verbatim,
    /// A line that readers do not see.
    Comment,
    /// `[label]: address`
    Link {
        /// The label.
        label: &'a str,
        /// The address.
        address: &'a str,
    },
    /// The first line of a list's item.
    Item {
        /// Bytes before its mark.
        indent: usize,
        /// The mark with the spaces behind it.
        mark: &'a str,
    },
    /// Text with so many bytes of space before it.
    Text {
        /// Bytes of space.
        indent: usize,
    },
}

/// A longer line is no heading, however it begins.
const MAX_HEADING_BYTES: usize = 120;

static ITEM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([ \t]*)((?:[-*+•]|[0-9]{1,4}[.)]|#\.)[ \t]+)\S").expect("a fixed pattern"));
static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^ {0,3}\[([^\]]+)\]:\s*<?(\S+?)>?\s*$").expect("a fixed pattern"));
static RST_LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\.\. _`?([^`:]+)`?:\s+(\S+)\s*$").expect("a fixed pattern"));
static PLAIN_HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:version|release)\s+|v)?[0-9]{1,9}\.[0-9]{1,9}[^\s:]*(?:\s*[-/:,(–—].*|\s+[0-9].*)?$|^\[?unreleased\]?:?$")
        .expect("a fixed pattern")
});

/// Tells every line's kind.
pub(super) fn classify<'a>(sheet: &Sheet<'a>, markup: Markup) -> Vec<LineKind<'a>> {
    let lines = &sheet.lines;
    let mut kinds = Vec::with_capacity(lines.len());
    // The signs under headings, in the order in which they appear: that is their depth.
    let mut signs: Vec<(char, bool)> = Vec::new();
    let mut fence: Option<(char, usize)> = None;
    let mut comment = false;
    let mut front_matter =
        markup == Markup::Markdown && lines.first().is_some_and(|line| line.number == 1 && line.text == "---");
    for at in 0..lines.len() {
        let line = &lines[at];
        let text = line.text;
        let trimmed = text.trim();
        if line.after_gap {
            (fence, comment) = (None, false);
        }
        if front_matter {
            front_matter = at == 0 || trimmed != "---";
            kinds.push(LineKind::Verbatim);
            continue;
        }
        if let Some((sign, length)) = fence {
            if trimmed.len() >= length && trimmed.chars().all(|c| c == sign) {
                fence = None;
            }
            kinds.push(LineKind::Verbatim);
            continue;
        }
        if comment {
            comment = !trimmed.contains("-->");
            kinds.push(LineKind::Comment);
            continue;
        }
        if markup == Markup::Markdown {
            if let Some(opened) = opens_fence(trimmed) {
                fence = Some(opened);
                kinds.push(LineKind::Verbatim);
                continue;
            }
            if trimmed.starts_with("<!--") {
                comment = !trimmed.contains("-->");
                let is_alone = comment || trimmed.ends_with("-->");
                kinds.push(if is_alone { LineKind::Comment } else { LineKind::Verbatim });
                continue;
            }
        }
        kinds.push(one_line(lines, at, markup, &mut signs));
    }
    if markup == Markup::Plain && !kinds.iter().any(|kind| matches!(kind, LineKind::Heading { .. })) {
        for (kind, line) in kinds.iter_mut().zip(lines) {
            // A bound in the pattern itself would make it a hundred times as dear to compile.
            let is_short = line.text.len() <= MAX_HEADING_BYTES;
            if matches!(kind, LineKind::Text { indent: 0 }) && is_short && PLAIN_HEADING.is_match(line.text.trim_end())
            {
                *kind = LineKind::Heading { level: 1, title: line.text.trim() };
            }
        }
    }
    kinds
}

fn one_line<'a>(lines: &[SheetLine<'a>], at: usize, markup: Markup, signs: &mut Vec<(char, bool)>) -> LineKind<'a> {
    let text = lines[at].text;
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return LineKind::Blank;
    }
    let indent = text.len() - text.trim_start().len();
    let before = at.checked_sub(1).filter(|_| !lines[at].after_gap).map(|at| lines[at].text);
    let after = lines.get(at + 1).filter(|line| !line.after_gap).map(|line| line.text);
    if let Some(heading) = marked_heading(text, markup) {
        return heading;
    }
    if rule_sign(text).is_some() {
        return LineKind::Rule;
    }
    let underline = after.and_then(rule_sign).filter(|(sign, _)| match markup {
        Markup::Markdown => matches!(sign, '=' | '-'),
        Markup::AsciiDoc | Markup::Org => false,
        Markup::Rst | Markup::Plain => true,
    });
    let over = before.and_then(rule_sign);
    let is_item = ITEM.is_match(text);
    if let Some((sign, length)) = underline {
        let starts =
            over.is_some() || before.is_none_or(|before| before.trim().is_empty()) || markup != Markup::Markdown;
        let long_enough = markup == Markup::Markdown || length + 3 >= trimmed.chars().count();
        if starts && long_enough && !is_item && indent < 4 {
            let overlined = over.is_some_and(|(over, _)| over == sign) && markup == Markup::Rst;
            let level = match (markup, sign) {
                (Markup::Markdown, '=') => 1,
                (Markup::Markdown, _) => 2,
                _ => match signs.iter().position(|seen| *seen == (sign, overlined)) {
                    Some(at) => at + 1,
                    None => {
                        signs.push((sign, overlined));
                        signs.len()
                    }
                },
            };
            return LineKind::Heading { level, title: trimmed };
        }
    }
    if markup == Markup::Markdown
        && let Some(found) = LINK.captures(text)
    {
        let part = |index| found.get(index).map_or("", |part| part.as_str());
        return LineKind::Link { label: part(1), address: part(2) };
    }
    if markup == Markup::Rst
        && let Some(found) = RST_LINK.captures(text)
    {
        let part = |index| found.get(index).map_or("", |part| part.as_str());
        return LineKind::Link { label: part(1), address: part(2) };
    }
    if markup == Markup::Rst && (trimmed.starts_with(".. ") || trimmed == "..") {
        // Directives and footnotes are seen; labels and comments are not.
        let is_seen = trimmed.contains("::") || trimmed.starts_with(".. [");
        return if is_seen { LineKind::Verbatim } else { LineKind::Comment };
    }
    match ITEM.captures(text) {
        Some(found) => LineKind::Item { indent, mark: found.get(2).map_or("", |mark| mark.as_str()) },
        None => LineKind::Text { indent },
    }
}

/// `## Title`, `== Title`, `** Title`.
fn marked_heading(text: &str, markup: Markup) -> Option<LineKind<'_>> {
    let (sign, most) = match markup {
        Markup::Markdown => ('#', 6),
        Markup::AsciiDoc => ('=', 6),
        Markup::Org => ('*', 6),
        Markup::Rst | Markup::Plain => return None,
    };
    let start = if markup == Markup::Markdown { text.trim_start_matches(' ') } else { text };
    if text.len() - start.len() > 3 {
        return None;
    }
    let rest = start.trim_start_matches(sign);
    let level = start.len() - rest.len();
    if level == 0 || level > most || !rest.starts_with([' ', '\t']) {
        return None;
    }
    Some(LineKind::Heading { level, title: rest.trim().trim_end_matches(sign).trim_end() })
}

/// The sign of a line that consists of nothing else, and how often it stands there.
fn rule_sign(text: &str) -> Option<(char, usize)> {
    let text = text.trim_end();
    let sign = text.chars().next().filter(|sign| "=-~^\"'#*+_`.:".contains(*sign))?;
    let count = text.chars().count();
    (count >= 3 && text.chars().all(|c| c == sign)).then_some((sign, count))
}

fn opens_fence(trimmed: &str) -> Option<(char, usize)> {
    let sign = trimmed.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let length = trimmed.chars().take_while(|c| *c == sign).count();
    (length >= 3 && !trimmed[length..].contains('`')).then_some((sign, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(path: &str, text: &str) -> Vec<(usize, String)> {
        let sheet = Sheet::unchanged(text);
        let kinds = classify(&sheet, Markup::of(path, &sheet));
        let heading = |kind: &LineKind<'_>| match kind {
            LineKind::Heading { level, title } => Some((*level, (*title).to_owned())),
            _ => None,
        };
        kinds.iter().filter_map(heading).collect()
    }

    #[test]
    fn headings_of_every_markup_are_found() {
        let is = |path: &str, text: &str, expected: &[(usize, &str)]| {
            let expected: Vec<_> = expected.iter().map(|(level, title)| (*level, (*title).to_owned())).collect();
            assert_eq!(headings(path, text), expected, "{text}");
        };
        is("C.md", "# A\n\n## B ##\n```\n# code\n```\n<!--\n# no\n-->\n", &[(1, "A"), (2, "B")]);
        is("C.md", "TBD\n===\n\n1.0 (2020-01-01)\n----\n- x\n---\n", &[(1, "TBD"), (2, "1.0 (2020-01-01)")]);
        is("C.md", "---\n# no\n---\n# A\n", &[(1, "A")]);
        is(
            "C.rst",
            "====\nAll\n====\n\nVersion 3.2.0\n-------------\n\nFixed\n~~~~~\n",
            &[(1, "All"), (2, "Version 3.2.0"), (3, "Fixed")],
        );
        is("C.adoc", "= All\n\n== 1.0.0\n* x\n", &[(1, "All"), (2, "1.0.0")]);
        is("C.org", "* 1.0.0\n** Fixed\n- x\n", &[(1, "1.0.0"), (2, "Fixed")]);
        is("CHANGES", "1.0.0 - 2020-01-01\n  * x\n\n0.9\n  * y of 1.2\n", &[(1, "1.0.0 - 2020-01-01"), (1, "0.9")]);
    }

    proptest::proptest! {
        #[test]
        fn every_line_has_a_kind(text in "([#=*~`-]{1,4}|\\[a\\]: b|<!--|-->|[a-z0-9. ]|\\n){0,60}") {
            let sheet = Sheet::unchanged(&text);
            for markup in [Markup::Markdown, Markup::Rst, Markup::AsciiDoc, Markup::Org, Markup::Plain] {
                assert_eq!(classify(&sheet, markup).len(), sheet.lines.len());
            }
        }
    }
}
