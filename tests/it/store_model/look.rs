//! All that a store can be asked, without a change.

use super::things::{CHORES, GUIDS, INSTALLATIONS, PULLS, REPOSITORIES, RULESETS, STATES, commits, pull_key, run_id};
use deckhand::model::{RepositoryId, Timestamp};
use deckhand::store::{ReportKind, Store};
use deckhand::webhook::BaseFact;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

/// Questions and answers, one a line.
pub(super) async fn look(store: &Store, now: Timestamp) -> Vec<String> {
    let mut seen = Seen(Vec::new());
    for state in STATES {
        seen.note(state.as_str(), store.list_jobs(state, 100).await);
        seen.note("the newest", store.list_jobs(state, 2).await);
    }
    let far = now.after(Duration::from_secs(24 * 3600));
    for time in [now, far] {
        seen.note("counts", store.count_jobs(time).await);
        seen.note("overdue", store.overdue_checks(time).await);
        seen.note("to ask for", store.due_redeliveries(time).await);
    }
    let counts = store.counts();
    seen.note("spared", (counts.joined_jobs.get(), counts.known_writes.get(), counts.unclear_writes.get()));
    seen.note("delivery", store.next_delivery().await);
    seen.note("installations", store.known_installations().await);
    for name in CHORES {
        seen.note(name, store.turn_cursor(name).await);
    }
    for prefix in ["", "limits/", "a*", "abc"] {
        seen.note(prefix, store.turn_cursors(prefix).await);
    }
    for number in 0..8 {
        seen.note("run", store.load_run(&run_id(number)).await);
    }
    for limit in [2, 100] {
        seen.note("newest", store.list_runs(limit).await);
    }
    for repository in REPOSITORIES {
        look_at(store, repository, now, &mut seen).await;
    }
    for guid in GUIDS {
        // What is left of it is known by what one more of it would be; nothing is asked after this.
        let other = crate::engines::delivery("1", guid, "another body");
        seen.note(guid, store.accept(&other, deckhand::store::Pending::Unread, None, now).await);
    }
    seen.0
}

struct Seen(Vec<String>);

impl Seen {
    fn note(&mut self, question: &str, answer: impl Debug) {
        self.0.push(format!("{question}: {answer:?}"));
    }
}

async fn look_at(store: &Store, repository: RepositoryId, now: Timestamp, seen: &mut Seen) {
    let by_name = store.find_repository(&format!("octo/R{repository}")).await;
    seen.note("by name", by_name);
    seen.note("by id", store.find_repository_by_id(repository).await);
    seen.note("artifacts", store.find_report_artifacts(repository).await);
    seen.note("queues", store.find_queues(repository).await);
    let prefix = format!("{repository}/pull/");
    seen.note("in work", store.find_in_work(&prefix).await);
    seen.note("readers of reports", store.find_readers_of_reports(&prefix).await);
    for of in [BaseFact::CodeOwners, BaseFact::Files, BaseFact::Mergeability] {
        seen.note("readers of the base", store.find_readers_of_base(&prefix, of).await);
    }
    for head in &commits() {
        seen.note("judged there", store.find_judged_at(repository, head).await);
        seen.note("group", store.find_group(repository, head).await);
        for kind in [ReportKind::Coverage, ReportKind::Lint] {
            let reports = store.find_reports(repository, head, kind).await.unwrap();
            for report in &reports {
                seen.note("report", store.load_report(&report.id).await);
            }
            seen.note("reports", reports);
            let but = BTreeSet::from(["ui".to_owned()]);
            seen.note("earlier", store.find_earlier_reports(repository, &commits(), kind, &but).await);
        }
    }
    for comment in 1..3 {
        seen.note("heeded", store.is_heeded(repository, comment).await);
    }
    for number in PULLS {
        let key = pull_key(repository, number);
        seen.note("has", store.has_job(&key).await);
        seen.note("unfinished", store.unfinished(&key).await);
        seen.note("overrides", store.find_overrides(repository, number).await);
        for ago in [0, 3_600_000] {
            seen.note("last run", store.find_last_run(repository, number, Timestamp(now.0 - ago)).await);
        }
        for ruleset in RULESETS {
            seen.note("reads", store.recall_reads(&key, &format!("{repository}/repository"), ruleset).await);
        }
        for head in &commits() {
            seen.note("judgements", store.find_judgements(repository, number, head).await);
            seen.note("preview", store.find_preview(repository, number, head).await);
            seen.note("waits", store.recall_waits(&key, head).await);
        }
    }
    seen.note("pulls", store.know_pulls(INSTALLATIONS[0], repository, now).await);
}
