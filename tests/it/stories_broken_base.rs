//! F68, F60: rules on the base that do not load, and pull requests that bring rules.

use crate::sim_bench::{REPO, Story, writes};

const RULES: &str = "use('work_in_progress')
rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then fail('Leftover print', { file = line.file, line = line.number }) end
  end
end)
";
const BROKEN: &str = "use('work_in_progres')\n";
const HELLO: (&str, &str) = ("src/hello.py", "x = 1\n");
const NOISY: (&str, Option<&str>) = ("src/hello.py", Some("x = 1\nprint(x)\n"));
const QUIET: (&str, Option<&str>) = ("src/hello.py", Some("x = 2\n"));

fn said(story: &Story, number: u64) -> String {
    let head = story.sim.head(REPO, number).unwrap();
    let checks = story.sim.checks(REPO, &head);
    let check = checks.iter().max_by_key(|check| check["id"].as_u64()).unwrap();
    let words = |name: &str| check["output"][name].as_str().unwrap_or_default().to_owned();
    format!("{}: {}\n{}", check["conclusion"].as_str().unwrap_or("open"), words("title"), words("summary"))
}

fn histories(story: &Story) -> usize {
    story.requests().iter().filter(|it| it.request.to_string().contains("query History")).count()
}

#[tokio::test]
async fn f68_the_last_rules_that_load_judge_and_the_repair_can_merge() {
    let story = Story::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    story.sim.push(REPO, "main", "mona", "Slip", &[("dangerfile.lua", Some(BROKEN))], "");
    story.sim.push(
        REPO,
        "main",
        "mona",
        "Slip again",
        &[("dangerfile.lua", Some("use('chang")), ("a.txt", Some("a\n"))],
        "",
    );
    story.rest().await;
    let number = story.open("Say what happens", &[NOISY]).await;
    insta::assert_snapshot!("broken_base", story.page(number));
    let log = story.requests();
    assert!(log.len() <= 12, "{log:#?}");

    story.sim.edit_pull(REPO, number, "mona", None, Some("Says x."), None);
    story.rest().await;
    assert!(writes(&story.requests()).is_empty(), "the same is said again");

    let repair = story.open("Mend the rules", &[("dangerfile.lua", Some(RULES))]).await;
    let repaired = said(&story, repair);
    assert!(repaired.starts_with("success: No problems\nℹ️ The base's `dangerfile.lua` at "), "{repaired}");
    // Another commit than the pull request's own.
    story.sim.push(REPO, "main", "mona", "Mend them at once", &[("dangerfile.lua", Some(RULES))], "");
    story.rest().await;
    let after = said(&story, number);
    assert!(after.starts_with("failure: 1 problem") && !after.contains("does not load"), "{after}");
    story.end().await;
}

#[tokio::test]
async fn f68_without_any_that_loads_the_check_fails() {
    let story = Story::begin(&[("dangerfile.lua", BROKEN), HELLO]).await;
    let number = story.open("Be quiet", &[QUIET]).await;
    assert!(
        said(&story, number).starts_with("failure: 1 fault: rule dangerfile could not run"),
        "{}",
        said(&story, number)
    );
    assert_eq!(histories(&story), 1, "one question");
    story.end().await;
}

#[tokio::test]
async fn f68_a_required_file_that_is_broken_is_taken_from_the_commit_before() {
    let main = "require('./rules/more')\n";
    let files = [("dangerfile.lua", main), ("rules/more.lua", "warn('By the old rules.')\n"), HELLO];
    let story = Story::begin(&files).await;
    story.sim.push(REPO, "main", "mona", "Slip", &[("rules/more.lua", Some("warn('By the"))], "");
    story.rest().await;
    let number = story.open("Be quiet", &[QUIET]).await;
    let said = said(&story, number);
    assert!(said.starts_with("success: 1 warning\nℹ️ ") && said.contains("`rules/more.lua:1`"), "{said}");
    story.end().await;
}

#[tokio::test]
async fn f68_code_that_loads_and_then_fails_is_judged_as_it_is() {
    let story = Story::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    story.sim.push(REPO, "main", "mona", "Slip", &[("dangerfile.lua", Some("local a = nil\nprint(a.b)\n"))], "");
    story.rest().await;
    let number = story.open("Be quiet", &[QUIET]).await;
    assert!(said(&story, number).starts_with("failure: 1 fault"), "{}", said(&story, number));
    assert_eq!(histories(&story), 0);
    story.end().await;
}

#[tokio::test]
async fn f60_rules_that_do_not_load_block_the_pull_request_that_brings_them() {
    let story = Story::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    let number = story.open("Slip", &[("dangerfile.lua", Some(&format!("{RULES}{BROKEN}")))]).await;
    insta::assert_snapshot!("broken_rules_brought", story.page(number));
    story.sim.push(
        REPO,
        "slip",
        "mona",
        "Mend",
        &[("dangerfile.lua", Some(&format!("{RULES}use('changelog')\n")))],
        "",
    );
    story.rest().await;
    assert!(said(&story, number).starts_with("success: No problems"), "{}", said(&story, number));
    story.end().await;
}

#[tokio::test]
async fn f60_a_required_file_that_does_not_load_blocks_too() {
    let files = [("dangerfile.lua", "require('./rules/more')\n"), ("rules/more.lua", "message('Fine.')\n"), HELLO];
    let story = Story::begin(&files).await;
    let number = story.open("Slip", &[("rules/more.lua", Some("messsage("))]).await;
    let said_of_it = said(&story, number);
    assert!(said_of_it.starts_with("failure: 1 problem"), "{said_of_it}");
    assert!(said_of_it.contains("The rules that this pull request brings do not load"), "{said_of_it}");
    let other = story.open("Be lenient", &[("rules/more.lua", Some("-- nothing\n")), NOISY]).await;
    assert!(said(&story, other).contains("Fine."), "the base's rules judge: {}", said(&story, other));
    story.end().await;
}
