//! A button of our check that somebody pressed: the fixes that it offers are committed, or an answer says why not.

use super::failed_call::{after_call, after_publish, not_judged_yet};
use super::fixing::{self, Fixed, Fixing, render_moved};
use super::heed::render_given_up;
use super::reviews::{Reviews, after_overview};
use super::shared_head::Neighbours;
use super::work::{JobError, JobOutcome};
use crate::github::RepoClient;
use crate::model::{CommitId, PullNumber, PullState};
use crate::plan::{build_button_answer, parse_button};
use crate::publish::{Outbox, carry_out, settle};
use crate::store::Job;
use crate::webhook::Pressed;

/// Carries out what a button stands for, on the commit of its check or not at all.
pub(super) async fn run(
    reviews: &Reviews,
    job: &Job,
    client: RepoClient,
    (head, pulls): (&CommitId, &[PullNumber]),
    pressed: &Pressed,
) -> Result<JobOutcome, JobError> {
    let outbox = Outbox::durable(reviews.store(), &job.key, Some(&job.lease));
    if job.unsettled {
        settle(&outbox, &client).await.map_err(after_publish)?;
    }
    let numbers = find_numbers(reviews, job, &client, (head, pulls)).await?;
    let Some(&number) = numbers.first() else {
        return Err(JobError::Gone { reason: format!("no open pull request has the head {head}") });
    };
    let overview = client.fetch_overview(number).await.map_err(|error| after_overview(error, job.attempt))?;
    let client = client.with_name(overview.name.clone());
    if overview.pull.state == PullState::Closed {
        return Err(JobError::Gone { reason: format!("pull request {number} is closed") });
    }
    let operation = format!("button-{}-{}", pressed.check, pressed.button);
    let fixing =
        Fixing { client: &client, outbox: &outbox, overview: &overview, by: &pressed.by, operation: &operation };
    let fixed = if let Some(made) = fixing.find_made().await? {
        // By an earlier attempt, or for the same press that was told twice.
        Fixed::made(&made.left_out)
    } else if numbers.len() > 1 || !overview.sharing.is_empty() {
        Fixed::Refused(SHARED.to_owned())
    } else if overview.pull.head.sha != *head {
        Fixed::Refused(render_moved(head))
    } else {
        let permission = client.fetch_permission(&pressed.by).await.map_err(after_call)?;
        match fixing::refuse(&overview, &pressed.by, permission) {
            Some(why) => Fixed::Refused(why),
            None => fix(reviews, job, &fixing, &pressed.button).await?,
        }
    };
    let (summary, text) = match &fixed {
        Fixed::Done => ("fixes were committed", None),
        Fixed::Partly(text) => ("some fixes were committed", Some(text)),
        Fixed::Refused(why) => ("no fixes were committed", Some(why)),
    };
    if let Some(text) = text {
        let plan = build_button_answer(pressed, number, &overview.pull.head.sha, text, &overview.published);
        carry_out(&outbox, &client, &plan).await.map_err(after_publish)?.leave();
    }
    Ok(JobOutcome { summary: summary.to_owned() })
}

/// Says that what a button stands for was given up.
pub(super) async fn answer_given_up(
    reviews: &Reviews,
    job: &Job,
    client: &RepoClient,
    meant: (&CommitId, &[PullNumber]),
    (pressed, reason): (&Pressed, &str),
) -> Result<(), JobError> {
    let Some(&number) = find_numbers(reviews, job, client, meant).await?.first() else { return Ok(()) };
    let overview = client.fetch_overview(number).await.map_err(after_call)?;
    if overview.pull.state == PullState::Closed {
        return Ok(());
    }
    let client = client.clone().with_name(overview.name.clone());
    let text = format!("{} Press the button again once that is mended.", render_given_up(reason));
    let plan = build_button_answer(pressed, number, &overview.pull.head.sha, &text, &overview.published);
    let outbox = Outbox::durable(reviews.store(), &job.key, Some(&job.lease));
    carry_out(&outbox, &client, &plan).await.map_err(after_publish)?.leave();
    Ok(())
}

/// The open pull requests that the check of the button speaks of.
async fn find_numbers(
    reviews: &Reviews,
    job: &Job,
    client: &RepoClient,
    (head, pulls): (&CommitId, &[PullNumber]),
) -> Result<Vec<PullNumber>, JobError> {
    if !pulls.is_empty() {
        return Ok(pulls.to_vec());
    }
    Ok(reviews.find_pulls_at(job, client, head).await?.into_iter().collect())
}

const SHARED: &str = "Several pull requests have this commit as their head, so the button does not say whose branch is \
     meant. Write `/deckhand fix` in the one that you mean.";

async fn fix(reviews: &Reviews, job: &Job, fixing: &Fixing<'_>, button: &str) -> Result<Fixed, JobError> {
    let neighbours = Neighbours::load(reviews, job, fixing.overview).await?;
    let Some(verdict) = neighbours.present() else {
        not_judged_yet(job.attempt)?;
        return Ok(Fixed::Refused("This commit was not judged yet. Press the button again once it is.".to_owned()));
    };
    match parse_button(button, verdict) {
        Some(choice) => fixing.run(verdict, &choice).await,
        None => {
            let why = "What this button offered is not there any more. Reload the page of the check.";
            Ok(Fixed::Refused(why.to_owned()))
        }
    }
}
