//! Comments, threads of review comments, and the rows of a diff between which they stand.

use super::address;
use super::layout::{author, avatar};
use super::markdown::{render_markdown, render_with_lines};
use super::text::{count, visible};
use crate::diff::LineKind;
use crate::model::Side;
use crate::sim::view::{CommentView, LineView, PullView, RepositoryView, ThreadView};
use maud::{Markup, html};

/// A comment on the conversation in its box.
pub(super) fn comment_box(comment: &CommentView, verb: &str) -> Markup {
    html! {
        article.entry id={ "comment-" (comment.id) } {
            (avatar(&comment.author, comment.is_bot))
            div.box.speech {
                div.box-head { (comment_head(comment, verb)) }
                div.box-body { (body(&comment.body, &[])) }
            }
        }
    }
}

/// A thread with its place and the lines it speaks of, as the conversation shows it. A resolved one is folded.
pub(super) fn thread_with_context(repository: &RepositoryView, view: &PullView, thread: &ThreadView) -> Markup {
    let place = html! {
        a.path href=(place_address(repository, view, thread)) { (visible(&thread.path)) } " " (lines_word(thread))
        @if thread.outdated { span.tag { "outdated" } }
    };
    let inside = html! {
        @let lines = view.context_lines(thread);
        @if !lines.is_empty() { div.scroll { table.diff { @for line in lines { (row(line, None)) } } } }
        (comments(view, thread))
    };
    html! {
        @if thread.resolved {
            details.box.thread { summary.box-head { span.tag.done { "resolved" } " " (place) } (inside) }
        } @else {
            div.box.thread { div.box-head { (place) } (inside) }
        }
    }
}

/// A thread in its place between the lines of a file. A resolved one is folded.
pub(super) fn thread_in_place(view: &PullView, thread: &ThreadView) -> Markup {
    html! {
        @if thread.resolved {
            details.box.thread {
                summary.box-head {
                    span.tag.done { "resolved" } " " (count(thread.comments.len(), "comment"))
                    @if let Some(first) = thread.comments.first() { " by " (author(&first.author, first.is_bot)) }
                }
                (comments(view, thread))
            }
        } @else {
            div.box.thread {
                @if thread.start_line.is_some() || thread.outdated || thread.line.is_none() {
                    div.box-head {
                        "Comment on " (lines_word(thread)) @if thread.outdated { span.tag { "outdated" } }
                    }
                }
                (comments(view, thread))
            }
        }
    }
}

/// A row of a diff; with a path its numbers can be linked to.
pub(super) fn row(line: &LineView, path: Option<&str>) -> Markup {
    let class = match line.kind {
        LineKind::Added => "added",
        LineKind::Removed => "removed",
        LineKind::Context => "context",
    };
    let number = |side, number: Option<u32>| {
        html! {
            @match (number, path) {
                (Some(number), Some(path)) => {
                    @let anchor = address::line_anchor(path, side, number);
                    td.number id=(anchor) { a href={ "#" (anchor) } { (number) } }
                }
                (Some(number), None) => td.number { (number) },
                (None, _) => td.number {},
            }
        }
    };
    html! {
        tr class=(class) {
            (number(Side::Left, line.old)) (number(Side::Right, line.new))
            td.sign { (line.sign()) } td.code { (visible(&line.text)) }
        }
    }
}

/// `line 12`, `lines 3 to 5`, with the side when it is the old one.
pub(super) fn lines_word(thread: &ThreadView) -> String {
    let old = if thread.side == Side::Left { "old " } else { "" };
    match (thread.start_line.filter(|start| Some(*start) != thread.line), thread.line) {
        (_, None) => "the whole file".to_owned(),
        (None, Some(line)) => format!("{old}line {line}"),
        (Some(start), Some(line)) => format!("{old}lines {start} to {line}"),
    }
}

fn comments(view: &PullView, thread: &ThreadView) -> Markup {
    let lines: Vec<&str> = view.commented_lines(thread).into_iter().map(|line| line.text.as_str()).collect();
    html! {
        @for comment in &thread.comments {
            div.reply id={ "review-comment-" (comment.id) } {
                (avatar(&comment.author, comment.is_bot))
                div.reply-main {
                    div.reply-head { (comment_head(comment, "")) }
                    (body(&comment.body, &lines))
                }
            }
        }
    }
}

fn comment_head(comment: &CommentView, verb: &str) -> Markup {
    html! {
        (author(&comment.author, comment.is_bot))
        span.small { " " (verb) " " (visible(&comment.time)) @if comment.edited { " · edited" } }
    }
}

fn body(source: &str, lines: &[&str]) -> Markup {
    html! {
        @if source.trim().is_empty() { p.empty { "No text." } }
        @else if lines.is_empty() { (render_markdown(source)) }
        @else { (render_with_lines(source, lines)) }
    }
}

fn place_address(repository: &RepositoryView, view: &PullView, thread: &ThreadView) -> String {
    let anchor = match thread.line.filter(|_| !thread.outdated) {
        Some(line) => address::line_anchor(&thread.path, thread.side, line),
        None => address::file_anchor(&thread.path),
    };
    format!("{}/files#{anchor}", address::pull(repository, view.number))
}
