//! The way in for reports: who may send one, what is taken, and what is said of what is not.

use crate::issuer::{Issuer, SECOND_KEY, sign_as};
use crate::server_bench::{Answer, Bench, KEY, Request, TOKEN, pull_request};
use deckhand::model::{CommitId, RepositoryId};
use deckhand::store::{KeptReport, ReportKind, Retention};
use serde_json::{Value, json};
use std::time::Duration;

const LCOV: &str = "SF:src/a.py\nDA:1,1\nDA:2,0\nend_of_record\nSF:src/b.py\nDA:1,1\nend_of_record\n";

fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn path(query: &str) -> String {
    format!("/api/v1/repos/octo/hello/commits/{}/coverage{query}", sha('a'))
}

/// A server that knows `octo/hello` (5), and an issuer that it trusts.
async fn bench() -> (Bench, Issuer) {
    let issuer = Issuer::start().await;
    let bench = Bench::start_with(&[("DECKHAND_OIDC_ISSUER", &issuer.url)]).await;
    bench.send(Request::delivery("g1", "pull_request", &pull_request("opened", 7))).await;
    bench.server.idle().await.unwrap();
    (bench, issuer)
}

async fn upload(bench: &Bench, query: &str, body: &[u8]) -> Answer {
    bench.send(Request::post(&path(query), body).with_token()).await
}

async fn upload_as(bench: &Bench, token: &str) -> Answer {
    let request = Request::post(&path(""), LCOV.as_bytes());
    bench.send(request.with("authorization", &format!("Bearer {token}"))).await
}

fn words(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("no JSON: {}", answer.body));
    format!("{} {}", answer.status, body["error"].as_str().unwrap_or_default())
}

fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, 202, "{}", answer.body);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    body["id"].as_str().unwrap().to_owned()
}

async fn kept(bench: &Bench, kind: ReportKind) -> Vec<KeptReport> {
    let commit = CommitId::new(&sha('a')).unwrap();
    bench.server.store().find_reports(RepositoryId(5), &commit, kind).await.unwrap()
}

#[tokio::test]
async fn a_report_is_kept_and_its_commit_is_looked_at() {
    let (bench, _issuer) = bench().await;
    let answer = upload(&bench, "?name=lcov.info", LCOV.as_bytes()).await;
    let first = id(&answer);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body, json!({ "id": first, "files": 2, "lines": 3 }));
    bench.server.idle().await.unwrap();
    let done = bench.handler.done.lock().unwrap().clone();
    assert!(done.contains(&(format!("5/upload/{}", sha('a')), 1)), "{done:?}");
    // The very same again is the same one; another one adds up.
    assert_eq!(id(&upload(&bench, "", LCOV.as_bytes()).await), first);
    let second = id(&upload(&bench, "", b"mode: set\nexample.com/m/a.go:1.1,2.2 1 1\n").await);
    // With a flag, the later one replaces the earlier one.
    let unit = id(&upload(&bench, "?flag=unit", LCOV.as_bytes()).await);
    let unit_again = id(&upload(&bench, "?flag=unit", b"SF:src/a.py\nDA:1,7\nend_of_record\n").await);
    assert_ne!(unit, unit_again);
    let all = kept(&bench, ReportKind::Coverage).await;
    let mut ids: Vec<&str> = all.iter().map(|it| it.id.as_str()).collect();
    ids.sort_unstable();
    let mut expected = [first.as_str(), second.as_str(), unit_again.as_str()];
    expected.sort_unstable();
    assert_eq!(ids, expected);
    let bytes = bench.server.store().load_report(&all.iter().find(|it| it.id.as_str() == first).unwrap().id).await;
    assert_eq!(bytes.unwrap().unwrap(), LCOV.as_bytes());
    assert_eq!(kept(&bench, ReportKind::Lint).await, []);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn reports_of_linters_take_the_same_way() {
    let (bench, _issuer) = bench().await;
    let report = r#"<checkstyle><file name="src/a.py"><error line="3" severity="error" message="No" source="x.E1"/>
        <error line="3" severity="error" message="Neither" source="x.E2"/></file></checkstyle>"#;
    let answer = upload(&bench, "", report.as_bytes()).await;
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body, json!({ "id": id(&answer), "files": 1, "lines": 1, "results": 2 }));
    assert_eq!(kept(&bench, ReportKind::Lint).await[0].name, "checkstyle XML");
    assert_eq!(kept(&bench, ReportKind::Coverage).await, []);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f66_what_nobody_can_read_is_refused_with_the_reason() {
    let (bench, _issuer) = bench().await;
    let bomb = "<!DOCTYPE c [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><coverage>&b;</coverage>";
    let deep = format!("{}1{}", "{\"a\":".repeat(5000), "}".repeat(5000));
    let inputs: [(&str, &[u8]); 9] = [
        ("empty", b" \n"),
        ("text", b"hello\n"),
        ("page", b"<!doctype html><html></html>"),
        ("archive", b"PK\x03\x04\x00\x00"),
        ("cut", b"<coverage line-rate=\"1\"><packages><class filename=\"a\"><lines><line numb"),
        ("xml", b"<project><x/></project>"),
        ("json", b"{\"hello\": 1}"),
        ("bomb", bomb.as_bytes()),
        ("deep", deep.as_bytes()),
    ];
    let mut said = String::new();
    for (name, body) in inputs {
        said.push_str(&format!("{name}: {}\n", words(&upload(&bench, "", body).await)));
    }
    insta::assert_snapshot!("unreadable_reports", said);
    assert_eq!(kept(&bench, ReportKind::Coverage).await, []);
    let huge = Request::get(&path("")).with("content-length", "2147483648").with_token();
    let huge = Request { head: huge.head.replacen("GET", "POST", 1), ..huge };
    assert_eq!(
        words(&bench.send(huge).await),
        "413 the report is larger than 64 MB; leave out files that are not yours, or split it"
    );
    let long = Request::post(&path(""), &vec![b' '; (64 << 20) + 1]).with_token();
    let chunked = Request {
        head: long.head.replace(&format!("content-length: {}", (64 << 20) + 1), "transfer-encoding: chunked"),
        body: chunks(&long.body),
    };
    assert!(words(&bench.send(chunked).await).starts_with("413 "));
    bench.server.shutdown().await;
}

fn chunks(body: &[u8]) -> Vec<u8> {
    let mut out = format!("{:x}\r\n", body.len()).into_bytes();
    out.extend_from_slice(body);
    out.extend_from_slice(b"\r\n0\r\n\r\n");
    out
}

#[tokio::test]
async fn addresses_that_mean_nothing_are_refused() {
    let (bench, _issuer) = bench().await;
    let mut said = String::new();
    for path in [
        "/api/v1/repos/octo/hello/commits/main/coverage".to_owned(),
        format!("/api/v1/repos/octo/other/commits/{}/coverage", sha('a')),
        format!("/api/v1/repos/octo/..%2fx/commits/{}/coverage", sha('a')),
        path("?flag=a%0Ab"),
        path(&format!("?flag={}", "x".repeat(101))),
    ] {
        let answer = bench.send(Request::post(&path, LCOV.as_bytes()).with_token()).await;
        said.push_str(&format!("{}\n", words(&answer)));
    }
    said.push_str(&format!("{}\n", words(&bench.send(Request::post(&path(""), LCOV.as_bytes())).await)));
    insta::assert_snapshot!("addresses_of_no_report", said);
    // The page's cookie changes nothing here.
    let form = format!("token={TOKEN}&to=/runs/{}", "0".repeat(32));
    let login = Request::post("/login", form.as_bytes()).with("content-type", "application/x-www-form-urlencoded");
    let login = bench.send(login).await;
    let cookie = login
        .head
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let answer = bench.send(Request::post(&path(""), LCOV.as_bytes()).with("cookie", &cookie)).await;
    assert_eq!(answer.status, 401);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f65_a_workflow_sends_reports_of_its_own_repository_and_nothing_else() {
    let (bench, issuer) = bench().await;
    let now = bench.clock.wall()();
    let right = issuer.claims(bench.server.public_url(), &sha('a'), now);
    let with = |name: &str, value: Value| {
        let mut claims = right.clone();
        claims[name] = value;
        claims
    };
    assert_eq!(upload_as(&bench, &issuer.sign(&right)).await.status, 202);
    let also = with("aud", json!(["https://example.com", format!("{}/", bench.server.public_url())]));
    assert_eq!(upload_as(&bench, &issuer.sign(&also)).await.status, 202, "one of several audiences");
    let seconds = now.unix_seconds();
    let mut said = String::new();
    for (name, claims) in [
        ("audience", with("aud", json!("https://github.com/octo"))),
        ("issuer", with("iss", json!("https://token.actions.githubusercontent.com"))),
        ("expired", with("exp", json!(seconds - 61))),
        ("early", with("nbf", json!(seconds + 61))),
        ("repository", with("repository", json!("octo/other"))),
        ("id", with("repository_id", json!("6"))),
        ("no commit", with("sha", json!(null))),
    ] {
        said.push_str(&format!("{name}: {}\n", words(&upload_as(&bench, &issuer.sign(&claims)).await)));
    }
    let foreign = sign_as("first", SECOND_KEY, &right);
    let unlisted = sign_as("second", SECOND_KEY, &right);
    let none = unsigned(&right);
    let genuine = issuer.sign(&right);
    let (head, signature) = (genuine.split('.').next().unwrap(), genuine.rsplit('.').next().unwrap());
    let swapped = format!("{head}.{}.{signature}", genuine_payload(&with("sha", json!(sha('b')))));
    for (name, token) in [
        ("another key", foreign.as_str()),
        ("unlisted key", unlisted.as_str()),
        ("not signed", none.as_str()),
        ("signed with the public key", symmetric(&right).as_str()),
        ("other claims", swapped.as_str()),
        ("no token", "canary-toke"),
        ("long", &format!("{genuine}{}", "A".repeat(20_000))),
    ] {
        said.push_str(&format!("{name}: {}\n", words(&upload_as(&bench, token).await)));
    }
    let said = said.replace(&issuer.url, "http://issuer").replace(bench.server.public_url(), "http://deckhand");
    insta::assert_snapshot!("refused_workflows", said);
    assert_eq!(kept(&bench, ReportKind::Coverage).await.len(), 1);
    bench.server.shutdown().await;
}

fn genuine_payload(claims: &Value) -> String {
    let token = sign_as("first", KEY, claims);
    token.split('.').nth(1).unwrap().to_owned()
}

fn unsigned(claims: &Value) -> String {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.", encode(r#"{"alg":"none","kid":"first"}"#), encode(&claims.to_string()))
}

/// What a verifier that takes the algorithm from the token would believe.
fn symmetric(claims: &Value) -> String {
    let header = jsonwebtoken::Header { kid: Some("first".to_owned()), ..jsonwebtoken::Header::default() };
    let public = include_bytes!("../data/github/app-key.pub.pem");
    jsonwebtoken::encode(&header, claims, &jsonwebtoken::EncodingKey::from_secret(public)).unwrap()
}

#[tokio::test]
async fn keys_of_the_issuer_are_kept_and_follow_its_rotation() {
    let (bench, issuer) = bench().await;
    let token = || issuer.sign(&issuer.claims(bench.server.public_url(), &sha('a'), bench.clock.wall()()));
    assert_eq!(upload_as(&bench, &token()).await.status, 202);
    assert_eq!(upload_as(&bench, &token()).await.status, 202);
    assert_eq!(issuer.asked(), 1, "the keys are kept");
    issuer.set_keys(&[("second", SECOND_KEY), ("first", KEY)]);
    assert_eq!(upload_as(&bench, &token()).await.status, 401, "it was asked just now");
    bench.clock.advance(Duration::from_secs(11));
    assert_eq!(upload_as(&bench, &token()).await.status, 202);
    for _ in 0..3 {
        let strange =
            sign_as("strange", SECOND_KEY, &issuer.claims(bench.server.public_url(), &sha('a'), bench.clock.wall()()));
        assert_eq!(upload_as(&bench, &strange).await.status, 401);
    }
    assert_eq!(issuer.asked(), 2, "unknown keys make nobody ask all the time");
    issuer.set_there(false);
    bench.clock.advance(Duration::from_secs(2 * 3600));
    assert_eq!(upload_as(&bench, &token()).await.status, 202, "what is known is good for a day");
    assert_eq!(issuer.asked(), 3);
    bench.clock.advance(Duration::from_secs(24 * 3600));
    assert!(words(&upload_as(&bench, &token()).await).starts_with("503 the keys of http://127.0.0.1"));
    issuer.set_there(true);
    bench.clock.advance(Duration::from_secs(11));
    assert_eq!(upload_as(&bench, &token()).await.status, 202);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn without_an_admin_token_workflows_still_send_reports() {
    let issuer = Issuer::start().await;
    let bench = Bench::start_with(&[("DECKHAND_OIDC_ISSUER", &issuer.url), ("DECKHAND_ADMIN_TOKEN", "")]).await;
    bench.send(Request::delivery("g1", "pull_request", &pull_request("opened", 7))).await;
    let claims = issuer.claims(bench.server.public_url(), &sha('a'), bench.clock.wall()());
    assert_eq!(upload_as(&bench, &issuer.sign(&claims)).await.status, 202);
    assert_eq!(upload_as(&bench, "").await.status, 401);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn a_commit_has_no_end_of_reports_and_old_ones_are_forgotten() {
    let (bench, _issuer) = bench().await;
    for n in 1..=100 {
        let report = format!("SF:src/a.py\nDA:{n},1\nend_of_record\n");
        assert_eq!(upload(&bench, "", report.as_bytes()).await.status, 202, "{n}");
    }
    let answer = upload(&bench, "", LCOV.as_bytes()).await;
    assert!(words(&answer).starts_with("409 aaaaaaa has 100 reports already"), "{}", answer.body);
    let store = bench.server.store();
    store.forget_old(&Retention::default(), bench.clock.wall()()).await.unwrap();
    assert_eq!(kept(&bench, ReportKind::Coverage).await.len(), 100);
    bench.clock.advance(Duration::from_secs(31 * 24 * 3600));
    store.forget_old(&Retention::default(), bench.clock.wall()()).await.unwrap();
    assert_eq!(kept(&bench, ReportKind::Coverage).await, []);
    bench.server.shutdown().await;
}
