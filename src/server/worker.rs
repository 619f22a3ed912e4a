//! Claims jobs and has them done: several at once, with leases, retries and parking.

use super::backoff::retry_delay;
use super::shared::Shared;
use super::work::{Handler, JobError, JobOutcome};
use crate::store::{Job, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument;

/// Jobs in work at once. They mostly wait for GitHub.
const WORKERS: usize = 4;
/// How often the store is asked without being told: times of retries, ended leases, other processes.
const POLL: Duration = Duration::from_secs(1);

/// What a worker needs besides the job.
#[derive(Clone)]
pub(super) struct WorkerContext {
    pub(super) shared: Arc<Shared>,
    pub(super) handler: Arc<dyn Handler>,
    pub(super) lease: Duration,
    pub(super) max_attempts: u32,
}

/// Claims and works until the server stops; then waits for the jobs in hand, until `give_up` says that time is over.
pub(super) async fn run(context: WorkerContext, give_up: watch::Receiver<bool>) {
    let shared = context.shared.clone();
    let mut running = JoinSet::new();
    while !shared.is_stopping() {
        // Registered before the queue is read: what arrives in between is not slept through.
        let told = shared.jobs.notified();
        while running.try_join_next().is_some() {}
        if running.len() < WORKERS {
            match shared.store.claim(shared.now(), context.lease).await {
                Ok(Some(job)) => {
                    running.spawn(carry(context.clone(), job, give_up.clone()));
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::error!(error = %error, "jobs cannot be claimed; trying again"),
            }
        }
        tokio::select! {
            () = told => {}
            () = tokio::time::sleep(POLL) => {}
            Some(_) = running.join_next(), if !running.is_empty() => {}
            () = shared.stopped() => {}
        }
    }
    while running.join_next().await.is_some() {}
}

async fn carry(context: WorkerContext, job: Job, give_up: watch::Receiver<bool>) {
    let span = tracing::info_span!("job", key = %job.key, attempt = job.attempt);
    carry_in_span(&context, &job, give_up).instrument(span).await;
    context.shared.progressed();
    context.shared.jobs.notify_waiters();
}

async fn carry_in_span(context: &WorkerContext, job: &Job, mut give_up: watch::Receiver<bool>) {
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
        _ = give_up.wait_for(|over| *over) => Err(JobError::Retry {
            reason: "the server shut down".to_owned(),
            after: Some(Duration::ZERO),
        }),
    };
    work.abort();
    if let Err(error) = settle(context, job, result).await {
        // The lease ends by itself and the job is done again: jobs are safe to repeat.
        tracing::error!(error = %error, "the end of the job could not be stored");
    }
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

async fn settle(context: &WorkerContext, job: &Job, result: Result<JobOutcome, JobError>) -> Result<(), StoreError> {
    let shared = &context.shared;
    let now = shared.now();
    match result {
        Ok(outcome) => {
            tracing::info!(outcome = %outcome.summary, "job {} done: {}", job.key, outcome.summary);
            shared.metrics.finished.add();
            shared.store.finish(job, now).await
        }
        Err(JobError::Gone { reason }) => {
            tracing::info!(reason, "job {} has nothing left to do: {reason}", job.key);
            shared.metrics.finished.add();
            shared.store.finish(job, now).await
        }
        Err(JobError::LeaseLost) => {
            tracing::warn!("job {} was taken over by another worker", job.key);
            Ok(())
        }
        Err(JobError::Fatal { reason }) => park(context, job, &reason).await,
        // Waiting for a limit to be refilled says nothing about the job, so it never parks it.
        Err(JobError::RetryAt { reason, at }) => {
            tracing::warn!(reason, "job {} waits: {reason}", job.key);
            shared.metrics.retried.add();
            shared.store.retry(job, at, &reason, now).await
        }
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
            shared.store.retry(job, now.after(delay), &reason, now).await
        }
    }
}

async fn park(context: &WorkerContext, job: &Job, reason: &str) -> Result<(), StoreError> {
    tracing::error!(reason, "job {} was given up: {reason}", job.key);
    context.shared.metrics.parked.add();
    context.handler.given_up(job, reason).await;
    context.shared.store.park(job, reason, context.shared.now()).await
}

fn random_byte() -> u8 {
    let mut byte = [0];
    // Without randomness there is no jitter, which is no reason to fail.
    _ = getrandom::fill(&mut byte);
    byte[0]
}
