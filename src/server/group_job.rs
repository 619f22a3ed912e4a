//! A merge group: the commit that a merge queue would merge is judged by the same rules under the same name. Its commits
//! and files are its own; what rules read of a pull request, they have said of each queued one already. No comments.

use super::broken_base::judge_or_fall_back;
use super::failed_call::{after_call, after_judging, after_publish};
use super::known::Known;
use super::opening::{Before, announce, draw_run_id};
use super::organisations::build_ruleset;
use super::passes::{Judged, faulted};
use super::reports::Reports;
use super::reviews::{Reviews, after_overview};
use super::waiting::{self, ServerSide};
use super::work::{JobError, JobOutcome};
use super::writing::{Said, Writing, say_given_up};
use crate::github::{GroupOverview, RepoClient};
use crate::model::{FactKey, QueuedPull, Ruleset, Settings, Snapshot, Subject, Unavailable, Verdict};
use crate::plan::{self, PublishedCheck};
use crate::publish::{Outbox, settle};
use crate::store::Job;
use crate::webhook::{Cause, MergeGroup};

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
    let mut stage = Stage::open(reviews, queued).await?;
    if let Ok(None) = stage.find_ruleset().await? {
        return Ok(());
    }
    let outbox = Outbox::durable(reviews.store(), &queued.job.key, Some(&queued.job.lease));
    let snapshot = stage.empty_snapshot();
    let verdict = say_given_up(&snapshot, reason);
    stage.publish(&outbox, verdict, snapshot).await.map(|_| ())
}

async fn conclude_open(reviews: &Reviews, queued: &Queued<'_>, message: String) -> Result<bool, JobError> {
    let outbox = Outbox::durable(reviews.store(), &queued.job.key, Some(&queued.job.lease));
    if queued.job.unsettled {
        settle(&outbox, &queued.client).await.map_err(after_publish)?;
    }
    let stage = Stage::open(reviews, queued).await?;
    let open = stage.overview.published.checks.iter().filter(|it| it.conclusion.is_none());
    let open: Vec<_> = open.map(|it| (Vec::new(), it.name.clone())).collect();
    let any = !open.is_empty();
    let snapshot = stage.empty_snapshot();
    let verdict = &faulted(&snapshot, message);
    let said = Said { verdict, snapshot: &snapshot, published: &stage.overview.published };
    stage.writing.conclude_as(&outbox, said, ("n", open)).await?;
    Ok(any)
}

/// A merge group after its overview.
struct Stage<'a> {
    reviews: &'a Reviews,
    queued: &'a Queued<'a>,
    overview: GroupOverview,
    writing: Writing<'a>,
}

impl<'a> Stage<'a> {
    async fn open(reviews: &'a Reviews, queued: &'a Queued<'a>) -> Result<Stage<'a>, JobError> {
        let group = queued.group;
        let overview = queued.client.fetch_group(&group.head, &group.base).await;
        let overview = overview.map_err(|error| after_overview(error, queued.job.attempt))?;
        let writing = Writing {
            reviews,
            job: queued.job,
            client: queued.client.clone().with_name(overview.name.clone()),
            run: draw_run_id()?,
            started_at: reviews.now(),
            number: None,
            base: group.base.clone(),
            default_branch: overview.default_branch.clone(),
            private: overview.private,
            quiet: true,
            required_statuses: None,
            may_resolve: None,
            hands: None,
            wakes: Vec::new(),
        };
        Ok(Stage { reviews, queued, overview, writing })
    }

    async fn find_ruleset(&self) -> Result<Result<Option<Ruleset>, String>, JobError> {
        let installation = self.queued.job.spec.installation;
        let organisation =
            self.reviews.organisations().find(&self.writing.client, installation).await.map_err(after_call)?;
        Ok(build_ruleset(&organisation, &self.overview.judging_dangerfile, &self.overview.name))
    }

    async fn do_without_rules(&self, outbox: &Outbox<'_>) -> Result<JobOutcome, JobError> {
        let required = self.writing.find_required().await?;
        let (snapshot, published) = (self.empty_snapshot(), &self.overview.published);
        let failed = self.writing.fail_required(outbox, (&snapshot, published), required, false).await?;
        Ok(failed.unwrap_or_else(|| JobOutcome { summary: "no dangerfile, so no check".to_owned() }))
    }

    async fn judge_and_publish(&mut self, outbox: &Outbox<'_>, ruleset: Ruleset) -> Result<JobOutcome, JobError> {
        let (store, spec, group) = (self.reviews.store(), &self.queued.job.spec, self.queued.group);
        store.note_group(spec.repository, group, self.writing.started_at).await?;
        let mut snapshot = self.empty_snapshot();
        snapshot.ruleset = ruleset;
        snapshot.waits = Some(waiting::begin(self.reviews, self.queued.job, &group.head, self.queued.cause).await?);
        let read = async {
            futures_util::try_join!(
                self.writing.client.fetch_comparison(&group.base_sha, &group.head),
                self.writing.client.fetch_changes_between(&group.base_sha, &group.head),
                self.writing.client.fetch_queued_pulls((&group.base_sha, &group.head), &group.base, group.number),
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
        let client = &self.writing.client;
        let surroundings = ServerSide { reports: Reports { store, client, repository: spec.repository } };
        let judged = judge_or_fall_back(self.reviews.judges(), client, &mut snapshot, &surroundings).await;
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
            let own = own.filter(|it| it.head == pull.head && it.base == self.queued.group.base).map(Known::from);
            pull.verdict = own.and_then(|it| it.verdict).map(|mut verdict| {
                verdict.preview = None;
                Box::new(verdict)
            });
            recalled.push(pull);
        }
        Ok(recalled)
    }

    async fn announce(&self, outbox: &Outbox<'_>, snapshot: &Snapshot) -> Result<Option<PublishedCheck>, JobError> {
        let (head, input) = (&self.queued.group.head, self.writing.plan_input(&Settings::default()));
        let (client, published) = (&self.writing.client, &self.overview.published);
        announce(outbox, client, &snapshot.ruleset, published, head, (&input, Before::default())).await
    }

    async fn publish(
        &mut self,
        outbox: &Outbox<'_>,
        mut verdict: Verdict,
        mut snapshot: Snapshot,
    ) -> Result<JobOutcome, JobError> {
        let wanted = plan::has_rule_statuses(&verdict);
        let (judged, published) = ((&mut verdict, &mut snapshot), &mut self.overview.published);
        let trouble = self.writing.read_statuses(judged, published, wanted).await;
        let said = Said { verdict: &verdict, snapshot: &snapshot, published: &self.overview.published };
        let mut input = self.writing.plan_input(&verdict.settings);
        let present = async {
            let group = self.queued.group;
            let overview = self.writing.client.fetch_group(&group.head, &group.base).await.map_err(after_call)?;
            Ok(Some(overview.published))
        };
        // A run of a group that changes nothing tells nobody anything.
        let outcome = self.writing.write(outbox, said, (&mut input, true), present).await?;
        waiting::follow_up(self.reviews, self.queued.job, &snapshot, &verdict).await?;
        Writing::end(outcome, trouble)
    }

    fn empty_snapshot(&self) -> Snapshot {
        let group = self.queued.group;
        let subject = Subject {
            repository: Some(self.overview.name.clone()),
            base: group.base_sha.clone(),
            head: group.head.clone(),
            started_at: self.writing.started_at,
        };
        let mut snapshot = Snapshot::new(subject, Ruleset::default());
        for key in FactKey::PLAIN.iter().filter(|key| key.home().is_of_a_pull()) {
            snapshot.refuse(key, Unavailable::OfQueuedPulls);
        }
        snapshot
    }
}
