//! What must not bring a store to a standstill: floods, one repository that hangs, work and deliveries that only another
//! version understands.

use crate::store::{LEASE, NOON, Room, delivery, pull, url};
use deckhand::model::Timestamp;
use deckhand::store::{Accepted, ByHand, Job, JobState, Pending, Retention, Touched};
use deckhand::webhook::{Cause, JobSpec};
use sqlx::{Connection, SqliteConnection};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn f14_five_thousand_events_keep_another_installation_waiting_for_one_job() {
    let room = Room::new().await;
    let events: Vec<JobSpec> = (0..5000).map(|event| pull(1, event % 400, Cause::Synchronize)).collect();
    room.store.enqueue_all(&events, NOON).await.expect("enqueued");
    assert_eq!(room.store.count_jobs(NOON).await.expect("counts").due, 400, "one for a pull request");
    let first = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
    room.store.enqueue(&pull(2, 1, Cause::Opened), NOON).await.expect("enqueued");
    let second = room.store.claim(NOON, LEASE).await.expect("no error").expect("another");
    assert_eq!((first.spec.installation.0, second.spec.installation.0), (1, 2));
    room.store.enqueue_all(&events, NOON).await.expect("enqueued");
    assert_eq!(room.store.count_jobs(NOON).await.expect("counts").due, 399, "what runs waits with its job");
}

#[tokio::test]
async fn f14_what_is_done_in_the_background_gets_on_beside_a_flood() {
    let room = Room::new().await;
    let flood: Vec<JobSpec> = (1..=40).map(|number| pull(1, number, Cause::Synchronize)).collect();
    room.store.enqueue_all(&flood, NOON).await.expect("enqueued");
    room.store.enqueue_all(&[pull(2, 1, Cause::Push), pull(2, 2, Cause::Push)], NOON).await.expect("enqueued");
    let mut claimed = Vec::new();
    for _ in 0..12 {
        let job = room.store.claim(NOON, LEASE).await.expect("no error").expect("a job");
        claimed.push(job.spec.installation.0);
        room.store.finish(&job, NOON).await.expect("finished");
    }
    assert_eq!(claimed, [1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 1], "each fourth, whatever the flood wants");
}

/// As many jobs as are to be had at once.
async fn claim_all(room: &Room) -> Vec<Job> {
    let mut held = Vec::new();
    while let Some(job) = room.store.claim(NOON, LEASE).await.expect("no error") {
        held.push(job);
    }
    held
}

#[tokio::test]
async fn f20_a_repository_that_hangs_keeps_three_workers_and_no_more() {
    let room = Room::new().await;
    let work: Vec<JobSpec> = (1..=9).map(|number| pull(1, number, Cause::Opened)).collect();
    room.store.enqueue_all(&work, NOON).await.expect("enqueued");
    let held = claim_all(&room).await;
    assert_eq!(held.len(), 3);
    room.store.enqueue(&pull(10, 1, Cause::Opened), NOON).await.expect("enqueued");
    let other = room.store.claim(NOON, LEASE).await.expect("no error").expect("of the other repository");
    assert_eq!(other.spec.repository.0, 1000);
    room.store.finish(&held[0], NOON).await.expect("finished");
    assert!(room.store.claim(NOON, LEASE).await.expect("no error").is_some(), "there is room again");
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None);
    // Dead workers hold nobody up once their leases are over.
    assert!(room.store.claim(NOON.after(LEASE), LEASE).await.expect("no error").is_some());
}

#[tokio::test]
async fn f20_an_installation_whose_repositories_all_hang_keeps_six_workers_and_no_more() {
    let room = Room::new().await;
    let in_repository = |repository: u64, number| {
        let mut work = pull(1, number, Cause::Opened);
        work.repository.0 = repository;
        work
    };
    let work: Vec<JobSpec> =
        (1..=4).flat_map(|repository| (1..=3).map(move |number| in_repository(repository, number))).collect();
    room.store.enqueue_all(&work, NOON).await.expect("enqueued");
    let held = claim_all(&room).await;
    assert_eq!(held.len(), 6);
    room.store.enqueue(&pull(2, 1, Cause::Opened), NOON).await.expect("enqueued");
    let other = room.store.claim(NOON, LEASE).await.expect("no error").expect("of the other installation");
    assert_eq!(other.spec.installation.0, 2);
    room.store.finish(&held[0], NOON).await.expect("finished");
    assert!(room.store.claim(NOON, LEASE).await.expect("no error").is_some(), "there is room again");
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None);
}

/// As a newer version would have stored it.
async fn store_newer_work(room: &Room, key: &str) {
    let mut other = SqliteConnection::connect(&url(&room.dir)).await.expect("a connection");
    let spec = r#"{"installation":1,"repository":100,"name":"octo/hello","work":{"kind":"from_the_future"}}"#;
    let changed = sqlx::query("UPDATE jobs SET spec = ?1, priority = 99 WHERE key = ?2").bind(spec).bind(key);
    assert_eq!(changed.execute(&mut other).await.expect("changed").rows_affected(), 1);
}

#[tokio::test]
async fn f21_work_of_a_newer_version_is_left_for_it_and_others_go_on() {
    let room = Room::new().await;
    for number in [7, 8] {
        room.store.enqueue(&pull(1, number, Cause::Opened), NOON).await.expect("enqueued");
    }
    store_newer_work(&room, "100/pull/7").await;
    let job = room.store.claim(NOON, LEASE).await.expect("it costs the others nothing").expect("a job");
    assert_eq!(job.spec, pull(1, 8, Cause::Opened));
    room.store.finish(&job, NOON).await.expect("finished");
    assert_eq!(room.store.claim(NOON, LEASE).await.expect("no error"), None);
    let listed = room.store.list_jobs(JobState::Waiting, 9).await.expect("listed");
    assert_eq!((listed.len(), &listed[0].spec, listed[0].attempts), (1, &None, 0));
    assert!(listed[0].reason.as_deref().expect("a reason").contains("newer version"));
    assert_eq!(room.store.take_job("100/pull/7", NOON, LEASE).await.expect("no error"), None);

    // Nobody came for it in a day: it is a person's.
    for after in [DAY / 2, DAY, DAY * 2] {
        assert_eq!(room.store.claim(NOON.after(after), LEASE).await.expect("no error"), None);
    }
    let parked = room.store.list_jobs(JobState::Parked, 9).await.expect("listed");
    assert!(parked[0].reason.as_deref().expect("a reason").contains("try the job again"));
    let (id, later) = (parked[0].id.unsigned_abs(), NOON.after(DAY * 3));
    let touched = room.store.decide_by_hand(id, ByHand::Retry, later).await.expect("decided");
    assert_eq!(touched, Touched::Done("100/pull/7".to_owned()));
    // New work that reads takes its place.
    room.store.enqueue(&pull(1, 7, Cause::Synchronize), later).await.expect("enqueued");
    let job = room.store.claim(later, LEASE).await.expect("no error").expect("a job");
    assert_eq!((job.spec, job.attempt), (pull(1, 7, Cause::Synchronize), 1));
}

#[tokio::test]
async fn f21_a_hundred_jobs_of_a_newer_version_are_passed_by() {
    let room = Room::new().await;
    let work: Vec<JobSpec> = (1..=250).map(|number| pull(1, number, Cause::Opened)).collect();
    room.store.enqueue_all(&work, NOON).await.expect("enqueued");
    for number in 1..250 {
        store_newer_work(&room, &format!("100/pull/{number}")).await;
    }
    let mut found = None;
    for _ in 0..3 {
        found = found.or(room.store.claim(NOON, LEASE).await.expect("no error"));
    }
    assert_eq!(found.expect("the one that reads").spec, pull(1, 250, Cause::Opened));
}

#[tokio::test]
async fn f13_what_one_version_made_nothing_of_is_read_again_by_another() {
    let room = Room::new().await;
    let body = r#"{"action":"invented"}"#;
    let work = [pull(1, 7, Cause::Opened)];
    for (guid, pending) in [("none", Pending::Work(&[])), ("some", Pending::Work(&work)), ("unread", Pending::Unread)] {
        let accepted = room.store.accept(&delivery("1", guid, body), pending, None, NOON).await.expect("accepted");
        assert_eq!(accepted, Accepted::New);
    }
    let unread = room.store.next_delivery().await.expect("no error").expect("the one that nobody read");
    assert_eq!((unread.guid.as_str(), unread.body.as_slice()), ("unread", body.as_bytes()));
    room.store.finish_delivery(unread.id, &[], NOON).await.expect("processed");
    assert_eq!(room.store.reread_deliveries().await.expect("no error"), 0, "it would make nothing of them again");

    assert_eq!(room.store.reread_deliveries_as("99.0.0").await.expect("no error"), 2);
    for guid in ["none", "unread"] {
        let again = room.store.next_delivery().await.expect("no error").expect("once more");
        assert_eq!((again.guid.as_str(), again.body.as_slice()), (guid, body.as_bytes()));
        let made: &[JobSpec] = if guid == "none" { &work } else { &[] };
        room.store.finish_delivery(again.id, made, NOON).await.expect("processed");
    }
    assert_eq!(room.store.next_delivery().await.expect("no error"), None);
    assert_eq!(room.store.reread_deliveries_as("99.0.0").await.expect("no error"), 1, "one has its work now");
    let last = room.store.next_delivery().await.expect("no error").expect("it");
    room.store.finish_delivery(last.id, &[], NOON).await.expect("processed");

    // A week later the bodies are forgotten, and the digests are not.
    let later = Timestamp(NOON.0).after(DAY * 8);
    room.store.forget_old(&Retention::default(), later).await.expect("forgotten");
    assert_eq!(room.store.reread_deliveries_as("99.0.0").await.expect("no error"), 0);
    let other = room.store.accept(&delivery("1", "none", "{}"), Pending::Unread, None, later).await.expect("accepted");
    assert_eq!(other, Accepted::OtherPayload);
}
