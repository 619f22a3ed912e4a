//! `deckhand coverage upload` as a process, against a server in this one.

use crate::cli::{Place, Said};
use crate::issuer::{Issuer, REQUEST_TOKEN};
use crate::server_bench::{Bench, Request, TOKEN, pull_request};
use deckhand::model::{CommitId, RepositoryId};
use deckhand::store::ReportKind;

const LCOV: &str = "SF:app.py\nDA:1,1\nDA:2,0\nend_of_record\n";
const IN_ACTIONS: [&str; 8] = [
    "GITHUB_ACTIONS",
    "GITHUB_REPOSITORY",
    "GITHUB_SHA",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "DECKHAND_ADMIN_TOKEN",
    "DECKHAND_PUBLIC_URL",
    "NO_COLOR",
];

struct Scene {
    bench: Bench,
    issuer: Issuer,
    place: Place,
    head: String,
}

impl Scene {
    async fn begin() -> Scene {
        let issuer = Issuer::start().await;
        let bench = Bench::start_with(&[("DECKHAND_OIDC_ISSUER", &issuer.url)]).await;
        bench.send(Request::delivery("g1", "pull_request", &pull_request("opened", 7))).await;
        let place = Place::repository();
        place.write("out/lcov.info", LCOV);
        let head = place.git(&["rev-parse", "HEAD"]);
        Scene { bench, issuer, place, head }
    }

    fn url(&self) -> &str {
        self.bench.server.public_url()
    }

    /// What a job of GitHub Actions finds in its environment.
    fn job(&self) -> Vec<(&str, String)> {
        self.issuer.set_claims(self.issuer.claims("", &self.head, self.bench.clock.wall()()));
        vec![
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_REPOSITORY", "octo/hello".to_owned()),
            ("GITHUB_SHA", "f".repeat(40)),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{}/token?api-version=2.0", self.issuer.url)),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN.to_owned()),
        ]
    }

    fn run(&self, environment: &[(&str, String)], arguments: &[&str]) -> Said {
        let mut command = self.place.command(env!("CARGO_BIN_EXE_deckhand"));
        for name in IN_ACTIONS {
            command.env_remove(name);
        }
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let output = command.args(["coverage", "upload"]).args(arguments).output().unwrap();
        Said {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    async fn kept(&self) -> Vec<String> {
        let commit = CommitId::new(&self.head).unwrap();
        let store = self.bench.server.store();
        let reports = store.find_reports(RepositoryId(5), &commit, ReportKind::Coverage).await.unwrap();
        reports.iter().map(|it| format!("{} {}", it.name, it.flag.as_deref().unwrap_or("-"))).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_needs_nothing_but_the_address_of_the_server() {
    let scene = Scene::begin().await;
    let said = scene.run(&scene.job(), &["out/lcov.info", "--server", scene.url(), "--flag", "unit tests"]);
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{}", said.out);
    let id = said.out.trim_end().rsplit(' ').next().unwrap();
    assert_eq!(said.out, format!("out/lcov.info: 1 file, 2 lines; sent as {id}\n"));
    assert_eq!(scene.kept().await, ["lcov.info unit tests"], "for the commit that is checked out");
    scene.bench.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn elsewhere_the_admin_token_opens_the_door() {
    let scene = Scene::begin().await;
    scene.place.write("out/more.info", "SF:app.py\nDA:1,1\nend_of_record\n");
    let environment = [
        ("DECKHAND_ADMIN_TOKEN", TOKEN.to_owned()),
        ("DECKHAND_PUBLIC_URL", format!("{}/", scene.url())),
        ("GITHUB_REPOSITORY", "octo/hello".to_owned()),
    ];
    let said = scene.run(&environment, &["out/lcov.info", "out/more.info", "--format", "json"]);
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{}", said.out);
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((answer["version"].as_u64(), answer["commit"].as_str()), (Some(1), Some(scene.head.as_str())));
    assert_eq!(answer["reports"][1]["lines"], 1);
    let mut kept = scene.kept().await;
    kept.sort();
    assert_eq!(kept, ["lcov.info -", "more.info -"]);
    scene.bench.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_work_is_said_with_what_to_do() {
    let scene = Scene::begin().await;
    scene.place.write("out/empty.info", "");
    let job = scene.job();
    let without = |name: &str| job.iter().filter(|(it, _)| *it != name).cloned().collect::<Vec<_>>();
    let admin = [("DECKHAND_ADMIN_TOKEN", "canary-wrong".to_owned()), ("GITHUB_REPOSITORY", "octo/hello".to_owned())];
    let (url, other) = (scene.url(), "0123456789012345678901234567890123456789");
    let mut told = String::new();
    for (environment, arguments) in [
        (job.clone(), &["--server", url][..]),
        (job.clone(), &["out/none.info", "--server", url]),
        (job.clone(), &["out/empty.info", "--server", url]),
        (job.clone(), &["out/lcov.info"]),
        (job.clone(), &["out/lcov.info", "--server", "deckhand.example.com"]),
        (job.clone(), &["out/lcov.info", "--server", url, "--commit", "main"]),
        (job.clone(), &["out/lcov.info", "--server", url, "--repository", "octo/other"]),
        (without("GITHUB_REPOSITORY"), &["out/lcov.info", "--server", url]),
        (without("ACTIONS_ID_TOKEN_REQUEST_URL"), &["out/lcov.info", "--server", url]),
        (admin[1..].to_vec(), &["out/lcov.info", "--server", url]),
        (admin.to_vec(), &["out/lcov.info", "--server", url]),
        (job.clone(), &["out/lcov.info", "--server", "http://127.0.0.1:9"]),
        (job.clone(), &["out/lcov.info", "--server", &scene.issuer.url]),
        (job.clone(), &["out/lcov.info", "--server", url, "--commit", other]),
    ] {
        let said = scene.run(&environment, arguments);
        assert_eq!(said.out, "", "{arguments:?}");
        assert!(!said.err.contains("canary") && !said.err.contains("eyJ"), "{}", said.err);
        told.push_str(&format!("{} {}", said.status, said.err));
    }
    let told = told.replace(scene.url(), "http://deckhand").replace(&scene.issuer.url, "http://issuer");
    insta::assert_snapshot!("upload_refused", told);
    assert_eq!(scene.kept().await, [""; 0]);
    scene.bench.server.shutdown().await;
}
