//! The store as its users see it, whatever its engine: claims, leases, coalescing, crashes, refusals.

use crate::engines::{LEASE, NOON, Room, delivery, on_every_engine, pull, run};
use deckhand::model::{CommitId, FactKey, Fingerprint, Overridden, Override, PullNumber, RepositoryId, Timestamp};
use deckhand::store::{
    Accepted, Begun, Claimer, Lease, OutboxEntry, OverrideRecord, Pending, RunId, RunRecord, Store, StoreError,
};
use deckhand::webhook::{Cause, Delivery};
use std::collections::BTreeSet;
use std::time::Duration;

on_every_engine! {
    f23_a_clock_that_goes_back_prolongs_no_lease_and_no_wait,
    one_process_takes_a_turn_for_all,
    turns_are_found_by_how_their_names_begin,
    two_claimers_get_one_job_once,
    f18_an_ended_lease_passes_to_another_and_fences_the_first,
    work_for_a_waiting_key_replaces_it,
    quiet_work_does_not_silence_what_waits,
    work_for_a_running_key_makes_it_run_once_more,
    who_finishes_hears_of_other_work_that_is_due,
    work_for_later_is_not_due_when_its_key_ends,
    retries_wait_and_parked_jobs_wake_for_new_work,
    new_work_has_all_its_attempts_whatever_failed_before,
    new_work_has_all_its_attempts_when_the_worker_dies_or_gives_the_job_back,
    work_that_joins_other_work_is_as_urgent,
    installations_take_turns_and_people_go_first,
    a_crash_loses_neither_deliveries_nor_jobs,
    f05_f07_a_delivery_is_known_by_hook_and_guid,
    a_delivery_brings_its_work_in_one_transaction,
    a_free_worker_gets_the_work_of_a_delivery_with_it,
    a_lost_lease_in_a_shared_transaction_costs_the_others_nothing,
    operations_are_begun_under_all_their_leases_or_not_at_all,
    an_operation_that_is_named_twice_is_new_once,
    who_comes_too_late_to_finish_takes_no_answers_along,
    a_job_that_was_stopped_keeps_its_operations,
    work_that_a_judgement_brings_about_is_counted_when_it_joins,
    a_run_is_there_once_its_first_operation_is_begun,
    judgements_are_found_by_pull_request_and_commit,
    work_for_later_waits_and_does_not_put_off_what_waits,
    closing_writes_what_waits,
    runs_and_reads_come_back,
    a_comment_decides_once_and_is_dealt_with_once,
}

async fn f23_a_clock_that_goes_back_prolongs_no_lease_and_no_wait(room: Room) {
    let (first, second) = (pull(1, 1, Cause::Opened), pull(1, 2, Cause::Opened));
    room.store.enqueue(&first, NOON).await.unwrap();
    let died = room.store.claim(NOON, LEASE).await.unwrap().unwrap();
    room.store.enqueue_later(&second, NOON.after(Duration::from_secs(30)), NOON).await.unwrap();
    let back = Timestamp(NOON.0 - 600_000);
    room.store.mend_times(back, LEASE).await.unwrap();
    assert_eq!(room.store.claim(back, LEASE).await.unwrap(), None);
    let waited = room.store.claim(back.after(Duration::from_secs(30)), LEASE).await.unwrap().unwrap();
    assert_eq!(waited.spec, second);
    let taken_over = room.store.claim(back.after(LEASE), LEASE).await.unwrap().unwrap();
    assert_eq!(taken_over.spec, first);
    let late = room.store.finish(&died, back.after(LEASE)).await;
    assert!(matches!(late, Err(StoreError::LeaseLost(_))), "{late:?}");
}

async fn one_process_takes_a_turn_for_all(room: Room) {
    let every = Duration::from_secs(300);
    let turn = async |anyway, now| room.store.take_turn("sweep", every, anyway, now).await.unwrap();
    assert_eq!(turn(false, NOON).await, Some(String::new()));
    room.store.end_turn("sweep", "there").await.unwrap();
    assert_eq!(turn(false, NOON.after(Duration::from_secs(299))).await, None);
    assert_eq!(turn(true, NOON.after(Duration::from_secs(299))).await, Some("there".to_owned()), "a start");
    assert_eq!(turn(false, Timestamp(NOON.0 - 600_000)).await, Some("there".to_owned()), "the clock went back");
    assert_eq!(turn(false, NOON).await, Some("there".to_owned()));
}

async fn turns_are_found_by_how_their_names_begin(room: Room) {
    for name in ["b*c", "b", "abc", "b*a", "bac"] {
        room.store.end_turn(name, "there").await.unwrap();
    }
    let names = async |prefix| {
        let found = room.store.turn_cursors(prefix).await.unwrap();
        found.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names("b*").await, ["b*a", "b*c"], "a star is a star");
    assert_eq!(names("b").await, ["b", "b*a", "b*c", "bac"]);
    assert_eq!(names("").await.len(), 5);
}

async fn begin(store: &Store, entry: &OutboxEntry) -> Begun {
    let begun = store.begin(vec![entry.clone()], None, NOON).await.expect("begun");
    let [begun] = begun.try_into().expect("one answer for one entry");
    begun
}

async fn two_claimers_get_one_job_once(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let other = room.reopen().await;
    let (one, two) = tokio::join!(room.store.claim(NOON, LEASE), other.claim(NOON, LEASE));
    let claims = [one.expect("no error"), two.expect("no error")];
    assert_eq!(claims.iter().flatten().count(), 1);
}

async fn f18_an_ended_lease_passes_to_another_and_fences_the_first(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let first = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    room.store.renew(&first.lease, NOON.after(Duration::from_secs(30)), LEASE).await.expect("renewed");
    assert_eq!(room.store.claim(NOON.after(LEASE), LEASE).await.expect("no error"), None, "renewed until 90 s");

    let later = NOON.after(Duration::from_secs(90));
    let second = room.store.claim(later, LEASE).await.expect("no error").expect("the job again");
    assert_eq!((second.attempt, &second.spec), (2, &first.spec));
    let entry = OutboxEntry {
        id: "op".to_owned(),
        key: first.key.clone(),
        head: CommitId::new(&"a".repeat(40)).expect("an id"),
        operation: "{}".to_owned(),
        lease: Some(first.lease),
    };
    let lost = |result: Result<(), StoreError>| matches!(result, Err(StoreError::LeaseLost(_)));
    assert!(lost(room.store.finish(&first, later).await.map(|_| ())));
    assert!(lost(room.store.renew(&first.lease, later, LEASE).await));
    assert!(lost(room.store.retry(&first, later, "late", later).await));
    assert!(lost(room.store.park(&first, "late", later).await));
    assert!(lost(room.store.begin(vec![entry], None, later).await.map(|_| ())));
    assert!(room.store.unfinished(&first.key).await.expect("no error").is_empty());
    room.store.finish(&second, later).await.expect("the holder finishes");
    assert!(lost(room.store.finish(&second, later).await.map(|_| ())), "finished once");
}

async fn work_for_a_waiting_key_replaces_it(room: Room) {
    for cause in [Cause::Opened, Cause::Synchronize, Cause::Synchronize] {
        room.store.enqueue(&pull(1, 7, cause), NOON).await.expect("enqueued");
    }
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    assert_eq!(job.spec, pull(1, 7, Cause::Synchronize));
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None);
}

async fn quiet_work_does_not_silence_what_waits(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    room.store.enqueue(&pull(1, 7, Cause::Installed), NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    assert_eq!(job.spec, pull(1, 7, Cause::Opened));
}

async fn work_for_a_running_key_makes_it_run_once_more(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    for _ in 0..3 {
        room.store.enqueue(&pull(1, 7, Cause::Synchronize), NOON).await.expect("enqueued");
    }
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None, "the key runs");
    assert!(room.store.finish(&job, NOON).await.expect("finished"), "it waits again");
    let again = room.store.claim(NOON, LEASE).await.expect("no error").expect("once more");
    assert_eq!((again.spec.clone(), again.attempt), (pull(1, 7, Cause::Synchronize), 1));
    assert!(!room.store.finish(&again, NOON).await.expect("finished"));
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None);
}

async fn who_finishes_hears_of_other_work_that_is_due(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    room.store.enqueue(&pull(1, 8, Cause::Opened), NOON.after(LEASE)).await.expect("enqueued");
    assert!(!room.store.finish(&job, NOON).await.expect("finished"), "the other one is not due yet");
    let other = room.store.claim(NOON.after(LEASE), LEASE).await.expect("no error").expect("the other one");
    room.store.enqueue(&pull(1, 9, Cause::Opened), NOON).await.expect("enqueued");
    assert!(room.store.finish(&other, NOON.after(LEASE)).await.expect("finished"));
}

async fn work_for_later_is_not_due_when_its_key_ends(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    room.store.enqueue_later(&pull(1, 7, Cause::Awaited), NOON.after(LEASE), NOON).await.expect("enqueued");
    assert!(!room.store.finish(&job, NOON).await.expect("finished"), "nothing is due");
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None);
    assert!(room.store.claim(NOON.after(LEASE), LEASE).await.expect("no error").is_some());
}

async fn retries_wait_and_parked_jobs_wake_for_new_work(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    let later = NOON.after(Duration::from_secs(5));
    room.store.retry(&job, later, "GitHub answered 502", NOON).await.expect("given back");
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None);
    let counts = room.store.count_jobs(NOON).await.expect("counts");
    assert_eq!((counts.due, counts.later, counts.running, counts.next), (0, 1, 0, Some(later)));

    let job = room.store.claim(later, LEASE).await.expect("no error").expect("due now");
    assert_eq!(job.attempt, 2);
    room.store.park(&job, "given up", later).await.expect("parked");
    assert_eq!(room.store.count_jobs(later).await.expect("counts").parked, 1);
    assert_eq!(room.store.claim(later.after(LEASE), LEASE).await.expect("no error"), None);
    room.store.enqueue(&pull(1, 7, Cause::Synchronize), later).await.expect("enqueued");
    assert_eq!(room.store.claim(later, LEASE).await.expect("no error").expect("awake").attempt, 1);
}

async fn new_work_has_all_its_attempts_whatever_failed_before(room: Room) {
    let (first, second) = (pull(1, 7, Cause::Opened), pull(1, 7, Cause::Synchronize));
    room.store.enqueue(&first, NOON).await.expect("enqueued");
    for attempt in 1..=3 {
        let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
        assert_eq!(job.attempt, attempt);
        room.store.retry(&job, NOON, "GitHub answered 502", NOON).await.expect("given back");
    }
    // While it waits, and while it runs.
    room.store.enqueue(&second, NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("the new work");
    assert_eq!((job.attempt, &job.spec), (1, &second));
    room.store.enqueue(&first, NOON).await.expect("enqueued");
    room.store.retry(&job, NOON, "GitHub answered 502", NOON).await.expect("given back");
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error").expect("the newer work").attempt, 1);
}

async fn new_work_has_all_its_attempts_when_the_worker_dies_or_gives_the_job_back(room: Room) {
    let (first, second) = (pull(1, 7, Cause::Opened), pull(1, 7, Cause::Synchronize));
    room.store.enqueue(&first, NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    room.store.retry(&job, NOON, "GitHub answered 502", NOON).await.expect("given back");
    room.store.claim(NOON, LEASE).await.expect("no error").expect("its second attempt");
    room.store.enqueue(&second, NOON).await.expect("enqueued");
    let later = NOON.after(LEASE);
    let job = room.store.claim(later, LEASE).await.expect("no error").expect("taken over");
    assert_eq!((job.attempt, &job.spec), (1, &second));
    room.store.retry(&job, later, "GitHub answered 502", later).await.expect("given back");
    let job = room.store.claim(later, LEASE).await.expect("no error").expect("its second attempt");
    room.store.enqueue(&second, later).await.expect("enqueued");
    room.store.give_back(&job, later).await.expect("given back");
    assert_eq!(room.store.claim(later, LEASE).await.expect("no error").expect("the newer work").attempt, 1);
}

async fn work_that_joins_other_work_is_as_urgent(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    // Somebody waits for this one; then the base moves.
    room.store.enqueue(&pull(1, 7, Cause::Synchronize), NOON).await.expect("enqueued");
    room.store.enqueue(&pull(1, 7, Cause::Push), NOON).await.expect("enqueued");
    room.store.enqueue(&pull(2, 1, Cause::Push), NOON).await.expect("enqueued");
    room.store.finish(&job, NOON).await.expect("finished");
    let next = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    assert_eq!(next.spec, pull(1, 7, Cause::Push), "it goes before work in the background");
}

async fn installations_take_turns_and_people_go_first(room: Room) {
    for number in 1..=4 {
        room.store.enqueue(&pull(1, number, Cause::Opened), NOON).await.expect("enqueued");
    }
    room.store.enqueue(&pull(2, 1, Cause::Opened), NOON).await.expect("enqueued");
    room.store.enqueue(&pull(3, 1, Cause::Installed), NOON).await.expect("enqueued");
    let mut order = Vec::new();
    while let Some(job) = room.store.claim(NOON, LEASE).await.expect("no error") {
        order.push(job.spec.installation.0);
        room.store.finish(&job, NOON).await.expect("finished");
    }
    // But for one of four, which is whoever waited longest: nobody waits for ever.
    assert_eq!(order, [1, 2, 1, 3, 1, 1]);
}

async fn a_crash_loses_neither_deliveries_nor_jobs(room: Room) {
    room.store.accept(&delivery("1", "g-1", "{}"), Pending::Unread, None, NOON).await.expect("accepted");
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    let entry = OutboxEntry {
        id: "op".to_owned(),
        key: job.key.clone(),
        head: CommitId::new(&"a".repeat(40)).expect("an id"),
        operation: r#"{"x":1}"#.to_owned(),
        lease: Some(job.lease),
    };
    assert_eq!(begin(&room.store, &entry).await, Begun::New);

    let store = room.reopen().await;
    let waiting = store.next_delivery().await.expect("no error").expect("the delivery");
    assert_eq!((waiting.guid.as_str(), waiting.body.as_slice()), ("g-1", b"{}".as_slice()));
    let job = store.claim(NOON.after(LEASE), LEASE).await.expect("no error").expect("the job");
    assert!(job.unsettled, "an answer is missing");
    let entry = OutboxEntry { lease: Some(job.lease), ..entry };
    let unfinished = store.unfinished(&job.key).await.expect("no error");
    assert_eq!(unfinished, [OutboxEntry { lease: None, ..entry.clone() }]);
    assert_eq!(begin(&store, &entry).await, Begun::Unclear);
    store.complete(&job.key, "op", "7");
    assert!(store.unfinished(&job.key).await.expect("no error").is_empty(), "an answer on its way is an answer");
    assert_eq!(begin(&store, &entry).await, Begun::Completed("7".to_owned()));
    store.finish(&job, NOON).await.expect("finished");
    assert_eq!(begin(&store, &OutboxEntry { lease: None, ..entry }).await, Begun::New, "forgotten");
    store.abandon("op").await.expect("abandoned");
    assert!(store.unfinished(&job.key).await.expect("no error").is_empty());
}

async fn f05_f07_a_delivery_is_known_by_hook_and_guid(room: Room) {
    let accept =
        async |delivery: Delivery| room.store.accept(&delivery, Pending::Unread, None, NOON).await.expect("accepted");
    assert_eq!(accept(delivery("1", "g", "{}")).await, Accepted::New);
    assert_eq!(accept(delivery("1", "g", "{}")).await, Accepted::Repeated);
    assert_eq!(accept(delivery("1", "g", "{ }")).await, Accepted::OtherPayload);
    assert_eq!(accept(delivery("2", "g", "{}")).await, Accepted::New, "another hook may share the GUID");

    for _ in 0..2 {
        let next = room.store.next_delivery().await.expect("no error").expect("unprocessed");
        room.store.finish_delivery(next.id, &[pull(1, 7, Cause::Opened)], NOON).await.expect("processed");
    }
    assert_eq!(room.store.next_delivery().await.expect("no error"), None);
    assert!(room.store.claim(NOON, LEASE).await.expect("no error").is_some(), "enqueued with it");
    assert_eq!(accept(delivery("1", "g", "{ }")).await, Accepted::OtherPayload, "the digest outlives the body");
    assert_eq!(room.store.next_delivery().await.expect("no error"), None);
    assert_eq!(accept(delivery("1", "g", "{}")).await, Accepted::Repeated);
    let again = room.store.next_delivery().await.expect("no error").expect("evaluated once more");
    assert_eq!(again.body, b"{}");
}

async fn a_delivery_brings_its_work_in_one_transaction(room: Room) {
    let work = [pull(1, 7, Cause::Opened)];
    let accept = async |body: &str| {
        room.store.accept(&delivery("1", "g", body), Pending::Work(&work), None, NOON).await.expect("accepted")
    };
    assert_eq!(accept("{}").await, Accepted::New);
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("its work");
    assert_eq!(room.store.next_delivery().await.expect("no error"), None, "nothing is left to read");
    room.store.finish(&job, NOON).await.expect("finished");
    assert_eq!(accept("{ }").await, Accepted::OtherPayload);
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None, "another payload brings no work");
    assert_eq!(accept("{}").await, Accepted::Repeated);
    assert!(room.store.claim(NOON, LEASE).await.expect("no error").is_some(), "an operator asked for it again");
}

async fn a_free_worker_gets_the_work_of_a_delivery_with_it(room: Room) {
    let (taken, jobs) = std::sync::mpsc::channel();
    let claimer = || {
        let taken = taken.clone();
        Some(Claimer { lease: LEASE, hand_over: Box::new(move |job| taken.send(job).expect("somebody listens")) })
    };
    let work = [pull(1, 7, Cause::Opened), pull(1, 8, Cause::Opened)];
    let accept = async |guid: &str, body: &str| {
        let pending = Pending::Work(&work);
        room.store.accept(&delivery("1", guid, body), pending, claimer(), NOON).await.expect("accepted")
    };
    accept("g", "{}").await;
    let job = jobs.try_recv().expect("it is there once the delivery is stored");
    assert_eq!((job.spec.clone(), job.attempt, job.more), (pull(1, 7, Cause::Opened), 1, true));
    assert_eq!(room.store.count_jobs(NOON).await.expect("counts").running, 1);
    assert_eq!(accept("g", "{ }").await, Accepted::OtherPayload);
    assert!(jobs.try_recv().is_err(), "another payload brings no work");
    room.store.finish(&job, NOON).await.expect("the lease is valid");
}

async fn a_lost_lease_in_a_shared_transaction_costs_the_others_nothing(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let first = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    let later = NOON.after(LEASE);
    let second = room.store.claim(later, LEASE).await.expect("no error").expect("the job again");
    let entry = |id: &str, lease| OutboxEntry {
        id: id.to_owned(),
        key: first.key.clone(),
        head: CommitId::new(&"a".repeat(40)).expect("an id"),
        operation: "{}".to_owned(),
        lease: Some(lease),
    };
    let foreign = pull(2, 1, Cause::Opened);
    // They are sent before the writer has its turn, so that they share a transaction.
    let (fenced, begun, other) = tokio::join!(
        room.store.begin(vec![entry("stale", first.lease)], None, later),
        room.store.begin(vec![entry("one", second.lease), entry("two", second.lease)], None, later),
        room.store.enqueue(&foreign, later),
    );
    assert!(matches!(fenced, Err(StoreError::LeaseLost(_))));
    assert_eq!(begun.expect("begun"), [Begun::New, Begun::New]);
    other.expect("enqueued");
    let unfinished = room.store.unfinished(&first.key).await.expect("no error");
    assert_eq!(unfinished.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["one", "two"]);
}

/// An operation of this job.
fn operation(key: &str, id: &str, lease: Option<Lease>) -> OutboxEntry {
    OutboxEntry {
        id: id.to_owned(),
        key: key.to_owned(),
        head: CommitId::new(&"a".repeat(40)).expect("an id"),
        operation: "{}".to_owned(),
        lease,
    }
}

async fn operations_are_begun_under_all_their_leases_or_not_at_all(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let lost = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    let held = room.store.claim(NOON.after(LEASE), LEASE).await.expect("no error").expect("the job again");
    let entries = [(held.lease, "one"), (lost.lease, "two")].map(|(lease, id)| operation(&held.key, id, Some(lease)));
    let foreign = pull(2, 1, Cause::Opened);
    // What comes with it is written in any case.
    let (fenced, other) =
        tokio::join!(room.store.begin(entries.to_vec(), None, NOON), room.store.enqueue(&foreign, NOON));
    assert!(matches!(fenced, Err(StoreError::LeaseLost(_))), "{fenced:?}");
    other.expect("enqueued");
    assert!(room.store.unfinished(&held.key).await.expect("no error").is_empty());
}

async fn an_operation_that_is_named_twice_is_new_once(room: Room) {
    let twice = ["a", "a", "b"].map(|id| operation("k", id, None)).to_vec();
    let begun = room.store.begin(twice, None, NOON).await.expect("begun");
    assert_eq!(begun, [Begun::New, Begun::Unclear, Begun::New]);
}

async fn who_comes_too_late_to_finish_takes_no_answers_along(room: Room) {
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let late = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    let job = room.store.claim(NOON.after(LEASE), LEASE).await.expect("no error").expect("the job again");
    let entry = operation(&job.key, "op", Some(job.lease));
    assert_eq!(begin(&room.store, &entry).await, Begun::New);
    room.store.complete(&job.key, "op", "7");
    assert!(matches!(room.store.finish(&late, NOON).await, Err(StoreError::LeaseLost(_))));
    assert_eq!(begin(&room.store, &entry).await, Begun::Completed("7".to_owned()));
    room.store.finish(&job, NOON).await.expect("finished");
}

async fn a_job_that_was_stopped_keeps_its_operations(room: Room) {
    let spec = pull(1, 7, Cause::Opened);
    room.store.enqueue(&spec, NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    let entry = operation(&job.key, "op", None);
    assert_eq!(begin(&room.store, &entry).await, Begun::New);
    room.store.complete(&job.key, "op", "7");
    room.store.park_jobs(spec.installation, "suspended", NOON).await.expect("parked");
    assert!(matches!(room.store.finish(&job, NOON).await, Err(StoreError::LeaseLost(_))));
    assert_eq!(begin(&room.reopen().await, &entry).await, Begun::Unclear, "a crash takes the answer, nothing else");
    room.store.close().await;
    assert_eq!(begin(&room.reopen().await, &entry).await, Begun::Completed("7".to_owned()));
}

async fn work_that_a_judgement_brings_about_is_counted_when_it_joins(room: Room) {
    let wakes = vec![pull(1, 8, Cause::SharedHead)];
    room.store.enqueue_all(&wakes, NOON).await.expect("enqueued");
    let run = RunRecord { wakes: wakes.clone(), ..run(RunId::from_random([1; 16])) };
    room.store.save_run(&run, run.created_at).await.expect("saved");
    room.store.begin(vec![operation("k", "op", None)], Some(run.clone()), NOON).await.expect("begun");
    room.store.forget_judgement(run.repository, run.number, &wakes, NOON).await.expect("forgotten");
    assert_eq!(room.store.counts().joined_jobs.get(), 3);
}

async fn a_run_is_there_once_its_first_operation_is_begun(room: Room) {
    let run = run(RunId::from_random([1; 16]));
    let entry = OutboxEntry {
        id: "op".to_owned(),
        key: "k".to_owned(),
        head: run.head.clone(),
        operation: "{}".to_owned(),
        lease: None,
    };
    room.store.begin(vec![entry], Some(run.clone()), NOON).await.expect("begun");
    assert_eq!(room.reopen().await.load_run(&run.id).await.expect("no error"), Some(run));
}

async fn judgements_are_found_by_pull_request_and_commit(room: Room) {
    let judged = async |number: u64, digit: &str| {
        let id = RunId::from_random([u8::try_from(number).expect("small"); 16]);
        let head = CommitId::new(&digit.repeat(40)).expect("an id");
        let run = RunRecord { number: PullNumber(number), head: head.clone(), ..run(id) };
        room.store.save_run(&run, run.created_at).await.expect("saved");
        head
    };
    let find = async |number: u64, head: &CommitId| {
        let found = room.store.find_judgements(RepositoryId(5), PullNumber(number), head).await.expect("no error");
        found.iter().map(|it| (it.number.0, it.base.clone())).collect::<Vec<_>>()
    };
    let (old, new) = (judged(7, "a").await, judged(9, "b").await);
    judged(8, "a").await;
    let of = |numbers: &[u64]| numbers.iter().map(|number| (*number, "main".to_owned())).collect::<Vec<_>>();
    assert_eq!(find(7, &new).await, of(&[7, 8, 9]), "its own, those at its old head, those at its new one");
    assert_eq!(find(10, &old).await, of(&[7, 8]));
    assert_eq!(
        room.store.find_judged_at(RepositoryId(5), &old).await.expect("no error"),
        [PullNumber(7), PullNumber(8)]
    );
    assert!(room.store.find_judged_at(RepositoryId(6), &old).await.expect("no error").is_empty());
    room.store.forget_judgement(RepositoryId(5), PullNumber(8), &[], NOON).await.expect("forgotten");
    assert_eq!(find(10, &old).await, of(&[7]));
}

async fn work_for_later_waits_and_does_not_put_off_what_waits(room: Room) {
    let later = NOON.after(Duration::from_secs(30));
    room.store.enqueue_later(&pull(1, 7, Cause::SharedHead), later, NOON).await.expect("enqueued");
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None);
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    room.store.enqueue_later(&pull(1, 7, Cause::SharedHead), later, NOON).await.expect("enqueued");
    let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("due now");
    assert_eq!(job.spec, pull(1, 7, Cause::Opened), "and not quieter");
}

async fn closing_writes_what_waits(room: Room) {
    let facts = BTreeSet::from([FactKey::Commits]);
    room.store.remember_reads("5/pull/7", "digest", &facts).await.expect("remembered");
    room.store.close().await;
    let recalled = room.reopen().await.recall_reads("5/pull/7", "5/repository", "digest").await;
    assert_eq!(recalled.expect("no error"), (facts, true));
}

async fn runs_and_reads_come_back(room: Room) {
    let id = RunId::from_random([0xab; 16]);
    assert_eq!(RunId::parse(id.as_str()), Some(id.clone()));
    for bad in ["", "AB", "../../../etc/passwd", &"g".repeat(32), &"a".repeat(33)] {
        assert_eq!(RunId::parse(bad), None, "{bad}");
    }
    let run = run(id.clone());
    room.store.save_run(&run, run.created_at).await.expect("saved");
    room.store.save_run(&run, run.created_at).await.expect("saving again changes nothing");
    assert_eq!(room.store.load_run(&id).await.expect("no error"), Some(run));
    assert_eq!(room.store.load_run(&RunId::from_random([0; 16])).await.expect("no error"), None);

    let facts = BTreeSet::from([FactKey::Commits, FactKey::Changes]);
    room.store.remember_reads("5/pull/7", "digest", &facts).await.expect("remembered");
    // What is written later takes along what waits.
    room.store.enqueue(&pull(1, 7, Cause::Opened), NOON).await.expect("enqueued");
    let recall =
        async |key: &str, ruleset: &str| room.store.recall_reads(key, "5/repository", ruleset).await.expect("no error");
    assert_eq!(recall("5/pull/7", "digest").await, (facts.clone(), true));
    assert_eq!(recall("5/pull/7", "other").await, (BTreeSet::new(), false));
    assert_eq!(recall("5/pull/8", "digest").await, (BTreeSet::new(), false));
    let general = BTreeSet::from([FactKey::CodeOwners]);
    room.store.remember_reads("5/repository", "digest", &general).await.expect("remembered");
    room.store.enqueue(&pull(1, 8, Cause::Opened), NOON).await.expect("enqueued");
    assert_eq!(recall("5/pull/8", "digest").await, (general, false));
    assert_eq!(recall("5/pull/7", "digest").await, (facts, true));

    for (key, fact) in
        [("5/pull/8", FactKey::CheckRuns), ("5/pull/9", FactKey::Statuses), ("55/pull/1", FactKey::Statuses)]
    {
        room.store.remember_reads(key, "digest", &BTreeSet::from([FactKey::Reviews, fact])).await.expect("remembered");
    }
    let readers = room.store.find_readers_of_reports("5/pull/").await.expect("no error");
    assert_eq!(readers, BTreeSet::from(["5/pull/8".to_owned(), "5/pull/9".to_owned()]));
}

async fn a_comment_decides_once_and_is_dealt_with_once(room: Room) {
    let (repository, number) = (RepositoryId(100), PullNumber(7));
    let record = |comment: u64, reason: &str, at: i64| OverrideRecord {
        repository,
        number,
        comment,
        head: CommitId::new(&"a".repeat(40)).expect("an id"),
        decision: Override {
            rule: "changelog".to_owned(),
            covers: vec![Fingerprint("00".to_owned())],
            decision: Overridden { by: "ada".to_owned(), at: Timestamp(at), reason: reason.to_owned() },
        },
    };
    for it in [record(5, "later", 2), record(4, "first", 1), record(4, "again", 3)] {
        room.store.save_override(&it).await.expect("saved");
    }
    let found = room.store.find_overrides(repository, number).await.expect("read");
    assert_eq!(found, [record(4, "first", 1), record(5, "later", 2)]);
    assert!(room.store.find_overrides(repository, PullNumber(8)).await.expect("read").is_empty());
    assert!(room.store.find_overrides(RepositoryId(101), number).await.expect("read").is_empty());

    assert!(!room.store.is_heeded(repository, 5).await.expect("read"));
    room.store.mark_heeded(repository, 5, NOON).await.expect("marked");
    room.store.mark_heeded(repository, 5, NOON).await.expect("marked again");
    let store = room.reopen().await;
    assert!(store.is_heeded(repository, 5).await.expect("read"));
    assert!(!store.is_heeded(RepositoryId(101), 5).await.expect("read"));
}
