//! One review: overview, then the open check beside the facts, then the rules, then the plan.
//!
//! Round trips in a row decide how long people wait: (1) the overview, (2) the check, the comparison
//! and what earlier runs read, (3) what the rules miss, (4) the writes side by side.

use super::broken_base::{judge_or_fall_back, load_brought_rules};
use super::failed_call::{after_call, after_judging, after_publish, not_caught_up};
use super::fixing;
use super::opening::{announce, draw_run_id};
use super::organisations::build_ruleset;
use super::other_names;
use super::passes::{self, faulted};
use super::preview::{self, Occasion, Previewed};
use super::reports::Reports;
use super::reviews::{Reviews, after_overview};
use super::shared_head::Neighbours;
use super::upkeep;
use super::waiting::{self, ServerSide};
use super::work::{JobError, JobOutcome};
use super::writing::{Said, Writing, say_given_up};
use crate::github::{CallError, FoundDangerfile, Overview, RepoClient, apply_facts};
use crate::model::{
    Fact, FactKey, Origin, Override, PullNumber, PullState, RepoPath, Ruleset, Settings, Side, Snapshot, Subject,
    Timestamp, Verdict,
};
use crate::plan::{self, PlanInput, PublishedCheck};
use crate::publish::{Outbox, carry_out, settle};
use crate::store::{Grounds, Job, Judged};
use crate::webhook::Cause;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// So many facts are fetched on the mere guess that a pull request's rules read what another's did.
const MAX_LIKELY: usize = 100;

/// What is reviewed, and for which job.
pub(super) struct Review<'a> {
    pub(super) job: &'a Job,
    pub(super) client: RepoClient,
    pub(super) number: PullNumber,
    pub(super) cause: Cause,
    /// When the pull request changed, as the event says.
    pub(super) changed_at: Option<Timestamp>,
}

/// Reviews the pull request as it is now. Writes nothing when nothing changed.
pub(super) async fn run(reviews: &Reviews, review: &Review<'_>) -> Result<JobOutcome, JobError> {
    let outbox = Outbox::durable(reviews.store(), &review.job.key, Some(&review.job.lease));
    if review.job.unsettled {
        settle(&outbox, &review.client).await.map_err(after_publish)?;
    }
    let installation = review.job.spec.installation;
    let (overview, organisation) = futures_util::join!(
        review.client.fetch_overview(review.number),
        reviews.organisations().find(&review.client, installation),
    );
    let overview = overview.map_err(|error| after_overview(error, review.job.attempt))?;
    expect_current(&overview, review)?;
    if overview.pull.state == PullState::Closed {
        Neighbours::load(reviews, review.job, &overview).await?.leave(reviews, review.job).await?;
        return Err(JobError::Gone { reason: format!("pull request {} is closed", review.number) });
    }
    let client = review.client.clone().with_name(overview.name.clone());
    let mut stage = Stage::new(reviews, review, client, overview)?;
    stage.writing.may_resolve = stage.writing.client.grants_write("contents").await;
    let decided = reviews.store().find_overrides(review.job.spec.repository, review.number).await?;
    stage.overrides = decided.into_iter().map(|it| it.decision).collect();
    // The job may name an account that has another name by now.
    let organisation = if stage.overview.name.owner().eq_ignore_ascii_case(review.client.name().owner()) {
        organisation
    } else {
        reviews.organisations().find(&stage.writing.client, installation).await
    };
    let organisation = organisation.map_err(after_call)?;
    let ruleset = build_ruleset(&organisation, stage.overview.judging_dangerfile(), &stage.overview.name);
    let judged = upkeep::judged(&stage.overview.pull, &ruleset);
    let outcome = match ruleset {
        Ok(None) => {
            let neighbours = Neighbours::load(reviews, review.job, &stage.overview).await?;
            neighbours.leave(reviews, review.job).await?;
            stage.do_without_rules(&outbox, &neighbours).await
        }
        Ok(Some(ruleset)) => stage.judge_and_publish(&outbox, ruleset).await,
        Err(message) => {
            let snapshot = stage.empty_snapshot();
            let verdict = faulted(&snapshot, message);
            // Until they can be read, neither a script nor another merge base changes what is said.
            let nothing = upkeep::grounds(&stage.overview.pull, &snapshot, &snapshot.sources);
            stage.grounds = Some(Grounds { commits: Some(Vec::new()), ..nothing });
            stage.publish(&outbox, verdict, snapshot).await
        }
    }?;
    let judged = Judged { grounds: stage.grounds.take(), ..judged };
    let (store, repository) = (reviews.store(), review.job.spec.repository);
    if review.cause == Cause::SharedHead {
        store.note_judged_beside(repository, review.number, judged).await?;
    } else {
        store.note_judged(repository, review.number, judged).await?;
    }
    Ok(outcome)
}

/// GitHub's API may be some seconds behind its events: what it says then is of a head that is no more.
fn expect_current(overview: &Overview, review: &Review<'_>) -> Result<(), JobError> {
    match review.changed_at.filter(|event| overview.pull.updated_at < *event) {
        Some(_) => not_caught_up(review.job.attempt),
        None => Ok(()),
    }
}

/// Concludes the check of a review that was given up, so that it does not stay open.
pub(super) async fn conclude_given_up(reviews: &Reviews, review: &Review<'_>, reason: &str) -> Result<(), JobError> {
    let overview = review.client.fetch_overview(review.number).await.map_err(after_call)?;
    let client = review.client.clone().with_name(overview.name.clone());
    let mut stage = Stage::new(reviews, review, client, overview)?;
    if stage.overview.pull.state == PullState::Closed {
        return Ok(());
    }
    let outbox = Outbox::durable(reviews.store(), &review.job.key, Some(&review.job.lease));
    let organisation = reviews.organisations().find(&review.client, review.job.spec.installation).await;
    // Where that cannot be told either, a check that is open is all there is to conclude.
    let organisation = organisation.unwrap_or(FoundDangerfile::Absent);
    if let Ok(None) = build_ruleset(&organisation, stage.overview.judging_dangerfile(), &stage.overview.name) {
        let neighbours = Neighbours::load(reviews, review.job, &stage.overview).await?;
        return stage.conclude_open(&outbox, &neighbours, &[]).await.map(|_| ());
    }
    stage.writing.quiet = true;
    let snapshot = stage.empty_snapshot();
    let verdict = say_given_up(&snapshot, reason);
    stage.publish(&outbox, verdict, snapshot).await.map(|_| ())
}

/// A review after its overview.
struct Stage<'a> {
    reviews: &'a Reviews,
    review: &'a Review<'a>,
    overview: Overview,
    writing: Writing<'a>,
    /// What people let pass; nothing where the review itself was given up.
    overrides: Vec<Override>,
    /// Whether these rules judged this pull request before.
    same_rules: bool,
    /// What the judgement stands on; nothing where other rules than the present ones judged.
    grounds: Option<Grounds>,
}

impl<'a> Stage<'a> {
    fn new(
        reviews: &'a Reviews,
        review: &'a Review<'a>,
        client: RepoClient,
        overview: Overview,
    ) -> Result<Stage<'a>, JobError> {
        // What stands there already is kept true: a push only seems to bring the first rules where others spoke before.
        let spoke = !overview.published.comments.is_empty() || !overview.published.summaries.is_empty();
        let quiet = review.cause.is_quiet() && !(spoke && review.cause == Cause::FirstDangerfile);
        let writing = Writing {
            reviews,
            job: review.job,
            client,
            run: draw_run_id()?,
            started_at: reviews.now(),
            number: Some(review.number),
            base: overview.pull.base.name.clone(),
            default_branch: overview.default_branch.clone(),
            private: overview.private,
            quiet,
            required_statuses: None,
            may_resolve: None,
            hands: None,
            wakes: Vec::new(),
        };
        Ok(Stage { reviews, review, overview, writing, overrides: Vec::new(), same_rules: false, grounds: None })
    }

    async fn judge_and_publish(&mut self, outbox: &Outbox<'_>, ruleset: Ruleset) -> Result<JobOutcome, JobError> {
        let digest = digest(&ruleset);
        let key = &self.review.job.key;
        let of_repository = format!("{}/repository", self.review.job.spec.repository);
        let (recalled, known) = self.reviews.store().recall_reads(key, &of_repository, &digest).await?;
        let ahead: BTreeSet<FactKey> = recalled.iter().filter(|key| is_fetched_ahead(key)).cloned().collect();
        let mut snapshot = self.empty_snapshot();
        snapshot.ruleset = ruleset;
        let (head, cause) = (&self.overview.pull.head.sha, self.review.cause);
        snapshot.waits = Some(waiting::begin(self.reviews, self.review.job, head, cause).await?);
        self.same_rules = known;
        self.gather(outbox, &mut snapshot, &ahead).await?;
        let judges = self.reviews.judges();
        // Rules of other bases never judge.
        let brought = if self.overview.pull.base.name == self.overview.default_branch {
            load_brought_rules(judges, &self.writing.client, &mut snapshot).await.map_err(after_judging)?
        } else {
            None
        };
        let (store, repository) = (self.reviews.store(), self.review.job.spec.repository);
        let client = &self.writing.client;
        let surroundings = ServerSide { reports: Reports { store, client, repository } };
        let judged = judge_or_fall_back(judges, client, &mut snapshot, &surroundings).await;
        let passes::Judged { mut verdict, asked, present } = judged.map_err(after_judging)?;
        let required = present.as_ref().unwrap_or(&snapshot.sources);
        self.grounds = Some(upkeep::grounds(&self.overview.pull, &snapshot, required));
        if !plan::lacks_rules(&verdict) {
            self.reviews.known_settings.note(repository, &digest, &verdict.settings);
        }
        let reads: BTreeSet<FactKey> = recalled.union(&asked).filter(|key| is_remembered(key)).cloned().collect();
        if reads != recalled || !known {
            self.reviews.store().remember_reads(key, &digest, &reads).await?;
        }
        if !known {
            let likely = likely_elsewhere(&snapshot, &ahead, &asked);
            if likely != ahead {
                self.reviews.store().remember_reads(&of_repository, &digest, &likely).await?;
            }
        }
        let loads = snapshot.brought.is_none() && !self.writing.quiet;
        if let Some(brought) = brought.filter(|brought| loads && preview::changes_rules(brought)) {
            preview::add(&self.occasion(), &brought, &mut verdict, &mut snapshot).await?;
        }
        self.publish(outbox, verdict, snapshot).await
    }

    fn occasion(&self) -> Occasion<'_> {
        Occasion {
            reviews: self.reviews,
            client: &self.writing.client,
            overview: &self.overview,
            repository: self.review.job.spec.repository,
            number: self.review.number,
        }
    }

    /// Without rules there is no check; the first ones that the pull request brings are tried on it.
    async fn do_without_rules(&mut self, outbox: &Outbox<'_>, neighbours: &Neighbours) -> Result<JobOutcome, JobError> {
        let overview = &self.overview;
        let brings = overview.head_has_dangerfile && overview.pull.base.name == overview.default_branch;
        let required = self.writing.find_required().await?;
        let mut outcome = self.conclude_open(outbox, neighbours, &required).await?;
        let (snapshot, published) = (self.empty_snapshot(), &overview.published);
        if let Some(failed) = self.writing.fail_required(outbox, (&snapshot, published), required, brings).await? {
            outcome = failed;
        }
        if self.writing.quiet || !brings && overview.published.summaries.is_empty() {
            return Ok(outcome);
        }
        let mut snapshot = self.empty_snapshot();
        let previewed = if brings { self.preview_first(&mut snapshot).await? } else { Previewed::NotAllowed };
        let preview = match previewed {
            Previewed::Ran(preview) => Some(preview),
            Previewed::NotAllowed => None,
            Previewed::Failed => return Ok(outcome),
        };
        let tried = if preview.is_some() { "; the first rules were tried" } else { "" };
        let verdict = preview::say_only(preview, &snapshot);
        let input = self.writing.plan_input(&verdict.settings);
        let plan = plan::build_for_token(&verdict, &snapshot, &overview.published, &input, None);
        carry_out(outbox, &self.writing.client, &plan).await.map_err(after_publish)?.leave();
        Ok(JobOutcome { summary: format!("{}{tried}", outcome.summary) })
    }

    async fn preview_first(&self, snapshot: &mut Snapshot) -> Result<Previewed, JobError> {
        let pull = &self.overview.pull;
        let ends = (&pull.base.sha, &pull.head.sha);
        let client = &self.writing.client;
        let difference = client.fetch_difference(self.review.number, ends, self.overview.size()).await;
        let (comparison, changes) = difference.map_err(|error| after_overview(error, self.review.job.attempt))?;
        snapshot.subject.base = comparison.merge_base;
        snapshot.commits = Some(comparison.commits);
        snapshot.changes = Some(changes);
        let brought = load_brought_rules(self.reviews.judges(), client, snapshot).await.map_err(after_judging)?;
        match brought {
            Some(brought) => preview::run(&self.occasion(), &brought, snapshot).await,
            None => Ok(Previewed::NotAllowed),
        }
    }

    /// The second round trip: the open check, the comparison, and what an earlier run read, side by side.
    async fn gather(
        &mut self,
        outbox: &Outbox<'_>,
        snapshot: &mut Snapshot,
        ahead: &BTreeSet<FactKey>,
    ) -> Result<(), JobError> {
        let pull = &self.overview.pull;
        // Texts of the old side lie at the merge base, which is not known yet; they come with the third round trip.
        let known: BTreeSet<FactKey> = ahead.iter().filter(|key| !is_old_text(key)).cloned().collect();
        let read = async {
            let ends = (&pull.base.sha, &pull.head.sha);
            futures_util::try_join!(
                self.writing.client.fetch_difference(self.review.number, ends, self.overview.size()),
                self.writing.client.fetch_facts(snapshot, &known),
            )
        };
        // A read that fails does not cut the write short, of which nobody would know whether it happened.
        let (announced, read) = futures_util::join!(self.announce(outbox, snapshot), read);
        let ((comparison, changes), texts) = read.map_err(|error: CallError| match error {
            CallError::NotFound(_) => after_overview(error, self.review.job.attempt),
            other => after_call(other),
        })?;
        self.overview.published.checks.extend(announced?);
        snapshot.subject.base = comparison.merge_base;
        snapshot.commits = Some(comparison.commits);
        snapshot.changes = Some(changes);
        apply_facts(snapshot, texts);
        Ok(())
    }

    async fn announce(&self, outbox: &Outbox<'_>, snapshot: &Snapshot) -> Result<Option<PublishedCheck>, JobError> {
        let (head, input) = (&self.overview.pull.head.sha, self.writing.plan_input(&Settings::default()));
        let neighbours = Neighbours::load(self.reviews, self.review.job, &self.overview).await?;
        let mut before = neighbours.before(&self.overview);
        let (repository, overview) = (self.review.job.spec.repository, &self.overview);
        let settings = self.reviews.known_settings.find(repository, &digest(&snapshot.ruleset));
        let name = |it: Settings| plan::check_name(&it, &overview.pull.base.name, &overview.default_branch);
        // What the same rules said of this very pull request is more than a guess from another one.
        let own = neighbours.own_settings().filter(|_| self.same_rules).cloned();
        before.check_name = own.or(settings).map(name).or(before.check_name);
        announce(outbox, &self.writing.client, &snapshot.ruleset, &self.overview.published, head, (&input, before))
            .await
    }

    async fn publish(
        &mut self,
        outbox: &Outbox<'_>,
        mut verdict: Verdict,
        mut snapshot: Snapshot,
    ) -> Result<JobOutcome, JobError> {
        let neighbours = Neighbours::load(self.reviews, self.review.job, &self.overview).await?;
        let check_name = self.writing.plan_input(&verdict.settings).check_name;
        let siblings = neighbours.siblings(&self.overview, &verdict.settings, &check_name);
        self.writing.wakes = neighbours.left_behind(self.review.job);
        // A check that can be concluded is concluded first; what statuses lack comes with the next attempt.
        let of_siblings = || siblings.iter().filter_map(|it| it.verdict.as_ref()).any(plan::has_rule_statuses);
        // An earlier attempt may have saved its verdict and not come to the statuses that it meant to take back.
        let interrupted = self.review.job.attempt > 1 || self.review.job.unsettled;
        let wanted =
            plan::has_rule_statuses(&verdict) || of_siblings() || neighbours.had_rule_statuses() || interrupted;
        let (judged, published) = ((&mut verdict, &mut snapshot), &mut self.overview.published);
        let trouble = self.writing.read_statuses(judged, published, wanted).await;
        self.writing.hands = fixing::find_hands(&self.writing.client, &self.overview).await.ok();
        let others = other_names::find(&self.overview, &check_name, &neighbours, &verdict);
        let others = others.into_iter().map(|name| (neighbours.judged_as(&self.overview, &name), name)).collect();
        let said = Said { verdict: &verdict, snapshot: &snapshot, published: &self.overview.published };
        Box::pin(self.writing.conclude_as(outbox, said, ("n", others))).await?;
        let input = self.writing.plan_input(&verdict.settings);
        let mut input = PlanInput { siblings, refused: neighbours.refused(), ..input };
        let present = async {
            let client = &self.writing.client;
            let overview = client.fetch_overview(self.review.number).await.map_err(after_call)?;
            Ok((overview.pull.head.sha == verdict.head).then_some(overview.published))
        };
        let stored = neighbours.says(&verdict);
        let outcome = self.writing.write(outbox, said, (&mut input, stored), present).await?;
        neighbours.follow_up(self.reviews, self.review.job, &input.siblings).await?;
        // Boxed: the future of a review is large enough.
        let after = Box::pin(Neighbours::load(self.reviews, self.review.job, &self.overview)).await?;
        let siblings = after.siblings(&self.overview, &verdict.settings, &check_name);
        after.catch_up(self.reviews, self.review.job, (&input.siblings, siblings)).await?;
        waiting::follow_up(self.reviews, self.review.job, &snapshot, &verdict).await?;
        Writing::end(outcome, trouble)
    }

    /// Without a dangerfile there is no check, but one that a review opened before the file went away is concluded.
    /// Checks of the names in `besides` are somebody else's to conclude.
    async fn conclude_open(
        &self,
        outbox: &Outbox<'_>,
        neighbours: &Neighbours,
        besides: &[String],
    ) -> Result<JobOutcome, JobError> {
        let open =
            other_names::find_open(&self.overview, neighbours).into_iter().filter(|name| !besides.contains(name));
        let open: Vec<_> = open.map(|name| (Vec::new(), name)).collect();
        let message = "The dangerfile was removed while this pull request was being judged.".to_owned();
        let snapshot = self.empty_snapshot();
        let concluded = open.len();
        let verdict = &faulted(&snapshot, message);
        let said = Said { verdict, snapshot: &snapshot, published: &self.overview.published };
        self.writing.conclude_as(outbox, said, ("n", open)).await?;
        let open = if concluded > 0 { "; an open check was concluded" } else { "" };
        Ok(JobOutcome { summary: format!("no dangerfile, so no check{open}") })
    }

    fn empty_snapshot(&self) -> Snapshot {
        let pull = &self.overview.pull;
        let subject = Subject {
            repository: Some(self.overview.name.clone()),
            base: pull.base.sha.clone(),
            head: pull.head.sha.clone(),
            started_at: self.writing.started_at,
        };
        let mut snapshot = Snapshot::new(subject, Ruleset::default());
        snapshot.pull = Some(Fact::Known(pull.clone()));
        snapshot.overrides = self.overrides.clone();
        snapshot
    }
}

/// What the next run of the same rules fetches ahead, beside what every run fetches.
fn is_fetched_ahead(key: &FactKey) -> bool {
    match key {
        FactKey::File(_) | FactKey::Size(_) | FactKey::CodeOwners | FactKey::Source { .. } => true,
        FactKey::Mergeable => true,
        FactKey::Paths(_) => true,
        FactKey::Reviews | FactKey::RequestedReviewers | FactKey::Statuses | FactKey::CheckRuns => true,
        FactKey::Pull | FactKey::Changes | FactKey::Commits | FactKey::Labelings => false,
        FactKey::Uses(_) | FactKey::Search(_) | FactKey::Folder(_) => false,
        // They lie here, and come and go.
        FactKey::Coverage(_) | FactKey::Lint(_) => false,
    }
}

/// What is kept of what a run read: to be fetched ahead, and to know whom a push to the base concerns.
fn is_remembered(key: &FactKey) -> bool {
    is_fetched_ahead(key) || matches!(key, FactKey::Folder(folder) if folder.side == Side::Left)
}

/// What the first run for another pull request may read as well: whatever is no file that this one changes.
fn likely_elsewhere(snapshot: &Snapshot, ahead: &BTreeSet<FactKey>, asked: &BTreeSet<FactKey>) -> BTreeSet<FactKey> {
    let Some(Fact::Known(changes)) = &snapshot.changes else { return ahead.clone() };
    let changed: BTreeSet<&RepoPath> = changes.iter().flat_map(|change| [&change.path, change.old_path()]).collect();
    let is_likely = |key: &&FactKey| match key {
        FactKey::File(file) | FactKey::Size(file) => file.side == Side::Right && !changed.contains(&file.path),
        key => is_fetched_ahead(key),
    };
    let both: BTreeSet<FactKey> = ahead.union(asked).filter(is_likely).cloned().collect();
    // What no run asks for any more goes some day.
    if both.len() <= MAX_LIKELY { both } else { asked.iter().filter(is_likely).cloned().collect() }
}

fn is_old_text(key: &FactKey) -> bool {
    matches!(key, FactKey::File(file) | FactKey::Size(file) if file.side == Side::Left)
}

/// Names a ruleset by its texts, to know whether the previous run had the same.
pub(super) fn digest(ruleset: &Ruleset) -> String {
    let mut hash = Sha256::new();
    for dangerfile in &ruleset.layers {
        hash.update([u8::from(dangerfile.origin == Origin::Organisation)]);
        hash.update(dangerfile.path.as_str());
        hash.update([0]);
        hash.update(&dangerfile.text);
        hash.update([0]);
    }
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
