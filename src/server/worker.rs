//! Claims jobs and has them done: several at once, with leases, retries and parking.

use super::backoff::{retry_after_reset, retry_delay};
use super::limits;
use super::shared::{Claimed, Shared};
use super::work::{Handler, JobError, JobOutcome};
use crate::github::Github;
use crate::model::Timestamp;
use crate::store::{Job, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument;

/// Jobs in work at once. They mostly wait for GitHub. More than one installation may have, so that one for which GitHub
/// hangs leaves some to others.
pub(super) const WORKERS: usize = 8;
/// How often the store is asked without being told: times of retries, ended leases, other processes.
const POLL: Duration = Duration::from_secs(1);

/// No attempt takes longer: its check must not stay in progress for more than ten minutes.
const LONGEST: Duration = Duration::from_secs(8 * 60);

/// An attempt that fails ends with its reason; one that ends with the whole server leaves only its number. So many of these
/// are not the job's fault, or cannot be told from it: servers are restarted.
const UNEXPLAINED: u32 = 24;

/// What a worker needs besides the job.
#[derive(Clone)]
pub(super) struct WorkerContext {
    pub(super) shared: Arc<Shared>,
    pub(super) handler: Arc<dyn Handler>,
    /// Whose limits are remembered.
    pub(super) github: Github,
    pub(super) lease: Duration,
    pub(super) max_attempts: u32,
}

/// Claims and works until the server stops; then waits for the jobs in hand, until `give_up` says that time is over.
pub(super) async fn run(context: WorkerContext, give_up: watch::Receiver<bool>) {
    let shared = context.shared.clone();
    let mut handed_over = shared.handed_over.lock().await;
    let mut running = JoinSet::new();
    // Whether a job may be due.
    let mut due = true;
    while !shared.is_stopping() {
        // Registered before the queue is read: what arrives in between is not slept through.
        let told = shared.jobs.notified();
        while let Some(done) = running.try_join_next() {
            due |= done.unwrap_or(true);
        }
        // What is claimed while the server stops only goes back.
        while due
            && !shared.is_stopping()
            && let Ok(permit) = shared.free.clone().try_acquire_owned()
        {
            due = match shared.store.claim(shared.now(), context.lease).await {
                Ok(Some(job)) => {
                    let more = job.more;
                    running.spawn(carry(context.clone(), (job, permit), give_up.clone()));
                    more
                }
                Ok(None) => false,
                Err(error) => {
                    tracing::error!(error = %error, "jobs cannot be claimed; trying again");
                    false
                }
            };
        }
        tokio::select! {
            () = told => due = true,
            Some((job, permit)) = handed_over.recv() => {
                due |= job.more;
                running.spawn(carry(context.clone(), (job, permit), give_up.clone()));
            }
            () = tokio::time::sleep(POLL) => due = true,
            Some(done) = running.join_next(), if !running.is_empty() => due |= done.unwrap_or(true),
            () = shared.stopped() => {}
        }
    }
    while running.join_next().await.is_some() {}
    limits::remember(&shared.store, &context.github, None).await;
}

/// Gives back what was claimed while the server was told to stop, and what nobody took up any more.
pub(super) async fn give_back(shared: &Shared) {
    let mut handed_over = shared.handed_over.lock().await;
    while let Ok((job, _)) = handed_over.try_recv() {
        if let Err(error) = shared.store.give_back(&job, shared.now()).await {
            tracing::error!(error = %error, "a job could not be given back: {error}");
        }
    }
}

/// Does one job; whether a job may be due then, this one again or one for which it has made room.
async fn carry(context: WorkerContext, (job, permit): Claimed, give_up: watch::Receiver<bool>) -> bool {
    let span = tracing::info_span!("job", key = %job.key, attempt = job.attempt);
    let due = carry_in_span(&context, &job, give_up).instrument(span).await;
    drop(permit);
    context.shared.progressed();
    due
}

async fn carry_in_span(context: &WorkerContext, job: &Job, mut give_up: watch::Receiver<bool>) -> bool {
    let result = if job.attempt > context.max_attempts.saturating_add(UNEXPLAINED) {
        let ended = job.attempt - 1;
        Err(JobError::Fatal { reason: format!("{ended} attempts ended together with the server; look at its memory") })
    } else {
        attempt(context, job, &mut give_up).await
    };
    settle(context, job, result).await.unwrap_or_else(|error| {
        // The lease ends by itself and the job is done again: jobs are safe to repeat.
        tracing::error!(error = %error, "the end of the job could not be stored");
        true
    })
}

async fn attempt(
    context: &WorkerContext,
    job: &Job,
    give_up: &mut watch::Receiver<bool>,
) -> Result<JobOutcome, JobError> {
    // A task of its own, so that a panic is a failed attempt and not the end of the worker.
    let mut work = tokio::spawn({
        let (handler, job) = (context.handler.clone(), job.clone());
        async move { handler.work(&job).await }.in_current_span()
    });
    let result = tokio::select! {
        done = &mut work => done.unwrap_or_else(|cause| Err(JobError::Retry {
            reason: if cause.is_panic() { "the review panicked".to_owned() } else { "the review was stopped".to_owned() },
            after: None,
        })),
        () = keep_lease(context, job) => Err(JobError::LeaseLost),
        () = tokio::time::sleep(LONGEST) => Err(JobError::Retry {
            reason: "the review took longer than 8 minutes".to_owned(),
            after: None,
        }),
        _ = give_up.wait_for(|over| *over) => Err(JobError::Interrupted),
    };
    work.abort();
    result
}

/// Renews the lease while the job is in work; returns when it is lost.
async fn keep_lease(context: &WorkerContext, job: &Job) {
    loop {
        tokio::time::sleep(context.lease / 3).await;
        match context.shared.store.renew(&job.lease, context.shared.now(), context.lease).await {
            Ok(()) => {}
            Err(StoreError::LeaseLost(_)) => return,
            Err(error) => tracing::warn!(error = %error, "the lease could not be renewed; trying again"),
        }
    }
}

/// Stores how a job ended; whether a job may be due then.
async fn settle(context: &WorkerContext, job: &Job, result: Result<JobOutcome, JobError>) -> Result<bool, StoreError> {
    let shared = &context.shared;
    if context.github.has_written_much(job.spec.installation) {
        limits::remember(&shared.store, &context.github, Some(job.spec.installation)).await;
    }
    let now = shared.now();
    match result {
        Ok(outcome) => {
            tracing::info!(outcome = %outcome.summary, "job {} done: {}", job.key, outcome.summary);
            finish(shared, job).await
        }
        Err(JobError::Gone { reason }) => {
            tracing::info!(reason, "job {} has nothing left to do: {reason}", job.key);
            finish(shared, job).await
        }
        Err(JobError::LeaseLost) => {
            tracing::warn!("job {} was taken over by another worker", job.key);
            Ok(true)
        }
        Err(JobError::Interrupted) => {
            tracing::warn!("job {} is not done and goes back to the queue: the server stops", job.key);
            shared.store.give_back(job, now).await.map(|()| true)
        }
        Err(JobError::Fatal { reason }) => park(context, job, &reason).await,
        Err(JobError::RetryAt { reason, at }) => {
            wait(context, job, &reason, at.max(now).after(retry_after_reset(random_byte()))).await
        }
        Err(JobError::RetryAfter { reason, after }) => wait(context, job, &reason, now.after(after)).await,
        Err(error) if job.attempt >= context.max_attempts => {
            park(context, job, &format!("{error} (attempt {})", job.attempt)).await
        }
        Err(error) => {
            let delay = match &error {
                JobError::Retry { after: Some(after), .. } => *after,
                _ => retry_delay(job.attempt, random_byte()),
            };
            let reason = error.to_string();
            tracing::warn!(
                reason,
                retry_seconds = delay.as_secs(),
                "job {} failed and is tried again in {} seconds: {reason}",
                job.key,
                delay.as_secs()
            );
            shared.metrics.retried.add();
            shared.store.retry(job, now.after(delay), &reason, now).await.map(|()| true)
        }
    }
}

async fn finish(shared: &Shared, job: &Job) -> Result<bool, StoreError> {
    shared.metrics.finished.add();
    shared.store.finish(job, shared.now()).await
}

/// Waiting for a limit to end says nothing about the job, so it never parks it.
async fn wait(context: &WorkerContext, job: &Job, reason: &str, at: Timestamp) -> Result<bool, StoreError> {
    let shared = &context.shared;
    tracing::warn!(reason, "job {} waits: {reason}", job.key);
    shared.metrics.retried.add();
    limits::remember(&shared.store, &context.github, Some(job.spec.installation)).await;
    shared.store.wait(job, at, reason, shared.now()).await.map(|()| true)
}

async fn park(context: &WorkerContext, job: &Job, reason: &str) -> Result<bool, StoreError> {
    tracing::error!(reason, "job {} was given up: {reason}", job.key);
    context.shared.metrics.parked.add();
    context.handler.given_up(job, reason).await;
    context.shared.store.park(job, reason, context.shared.now()).await.map(|()| true)
}

fn random_byte() -> u8 {
    let mut byte = [0];
    // Without randomness there is no jitter, which is no reason to fail.
    _ = getrandom::fill(&mut byte);
    byte[0]
}
