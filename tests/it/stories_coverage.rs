//! Stories of reports that workflows send: what waits for them gets its verdict, and it is of the commit that is judged.

use crate::issuer::Issuer;
use crate::server_bench::{Answer, Request};
use crate::sim_bench::{APP_ID, REPO, Story};
use deckhand::model::Timestamp;
use deckhand::server::ServerHandle;
use deckhand::sim::{AppConfig, SimHandle};
use serde_json::{Value, json};
use std::io::Write;

const COVERED: &str = "use('diff_coverage', { wait = 20 })";
const OLD: &str = "a = 1\nb = 2\nc = 3\n";
const NEW: &str = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\n";

struct Scene {
    story: Story,
    issuer: Issuer,
}

impl Scene {
    async fn begin(files: &[(&str, &str)]) -> Scene {
        let issuer = Issuer::start().await;
        let story = Story::begin_with_settings(&[("DECKHAND_OIDC_ISSUER", &issuer.url)], files).await;
        Scene { story, issuer }
    }

    fn head(&self, number: u64) -> String {
        self.story.sim.head(REPO, number).unwrap()
    }

    /// A workflow that runs on one commit sends a report of another one; `alter` makes its token's claims other ones.
    async fn send(
        &self,
        [on, of]: [&str; 2],
        query: &'static str,
        report: &str,
        alter: impl Fn(&mut Value) + 'static,
    ) -> Answer {
        let (issuer, report) = (self.issuer.clone(), report.to_owned());
        let send = move |sim: &SimHandle, server: &ServerHandle, commits: &[String]| {
            let mut claims = issuer.claims(server.public_url(), &commits[0], Timestamp(sim.clock().now() * 1000));
            claims["repository_id"] = json!(sim.repository_id(REPO).to_string());
            alter(&mut claims);
            let path = format!("/api/v1/repos/{REPO}/commits/{}/coverage{query}", commits[1]);
            let token = format!("Bearer {}", issuer.sign(&claims));
            Request::post(&path, report.as_bytes()).with("authorization", &token).send(server.addr())
        };
        let answer = self.story.sim.ask(&self.story.server, &[on, of], send).await;
        self.story.rest().await;
        answer
    }

    /// A workflow that runs on this commit sends a report of it.
    async fn upload(&self, sha: &str, query: &'static str, report: &str) {
        let answer = self.send([sha, sha], query, report, |_| {}).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
    }

    /// The newest check: conclusion, title, summary and text.
    fn check(&self, number: u64) -> String {
        let checks = self.story.sim.checks(REPO, &self.head(number));
        let check = &checks[0];
        let words = |name: &str| check["output"][name].as_str().unwrap_or_default().to_owned();
        let state = check["conclusion"].as_str().or(check["status"].as_str()).unwrap_or_default();
        format!("{state}: {}\n{}\n{}", words("title"), words("summary"), words("text"))
    }

    async fn end(self) {
        self.story.end().await;
    }
}

/// A tracefile of one file.
fn lcov(path: &str, lines: &[(u32, u32)]) -> String {
    let lines: String = lines.iter().map(|(line, hits)| format!("DA:{line},{hits}\n")).collect();
    format!("SF:{path}\n{lines}end_of_record\n")
}

#[tokio::test]
async fn a_report_from_a_workflow_turns_the_waiting_check_into_a_verdict() {
    let scene = Scene::begin(&[("dangerfile.lua", COVERED), ("m/a.py", OLD)]).await;
    let number = scene.story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    assert!(scene.check(number).starts_with("in_progress: Waiting for a coverage report"), "{}", scene.check(number));
    let head = scene.head(number);
    scene.upload(&head, "?name=lcov.info", &lcov("/home/runner/work/hello/m/a.py", &[(1, 1), (4, 1), (5, 0)])).await;
    insta::assert_snapshot!("coverage_half", scene.check(number));
    // The other half comes from another job, and both add up.
    scene.upload(&head, "", &lcov("m/a.py", &[(4, 0), (5, 2)])).await;
    assert!(scene.check(number).starts_with("success: No problems"), "{}", scene.check(number));
    let reports = scene.story.requests();
    assert_eq!(reports.iter().filter(|it| it.path.contains("/git/trees/")).count(), 1, "the list of files is kept");
    // A push begins anew.
    scene.story.sim.push(
        REPO,
        "count-on",
        "mona",
        "More",
        &[("m/a.py", Some("a = 1\nb = 2\nc = 3\nd = 4\ne = 6\n"))],
        "",
    );
    scene.story.rest().await;
    assert!(scene.check(number).starts_with("in_progress: Waiting for a coverage report"), "{}", scene.check(number));
    scene.end().await;
}

#[tokio::test]
async fn f65_tokens_for_something_else_change_nothing() {
    let scene = Scene::begin(&[("dangerfile.lua", COVERED), ("m/a.py", OLD)]).await;
    let number = scene.story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    let (head, report) = (scene.head(number), lcov("m/a.py", &[(4, 1), (5, 1)]));
    let now = scene.story.sim.clock().now();
    let main = scene.story.sim.push(REPO, "main", "mona", "Elsewhere", &[("b.txt", Some("b\n"))], "");
    let mut said = String::new();
    for (name, claim, value) in [
        ("audience", "aud", json!("https://github.com/octo")),
        ("issuer", "iss", json!("http://127.0.0.1:9")),
        ("expired", "exp", json!(now - 61)),
        ("repository", "repository", json!("octo/other")),
        ("id", "repository_id", json!("4711")),
        ("commit", "sha", json!(main)),
        ("unknown commit", "sha", json!("c".repeat(40))),
    ] {
        let answer = scene.send([&head, &head], "", &report, move |claims| claims[claim] = value.clone()).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        said.push_str(&format!("{name}: {} {}\n", answer.status, body["error"].as_str().unwrap()));
    }
    let hidden =
        [(head.get(..7).unwrap(), "HEAD"), (main.get(..7).unwrap(), "MAIN"), (&scene.issuer.url, "http://issuer")];
    let said = hidden.iter().fold(said, |said, (value, word)| said.replace(value, word));
    insta::assert_snapshot!("coverage_refused", said.replace(scene.story.server.public_url(), "http://deckhand"));
    assert!(scene.check(number).starts_with("in_progress: Waiting for a coverage report"), "{}", scene.check(number));
    scene.end().await;
}

#[tokio::test]
async fn a_report_of_the_test_merge_speaks_for_the_head() {
    let scene =
        Scene::begin(&[("dangerfile.lua", "use('diff_coverage', { minimum = 90 })"), ("m/a.py", OLD), ("m/b.py", OLD)])
            .await;
    let edits = [("m/a.py", Some(NEW)), ("m/b.py", Some(NEW)), ("m/c.py", Some("z = 1\n"))];
    let number = scene.story.open("Count on", &edits).await;
    // The base goes on: two lines before the old ones of one file, which lie there in the test merge.
    let ahead = format!("x = 1\ny = 2\n{OLD}");
    scene.story.sim.push(REPO, "main", "mona", "Go on", &[("m/b.py", Some(&ahead))], "");
    scene.story.rest().await;
    let merged = format!("x = 1\ny = 2\n{NEW}");
    let merge = scene.story.sim.test_merge(
        REPO,
        number,
        &[("m/a.py", Some(NEW)), ("m/b.py", Some(&merged)), ("m/c.py", Some("z = 1\n"))],
    );
    // In the test merge the added lines of `b` are 6 and 7, and 4 and 5 are old ones that nothing ran.
    let b = lcov("m/b.py", &[(4, 0), (5, 0), (6, 1), (7, 0)]);
    let report = format!("{}{b}{}", lcov("m/a.py", &[(4, 1), (5, 1)]), lcov("m/c.py", &[(1, 1)]));
    scene.upload(&merge, "?name=lcov.info", &report).await;
    let said = scene.check(number);
    assert!(said.starts_with("failure") && said.contains("80 % (4 of 5 added lines)"), "{said}");
    assert!(said.contains("**`m/b.py`**\n\n- ⚠️ **line 5:** The tests do not run this line."), "{said}");
    // A workflow on the test merge may also name the head itself, and then speaks of its lines.
    let head = scene.head(number);
    let answer = scene.send([&merge, &head], "?flag=b", &lcov("m/b.py", &[(5, 1)]), |_| {}).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert!(scene.check(number).starts_with("success"), "{}", scene.check(number));
    scene.end().await;
}

#[tokio::test]
async fn what_cannot_be_compared_is_said_to_be_of_another_version() {
    let scene = Scene::begin(&[("dangerfile.lua", COVERED), ("m/a.py", OLD)]).await;
    let number = scene.story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    // The test merge does not have the file: somebody renamed it on the base.
    let merge = scene.story.sim.test_merge(REPO, number, &[("m/a.py", None), ("n/a.py", Some(NEW))]);
    scene.upload(&merge, "", &lcov("m/a.py", &[(4, 1), (5, 1)])).await;
    let said = scene.check(number);
    assert!(said.starts_with("failure") && said.contains("it was made of another version"), "{said}");
    scene.end().await;
}

#[tokio::test]
async fn flags_that_were_not_sent_are_carried_forward_and_that_is_said() {
    let files =
        [("dangerfile.lua", "use('diff_coverage', { table = 'always' })"), ("m/a.py", OLD), ("web/b.js", "x\n")];
    let scene = Scene::begin(&files).await;
    let number = scene.story.open("Count on", &[("m/a.py", Some(NEW)), ("web/b.js", Some("x\ny\n"))]).await;
    let first = scene.head(number);
    scene.upload(&first, "?flag=python", &lcov("m/a.py", &[(4, 1), (5, 1)])).await;
    scene.upload(&first, "?flag=web", &lcov("web/b.js", &[(1, 1), (2, 0)])).await;
    assert!(scene.check(number).starts_with("failure"), "{}", scene.check(number));
    // Only the front end is tested again; one line before the others has moved them.
    let (b, a) = (Some("x\ny\nz\n"), Some("a = 1\nb = 2\nc = 3\n\nd = 4\ne = 5\n"));
    scene.story.sim.push(REPO, "count-on", "mona", "Test it", &[("web/b.js", b), ("m/a.py", a)], "");
    scene.story.rest().await;
    assert!(scene.check(number).starts_with("in_progress"), "{}", scene.check(number));
    let second = scene.head(number);
    scene.upload(&second, "?flag=web", &lcov("web/b.js", &[(1, 1), (2, 1), (3, 1)])).await;
    insta::assert_snapshot!("coverage_carried_forward", scene.check(number).replace(&first[..7], "FIRST"));
    scene.end().await;
}

#[tokio::test]
async fn linters_reports_are_heard_on_the_same_way() {
    let scene = Scene::begin(&[("dangerfile.lua", "use('lint_report')"), ("m/a.py", OLD)]).await;
    let number = scene.story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    let report = r#"<checkstyle><file name="/home/runner/work/hello/m/a.py">
        <error line="5" severity="error" message="`e` is never used" source="ruff.F841"/>
        <error line="1" severity="error" message="`a` is never used" source="ruff.F841"/></file></checkstyle>"#;
    let before = scene.check(number);
    scene.upload(&scene.head(number), "?name=ruff.xml", report).await;
    assert_ne!(scene.check(number), before);
    insta::assert_snapshot!("lint_sent", scene.check(number));
    let comments = scene.story.sim.review_comments(REPO, number);
    assert_eq!(comments.len(), 1, "{comments:#?}");
    assert!(comments[0]["body"].as_str().unwrap().contains("`e` is never used"), "{comments:#?}");
    scene.end().await;
}

/// SARIF of one tool with one error, or with none.
fn sarif(tool: &str, place: Option<(&str, u32)>) -> String {
    let results = place.map(|(path, line)| {
        json!([{ "ruleId": "A1", "level": "error", "message": { "text": "Mend this." }, "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": path }, "region": { "startLine": line } } }] }])
    });
    let run = json!({ "tool": { "driver": { "name": tool } }, "results": results.unwrap_or(json!([])) });
    json!({ "version": "2.1.0", "runs": [run] }).to_string()
}

#[tokio::test]
async fn every_linter_that_is_expected_is_waited_for() {
    let rules = "use('lint_report', { severity = 'fail', expect = { 'ruff', 'web' } })";
    let scene = Scene::begin(&[("dangerfile.lua", rules), ("m/a.py", OLD)]).await;
    let number = scene.story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    let head = scene.head(number);
    assert!(scene.check(number).starts_with("in_progress: Waiting for the linter's report `ruff`"));
    scene.upload(&head, "?name=ruff.sarif", &sarif("ruff", None)).await;
    let before = scene.check(number);
    assert!(before.starts_with("in_progress: Waiting for the linter's report `web`, until"), "{before}");
    // What came does not begin the wait anew, and what is missing at its end is named.
    scene.story.pass(15 * 60).await;
    assert_eq!(scene.check(number), before);
    scene.story.pass(15 * 60 + 30).await;
    let said = scene.check(number);
    assert!(said.starts_with("failure: 1 problem"), "{said}");
    assert!(said.contains("30 minutes of waiting for the linter's report `web` were not enough"), "{said}");
    scene.upload(&head, "?name=eslint.sarif&flag=web", &sarif("ESLint", None)).await;
    assert!(scene.check(number).starts_with("success"), "{}", scene.check(number));
    scene.upload(&head, "?name=other.sarif", &sarif("other", Some(("m/a.py", 5)))).await;
    assert!(scene.check(number).starts_with("failure: 1 problem"), "{}", scene.check(number));
    scene.end().await;
}

#[tokio::test]
async fn what_a_linter_said_stays_until_it_is_heard_again() {
    // One that blocks waits for the report, one that warns does not.
    let (waits, runs) = ("{ severity = 'fail', wait = 10 }", "{}");
    for (options, meanwhile, heard) in
        [(waits, "in_progress", "failure: 1 problem"), (runs, "success: No problems", "success: 1 warning")]
    {
        hear_again(&format!("use('lint_report', {options})"), meanwhile, heard).await;
    }
}

async fn hear_again(rules: &str, meanwhile: &str, heard: &str) {
    let scene = Scene::begin(&[("dangerfile.lua", rules), ("m/a.py", OLD), ("m/b.py", OLD)]).await;
    let number = scene.story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    let ids = || {
        let comments = scene.story.sim.review_comments(REPO, number);
        comments.iter().map(|comment| comment["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    scene.upload(&scene.head(number), "?name=ruff.sarif&flag=ruff", &sarif("ruff", Some(("m/a.py", 5)))).await;
    let said = ids();
    assert_eq!(said.len(), 1);
    scene.story.sim.push(REPO, "count-on", "mona", "Go on", &[("m/b.py", Some("b = 2\n"))], "");
    scene.story.rest().await;
    assert!(scene.check(number).starts_with(meanwhile), "{}", scene.check(number));
    assert_eq!(ids(), said, "nobody has looked at it again");
    scene.upload(&scene.head(number), "?name=ruff.sarif&flag=ruff", &sarif("ruff", Some(("m/a.py", 5)))).await;
    assert!(scene.check(number).starts_with(heard), "{}", scene.check(number));
    assert_eq!(ids(), said, "the same is said once");
    scene.upload(&scene.head(number), "?name=ruff.sarif&flag=ruff", &sarif("ruff", None)).await;
    assert_eq!(ids(), Vec::<u64>::new());
    scene.end().await;
}

#[tokio::test]
async fn a_linter_that_ran_on_the_test_merge_speaks_of_the_lines_of_the_head() {
    let rules = "use('lint_report', { severity = 'fail' })";
    let scene = Scene::begin(&[("dangerfile.lua", rules), ("m/a.py", OLD), ("m/b.py", OLD)]).await;
    let number = scene.story.open("Count on", &[("m/a.py", Some(NEW)), ("m/b.py", Some(NEW))]).await;
    let merged = format!("# What the base added.\n\n{NEW}");
    let merge = scene.story.sim.test_merge(REPO, number, &[("m/a.py", Some(&merged)), ("m/b.py", Some(NEW))]);
    // Line 5 of the merge is an old one; line 7 is the last one of the head.
    scene.upload(&merge, "?name=old.sarif", &sarif("old", Some(("m/a.py", 5)))).await;
    assert!(scene.check(number).starts_with("success"), "{}", scene.check(number));
    scene.upload(&merge, "?name=new.sarif", &sarif("new", Some(("m/a.py", 7)))).await;
    assert!(scene.check(number).starts_with("failure"), "{}", scene.check(number));
    let comments = scene.story.sim.review_comments(REPO, number);
    assert_eq!(comments.len(), 1, "{comments:#?}");
    assert_eq!((&comments[0]["path"], &comments[0]["line"]), (&json!("m/a.py"), &json!(5)));
    scene.end().await;
}

#[tokio::test]
async fn the_project_is_compared_with_its_base() {
    let rules = "use('diff_coverage', { target = 'auto' })";
    let scene = Scene::begin(&[("dangerfile.lua", rules), ("m/a.py", OLD), ("m/b.py", OLD)]).await;
    let number = scene.story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    // 5 of 6 lines ran at the base, so that half of the added ones is too little, and another file has lost one.
    let base = scene.story.sim.push(REPO, "base-of-all", "mona", "Nothing", &[("c.txt", Some("c"))], "main");
    let base = scene.story.sim.parent(REPO, &base);
    let b = |hits: u32| lcov("m/b.py", &[(1, 1), (2, 1), (3, hits)]);
    scene.upload(&base, "", &format!("{}{}", lcov("m/a.py", &[(1, 1), (2, 1), (3, 0)]), b(1))).await;
    let head = scene.head(number);
    scene.upload(&head, "", &format!("{}{}", lcov("m/a.py", &[(1, 1), (2, 1), (3, 0), (4, 1), (5, 0)]), b(0))).await;
    insta::assert_snapshot!("coverage_below_base", scene.check(number));
    let summary = scene.story.sim.comments(REPO, number)[0]["body"].as_str().unwrap().to_owned();
    assert!(summary.contains("- The whole project: 62.5 %, and 83.3 % at the base."), "{summary}");
    assert!(
        summary.contains(
            "- Outside of the diff, 1 line of `m/b.py` ran at the base and does not run any more, from line 3 on."
        ),
        "{summary}"
    );
    scene.upload(&head, "", &format!("{}{}", lcov("m/a.py", &[(4, 1), (5, 2)]), b(1))).await;
    assert!(scene.check(number).starts_with("success"), "{}", scene.check(number));
    scene.end().await;
}

const KEPT: &str = "settings { report_artifacts = { 'coverage-*' } }\nuse('diff_coverage')";

/// A zip archive of these files.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    for (name, text) in files {
        let method = rawzip::CompressionMethod::DEFLATE;
        let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
        let mut writer = config.wrap(encoder);
        writer.write_all(text.as_bytes()).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    out
}

/// The app hears of workflows and may read their artifacts.
async fn begin_with_workflows(rules: &str) -> Story {
    let files = [("dangerfile.lua", rules), ("m/a.py", OLD)];
    let story = Story::begin_with_permissions(&[("actions", "read")], &files).await;
    let mut events = AppConfig::events();
    events.push("workflow_run".to_owned());
    story.sim.subscribe(APP_ID, &events.iter().map(String::as_str).collect::<Vec<_>>());
    story
}

fn first_line(story: &Story, number: u64) -> String {
    let check = &story.sim.checks(REPO, &story.sim.head(REPO, number).unwrap())[0];
    let state = check["conclusion"].as_str().or(check["status"].as_str()).unwrap_or_default();
    format!("{state}: {}", check["output"]["title"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn reports_that_a_workflow_kept_as_an_artifact_are_taken_out_of_it() {
    let story = begin_with_workflows(KEPT).await;
    let number = story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    assert!(first_line(&story, number).starts_with("in_progress: Waiting"), "{}", first_line(&story, number));
    let head = story.sim.head(REPO, number).unwrap();
    story.requests();
    let half = zip(&[("out/lcov.info", &lcov("m/a.py", &[(4, 1), (5, 0)])), ("README.md", "# Read me\n")]);
    story.sim.finish_workflow(REPO, &head, "mona", &[("coverage-unit", half), ("dist", zip(&[("a", "a")]))]);
    story.rest().await;
    assert!(first_line(&story, number).starts_with("failure: 1 problem"), "{}", first_line(&story, number));
    let log = story.requests();
    let asked = |part: &str| log.iter().filter(|entry| entry.path.contains(part)).count();
    assert_eq!((asked("/artifacts"), asked("/zip")), (2, 1), "the list, and only what is asked for");
    // The job runs again, and its report replaces the earlier one.
    let whole = zip(&[("out/lcov.info", &lcov("m/a.py", &[(4, 1), (5, 1)]))]);
    story.sim.finish_workflow(REPO, &head, "mona", &[("coverage-unit", whole)]);
    story.rest().await;
    assert!(first_line(&story, number).starts_with("success"), "{}", first_line(&story, number));
    story.end().await;
}

#[tokio::test]
async fn linters_reports_come_as_artifacts_too() {
    let rules = "settings { report_artifacts = { 'lint' } }\nuse('lint_report', { severity = 'fail' })";
    let story = begin_with_workflows(rules).await;
    let number = story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    assert!(first_line(&story, number).starts_with("in_progress: Waiting for a linter's report"));
    let head = story.sim.head(REPO, number).unwrap();
    let found = zip(&[("out/ruff.sarif", &sarif("ruff", Some(("m/a.py", 4))))]);
    story.sim.finish_workflow(REPO, &head, "mona", &[("lint", found)]);
    story.rest().await;
    assert!(first_line(&story, number).starts_with("failure: 1 problem"), "{}", first_line(&story, number));
    assert_eq!(story.sim.review_comments(REPO, number)[0]["line"], json!(4));
    let clean = zip(&[("out/ruff.sarif", &sarif("ruff", None))]);
    story.sim.finish_workflow(REPO, &head, "mona", &[("lint", clean)]);
    story.rest().await;
    assert!(first_line(&story, number).starts_with("success"), "{}", first_line(&story, number));
    story.end().await;
}

#[tokio::test]
async fn artifacts_that_cannot_be_had_change_nothing() {
    let story = begin_with_workflows(KEPT).await;
    let number = story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    let head = story.sim.head(REPO, number).unwrap();
    let before = first_line(&story, number);
    story.sim.set_deliver(false);
    let good = zip(&[("lcov.info", &lcov("m/a.py", &[(4, 1), (5, 1)]))]);
    story.sim.finish_workflow(REPO, &head, "mona", &[("coverage-old", good.clone())]);
    story.sim.expire_artifacts(REPO, "coverage-old");
    story.sim.set_deliver(true);
    let deliveries = story.sim.deliveries();
    assert!(story.sim.redeliver(&deliveries.last().unwrap().guid));
    let cut = good[..good.len() - 9].to_vec();
    story.sim.finish_workflow(REPO, &head, "mona", &[("coverage-cut", cut), ("coverage-none", zip(&[("a", "b")]))]);
    story.rest().await;
    assert_eq!(first_line(&story, number), before);
    // A workflow of another commit speaks of that commit.
    let main = story.sim.push(REPO, "main", "mona", "Elsewhere", &[("b.txt", Some("b\n"))], "");
    story.sim.finish_workflow(REPO, &main, "mona", &[("coverage-unit", good)]);
    story.rest().await;
    assert_eq!(first_line(&story, number), before);
    story.end().await;
}

#[tokio::test]
async fn where_no_artifact_is_asked_for_a_workflow_costs_nothing() {
    let story = begin_with_workflows(COVERED).await;
    let number = story.open("Count on", &[("m/a.py", Some(NEW))]).await;
    let head = story.sim.head(REPO, number).unwrap();
    story.requests();
    let good = zip(&[("lcov.info", &lcov("m/a.py", &[(4, 1), (5, 1)]))]);
    story.sim.finish_workflow(REPO, &head, "mona", &[("coverage-unit", good)]);
    story.rest().await;
    assert_eq!(story.requests().len(), 0);
    story.end().await;
}
