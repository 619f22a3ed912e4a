//! The checks of a pull request's head: title, summary, text, and the marks that they put on lines.

use super::address;
use super::layout::{Tab, check_icon, pull_page};
use super::markdown::{is_harmless, render_markdown};
use super::merge_box::status_line;
use super::text::{count, short, visible};
use crate::sim::view::{AnnotationView, CheckView, PullView, RepositoryView};
use maud::{Markup, html};

/// The page at `/{owner}/{repo}/pull/{n}/checks`; `#check-{id}` leads to one of them. It reloads while a check runs.
pub fn render_checks(repository: &RepositoryView, view: &PullView) -> String {
    let content = html! {
        p.small.above { "On commit " code.sha { (short(&view.head_sha)) } }
        @if view.checks.is_empty() && view.statuses.is_empty() {
            p.empty { "No checks have reported on this commit." }
        }
        @for check in &view.checks { (check_box(repository, view, check)) }
        @if !view.statuses.is_empty() {
            section.box {
                div.box-head { strong { "Commit statuses" } }
                ul.checks { @for status in &view.statuses { (status_line(status)) } }
            }
        }
    };
    pull_page(repository, view, Tab::Checks, &content)
}

fn check_box(repository: &RepositoryView, view: &PullView, check: &CheckView) -> Markup {
    html! {
        section.box.check id={ "check-" (check.id) } {
            div.box-head {
                (check_icon(check.state)) strong { (visible(&check.name)) }
                span.small {
                    (check.state.word()) " · by " (visible(&check.app))
                    @if !check.completed.is_empty() { " · completed " (visible(&check.completed)) }
                    @else if !check.started.is_empty() { " · started " (visible(&check.started)) }
                }
                @if !check.details_url.is_empty() && is_harmless(&check.details_url) {
                    a.edit href=(check.details_url) rel="nofollow" { "More from the app" }
                }
            }
            div.box-body {
                @if !check.title.is_empty() { h2 { (visible(&check.title)) } }
                @if !check.summary.trim().is_empty() { (render_markdown(&check.summary)) }
                @if !check.text.trim().is_empty() { (render_markdown(&check.text)) }
            }
            @if !check.actions.is_empty() {
                div.actions {
                    @for action in &check.actions {
                        // Sent to the app as the author of the pull request.
                        form method="post" action=(address::action(repository, view.number, check.id, &action.identifier)) {
                            button type="submit" title=(visible(&action.description)) { (visible(&action.label)) }
                            " " span.small { (visible(&action.description)) }
                        }
                    }
                }
            }
            @if !check.annotations.is_empty() {
                div.box-head.middle { (count(check.annotations.len(), "annotation")) }
                ul.annotations {
                    @for annotation in &check.annotations { (annotation_item(repository, view, annotation)) }
                }
            }
        }
    }
}

fn annotation_item(repository: &RepositoryView, view: &PullView, annotation: &AnnotationView) -> Markup {
    let AnnotationView { path, start_line, end_line, level, title, message } = annotation;
    let place =
        if start_line == end_line { format!("{path}:{end_line}") } else { format!("{path}:{start_line}-{end_line}") };
    html! {
        li class=(level.word()) {
            p {
                span class={ "tag " (level.word()) } { (level.word()) } " "
                @match address::line(repository, view, path, *end_line) {
                    Some(address) => a.path href=(address) { (visible(&place)) },
                    None => span.path { (visible(&place)) },
                }
            }
            @if !title.is_empty() { p { strong { (visible(title)) } } }
            pre.message { (visible(message)) }
        }
    }
}
