//! What all pages share: the frame, the head of a pull request with its tabs, and small marks.

use super::address;
use super::text::{count, short, visible};
use crate::sim::view::{CheckState, LabelView, PullStateView, PullView, RepositoryView, StatusState};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// What a browser may load for these pages: nothing but their own style. For the header `Content-Security-Policy`.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("style.css");

/// The pages of one pull request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Conversation,
    Checks,
    Files,
}

/// A whole page. With `reload` it asks for itself again after a second.
pub(super) fn page(title: &str, repository: Option<&RepositoryView>, reload: bool, content: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if reload { meta http-equiv="refresh" content="1"; }
                link rel="icon" href="data:,";
                title { (visible(title)) " · Simulated GitHub" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header.site {
                    a.brand href="/" { span.dot {} "Simulated GitHub" }
                    @if let Some(repository) = repository {
                        nav.where aria-label="Repository" {
                            span.owner { (visible(&repository.owner)) } span.slash { "/" }
                            a href=(address::pulls(repository)) { (visible(&repository.name)) }
                        }
                    }
                }
                main { (content) }
                footer { "A simulation on this machine. Nothing here reaches the real GitHub." }
            }
        }
    };
    page.into_string()
}

/// A page of a pull request: title, state, tabs, then the content.
pub(super) fn pull_page(repository: &RepositoryView, view: &PullView, tab: Tab, content: &Markup) -> String {
    let running = view.is_running();
    let inside = html! {
        (pull_head(repository, view))
        (tabs(repository, view, tab))
        @if running { (running_note()) }
        (content)
    };
    page(&format!("{} · #{}", view.title, view.number), Some(repository), running, &inside)
}

/// The mark of a pull request's state.
pub(super) fn state_mark(state: PullStateView) -> Markup {
    let (class, word) = state_words(state);
    html! { span class={ "state " (class) } { (word) } }
}

/// Word for people; also the class of the mark.
fn state_words(state: PullStateView) -> (&'static str, &'static str) {
    match state {
        PullStateView::Open => ("open", "Open"),
        PullStateView::Draft => ("draft", "Draft"),
        PullStateView::Merged => ("merged", "Merged"),
        PullStateView::Closed => ("closed", "Closed"),
    }
}

/// The labels in a row.
pub(super) fn labels(labels: &[LabelView]) -> Markup {
    html! {
        @for label in labels {
            @if label.color.len() == 6 && label.color.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                span.label style={ "--label:#" (label.color) } { (visible(&label.name)) }
            } @else {
                span.label { (visible(&label.name)) }
            }
        }
    }
}

/// A login, and a small mark when it is an app.
pub(super) fn author(login: &str, is_bot: bool) -> Markup {
    html! { strong.author { (visible(login)) } @if is_bot { span.bot { "bot" } } }
}

/// A round mark with the first letter of a login, in place of a picture.
pub(super) fn avatar(login: &str, is_bot: bool) -> Markup {
    let letter: String = login.chars().find(|c| c.is_alphanumeric()).map_or("?".into(), |c| c.to_uppercase().collect());
    let hue = login.bytes().fold(7_u32, |hue, byte| (hue * 31 + u32::from(byte)) % 360);
    html! {
        span class={ "avatar" @if is_bot { " square" } } style={ "--hue:" (hue) } aria-hidden="true" { (letter) }
    }
}

/// The icon of a check.
pub(super) fn check_icon(state: CheckState) -> Markup {
    let (class, sign) = match state {
        CheckState::Queued | CheckState::InProgress => ("wait", ""),
        CheckState::Success => ("good", "✓"),
        CheckState::Neutral | CheckState::Skipped => ("calm", "–"),
        CheckState::Failure
        | CheckState::Cancelled
        | CheckState::TimedOut
        | CheckState::ActionRequired
        | CheckState::Stale => ("bad", "✕"),
    };
    icon(class, sign, state.word())
}

/// The icon of a commit status.
pub(super) fn status_icon(state: StatusState) -> Markup {
    match state {
        StatusState::Pending => icon("wait", "", "pending"),
        StatusState::Success => icon("good", "✓", "success"),
        StatusState::Failure | StatusState::Error => icon("bad", "✕", state.word()),
    }
}

fn icon(class: &str, sign: &str, word: &str) -> Markup {
    html! { span class={ "icon " (class) } role="img" aria-label=(word) title=(word) { (sign) } }
}

fn pull_head(repository: &RepositoryView, view: &PullView) -> Markup {
    html! {
        h1.pull-title { (visible(&view.title)) " " a.number href=(address::pull(repository, view.number)) { "#" (view.number) } }
        p.pull-line {
            (state_mark(view.state))
            span {
                strong { (visible(&view.author)) }
                @match view.state {
                    PullStateView::Merged => " merged ",
                    PullStateView::Open | PullStateView::Draft | PullStateView::Closed => " wants to merge ",
                }
                (count(view.commits.len(), "commit"))
                " into " code.branch title=(short(&view.base_sha)) { (visible(&view.base)) }
                " from " code.branch title=(short(&view.head_sha)) { (visible(&view.head)) }
            }
        }
    }
}

fn tabs(repository: &RepositoryView, view: &PullView, current: Tab) -> Markup {
    let home = address::pull(repository, view.number);
    let said =
        view.timeline.iter().filter(|entry| matches!(entry, crate::sim::view::TimelineEntry::Comment(_))).count()
            + view.threads.iter().map(|thread| thread.comments.len()).sum::<usize>();
    let tab = |tab: Tab, path: &str, name: &str, number: usize| {
        html! {
            a href={ (home) (path) } aria-current=[(tab == current).then_some("page")] { (name) span.count { (number) } }
        }
    };
    let (added, removed) =
        view.files.iter().fold((0, 0), |(added, removed), file| (added + file.additions, removed + file.deletions));
    html! {
        nav.tabs aria-label="Pull request" {
            (tab(Tab::Conversation, "", "Conversation", said))
            (tab(Tab::Checks, "/checks", "Checks", view.checks.len() + view.statuses.len()))
            (tab(Tab::Files, "/files", "Files changed", view.files.len()))
            span.lines { span.plus { "+" (added) } " " span.minus { "−" (removed) } }
        }
    }
}

fn running_note() -> Markup {
    html! {
        p.note role="status" { span.icon.wait {} "The robot is reviewing this push. This page looks again by itself." }
    }
}
