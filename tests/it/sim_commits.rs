//! The simulated GitHub commits as the real one does, refuses what it refuses, and shows buttons of checks.

use crate::sim_bench::{APP_ID, REPO, sim};
use crate::sim_client::{Client, exchange, json_of};
use deckhand::sim::{OddEdit, SimHandle};
use serde_json::{Value, json};

const MUTATION: &str = "mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid message author { name } } }
}";

struct World {
    sim: SimHandle,
    client: Client,
    number: u64,
    head: String,
}

async fn world() -> World {
    let sim = sim(&[("list.txt", "one\n")]).await;
    let installation = sim.install("octo/hello");
    sim.grant_permission("octo", "contents", "write");
    let edits = [OddEdit::File(b"list.txt", b"two\n"), OddEdit::Program(b"run.sh", b"ls\n")];
    let head = sim.push_odd(REPO, "topic", "mona", &edits, "main");
    let number = sim.open_pull(REPO, "Count", "", "topic", "main", "mona", false);
    let client = Client::installed(&sim, sim.repository_id(REPO), installation).await;
    World { sim, client, number, head }
}

impl World {
    async fn commit(&self, repository: &str, expected: &str, additions: Value) -> Value {
        let input = json!({
            "branch": { "repositoryNameWithOwner": repository, "branchName": "topic" }, "expectedHeadOid": expected,
            "message": { "headline": "Mend", "body": "Because." }, "fileChanges": { "additions": additions },
        });
        let body = json!({ "query": MUTATION, "variables": { "input": input } });
        json_of(&self.client.post("/graphql", &body).await)
    }

    /// The kind and the words of the refusal; nothing may have happened.
    async fn refused(&self, repository: &str, expected: &str, additions: Value) -> String {
        let answer = self.commit(repository, expected, additions).await;
        assert_eq!(answer["data"], json!({ "createCommitOnBranch": null }), "{answer}");
        assert_eq!(self.sim.head(REPO, self.number).unwrap(), self.head);
        format!(
            "{}: {}",
            answer["errors"][0]["type"].as_str().unwrap(),
            answer["errors"][0]["message"].as_str().unwrap()
        )
    }
}

#[tokio::test]
async fn a_commit_stands_on_the_head_that_was_expected() {
    let world = world().await;
    let mended = json!([{ "path": "list.txt", "contents": "dGhyZWUK" }, { "path": "run.sh", "contents": "bHM=" }]);
    let answer = world.commit(REPO, &world.head, mended.clone()).await;
    let commit = &answer["data"]["createCommitOnBranch"]["commit"];
    let head = world.sim.head(REPO, world.number).unwrap();
    assert_eq!(commit["oid"], head);
    assert_eq!((&commit["message"], &commit["author"]["name"]), (&json!("Mend\n\nBecause."), &json!("deckhand[bot]")));
    assert_eq!(world.sim.parent(REPO, &head), world.head);
    assert_eq!(world.sim.read_file(REPO, "topic", "list.txt").unwrap(), "three\n");
    let query = "query Mode($of: String!) { repository(owner: \"octo\", name: \"hello\") {
        object(expression: $of) { ... on Commit { file(path: \"run.sh\") { mode } history(first: 2) { nodes { oid } } } }
    } }";
    let read = world.client.post("/graphql", &json!({ "query": query, "variables": { "of": head } })).await;
    let seen = &json_of(&read)["data"]["repository"]["object"];
    assert_eq!(seen["file"]["mode"], 0o100_644, "GitHub takes the executable bit away");
    assert_eq!(seen["history"]["nodes"], json!([{ "oid": head }, { "oid": world.head }]));
    let stale = world.commit(REPO, &world.head, mended).await;
    let message = format!("Expected branch to point to \"{}\" but it did not.  Pull and try again.", world.head);
    let expected = json!({ "type": "STALE_DATA", "message": message, "path": ["createCommitOnBranch"],
        "locations": [{ "line": 2, "column": 3 }] });
    assert_eq!(stale["errors"], json!([expected]));
}

#[tokio::test]
async fn what_github_refuses_is_refused_whole() {
    let world = world().await;
    let file = |path: &str| json!({ "path": path, "contents": "" });
    let good = |more: Value| json!([file("a.txt"), more]);
    let workflow = world.refused(REPO, &world.head, good(file(".github/workflows/ci.yml"))).await;
    assert!(workflow.starts_with("FORBIDDEN: refusing to allow a GitHub App"), "{workflow}");
    for path in ["", "/a", "a/../b", ".git/config", "a.txt"] {
        let said = world.refused(REPO, &world.head, good(file(path))).await;
        assert!(said.starts_with("UNPROCESSABLE: path"), "{path}: {said}");
    }
    let odd = world.refused(REPO, &world.head, good(json!({ "path": "b", "contents": "a" }))).await;
    assert_eq!(odd, "UNPROCESSABLE: contents is not valid base64");
    assert!(world.refused("octo/nothing", &world.head, good(file("b"))).await.starts_with("NOT_FOUND: "));
    world.sim.grant_permission("octo", "contents", "read");
    let read_only = world.refused(REPO, &world.head, good(file("b"))).await;
    assert_eq!(read_only, "FORBIDDEN: Resource not accessible by integration");
}

#[tokio::test]
async fn a_fork_is_written_to_only_where_its_author_lets_maintainers() {
    let mut world = world().await;
    world.sim.fork(REPO, "zoe");
    world.head = world.sim.push("zoe/hello", "topic", "zoe", "Count", &[("list.txt", Some("4\n"))], "main");
    world.number = world.sim.open_pull(REPO, "Count on", "", "zoe:topic", "main", "zoe", false);
    let change = json!([{ "path": "list.txt", "contents": "NQo=" }]);
    let refused = world.refused("zoe/hello", &world.head, change.clone()).await;
    assert_eq!(refused, "FORBIDDEN: Resource not accessible by integration", "everybody sees it, and few may write");
    world.sim.allow_edits(REPO, world.number, true);
    let answer = world.commit("zoe/hello", &world.head, change).await;
    assert_eq!(answer["data"]["createCommitOnBranch"]["commit"]["oid"], world.sim.head(REPO, world.number).unwrap());
}

#[tokio::test]
async fn a_check_has_three_short_buttons_at_most_and_people_press_them() {
    let world = world().await;
    world.sim.set_webhook_url(APP_ID, Some("http://127.0.0.1:9"));
    let action =
        |label: &str, identifier: &str| json!({ "label": label, "description": "d", "identifier": identifier });
    let check = |actions: Value| json!({ "name": "lint", "head_sha": world.head, "actions": actions });
    let long = "x".repeat(21);
    for wrong in [json!([action(&long, "a")]), json!([action("a", &long)]), json!(vec![action("a", "b"); 4])] {
        assert_eq!(world.client.post("check-runs", &check(wrong.clone())).await.status, 422, "{wrong}");
    }
    let made = world.client.post("check-runs", &check(json!([action("Fix <all>", "fix")]))).await;
    let id = json_of(&made)["id"].as_u64().unwrap();
    let number = world.number;
    let page = format!("GET /{REPO}/pull/{number}/checks HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    let shown = exchange(&world.sim, &page).await.body;
    let form = format!("action=\"/{REPO}/pull/{number}/checks/{id}/fix\"");
    assert!(shown.contains(&form) && shown.contains("Fix &lt;all&gt;</button>"), "{shown}");
    let press = |identifier: &str, origin: &str| {
        format!(
            "POST /{REPO}/pull/{number}/checks/{id}/{identifier} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
             origin: {origin}\r\ncontent-length: 0\r\n\r\n"
        )
    };
    assert_eq!(exchange(&world.sim, &press("fix", "https://elsewhere.example")).await.status, 404);
    assert_eq!(exchange(&world.sim, &press("other", world.sim.web_url())).await.status, 404);
    let pressed =
        || world.sim.deliveries().into_iter().filter(|it| it.action == "requested_action").collect::<Vec<_>>();
    assert!(pressed().is_empty());
    assert_eq!(exchange(&world.sim, &press("fix", world.sim.web_url())).await.status, 303);
    let told = pressed();
    assert_eq!(told[0].body["requested_action"], json!({ "identifier": "fix" }));
    assert_eq!(told[0].body["sender"]["login"], "mona");
    world.sim.push(REPO, "topic", "mona", "On", &[("list.txt", Some("6\n"))], "");
    let late = exchange(&world.sim, &press("fix", world.sim.web_url())).await;
    assert_eq!((late.status, pressed().len()), (404, 1), "its commit is the head no more");
}
