//! A pull request's pages as text: what a person sees, without times.

use super::page::Page;
use crate::model::Side;
use crate::sim::pages::{count, short, verdict, visible};
use crate::sim::view::{
    CheckState, CheckView, CommentView, FileView, PullStateView, PullView, ReviewView, ThreadView, TimelineEntry,
};

/// Title, state, files, conversation with the review comments in place, checks and the merge box.
///
/// Hidden comments of HTML are left out, commit ids shortened, ids and times not shown.
pub fn render_pull_text(view: &PullView) -> String {
    let mut page = Page::default();
    page.line(0, &format!("#{} {} [{}]", view.number, view.title, state_word(view.state)));
    let commits = count(view.commits.len(), "commit");
    page.line(0, &format!("{}: {commits} into {} from {}", view.author, view.base, view.head));
    if !view.labels.is_empty() {
        let names: Vec<&str> = view.labels.iter().map(|label| label.name.as_str()).collect();
        page.line(0, &format!("labels: {}", names.join(", ")));
    }
    page.heading("Conversation");
    page.body(0, &view.body, "(no description)");
    for entry in &view.timeline {
        page.gap();
        timeline_entry(&mut page, view, entry);
    }
    for thread in view.loose_threads() {
        page.gap();
        review_thread(&mut page, view, thread, 0);
    }
    page.heading("Files");
    for file in &view.files {
        page.line(0, &file_line(file));
    }
    if view.files.is_empty() {
        page.line(0, "(none)");
    }
    page.heading("Checks");
    for check in &view.checks {
        check_block(&mut page, check);
    }
    for status in &view.statuses {
        let title = if status.description.is_empty() { String::new() } else { format!(" - {}", status.description) };
        page.line(0, &format!("{} (status): {}{title}", status.context, status.state.word()));
    }
    if view.checks.is_empty() && view.statuses.is_empty() {
        page.line(0, "(none)");
    }
    page.gap();
    page.line(0, &format!("{}. {}", verdict(view).1, view.merge.text));
    page.into_text()
}

fn timeline_entry(page: &mut Page, view: &PullView, entry: &TimelineEntry) {
    match entry {
        TimelineEntry::Commit(commit) => {
            page.line(0, &format!("* {} pushed {} {}", commit.author, short(&commit.sha), commit.subject));
        }
        TimelineEntry::Note { author, text } => page.line(0, &format!("* {author} {text}")),
        TimelineEntry::Comment(comment) => comment_block(page, comment, " commented", 0),
        TimelineEntry::Review(review) => review_block(page, view, review),
    }
}

fn review_block(page: &mut Page, view: &PullView, review: &ReviewView) {
    page.line(0, &format!("{} reviewed:", person(&review.author, review.is_bot)));
    page.body(2, &review.body, "");
    for thread in view.threads_of(review) {
        page.gap();
        review_thread(page, view, thread, 2);
    }
}

fn review_thread(page: &mut Page, view: &PullView, thread: &ThreadView, indent: usize) {
    let side = if thread.side == Side::Left { " (old side)" } else { "" };
    let lines = match (thread.start_line, thread.line) {
        (_, None) => String::new(),
        (None, Some(line)) => format!(":{line}"),
        (Some(start), Some(line)) => format!(":{start}-{line}"),
    };
    let mark = |is, word| if is { word } else { "" };
    let marks = format!("{}{}", mark(thread.outdated, " (outdated)"), mark(thread.resolved, " (resolved)"));
    page.line(indent, &format!("{}{lines}{side}{marks}", thread.path));
    for line in view.commented_lines(thread) {
        page.line(indent, &format!("| {}{}", line.sign(), line.text));
    }
    for comment in &thread.comments {
        comment_block(page, comment, "", indent + 2);
    }
}

fn comment_block(page: &mut Page, comment: &CommentView, verb: &str, indent: usize) {
    let edited = if comment.edited { " (edited)" } else { "" };
    page.line(indent, &format!("{}{verb}{edited}:", person(&comment.author, comment.is_bot)));
    page.body(indent + 2, &comment.body, "(no text)");
}

fn check_block(page: &mut Page, check: &CheckView) {
    let title = if check.title.is_empty() { String::new() } else { format!(" - {}", check.title) };
    page.line(0, &format!("{} {} (by {}): {}{title}", sign(check.state), check.name, check.app, check.state.word()));
    page.body(2, &check.summary, "");
    if !check.text.trim().is_empty() {
        page.gap();
        page.body(2, &check.text, "");
    }
    if !check.actions.is_empty() {
        page.gap();
    }
    for action in &check.actions {
        page.line(2, &format!("( {} ) {}", action.label, action.description));
    }
    if !check.annotations.is_empty() {
        page.gap();
    }
    for annotation in &check.annotations {
        let lines = if annotation.start_line == annotation.end_line {
            annotation.end_line.to_string()
        } else {
            format!("{}-{}", annotation.start_line, annotation.end_line)
        };
        let title = if annotation.title.is_empty() { String::new() } else { format!(" {}", annotation.title) };
        page.line(2, &format!("[{}] {}:{lines}{title}", annotation.level.word(), annotation.path));
        for line in visible(&annotation.message).lines() {
            page.raw(4, line.trim_end());
        }
    }
}

fn file_line(file: &FileView) -> String {
    let from = file.old_path.as_ref().map(|old| format!(" (from {old})")).unwrap_or_default();
    format!("{} {}{from} +{} -{}", file.status.word(), file.path, file.additions, file.deletions)
}

fn person(login: &str, is_bot: bool) -> String {
    format!("{login}{}", if is_bot { " [bot]" } else { "" })
}

fn state_word(state: PullStateView) -> &'static str {
    match state {
        PullStateView::Open => "open",
        PullStateView::Draft => "draft",
        PullStateView::Merged => "merged",
        PullStateView::Closed => "closed",
    }
}

fn sign(state: CheckState) -> &'static str {
    if state.is_running() {
        "…"
    } else if state.is_bad() {
        "✕"
    } else if state == CheckState::Success {
        "✓"
    } else {
        "–"
    }
}
