//! The binary against a simulated GitHub: a person at a terminal, or a job of a workflow.

use crate::cli::Said;
use crate::sim_bench::{REPO, check_sim};
use deckhand::sim::{Kind, Sim, SimConfig, SimHandle};
use std::process::Stdio;
use tokio::process::Command;

pub(crate) const RULES: &str = "rule('no-print', { paths = { '**/*.py' } }, function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then
      fail('Leftover print', { file = line.file, line = line.number, suggestion = '    log()' })
    end
  end
  if #danger.github.pr.body == 0 then warn('Say why in the description.') end
end)
";
pub(crate) const HELLO: (&str, &str) = ("src/hello.py", "import os\n\n\ndef hello():\n    return 'hello'\n");
pub(crate) const POLITE: (&str, Option<&str>) =
    ("src/hello.py", Some("import os\n\n\ndef hello():\n    return 'good day'\n"));
pub(crate) const NOISY: (&str, Option<&str>) =
    ("src/hello.py", Some("import os\n\n\ndef hello():\n    print('called')\n    return 'hello'\n"));

/// A repository on a simulated GitHub and a directory to run in.
pub(crate) struct World {
    pub(crate) sim: SimHandle,
    pub(crate) dir: tempfile::TempDir,
}

impl World {
    pub(crate) async fn begin(files: &[(&str, &str)]) -> World {
        let sim = Sim::start(SimConfig::default()).await.unwrap();
        sim.create_repository("octo", "hello", files, false);
        sim.add_user(REPO, "mona", "write");
        World { sim, dir: tempfile::tempdir().unwrap() }
    }

    /// A branch with these edits and a pull request from it into `main`.
    pub(crate) fn open(&self, edits: &[(&str, Option<&str>)]) -> u64 {
        self.sim.push(REPO, "topic", "mona", "Say hello", edits, "main");
        self.sim.open_pull(REPO, "Say hello", "", "topic", "main", "mona", false)
    }

    /// The same from a fork of somebody who may not write.
    pub(crate) fn open_from_fork(&self, edits: &[(&str, Option<&str>)]) -> u64 {
        self.sim.fork(REPO, "hubot");
        self.sim.push("hubot/hello", "topic", "hubot", "Say hello", edits, "main");
        self.sim.open_pull(REPO, "Say hello", "", "hubot:topic", "main", "hubot", false)
    }

    pub(crate) fn url(&self, number: u64) -> String {
        format!("{}/{REPO}/pull/{number}", self.sim.web_url())
    }

    /// Runs the binary with nothing but these variables, and the API's address where they do not name one.
    pub(crate) async fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deckhand"));
        command.current_dir(self.dir.path()).env_clear().env("GITHUB_API_URL", self.sim.api_url());
        command.args(arguments).envs(variables.iter().copied()).stdin(Stdio::null());
        let output = command.output().await.unwrap();
        Said {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Requests that changed something since the log was forgotten, sorted: some go out side by side.
    pub(crate) fn writes(&self) -> Vec<String> {
        let mut writes = crate::sim_bench::writes(&self.sim.log());
        writes.sort_unstable();
        writes
    }

    /// What a person sees of the pull request. Review and summary go out side by side, and either may arrive first:
    /// here the review stands first.
    pub(crate) fn page(&self, number: u64) -> String {
        let page = self.sim.render_pull_text(REPO, number);
        let mut blocks: Vec<String> = Vec::new();
        for block in page.split("\n\n") {
            match blocks.last_mut() {
                Some(last) if block.starts_with(' ') => *last += &format!("\n\n{block}"),
                _ => blocks.push(block.to_owned()),
            }
        }
        let starts = |block: &String, word: &str| block.lines().next().is_some_and(|line| line.ends_with(word));
        if let Some(at) =
            blocks.windows(2).position(|two| starts(&two[0], " commented:") && starts(&two[1], " reviewed:"))
        {
            blocks.swap(at, at + 1);
        }
        blocks.join("\n\n")
    }

    /// Everything that was said is as GitHub describes it.
    pub(crate) fn end(self) {
        assert!(self.sim.log().iter().all(|entry| entry.kind != Kind::Mint), "a token needs no other token");
        check_sim(&self.sim);
    }
}

/// Hides what differs from run to run: ids of runs in markers.
pub(crate) fn stable(text: &str) -> String {
    let mut parts = text.split(" op=");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| {
        let (_, index) = part.split_at(32);
        format!("{text} op=RUN{index}")
    })
}
