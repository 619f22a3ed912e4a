//! Pages and the API: closed without a token, escaped with one; health.

use crate::server_bench::{Bench, Request, TOKEN};
use deckhand::model::{
    CommitId, Conclusion, Finding, Fingerprint, InstallationId, PullNumber, RepoName, RepositoryId, Settings, Severity,
    Timestamp, Verdict,
};
use deckhand::store::{RunId, RunRecord};
use deckhand::webhook::{Cause, JobSpec, Work};

pub(crate) async fn save_run(bench: &Bench) -> RunId {
    let head = CommitId::new(&"a".repeat(40)).unwrap();
    let verdict = Verdict {
        conclusion: Conclusion::Failure,
        head: head.clone(),
        base: CommitId::new(&"b".repeat(40)).unwrap(),
        findings: vec![Finding {
            rule: "changelog".to_owned(),
            severity: Severity::Fail,
            blocking: true,
            message: "<script>alert(1)</script>".to_owned(),
            place: None,
            suggestion: None,
            fix: Default::default(),
            hide_source: false,
            overridden: None,
            fingerprint: Fingerprint("00".to_owned()),
        }],
        faults: Vec::new(),
        effects: Vec::new(),
        rules: Vec::new(),
        settings: Settings::default(),
        log: Vec::new(),
        preview: None,
        preview_waits: false,
        notes: Vec::new(),
    };
    let id = RunId::from_random([7; 16]);
    let run = RunRecord {
        id: id.clone(),
        repository: RepositoryId(5),
        name: RepoName::new("octo", "hello").unwrap(),
        number: PullNumber(7),
        base: "main".to_owned(),
        head,
        verdict: serde_json::to_string(&verdict).unwrap(),
        snapshot: "{}".to_owned(),
        created_at: Timestamp(0),
        wakes: Vec::new(),
    };
    bench.server.store().save_run(&run, run.created_at).await.unwrap();
    id
}

#[tokio::test]
async fn a_run_is_shown_to_the_bearer_of_the_token_only() {
    let bench = Bench::start().await;
    let id = save_run(&bench).await;
    let (page, api) = (format!("/runs/{id}"), format!("/api/v1/runs/{id}"));
    for path in [&page, &api, "/metrics", "/"] {
        let answer = bench.send(Request::get(path)).await;
        assert_eq!(answer.status, 401, "{path}");
        assert!(!answer.body.contains("changelog"), "{path}");
        let wrong = Request::get(path).with("authorization", "Bearer canary").with("x-forwarded-for", "127.0.0.1");
        assert_eq!(bench.send(wrong).await.status, 401, "{path}");
    }
    let shown = bench.send(Request::get(&page).with_token()).await;
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("octo/hello #7") && shown.body.contains("&lt;script&gt;"), "{}", shown.body);
    assert!(shown.head.contains("default-src 'none'") && shown.head.contains("no-store"), "{}", shown.head);
    let json = bench.send(Request::get(&api).with_token()).await;
    let json: serde_json::Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!((json["version"].as_u64(), json["conclusion"].as_str()), (Some(1), Some("failure")));
    for odd in ["/runs/0", "/runs/..%2f..%2fetc", &format!("/runs/{}", "0".repeat(32)), "/nothing"] {
        assert_eq!(bench.send(Request::get(odd).with_token()).await.status, 404, "{odd}");
    }
    bench.server.shutdown().await;
}

#[tokio::test]
async fn a_token_in_a_link_or_form_becomes_a_cookie() {
    let bench = Bench::start().await;
    let page = format!("/runs/{}", save_run(&bench).await);
    let link = bench.send(Request::get(&format!("{page}?token={TOKEN}"))).await;
    let form = |body: String| {
        Request::post("/login", body.as_bytes()).with("content-type", "application/x-www-form-urlencoded")
    };
    let posted = bench.send(form(format!("token={TOKEN}&to={page}"))).await;
    for answer in [link, posted] {
        assert_eq!(answer.status, 303);
        assert!(answer.head.contains(&format!("location: {page}\r\n")), "{}", answer.head);
        assert!(!answer.head.contains("canary"), "{}", answer.head);
        let cookie = answer.head.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned();
        assert_eq!(bench.send(Request::get(&page).with("cookie", &cookie)).await.status, 200);
    }
    assert_eq!(bench.send(Request::get(&format!("{page}?token=wrong"))).await.status, 401);
    assert_eq!(bench.send(form(format!("token={TOKEN}&to=//evil.example/"))).await.status, 404);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn the_dashboard_leads_to_the_newest_runs_and_shows_what_was_given_up() {
    let bench = Bench::start().await;
    let empty = bench.send(Request::get("/").with_token()).await;
    assert!(empty.body.contains("None yet.") && !empty.body.contains("<h2>Given up"), "{}", empty.body);
    let page = format!("/runs/{}", save_run(&bench).await);
    let store = bench.server.store();
    let spec = JobSpec {
        installation: InstallationId(3),
        repository: RepositoryId(5),
        name: RepoName::new("octo", "hello").unwrap(),
        work: Work::ReviewPull { number: PullNumber(8), cause: Cause::Opened, changed_at: None },
    };
    store.enqueue_later(&spec, Timestamp(i64::MAX / 2), Timestamp(0)).await.unwrap();
    store.park_jobs(InstallationId(3), "<b>suspended</b>", Timestamp(0)).await.unwrap();
    let shown = bench.send(Request::get("/").with_token()).await;
    assert_eq!(shown.status, 200);
    let link = format!("<a href=\"{page}\">octo/hello #7 at aaaaaaa</a></td><td class=\"failure\">failure</td>");
    for expected in [&link, "1 given up", "octo/hello <code>5/pull/8</code>", "&lt;b&gt;suspended&lt;/b&gt;"] {
        assert!(shown.body.contains(expected), "{expected}: {}", shown.body);
    }
    let login = Request::post("/login", format!("token={TOKEN}&to=/").as_bytes())
        .with("content-type", "application/x-www-form-urlencoded");
    let posted = bench.send(login).await;
    assert!(posted.status == 303 && posted.head.contains("location: /\r\n"), "{}", posted.head);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn pages_below_a_path_stay_there() {
    let bench = Bench::start_with(&[("DECKHAND_PUBLIC_URL", "https://example.org/robots/")]).await;
    let page = format!("/runs/{}", save_run(&bench).await);
    let asked = bench.send(Request::get(&page)).await;
    assert!(asked.body.contains("action=\"/robots/login\""), "{}", asked.body);
    assert!(asked.body.contains(&format!("value=\"{page}\"")), "what it leads to is ours, wherever we are");
    let link = bench.send(Request::get(&format!("{page}?token={TOKEN}"))).await;
    assert!(link.head.contains(&format!("location: /robots{page}\r\n")), "{}", link.head);
    assert!(link.head.contains("; path=/robots/; httponly; samesite=lax; secure"), "{}", link.head);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn without_a_token_the_pages_do_not_exist() {
    let bench = Bench::start_with(&[("DECKHAND_ADMIN_TOKEN", "")]).await;
    let id = save_run(&bench).await;
    let run = format!("/runs/{id}");
    let odd = [format!("{run}?token="), format!("{run}?token=a&token=b"), "/runs/%ff".into()];
    let api = [format!("/api/v1/runs/{id}"), "/api/v1/jobs?state=a&state=b".into(), "/metrics".into(), "/".into()];
    for path in [run].into_iter().chain(odd).chain(api) {
        assert_eq!(bench.send(Request::get(&path)).await.status, 404, "{path}");
        assert_eq!(bench.send(Request::get(&path).with("authorization", "Bearer ")).await.status, 404, "{path}");
    }
    assert_eq!(bench.send(Request::get("/healthz")).await.status, 200);
    assert_eq!(bench.send(Request::get("/readyz")).await.status, 200);
    bench.server.shutdown().await;
}
