//! What must not bring a store to a standstill: floods, one repository that hangs, work and deliveries that only another
//! version understands.

use crate::engines::{LEASE, NOON, Room, delivery, on_every_engine, pull};
use deckhand::model::Timestamp;
use deckhand::store::{Accepted, Job, Pending, Retention};
use deckhand::webhook::{Cause, JobSpec};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

on_every_engine! {
    f14_five_thousand_events_keep_another_installation_waiting_for_one_job,
    f14_what_is_done_in_the_background_gets_on_beside_a_flood,
    f20_a_repository_that_hangs_keeps_three_workers_and_no_more,
    f20_an_installation_whose_repositories_all_hang_keeps_six_workers_and_no_more,
    f13_what_one_version_made_nothing_of_is_read_again_by_another,
}

async fn f14_five_thousand_events_keep_another_installation_waiting_for_one_job(room: Room) {
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

async fn f14_what_is_done_in_the_background_gets_on_beside_a_flood(room: Room) {
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

async fn f20_a_repository_that_hangs_keeps_three_workers_and_no_more(room: Room) {
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

async fn f20_an_installation_whose_repositories_all_hang_keeps_six_workers_and_no_more(room: Room) {
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

async fn f13_what_one_version_made_nothing_of_is_read_again_by_another(room: Room) {
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
