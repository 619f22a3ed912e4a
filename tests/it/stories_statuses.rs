//! Stories of commit statuses for single rules: `settings { statuses = "per_rule" }`.

use crate::sim_bench::{APP_ID, REPO, Story, forbidden, writes};
use deckhand::sim::{Fault, FaultEffect};

const RULES: &str = "settings { statuses = 'per_rule' }
use('work_in_progress')
rule('no-print', { paths = { '**/*.py' } }, function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then fail('Leftover print', { file = line.file, line = line.number }) end
  end
end)
rule('advice', { blocking = false }, function()
  for _, line in danger.git.added_lines('**/*.py') do warn('Think twice.', { file = line.file, line = line.number }) end
end)
";
const HELLO: (&str, &str) = ("src/hello.py", "x = 1\n");
const NOISY: (&str, Option<&str>) = ("src/hello.py", Some("x = 1\nprint(x)\n"));
const QUIET: (&str, Option<&str>) = ("src/hello.py", Some("x = 2\n"));
const TEXT: (&str, Option<&str>) = ("README.md", Some("# Hello\n"));
const MAY: (&str, &str) = ("statuses", "write");

async fn begin(rules: &str) -> Story {
    Story::begin_with_permissions(&[MAY], &[("dangerfile.lua", rules), HELLO]).await
}

/// The newest status of each context on a head: name, state and words, sorted.
fn statuses(story: &Story, number: u64) -> Vec<String> {
    let head = story.sim.head(REPO, number).unwrap();
    let mut newest: Vec<String> = Vec::new();
    for status in story.sim.statuses(REPO, &head) {
        let word = |name: &str| status[name].as_str().unwrap_or_default().to_owned();
        newest.push(format!("{} {}: {}", word("context"), word("state"), word("description")));
    }
    newest.sort();
    newest
}

fn summary(story: &Story, number: u64) -> String {
    let head = story.sim.head(REPO, number).unwrap();
    let checks = story.sim.checks(REPO, &head);
    let check = checks.iter().max_by_key(|check| check["id"].as_u64()).unwrap();
    let words = |name: &str| check["output"][name].as_str().unwrap_or_default().to_owned();
    format!("{}: {}\n{}", check["conclusion"].as_str().unwrap_or("open"), words("title"), words("summary"))
}

#[tokio::test]
async fn every_blocking_rule_has_one_and_nothing_is_written_twice() {
    let story = begin(RULES).await;
    let number = story.open("Say what happens", &[NOISY]).await;
    insta::assert_snapshot!("statuses_first", story.page(number));
    story.requests();
    story.sim.edit_pull(REPO, number, "mona", None, Some("Says x."), None);
    story.rest().await;
    let log = story.requests();
    assert_eq!(writes(&log), [""; 0]);
    assert!(log.len() <= 6, "{log:#?}");

    story.sim.push(REPO, "say-what-happens", "mona", "Be quiet", &[QUIET], "");
    story.rest().await;
    let fine = [
        "deckhand/dangerfile success: no problems",
        "deckhand/no-print success: no problems",
        "deckhand/work_in_progress success: no problems",
    ];
    assert_eq!(statuses(&story, number), fine);
    story.requests();
    story.sim.edit_pull(REPO, number, "mona", Some("WIP: say what happens"), None, None);
    story.rest().await;
    let mut written = writes(&story.requests());
    written.sort();
    let head = story.sim.head(REPO, number).unwrap();
    let status = format!("POST statuses/{head} 201");
    assert_eq!(written, ["PATCH check-runs 200", "POST issues/comments 201", &status], "the one that changed");
    story.end().await;
}

#[tokio::test]
async fn a_rule_that_does_not_apply_is_green_and_says_so() {
    let story = begin(RULES).await;
    let number = story.open("Describe it", &[TEXT]).await;
    assert!(statuses(&story, number).contains(&"deckhand/no-print success: does not apply".to_owned()));
    story.end().await;
}

#[tokio::test]
async fn without_the_setting_nothing_is_read_for_it() {
    let story = begin(&RULES.replace("per_rule", "none")).await;
    let number = story.open("Say what happens", &[NOISY]).await;
    assert!(statuses(&story, number).is_empty());
    let log = story.requests();
    assert!(log.len() <= 8, "{log:#?}");
    assert!(!log.iter().any(|it| it.path.contains("/rules/") || it.request.to_string().contains("query Statuses")));
    story.end().await;
}

#[tokio::test]
async fn a_rule_that_vanished_fails_where_it_stands_or_is_required() {
    let story = begin(RULES).await;
    story.sim.require_by_rule(REPO, "main", "deckhand/of-rulesets");
    story.sim.require_by_protection(REPO, "main", "deckhand/of-protection");
    story.sim.require_by_protection(REPO, "main", "ci/build");
    let number = story.open("Be quiet", &[QUIET]).await;
    let without = RULES.replace("'no-print'", "'no-prints'");
    story.sim.push(REPO, "main", "mona", "Rename a rule", &[("dangerfile.lua", Some(&without))], "");
    story.rest().await;
    assert_eq!(
        statuses(&story, number),
        [
            "deckhand/dangerfile success: no problems",
            "deckhand/no-print failure: no rule no-print",
            "deckhand/no-prints success: no problems",
            "deckhand/of-protection failure: no rule of-protection",
            "deckhand/of-rulesets failure: no rule of-rulesets",
            "deckhand/work_in_progress success: no problems",
        ]
    );
    story.end().await;
}

#[tokio::test]
async fn the_setting_taken_back_leaves_nothing_green() {
    let story = begin(RULES).await;
    let number = story.open("Be quiet", &[QUIET]).await;
    let off = RULES.replace("per_rule", "none");
    story.sim.push(REPO, "main", "mona", "One check is enough", &[("dangerfile.lua", Some(&off))], "");
    story.rest().await;
    let said = statuses(&story, number);
    assert!(said.len() == 3 && said.iter().all(|it| it.contains(" failure: no rule ")), "{said:?}");
    story.end().await;
}

#[tokio::test]
async fn f31_without_the_permission_the_check_says_so_and_nothing_else_stops() {
    let story = Story::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    let number = story.open("Say what happens", &[NOISY]).await;
    let said = summary(&story, number);
    assert!(
        said.starts_with("failure: 1 problem, 1 warning\nℹ️ The dangerfile asks for commit statuses of rules"),
        "{said}"
    );
    assert_eq!(story.sim.review_comments(REPO, number).len(), 2, "comments are written all the same");
    let log = story.requests();
    assert!(!log.iter().any(|it| it.path.contains("/statuses/") || it.path.contains("/rules/")), "{log:#?}");
    story.sim.edit_pull(REPO, number, "mona", None, Some("Says x."), None);
    story.rest().await;
    assert!(writes(&story.requests()).is_empty(), "it is said once");
    story.end().await;
}

#[tokio::test]
async fn f31_a_permission_that_is_withdrawn_is_noticed_at_the_first_refusal() {
    let story = begin(RULES).await;
    let number = story.open("Be quiet", &[QUIET]).await;
    story.requests();
    story.sim.inject(Fault::next("POST", "/statuses/", forbidden()));
    story.sim.push(REPO, "be-quiet", "mona", "Say more", &[NOISY], "");
    story.rest().await;
    let set = story.requests().iter().filter(|it| it.method == "POST" && it.path.contains("/statuses/")).count();
    assert_eq!(set, 1, "the first refusal stands for all");
    let said = summary(&story, number);
    assert!(said.starts_with("failure: 1 problem, 1 warning\nℹ️ The dangerfile asks for commit statuses"), "{said}");
    // The refusal is over: with the next reason to look, they are set and the note goes.
    story.sim.edit_pull(REPO, number, "mona", None, Some("Says x."), None);
    story.rest().await;
    assert_eq!(statuses(&story, number).len(), 3);
    assert!(!summary(&story, number).contains("commit statuses"), "{}", summary(&story, number));
    story.end().await;
}

#[tokio::test]
async fn f28_a_status_whose_answer_is_lost_is_set_once() {
    let story = begin(RULES).await;
    story.sim.inject(Fault::next("POST", "/statuses/", FaultEffect::DropAfter));
    let number = story.open("Be quiet", &[QUIET]).await;
    let set = story.requests().iter().filter(|it| it.method == "POST" && it.path.contains("/statuses/")).count();
    assert_eq!(set, 3);
    assert_eq!(statuses(&story, number).len(), 3);
    story.end().await;
}

#[tokio::test]
async fn f48_the_worst_of_two_pull_requests_with_one_head() {
    let story = begin(RULES).await;
    let first = story.open("Be quiet", &[QUIET]).await;
    story.sim.branch(REPO, "twin", "be-quiet", "mona");
    let second = story.sim.open_pull(REPO, "WIP: be quiet", "", "twin", "main", "mona", false);
    story.rest().await;
    let said = statuses(&story, first);
    assert_eq!(said[2], format!("deckhand/work_in_progress failure: #{first}: no problems; #{second}: 1 problem"));
    story.sim.close(REPO, second, "mona");
    story.rest().await;
    assert_eq!(statuses(&story, first)[2], "deckhand/work_in_progress success: no problems");
    story.end().await;
}

#[tokio::test]
async fn f50_a_status_that_somebody_else_set_under_our_name_is_set_again() {
    let story = begin(RULES).await;
    let number = story.open("Say what happens", &[NOISY]).await;
    let head = story.sim.head(REPO, number).unwrap();
    story.sim.report_status(REPO, &head, "deckhand/no-print", "success");
    story.sim.edit_pull(REPO, number, "mona", None, Some("Says x."), None);
    story.rest().await;
    assert!(statuses(&story, number).contains(&"deckhand/no-print failure: 1 problem".to_owned()));
    story.end().await;
}

#[tokio::test]
async fn f67_another_base_has_names_of_its_own() {
    let story = begin(RULES).await;
    story.sim.branch(REPO, "release", "main", "mona");
    let number = story.open("Be quiet", &[QUIET]).await;
    let head = story.sim.head(REPO, number).unwrap();
    story.sim.push(REPO, "other", "mona", "Be quieter", &[("src/hello.py", Some("x = 3\n"))], "main");
    let other = story.sim.open_pull(REPO, "Be quieter", "", "other", "release", "mona", false);
    story.rest().await;
    let said = statuses(&story, other);
    assert!(said.len() == 3 && said.iter().all(|it| it.starts_with("deckhand (release)/")), "{said:?}");
    assert_ne!(story.sim.head(REPO, other).unwrap(), head);
    story.end().await;
}

#[tokio::test]
async fn the_robots_own_statuses_are_no_facts() {
    let rules = "settings { statuses = 'per_rule' }
        for _, status in danger.github.statuses do message('status ' .. status.context .. ' ' .. status.state) end";
    let story = begin(rules).await;
    story.sim.subscribe(APP_ID, &["pull_request", "push", "status"]);
    let number = story.open("Be quiet", &[QUIET]).await;
    let head = story.sim.head(REPO, number).unwrap();
    story.sim.report_status(REPO, &head, "ci/build", "pending");
    story.sim.report_status(REPO, &head, "deckhand/local", "success");
    story.rest().await;
    let said = summary(&story, number);
    assert!(said.contains("status ci/build pending") && said.contains("status deckhand/local success"), "{said}");
    assert!(!said.contains("deckhand/dangerfile"), "{said}");
    assert_eq!(statuses(&story, number).len(), 3);
    story.end().await;
}
