//! Stories of an organisation's dangerfile: it judges first, it wins, and it cannot be got around.

use crate::sim_bench::{REPO, Story, writes};
use deckhand::sim::{Fault, FaultEffect};
use serde_json::json;
use std::time::Duration;

const ALL: &str = "octo/.github";
const EDIT: (&str, Option<&str>) = ("a.txt", Some("two\n"));
const STRICT: &str = "rule('signed-off', function()
  for _, commit in danger.git.commits do
    if not commit.message:find('Signed-off-by:', 1, true) then fail('Sign off ' .. commit.sha:sub(1, 7) .. '.') end
  end
end)
";

/// A repository with these files, in an organisation with this dangerfile.
async fn begin(shared: &[(&str, &str)], own: &[(&str, &str)]) -> Story {
    let mut files = vec![("a.txt", "one\n")];
    files.extend(own);
    let story = Story::begin(&files).await;
    story.sim.create_repository("octo", ".github", shared, false);
    story.sim.install(ALL);
    story.rest().await;
    story.requests();
    story
}

/// Conclusion and summary of the newest check on the head.
fn check(story: &Story, number: u64) -> String {
    let head = story.sim.head(REPO, number).unwrap();
    let checks = story.sim.checks(REPO, &head);
    let Some(check) = checks.first() else { return "none".to_owned() };
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    format!("{}: {} {}", text(&check["conclusion"]), text(&check["output"]["title"]), text(&check["output"]["summary"]))
}

#[tokio::test]
async fn it_is_enough_for_a_check_within_the_budget() {
    let story = begin(&[("dangerfile.lua", STRICT)], &[]).await;
    let number = story.open("Count to two", &[EDIT]).await;
    insta::assert_snapshot!(story.page(number).replace(&story.sim.head(REPO, number).unwrap()[..7], "HEAD"));
    let requests = story.requests();
    assert!(requests.len() <= 8, "{requests:#?}");
    let announced = requests.iter().position(|it| it.method == "POST" && it.path.ends_with("/check-runs")).unwrap();
    let before: Vec<&str> = requests[..announced].iter().map(|it| it.path.as_str()).collect();
    // Overview and organisation side by side are one round trip; what is beside the check belongs to its own.
    assert_eq!(before.iter().filter(|path| **path == "/graphql").count(), 2, "{before:?}");
    story.end().await;
}

#[tokio::test]
async fn both_judge_and_the_organisation_comes_first() {
    let story = begin(
        &[("dangerfile.lua", "message('from the organisation')\nrule('same', function() message('one') end)")],
        &[("dangerfile.lua", "message('from the repository')\nrule('same', function() message('two') end)")],
    )
    .await;
    let number = story.open("Count to two", &[EDIT]).await;
    let said = check(&story, number);
    let at = |text: &str| said.find(text).unwrap_or_else(|| panic!("{text}: {said}"));
    assert!(at("from the organisation") < at("from the repository") && at("one") < at("two"), "{said}");
    story.end().await;
}

/// Whatever a repository's own dangerfile does, the organisation's rule speaks.
async fn hold(own: &str) -> Story {
    let story = begin(&[("dangerfile.lua", STRICT)], &[("dangerfile.lua", own)]).await;
    let number = story.open("Count to two", &[EDIT]).await;
    let said = check(&story, number);
    assert!(said.starts_with("failure") && said.contains("Sign off"), "{own}: {said}");
    story
}

#[tokio::test]
async fn a_repository_cannot_weaken_it() {
    for own in [
        "settings { ignore_authors = { 'mona' } }",
        "settings { conclusion = 'advisory' }",
        "settings { summary_comment = 'never', max_inline_comments = 0 }",
        "rule('signed-off', { blocking = false }, function() end)",
        "rule = nil",
        "use = function() end fail = function() end",
        "error('the rules are off')",
    ] {
        hold(own).await.end().await;
    }
}

#[tokio::test]
async fn a_repository_that_never_ends_cannot_weaken_it() {
    hold("while true do end").await.end_long().await;
}

#[tokio::test]
async fn its_settings_win() {
    let story = begin(
        &[("dangerfile.lua", "settings { check_name = 'octo', ignore_authors = { 'renovate' } }")],
        &[("dangerfile.lua", "settings { check_name = 'mine', ignore_authors = { 'mona' } }\nfail('No.')")],
    )
    .await;
    let number = story.open("Count to two", &[EDIT]).await;
    let head = story.sim.head(REPO, number).unwrap();
    let names: Vec<String> =
        story.sim.checks(REPO, &head).iter().map(|it| format!("{} {}", it["name"], it["conclusion"])).collect();
    assert_eq!(names, ["\"octo\" \"failure\""]);
    story.end().await;
}

#[tokio::test]
async fn what_a_repository_ignores_is_its_own() {
    let story = begin(
        &[("dangerfile.lua", "message('everybody is read')")],
        &[("dangerfile.lua", "settings { ignore_authors = { 'mona' } }\nfail('No.')")],
    )
    .await;
    let number = story.open("Count to two", &[EDIT]).await;
    let said = check(&story, number);
    assert!(said.starts_with("success") && said.contains("everybody is read") && !said.contains("No."), "{said}");
    story.end().await;
}

#[tokio::test]
async fn its_files_come_from_its_own_repository() {
    let story = begin(
        &[("dangerfile.lua", "require('./rules/shared')"), ("rules/shared.lua", "message('shared')")],
        &[("dangerfile.lua", "require('./rules/shared')"), ("rules/shared.lua", "message('own')")],
    )
    .await;
    let number = story.open("Count to two", &[EDIT]).await;
    let said = check(&story, number);
    assert!(said.contains("shared") && said.contains("own"), "{said}");
    story.end().await;
}

#[tokio::test]
async fn one_that_does_not_load_fails_the_check_and_says_where() {
    let story = begin(&[("dangerfile.lua", "message('x'\n")], &[("dangerfile.lua", "message('fine')")]).await;
    let number = story.open("Count to two", &[EDIT]).await;
    insta::assert_snapshot!(check(&story, number));
    story.sim.push(ALL, "main", "mona", "Mend it", &[("dangerfile.lua", Some("message('x')\n"))], "");
    story.rest().await;
    assert!(check(&story, number).starts_with("success"), "{}", check(&story, number));
    story.end().await;
}

#[tokio::test]
async fn one_that_cannot_be_read_fails_the_check() {
    let story = begin(&[("dangerfile.lua/x", "a directory")], &[("dangerfile.lua", "message('fine')")]).await;
    let number = story.open("Count to two", &[EDIT]).await;
    let said = check(&story, number);
    assert!(said.starts_with("failure"), "{said}");
    assert!(said.contains("octo/.github, which judges every repository there, cannot be read"), "{said}");
    story.end().await;
}

#[tokio::test]
async fn a_push_to_it_judges_open_pull_requests_again() {
    let story = begin(&[("README.md", "Rules will follow.\n")], &[]).await;
    let number = story.open("Count to two", &[EDIT]).await;
    assert_eq!(check(&story, number), "none");
    assert!(writes(&story.requests()).is_empty());

    let noisy = "for _, line in danger.git.added_lines() do fail('Why?', { file = line.file, line = line.number }) end";
    story.sim.push(ALL, "main", "mona", "Ask why", &[("dangerfile.lua", Some(noisy))], "");
    story.rest().await;
    assert!(check(&story, number).starts_with("failure"), "{}", check(&story, number));
    assert!(story.sim.review_comments(REPO, number).is_empty(), "the first one only checks");

    story.sim.push(ALL, "main", "mona", "Ask gently", &[("dangerfile.lua", Some(&noisy.replace("fail", "warn")))], "");
    story.rest().await;
    assert!(check(&story, number).starts_with("success"), "{}", check(&story, number));
    assert_eq!(story.sim.review_comments(REPO, number).len(), 1);

    story.sim.push(ALL, "topic", "mona", "Try something", &[("dangerfile.lua", Some("fail('No.')"))], "main");
    story.rest().await;
    assert!(check(&story, number).starts_with("success"), "only its default branch judges");
    story.end().await;
}

#[tokio::test]
async fn its_absence_is_remembered_for_a_while() {
    let story = begin(&[("README.md", "Rules will follow.\n")], &[("dangerfile.lua", "message('fine')")]).await;
    let looks = |story: &Story| {
        let about = |entry: &deckhand::sim::LogEntry| entry.request.to_string().contains("query Organisation");
        story.requests().iter().filter(|entry| about(entry)).count()
    };
    let number = story.open("Count to two", &[EDIT]).await;
    assert_eq!(looks(&story), 2, "somebody has just changed the repository: it is looked at twice");
    for (wait, expected) in [(0, 0), (299, 0), (1, 1), (10, 0)] {
        story.sim.advance(Duration::from_secs(wait));
        story.sim.edit_pull(REPO, number, "mona", Some(&format!("Count {wait}")), None, None);
        story.rest().await;
        assert_eq!(looks(&story), expected, "after {wait} s more");
    }
    story.end().await;
}

/// GitHub says for once that there is no repository `.github`.
fn deny(story: &Story) {
    let message = "Could not resolve to a Repository with the name 'octo/.github'.";
    let error = json!({ "type": "NOT_FOUND", "path": ["repository"], "message": message });
    let body = json!({ "data": { "repository": null }, "errors": [error] });
    let effect = FaultEffect::Answer { status: 200, body, headers: Vec::new() };
    story.sim.inject(Fault::next("POST", "query Organisation", effect));
}

#[tokio::test]
async fn f09_an_absence_counts_only_when_it_is_confirmed() {
    let story = begin(&[("dangerfile.lua", STRICT)], &[("dangerfile.lua", "message('fine')")]).await;
    deny(&story);
    let first = story.open("Count to two", &[EDIT]).await;
    assert!(check(&story, first).contains("Sign off"), "the first answer: {}", check(&story, first));
    deny(&story);
    let second = story.open("Count on", &[EDIT]).await;
    assert!(check(&story, second).contains("Sign off"), "one that contradicts another: {}", check(&story, second));
    story.end().await;
}

#[tokio::test]
async fn one_that_is_taken_away_judges_no_more() {
    let story = begin(&[("dangerfile.lua", STRICT)], &[("dangerfile.lua", "message('fine')")]).await;
    let number = story.open("Count to two", &[EDIT]).await;
    assert!(check(&story, number).starts_with("failure"), "{}", check(&story, number));
    story.sim.push(ALL, "main", "mona", "Trust everybody", &[("dangerfile.lua", None)], "");
    story.rest().await;
    assert!(check(&story, number).starts_with("success"), "{}", check(&story, number));
    story.end().await;
}

#[tokio::test]
async fn its_own_pull_requests_are_judged_once() {
    let story = begin(&[("dangerfile.lua", "message('once')"), ("a.txt", "one\n")], &[]).await;
    story.sim.add_user(ALL, "mona", "write");
    story.sim.push(ALL, "topic", "mona", "Count", &[EDIT], "main");
    let number = story.sim.open_pull(ALL, "Count", "", "topic", "main", "mona", false);
    story.rest().await;
    let head = story.sim.head(ALL, number).unwrap();
    let summary = story.sim.checks(ALL, &head)[0]["output"]["summary"].as_str().unwrap().to_owned();
    assert_eq!(summary.matches("once").count(), 1, "{summary}");
    story.end().await;
}

#[tokio::test]
async fn a_question_that_github_does_not_answer_is_asked_again() {
    let story = begin(&[("dangerfile.lua", STRICT)], &[("dangerfile.lua", "message('fine')")]).await;
    story.sim.inject(Fault::next("POST", "query Organisation", FaultEffect::DropBefore));
    let number = story.open("Count to two", &[EDIT]).await;
    assert!(check(&story, number).contains("Sign off"), "{}", check(&story, number));
    story.end().await;
}
