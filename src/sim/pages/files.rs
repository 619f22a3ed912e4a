//! The changed files of a pull request with the review comments in place.

use super::address;
use super::layout::{Tab, pull_page};
use super::text::visible;
use super::thread::{row, thread_in_place, thread_with_context};
use crate::sim::view::{FileView, HunkView, LineView, PatchView, PullView, RepositoryView, ThreadView};
use maud::{Markup, html};

/// The page at `/{owner}/{repo}/pull/{n}/files`. It reloads while a check runs.
pub fn render_files(repository: &RepositoryView, view: &PullView) -> String {
    let homeless: Vec<&ThreadView> =
        view.threads.iter().filter(|thread| !view.files.iter().any(|file| file.path == thread.path)).collect();
    let content = html! {
        @if view.files.is_empty() { p.empty { "This pull request changes no file." } }
        @for file in &view.files { (file_box(repository, view, file)) }
        @if !homeless.is_empty() {
            h2 { "On files that are not changed any more" }
            @for thread in homeless { (thread_with_context(repository, view, thread)) }
        }
    };
    pull_page(repository, view, Tab::Files, &content)
}

fn file_box(repository: &RepositoryView, view: &PullView, file: &FileView) -> Markup {
    let threads: Vec<&ThreadView> = view.threads.iter().filter(|thread| thread.path == file.path).collect();
    let (inside, above): (Vec<&ThreadView>, Vec<&ThreadView>) =
        threads.into_iter().partition(|thread| is_shown(file, thread));
    html! {
        section.box.file id=(address::file_anchor(&file.path)) {
            div.box-head.file-head {
                span.path {
                    @if let Some(old) = &file.old_path { (visible(old)) " → " }
                    (visible(&file.path))
                }
                @if file.status.word() != "modified" { span.tag { (file.status.word()) } }
                span.lines { span.plus { "+" (file.additions) } " " span.minus { "−" (file.deletions) } }
                @if view.editable.contains(&file.path) {
                    a.edit href=(address::edit(repository, &view.head, &file.path, view.number)) { "Edit this file" }
                }
            }
            @if !above.is_empty() {
                div.threads { @for thread in above { (thread_in_place(view, thread)) } }
            }
            @match &file.patch {
                PatchView::Absent(reason) => p.box-body.small { (visible(reason)) },
                PatchView::Hunks(hunks) => div.scroll { table.diff {
                    @for hunk in hunks { (hunk_rows(view, file, hunk, &inside)) }
                } },
            }
        }
    }
}

fn hunk_rows(view: &PullView, file: &FileView, hunk: &HunkView, threads: &[&ThreadView]) -> Markup {
    html! {
        tr.hunk { td.number {} td.number {} td.sign {} td.code { (visible(&hunk.header)) } }
        @for line in &hunk.lines {
            (row(line, Some(&file.path)))
            @let here: Vec<_> = threads.iter().filter(|thread| stands_at(thread, line)).collect();
            @if !here.is_empty() {
                tr.inline { td colspan="4" { div.threads { @for thread in here { (thread_in_place(view, thread)) } } } }
            }
        }
    }
}

/// Whether the thread stands below this line: the last line that it speaks of.
fn stands_at(thread: &ThreadView, line: &LineView) -> bool {
    thread.line.is_some() && line.number(thread.side) == thread.line
}

/// Whether the diff shows the line of the thread.
fn is_shown(file: &FileView, thread: &ThreadView) -> bool {
    match &file.patch {
        PatchView::Hunks(hunks) if !thread.outdated => {
            hunks.iter().flat_map(|hunk| &hunk.lines).any(|line| stands_at(thread, line))
        }
        PatchView::Hunks(_) | PatchView::Absent(_) => false,
    }
}
