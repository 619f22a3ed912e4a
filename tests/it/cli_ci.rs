//! `deckhand ci` in the job of a workflow: annotations, summary, comments, and what a read-only token leaves of them.

use crate::cli::Said;
use crate::cli_github::{HELLO, NOISY, POLITE, RULES, World};
use crate::sim_bench::REPO;
use deckhand::sim::{Fault, FaultEffect};
use serde_json::{Value, json};

const SUMMARY: &str = "summary.md";

/// Permissions as docs/ci.md tells people to give them.
fn documented() -> Vec<(String, String)> {
    let page = include_str!("../../docs/ci.md");
    let yaml = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let block = yaml.split("\npermissions:\n").nth(1).unwrap();
    let lines = block.lines().take_while(|line| line.starts_with("  "));
    let pairs = lines.map(|line| line.trim().split_once(": ").unwrap());
    pairs.map(|(name, access)| (name.replace('-', "_"), access.to_owned())).collect()
}

/// A job that `event` of a pull request started.
struct Job<'a> {
    world: &'a World,
    event: &'static str,
    token: String,
    file: Value,
}

impl<'a> Job<'a> {
    fn new(world: &'a World, event: &'static str, number: u64) -> Job<'a> {
        let documented = documented();
        let permissions: Vec<(&str, &str)> =
            documented.iter().map(|(name, access)| (name.as_str(), access.as_str())).collect();
        let token = world.sim.actions_token(REPO, number, event, &permissions);
        Job { world, event, token, file: world.sim.event_file(REPO, number) }
    }

    async fn run(&self, arguments: &[&str]) -> Said {
        let event = self.world.dir.path().join("event.json");
        std::fs::write(&event, self.file.to_string()).unwrap();
        let summary = self.world.dir.path().join(SUMMARY);
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", self.event),
            ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
            ("GITHUB_REPOSITORY", REPO),
            ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
            ("GITHUB_TOKEN", &self.token),
        ];
        let set: Vec<(&str, &str)> = variables.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        self.world.run(&[&["ci"], arguments].concat(), &set).await
    }

    fn summary(&self) -> String {
        std::fs::read_to_string(self.world.dir.path().join(SUMMARY)).unwrap_or_default()
    }
}

async fn begin() -> World {
    World::begin(&[("dangerfile.lua", RULES), HELLO]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_annotates_summarises_and_comments() {
    let world = begin().await;
    let number = world.open(&[NOISY]);
    let job = Job::new(&world, "pull_request", number);
    let said = job.run(&[]).await;
    assert_eq!((said.status, said.err.as_str()), (1, ""), "{}", said.out);
    let expected = "\
::warning title=no-print::Say why in the description.
::error title=no-print,file=src/hello.py,line=5,endLine=5::Leftover print
1 problem, 1 warning - the check would fail
";
    assert_eq!(said.out, expected);
    insta::assert_snapshot!("ci_summary", job.summary());
    insta::assert_snapshot!("ci_page", world.page(number));
    assert_eq!(
        world.writes(),
        ["POST issues/comments 201", "POST pulls/reviews 200"],
        "no status: the job is the check"
    );

    world.sim.reset_log();
    assert_eq!(job.run(&[]).await.status, 1);
    assert_eq!(world.writes(), [""; 0], "nothing changed");

    world.sim.push(REPO, "topic", "mona", "Be quiet", &[POLITE], "");
    world.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
    let job = Job::new(&world, "pull_request", number);
    let said = job.run(&[]).await;
    assert_eq!((said.status, said.out.as_str(), said.err.as_str()), (0, "no findings - the check would pass\n", ""));
    assert!(world.sim.review_comments(REPO, number).is_empty());
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_runs_again_after_the_merge_writes_nothing() {
    let world = begin().await;
    let number = world.open(&[NOISY]);
    let job = Job::new(&world, "pull_request", number);
    world.sim.close(REPO, number, "mona");
    let said = job.run(&[]).await;
    assert_eq!((said.status, said.err.as_str()), (1, ""), "{}", said.out);
    assert!(said.out.contains("octo/hello#1 is closed: nothing is written on it."), "{}", said.out);
    assert_eq!(world.writes(), [""; 0]);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forks_read_only_token_leaves_annotations_summary_and_status() {
    let world = begin().await;
    let number = world.open_from_fork(&[NOISY]);
    let job = Job::new(&world, "pull_request", number);
    let said = job.run(&[]).await;
    assert_eq!((said.status, said.err.as_str()), (1, ""), "{}", said.out);
    assert!(said.out.contains("::error title=no-print,file=src/hello.py,line=5,endLine=5::Leftover print\n"));
    let notice = said.out.lines().last().unwrap();
    let told = "::notice title=deckhand::No comments: this workflow's token may only read, as is usual for a fork. ";
    assert!(notice.starts_with(told), "{notice}");
    assert!(job.summary().contains("Leftover print"), "{}", job.summary());
    assert!(world.sim.review_comments(REPO, number).is_empty() && world.sim.comments(REPO, number).is_empty());

    // A token of the base's own that was given too little.
    let few = [("contents", "read"), ("pull_requests", "read")];
    let mut poor = Job::new(&world, "pull_request_target", number);
    poor.token = world.sim.actions_token(REPO, number, "pull_request_target", &few);
    poor.file["pull_request"]["head"]["repo"] = poor.file["repository"].clone();
    let said = poor.run(&[]).await;
    assert!(said.status == 1 && said.out.contains("give the job `permissions: pull-requests: write`"), "{}", said.out);

    // The same with a token of the base.
    let said = Job::new(&world, "pull_request_target", number).run(&[]).await;
    assert_eq!(said.status, 1);
    assert!(!said.out.contains("No comments"), "{}", said.out);
    assert_eq!(world.sim.review_comments(REPO, number).len(), 1);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_writes_no_comments() {
    let world = begin().await;
    let number = world.open(&[NOISY]);
    let said = Job::new(&world, "pull_request", number).run(&["--dry-run"]).await;
    assert_eq!(said.status, 1, "{}", said.err);
    let told = "::notice title=deckhand::Dry run: without it this would be written: a review of ";
    assert!(said.out.contains(told) && said.out.ends_with(", a summary comment.\n"), "{}", said.out);
    assert_eq!(world.writes(), [""; 0]);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_text_gives_the_runner_no_command() {
    let hostile = "x\n::add-mask::y\n  ::stop-commands::z\r::set-output name=a::b\n##[add-path]c";
    let rules = "print(danger.github.pr.title)
      for _, file in danger.git.created_files do
        warn(danger.github.pr.title .. ' ' .. danger.git.added_lines()[1].text, { file = file, line = 1 })
      end
      markdown(danger.github.pr.body)
      error(danger.github.pr.body)";
    let world = World::begin(&[("dangerfile.lua", rules), HELLO]).await;
    world.sim.push(
        REPO,
        "topic",
        "mona",
        "x",
        &[("::error::,\u{2028}%0A##[debug].py", Some("::warning::x\n"))],
        "main",
    );
    let number = world.sim.open_pull(REPO, hostile, hostile, "topic", "main", "mona", false);
    let job = Job::new(&world, "pull_request", number);
    for format in ["github", "text", "json", "markdown", "sarif"] {
        let said = job.run(&["--format", format, "-v"]).await;
        assert_eq!(said.status, 1, "{format}: {}", said.err);
        let all = format!("{}\n{}", said.out, said.err);
        for line in all.split(['\n', '\r']).map(str::trim_start) {
            let own = ["::notice title=", "::warning title=", "::error title="].iter().any(|own| line.starts_with(own));
            assert!(own || !line.starts_with("::"), "{format}: {line}");
            assert!(own || !line.contains("##["), "{format}: {line}");
        }
        if matches!(format, "json" | "sarif") {
            let _: Value = serde_json::from_str(&said.out).unwrap();
        }
    }
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verdict_belongs_to_the_commit_that_started_the_job() {
    let world = begin().await;
    let number = world.open(&[NOISY]);
    let job = Job::new(&world, "pull_request", number);
    // Somebody who reviews starts one, too.
    let mut reviewed = Job::new(&world, "pull_request", number);
    reviewed.event = "pull_request_review";
    assert_eq!(reviewed.run(&["--dry-run"]).await.status, 1);
    world.sim.push(REPO, "topic", "mona", "Be quiet", &[POLITE], "");
    let said = job.run(&[]).await;
    assert_eq!((said.status, said.err.as_str()), (1, ""), "the bad commit stays bad");
    assert!(said.out.contains("::error title=no-print,file=src/hello.py,line=5"), "{}", said.out);
    assert!(said.out.contains("::notice title=deckhand::octo/hello#1 has a newer head, "), "{}", said.out);
    assert_eq!(world.writes(), [""; 0], "comments are the newer head's");
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_do_not_load_are_judged_as_a_server_does() {
    let world = begin().await;
    let broken = format!("{RULES}foo(\n");
    let brings = world.open(&[POLITE, ("dangerfile.lua", Some(&broken))]);
    let said = Job::new(&world, "pull_request", brings).run(&["--dry-run"]).await;
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains("The rules that this pull request brings do not load"), "{}", said.out);

    // On the base the last ones that load judge, so that it can be mended.
    world.sim.push(REPO, "main", "mona", "Slip", &[("dangerfile.lua", Some(&broken))], "");
    world.sim.push(REPO, "mends", "mona", "Mend", &[("dangerfile.lua", Some(RULES))], "main");
    let mends = world.sim.open_pull(REPO, "Mend", "Loads again.", "mends", "main", "mona", false);
    let said = Job::new(&world, "pull_request", mends).run(&["--dry-run"]).await;
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_dangerfile_passes_and_a_missing_one_does_not() {
    let world = World::begin(&[HELLO]).await;
    let number = world.open(&[NOISY, (".github/dangerfile.lua", Some(RULES))]);
    let said = Job::new(&world, "pull_request", number).run(&[]).await;
    let told =
        "::notice title=deckhand::octo/hello#1 brings the first dangerfile. It judges from its merge into `main` on.\n";
    assert_eq!((said.status, said.out.as_str(), said.err.as_str()), (0, told, ""));
    let job = Job::new(&world, "pull_request", number);
    assert!(job.summary().contains("octo/hello#1 brings the first dangerfile."), "{}", job.summary());
    for (format, part) in
        [("sarif", "\"results\": []"), ("json", "\"conclusion\": \"success\""), ("text", "no findings")]
    {
        let said = job.run(&["--format", format]).await;
        assert_eq!(said.status, 0, "{}", said.err);
        assert!(said.out.contains(part), "{format}: {}", said.out);
        assert!(said.err.contains("octo/hello#1 brings the first dangerfile."), "{format}: {}", said.err);
        if format != "text" {
            let report: Value = serde_json::from_str(&said.out).unwrap();
            let commits = if format == "json" { &report } else { &report["runs"][0]["properties"] };
            assert_eq!(commits["head"], world.sim.head(REPO, number).unwrap().as_str(), "{format}");
        }
    }
    assert!(job.run(&["--format", "markdown"]).await.out.starts_with("### "));
    world.sim.push(REPO, "other", "mona", "x", &[POLITE], "main");
    let number = world.sim.open_pull(REPO, "Other", "", "other", "main", "mona", false);
    let said = Job::new(&world, "pull_request", number).run(&[]).await;
    assert_eq!(said.status, 2);
    assert!(said.out.starts_with("::error title=deckhand::octo/hello#2: `main` has no dangerfile to judge by"));
    assert!(said.err.starts_with("error: octo/hello#2: `main` has no dangerfile"), "{}", said.err);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_look_says_what_to_change() {
    let world = begin().await;
    let number = world.open(&[NOISY]);
    let good = || Job::new(&world, "pull_request", number);
    let without = |name: &str| {
        let mut job = good();
        job.file.as_object_mut().unwrap().remove(name);
        job
    };
    let elsewhere = || {
        let mut job = good();
        job.file["repository"]["full_name"] = json!("octo/other");
        job
    };
    let only = |permissions: &[(&str, &str)]| {
        let token = world.sim.actions_token(REPO, number, "pull_request", permissions);
        Job { token, ..good() }
    };
    let cases: [(Job<'_>, &[&str]); 6] = [
        (
            Job { event: "push", ..good() },
            &["started by `push`", "take `push` out of the workflow's `on:`", "`on: pull_request`"],
        ),
        (Job { event: "merge_group", ..good() }, &["started by `merge_group`", "Use the GitHub App"]),
        (Job { token: String::new(), ..good() }, &["no token for GitHub", "env: GITHUB_TOKEN: ${{ github.token }}"]),
        (without("pull_request"), &["event.json (GITHUB_EVENT_PATH) cannot be used: missing field `pull_request`"]),
        (elsewhere(), &["the event is about octo/other, and GITHUB_REPOSITORY is \"octo/hello\""]),
        (only(&[("contents", "read")]), &["refuses the token in GITHUB_TOKEN", "`pull-requests: write`"]),
    ];
    for (job, parts) in cases {
        let said = job.run(&[]).await;
        assert_eq!(said.status, 2, "{parts:?}: {} {}", said.out, said.err);
        assert!(parts.iter().all(|part| said.err.contains(part)), "{parts:?}: {}", said.err);
        // A step that a condition skips leaves the job green.
        assert!(!said.err.contains("github.event_name"), "{}", said.err);
        assert!(said.out.starts_with("::error title=deckhand::") && said.out.lines().count() == 1, "{}", said.out);
    }
    let said = world.run(&["ci"], &[]).await;
    assert_eq!((said.status, said.out.as_str()), (2, ""), "no runner reads it");
    assert!(
        said.err.contains("GITHUB_EVENT_PATH is not set: on your own machine use `deckhand local`"),
        "{}",
        said.err
    );
    world.sim.inject(Fault::next("POST", "/graphql", FaultEffect::DropBefore).times(3));
    let said = good().run(&[]).await;
    assert_eq!(said.status, 3, "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_keeps_what_is_there_and_githubs_limit() {
    let world = begin().await;
    let number = world.open(&[NOISY]);
    let job = Job::new(&world, "pull_request", number);
    let file = world.dir.path().join(SUMMARY);
    std::fs::write(&file, "# Tests\n").unwrap();
    job.run(&[]).await;
    assert!(job.summary().starts_with("# Tests\n\n### "), "{}", job.summary());
    std::fs::write(&file, "x".repeat((1 << 20) - 50)).unwrap();
    let said = job.run(&[]).await;
    assert_eq!(said.status, 1, "{}", said.err);
    assert!(said.out.contains("::notice title=deckhand::The job summary is full"), "{}", said.out);
    assert_eq!(job.summary().len(), (1 << 20) - 50);
    world.end();
}
