//! The handler of jobs: one pull request is reviewed here; wider work becomes one job for each pull request.

use super::artifacts;
use super::button;
use super::failed_call::{after_call, not_there};
use super::group_job::{self, Queued};
use super::heed;
use super::judges::Judges;
use super::opening::KnownSettings;
use super::organisations::{Organisations, is_organisations};
use super::review_job::{self, Review};
use super::shared::WallClock;
use super::start::Parts;
use super::upkeep::{Tending, UpkeepState};
use super::work::{Handler, JobError, JobOutcome};
use super::{ServerConfig, StartError};
use crate::github::{CallError, Github, GithubConfig, Meter, OpenPull, RepoClient, RequestCounter, Timing};
use crate::model::{CommitId, PullNumber, Timestamp};
use crate::store::{Job, Store};
use crate::webhook::{Cause, JobSpec, Work};
use futures_util::future::BoxFuture;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Requests of one run. A rule that reads 300 files needs 12.
pub const MAX_REQUESTS: u32 = 40;
/// Saying that a job was given up must not hold the worker.
const GIVE_UP_TIMEOUT: Duration = Duration::from_secs(30);

/// Who calls.
pub(super) const USER_AGENT: &str = concat!("deckhand/", env!("CARGO_PKG_VERSION"));

/// GitHub, as the configured app.
pub(super) fn make_github(config: &ServerConfig, clock: WallClock, meter: Meter) -> Result<Github, StartError> {
    let timing = Timing::new(move || clock(), config.pause);
    let github = GithubConfig {
        api_url: config.github_api_url.clone(),
        app_id: config.app.id,
        private_key: config.app.private_key.clone(),
        user_agent: USER_AGENT.to_owned(),
    };
    Github::metered(github, timing, meter).map_err(|error| StartError::Github(error.to_string()))
}

/// Reviews pull requests on GitHub.
pub(super) struct Reviews {
    organisations: Organisations,
    pub(super) known_settings: KnownSettings,
    pub(super) upkeep: UpkeepState,
    pub(super) parts: Parts,
}

impl Reviews {
    pub(super) fn new(config: &ServerConfig, parts: Parts) -> Reviews {
        let upkeep = UpkeepState::new(config);
        let known_settings = KnownSettings::default();
        Reviews { organisations: Organisations::default(), known_settings, upkeep, parts }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.parts.clock)()
    }

    pub(super) fn store(&self) -> &Store {
        &self.parts.store
    }

    pub(super) fn judges(&self) -> &Judges {
        &self.parts.judges
    }

    pub(super) fn organisations(&self) -> &Organisations {
        &self.organisations
    }

    pub(super) fn github(&self) -> &Github {
        &self.parts.github
    }

    pub(super) fn client(&self, spec: &JobSpec) -> RepoClient {
        self.github()
            .repository(spec.installation, spec.repository, spec.name.clone())
            .with_counter(RequestCounter::new(MAX_REQUESTS))
    }

    async fn fan_out(
        &self,
        spec: &JobSpec,
        pulls: Result<Vec<OpenPull>, CallError>,
        cause: Cause,
    ) -> Result<JobOutcome, JobError> {
        let numbers = pulls.map_err(after_call)?.into_iter().map(|pull| pull.number);
        self.enqueue_pulls(spec, numbers, cause).await
    }

    /// One job for each pull request.
    pub(super) async fn enqueue_pulls(
        &self,
        spec: &JobSpec,
        numbers: impl IntoIterator<Item = PullNumber>,
        cause: Cause,
    ) -> Result<JobOutcome, JobError> {
        let pull = |number| JobSpec { work: Work::ReviewPull { number, cause, changed_at: None }, ..spec.clone() };
        let work: Vec<JobSpec> = numbers.into_iter().map(pull).collect();
        if work.is_empty() {
            return Ok(JobOutcome { summary: "no pull requests to review".to_owned() });
        }
        self.store().enqueue_all(&work, self.now()).await?;
        Ok(JobOutcome { summary: format!("{} pull requests to review", work.len()) })
    }

    /// Builds report dozens of times a push: GitHub is asked only where rules read that.
    async fn heed_reports(&self, job: &Job, client: &RepoClient, head: &CommitId) -> Result<JobOutcome, JobError> {
        let readers = self.store().find_readers_of_reports(&format!("{}/pull/", job.spec.repository)).await?;
        if readers.is_empty() {
            return Ok(JobOutcome { summary: "no rule here reads reports".to_owned() });
        }
        let review = |number| JobSpec {
            work: Work::ReviewPull { number, cause: Cause::Reported, changed_at: None },
            ..job.spec.clone()
        };
        let pulls = client.find_pulls_for_commit(head).await.map_err(after_call)?;
        let reading = pulls.into_iter().filter(|pull| readers.contains(&review(pull.number).key())).collect();
        self.fan_out(&job.spec, Ok(reading), Cause::Reported).await
    }

    /// A report came: of a head, or of its test merge.
    async fn heed_upload(&self, job: &Job, client: &RepoClient, commit: &CommitId) -> Result<JobOutcome, JobError> {
        let mut numbers = self.find_pulls_at(job, client, commit).await?;
        // A head can be a merge commit itself: of the base into the branch.
        if numbers.is_empty() {
            let merged = client.find_merged_head(commit).await.map_err(|error| match error {
                CallError::NotFound(_) => not_there(format!("commit {commit}"), job.attempt),
                other => after_call(other),
            })?;
            if let Some(head) = merged {
                self.store().note_test_merge(job.spec.repository, commit, &head).await?;
                numbers = self.find_pulls_at(job, client, &head).await?;
            }
        }
        self.enqueue_pulls(&job.spec, numbers, Cause::Awaited).await
    }

    /// The open pull requests with this head. GitHub does not list those whose head lies on the default branch.
    pub(super) async fn find_pulls_at(
        &self,
        job: &Job,
        client: &RepoClient,
        head: &CommitId,
    ) -> Result<BTreeSet<PullNumber>, JobError> {
        let listed = client.find_pulls_for_commit(head).await;
        let listed = listed.or_else(|error| match error {
            CallError::NotFound(_) | CallError::Invalid(_) => Ok(Vec::new()),
            other => Err(after_call(other)),
        })?;
        let mut numbers: BTreeSet<PullNumber> = listed.iter().map(|pull| pull.number).collect();
        numbers.extend(self.store().find_judged_at(job.spec.repository, head).await?);
        Ok(numbers)
    }

    /// The organisation's rules may have changed: every other repository is judged too, for the same reason.
    async fn fan_out_to_others(&self, spec: &JobSpec) -> Result<(), JobError> {
        self.organisations.forget(spec.installation, spec.name.owner());
        let repositories = self.github().list_repositories(spec.installation).await.map_err(after_call)?;
        let others = repositories.into_iter().filter(|it| it.id != spec.repository);
        let under = others.filter(|it| it.name.owner().eq_ignore_ascii_case(spec.name.owner()));
        let work: Vec<JobSpec> = under.map(|it| JobSpec { repository: it.id, name: it.name, ..spec.clone() }).collect();
        Ok(self.store().enqueue_all(&work, self.now()).await?)
    }

    /// The job knows its repository by the name that it had.
    async fn do_work(&self, job: &Job) -> Result<JobOutcome, JobError> {
        let client = self.client(&job.spec);
        match self.do_work_as(job, client.clone()).await {
            Err(JobError::Renamed { .. }) => {
                let present = client.under_present_name().await.map_err(after_call)?;
                Box::pin(self.do_work_as(job, present)).await
            }
            done => done,
        }
    }

    async fn do_work_as(&self, job: &Job, client: RepoClient) -> Result<JobOutcome, JobError> {
        match &job.spec.work {
            Work::ReviewPull { number, cause, changed_at } => {
                let review = Review { job, client, number: *number, cause: *cause, changed_at: *changed_at };
                review_job::run(self, &review).await
            }
            Work::ReviewBranch { branch, cause } => {
                self.fan_out(&job.spec, client.list_open_pulls(Some(branch)).await, *cause).await
            }
            Work::ReviewReaders { branch, of } => self.heed_base(job, &client, branch, *of).await,
            Work::HeedPush { branch, pushed } => self.heed_push(job, branch, pushed).await,
            Work::ReviewCommit { head, cause } => {
                let numbers = self.find_pulls_at(job, &client, head).await?;
                if let Some(group) = self.store().find_group(job.spec.repository, head).await? {
                    let work = Work::ReviewGroup { group, ended: None, cause: *cause };
                    self.store().enqueue(&JobSpec { work, ..job.spec.clone() }, self.now()).await?;
                }
                self.enqueue_pulls(&job.spec, numbers, *cause).await
            }
            Work::ReviewGroup { group, ended, cause } => {
                let queued = Queued { job, client, group, cause: *cause };
                match ended {
                    None => group_job::run(self, &queued).await,
                    Some(reason) => group_job::end(self, &queued, reason).await,
                }
            }
            Work::HeedComment { number, said } => heed::run(self, job, client, *number, said).await,
            Work::HeedButton { head, pulls, pressed } => button::run(self, job, client, (head, pulls), pressed).await,
            Work::HeedWorkflow { run, head } => artifacts::run(self, job, &client, *run, head).await,
            Work::HeedUpload { commit } => self.heed_upload(job, &client, commit).await,
            Work::ReviewReported { head } => self.heed_reports(job, &client, head).await,
            Work::ReviewRepository { cause } => {
                if *cause == Cause::Resumed {
                    client.forget_token().await;
                }
                if is_organisations(&job.spec.name) {
                    self.fan_out_to_others(&job.spec).await?;
                }
                self.fan_out(&job.spec, client.list_open_pulls(None).await, *cause).await
            }
        }
    }

    async fn say_given_up(&self, saying: impl Future<Output = Result<(), JobError>>) {
        let said = tokio::time::timeout(GIVE_UP_TIMEOUT, saying).await;
        match said {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(error = %error, "that it was given up cannot be said either: {error}"),
            Err(_) => tracing::error!("that it was given up cannot be said either: GitHub does not answer"),
        }
    }
}

impl Handler for Reviews {
    fn work<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<JobOutcome, JobError>> {
        Box::pin(self.do_work(job))
    }

    fn given_up<'a>(&'a self, job: &'a Job, reason: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            // What is kept of the hour's requests is for this.
            let client = self.client(&job.spec).with_counter(RequestCounter::concluding(MAX_REQUESTS));
            match &job.spec.work {
                Work::ReviewPull { number, cause, changed_at } => {
                    let review = Review { job, client, number: *number, cause: *cause, changed_at: *changed_at };
                    self.say_given_up(review_job::conclude_given_up(self, &review, reason)).await;
                }
                Work::ReviewGroup { group, cause, ended: None } => {
                    let queued = Queued { job, client, group, cause: *cause };
                    self.say_given_up(group_job::conclude_given_up(self, &queued, reason)).await;
                }
                Work::HeedComment { number, said } => {
                    self.say_given_up(heed::answer_given_up(self, job, &client, (*number, said), reason)).await;
                }
                Work::HeedButton { head, pulls, pressed } => {
                    let answering = button::answer_given_up(self, job, &client, (head, pulls), (pressed, reason));
                    self.say_given_up(answering).await;
                }
                // They open no check, and nobody waits for their answer. A check of a group that is no more, if it is
                // open, the watchdog concludes.
                Work::ReviewGroup { ended: Some(_), .. }
                | Work::ReviewBranch { .. }
                | Work::ReviewReaders { .. }
                | Work::HeedPush { .. }
                | Work::ReviewCommit { .. }
                | Work::ReviewReported { .. }
                | Work::ReviewRepository { .. }
                | Work::HeedUpload { .. }
                | Work::HeedWorkflow { .. } => {}
            }
        })
    }

    fn tend<'a>(&'a self, tending: &'a Tending) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(self.keep_up(tending))
    }
}

/// Makes the handler of a real server.
pub(super) fn make_reviews(config: &ServerConfig, parts: Parts) -> Result<Arc<dyn Handler>, StartError> {
    Ok(Arc::new(Reviews::new(config, parts)))
}

/// The overview's failure: GitHub's API can be behind its own events for some seconds (F09).
pub(super) fn after_overview(error: CallError, attempt: u32) -> JobError {
    match error {
        CallError::NotFound(what) => not_there(what, attempt),
        other => after_call(other),
    }
}
