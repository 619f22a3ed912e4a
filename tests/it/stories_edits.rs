//! F46: what changes about a pull request besides its commits, and who is judged again for it.

use crate::sim_bench::{REPO, Story};

const RULES: &str = "local pr = danger.github.pr
if pr.draft then fail('Still a draft.') end
if #pr.body < 5 then fail('Say why.') end
if pr.title:find('WIP', 1, true) then fail('Not ready.') end
for _, label in danger.github.issue.labels do
  if label.name == 'hold' then fail('On hold.') end
end
";
const FILES: [(&str, &str); 2] = [("dangerfile.lua", RULES), ("a.py", "a = 1\n")];

/// How the check stands, and how often somebody was looked at since the last time.
fn looked(story: &Story, number: u64) -> (String, usize) {
    let checks = story.sim.checks(REPO, &story.sim.head(REPO, number).unwrap());
    let newest = checks.first().expect("a check");
    let words = ["name", "conclusion"].map(|it| newest[it].as_str().unwrap_or("open"));
    let title = newest["output"]["title"].as_str().unwrap_or_default();
    let looks = story.requests().iter().filter(|it| it.request.to_string().contains("query Overview")).count();
    (format!("{} {}: {title}", words[0], words[1]), looks)
}

#[tokio::test]
async fn f46_what_depends_on_an_edit_is_judged_again_and_nothing_else() {
    let story = Story::begin(&FILES).await;
    let other = story.open("Leave me alone", &[("b.py", Some("b = 1\n"))]).await;
    story.sim.edit_pull(REPO, other, "mona", None, Some("Says why."), None);
    let number = story.open("Greet", &[("a.py", Some("a = 2\n"))]).await;
    let red = |title: &str| (format!("deckhand failure: {title}"), 1);
    let green = || ("deckhand success: No problems".to_owned(), 1);
    looked(&story, number);

    story.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
    story.rest().await;
    assert_eq!(looked(&story, number), green());
    story.sim.edit_pull(REPO, number, "mona", Some("WIP Greet"), None, None);
    story.rest().await;
    assert_eq!(looked(&story, number), red("1 problem"));
    story.sim.edit_pull(REPO, number, "mona", Some("Greet"), None, None);
    story.rest().await;
    assert_eq!(looked(&story, number), green());
    story.sim.label(REPO, number, "mona", "hold");
    story.rest().await;
    assert_eq!(looked(&story, number), red("1 problem"));
    story.sim.unlabel(REPO, number, "mona", "hold");
    story.rest().await;
    assert_eq!(looked(&story, number), green());
    story.sim.convert_to_draft(REPO, number, "mona");
    story.rest().await;
    assert_eq!(looked(&story, number), red("1 problem"));
    story.sim.ready(REPO, number, "mona");
    story.rest().await;
    assert_eq!(looked(&story, number), green());

    // What happens while it is closed is seen when it is opened again.
    story.sim.close(REPO, number, "mona");
    story.rest().await;
    story.sim.label(REPO, number, "mona", "hold");
    story.rest().await;
    story.requests();
    story.sim.reopen(REPO, number, "mona");
    story.rest().await;
    assert_eq!(looked(&story, number), red("1 problem"));
    story.sim.unlabel(REPO, number, "mona", "hold");
    story.rest().await;
    assert_eq!(looked(&story, number), green());
    story.end().await;
}

#[tokio::test]
async fn f46_a_base_that_moves_judges_again_only_with_other_rules() {
    let story = Story::begin(&FILES).await;
    let number = story.open("Greet", &[("a.py", Some("a = 2\n"))]).await;
    story.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
    story.rest().await;
    looked(&story, number);

    story.sim.push(REPO, "main", "mona", "Add a page", &[("page.md", Some("# Page\n"))], "");
    story.rest().await;
    assert_eq!(looked(&story, number), ("deckhand success: No problems".to_owned(), 0));
    story.sim.push(REPO, "main", "mona", "Be strict", &[("dangerfile.lua", Some("fail('Never.')\n"))], "");
    story.rest().await;
    assert_eq!(looked(&story, number), ("deckhand failure: 1 problem".to_owned(), 1));

    // Another base has a check of its own; the default branch's rules judge it.
    story.sim.branch(REPO, "release", "main", "mona");
    story.rest().await;
    looked(&story, number);
    story.sim.edit_pull(REPO, number, "mona", None, None, Some("release"));
    story.rest().await;
    assert_eq!(looked(&story, number), ("deckhand (release) failure: 1 problem".to_owned(), 1));
    story.end().await;
}
