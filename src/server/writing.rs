//! What is written about a commit that was judged, a pull request's head or a merge group's alike: its checks, the
//! statuses of rules, the record of the run, and what is said elsewhere when GitHub refuses a part.

use super::failed_call::{after_call, after_publish};
use super::passes::faulted;
use super::reviews::Reviews;
use super::rule_statuses::{self, NOT_ALLOWED, Standing};
use super::without_rules;
use super::work::{JobError, JobOutcome};
use crate::github::{CallError, RepoClient};
use crate::model::{PullNumber, Settings, Snapshot, Timestamp, Verdict};
use crate::plan::{self, Hands, PlanInput, Published, Sibling};
use crate::publish::{Outbox, Troubles, carry_out};
use crate::store::{Job, RunId, RunRecord};
use crate::webhook::JobSpec;

/// Who writes about what, in one run.
pub(super) struct Writing<'a> {
    pub(super) reviews: &'a Reviews,
    pub(super) job: &'a Job,
    /// Of the repository under its present name.
    pub(super) client: RepoClient,
    pub(super) run: RunId,
    pub(super) started_at: Timestamp,
    /// `None` for a merge group, which has no comments.
    pub(super) number: Option<PullNumber>,
    /// The branch that it would land on.
    pub(super) base: String,
    pub(super) default_branch: String,
    /// Whether only members of the repository may see it.
    pub(super) private: bool,
    /// The check and no comments.
    pub(super) quiet: bool,
    /// Names that the base branch requires, once statuses of rules are to be written.
    pub(super) required_statuses: Option<Vec<String>>,
    /// Whether threads may be resolved, when that is known.
    pub(super) may_resolve: Option<bool>,
    /// What may be committed to the head's branch.
    pub(super) hands: Option<Hands>,
    /// Reviews that this one brings about, to be enqueued when it is saved.
    pub(super) wakes: Vec<JobSpec>,
}

/// A verdict that is to be written, with what it was judged from and what stands on GitHub.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) verdict: &'a Verdict,
    pub(super) snapshot: &'a Snapshot,
    pub(super) published: &'a Published,
}

/// What a check says whose review was given up.
pub(super) fn say_given_up(snapshot: &Snapshot, reason: &str) -> Verdict {
    faulted(snapshot, format!("The review was given up: {reason}. Ask for the check again once this is mended."))
}

impl Writing<'_> {
    pub(super) fn plan_input(&self, settings: &Settings) -> PlanInput {
        let parts = &self.reviews.parts;
        // Nobody can open the page without a token, and a private repository's page is for its members only.
        let linked = parts.pages_open && !self.private;
        PlanInput {
            check_name: plan::check_name(settings, &self.base, &self.default_branch),
            details_url: linked.then(|| format!("{}/runs/{}", parts.public_url, self.run)),
            quiet: self.quiet,
            required_statuses: self.required_statuses.clone(),
            may_resolve: self.may_resolve,
            hands: self.hands,
            ..PlanInput::new(
                self.run.to_string(),
                self.number,
                self.by_github(self.started_at),
                self.by_github(self.reviews.now()),
            )
        }
    }

    /// A time of ours by GitHub's clock: when people saw something is compared with when they wrote something.
    fn by_github(&self, at: Timestamp) -> Timestamp {
        self.client.github_time(at).unwrap_or(at)
    }

    /// Reads what plans of statuses begin with, when they are `wanted`, and notes where the app may set none. A check that
    /// can be written is written all the same: what could not be read comes back, to be told afterwards.
    pub(super) async fn read_statuses(
        &mut self,
        (verdict, snapshot): (&mut Verdict, &mut Snapshot),
        published: &mut Published,
        wanted: bool,
    ) -> Option<CallError> {
        let standing = rule_statuses::gather(&self.client, (&verdict.head, &self.base), wanted, verdict).await;
        let (standing, trouble) = standing.map_or_else(|error| (Standing::default(), Some(error)), |it| (it, None));
        if standing.not_allowed && plan::has_rule_statuses(verdict) {
            verdict.notes.push(NOT_ALLOWED.to_owned());
            // What is judged from this snapshot again says the same.
            snapshot.notes.push(NOT_ALLOWED.to_owned());
        }
        (published.statuses, self.required_statuses) = (standing.own, standing.required);
        trouble
    }

    /// Writes the verdict, and in a second plan what GitHub refused of the first. `stored`: whether the store has this very
    /// verdict already. `present` is what stands on GitHub by then, and is awaited only for that second plan; `None` where
    /// the commit is nobody's head any more.
    pub(super) async fn write(
        &self,
        outbox: &Outbox<'_>,
        said: Said<'_>,
        (input, stored): (&mut PlanInput, bool),
        present: impl Future<Output = Result<Option<Published>, JobError>>,
    ) -> Result<JobOutcome, JobError> {
        let Said { verdict, snapshot, published } = said;
        let plan = plan::build(verdict, snapshot, published, input);
        let asked = match verdict.effects.len() {
            0 => String::new(),
            1 => "; 1 effect asked for, which this version does not carry out".to_owned(),
            number => format!("; {number} effects asked for, which this version does not carry out"),
        };
        let title = format!("{}{asked}", plan::render_title(verdict));
        if plan.operations.is_empty() {
            if !stored {
                // GitHub shows all this already; commands, merge groups and other pull requests need to know it here.
                self.reviews.store().save_run(&self.record(verdict, snapshot)?, self.reviews.now()).await?;
            }
            return Ok(JobOutcome { summary: format!("{title}; nothing changed") });
        }
        // Saved with the first write: the check links to it.
        let record = self.record(verdict, snapshot)?;
        let report = carry_out(&outbox.with_run(&record), &self.client, &plan).await.map_err(after_publish)?;
        let moved = if report.head_moved { "; the head moved meanwhile" } else { "" };
        let summary = format!("{title}; {} writes{moved}", report.done.len());
        if let Some(troubles) = report.troubles() {
            self.say_refused(outbox, said, (input, troubles), present).await?;
        }
        Ok(JobOutcome { summary })
    }

    /// GitHub refused lines of the diff, statuses, or to resolve threads: what it refused is said elsewhere, by a plan
    /// against the present state.
    async fn say_refused(
        &self,
        outbox: &Outbox<'_>,
        Said { verdict, snapshot, .. }: Said<'_>,
        (input, troubles): (&mut PlanInput, Troubles),
        present: impl Future<Output = Result<Option<Published>, JobError>>,
    ) -> Result<(), JobError> {
        let Troubles { refused, statuses, resolving } = troubles;
        let mut verdict = verdict.clone();
        if statuses || resolving {
            // The next one tells which permissions are left.
            self.client.forget_token().await;
        }
        if resolving {
            input.may_resolve = Some(false);
        }
        if statuses {
            verdict.notes.push(NOT_ALLOWED.to_owned());
        }
        // Perhaps it was refused for a head that is no more; the next one has a review of its own.
        let Some(published) = Box::pin(present).await? else { return Ok(()) };
        if let Some(number) = self.number.filter(|_| !refused.is_empty()) {
            input.refused.extend(refused);
            let spots = serde_json::to_string(&input.refused).expect("places are plain data");
            let repository = self.job.spec.repository;
            self.reviews.store().note_refused_lines(repository, number, &verdict.head, spots).await?;
        }
        input.required_statuses = None;
        input.run = format!("{}-2", self.run);
        let plan = plan::build(&verdict, snapshot, &published, input);
        carry_out(outbox, &self.client, &plan).await.map_err(after_publish)?.leave();
        Ok(())
    }

    /// Writes the verdict to checks of these names, beside what they say of others, and no comments. The letter tells the
    /// writes from others of this run.
    pub(super) async fn conclude_as(
        &self,
        outbox: &Outbox<'_>,
        Said { verdict, snapshot, published }: Said<'_>,
        (letter, names): (&str, Vec<(Vec<Sibling>, String)>),
    ) -> Result<(), JobError> {
        for (index, (siblings, check_name)) in names.into_iter().enumerate() {
            let run = format!("{}-{letter}{index}", self.run);
            let input = PlanInput { run, check_name, siblings, quiet: true, ..self.plan_input(&verdict.settings) };
            let plan = plan::build(verdict, snapshot, published, &input);
            // Statuses that may not be set are said by the check under its present name.
            carry_out(outbox, &self.client, &plan).await.map_err(after_publish)?.leave();
        }
        Ok(())
    }

    /// Where there are no rules: fails the checks that the branch requires, so that they do not never come. `brings`: on the
    /// pull request that adds the first rules. What came of it; `None` where none is required.
    pub(super) async fn fail_required(
        &self,
        outbox: &Outbox<'_>,
        (snapshot, published): (&Snapshot, &Published),
        required: Vec<String>,
        brings: bool,
    ) -> Result<Option<JobOutcome>, JobError> {
        if required.is_empty() {
            return Ok(None);
        }
        let verdict = without_rules::say_no_rules(snapshot, &self.base, &self.default_branch, brings);
        let said = Said { verdict: &verdict, snapshot, published };
        let required = required.into_iter().map(|name| (Vec::new(), name)).collect();
        self.conclude_as(outbox, said, ("r", required)).await?;
        Ok(Some(JobOutcome { summary: "no dangerfile, and the branch requires the check: it fails".to_owned() }))
    }

    fn record(&self, verdict: &Verdict, snapshot: &Snapshot) -> Result<RunRecord, JobError> {
        let render =
            |error: serde_json::Error| JobError::Fatal { reason: format!("the run cannot be stored: {error}") };
        Ok(RunRecord {
            id: self.run.clone(),
            repository: self.job.spec.repository,
            name: self.client.name().clone(),
            // A merge group is nobody's last judgement.
            number: self.number.unwrap_or(PullNumber(0)),
            base: self.base.clone(),
            head: verdict.head.clone(),
            verdict: serde_json::to_string(verdict).map_err(render)?,
            snapshot: serde_json::to_string(snapshot).map_err(render)?,
            created_at: self.by_github(self.reviews.now()),
            wakes: self.wakes.clone(),
        })
    }

    /// Names what is required of the branch where there are no rules.
    pub(super) async fn find_required(&self) -> Result<Vec<String>, JobError> {
        without_rules::find_required(&self.client, &self.base, &self.default_branch).await
    }

    /// What a read means that failed beside the writes.
    pub(super) fn end(outcome: JobOutcome, trouble: Option<CallError>) -> Result<JobOutcome, JobError> {
        trouble.map_or(Ok(outcome), |error| Err(after_call(error)))
    }
}
