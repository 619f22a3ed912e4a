//! The whole road with a GitHub of one pull request: delivery, facts, judge, check and comments.
//! The stories live with the simulated GitHub; this one counts requests and holds what is never written.

use crate::server_bench::{Request, TestClock, config, pull_request};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use deckhand::server::{Server, ServerHandle};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const BASE: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const DIFF: &str = "diff --git a/src/a.py b/src/a.py\nindex 1111111..2222222 100644\n--- a/src/a.py\n+++ b/src/a.py\n\
                    @@ -1 +1,2 @@\n import os\n+print(os)\n";
const RULES: &str = "for _, line in danger.git.added_lines('**/*.py') do\n\
                     if line.text:find('print(', 1, true) then fail('Leftover print', { file = line.file, line = line.number }) end\n\
                     end";

/// A GitHub that knows one pull request and what was written about it.
#[derive(Default)]
struct World {
    dangerfile: Option<&'static str>,
    requests: Vec<String>,
    checks: Vec<Value>,
    reviews: Vec<Value>,
    /// Writes of checks are refused.
    forbidden: bool,
}

type Shared = Arc<Mutex<World>>;

struct Story {
    world: Shared,
    server: ServerHandle,
    _dir: tempfile::TempDir,
    _end: oneshot::Sender<()>,
}

impl Story {
    async fn begin(world: World) -> Story {
        let world = Arc::new(Mutex::new(world));
        let app = axum::Router::new().fallback(answer).with_state(world.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (end, ended) = oneshot::channel();
        let serve = axum::serve(listener, app).with_graceful_shutdown(async { _ = ended.await });
        tokio::spawn(async { serve.await.unwrap() });
        let dir = tempfile::tempdir().unwrap();
        // This GitHub has no list of anything: what the server does unasked is told elsewhere.
        let unasked = [("DECKHAND_SWEEP_SECONDS", "0"), ("DECKHAND_RECONCILE_SECONDS", "0")];
        let config = config(&dir, &[("DECKHAND_GITHUB_API_URL", url.as_str()), unasked[0], unasked[1]]);
        let server = Server::start(config, TestClock::new().wall()).await.unwrap();
        Story { world, server, _dir: dir, _end: end }
    }

    async fn deliver(&self, guid: &str, action: &str) {
        let request = Request::delivery(guid, "pull_request", &pull_request(action, 7));
        assert_eq!(request.send(self.server.addr()).await.status, 202);
        self.server.idle().await.unwrap();
    }

    /// The conclusion of the newest check of a name.
    fn newest(&self, name: &str) -> String {
        let world = self.world.lock().unwrap();
        let newest = world.checks.iter().rfind(|check| check["name"] == name).unwrap();
        newest["conclusion"].as_str().unwrap_or("none").to_owned()
    }

    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.world.lock().unwrap().requests)
    }
}

#[tokio::test]
async fn a_pull_request_is_judged_and_an_unchanged_one_is_left_alone() {
    let story = Story::begin(World { dangerfile: Some(RULES), ..World::default() }).await;
    story.deliver("g-1", "opened").await;
    let requests = story.requests();
    assert!(requests.len() <= 8, "{requests:#?}");
    // One token for the repository; the other was asked for in vain, for the organisation's `.github`.
    let mint = "POST /app/installations/3/access_tokens";
    assert_eq!(&requests[..3], [mint, mint, "POST /graphql"]);
    let (check, review) = {
        let world = story.world.lock().unwrap();
        assert_eq!((world.checks.len(), world.reviews.len()), (1, 1), "{requests:#?}");
        (world.checks[0].clone(), world.reviews[0].clone())
    };
    assert_eq!((check["status"].as_str(), check["conclusion"].as_str()), (Some("completed"), Some("failure")));
    assert_eq!((check["name"].as_str(), check["head_sha"].as_str()), (Some("deckhand"), Some(HEAD)));
    assert_eq!(review["comments"][0]["path"], "src/a.py");
    assert_eq!(review["comments"][0]["line"], 2);

    let page = check["details_url"].as_str().unwrap().replace(story.server.public_url(), "");
    let shown = Request::get(&page).with_token().send(story.server.addr()).await;
    assert!(shown.status == 200 && shown.body.contains("Leftover print"), "{}", shown.body);

    story.deliver("g-2", "edited").await;
    let writes: Vec<String> = story.requests().into_iter().filter(|line| is_write(line)).collect();
    assert!(writes.is_empty(), "{writes:#?}");
    story.server.shutdown().await;
}

#[tokio::test]
async fn without_a_dangerfile_nothing_is_written() {
    let story = Story::begin(World::default()).await;
    story.deliver("g-1", "opened").await;
    let mint = "POST /app/installations/3/access_tokens";
    // Only a branch that requires the check hears that there is none.
    let required = ["GET /repos/octo/hello/rules/branches/main", "GET /repos/octo/hello/branches/main"];
    assert_eq!(story.requests(), [&[mint, mint, "POST /graphql"], &required[..]].concat());
    story.deliver("g-2", "edited").await;
    let looked = [&["POST /graphql"], &required[..]].concat();
    assert_eq!(story.requests(), looked, "nobody looks for the organisation's again at once");
    assert_eq!(story.server.store().count_jobs(deckhand::model::Timestamp(0)).await.unwrap().parked, 0);
    story.server.shutdown().await;
}

#[tokio::test]
async fn f61_an_endless_loop_fails_the_check() {
    let story = Story::begin(World { dangerfile: Some("while true do end"), ..World::default() }).await;
    story.deliver("g-1", "opened").await;
    assert_eq!(story.world.lock().unwrap().checks[0]["conclusion"], "failure");
    story.server.shutdown().await;
}

#[tokio::test]
async fn a_check_of_another_name_does_not_outlive_a_ruleset_that_stopped_loading() {
    let story = Story::begin(World { dangerfile: Some("settings { check_name = 'gate' }"), ..World::default() }).await;
    story.deliver("g-1", "opened").await;
    assert_eq!(story.newest("gate"), "success");
    story.world.lock().unwrap().dangerfile = Some("settings { check_name = 'gate' } end");
    story.deliver("g-2", "edited").await;
    assert_eq!((story.newest("gate"), story.newest("deckhand")), ("failure".to_owned(), "failure".to_owned()));
    story.world.lock().unwrap().dangerfile = Some("settings { check_name = 'gate' }");
    story.deliver("g-3", "edited").await;
    assert_eq!(story.newest("gate"), "success");
    story.server.shutdown().await;
}

#[tokio::test]
async fn an_open_check_is_concluded_when_the_dangerfile_went_away() {
    let open = json!({ "name": "deckhand", "status": "in_progress", "external_id": "deckhand:v1:-:-:x.started", "output": {} });
    let story = Story::begin(World { checks: vec![open], ..World::default() }).await;
    story.deliver("g-1", "opened").await;
    assert_eq!(story.newest("deckhand"), "failure");
    story.requests();
    story.deliver("g-2", "edited").await;
    assert!(!story.requests().iter().any(|line| is_write(line)), "once is enough");
    story.server.shutdown().await;
}

#[tokio::test]
async fn f31_a_missing_permission_stops_the_job() {
    let story = Story::begin(World { dangerfile: Some(RULES), forbidden: true, ..World::default() }).await;
    story.deliver("g-1", "opened").await;
    let counts = story.server.store().count_jobs(deckhand::model::Timestamp(0)).await.unwrap();
    assert_eq!((counts.parked, counts.later), (1, 0));
    story.server.shutdown().await;
}

fn is_write(line: &str) -> bool {
    (line.starts_with("POST /repos") || line.starts_with("PATCH") || line.starts_with("DELETE"))
        && !line.contains("graphql")
}

async fn answer(
    State(world): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let mut world = world.lock().unwrap();
    let line = format!("{method} {}", uri.path());
    world.requests.push(line.clone());
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (status, answer) = match line.split('/').skip(1).collect::<Vec<_>>()[..] {
        // The app is not on the organisation's repository `.github`.
        ["app", "installations", "3", "access_tokens"] if body["repositories"] == json!([".github"]) => {
            (422, json!({ "message": "There is at least one repository that does not exist or is not accessible" }))
        }
        ["app", "installations", "3", "access_tokens"] => {
            (201, json!({ "token": "ghs_canary", "expires_at": "2099-01-01T00:00:00Z" }))
        }
        // The dangerfile never was another one.
        ["graphql"] if body["query"].as_str().is_some_and(|query| query.starts_with("query History")) => {
            (200, json!({ "data": { "repository": {} } }))
        }
        ["graphql"] => (200, overview(&world)),
        // What the pull request is by now: another head's, and nobody judges that one here.
        ["repos", "octo", "hello", "pulls", "7"] => return (StatusCode::OK, String::new()),
        ["repos", "octo", "hello", "compare", _] if headers["accept"] == "application/vnd.github.diff" => {
            return (StatusCode::OK, DIFF.to_owned());
        }
        ["repos", "octo", "hello", "compare", _] => (
            200,
            json!({
                "merge_base_commit": { "sha": BASE }, "total_commits": 1, "files": [],
                "commits": [{ "sha": HEAD, "parents": [{ "sha": BASE }], "author": null,
                    "commit": { "message": "Print", "author": { "name": "M", "email": "m@x", "date": "2026-11-21T07:45:00Z" } } }],
            }),
        ),
        ["repos", "octo", "hello", "check-runs", ..] if world.forbidden => {
            (403, json!({ "message": "Resource not accessible by integration" }))
        }
        ["repos", "octo", "hello", "check-runs"] => {
            world.checks.push(body);
            let last = world.checks.len() - 1;
            (201, check_answer(&world, last))
        }
        ["repos", "octo", "hello", "check-runs", id] => {
            let index = id.parse::<usize>().unwrap() - 1;
            for (name, value) in body.as_object().unwrap() {
                world.checks[index][name] = value.clone();
            }
            (200, check_answer(&world, index))
        }
        ["repos", "octo", "hello", "pulls", "7", "reviews"] => {
            world.reviews.push(body);
            (200, json!({ "id": 50 }))
        }
        _ => (404, json!({ "message": "Not Found" })),
    };
    (StatusCode::from_u16(status).unwrap(), answer.to_string())
}

fn check_answer(world: &World, index: usize) -> Value {
    let annotations = world.checks[index]["output"]["annotations"].as_array().map_or(0, Vec::len);
    json!({ "id": index + 1, "status": world.checks[index]["status"], "output": { "annotations_count": annotations } })
}

fn overview(world: &World) -> Value {
    let blob =
        world.dangerfile.map(|text| json!({ "object": { "text": text, "isBinary": false, "isTruncated": false } }));
    let base = json!({ "name": "main", "target": { "oid": BASE, "root": blob, "dotGithub": null } });
    let upper = |value: &Value| value.as_str().map(str::to_uppercase);
    let checks: Vec<Value> = world
        .checks
        .iter()
        .enumerate()
        .map(|(index, check)| {
            json!({
                "databaseId": index + 1, "name": check["name"], "externalId": check["external_id"],
                "status": upper(&check["status"]), "conclusion": upper(&check["conclusion"]),
                "annotations": { "totalCount": check["output"]["annotations"].as_array().map_or(0, Vec::len) },
            })
        })
        .collect();
    let threads: Vec<Value> = world.reviews.iter().flat_map(|review| review["comments"].as_array().unwrap()).map(|comment| json!({
        "id": "T_1", "isResolved": false,
        "comments": { "totalCount": 1, "nodes": [{ "fullDatabaseId": "60", "body": comment["body"], "viewerDidAuthor": true }] },
    })).collect();
    let last = json!({ "hasNextPage": false, "endCursor": null });
    let commits = json!({ "totalCount": 1, "nodes": [
        { "commit": { "oid": HEAD, "checkSuites": { "nodes": [{ "checkRuns": { "nodes": checks } }] } } },
    ] });
    let mut pull = json!({
        "title": "Print", "body": "", "isDraft": false, "state": "OPEN", "merged": false,
        "author": { "__typename": "User", "login": "mona" }, "authorAssociation": "MEMBER",
        "labels": { "nodes": [] }, "milestone": null, "baseRefName": "main", "baseRefOid": BASE, "baseRef": base,
        "headRefName": "topic", "headRefOid": HEAD, "headRepository": { "nameWithOwner": "octo/hello", "isFork": false },
        "url": "http://x/7", "createdAt": "2026-11-21T07:45:00Z", "updatedAt": "2026-11-21T07:45:00Z", "changedFiles": 1,
        "commits": commits, "comments": { "pageInfo": last, "nodes": [] },
        "reviewThreads": { "pageInfo": last, "nodes": threads },
    });
    let more = json!({
        "assignees": { "nodes": [] }, "locked": false, "maintainerCanModify": false, "additions": 1, "deletions": 0,
    });
    pull.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "data": { "repository": {
        "databaseId": 5, "nameWithOwner": "octo/hello", "isPrivate": false, "isFork": false, "defaultBranchRef": base,
        "pullRequest": pull,
    } } })
}
