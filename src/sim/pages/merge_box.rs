//! The box at the end of the conversation: every check in a line, and whether the pull request may be merged.

use super::address;
use super::layout::{check_icon, status_icon};
use super::markdown::is_harmless;
use super::text::visible;
use crate::sim::view::{CheckView, PullStateView, PullView, RepositoryView, StatusView};
use maud::{Markup, html};

/// The whole box.
pub(super) fn merge_box(repository: &RepositoryView, view: &PullView) -> Markup {
    let (class, heading) = verdict(view);
    html! {
        section class={ "box merge " (class) } aria-label="Checks and merging" {
            @if view.checks.is_empty() && view.statuses.is_empty() {
                p.box-body.small { "No checks have reported on this commit." }
            } @else {
                ul.checks {
                    @for check in &view.checks { (check_line(repository, view, check)) }
                    @for status in &view.statuses { (status_line(status)) }
                }
            }
            div.verdict {
                strong { (heading) }
                @if !view.merge.text.is_empty() { p.small { (visible(&view.merge.text)) } }
            }
        }
    }
}

/// Class of the box and its last line.
pub(in crate::sim) fn verdict(view: &PullView) -> (&'static str, &'static str) {
    match view.state {
        PullStateView::Merged => ("merged", "This pull request was merged"),
        PullStateView::Closed => ("calm", "This pull request is closed"),
        PullStateView::Draft => ("calm", "This pull request is still a draft"),
        PullStateView::Open if view.merge.can_merge => ("good", "This pull request can be merged"),
        PullStateView::Open if view.is_running() => ("wait", "Merging is blocked while the checks run"),
        PullStateView::Open => ("bad", "Merging is blocked"),
    }
}

fn check_line(repository: &RepositoryView, view: &PullView, check: &CheckView) -> Markup {
    html! {
        li {
            (check_icon(check.state))
            span.check-name {
                strong { (visible(&check.name)) } " "
                span.small { (check.state.word()) @if !check.title.is_empty() { " — " (visible(&check.title)) } }
            }
            a href={ (address::pull(repository, view.number)) "/checks#check-" (check.id) } { "Details" }
        }
    }
}

/// A commit status in a line.
pub(super) fn status_line(status: &StatusView) -> Markup {
    html! {
        li {
            (status_icon(status.state))
            span.check-name {
                strong { (visible(&status.context)) } " "
                span.small {
                    (status.state.word()) @if !status.description.is_empty() { " — " (visible(&status.description)) }
                }
            }
            @if !status.target_url.is_empty() && is_harmless(&status.target_url) {
                a href=(status.target_url) rel="nofollow" { "Details" }
            }
        }
    }
}
