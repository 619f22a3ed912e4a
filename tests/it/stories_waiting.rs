//! Stories of what is not there yet: the check stays open, says what for and until when, and is concluded in time.

use crate::sim_bench::{REPO, Story, bad_gateway, writes};
use deckhand::sim::{Fault, FaultEffect};

const MERGES: &str = "settings { statuses = 'per_rule' }
rule('merges', function()
  if not danger.github.pr.mergeable then fail('This conflicts with the base: merge it in.') end
end)
rule('quiet', function()
  for _, line in danger.git.added_lines('*.py') do fail('Leftover', { file = line.file, line = line.number }) end
end)
";
const COVERED: &str = "use('diff_coverage', { wait = 20 })";
const EDIT: (&str, Option<&str>) = ("a.txt", Some("two\n"));
const CODE: (&str, Option<&str>) = ("a.py", Some("x = 1\n"));

async fn begin(rules: &str) -> Story {
    let permissions = [("statuses", "write")];
    let story = Story::begin_with_permissions(&permissions, &[("dangerfile.lua", rules), ("a.txt", "one\n")]).await;
    story.sim.advance(std::time::Duration::from_secs(1));
    story
}

/// A pull request that GitHub has not looked at yet.
async fn open_unknown(story: &Story, edit: (&str, Option<&str>)) -> u64 {
    story.sim.set_deliver(false);
    story.sim.push(REPO, "change", "mona", "Change it", &[edit], "main");
    let number = story.sim.open_pull(REPO, "Change it", "", "change", "main", "mona", false);
    story.sim.set_mergeable(REPO, number, None);
    story.sim.set_deliver(true);
    story.sim.edit_pull(REPO, number, "mona", Some("Change it"), None, None);
    story.rest().await;
    number
}

/// All check runs on the head, the newest first: conclusion, title and summary.
fn checks(story: &Story, number: u64) -> Vec<String> {
    let head = story.sim.head(REPO, number).unwrap();
    let render = |check: &serde_json::Value| {
        let words = |name: &str| check["output"][name].as_str().unwrap_or_default().to_owned();
        let state = check["conclusion"].as_str().or(check["status"].as_str()).unwrap_or_default();
        format!("{state}: {}\n{}", words("title"), words("summary"))
    };
    story.sim.checks(REPO, &head).iter().map(render).collect()
}

fn only_check(story: &Story, number: u64) -> String {
    let checks = checks(story, number);
    assert_eq!(checks.len(), 1, "{checks:#?}");
    checks.into_iter().next().unwrap()
}

fn statuses(story: &Story, number: u64) -> Vec<String> {
    let head = story.sim.head(REPO, number).unwrap();
    let word = |status: &serde_json::Value, name: &str| status[name].as_str().unwrap_or_default().to_owned();
    let line =
        |it: &serde_json::Value| format!("{} {}: {}", word(it, "context"), word(it, "state"), word(it, "description"));
    let mut all: Vec<String> = story.sim.statuses(REPO, &head).iter().map(line).collect();
    all.sort();
    all
}

#[tokio::test]
async fn f51_mergeable_that_is_null_for_two_minutes_is_awaited() {
    let story = begin(MERGES).await;
    let number = open_unknown(&story, EDIT).await;
    insta::assert_snapshot!("waiting_for_mergeable", only_check(&story, number));
    insta::assert_snapshot!("waiting_for_mergeable_statuses", statuses(&story, number).join("\n"));
    story.requests();
    for _ in 0..8 {
        story.pass(15).await;
    }
    let log = story.requests();
    assert_eq!(writes(&log), [""; 0], "nothing changed");
    let looks = log.iter().filter(|it| it.method == "GET" && it.path.ends_with(&format!("/pulls/{number}"))).count();
    assert!((2..=6).contains(&looks), "pauses grow: {looks}");
    story.sim.set_mergeable(REPO, number, Some(true));
    story.pass(120).await;
    assert!(only_check(&story, number).starts_with("success: No problems"), "{:?}", checks(&story, number));
    assert!(statuses(&story, number).contains(&"deckhand/merges success: no problems".to_owned()));
    story.requests();
    story.pass(3600).await;
    assert!(story.requests().iter().all(|it| !it.path.contains("/pulls/")), "nobody asks any more");
    story.end().await;
}

/// GitHub takes no status of a completed check back, so that the old one would stay green for as long as this one waits.
#[tokio::test]
async fn a_check_that_passed_and_waits_again_is_a_new_one() {
    let story = begin("use('work_in_progress')").await;
    let number = story.open("Change it", &[CODE]).await;
    assert!(only_check(&story, number).starts_with("success"), "{:?}", checks(&story, number));
    story.requests();
    story.sim.push(REPO, "main", "mona", "Ask for coverage", &[("dangerfile.lua", Some(COVERED))], "");
    story.rest().await;
    assert_eq!(writes(&story.requests()), ["POST check-runs 201"]);
    let open = &checks(&story, number)[0];
    assert!(open.starts_with("in_progress: Waiting"), "{open}");
    story.end().await;
}

#[tokio::test]
async fn a_conclusion_that_github_keeps_is_overruled_by_a_new_check() {
    let story = begin("use('work_in_progress')").await;
    let number = story.open("Change it", &[CODE]).await;
    let keep = FaultEffect::Alter(|body| body["conclusion"] = "success".into());
    story.sim.inject(Fault::next("PATCH", "/check-runs/", keep));
    story.requests();
    story.sim.edit_pull(REPO, number, "mona", Some("WIP: change it"), None, None);
    story.rest().await;
    let written = writes(&story.requests());
    let of_checks: Vec<&String> = written.iter().filter(|it| it.contains("check-runs")).collect();
    assert_eq!(of_checks, ["PATCH check-runs 200", "POST check-runs 201"]);
    assert!(checks(&story, number)[0].starts_with("failure: 1 problem"), "{:?}", checks(&story, number));
    story.end().await;
}

#[tokio::test]
async fn f51_after_ten_minutes_the_rule_fails_and_says_why() {
    let story = begin(MERGES).await;
    let number = open_unknown(&story, EDIT).await;
    for _ in 0..20 {
        story.pass(29).await;
    }
    assert!(only_check(&story, number).starts_with("in_progress: Waiting"), "{:?}", checks(&story, number));
    story.pass(29).await;
    insta::assert_snapshot!("waited_for_mergeable", only_check(&story, number));
    // Who asks again begins a new wait.
    let check = story.sim.checks(REPO, &story.sim.head(REPO, number).unwrap())[0]["id"].as_u64().unwrap();
    assert!(story.sim.rerequest_check(REPO, check, "mona"));
    story.rest().await;
    assert!(checks(&story, number)[0].starts_with("in_progress: Waiting"), "{:?}", checks(&story, number));
    story.sim.set_mergeable(REPO, number, Some(false));
    story.pass(5).await;
    assert!(checks(&story, number)[0].starts_with("failure: 1 problem"), "{:?}", checks(&story, number));
    story.end().await;
}

#[tokio::test]
async fn what_failed_already_is_not_held_back_by_what_waits() {
    let story = begin(MERGES).await;
    let number = open_unknown(&story, CODE).await;
    assert!(only_check(&story, number).starts_with("failure: 1 problem"), "{:?}", checks(&story, number));
    let waiting = "deckhand/merges pending: waiting for GitHub to compute whether this can be merged, until";
    assert!(statuses(&story, number).iter().any(|it| it.starts_with(waiting)), "{:?}", statuses(&story, number));
    story.sim.set_mergeable(REPO, number, Some(true));
    story.pass(30).await;
    assert!(statuses(&story, number).contains(&"deckhand/merges success: no problems".to_owned()));
    story.end().await;
}

#[tokio::test]
async fn an_event_makes_the_review_run_again_at_once_and_the_wait_goes_on() {
    let story = begin(COVERED).await;
    let number = story.open("Change it", &[CODE]).await;
    insta::assert_snapshot!("waiting_for_coverage", only_check(&story, number));
    story.sim.comment(REPO, number, "mona", "/deckhand why");
    story.rest().await;
    let told = story.sim.comments(REPO, number).last().unwrap()["body"].as_str().unwrap().to_owned();
    assert!(told.contains("waits") && told.contains("This is not there yet"), "{told}");
    story.pass(300).await;
    let before = only_check(&story, number);
    story.requests();
    story.sim.edit_pull(REPO, number, "mona", Some("Change it well"), None, None);
    story.rest().await;
    let log = story.requests();
    assert!(!log.is_empty(), "it was judged");
    assert_eq!(writes(&log), [""; 0], "with the same deadline");
    assert_eq!(only_check(&story, number), before);
    story.pass(14 * 60).await;
    assert!(only_check(&story, number).starts_with("in_progress"), "it may stay open for so long");
    story.pass(60).await;
    insta::assert_snapshot!("waited_for_coverage", only_check(&story, number));

    // A push begins anew, and a push that adds nothing waits for nothing.
    story.sim.push(REPO, "change-it", "mona", "More", &[("a.py", Some("x = 1\ny = 2\n"))], "");
    story.rest().await;
    assert!(only_check(&story, number).starts_with("in_progress: Waiting for a coverage report, until"));
    story.sim.push(REPO, "change-it", "mona", "Nothing", &[("a.py", None), ("a.txt", None)], "");
    story.rest().await;
    assert!(only_check(&story, number).starts_with("success"), "{:?}", checks(&story, number));
    story.end().await;
}

#[tokio::test]
async fn f04_a_push_that_nobody_told_of_is_found_while_a_review_waits() {
    let story = begin(COVERED).await;
    let number = story.open("Change it", &[CODE]).await;
    story.sim.set_deliver(false);
    story.sim.push(REPO, "change-it", "mona", "Take it back", &[("a.py", None)], "");
    story.sim.set_deliver(true);
    story.pass(300).await;
    assert!(only_check(&story, number).starts_with("success"), "{:?}", checks(&story, number));
    story.end().await;
}

#[tokio::test]
async fn an_advisory_rule_holds_no_check() {
    let story = begin("use('diff_coverage', { severity = 'warn', wait = 1 })").await;
    let number = story.open("Change it", &[CODE]).await;
    assert!(only_check(&story, number).starts_with("success: No problems\n- ⏳"), "{:?}", checks(&story, number));
    story.pass(61).await;
    assert!(only_check(&story, number).starts_with("success: 1 warning"), "{:?}", checks(&story, number));
    story.end().await;
}

#[tokio::test]
async fn f44_a_wait_that_nobody_ends_is_ended_by_the_watchdog() {
    end_by_the_watchdog(COVERED).await;
}

/// Nothing of GitHub can be read any more when the wait of these rules is over.
async fn end_by_the_watchdog(rules: &str) {
    let story = Story::begin_with_settings(
        &[("DECKHAND_RECONCILE_SECONDS", "0")],
        &[("dangerfile.lua", rules), ("a.txt", "one\n")],
    )
    .await;
    let number = story.open("Change it", &[CODE]).await;
    story.sim.inject(Fault::next("POST", "query Overview", bad_gateway()).times(1000));
    story.pass(20 * 60).await;
    assert!(only_check(&story, number).starts_with("in_progress"), "{:?}", checks(&story, number));
    // The watchdog looks once a minute, and leaves a job alone that a worker has in hand at that moment.
    let mut minutes = 0;
    while only_check(&story, number).starts_with("in_progress") && minutes < 10 {
        story.pass(61).await;
        minutes += 1;
    }
    assert!(only_check(&story, number).starts_with("failure: Not judged in time"), "{:?}", checks(&story, number));
    story.sim.clear_faults();
    story.pass(3600).await;
    assert!(checks(&story, number)[0].starts_with("failure: 1 problem"), "{:?}", checks(&story, number));
    story.end().await;
}

const LINTED: &str = "use('lint_report', { severity = 'fail', wait = 20 })";

#[tokio::test]
async fn a_blocking_lint_report_is_not_green_before_its_report_is_there() {
    let story = begin(LINTED).await;
    let number = story.open("Change it", &[CODE]).await;
    insta::assert_snapshot!("waiting_for_lint", only_check(&story, number));
    story.pass(20 * 60 - 30).await;
    assert!(only_check(&story, number).starts_with("in_progress"), "it may stay open for so long");
    story.pass(60).await;
    insta::assert_snapshot!("waited_for_lint", only_check(&story, number));

    // Where nothing is added, no result can be on an added line.
    story.sim.push(REPO, "change-it", "mona", "Nothing", &[("a.py", None), ("b.py", None)], "");
    story.rest().await;
    assert!(only_check(&story, number).starts_with("success"), "{:?}", checks(&story, number));
    story.end().await;
}

#[tokio::test]
async fn an_advisory_lint_report_waits_only_when_told_to() {
    let story = begin("use('lint_report')").await;
    let number = story.open("Change it", &[CODE]).await;
    assert!(
        only_check(&story, number).starts_with("success: No problems\nThe rules have nothing"),
        "{:?}",
        checks(&story, number)
    );
    story.requests();
    story.pass(3600).await;
    assert_eq!(writes(&story.requests()), [""; 0], "nobody looks again");
    story.end().await;

    let story = begin("use('lint_report', { wait = 1 })").await;
    let number = story.open("Change it", &[CODE]).await;
    assert!(only_check(&story, number).starts_with("success: No problems\n- ⏳"), "{:?}", checks(&story, number));
    story.pass(61).await;
    assert!(only_check(&story, number).starts_with("success: 1 warning"), "{:?}", checks(&story, number));
    story.end().await;
}

#[tokio::test]
async fn a_rule_of_ones_own_waits_for_the_linters_too() {
    let story = begin("rule('linted', function() if #danger.lint.results > 0 then fail('No.') end end)").await;
    let number = story.open("Change it", &[CODE]).await;
    assert!(only_check(&story, number).starts_with("in_progress: Waiting for a linter's report, until"));
    story.pass(29 * 60 + 30).await;
    story.pass(60).await;
    assert!(only_check(&story, number).starts_with("failure: 1 fault"), "{:?}", checks(&story, number));
    story.end().await;
}

#[tokio::test]
async fn f44_a_wait_for_linters_that_nobody_ends_is_ended_by_the_watchdog() {
    end_by_the_watchdog(LINTED).await;
}
