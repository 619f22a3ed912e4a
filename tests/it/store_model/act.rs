//! Takes a step on one store; what it answers.

use super::step::{Proof, Step, Which};
use super::things::{PULLS, REPOSITORIES, commits, group, pull_key, run_id};
use crate::engines::{LEASE, delivery};
use deckhand::model::{CommitId, Fingerprint, Overridden, Override, PullNumber, RepoName, RepoPath, Timestamp};
use deckhand::store::{
    ByHand, COMMIT_LETTERS, Claimer, Grounds, Job, Judged, NewReport, OutboxEntry, Overdue, OverrideRecord, Pending,
    RequiredScript, Retention, RunId, RunRecord, Store, TakenJob,
};
use deckhand::webhook::JobSpec;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What those know who use the stores; the same for both, as their answers are the same.
pub(super) struct World {
    pub(super) now: Timestamp,
    /// How many steps were taken.
    pub(super) count: u64,
    claimed: Vec<Job>,
    taken: Vec<TakenJob>,
    /// Key and id of the operation that the step is about.
    operation: Option<(String, String)>,
}

/// What one store said.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Answer {
    said: String,
    claimed: Option<Job>,
    taken: Option<TakenJob>,
}

impl World {
    pub(super) fn new(now: Timestamp) -> World {
        World { now, count: 0, claimed: Vec::new(), taken: Vec::new(), operation: None }
    }

    pub(super) fn take_over(&mut self, answer: Answer) {
        self.claimed.extend(answer.claimed);
        self.taken.extend(answer.taken);
    }

    /// One whose answer is not known yet.
    pub(super) async fn choose_operation(&mut self, store: &Store, which: &Which) {
        let mut open = Vec::new();
        for job in &self.claimed {
            open.extend(store.unfinished(&job.key).await.unwrap());
        }
        self.operation = (!open.is_empty()).then(|| which.get(&open)).map(|it| (it.key.clone(), it.id.clone()));
    }

    /// One of the last.
    fn job(&self, which: &Which) -> Option<&Job> {
        let last = &self.claimed[self.claimed.len().saturating_sub(4)..];
        (!last.is_empty()).then(|| which.get(last))
    }

    fn later(&self, seconds: u64) -> Timestamp {
        self.now.after(Duration::from_secs(seconds))
    }

    fn entry(&self, job: &Job, (operation, proof): (u8, Proof)) -> OutboxEntry {
        OutboxEntry {
            id: format!("{}#{operation}", job.key),
            key: job.key.clone(),
            head: commits()[0].clone(),
            operation: format!("{{\"at\":{}}}", self.count),
            lease: match proof {
                Proof::Own => Some(job.lease),
                Proof::Last => self.claimed.last().map(|job| job.lease),
                Proof::Nothing => None,
            },
        }
    }

    fn judged(&self, head: &CommitId) -> Judged {
        let script = RequiredScript { layer: 0, path: RepoPath::new("rules/a.lua"), digest: String::new() };
        let grounds = Grounds {
            head: head.clone(),
            base: "main".to_owned(),
            commits: (!self.count.is_multiple_of(3)).then(|| vec![head.as_str()[..COMMIT_LETTERS].to_owned()]),
            scripts: vec![script],
        };
        Judged {
            head: head.clone(),
            facts: self.count.to_string(),
            ruleset: String::new(),
            grounds: (!self.count.is_multiple_of(2)).then_some(grounds),
        }
    }

    fn run(&self, number: u8, wakes: &[JobSpec]) -> RunRecord {
        let at = usize::from(number);
        RunRecord {
            id: run_id(number),
            repository: REPOSITORIES[at % 2],
            name: RepoName::new("octo", "hello").unwrap(),
            number: if number == 7 { PullNumber(0) } else { PULLS[at / 2] },
            base: format!("base-{number}"),
            head: commits()[at % 3].clone(),
            verdict: format!("{{\"settings\":{{\"report_artifacts\":[\"{number}\"]}}}}"),
            snapshot: "{}".to_owned(),
            created_at: self.now,
            wakes: wakes.to_vec(),
        }
    }
}

fn said(answer: &impl Debug) -> Answer {
    Answer { said: format!("{answer:?}"), ..Answer::default() }
}

pub(super) async fn act(step: &Step, world: &World, store: &Store) -> Answer {
    let now = world.now;
    match step {
        Step::Accept { guid, body, work, claims } => {
            let taken = Arc::new(Mutex::new(None));
            let hand_over = {
                let taken = taken.clone();
                Box::new(move |job| *taken.lock().unwrap() = Some(job))
            };
            let claimer = claims.then(|| Claimer { lease: LEASE, hand_over });
            let pending = work.as_deref().map_or(Pending::Unread, Pending::Work);
            let accepted = store.accept(&delivery("1", guid, body), pending, claimer, now).await;
            let claimed = taken.lock().unwrap().take();
            Answer { claimed, ..said(&accepted) }
        }
        Step::FinishDelivery { work } => {
            let next = store.next_delivery().await.unwrap();
            if let Some(next) = &next {
                store.finish_delivery(next.id, work, now).await.unwrap();
            }
            said(&next)
        }
        Step::Reread { version } => said(&store.reread_deliveries_as(version).await),
        Step::Enqueue(spec) => said(&store.enqueue(spec, now).await),
        Step::EnqueueAll(work) => said(&store.enqueue_all(work, now).await),
        Step::EnqueueLater(spec, later) => said(&store.enqueue_later(spec, world.later(*later), now).await),
        Step::Claim => Answer { claimed: store.claim(now, LEASE).await.unwrap(), ..Answer::default() },
        Step::Renew(_) | Step::Finish(_) | Step::Retry(..) | Step::Wait(..) | Step::GiveBack(_) | Step::Park(_) => {
            end(step, world, store).await
        }
        Step::ParkJobs(of) => said(&store.park_jobs(*of, "suspended", now).await),
        Step::WakeJobs(of) => said(&store.wake_jobs(*of, now).await),
        Step::DropJobs { of, except, ago } => {
            let seen = now.before(Duration::from_secs(*ago));
            said(&store.drop_jobs(*of, except.clone(), "removed", seen).await)
        }
        Step::ByHand { id, retry } => {
            let decision = if *retry { ByHand::Retry } else { ByHand::Drop };
            said(&store.decide_by_hand(*id, decision, now).await)
        }
        Step::TakeJob(repository, number) => {
            let key = pull_key(*repository, *number);
            let taken = store.take_job(&key, now, LEASE).await.unwrap();
            Answer { taken, ..said(&store.has_job(&key).await) }
        }
        Step::PutBack(which) if !world.taken.is_empty() => {
            said(&store.put_back(which.get(&world.taken).clone(), now).await)
        }
        Step::Begin { by, operations, run } => {
            let Some(job) = world.job(by) else { return Answer::default() };
            let entries = operations.iter().map(|it| world.entry(job, *it)).collect();
            let run = run.as_ref().map(|(number, wakes)| world.run(*number, wakes));
            said(&store.begin(entries, run, now).await)
        }
        Step::Complete(_) | Step::Abandon(_) => {
            let Some((key, id)) = &world.operation else { return Answer::default() };
            if matches!(step, Step::Abandon(_)) {
                return said(&store.abandon(id).await);
            }
            store.complete(key, id, &world.count.to_string());
            Answer::default()
        }
        _ => note(step, world, store).await,
    }
}

/// Of a job in hand.
async fn end(step: &Step, world: &World, store: &Store) -> Answer {
    let now = world.now;
    let which = match step {
        Step::Renew(it) | Step::Finish(it) | Step::Retry(it, _) | Step::Wait(it, _) => it,
        Step::GiveBack(it) | Step::Park(it) => it,
        _ => return Answer::default(),
    };
    let Some(job) = world.job(which) else { return Answer::default() };
    match step {
        Step::Renew(_) => said(&store.renew(&job.lease, now, LEASE).await),
        Step::Finish(_) => said(&store.finish(job, now).await),
        Step::Retry(_, later) => said(&store.retry(job, world.later(*later), "failed", now).await),
        Step::Wait(_, later) => said(&store.wait(job, world.later(*later), "kept from it", now).await),
        Step::GiveBack(_) => said(&store.give_back(job, now).await),
        _ => said(&store.park(job, "given up", now).await),
    }
}

/// What is only noted.
async fn note(step: &Step, world: &World, store: &Store) -> Answer {
    let now = world.now;
    match step {
        Step::NoteCheck { id, by, open } => {
            let overdue = |(awaited, later): (bool, u64)| {
                let then = world.later(later);
                let overdue = if awaited { Overdue::Awaited(then) } else { Overdue::SinceOpened(then) };
                (format!("{{\"at\":{}}}", world.count), overdue)
            };
            said(&store.note_check(*id, &pull_key(by.0, by.1), open.map(overdue)).await)
        }
        Step::AwaitCheck(id, later) => said(&store.await_check(*id, world.later(*later)).await),
        Step::SaveRun(number, wakes) => said(&store.save_run(&world.run(*number, wakes), world.now).await),
        Step::ForgetJudgement(of, number, wakes) => said(&store.forget_judgement(*of, *number, wakes, now).await),
        Step::NoteRefused(of, number, head) => {
            said(&store.note_refused_lines(*of, *number, head, world.count.to_string()).await)
        }
        Step::NoteJudged(of, number, head) => said(&store.note_judged(*of, *number, world.judged(head)).await),
        Step::NoteJudgedBeside(of, number, head) => {
            said(&store.note_judged_beside(*of, *number, world.judged(head)).await)
        }
        Step::FindJudged(of) => said(&store.find_judged(*of).await),
        Step::KnowPulls(by, of) => said(&store.know_pulls(*by, *of, now).await),
        Step::SaveReport { of, kind, flag, bytes, wakes } => {
            let report = NewReport {
                id: RunId::from_random(u128::from(world.count).to_be_bytes()),
                repository: of.0,
                commit: of.1.clone(),
                kind: *kind,
                flag: flag.map(str::to_owned),
                from_artifact: *bytes == 2,
                name: world.count.to_string(),
                bytes: vec![*bytes],
            };
            said(&store.save_report(report, wakes.clone(), now).await)
        }
        Step::NoteTestMerge(of, commit, head) => said(&store.note_test_merge(*of, commit, head).await),
        Step::SaveOverride(of, number, comment) => {
            let decision = Overridden { by: "ada".to_owned(), at: now, reason: world.count.to_string() };
            let covers = vec![Fingerprint("00".to_owned())];
            let record = OverrideRecord {
                repository: *of,
                number: *number,
                comment: *comment,
                head: commits()[0].clone(),
                decision: Override { rule: "changelog".to_owned(), covers, decision },
            };
            said(&store.save_override(&record).await)
        }
        Step::MarkHeeded(of, comment) => said(&store.mark_heeded(*of, *comment, now).await),
        Step::CountHeeded(of) => said(&store.count_heeded(*of, &[1, 2, 3], now.before(Duration::from_secs(60))).await),
        Step::AllowPreview(of, number, head) => {
            said(&store.allow_preview(*of, *number, head, &world.count.to_string()).await)
        }
        Step::NoteGroup(of, head, base) => said(&store.note_group(*of, &group(base, head.clone()), now).await),
        Step::RememberReads(of, number, ruleset, facts) => {
            let key = number.map_or_else(|| format!("{of}/repository"), |number| pull_key(*of, number));
            said(&store.remember_reads(&key, ruleset, facts).await)
        }
        Step::RememberWaits(of, number, head, facts) => {
            let waits = facts.iter().map(|fact| (fact.clone(), now)).collect();
            said(&store.remember_waits(&pull_key(*of, *number), head, &waits).await)
        }
        Step::TakeTurn(name, anyway) => said(&store.take_turn(name, Duration::from_secs(60), *anyway, now).await),
        Step::EndTurn(name) => said(&store.end_turn(name, &world.count.to_string()).await),
        Step::NoteFailed { guid, delivery, arrived } => {
            let arrived = arrived.iter().map(|guid| (*guid).to_owned()).collect();
            // GitHub gives no id twice.
            let delivery = delivery * 10 + guid.bytes().map(u64::from).sum::<u64>() % 10;
            said(&store.note_failed(vec![((*guid).to_owned(), delivery)], arrived, now).await)
        }
        Step::NoteAsked(guid) => said(&store.note_asked(guid, now).await),
        Step::NoteInstallation(of, gone) => {
            said(&store.note_installation(*of, (!gone).then(|| world.count.to_string()), now).await)
        }
        Step::ForgetOld { days, runs } => {
            let retention = Retention { age: Duration::from_secs(days * 24 * 3600), runs: *runs };
            said(&store.forget_old(&retention, now).await)
        }
        _ => Answer::default(),
    }
}
