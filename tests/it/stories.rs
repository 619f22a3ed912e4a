//! Stories on a simulated GitHub, from the delivery to what people see.

use crate::sim_bench::{REPO, Story, writes};
use deckhand::sim::{Fault, FaultEffect, Kind};

const RULES: &str = "for _, line in danger.git.added_lines('**/*.py') do
  if line.text:find('print(', 1, true) then
    fail('Leftover print', { file = line.file, line = line.number })
  end
end
";

const HELLO: (&str, &str) = ("src/hello.py", "import os\n\n\ndef hello():\n    return 'hello'\n");
const POLITE: (&str, Option<&str>) = ("src/hello.py", Some("import os\n\n\ndef hello():\n    return 'good day'\n"));
const NOISY: (&str, Option<&str>) =
    ("src/hello.py", Some("import os\n\nprint(os)\n\ndef hello():\n    print('called')\n    return 'hello'\n"));

async fn begin() -> Story {
    Story::begin(&[("dangerfile.lua", RULES), HELLO]).await
}

#[tokio::test]
async fn a_clean_pull_request_passes() {
    let story = begin().await;
    let number = story.open("Greet politely", &[POLITE]).await;
    insta::assert_snapshot!(story.page(number));
    let requests = story.requests();
    assert!(requests.len() <= 8, "{requests:#?}");
    assert_eq!(writes(&requests), ["POST check-runs 201", "PATCH check-runs 200"], "the check and nothing else");

    story.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
    story.rest().await;
    assert!(writes(&story.requests()).is_empty());
    story.end().await;
}

#[tokio::test]
async fn findings_are_shown_on_their_lines_and_vanish_when_they_are_fixed() {
    let story = begin().await;
    let number = story.open("Say what happens", &[NOISY]).await;
    insta::assert_snapshot!("findings_first", story.page(number));
    let requests = story.requests();
    assert!(requests.len() <= 8, "{requests:#?}");

    story.sim.push(REPO, "say-what-happens", "mona", "Be quiet", &[POLITE], "");
    story.rest().await;
    insta::assert_snapshot!("findings_fixed", story.page(number));
    story.end().await;
}

/// Opens a pull request with a finding, to which a person answers.
async fn open_and_answer(story: &Story) -> u64 {
    let number = story.open("Say what happens", &[NOISY]).await;
    let first = story.sim.review_comments(REPO, number)[0]["id"].as_u64().unwrap();
    story.sim.reply(REPO, first, "mona", "It helps while I debug.").unwrap();
    number
}

#[tokio::test]
async fn an_answered_finding_is_resolved_and_not_deleted() {
    let story = Story::begin_with_permissions(&[("contents", "write")], &[("dangerfile.lua", RULES), HELLO]).await;
    let number = open_and_answer(&story).await;
    story.sim.push(REPO, "say-what-happens", "mona", "Be quiet", &[POLITE], "");
    story.rest().await;
    insta::assert_snapshot!(story.page(number));
    story.end().await;
}

#[tokio::test]
async fn where_the_app_may_not_resolve_threads_the_comment_says_that_it_is_settled() {
    let story = begin().await;
    let number = open_and_answer(&story).await;
    story.sim.push(REPO, "say-what-happens", "mona", "Be quiet", &[POLITE], "");
    story.rest().await;
    insta::assert_snapshot!(story.page(number));
    story.requests();
    story.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
    story.rest().await;
    assert!(writes(&story.requests()).is_empty(), "it is said once, and nobody tries to resolve it");
    // It is back: the comment says what it said.
    story.sim.push(REPO, "say-what-happens", "mona", "Be loud", &[NOISY], "");
    story.rest().await;
    let said = story.sim.review_comments(REPO, number)[0]["body"].as_str().unwrap().to_owned();
    assert!(said.starts_with("❌ **Problem:** Leftover print"), "{said}");
    story.end().await;
}

#[tokio::test]
async fn a_permission_to_resolve_that_is_gone_is_noticed_at_the_first_refusal() {
    let story = Story::begin_with_permissions(&[("contents", "write")], &[("dangerfile.lua", RULES), HELLO]).await;
    let number = open_and_answer(&story).await;
    let body = serde_json::json!({ "data": { "resolveReviewThread": null }, "errors": [{ "type": "FORBIDDEN",
        "path": ["resolveReviewThread"], "message": "Resource not accessible by integration" }] });
    let refusal = FaultEffect::Answer { status: 200, body, headers: Vec::new() };
    story.sim.inject(Fault::next("POST", "/graphql", refusal).containing("ResolveThread").times(9));
    story.sim.push(REPO, "say-what-happens", "mona", "Be quiet", &[POLITE], "");
    story.rest().await;
    let said = story.sim.review_comments(REPO, number)[0]["body"].as_str().unwrap().to_owned();
    assert!(said.starts_with("✅ **Settled:**"), "{said}");
    assert!(story.page(number).contains("deckhand (by deckhand): success"), "{}", story.page(number));
    // The permission is there again: with the next reason to look, the thread is resolved.
    story.sim.clear_faults();
    story.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
    story.rest().await;
    assert!(story.page(number).contains("(resolved)"), "{}", story.page(number));
    story.end().await;
}

#[tokio::test]
async fn without_a_dangerfile_there_is_no_check() {
    let story = Story::begin(&[HELLO]).await;
    let number = story.open("Say what happens", &[NOISY]).await;
    insta::assert_snapshot!(story.page(number));
    assert!(writes(&story.requests()).is_empty());
    story.end().await;
}

#[tokio::test]
async fn the_first_dangerfile_judges_what_is_open_and_says_nothing_there() {
    for path in ["dangerfile.lua", ".github/dangerfile.lua"] {
        let story = Story::begin(&[HELLO]).await;
        let number = story.open("Say what happens", &[NOISY]).await;
        story.sim.push(REPO, "main", "mona", "Add rules", &[(path, Some(RULES))], "");
        story.rest().await;
        assert_eq!(writes(&story.requests()), ["POST check-runs 201", "PATCH check-runs 200"], "{path}");
        assert!(story.page(number).contains("deckhand (by deckhand): failure - 2 problems"), "{}", story.page(number));
        // Who goes on there hears of it.
        story.sim.edit_pull(REPO, number, "mona", Some("Say it"), None, None);
        story.rest().await;
        assert_eq!(writes(&story.requests()), ["POST pulls/reviews 200"], "{path}");
        story.end().await;
    }
}

/// Where others' rules spoke before, the first own ones keep true what stands there.
#[tokio::test]
async fn a_first_dangerfile_among_comments_keeps_them_true() {
    let story = Story::begin(&[HELLO]).await;
    story.sim.create_repository("octo", ".github", &[("dangerfile.lua", RULES)], false);
    story.sim.install("octo/.github");
    story.rest().await;
    let number = story.open("Say what happens", &[NOISY]).await;
    assert!(story.page(number).contains("src/hello.py:3\n"), "{}", story.page(number));
    story.requests();
    let more = "rule('titled', function() fail('Say more.') end)";
    story.sim.push(REPO, "main", "mona", "Add rules", &[("dangerfile.lua", Some(more))], "");
    story.rest().await;
    let written = writes(&story.requests());
    assert!(written.contains(&"POST issues/comments 201".to_owned()), "the summary is written: {written:?}");
    story.end().await;
}

/// The contract's line: a branch that requires the check hears that nobody can judge, and does not wait for ever.
#[tokio::test]
async fn without_a_dangerfile_a_required_check_fails_and_says_so() {
    let story = Story::begin(&[HELLO]).await;
    story.sim.require_by_rule(REPO, "main", "deckhand");
    let number = story.open("Greet politely", &[POLITE]).await;
    insta::assert_snapshot!(story.page(number));
    story.sim.push(REPO, "main", "mona", "Add rules", &[("dangerfile.lua", Some("use('work_in_progress')\n"))], "");
    story.rest().await;
    assert!(story.page(number).contains("deckhand (by deckhand): success"), "{}", story.page(number));
    story.end().await;
}

#[tokio::test]
async fn a_broken_dangerfile_says_where() {
    let story = Story::begin(&[("dangerfile.lua", "fail('never ends'\n"), HELLO]).await;
    let number = story.open("Greet politely", &[POLITE]).await;
    insta::assert_snapshot!(story.page(number));
    story.end().await;
}

#[tokio::test]
async fn a_check_can_be_asked_for_again() {
    let story = begin().await;
    let number = story.open("Say what happens", &[NOISY]).await;
    let head = story.sim.head(REPO, number).unwrap();
    let check = story.sim.checks(REPO, &head)[0]["id"].as_u64().unwrap();
    story.requests();
    assert!(story.sim.rerequest_check(REPO, check, "mona"));
    story.rest().await;
    assert!(!story.requests().is_empty(), "the pull request was looked at again");
    insta::assert_snapshot!(story.page(number));
    story.end().await;
}

#[tokio::test]
async fn a_redelivery_writes_nothing() {
    let story = begin().await;
    let number = story.open("Say what happens", &[NOISY]).await;
    let before = story.page(number);
    story.requests();
    let opened = story.sim.deliveries().into_iter().find(|it| it.action == "opened").unwrap();
    assert!(story.sim.redeliver(&opened.guid));
    story.rest().await;
    assert!(story.requests().iter().all(|it| it.kind == Kind::Read), "the delivery is known");
    assert_eq!(story.page(number), before);
    story.end().await;
}

#[tokio::test]
async fn a_label_can_set_a_rule_aside_and_back() {
    let rules = format!("rule('no-print', {{ skip_label = 'prints-are-fine' }}, function()\n{RULES}end)\n");
    let story = Story::begin(&[("dangerfile.lua", &rules), HELLO]).await;
    story.sim.add_user(REPO, "ada", "write");
    let number = story.open("Say what happens", &[NOISY]).await;
    story.sim.label(REPO, number, "ada", "prints-are-fine");
    story.rest().await;
    insta::assert_snapshot!("label_on", story.page(number));
    story.sim.unlabel(REPO, number, "ada", "prints-are-fine");
    story.rest().await;
    insta::assert_snapshot!("label_off", story.page(number));
    story.end().await;
}

#[tokio::test]
async fn a_new_dangerfile_judges_open_pull_requests_again() {
    let story = begin().await;
    let number = story.open("Say what happens", &[NOISY]).await;
    let softer = RULES.replace("fail(", "warn(");
    story.sim.push(REPO, "main", "mona", "Only warn", &[("dangerfile.lua", Some(&softer))], "");
    story.rest().await;
    insta::assert_snapshot!(story.page(number));
    story.end().await;
}

#[tokio::test]
async fn a_server_that_was_away_loses_nothing_when_it_hears_later() {
    let story = begin().await;
    story.sim.misdirect();
    let number = story.open("Greet politely", &[POLITE]).await;
    let lost = story.sim.deliveries().into_iter().find(|it| it.action == "opened").unwrap();
    assert_eq!(lost.status, 0);
    story.deliver();
    assert!(story.sim.redeliver(&lost.guid));
    story.rest().await;
    assert!(story.page(number).contains("deckhand (by deckhand): success"));
    story.end().await;
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_nothing_twice() {
    let story = begin().await;
    for path in ["/check-runs", "/reviews"] {
        story.sim.inject(Fault::next("POST", path, FaultEffect::DropAfter));
    }
    let number = story.open("Say what happens", &[NOISY]).await;
    let head = story.sim.head(REPO, number).unwrap();
    assert_eq!(story.sim.checks(REPO, &head).len(), 1);
    insta::assert_snapshot!("findings_first", story.page(number));
    story.end().await;
}

#[tokio::test]
async fn a_new_installation_checks_what_is_open_and_says_nothing() {
    let story = Story::begin_uninstalled(&[("dangerfile.lua", RULES), HELLO]).await;
    let number = story.open("Say what happens", &[NOISY]).await;
    assert!(story.requests().is_empty(), "nobody was told");
    story.sim.install(REPO);
    story.rest().await;
    insta::assert_snapshot!(story.page(number));
    assert!(story.sim.review_comments(REPO, number).is_empty());
    story.end().await;
}

#[tokio::test]
async fn a_withdrawn_permission_stops_the_job_and_nothing_else() {
    let story = begin().await;
    story.sim.withdraw_permission("checks");
    let number = story.open("Greet politely", &[POLITE]).await;
    assert!(story.page(number).contains("(none)"), "{}", story.page(number));
    assert_eq!(story.parked().await, 1);
    story.sim.grant_permission("octo", "checks", "write");
    story.rest().await;
    story.end().await;
}

#[tokio::test]
async fn pushes_in_a_row_end_with_the_newest_head() {
    let story = begin().await;
    let number = story.open("Say what happens", &[NOISY]).await;
    for at in 0..5 {
        let text = format!("import os\n\n\ndef hello():\n    return 'hello {at}'\n");
        story.sim.push(REPO, "say-what-happens", "mona", "Try again", &[("src/hello.py", Some(&text))], "");
    }
    story.rest().await;
    let head = story.sim.head(REPO, number).unwrap();
    assert_eq!(story.sim.checks(REPO, &head)[0]["conclusion"], "success");
    assert!(story.sim.review_comments(REPO, number).is_empty());
    story.end().await;
}

#[tokio::test]
async fn another_base_gets_a_check_of_its_own_by_the_default_branchs_rules() {
    let story = begin().await;
    let own = "fail('A base does not choose its judge')\n";
    story.sim.push(REPO, "release", "mona", "Write own rules", &[("dangerfile.lua", Some(own))], "main");
    let number = story.open("Greet politely", &[POLITE]).await;
    story.sim.edit_pull(REPO, number, "mona", None, None, Some("release"));
    story.rest().await;
    insta::assert_snapshot!(story.page(number));
    story.end().await;
}
