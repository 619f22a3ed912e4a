//! A list of findings grouped by file, laid into pages of limited size, so that nothing is cut in the middle.

use super::escape::code_span;
use super::limit::LEFT_OUT;
use super::words;
use crate::model::Finding;

/// Markdown of at most `bytes` on each of at most `pages` pages; what does not fit is counted on the last one.
/// Findings of one file that follow each other share a heading, repeated where a page begins.
pub(super) fn pages<'a>(
    first: String,
    findings: impl IntoIterator<Item = &'a Finding>,
    message_bytes: usize,
    bytes: usize,
    pages: usize,
) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    let mut page = first;
    let mut heading_of: Option<Option<&str>> = None;
    let mut left_over = 0;
    for finding in findings {
        let path = finding.place.as_ref().map(|place| place.path.as_str());
        let item = words::list_item(finding, message_bytes);
        let heading = heading(path);
        if left_over > 0 {
            left_over += 1;
            continue;
        }
        let needed = item.len() + if heading_of == Some(path) { 0 } else { heading.len() };
        if page.len() + needed > bytes {
            if done.len() + 1 >= pages {
                left_over += 1;
                continue;
            }
            done.push(std::mem::take(&mut page));
            heading_of = None;
        }
        if heading_of != Some(path) {
            page.push_str(&heading);
            heading_of = Some(path);
        }
        page.push_str(&item);
    }
    if left_over > 0 {
        page.push_str(&format!("\n… and {}{LEFT_OUT}\n", words::count(left_over, "more finding")));
    }
    done.push(page);
    done
}

fn heading(path: Option<&str>) -> String {
    match path {
        Some(path) => format!("\n**{}**\n\n", code_span(path)),
        None => "\n".to_owned(),
    }
}
