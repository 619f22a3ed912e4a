//! The front page with the repositories, and a repository's pull requests.

use super::address;
use super::layout::{check_icon, labels, page, state_mark};
use super::text::{count, visible};
use crate::sim::view::{CheckState, PullStateView, PullSummaryView, RepositoryView};
use maud::{Markup, html};

/// The page at `/`.
pub fn render_repositories(repositories: &[RepositoryView]) -> String {
    let content = html! {
        h1 { "Repositories" }
        p.lead { "A small GitHub that runs on this machine: real commits and diffs, an API, webhooks, and these pages." }
        @if repositories.is_empty() { p.empty { "There is no repository yet." } }
        @else {
            ul.rows {
                @for repository in repositories {
                    li.row {
                        div.row-main {
                            a.row-title href=(address::pulls(repository)) {
                                (visible(&repository.owner)) "/" (visible(&repository.name))
                            }
                            @if !repository.description.is_empty() { p.small { (visible(&repository.description)) } }
                        }
                        span.small { (count(repository.open_pulls, "open pull request")) }
                    }
                }
            }
        }
    };
    page("Repositories", None, false, &content)
}

/// The page at `/{owner}/{repo}/pulls`. It reloads while a check of one of them runs.
pub fn render_pulls(repository: &RepositoryView, pulls: &[PullSummaryView]) -> String {
    let (open, done): (Vec<_>, Vec<_>) =
        pulls.iter().partition(|pull| matches!(pull.state, PullStateView::Open | PullStateView::Draft));
    let content = html! {
        h1 { "Pull requests" }
        @if pulls.is_empty() { p.empty { "There is no pull request yet." } }
        @for (heading, list) in [("Open", open), ("Merged and closed", done)] {
            @if !list.is_empty() {
                h2.list-head { (heading) span.count { (list.len()) } }
                ul.rows { @for pull in list { (row(repository, pull)) } }
            }
        }
    };
    let running = pulls.iter().any(|pull| pull.checks.iter().any(|check| check.is_running()));
    let title = format!("Pull requests · {}/{}", repository.owner, repository.name);
    page(&title, Some(repository), running, &content)
}

fn row(repository: &RepositoryView, pull: &PullSummaryView) -> Markup {
    html! {
        li.row {
            (state_mark(pull.state))
            div.row-main {
                a.row-title href=(address::pull(repository, pull.number)) { (visible(&pull.title)) }
                @if let Some(check) = worst(&pull.checks) {
                    " " a.quiet href={ (address::pull(repository, pull.number)) "/checks" } { (check_icon(check)) }
                }
                (labels(&pull.labels))
                p.small {
                    "#" (pull.number) " opened " (visible(&pull.created)) " by " (visible(&pull.author))
                    " into " code.branch { (visible(&pull.base)) }
                }
            }
            @if pull.comments > 0 { span.small { (count(pull.comments, "comment")) } }
        }
    }
}

/// What a row shows of several checks: a failed one, else one at work, else one that passed.
fn worst(checks: &[CheckState]) -> Option<CheckState> {
    let first = |wanted: fn(CheckState) -> bool| checks.iter().copied().find(|check| wanted(*check));
    first(CheckState::is_bad)
        .or_else(|| first(CheckState::is_running))
        .or_else(|| first(|check| check == CheckState::Success))
        .or_else(|| checks.first().copied())
}
