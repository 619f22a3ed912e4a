//! A merge group: the commit that a merge queue would merge is judged by the same rules under the same name. Its commits
//! and files are its own; what rules read of a pull request, they have said of each queued one already. No comments.

use super::broken_base::judge_or_fall_back;
use super::failed_call::{after_call, after_judging, after_publish};
use super::opening::{Before, announce, draw_run_id};
use super::organisations::build_ruleset;
use super::passes::{Judged, faulted};
use super::reports::Reports;
use super::reviews::{Reviews, after_overview};
use super::rule_statuses::{self, NOT_ALLOWED, Standing};
use super::waiting::{self, ServerSide};
use super::without_rules;
use super::work::{JobError, JobOutcome};
use crate::github::{GroupOverview, RepoClient};
use crate::model::{
    FactKey, PullNumber, QueuedPull, Ruleset, Settings, Snapshot, Subject, Timestamp, Unavailable, Verdict,
};
use crate::plan::{self, PlanInput, PublishedCheck};
use crate::publish::{Outbox, carry_out, settle};
use crate::store::{Job, RunId, RunRecord};
use crate::webhook::{Cause, MergeGroup};

/// What only a pull request has.
const OF_PULLS: [FactKey; 8] = [
    FactKey::Pull,
    FactKey::Labelings,
    FactKey::Reviews,
    FactKey::RequestedReviewers,
    FactKey::Mergeable,
    FactKey::Statuses,
    FactKey::CheckRuns,
    FactKey::CodeOwners,
];

/// Which group, and for which job.
pub(super) struct Queued<'a> {
    pub(super) job: &'a Job,
    pub(super) client: RepoClient,
    pub(super) group: &'a MergeGroup,
    pub(super) cause: Cause,
}

/// Judges the group. Writes nothing when nothing changed.
pub(super) async fn run(reviews: &Reviews, queued: &Queued<'_>) -> Result<JobOutcome, JobError> {
    let outbox = Outbox::durable(reviews.store(), &queued.job.key, Some(&queued.job.lease));
    if queued.job.unsettled {
        settle(&outbox, &queued.client).await.map_err(after_publish)?;
    }
    let mut stage = Stage::open(reviews, queued).await?;
    let ruleset = stage.find_ruleset().await?;
    match ruleset {
        Ok(None) => stage.do_without_rules(&outbox).await,
        Ok(Some(ruleset)) => stage.judge_and_publish(&outbox, ruleset).await,
        Err(message) => {
            let snapshot = stage.empty_snapshot();
            let verdict = faulted(&snapshot, message);
            stage.publish(&outbox, verdict, snapshot).await
        }
    }
}

/// The queue does not want the group any more: a check that is open is concluded, and nothing else is written.
pub(super) async fn end(reviews: &Reviews, queued: &Queued<'_>, reason: &str) -> Result<JobOutcome, JobError> {
    let message = format!("The merge queue gave this group up before it was judged ({reason}).");
    let concluded = conclude_open(reviews, queued, message).await?;
    let open = if concluded { "; its open check was concluded" } else { "" };
    Ok(JobOutcome { summary: format!("the merge group is no more ({reason}){open}") })
}

/// Concludes the check of a group whose review was given up.
pub(super) async fn conclude_given_up(reviews: &Reviews, queued: &Queued<'_>, reason: &str) -> Result<(), JobError> {
    let message = format!("The review was given up: {reason}. Ask for the check again once this is mended.");
    let mut stage = Stage::open(reviews, queued).await?;
    if let Ok(None) = stage.find_ruleset().await? {
        return Ok(());
    }
    let outbox = Outbox::durable(reviews.store(), &queued.job.key, Some(&queued.job.lease));
    let snapshot = stage.empty_snapshot();
    let verdict = faulted(&snapshot, message);
    stage.publish(&outbox, verdict, snapshot).await.map(|_| ())
}

async fn conclude_open(reviews: &Reviews, queued: &Queued<'_>, message: String) -> Result<bool, JobError> {
    let outbox = Outbox::durable(reviews.store(), &queued.job.key, Some(&queued.job.lease));
    if queued.job.unsettled {
        settle(&outbox, &queued.client).await.map_err(after_publish)?;
    }
    let stage = Stage::open(reviews, queued).await?;
    let open: Vec<String> =
        stage.overview.published.checks.iter().filter(|it| it.conclusion.is_none()).map(|it| it.name.clone()).collect();
    let snapshot = stage.empty_snapshot();
    let verdict = faulted(&snapshot, message);
    stage.conclude_as(&outbox, &verdict, &snapshot, &open).await?;
    Ok(!open.is_empty())
}

/// A merge group after its overview.
struct Stage<'a> {
    reviews: &'a Reviews,
    queued: &'a Queued<'a>,
    client: RepoClient,
    overview: GroupOverview,
    run: RunId,
    started_at: Timestamp,
    required_statuses: Option<Vec<String>>,
}

impl<'a> Stage<'a> {
    async fn open(reviews: &'a Reviews, queued: &'a Queued<'a>) -> Result<Stage<'a>, JobError> {
        let group = queued.group;
        let overview = queued.client.fetch_group(&group.head, &group.base).await;
        let overview = overview.map_err(|error| after_overview(error, queued.job.attempt))?;
        Ok(Stage {
            reviews,
            queued,
            client: queued.client.clone().with_name(overview.name.clone()),
            overview,
            run: draw_run_id()?,
            started_at: reviews.now(),
            required_statuses: None,
        })
    }

    async fn find_ruleset(&self) -> Result<Result<Option<Ruleset>, String>, JobError> {
        let installation = self.queued.job.spec.installation;
        let organisation = self.reviews.organisations().find(&self.client, installation).await.map_err(after_call)?;
        Ok(build_ruleset(&organisation, &self.overview.judging_dangerfile, &self.overview.name))
    }

    async fn do_without_rules(&self, outbox: &Outbox<'_>) -> Result<JobOutcome, JobError> {
        let (base, default_branch) = (&self.queued.group.base, &self.overview.default_branch);
        let required = without_rules::find_required(&self.client, base, default_branch).await?;
        if required.is_empty() {
            return Ok(JobOutcome { summary: "no dangerfile, so no check".to_owned() });
        }
        let snapshot = self.empty_snapshot();
        let verdict = without_rules::say_no_rules(&snapshot, base, default_branch, false);
        self.conclude_as(outbox, &verdict, &snapshot, &required).await?;
        Ok(JobOutcome { summary: "no dangerfile, and the branch requires the check: it fails".to_owned() })
    }

    /// Writes the verdict to checks of these names.
    async fn conclude_as(
        &self,
        outbox: &Outbox<'_>,
        verdict: &Verdict,
        snapshot: &Snapshot,
        names: &[String],
    ) -> Result<(), JobError> {
        for (index, check_name) in names.iter().enumerate() {
            let run = format!("{}-n{index}", self.run);
            let input = PlanInput { run, check_name: check_name.clone(), ..self.plan_input(&verdict.settings) };
            let plan = plan::build(verdict, snapshot, &self.overview.published, &input);
            carry_out(outbox, &self.client, &plan).await.map_err(after_publish)?;
        }
        Ok(())
    }

    async fn judge_and_publish(&mut self, outbox: &Outbox<'_>, ruleset: Ruleset) -> Result<JobOutcome, JobError> {
        let (store, spec, group) = (self.reviews.store(), &self.queued.job.spec, self.queued.group);
        store.note_group(spec.repository, group, self.started_at).await?;
        let mut snapshot = self.empty_snapshot();
        snapshot.ruleset = ruleset;
        snapshot.waits = Some(waiting::begin(self.reviews, self.queued.job, &group.head, self.queued.cause).await?);
        let read = async {
            futures_util::try_join!(
                self.client.fetch_comparison(&group.base_sha, &group.head),
                self.client.fetch_changes_between(&group.base_sha, &group.head),
                self.client.fetch_queued_pulls((&group.base_sha, &group.head), &group.base, group.number),
            )
        };
        // A read that fails does not cut the write short, of which nobody would know whether it happened.
        let (announced, read) = futures_util::join!(self.announce(outbox, &snapshot), read);
        let (comparison, changes, pulls) = read.map_err(|error| after_overview(error, self.queued.job.attempt))?;
        self.overview.published.checks.extend(announced?);
        snapshot.subject.base = comparison.merge_base;
        snapshot.commits = Some(comparison.commits);
        snapshot.changes = Some(changes);
        for pull in &pulls {
            // What a person let pass there passes here, as long as it is the same finding.
            let decided = store.find_overrides(spec.repository, pull.number).await?;
            snapshot.overrides.extend(decided.into_iter().map(|it| it.decision));
        }
        snapshot.group = Some(self.recall(pulls).await?);
        let reports = Reports { store, client: &self.client, repository: spec.repository };
        let surroundings = ServerSide { reports };
        let judged = judge_or_fall_back(self.reviews.judges(), &self.client, &mut snapshot, &surroundings).await;
        let Judged { verdict, .. } = judged.map_err(after_judging)?;
        self.publish(outbox, verdict, snapshot).await
    }

    /// What was said of the queued pull requests at their queued heads.
    async fn recall(&self, pulls: Vec<QueuedPull>) -> Result<Vec<QueuedPull>, JobError> {
        let mut recalled = Vec::with_capacity(pulls.len());
        for mut pull in pulls {
            let repository = self.queued.job.spec.repository;
            let known = self.reviews.store().find_judgements(repository, pull.number, &pull.head).await?;
            let own = known.into_iter().find(|it| it.number == pull.number);
            let own = own.filter(|it| it.head == pull.head && it.base == self.queued.group.base);
            // One of another version that does not read is one that is not there.
            pull.verdict = own.and_then(|it| serde_json::from_str::<Verdict>(&it.verdict).ok()).map(|mut verdict| {
                verdict.preview = None;
                Box::new(verdict)
            });
            recalled.push(pull);
        }
        Ok(recalled)
    }

    async fn announce(&self, outbox: &Outbox<'_>, snapshot: &Snapshot) -> Result<Option<PublishedCheck>, JobError> {
        let (head, input) = (&self.queued.group.head, self.plan_input(&Settings::default()));
        announce(outbox, &self.client, &snapshot.ruleset, &self.overview.published, head, (&input, Before::default()))
            .await
    }

    async fn publish(
        &mut self,
        outbox: &Outbox<'_>,
        mut verdict: Verdict,
        mut snapshot: Snapshot,
    ) -> Result<JobOutcome, JobError> {
        let wanted = plan::has_rule_statuses(&verdict);
        let at = (&self.queued.group.head, self.queued.group.base.as_str());
        let standing = rule_statuses::gather(&self.client, at, wanted, &verdict).await;
        let (standing, trouble) = standing.map_or_else(|error| (Standing::default(), Some(error)), |it| (it, None));
        if standing.not_allowed && wanted {
            verdict.notes.push(NOT_ALLOWED.to_owned());
            snapshot.notes.push(NOT_ALLOWED.to_owned());
        }
        (self.overview.published.statuses, self.required_statuses) = (standing.own, standing.required);
        let input = self.plan_input(&verdict.settings);
        let plan = plan::build(&verdict, &snapshot, &self.overview.published, &input);
        let title = plan::render_title(&verdict);
        let summary = if plan.operations.is_empty() {
            format!("{title}; nothing changed")
        } else {
            let record = self.record(&verdict, &snapshot)?;
            let report = carry_out(&outbox.with_run(&record), &self.client, &plan).await.map_err(after_publish)?;
            format!("{title}; {} writes", report.done.len())
        };
        waiting::follow_up(self.reviews, self.queued.job, &snapshot, &verdict).await?;
        trouble.map_or(Ok(JobOutcome { summary }), |error| Err(after_call(error)))
    }

    fn record(&self, verdict: &Verdict, snapshot: &Snapshot) -> Result<RunRecord, JobError> {
        let render =
            |error: serde_json::Error| JobError::Fatal { reason: format!("the run cannot be stored: {error}") };
        Ok(RunRecord {
            id: self.run.clone(),
            repository: self.queued.job.spec.repository,
            name: self.overview.name.clone(),
            number: PullNumber(0),
            base: self.queued.group.base.clone(),
            head: verdict.head.clone(),
            verdict: serde_json::to_string(verdict).map_err(render)?,
            snapshot: serde_json::to_string(snapshot).map_err(render)?,
            created_at: self.reviews.now(),
            wakes: Vec::new(),
        })
    }

    fn plan_input(&self, settings: &Settings) -> PlanInput {
        let (overview, parts) = (&self.overview, &self.reviews.parts);
        let linked = parts.pages_open && !overview.private;
        PlanInput {
            run: self.run.to_string(),
            check_name: plan::check_name(settings, &self.queued.group.base, &overview.default_branch),
            number: None,
            details_url: linked.then(|| format!("{}/runs/{}", parts.public_url, self.run)),
            started_at: self.started_at,
            completed_at: self.reviews.now(),
            quiet: true,
            recheck_head: false,
            siblings: Vec::new(),
            refused: Vec::new(),
            required_statuses: self.required_statuses.clone(),
            may_resolve: None,
            hands: None,
        }
    }

    fn empty_snapshot(&self) -> Snapshot {
        let group = self.queued.group;
        let subject = Subject {
            repository: Some(self.overview.name.clone()),
            base: group.base_sha.clone(),
            head: group.head.clone(),
            started_at: self.started_at,
        };
        let mut snapshot = Snapshot::new(subject, Ruleset::default());
        for key in OF_PULLS {
            snapshot.refuse(&key, Unavailable::OfQueuedPulls);
        }
        snapshot
    }
}
