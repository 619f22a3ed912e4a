//! Where things stand, and when a page reloads.

use super::super::*;
use super::sample;
use crate::sim::view::*;

const RELOAD: &str = "http-equiv=\"refresh\"";

/// Where a text stands on a page.
fn at(page: &str, text: &str) -> usize {
    page.find(text).unwrap_or_else(|| panic!("{text} is not in {page}"))
}

#[test]
fn pages_reload_only_while_somebody_is_at_work() {
    let repository = sample::repository();
    let pages = |view: &PullView| {
        [render_conversation(&repository, view), render_files(&repository, view), render_checks(&repository, view)]
    };
    for page in pages(&sample::pull()) {
        assert!(!page.contains(RELOAD) && !page.contains("is reviewing this push"));
    }
    let awaiting = PullView { awaiting: true, ..sample::bare_pull() };
    let mut queued = sample::pull();
    queued.checks[1].state = CheckState::Queued;
    for view in [sample::running_pull(), awaiting, queued] {
        for page in pages(&view) {
            assert!(
                page.contains("<meta http-equiv=\"refresh\" content=\"1\">") && page.contains("is reviewing this push")
            );
        }
    }
    assert!(render_pulls(&repository, &sample::summaries()).contains(RELOAD));
    assert!(!render_pulls(&repository, &sample::summaries()[1..]).contains(RELOAD));
    assert!(!render_edit(&repository, "b", "p", "t", 1).contains(RELOAD));
}

#[test]
fn review_comments_stand_below_the_line_they_speak_of() {
    let page = render_files(&sample::repository(), &sample::pull());
    let removed = at(&page, "# rounds away from zero</td>");
    let on_removed = at(&page, "Why did this go?");
    let next = at(&page, "return round(amount + 0.005, 2)</td>");
    assert!(removed < on_removed && on_removed < next);
    let last = at(&page, "return round(amount, 2)</td>");
    let on_last = at(&page, "id=\"review-comment-51\"");
    assert!(last < on_last && on_last < at(&page, "def total"));
    let outdated = at(&page, "id=\"review-comment-54\"");
    assert!(at(&page, "src/money.py") < outdated && outdated < at(&page, "@@ -1,10 +1,13 @@ module"));
    assert!(at(&page, "<details class=\"box thread\">") < at(&page, "id=\"review-comment-52\""));
}

#[test]
fn a_thread_on_a_file_that_is_gone_is_not_lost() {
    let mut view = sample::pull();
    view.threads[0].path = "gone.py".into();
    let page = render_files(&sample::repository(), &view);
    assert!(at(&page, "not changed any more") < at(&page, "id=\"review-comment-51\""));
}

#[test]
fn a_moved_line_is_quoted_from_the_diff_of_today() {
    let mut view = sample::pull();
    let quoted = |view: &PullView| -> Vec<String> {
        view.commented_lines(&view.threads[0]).into_iter().map(|line| line.text.clone()).collect()
    };
    let today = quoted(&view);
    view.threads[0].context = view.threads[2].context.clone();
    assert_eq!(quoted(&view), today);
    view.threads[0].outdated = true;
    assert!(quoted(&view).is_empty());
    assert_eq!(view.context_lines(&view.threads[0]).len(), 1);
    let gone = PullView { files: Vec::new(), ..sample::pull() };
    assert!(quoted(&gone).is_empty() && gone.context_lines(&gone.threads[0]).is_empty());
}

#[test]
fn every_thread_is_on_the_conversation_once() {
    let mut view = sample::pull();
    view.threads[3].comments[0].id = 999;
    let page = render_conversation(&sample::repository(), &view);
    for id in [51, 52, 53, 54, 999] {
        assert_eq!(page.matches(&format!("id=\"review-comment-{id}\"")).count(), 1, "{id}");
    }
    let context = at(&page, "# rounds away from zero</td>");
    assert!(context < at(&page, "id=\"review-comment-51\""));
}

#[test]
fn an_annotation_links_to_its_line_or_else_to_its_file() {
    let (repository, view) = (sample::repository(), sample::pull());
    let checks = render_checks(&repository, &view);
    let files = render_files(&repository, &view);
    let anchors: Vec<&str> = checks
        .split("/tern/ledger/pull/12/files#")
        .skip(1)
        .map(|rest| rest.split('"').next().expect("an anchor"))
        .collect();
    assert_eq!(anchors.len(), 2);
    assert!(anchors[0].ends_with("R10") && anchors[0].starts_with(anchors[1]));
    for anchor in anchors {
        assert_eq!(files.matches(&format!("id=\"{anchor}\"")).count(), 1, "{anchor}");
    }
}

#[test]
fn the_merge_box_names_every_check_and_the_verdict() {
    let page = render_conversation(&sample::repository(), &sample::pull());
    let merge = &page[at(&page, "aria-label=\"Checks and merging\"")..];
    for text in
        ["deckhand", "1 problem, 2 warnings", "/tern/ledger/pull/12/checks#check-900", "unit tests", "218 passed"]
    {
        at(merge, text);
    }
    assert!(merge.contains("<strong>Merging is blocked</strong>"));
    let page = render_conversation(&sample::repository(), &sample::bare_pull());
    assert!(page.contains("This pull request can be merged"));
}

#[test]
fn apps_bear_a_mark() {
    let page = render_conversation(&sample::repository(), &sample::pull());
    assert!(page.contains("<strong class=\"author\">deckhand</strong><span class=\"bot\">bot</span>"));
    assert!(!page.contains("<strong class=\"author\">omar</strong><span class=\"bot\">"));
}

#[test]
fn words_of_the_api_are_read() {
    assert_eq!(CheckState::parse("completed", Some("timed_out")), Some(CheckState::TimedOut));
    assert_eq!(CheckState::parse("in_progress", None), Some(CheckState::InProgress));
    assert_eq!(CheckState::parse("completed", None), None);
    assert_eq!(AnnotationLevel::parse("warning"), Some(AnnotationLevel::Warning));
    assert_eq!(StatusState::parse("error"), Some(StatusState::Error));
    assert_eq!(FileStatus::parse("renamed"), FileStatus::Renamed);
    assert_eq!(FileStatus::parse("changed"), FileStatus::Modified);
}
