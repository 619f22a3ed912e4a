//! What a review costs from outside: requests, round trips, CPU and memory of `deckhand serve` with its judges, against a
//! simulated GitHub that answers each request after 80 ms. Prints a table; run with `cargo bench --bench end_to_end`.

mod served;

use deckhand::sim::Kind;
use served::Served;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

const LATENCY: Duration = Duration::from_millis(80);
const ROUNDS: u32 = 10;
const REPO: &str = "bench/repo";

const HOUSE_RULES: &str = "use(\"changelog\")\nuse(\"missing_tests\")\nuse(\"pr_size\")\nuse(\"pr_description\")\n\
                           use(\"conflict_markers\")\n";
const READ_EVERYTHING: &str = "rule(\"read-everything\", function()\n  local long = 0\n  \
    for _, path in danger.git.changed_files do\n    local diff = danger.git.structured_diff_for_file(path)\n    \
    for _, hunk in if diff then diff.hunks else {} do\n      for _, line in hunk.lines do\n        \
    if #line.text > 200 then long += 1 end\n      end\n    end\n  end\n  print(long)\nend)\n";

fn main() {
    // `cargo test --benches` and the like only want to know that it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        println!("| pull request | requests | to in_progress | round trips | to the conclusion | round trips | CPU | of it judges |");
        println!("|---|---|---|---|---|---|---|---|");
        measure("small: 6 files, 200 lines, 5 built-in rules", HOUSE_RULES, 6, 200).await;
        measure("large: 300 files, 19,800 lines, 5 built-in rules", HOUSE_RULES, 300, 19_800).await;
        measure("large, every structured diff read by Lua", READ_EVERYTHING, 300, 19_800).await;
    });
}

struct Bench {
    served: Served,
}

async fn measure(what: &str, dangerfile: &str, files: usize, lines: usize) {
    let bench = Bench { served: served::start(&[REPO], dangerfile).await };
    let at_rest = bench.memory();
    // The first review opens connections and mints the token.
    let head = bench.push(0, files, lines).await;
    bench.review(0, &head).await;
    bench.served.github.set_delay(LATENCY);
    let (mut requests, mut begun, mut done) = (0, Duration::ZERO, Duration::ZERO);
    let (mut spent, mut judged) = (Duration::ZERO, Duration::ZERO);
    for round in 1..=ROUNDS {
        bench.served.github.reset_log();
        let head = bench.push(round, files, lines).await;
        let (cpu, judging) = (bench.cpu(&bench.processes()), bench.cpu(&bench.processes()[1..]));
        let (opened, concluded) = bench.review(round, &head).await;
        (begun, done) = (begun + opened, done + concluded);
        spent += bench.cpu(&bench.processes()) - cpu;
        judged += bench.cpu(&bench.processes()[1..]) - judging;
        let log = bench.served.github.log();
        assert!(log.iter().all(|entry| entry.status < 400 || entry.status == 406), "{log:#?}");
        requests = requests.max(log.iter().filter(|entry| entry.kind != Kind::Mint).count());
    }
    let (spent, judged) = (spent / ROUNDS, judged / ROUNDS);
    let (begun, done) = (begun / ROUNDS, done / ROUNDS);
    let trips = |time: Duration| time.as_secs_f64() / LATENCY.as_secs_f64();
    println!(
        "| {what} | {requests} | {:.0} ms | {:.1} | {:.0} ms | {:.1} | {:.1} ms | {:.1} ms |",
        begun.as_secs_f64() * 1e3,
        trips(begun),
        done.as_secs_f64() * 1e3,
        trips(done),
        spent.as_secs_f64() * 1e3,
        judged.as_secs_f64() * 1e3,
    );
    println!("<!-- memory with judges: {at_rest:.1} MB at rest, {:.1} MB after these reviews -->", bench.memory());
}

impl Bench {
    /// Pushes a branch, and waits until the server has taken note.
    async fn push(&self, round: u32, files: usize, lines: usize) -> String {
        let branch = format!("topic-{round}");
        let texts: Vec<(String, String)> = (0..files)
            .map(|file| {
                let mut text = String::new();
                for line in 0..lines / files {
                    let _ = writeln!(text, "value_{line} = compute({round}, {file}, {line})  # of ordinary length");
                }
                (format!("src/part_{}/file_{file}.py", file % 10), text)
            })
            .collect();
        let edits: Vec<(&str, Option<&str>)> =
            texts.iter().map(|(path, text)| (path.as_str(), Some(text.as_str()))).collect();
        let head = self.served.github.push(REPO, &branch, "ada", "Compute", &edits, "main");
        self.served.github.settle().await;
        head
    }

    /// Opens a pull request; how long until the check was in progress, and until it was concluded.
    async fn review(&self, round: u32, head: &str) -> (Duration, Duration) {
        let branch = format!("topic-{round}");
        let started = Instant::now();
        self.served.github.open_pull(
            REPO,
            "Compute values",
            "A description that is long enough.",
            &branch,
            "main",
            "ada",
            false,
        );
        let mut begun = None;
        loop {
            let checks = self.served.github.checks(REPO, head);
            if let Some(check) = checks.first() {
                begun.get_or_insert_with(|| started.elapsed());
                if check["status"] == "completed" {
                    let concluded = started.elapsed();
                    // The review and the summary go out beside the conclusion; let them end.
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    return (begun.unwrap_or(concluded), concluded);
                }
            }
            assert!(started.elapsed() < Duration::from_secs(60), "no check after a minute");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// The server first, then its judges.
    fn processes(&self) -> Vec<u32> {
        let pid = self.served.server.id();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let mut all = vec![pid];
        for task in std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let path = task.path().join("children");
            let text = std::fs::read_to_string(path).unwrap_or_default();
            all.extend(text.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
        all.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Time on a CPU of all threads of these processes.
    fn cpu(&self, processes: &[u32]) -> Duration {
        let threads = processes.iter().flat_map(|pid| {
            std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten().map(|task| task.path())
        });
        let nanos = threads.map(|task| {
            let text = std::fs::read_to_string(task.join("schedstat")).unwrap_or_default();
            text.split_whitespace().next().and_then(|first| first.parse::<u64>().ok()).unwrap_or(0)
        });
        Duration::from_nanos(nanos.sum())
    }

    /// Resident memory of the server and its judges, in MB; shared pages are counted for each.
    fn memory(&self) -> f64 {
        let resident = |pid: u32| {
            let text =
                std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("status")).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:").map(str::to_owned)).unwrap_or_default();
            line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
        };
        self.processes().into_iter().map(resident).sum()
    }
}
