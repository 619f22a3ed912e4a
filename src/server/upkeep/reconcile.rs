//! A look at all open pull requests finds those that nobody judged as they are now, whatever was lost on the way here.

use super::decide::decide;
use super::facts::{Scripts, ruleset_digest, script_digests};
use super::{Chore, Tending};
use crate::github::{AccessibleRepository, CallError, FoundDangerfile, GlancedPull, RepoClient, apply_facts};
use crate::model::{CommitId, FactKey, InstallationId, RepoPath, RepositoryId, Ruleset, Snapshot, Subject, Timestamp};
use crate::server::ServerConfig;
use crate::server::failed_call::after_call;
use crate::server::organisations::{build_ruleset, is_organisations};
use crate::server::reviews::Reviews;
use crate::server::work::JobError;
use crate::store::KnownPulls;
use crate::webhook::{Cause, JobSpec, Work};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const TURN: &str = "reconcile";
/// The share of an installation's hourly quota that looking around may cost: one in so many.
const SHARE: u64 = 20;
/// GitHub's smallest hourly quota of an installation, before an answer tells.
const QUOTA: u64 = 5_000;
/// In seconds.
const HOUR: i64 = 3600;
/// Pull requests that one turn enqueues for an installation; the next turn goes on.
const AT_ONCE: usize = 25;
/// They are spread over the time until the next turn, but no further apart than this.
const APART: Duration = Duration::from_secs(5);

/// What upkeep remembers between its turns.
pub(in crate::server) struct UpkeepState {
    pub(super) sweep: Duration,
    pub(super) reconcile: Duration,
    pub(super) lease: Duration,
    allowances: Mutex<HashMap<InstallationId, Allowance>>,
    /// Of repositories whose rules require scripts.
    scripts: Mutex<HashMap<RepositoryId, SeenScripts>>,
}

/// What required scripts were when the branches on which dangerfiles lie were at these commits.
type SeenScripts = (Vec<Option<CommitId>>, Scripts);

/// So many repositories are remembered so.
const MAX_SEEN: usize = 1_000;

/// Points of an hour's quota that may be spent on looking around; refilled as time goes by. What a turn may spend at once
/// and what an hour refills are together the share, so that no hour costs more, wherever it begins.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    /// In thousandths. Below zero after a query that cost more than was left.
    millis: i64,
    at: Timestamp,
    quota: u64,
    /// From one turn to the next.
    turn: Duration,
}

impl Allowance {
    /// At its beginning it holds what one turn may spend.
    fn new(turn: Duration, now: Timestamp) -> Allowance {
        let mut allowance = Allowance { millis: 0, at: now, quota: QUOTA, turn };
        allowance.millis = allowance.parts().0;
        allowance
    }

    /// What a turn may spend at once, and what an hour refills, in thousandths.
    fn parts(&self) -> (i64, i64) {
        let share = i64::try_from(self.quota / SHARE * 1000).unwrap_or(i64::MAX);
        let turn = i64::try_from(self.turn.as_secs()).unwrap_or(i64::MAX).min(HOUR);
        let at_once = share / (HOUR + turn) * turn;
        (at_once, share - at_once)
    }

    fn refill(&mut self, now: Timestamp) {
        let (at_once, hourly) = self.parts();
        let elapsed = i64::try_from(now.since(self.at).as_millis()).unwrap_or(i64::MAX).min(HOUR * 1000);
        self.millis = (self.millis + hourly * elapsed / (HOUR * 1000)).min(at_once);
        self.at = now;
    }
}

impl UpkeepState {
    pub(in crate::server) fn new(config: &ServerConfig) -> UpkeepState {
        let (sweep, reconcile, lease) = (config.sweep, config.reconcile, config.lease);
        UpkeepState { sweep, reconcile, lease, allowances: Mutex::default(), scripts: Mutex::default() }
    }

    /// What is known of these scripts at these commits, when all of them are.
    fn seen_scripts(
        &self,
        repository: RepositoryId,
        tips: &Vec<Option<CommitId>>,
        wanted: &BTreeSet<(usize, RepoPath)>,
    ) -> Option<Scripts> {
        let seen = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, scripts) = seen.get(&repository).filter(|(at, _)| at == tips)?;
        wanted.iter().all(|place| scripts.contains_key(place)).then(|| scripts.clone())
    }

    fn see_scripts(&self, repository: RepositoryId, tips: Vec<Option<CommitId>>, scripts: Scripts) {
        let mut seen = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MAX_SEEN {
            seen.clear();
        }
        seen.insert(repository, (tips, scripts));
    }

    /// Whether another query may be sent for this installation.
    fn may_look(&self, installation: InstallationId, now: Timestamp) -> bool {
        let mut allowances = self.allowances.lock().unwrap_or_else(PoisonError::into_inner);
        let allowance = allowances.entry(installation).or_insert_with(|| Allowance::new(self.reconcile, now));
        allowance.refill(now);
        allowance.millis > 0
    }

    /// So many points or requests went into looking around.
    fn spend(&self, installation: InstallationId, points: u64) {
        let mut allowances = self.allowances.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(allowance) = allowances.get_mut(&installation) {
            allowance.millis -= i64::try_from(points * 1000).unwrap_or(i64::MAX);
        }
    }

    /// Nobody looks around in an installation that is gone.
    pub(super) fn forget(&self, installation: InstallationId) {
        self.allowances.lock().unwrap_or_else(PoisonError::into_inner).remove(&installation);
    }

    fn learn_quota(&self, installation: InstallationId, limit: u64) {
        let mut allowances = self.allowances.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(allowance) = allowances.get_mut(&installation) {
            allowance.quota = if limit > 0 { limit } else { QUOTA };
        }
    }
}

impl Reviews {
    /// Does a chore.
    pub(in crate::server) async fn keep_up(&self, tending: &Tending) -> Result<(), JobError> {
        match tending.chore {
            Chore::Clock => Ok(self.store().mend_times(self.now(), self.upkeep.lease).await?),
            Chore::Installations => self.look_at_installations(tending).await,
            Chore::Watchdog => self.watch_checks().await,
            Chore::Sweep => self.sweep(tending).await,
            Chore::Reconcile => self.reconcile(tending).await,
        }
    }

    async fn reconcile(&self, tending: &Tending) -> Result<(), JobError> {
        let turn = self.store().take_turn(TURN, self.upkeep.reconcile, tending.first, self.now()).await?;
        if turn.is_none() {
            return Ok(());
        }
        for (presence, _) in self.follow_installations().await? {
            if !presence.suspended {
                self.reconcile_installation(presence.id).await;
            }
        }
        Ok(())
    }

    /// Looks at the repositories of an installation, beginning where the last turn had to stop. The others do not
    /// suffer when this one fails.
    pub(super) async fn reconcile_installation(&self, id: InstallationId) {
        if let Err(error) = self.try_reconcile(id).await {
            tracing::warn!(installation = %id, error = %error, "installation {id} cannot be looked through: {error}");
        }
    }

    async fn try_reconcile(&self, id: InstallationId) -> Result<(), JobError> {
        let name = format!("{TURN}/{id}");
        let stopped = self.store().turn_cursor(&name).await?;
        let mut repositories = self.github().list_repositories(id).await.map_err(after_call)?;
        repositories.sort_by_key(|it| it.id);
        let at = repositories.iter().position(|it| it.id.to_string() == stopped).unwrap_or(0);
        repositories.rotate_left(at);
        let (mut organisations, mut wanted) = (HashMap::new(), Vec::new());
        let mut next = None;
        for repository in &repositories {
            if !self.upkeep.may_look(id, self.now()) || wanted.len() >= AT_ONCE {
                next = Some(repository.id);
                break;
            }
            match self.look_at(id, repository, &mut organisations).await {
                Ok(found) => wanted.extend(found),
                // Gone since the list was read.
                Err(JobError::Gone { .. }) => {}
                Err(
                    error @ (JobError::RetryAt { .. }
                    | JobError::RetryAfter { .. }
                    | JobError::Retry { after: Some(_), .. }),
                ) => return Err(error),
                Err(error) => {
                    tracing::warn!(error = %error, "{} cannot be looked through: {error}", repository.name);
                }
            }
        }
        let cursor = next.map(|id| id.to_string()).unwrap_or_default();
        if cursor != stopped {
            self.store().end_turn(&name, &cursor).await?;
        }
        self.enqueue_spread(wanted).await
    }

    async fn enqueue_spread(&self, wanted: Vec<JobSpec>) -> Result<(), JobError> {
        let now = self.now();
        let wanted: Vec<JobSpec> = wanted.into_iter().take(AT_ONCE).collect();
        let step = (self.upkeep.reconcile / u32::try_from(AT_ONCE).unwrap_or(1)).min(APART);
        for (index, spec) in (0..).zip(&wanted) {
            // Workers take the first ones at once.
            let run_after = now.after(step * u32::saturating_sub(index, 4));
            self.store().enqueue_later(spec, run_after, now).await?;
            tracing::info!(key = spec.key(), "{} was not judged as it is now", spec.key());
        }
        Ok(())
    }

    /// The open pull requests of a repository that are to be judged.
    async fn look_at(
        &self,
        installation: InstallationId,
        repository: &AccessibleRepository,
        organisations: &mut HashMap<String, FoundDangerfile>,
    ) -> Result<Vec<JobSpec>, JobError> {
        let now = self.now();
        // Before the glance: a check that a review concludes meanwhile was either known to be open or is seen concluded.
        let known = self.store().know_pulls(installation, repository.id, now).await?;
        let found = self.github().glance_at_pulls(installation, repository).await.map_err(|error| match error {
            CallError::NotFound(reason) => JobError::Gone { reason },
            other => after_call(other),
        })?;
        self.upkeep.spend(installation, found.cost.max(1));
        self.upkeep.learn_quota(installation, found.limit);
        if found.archived {
            return Ok(Vec::new());
        }
        let spec = |work| JobSpec { installation, repository: repository.id, name: found.name.clone(), work };
        let client = self.github().repository(installation, repository.id, found.name.clone());
        let commands = self.find_commands(&client, repository.id, spec, &found, &known).await;
        if found.pulls.is_empty() {
            return commands.map(|()| Vec::new());
        }
        let queued = self.find_queued(&client, repository.id, &found.pulls).await;
        self.upkeep.spend(installation, client.counter().used().into());
        commands?;
        let queued = queued?;
        let account = found.name.owner().to_ascii_lowercase();
        let organisation = match organisations.get(&account) {
            _ if is_organisations(&found.name) => FoundDangerfile::Absent,
            Some(known) => known.clone(),
            None => {
                let before = client.counter().used();
                let fetched = self.organisations().glance(&client, installation).await.map_err(after_call)?;
                self.upkeep.spend(installation, (client.counter().used() - before).into());
                organisations.entry(account).or_insert(fetched).clone()
            }
        };
        let rules = build_ruleset(&organisation, &found.dangerfile, &found.name);
        let ruleset = ruleset_digest(&rules);
        let scripts = match rules {
            Ok(Some(rules)) => self.look_at_scripts(&client, (installation, repository.id), rules, &known).await?,
            Ok(None) | Err(_) => Scripts::new(),
        };
        let wanted = found.pulls.iter().filter_map(|pull| {
            let cause = decide(pull, &known, (&ruleset, &scripts), now)?;
            Some(spec(Work::ReviewPull { number: pull.number, cause, changed_at: None }))
        });
        Ok(queued.into_iter().map(spec).chain(wanted).collect())
    }

    /// What the scripts are by now that rules required of the pull requests that were judged; asked for where a branch moved
    /// on which dangerfiles lie.
    async fn look_at_scripts(
        &self,
        client: &RepoClient,
        (installation, repository): (InstallationId, RepositoryId),
        rules: Ruleset,
        known: &KnownPulls,
    ) -> Result<Scripts, JobError> {
        let grounds = known.judged.values().filter_map(|judged| judged.grounds.as_ref());
        let required: BTreeSet<(usize, RepoPath)> =
            grounds.flat_map(|grounds| &grounds.scripts).map(|it| (it.layer, it.path.clone())).collect();
        if required.is_empty() {
            return Ok(Scripts::new());
        }
        let tips = rules.layers.iter().map(|layer| layer.commit.clone()).collect();
        if let Some(seen) = self.upkeep.seen_scripts(repository, &tips, &required) {
            return Ok(seen);
        }
        let nobody = CommitId::new(&"0".repeat(40)).expect("forty digits");
        let subject = Subject { repository: None, base: nobody.clone(), head: nobody, started_at: self.now() };
        let mut snapshot = Snapshot::new(subject, rules);
        let before = client.counter().used();
        let keys = required.into_iter().map(|(layer, path)| FactKey::Source { layer, path }).collect();
        let fetched = client.fetch_facts(&snapshot, &keys).await;
        self.upkeep.spend(installation, (client.counter().used() - before).into());
        apply_facts(&mut snapshot, fetched.map_err(after_call)?);
        let scripts = script_digests(&snapshot.sources);
        self.upkeep.see_scripts(repository, tips, scripts.clone());
        Ok(scripts)
    }

    /// Groups of merge queues that nobody judged. A queue is known by the pull requests that wait in it, and by the groups
    /// that were judged in it.
    async fn find_queued(
        &self,
        client: &RepoClient,
        repository: RepositoryId,
        pulls: &[GlancedPull],
    ) -> Result<Vec<Work>, JobError> {
        let mut found = Vec::new();
        let mut bases = self.store().find_queues(repository).await?;
        bases.extend(pulls.iter().filter(|pull| pull.queued).map(|pull| pull.base.clone()));
        for base in bases {
            for group in client.fetch_queued_groups(&base).await.map_err(after_call)? {
                if self.store().find_group(repository, &group.head).await?.is_none() {
                    found.push(Work::ReviewGroup { group, ended: None, cause: Cause::Queued });
                }
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f04_looking_around_costs_a_twentieth_of_the_quota() {
        for turn in [60, 300, 3600] {
            let mut allowance = Allowance::new(Duration::from_secs(turn), Timestamp(0));
            let spend = |allowance: &mut Allowance, second: u64| {
                allowance.refill(Timestamp(i64::try_from(second * 1000).expect("a time")));
                let mut spent = 0;
                while allowance.millis > 0 {
                    allowance.millis -= 3_000;
                    spent += 3;
                }
                spent
            };
            let turns: Vec<u64> = (0..=36_000 / turn).map(|at| spend(&mut allowance, at * turn)).collect();
            // Both ends of an hour count, and one query too many.
            let in_an_hour = usize::try_from(3_600 / turn).expect("a number") + 1;
            let most = turns.windows(in_an_hour).map(|hour| hour.iter().sum::<u64>()).max().expect("hours");
            assert!(most <= QUOTA / SHARE + 3, "{most} in an hour, {turn} s apart");
            let share = turns.iter().sum::<u64>() as f64 / (10.0 * QUOTA as f64);
            assert!(turn > 300 || share >= 0.045, "{share}: what may be spent is");
            assert_eq!(spend(&mut allowance, 0), 0, "a clock that goes back refills nothing");
        }
    }
}
