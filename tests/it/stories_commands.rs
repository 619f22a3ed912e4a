//! Commands in the conversation of a pull request, from the comment to what people see.

use crate::rules::hold;
use crate::sim_bench::{REPO, Story, forbidden, wall, writes};
use deckhand::model::Timestamp;
use deckhand::server::WallClock;
use deckhand::sim::{Fault, FaultEffect, Kind, SimHandle};
use std::sync::Arc;
use std::time::Duration;

const RULES: &str = "rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then
      fail('Leftover print', { file = line.file, line = line.number })
    end
  end
end)
use('work_in_progress')
";
const HELLO: (&str, &str) = ("src/hello.py", "def hello():\n    return 'hello'\n");
const NOISY: (&str, Option<&str>) = ("src/hello.py", Some("def hello():\n    print('called')\n    return 'hello'\n"));

/// mona opened a pull request that blocks; ada may write, maya maintains, rob reads.
async fn begin() -> (Story, u64) {
    begin_with(RULES).await
}

async fn begin_with(rules: &str) -> (Story, u64) {
    let story = Story::begin(&[("dangerfile.lua", rules), HELLO]).await;
    for (login, role) in [("ada", "write"), ("maya", "maintain"), ("rob", "read")] {
        story.sim.add_user(REPO, login, role);
    }
    let number = story.open("Say what happens", &[NOISY]).await;
    (story, number)
}

/// Writes a comment and waits; the signs under it and the answers, without their markers.
async fn say(story: &Story, number: u64, who: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let before = answers(story, number).len();
    let comment = story.sim.comment(REPO, number, who, text).unwrap();
    story.rest().await;
    (signs(story, comment), answers(story, number).split_off(before))
}

fn signs(story: &Story, comment: u64) -> Vec<String> {
    story.sim.reactions(REPO, comment).into_iter().map(|(_, sign)| sign).collect()
}

fn answers(story: &Story, number: u64) -> Vec<String> {
    let ours = |it: &serde_json::Value| it["body"].as_str().unwrap().contains("deckhand:v1 reply");
    let text = |it: &serde_json::Value| {
        let body = it["body"].as_str().unwrap();
        body.split("\n\n<!--").next().unwrap().split_once("\n\n").unwrap().1.to_owned()
    };
    story.sim.comments(REPO, number).iter().filter(|it| ours(it)).map(text).collect()
}

/// The conclusion and title of the newest check on the head.
fn check(story: &Story, number: u64) -> String {
    let head = story.sim.head(REPO, number).unwrap();
    let checks = story.sim.checks(REPO, &head);
    let check = checks.iter().max_by_key(|check| check["id"].as_u64()).unwrap();
    format!("{}: {}", check["conclusion"].as_str().unwrap_or("open"), check["output"]["title"].as_str().unwrap())
}

fn done() -> (Vec<String>, Vec<String>) {
    (vec!["+1".to_owned()], vec![])
}

#[test]
fn the_page_of_commands_lists_them_all() {
    let table = deckhand::plan::render_help();
    let table = table.split_once("\n\n").unwrap().1;
    hold("docs/commands-on-github.md", "commands", table);
}

#[tokio::test]
async fn an_override_lets_findings_pass_and_says_who_and_why() {
    let (story, number) = begin().await;
    assert_eq!(check(&story, number), "failure: 1 problem");
    let said =
        say(&story, number, "ada", "Looks fine.\n\n/deckhand override no-print It is a tool for the @terminal").await;
    assert_eq!(said, done());
    assert_eq!(check(&story, number), "success: No problems, 1 overridden");
    insta::assert_snapshot!("override", story.page(number));

    // Code that moves keeps what was decided about it; a new print is a new finding.
    let moved = "# Says hello.\n\n\ndef hello():\n    print('called')\n    return 'hello'\n";
    story.sim.push(REPO, "say-what-happens", "mona", "Describe it", &[("src/hello.py", Some(moved))], "");
    story.rest().await;
    assert_eq!(check(&story, number), "success: No problems, 1 overridden");
    let more = format!("{moved}\n\nprint('loaded')\n");
    story.sim.push(REPO, "say-what-happens", "mona", "Say more", &[("src/hello.py", Some(&more))], "");
    story.rest().await;
    assert_eq!(check(&story, number), "failure: 1 problem, 1 overridden");
    story.end().await;
}

#[tokio::test]
async fn a_finding_without_a_place_passes_while_its_rule_says_the_same() {
    let rules = "rule('describe', function() fail('Describe ' .. danger.github.pr.title) end)\n";
    let (story, number) = begin_with(rules).await;
    assert_eq!(say(&story, number, "ada", "/deckhand override describe It is obvious").await, done());
    assert_eq!(check(&story, number), "success: No problems, 1 overridden");
    story.sim.push(REPO, "say-what-happens", "mona", "More", &[("src/a.py", Some("a = 1\n"))], "");
    story.rest().await;
    assert_eq!(check(&story, number), "success: No problems, 1 overridden");
    story.sim.edit_pull(REPO, number, "mona", Some("Something else"), None, None);
    story.rest().await;
    assert_eq!(check(&story, number), "failure: 1 problem");
    story.end().await;
}

#[tokio::test]
async fn faults_pass_by_the_name_of_the_dangerfile_for_maintainers() {
    let (story, number) = begin_with("rule('broken', function() error('no') end)\n").await;
    assert_eq!(check(&story, number), "failure: 1 fault: rule broken could not run");
    let (signs, told) = say(&story, number, "ada", "/deckhand override broken It is broken").await;
    assert_eq!((signs.len(), signs[0].as_str()), (1, "confused"));
    assert!(told[0].contains("`/deckhand override dangerfile <reason>`"), "{told:?}");
    let (signs, told) = say(&story, number, "ada", "/deckhand override dangerfile It is broken").await;
    assert_eq!((signs[0].as_str(), told[0].contains("maintain or admin")), ("confused", true));
    assert_eq!(say(&story, number, "maya", "/deckhand override dangerfile It is broken").await, done());
    assert_eq!(check(&story, number), "success: No problems, 1 overridden");
    story.end().await;
}

#[tokio::test]
async fn questions_are_answered_once_and_by_anybody() {
    let (story, number) = begin().await;
    for text in ["/deckhand why", "/deckhand explain no-print\n/deckhand explain work_in_progress", "/deckhand help"] {
        let (signs, told) = say(&story, number, "stranger", text).await;
        assert_eq!((signs, told.len()), (vec!["+1".to_owned()], 1), "{text}");
    }
    say(
        &story,
        number,
        "stranger",
        "/deckhand explain changlog\n/deckhand merge\n/deckhand rerum\n/deckhand override x",
    )
    .await;
    insta::assert_snapshot!("questions", story.page(number).replace(story.sim.web_url(), "http://github"));
    let told = story.sim.deliveries().into_iter().find(|it| it.event == "issue_comment").unwrap();
    story.requests();
    assert!(story.sim.redeliver(&told.guid));
    story.rest().await;
    assert_eq!(story.requests().len(), 0, "a delivery that comes again is answered already");
    story.end().await;
}

#[tokio::test]
async fn a_rerun_judges_again_and_writes_nothing_new() {
    let (story, number) = begin().await;
    story.requests();
    assert_eq!(say(&story, number, "mona", "/deckhand rerun").await, done());
    assert_eq!(writes(&story.requests()), ["POST issues/comments/reactions 201"]);
    assert_eq!(say(&story, number, "ada", "/deckhand rerun").await, done());
    story.sim.close(REPO, number, "mona");
    story.rest().await;
    let (signs, told) = say(&story, number, "ada", "/deckhand rerun").await;
    assert_eq!((signs[0].as_str(), told[0].as_str()), ("confused", "This pull request is closed."));
    story.end().await;
}

#[tokio::test]
async fn f63_who_may_not_is_told_so() {
    let (story, number) = begin().await;
    let command = "/deckhand override no-print Let me in";
    for who in ["rob", "stranger"] {
        let (signs, told) = say(&story, number, who, command).await;
        assert_eq!(signs, ["confused"], "{who}");
        assert_eq!(told, ["`/deckhand override` needs write permission on this repository."], "{who}");
    }
    let (signs, told) = say(&story, number, "mona", command).await;
    assert_eq!((signs[0].as_str(), told[0].starts_with("The author of a pull request")), ("confused", true));
    let (signs, told) = say(&story, number, "rob", "/deckhand rerun").await;
    assert_eq!((signs[0].as_str(), told[0].ends_with("or to be the author of the pull request.")), ("confused", true));
    assert_eq!(check(&story, number), "failure: 1 problem");
    story.end().await;
}

#[tokio::test]
async fn f63_a_former_member_may_no_more() {
    let (story, number) = begin().await;
    // The comment is written while ada may; when its command is carried out, she may not.
    story.sim.set_deliver(false);
    let comment = story.sim.comment(REPO, number, "ada", "/deckhand override no-print Fine").unwrap();
    let told = story.sim.deliveries().pop().unwrap();
    assert_eq!(told.event, "issue_comment");
    story.sim.set_deliver(true);
    story.sim.remove_user(REPO, "ada");
    assert!(story.sim.redeliver(&told.guid));
    story.rest().await;
    assert_eq!(signs(&story, comment), ["confused"]);
    assert_eq!(check(&story, number), "failure: 1 problem");
    story.end().await;
}

#[tokio::test]
async fn f63_what_is_quoted_fenced_or_edited_in_does_not_count() {
    let (story, number) = begin().await;
    story.requests();
    for text in [
        "> /deckhand override no-print Fine",
        "```\n/deckhand override no-print Fine\n```",
        "<!--\n/deckhand override no-print Fine\n-->",
        "Write `/deckhand override no-print Fine`",
    ] {
        assert_eq!(say(&story, number, "ada", text).await, (vec![], vec![]), "{text}");
    }
    let comment = story.sim.comment(REPO, number, "ada", "Hm.").unwrap();
    story.sim.edit_comment(REPO, comment, "mona", "/deckhand override no-print Fine").unwrap();
    story.rest().await;
    assert!(signs(&story, comment).is_empty());
    assert!(story.requests().is_empty(), "nobody was asked anything");
    assert_eq!(check(&story, number), "failure: 1 problem");
    story.end().await;
}

#[tokio::test]
async fn f63_the_author_of_a_fork_only_asks() {
    let (story, _) = begin().await;
    story.sim.fork(REPO, "zoe");
    story.sim.push("zoe/hello", "noise", "zoe", "Make noise", &[NOISY], "main");
    let number = story.sim.open_pull(REPO, "Make noise", "", "zoe:noise", "main", "zoe", false);
    story.rest().await;
    assert_eq!(check(&story, number), "failure: 1 problem");
    let (signs, told) = say(&story, number, "zoe", "/deckhand override no-print Mine").await;
    assert_eq!((signs[0].as_str(), told[0].contains("needs write permission")), ("confused", true));
    assert_eq!(say(&story, number, "zoe", "/deckhand rerun").await, done());
    assert_eq!(check(&story, number), "failure: 1 problem");
    story.end().await;
}

#[tokio::test]
async fn f63_a_command_is_bound_to_the_commit_that_was_shown() {
    let (story, number) = begin().await;
    story.sim.advance(Duration::from_secs(60));
    story.sim.set_deliver(false);
    let comment = story.sim.comment(REPO, number, "ada", "/deckhand override no-print Fine").unwrap();
    let told = story.sim.deliveries().pop().unwrap();
    story.sim.set_deliver(true);
    story.sim.advance(Duration::from_secs(5));
    let worse = ("src/hello.py", Some("def hello():\n    print(open('/etc/passwd'))\n    print('called')\n"));
    story.sim.push(REPO, "say-what-happens", "mona", "Just a moment", &[worse], "");
    story.rest().await;
    assert!(story.sim.redeliver(&told.guid));
    story.rest().await;
    assert_eq!(signs(&story, comment), ["confused"]);
    assert!(answers(&story, number)[0].contains("began after this comment was written"));
    assert_eq!(check(&story, number), "failure: 2 problems");
    assert_eq!(say(&story, number, "ada", "/deckhand override no-print I have seen it").await, done());
    assert_eq!(check(&story, number), "success: No problems, 2 overridden");
    story.end().await;
}

#[tokio::test]
async fn f30_f63_a_command_is_bound_to_the_commit_that_was_shown_whatever_the_hosts_clock_says() {
    for seconds in [-90, -4, 4, 90] {
        let host = move |sim: &SimHandle| -> WallClock {
            let github = wall(sim);
            Arc::new(move || Timestamp(github().0 + 1_000 * seconds))
        };
        let story = Story::begin_with_clock(&[("dangerfile.lua", RULES), HELLO], host).await;
        story.sim.add_user(REPO, "ada", "write");
        let number = story.open("Say what happens", &[NOISY]).await;
        story.sim.advance(Duration::from_secs(200));
        story.sim.set_deliver(false);
        let comment = story.sim.comment(REPO, number, "ada", "/deckhand override no-print Fine").unwrap();
        let told = story.sim.deliveries().pop().unwrap();
        story.sim.set_deliver(true);
        story.sim.advance(Duration::from_secs(2));
        let worse = ("src/hello.py", Some("def hello():\n    print(open('/etc/passwd'))\n"));
        story.sim.push(REPO, "say-what-happens", "mona", "Just a moment", &[worse], "");
        story.rest().await;
        assert!(story.sim.redeliver(&told.guid));
        story.rest().await;
        assert_eq!(signs(&story, comment), ["confused"], "{seconds}");
        assert_eq!(check(&story, number), "failure: 1 problem", "{seconds}");
        story.sim.advance(Duration::from_secs(2));
        assert_eq!(say(&story, number, "ada", "/deckhand override no-print I have seen it").await, done(), "{seconds}");
        story.end_long().await;
    }
}

/// The head that comes back was shown before, and the command was written for the one between.
#[tokio::test]
async fn f63_a_command_does_not_follow_to_a_head_that_comes_back() {
    let (story, number) = begin().await;
    let first = story.sim.head(REPO, number).unwrap();
    story.sim.advance(Duration::from_secs(60));
    let harmless = ("src/hello.py", Some("def hello():\n    print('once')\n"));
    story.sim.push(REPO, "say-what-happens", "mona", "Say less", &[harmless], "");
    story.rest().await;
    story.sim.advance(Duration::from_secs(60));
    story.sim.set_deliver(false);
    let comment = story.sim.comment(REPO, number, "ada", "/deckhand override no-print Fine").unwrap();
    let told = story.sim.deliveries().pop().unwrap();
    story.sim.set_deliver(true);
    story.sim.advance(Duration::from_secs(5));
    story.sim.branch(REPO, "say-what-happens", &first, "mona");
    story.rest().await;
    assert!(story.sim.redeliver(&told.guid));
    story.rest().await;
    assert_eq!(signs(&story, comment), ["confused"], "{:?}", answers(&story, number));
    assert_eq!(check(&story, number), "failure: 1 problem");
    story.sim.advance(Duration::from_secs(60));
    assert_eq!(say(&story, number, "ada", "/deckhand override no-print I have seen it").await, done());
    story.end().await;
}

#[tokio::test]
async fn f48_an_override_holds_for_its_pull_request_alone() {
    let (story, first) = begin().await;
    story.sim.branch(REPO, "twin", "say-what-happens", "mona");
    let second = story.sim.open_pull(REPO, "Say it again", "", "twin", "main", "mona", false);
    story.rest().await;
    assert_eq!(say(&story, first, "ada", "/deckhand override no-print Fine").await, done());
    let title = format!("failure: #{first}: No problems, 1 overridden; #{second}: 1 problem");
    assert_eq!(check(&story, first), title);
    assert_eq!(say(&story, second, "ada", "/deckhand override no-print Fine here too").await, done());
    assert!(check(&story, second).starts_with("success: "));
    story.end().await;
}

#[tokio::test]
async fn answers_that_are_lost_are_not_given_twice() {
    let (story, number) = begin().await;
    story.sim.inject(Fault::next("POST", &format!("/issues/{number}/comments"), FaultEffect::DropAfter));
    story.sim.inject(Fault::next("POST", "/reactions", FaultEffect::DropAfter));
    let (signs, told) = say(&story, number, "rob", "/deckhand why").await;
    assert_eq!((signs, told.len()), (vec!["+1".to_owned()], 1));
    assert!(story.requests().iter().filter(|it| it.kind == Kind::Write).count() > 2, "the sign was sent again");
    story.end().await;
}

#[tokio::test]
async fn f55_somebody_who_answers_each_answer_gets_no_more_of_them() {
    let (story, number) = begin().await;
    let mut told = Vec::new();
    for at in 0..24 {
        let (signs, words) = say(&story, number, "rob", &format!("/deckhand fix everything {at}")).await;
        assert_eq!(signs, ["confused"]);
        told.push(words);
    }
    assert_eq!(told.iter().map(Vec::len).sum::<usize>(), 20);
    assert!(told[19][0].contains("no more words until it is quieter"), "{:?}", told[19]);
    story.pass(3700).await;
    let (signs, words) = say(&story, number, "rob", "/deckhand help").await;
    assert_eq!((signs.as_slice(), words.len()), (["+1".to_owned()].as_slice(), 1));
    story.end_long().await;
}

#[tokio::test]
async fn f31_a_command_that_is_given_up_is_answered_and_carried_out_when_it_is_tried_again() {
    let (story, number) = begin().await;
    story.sim.inject(Fault::next("GET", "/collaborators/ada/", forbidden()).times(1_000));
    let comment = story.sim.comment(REPO, number, "ada", "/deckhand override no-print Fine\n/deckhand rerum").unwrap();
    story.rest().await;
    assert_eq!(signs(&story, comment), ["confused"]);
    let told = answers(&story, number);
    assert!(
        told.len() == 1
            && told[0].starts_with("This could not be carried out to its end: ")
            && told[0].contains("Write the command again once that is mended.")
            && told[0].contains("There is no command `rerum`"),
        "{told:?}"
    );
    assert_eq!((check(&story, number).as_str(), story.parked().await), ("failure: 1 problem", 1));

    story.retry_by_hand().await;
    assert_eq!((answers(&story, number), story.parked().await), (told, 1), "the same words are said once");

    story.sim.clear_faults();
    story.retry_by_hand().await;
    assert_eq!(check(&story, number), "success: No problems, 1 overridden", "the answer of then ended nothing");
    assert_eq!((signs(&story, comment), answers(&story, number).len()), (vec!["confused".to_owned()], 2));
    story.requests();
    let told = story.sim.deliveries().into_iter().find(|it| it.event == "issue_comment").unwrap();
    assert!(story.sim.redeliver(&told.guid));
    story.rest().await;
    assert_eq!(story.requests().len(), 0, "now it is dealt with");
    story.end().await;
}
