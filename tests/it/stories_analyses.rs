//! Stories of the rules that ask for sizes, owners and many files: what they fetch, and what they say on GitHub.

use crate::sim_bench::{APP_ID, REPO, Story};
use deckhand::sim::LogEntry;

fn asked(log: &[LogEntry], part: &str) -> usize {
    log.iter().filter(|entry| entry.request.to_string().contains(part)).count()
}

/// The conclusion and all that the newest check on the head says.
fn check(story: &Story, number: u64) -> String {
    let head = story.sim.head(REPO, number).unwrap();
    let check = &story.sim.checks(REPO, &head).into_iter().find(|it| it["app"]["id"] == APP_ID).unwrap();
    format!("{}: {}", check["conclusion"].as_str().unwrap(), check["output"])
}

#[tokio::test]
async fn a_large_file_is_weighed_without_being_read() {
    let story = Story::begin(&[("dangerfile.lua", "use('large_files', { max_kib = 100 })"), ("a.txt", "one\n")]).await;
    let large = "x\n".repeat(100 * 1024);
    let number = story.open("Add data", &[("data.txt", Some(&large)), ("b.txt", Some("two\n"))]).await;
    let said = check(&story, number);
    assert!(said.starts_with("failure") && said.contains("`data.txt` has 200 KiB, more than 100 KiB"), "{said}");
    assert!(!said.contains("b.txt"), "{said}");
    let requests = story.requests();
    assert_eq!(asked(&requests, "query Files"), 1, "both sizes in one request");
    let question = requests.iter().map(|entry| entry.request.to_string()).find(|text| text.contains("query Files"));
    assert!(!question.unwrap().contains("isTruncated"), "no text is fetched");
    story.end().await;
}

#[tokio::test]
async fn owners_are_those_of_the_base_branch_now() {
    let rules = "use('code_owners')";
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.txt", "one\n"), ("CODEOWNERS", "* @eve\n")]).await;
    story.sim.add_user(REPO, "ada", "write");
    let number =
        story.open("Count to two", &[("a.txt", Some("two\n")), (".github/CODEOWNERS", Some("* @mallory\n"))]).await;
    let said = check(&story, number);
    assert!(said.contains("eve`, and no owner"), "{said}");
    assert!(!said.contains("mallory"), "{said}");

    // After the branch was made: GitHub reads the file at the tip, not where the branch began.
    story.sim.push(REPO, "main", "mona", "Ada owns it now", &[("CODEOWNERS", Some("* @ada\n"))], "");
    story.sim.push(REPO, "count-to-two", "mona", "Count on", &[("a.txt", Some("three\n"))], "");
    story.rest().await;
    assert!(check(&story, number).contains("ada`, and no owner"), "{}", check(&story, number));

    story.sim.review(REPO, number, "ada", "APPROVED", "");
    story.rest().await;
    assert!(!check(&story, number).contains("belong to"), "{}", check(&story, number));
    story.end().await;
}

#[tokio::test]
async fn a_manifest_and_its_lockfile_cost_few_requests() {
    let manifest = |more: &str| format!("{{ \"dependencies\": {{ \"a\": \"^1\"{more} }} }}\n");
    let lock = "{ \"packages\": { \"\": { \"dependencies\": { \"a\": \"^1\" } } } }\n";
    let files =
        [("dangerfile.lua", "use('lockfile')"), ("web/package.json", &manifest("")), ("web/package-lock.json", lock)];
    let story = Story::begin(&files).await;
    let number = story.open("Add b", &[("web/package.json", Some(&manifest(", \"b\": \"^2\"")))]).await;
    let said = check(&story, number);
    assert!(said.contains("now asks for `b`, which `web/package-lock.json` does not have"), "{said}");
    let requests = story.requests();
    assert_eq!(asked(&requests, "query Files"), 2, "the manifest; then every place where a lockfile could be");
    story.end().await;
}

/// Without a report the rule waits, and then it fails the check, rather than pass what it cannot see.
#[tokio::test]
async fn coverage_fails_closed_where_no_report_can_arrive() {
    let files = [("dangerfile.lua", "use('diff_coverage')"), ("a.py", "one = 1\n")];
    let story = Story::begin(&files).await;
    let number = story.open("Count to two", &[("a.py", Some("one = 1\ntwo = 2\n"))]).await;
    let head = story.sim.head(REPO, number).unwrap();
    assert_eq!(story.sim.checks(REPO, &head)[0]["status"], "in_progress");
    story.pass(30 * 60).await;
    let said = check(&story, number);
    assert!(said.starts_with("failure") && said.contains("30 minutes of waiting for a coverage report"), "{said}");
    story.end().await;
}
