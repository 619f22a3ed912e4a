//! The text of a rich pull request, whole.

use super::render_pull_text;
use crate::sim::pages::sample;

#[test]
fn a_rich_pull_request_reads_well() {
    insta::assert_snapshot!(render_pull_text(&sample::pull()), @"");
}

#[test]
fn a_bare_one_too() {
    insta::assert_snapshot!(render_pull_text(&sample::bare_pull()), @"");
}
