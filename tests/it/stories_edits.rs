//! F46, F47: what changes about a pull request besides its commits, and who is judged again for it.

use crate::sim_bench::{REPO, Story, writes};

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

/// What the check says, and how often each pull request was looked at.
fn looks(story: &Story, numbers: &[u64]) -> Vec<(String, usize)> {
    let log = story.requests();
    let of = |number: &u64| {
        let checks = story.sim.checks(REPO, &story.sim.head(REPO, *number).unwrap());
        let said = checks[0]["output"]["title"].as_str().unwrap_or_default().to_owned();
        let asked = |it: &&deckhand::sim::LogEntry| {
            it.request["variables"]["number"] == *number && it.request.to_string().contains("query Overview")
        };
        (said, log.iter().filter(asked).count())
    };
    numbers.iter().map(of).collect()
}

fn told(all: &[(&str, usize)]) -> Vec<(String, usize)> {
    all.iter().map(|(said, looks)| ((*said).to_owned(), *looks)).collect()
}

#[tokio::test]
async fn f46_whoever_reads_the_owners_is_judged_again_when_they_change_on_the_base() {
    let rules = "rule('owned', { paths = { 'a.py' } }, function()
         if #danger.github.code_owners('a.py') == 0 then fail('Nobody owns a.py.') end
       end)";
    let owners = ("CODEOWNERS", "b.py @ada\n");
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n"), ("b.py", "b = 1\n"), owners]).await;
    let other = story.open("Leave me alone", &[("b.py", Some("b = 2\n"))]).await;
    let number = story.open("Greet", &[("a.py", Some("a = 2\n"))]).await;
    assert_eq!(looks(&story, &[number, other]), told(&[("1 problem", 1), ("No problems", 1)]));

    let push = async |path: &str, text: &str| {
        story.sim.push(REPO, "main", "mona", "Go on", &[(path, Some(text))], "");
        story.rest().await;
    };
    push("b.py", "b = 3\n").await;
    assert_eq!(looks(&story, &[number, other]), told(&[("1 problem", 0), ("No problems", 0)]));
    push("CODEOWNERS", "*.py @ada\n").await;
    assert_eq!(looks(&story, &[number, other]), told(&[("No problems", 1), ("No problems", 0)]));
    story.end().await;
}

#[tokio::test]
async fn f46_a_migration_that_comes_to_the_base_concerns_those_beside_it() {
    const CREATE: &str = "CREATE TABLE IF NOT EXISTS a (id bigint PRIMARY KEY);\n";
    let story = Story::begin(&[("dangerfile.lua", "use('migration_safety')\n"), ("db/V1__begin.sql", CREATE)]).await;
    let other = story.open("Leave me alone", &[("b.py", Some("b = 2\n"))]).await;
    let number = story.open("Create it", &[("db/V7__a.sql", Some(CREATE))]).await;
    let before = looks(&story, &[number, other]);
    assert_eq!(before, told(&[("No problems", 1), ("No problems", 1)]));
    story.sim.push(REPO, "main", "mona", "Say more", &[("db/V1__begin.sql", Some("-- Begin.\n"))], "");
    story.rest().await;
    assert_eq!(looks(&story, &[number, other]), told(&[("No problems", 0), ("No problems", 0)]));
    story.sim.push(REPO, "main", "mona", "Be first", &[("db/V7__theirs.sql", Some(CREATE))], "");
    story.rest().await;
    assert_eq!(looks(&story, &[number, other]), told(&[("1 problem", 1), ("No problems", 0)]));
    story.end().await;
}

#[tokio::test]
async fn f46_whether_it_merges_is_asked_again_when_the_base_moves() {
    let rules = "rule('merges', { paths = { 'a.py' } }, function()
         if not danger.github.pr.mergeable then fail('It conflicts.') end
       end)";
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await;
    let other = story.open("Leave me alone", &[("b.py", Some("b = 2\n"))]).await;
    let number = story.open("Greet", &[("a.py", Some("a = 2\n"))]).await;
    assert_eq!(looks(&story, &[number, other]), told(&[("No problems", 1), ("No problems", 1)]));
    story.sim.set_mergeable(REPO, number, Some(false));
    story.sim.push(REPO, "main", "mona", "Be first", &[("a.py", Some("a = 3\n"))], "");
    story.rest().await;
    assert_eq!(looks(&story, &[number, other]), told(&[("1 problem", 1), ("No problems", 0)]));
    // A branch that nobody proposes to concerns nobody.
    story.sim.push(REPO, "elsewhere", "mona", "Go on", &[("a.py", Some("a = 3\n"))], "main");
    story.sim.push(REPO, "elsewhere", "mona", "Go on", &[("a.py", Some("a = 4\n"))], "");
    story.rest().await;
    assert_eq!(looks(&story, &[number, other]), told(&[("1 problem", 0), ("No problems", 0)]));
    story.end().await;
}

#[tokio::test]
async fn f46_many_that_a_base_concerns_are_judged_one_after_the_other() {
    let rules = "if not danger.github.pr.mergeable then fail('It conflicts.') end";
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await;
    let mut numbers = Vec::new();
    for at in 0..7 {
        numbers.push(story.open(&format!("Change {at}"), &[(&format!("f{at}.py"), Some("f = 1\n"))]).await);
    }
    looks(&story, &numbers);
    let judged = |story: &Story| looks(story, &numbers).iter().map(|(_, looks)| looks).sum::<usize>();
    for _ in 0..3 {
        story.sim.push(REPO, "main", "mona", "Go on", &[("a.py", Some("a = 2\n"))], "");
        story.sim.push(REPO, "main", "mona", "Go on", &[("a.py", Some("a = 3\n"))], "");
        story.rest().await;
    }
    let at_once = judged(&story);
    assert!((5..=5 * 6).contains(&at_once), "{at_once}");
    let mut later = 0;
    for _ in 0..4 {
        story.pass(5).await;
        later += judged(&story);
    }
    assert_eq!(later, 2, "the last two wait, and are judged once for all pushes");
    story.end().await;
}

#[tokio::test]
async fn f46_a_retarget_is_judged_against_its_new_base_and_back() {
    let rules = "for _, path in danger.git.changed_files do message('sees ' .. path) end\n";
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await;
    // The other base has what the pull request builds upon.
    story.sim.push(REPO, "next", "mona", "Go ahead", &[("next.py", Some("n = 1\n"))], "main");
    story.sim.push(REPO, "greet", "mona", "Greet", &[("greet.py", Some("g = 1\n"))], "next");
    let number = story.sim.open_pull(REPO, "Greet", "", "greet", "main", "mona", false);
    story.rest().await;
    let said = |name: &str| {
        let checks = story.sim.checks(REPO, &story.sim.head(REPO, number).unwrap());
        let check = checks.into_iter().find(|it| it["name"] == name).unwrap_or_default();
        check["output"]["summary"].as_str().unwrap_or_default().to_owned()
    };
    assert!(said("deckhand").contains("sees next.py") && said("deckhand").contains("sees greet.py"));
    story.sim.edit_pull(REPO, number, "mona", None, None, Some("next"));
    story.rest().await;
    let of_next = said("deckhand (next)");
    assert!(of_next.contains("sees greet.py") && !of_next.contains("sees next.py"), "{of_next}");
    story.sim.edit_pull(REPO, number, "mona", None, None, Some("main"));
    story.rest().await;
    assert!(said("deckhand").contains("sees next.py"), "{}", said("deckhand"));
    story.end().await;
}

#[tokio::test]
async fn f47_checks_that_are_asked_for_again_are_judged_on_their_own_head_only() {
    type Ask = fn(&Story, u64, &str);
    let asks: [Ask; 2] = [
        |story, check, _| assert!(story.sim.rerequest_check(REPO, check, "mona")),
        |story, _, head| assert!(story.sim.rerequest_suite(REPO, head, "mona")),
    ];
    for ask in asks {
        let story = Story::begin(&FILES).await;
        let other = story.open("Leave me alone", &[("b.py", Some("b = 1\n"))]).await;
        let number = story.open("Greet", &[("a.py", Some("a = 2\n"))]).await;
        let head = story.sim.head(REPO, number).unwrap();
        let check = story.sim.checks(REPO, &head)[0]["id"].as_u64().unwrap();
        looks(&story, &[number]);
        // Something that no event told.
        story.sim.set_deliver(false);
        story.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
        story.sim.set_deliver(true);
        ask(&story, check, &head);
        story.rest().await;
        assert_eq!(looks(&story, &[number, other]), told(&[("No problems", 1), ("1 problem", 0)]));
        // The same again: judged, and nothing written.
        ask(&story, check, &head);
        story.rest().await;
        let log = story.requests();
        assert!(!log.is_empty() && writes(&log).is_empty(), "{log:#?}");
        // The check of a head that was left: nobody is judged for it.
        story.sim.push(REPO, "greet", "mona", "Go on", &[("a.py", Some("a = 3\n"))], "");
        story.rest().await;
        let before = story.page(number);
        looks(&story, &[number]);
        ask(&story, check, &head);
        story.rest().await;
        assert_eq!(looks(&story, &[number, other]), told(&[("No problems", 0), ("1 problem", 0)]));
        assert_eq!(story.page(number), before);
        story.end().await;
    }
}
