//! What people made of their repository, and what is to be said of it: worked out here, from what they did.

use super::step::Step;
use crate::recorded::Github;
use crate::sim_bench::REPO;
use deckhand::sim::SimHandle;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use std::time::Duration;

/// So many pull requests there can be.
pub(super) const PULLS: usize = 3;
/// What is on the base.
pub(super) const HOME: [(&str, &str); 2] =
    [("src/a.py", "a = 1\nb = 2\nc = 3\nd = 4\n"), ("src/b.py", "e = 5\nf = 6\ng = 7\nh = 8\n")];
/// What the app can lose.
pub(super) const PERMISSIONS: [&str; 3] = ["checks", "pull_requests", "statuses"];
macro_rules! honest_and_free {
    () => {
        "rule('honest', function() if danger.github.pr.title:find('bad', 1, true) then fail('The title says bad.') end end)
rule('free', function() if #danger.github.pr.labels > 0 then fail('It has a label.') end end)"
    };
}

macro_rules! no_print {
    ($loud:literal) => {
        concat!(
            "rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then ",
            $loud,
            "('Leave no print.', { file = line.file, line = line.number }) end
  end
end)\n"
        )
    };
}

/// The rules as they can be: with another severity, without one of them and with one name for both bases, and broken.
pub(super) const RULES: [&str; 4] = [
    concat!("settings { statuses = 'per_rule' }\n", no_print!("fail"), honest_and_free!()),
    concat!("settings { statuses = 'per_rule' }\n", no_print!("warn"), honest_and_free!()),
    concat!(
        "settings { statuses = 'per_rule', bases = { 'next' } }\n",
        no_print!("fail"),
        "rule('free', function() if #danger.github.pr.labels > 0 then warn('It has a label.') end end)"
    ),
    "rule('no-print'",
];
/// Those that say of prints what is only a warning; those that have one name for both bases, no `honest` and a softer `free`.
const SOFT: usize = 1;
const ONE_NAME: usize = 2;
const BROKEN: usize = 3;
const OVERRIDE: &str = "/deckhand override honest It only sounds so.";
/// A thread of ours, as a page shows it: path and line, what it has become, the line's text, the first words.
static THREAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^  (src/\S+?):\d+((?: \(\w+\))*)\n  \| .(.*)\n    deckhand \[bot\](?: \(edited\))?:\n +(\S+)")
        .unwrap()
});

/// Everything that people did.
#[derive(Default)]
pub(super) struct World {
    pulls: BTreeMap<usize, Pull>,
    /// Those on the base, and the newest that load.
    rules: usize,
    judging: usize,
    moves: usize,
    suspended: bool,
    withdrawn: BTreeSet<usize>,
    /// A copy of the database is kept: what people decide from now on can be lost.
    kept: bool,
}

/// A pull request as people left it.
pub(super) struct Pull {
    pub(super) number: u64,
    open: bool,
    branch: String,
    bad: bool,
    label: bool,
    next: bool,
    draft: bool,
    queued: bool,
    /// What people resolved is not opened again.
    settled: BTreeSet<String>,
    /// Each commit of the branch and the prints in its files, the newest last.
    commits: Vec<(String, [BTreeSet<usize>; HOME.len()])>,
}

/// What is to be seen of a pull request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The newest of our checks of its name, with the conclusion; one of an old name only when it is green.
    checks: Vec<String>,
    /// The statuses of rules under the check's name.
    statuses: BTreeMap<String, String>,
    /// Open threads: path, the line's text, how loud.
    threads: Vec<(String, String, String)>,
    /// What the summary says, and how many there are of it.
    summary: Vec<String>,
}

impl World {
    pub(super) fn open_pulls(&self) -> impl Iterator<Item = &Pull> {
        self.pulls.values().filter(|pull| pull.open)
    }

    /// What there is before anything happens.
    pub(super) fn begin(&mut self, sim: &Github) {
        sim.add_user(REPO, "ada", "write");
        (0..PULLS - 1).for_each(|at| self.open(sim, at));
    }

    pub(super) fn keep(&mut self) {
        self.kept = true;
    }

    /// What impossible things ask for is not done.
    pub(super) fn act(&mut self, sim: &Github, step: &Step) {
        match step {
            Step::Open(at) => self.open(sim, *at),
            Step::Rules(which) if *which != self.rules => {
                self.rules = *which;
                self.judging = if *which == BROKEN { self.judging } else { *which };
                self.empty_queue(sim);
                push_home(sim, "Other rules", "dangerfile.lua", RULES[*which]);
            }
            Step::Move => {
                self.moves += 1;
                self.empty_queue(sim);
                push_home(sim, "Move on", "README.md", &format!("Moved {} times.\n", self.moves));
            }
            Step::Fault(method, path, wrong, times) => sim.inject(Step::fault((method, path), *wrong, *times)),
            Step::Deliver { made, arrive } => {
                sim.set_deliver(*made);
                if !arrive {
                    sim.misdirect();
                }
            }
            Step::Suspend(on) if *on != self.suspended => {
                self.suspended = *on;
                if *on { sim.suspend("octo") } else { sim.unsuspend("octo") }
            }
            Step::Withdraw(which) if self.withdrawn.insert(*which) => sim.withdraw_permission(PERMISSIONS[*which]),
            Step::Grant(which) if self.withdrawn.remove(which) => {
                sim.grant_permission("octo", PERMISSIONS[*which], "write");
            }
            Step::Meet(one, other) => {
                let Some(met) = self.pulls.get(other).and_then(|it| it.commits.last()).cloned() else { return };
                if let Some(pull) = self.pulls.get_mut(one).filter(|it| it.open && it.commits.last() != Some(&met)) {
                    sim.branch(REPO, &pull.branch, &met.0, "mona");
                    pull.leave_queue(sim);
                    pull.commits.push(met);
                }
            }
            Step::Spend => sim.set_quota(0, sim.clock().now() + 600),
            Step::Wait(seconds) => sim.advance(Duration::from_secs(*seconds)),
            // What is in the queue is taken out of it before it changes.
            Step::Write(at, ..) | Step::Back(at) | Step::Close(at) | Step::Retarget(at, _)
                if self.pulls.get(at).is_some_and(|pull| pull.queued) =>
            {
                self.empty_queue(sim);
                self.act(sim, step);
            }
            Step::Override(_) if self.kept => {}
            Step::Close(at)
            | Step::Write(at, ..)
            | Step::Back(at)
            | Step::Title(at, _)
            | Step::Label(at, _)
            | Step::Retarget(at, _)
            | Step::Draft(at, _)
            | Step::Override(at)
            | Step::Queue(at, _)
            | Step::Resolve(at, _)
            | Step::Answer(at, _)
            | Step::Rerun(at, _) => {
                if let Some(pull) = self.pulls.get_mut(at).filter(|pull| pull.open) {
                    pull.act(sim, step);
                }
            }
            // It is so already, or somebody else's part.
            _ => {}
        }
    }

    fn empty_queue(&mut self, sim: &Github) {
        self.pulls.values_mut().for_each(|pull| pull.leave_queue(sim));
    }

    fn open(&mut self, sim: &Github, at: usize) {
        if let Some(pull) = self.pulls.get_mut(&at) {
            if !pull.open {
                pull.open = true;
                sim.reopen(REPO, pull.number, "mona");
            }
            return;
        }
        let branch = format!("topic-{at}");
        let note = format!("Note {at}.\n");
        let commit = sim.push(REPO, &branch, "mona", "Begin", &[(&format!("notes/{at}.md"), Some(&note))], "main");
        let number = sim.open_pull(REPO, "A good one", "", &branch, "main", "mona", false);
        let commits = vec![(commit, Default::default())];
        let settled = BTreeSet::new();
        let pull = Pull {
            number,
            open: true,
            branch,
            bad: false,
            label: false,
            next: false,
            draft: false,
            queued: false,
            settled,
            commits,
        };
        self.pulls.insert(at, pull);
    }

    /// What its rules say of a pull request.
    pub(super) fn expect(&self, sim: &SimHandle, pull: &Pull) -> Said {
        let name = self.check_name(pull);
        let word = |failed: bool| if failed { "failure" } else { "success" }.to_owned();
        // A commit has one check of a name, which is green when it is for everybody.
        let shared: Vec<&Pull> =
            self.open_pulls().filter(|it| it.head() == pull.head() && self.check_name(it) == name).collect();
        let failed = |rule: &str| word(shared.iter().any(|it| self.fails(sim, it).contains(rule)));
        let prints = pull.prints();
        let loud = if self.judging == SOFT { "⚠️" } else { "❌" };
        let mut threads = Vec::new();
        for (at, (path, _)) in HOME.iter().enumerate() {
            threads.extend(prints[at].iter().map(|n| ((*path).to_owned(), print(*n), loud.to_owned())));
        }
        threads.retain(|(_, text, _)| !pull.settled.contains(text));
        threads.sort();
        let said = [("The title says bad.", pull.bad && self.judging != ONE_NAME), ("It has a label.", pull.label)];
        Said {
            checks: vec![format!("{name}: {}", word(shared.iter().any(|it| !self.fails(sim, it).is_empty())))],
            statuses: self.rules().map(|rule| (format!("{name}/{rule}"), failed(rule))).collect(),
            threads,
            summary: said.iter().filter(|(_, said)| *said).map(|(text, _)| (*text).to_owned()).collect(),
        }
    }

    fn check_name(&self, pull: &Pull) -> &'static str {
        if pull.next && self.judging != ONE_NAME { "deckhand (next)" } else { "deckhand" }
    }

    fn rules(&self) -> impl Iterator<Item = &'static str> {
        ["no-print", "honest", "free"].into_iter().filter(|rule| *rule != "honest" || self.judging != ONE_NAME)
    }

    /// The rules that fail.
    fn fails(&self, sim: &SimHandle, pull: &Pull) -> BTreeSet<&'static str> {
        let prints = pull.prints();
        let printed = prints.iter().any(|file| !file.is_empty());
        let all = [
            ("no-print", printed && self.judging != SOFT),
            ("honest", pull.bad && self.judging != ONE_NAME && !pull.is_overridden(sim)),
            ("free", pull.label && self.judging != ONE_NAME),
        ];
        all.into_iter().filter(|(_, failed)| *failed).map(|(rule, _)| rule).collect()
    }

    /// The commits that the queue would merge are judged, and not green where their own lines are not. What several change
    /// is none of the second's.
    pub(super) fn hold_groups(&self, sim: &SimHandle, when: &str) {
        let queued: Vec<&Pull> = self.open_pulls().filter(|pull| pull.queued).collect();
        for pull in &queued {
            let group = sim.queued(REPO, pull.number).expect("it is in the queue");
            let checks = sim.checks(REPO, &group);
            let said = checks.first().and_then(|it| it["conclusion"].as_str()).unwrap_or("open");
            let red = queued.len() == 1 && self.fails(sim, pull).contains("no-print");
            assert!(said == "failure" || said == "success" && !red, "{when}: the group of #{}: {said}", pull.number);
        }
    }

    /// What is there to be seen.
    pub(super) fn said(&self, sim: &SimHandle, pull: &Pull) -> Said {
        let name = self.check_name(pull);
        let head = sim.head(REPO, pull.number).unwrap();
        // The check of a base is left as it is by a pull request that leaves that base; the old name of its own is not.
        let renamed = |its: &str| pull.next && name == "deckhand" && its == "deckhand (next)";
        let (mut seen, mut checks) = (BTreeSet::new(), Vec::new());
        for check in sim.checks(REPO, &head) {
            let (its, conclusion) = (check["name"].as_str().unwrap(), check["conclusion"].as_str().unwrap_or("open"));
            let left = conclusion == "success" && renamed(its);
            if seen.insert(its.to_owned()) && (its == name || left) {
                checks.push(format!("{its}: {conclusion}"));
            }
        }
        let mut statuses = BTreeMap::new();
        for status in sim.statuses(REPO, &head) {
            let context = status["context"].as_str().unwrap().to_owned();
            let rule = context.strip_prefix(name).and_then(|it| it.strip_prefix('/'));
            if rule.is_some_and(|rule| self.rules().any(|it| it == rule)) {
                statuses.entry(context).or_insert_with(|| status["state"].as_str().unwrap().to_owned());
            }
        }
        let page = sim.render_pull_text(REPO, pull.number);
        let open = THREAD.captures_iter(&page).filter(|it| !it[2].contains("resolved"));
        let threads = open.map(|it| (it[1].to_owned(), it[3].to_owned(), it[4].to_owned()));
        let mut threads: Vec<_> = threads.filter(|(_, text, _)| !pull.settled.contains(text)).collect();
        threads.sort();
        let comments = sim.comments(REPO, pull.number);
        let ours = comments.iter().filter(|it| it["user"]["type"] == "Bot").filter_map(|it| it["body"].as_str());
        let ours: Vec<&str> = ours.collect();
        let said = |text: &str| ours.iter().flat_map(|body| body.matches(text)).map(str::to_owned).collect::<Vec<_>>();
        let summary = ["The title says bad.", "It has a label."].iter().flat_map(|text| said(text)).collect();
        Said { checks, statuses, threads, summary }
    }
}

impl Pull {
    fn head(&self) -> &str {
        &self.commits.last().expect("a branch has a commit").0
    }

    /// In each file of the head.
    fn prints(&self) -> &[BTreeSet<usize>; HOME.len()] {
        &self.commits.last().expect("a branch has a commit").1
    }

    fn act(&mut self, sim: &Github, step: &Step) {
        match step {
            Step::Close(_) => {
                self.open = false;
                sim.close(REPO, self.number, "mona");
            }
            Step::Write(_, file, prints) => self.write(sim, *file, prints),
            Step::Back(_) if self.commits.len() > 1 => {
                self.commits.pop();
                let (commit, _) = self.commits.last().expect("there are several");
                sim.branch(REPO, &self.branch, commit, "mona");
            }
            Step::Title(_, bad) if self.bad != *bad => {
                self.bad = *bad;
                let title = if *bad { "A bad one" } else { "A good one" };
                sim.edit_pull(REPO, self.number, "mona", Some(title), None, None);
            }
            Step::Draft(_, on) if self.draft != *on => {
                self.draft = *on;
                let change = if *on { Github::convert_to_draft } else { Github::ready };
                change(sim, REPO, self.number, "mona");
            }
            Step::Override(_) => {
                sim.comment(REPO, self.number, "ada", OVERRIDE);
            }
            Step::Queue(_, true) if !self.queued => {
                self.queued = true;
                sim.enqueue(REPO, self.number, "mona");
            }
            Step::Queue(_, false) => self.leave_queue(sim),
            Step::Label(_, on) if self.label != *on => {
                self.label = *on;
                let change = if *on { Github::label } else { Github::unlabel };
                change(sim, REPO, self.number, "mona", "hold");
            }
            Step::Retarget(_, next) if self.next != *next => {
                self.next = *next;
                if *next && !has_next(sim) {
                    sim.branch(REPO, "next", "main", "mona");
                }
                sim.edit_pull(REPO, self.number, "mona", None, None, Some(if *next { "next" } else { "main" }));
            }
            Step::Rerun(_, true) => {
                let number = self.number;
                sim.happen(move |sim| {
                    let head = sim.head(REPO, number).unwrap();
                    if let Some(newest) = sim.checks(REPO, &head).first() {
                        sim.rerequest_check(REPO, newest["id"].as_u64().unwrap(), "mona");
                    }
                });
            }
            Step::Rerun(_, false) => {
                sim.comment(REPO, self.number, "mona", "/deckhand rerun");
            }
            Step::Resolve(_, n) => {
                if self.prints().iter().any(|file| file.contains(n)) {
                    self.settled.insert(print(*n));
                }
                self.at_thread(sim, *n, |sim, thread| {
                    sim.resolve_thread(thread);
                });
            }
            Step::Answer(_, n) => self.at_thread(sim, *n, |sim, thread| {
                sim.reply(REPO, thread, "mona", "I need it.");
            }),
            _ => {}
        }
    }

    fn leave_queue(&mut self, sim: &Github) {
        if std::mem::take(&mut self.queued) {
            sim.leave_queue(REPO, self.number, "dequeued", "mona");
        }
    }

    /// The robot said so.
    fn is_overridden(&self, sim: &SimHandle) -> bool {
        let comments = sim.comments(REPO, self.number);
        let asked = comments.iter().filter(|it| it["body"] == OVERRIDE).filter_map(|it| it["id"].as_u64());
        asked.into_iter().any(|id| sim.reactions(REPO, id).iter().any(|(_, what)| what == "+1"))
    }

    /// Where there is such a thread in this telling.
    fn at_thread(&self, sim: &Github, n: usize, act: fn(&SimHandle, u64)) {
        let (number, line) = (self.number, format!("+{}", print(n)));
        sim.happen(move |sim| {
            for comment in sim.review_comments(REPO, number) {
                let begins = comment["in_reply_to_id"].is_null() && comment["user"]["type"] == "Bot";
                if begins && comment["diff_hunk"].as_str().is_some_and(|hunk| hunk.ends_with(&line)) {
                    act(sim, comment["id"].as_u64().unwrap());
                }
            }
        });
    }

    fn write(&mut self, sim: &Github, file: usize, prints: &[usize]) {
        let prints: BTreeSet<usize> = prints.iter().copied().collect();
        let before = self.prints();
        if before[file] == prints {
            return;
        }
        let mut now = before.clone();
        now[file] = prints;
        let (path, text) = HOME[file];
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        // From the end, so that each comes where it would without the others.
        for n in now[file].iter().rev() {
            lines.insert((*n).min(lines.len()), print(*n));
        }
        let text = lines.join("\n") + "\n";
        let message = format!("Change {}", self.commits.len());
        let commit = sim.push(REPO, &self.branch, "mona", &message, &[(path, Some(&text))], "");
        self.commits.push((commit, now));
    }
}

/// Both bases get it, so that no pull request brings the rules of one to the other.
fn push_home(sim: &Github, message: &str, path: &str, text: &str) {
    sim.push(REPO, "main", "mona", message, &[(path, Some(text))], "");
    if has_next(sim) {
        sim.branch(REPO, "next", "main", "mona");
    }
}

fn has_next(sim: &SimHandle) -> bool {
    sim.read_file(REPO, "next", "src/a.py").is_some()
}

fn print(n: usize) -> String {
    format!("print({n})")
}
