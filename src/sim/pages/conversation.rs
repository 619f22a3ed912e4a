//! A pull request's conversation: the description, what happened since, and whether it may be merged.

use super::address;
use super::layout::{Tab, author, avatar, labels, pull_page};
use super::markdown::render_markdown;
use super::merge_box::merge_box;
use super::text::{short, visible};
use super::thread::{comment_box, thread_with_context};
use crate::sim::view::{CommentView, CommitView, PullView, RepositoryView, ReviewView, TimelineEntry};
use maud::{Markup, html};

/// The page at `/{owner}/{repo}/pull/{n}`. It reloads while a check runs.
pub fn render_conversation(repository: &RepositoryView, view: &PullView) -> String {
    let loose: Vec<_> = view.loose_threads().collect();
    let content = html! {
        @if !view.labels.is_empty() { p.labels { (labels(&view.labels)) } }
        div.timeline {
            (description(view))
            @for entry in &view.timeline { (timeline_entry(repository, view, entry)) }
            @if !loose.is_empty() {
                div.entry.indent { @for thread in loose { (thread_with_context(repository, view, thread)) } }
            }
        }
        (merge_box(repository, view))
        (edit_box(repository, view))
    };
    pull_page(repository, view, Tab::Conversation, &content)
}

fn description(view: &PullView) -> Markup {
    html! {
        article.entry {
            (avatar(&view.author, false))
            div.box.speech {
                div.box-head { (author(&view.author, false)) span.small { " opened this " (visible(&view.created)) } }
                div.box-body {
                    @if view.body.trim().is_empty() { p.empty { "No description provided." } }
                    @else { (render_markdown(&view.body)) }
                }
            }
        }
    }
}

fn timeline_entry(repository: &RepositoryView, view: &PullView, entry: &TimelineEntry) -> Markup {
    match entry {
        TimelineEntry::Commit(commit) => commit_line(commit),
        TimelineEntry::Comment(comment) => comment_box(comment, "commented"),
        TimelineEntry::Review(review) => review_entry(repository, view, review),
        TimelineEntry::Note { author, text } => html! {
            p.event { span.bead {} strong { (visible(author)) } " " (visible(text)) }
        },
    }
}

fn commit_line(commit: &CommitView) -> Markup {
    html! {
        p.event {
            span.bead {} strong { (visible(&commit.author)) } " pushed " span.subject { (visible(&commit.subject)) }
            " " code.sha { (short(&commit.sha)) }
        }
    }
}

fn review_entry(repository: &RepositoryView, view: &PullView, review: &ReviewView) -> Markup {
    let ReviewView { id, author: login, is_bot, body, time, comments: _ } = review;
    let head = CommentView {
        id: *id,
        author: login.clone(),
        is_bot: *is_bot,
        body: body.clone(),
        time: time.clone(),
        edited: false,
    };
    html! {
        @if body.trim().is_empty() {
            p.event { span.bead {} (author(login, *is_bot)) " reviewed " span.small { (visible(time)) } }
        } @else {
            (comment_box(&head, "reviewed"))
        }
        div.entry.indent { @for thread in view.threads_of(review) { (thread_with_context(repository, view, thread)) } }
    }
}

fn edit_box(repository: &RepositoryView, view: &PullView) -> Markup {
    html! {
        @if !view.editable.is_empty() {
            details.box.files-box {
                summary.box-head { "Edit a file on " code.branch { (visible(&view.head)) } }
                p.box-body.small { "Saving is a push: the robot reviews it at once." }
                ul.plain {
                    @for path in &view.editable {
                        li { a.path href=(address::edit(repository, &view.head, path, view.number)) { (visible(path)) } }
                    }
                }
            }
        }
    }
}
