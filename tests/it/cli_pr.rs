//! `deckhand pr`: what it prints, what it writes, and what it says when it cannot.

use crate::cli_github::{HELLO, NOISY, POLITE, RULES, World, stable};
use crate::sim_bench::REPO;
use deckhand::sim::{Fault, FaultEffect};
use serde_json::{Value, json};

/// An address, variables, and the status and words with which they are answered.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], i32, &'a [&'a str]);

async fn noisy() -> (World, u64, String) {
    let world = World::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    let number = world.open(&[NOISY]);
    let token = world.sim.user_token("mona");
    (world, number, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_what_it_would_write_and_writes_nothing() {
    let (world, number, token) = noisy().await;
    let said = world.run(&["pr", &world.url(number)], &[("GH_TOKEN", &token)]).await;
    assert_eq!((said.status, said.err.as_str()), (1, ""), "{}", said.out);
    insta::assert_snapshot!("pr_dry_run", said.out);
    assert_eq!(world.writes(), [""; 0]);
    let quiet = world.run(&["pr", &world.url(number), "-q"], &[("GH_TOKEN", &token)]).await;
    assert!(quiet.out.contains("Leftover print") && !quiet.out.contains("Would write"), "{}", quiet.out);
    let verbose = world.run(&["pr", &world.url(number), "-v"], &[("GH_TOKEN", &token)]).await;
    assert!(verbose.out.contains("| <!-- deckhand:v1 summary op="), "{}", verbose.out);
    assert!(verbose.err.contains("note: rule no-print: ran, "), "{}", verbose.err);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn posting_writes_comments_and_a_status_and_nothing_a_second_time() {
    let (world, number, token) = noisy().await;
    let said = world.run(&["pr", &world.url(number), "--post"], &[("GITHUB_TOKEN", &token)]).await;
    assert_eq!((said.status, said.err.as_str()), (1, ""), "{}", said.out);
    let told = "\nWrote on octo/hello#1: the status deckhand/local on ";
    assert!(said.out.contains(told) && said.out.contains(", a review of "), "{}", said.out);
    insta::assert_snapshot!("pr_posted", world.page(number));
    assert_eq!(world.writes().len(), 3, "{:?}", world.writes());
    assert!(world.sim.checks(REPO, &world.sim.head(REPO, number).unwrap()).is_empty(), "the check is the app's");

    world.sim.reset_log();
    let said = world.run(&["pr", &world.url(number), "--post"], &[("GITHUB_TOKEN", &token)]).await;
    assert!(said.out.ends_with("Nothing to write: octo/hello#1 says all of this already.\n"), "{}", said.out);
    assert_eq!((said.status, world.writes()), (1, vec![]));

    // The next push settles everything; its commit has a status of its own.
    world.sim.push(REPO, "topic", "mona", "Be quiet", &[POLITE], "");
    world.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
    let said = world.run(&["pr", &world.url(number), "--post"], &[("GITHUB_TOKEN", &token)]).await;
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{}", said.out);
    insta::assert_snapshot!("pr_settled", world.page(number));
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn json_lists_the_exact_writes() {
    let (world, number, token) = noisy().await;
    let arguments = ["pr", &world.url(number), "--format", "json"];
    let said = world.run(&arguments, &[("GITHUB_TOKEN", &token)]).await;
    let dry: Value = serde_json::from_str(&stable(&said.out)).unwrap();
    assert_eq!((said.status, &dry["version"], &dry["conclusion"]), (1, &json!(1), &json!("failure")));
    let kinds: Vec<&str> =
        dry["writes"].as_array().unwrap().iter().map(|write| write["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["set_status", "create_review", "create_summary"]);
    let status = &dry["writes"][0];
    assert_eq!(
        (&status["context"], &status["state"], &status["description"]),
        (&json!("deckhand/local"), &json!("failure"), &json!("1 problem, 1 warning"))
    );
    assert_eq!(dry["writes"][0].get("done"), None);

    let said = world.run(&[&arguments[..], &["--post"]].concat(), &[("GITHUB_TOKEN", &token)]).await;
    let mut posted: Value = serde_json::from_str(&stable(&said.out)).unwrap();
    let comment = &world.sim.review_comments(REPO, number)[0];
    let planned = &dry["writes"][1]["comments"][0];
    for member in ["path", "line", "side"] {
        assert_eq!(comment[member], planned[member], "{member}");
    }
    assert_eq!(stable(comment["body"].as_str().unwrap()), planned["body"].as_str().unwrap());
    assert_eq!(stable(world.sim.comments(REPO, number)[0]["body"].as_str().unwrap()), dry["writes"][2]["body"]);
    for write in posted["writes"].as_array_mut().unwrap() {
        assert_eq!(write.as_object_mut().unwrap().remove("done"), Some(json!(true)));
    }
    assert_eq!(posted["writes"], dry["writes"]);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_base_judges_and_never_the_head() {
    let world = World::begin(&[("dangerfile.lua", "fail('From the base')"), HELLO]).await;
    let number = world.open(&[NOISY, ("dangerfile.lua", Some("message('From the head')"))]);
    let token = world.sim.user_token("mona");
    let said = world.run(&["pr", &world.url(number)], &[("GITHUB_TOKEN", &token)]).await;
    assert!(said.out.contains("From the base") && !said.out.contains("From the head"), "{}", said.out);
    // A file that the person names is the person's choice, with what it requires beside it.
    std::fs::create_dir(world.dir.path().join("try")).unwrap();
    std::fs::write(world.dir.path().join("try/mine.lua"), "require('./words').speak()").unwrap();
    std::fs::write(world.dir.path().join("try/words.lua"), "return { speak = function() warn('Mine') end }").unwrap();
    let arguments = ["pr", &world.url(number), "--dangerfile", "try/mine.lua"];
    let said = world.run(&arguments, &[("GITHUB_TOKEN", &token)]).await;
    assert!(said.status == 0 && said.out.contains("Mine"), "{} {}", said.out, said.err);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_variables_win() {
    let (world, number, token) = noisy().await;
    let api = world.sim.api_url().to_owned();
    let wrong = [("GITHUB_API_URL", "http://127.0.0.1:9"), ("GITHUB_TOKEN", "canary"), ("GH_TOKEN", "canary")];
    let ours = [("DECKHAND_GITHUB_API_URL", api.as_str()), ("DECKHAND_GITHUB_TOKEN", token.as_str())];
    let said = world.run(&["pr", &world.url(number)], &[&wrong[..], &ours[..]].concat()).await;
    assert_eq!(said.status, 1, "{}", said.err);
    let said = world.run(&["pr", &world.url(number)], &[&wrong[..], &ours[..1]].concat()).await;
    assert_eq!(said.status, 2);
    assert!(said.err.contains("does not accept the token in GITHUB_TOKEN: Bad credentials"), "{}", said.err);
    assert!(!said.err.contains("canary"), "{}", said.err);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_said_with_what_to_do() {
    let world = World::begin(&[HELLO]).await;
    let number = world.open(&[NOISY]);
    world.sim.create_repository("octo", "secret", &[("dangerfile.lua", RULES), HELLO], true);
    let token = world.sim.user_token("mona");
    let mine = [("GITHUB_TOKEN", token.as_str())];
    let (url, web) = (world.url(number), world.sim.web_url().to_owned());
    let gone = [("GITHUB_TOKEN", token.as_str()), ("GITHUB_API_URL", "http://127.0.0.1:9")];
    let public = [("GITHUB_TOKEN", token.as_str()), ("GITHUB_API_URL", "https://api.github.com")];
    let cases: [Case<'_>; 9] = [
        (
            "https://gitlab.com/octo/hello/pull/1",
            &public[1..],
            2,
            &["is not on the GitHub of https://api.github.com", "if that host is a GitHub of its own"],
        ),
        (&url, &gone[1..], 2, &["no token for GitHub: set DECKHAND_GITHUB_TOKEN, or GITHUB_TOKEN, or GH_TOKEN"]),
        ("octo/hello", &mine, 2, &["it looks like https://github.com/OWNER/REPO/pull/123"]),
        (&url, &mine, 2, &["octo/hello#1: `main` has no dangerfile", ".github/dangerfile.lua", "deckhand init"]),
        (&format!("{web}/octo/hello/pull/99"), &mine, 2, &["shows the token in GITHUB_TOKEN no pull request"]),
        (&format!("{web}/octo/secret/pull/1"), &mine, 2, &["asked for octo/secret#1", "may read the repository"]),
        (&url, &gone, 3, &["no connection to GitHub at http://127.0.0.1:9 (GITHUB_API_URL)", "run the command again"]),
        (
            "https://git.example.com/octo/hello/pull/1",
            &public,
            2,
            &[
                "is not on the GitHub of https://api.github.com",
                "DECKHAND_GITHUB_API_URL=https://git.example.com/api/v3",
            ],
        ),
        (&url, &[("GITHUB_TOKEN", "bad\ntoken")], 2, &["cannot talk to GitHub at"]),
    ];
    for (url, variables, status, parts) in cases {
        let said = world.run(&["pr", url], variables).await;
        assert_eq!(said.status, status, "{url}: {}", said.err);
        assert!(parts.iter().all(|part| said.err.contains(part)), "{url}: {}", said.err);
        assert_eq!((said.out.as_str(), said.err.lines().count()), ("", 1), "{url}: {}", said.err);
    }
    assert_eq!(world.writes(), [""; 0]);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_and_refusals_of_github_say_when_and_what() {
    let (world, number, token) = noisy().await;
    let answer = |status, message: &str, headers: &[(&str, String)]| FaultEffect::Answer {
        status,
        body: json!({ "message": message, "documentation_url": "https://docs.github.com/rest" }),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    };
    let reset = world.sim.clock().now() + 600;
    let spent = [("x-ratelimit-remaining", "0".to_owned()), ("x-ratelimit-reset", reset.to_string())];
    let sso = "Resource protected by organization SAML enforcement.";
    for (effect, status, part) in [
        (
            answer(403, "API rate limit exceeded", &spent),
            3,
            "the hourly limit of the token in GH_TOKEN is spent until 20",
        ),
        (answer(429, "slow down", &[("retry-after", "7".to_owned())]), 3, "run the command again in 7 seconds"),
        (answer(403, sso, &[]), 2, sso),
    ] {
        world.sim.inject(Fault::next("POST", "/graphql", effect));
        let said = world.run(&["pr", &world.url(number)], &[("GH_TOKEN", &token)]).await;
        assert_eq!(said.status, status, "{}", said.err);
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_push_may_comment_and_hears_that_the_status_is_missing() {
    let (world, number, _) = noisy().await;
    let stranger = world.sim.user_token("hubot");
    let said = world.run(&["pr", &world.url(number), "--post"], &[("GH_TOKEN", &stranger)]).await;
    assert_eq!(said.status, 2, "{}", said.err);
    assert!(said.err.contains("does not let the token in GH_TOKEN write the commit status on octo/hello#1"));
    assert!(said.out.contains("Leftover print") && said.out.contains("Wrote on octo/hello#1: a review of "));
    assert_eq!(world.sim.review_comments(REPO, number).len(), 1);

    // A token that may only read: the findings are there all the same.
    let reader = world.sim.fine_grained_token("mona", &[("contents", "read"), ("pull_requests", "read")]);
    let said = world.run(&["pr", &world.url(number)], &[("GH_TOKEN", &reader)]).await;
    assert_eq!((said.status, said.err.as_str()), (1, ""));
    let said = world.run(&["pr", &world.url(number), "--post"], &[("GH_TOKEN", &reader)]).await;
    assert_eq!(said.status, 2, "{}", said.out);
    assert!(said.err.contains("Resource not accessible by personal access token"), "{}", said.err);
    assert!(said.out.contains("Leftover print") && !said.out.contains("Wrote"), "{}", said.out);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_of_others_are_not_ours() {
    let (world, number, token) = noisy().await;
    let owner = world.sim.user_token("octo");
    assert_eq!(world.run(&["pr", &world.url(number), "--post"], &[("GH_TOKEN", &owner)]).await.status, 1);
    world.sim.reset_log();
    // Another person's review stands beside it; the status speaks for the commit, and says it already.
    let said = world.run(&["pr", &world.url(number), "--post"], &[("GH_TOKEN", &token)]).await;
    assert_eq!(said.status, 1, "{}", said.err);
    assert_eq!(world.sim.review_comments(REPO, number).len(), 2);
    assert_eq!(world.writes().iter().filter(|it| it.contains("statuses")).count(), 0, "{:?}", world.writes());
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_whose_answer_was_lost_is_not_set_twice() {
    let (world, number, token) = noisy().await;
    world.sim.inject(Fault::next("POST", "/statuses/", FaultEffect::DropAfter));
    let said = world.run(&["pr", &world.url(number), "--post"], &[("GH_TOKEN", &token)]).await;
    assert_eq!((said.status, said.err.as_str()), (1, ""), "{}", said.out);
    assert_eq!(world.page(number).matches("deckhand/local").count(), 1);
    let set = world.sim.log().iter().filter(|it| it.method == "POST" && it.path.contains("/statuses/")).count();
    assert_eq!(set, 1);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pull_request_is_shown_and_not_written_to() {
    let (world, number, token) = noisy().await;
    world.sim.close(REPO, number, "mona");
    let said = world.run(&["pr", &world.url(number), "--post"], &[("GH_TOKEN", &token)]).await;
    assert_eq!(said.status, 2);
    assert!(said.err.contains("octo/hello#1 is closed, so nothing is posted"), "{}", said.err);
    assert_eq!(world.run(&["pr", &world.url(number)], &[("GH_TOKEN", &token)]).await.status, 1);
    assert_eq!(world.writes(), [""; 0]);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_github_refuses_is_said_in_the_summary() {
    let (world, number, token) = noisy().await;
    let body = json!({ "message": "Unprocessable Entity", "errors": ["Line could not be resolved"] });
    let refusal = FaultEffect::Answer { status: 422, body, headers: Vec::new() };
    world.sim.inject(Fault::next("POST", "/reviews", refusal));
    let said = world.run(&["pr", &world.url(number), "--post"], &[("GH_TOKEN", &token)]).await;
    assert_eq!((said.status, said.err.as_str()), (1, ""), "{}", said.out);
    assert!(!said.out.contains("Wrote on octo/hello#1: a review"), "GitHub took none of it: {}", said.out);
    let comments = world.sim.comments(REPO, number);
    assert_eq!((comments.len(), world.sim.review_comments(REPO, number).len()), (1, 0));
    assert!(comments[0]["body"].as_str().unwrap().contains("**line 5:** Leftover print"), "{}", comments[0]["body"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_is_missing_is_said_of_the_token() {
    let rules = "rule('built', function() for _, status in danger.github.statuses do print(status.context) end end)";
    let world = World::begin(&[("dangerfile.lua", rules), HELLO]).await;
    let number = world.open(&[NOISY]);
    let token = world.sim.fine_grained_token("mona", &[("contents", "read"), ("pull_requests", "read")]);
    let said = world.run(&["pr", &world.url(number)], &[("GH_TOKEN", &token)]).await;
    assert_eq!(said.status, 1, "{}", said.err);
    assert!(said.out.contains("the token lacks the permission `statuses: read`"), "{}", said.out);
    world.end();
}
