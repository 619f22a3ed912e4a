//! `deckhand replay` and `deckhand backtest` on the database of a server that still runs.

use crate::cli::{Place, Said};
use crate::server_bench::Request;
use crate::sim_bench::Story;
use deckhand::lua::Clock;
use deckhand::model::{RuleState, Snapshot, Verdict};
use deckhand::review::{Outcome, run};
use deckhand::store::{Archive, RunId};

const RULES: &str = "rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then fail('Leftover print', { file = line.file, line = line.number }) end
  end
end)
print('seen')
";
const NOISY: (&str, Option<&str>) = ("src/hello.py", Some("print('called')\n"));
const QUIET: (&str, Option<&str>) = ("src/other.py", Some("x = 1\n"));

/// Runs every stored run again: by the rules and facts of then, the same verdict comes out, but for the time it took. A
/// verdict that the server gave in the place of rules is left out.
pub(crate) async fn hold_replayable(url: &str) {
    let archive = Archive::open(url).await.unwrap();
    for id in archive.find_newest(None, 1000).await.unwrap() {
        let stored = archive.load_run(&id).await.unwrap().unwrap();
        let mut verdict: Verdict = serde_json::from_str(&stored.verdict).unwrap();
        if is_the_servers_own(&verdict) {
            continue;
        }
        let snapshot: Snapshot = serde_json::from_str(&stored.snapshot).unwrap();
        verdict.rules.iter_mut().for_each(|rule| rule.millis = 0);
        assert_eq!(run(&snapshot, &Clock::frozen()), Outcome::Done(Box::new(verdict)), "{id}");
    }
    archive.close().await;
}

fn is_the_servers_own(verdict: &Verdict) -> bool {
    let [rule] = &verdict.rules[..] else { return false };
    let [fault] = &verdict.faults[..] else { return false };
    rule.state == RuleState::Faulted && rule.steps == 0 && fault.path.is_none()
}

struct Database {
    story: Story,
    place: Place,
    /// Newest first.
    runs: Vec<RunId>,
}

impl Database {
    /// A server that judged two pull requests: one that is blocked, then one that passes.
    async fn begin() -> Database {
        let story = Story::begin(&[("dangerfile.lua", RULES)]).await;
        story.open("Say what happens", &[NOISY]).await;
        story.sim.advance(std::time::Duration::from_secs(60));
        story.open("Be quiet", &[QUIET]).await;
        let archive = Archive::open(&story.database_url()).await.unwrap();
        let runs = archive.find_newest(None, 10).await.unwrap();
        assert_eq!(runs.len(), 2);
        archive.close().await;
        Database { story, place: Place::empty(), runs }
    }

    async fn deckhand(&self, arguments: &[&str]) -> Said {
        let mut command = self.place.command(env!("CARGO_BIN_EXE_deckhand"));
        command.args(arguments).env("DECKHAND_DATABASE_URL", self.story.database_url());
        // Beside the server of this runtime, which goes on.
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        Said {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    async fn api(&self, id: &RunId) -> String {
        let request = Request::get(&format!("/api/v1/runs/{id}")).with_token();
        let answer = request.send(self.story.server.addr()).await;
        assert_eq!(answer.status, 200);
        answer.body
    }
}

#[tokio::test]
async fn a_replay_gives_the_bytes_of_the_stored_run() {
    let database = Database::begin().await;
    let [passed, blocked] = [&database.runs[0], &database.runs[1]];
    for (id, status) in [(passed, 0), (blocked, 1)] {
        let said = database.deckhand(&["replay", id.as_str(), "--format", "json"]).await;
        assert_eq!(said.status, status, "{}", said.err);
        assert_eq!(said.out, database.api(id).await, "the bytes that the API answers");
        assert!(said.err.contains("the same as the stored verdict, byte for byte"), "{}", said.err);
    }
    let link = format!("{}/runs/{blocked}", database.story.server.public_url());
    let said = database.deckhand(&["replay", &link]).await;
    let expected = "src/hello.py
  src/hello.py:1 fail no-print
    Leftover print
    1 | print('called')
      | ^^^^^^^^^^^^^^^

1 problem - the check would fail
";
    assert_eq!((said.status, said.out.as_str()), (1, expected), "{}", said.err);
    assert!(said.err.contains("print: seen"), "{}", said.err);
    database.story.end().await;
}

#[tokio::test]
async fn a_replay_by_other_rules_says_what_changes() {
    let database = Database::begin().await;
    let blocked = database.runs[1].as_str();
    database.place.write("lib/words.lua", "return { 'fine' }\n");
    database.place.write("next.lua", "local words = require('./lib/words')\nwarn(words[1])\n");
    let said = database.deckhand(&["replay", blocked, "--dangerfile", "next.lua"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("warn dangerfile\n    fine\n"), "{}", said.out);
    assert!(said.err.contains("failure then, success now; findings: 1 new, 1 gone"), "{}", said.err);

    database.place.write("next.lua", "fail(danger.git.file('README.md', 'head') or 'no readme')\n");
    let said = database.deckhand(&["replay", blocked, "--dangerfile", "next.lua"]).await;
    assert_eq!((said.status, said.out.as_str()), (2, ""), "nothing is guessed");
    assert!(said.err.contains("lacks the text of `README.md` at the head"), "{}", said.err);

    database.place.write("next.lua", "fail(\n");
    assert_eq!(database.deckhand(&["replay", blocked, "--dangerfile", "next.lua"]).await.status, 2, "as in `local`");
    database.story.end().await;
}

#[tokio::test]
async fn what_cannot_be_replayed_is_said_with_status_2() {
    let database = Database::begin().await;
    let unknown = "0".repeat(32);
    for (run, part) in [(unknown.as_str(), "there is no run 0000"), ("../etc/passwd", "its id has 32 digits")] {
        let said = database.deckhand(&["replay", run]).await;
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{run}");
        assert!(said.err.contains(part), "{}", said.err);
    }
    // Looking creates nothing.
    let elsewhere = Place::empty();
    let said = elsewhere.deckhand(&["replay", &unknown]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("sqlite:deckhand.db: there is no such file"), "{}", said.err);
    assert!(!elsewhere.path.join("deckhand.db").exists());
    elsewhere.write("deckhand.toml", &format!("database_url = \"{}\"\n", database.story.database_url()));
    let said = elsewhere.deckhand(&["replay", database.runs[0].as_str()]);
    assert_eq!(said.status, 0, "as `serve` reads its settings: {}", said.err);
    database.story.end().await;
}

#[tokio::test]
async fn a_backtest_says_what_another_dangerfile_would_have_said() {
    let database = Database::begin().await;
    let hidden = |text: String| {
        database.runs.iter().enumerate().fold(text, |text, (at, id)| text.replace(id.as_str(), &format!("run-{at}")))
    };
    database.place.write("dangerfile.lua", RULES);
    let said = database.deckhand(&["backtest"]).await;
    let same = "2 runs: 2 the same, 0 changed (0 would be blocked, 0 would no longer be), 0 cannot be said\n";
    assert_eq!((said.status, said.out.as_str()), (0, same), "{}", said.err);

    let other = "for _, line in danger.git.added_lines('src/*.py') do
  if line.text:find('=', 1, true) then fail('No `=`', { file = line.file, line = line.number }) end
end
if danger.github.pr.number == 2 then warn('New words') end
";
    database.place.write("next.lua", other);
    let said = database.deckhand(&["backtest", "--dangerfile", "next.lua"]).await;
    assert_eq!(said.status, 1, "one that passed would be blocked: {}", said.err);
    insta::assert_snapshot!("backtest", hidden(said.out));
    let said = database.deckhand(&["backtest", "--dangerfile", "next.lua", "--last", "1", "--format", "json"]).await;
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        json["totals"],
        serde_json::json!({
            "runs": 1, "same": 0, "changed": 1, "blocked": 1, "freed": 0, "unknown": 0,
        })
    );
    assert_eq!((&json["runs"][0]["then"], &json["runs"][0]["now"]), (&"success".into(), &"failure".into()));
    assert_eq!(json["runs"][0]["new"][1]["path"], "src/other.py");

    database.place.write("next.lua", "warn(danger.git.file('README.md', 'head') or 'no readme')\n");
    let said = database.deckhand(&["backtest", "--dangerfile", "next.lua"]).await;
    assert_eq!(said.status, 0);
    assert!(
        said.out.contains("cannot say: the stored snapshot lacks the text of `README.md` at the head"),
        "{}",
        said.out
    );
    assert!(said.out.ends_with("0 the same, 0 changed (0 would be blocked, 0 would no longer be), 2 cannot be said\n"));

    database.place.write("next.lua", "fail(\n");
    for (arguments, part) in [
        (&["backtest", "--dangerfile", "next.lua"][..], "next.lua:"),
        (&["backtest", "--repo", "octo/none"], "there are no runs of octo/none"),
        (&["backtest", "--format", "sarif"], "choose --format text or json"),
    ] {
        let said = database.deckhand(arguments).await;
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{arguments:?}");
        assert!(said.err.contains(part), "{}", said.err);
    }
    database.story.end().await;
}
