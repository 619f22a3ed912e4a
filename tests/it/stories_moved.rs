//! F04, F46, F69: a branch moves. Whoever is judged by other rules or against another merge base for it is judged again, and
//! nobody else.

use crate::sim_bench::{REPO, Story};
use deckhand::sim::{Fault, FaultEffect};

const REQUIRING: &str = "require('./rules/words')\n";
const KIND: (&str, &str) = ("rules/words.lua", "message('Fine.')\n");
const STRICT: (&str, Option<&str>) = ("rules/words.lua", Some("fail('Never.')\n"));

/// The newest check on the head of a pull request: conclusion and title.
fn check(story: &Story, number: u64) -> String {
    let checks = story.sim.checks(REPO, &story.sim.head(REPO, number).unwrap());
    let newest = checks.first().expect("a check");
    let title = newest["output"]["title"].as_str().unwrap_or_default();
    format!("{}: {title}", newest["conclusion"].as_str().unwrap_or("open"))
}

/// How many pull requests were looked at since the last call.
fn looks(story: &Story) -> usize {
    story.requests().iter().filter(|it| it.request.to_string().contains("query Overview")).count()
}

/// A pull request into another branch than the default one.
async fn open_into(story: &Story, base: &str, branch: &str, edit: (&str, Option<&str>)) -> u64 {
    story.sim.push(REPO, branch, "mona", "Change it", &[edit], base);
    let number = story.sim.open_pull(REPO, "Change it", "", branch, base, "mona", false);
    story.rest().await;
    number
}

#[tokio::test]
async fn f46_rules_that_change_judge_pull_requests_into_every_branch() {
    let rules = "settings { bases = { 'release/*' } }\nmessage('Fine.')\n";
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await;
    story.sim.branch(REPO, "release/1", "main", "mona");
    let into_release = open_into(&story, "release/1", "one", ("b.py", Some("b = 1\n"))).await;
    let into_main = story.open("Two", &[("c.py", Some("c = 1\n"))]).await;
    let strict = "settings { bases = { 'release/*' } }\nfail('Never.')\n";
    story.sim.push(REPO, "main", "mona", "Be strict", &[("dangerfile.lua", Some(strict))], "");
    story.rest().await;
    for number in [into_release, into_main] {
        assert_eq!(check(&story, number), "failure: 1 problem", "{number}");
    }
    // What lies on another branch are nobody's rules.
    looks(&story);
    story.sim.push(REPO, "release/1", "mona", "Be kind", &[("dangerfile.lua", Some("message('Fine.')\n"))], "");
    story.rest().await;
    assert_eq!((looks(&story), check(&story, into_release)), (0, "failure: 1 problem".to_owned()));
    story.end().await;
}

#[tokio::test]
async fn f69_a_script_concerns_those_whose_rules_required_it() {
    let story = Story::begin(&[("dangerfile.lua", REQUIRING), KIND, ("game.lua", "return 1\n")]).await;
    story.sim.branch(REPO, "release/1", "main", "mona");
    let numbers = [
        open_into(&story, "release/1", "one", ("b.py", Some("b = 1\n"))).await,
        story.open("Two", &[("c.py", Some("c = 1\n"))]).await,
    ];
    looks(&story);
    story.sim.push(REPO, "main", "mona", "Play on", &[("game.lua", Some("return 2\n"))], "");
    story.rest().await;
    assert_eq!(looks(&story), 0, "no rule requires it");
    story.sim.push(REPO, "main", "mona", "Be strict", &[STRICT], "");
    story.rest().await;
    assert_eq!(looks(&story), 2);
    for number in numbers {
        assert_eq!(check(&story, number), "failure: 1 problem", "{number}");
    }
    story.end().await;
}

#[tokio::test]
async fn f04_a_required_script_whose_push_was_lost_is_found() {
    let story = Story::begin(&[("dangerfile.lua", REQUIRING), KIND, ("a.py", "a = 1\n")]).await;
    let number = story.open("One", &[("b.py", Some("b = 1\n"))]).await;
    story.pass(300).await;
    story.sim.set_deliver(false);
    story.sim.push(REPO, "main", "mona", "Be strict", &[STRICT], "");
    story.sim.set_deliver(true);
    story.pass(300).await;
    assert_eq!(check(&story, number), "failure: 1 problem");
    // A tip that moved is looked at once.
    let fetched = |story: &Story| {
        let is_look = |text: String| text.contains("rules/words.lua") && !text.contains("query Overview");
        story.requests().iter().filter(|it| is_look(it.request.to_string())).count()
    };
    story.sim.set_deliver(false);
    story.sim.push(REPO, "main", "mona", "Go on", &[("a.py", Some("a = 2\n"))], "");
    story.sim.set_deliver(true);
    fetched(&story);
    story.pass(300).await;
    assert_eq!(fetched(&story), 1);
    story.pass(300).await;
    assert_eq!((fetched(&story), looks(&story)), (0, 0));
    story.end().await;
}

#[tokio::test]
async fn f46_a_merge_of_commits_that_another_pull_request_holds_judges_it_again() {
    let rules = "if #danger.git.match('CHANGELOG.md').any == 0 then fail('Say it.') end\n";
    let story = Story::begin(&[("dangerfile.lua", rules), ("CHANGELOG.md", "# Log\n")]).await;
    let first = story.open("One", &[("CHANGELOG.md", Some("# Log\n- One.\n")), ("one.txt", Some("1\n"))]).await;
    let stacked = open_into(&story, "one", "two", ("two.txt", Some("2\n"))).await;
    story.sim.edit_pull(REPO, stacked, "mona", None, None, Some("main"));
    story.rest().await;
    let other = story.open("Three", &[("CHANGELOG.md", Some("# Log\n- Three.\n"))]).await;
    assert_eq!(check(&story, stacked), "success: No problems", "the entry below it counts");
    looks(&story);
    let merged = story.sim.head(REPO, first).unwrap();
    story.sim.branch(REPO, "main", &merged, "mona");
    story.sim.close(REPO, first, "mona");
    story.rest().await;
    assert_eq!(check(&story, stacked), "failure: 1 problem", "the entry is the base's by now");
    assert_eq!(check(&story, other), "success: No problems");
    assert!(looks(&story) <= 3, "the one that was merged, by both of its events, and the one that holds its commits");
    story.end().await;
}

#[tokio::test]
async fn f04_a_quiet_judgement_for_a_sibling_does_not_hide_a_lost_push() {
    let rules = "for _, line in danger.git.added_lines('**/*.txt') do fail('No.', { file = line.file, line = line.number }) end\n";
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await;
    story.sim.branch(REPO, "release/1", "main", "mona");
    let one = story.open("Both", &[("b.py", Some("b = 1\n"))]).await;
    let two = story.sim.open_pull(REPO, "Both", "", "both", "release/1", "mona", false);
    story.rest().await;
    story.sim.set_deliver(false);
    story.sim.push(REPO, "both", "mona", "Say no", &[("b.txt", Some("no\n"))], "");
    story.sim.set_deliver(true);
    // Only one of the two is told of it.
    let check_of_one = story.sim.checks(REPO, &story.sim.head(REPO, one).unwrap());
    assert!(check_of_one.is_empty());
    story.sim.edit_pull(REPO, one, "mona", Some("Both of them"), None, None);
    story.rest().await;
    story.pass(30).await;
    for _ in 0..3 {
        story.pass(300).await;
    }
    for number in [one, two] {
        assert_eq!(story.sim.review_comments(REPO, number).len(), 1, "{number}");
    }
    story.end().await;
}

#[tokio::test]
async fn f28_an_older_conclusion_that_github_keeps_is_no_answer() {
    let rules = "if danger.github.pr.title:find('WIP', 1, true) then fail('Not ready.') end\n";
    // The update is lost on its way back, or the new check that it brings about is.
    for lost in [("PATCH", "/check-runs/"), ("POST", "/check-runs")] {
        let story = Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await;
        let number = story.open("One", &[("b.py", Some("b = 1\n"))]).await;
        story.sim.keep_conclusions(true);
        story.sim.inject(Fault::next(lost.0, lost.1, FaultEffect::DropAfter));
        story.sim.edit_pull(REPO, number, "mona", Some("WIP: one"), None, None);
        story.rest().await;
        story.pass(30).await;
        assert_eq!(check(&story, number), "failure: 1 problem", "{lost:?}");
        story.end().await;
    }
}

#[tokio::test]
async fn f69_a_script_that_does_not_load_has_nobody_judged_again_until_it_is_mended() {
    let story = Story::begin(&[("dangerfile.lua", REQUIRING), KIND, ("a.py", "a = 1\n")]).await;
    let number = story.open("One", &[("b.py", Some("b = 1\n"))]).await;
    let requires = "require('./more')\nfail('Never.')\n";
    let slip = [("rules/words.lua", Some(requires)), ("rules/more.lua", Some("warn('By the"))];
    story.sim.push(REPO, "main", "mona", "Slip", &slip, "");
    story.rest().await;
    assert_eq!(check(&story, number), "success: No problems", "by the rules before");
    looks(&story);
    story.pass(300).await;
    story.pass(300).await;
    story.sim.push(REPO, "aside", "mona", "Elsewhere", &[("c.py", Some("c = 1\n"))], "main");
    story.rest().await;
    assert_eq!(looks(&story), 0, "it is known that they do not load");
    // Only the script that the broken rules require is mended.
    story.sim.push(REPO, "main", "mona", "Mend it", &[("rules/more.lua", Some("warn('By the new rules.')\n"))], "");
    story.rest().await;
    assert_eq!((check(&story, number), looks(&story)), ("failure: 1 problem, 1 warning".to_owned(), 1));
    story.end().await;
}

#[tokio::test]
async fn f69_while_the_rules_cannot_be_read_a_push_elsewhere_judges_nobody() {
    let long = format!("-- {}\n", "x".repeat(600_000));
    let story = Story::begin(&[("dangerfile.lua", &long), ("a.py", "a = 1\n")]).await;
    let number = story.open("One", &[("b.py", Some("b = 1\n"))]).await;
    assert!(check(&story, number).starts_with("failure: 1 fault"), "{}", check(&story, number));
    looks(&story);
    story.sim.push(REPO, "aside", "mona", "Elsewhere", &[("c.py", Some("c = 1\n"))], "main");
    story.sim.push(REPO, "main", "mona", "Go on", &[("a.py", Some("a = 2\n"))], "");
    story.rest().await;
    assert_eq!(looks(&story), 0);
    story.end().await;
}
