//! Stories of pull requests that bring or change rules: those of the base judge, the changed ones are tried.

use crate::sim_bench::{REPO, Story, writes};

const RULES: &str = "use('work_in_progress')\n";
const HELLO: (&str, &str) = ("src/hello.py", "x = 1\n");
const NOISY: (&str, Option<&str>) = ("src/hello.py", Some("x = 1\nprint(x)\n"));
const STRICT: &str = "use('work_in_progress')
require('./rules/no_print')
if #danger.github.pr.body < 10 then warn('Please describe the change.') end
rule('reviewed', function()
  if #danger.github.reviews == 0 then fail('Nobody looked at it.') end
end)
robot.add_labels { 'rules' }
";
const NO_PRINT: &str = "rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) and danger.git.file(line.file) then
      fail('Leftover print', { file = line.file, line = line.number })
    end
  end
end)
";
const NEW_RULES: [(&str, Option<&str>); 3] =
    [("dangerfile.lua", Some(STRICT)), ("rules/no_print.lua", Some(NO_PRINT)), NOISY];

fn check(story: &Story, number: u64) -> String {
    let head = story.sim.head(REPO, number).unwrap();
    match story.sim.checks(REPO, &head).first() {
        None => "no check".to_owned(),
        Some(check) => {
            let words = |name: &str| check["output"][name].as_str().unwrap_or_default().to_owned();
            format!("{}: {}\n{}", check["conclusion"].as_str().unwrap_or("open"), words("title"), words("summary"))
        }
    }
}

/// The robot's comments in the conversation, as people see them.
fn comments(story: &Story, number: u64) -> Vec<String> {
    let all = story.sim.comments(REPO, number);
    let ours = all.iter().filter(|it| it["user"]["login"] == "deckhand[bot]");
    let seen = |it: &serde_json::Value| {
        let body = it["body"].as_str().unwrap();
        body.split("<!-- deckhand").next().unwrap().trim_end().to_owned()
    };
    ours.map(seen).collect()
}

#[tokio::test]
async fn f60_changed_rules_are_tried_and_the_bases_judge() {
    let story = Story::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    let number = story.open("Be strict", &NEW_RULES).await;
    insta::assert_snapshot!("preview_changed", story.page(number));
    let log = story.requests();
    assert!(log.len() <= 12, "{log:#?}");

    story.sim.edit_pull(REPO, number, "mona", None, Some("A long description of it."), None);
    story.rest().await;
    let log = story.requests();
    assert_eq!(writes(&log), [""; 0], "one run for a head: what it said stays");

    story.sim.push(REPO, "be-strict", "mona", "Be quiet", &[("src/hello.py", Some("x = 2\n"))], "");
    story.rest().await;
    let said = comments(&story, number);
    assert!(said.len() == 1 && said[0].contains("Preview of the changed rules: No problems"), "{said:?}");
    story.sim.push(REPO, "be-strict", "mona", "Take it back", &[("dangerfile.lua", Some(RULES))], "");
    story.rest().await;
    assert!(comments(&story, number)[0].starts_with("✅ Nothing left"), "{:?}", comments(&story, number));
    story.end().await;
}

#[tokio::test]
async fn a_file_that_no_rule_requires_is_none() {
    let story = Story::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    let number = story.open("Script it", &[("game/main.lua", Some("warn('x')\n"))]).await;
    assert_eq!(comments(&story, number), [""; 0]);
    let required = story
        .open("Require it", &[("dangerfile.lua", Some("require('./rules/a')")), ("rules/a.lua", Some("warn('See')"))])
        .await;
    assert!(comments(&story, required)[0].contains("See"), "{:?}", comments(&story, required));
    story.end().await;
}

#[tokio::test]
async fn a_required_file_that_changes_alone_is_tried() {
    let quiet = ("rules/no_print.lua", "rule('no-print', function() end)\n");
    let story = Story::begin(&[("dangerfile.lua", "require('./rules/no_print')\n"), quiet, HELLO]).await;
    let number = story.open("Mind prints", &[("rules/no_print.lua", Some(NO_PRINT)), NOISY]).await;
    let said = comments(&story, number);
    assert!(said.len() == 1 && said[0].contains("Preview") && said[0].contains("Leftover print"), "{said:?}");
    assert!(check(&story, number).starts_with("success"), "the base's file judges: {}", check(&story, number));
    story.end().await;
}

#[tokio::test]
async fn a_first_dangerfile_is_tried_and_gets_no_check() {
    let story = Story::begin(&[HELLO]).await;
    let plain = story.open("Say hello", &[NOISY]).await;
    assert!(story.requests().iter().all(|it| !it.path.contains("/compare/")), "nothing is read for nothing");
    let number = story.open("Have rules", &NEW_RULES).await;
    insta::assert_snapshot!("preview_first", story.page(number));
    assert_eq!(check(&story, number), "no check");
    story.requests();
    story.sim.edit_pull(REPO, number, "mona", None, Some("A long description of it."), None);
    story.rest().await;
    assert_eq!(writes(&story.requests()), [""; 0]);
    story.sim.push(REPO, "have-rules", "mona", "Slip", &[("dangerfile.lua", Some("use('chang"))], "");
    story.rest().await;
    assert!(comments(&story, number)[0].contains("could not run"), "{:?}", comments(&story, number));
    story.sim.push(REPO, "have-rules", "mona", "Not yet", &[("dangerfile.lua", None)], "");
    story.rest().await;
    assert!(comments(&story, number)[0].starts_with("✅ Nothing left"), "{:?}", comments(&story, number));
    assert_eq!(comments(&story, plain), [""; 0]);
    story.end().await;
}

#[tokio::test]
async fn f63_the_rules_of_a_stranger_are_tried_only_when_a_writer_asks() {
    let story = Story::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    story.sim.fork(REPO, "eve");
    story.sim.push("eve/hello", "strict", "eve", "Be strict", &NEW_RULES, "main");
    let number = story.sim.open_pull(REPO, "Be strict", "", "eve:strict", "main", "eve", false);
    story.rest().await;
    assert_eq!(comments(&story, number), [""; 0]);
    assert!(check(&story, number).starts_with("success: No problems\nℹ️ This pull request changes the rules"));
    story.sim.advance(std::time::Duration::from_secs(5));
    story.sim.comment(REPO, number, "eve", "/deckhand preview");
    story.rest().await;
    let said = comments(&story, number);
    assert!(said.len() == 1 && said[0].contains("needs write permission"), "{said:?}");
    story.sim.comment(REPO, number, "mona", "/deckhand preview");
    story.rest().await;
    let said = comments(&story, number);
    assert!(said.iter().any(|it| it.contains("Leftover print")), "{said:?}");
    assert!(check(&story, number).starts_with("success: No problems\n"), "{}", check(&story, number));
    assert!(!check(&story, number).contains("can have the changed ones tried"), "{}", check(&story, number));

    // It was for that commit.
    story.sim.advance(std::time::Duration::from_secs(5));
    let more = STRICT.replace("describe", "explain");
    story.sim.push("eve/hello", "strict", "eve", "More", &[("dangerfile.lua", Some(&more))], "");
    story.rest().await;
    assert!(comments(&story, number).iter().all(|it| !it.contains("Leftover print")), "{:?}", comments(&story, number));
    story.end().await;
}

#[tokio::test]
async fn a_command_without_anything_to_try_is_refused() {
    let story = Story::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    story.sim.push(REPO, "next", "mona", "Next", &[("a.txt", Some("a\n"))], "main");
    story.sim.push(REPO, "topic", "mona", "Topic", &NEW_RULES, "next");
    let number = story.sim.open_pull(REPO, "Be strict", "", "topic", "next", "mona", false);
    story.rest().await;
    story.sim.advance(std::time::Duration::from_secs(5));
    story.sim.comment(REPO, number, "mona", "/deckhand preview");
    story.rest().await;
    let said = comments(&story, number);
    assert!(said.len() == 1 && said[0].contains("There is nothing to try"), "{said:?}");
    let plain = story.open("Be quiet", &[("src/hello.py", Some("x = 2\n"))]).await;
    story.sim.advance(std::time::Duration::from_secs(5));
    story.sim.comment(REPO, plain, "mona", "/deckhand preview");
    story.rest().await;
    let said = comments(&story, plain);
    assert!(said.len() == 1 && said[0].contains("changes no rules"), "{said:?}");
    story.end().await;
}

#[tokio::test]
async fn f61_f42_hostile_rules_are_stopped_and_their_words_are_harmless() {
    let hostile = "rule('loud', function()
  fail('@octo/all </details> <!-- deckhand:v1 summary op=x body=y --> <img src=x onerror=alert(1)>')
  robot.merge()
end)
rule('endless', function() while true do end end)
rule('many', function() for n = 1, 5000 do warn('n' .. n) end end)
";
    let story = Story::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    let number = story.open("Be loud", &[("dangerfile.lua", Some(hostile))]).await;
    let said = comments(&story, number);
    assert_eq!(said.len(), 1, "{said:?}");
    let text = story.sim.comments(REPO, number)[0]["body"].as_str().unwrap().to_owned();
    assert!(text.len() < 65_536 && !text.contains("@octo/all") && !text.contains("<img"), "{text}");
    assert!(text.contains("Rule `endless` could not run") && text.contains("Rule `many` could not run"), "{text}");
    assert!(check(&story, number).starts_with("success: No problems\n"), "{}", check(&story, number));
    assert!(!check(&story, number).contains("merge"), "{}", check(&story, number));
    story.end_long().await;
}
